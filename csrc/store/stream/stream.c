/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver of -, stream://, stdin://, stdout:// and fd://N. A regular file is read at offsets from the current one
 * on; anything else is a spooled or a forward stream.
 */
#include "store/stream/stream.h"

#include <limits.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/system/descriptor.h"
#include "store/http/url.h"
#include "store/stream/forward.h"
#include "store/stream/output.h"
#include "store/stream/spooled.h"

typedef struct stream_state {
  rf_descriptor descriptor;
  int number;
  bool writing;
  const rf_driver_ops *ops; /* of `inner`; NULL: a regular file is read */
  void *inner;
  uint32_t flags;
  struct stream_state *next; /* in `streams` */
} stream_state;

/* The open streams that take bytes from a descriptor, or send bytes to it. Two of one descriptor would share them. */
static rf_mutex lock = RF_MUTEX_INIT;
static stream_state *streams;

/* ---- names ---- */

static rf_status parse_number(const char *text, int *number, rf_error *err) {
  long long value = 0;
  size_t n = 0;
  for (; text[n] >= '0' && text[n] <= '9' && value <= INT_MAX; n++)
    value = value * 10 + (text[n] - '0');
  if (n == 0 || text[n] != '\0' || value > INT_MAX)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected fd://N with the decimal number of an open descriptor");
  *number = (int)value;
  return RF_OK;
}

/* Gets the descriptor that a name means in this mode. */
static rf_status parse_name(const char *name, bool writing, int *number, rf_error *err) {
  size_t n = rf_url_scheme(name);
  const char *rest = n > 0 ? name + n + 3 : "";
  *number = writing ? 1 : 0;
  if (rf_is_name(name, n, "fd"))
    return parse_number(rest, number, err);
  if (rf_is_name(name, n, "stdout") && !writing)
    return rf_fail(err, RF_ERR_ARGUMENT, "stdout:// can only be written; open with \"w+\"");
  if (rest[0] != '\0' && strcmp(rest, "-") != 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected %.*s:// with nothing behind it: a stream has no path", (int)n, name);
  return RF_OK;
}

/* ---- one stream a descriptor ---- */

static rf_status claim(stream_state *s, rf_error *err) {
  rf_mutex_lock(&lock);
  const stream_state *other = streams;
  while (other != NULL && (other->number != s->number || other->writing != s->writing))
    other = other->next;
  if (other == NULL) {
    s->next = streams;
    streams = s;
  }
  rf_mutex_unlock(&lock);
  if (other != NULL)
    return rf_fail(err, RF_ERR_LOCKED, "another open file of this process uses descriptor %d; close it first",
                   s->number);
  return RF_OK;
}

static void release(stream_state *s) {
  rf_mutex_lock(&lock);
  for (stream_state **at = &streams; *at != NULL; at = &(*at)->next)
    if (*at == s) {
      *at = s->next;
      break;
    }
  rf_mutex_unlock(&lock);
}

/* ---- opening and closing ---- */

static rf_status begin_reading(stream_state *s, const rf_options *options, rf_error *err) {
  const rf_source source = rf_source_of_descriptor(&s->descriptor.fd);
  bool forward = (options->flags & RF_OPEN_FORWARD) != 0;
  if (s->descriptor.kind == RF_DESCRIPTOR_FILE)
    return RF_OK;
  s->flags |= RF_DRIVER_SEQUENTIAL | RF_DRIVER_VOLATILE | (forward ? RF_DRIVER_FORWARD : 0);
  s->ops = forward ? &rf_forward_ops : &rf_spooled_ops;
  RF_TRY(claim(s, err));
  rf_status status =
      forward ? rf_forward_new(&source, &s->inner, err) : rf_spooled_new(&source, options->spool_bytes, &s->inner, err);
  if (status != RF_OK)
    release(s);
  return status;
}

static rf_status begin_writing(stream_state *s, const rf_options *options, rf_error *err) {
  if (s->descriptor.kind == RF_DESCRIPTOR_TERMINAL)
    return rf_fail(err, RF_ERR_IO, "descriptor %d is a terminal: send the output to a file or to another program",
                   s->number);
  s->flags |= RF_DRIVER_VOLATILE | RF_DRIVER_AT_CLOSE;
  s->ops = &rf_output_ops;
  RF_TRY(claim(s, err));
  rf_status status = rf_output_new(s->number, s->descriptor.fd, options->spool_bytes, &s->inner, err);
  if (status != RF_OK)
    release(s);
  return status;
}

static rf_status begin(stream_state *s, const char *name, const rf_options *options, rf_error *err) {
  RF_TRY(parse_name(name, s->writing, &s->number, err));
  RF_TRY(rf_descriptor_find(s->number, s->writing, &s->descriptor, err));
  return s->writing ? begin_writing(s, options, err) : begin_reading(s, options, err);
}

static rf_status stream_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                             void **state, rf_error *err) {
  if (mode == RF_MODE_READ_WRITE)
    return rf_fail(err, RF_ERR_ARGUMENT, "a stream is read (\"r\") or written (\"w+\"), not both");
  stream_state *s = rf_alloc_zero(1, sizeof *s);
  if (s == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a stream");
  s->flags = driver->flags;
  s->writing = mode == RF_MODE_CREATE;
  rf_status status = begin(s, name, options, err);
  if (status != RF_OK) {
    rf_free(s);
    return status;
  }
  *state = s;
  return RF_OK;
}

static rf_status stream_close(void *state, rf_error *err) {
  stream_state *s = state;
  rf_status status = s->ops != NULL ? s->ops->close(s->inner, err) : RF_OK;
  release(s);
  rf_free(s);
  return status;
}

/* ---- operations ---- */

static rf_status stream_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  stream_state *s = state;
  uint64_t begin;
  if (s->ops != NULL)
    return s->ops->read_at(s->inner, offset, buffer, n, got, err);
  *got = 0;
  return rf_add_u64(s->descriptor.position, offset, &begin) ? rf_fd_read(s->descriptor.fd, begin, buffer, n, got, err)
                                                            : RF_OK;
}

static rf_status stream_get_size(void *state, uint64_t *size, rf_error *err) {
  stream_state *s = state;
  if (s->ops != NULL)
    return s->ops->get_size(s->inner, size, err);
  RF_TRY(rf_fd_size(s->descriptor.fd, size, err));
  *size = *size > s->descriptor.position ? *size - s->descriptor.position : 0;
  return RF_OK;
}

static rf_status stream_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  stream_state *s = state;
  return s->ops != NULL && s->ops->peek != NULL ? s->ops->peek(s->inner, offset, n, bytes, err) : RF_ERR_UNSUPPORTED;
}

/* Only outputs are written. */
static rf_status stream_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  stream_state *s = state;
  return s->ops->write_at(s->inner, offset, buffer, n, err);
}

static rf_status stream_truncate(void *state, uint64_t size, rf_error *err) {
  stream_state *s = state;
  return s->ops->truncate(s->inner, size, err);
}

static void stream_discard(void *state) {
  stream_state *s = state;
  if (s->writing)
    s->ops->discard(s->inner);
}

static uint32_t stream_get_flags(void *state) {
  return ((stream_state *)state)->flags;
}

const rf_driver_ops rf_stream_ops = {
    .size = sizeof(rf_driver_ops),
    .open = stream_open,
    .read_at = stream_read_at,
    .peek = stream_peek,
    .get_size = stream_get_size,
    .write_at = stream_write_at,
    .truncate = stream_truncate,
    .discard = stream_discard,
    .close = stream_close,
    .get_flags = stream_get_flags,
};
