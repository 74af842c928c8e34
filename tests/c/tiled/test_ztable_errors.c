/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed tables whose headers, descriptors or streams are invalid, calls without memory and full disks. The library
 * must report each.
 */
#include "base/bytes.h"
#include "fits_bytes.h"
#include "table_calls.h"
#include "table_pair.h"
#include "table_rows.h"

/* ---- packing and unpacking ---- */

static void test_pack_refused(void) {
  fits_bytes fits = {0};
  odd_table(&fits);
  rf_file *from = NULL, *to = rows_file();
  size_t at = 77;
  uint64_t size = 1;
  const rf_zcmptype types[] = {RF_Z_RICE_1, RF_Z_RICE_1, RF_Z_RICE_1};
  rf_table_compression compression = {.size = sizeof compression, .types = types};
  CHECK_OK(fits_open(&fits, &from, &err), err);
  CHECK(pack(from, 1, to, &compression, &at) == RF_ERR_ARGUMENT);
  CHECK(strstr(err.message, "column 3 'c'") != NULL && strstr(err.message, "GZIP_2") != NULL);
  CHECK(pack(from, 0, to, NULL, &at) == RF_ERR_TYPE);
  CHECK(unpack(from, 1, to, &at) == RF_ERR_TYPE);
  CHECK_OK(rf_file_get_size(to, &size, &err), err);
  CHECK(size == 0 && at == 77);
  rf_file_free(from, NULL);
  /* A cell outside the heap is found half way: what was begun is taken back. */
  rf_put_be32(fits.bytes + 5760 + 2880 + 28 * 20 + 8, 100000);
  CHECK_OK(fits_open(&fits, &from, &err), err);
  compression = (rf_table_compression){.size = sizeof compression, .tile_rows = 5};
  CHECK(pack(from, 1, to, &compression, &at) == RF_ERR_FORMAT);
  CHECK(strstr(err.message, "column 2 'b', row 20") != NULL);
  CHECK_OK(rf_file_get_size(to, &size, &err), err);
  CHECK(size == 0);
  rf_file_free(from, NULL);
  rf_file_free(to, NULL);
  fits_free(&fits);
}

/* ---- lies ---- */

static uint8_t *packed_bytes(size_t *n) {
  table_pair t = make_pair(100, 30, NULL);
  uint64_t size = 0;
  fill_pair(&t, 100);
  CHECK_OK(rf_table_repack(t.packed, t.at, NULL, &err), err);
  CHECK_OK(rf_file_get_size(t.packed, &size, &err), err);
  *n = (size_t)size;
  uint8_t *bytes = malloc(*n);
  CHECK_OK(rf_file_read_bytes(t.packed, 0, bytes, *n, &err), err);
  end_pair(&t);
  return bytes;
}

/* The card of that keyword gets another value field; the file must say so about itself, whatever is asked. */
static void lie(const uint8_t *bytes, size_t n, const char *keyword, const char *value, const char *expected) {
  uint8_t *own = malloc(n);
  rf_file *file = NULL;
  rf_table_info info = {.size = sizeof info};
  char key[16];
  memcpy(own, bytes, n);
  snprintf(key, sizeof key, "%-8s", keyword);
  size_t at = 2880;
  while (at < n && memcmp(own + at, key, 8) != 0)
    at += 80;
  memset(own + at + 10, ' ', 70);
  memcpy(own + at + 10, value, strlen(value));
  CHECK_OK(rf_file_open_bytes(own, n, RF_MODE_READ, NULL, &file, &err), err);
  rf_status status = rf_table_get_info(file, 1, &info, &err);
  if (status == RF_OK) {
    size_t got = 0;
    uint8_t out[16 * 1024];
    rf_rows rows = {0, 1, 1, NULL};
    for (size_t c = 0; c < NCOLS && status == RF_OK; c++) {
      rf_column_info column = {.size = sizeof column};
      CHECK_OK(rf_table_get_column(file, 1, c, &column, &err), err);
      rf_column_request request = rows_request(c, column.stored, (size_t)column.width, out, 0);
      request.flags = RF_CELL_RAW;
      if (column.descriptor == 0 && column.raw_count * rf_dtype_bytes(column.stored, (size_t)column.width) < sizeof out)
        status = call_read(file, 1, &rows, &request, 1, &err);
      else
        status =
            rf_table_read_descriptors(file, 1, c, &rows, (uint64_t *)(void *)out, (uint64_t *)(void *)(out + 64), &err);
      got++;
    }
  }
  if (status == RF_OK || strstr(err.message, expected) == NULL)
    fprintf(stderr, "%s = %s: %s\n", keyword, value, status == RF_OK ? "read" : err.message);
  CHECK(status != RF_OK && strstr(err.message, expected) != NULL);
  rf_file_free(file, NULL);
  free(own);
}

static void test_headers_that_lie(void) {
  size_t n;
  uint8_t *bytes = packed_bytes(&n);
  lie(bytes, n, "ZTILELEN", "0", "ZTILELEN of 1 or more");
  lie(bytes, n, "ZTILELEN", "-3", "ZTILELEN of 1 or more");
  lie(bytes, n, "ZTILELEN", "'x'", "ZTILELEN of 1 or more");
  lie(bytes, n, "ZTILELEN", "9223372036854775807", "1 tiles, and the table has 4 (NAXIS2)");
  lie(bytes, n, "ZTILELEN", "25", "tile 0, column 1 'b', GZIP_1: gzip: the content is longer than the 25 bytes");
  lie(bytes, n, "ZNAXIS2", "91000", "3034 tiles, and the table has 4 (NAXIS2)");
  lie(bytes, n, "ZNAXIS1", "5", "NAXIS1 = 5");
  lie(bytes, n, "ZFORM6", "'1K'", "NAXIS1");
  lie(bytes, n, "ZFORM6", "'1E'", "tile 0, column 6 'i4', RICE_1: a column of form E cannot be RICE_1");
  lie(bytes, n, "ZFORM6", "'!'", "no form of a column");
  lie(bytes, n, "ZCTYP6", "'HCOMPRESS_1'", "tile 0, column 6 'i4', HCOMPRESS_1: ZCTYP is not a codec");
  lie(bytes, n, "ZCTYP6", "'FANCY'", "tile 0, column 6 'i4', no codec: ZCTYP is not a codec");
  lie(bytes, n, "ZCTYP6", "'GZIP_1'", "tile 0, column 6 'i4', GZIP_1: ");
  lie(bytes, n, "TFORM6", "'1QJ'", "expected TFORM 1QB or 1PB");
  lie(bytes, n, "ZPCOUNT", "1", "of the heap, which has 1 bytes (ZPCOUNT)");
  free(bytes);
}

/* Descriptors and streams that lie, each in its turn; every byte of the rows and some of the heap. Nothing may crash,
 * and what fails says why. */
static void test_bytes_that_lie(void) {
  size_t n, data = 2880;
  uint8_t *bytes = packed_bytes(&n), *out = malloc(1 << 16);
  rf_file *file = NULL;
  rf_hdu_info info = {.size = sizeof info};
  CHECK_OK(rf_file_open_bytes(bytes, n, RF_MODE_READ, NULL, &file, &err), err);
  CHECK_OK(rf_hdu_get_info(file, 1, &info, &err), err);
  data = (size_t)info.data_offset;
  rf_file_free(file, NULL);
  for (size_t i = 0; i < 600; i++) {
    size_t at = data + (i < 300 ? any(4 * 16 * NCOLS) : any(info.data_bytes));
    uint8_t old = bytes[at];
    bytes[at] ^= (uint8_t)(1 + any(255));
    CHECK_OK(rf_file_open_bytes(bytes, n, RF_MODE_READ_WRITE, NULL, &file, &err), err);
    for (size_t c = 0; c < NCOLS; c++) {
      uint64_t lengths[100], offsets[100], total = 0;
      rf_column_request request = rows_request(c, RF_U8, 0, out, 0);
      rf_column_info column = {.size = sizeof column};
      CHECK_OK(rf_table_get_column(file, 1, c, &column, &err), err);
      request.type = column.stored;
      request.width = (size_t)column.width;
      request.flags = RF_CELL_RAW;
      rf_status status = column.descriptor != 0 ? rf_table_read_descriptors(file, 1, c, NULL, lengths, offsets, &err)
                                                : call_read(file, 1, NULL, &request, 1, &err);
      CHECK(status == RF_OK || err.message[0] != '\0');
      for (size_t k = 0; column.descriptor != 0 && status == RF_OK && k < 100; k++)
        total += lengths[k];
      if (column.descriptor != 0 && status == RF_OK && total * 8 < 1 << 16) {
        status = call_read_heap(file, 1, c, lengths, offsets, 100, column.type, 0, out,
                                total * rf_dtype_bytes(column.type, 1), NULL, &err);
        CHECK(status == RF_OK || err.message[0] != '\0');
      }
    }
    if (i % 10 == 0) {
      rf_status status = rf_table_repack(file, 1, NULL, &err);
      CHECK(status == RF_OK || err.message[0] != '\0');
    }
    rf_file_free(file, NULL);
    bytes[at] = old;
  }
  free(out);
  free(bytes);
}

/* ---- memory that cannot be had, disks that are full ---- */

static long grant; /* allocations until one fails; negative: never */

static void *short_realloc(void *user, void *block, size_t size) {
  (void)user;
  if (grant == 0)
    return NULL;
  if (grant > 0)
    grant--;
  return realloc(block, size);
}

static void short_free(void *user, void *block) {
  (void)user;
  free(block);
}

static rf_status session(rf_file *file, rf_file *to) {
  uint64_t lengths[] = {3, 0, 2}, offsets[3];
  int32_t values[] = {1, 2, 3, 4, 5};
  double reals[100] = {0};
  size_t made = 0;
  rf_rows rows = {28, 2, 3, NULL};
  rf_column_request request = rows_request(8, RF_F64, 0, reals, 8);
  rf_column_spec more = SPEC(.name = "new", .type = RF_I16);
  RF_TRY(call_read(file, 1, NULL, &request, 1, &err));
  RF_TRY(call_write(file, 1, &rows, &request, 1, &err));
  RF_TRY(call_write_heap(file, 1, 13, &rows, lengths, RF_I32, 0, values, sizeof values, NULL, &err));
  RF_TRY(rf_table_read_descriptors(file, 1, 13, &rows, lengths, offsets, &err));
  RF_TRY(call_read_heap(file, 1, 13, lengths, offsets, 3, RF_I32, 0, values, sizeof values, NULL, &err));
  RF_TRY(call_append(file, 1, 50, &request, 1, &err));
  RF_TRY(rf_table_delete_rows(file, 1, &rows, &err));
  RF_TRY(call_insert(file, 1, 0, &more, &err));
  RF_TRY(rf_table_delete_column(file, 1, 2, &err));
  RF_TRY(rf_table_repack(file, 1, NULL, &err));
  return unpack(file, 1, to, &made);
}

static void test_no_memory(void) {
  static const rf_allocator allocator = {short_realloc, short_free, NULL};
  size_t n;
  uint8_t *bytes = packed_bytes(&n);
  rf_allocator_set(&allocator);
  for (long k = 0, done = 0; !done; k += 1 + k / 40) {
    rf_file *file = NULL, *to = NULL;
    grant = -1;
    CHECK_OK(rf_file_open_bytes(bytes, n, RF_MODE_READ_WRITE, NULL, &file, &err), err);
    CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &to, &err), err);
    grant = k;
    rf_status status = session(file, to);
    done = grant > 0;
    grant = -1;
    CHECK(done ? status == RF_OK : status == RF_ERR_MEMORY || status == RF_OK);
    if (status != RF_OK && status != RF_ERR_MEMORY)
      fprintf(stderr, "after %ld: %s\n", k, err.message);
    (void)rf_file_free(file, NULL);
    (void)rf_file_free(to, NULL);
  }
  rf_allocator_set(NULL);
  free(bytes);
}

/* A write that fails half way taints the handle; one that fails before it began leaves the file as it was. */
static void test_full_disk(void) {
  fits_bytes fits = {0};
  fits.bytes = packed_bytes(&fits.size);
  for (int k = 0, done = 0; !done; k++) {
    rf_file *file = NULL, *to = rows_file();
    watched_load(&fits);
    CHECK_OK(rf_file_open("watched://t", RF_MODE_READ_WRITE, NULL, &file, &err), err);
    watched.countdown = k;
    rf_status status = session(file, to);
    done = status == RF_OK;
    if (!done) {
      CHECK(status == RF_ERR_NO_SPACE);
      rf_table_info info = {.size = sizeof info};
      status = rf_table_get_info(file, 1, &info, &err);
      CHECK(status == RF_OK || status == RF_ERR_TAINTED);
    }
    (void)rf_file_free(file, NULL);
    (void)rf_file_free(to, NULL);
  }
  watched_free();
  free(fits.bytes);
}

int main(void) {
  RUN(test_pack_refused);
  RUN(test_headers_that_lie);
  RUN(test_bytes_that_lie);
  RUN(test_no_memory);
  RUN(test_full_disk);
  return check_report();
}
