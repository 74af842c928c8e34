/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/upload/upload.h"

#include "base/memory.h"
#include "store/filter/filter.h"
#include "store/http/url.h"
#include "store/local/spool.h"
#include "store/upload/s3_upload.h"
#include "store/upload/stor.h"

/* An S3 file up to this size is one request. */
#define SINGLE_BYTES ((uint64_t)16 << 20)

typedef struct {
  void *spool;
  char *name;
  rf_sender sender;
  bool only_new;
  bool discarded;
} upload_state;

/* ---- opening ---- */

static bool is_raw(const rf_transport *transport) {
  return (transport->flags & RF_TRANSPORT_RAW_NAMES) != 0;
}

/* Names of S3 and of other filesystems are for files. A plain http:// name is for a page, unless the caller says put.
 */
static rf_status check_put(const rf_transport *transport, const char *name, const rf_options *options, rf_error *err) {
  size_t n = rf_url_scheme(name);
  if (!is_raw(transport) && rf_url_has_scheme(name, "sftp")) /* libcurl renames no file over another one */
    return rf_fail(err, RF_ERR_READONLY, "files at sftp:// can only be read; in Python, ssh:// sends them by fsspec");
  if ((transport->flags & RF_TRANSPORT_SEND) == 0)
    return rf_fail(err, RF_ERR_READONLY, "files at %.*s:// can only be read: the transport %s does not send them",
                   (int)n, name, transport->name);
  if (is_raw(transport) || rf_url_has_scheme(name, "s3") || options->remote->put == 1)
    return RF_OK;
  return rf_fail(err, RF_ERR_READONLY,
                 "files at %.*s:// can only be read (mode \"r\"), unless Remote(put=True) (rf_remote_options.put) "
                 "allows to send them",
                 (int)n, name);
}

static void free_upload(upload_state *u) {
  if (u->spool != NULL)
    (void)rf_spool_ops.close(u->spool, NULL);
  rf_fetcher_free(u->sender.fetcher);
  rf_free(u->name);
  rf_free(u);
}

static rf_status open_parts(upload_state *u, const rf_transport *transport, const char *name, const rf_options *options,
                            rf_error *err) {
  rf_options own = *options;
  rf_remote_options remote = *options->remote;
  own.remote = &remote;
  if (remote.credentials == RF_S3_AUTO) /* S3 refuses unsigned uploads */
    remote.credentials = RF_S3_SIGNED;
  u->only_new = (options->flags & RF_OPEN_NEW) != 0;
  u->name = rf_strdup(name);
  if (u->name == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a file name");
  RF_TRY(rf_fetcher_new(transport, name, &own, &u->sender.fetcher, err));
  u->sender.name = u->name;
  return rf_spool_new(options->spool_bytes, &u->spool, err);
}

rf_status rf_upload_open(const rf_transport *transport, const char *name, const rf_options *options, void **upload,
                         rf_error *err) {
  RF_TRY(check_put(transport, name, options, err));
  upload_state *u = rf_alloc_zero(1, sizeof *u);
  if (u == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate an upload");
  rf_status status = open_parts(u, transport, name, options, err);
  if (status != RF_OK) {
    free_upload(u);
    return status;
  }
  *upload = u;
  return RF_OK;
}

/* ---- the content ---- */

static rf_status upload_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  return rf_spool_ops.read_at(((upload_state *)state)->spool, offset, buffer, n, got, err);
}

static rf_status upload_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  return rf_spool_ops.peek(((upload_state *)state)->spool, offset, n, bytes, err);
}

static rf_status upload_get_size(void *state, uint64_t *size, rf_error *err) {
  return rf_spool_ops.get_size(((upload_state *)state)->spool, size, err);
}

static rf_status upload_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  return rf_spool_ops.write_at(((upload_state *)state)->spool, offset, buffer, n, err);
}

static rf_status upload_truncate(void *state, uint64_t size, rf_error *err) {
  return rf_spool_ops.truncate(((upload_state *)state)->spool, size, err);
}

static void upload_discard(void *state) {
  ((upload_state *)state)->discarded = true;
}

/* ---- the end ---- */

static rf_status send_single(upload_state *u, rf_source *source, const char *type, rf_error *err) {
  bool is_s3 = u->sender.fetcher->location.is_s3;
  const char *headers[] = {type, RF_SHA256_UNSIGNED};
  rf_span span;
  rf_span_of_source(&span, source, 0, source->bytes);
  rf_send send = {
      .method = "PUT", .headers = headers, .header_count = is_s3 ? 2 : 1, .body = &span.body, .only_new = u->only_new};
  return rf_sender_send(&u->sender, &send, NULL, err);
}

static rf_status send_source(upload_state *u, rf_source *source, rf_error *err) {
  const rf_fetcher *f = u->sender.fetcher;
  const char *type =
      rf_filter_of_name(u->name) != NULL ? "Content-Type: application/octet-stream" : "Content-Type: application/fits";
  if (!is_raw(f->transport) &&
      (rf_url_has_scheme(f->location.url, "ftp") || rf_url_has_scheme(f->location.url, "ftps")))
    return rf_stor_send(&u->sender, source, u->only_new, err);
  if (f->location.is_s3 && source->bytes > SINGLE_BYTES)
    return rf_s3_upload_send(&u->sender, source, type, u->only_new, err);
  return send_single(u, source, type, err);
}

static rf_status send_spool(upload_state *u, rf_error *err) {
  rf_source source;
  RF_TRY(rf_source_open(&source, u->spool, &u->sender.fetcher->remote, err));
  rf_status status = send_source(u, &source, err);
  rf_source_close(&source);
  return status;
}

static rf_status upload_close(void *state, rf_error *err) {
  upload_state *u = state;
  rf_status status = u->discarded ? RF_OK : send_spool(u, err);
  free_upload(u);
  return status;
}

const rf_driver_ops rf_upload_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = upload_read_at,
    .peek = upload_peek,
    .get_size = upload_get_size,
    .write_at = upload_write_at,
    .truncate = upload_truncate,
    .discard = upload_discard,
    .close = upload_close,
};
