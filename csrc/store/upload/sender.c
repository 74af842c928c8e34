/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/upload/sender.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/remote/retry.h"

/* Largest response to a request that sends. */
#define MAX_RESPONSE_BYTES ((uint64_t)1 << 20)

/* ---- the response ---- */

static rf_status reply_begin(void *user, size_t range, const rf_response *response, rf_error *err) {
  rf_reply *reply = user;
  (void)range, (void)response, (void)err;
  reply->length = 0;
  reply->received = 0;
  return RF_OK;
}

/* S3 servers send blanks until a long operation is done. */
static rf_status reply_take(void *user, size_t range, const void *data, size_t n, rf_error *err) {
  rf_reply *reply = user;
  const char *text = data;
  (void)range;
  reply->received += n;
  if (reply->received > MAX_RESPONSE_BYTES)
    return rf_fail(err, RF_ERR_NETWORK, "the server answered an upload with more than %llu bytes",
                   (unsigned long long)MAX_RESPONSE_BYTES);
  while (reply->length == 0 && n > 0 && (unsigned char)*text <= ' ') {
    text++;
    n--;
  }
  size_t room = RF_REPLY_BYTES - reply->length;
  n = n < room ? n : room;
  memcpy(reply->text + reply->length, text, n);
  reply->length += n;
  reply->text[reply->length] = '\0';
  return RF_OK;
}

/* ---- the request ---- */

/* Texts of a request that are made of several. */
typedef struct {
  char *url;
  const char **headers;
} made_texts;

static rf_status make_texts(const rf_fetcher *f, const rf_send *send, made_texts *made, rf_error *err) {
  const char *url = send->url != NULL ? send->url : f->location.url;
  const char *query = send->query != NULL ? send->query : "";
  size_t room = strlen(url) + strlen(query) + 1, count = f->location.header_count + send->header_count;
  made->url = rf_alloc(room);
  made->headers = rf_alloc_zero(count + 1, sizeof *made->headers);
  if (made->url == NULL || made->headers == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a request");
  snprintf(made->url, room, "%s%s", url, query);
  for (size_t i = 0; i < f->location.header_count; i++)
    made->headers[i] = f->location.headers[i];
  for (size_t i = 0; i < send->header_count; i++)
    made->headers[f->location.header_count + i] = send->headers[i];
  return RF_OK;
}

static rf_status send_texts(const rf_sender *sender, const rf_send *send, const made_texts *made, double delay,
                            rf_reply *reply, rf_error *err) {
  const rf_fetcher *f = sender->fetcher;
  rf_request request = rf_fetcher_request(f, delay);
  request.url = made->url;
  request.headers = made->headers;
  request.header_count = f->location.header_count + send->header_count;
  request.max_bytes = UINT64_MAX; /* reply_take() has the limit of responses */
  request.method = send->method;
  request.body = send->body;
  request.only_new = send->only_new;
  request.expect = !sender->accepted;
  request.commands = send->commands;
  request.command_count = send->command_count;
  rf_receiver receiver = {sizeof receiver, reply, reply_begin, reply_take};
  reply->facts = (rf_response){.size = sizeof reply->facts, .total_size = -1, .retry_after = -1};
  reply->length = 0;
  reply->text[0] = '\0';
  RF_TRY(f->transport->fetch(f->transport->user, &request, &receiver, &reply->facts, err));
  return send->judge != NULL ? send->judge(reply, err) : RF_OK;
}

static rf_status send_once(const rf_sender *sender, const rf_send *send, double delay, rf_reply *reply, rf_error *err) {
  made_texts made = {0};
  rf_status status = make_texts(sender->fetcher, send, &made, err);
  if (status == RF_OK)
    status = send_texts(sender, send, &made, delay, reply, err);
  rf_free(made.url);
  rf_free(made.headers);
  return status;
}

/* ---- repeats ---- */

/* A repeat cannot tell the file of an earlier attempt, whose response was lost, from another one. */
static rf_status give_up(const rf_error *failure, rf_status status, int attempts, rf_error *err) {
  if (status == RF_ERR_EXISTS && attempts > 1)
    return rf_fail(err, status,
                   "the file already exists on the server; an earlier attempt of this upload, whose "
                   "response was lost, may have created it");
  return rf_retry_give_up(failure, status, attempts, err);
}

static rf_status send_again(rf_sender *sender, const rf_send *send, rf_reply *reply, rf_error *err) {
  rf_fetcher *f = sender->fetcher;
  rf_retry retry = rf_retry_begin(&f->remote);
  for (int attempts = 1;; attempts++) {
    rf_error failure;
    rf_error_clear(&failure);
    rf_status status = send_once(sender, send, retry.delay, reply, &failure);
    if (status == RF_OK)
      return RF_OK;
    if (!sender->accepted && rf_location_retry(sender->name, &f->remote, &reply->facts, &f->location)) {
      retry.delay = 0;
      continue;
    }
    bool unreached = failure.sys_errno != 0 && !sender->accepted;
    if (send->once || unreached || failure.code == RF_OK || !rf_retry_again(&retry, &failure, &reply->facts, false))
      return give_up(&failure, status, attempts, err);
  }
}

rf_status rf_sender_send(rf_sender *sender, const rf_send *send, rf_reply *reply, rf_error *err) {
  rf_reply *own = reply != NULL ? reply : rf_alloc_zero(1, sizeof *own);
  if (own == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a response");
  rf_status status = send_again(sender, send, own, err);
  if (status == RF_OK && !sender->accepted)
    sender->accepted = true;
  if (reply == NULL)
    rf_free(own);
  return status;
}
