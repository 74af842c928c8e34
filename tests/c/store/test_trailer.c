/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Edits that move bytes, killed at every event, and their recoveries killed at every event, until no new state appears.
 * Each state has to be the file before the edit or the file behind it, for a reader and after an open for writing.
 * "test_trailer long" looks at more settings and draws more cases.
 */
#include "base/crc32c.h"
#include "check.h"
#include "disk.h"
#include "store/trailer/commit.h"
#include "store/trailer/edit.h"
#include "trailer_edits.h"

static char label[200];

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
    for (size_t i = 0; i < CASE_COUNT && check_failures < 20; i += is_long || k == 0 ? check_turns(1, 5) : 3)
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
  for (int n = 0; n < (int)(is_long ? 400 : check_turns(12, 2)); n++)
    for (size_t i = 0; i < CASE_COUNT && check_failures < 20; i++)
      cut_power(&CASES[i], &settings[n % 2]);
}

/* ---- failures ---- */

static void fail_everywhere(bool half) {
  static const setting how = {4096, 3008, false, false};
  for (size_t i = 0; i < CASE_COUNT; i += check_turns(1, 5)) {
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

int main(int argc, char **argv) {
  is_long = argc > 1 && strcmp(argv[1], "long") == 0;
  rf_options_init(&options);
  make_before();
  RUN(killed_at_every_event);
  RUN(a_power_cut_in_a_durable_edit);
  RUN(a_failure_leaves_the_old_file_or_one_that_can_be_finished);
  RUN(so_does_a_write_that_fails_half_way);
  RUN(a_full_disk_refuses_the_edit_before_it_begins);
  rf_edit_tune(0, false);
  printf("%zu states of killed edits and recoveries\n", states);
  free(after);
  free(queue);
  return check_report();
}
