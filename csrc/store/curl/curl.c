/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The transport over libcurl, for C programs. (Python registers a transport over pycurl.)
 */
#include "store/curl/curl.h"

#if defined(RF_HAVE_LIBCURL)

#include "base/memory.h"
#include "store/curl/transfer.h"

/* One call of the transport. */
typedef struct {
  const rf_request *request;
  rf_curl_session *session;
  rf_curl_handles *handles;
  rf_http_fetch *fetch;
  rf_curl_transfer *transfers;
  size_t count;
  size_t busy;
  bool is_ftp;
} curl_fetch;

/* ---- transfers side by side, in this thread ---- */

/* *go_on: false when the fetch has ended. */
static rf_status begin(curl_fetch *f, rf_curl_transfer *t, bool *go_on, rf_error *err) {
  rf_http_action action;
  RF_TRY(rf_curl_transfer_begin(t, &f->is_ftp, &action, err));
  *go_on = action != RF_HTTP_STOP;
  if (action != RF_HTTP_REQUEST)
    return RF_OK;
  if (curl_multi_add_handle(f->handles->multi, t->easy) != CURLM_OK)
    return rf_fail(err, RF_ERR_MEMORY, "cannot add a transfer to libcurl");
  t->busy = true;
  f->busy++;
  return RF_OK;
}

/* In the middle of a transfer, this closes the connection. */
static void stop(curl_fetch *f, rf_curl_transfer *t) {
  if (!t->busy)
    return;
  curl_multi_remove_handle(f->handles->multi, t->easy);
  t->busy = false;
  f->busy--;
}

static rf_status begin_all(curl_fetch *f, bool *go_on, rf_error *err) {
  for (size_t i = 0; i < f->count && *go_on; i++) {
    CURL **easy = &f->handles->easy[i];
    if (*easy == NULL && (*easy = curl_easy_init()) == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a handle of libcurl");
    f->transfers[i] =
        (rf_curl_transfer){.request = f->request, .session = f->session, .fetch = f->fetch, .index = i, .easy = *easy};
    RF_TRY(begin(f, &f->transfers[i], go_on, err));
  }
  return RF_OK;
}

/* Ends the exchanges that libcurl has finished. */
static rf_status end_ready(curl_fetch *f, bool *go_on, rf_error *err) {
  int left;
  for (CURLMsg *message; *go_on && (message = curl_multi_info_read(f->handles->multi, &left)) != NULL;) {
    rf_curl_transfer *t = NULL;
    CURLcode code = message->data.result;
    if (message->msg != CURLMSG_DONE)
      continue;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
    rf_http_action action = rf_curl_transfer_end(t, code);
    stop(f, t);
    *go_on = action != RF_HTTP_STOP;
    if (action == RF_HTTP_REQUEST)
      RF_TRY(begin(f, t, go_on, err));
  }
  return RF_OK;
}

static rf_status run(curl_fetch *f, rf_error *err) {
  bool go_on = true;
  RF_TRY(begin_all(f, &go_on, err));
  while (go_on && f->busy > 0) {
    int running;
    CURLMcode code = curl_multi_perform(f->handles->multi, &running);
    if (code == CURLM_OK)
      RF_TRY(end_ready(f, &go_on, err));
    if (code == CURLM_OK && go_on && f->busy > 0)
      code = curl_multi_poll(f->handles->multi, NULL, 0, 1000, NULL);
    if (code != CURLM_OK)
      return rf_fail(err, RF_ERR_NETWORK, "libcurl failed: %s", curl_multi_strerror(code));
  }
  return RF_OK;
}

/* ---- one fetch ---- */

static void wait_first(CURLM *multi, double seconds) {
  double end = rf_time_seconds() + seconds;
  for (double left = seconds; left > 0; left = end - rf_time_seconds())
    curl_multi_poll(multi, NULL, 0, left < 1 ? (int)(left * 1000) + 1 : 1000, NULL);
}

static rf_status start(curl_fetch *f, rf_error *err) {
  f->count = rf_http_fetch_get_transfer_count(f->fetch);
  f->transfers = rf_alloc_zero(f->count, sizeof *f->transfers);
  if (f->transfers == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu transfers", f->count);
  RF_TRY(rf_curl_handles_take(f->session, &f->handles, err));
  if (f->request->delay > 0)
    wait_first(f->handles->multi, f->request->delay);
  return run(f, err);
}

static void stop_all(curl_fetch *f) {
  for (size_t i = 0; f->transfers != NULL && i < f->count; i++) {
    stop(f, &f->transfers[i]);
    rf_curl_transfer_free(&f->transfers[i]);
  }
  rf_free(f->transfers);
}

static rf_status fetch_in(rf_curl_session *session, const rf_request *request, const rf_receiver *receiver,
                          rf_response *response, rf_error *err) {
  curl_fetch f = {.request = request, .session = session};
  RF_TRY(rf_http_fetch_open(session->http, request, receiver, response, &f.fetch, err));
  rf_status own = start(&f, err);
  stop_all(&f);
  rf_status status = rf_http_fetch_close(f.fetch, err);
  status = own != RF_OK ? own : status;
  /* After a failure in FTP, libcurl keeps connections whose reply has not arrived. The next command would take it. */
  if (f.handles != NULL)
    rf_curl_handles_leave(session, f.handles, status == RF_OK || !f.is_ftp);
  return status;
}

static rf_status curl_fetch_request(void *user, const rf_request *request, const rf_receiver *receiver,
                                    rf_response *response, rf_error *err) {
  (void)user;
  if (request->session != NULL)
    return fetch_in(request->session, request, receiver, response, err);
  rf_curl_session *session;
  RF_TRY(rf_curl_session_open(&session, err));
  rf_status status = fetch_in(session, request, receiver, response, err);
  rf_curl_session_close(session);
  return status;
}

/* ---- the transport ---- */

static rf_status session_open(void *user, void **session, rf_error *err) {
  rf_curl_session *opened;
  (void)user;
  RF_TRY(rf_curl_session_open(&opened, err));
  *session = opened;
  return RF_OK;
}

static void session_close(void *user, void *session) {
  (void)user;
  rf_curl_session_close(session);
}

const rf_transport rf_curl_transport = {
    .size = sizeof(rf_transport),
    .name = "libcurl",
    .schemes = "http https ftp ftps s3 sftp",
    .flags = RF_TRANSPORT_MULTIRANGE | RF_TRANSPORT_SEND,
    .fetch = curl_fetch_request,
    .session_open = session_open,
    .session_close = session_close,
};

#else
typedef int rf_curl_is_not_built; /* C requires a declaration in every file */
#endif
