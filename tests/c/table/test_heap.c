/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of variable length: descriptors that are right and wrong, and elements out of heaps with gaps and overlaps.
 */
#include <inttypes.h>

#include "check.h"
#include "fits_bytes.h"
#include "table_calls.h"

static rf_error err;

static uint64_t seed = 2463534242u;

static uint64_t any(uint64_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return below > 0 ? seed % below : 0;
}

static void put_big_endian(uint8_t *bytes, uint64_t value, unsigned width) {
  for (unsigned i = width; i > 0; i--, value >>= 8)
    bytes[i - 1] = (uint8_t)value;
}

static uint64_t big_endian(const uint8_t *bytes, unsigned width) {
  uint64_t value = 0;
  for (unsigned i = 0; i < width; i++)
    value = value << 8 | bytes[i];
  return value;
}

/* ---- a table with one column of descriptors ---- */

typedef struct heap_table {
  fits_bytes fits;
  size_t heap; /* in the bytes of the file */
  unsigned nrows;
  uint64_t heap_bytes;
  uint64_t *lengths;
  uint64_t *offsets;
} heap_table;

static unsigned letter_bytes(char letter) {
  return letter == 'I' ? 2 : strchr("JE", letter) ? 4 : strchr("KDC", letter) ? 8 : letter == 'M' ? 16 : 1;
}

static uint64_t bytes_of(char letter, uint64_t length) {
  return letter == 'X' ? (length + 7) / 8 : length * letter_bytes(letter);
}

static void begin(fits_bytes *fits, long long row_bytes, long long nrows, long long pcount, const char *form,
                  const char *more) {
  char text[81];
  fits_image(fits, true, 0, NULL);
  fits_card(fits, "XTENSION= 'BINTABLE'");
  fits_integer(fits, "BITPIX", 8);
  fits_integer(fits, "NAXIS", 2);
  fits_integer(fits, "NAXIS1", row_bytes);
  fits_integer(fits, "NAXIS2", nrows);
  fits_integer(fits, "PCOUNT", pcount);
  fits_integer(fits, "GCOUNT", 1);
  fits_integer(fits, "TFIELDS", 2);
  fits_card(fits, "TFORM1  = 'I'");
  snprintf(text, sizeof text, "TFORM2  = '%s'", form);
  fits_card(fits, text);
  fits_card(fits, "TTYPE2  = 'cells'");
  if (more != NULL)
    fits_card(fits, more);
  fits_end(fits);
}

/* Cells in order, in disorder, far apart, or all over each other. */
static void make(heap_table *t, char descriptor, char letter, unsigned nrows, uint64_t longest, const char *more) {
  char form[32];
  unsigned width = descriptor == 'P' ? 4 : 8, order = (unsigned)any(4), gap = 17;
  uint64_t used = gap;
  memset(t, 0, sizeof *t);
  t->nrows = nrows;
  t->lengths = calloc(nrows + 1, sizeof *t->lengths);
  t->offsets = calloc(nrows + 1, sizeof *t->offsets);
  for (unsigned i = 0; i < nrows; i++) {
    unsigned row = order == 1 ? nrows - 1 - i : i;
    t->lengths[row] = any(5) ? any(longest + 1) : 0;
    t->offsets[row] = t->lengths[row] ? used - gap : 0;
    if (order != 3)
      used += bytes_of(letter, t->lengths[row]) + (order == 2 ? any(6000) : 0);
    else if (used < gap + bytes_of(letter, longest))
      used = gap + bytes_of(letter, longest) + 5;
  }
  used += bytes_of(letter, longest);
  t->heap_bytes = used - gap;
  snprintf(form, sizeof form, "1%c%c(%" PRIu64 ")", descriptor, letter, longest);
  char theap[81];
  snprintf(theap, sizeof theap, "THEAP   = %20u", nrows * (2 + 2 * width) + gap);
  begin(&t->fits, 2 + 2 * width, nrows, (long long)used, form, theap);
  if (more != NULL) { /* before END: the header is one block, and has room */
    size_t end = 2880;
    while (end < 5600 && memcmp(t->fits.bytes + end, "END     ", 8) != 0)
      end += 80;
    memcpy(t->fits.bytes + end + 80, t->fits.bytes + end, 80);
    memset(t->fits.bytes + end, ' ', 80);
    memcpy(t->fits.bytes + end, more, strlen(more));
  }
  uint8_t *rows = fits_grow(&t->fits, (size_t)nrows * (2 + 2 * width), 0x55);
  for (unsigned i = 0; i < nrows; i++) {
    uint8_t *field = rows + (size_t)i * (2 + 2 * width) + 2;
    put_big_endian(field, t->lengths[i], width);
    put_big_endian(field + width, t->lengths[i] ? t->offsets[i] : 0xFFFFFFFF, width);
  }
  fits_grow(&t->fits, gap, 0xEE);
  t->heap = t->fits.size;
  uint8_t *heap = fits_grow(&t->fits, (size_t)t->heap_bytes, 0);
  for (uint64_t i = 0; i < t->heap_bytes; i++)
    heap[i] = (uint8_t)any(256);
  fits_pad(&t->fits, 0);
}

static void drop(heap_table *t) {
  free(t->lengths);
  free(t->offsets);
  fits_free(&t->fits);
}

static rf_file *open_table(const heap_table *t, bool watch) {
  rf_file *file = NULL;
  if (watch) {
    watched_load(&t->fits);
    CHECK_OK(rf_file_open("watched://t", RF_MODE_READ, NULL, &file, &err), err);
  } else {
    CHECK_OK(rf_file_open_bytes(t->fits.bytes, t->fits.size, RF_MODE_READ, NULL, &file, &err), err);
  }
  return file;
}

/* ---- elements ---- */

/* Compute the elements in the byte order of this machine, with the stored width. */
static void expect(const heap_table *t, char letter, bool is_offset, uint8_t *out) {
  unsigned width = letter_bytes(letter), part = strchr("CM", letter) ? width / 2 : width;
  for (unsigned row = 0; row < t->nrows; row++) {
    const uint8_t *cell = t->fits.bytes + t->heap + t->offsets[row];
    for (uint64_t i = 0; i < t->lengths[row]; i++) {
      if (letter == 'X') {
        *out++ = (cell[i / 8] & (0x80 >> i % 8)) != 0;
      } else if (letter == 'L') {
        *out++ = cell[i] == 'T' || cell[i] == 1;
      } else {
        for (unsigned k = 0; k < width; k += part, out += part) {
          uint64_t value = big_endian(cell + i * width + k, part) ^ (is_offset ? UINT64_C(1) << (8 * part - 1) : 0);
          uint8_t a = (uint8_t)value;
          uint16_t b = (uint16_t)value;
          uint32_t c = (uint32_t)value;
          memcpy(out, part == 1 ? (void *)&a : part == 2 ? (void *)&b : part == 4 ? (void *)&c : (void *)&value, part);
        }
      }
    }
  }
}

static void check_cells(char descriptor, char letter, rf_dtype type, unsigned nrows, uint64_t longest, bool watch,
                        const char *more) {
  heap_table t;
  make(&t, descriptor, letter, nrows, longest, more);
  rf_file *file = open_table(&t, watch);
  uint64_t *lengths = calloc(nrows + 1, 8), *offsets = calloc(nrows + 1, 8), total = 0;
  CHECK_OK(rf_table_read_descriptors(file, 1, 1, NULL, lengths, offsets, &err), err);
  CHECK(memcmp(lengths, t.lengths, 8 * nrows) == 0);
  CHECK(memcmp(offsets, t.offsets, 8 * nrows) == 0);
  for (unsigned i = 0; i < nrows; i++)
    total += lengths[i];
  size_t bytes = (size_t)total * rf_dtype_bytes(type, 1);
  uint8_t *out = malloc(bytes + 1), *want = malloc(bytes + 1);
  out[bytes] = want[bytes] = 0xA5;
  CHECK_OK(call_read_heap(file, 1, 1, lengths, offsets, nrows, type, 0, out, bytes, NULL, &err), err);
  expect(&t, letter, more != NULL, want);
  CHECK(memcmp(out, want, bytes + 1) == 0);
  CHECK(call_read_heap(file, 1, 1, lengths, offsets, nrows, type, 0, out, bytes + 1, NULL, &err) == RF_ERR_ARGUMENT);
  free(out);
  free(want);
  free(lengths);
  free(offsets);
  rf_file_free(file, NULL);
  drop(&t);
  watched_free();
}

static void test_cells_of_every_letter(void) {
  static const char letters[] = "BIJKEDCMLXA";
  static const rf_dtype types[] = {RF_U8,  RF_I16,  RF_I32,     RF_I64, RF_F32,  RF_F64,
                                   RF_C64, RF_C128, RF_LOGICAL, RF_BIT, RF_BYTES};
  for (int i = 0; i < 11; i++)
    for (unsigned k = 0; k < 12; k++)
      check_cells(k % 2 ? 'P' : 'Q', letters[i], types[i], (unsigned)any(300), 1 + any(k < 6 ? 20 : 3000), k % 3 != 0,
                  NULL);
  check_cells('P', 'I', RF_U16, 50, 30, true, "TZERO2  =                32768");
  check_cells('Q', 'K', RF_U64, 50, 30, false, "TZERO2  =  9223372036854775808");
}

static void test_cells_longer_than_the_stage(void) {
  check_cells('P', 'J', RF_I32, 4, 700000, true, NULL);
  check_cells('Q', 'X', RF_BIT, 3, 20000001, true, NULL);
  check_cells('Q', 'M', RF_C128, 3, 150000, true, NULL);
}

/* Neighbours are fetched together. */
static void test_cells_are_read_together(void) {
  heap_table t;
  do
    make(&t, 'P', 'J', 1000, 10, NULL);
  while (t.heap_bytes > 60000 || t.heap_bytes < 1000); /* in order, without large gaps */
  rf_file *file = open_table(&t, true);
  uint64_t lengths[1000], offsets[1000], total = 0;
  CHECK_OK(rf_table_read_descriptors(file, 1, 1, NULL, lengths, offsets, &err), err);
  for (int i = 0; i < 1000; i++)
    total += lengths[i];
  int32_t *out = malloc(4 * (size_t)total + 4);
  watched.reads = 0;
  CHECK_OK(call_read_heap(file, 1, 1, lengths, offsets, 1000, RF_I32, 0, out, 4 * total, NULL, &err), err);
  CHECK(watched.reads < 5);
  free(out);
  rf_file_free(file, NULL);
  drop(&t);
  watched_free();
}

/* ---- other ways ---- */

static void test_masks_scale_and_raw(void) {
  fits_bytes fits = {0};
  begin(&fits, 10, 1, 8, "1PI(4)", "TNULL2  =                    7");
  memcpy(fits_grow(&fits, 10, 0), "\0\0\0\0\0\4\0\0\0\0", 10);
  memcpy(fits_grow(&fits, 8, 0), "\0\1\0\7\0\2\0\7", 8);
  fits_pad(&fits, 0);
  rf_file *file = NULL;
  CHECK_OK(fits_open(&fits, &file, &err), err);
  uint64_t length = 4, offset = 0;
  double numbers[4];
  uint8_t mask[5] = {9, 9, 9, 9, 9};
  CHECK_OK(call_read_heap(file, 1, 1, &length, &offset, 1, RF_F64, 0, numbers, 32, mask, &err), err);
  CHECK(numbers[0] == 1 && numbers[1] == 7 && numbers[2] == 2 && numbers[3] == 7);
  CHECK(memcmp(mask, "\0\1\0\1\x09", 5) == 0);
  int16_t raw[4];
  CHECK_OK(call_read_heap(file, 1, 1, &length, &offset, 1, RF_I16, RF_CELL_RAW, raw, 8, NULL, &err), err);
  CHECK(raw[1] == 7);
  CHECK(call_read_heap(file, 1, 1, &length, &offset, 1, RF_U16, 0, raw, 8, NULL, &err) == RF_ERR_TYPE);
  CHECK(strstr(err.message, "'cells'") != NULL);
  CHECK(call_read_heap(file, 1, 0, &length, &offset, 1, RF_I16, 0, raw, 8, NULL, &err) == RF_ERR_TYPE);
  CHECK(rf_table_read_descriptors(file, 1, 0, NULL, &length, &offset, &err) == RF_ERR_TYPE);
  CHECK(rf_table_read_descriptors(file, 1, 2, NULL, &length, &offset, &err) == RF_ERR_RANGE);
  CHECK(rf_table_read_descriptors(file, 1, 1, NULL, NULL, NULL, &err) == RF_ERR_ARGUMENT);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

/* ---- hostile descriptors ---- */

static rf_status descriptor_status(const char *form, uint64_t length, uint64_t offset, uint64_t *got_length) {
  fits_bytes fits = {0};
  unsigned width = strchr(form, 'Q') ? 8 : 4;
  begin(&fits, 2 + 2 * width, 3, 100, form, NULL);
  uint8_t *rows = fits_grow(&fits, 3 * (2 + 2 * width), 0);
  put_big_endian(rows + 2 * (2 + 2 * width) + 2, length, width);
  put_big_endian(rows + 2 * (2 + 2 * width) + 2 + width, offset, width);
  fits_grow(&fits, 100, 0);
  fits_pad(&fits, 0);
  rf_file *file = NULL;
  CHECK_OK(fits_open(&fits, &file, &err), err);
  uint64_t lengths[3], offsets[3];
  rf_status status = rf_table_read_descriptors(file, 1, 1, NULL, lengths, offsets, &err);
  if (status == RF_OK)
    *got_length = lengths[2];
  else
    CHECK(strstr(err.message, "'cells', row 2:") != NULL && err.hdu == 1);
  uint8_t out[400];
  uint64_t bytes = length < 25 ? 4 * length : 400;
  if (status != RF_OK) /* a caller that ignores the status gets an error too */
    CHECK(call_read_heap(file, 1, 1, &length, &offset, 1, RF_I32, 0, out, bytes, NULL, &err) == RF_ERR_RANGE);
  rf_file_free(file, NULL);
  fits_free(&fits);
  return status;
}

static void test_descriptors_outside_the_heap(void) {
  uint64_t length = 0;
  CHECK(descriptor_status("1PJ(9)", 25, 0, &length) == RF_OK && length == 25);
  CHECK(descriptor_status("1PJ(9)", 24, 4, &length) == RF_OK && length == 24);
  CHECK(descriptor_status("1PJ(9)", 0, 4000, &length) == RF_OK && length == 0);
  CHECK(descriptor_status("1PJ(9)", 26, 0, &length) == RF_ERR_FORMAT);
  CHECK(descriptor_status("1PJ(9)", 25, 1, &length) == RF_ERR_FORMAT);
  CHECK(descriptor_status("1PJ(9)", 1, 100, &length) == RF_ERR_FORMAT);
  CHECK(descriptor_status("1PJ(9)", 0xFFFFFFFF, 0, &length) == RF_ERR_FORMAT); /* -1 */
  CHECK(descriptor_status("1PJ(9)", 1, 0xFFFFFFFC, &length) == RF_ERR_FORMAT);
  CHECK(descriptor_status("1QJ(9)", 25, 0, &length) == RF_OK && length == 25);
  CHECK(descriptor_status("1QJ(9)", UINT64_MAX, 0, &length) == RF_ERR_FORMAT);
  CHECK(descriptor_status("1QJ(9)", UINT64_C(0x4000000000000001), 0, &length) == RF_ERR_FORMAT); /* * 4 overflows */
  CHECK(descriptor_status("1QJ(9)", 1, UINT64_MAX - 2, &length) == RF_ERR_FORMAT);
}

static void test_no_descriptors(void) {
  fits_bytes fits = {0};
  begin(&fits, 2, 3, 0, "0PJ(0)", NULL);
  fits_grow(&fits, 6, 1);
  fits_pad(&fits, 0);
  rf_file *file = NULL;
  CHECK_OK(fits_open(&fits, &file, &err), err);
  uint64_t lengths[3] = {9, 9, 9}, offsets[3] = {9, 9, 9};
  CHECK_OK(rf_table_read_descriptors(file, 1, 1, NULL, lengths, offsets, &err), err);
  CHECK(lengths[0] == 0 && lengths[2] == 0 && offsets[2] == 0);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

/* ---- a heap beyond 2 GiB ---- */

/* A file that is zero but for its first bytes and one element at 3 GiB of the heap. */
static struct {
  const fits_bytes *fits;
  uint64_t size, element;
} large;

static rf_status large_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                            void **state, rf_error *error) {
  (void)driver, (void)name, (void)mode, (void)options, (void)error;
  *state = &large;
  return RF_OK;
}

static rf_status large_read(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *error) {
  (void)state, (void)error;
  uint8_t *out = buffer;
  *got = offset >= large.size ? 0 : large.size - offset < n ? (size_t)(large.size - offset) : n;
  memset(out, 0, *got);
  for (size_t i = 0; i < *got; i++) {
    uint64_t at = offset + i;
    if (at < large.fits->size)
      out[i] = large.fits->bytes[at];
    else if (at >= large.element && at < large.element + 4)
      out[i] = (uint8_t)(0x10 + at - large.element);
  }
  return RF_OK;
}

static rf_status large_size(void *state, uint64_t *size, rf_error *error) {
  (void)state, (void)error;
  *size = large.size;
  return RF_OK;
}

static rf_status large_close(void *state, rf_error *error) {
  (void)state, (void)error;
  return RF_OK;
}

/* Descriptors are signed, but some writers exceed 2^31. Inside the heap, only the unsigned reading is possible. */
static void test_p_descriptor_with_the_top_bit(void) {
  static const rf_driver_ops ops = {
      .size = sizeof ops, .open = large_open, .read_at = large_read, .get_size = large_size, .close = large_close};
  static const rf_driver row = {.size = sizeof row, .scheme = "large", .ops = &ops};
  uint64_t offset = UINT64_C(3) << 30, heap_bytes = offset + 4, lengths[1], offsets[1];
  fits_bytes fits = {0};
  begin(&fits, 10, 1, (long long)heap_bytes, "1PJ(1)", NULL);
  uint8_t *field = fits_grow(&fits, 10, 0) + 2;
  put_big_endian(field, 1, 4);
  put_big_endian(field + 4, offset, 4);
  large.fits = &fits;
  large.element = fits.size + offset;
  large.size = (fits.size + heap_bytes + 2879) / 2880 * 2880;
  CHECK_OK(rf_driver_register(&row, &err), err);
  rf_file *file = NULL;
  CHECK_OK(rf_file_open("large://t", RF_MODE_READ, NULL, &file, &err), err);
  CHECK_OK(rf_table_read_descriptors(file, 1, 1, NULL, lengths, offsets, &err), err);
  CHECK(lengths[0] == 1 && offsets[0] == offset);
  int32_t value;
  CHECK_OK(call_read_heap(file, 1, 1, lengths, offsets, 1, RF_I32, 0, &value, 4, NULL, &err), err);
  CHECK(value == 0x10111213);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

int main(void) {
  RUN(test_cells_of_every_letter);
  RUN(test_cells_longer_than_the_stage);
  RUN(test_cells_are_read_together);
  RUN(test_masks_scale_and_raw);
  RUN(test_descriptors_outside_the_heap);
  RUN(test_no_descriptors);
  RUN(test_p_descriptor_with_the_top_bit);
  return check_report();
}
