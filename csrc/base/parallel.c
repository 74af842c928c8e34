/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/parallel.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/system/platform.h"

/* What a thread has to make before it is worth its start: at a GB/s or so that takes a millisecond, a start a fiftieth
 * of one. */
#define BYTES_A_THREAD ((uint64_t)1 << 20)

/* Copying and turning bytes round goes faster, and memory sets its pace more than processors do. */
#define BYTES_A_READER ((uint64_t)8 << 20)
#define USUAL_READERS 2

/* RUSTFITS_NUM_THREADS, or `most` of the processors. */
static unsigned default_threads(unsigned most) {
  const char *text = getenv("RUSTFITS_NUM_THREADS");
  unsigned value = 0;
  if (text)
    for (; *text >= '0' && *text <= '9' && value <= RF_MAX_THREADS; text++)
      value = value * 10 + (unsigned)(*text - '0');
  if (text && *text == '\0' && value >= 1 && value <= RF_MAX_THREADS)
    return value;
  unsigned processors = rf_processor_count();
  return processors < most ? processors : most;
}

unsigned rf_default_threads(void) {
  return default_threads(RF_MAX_THREADS);
}

static unsigned worth_threads(unsigned wanted, uint64_t worth, size_t count, unsigned most) {
  if (worth > count)
    worth = count;
  if (worth < 2) /* before the system is asked: most calls are small */
    return 1;
  if (wanted == 0)
    wanted = default_threads(most);
  if (wanted > RF_MAX_THREADS)
    wanted = RF_MAX_THREADS;
  return worth < wanted ? (unsigned)worth : wanted;
}

unsigned rf_worth_threads(unsigned wanted, size_t count, uint64_t bytes) {
  return worth_threads(wanted, bytes / BYTES_A_THREAD, count, RF_MAX_THREADS);
}

unsigned rf_worth_readers(unsigned wanted, size_t count, uint64_t bytes) {
  return worth_threads(wanted, bytes / BYTES_A_READER, count, USUAL_READERS);
}

/* What the threads of a call share. Pieces are handed out in order, so when piece i was begun, so were all before it:
 * the lowest failure is the one that a single thread would have met. */
typedef struct job {
  rf_work work;
  void *context;
  size_t count;
  atomic_size_t next;
  atomic_bool failed;
} job;

typedef struct worker {
  job *job;
  unsigned number;
  rf_thread thread;
  rf_status status;
  size_t piece; /* that failed */
  rf_error err;
} worker;

static void run_worker(void *context) {
  worker *self = context;
  job *shared = self->job;
  while (!atomic_load_explicit(&shared->failed, memory_order_relaxed)) {
    size_t i = atomic_fetch_add_explicit(&shared->next, 1, memory_order_relaxed);
    if (i >= shared->count)
      return;
    self->status = shared->work(shared->context, i, self->number, &self->err);
    if (self->status != RF_OK) {
      self->piece = i;
      atomic_store_explicit(&shared->failed, true, memory_order_relaxed);
      return;
    }
  }
}

static rf_status run_alone(size_t count, rf_work work, void *context, rf_error *err) {
  for (size_t i = 0; i < count; i++)
    RF_TRY(work(context, i, 0, err));
  return RF_OK;
}

static rf_status first_failure(const worker *workers, unsigned count, rf_error *err) {
  const worker *first = NULL;
  for (unsigned w = 0; w < count; w++)
    if (workers[w].status != RF_OK && (!first || workers[w].piece < first->piece))
      first = &workers[w];
  if (!first)
    return RF_OK;
  if (err && err->code == RF_OK)
    *err = first->err;
  return first->status;
}

rf_status rf_parallel(unsigned threads, size_t count, rf_work work, void *context, rf_error *err) {
  if (threads > RF_MAX_THREADS)
    threads = RF_MAX_THREADS;
  if (threads > count)
    threads = (unsigned)count;
  worker *workers = threads < 2 ? NULL : rf_alloc_zero(threads, sizeof *workers);
  if (!workers) /* nothing to share, or no memory to share it with */
    return run_alone(count, work, context, err);
  job shared = {.work = work, .context = context, .count = count};
  atomic_init(&shared.next, 0);
  atomic_init(&shared.failed, false);
  unsigned started = 0;
  for (unsigned w = 0; w < threads; w++) {
    workers[w].job = &shared;
    workers[w].number = w;
    rf_error_clear(&workers[w].err);
  }
  while (started + 1 < threads && rf_thread_start(&workers[started + 1].thread, run_worker, &workers[started + 1]))
    started++;
  run_worker(&workers[0]); /* the caller's thread works, too */
  for (unsigned w = 1; w <= started; w++)
    rf_thread_join(&workers[w].thread);
  rf_status status = first_failure(workers, threads, err);
  rf_free(workers);
  return status;
}

const void *rf_thread_mark(void) {
  static _Thread_local char mark;
  return &mark;
}
