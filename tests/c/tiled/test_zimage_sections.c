/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing sections of compressed images: each image is held against an array.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>

#include "check.h"
#include "image_request.h"
#include "scratch.h"
#include "table_calls.h"
#include "zimage_values.h"

/* ---- sections ---- */

/* Writes random sections and holds the image against an array each time. Quantized: what is not named keeps its bits,
 * what is comes out close to it. */
static void write_sections(rf_zcmptype codec, rf_dtype type, int quantize, rf_dither dither) {
  enum { ROWS = 33, COLUMNS = 41, COUNT = ROWS * COLUMNS };
  static const uint64_t axes[] = {ROWS, COLUMNS}, tile[] = {10, 12};
  static double was[COUNT], is[COUNT], part[COUNT];
  static uint64_t whole[COUNT];
  rf_compression c = compression_of(codec);
  rf_error err;
  rf_file *file = NULL;
  size_t index = 0;
  c.tile_ndim = 2;
  c.tile = tile;
  c.quantize = quantize;
  c.dither = dither;
  rf_image_spec spec = spec_of(type, 2, axes, &c);
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  fill(type, whole, COUNT);
  CHECK_OK(rf_image_write(file, index,
                          PIXELS(.dtype = type, .data = whole, .data_bytes = COUNT * rf_dtype_bytes(type, 0)), &err),
           err);
  for (int round = 0; round < 60; round++) {
    rf_axis section[2];
    uint64_t indices[6];
    static bool named[COUNT];
    for (int k = 0; k < 2; k++) {
      uint64_t length = axes[k], step = 1 + next_random() % 14, start = next_random() % length;
      uint64_t most = (length - 1 - start) / step + 1, n = 1 + next_random() % most;
      bool down = next_random() % 3 == 0;
      section[k] =
          (rf_axis){(int64_t)(down ? start + (n - 1) * step : start), down ? -(int64_t)step : (int64_t)step, n, NULL};
    }
    if (round % 4 == 0) {
      for (int i = 0; i < 6; i++)
        indices[i] = next_random() % COLUMNS;
      section[1] = (rf_axis){0, 0, 6, indices};
    }
    CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = RF_F64, .data = was, .data_bytes = sizeof was), &err), err);
    memcpy(is, was, sizeof is);
    memset(named, 0, sizeof named);
    size_t n = (size_t)(section[0].count * section[1].count);
    for (size_t i = 0; i < n; i++) {
      uint64_t a = i / section[1].count, b = i % section[1].count;
      uint64_t row = (uint64_t)(section[0].start + (int64_t)a * section[0].step);
      uint64_t column =
          section[1].indices != NULL ? indices[b] : (uint64_t)(section[1].start + (int64_t)b * section[1].step);
      bool real = type == RF_F32 || type == RF_F64;
      part[i] = (double)(next_random() % 100);
      if (real && next_random() % 20 == 0)
        part[i] = NAN;
      if (real && round == 50 && i == 0)
        part[i] = 1e30; /* beyond any integer: the tile is stored as it is */
      is[row * COLUMNS + column] = part[i];
      named[row * COLUMNS + column] = true;
    }
    CHECK_OK(rf_image_write(file, index,
                            PIXELS(.section = section, .dtype = RF_F64, .data = part, .data_bytes = n * sizeof *part),
                            &err),
             err);
    CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = RF_F64, .data = was, .data_bytes = sizeof was), &err), err);
    int wrong = 0;
    for (size_t i = 0; i < COUNT; i++) {
      bool same = memcmp(&was[i], &is[i], sizeof was[i]) == 0 || (isnan(was[i]) && isnan(is[i])) ||
                  (type == RF_F32 && was[i] == (double)(float)is[i]);
      if (!same && !(quantize && named[i] && fabs(was[i] - is[i]) < 1.0))
        wrong++;
    }
    if (wrong > 0)
      fprintf(stderr, "codec %d type %d round %d: %d pixels\n", (int)codec, (int)type, round, wrong);
    CHECK(wrong == 0);
  }
  uint64_t freed = 0, none = 7;
  CHECK_OK(rf_image_repack(file, index, &freed, &err), err);
  CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = RF_F64, .data = is, .data_bytes = sizeof is), &err), err);
  CHECK(memcmp(was, is, sizeof is) == 0);
  CHECK(freed > 0 || codec != RF_Z_RICE_1); /* tiles of others may have stayed where they were */
  CHECK_OK(rf_image_repack(file, index, &none, &err), err);
  CHECK(none == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void sections(void) {
  write_sections(RF_Z_RICE_1, RF_I16, 0, RF_DITHER_NONE);
  write_sections(RF_Z_GZIP_1, RF_U8, 0, RF_DITHER_NONE);
  write_sections(RF_Z_GZIP_2, RF_F64, 0, RF_DITHER_NONE);
  write_sections(RF_Z_PLIO_1, RF_U16, 0, RF_DITHER_NONE);
  write_sections(RF_Z_HCOMPRESS_1, RF_I32, 0, RF_DITHER_NONE);
  write_sections(RF_Z_NOCOMPRESS, RF_I32, 0, RF_DITHER_NONE);
  write_sections(RF_Z_RICE_1, RF_F32, 1, RF_DITHER_NONE);
  write_sections(RF_Z_RICE_1, RF_F32, 1, RF_DITHER_1);
  write_sections(RF_Z_RICE_1, RF_F64, 1, RF_DITHER_2);
  write_sections(RF_Z_GZIP_2, RF_F32, 1, RF_DITHER_2);
  write_sections(RF_Z_HCOMPRESS_1, RF_F32, 1, RF_DITHER_1);
}

/* What a lossy tile shows does not change when something beside it does. */
static void lossy_hcompress(void) {
  enum { N = 64 };
  static const uint64_t axes[] = {N, N};
  static int32_t pixels[N * N], before[N * N], after[N * N];
  for (int smooth = 0; smooth < 2; smooth++) {
    rf_compression c = compression_of(RF_Z_HCOMPRESS_1);
    rf_image_spec spec = spec_of(RF_I32, 2, axes, &c);
    rf_error err;
    rf_file *file = NULL;
    size_t index = 0;
    int32_t one = 12345;
    int lost = 0;
    c.hcomp_scale = -40;
    c.hcomp_smooth = smooth;
    for (int i = 0; i < N * N; i++)
      pixels[i] = (int32_t)(next_random() % 200) + i;
    CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
    CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
    CHECK_OK(rf_image_write(file, index, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &err),
             err);
    CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = RF_I32, .data = before, .data_bytes = sizeof before), &err),
             err);
    for (int i = 0; i < N * N; i++)
      lost += before[i] != pixels[i];
    CHECK(lost > N);
    rf_axis at[2] = {{20, 1, 1, NULL}, {30, 1, 1, NULL}};
    CHECK_OK(rf_image_write(file, index, PIXELS(.section = at, .dtype = RF_I32, .data = &one, .data_bytes = sizeof one),
                            &err),
             err);
    CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = RF_I32, .data = after, .data_bytes = sizeof after), &err), err);
    before[20 * N + 30] = one;
    CHECK(memcmp(before, after, sizeof after) == 0);
    CHECK_OK(rf_file_free(file, &err), err);
  }
}

/* A quantized tile that is filled a row at a time is quantized by what was written, not by the zeros beside it. */
static void quantized_row_by_row(void) {
  enum { N = 40 };
  static const uint64_t axes[] = {N, N};
  for (rf_dtype type = RF_F32; type <= RF_F64; type++) {
    rf_compression c = compression_of(RF_Z_RICE_1);
    rf_error err;
    rf_file *file = NULL;
    size_t index = 0;
    static double data[N * N], all[N * N];
    uint64_t lengths[2], offsets[2];
    c.tile_ndim = 2;
    c.tile = axes;
    c.quantize = 1;
    c.dither = RF_DITHER_1;
    rf_image_spec spec = spec_of(type, 2, axes, &c);
    CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
    CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
    for (int y = 0; y < N; y++) {
      rf_axis at[2] = {{y, 1, 1, NULL}, {0, 1, N, NULL}};
      for (int x = 0; x < N; x++)
        data[y * N + x] = 100.0 + (double)(next_random() % 1000) / 100.0;
      CHECK_OK(rf_image_write(
                   file, index,
                   PIXELS(.section = at, .dtype = RF_F64, .data = data + y * N, .data_bytes = N * sizeof *data), &err),
               err);
      CHECK_OK(rf_image_read(file, index, PIXELS(.dtype = RF_F64, .data = all, .data_bytes = sizeof all), &err), err);
      for (int i = 0; i < N * N; i++)
        CHECK(fabs(all[i] - (i / N <= y ? data[i] : 0.0)) < 2.0);
      CHECK_OK(rf_table_read_descriptors(file, index, 0, NULL, lengths, offsets, &err), err);
      CHECK(lengths[0] > 0); /* integers, not reals by gzip */
    }
    CHECK_OK(rf_file_free(file, &err), err);
  }
}

/* ---- masks ---- */

static void masks(void) {
  static const uint64_t axes[] = {3, 4};
  rf_compression c = compression_of(RF_Z_AUTO);
  rf_image_spec spec = spec_of(RF_U16, 2, axes, &c);
  rf_error err;
  rf_file *file = NULL;
  size_t index = 0;
  uint16_t pixels[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  uint8_t mask[12] = {0, 1, 0, 0, 0, 0, 1}, found[12];
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK(rf_image_write(file, index, PIXELS(.dtype = RF_U16, .data = pixels, .data_bytes = sizeof pixels, .mask = mask),
                       &err) == RF_ERR_ARGUMENT);
  CHECK_STR(err.keyword, "BLANK");
  spec.has_blank = 1;
  spec.blank = -32768;
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_write(file, index,
                          PIXELS(.dtype = RF_U16, .data = pixels, .data_bytes = sizeof pixels, .mask = mask), &err),
           err);
  CHECK_OK(rf_image_read(file, index,
                         PIXELS(.dtype = RF_U16, .data = pixels, .data_bytes = sizeof pixels, .mask = found), &err),
           err);
  CHECK(memcmp(mask, found, sizeof mask) == 0);
  CHECK(pixels[1] == 0 && pixels[2] == 3);
  CHECK_OK(rf_file_free(file, &err), err);
}

/* ---- longer ---- */

static void extend(rf_zcmptype codec, rf_dtype type, int quantize, const uint64_t *tile) {
  enum { COLUMNS = 23 };
  static const uint64_t axes[] = {0, COLUMNS};
  static uint64_t grown[MOST], again[MOST];
  size_t width = rf_dtype_bytes(type, 0), row = COLUMNS * width;
  rf_compression c = compression_of(codec);
  rf_error err;
  rf_file *file = NULL;
  size_t index = 0;
  uint64_t length = 0;
  const char *path = scratch_path("longer.fits");
  int16_t behind[50];
  c.tile_ndim = tile != NULL ? 2 : 0;
  c.tile = tile;
  c.quantize = quantize;
  rf_image_spec spec = spec_of(type, 2, axes, &c);
  rf_image_spec plain = spec_of(RF_I16, 1, (uint64_t[]){50}, NULL);
  for (int i = 0; i < 50; i++)
    behind[i] = (int16_t)i;
  CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_create(file, &plain, &index, &err), err);
  CHECK_OK(rf_image_write(file, 2, PIXELS(.dtype = RF_I16, .data = behind, .data_bytes = sizeof behind), &err), err);
  while (length < 120) {
    uint64_t more = 1 + next_random() % 9;
    static uint64_t fresh[10 * COLUMNS];
    fill(type, fresh, (size_t)more * COLUMNS);
    CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = type, .data = grown, .data_bytes = (size_t)length * row), &err),
             err);
    CHECK_OK(rf_image_extend(file, 1, length + more, &err), err);
    rf_axis section[2] = {{(int64_t)length, 1, more, NULL}, {0, 1, COLUMNS, NULL}};
    CHECK_OK(rf_image_write(file, 1,
                            PIXELS(.section = section, .dtype = type, .data = fresh, .data_bytes = (size_t)more * row),
                            &err),
             err);
    memcpy((uint8_t *)grown + (size_t)length * row, fresh, (size_t)more * row);
    CHECK_OK(
        rf_image_read(file, 1, PIXELS(.dtype = type, .data = again, .data_bytes = (size_t)(length + more) * row), &err),
        err);
    CHECK(memcmp(grown, again, (size_t)(quantize ? length : length + more) * row) == 0);
    length += more;
  }
  CHECK(rf_image_extend(file, 1, length - 1, &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_image_extend(file, 1, length, &err), err);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = type, .data = grown, .data_bytes = (size_t)length * row), &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK_OK(rf_file_open(path, RF_MODE_READ_WRITE, NULL, &file, &err), err);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = type, .data = again, .data_bytes = (size_t)length * row), &err), err);
  CHECK(memcmp(grown, again, (size_t)length * row) == 0);
  memset(behind, 0, sizeof behind);
  CHECK_OK(rf_image_read(file, 2, PIXELS(.dtype = RF_I16, .data = behind, .data_bytes = sizeof behind), &err), err);
  CHECK(behind[49] == 49);
  rf_table_info info = {.size = sizeof info};
  CHECK_OK(rf_table_get_info(file, 1, &info, &err), err);
  CHECK(info.heap_offset == info.nrows * info.row_bytes); /* no gap is left */
  uint64_t freed = 0, heap = info.heap_bytes;
  CHECK_OK(rf_image_repack(file, 1, &freed, &err), err);
  CHECK(freed < heap / 2); /* and the heap is not full of what was */
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = type, .data = again, .data_bytes = (size_t)length * row), &err), err);
  CHECK(memcmp(grown, again, (size_t)length * row) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void longer(void) {
  extend(RF_Z_RICE_1, RF_I16, 0, NULL);
  extend(RF_Z_RICE_1, RF_I16, 0, (uint64_t[]){16, 10});
  extend(RF_Z_HCOMPRESS_1, RF_I32, 0, NULL);
  extend(RF_Z_GZIP_2, RF_F32, 0, (uint64_t[]){50, 23});
  extend(RF_Z_RICE_1, RF_F32, 1, (uint64_t[]){16, 23});
  extend(RF_Z_PLIO_1, RF_U16, 0, (uint64_t[]){7, 5});
}

int main(void) {
  scratch_begin("zimage-write");
  RUN(sections);
  RUN(lossy_hcompress);
  RUN(quantized_row_by_row);
  RUN(masks);
  RUN(longer);
  scratch_end();
  return check_report();
}
