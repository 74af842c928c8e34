/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Spools. The content moves to the temporary file once, when it grows beyond the limit, and stays there.
 */
#include "store/local/spool.h"

#include "base/memory.h"
#include "base/system/platform.h"
#include "base/system/temporary.h"
#include "store/local/memory.h"

#define DEFAULT_BYTES ((uint64_t)64 << 20)

/* Bytes of one write to the file. */
#define CHUNK_BYTES ((size_t)1 << 20)

typedef struct spool_state {
  uint64_t limit;
  void *memory; /* state of rf_memory_ops, NULL: the content is in the file */
  rf_fd fd;
} spool_state;

rf_status rf_spool_new(uint64_t memory_bytes, void **spool, rf_error *err) {
  spool_state *s = rf_alloc_zero(1, sizeof *s);
  if (s == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a spool");
  s->limit = memory_bytes != 0 ? memory_bytes : DEFAULT_BYTES;
  rf_status status = rf_memory_adopt(NULL, 0, 0, &s->memory, err);
  if (status != RF_OK) {
    rf_free(s);
    return status;
  }
  *spool = s;
  return RF_OK;
}

/* ---- the way to the file ---- */

static rf_status copy_out(void *memory, rf_fd fd, rf_error *err) {
  uint64_t size;
  RF_TRY(rf_memory_ops.get_size(memory, &size, err));
  for (uint64_t at = 0; at < size;) {
    size_t n = size - at < CHUNK_BYTES ? (size_t)(size - at) : CHUNK_BYTES;
    const uint8_t *bytes = NULL;
    RF_TRY(rf_memory_ops.peek(memory, at, n, &bytes, err));
    RF_TRY(rf_fd_write(fd, at, bytes, n, err));
    at += n;
  }
  return RF_OK;
}

/* Moves the content to a temporary file before it grows to `size` bytes, if that is beyond the limit. */
static rf_status prepare(spool_state *s, uint64_t size, rf_error *err) {
  if (s->memory == NULL || size <= s->limit)
    return RF_OK;
  rf_fd fd;
  RF_TRY(rf_fd_open_temporary(&fd, err));
  rf_status status = copy_out(s->memory, fd, err);
  if (status != RF_OK) {
    (void)rf_fd_close(fd, NULL);
    return status;
  }
  (void)rf_memory_ops.close(s->memory, NULL);
  s->memory = NULL;
  s->fd = fd;
  return RF_OK;
}

/* ---- operations ---- */

static rf_status spool_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  spool_state *s = state;
  return s->memory != NULL ? rf_memory_ops.read_at(s->memory, offset, buffer, n, got, err)
                           : rf_fd_read(s->fd, offset, buffer, n, got, err);
}

static rf_status spool_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  spool_state *s = state;
  return s->memory != NULL ? rf_memory_ops.peek(s->memory, offset, n, bytes, err) : RF_ERR_UNSUPPORTED;
}

static rf_status spool_get_size(void *state, uint64_t *size, rf_error *err) {
  spool_state *s = state;
  return s->memory != NULL ? rf_memory_ops.get_size(s->memory, size, err) : rf_fd_size(s->fd, size, err);
}

static rf_status spool_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  spool_state *s = state;
  uint64_t end;
  if (n == 0)
    return RF_OK;
  if (!rf_add_u64(offset, n, &end))
    return rf_fail(err, RF_ERR_LIMIT, "cannot write %zu bytes at offset %llu: beyond the largest file size", n,
                   (unsigned long long)offset);
  RF_TRY(prepare(s, end, err));
  return s->memory != NULL ? rf_memory_ops.write_at(s->memory, offset, buffer, n, err)
                           : rf_fd_write(s->fd, offset, buffer, n, err);
}

static rf_status spool_truncate(void *state, uint64_t size, rf_error *err) {
  spool_state *s = state;
  RF_TRY(prepare(s, size, err));
  return s->memory != NULL ? rf_memory_ops.truncate(s->memory, size, err) : rf_fd_truncate(s->fd, size, err);
}

static rf_status spool_close(void *state, rf_error *err) {
  spool_state *s = state;
  rf_status status = s->memory != NULL ? rf_memory_ops.close(s->memory, err) : rf_fd_close(s->fd, err);
  rf_free(s);
  return status;
}

const rf_driver_ops rf_spool_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = spool_read_at,
    .peek = spool_peek,
    .get_size = spool_get_size,
    .write_at = spool_write_at,
    .truncate = spool_truncate,
    .close = spool_close,
};
