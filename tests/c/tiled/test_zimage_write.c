/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating and editing compressed images. This handle and the next one read the written pixels. Pixels outside a write
 * keep their bits. The library refuses values that do not fit before it writes any.
 */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "check.h"
#include "image_request.h"
#include "scratch.h"
#include "table_calls.h"
#include "tiled/session.h"
#include "zimage_values.h"

static size_t count_of(int naxis, const uint64_t *axes) {
  size_t count = 1;
  for (int i = 0; i < naxis; i++)
    count *= (size_t)axes[i];
  return count;
}

/* ---- codecs, types, tiles, ranks ---- */

static void round_trip(rf_zcmptype codec, rf_dtype type, int naxis, const uint64_t *axes, const uint64_t *tile) {
  static uint64_t pixels[MOST], again[MOST];
  rf_compression compression = compression_of(codec);
  rf_error err;
  rf_file *file = NULL;
  size_t index = 7, count = count_of(naxis, axes), bytes = count * rf_dtype_bytes(type, 0);
  const char *path = scratch_path("round.fits");
  rf_image_info info = {.size = sizeof info};
  compression.tile_ndim = tile != NULL ? naxis : 0;
  compression.tile = tile;
  rf_image_spec spec = spec_of(type, naxis, axes, &compression);
  fill(type, pixels, count);
  CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK(index == 1);
  CHECK_OK(rf_image_write(file, index, PIXELS(.dtype = type, .data = pixels, .data_bytes = bytes), &err), err);
  CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = type, .data = again, .data_bytes = bytes), &err), err);
  CHECK(memcmp(pixels, again, bytes) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &file, &err), err);
  CHECK_OK(rf_image_get_info(file, 1, &info, &err), err);
  CHECK(info.dtype == type && info.count == count);
  memset(again, 1, sizeof again);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = type, .data = again, .data_bytes = bytes), &err), err);
  CHECK(memcmp(pixels, again, bytes) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void round_trips(void) {
  static const struct {
    int naxis;
    uint64_t axes[5];
    uint64_t tile[5];
  } shapes[] = {{1, {300}, {77}},
                {2, {31, 45}, {8, 10}},
                {2, {31, 45}, {40, 45}},
                {3, {5, 13, 17}, {1, 6, 17}},
                {3, {5, 13, 17}, {4, 5, 1}},
                {5, {2, 3, 4, 5, 6}, {1, 2, 1, 4, 1}}};
  static const rf_zcmptype codecs[] = {RF_Z_AUTO, RF_Z_RICE_1, RF_Z_GZIP_1, RF_Z_GZIP_2, RF_Z_PLIO_1, RF_Z_NOCOMPRESS};
  for (size_t c = 0; c < sizeof codecs / sizeof codecs[0]; c++)
    for (rf_dtype type = RF_U8; type <= RF_F64; type = type == RF_U64 ? RF_F32 : type + 1) {
      bool wide = type == RF_I64 || type == RF_U64, real = type == RF_F32 || type == RF_F64;
      if (((wide || real) && (codecs[c] == RF_Z_RICE_1 || codecs[c] == RF_Z_PLIO_1)) ||
          (type == RF_U32 && codecs[c] == RF_Z_PLIO_1))
        continue;
      for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        round_trip(codecs[c], type, shapes[s].naxis, shapes[s].axes, NULL);
        round_trip(codecs[c], type, shapes[s].naxis, shapes[s].axes, shapes[s].tile);
      }
    }
  for (rf_dtype type = RF_U8; type <= RF_U32; type++) {
    round_trip(RF_Z_HCOMPRESS_1, type, 2, (uint64_t[]){50, 70}, NULL);
    round_trip(RF_Z_HCOMPRESS_1, type, 2, (uint64_t[]){50, 70}, (uint64_t[]){13, 4});
    round_trip(RF_Z_HCOMPRESS_1, type, 3, (uint64_t[]){10, 3, 70}, (uint64_t[]){5, 1, 30});
  }
}

/* ---- what is refused ---- */

static void refuse(rf_image_spec spec, rf_status expected, const char *words) {
  rf_error err;
  rf_file *file = NULL;
  size_t index = 7, count = 7;
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  rf_status status = rf_image_create(file, &spec, &index, &err);
  if (status != expected || strstr(err.message, words) == NULL)
    fprintf(stderr, "%s: %s (%s, '%s')\n", rf_status_get_name(status), err.message, rf_status_get_name(expected),
            words);
  CHECK(status == expected);
  CHECK(status != RF_OK && strstr(err.message, words) != NULL);
  CHECK(index == 7);
  CHECK_OK(rf_file_get_hdu_count(file, &count, &err), err);
  CHECK(count == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void refusals(void) {
  static const uint64_t axes[] = {20, 30}, small[] = {3, 3}, row[] = {1, 30}, none[] = {0, 30}, cube[] = {5, 5, 5};
  rf_compression c = compression_of(RF_Z_RICE_1);
  refuse(spec_of(RF_F32, 2, axes, &c), RF_ERR_UNSUPPORTED, "GZIP_2");
  refuse(spec_of(RF_I64, 2, axes, &c), RF_ERR_UNSUPPORTED, "GZIP_2");
  refuse(spec_of(RF_I16, 0, axes, &c), RF_ERR_ARGUMENT, "NAXIS = 0");
  c.quantize = 1;
  refuse(spec_of(RF_I16, 2, axes, &c), RF_ERR_ARGUMENT, "float");
  c.quantize_level = NAN;
  refuse(spec_of(RF_F32, 2, axes, &c), RF_ERR_ARGUMENT, "level");
  c = compression_of(RF_Z_GZIP_2);
  c.dither = RF_DITHER_1;
  refuse(spec_of(RF_F32, 2, axes, &c), RF_ERR_ARGUMENT, "quantized");
  c.quantize = 1;
  c.seed = 10001;
  refuse(spec_of(RF_F32, 2, axes, &c), RF_ERR_ARGUMENT, "10000");
  c = compression_of(RF_Z_GZIP_2);
  c.level = 13;
  refuse(spec_of(RF_I32, 2, axes, &c), RF_ERR_ARGUMENT, "1 to 12");
  c.level = 0;
  c.heap_format = 'X';
  refuse(spec_of(RF_I32, 2, axes, &c), RF_ERR_ARGUMENT, "heap format");
  c.heap_format = 0;
  c.hcomp_scale = 2;
  refuse(spec_of(RF_I32, 2, axes, &c), RF_ERR_ARGUMENT, "HCOMPRESS_1");
  c = compression_of((rf_zcmptype)77);
  refuse(spec_of(RF_I32, 2, axes, &c), RF_ERR_ARGUMENT, "codec 77");
  c = compression_of(RF_Z_PLIO_1);
  refuse(spec_of(RF_U32, 2, axes, &c), RF_ERR_UNSUPPORTED, "RICE_1");
  refuse(spec_of(RF_I64, 2, axes, &c), RF_ERR_UNSUPPORTED, "GZIP_2");
  c.quantize = 1;
  c.dither = RF_DITHER_2;
  refuse(spec_of(RF_F32, 2, axes, &c), RF_ERR_UNSUPPORTED, "RICE_1");
  c = compression_of(RF_Z_HCOMPRESS_1);
  refuse(spec_of(RF_I16, 1, axes, &c), RF_ERR_ARGUMENT, "RICE_1");
  refuse(spec_of(RF_I16, 2, small, &c), RF_ERR_ARGUMENT, "at least 4");
  refuse(spec_of(RF_I16, 2, row, &c), RF_ERR_ARGUMENT, "longer than 1");
  c.tile_ndim = 3;
  c.tile = cube;
  refuse(spec_of(RF_I16, 3, cube, &c), RF_ERR_ARGUMENT, "along 3");
  c = compression_of(RF_Z_RICE_1);
  c.tile_ndim = 3;
  c.tile = cube;
  refuse(spec_of(RF_I16, 2, axes, &c), RF_ERR_ARGUMENT, "3 axes");
  c.tile_ndim = 2;
  c.tile = none;
  refuse(spec_of(RF_I16, 2, axes, &c), RF_ERR_ARGUMENT, "length 0");
  c.tile = (uint64_t[]){(uint64_t)1 << 33, (uint64_t)1 << 33};
  refuse(spec_of(RF_I16, 2, c.tile, &c), RF_ERR_LIMIT, "");
}

/* Values that a codec cannot hold are found before anything is written, and by rf_image_check as well. */
static void plio_values(void) {
  static const uint64_t axes[] = {4, 5};
  rf_compression c = compression_of(RF_Z_PLIO_1);
  rf_image_spec spec = spec_of(RF_I32, 2, axes, &c);
  rf_error err;
  rf_file *file = NULL;
  size_t index = 0;
  int32_t pixels[20], again[20];
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  for (int i = 0; i < 20; i++)
    pixels[i] = 16777215 - i;
  CHECK_OK(rf_image_write(file, index, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &err),
           err);
  for (int k = 0; k < 2; k++) {
    pixels[13] = k ? -1 : 16777216;
    CHECK(rf_image_check(file, index,
                         PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = 20 * rf_dtype_bytes(RF_I32, 0)),
                         &err) == RF_ERR_RANGE);
    CHECK(rf_image_write(file, index, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &err) ==
          RF_ERR_RANGE);
    CHECK(strstr(err.message, "element 13") != NULL && strstr(err.message, "RICE_1") != NULL);
  }
  pixels[13] = 16777215 - 13;
  CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = RF_I32, .data = again, .data_bytes = sizeof again), &err), err);
  CHECK(memcmp(pixels, again, sizeof again) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

/* A caller that was built before there was compression has a struct without that member. */
static void an_older_spec(void) {
  static const uint64_t axes[] = {4, 5};
  rf_image_spec spec = spec_of(RF_I32, 2, axes, (const rf_compression *)(const void *)axes);
  spec.size = offsetof(rf_image_spec, compression);
  rf_error err;
  rf_file *file = NULL;
  rf_hdu_info info = {.size = sizeof info};
  size_t index = 7;
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_hdu_get_info(file, index, &info, &err), err);
  CHECK(index == 0 && info.kind == RF_HDU_IMAGE);
  CHECK_OK(rf_file_free(file, &err), err);
}

/* ---- unwritten tiles ---- */

static void count_empty(rf_file *file, size_t index, uint64_t ntiles, uint64_t expected) {
  static uint64_t lengths[MOST], offsets[MOST];
  rf_error err;
  uint64_t empty = 0;
  CHECK_OK(rf_table_read_descriptors(file, index, 0, NULL, lengths, offsets, &err), err);
  for (uint64_t i = 0; i < ntiles; i++)
    empty += lengths[i] == 0;
  CHECK(empty == expected);
}

static void never_written(void) {
  static const uint64_t axes[] = {12, 10};
  rf_compression c = compression_of(RF_Z_RICE_1);
  rf_image_spec spec = spec_of(RF_I16, 2, axes, &c);
  rf_error err;
  rf_file *file = NULL;
  size_t index = 0;
  int16_t pixels[120], some[10];
  const char *path = scratch_path("never.fits");
  memset(pixels, 1, sizeof pixels);
  for (int i = 0; i < 10; i++)
    some[i] = (int16_t)(i - 5);
  CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = RF_I16, .data = pixels, .data_bytes = sizeof pixels), &err), err);
  for (int i = 0; i < 120; i++)
    CHECK(pixels[i] == 0);
  rf_axis row[2] = {{3, 1, 1, NULL}, {0, 1, 10, NULL}};
  CHECK_OK(rf_image_write(file, index, PIXELS(.section = row, .dtype = RF_I16, .data = some, .data_bytes = sizeof some),
                          &err),
           err);
  count_empty(file, index, 12, 11);
  /* Creating another HDU flushes the first one. The close flushes the second. */
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  count_empty(file, 1, 12, 0);
  count_empty(file, 2, 12, 12);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &file, &err), err);
  count_empty(file, 2, 12, 0);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_I16, .data = pixels, .data_bytes = sizeof pixels), &err), err);
  for (int i = 0; i < 120; i++)
    CHECK(pixels[i] == (i / 10 == 3 ? i % 10 - 5 : 0));
  CHECK_OK(rf_file_free(file, &err), err);
}

/* ---- P and Q ---- */

/* A heap that gets longer than P descriptors can say, which is made less here. */
static void beyond_31_bits(void) {
  static const uint64_t axes[] = {6, 100};
  int32_t pixels[600], again[600];
  for (char format = 'P'; format != 0; format = format == 'P' ? 'Q' : 0) {
    rf_compression c = compression_of(RF_Z_RICE_1);
    rf_image_spec spec = spec_of(RF_I32, 2, axes, &c);
    rf_error err;
    rf_file *file = NULL;
    size_t index = 0;
    const char *path = scratch_path("far.fits");
    bool explicit_p = format == 'P';
    c.heap_format = explicit_p ? 'P' : 0;
    fill(RF_I32, pixels, 600);
    CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
    CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
    CHECK_OK(rf_image_write(file, index, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &err),
             err);
    rf_tiled_session *session = file->hdus[1]->session;
    session->state.reach = session->state.used + 300;
    session->state.apart = false; /* nothing goes where it was */
    rf_axis three[2] = {{2, 1, 3, NULL}, {0, 1, 100, NULL}};
    rf_status status = rf_image_write(
        file, index, PIXELS(.section = three, .dtype = RF_I32, .data = pixels, .data_bytes = 1200), &err);
    if (explicit_p) {
      CHECK(status == RF_ERR_LIMIT && strstr(err.message, "'Q'") != NULL);
    } else {
      CHECK_OK(status, err);
      memmove(pixels + 200, pixels, 1200);
    }
    CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = RF_I32, .data = again, .data_bytes = sizeof again), &err), err);
    CHECK(explicit_p || memcmp(pixels + 200, again + 200, 1200) == 0);
    CHECK_OK(rf_file_free(file, &err), err);
    CHECK_OK(rf_file_open(path, RF_MODE_READ_WRITE, NULL, &file, &err), err);
    rf_column_info column = {.size = sizeof column};
    CHECK_OK(rf_table_get_column(file, 1, 0, &column, &err), err);
    CHECK(column.descriptor == format);
    memcpy(again, pixels, sizeof again);
    CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_I32, .data = again, .data_bytes = sizeof again), &err), err);
    uint64_t freed = 0;
    CHECK_OK(rf_image_repack(file, 1, &freed, &err), err);
    CHECK(explicit_p ? freed == 0 : freed > 0);
    CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &err), err);
    CHECK(memcmp(pixels, again, sizeof again) == 0);
    CHECK_OK(rf_file_free(file, &err), err);
    remove(path);
  }
}

/* ---- threads ---- */

/* Bytes do not depend on how many there are. */
static void threads(void) {
  enum { N = 1200 };
  static const uint64_t axes[] = {N, N};
  rf_error err;
  float *pixels = malloc(sizeof *pixels * N * N);
  uint8_t *bytes[2];
  size_t sizes[2];
  fill(RF_F32, pixels, (size_t)N * N);
  for (uint32_t k = 0; k < 2; k++) {
    rf_compression c = compression_of(RF_Z_AUTO);
    rf_image_spec spec = spec_of(RF_F32, 2, axes, &c);
    rf_file *file = NULL;
    size_t index = 0;
    const char *path = scratch_path("threads.fits");
    c.quantize = 1;
    c.dither = RF_DITHER_1;
    CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
    CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
    CHECK_OK(rf_image_write(
                 file, index,
                 PIXELS(.dtype = RF_F32, .threads = 1 + 3 * k, .data = pixels, .data_bytes = sizeof *pixels * N * N),
                 &err),
             err);
    CHECK_OK(rf_file_free(file, &err), err);
    bytes[k] = scratch_read(path, &sizes[k]);
  }
  CHECK(sizes[0] == sizes[1] && memcmp(bytes[0], bytes[1], sizes[0]) == 0);
  free(bytes[0]);
  free(bytes[1]);
  free(pixels);
}

/* ---- one owner of what is kept ---- */

/* Reads the image by this handle and by another one: what is kept in memory must say what the file says. */
static void check_kept(rf_file *file, const char *path, uint64_t count) {
  static double own[MOST], other[MOST];
  rf_error err;
  rf_file *reader = NULL;
  CHECK_OK(rf_file_flush(file, &err), err);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_F64, .data = own, .data_bytes = count * sizeof *own), &err), err);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &reader, &err), err);
  CHECK_OK(rf_image_read(reader, 1, PIXELS(.dtype = RF_F64, .data = other, .data_bytes = count * sizeof *other), &err),
           err);
  CHECK_OK(rf_file_free(reader, &err), err);
  CHECK(memcmp(own, other, (size_t)count * sizeof *own) == 0);
}

static void rows_of_tiles_are_not_written_by_table_calls(void) {
  static float pixels[400];
  static const uint64_t axes[] = {20, 20}, lengths[1] = {2};
  static const uint8_t bytes[2] = {1, 2};
  static const double scale = 77.0;
  rf_compression c = compression_of(RF_Z_RICE_1);
  rf_error err;
  rf_file *file = NULL;
  size_t index, column = 0;
  const char *path = scratch_path("owner.fits");
  c.quantize = 1;
  rf_image_spec spec = spec_of(RF_F32, 2, axes, &c);
  fill(RF_F32, pixels, 400);
  for (int i = 0; i < 400; i++)
    pixels[i] = pixels[i] == pixels[i] ? pixels[i] : 1.0f;
  CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_write(file, 1, PIXELS(.dtype = RF_F32, .data = pixels, .data_bytes = sizeof pixels), &err), err);
  check_kept(file, path, 400);
  CHECK_OK(rf_table_find_column(file, 1, "ZSCALE", &column, &err), err);
  rf_rows row = {3, 1, 1, NULL};
  rf_column_request request = {
      .size = sizeof request, .column = column, .type = (rf_dtype)RF_F64, .data = (void *)&scale, .stride = 8};
  rf_column_spec added = {.size = sizeof added, .name = "x", .type = (rf_dtype)RF_F64};
  CHECK(call_write(file, 1, &row, &request, 1, &err) == RF_ERR_TYPE &&
        strstr(err.message, "rows of a compressed image"));
  CHECK(call_append(file, 1, 1, &request, 1, &err) == RF_ERR_TYPE);
  CHECK(rf_table_resize(file, 1, 3, &err) == RF_ERR_TYPE);
  CHECK(rf_table_delete_rows(file, 1, &row, &err) == RF_ERR_TYPE);
  CHECK(call_write_heap(file, 1, 0, &row, lengths, (rf_dtype)RF_U8, 0, bytes, 2, NULL, &err) == RF_ERR_TYPE);
  CHECK(call_insert(file, 1, 0, &added, &err) == RF_ERR_TYPE);
  CHECK(rf_table_delete_column(file, 1, column, &err) == RF_ERR_TYPE);
  CHECK(rf_table_describe_column(file, 1, column, "OTHER", NULL, NULL, &err) == RF_ERR_TYPE);
  check_kept(file, path, 400);
  CHECK_OK(rf_file_free(file, &err), err);
}

/* Sets a card by one of the two ways that there are. */
static void set_card(rf_file *file, bool logical, const char *keyword, double number) {
  rf_header *header = NULL;
  rf_error err;
  rf_value value = {.kind = RF_VALUE_REAL, .real = number};
  CHECK_OK(logical ? rf_hdu_get_logical_header(file, 1, &header, &err) : rf_hdu_get_header(file, 1, &header, &err),
           err);
  CHECK_OK(rf_header_set(header, keyword, &value, NULL, &err), err);
  CHECK_OK(logical ? rf_hdu_set_logical_header(file, 1, header, &err) : rf_hdu_set_header(file, 1, header, &err), err);
  rf_header_free(header);
}

static void reads_after_any_write_give_what_the_file_has(void) {
  static int16_t pixels[2000];
  static const uint64_t axes[] = {20, 20};
  rf_compression c = compression_of(RF_Z_RICE_1);
  rf_error err;
  rf_file *file = NULL;
  size_t index;
  const char *path = scratch_path("kept.fits");
  rf_image_spec spec = spec_of(RF_I16, 2, axes, &c);
  fill(RF_I16, pixels, 2000);
  CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  check_kept(file, path, 400);
  CHECK_OK(rf_image_write(file, 1, PIXELS(.dtype = RF_I16, .data = pixels, .data_bytes = 800), &err), err);
  check_kept(file, path, 400);
  rf_axis some[2] = {{2, 2, 5, NULL}, {1, 3, 6, NULL}};
  CHECK_OK(
      rf_image_write(file, 1, PIXELS(.section = some, .dtype = RF_I16, .data = pixels + 900, .data_bytes = 60), &err),
      err);
  check_kept(file, path, 400);
  CHECK_OK(rf_image_extend(file, 1, 25, &err), err);
  check_kept(file, path, 500);
  CHECK_OK(rf_image_repack(file, 1, NULL, &err), err);
  check_kept(file, path, 500);
  set_card(file, true, "BZERO", 100.5);
  check_kept(file, path, 500);
  set_card(file, false, "BSCALE", 2.0);
  check_kept(file, path, 500);
  CHECK_OK(rf_hdu_add_checksum(file, 1, 1, &err), err);
  check_kept(file, path, 500);
  CHECK_OK(rf_file_free(file, &err), err);
}

int main(void) {
  scratch_begin("zimage-write");
  RUN(round_trips);
  RUN(refusals);
  RUN(plio_values);
  RUN(an_older_spec);
  RUN(never_written);
  RUN(beyond_31_bits);
  RUN(threads);
  RUN(rows_of_tiles_are_not_written_by_table_calls);
  RUN(reads_after_any_write_give_what_the_file_has);
  scratch_end();
  return check_report();
}
