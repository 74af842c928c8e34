/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Edits that move bytes, killed at every event, and their recoveries killed at every event, until no new state appears.
 * Each state has to be the file before the edit or the file behind it, for a reader and after an open for writing.
 * "test_trailer long" looks at more settings and draws more cases.
 */
#include "base/crc32c.h"
#include "base/memory.h"
#include "check.h"
#include "disk.h"
#include "store/trailer/edit.h"
#include "store/trailer/open.h"
#include "store/trailer/trailer.h"
#include "store/trailer/commit.h"
#include "store/trailer/check.h"
#include "store/trailer/lines.h"
#include "store/trailer/load.h"
#include "store/trailer/record.h"
#include "store/trailer/run.h"

static rf_error err;
static rf_options options;
static bool is_long;

static uint64_t seed = 1;

static uint32_t draw(uint32_t n) {
  seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(seed >> 33) % n;
}

/* ---- the edits: the same calls on the recorder and on plain memory ---- */

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
static void value_of(uint64_t row, uint8_t *out, size_t n) {
  for (size_t i = 0; i < n; i++)
    out[i] = (uint8_t)(row * 7 + i * 3 + 1);
}

static void plain_rows(rf_store *store, uint64_t data, uint64_t nrows, uint64_t old, uint64_t width, const part *parts,
                       size_t count, int blank) {
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

static void lay_rows(rf_store *store, uint64_t data, uint64_t nrows, uint64_t old, uint64_t width, const part *parts,
                     size_t count, int blank) {
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

static void keep_rows(rf_store *store, uint64_t data, uint64_t nrows, uint64_t width, uint64_t every) {
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

static void move(rf_store *store, uint64_t from, uint64_t to, uint64_t n) {
  CHECK_OK(rf_store_move(store, from, to, n, &err), err);
}

static void put_noise(rf_store *store, uint64_t at, size_t n) {
  uint8_t *bytes = malloc(n + 1);
  for (size_t i = 0; i < n; i++)
    bytes[i] = (uint8_t)(i * 31 + at + (i >> 8));
  CHECK_OK(rf_store_write(store, at, bytes, n, &err), err);
  free(bytes);
}

/* Blank up to card number `first`. */
static void put_cards(rf_store *store, uint64_t at, size_t n, size_t first, const char *card) {
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

static void put_header(rf_store *store, uint64_t at, size_t n) {
  put_cards(store, at, n, 0, "NEWCARD = 'it is another one'");
}

static void size_is(rf_store *store, uint64_t size) {
  CHECK_OK(rf_store_truncate(store, size, &err), err);
}

static const part WIDE[] = {{RF_LAID_COPY, 0, 0, 20}, {RF_LAID_VALUES, 0, 20, 8}, {RF_LAID_COPY, 20, 28, ROW - 20}};
static const part NARROW[] = {{RF_LAID_COPY, 0, 0, 20}, {RF_LAID_COPY, 28, 20, ROW - 28}};
static const part BLANK[] = {{RF_LAID_COPY, 0, 0, ROW}};
static const part WIDEN[] = {{RF_LAID_COPY, 0, 0, 4}, {RF_LAID_WIDEN, 4, 4, 16}, {RF_LAID_COPY, 12, 20, ROW - 12}};

static void grow_header(rf_store *s) {
  move(s, HEAD + 2880, HEAD + 2880 * 2, OLD_SIZE - HEAD - 2880);
  put_header(s, HEAD, 2880 * 2);
}

static void grow_last_header(rf_store *s) {
  move(s, OLD_SIZE - 2880, OLD_SIZE, 2880);
  put_header(s, OLD_SIZE - 5760, 5760);
}

static void shift_cards(rf_store *s) {
  put_header(s, 0, 2880 * 2);
}

/* Some cards change and change back. */
static void put_header_twice(rf_store *s) {
  put_header(s, 0, 2880 * 2);
  move(s, HEAD + 2880, HEAD + 2880 * 2, OLD_SIZE - HEAD - 2880);
  put_header(s, HEAD, 2880);
  put_cards(s, 0, 2880 * 2, 10, "OTHER   =                   12");
  put_cards(s, HEAD, 2880 * 2, 0, "NEWCARD = 'it is not that one'");
}

static void insert_rows(rf_store *s) {
  move(s, TABLE + ROW * 20, TABLE + ROW * 21, OLD_SIZE - TABLE - ROW * 20);
  put_noise(s, TABLE + ROW * 20, ROW);
  size_is(s, OLD_SIZE + 2880);
}

static void append_many(rf_store *s) {
  move(s, BEHIND, BEHIND + 2880 * 9, OLD_SIZE - BEHIND);
  put_noise(s, BEHIND, 2880 * 9);
  put_header(s, HEAD, 2880);
}

static void delete_rows(rf_store *s) {
  move(s, TABLE + ROW * 80, TABLE + ROW * 20, OLD_SIZE - TABLE - ROW * 80);
  size_is(s, OLD_SIZE - 2880);
  put_header(s, HEAD, 2880);
}

static void delete_third(rf_store *s) {
  keep_rows(s, TABLE, ROWS, ROW, 3);
  move(s, BEHIND, TABLE + 2880 * 2, OLD_SIZE - BEHIND);
  size_is(s, OLD_SIZE - 1000);
}

static void insert_column(rf_store *s) {
  move(s, BEHIND, BEHIND + ROWS * 8, OLD_SIZE - BEHIND);
  lay_rows(s, TABLE, ROWS, ROW, ROW + 8, WIDE, 3, 0);
  size_is(s, OLD_SIZE + 2880);
}

static void insert_column_grow_header(rf_store *s) {
  move(s, TABLE, TABLE + 2880, OLD_SIZE - TABLE);
  move(s, BEHIND + 2880, BEHIND + 2880 + ROWS * 8, OLD_SIZE - BEHIND);
  lay_rows(s, TABLE + 2880, ROWS, ROW, ROW + 8, WIDE, 3, 0);
  put_header(s, TABLE - 2880, 5760);
  size_is(s, OLD_SIZE + 2880 * 2);
}

static void delete_column(rf_store *s) {
  lay_rows(s, TABLE, ROWS, ROW, ROW - 8, NARROW, 2, 0);
  move(s, BEHIND, BEHIND - ROWS * 8, OLD_SIZE - BEHIND);
  size_is(s, OLD_SIZE - ROWS * 8);
}

/* Rows that first go up and then down: where the two meet, one goes neither way. */
static void delete_column_grow_header(rf_store *s) {
  move(s, TABLE, TABLE + 500, OLD_SIZE - TABLE);
  lay_rows(s, TABLE + 500, ROWS, ROW, ROW - 8, NARROW, 2, ' ');
  move(s, BEHIND + 500, BEHIND + 500 - ROWS * 8, OLD_SIZE - BEHIND);
  put_header(s, TABLE - 2880, 2880 + 500);
  size_is(s, OLD_SIZE + 2880);
}

/* And the other way round. */
static void widen_rows_move_down(rf_store *s) {
  move(s, TABLE, TABLE - 450, OLD_SIZE - TABLE);
  move(s, BEHIND - 450, BEHIND - 450 + ROWS * 8, OLD_SIZE - BEHIND);
  lay_rows(s, TABLE - 450, ROWS, ROW, ROW + 8, BLANK, 1, 'b');
  size_is(s, OLD_SIZE + 2880);
}

static void widen_descriptors(rf_store *s) {
  move(s, BEHIND, BEHIND + ROWS * 8, OLD_SIZE - BEHIND);
  lay_rows(s, TABLE, ROWS, ROW, ROW + 8, WIDEN, 3, 0);
  for (int r = 0; r < ROWS; r += 40) /* of some rows the cell is new */
    put_noise(s, (uint64_t)(TABLE + r * (ROW + 8) + 4), 16);
  size_is(s, OLD_SIZE + 2880);
}

/* The rows stay where they are and get other values. */
static void values_in_place(rf_store *s) {
  static const part same[] = {{RF_LAID_VALUES, 0, 0, 8}, {RF_LAID_COPY, 8, 8, ROW - 8}};
  move(s, BEHIND + 700, BEHIND, OLD_SIZE - BEHIND - 700);
  lay_rows(s, TABLE, ROWS, ROW, ROW, same, 2, 0);
  size_is(s, OLD_SIZE - 2880);
}

static void grow_heap(rf_store *s) {
  move(s, BEHIND + 3100, BEHIND + 3100 + 5760, OLD_SIZE - BEHIND - 3100);
  put_noise(s, BEHIND + 3100, 5000);
  for (int r = 2; r < 60; r += 24)
    put_noise(s, (uint64_t)(TABLE + r * ROW), 8);
  CHECK_OK(rf_store_fill(s, BEHIND + 8100, 760, 0, &err), err);
}

static void fill_much(rf_store *s) {
  move(s, BEHIND, BEHIND + 28800, OLD_SIZE - BEHIND);
  CHECK_OK(rf_store_fill(s, BEHIND, 28800, ' ', &err), err);
}

static void delete_hdu(rf_store *s) {
  move(s, BEHIND, HEAD, OLD_SIZE - BEHIND);
  size_is(s, OLD_SIZE - BEHIND + HEAD);
}

static void insert_hdu(rf_store *s) {
  move(s, HEAD, HEAD + 8640, OLD_SIZE - HEAD);
  put_noise(s, HEAD, 8640);
}

/* What comes from a lower place than what stands before it has to go through the pool. */
static void move_hdu(rf_store *s) {
  uint8_t *first = malloc(TABLE - HEAD);
  CHECK_OK(rf_store_read(s, HEAD, first, TABLE - HEAD, &err), err);
  move(s, TABLE, HEAD, OLD_SIZE - TABLE);
  CHECK_OK(rf_store_write(s, OLD_SIZE - TABLE + HEAD, first, TABLE - HEAD, &err), err);
  free(first);
}

static void swap_extents(rf_store *s) {
  move(s, HEAD, OLD_SIZE, 4000);
  move(s, BEHIND, HEAD, 4000);
  move(s, OLD_SIZE, BEHIND, 4000);
  size_is(s, OLD_SIZE);
}

static void cut_short(rf_store *s) {
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
static char label[200];

static void make_before(void) {
  for (size_t i = 0; i < OLD_SIZE; i++)
    before[i] = (uint8_t)(i * 131 + (i >> 9) * 17);
  memset(before + HEAD, ' ', 2880); /* headers: something that a new one can share bytes with */
  memset(before, ' ', 5760);
}

/* The plain way, in memory. */
static void make_after(const edit_case *edit) {
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
static rf_status perform(disk *d, const edit_case *edit, const setting *how, bool *written) {
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

/* ---- judging a state ---- */

typedef enum verdict { IS_BEFORE, IS_AFTER, IS_REFUSED, IS_WRONG } verdict;

/* Is this the file? A trailer that was not even begun leaves bytes behind it, which no HDU has. */
static verdict compare(const uint8_t *data, size_t n) {
  if (n == after_size && memcmp(data, after, n) == 0)
    return IS_AFTER;
  return n >= OLD_SIZE && memcmp(data, before, OLD_SIZE) == 0 ? IS_BEFORE : IS_WRONG;
}

/* What a reader sees. */
static verdict read_state(const uint8_t *data, size_t n, bool may_wait, size_t page) {
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
static verdict write_state(disk *d) {
  rf_store store = disk_store(d);
  rf_error_clear(&err);
  if (rf_trailer_open(&store, RF_MODE_READ_WRITE, &options, true, &err) != RF_OK)
    return IS_REFUSED;
  rf_free(store.notice);
  return compare(d->data, d->size);
}

/* ---- all states ---- */

typedef struct state {
  uint8_t *data;
  size_t n;
  int must; /* verdict that it has to have, -1: any */
} state;

static state *queue;
static size_t queued, queue_room;
static uint64_t *seen;
static size_t seen_count, seen_room, states;

static uint64_t hash_of(const uint8_t *data, size_t n) {
  return ((uint64_t)rf_crc32c(data, n, 1) << 32 | rf_crc32c(data, n / 2, 77)) ^ n * UINT64_C(0x9E3779B97F4A7C15);
}

static bool is_new(uint64_t hash) {
  hash += hash == 0;
  if (2 * seen_count >= seen_room) {
    uint64_t *old = seen;
    size_t room = seen_room;
    seen_room = room > 0 ? 2 * room : 4096;
    seen = calloc(seen_room, sizeof *seen);
    for (size_t i = 0; i < room; i++)
      if (old[i] != 0) {
        size_t at = (size_t)(old[i] % seen_room);
        while (seen[at] != 0)
          at = (at + 1) % seen_room;
        seen[at] = old[i];
      }
    free(old);
  }
  size_t at = (size_t)(hash % seen_room);
  for (; seen[at] != 0; at = (at + 1) % seen_room)
    if (seen[at] == hash)
      return false;
  seen[at] = hash;
  seen_count++;
  return true;
}

static void add_state(const uint8_t *data, size_t n, int must) {
  if (!is_new(hash_of(data, n)))
    return;
  if (queued == queue_room) {
    queue_room = 2 * queue_room + 64;
    queue = realloc(queue, queue_room * sizeof *queue);
  }
  state *s = &queue[queued++];
  *s = (state){malloc(n + 1), n, must};
  memcpy(s->data, data, n);
}

/* The states between the events of a log. */
static void add_prefixes(const uint8_t *data, size_t n, const disk *log, int must) {
  disk d = {.page = log->page, .fail_at = -1};
  disk_set(&d, data, n);
  for (size_t i = 0; i < log->events; i++) {
    disk_apply(&d, &log->log[i]);
    if (log->log[i].kind != DISK_SYNC)
      add_state(d.data, d.size, must);
  }
  disk_free(&d);
}

static void clear_states(void) {
  for (size_t i = 0; i < queued; i++)
    free(queue[i].data);
  queued = 0;
  free(seen);
  seen = NULL;
  seen_count = seen_room = 0;
}

static void judge_state(size_t number, const edit_case *edit, const setting *how) {
  state s = queue[number];
  disk d = {.page = how->page, .fail_at = -1};
  disk_set(&d, s.data, s.n);
  verdict found = write_state(&d);
  bool good = (found == IS_BEFORE || found == IS_AFTER) && (s.must < 0 || (int)found == s.must);
  if (good)
    good = read_state(s.data, s.n, edit->lays_rows && found == IS_AFTER, how->page) == found;
  if (!good) {
    fprintf(stderr, "%s: state %zu of %zu bytes: %d (to be %d) %s\n", label, number, s.n, (int)found, s.must,
            err.message);
    check_failures++;
  }
  if (good)
    add_prefixes(s.data, s.n, &d, (int)found);
  disk_free(&d);
}

static void kill_edit(const edit_case *edit, const setting *how) {
  disk d = {.page = how->page, .fail_at = -1};
  bool written = false;
  (void)snprintf(label, sizeof label, "%s, pages of %zu, halves of %d%s", edit->name, how->page, (int)how->half,
                 how->durable ? ", durable" : "");
  make_after(edit);
  disk_set(&d, before, OLD_SIZE);
  rf_error_clear(&err);
  CHECK_OK(perform(&d, edit, how, &written), err);
  CHECK(written && compare(d.data, d.size) == IS_AFTER);
  add_state(before, OLD_SIZE, IS_BEFORE);
  add_prefixes(before, OLD_SIZE, &d, -1);
  for (size_t i = 0; i < queued && check_failures < 20; i++)
    judge_state(i, edit, how);
  states += queued;
  clear_states();
  disk_free(&d);
}

static void killed_at_every_event(void) {
  static const setting settings[] = {{4096, 3008, false, false},
                                     {512, 3008, true, false},
                                     {4096, 704, false, false},
                                     {4096, 9024, false, true},
                                     {512, 704, false, true}};
  for (size_t k = 0; k < (is_long ? 5 : 2); k++)
    for (size_t i = 0; i < CASE_COUNT && check_failures < 20; i += is_long || k == 0 ? 1 : 3)
      kill_edit(&CASES[i], &settings[k]);
}

/* ---- power cuts ---- */

/* Of what was written since the last sync any part may be missing. */
static void cut_power(const edit_case *edit, const setting *how) {
  disk d = {.page = how->page, .fail_at = -1}, disk_now = {.page = how->page, .fail_at = -1};
  bool written = false;
  make_after(edit);
  disk_set(&d, before, OLD_SIZE);
  CHECK_OK(perform(&d, edit, how, &written), err);
  disk_set(&disk_now, before, OLD_SIZE);
  verdict floor = IS_BEFORE;
  for (int depth = 0; depth < 3; depth++) {
    size_t stop = draw((uint32_t)d.events + 1), synced = 0;
    for (size_t i = 0; i < stop; i++)
      if (d.log[i].kind == DISK_SYNC)
        synced = i;
    uint32_t keep = draw(100);
    for (size_t i = 0; i < stop; i++)
      if (i < synced || draw(100) < keep)
        disk_apply(&disk_now, &d.log[i]);
    disk_set(&d, disk_now.data, disk_now.size);
    verdict found = write_state(&d);
    if ((found != IS_BEFORE && found != IS_AFTER) || (floor == IS_AFTER && found != IS_AFTER)) {
      fprintf(stderr, "%s: power cut: %d %s\n", edit->name, (int)found, err.message);
      check_failures++;
      break;
    }
    floor = found;
  }
  disk_free(&d);
  disk_free(&disk_now);
}

static void a_power_cut_in_a_durable_edit(void) {
  static const setting settings[] = {{4096, 3008, false, true}, {512, 704, false, true}};
  for (int n = 0; n < (is_long ? 400 : 12); n++)
    for (size_t i = 0; i < CASE_COUNT && check_failures < 20; i++)
      cut_power(&CASES[i], &settings[n % 2]);
}

/* ---- failures ---- */

static void fail_everywhere(bool half) {
  static const setting how = {4096, 3008, false, false};
  for (size_t i = 0; i < CASE_COUNT; i++) {
    make_after(&CASES[i]);
    for (long at = 0;; at++) {
      disk d = {.page = 4096, .fail_at = at, .half = half};
      bool written = false;
      disk_set(&d, before, OLD_SIZE);
      rf_error_clear(&err);
      rf_status status = perform(&d, &CASES[i], &how, &written);
      bool failed = half ? d.fail_at < 0 : status != RF_OK;
      d.fail_at = -1;
      CHECK(status == RF_OK || status == RF_ERR_IO);
      if (status != RF_OK && !written)
        CHECK(compare(d.data, d.size) == IS_BEFORE);
      else
        CHECK(write_state(&d) == IS_AFTER);
      disk_free(&d);
      if (!failed)
        break;
    }
  }
}

static void a_failure_leaves_the_old_file_or_one_that_can_be_finished(void) {
  fail_everywhere(false);
}

/* Neither the note of how far it came nor a page that is the whole edit stays torn. */
static void so_does_a_write_that_fails_half_way(void) {
  fail_everywhere(true);
  disk d = {.page = 4096, .fail_at = 0, .half = true};
  rf_edit *e = NULL;
  bool written = false;
  disk_set(&d, before, OLD_SIZE);
  rf_store store = disk_store(&d);
  rf_error_clear(&err);
  CHECK_OK(rf_edit_begin(&store, OLD_SIZE, OLD_SIZE, &e, &err), err);
  CHECK_OK(rf_store_write(rf_edit_store(e), 4096, "first", 5, &err), err);
  CHECK(rf_edit_commit(e, &written, &err) == RF_ERR_IO && !written);
  rf_edit_free(e);
  CHECK(memcmp(d.data, before, OLD_SIZE) == 0);
  disk_free(&d);
}

static void a_full_disk_refuses_the_edit_before_it_begins(void) {
  static const setting how = {4096, 3008, false, false};
  for (size_t i = 0; i < CASE_COUNT; i++) {
    disk d = {.page = 4096, .fail_at = -1, .full = OLD_SIZE + 100};
    bool written = false;
    make_after(&CASES[i]);
    disk_set(&d, before, OLD_SIZE);
    rf_error_clear(&err);
    CHECK(perform(&d, &CASES[i], &how, &written) == RF_ERR_NO_SPACE);
    CHECK(!written && d.size == OLD_SIZE && memcmp(d.data, before, OLD_SIZE) == 0);
    disk_free(&d);
  }
}

/* ---- what others do to the file ---- */

static void a_file_that_was_changed_since_is_left_alone_or_finished_right(void) {
  static const setting how = {4096, 3008, false, false};
  for (size_t i = 0; i < CASE_COUNT; i++) {
    disk log = {.page = 4096, .fail_at = -1};
    bool written = false;
    make_after(&CASES[i]);
    disk_set(&log, before, OLD_SIZE);
    CHECK_OK(perform(&log, &CASES[i], &how, &written), err);
    for (int n = 0; n < (is_long ? 1000 : 40); n++) {
      disk d = {.page = 4096, .fail_at = -1};
      disk_set(&d, before, OLD_SIZE);
      size_t stop = draw((uint32_t)log.events);
      for (size_t k = 0; k < stop; k++)
        disk_apply(&d, &log.log[k]);
      uint32_t kind = draw(3);
      if (kind == 0) { /* cut, or cut at a block */
        d.size = draw((uint32_t)d.size);
        d.size -= draw(2) ? d.size % 2880 : 0;
      } else if (kind == 1) { /* longer */
        size_t more = draw(2) ? 2880 : draw(200) + 1;
        disk_reserve(&d, d.size + more);
        d.size += more;
      } else { /* another file put in its place, of the same size */
        for (size_t k = 0; k < OLD_SIZE; k++)
          d.data[k] = (uint8_t)(d.data[k] ^ 0x55);
      }
      uint8_t *was = malloc(d.size + 1);
      size_t was_size = d.size;
      memcpy(was, d.data, d.size);
      verdict found = write_state(&d);
      if (found == IS_REFUSED)
        CHECK(d.events == 0);
      if (kind < 2 && found == IS_WRONG) /* there is no footer where it is looked for: nothing is done */
        CHECK(d.events == 0 && d.size == was_size && memcmp(was, d.data, was_size) == 0);
      if (kind == 2)
        CHECK(found != IS_AFTER);
      free(was);
      disk_free(&d);
    }
    disk_free(&log);
  }
}

/* Records with right CRCs and absurd numbers: nothing is written outside the file, and it ends. */
static void absurd_records(void) {
  static const setting how = {4096, 3008, false, false};
  static const uint64_t odd[] = {
      0,   1, 2, 59, 2880, UINT64_C(1) << 31, OLD_SIZE, UINT64_C(1) << 32, UINT64_MAX, INT64_MAX, UINT64_C(1) << 63,
      4096};
  size_t done = 0;
  for (size_t i = 0; i < CASE_COUNT; i++) {
    disk log = {.page = 4096, .fail_at = -1}, d = {.page = 4096, .fail_at = -1}, m = {.page = 4096, .fail_at = -1};
    bool written = false;
    make_after(&CASES[i]);
    disk_set(&log, before, OLD_SIZE);
    CHECK_OK(perform(&log, &CASES[i], &how, &written), err);
    /* The state behind the commit: the last event that leaves the size a trailer's, without a slot. */
    disk_set(&d, before, OLD_SIZE);
    rf_trailer t;
    rf_edit_state reached = RF_EDIT_NONE;
    for (size_t k = 0; k < log.events && reached != RF_EDIT_COMMITTED; k++) {
      rf_store store = disk_store(&d);
      disk_apply(&d, &log.log[k]);
      CHECK_OK(rf_trailer_load(&store, d.size, &t, &reached, &err), err);
      if (reached != RF_EDIT_COMMITTED)
        rf_trailer_clear(&t);
    }
    CHECK(reached == RF_EDIT_COMMITTED);
    for (int n = 0; n < (is_long ? 20000 : 400); n++) {
      disk_set(&m, d.data, d.size);
      m.limit = d.size;
      for (uint32_t change = draw(3) + 1; change > 0; change--) {
        uint8_t *at = m.data + t.record + 8 * draw((uint32_t)(t.record_bytes / 8));
        uint64_t value = odd[draw(sizeof odd / sizeof *odd)];
        if (draw(2) == 0) {
          memcpy(&value, at, 8);
          value += draw(2) ? 1 : UINT64_MAX;
        }
        memcpy(at, &value, 8);
      }
      uint8_t *foot = m.data + m.size - 64;
      if (draw(4) == 0) {
        uint64_t value = odd[draw(sizeof odd / sizeof *odd)];
        memcpy(foot + 16 + 8 * draw(5), &value, 8);
      }
      uint32_t crc = rf_crc32c(m.data + t.start + 2880, (size_t)(t.record + t.record_bytes - t.start - 2880), 0);
      memcpy(foot + 12, &crc, 4);
      crc = rf_crc32c(foot, 60, 0);
      memcpy(foot + 60, &crc, 4);
      if (draw(2) == 0) {
        uint8_t *slot = m.data + t.end;
        rf_edit_progress at = {draw(3), draw(3), draw(4), draw(4), draw(2) ? draw(5000) : odd[draw(8)], draw(60), 0};
        rf_line_encode_slot(&at, slot);
      }
      (void)read_state(m.data, m.size, true, 4096);
      if (write_state(&m) == IS_REFUSED)
        CHECK(m.events == 0);
      else
        done++;
      CHECK(!m.outside);
    }
    rf_trailer_clear(&t);
    disk_free(&log);
    disk_free(&d);
    disk_free(&m);
  }
  CHECK(done > 0);
}

/* ---- small ones ---- */

static void what_changes_in_one_page_needs_no_trailer(void) {
  disk d = {.page = 4096, .fail_at = -1};
  rf_edit *e = NULL;
  bool written = false;
  disk_set(&d, before, OLD_SIZE);
  rf_store store = disk_store(&d);
  rf_error_clear(&err);
  CHECK_OK(rf_edit_begin(&store, OLD_SIZE, OLD_SIZE, &e, &err), err);
  CHECK_OK(rf_store_write(rf_edit_store(e), 4096, "first", 5, &err), err);
  CHECK_OK(rf_store_write(rf_edit_store(e), 8185, "last", 4, &err), err);
  CHECK_OK(rf_edit_commit(e, &written, &err), err);
  rf_edit_free(e);
  CHECK(d.events == 1 && written && d.size == OLD_SIZE && memcmp(d.data + 8185, "last", 4) == 0);
  disk_set(&d, before, OLD_SIZE);
  written = false;
  CHECK_OK(rf_edit_begin(&store, OLD_SIZE, OLD_SIZE, &e, &err), err);
  CHECK_OK(rf_edit_commit(e, &written, &err), err);
  rf_edit_free(e);
  CHECK(d.events == 0 && !written);
  disk_free(&d);
}

/* A pool of several MiB is not kept in memory, and a failure after that leaves nothing behind. */
static void a_large_pool_goes_to_the_file(void) {
  size_t n = (size_t)5 << 20;
  uint8_t *bytes = malloc(n + 80);
  for (int fail = 0; fail < 2; fail++) {
    disk d = {.page = 1 << 20, .fail_at = -1};
    rf_edit *e = NULL;
    bool written = false;
    for (size_t i = 0; i < n; i++)
      bytes[i] = (uint8_t)(i * 7 + (i >> 10));
    disk_set(&d, before, OLD_SIZE);
    rf_store store = disk_store(&d);
    rf_error_clear(&err);
    CHECK_OK(rf_edit_begin(&store, OLD_SIZE, OLD_SIZE + n, &e, &err), err);
    CHECK_OK(rf_store_move(rf_edit_store(e), 2880, 2880 + n, OLD_SIZE - 2880, &err), err);
    for (size_t at = 0; at < n; at += n / 5)
      CHECK_OK(rf_store_write(rf_edit_store(e), 2880 + at, bytes + at, n / 5, &err), err);
    CHECK(d.size > OLD_SIZE + n);
    CHECK(compare(d.data, OLD_SIZE) == IS_BEFORE);
    if (!fail)
      CHECK_OK(rf_edit_commit(e, &written, &err), err);
    rf_edit_free(e);
    CHECK(written == !fail && d.size == (fail ? OLD_SIZE : OLD_SIZE + n));
    if (!fail)
      CHECK(memcmp(d.data + 2880, bytes, n) == 0 && memcmp(d.data + 2880 + n, before + 2880, OLD_SIZE - 2880) == 0);
    disk_free(&d);
  }
  free(bytes);
}

static void the_portable_crc_gives_the_same(void) {
  uint8_t bytes[1000];
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (uint8_t)(i * i + 3);
  CHECK(rf_crc32c("123456789", 9, 0) == 0xE3069283u);
  for (size_t n = 0; n < sizeof bytes; n += 37) {
    rf_sum sum;
    uint32_t crc[2], total[2];
    for (int fast = 0; fast < 2; fast++) {
      rf_crc32c_set_fast(fast != 0);
      crc[fast] = rf_crc32c(bytes, n, 5);
      rf_sum_begin(&sum, false);
      rf_sum_add(&sum, bytes, n < 512 ? 0 : 512);
      rf_sum_add(&sum, bytes + (n < 512 ? 0 : 512), n < 512 ? n : n - 512);
      total[fast] = rf_sum_end(&sum);
    }
    CHECK(crc[0] == crc[1] && total[0] == total[1]);
    CHECK(rf_crc32c("123456789", 9, 0) == 0xE3069283u);
  }
}

int main(int argc, char **argv) {
  is_long = argc > 1 && strcmp(argv[1], "long") == 0;
  rf_options_init(&options);
  make_before();
  RUN(the_portable_crc_gives_the_same);
  RUN(what_changes_in_one_page_needs_no_trailer);
  RUN(a_large_pool_goes_to_the_file);
  RUN(killed_at_every_event);
  RUN(a_power_cut_in_a_durable_edit);
  RUN(a_failure_leaves_the_old_file_or_one_that_can_be_finished);
  RUN(so_does_a_write_that_fails_half_way);
  RUN(a_full_disk_refuses_the_edit_before_it_begins);
  RUN(a_file_that_was_changed_since_is_left_alone_or_finished_right);
  RUN(absurd_records);
  rf_edit_tune(0, false);
  printf("%zu states of killed edits and recoveries\n", states);
  free(after);
  free(queue);
  return check_report();
}
