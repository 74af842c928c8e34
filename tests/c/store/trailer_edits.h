/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Edits that move bytes: the same calls on the recorder and on plain memory, and the file before and behind each.
 */
#ifndef RF_TESTS_TRAILER_EDITS_H
#define RF_TESTS_TRAILER_EDITS_H

#include "base/memory.h"
#include "check.h"
#include "disk.h"
#include "store/trailer/edit.h"
#include "store/trailer/open.h"
#include "store/trailer/commit.h"

static rf_error err;
static rf_options options;
static bool is_long;

static uint64_t seed = 1;

static inline uint32_t draw(uint32_t n) {
  seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(seed >> 33) % n;
}

#define ROW 59
#define ROWS 130
#define HEAD 5760
#define TABLE 11520                 /* where the rows begin */
#define BEHIND (TABLE + ROW * ROWS) /* what stands behind them */
#define OLD_SIZE ((size_t)2880 * 14)

typedef struct part {
  rf_laid_kind kind;
  uint64_t from, to, bytes;
} part;

/* Values of a new column, put into the pool or made when wanted. */
static inline void value_of(uint64_t row, uint8_t *out, size_t n) {
  for (size_t i = 0; i < n; i++)
    out[i] = (uint8_t)(row * 7 + i * 3 + 1);
}

static inline void plain_rows(rf_store *store, uint64_t data, uint64_t nrows, uint64_t old, uint64_t width,
                              const part *parts, size_t count, int blank) {
  uint8_t *was = malloc((size_t)(nrows * old)), *now = malloc((size_t)(nrows * width));
  CHECK_OK(rf_store_read(store, data, was, (size_t)(nrows * old), &err), err);
  memset(now, blank, (size_t)(nrows * width));
  for (uint64_t r = 0; r < nrows; r++)
    for (size_t k = 0; k < count; k++) {
      uint8_t *to = now + r * width + parts[k].to;
      const uint8_t *from = was + r * old + parts[k].from;
      if (parts[k].kind == RF_LAID_COPY) {
        memcpy(to, from, (size_t)parts[k].bytes);
      } else if (parts[k].kind == RF_LAID_VALUES) {
        value_of(r, to, (size_t)parts[k].bytes);
      } else {
        memset(to, 0, 16);
        memcpy(to + 4, from, 4);
        memcpy(to + 12, from + 4, 4);
      }
    }
  CHECK_OK(rf_store_write(store, data, now, (size_t)(nrows * width), &err), err);
  free(was);
  free(now);
}

static inline void lay_rows(rf_store *store, uint64_t data, uint64_t nrows, uint64_t old, uint64_t width,
                            const part *parts, size_t count, int blank) {
  rf_edit *edit = rf_edit_of(store);
  rf_laid_part laid[4];
  bool done = false;
  if (edit == NULL) {
    plain_rows(store, data, nrows, old, width, parts, count, blank);
    return;
  }
  for (size_t k = 0; k < count; k++) {
    laid[k] = (rf_laid_part){parts[k].kind, parts[k].from, parts[k].to, parts[k].bytes};
    if (parts[k].kind != RF_LAID_VALUES)
      continue;
    uint8_t value[64];
    CHECK_OK(rf_edit_values(edit, nrows * parts[k].bytes, &laid[k].from, &err), err);
    for (uint64_t r = 0; r < nrows; r++) {
      value_of(r, value, (size_t)parts[k].bytes);
      CHECK_OK(rf_edit_put_values(edit, laid[k].from + r * parts[k].bytes, value, (size_t)parts[k].bytes, &err), err);
    }
  }
  CHECK_OK(rf_edit_rows(edit, data, nrows, old, width, laid, count, blank, &done, &err), err);
  CHECK(done);
}

static inline void keep_rows(rf_store *store, uint64_t data, uint64_t nrows, uint64_t width, uint64_t every) {
  uint64_t kept = 0;
  uint8_t *bits = rf_alloc_zero((size_t)nrows / 8 + 1, 1);
  for (uint64_t r = 0; r < nrows; r++) {
    if (r % every == 1)
      continue;
    if (rf_edit_of(store) == NULL)
      CHECK_OK(rf_store_move(store, data + r * width, data + kept * width, width, &err), err);
    bits[r / 8] = (uint8_t)(bits[r / 8] | 1u << r % 8);
    kept++;
  }
  bool done;
  if (rf_edit_of(store) == NULL)
    rf_free(bits);
  else
    CHECK_OK(rf_edit_keep(rf_edit_of(store), data, nrows, width, bits, kept, &done, &err), err);
}

static inline void move(rf_store *store, uint64_t from, uint64_t to, uint64_t n) {
  CHECK_OK(rf_store_move(store, from, to, n, &err), err);
}

static inline void put_noise(rf_store *store, uint64_t at, size_t n) {
  uint8_t *bytes = malloc(n + 1);
  for (size_t i = 0; i < n; i++)
    bytes[i] = (uint8_t)(i * 31 + at + (i >> 8));
  CHECK_OK(rf_store_write(store, at, bytes, n, &err), err);
  free(bytes);
}

/* Blank up to card number `first`. */
static inline void put_cards(rf_store *store, uint64_t at, size_t n, size_t first, const char *card) {
  uint8_t *bytes = malloc(n + 80);
  memset(bytes, ' ', n);
  for (size_t i = 80 * first; i < n; i += 80)
    memcpy(bytes + i, card, strlen(card));
  if (rf_edit_of(store) != NULL)
    CHECK_OK(rf_edit_header(rf_edit_of(store), at, bytes, n, &err), err);
  else
    CHECK_OK(rf_store_write(store, at, bytes, n, &err), err);
  free(bytes);
}

static inline void put_header(rf_store *store, uint64_t at, size_t n) {
  put_cards(store, at, n, 0, "NEWCARD = 'it is another one'");
}

static inline void size_is(rf_store *store, uint64_t size) {
  CHECK_OK(rf_store_truncate(store, size, &err), err);
}

static const part WIDE[] = {{RF_LAID_COPY, 0, 0, 20}, {RF_LAID_VALUES, 0, 20, 8}, {RF_LAID_COPY, 20, 28, ROW - 20}};
static const part NARROW[] = {{RF_LAID_COPY, 0, 0, 20}, {RF_LAID_COPY, 28, 20, ROW - 28}};
static const part BLANK[] = {{RF_LAID_COPY, 0, 0, ROW}};
static const part WIDEN[] = {{RF_LAID_COPY, 0, 0, 4}, {RF_LAID_WIDEN, 4, 4, 16}, {RF_LAID_COPY, 12, 20, ROW - 12}};

static inline void grow_header(rf_store *s) {
  move(s, HEAD + 2880, HEAD + 2880 * 2, OLD_SIZE - HEAD - 2880);
  put_header(s, HEAD, 2880 * 2);
}

static inline void grow_last_header(rf_store *s) {
  move(s, OLD_SIZE - 2880, OLD_SIZE, 2880);
  put_header(s, OLD_SIZE - 5760, 5760);
}

static inline void shift_cards(rf_store *s) {
  put_header(s, 0, 2880 * 2);
}

/* Some cards change and change back. */
static inline void put_header_twice(rf_store *s) {
  put_header(s, 0, 2880 * 2);
  move(s, HEAD + 2880, HEAD + 2880 * 2, OLD_SIZE - HEAD - 2880);
  put_header(s, HEAD, 2880);
  put_cards(s, 0, 2880 * 2, 10, "OTHER   =                   12");
  put_cards(s, HEAD, 2880 * 2, 0, "NEWCARD = 'it is not that one'");
}

static inline void insert_rows(rf_store *s) {
  move(s, TABLE + ROW * 20, TABLE + ROW * 21, OLD_SIZE - TABLE - ROW * 20);
  put_noise(s, TABLE + ROW * 20, ROW);
  size_is(s, OLD_SIZE + 2880);
}

static inline void append_many(rf_store *s) {
  move(s, BEHIND, BEHIND + 2880 * 9, OLD_SIZE - BEHIND);
  put_noise(s, BEHIND, 2880 * 9);
  put_header(s, HEAD, 2880);
}

static inline void delete_rows(rf_store *s) {
  move(s, TABLE + ROW * 80, TABLE + ROW * 20, OLD_SIZE - TABLE - ROW * 80);
  size_is(s, OLD_SIZE - 2880);
  put_header(s, HEAD, 2880);
}

static inline void delete_third(rf_store *s) {
  keep_rows(s, TABLE, ROWS, ROW, 3);
  move(s, BEHIND, TABLE + 2880 * 2, OLD_SIZE - BEHIND);
  size_is(s, OLD_SIZE - 1000);
}

static inline void insert_column(rf_store *s) {
  move(s, BEHIND, BEHIND + ROWS * 8, OLD_SIZE - BEHIND);
  lay_rows(s, TABLE, ROWS, ROW, ROW + 8, WIDE, 3, 0);
  size_is(s, OLD_SIZE + 2880);
}

static inline void insert_column_grow_header(rf_store *s) {
  move(s, TABLE, TABLE + 2880, OLD_SIZE - TABLE);
  move(s, BEHIND + 2880, BEHIND + 2880 + ROWS * 8, OLD_SIZE - BEHIND);
  lay_rows(s, TABLE + 2880, ROWS, ROW, ROW + 8, WIDE, 3, 0);
  put_header(s, TABLE - 2880, 5760);
  size_is(s, OLD_SIZE + 2880 * 2);
}

static inline void delete_column(rf_store *s) {
  lay_rows(s, TABLE, ROWS, ROW, ROW - 8, NARROW, 2, 0);
  move(s, BEHIND, BEHIND - ROWS * 8, OLD_SIZE - BEHIND);
  size_is(s, OLD_SIZE - ROWS * 8);
}

/* Rows that first go up and then down: where the two meet, one goes neither way. */
static inline void delete_column_grow_header(rf_store *s) {
  move(s, TABLE, TABLE + 500, OLD_SIZE - TABLE);
  lay_rows(s, TABLE + 500, ROWS, ROW, ROW - 8, NARROW, 2, ' ');
  move(s, BEHIND + 500, BEHIND + 500 - ROWS * 8, OLD_SIZE - BEHIND);
  put_header(s, TABLE - 2880, 2880 + 500);
  size_is(s, OLD_SIZE + 2880);
}

/* And the other way round. */
static inline void widen_rows_move_down(rf_store *s) {
  move(s, TABLE, TABLE - 450, OLD_SIZE - TABLE);
  move(s, BEHIND - 450, BEHIND - 450 + ROWS * 8, OLD_SIZE - BEHIND);
  lay_rows(s, TABLE - 450, ROWS, ROW, ROW + 8, BLANK, 1, 'b');
  size_is(s, OLD_SIZE + 2880);
}

static inline void widen_descriptors(rf_store *s) {
  move(s, BEHIND, BEHIND + ROWS * 8, OLD_SIZE - BEHIND);
  lay_rows(s, TABLE, ROWS, ROW, ROW + 8, WIDEN, 3, 0);
  for (int r = 0; r < ROWS; r += 40) /* of some rows the cell is new */
    put_noise(s, (uint64_t)(TABLE + r * (ROW + 8) + 4), 16);
  size_is(s, OLD_SIZE + 2880);
}

/* The rows stay where they are and get other values. */
static inline void values_in_place(rf_store *s) {
  static const part same[] = {{RF_LAID_VALUES, 0, 0, 8}, {RF_LAID_COPY, 8, 8, ROW - 8}};
  move(s, BEHIND + 700, BEHIND, OLD_SIZE - BEHIND - 700);
  lay_rows(s, TABLE, ROWS, ROW, ROW, same, 2, 0);
  size_is(s, OLD_SIZE - 2880);
}

static inline void grow_heap(rf_store *s) {
  move(s, BEHIND + 3100, BEHIND + 3100 + 5760, OLD_SIZE - BEHIND - 3100);
  put_noise(s, BEHIND + 3100, 5000);
  for (int r = 2; r < 60; r += 24)
    put_noise(s, (uint64_t)(TABLE + r * ROW), 8);
  CHECK_OK(rf_store_fill(s, BEHIND + 8100, 760, 0, &err), err);
}

static inline void fill_much(rf_store *s) {
  move(s, BEHIND, BEHIND + 28800, OLD_SIZE - BEHIND);
  CHECK_OK(rf_store_fill(s, BEHIND, 28800, ' ', &err), err);
}

static inline void delete_hdu(rf_store *s) {
  move(s, BEHIND, HEAD, OLD_SIZE - BEHIND);
  size_is(s, OLD_SIZE - BEHIND + HEAD);
}

static inline void insert_hdu(rf_store *s) {
  move(s, HEAD, HEAD + 8640, OLD_SIZE - HEAD);
  put_noise(s, HEAD, 8640);
}

/* What comes from a lower place than what stands before it has to go through the pool. */
static inline void move_hdu(rf_store *s) {
  uint8_t *first = malloc(TABLE - HEAD);
  CHECK_OK(rf_store_read(s, HEAD, first, TABLE - HEAD, &err), err);
  move(s, TABLE, HEAD, OLD_SIZE - TABLE);
  CHECK_OK(rf_store_write(s, OLD_SIZE - TABLE + HEAD, first, TABLE - HEAD, &err), err);
  free(first);
}

static inline void swap_extents(rf_store *s) {
  move(s, HEAD, OLD_SIZE, 4000);
  move(s, BEHIND, HEAD, 4000);
  move(s, OLD_SIZE, BEHIND, 4000);
  size_is(s, OLD_SIZE);
}

static inline void cut_short(rf_store *s) {
  put_header(s, HEAD, 4000);
  size_is(s, OLD_SIZE - 2880 * 3);
}

typedef struct edit_case {
  const char *name;
  void (*run)(rf_store *store);
  bool lays_rows; /* a reader may have to wait */
} edit_case;

static const edit_case CASES[] = {
    {"a header grows", grow_header, false},
    {"the last header grows", grow_last_header, false},
    {"cards shift in a header of two blocks", shift_cards, false},
    {"two headers, each written twice", put_header_twice, false},
    {"a row inserted", insert_rows, false},
    {"many rows appended in the middle", append_many, false},
    {"rows deleted", delete_rows, false},
    {"every third row deleted", delete_third, true},
    {"column inserted", insert_column, true},
    {"column inserted, header grows", insert_column_grow_header, true},
    {"column deleted", delete_column, true},
    {"column deleted, header grows", delete_column_grow_header, true},
    {"rows widened and moved down", widen_rows_move_down, true},
    {"descriptors widened", widen_descriptors, true},
    {"values in place", values_in_place, true},
    {"heap grows", grow_heap, false},
    {"a long fill", fill_much, false},
    {"HDU deleted", delete_hdu, false},
    {"HDU inserted", insert_hdu, false},
    {"HDU moved", move_hdu, false},
    {"two extents swapped", swap_extents, false},
    {"file cut short", cut_short, false},
};
#define CASE_COUNT (sizeof CASES / sizeof *CASES)

typedef struct setting {
  size_t page;
  uint64_t half;
  bool sampled;
  bool durable;
} setting;

static uint8_t before[OLD_SIZE];
static uint8_t *after;
static size_t after_size;

static inline void make_before(void) {
  for (size_t i = 0; i < OLD_SIZE; i++)
    before[i] = (uint8_t)(i * 131 + (i >> 9) * 17);
  memset(before + HEAD, ' ', 2880); /* headers: something that a new one can share bytes with */
  memset(before, ' ', 5760);
}

/* The plain way, in memory. */
static inline void make_after(const edit_case *edit) {
  disk d = {.page = 1 << 20, .fail_at = -1};
  disk_set(&d, before, OLD_SIZE);
  rf_store store = disk_store(&d);
  edit->run(&store);
  free(after);
  after = malloc(d.size + 1);
  memcpy(after, d.data, d.size);
  after_size = d.size;
  disk_free(&d);
}

/* The edit on a disk. */
static inline rf_status perform(disk *d, const edit_case *edit, const setting *how, bool *written) {
  rf_store store = disk_store(d);
  rf_edit *e = NULL;
  store.durable = how->durable;
  rf_edit_tune(how->half, how->sampled);
  rf_status status = rf_edit_begin(&store, OLD_SIZE, after_size, &e, &err);
  if (status != RF_OK)
    return status;
  edit->run(rf_edit_store(e));
  uint8_t *view = malloc(after_size + 1);
  size_t got = 0;
  CHECK_OK(rf_store_read_at(rf_edit_store(e), 0, view, after_size + 1, &got, &err), err);
  CHECK(got == after_size && memcmp(view, after, after_size) == 0);
  free(view);
  status = rf_edit_commit(e, written, &err);
  rf_edit_free(e);
  return status;
}

typedef enum verdict { IS_BEFORE, IS_AFTER, IS_REFUSED, IS_WRONG } verdict;

/* Is this the file? A trailer that was not even begun leaves bytes behind it, which no HDU has. */
static inline verdict compare(const uint8_t *data, size_t n) {
  if (n == after_size && memcmp(data, after, n) == 0)
    return IS_AFTER;
  return n >= OLD_SIZE && memcmp(data, before, OLD_SIZE) == 0 ? IS_BEFORE : IS_WRONG;
}

/* What a reader sees. */
static inline verdict read_state(const uint8_t *data, size_t n, bool may_wait, size_t page) {
  disk d = {.page = page, .fail_at = -1};
  rf_error e;
  rf_error_clear(&e);
  disk_set(&d, data, n);
  rf_store store = disk_store(&d);
  rf_status status = rf_trailer_open(&store, RF_MODE_READ, &options, true, &e);
  verdict found = IS_REFUSED;
  CHECK(d.events == 0);
  if (status == RF_OK) {
    uint64_t size;
    size_t got;
    CHECK_OK(rf_store_size(&store, &size, &e), e);
    uint8_t *all = malloc((size_t)size + 1);
    CHECK_OK(rf_store_read_at(&store, 0, all, (size_t)size + 1, &got, &e), e);
    found = got == size ? compare(all, got) : IS_WRONG;
    free(all);
  } else if (status == RF_ERR_INTERRUPTED && may_wait && strstr(e.message, "rows of a table") != NULL) {
    found = IS_AFTER;
  }
  CHECK(store.ops->close(store.state, NULL) == RF_OK);
  disk_free(&d);
  return found;
}

/* Opening for writing; the disk keeps what that did. */
static inline verdict write_state(disk *d) {
  rf_store store = disk_store(d);
  rf_error_clear(&err);
  if (rf_trailer_open(&store, RF_MODE_READ_WRITE, &options, true, &err) != RF_OK)
    return IS_REFUSED;
  rf_free(store.notice);
  return compare(d->data, d->size);
}

#endif
