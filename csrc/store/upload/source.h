/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The content of a spool as bodies of requests, and the progress of sending it.
 */
#ifndef RF_STORE_UPLOAD_SOURCE_H
#define RF_STORE_UPLOAD_SOURCE_H

#include "base/system/platform.h"

typedef struct rf_source {
  void *spool;
  uint64_t bytes;                  /* of the content */
  const rf_remote_options *remote; /* progress; borrowed */
  rf_mutex lock;                   /* of the following members */
  uint64_t done;                   /* bytes that were sent */
  uint64_t told;                   /* bytes that were last reported */
  double last;                     /* when progress was last reported */
} rf_source;

/* Makes a source of the content of `spool`. Both are borrowed. */
rf_status rf_source_open(rf_source *source, void *spool, const rf_remote_options *remote, rf_error *err);
void rf_source_close(rf_source *source);

/* Reports the end of the content, if no body did. */
rf_status rf_source_finish(rf_source *source, rf_error *err);

/* A part of the content, or bytes in memory, as a body. It stays in place while `body` is in use. */
typedef struct rf_span {
  rf_source *source; /* NULL: `memory` */
  const uint8_t *memory;
  uint64_t first; /* offset in the content */
  bool is_quiet;  /* another thread than the caller's reads it: an exception of the progress function would be lost */
  uint64_t sent;  /* bytes that are counted already; repeats count once */
  rf_body body;
} rf_span;

void rf_span_of_source(rf_span *span, rf_source *source, uint64_t first, uint64_t bytes);
void rf_span_of_memory(rf_span *span, const void *memory, size_t n);

#endif
