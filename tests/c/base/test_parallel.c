/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every piece runs once, by a worker that does nothing else meanwhile, and the failure that is told does not depend on
 * the number of threads. Under ThreadSanitizer (tools/test.sh c-threads) this also shows that results need no lock.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/system/platform.h"
#include "check.h"

#define PIECES 5000
#define SPIN 200

static rf_error err;

typedef struct tally {
  unsigned char seen[PIECES]; /* not atomic: a piece belongs to one thread */
  atomic_int busy[RF_MAX_THREADS];
  atomic_int collisions;
  atomic_size_t begun;
  unsigned threads;
  size_t fail_from;  /* pieces from here on fail ... */
  size_t fail_every; /* ... when they are multiples of this */
  size_t last;       /* piece before this one, with one thread */
  bool ordered;
} tally;

static rf_status piece(void *context, size_t i, unsigned worker, rf_error *e) {
  tally *t = context;
  atomic_fetch_add(&t->begun, 1);
  if (worker >= t->threads || atomic_fetch_add(&t->busy[worker], 1) != 0)
    atomic_fetch_add(&t->collisions, 1);
  volatile unsigned spin = 0;
  for (unsigned k = 0; k < SPIN + (i % 7) * SPIN; k++)
    spin += k;
  t->seen[i]++;
  if (t->threads == 1) {
    t->ordered = t->ordered && (i == 0 || t->last == i - 1);
    t->last = i;
  }
  if (worker < t->threads)
    atomic_fetch_sub(&t->busy[worker], 1);
  if (t->fail_every && i >= t->fail_from && i % t->fail_every == 0)
    return rf_fail(e, RF_ERR_CODEC, "piece %zu is bad", i);
  return RF_OK;
}

static tally *new_tally(unsigned threads) {
  tally *t = calloc(1, sizeof *t);
  if (!t)
    exit(2);
  t->threads = threads;
  t->ordered = true;
  return t;
}

static void every_piece_runs_once(void) {
  const unsigned counts[] = {0, 1, 2, 3, 8, 64};
  for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
    tally *t = new_tally(counts[k] ? counts[k] : 1);
    rf_error_clear(&err);
    CHECK_OK(rf_parallel(counts[k], PIECES, piece, t, &err), err);
    for (size_t i = 0; i < PIECES; i++)
      if (t->seen[i] != 1) {
        CHECK(!"a piece ran more or less than once");
        break;
      }
    CHECK(t->collisions == 0);
    CHECK(t->ordered);
    free(t);
  }
}

static void few_pieces_and_none(void) {
  tally *t = new_tally(4);
  CHECK_OK(rf_parallel(4, 0, piece, t, &err), err);
  CHECK(t->begun == 0);
  CHECK_OK(rf_parallel(100000, 3, piece, t, &err), err);
  CHECK(t->begun == 3 && t->seen[0] + t->seen[1] + t->seen[2] == 3);
  CHECK(t->collisions == 0);
  free(t);
}

static void the_lowest_failure_is_told(void) {
  for (unsigned threads = 1; threads <= 9; threads++)
    for (int round = 0; round < 20; round++) {
      tally *t = new_tally(threads);
      t->fail_from = 1000;
      t->fail_every = 3;
      rf_error_clear(&err);
      CHECK(rf_parallel(threads, PIECES, piece, t, &err) == RF_ERR_CODEC);
      CHECK_STR(err.message, "piece 1002 is bad");
      CHECK(t->begun >= 1003 && t->begun <= 1003 + (size_t)64 * threads);
      CHECK(rf_parallel(threads, PIECES, piece, t, NULL) == RF_ERR_CODEC);
      free(t);
    }
}

/* An allocator that has nothing: the work is done by the calling thread. */
static void *no_memory(void *user, void *block, size_t size) {
  (void)user;
  (void)block;
  (void)size;
  return NULL;
}

static void no_free(void *user, void *block) {
  (void)user;
  (void)block;
}

static void without_memory_the_caller_works(void) {
  const rf_allocator empty = {no_memory, no_free, NULL};
  tally *t = new_tally(1);
  rf_allocator_set(&empty);
  rf_status status = rf_parallel(8, PIECES, piece, t, &err);
  rf_allocator_set(NULL);
  CHECK(status == RF_OK);
  CHECK(t->begun == PIECES && t->ordered && t->collisions == 0);
  free(t);
}

static void set_threads(const char *text) {
#if defined(_WIN32)
  char assignment[64];
  snprintf(assignment, sizeof assignment, "RUSTFITS_NUM_THREADS=%s", text ? text : "");
  (void)_putenv(assignment);
#else
  if (text)
    (void)setenv("RUSTFITS_NUM_THREADS", text, 1);
  else
    (void)unsetenv("RUSTFITS_NUM_THREADS");
#endif
}

static void default_threads(void) {
  const char *wrong[] = {"0", "-1", "257", "4294967297", "99999999999999999999", "2x", " 2", "2.0", "two"};
  unsigned processors = rf_processor_count();
  CHECK(processors >= 1);
  if (processors > RF_MAX_THREADS)
    processors = RF_MAX_THREADS;
  set_threads(NULL);
  CHECK(rf_default_threads() == processors);
  set_threads("3");
  CHECK(rf_default_threads() == 3);
  set_threads("256");
  CHECK(rf_default_threads() == 256);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    set_threads(wrong[i]);
    CHECK(rf_default_threads() == processors);
  }
  set_threads(NULL);
}

static void worth_threads(void) {
  const uint64_t mib = (uint64_t)1 << 20;
  set_threads("6");
  CHECK(rf_worth_threads(0, 1000, 100 * mib) == 6);
  CHECK(rf_worth_threads(4, 1000, 100 * mib) == 4);
  CHECK(rf_worth_threads(4, 3, 100 * mib) == 3);
  CHECK(rf_worth_threads(4, 0, 100 * mib) == 1);
  CHECK(rf_worth_threads(4, 1000, 0) == 1);
  CHECK(rf_worth_threads(4, 1000, mib) == 1);
  CHECK(rf_worth_threads(4, 1000, 3 * mib) == 3);
  CHECK(rf_worth_threads(1, 1000, 100 * mib) == 1);
  CHECK(rf_worth_threads(100000, SIZE_MAX, UINT64_MAX) == RF_MAX_THREADS);
  set_threads(NULL);
}

/* Memory limits the reading of unencoded data. Two threads therefore read it unless the caller sets more. */
static void worth_readers(void) {
  const uint64_t mib = (uint64_t)1 << 20;
  unsigned processors = rf_processor_count();
  set_threads(NULL);
  CHECK(rf_worth_readers(0, 1000, 100 * mib) == (processors < 2 ? processors : 2));
  CHECK(rf_worth_readers(5, 1000, 100 * mib) == 5);
  CHECK(rf_worth_readers(1, 1000, 100 * mib) == 1);
  CHECK(rf_worth_readers(5, 1000, 15 * mib) == 1);
  CHECK(rf_worth_readers(5, 1000, 16 * mib) == 2);
  CHECK(rf_worth_readers(5, 3, 100 * mib) == 3);
  CHECK(rf_worth_readers(100000, SIZE_MAX, UINT64_MAX) == RF_MAX_THREADS);
  set_threads("6");
  CHECK(rf_worth_readers(0, 1000, 100 * mib) == 6);
  CHECK(rf_worth_readers(1, 1000, 100 * mib) == 1);
  set_threads(NULL);
}

int main(void) {
  RUN(every_piece_runs_once);
  RUN(few_pieces_and_none);
  RUN(the_lowest_failure_is_told);
  RUN(without_memory_the_caller_works);
  RUN(default_threads);
  RUN(worth_threads);
  RUN(worth_readers);
  return check_report();
}
