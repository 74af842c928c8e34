/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/index/state.h"

#include <string.h>

#include "base/memory.h"

static void free_idle(rf_indexed *g) {
  for (size_t i = 0; i < RF_IDLE_CURSORS; i++) {
    rf_cursor_free(g->idle[i]);
    g->idle[i] = NULL;
  }
}

rf_indexed *rf_indexed_new(void) {
  rf_indexed *g = rf_alloc_zero(1, sizeof *g);
  if (g == NULL)
    return NULL;
  g->forks = rf_fork_count();
  rf_error_clear(&g->failure_error);
  if (!rf_mutex_init(&g->mutex)) {
    rf_free(g);
    return NULL;
  }
  if (!rf_cond_init(&g->changed)) {
    rf_mutex_destroy(&g->mutex);
    rf_free(g);
    return NULL;
  }
  return g;
}

void rf_indexed_free(rf_indexed *g) {
  rf_chunks_free(&g->chunks);
  free_idle(g);
  rf_cursor_free(g->scan.cursor);
  rf_marks_free(&g->marks);
  rf_marks_free(&g->dropped[0]);
  rf_marks_free(&g->dropped[1]);
  rf_cond_destroy(&g->changed);
  rf_mutex_destroy(&g->mutex);
  rf_free(g);
}

/* ---------------------------------------------------------------- forked children and wrong marks */

rf_status rf_indexed_begin(rf_indexed *g, rf_error *err) {
  rf_mark *first;
  g->marks = (rf_marks){0};
  g->kept = false;
  g->generation++;
  RF_TRY(rf_mark_new(&first, err));
  rf_status status = rf_marks_add(&g->marks, first, err);
  if (status != RF_OK)
    rf_mark_free(first);
  return status;
}

/* Repairs the state in a forked child, where no other thread decodes. The memory of those threads is not freed, because
 * its state is unknown. If a thread of the parent was changing the state, the index begins again. */
static void begin_again(rf_indexed *g) {
  g->forks = rf_fork_count();
  if (g->scanning)
    g->scan.cursor = NULL;
  g->scanning = false;
  g->spare = NULL;
  if (!rf_mutex_was_abandoned(&g->mutex)) {
    rf_chunks_abandon(&g->chunks);
    return;
  }
  g->chunks = (rf_chunks){0};
  g->scan.cursor = NULL;
  memset(g->idle, 0, sizeof g->idle);
  g->failure = rf_indexed_begin(g, &g->failure_error);
  if (g->options.codec != NULL)
    g->failure = rf_fail(&g->failure_error, RF_ERR_IO,
                         "the parent process was changing the index of the file when it forked; open the file again");
}

void rf_indexed_lock(rf_indexed *g) {
  rf_mutex_lock(&g->mutex);
  if (g->forks != rf_fork_count())
    begin_again(g);
}

void rf_indexed_drop(rf_indexed *g, bool members) {
  g->dropped[members ? 1 : 0] = g->marks;
  g->plain = members;
  atomic_store(g->options.stray, 0);
  rf_chunks_forget(&g->chunks);
  free_idle(g);
  if (!g->scanning) {
    rf_cursor_free(g->scan.cursor);
    g->scan.cursor = NULL;
  }
  rf_error_clear(&g->failure_error);
  g->failure = rf_indexed_begin(g, &g->failure_error);
  rf_cond_broadcast(&g->changed);
}
