/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files on servers, read only: the whole file is fetched when it is opened, straight into pages of memory, and is a
 * memory file from then on. Which bytes go over which wire is the transport's business (row->user).
 */
#include <string.h>

#include "base/memory.h"
#include "store/driver.h"
#include "store/request.h"

/* What an announced size reserves at once; more must arrive first. A server may say any number. */
#define RESERVE_BYTES ((uint64_t)1 << 30)
#define FIRST_BYTES ((uint64_t)1 << 20)

/* The body as it arrives. */
typedef struct {
  uint8_t *pages;
  size_t capacity;
  size_t size;
  uint64_t limit;
  int64_t announced; /* -1: the server did not say */
} remote_body;

static rf_status too_large(const remote_body *body, uint64_t size, rf_error *err) {
  return rf_fail(err, RF_ERR_LIMIT, "the file has at least %llu bytes; the limit for a remote file is %llu",
                 (unsigned long long)size, (unsigned long long)body->limit);
}

static rf_status reserve(remote_body *body, uint64_t wanted, rf_error *err) {
  size_t capacity;
  if (!rf_to_size(wanted, &capacity))
    return rf_fail(err, RF_ERR_MEMORY, "the file's %llu bytes are more than this machine can address",
                   (unsigned long long)wanted);
  uint8_t *pages =
      body->pages == NULL ? rf_pages_alloc(capacity) : rf_pages_resize(body->pages, body->capacity, capacity);
  if (pages == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for %llu bytes of the file", (unsigned long long)wanted);
  body->pages = pages;
  body->capacity = capacity;
  return RF_OK;
}

static rf_status body_begin(void *context, size_t range, const rf_response *response, rf_error *err) {
  remote_body *body = context;
  (void)range;
  body->announced = response->total_size;
  if (body->announced <= 0)
    return RF_OK;
  uint64_t total = (uint64_t)body->announced;
  if (total > body->limit)
    return too_large(body, total, err);
  return reserve(body, total < RESERVE_BYTES ? total : RESERVE_BYTES, err);
}

/* Room for n more: doubled, but never past what was announced. */
static rf_status make_room(remote_body *body, uint64_t needed, rf_error *err) {
  uint64_t wanted = body->capacity < FIRST_BYTES ? FIRST_BYTES : (uint64_t)body->capacity;
  while (wanted < needed)
    if (!rf_mul_u64(wanted, 2, &wanted))
      return too_large(body, needed, err);
  if (body->announced >= 0 && wanted > (uint64_t)body->announced)
    wanted = (uint64_t)body->announced;
  if (wanted > body->limit)
    wanted = body->limit;
  return reserve(body, wanted, err);
}

static rf_status body_take(void *context, size_t range, const void *data, size_t n, rf_error *err) {
  remote_body *body = context;
  (void)range;
  if (n == 0)
    return RF_OK;
  uint64_t needed = UINT64_MAX;
  if (!rf_add_u64(body->size, n, &needed) || needed > body->limit)
    return too_large(body, needed, err);
  if (body->announced >= 0 && needed > (uint64_t)body->announced)
    return rf_fail(err, RF_ERR_NETWORK, "the server sends more than the %lld bytes it announced",
                   (long long)body->announced);
  if (needed > body->capacity)
    RF_TRY(make_room(body, needed, err));
  memcpy(body->pages + body->size, data, n);
  body->size += n;
  return RF_OK;
}

static rf_status fetch_whole(const rf_transport *transport, const rf_url *url, const rf_options *options,
                             remote_body *body, rf_error *err) {
  rf_request request = {.size = sizeof request};
  request.url = url->text;
  request.user = url->user;
  request.password = url->password;
  request.remote = &options->remote;
  request.redirects = options->limits.redirects;
  request.limit_bytes = options->limits.fetch_bytes;
  rf_receiver receiver = {body_begin, body_take, body};
  rf_response response = {.size = sizeof response, .total_size = -1, .accepts_ranges = -1};
  RF_TRY(transport->fetch(transport->user, &request, &receiver, &response, err));
  if (body->announced >= 0 && body->size < (uint64_t)body->announced)
    return rf_fail(err, RF_ERR_TRUNCATED, "the transfer ended after %llu of %lld bytes", (unsigned long long)body->size,
                   (long long)body->announced);
  return RF_OK;
}

static rf_status remote_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                             void **state, rf_error *err) {
  if (mode != RF_MODE_READ)
    return rf_fail(err, RF_ERR_READONLY, "files at %s:// can only be read (mode \"r\")", driver->scheme);
  rf_url url;
  RF_TRY(rf_url_parse(name, &url, err));
  remote_body body = {.limit = options->limits.fetch_bytes, .announced = -1};
  rf_status status = fetch_whole(driver->user, &url, options, &body, err);
  rf_url_release(&url);
  if (status == RF_OK)
    status = rf_memory_adopt(body.pages, body.capacity, body.size, state, err);
  if (status != RF_OK && body.pages != NULL)
    rf_pages_free(body.pages, body.capacity);
  return status;
}

/* The state is a memory file's. */

static rf_status remote_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  return rf_memory_ops.read_at(state, offset, buffer, n, got, err);
}

static rf_status remote_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  return rf_memory_ops.peek(state, offset, n, bytes, err);
}

static rf_status remote_get_size(void *state, uint64_t *size, rf_error *err) {
  return rf_memory_ops.get_size(state, size, err);
}

static rf_status remote_close(void *state, rf_error *err) {
  return rf_memory_ops.close(state, err);
}

const rf_driver_ops rf_remote_ops = {
    .size = sizeof(rf_driver_ops),
    .open = remote_open,
    .read_at = remote_read_at,
    .peek = remote_peek,
    .get_size = remote_get_size,
    .close = remote_close,
};
