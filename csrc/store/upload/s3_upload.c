/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/upload/s3_upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "store/upload/xml.h"

/* Rules of S3: at most 10,000 parts, of 5 MiB (but for the last) to 5 GiB. */
#define MAX_PARTS ((uint64_t)10000)
#define MAX_PART_BYTES ((uint64_t)5 << 30)
#define PART_BYTES ((uint64_t)8 << 20)
#define PART_STEP ((uint64_t)1 << 20)

/* Parts that are sent at a time; more share the same uplink. */
#define MAX_PARALLEL 4U

#define ETAG_BYTES sizeof((rf_response *)0)->etag
#define ID_BYTES 1024

typedef struct {
  rf_sender *sender;
  rf_source *source;
  uint64_t part_bytes;
  size_t count;
  char id[3 * ID_BYTES];     /* of the upload, percent-encoded for a query */
  char (*etags)[ETAG_BYTES]; /* of the parts */
} upload;

/* ---- the beginning ---- */

static rf_status plan(upload *u, rf_error *err) {
  uint64_t least = (u->source->bytes + MAX_PARTS - 1) / MAX_PARTS;
  u->part_bytes = least <= PART_BYTES ? PART_BYTES : (least + PART_STEP - 1) / PART_STEP * PART_STEP;
  if (u->part_bytes > MAX_PART_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "the file has %llu bytes, and S3 takes %llu parts of at most %llu bytes",
                   (unsigned long long)u->source->bytes, (unsigned long long)MAX_PARTS,
                   (unsigned long long)MAX_PART_BYTES);
  u->count = (size_t)((u->source->bytes + u->part_bytes - 1) / u->part_bytes);
  u->etags = rf_alloc_zero(u->count, sizeof *u->etags);
  return u->etags != NULL ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for %zu parts", u->count);
}

/* An <Error> can follow a status of 200. Its code tells whether a repeat helps. */
static rf_status fail_reply(const rf_reply *reply, const char *expected, rf_error *err) {
  char code[64] = "";
  bool refused = rf_xml_is_root(reply->text, reply->length, "Error");
  if (!refused || !rf_xml_get_text(reply->text, reply->length, "Code", code, sizeof code))
    return rf_fail(err, RF_ERR_NETWORK, "expected <%s> in the response of the S3 server", expected);
  bool temporary = strcmp(code, "InternalError") == 0 || strcmp(code, "SlowDown") == 0;
  rf_status status = rf_fail(err, RF_ERR_HTTP_STATUS, "the server refused the upload: %s", code);
  if (err != NULL && err->code == RF_ERR_HTTP_STATUS)
    err->http_status = temporary ? 500 : reply->facts.status;
  return status;
}

static rf_status judge_created(const rf_reply *reply, rf_error *err) {
  char id[ID_BYTES];
  if (rf_xml_get_text(reply->text, reply->length, "UploadId", id, sizeof id) && id[0] != '\0')
    return RF_OK;
  return fail_reply(reply, "UploadId", err);
}

static void encode(const char *text, char *out) {
  static const char digits[] = "0123456789ABCDEF";
  for (; *text != '\0'; text++) {
    unsigned char c = (unsigned char)*text;
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c);
    if (plain) {
      *out++ = (char)c;
    } else {
      *out++ = '%';
      *out++ = digits[c >> 4];
      *out++ = digits[c & 15];
    }
  }
  *out = '\0';
}

static rf_status create(upload *u, const char *type, rf_error *err) {
  const char *headers[] = {type, RF_SHA256_OF_NOTHING};
  rf_span nothing;
  rf_span_of_memory(&nothing, "", 0);
  rf_send send = {.method = "POST",
                  .query = "?uploads=",
                  .headers = headers,
                  .header_count = 2,
                  .body = &nothing.body,
                  .judge = judge_created};
  rf_reply reply;
  char id[ID_BYTES];
  RF_TRY(rf_sender_send(u->sender, &send, &reply, err));
  if (!rf_xml_get_text(reply.text, reply.length, "UploadId", id, sizeof id))
    return fail_reply(&reply, "UploadId", err);
  encode(id, u->id);
  return RF_OK;
}

/* ---- the parts ---- */

/* The ETag goes into XML and back to the server. */
static bool is_etag(const char *etag) {
  for (const char *c = etag; *c != '\0'; c++)
    if ((unsigned char)*c <= ' ' || strchr("<>&", *c) != NULL)
      return false;
  return etag[0] != '\0';
}

static rf_status send_part(void *context, size_t i, unsigned worker, rf_error *err) {
  upload *u = context;
  uint64_t first = i * u->part_bytes, left = u->source->bytes - first;
  const char *headers[] = {RF_SHA256_UNSIGNED};
  char query[sizeof u->id + 64];
  rf_span span;
  rf_span_of_source(&span, u->source, first, left < u->part_bytes ? left : u->part_bytes);
  span.is_quiet = worker != 0;
  snprintf(query, sizeof query, "?partNumber=%zu&uploadId=%s", i + 1, u->id);
  rf_send send = {.method = "PUT", .query = query, .headers = headers, .header_count = 1, .body = &span.body};
  rf_reply reply;
  RF_TRY(rf_sender_send(u->sender, &send, &reply, err));
  if (!is_etag(reply.facts.etag))
    return rf_fail(err, RF_ERR_NETWORK, "the S3 server accepted part %zu without an ETag", i + 1);
  memcpy(u->etags[i], reply.facts.etag, sizeof u->etags[i]);
  return RF_OK;
}

static rf_status send_parts(upload *u, rf_error *err) {
  unsigned most = u->sender->fetcher->remote.concurrency;
  most = most < MAX_PARALLEL ? most : MAX_PARALLEL;
  return rf_parallel(most < u->count ? most : (unsigned)u->count, u->count, send_part, u, err);
}

/* ---- the end ---- */

static rf_status judge_completed(const rf_reply *reply, rf_error *err) {
  if (rf_xml_is_root(reply->text, reply->length, "CompleteMultipartUploadResult"))
    return RF_OK;
  return fail_reply(reply, "CompleteMultipartUploadResult", err);
}

static char *list_parts(const upload *u, size_t *length) {
  enum { PART_TEXT = 80 };
  size_t room = u->count * (PART_TEXT + ETAG_BYTES) + 128, n = 0;
  char *xml = rf_alloc(room);
  if (xml == NULL)
    return NULL;
  n += (size_t)snprintf(xml, room, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
  for (size_t i = 0; i < u->count; i++)
    n += (size_t)snprintf(xml + n, room - n, "<Part><PartNumber>%zu</PartNumber><ETag>%s</ETag></Part>", i + 1,
                          u->etags[i]);
  n += (size_t)snprintf(xml + n, room - n, "</CompleteMultipartUpload>");
  *length = n;
  return xml;
}

static rf_status complete(upload *u, bool only_new, rf_error *err) {
  const char *headers[] = {"Content-Type: application/xml", RF_SHA256_UNSIGNED};
  char query[sizeof u->id + 16];
  size_t n;
  char *xml = list_parts(u, &n);
  if (xml == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the list of %zu parts", u->count);
  rf_span span;
  rf_span_of_memory(&span, xml, n);
  snprintf(query, sizeof query, "?uploadId=%s", u->id);
  rf_send send = {.method = "POST",
                  .query = query,
                  .headers = headers,
                  .header_count = 2,
                  .body = &span.body,
                  .only_new = only_new,
                  .judge = judge_completed};
  rf_status status = rf_sender_send(u->sender, &send, NULL, err);
  rf_free(xml);
  return status;
}

/* The server keeps the parts of an upload that is neither completed nor aborted. The first failure counts. */
static void abort_upload(upload *u) {
  const char *headers[] = {RF_SHA256_OF_NOTHING};
  char query[sizeof u->id + 16];
  snprintf(query, sizeof query, "?uploadId=%s", u->id);
  rf_send send = {.method = "DELETE", .query = query, .headers = headers, .header_count = 1, .once = true};
  (void)rf_sender_send(u->sender, &send, NULL, NULL);
}

static rf_status send_all(upload *u, const char *type, bool only_new, rf_error *err) {
  RF_TRY(plan(u, err));
  RF_TRY(create(u, type, err));
  rf_status status = send_parts(u, err);
  if (status == RF_OK)
    status = rf_source_finish(u->source, err);
  if (status == RF_OK)
    status = complete(u, only_new, err);
  if (status != RF_OK)
    abort_upload(u);
  return status;
}

rf_status rf_s3_upload_send(rf_sender *sender, rf_source *source, const char *type, bool only_new, rf_error *err) {
  upload u = {.sender = sender, .source = source};
  rf_status status = send_all(&u, type, only_new, err);
  rf_free(u.etags);
  return status;
}
