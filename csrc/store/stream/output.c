/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/stream/output.h"

#include "base/memory.h"
#include "base/system/descriptor.h"
#include "store/local/spool.h"

/* Bytes of one write. */
#define CHUNK_BYTES ((size_t)1 << 20)

typedef struct output_state {
  int number;
  rf_fd fd;
  void *spool;
  unsigned forks; /* rf_fork_count() when it was made */
  bool discarded;
} output_state;

static rf_status output_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  return rf_spool_ops.read_at(((output_state *)state)->spool, offset, buffer, n, got, err);
}

static rf_status output_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  return rf_spool_ops.peek(((output_state *)state)->spool, offset, n, bytes, err);
}

static rf_status output_get_size(void *state, uint64_t *size, rf_error *err) {
  return rf_spool_ops.get_size(((output_state *)state)->spool, size, err);
}

/* The temporary file of the spool is that of the parent, too. */
static rf_status refuse_child(const output_state *s, rf_error *err) {
  if (s->forks == rf_fork_count())
    return RF_OK;
  return rf_fail(err, RF_ERR_UNSUPPORTED,
                 "the stream was opened before this process was forked: only the parent process can write it");
}

static rf_status output_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  output_state *s = state;
  RF_TRY(refuse_child(s, err));
  return rf_spool_ops.write_at(s->spool, offset, buffer, n, err);
}

static rf_status output_truncate(void *state, uint64_t size, rf_error *err) {
  output_state *s = state;
  RF_TRY(refuse_child(s, err));
  return rf_spool_ops.truncate(s->spool, size, err);
}

static void output_discard(void *state) {
  ((output_state *)state)->discarded = true;
}

/* ---- sending ---- */

/* Writes n bytes of the spool. `buffer` is for bytes that are not in memory. */
static rf_status send_chunk(const output_state *s, uint64_t at, size_t n, uint8_t *buffer, rf_error *err) {
  const uint8_t *bytes = buffer;
  size_t got = n;
  if (rf_spool_ops.peek(s->spool, at, n, &bytes, NULL) != RF_OK) {
    bytes = buffer;
    RF_TRY(rf_spool_ops.read_at(s->spool, at, buffer, n, &got, err));
  }
  if (got != n)
    return rf_fail(err, RF_ERR_IO, "the temporary file of a stream lost bytes");
  return rf_descriptor_write(s->fd, bytes, n, err);
}

static rf_status send_all(const output_state *s, rf_error *err) {
  uint64_t size;
  RF_TRY(rf_spool_ops.get_size(s->spool, &size, err));
  uint8_t *buffer = rf_alloc(CHUNK_BYTES);
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a buffer for a stream");
  rf_descriptor_flush(s->number);
  rf_status status = RF_OK;
  for (uint64_t at = 0; at < size && status == RF_OK;) {
    size_t n = size - at < CHUNK_BYTES ? (size_t)(size - at) : CHUNK_BYTES;
    status = send_chunk(s, at, n, buffer, err);
    at += n;
  }
  rf_free(buffer);
  return status;
}

/* ---- beginning and end ---- */

static rf_status output_close(void *state, rf_error *err) {
  output_state *s = state;
  rf_status status = RF_OK;
  if (!s->discarded && s->forks == rf_fork_count())
    status = send_all(s, err);
  rf_status closed = rf_spool_ops.close(s->spool, status == RF_OK ? err : NULL);
  rf_free(s);
  return status != RF_OK ? status : closed;
}

rf_status rf_output_new(int number, rf_fd fd, uint64_t memory_bytes, void **output, rf_error *err) {
  output_state *s = rf_alloc_zero(1, sizeof *s);
  if (s == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a stream");
  s->number = number;
  s->fd = fd;
  s->forks = rf_fork_count();
  rf_status status = rf_spool_new(memory_bytes, &s->spool, err);
  if (status != RF_OK) {
    rf_free(s);
    return status;
  }
  *output = s;
  return RF_OK;
}

const rf_driver_ops rf_output_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = output_read_at,
    .peek = output_peek,
    .get_size = output_get_size,
    .write_at = output_write_at,
    .truncate = output_truncate,
    .discard = output_discard,
    .close = output_close,
};
