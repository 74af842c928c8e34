/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads that several threads share: the same bytes and the same errors as by one. Under ThreadSanitizer
 * (tools/test.sh c-threads) this also shows that no part touches what is another's.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "check.h"
#include "fits_bytes.h"
#include "image/section.h"
#include "image_file.h"
#include "table_calls.h"
#include "image_request.h"

static rf_error err;

/* 2, 3, 5, and again: large reads take their time under a sanitizer or an emulator. */
static uint32_t next_threads(void) {
  static const uint32_t counts[] = {2, 3, 5};
  static unsigned turn;
  return counts[turn++ % 3];
}

/* ---- a local store that cannot be peeked into ---- */

static struct plain {
  const uint8_t *bytes;
  size_t size;
  uint64_t bad[2]; /* reads of these bytes fail, 0: none */
  pthread_t caller;
  atomic_uint others; /* reads by other threads than the caller's */
} plain;

static rf_status plain_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                            void **state, rf_error *e) {
  (void)driver, (void)name, (void)mode, (void)options, (void)e;
  *state = &plain;
  return RF_OK;
}

static rf_status plain_read(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *e) {
  (void)state;
  if (!pthread_equal(pthread_self(), plain.caller))
    atomic_fetch_add(&plain.others, 1);
  for (int i = 0; i < 2; i++)
    if (plain.bad[i] != 0 && plain.bad[i] >= offset && plain.bad[i] - offset < n) {
      e->code = RF_ERR_IO;
      snprintf(e->message, sizeof e->message, "bad byte %d", i);
      return RF_ERR_IO;
    }
  *got = offset >= plain.size ? 0 : plain.size - offset < n ? (size_t)(plain.size - offset) : n;
  memcpy(buffer, plain.bytes + offset, *got);
  return RF_OK;
}

static rf_status plain_size(void *state, uint64_t *size, rf_error *e) {
  (void)state, (void)e;
  *size = plain.size;
  return RF_OK;
}

static rf_status plain_close(void *state, rf_error *e) {
  (void)state, (void)e;
  return RF_OK;
}

/* Three ways to the same bytes: by that store, by system calls, in place in memory. */
#define WAYS 3

static rf_file *open_way(int way, const char *path, const uint8_t *bytes, size_t size) {
  static const rf_driver_ops ops = {.size = sizeof(rf_driver_ops),
                                    .open = plain_open,
                                    .read_at = plain_read,
                                    .get_size = plain_size,
                                    .close = plain_close};
  static const rf_driver row = {.size = sizeof(rf_driver), .scheme = "plain", .ops = &ops};
  rf_file *file = NULL;
  plain = (struct plain){.bytes = bytes, .size = size, .caller = pthread_self()};
  CHECK_OK(rf_driver_register(&row, &err), err);
  if (way == 2)
    CHECK_OK(rf_file_open_bytes(bytes, size, RF_MODE_READ, NULL, &file, &err), err);
  else
    CHECK_OK(rf_file_open(way == 0 ? "plain://" : path, RF_MODE_READ, NULL, &file, &err), err);
  return file;
}

/* ---- images ---- */

/* Elements that a section gives, one after the other. */
static uint64_t selection(const rf_section *section, uint64_t *elements) {
  rf_section_iter iter;
  rf_section_segment segment;
  uint64_t n = 0;
  rf_section_begin(&iter, section);
  while (rf_section_next(&iter, 1 + n % 7, &segment))
    for (uint64_t i = 0; i < segment.count; i++)
      elements[n++] = rf_section_element(section, &segment, i);
  return n;
}

static void parts_of_a_section_make_the_whole(void) {
  uint64_t lengths[4], files_axes[4], lists[4][64];
  rf_axis axes[4];
  for (int round = 0; round < (int)check_turns(2000, 200); round++) {
    int naxis = 1 + (int)image_random(4);
    rf_hdu hdu = {.naxis = naxis, .bitpix = 16, .gcount = 1, .axes = files_axes};
    for (int i = 0; i < naxis; i++)
      files_axes[naxis - 1 - i] = lengths[i] = 1 + image_random(9);
    uint64_t count = image_random_axes(naxis, lengths, axes, lists), done = 0;
    rf_section whole, part;
    CHECK_OK(rf_section_init(&whole, &hdu, axes, &err), err);
    uint64_t *all = malloc((size_t)count * 2 * sizeof *all), *some = all + count;
    CHECK(selection(&whole, all) == count);
    size_t parts = rf_section_parts(&whole, (size_t)1 + (size_t)image_random(6));
    for (size_t i = 0; i < parts; i++) {
      CHECK(rf_section_part(&whole, i, parts, &part) == done);
      uint64_t n = selection(&part, some);
      CHECK(n == part.count && n > 0 && n == part.rows * part.dims[0].count && done + n <= count);
      CHECK(memcmp(all + done, some, n * sizeof *all) == 0);
      done += n;
    }
    CHECK(done == count);
    free(all);
  }
}

static void same_pixels(rf_file *file, const rf_axis *axes, rf_dtype type, uint64_t count, bool masked) {
  size_t bytes = (size_t)count * rf_dtype_bytes(type, 0);
  uint8_t *wanted = malloc(bytes), *out = malloc(bytes), *mask = malloc(count), *own = malloc(count);
  CHECK_OK(rf_image_read(file, 0,
                         PIXELS(.section = axes, .dtype = type, .threads = 1, .data = wanted, .data_bytes = bytes,
                                .mask = masked ? mask : NULL),
                         &err),
           err);
  memset(out, 0xA5, bytes);
  memset(own, 0xA5, count);
  CHECK_OK(rf_image_read(file, 0,
                         PIXELS(.section = axes, .dtype = type, .threads = next_threads(), .data = out,
                                .data_bytes = bytes, .mask = masked ? own : NULL),
                         &err),
           err);
  CHECK(memcmp(out, wanted, bytes) == 0);
  CHECK(!masked || memcmp(own, mask, count) == 0);
  free(wanted);
  free(out);
  free(mask);
  free(own);
}

#define HIGH 2711
#define WIDE 2003

static void images_are_the_same(void) {
  const uint64_t lengths[2] = {HIGH, WIDE};
  static uint64_t list[HIGH];
  size_t size;
  uint8_t *data, *content = image_make(16, 2, lengths, "BLANK   =                  257", &size, &data);
  const char *path = scratch_path("image.fits");
  scratch_write(path, content, size);
  for (int i = 0; i < HIGH; i++)
    list[i] = image_random(HIGH);
  const rf_axis sections[][2] = {
      {{0, 1, HIGH, NULL}, {0, 1, WIDE, NULL}},         {{HIGH - 1, -1, HIGH, NULL}, {WIDE - 1, -1, WIDE, NULL}},
      {{3, 1, HIGH - 7, NULL}, {5, 1, WIDE - 9, NULL}}, {{0, 1, HIGH, list}, {1, 1, WIDE - 1, NULL}},
      {{0, 1, HIGH, NULL}, {1, 2, WIDE / 2, NULL}},
  };
  for (int way = 0; way < WAYS; way++) {
    rf_file *file = open_way(way, path, content, size);
    for (size_t s = check_turns(0, (size_t)way); s < sizeof sections / sizeof *sections; s += check_turns(1, 3)) {
      uint64_t count = sections[s][0].count * sections[s][1].count;
      same_pixels(file, sections[s], RF_I16, count, s == 1);
      same_pixels(file, sections[s], RF_F64, count, s == 2);
    }
    CHECK_OK(rf_file_free(file, &err), err);
  }
  free(content);
}

static void failing_images(void) {
  const uint64_t lengths[2] = {HIGH, WIDE};
  const size_t bytes = (size_t)HIGH * WIDE * 2;
  size_t size;
  uint8_t *data, *content = image_make(16, 2, lengths, "", &size, &data), *out = malloc(4 * bytes);
  const char *path = scratch_path("bad.fits");
  rf_file *file = open_way(0, NULL, content, size);
  plain.bad[0] = 2880 + bytes / 3;
  plain.bad[1] = 2880 + bytes - 5;
  for (uint32_t threads = 1; threads <= 5; threads += 2) {
    CHECK(rf_image_read(file, 0, PIXELS(.dtype = RF_F64, .threads = threads, .data = out, .data_bytes = 4 * bytes),
                        &err) == RF_ERR_IO);
    CHECK(strstr(err.message, "bad byte 0") != NULL);
  }
  CHECK_OK(rf_file_free(file, &err), err);
  char wanted[sizeof err.message];
  scratch_write(path, content, 2880 + bytes / 2);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &file, &err), err);
  for (uint32_t threads = 1; threads <= 5; threads += 2) {
    CHECK(rf_image_read(file, 0, PIXELS(.dtype = RF_F64, .threads = threads, .data = out, .data_bytes = 4 * bytes),
                        &err) == RF_ERR_TRUNCATED);
    if (threads == 1)
      memcpy(wanted, err.message, sizeof wanted);
    CHECK_STR(err.message, wanted);
    CHECK(err.offset == (int64_t)(2880 + bytes / 2));
  }
  CHECK_OK(rf_file_free(file, &err), err);
  free(content);
  free(out);
}

/* ---- tables ---- */

#define ROWS 600011
#define ROW_BYTES 26

/* J D 9A L 11X I: numbers, strings, logicals, bits, and what is undefined. */
static fits_bytes make_table(void) {
  static const char *const cards[] = {"TFORM1  = 'J'",  "TFORM2  = 'D'",   "TFORM3  = '9A'",
                                      "TFORM4  = 'L'",  "TFORM5  = '11X'", "TFORM6  = 'I'",
                                      "TNULL6  = 8224", "TSCAL6  = 2.0",   "EXTNAME = 'SHARED'"};
  fits_bytes fits = {0};
  fits_image(&fits, true, 0, NULL);
  fits_card(&fits, "XTENSION= 'BINTABLE'");
  fits_integer(&fits, "BITPIX", 8);
  fits_integer(&fits, "NAXIS", 2);
  fits_integer(&fits, "NAXIS1", ROW_BYTES);
  fits_integer(&fits, "NAXIS2", ROWS);
  fits_integer(&fits, "PCOUNT", 0);
  fits_integer(&fits, "GCOUNT", 1);
  fits_integer(&fits, "TFIELDS", 6);
  for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
    fits_card(&fits, cards[i]);
  fits_end(&fits);
  uint8_t *data = fits_grow(&fits, (size_t)ROWS * ROW_BYTES, 0);
  image_fill(data, (size_t)ROWS * ROW_BYTES);
  for (size_t i = 0; i < (size_t)ROWS * ROW_BYTES; i++)
    if (i % 3 != 0 && data[i] < 240)
      data[i] = data[i] < 120 ? ' ' : 'T';
  fits_pad(&fits, 0);
  return fits;
}

/* Cells of a row in memory, one behind the other, and the bytes of each column. */
static const struct {
  rf_dtype type;
  size_t width;
  size_t bytes;
  size_t elements;
} cells[6] = {{RF_I32, 0, 4, 1},     {RF_F64, 0, 8, 1},   {RF_TEXT, 9, 36, 1},
              {RF_LOGICAL, 0, 1, 1}, {RF_BIT, 0, 11, 11}, {RF_F64, 0, 8, 1}};
#define CELL_BYTES 68
#define MASK_BYTES 16

/* The shapes of a request: all columns as a struct, all columns as separate arrays with masks (the first backwards), or
 * two columns. `ask` fills `requests` and returns their number. */
enum { STRUCT, ARRAYS, TWO, SHAPES };

static size_t ask(int shape, uint64_t rows, uint8_t *out, uint8_t *mask, rf_column_request *requests) {
  size_t count = 0, at = 0;
  for (size_t c = 0; c < 6; c++) {
    rf_column_request *r = &requests[count];
    if (shape == TWO && c != 1 && c != 4)
      continue;
    *r = (rf_column_request){.size = sizeof *r, .column = c, .type = cells[c].type, .width = cells[c].width};
    count++;
    if (shape == STRUCT) {
      r->data = out + at;
      r->stride = CELL_BYTES;
    } else {
      r->data = out + at * rows;
      r->stride = (ptrdiff_t)cells[c].bytes;
      if (shape == ARRAYS && c == 0) {
        r->data = out + (rows - 1) * cells[c].bytes;
        r->stride = -(ptrdiff_t)cells[c].bytes;
      }
      if (shape == ARRAYS)
        r->mask = mask;
      mask += rows * cells[c].elements;
    }
    at += cells[c].bytes;
  }
  return count;
}

static void same_rows(rf_file *file, const rf_rows *rows, int shape) {
  uint64_t n = rows != NULL ? rows->count : ROWS;
  uint8_t *memory[2][2];
  rf_column_request requests[6];
  for (int i = 0; i < 2; i++) {
    memory[i][0] = malloc((size_t)n * CELL_BYTES);
    memory[i][1] = malloc((size_t)n * MASK_BYTES);
  }
  for (int i = 0; i < 2; i++) {
    memset(memory[i][0], 0x5A, (size_t)n * CELL_BYTES);
    memset(memory[i][1], 0x5A, (size_t)n * MASK_BYTES);
    size_t count = ask(shape, n, memory[i][0], memory[i][1], requests);
    CHECK_OK(call_read_by(i == 0 ? 1 : next_threads(), file, 1, rows, requests, count, &err), err);
  }
  CHECK(memcmp(memory[0][0], memory[1][0], (size_t)n * CELL_BYTES) == 0);
  CHECK(memcmp(memory[0][1], memory[1][1], (size_t)n * MASK_BYTES) == 0);
  for (int i = 0; i < 2; i++) {
    free(memory[i][0]);
    free(memory[i][1]);
  }
}

static void tables_are_the_same(void) {
  fits_bytes fits = make_table();
  const char *path = scratch_path("table.fits");
  scratch_write(path, fits.bytes, fits.size);
  uint64_t *list = malloc(sizeof *list * ROWS);
  for (uint64_t i = 0; i < ROWS; i++)
    list[i] = image_random(ROWS);
  const rf_rows selections[] = {{ROWS - 1, -1, ROWS, NULL}, {7, 1, ROWS - 20, NULL},    {1, 2, ROWS / 2, NULL},
                                {0, 1, ROWS, list},         {3, 150, ROWS / 150, NULL}, {0, 1, 5003, list}};
  for (int way = 0; way < WAYS; way++) {
    rf_file *file = open_way(way, path, fits.bytes, fits.size);
    for (int shape = 0; shape < SHAPES; shape++)
      same_rows(file, NULL, shape);
    for (size_t s = check_turns(0, (size_t)way); s < sizeof selections / sizeof *selections; s += check_turns(1, 3))
      same_rows(file, &selections[s], s % 2 == 0 ? STRUCT : ARRAYS);
    CHECK_OK(rf_file_free(file, &err), err);
  }
  free(list);
  fits_free(&fits);
}

static void one_thread_is_one(void) {
  fits_bytes fits = make_table();
  rf_file *file = open_way(0, NULL, fits.bytes, fits.size);
  double *out = malloc(sizeof *out * ROWS);
  rf_column_request request = {.size = sizeof request, .column = 1, .type = RF_F64, .data = out, .stride = 8};
  CHECK_OK(call_read_by(1, file, 1, NULL, &request, 1, &err), err);
  CHECK(atomic_load(&plain.others) == 0);
  /* Cells in one place: the last row's stays, as if one row had been read after the other. */
  double last = out[ROWS - 1];
  request.data = out;
  request.stride = 0;
  out[0] = 0;
  CHECK_OK(call_read_by(5, file, 1, NULL, &request, 1, &err), err);
  CHECK(memcmp(out, &last, sizeof last) == 0);
  CHECK(atomic_load(&plain.others) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
  free(out);
  fits_free(&fits);
}

static void failing_tables(void) {
  fits_bytes fits = make_table();
  const size_t begin = fits.size - (size_t)ROWS * ROW_BYTES / 2880 * 2880 - 2880, half = begin + 300000 * ROW_BYTES;
  const char *path = scratch_path("short.fits");
  rf_file *file = open_way(0, NULL, fits.bytes, fits.size);
  double *out = malloc(sizeof *out * ROWS);
  rf_column_request request = {.size = sizeof request, .column = 1, .type = RF_F64, .data = out, .stride = 8};
  size_t count = 0;
  CHECK_OK(rf_file_get_hdu_count(file, &count, &err), err); /* before anything fails */
  plain.bad[0] = half;
  plain.bad[1] = half + 4000000;
  for (uint32_t threads = 1; threads <= 5; threads += 2) {
    CHECK(call_read_by(threads, file, 1, NULL, &request, 1, &err) == RF_ERR_IO);
    CHECK(strstr(err.message, "bad byte 0") != NULL);
  }
  CHECK_OK(rf_file_free(file, &err), err);
  char wanted[sizeof err.message];
  scratch_write(path, fits.bytes, half);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &file, &err), err);
  for (uint32_t threads = 1; threads <= 5; threads += 2) {
    CHECK(call_read_by(threads, file, 1, NULL, &request, 1, &err) == RF_ERR_TRUNCATED);
    if (threads == 1)
      memcpy(wanted, err.message, sizeof wanted);
    CHECK_STR(err.message, wanted);
    CHECK(strstr(wanted, "of 600011 rows are whole") != NULL);
  }
  CHECK_OK(rf_file_free(file, &err), err);
  free(out);
  fits_free(&fits);
}

int main(void) {
  scratch_begin("shared");
  RUN(parts_of_a_section_make_the_whole);
  RUN(images_are_the_same);
  RUN(failing_images);
  RUN(tables_are_the_same);
  RUN(one_thread_is_one);
  RUN(failing_tables);
  scratch_end();
  return check_report();
}
