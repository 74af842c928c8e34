/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ArrowArrayStream, and the calls of rustfits/data/arrow.h.
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "arrow/array.h"
#include "arrow/batch.h"
#include "arrow/schema.h"
#include "base/memory.h"
#include "file/call.h"

typedef struct stream {
  rf_arrow_source source;
  uint64_t done; /* rows */
  rf_error err;  /* of the last call */
  void (*finish)(void *user);
  void *user;
} stream;

/* ---- the operations of a stream ---- */

static int errno_of(rf_status status) {
  switch (status) {
  case RF_OK:
    return 0;
  case RF_ERR_MEMORY:
    return ENOMEM;
  case RF_ERR_UNSUPPORTED:
    return ENOSYS;
  case RF_ERR_ARGUMENT:
  case RF_ERR_RANGE:
  case RF_ERR_TYPE:
    return EINVAL;
  default:
    return EIO;
  }
}

/* Adds file and HDU to a message, and makes an errno of a status. */
static int finish_call(stream *s, rf_status status) {
  return errno_of(rf_call_locate(s->source.file, s->source.index, status, &s->err));
}

static int get_schema(struct ArrowArrayStream *self, struct ArrowSchema *out) {
  stream *s = self->private_data;
  rf_error_clear(&s->err);
  rf_status status = rf_arrow_source_check(&s->source, &s->err);
  if (status == RF_OK)
    status = rf_arrow_schema_make(&s->source, out, &s->err);
  return finish_call(s, status);
}

static int get_next(struct ArrowArrayStream *self, struct ArrowArray *out) {
  stream *s = self->private_data;
  uint64_t left = s->source.rows.count - s->done, count = 0;
  rf_error_clear(&s->err);
  if (left == 0) {
    out->release = NULL;
    return 0;
  }
  rf_status status = rf_arrow_source_check(&s->source, &s->err);
  if (status == RF_OK)
    status = rf_arrow_batch_read(&s->source, s->done, left < s->source.batch_rows ? left : s->source.batch_rows, false,
                                 out, &count, &s->err);
  if (status == RF_OK)
    s->done += count;
  return finish_call(s, status);
}

static const char *get_last_error(struct ArrowArrayStream *self) {
  stream *s = self->private_data;
  return s->err.code != RF_OK ? s->err.message : NULL;
}

static void release_stream(struct ArrowArrayStream *self) {
  stream *s = self->private_data;
  rf_file *file = s->source.file;
  void (*finish)(void *user) = s->finish;
  void *user = s->user;
  rf_arrow_source_free(&s->source);
  rf_free(s);
  self->private_data = NULL;
  self->release = NULL;
  rf_file_drop(file);
  if (finish != NULL)
    finish(user);
}

/* ---- the calls ---- */

rf_status rf_arrow_get_schema(rf_file *file, size_t index, const rf_arrow_request *request, struct ArrowSchema *schema,
                              rf_error *err) {
  rf_arrow_source source;
  rf_error_clear(err);
  RF_TRY(rf_arrow_source_init(&source, file, index, request, err));
  rf_status status = rf_arrow_schema_make(&source, schema, err);
  rf_arrow_source_free(&source);
  return rf_call_locate(file, index, status, err);
}

rf_status rf_arrow_open_stream(rf_file *file, size_t index, const rf_arrow_request *request,
                               struct ArrowArrayStream *out, rf_error *err) {
  rf_error_clear(err);
  stream *s = rf_alloc_zero(1, sizeof *s);
  if (s == NULL)
    return rf_call_locate(file, index, rf_fail(err, RF_ERR_MEMORY, "cannot allocate an Arrow stream"), err);
  rf_status status = rf_arrow_source_init(&s->source, file, index, request, err);
  if (status != RF_OK) {
    rf_free(s);
    return status;
  }
  rf_error_clear(&s->err);
  if (request != NULL) {
    rf_arrow_request own;
    (void)rf_arrow_request_take(request, &own, NULL);
    s->finish = own.finish;
    s->user = own.user;
  }
  rf_file_hold(file);
  *out = (struct ArrowArrayStream){.get_schema = get_schema,
                                   .get_next = get_next,
                                   .get_last_error = get_last_error,
                                   .release = release_stream,
                                   .private_data = s};
  return RF_OK;
}

rf_status rf_arrow_get_error(const struct ArrowArrayStream *self, rf_error *err) {
  rf_error_clear(err);
  if (self == NULL || self->release != release_stream)
    return rf_fail(err, RF_ERR_ARGUMENT, "no stream of this library");
  const stream *s = self->private_data;
  if (err != NULL)
    *err = s->err;
  return s->err.code;
}

rf_status rf_arrow_read(rf_file *file, size_t index, const rf_arrow_request *request, struct ArrowArray *array,
                        rf_error *err) {
  rf_arrow_source source;
  struct ArrowArray made;
  uint64_t count = 0;
  rf_error_clear(err);
  RF_TRY(rf_arrow_source_init(&source, file, index, request, err));
  uint64_t most = source.rows.count;
  rf_status status = RF_OK;
  if (most > rf_arrow_source_most(&source))
    status = rf_fail(err, RF_ERR_LIMIT, "too many rows for one batch of Arrow: use a stream");
  if (status == RF_OK)
    status = rf_arrow_batch_read(&source, 0, most, true, &made, &count, err);
  if (status == RF_OK && count < most) {
    rf_arrow_array_release(&made);
    status =
        rf_fail(err, RF_ERR_LIMIT, "the cells of variable length are too many for one batch of Arrow: use a stream");
  }
  if (status == RF_OK)
    *array = made;
  rf_arrow_source_free(&source);
  return rf_call_locate(file, index, status, err);
}
