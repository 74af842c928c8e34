/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The library completes deferred edits when the caller closes the file or requests its bytes. If the disk is full, the
 * file is unchanged and the caller can try again, or the handle reports that it is unusable.
 */
#include <pthread.h>

#include "fits_bytes.h"
#include "file/file.h"
#include "table_rows.h"
#include "file/access.h"
#include "table_calls.h"
#include "image_request.h"

enum { ROWS = 3000, COLUMNS = 300, LINES = 100 };

static rf_error err; /* of one thread at a time */
static rf_file *shared;
static int64_t values[ROWS];
static int32_t pixels[COLUMNS * LINES];

static void make_values(void) {
  uint64_t seed = 88172645463325252u;
  for (size_t i = 0; i < ROWS + COUNT(pixels); i++) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    if (i < ROWS)
      values[i] = (int64_t)seed;
    else
      pixels[i - ROWS] = (int32_t)(seed >> 33);
  }
}

/* ---- HDU 1 with something put off ---- */

static void append(rf_file *file, uint64_t nrows) {
  rf_column_request request = rows_request(0, RF_I64, 0, values, 8);
  CHECK_OK(call_append(file, 1, nrows, &request, 1, &err), err);
}

/* A gap before the heap. */
static void begin_table(rf_file *file) {
  static const rf_column_spec columns[] = {SPEC(.name = "a", .type = RF_I64),
                                           SPEC(.name = "v", .type = RF_I64, .descriptor = 'P')};
  static uint64_t lengths[ROWS];
  for (size_t i = 0; i < ROWS; i++)
    lengths[i] = i % 3;
  int64_t *elements = calloc(ROWS, 8); /* as many as the lengths add up to */
  CHECK(rows_create(file, columns, 2, 0) == 1);
  append(file, ROWS);
  for (int i = 0; i < 4; i++)
    CHECK_OK(call_write_heap(file, 1, 1, NULL, lengths, RF_I64, 0, elements, (size_t)ROWS * 8, NULL, &err), err);
  free(elements);
}

static void begin_tiled_table(rf_file *file) {
  static const rf_column_spec column = SPEC(.name = "a", .type = RF_I64);
  static const rf_zcmptype types[] = {RF_Z_NOCOMPRESS};
  rf_table_compression rows = {.size = sizeof rows, .tile_rows = 100, .types = types};
  rf_table_spec spec = {
      .size = sizeof spec, .kind = RF_HDU_TABLE, .columns = &column, .ncols = 1, .extver = -1, .compression = &rows};
  size_t at = 0;
  CHECK_OK(rf_table_create(file, &spec, &at, &err), err);
  for (int i = 0; i < 4; i++)
    append(file, ROWS);
}

static void append_some(rf_file *file) {
  append(file, 500);
}

static void begin_tiled_image(rf_file *file) {
  static const uint64_t axes[] = {4, COLUMNS};
  rf_compression tiles = {.size = sizeof tiles, .type = RF_Z_RICE_1};
  rf_image_spec spec = {
      .size = sizeof spec, .dtype = RF_I32, .naxis = 2, .axes = axes, .extver = -1, .compression = &tiles};
  size_t at = 0;
  CHECK_OK(rf_image_create(file, &spec, &at, &err), err);
}

/* Lines of which the last three stay unwritten. */
static void lengthen(rf_file *file) {
  uint64_t axes[2] = {0, 0};
  size_t naxis = 0;
  CHECK_OK(rf_hdu_get_axes(file, 1, axes, 2, &naxis, &err), err);
  CHECK_OK(rf_image_extend(file, 1, axes[0] + LINES + 3, &err), err);
  rf_axis section[2] = {{(int64_t)axes[0], 1, LINES, NULL}, {0, 1, COLUMNS, NULL}};
  CHECK_OK(rf_image_write(
               file, 1, PIXELS(.section = section, .dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &err),
           err);
}

static const struct {
  const char *name;
  void (*begin)(rf_file *file);
  void (*more)(rf_file *file);
} kinds[] = {{"table", begin_table, append_some},
             {"compressed table", begin_tiled_table, append_some},
             {"compressed image", begin_tiled_image, lengthen}};

static rf_file *pending(size_t kind) {
  fits_bytes none = {0};
  rf_file *file = NULL;
  watched_load(&none);
  CHECK_OK(rf_file_open("watched://t", RF_MODE_CREATE, NULL, &file, &err), err);
  kinds[kind].begin(file);
  kinds[kind].more(file);
  CHECK(rf_file_has_pending(file));
  return file;
}

static uint8_t *take_bytes(size_t *n) {
  uint8_t *bytes = malloc(watched.size + 1);
  if (bytes == NULL)
    exit(2);
  *n = watched.size;
  memcpy(bytes, watched.bytes, *n);
  return bytes;
}

/* ---- the tests ---- */

/* A flush writes the same bytes as a close, and the caller can append afterwards. */
static void sync_and_close_give_the_same(void) {
  for (size_t k = 0; k < COUNT(kinds); k++) {
    size_t n[2];
    uint8_t *bytes[2];
    for (int way = 0; way < 2; way++) {
      rf_file *file = pending(k);
      for (int i = 0; way == 1 && i < 3; i++) {
        CHECK_OK(i == 1 ? rf_file_flush(file, &err) : rf_file_sync(file, &err), err);
        CHECK(!rf_file_has_pending(file));
        CHECK_STR(rows_card(file, 1, "THEAP"), "-");
      }
      if (way == 0)
        CHECK_OK(rf_file_free(file, &err), err);
      bytes[way] = take_bytes(&n[way]);
      if (way == 1) {
        kinds[k].more(file);
        kinds[k].more(file);
        CHECK(rf_file_has_pending(file));
        CHECK_OK(rf_file_free(file, &err), err);
      }
    }
    CHECK(n[0] == n[1] && memcmp(bytes[0], bytes[1], n[0]) == 0);
    free(bytes[0]);
    free(bytes[1]);
  }
}

static void a_copy_is_that_of_a_whole_hdu(void) {
  for (size_t k = 0; k < COUNT(kinds); k++) {
    rf_file *file = pending(k), *to = rows_file();
    rf_hdu_info a = {.size = sizeof a}, b = {.size = sizeof b};
    size_t made = 0;
    CHECK_OK(rf_hdu_copy(file, 1, to, &made, &err), err);
    CHECK(made == 1 && !rf_file_has_pending(file));
    CHECK_STR(rows_card(to, 1, "THEAP"), "-");
    CHECK_OK(rf_hdu_get_info(file, 1, &a, &err), err);
    CHECK_OK(rf_hdu_get_info(to, 1, &b, &err), err);
    CHECK(a.data_bytes == b.data_bytes);
    uint8_t *bytes = malloc((size_t)b.data_bytes + 1);
    CHECK_OK(rf_file_read_bytes(to, b.data_offset, bytes, (size_t)b.data_bytes, &err), err);
    CHECK(memcmp(bytes, watched.bytes + a.data_offset, (size_t)a.data_bytes) == 0);
    free(bytes);
    rf_file_free(to, NULL);
    rf_file_free(file, NULL);
  }
}

/* A disk that is full at any step. */
static void a_full_disk_loses_nothing(void) {
  for (size_t k = 0; k < COUNT(kinds); k++) {
    size_t n, got;
    rf_file *file = pending(k);
    CHECK_OK(rf_file_flush(file, &err), err);
    uint8_t *whole = take_bytes(&n);
    rf_file_free(file, NULL);
    unsigned again = 0, tainted = 0;
    for (int countdown = 0, done = 0; !done; countdown++) {
      file = pending(k);
      watched.countdown = countdown;
      rf_status status = rf_file_flush(file, &err);
      done = watched.countdown >= 0; /* it was not reached: some failures only cost what could be had without */
      watched.countdown = -1;
      CHECK(status == RF_OK || (!done && status == RF_ERR_NO_SPACE));
      if (status != RF_OK && rf_file_flush(file, &err) != RF_OK) {
        CHECK(err.code == RF_ERR_TAINTED && strstr(err.message, "the disk of the test is full") != NULL);
        tainted++;
      } else {
        again += status != RF_OK;
        uint8_t *bytes = take_bytes(&got);
        CHECK(got == n && memcmp(bytes, whole, n) == 0);
        free(bytes);
      }
      rf_file_free(file, NULL);
    }
    if (again == 0 && tainted == 0)
      fprintf(stderr, "%s: no step failed\n", kinds[k].name);
    CHECK(again + tainted > 0);
    free(whole);
  }
}

static void *append_often(void *context) {
  const size_t *kind = context;
  for (int i = 0; i < 20; i++)
    kinds[*kind].more(shared);
  return NULL;
}

/* Another thread repeatedly leaves spare room in the table. No copy has any. */
static void copies_during_appends(void) {
  for (size_t k = 0; k < COUNT(kinds); k++) {
    pthread_t thread;
    shared = pending(k);
    if (pthread_create(&thread, NULL, append_often, &k) != 0)
      exit(2);
    for (int i = 0; i < 10; i++) {
      rf_error own;
      rf_file *to = rows_file();
      CHECK_OK(rf_hdu_copy(shared, 1, to, NULL, &own), own);
      CHECK_STR(rows_card(to, 1, "THEAP"), "-");
      rf_file_free(to, NULL);
    }
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK_OK(rf_file_flush(shared, &err), err);
    rows_agree(shared);
    rf_file_free(shared, NULL);
  }
}

static void a_file_that_is_closed_or_read_only(void) {
  rf_file *file = pending(0), *reader = NULL;
  CHECK_OK(rf_file_close(file, &err), err);
  CHECK(rf_file_flush(file, &err) == RF_ERR_CLOSED && rf_file_sync(file, &err) == RF_ERR_CLOSED);
  rf_file_free(file, NULL);
  CHECK_OK(rf_file_open("watched://t", RF_MODE_READ, NULL, &reader, &err), err);
  CHECK_OK(rf_file_flush(reader, &err), err);
  CHECK_OK(rf_file_sync(reader, &err), err);
  rf_file_free(reader, NULL);
}

int main(void) {
  make_values();
  RUN(sync_and_close_give_the_same);
  RUN(a_copy_is_that_of_a_whole_hdu);
  RUN(a_full_disk_loses_nothing);
  RUN(copies_during_appends);
  RUN(a_file_that_is_closed_or_read_only);
  watched_free();
  return check_report();
}
