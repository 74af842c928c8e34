/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Long ranges of remote files that the library uses while they arrive. A simulated server sends pieces of any size,
 * sends several ranges at a time, and loses connections.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "base/system/platform.h"
#include "check.h"
#include "fits_bytes.h"
#include "image_file.h"
#include "store/open.h"
#include "table_calls.h"
#include "image_request.h"

/* What the options of these tests point at. */
static rf_remote_options fetching;

#define FILE_BYTES ((size_t)9 << 20)
#define MIB ((uint64_t)1 << 20)

typedef struct {
  const uint8_t *body;
  size_t size;
  size_t piece;  /* bytes that are handed over at a time */
  bool distant;  /* answers late */
  size_t cut;    /* a call loses its connections after so many bytes; 0: never */
  int cuts;      /* so often */
  int calls;     /* of fetch */
  size_t ranges; /* total number of requested ranges */
} fake_server;

static fake_server server;
static rf_error err;

/* Ranges first .. first + count of a request, a piece of each in turn. */
static rf_status send_abreast(const rf_request *request, size_t first, size_t count, const rf_receiver *receiver,
                              rf_response *response, size_t *left, rf_error *error) {
  uint64_t sent[64] = {0};
  for (size_t k = 0; k < count; k++)
    RF_TRY(receiver->begin(receiver->user, first + k, response, error));
  for (size_t done = 0; done < count;) {
    done = 0;
    for (size_t k = 0; k < count; k++) {
      const rf_range *range = &request->ranges[first + k];
      size_t n = server.piece + (server.piece > 8 ? k : 0), there = (size_t)(range->length - sent[k]);
      n = n < there ? n : there;
      n = n < *left ? n : *left;
      done += there == 0;
      if (there > 0 && n == 0)
        return rf_fail(error, RF_ERR_NETWORK, "the connection was lost");
      if (n > 0)
        RF_TRY(receiver->take(receiver->user, first + k, server.body + range->offset + sent[k], n, error));
      sent[k] += n;
      *left -= n;
    }
  }
  return RF_OK;
}

static rf_status fake_fetch(void *user, const rf_request *request, const rf_receiver *receiver, rf_response *response,
                            rf_error *error) {
  (void)user;
  size_t left = SIZE_MAX;
  if (server.distant && server.calls == 0)
    for (double end = rf_time_seconds() + 0.006; rf_time_seconds() < end;)
      continue;
  if (server.calls++ > 0 && server.cuts > 0) {
    server.cuts--;
    left = server.cut;
  }
  server.ranges += request->range_count;
  response->status = 206;
  response->total_size = (int64_t)server.size;
  response->accepts_ranges = RF_ACCEPT_RANGES_BYTES;
  snprintf(response->etag, sizeof response->etag, "\"one\"");
  size_t abreast = request->concurrency > 1 ? request->concurrency : 1;
  for (size_t i = 0; i < request->range_count; i += abreast) {
    size_t n = request->range_count - i < abreast ? request->range_count - i : abreast;
    RF_TRY(send_abreast(request, i, n, receiver, response, &left, error));
  }
  return RF_OK;
}

static const rf_transport fake = {sizeof fake, "fake", "streamed", NULL, 0, fake_fetch, NULL, NULL};

static void serve(const uint8_t *body, size_t size, size_t piece) {
  server = (fake_server){.body = body, .size = size, .piece = piece};
  rf_error_clear(&err);
}

static rf_options options_of(uint64_t block_bytes, uint64_t request_bytes) {
  rf_options options;
  rf_options_init(&options);
  rf_remote_options_init(&fetching);
  options.remote = &fetching;
  fetching.mode = RF_REMOTE_RANGES;
  fetching.block_bytes = block_bytes;
  fetching.request_bytes = request_bytes;
  fetching.first_bytes = block_bytes > 10000 ? block_bytes : 10000;
  fetching.retries = 3;
  return options;
}

/* ---- streams ---- */

typedef struct {
  uint8_t *got;
  uint64_t length;
  uint64_t total; /* bytes that came */
  size_t unit;
  size_t left; /* puts until one fails */
} catcher;

static rf_status catch_piece(void *context, uint64_t at, const uint8_t *data, size_t n, rf_error *error) {
  catcher *c = context;
  CHECK(n > 0 && n % c->unit == 0 && at % c->unit == 0 && at + n <= c->length);
  if (c->left-- == 0)
    return rf_fail(error, RF_ERR_CALLBACK, "enough");
  memcpy(c->got + at, data, n);
  c->total += n;
  return RF_OK;
}

/* Streams nearly all of the file from `offset` on. */
static rf_status stream(const rf_options *options, uint64_t offset, size_t unit, catcher *c, rf_remote_stats *stats) {
  rf_store *store = NULL;
  bool streamed = false;
  CHECK_OK(rf_store_open("streamed://host/file", RF_MODE_READ, options, &store, &err), err);
  c->unit = unit;
  c->length = (server.size - offset) / unit * unit;
  c->got = calloc(1, (size_t)c->length);
  const rf_stream_sink sink = {sizeof sink, c, catch_piece, unit, c->length};
  rf_status status = rf_store_stream(store, (rf_range){offset, c->length}, &sink, &streamed, &err);
  CHECK(streamed);
  stats->size = sizeof *stats;
  CHECK(rf_store_stats(store, stats));
  CHECK_OK(rf_store_close(store, NULL), err);
  return status;
}

static void check_stream(const rf_options *options, uint64_t offset, size_t unit) {
  rf_remote_stats stats;
  catcher c = {.left = SIZE_MAX};
  CHECK_OK(stream(options, offset, unit, &c, &stats), err);
  CHECK(memcmp(c.got, server.body + offset, (size_t)c.length) == 0);
  CHECK(c.total == c.length); /* nothing twice */
  CHECK(stats.bytes_wanted >= c.length && stats.bytes_wanted < c.length + 10000);
  CHECK(stats.bytes_fetched <= server.size + 3 * fetching.block_bytes + 2 * unit + 10000);
  free(c.got);
}

static uint8_t *random_body(void) {
  uint8_t *body = malloc(FILE_BYTES);
  image_fill(body, FILE_BYTES);
  return body;
}

static void test_units_are_whole_whatever_arrives(void) {
  static const size_t segments[] = {1, 3, 7, 16384, 50001, 1 << 20}, units[] = {1, 2, 4, 8, 59, 3001};
  static const uint64_t blocks[] = {512, 777, 65536, 100003};
  uint8_t *body = random_body();
  for (size_t i = 0; i < 6; i++)
    for (size_t k = check_turns(0, i % 4); k < 4; k += check_turns(1, 4)) {
      serve(body, FILE_BYTES - k, segments[i]);
      server.distant = (i + k) % 3 != 0; /* then several ranges come at a time */
      rf_options options = options_of(blocks[k], (k + 1) * 333333);
      check_stream(&options, 2880 * k + i, units[(i + k) % 6]);
      CHECK(server.ranges >= 5);
    }
  free(body);
}

static void test_a_near_server_is_asked_once(void) {
  uint8_t *body = random_body();
  serve(body, FILE_BYTES, 16384);
  rf_options options = options_of(65536, 0);
  check_stream(&options, 2880, 4);
  CHECK(server.calls == 2 && server.ranges == 2);
  serve(body, FILE_BYTES, 16384);
  options = options_of(65536, 4 * MIB); /* the caller wants no longer ones */
  check_stream(&options, 2880, 4);
  CHECK(server.calls == 2 && server.ranges == 4);
  serve(body, FILE_BYTES - 1000, 16384);
  server.distant = true; /* the last block is kept */
  options = options_of(65536, 0);
  check_stream(&options, 2880, 4);
  CHECK(server.calls == 2 && server.ranges == 3);
  free(body);
}

static void test_a_connection_cut_within_a_unit(void) {
  uint8_t *body = random_body();
  for (size_t unit = 2; unit <= 3001; unit = unit * 2 + 1)
    for (int distant = 0; distant < 2; distant++) {
      serve(body, FILE_BYTES, 16384 + unit);
      server.distant = distant;
      server.cut = 1000003;
      server.cuts = 5;
      rf_options options = options_of(65536, MIB);
      fetching.retry_seconds = 20;
      check_stream(&options, 1, unit);
      CHECK(server.cuts == 0 && server.calls >= 7);
    }
  free(body);
}

static void test_what_fails_ends_the_stream(void) {
  uint8_t *body = random_body();
  rf_remote_stats stats;
  catcher c = {.left = 100};
  serve(body, FILE_BYTES, 16384);
  rf_options options = options_of(65536, 0);
  CHECK(stream(&options, 2880, 8, &c, &stats) == RF_ERR_CALLBACK);
  CHECK_STR(err.message, "enough");
  CHECK(c.total > 0 && c.total < c.length);
  free(c.got);

  c = (catcher){.left = SIZE_MAX};
  serve(body, FILE_BYTES, 16384);
  server.cuts = 1000; /* nothing at all */
  fetching.retries = -1;
  CHECK(stream(&options, 2880, 8, &c, &stats) == RF_ERR_NETWORK);
  CHECK(c.total == 0);
  free(c.got);
  free(body);
}

static void test_what_is_not_streamed(void) {
  uint8_t *body = random_body();
  rf_store *store = NULL;
  bool streamed = true;
  catcher c = {.unit = 1};
  rf_stream_sink sink = {sizeof sink, &c, catch_piece, 1, FILE_BYTES};
  serve(body, FILE_BYTES, 16384);
  rf_options options = options_of(65536, MIB);
  CHECK_OK(rf_store_open("streamed://host/file", RF_MODE_READ, &options, &store, &err), err);
  CHECK_OK(rf_store_stream(store, (rf_range){0, MIB}, &sink, &streamed, &err), err); /* short */
  CHECK(!streamed);
  CHECK_OK(rf_store_stream(store, (rf_range){1, FILE_BYTES}, &sink, &streamed, &err), err); /* not all there */
  CHECK(!streamed);
  sink.unit_bytes = FILE_BYTES; /* longer than a request may be */
  CHECK_OK(rf_store_stream(store, (rf_range){0, FILE_BYTES}, &sink, &streamed, &err), err);
  CHECK(!streamed && c.total == 0);
  CHECK_OK(rf_store_close(store, NULL), err);

  CHECK_OK(rf_store_open_bytes(body, FILE_BYTES, &options, &store, &err), err);
  sink.unit_bytes = 1;
  CHECK_OK(rf_store_stream(store, (rf_range){0, FILE_BYTES}, &sink, &streamed, &err), err);
  CHECK(!streamed);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(body);
}

/* ---- images ---- */

static void read_both(rf_file *local, rf_file *remote, const rf_axis *axes, rf_dtype type, uint32_t flags,
                      uint64_t count) {
  size_t bytes = (size_t)count * rf_dtype_bytes(type, 0);
  uint8_t *expected = malloc(bytes + count), *got = malloc(bytes + count);
  memset(got, 0xAA, bytes + count);
  CHECK_OK(rf_image_read(local, 0,
                         PIXELS(.section = axes, .dtype = type, .flags = flags, .data = expected, .data_bytes = bytes,
                                .mask = expected + bytes),
                         &err),
           err);
  CHECK_OK(rf_image_read(remote, 0,
                         PIXELS(.section = axes, .dtype = type, .flags = flags, .data = got, .data_bytes = bytes,
                                .mask = got + bytes),
                         &err),
           err);
  CHECK(memcmp(expected, got, bytes + count) == 0);
  CHECK_OK(rf_image_read(remote, 0,
                         PIXELS(.section = axes, .dtype = type, .flags = flags, .data = got, .data_bytes = bytes),
                         &err),
           err);
  CHECK(memcmp(expected, got, bytes) == 0);
  free(expected);
  free(got);
}

/* An image longer than the shortest streamed range, which arrives in pieces of an odd number of bytes. */
static void check_image(int bitpix, const char *more, rf_dtype type, uint32_t flags) {
  size_t size, width = (size_t)(bitpix < 0 ? -bitpix : bitpix) / 8;
  uint64_t axes[2] = {1000, 9000 / width + 1}, count = axes[0] * axes[1];
  const rf_axis rows[2] = {{3, 1, 996, NULL}, {0, 1, axes[1], NULL}};
  const rf_axis columns[2] = {{0, 1, 1000, NULL}, {11, 1, axes[1] - 30, NULL}};
  const rf_axis steps[2] = {{1, 2, 499, NULL}, {5, 2, axes[1] / 2 - 8, NULL}};
  const rf_axis back[2] = {{999, -1, 1000, NULL}, {0, 1, axes[1], NULL}};
  rf_file *local = NULL, *remote = NULL;
  uint8_t *data, *file = image_make(bitpix, 2, axes, more, &size, &data);
  CHECK_OK(rf_file_open_bytes(file, size, RF_MODE_READ, NULL, &local, &err), err);
  for (size_t distant = check_turns(0, bitpix == 64 || bitpix == -64); distant < 2; distant += check_turns(1, 2)) {
    serve(file, size, 13337);
    server.distant = distant;
    server.cut = 4000001;
    server.cuts = 1;
    rf_options options = options_of(99991, MIB + 1);
    CHECK_OK(rf_file_open("streamed://host/file", RF_MODE_READ, &options, &remote, &err), err);
    read_both(local, remote, NULL, type, flags, count);
    read_both(local, remote, rows, type, flags, 996 * axes[1]);
    if (bitpix == 16 && !distant) {
      read_both(local, remote, columns, type, flags, 1000 * (axes[1] - 30));
      read_both(local, remote, steps, type, flags, 499 * (axes[1] / 2 - 8));
      read_both(local, remote, back, type, flags, count);
    }
    CHECK_OK(rf_file_free(remote, &err), err);
  }
  CHECK_OK(rf_file_free(local, &err), err);
  free(file);
}

/* What lies between the elements comes along, in a cube and in any cut of it. */
static void test_sections_of_a_cube(void) {
  static const size_t segments[] = {333, 4096, 100003};
  const uint64_t axes[3] = {61, 223, 347};
  const rf_axis sections[][3] = {{{1, 1, 60, NULL}, {0, 1, 223, NULL}, {0, 1, 347, NULL}},
                                 {{0, 1, 61, NULL}, {2, 1, 200, NULL}, {0, 1, 347, NULL}},
                                 {{0, 1, 61, NULL}, {1, 1, 222, NULL}, {1, 1, 345, NULL}},
                                 {{0, 1, 61, NULL}, {0, 1, 223, NULL}, {3, 3, 115, NULL}},
                                 {{0, 2, 31, NULL}, {0, 1, 223, NULL}, {1, 2, 173, NULL}},
                                 {{0, 1, 61, NULL}, {0, 222, 2, NULL}, {0, 1, 347, NULL}},
                                 {{0, 60, 2, NULL}, {0, 1, 223, NULL}, {0, 1, 347, NULL}}};
  size_t size;
  rf_file *local = NULL, *remote = NULL;
  uint8_t *data, *file = image_make(16, 3, axes, "", &size, &data);
  CHECK_OK(rf_file_open_bytes(file, size, RF_MODE_READ, NULL, &local, &err), err);
  for (size_t i = 0; i < 6; i += check_turns(1, 3)) {
    serve(file, size, segments[i / 2]);
    server.distant = i % 2;
    rf_options options = options_of(65536, MIB);
    CHECK_OK(rf_file_open("streamed://host/file", RF_MODE_READ, &options, &remote, &err), err);
    for (size_t k = 0; k < sizeof sections / sizeof *sections; k++)
      read_both(local, remote, sections[k], RF_I16, 0,
                sections[k][0].count * sections[k][1].count * sections[k][2].count);
    CHECK_OK(rf_file_free(remote, &err), err);
  }
  CHECK_OK(rf_file_free(local, &err), err);
  free(file);
}

static void test_every_conversion(void) {
  check_image(8, "", RF_U8, 0);
  check_image(8, "BZERO   =                 -128", RF_I8, 0);
  check_image(16, "", RF_I16, 0);
  check_image(16, "BZERO   =                32768", RF_U16, 0);
  check_image(16, "BZERO   =                32768", RF_I16, RF_IMAGE_RAW);
  check_image(16, "BLANK   =                    7\nBSCALE  =                  0.5", RF_F32, 0);
  check_image(16, "BSCALE  =                  0.5\nBZERO   =                  100", RF_F64, 0);
  check_image(32, "BZERO   =           2147483648", RF_U32, 0);
  check_image(32, "BLANK   =                    7", RF_F64, 0);
  check_image(64, "", RF_I64, 0);
  check_image(64, "", RF_F32, 0);
  check_image(-32, "", RF_F32, 0);
  check_image(-32, "", RF_F64, 0);
  check_image(-64, "", RF_F64, 0);
  check_image(-64, "", RF_F32, 0);
}

/* ---- tables ---- */

#define ROW_BYTES 31
#define ROWS ((size_t)300000)

/* Rows of random bytes: integers, reals, text, logicals and a small array. */
static fits_bytes make_table(void) {
  static const char *const forms[] = {"1J", "1E", "5A", "1L", "1D", "3I", "3B"};
  const long long axes[] = {ROW_BYTES, (long long)ROWS, -1};
  fits_bytes fits = {0};
  char text[81];
  fits_begin(&fits, NULL, 8, 0, NULL);
  fits_end(&fits);
  fits_begin(&fits, "BINTABLE", 8, 2, axes);
  fits_integer(&fits, "PCOUNT", 0);
  fits_integer(&fits, "GCOUNT", 1);
  fits_integer(&fits, "TFIELDS", 7);
  for (int i = 0; i < 7; i++) {
    snprintf(text, sizeof text, "TFORM%d  = '%s'", i + 1, forms[i]);
    fits_card(&fits, text);
  }
  fits_integer(&fits, "TNULL1", 7);
  fits_end(&fits);
  uint8_t *data = fits_grow(&fits, ROW_BYTES * ROWS, 0);
  for (size_t i = 0; i < ROW_BYTES * ROWS; i++)
    data[i] = (uint8_t)image_random(256);
  for (size_t i = 0; i < ROWS; i++) { /* 'T' and 'F' are what a logical may be */
    memcpy(data + i * ROW_BYTES + 8, "ab  c", i % 6);
    data[i * ROW_BYTES + 13] = "TF"[image_random(2)];
  }
  fits_pad(&fits, 0);
  return fits;
}

typedef struct {
  uint8_t *bytes; /* of structs, or of columns one behind the other */
  size_t size;
} table_cells;

/* All columns of some rows: as packed structs (`packed`), else the first three by themselves, with masks. */
static table_cells read_table(rf_file *file, const rf_rows *rows, bool packed) {
  static const struct {
    rf_dtype type;
    size_t width, bytes;
  } cells[] = {{RF_I32, 0, 4}, {RF_F32, 0, 4}, {RF_BYTES, 5, 5}, {RF_LOGICAL, 0, 1},
               {RF_F64, 0, 8}, {RF_I16, 0, 6}, {RF_U8, 0, 3}};
  size_t count = packed ? 7 : 3, n = rows != NULL ? (size_t)rows->count : ROWS;
  table_cells got = {calloc(1, (ROW_BYTES + 8) * n), (ROW_BYTES + 8) * n};
  uint8_t *at = got.bytes;
  rf_column_request requests[7];
  for (size_t i = 0; i < count; i++) {
    requests[i] = (rf_column_request){.size = sizeof *requests,
                                      .column = i,
                                      .type = cells[i].type,
                                      .width = cells[i].width,
                                      .data = at,
                                      .stride = packed ? ROW_BYTES : (ptrdiff_t)cells[i].bytes};
    at += packed ? cells[i].bytes : cells[i].bytes * n;
    if (!packed && i < 2) {
      requests[i].mask = at;
      at += n;
    }
  }
  CHECK_OK(call_read(file, 1, rows, requests, count, &err), err);
  return got;
}

static void compare_tables(rf_file *local, rf_file *remote, const rf_rows *rows, bool packed) {
  table_cells expected = read_table(local, rows, packed), got = read_table(remote, rows, packed);
  CHECK(memcmp(expected.bytes, got.bytes, got.size) == 0);
  free(expected.bytes);
  free(got.bytes);
}

static void test_rows_of_a_table(void) {
  static const size_t segments[] = {7, 30, 16384, 100003};
  static const uint64_t few[] = {3, 200000, 77};
  const rf_rows most = {.start = 5, .step = 1, .count = ROWS - 9},
                back = {.start = ROWS - 1, .step = -1, .count = ROWS}, some = {.count = 3, .indices = few};
  rf_file *local = NULL, *remote = NULL;
  fits_bytes fits = make_table();
  CHECK_OK(rf_file_open_bytes(fits.bytes, fits.size, RF_MODE_READ, NULL, &local, &err), err);
  for (size_t i = check_turns(0, 2); i < 4; i++) {
    serve(fits.bytes, fits.size, segments[i]);
    server.distant = i % 2 == 0;
    server.cut = 1000003;
    server.cuts = 2;
    rf_options options = options_of(65537, MIB + 1);
    CHECK_OK(rf_file_open("streamed://host/file", RF_MODE_READ, &options, &remote, &err), err);
    compare_tables(local, remote, NULL, true);
    compare_tables(local, remote, &most, i % 2 == 0);
    if (i == 2) {
      compare_tables(local, remote, &back, true);
      compare_tables(local, remote, &some, false);
      compare_tables(local, remote, NULL, false);
    }
    CHECK_OK(rf_file_free(remote, &err), err);
  }
  CHECK_OK(rf_file_free(local, &err), err);
  fits_free(&fits);
}

/* ---- memory ---- */

static size_t allocations_left;

static void *scarce_realloc(void *user, void *block, size_t size) {
  (void)user;
  return allocations_left > 0 && allocations_left-- > 0 ? realloc(block, size) : NULL;
}

static void scarce_free(void *user, void *block) {
  (void)user;
  free(block);
}

static void test_each_allocation_that_fails(void) {
  const rf_allocator scarce = {scarce_realloc, scarce_free, NULL};
  uint8_t *body = random_body();
  bool done = false;
  for (size_t n = 0; n < 200 && !done; n++) {
    serve(body, FILE_BYTES, 1 << 20);
    server.distant = true;
    rf_options options = options_of(65536, MIB);
    rf_store *store = NULL;
    bool streamed = false;
    catcher c = {.left = SIZE_MAX, .length = FILE_BYTES - 80, .unit = 8, .got = malloc(FILE_BYTES)};
    const rf_stream_sink sink = {sizeof sink, &c, catch_piece, 8, c.length};
    rf_allocator_set(&scarce);
    allocations_left = n;
    rf_error_clear(&err);
    rf_status status = rf_store_open("streamed://host/file", RF_MODE_READ, &options, &store, &err);
    if (status == RF_OK)
      status = rf_store_stream(store, (rf_range){80, c.length}, &sink, &streamed, &err);
    done = status == RF_OK;
    CHECK(done ? streamed : status == RF_ERR_MEMORY);
    (void)rf_store_close(store, NULL);
    rf_allocator_set(NULL);
    free(c.got);
  }
  CHECK(done);
  free(body);
}

int main(void) {
  CHECK_OK(rf_transport_register(&fake, &err), err);
  RUN(test_units_are_whole_whatever_arrives);
  RUN(test_a_near_server_is_asked_once);
  RUN(test_a_connection_cut_within_a_unit);
  RUN(test_what_fails_ends_the_stream);
  RUN(test_what_is_not_streamed);
  RUN(test_every_conversion);
  RUN(test_sections_of_a_cube);
  RUN(test_rows_of_a_table);
  RUN(test_each_allocation_that_fails);
  return check_report();
}
