/* SPDX-License-Identifier: BSD-3-Clause */
#include "collect/batch.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/system/platform.h"
#include "base/versioned.h"

/* Files that a thread must have to be worth its start: local ones take some microseconds each. */
#define FILES_A_THREAD 64
/* Threads that help without a word of the caller: more get in each other's way in the tables of the system, but for
 * files that wait for a server. */
#define LOCAL_THREADS 8
#define REMOTE_THREADS 16

/* Memory of a batch that makes its threads stop. The rows that are made of it take it over. */
#define MAX_BYTES ((uint64_t)64 << 20)

typedef struct job {
  const rf_batch_work *work;
  const char *const *names;
  const rf_collect_options *options;
  rf_batch_item *items;
  double end; /* 0: none */
  atomic_uint_least64_t kept;
} job;

void rf_collect_options_init(rf_collect_options *options) {
  if (options != NULL)
    *options = (rf_collect_options){.size = sizeof *options};
}

bool rf_batch_stops(const rf_collect_options *options) {
  rf_collect_options own;
  rf_collect_options_init(&own);
  if (options != NULL)
    rf_struct_take(&own, sizeof own, options);
  return own.stop != 0;
}

rf_status rf_batch_find(rf_file *file, const rf_collect_options *options, size_t *index, rf_error *err) {
  size_t count;
  if (options->extname != NULL)
    return rf_file_find(file, options->extname, options->extver, index, err);
  if (options->hdu >= 0) {
    *index = (size_t)options->hdu;
    return RF_OK;
  }
  RF_TRY(rf_file_get_hdu_count(file, &count, err));
  if (options->hdu < -(int64_t)count) {
    rf_status status = rf_fail(err, RF_ERR_NOT_FOUND, "no HDU %lld: there are %zu", (long long)options->hdu, count);
    return rf_error_locate(err, status, rf_file_get_name(file), -1);
  }
  *index = count - (size_t)-options->hdu;
  return RF_OK;
}

static rf_status read_open(const job *j, size_t i, uint64_t *kept, rf_error *err) {
  rf_file *file;
  RF_TRY(rf_file_open(j->names[i], RF_MODE_READ, j->options->open, &file, err));
  rf_status status = j->work->read(j->work->context, i, file, j->options, kept, err);
  rf_status closed = rf_file_free(file, status == RF_OK ? err : NULL);
  return status != RF_OK ? status : closed;
}

/* Returns whether a failure is not one of the file. */
static bool is_fatal(rf_status status) {
  return status == RF_ERR_MEMORY || status == RF_ERR_CALLBACK;
}

static bool is_enough(job *j) {
  return atomic_load_explicit(&j->kept, memory_order_relaxed) >= MAX_BYTES ||
         (j->end > 0 && rf_time_seconds() >= j->end);
}

static rf_status read_one(void *context, size_t i, unsigned worker, rf_error *err) {
  job *j = context;
  rf_batch_item *item = &j->items[i];
  uint64_t kept = 0;
  rf_error why;
  (void)worker;
  if (i > 0 && is_enough(j))
    return RF_OK;
  rf_error_clear(&why);
  bool alone = j->work->read_alone != NULL && j->options->extname == NULL && j->options->hdu >= 0;
  rf_status status = alone ? j->work->read_alone(j->work->context, i, j->names[i], j->options, &kept, &why)
                           : read_open(j, i, &kept, &why);
  if (is_fatal(status)) {
    if (err != NULL)
      *err = why;
    return status;
  }
  atomic_fetch_add_explicit(&j->kept, kept, memory_order_relaxed);
  if (status != RF_OK) {
    item->trouble = (rf_trouble){status, rf_strdup(why.message)};
    if (item->trouble.message == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate an error message");
  }
  item->done = true;
  return status == RF_OK || !j->options->stop ? RF_OK : status;
}

static bool is_remote(const char *name) {
  const char *colon = strchr(name, ':');
  return colon != NULL && colon[1] == '/' && colon[2] == '/';
}

static unsigned count_threads(const char *const *names, size_t count, unsigned wanted) {
  size_t remote = 0;
  for (size_t i = 0; i < count; i++)
    remote += is_remote(names[i]);
  size_t worth = remote + (count - remote) / FILES_A_THREAD;
  if (worth < 2)
    return 1;
  if (wanted == 0) {
    unsigned processors = rf_default_threads();
    wanted = processors < LOCAL_THREADS ? processors : LOCAL_THREADS;
    if (remote > wanted)
      wanted = remote < REMOTE_THREADS ? (unsigned)remote : REMOTE_THREADS;
  }
  return worth < wanted ? (unsigned)worth : wanted;
}

rf_status rf_batch_run(const rf_batch_work *work, const char *const *names, size_t count,
                       const rf_collect_options *options, rf_batch_item *items, size_t *done, rf_error *err) {
  rf_collect_options own;
  rf_options open;
  for (size_t i = 0; i < count; i++)
    if (names[i] == NULL)
      return rf_fail(err, RF_ERR_ARGUMENT, "the name of file %zu is NULL", i);
  rf_collect_options_init(&own);
  rf_options_init(&open);
  if (options != NULL)
    rf_struct_take(&own, sizeof own, options);
  if (own.open != NULL)
    rf_struct_take(&open, sizeof open, own.open);
  unsigned threads = count_threads(names, count, own.threads);
  if (threads > 1 && open.threads == 0)
    open.threads = 1;
  own.open = &open;
  job j = {.work = work, .names = names, .options = &own, .items = items};
  j.end = own.milliseconds > 0 ? rf_time_seconds() + own.milliseconds * 1e-3 : 0;
  atomic_init(&j.kept, 0);
  rf_error why;
  rf_error_clear(&why);
  rf_status status = rf_parallel(threads, count, read_one, &j, &why);
  size_t n = 0;
  while (n < count && items[n].done && (n == 0 || !own.stop || items[n - 1].trouble.status == RF_OK))
    n++;
  *done = n;
  if (status == RF_OK || (own.stop && !is_fatal(status)))
    return RF_OK;
  if (err != NULL)
    *err = why;
  return status;
}
