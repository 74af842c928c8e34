/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Memory that cannot be had. The N-th allocation fails, for N = 1, 2, ... until a run needs fewer: every time the call
 * that needed it says RF_ERR_MEMORY, nothing crashes, nothing leaks, and the file on disk is old or new.
 */
#include "check.h"
#include "fits_bytes.h"
#include "rustfits.h"
#include "scratch.h"
#include "zimage_file.h"
#include "table_calls.h"
#include "image_request.h"

static struct {
  long until;    /* allocations to grant before one fails; negative: no end */
  long failures; /* that were dealt out */
  long blocks;   /* alive */
} heap;

static void *counted_realloc(void *user, void *block, size_t size) {
  (void)user;
  if (heap.until == 0) {
    heap.failures++;
    heap.until = -1;
    return NULL;
  }
  if (heap.until > 0)
    heap.until--;
  void *moved = realloc(block, size);
  if (moved != NULL && block == NULL)
    heap.blocks++;
  return moved;
}

static void counted_free(void *user, void *block) {
  (void)user;
  if (block != NULL)
    heap.blocks--;
  free(block);
}

typedef rf_status (*scenario)(rf_error *err);

/* Runs it with each allocation failing in turn, and checks the outcome. */
static void fail_each(scenario run, const char *what) {
  static const rf_allocator counted = {counted_realloc, counted_free, NULL};
  rf_error err;
  rf_allocator_set(&counted);
  heap.until = -1;
  CHECK_OK(run(&err), err); /* once for what is made only once, and to see that it works at all */
  long n = 0;
  for (;; n += (long)check_turns(1, 7)) {
    long before = heap.blocks;
    heap.until = n;
    heap.failures = 0;
    rf_error_clear(&err);
    rf_status status = run(&err);
    heap.until = -1;
    if (heap.blocks != before) {
      fprintf(stderr, "%s: %ld blocks more after allocation %ld failed\n", what, heap.blocks - before, n);
      check_failures++;
    }
    if (heap.failures == 0) {
      if (status != RF_OK)
        fprintf(stderr, "%s: without a failure: %s: %s\n", what, rf_status_get_name(status), err.message);
      CHECK(status == RF_OK);
      break;
    }
    /* A reserve that was only nice to have may do without; but no other error may come of it. */
    if (status != RF_ERR_MEMORY && status != RF_OK) {
      fprintf(stderr, "%s: allocation %ld failed: %s: %s\n", what, n, rf_status_get_name(status), err.message);
      check_failures++;
    }
    if (status != RF_OK)
      CHECK(err.message[0] != '\0');
    if (n > 100000) {
      CHECK(!"no end");
      break;
    }
  }
  CHECK(n > 3);
  rf_allocator_set(NULL);
}

/* Keeps the first failure while what follows still runs. */
#define STEP(call)                                                                                                     \
  do {                                                                                                                 \
    if (status == RF_OK)                                                                                               \
      status = (call);                                                                                                 \
  } while (0)

static fits_bytes three;

static rf_status look(rf_error *err) {
  rf_file *file = NULL;
  rf_header *header = NULL, *copy = NULL;
  rf_value value;
  size_t count, index;
  rf_checksum_state datasum, checksum;
  const char *text;
  size_t length;
  rf_status status = rf_file_open_bytes(three.bytes, three.size, RF_MODE_READ, NULL, &file, err);
  STEP(rf_file_get_hdu_count(file, &count, err));
  STEP(rf_file_find(file, "MANY", NULL, &index, err));
  STEP(rf_hdu_get_header(file, 1, &header, err));
  STEP(rf_header_copy(header, &copy, err));
  STEP(rf_header_get(header, "LONG", &value, err));
  STEP(rf_header_get_comment(header, 8, &text, &length, err));
  STEP(rf_hdu_verify_checksum(file, 0, &datasum, &checksum, err));
  rf_header_free(header);
  rf_header_free(copy);
  rf_status closed = rf_file_free(file, NULL);
  STEP(closed);
  return status;
}

static rf_status edit(rf_error *err) {
  rf_file *file = NULL;
  rf_header *header = NULL;
  rf_value value = {.kind = RF_VALUE_STRING};
  char text[300];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  value.text = text;
  value.text_length = sizeof text - 1;
  rf_status status = rf_file_open_bytes(three.bytes, three.size, RF_MODE_READ_WRITE, NULL, &file, err);
  STEP(rf_hdu_get_header(file, 1, &header, err));
  STEP(rf_header_set(header, "OBJECT", &value, "a string for several cards", err));
  STEP(rf_header_set(header, "a keyword of its own", &value, NULL, err));
  STEP(rf_header_add(header, "HISTORY", text, err));
  STEP(rf_header_set_comment(header, "EXTNAME", "another", err));
  STEP(rf_header_delete(header, "LONG", err));
  for (int i = 0; i < 40; i++)
    STEP(rf_header_add(header, "COMMENT", "enough for another block", err));
  STEP(rf_hdu_set_header(file, 1, header, err));
  STEP(rf_hdu_add_checksum(file, 1, 1, err));
  STEP(rf_hdu_add_checksum(file, 0, 1, err));
  rf_header_free(header);
  rf_status closed = rf_file_free(file, NULL);
  STEP(closed);
  return status;
}

/* RF_OPEN_... of the files that are created and edited. */
static uint32_t open_flags;

static rf_status open_file(const char *name, rf_mode mode, rf_file **file, rf_error *err) {
  rf_options options;
  rf_options_init(&options);
  options.flags = open_flags;
  return rf_file_open(name, mode, &options, file, err);
}

static rf_status create(const char *name, rf_error *err) {
  static const uint64_t axes[] = {3, 4, 5};
  rf_image_spec spec = {.size = sizeof spec,
                        .dtype = RF_U16,
                        .naxis = 3,
                        .axes = axes,
                        .extname = "A NAME",
                        .extver = 3,
                        .has_blank = 1,
                        .blank = -1};
  rf_file *file = NULL;
  rf_header *cards = NULL;
  rf_value value = {.kind = RF_VALUE_REAL, .real = 1.5};
  uint16_t pixels[60];
  size_t index = 0;
  rf_axis some[3] = {{2, -1, 3, NULL}, {0, 2, 2, NULL}, {0, 3, 2, NULL}};
  for (int i = 0; i < 60; i++)
    pixels[i] = (uint16_t)(i * 1000);
  rf_status status = rf_header_new(&cards, err);
  STEP(rf_header_set(cards, "EXPTIME", &value, "seconds", err));
  spec.header = cards;
  STEP(open_file(name, RF_MODE_CREATE, &file, err));
  for (int i = 0; i < 3; i++) {
    STEP(rf_image_create(file, &spec, &index, err));
    STEP(rf_image_write(file, index, PIXELS(.dtype = RF_U16, .data = pixels, .data_bytes = sizeof pixels), err));
  }
  STEP(rf_image_read(file, 1,
                     PIXELS(.section = some, .dtype = RF_U16, .data = pixels, .data_bytes = 12 * sizeof *pixels), err));
  STEP(rf_image_extend(file, 1, 3000, err));
  STEP(rf_file_sync(file, err));
  rf_header_free(cards);
  rf_error late;
  if (status != RF_OK && file != NULL)
    (void)rf_file_discard(file, NULL);
  rf_status closed = rf_file_free(file, &late);
  if (status == RF_OK && closed != RF_OK)
    *err = late;
  STEP(closed);
  return status;
}

static rf_status tables(rf_error *err) {
  enum { N = 100 };
  static double reals[N];
  static int16_t cells[N * 700];
  static uint64_t lengths[N], found[N], offsets[N];
  rf_column_spec columns[] = {{.size = sizeof columns[0], .name = "x", .type = RF_F64},
                              {.size = sizeof columns[0], .name = "v", .type = RF_I16, .descriptor = 'P'}};
  rf_column_spec text = {.size = sizeof text, .name = "s", .type = RF_BYTES, .width = 3, .unit = "m"};
  rf_table_spec spec = {.size = sizeof spec, .kind = RF_HDU_TABLE, .columns = columns, .ncols = 2, .extver = -1};
  rf_column_request request = {.size = sizeof request, .type = RF_F64, .data = reals, .stride = 8};
  rf_file *file = NULL;
  size_t index = 0;
  uint64_t freed;
  for (int i = 0; i < N; i++)
    lengths[i] = 700;
  rf_status status = rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, err);
  STEP(rf_table_create(file, &spec, &index, err));
  for (int i = 0; i < 3; i++) {
    rf_rows rows = {i * N, 1, N, NULL};
    STEP(call_append(file, index, N, &request, 1, err));
    STEP(call_write_heap(file, index, 1, &rows, lengths, RF_I16, 0, cells, sizeof cells, NULL, err));
  }
  STEP(call_insert(file, index, 1, &text, err));
  STEP(rf_table_describe_column(file, index, 1, "t", NULL, "A3", err));
  STEP(call_write(file, index, &(rf_rows){5, 2, N, NULL}, &request, 1, err));
  STEP(call_read(file, index, &(rf_rows){5, 2, N, NULL}, &request, 1, err));
  STEP(rf_table_read_descriptors(file, index, 2, &(rf_rows){0, 1, N, NULL}, found, offsets, err));
  STEP(call_read_heap(file, index, 2, found, offsets, N, RF_I16, 0, cells, sizeof cells, NULL, err));
  STEP(rf_table_delete_column(file, index, 0, err));
  STEP(rf_table_resize(file, index, N, err));
  STEP(rf_table_repack(file, index, &freed, err));
  STEP(call_append(file, index, N, NULL, 0, err));
  rf_error late;
  rf_status closed = rf_file_free(file, &late);
  if (status == RF_OK && closed != RF_OK)
    *err = late;
  STEP(closed);
  return status;
}

static rf_status compressed(rf_error *err) {
  enum { ROWS = 20, COLUMNS = 30 };
  static const uint64_t axes[] = {ROWS, COLUMNS}, tile[] = {8, 16};
  static float pixels[ROWS * COLUMNS];
  static int16_t integers[ROWS * COLUMNS];
  rf_compression compression = {.size = sizeof compression};
  rf_compression_init(&compression);
  compression.tile_ndim = 2;
  compression.tile = tile;
  rf_image_spec spec = {
      .size = sizeof spec, .dtype = RF_I16, .naxis = 2, .axes = axes, .extver = -1, .compression = &compression};
  rf_file *file = NULL;
  size_t index = 0, last = 0;
  uint64_t freed;
  for (int i = 0; i < ROWS * COLUMNS; i++)
    pixels[i] = (float)(i * 7919 % 1000) + 1000.0f;
  rf_status status = rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, err);
  STEP(rf_image_create(file, &spec, &index, err));
  STEP(rf_image_write(file, index, PIXELS(.dtype = RF_I16, .data = integers, .data_bytes = sizeof integers), err));
  spec.dtype = RF_F32;
  compression.quantize = 1;
  compression.dither = RF_DITHER_1;
  STEP(rf_image_create(file, &spec, &last, err));
  STEP(rf_image_write(file, last, PIXELS(.dtype = RF_F32, .data = pixels, .data_bytes = sizeof pixels), err));
  rf_axis some[2] = {{3, 5, 3, NULL}, {10, 1, 10, NULL}};
  STEP(rf_image_write(file, index,
                      PIXELS(.section = some, .dtype = RF_I16, .data = integers, .data_bytes = 30 * sizeof *integers),
                      err));
  pixels[4] = 1e30f;
  STEP(rf_image_write(
      file, last, PIXELS(.section = some, .dtype = RF_F32, .data = pixels, .data_bytes = 30 * sizeof *pixels), err));
  STEP(rf_image_extend(file, index, ROWS + 30, err));
  STEP(rf_image_extend(file, last, ROWS + 3, err));
  STEP(rf_image_repack(file, last, &freed, err));
  STEP(rf_image_read(file, last,
                     PIXELS(.section = some, .dtype = RF_F32, .data = pixels, .data_bytes = 30 * sizeof *pixels), err));
  rf_error late;
  rf_status closed = rf_file_free(file, &late);
  if (status == RF_OK && closed != RF_OK)
    *err = late;
  STEP(closed);
  return status;
}

static rf_status create_in_memory(rf_error *err) {
  return create("mem://", err);
}

static rf_status create_file(rf_error *err) {
  return create(scratch_path("created.fits"), err);
}

static rf_status create_gzip(rf_error *err) {
  return create(scratch_path("created.fits.gz"), err);
}

static char on_disk[512], on_disk_gz[512];

static rf_status edit_on_disk(const char *path, rf_error *err) {
  rf_file *file = NULL;
  rf_header *header = NULL;
  rf_status status = open_file(path, RF_MODE_READ_WRITE, &file, err);
  STEP(rf_hdu_get_header(file, 2, &header, err));
  STEP(rf_header_add(header, "HISTORY", "once more", err));
  STEP(rf_hdu_set_header(file, 2, header, err));
  STEP(rf_hdu_add_checksum(file, 2, 1, err));
  rf_header_free(header);
  rf_error late;
  rf_status closed = rf_file_free(file, &late);
  if (status == RF_OK && closed != RF_OK)
    *err = late;
  STEP(closed);
  return status;
}

/* Tiles of one pixel each, from a store that is not in memory: more tiles than the stack has room for. */
static zfile dotted(void) {
  static const long long axes[] = {6, 5}, tile[] = {1, 1};
  static const uint8_t pixels[64];
  zfile z = {.codec = "GZIP_1",
             .bitpix = 16,
             .naxis = 2,
             .axes = axes,
             .tiles = tile,
             .columns = 1,
             .names = {"UNCOMPRESSED_DATA"},
             .forms = {"1PI"},
             .rows = 30};
  for (int t = 0; t < 30; t++)
    z.cells[t][0] = (zcell){.bytes = pixels + t, .n = 1};
  return z;
}

static rf_status read_compressed(rf_error *err) {
  static const uint64_t list[] = {4, 0, 4, 1};
  const rf_axis some[2] = {{0, 0, 4, list}, {5, -1, 6, NULL}};
  static int16_t pixels[30];
  static uint8_t mask[30];
  rf_image_info info = {.size = sizeof info};
  rf_compression compression = {.size = sizeof compression};
  rf_header *plain = NULL;
  rf_file *file = NULL;
  rf_range ranges[4];
  size_t count;
  uint64_t tile[2], n;
  rf_status status = rf_file_open("watched://z", RF_MODE_READ_WRITE, NULL, &file, err);
  STEP(rf_image_get_info(file, 1, &info, err));
  STEP(rf_image_read(file, 1, PIXELS(.section = some, .dtype = RF_I16, .data = pixels, .data_bytes = 48, .mask = mask),
                     err));
  STEP(rf_image_read(file, 1, PIXELS(.dtype = RF_I16, .data = pixels, .data_bytes = sizeof pixels), err));
  STEP(plan_section(file, 1, some, ranges, 4, &count, &n, err));
  STEP(rf_image_get_compression(file, 1, &compression, tile, 2, &n, err));
  STEP(rf_hdu_get_logical_header(file, 1, &plain, err));
  STEP(rf_header_add(plain, "HISTORY", "edited", err));
  STEP(rf_hdu_set_logical_header(file, 1, plain, err));
  rf_header_free(plain);
  rf_status closed = rf_file_free(file, NULL);
  STEP(closed);
  return status;
}

static rf_status edit_file(rf_error *err) {
  return edit_on_disk(on_disk, err);
}

static rf_status edit_gzip(rf_error *err) {
  return edit_on_disk(on_disk_gz, err);
}

static rf_status create_over(rf_error *err) {
  return create(on_disk, err);
}

static rf_status create_over_gz(rf_error *err) {
  return create(on_disk_gz, err);
}

static void reading(void) {
  fail_each(look, "look");
}

static void reading_compressed(void) {
  zfile z = dotted();
  fits_bytes fits = zfile_make(&z);
  watched_load(&fits);
  fail_each(read_compressed, "read compressed");
  watched_free();
  fits_free(&fits);
}

static void editing(void) {
  fail_each(edit, "edit");
}

static void creating(void) {
  fail_each(create_in_memory, "create in memory");
  fail_each(tables, "tables");
  fail_each(compressed, "compressed images");
  fail_each(create_file, "create a file");
  fail_each(create_gzip, "create a .gz");
}

/* After all those failures the file still has its HDUs and its pixels. */
static void check_disk(const char *path) {
  rf_file *file;
  rf_error err;
  size_t count = 0;
  uint16_t pixels[60];
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &file, &err), err);
  CHECK_OK(rf_file_get_hdu_count(file, &count, &err), err);
  CHECK(count == 3);
  CHECK_OK(rf_image_read(file, 2, PIXELS(.dtype = RF_U16, .data = pixels, .data_bytes = sizeof pixels), &err), err);
  for (int i = 0; i < 60; i++)
    CHECK(pixels[i] == i * 1000);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void editing_on_disk(void) {
  rf_error err;
  snprintf(on_disk, sizeof on_disk, "%s", scratch_path("edited.fits"));
  snprintf(on_disk_gz, sizeof on_disk_gz, "%s", scratch_path("edited.fits.gz"));
  CHECK_OK(create(on_disk, &err), err);
  CHECK_OK(create(on_disk_gz, &err), err);
  fail_each(edit_file, "edit a file");
  fail_each(edit_gzip, "edit a .gz");
  check_disk(on_disk);
  check_disk(on_disk_gz);
  open_flags = RF_OPEN_ATOMIC | RF_OPEN_LOCK;
  fail_each(edit_file, "edit a copy of a file");
  check_disk(on_disk);
  fail_each(edit_gzip, "edit a .gz atomically");
  check_disk(on_disk_gz);
  fail_each(create_over, "replace a file");
  check_disk(on_disk);
  fail_each(create_over_gz, "replace a .gz");
  check_disk(on_disk_gz);
  open_flags = RF_OPEN_IN_PLACE;
  fail_each(create_over, "overwrite a file");
  open_flags = 0;
#if !defined(_WIN32)
  CHECK(scratch_count("") == 4); /* no temporary file is left */
#endif
}

/* ---- from file to file ---- */

static uint8_t *plain_bytes;
static size_t plain_size;

/* A primary image of reals, a table with cells in its heap, and sums of both. */
static void make_plain(const char *path) {
  rf_error err;
  rf_file *file = NULL;
  size_t index;
  static float pixels[20 * 24];
  uint64_t axes[2] = {20, 24}, lengths[6] = {3, 0, 2, 1, 4, 0};
  int16_t cells[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  rf_column_spec columns[2] = {
      {.size = sizeof columns[0], .name = "n", .type = RF_I32},
      {.size = sizeof columns[1], .name = "v", .type = RF_I16, .descriptor = 'P'},
  };
  rf_image_spec image = {.size = sizeof image, .dtype = RF_F32, .naxis = 2, .axes = axes, .extver = -1};
  rf_table_spec table = {
      .size = sizeof table, .kind = RF_HDU_TABLE, .nrows = 6, .columns = columns, .ncols = 2, .extver = -1};
  for (size_t i = 0; i < 20 * 24; i++)
    pixels[i] = (float)((i * 7919) % 101) + 0.25f;
  CHECK_OK(rf_file_open(path, RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &image, &index, &err), err);
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_F32, .data = pixels, .data_bytes = sizeof pixels), &err), err);
  CHECK_OK(rf_table_create(file, &table, &index, &err), err);
  CHECK_OK(call_write_heap(file, 1, 1, NULL, lengths, RF_I16, 0, cells, sizeof cells, NULL, &err), err);
  CHECK_OK(rf_hdu_add_checksum(file, 0, 1, &err), err);
  CHECK_OK(rf_hdu_add_checksum(file, 1, 1, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  plain_bytes = scratch_read(path, &plain_size);
}

static rf_status pack_all(rf_error *err) {
  rf_file *plain = NULL, *packed = NULL, *back = NULL;
  rf_compression how;
  rf_checksum_state data, check;
  rf_compression_init(&how);
  how.type = RF_Z_RICE_1;
  how.quantize = 1;
  how.dither = RF_DITHER_1;
  rf_status status = rf_file_open_bytes(plain_bytes, plain_size, RF_MODE_READ, NULL, &plain, err);
  STEP(rf_file_open("mem://", RF_MODE_CREATE, NULL, &packed, err));
  STEP(rf_file_open("mem://", RF_MODE_CREATE, NULL, &back, err));
  STEP(rf_hdu_pack(plain, 0, packed, &how, NULL, NULL, err));
  STEP(rf_hdu_pack(plain, 1, packed, NULL, NULL, NULL, err));
  STEP(rf_hdu_add_checksum(packed, 1, 1, err));
  STEP(rf_hdu_verify_checksum(packed, 1, &data, &check, err));
  STEP(rf_hdu_verify_checksum(packed, 2, &data, &check, err));
  STEP(rf_hdu_unpack(packed, 1, back, NULL, err));
  STEP(rf_hdu_unpack(packed, 2, back, NULL, err));
  STEP(rf_hdu_copy(packed, 2, back, NULL, err));
  rf_file *files[3] = {plain, packed, back};
  for (int i = 0; i < 3; i++) {
    rf_status closed = rf_file_free(files[i], status == RF_OK ? err : NULL);
    STEP(closed);
  }
  return status;
}

static void packing(void) {
  make_plain(scratch_path("plain.fits"));
  fail_each(pack_all, "packing");
  free(plain_bytes);
}

int main(void) {
  scratch_begin("alloc");
  fits_image(&three, true, 5000, "FIRST");
  fits_begin(&three, "IMAGE", 8, 1, (long long[]){7});
  fits_card(&three, "EXTNAME = 'SECOND'");
  fits_card(&three, "LONG    = 'a string that goes on &'");
  fits_card(&three, "CONTINUE  'for two cards' / and has a comment");
  fits_end(&three);
  fits_data(&three, 7, 1);
  long long many[40];
  for (int i = 0; i < 40; i++)
    many[i] = 1;
  fits_begin(&three, "IMAGE", 8, 40, many); /* axes beyond the small list */
  fits_card(&three, "EXTNAME = 'MANY'");
  fits_end(&three);
  fits_data(&three, 1, 1);
  RUN(reading);
  RUN(reading_compressed);
  RUN(editing);
  RUN(creating);
  RUN(editing_on_disk);
  RUN(packing);
  fits_free(&three);
  scratch_end();
  return check_report();
}
