/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens the files of a call on several threads, for at most a given time.
 */
#ifndef RF_COLLECT_BATCH_H
#define RF_COLLECT_BATCH_H

#include <stdbool.h>

#include "base/error.h"

/* Why a file could not be read. {RF_OK, NULL}: it could. */
typedef struct rf_trouble {
  rf_status status;
  char *message;
} rf_trouble;

/* What was read of a file. */
typedef struct rf_batch_item {
  bool done;
  rf_trouble trouble;
} rf_batch_item;

/* What the files of a call are read for. */
typedef struct rf_batch_work {
  /* Reads file `i` into what the context has for it. *kept receives the bytes of memory that this took. */
  rf_status (*read)(void *context, size_t i, rf_file *file, const rf_collect_options *options, uint64_t *kept,
                    rf_error *err);
  void *context;
  /* NULL, or reads a plain HDU by one call for opening, reading and closing. */
  rf_status (*read_alone)(void *context, size_t i, const char *name, const rf_collect_options *options, uint64_t *kept,
                          rf_error *err);
} rf_batch_work;

/* Reads the files `names`. *done receives the number of the first files that were read, or have a trouble. The items
 * are zero at first; the caller frees their messages. Returns the status of a failure that is not of a file: of
 * memory, or of a function of the caller. */
rf_status rf_batch_run(const rf_batch_work *work, const char *const *names, size_t count,
                       const rf_collect_options *options, rf_batch_item *items, size_t *done, rf_error *err);

/* Returns whether the options let a file that cannot be read be the last one. `options` may be NULL. */
bool rf_batch_stops(const rf_collect_options *options);

/* Gets the index of the HDU that the options name. The file has been opened. */
rf_status rf_batch_find(rf_file *file, const rf_collect_options *options, size_t *index, rf_error *err);

#endif
