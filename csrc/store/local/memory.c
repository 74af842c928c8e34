/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files in memory: one growable run of pages.
 */
#include "store/local/memory.h"

#include <string.h>

#include "base/memory.h"

/* Pages grow by at least this much, and by half of their size. */
#define GROWTH_MIN ((size_t)64 << 10)

typedef struct memory_state {
  uint8_t *pages;
  size_t capacity;
  size_t size;
  size_t used; /* bytes from here on were never written: they are zero */
} memory_state;

static rf_status reserve(memory_state *m, uint64_t wanted, rf_error *err) {
  if (wanted <= m->capacity)
    return RF_OK;
  size_t min;
  if (!rf_to_size(wanted, &min) || min > SIZE_MAX / 4)
    return rf_fail(err, RF_ERR_MEMORY, "a file of %llu bytes does not fit into memory", (unsigned long long)wanted);
  size_t capacity = m->capacity + m->capacity / 2;
  if (capacity < min)
    capacity = min;
  if (capacity < GROWTH_MIN)
    capacity = GROWTH_MIN;
  uint8_t *pages = rf_pages_resize(m->pages, m->capacity, capacity);
  if (!pages && capacity > min) {
    capacity = min;
    pages = rf_pages_resize(m->pages, m->capacity, capacity);
  }
  if (!pages)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a file of %llu bytes", (unsigned long long)wanted);
  m->pages = pages;
  m->capacity = capacity;
  return RF_OK;
}

/* Makes the content `size` bytes long; new bytes are zero. */
static rf_status resize(memory_state *m, uint64_t size, rf_error *err) {
  RF_TRY(reserve(m, size, err));
  size_t n = (size_t)size; /* fits: reserve() made room for it */
  if (n > m->size && m->size < m->used) {
    size_t stale = m->used < n ? m->used : n;
    memset(m->pages + m->size, 0, stale - m->size);
  }
  m->size = n;
  if (m->used < n)
    m->used = n;
  return RF_OK;
}

rf_status rf_memory_adopt(uint8_t *pages, size_t capacity, size_t size, void **state, rf_error *err) {
  if (size > capacity || (!pages && capacity > 0))
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_memory_adopt: %zu bytes in a buffer of %zu", size, capacity);
  memory_state *m = rf_alloc_zero(1, sizeof *m);
  if (!m)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to open a file in memory");
  m->pages = pages;
  m->capacity = capacity;
  m->size = size;
  m->used = capacity; /* the previous owner may have written anywhere */
  *state = m;
  return RF_OK;
}

static rf_status memory_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                             void **state, rf_error *err) {
  (void)name;
  (void)options;
  if (mode != RF_MODE_CREATE)
    return rf_fail(
        err, RF_ERR_NO_FILE,
        "%s:// files start empty: open with \"w+\", or open existing bytes with from_bytes (rf_file_open_bytes)",
        driver->scheme);
  return rf_memory_adopt(NULL, 0, 0, state, err);
}

static rf_status memory_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  memory_state *m = state;
  (void)err;
  if (offset >= m->size)
    n = 0;
  else if (n > m->size - (size_t)offset)
    n = m->size - (size_t)offset;
  if (n > 0)
    memcpy(buffer, m->pages + (size_t)offset, n);
  *got = n;
  return RF_OK;
}

static rf_status memory_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  memory_state *m = state;
  (void)err;
  if (!m->pages || offset > m->size || n > m->size - (size_t)offset)
    return RF_ERR_UNSUPPORTED;
  *bytes = m->pages + (size_t)offset;
  return RF_OK;
}

static rf_status memory_get_size(void *state, uint64_t *size, rf_error *err) {
  (void)err;
  *size = ((memory_state *)state)->size;
  return RF_OK;
}

static rf_status memory_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  memory_state *m = state;
  uint64_t end;
  if (n == 0)
    return RF_OK;
  if (!rf_add_u64(offset, n, &end))
    return rf_fail(err, RF_ERR_LIMIT, "cannot write %zu bytes at offset %llu: beyond the largest file size", n,
                   (unsigned long long)offset);
  if (end > m->size)
    RF_TRY(resize(m, end, err));
  memcpy(m->pages + (size_t)offset, buffer, n);
  return RF_OK;
}

static rf_status memory_truncate(void *state, uint64_t size, rf_error *err) {
  return resize(state, size, err);
}

static void memory_free(memory_state *m) {
  rf_pages_free(m->pages, m->capacity);
  rf_free(m);
}

static rf_status memory_replace_open(void *state, void **temp, rf_error *err) {
  (void)state;
  return rf_memory_adopt(NULL, 0, 0, temp, err);
}

static rf_status memory_replace_commit(void *state, void *temp, rf_error *err) {
  memory_state *m = state, *fresh = temp;
  memory_state old = *m;
  (void)err;
  *m = *fresh;
  *fresh = old;
  memory_free(fresh);
  return RF_OK;
}

static void memory_replace_abort(void *state, void *temp) {
  (void)state;
  memory_free(temp);
}

static rf_status memory_close(void *state, rf_error *err) {
  (void)err;
  memory_free(state);
  return RF_OK;
}

const rf_driver_ops rf_memory_ops = {
    .size = sizeof(rf_driver_ops),
    .open = memory_open,
    .read_at = memory_read_at,
    .peek = memory_peek,
    .get_size = memory_get_size,
    .write_at = memory_write_at,
    .truncate = memory_truncate,
    .replace_open = memory_replace_open,
    .replace_commit = memory_replace_commit,
    .replace_abort = memory_replace_abort,
    .close = memory_close,
};
