/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lanes side by side: libcurl's own loop, which serves all of them in this thread.
 */
#if defined(RF_HAVE_LIBCURL)

#include <string.h>

#include "base/memory.h"
#include "store/curl/fetch.h"

/* Whole files count as one range. */
static size_t range_count(const rf_request *request) {
  return request->ranges != NULL ? request->range_count : 1;
}

bool rf_curl_is_ftp(const rf_curl_fetch *f) {
  return rf_url_has_scheme(f->url.text, "ftp") || rf_url_has_scheme(f->url.text, "ftps");
}

/* Shared out evenly. FTP knows nothing of several ranges. */
static size_t choose_together(const rf_curl_fetch *f) {
  size_t count = range_count(f->request), most = f->request->together;
  most = most > 0 && !rf_curl_is_ftp(f) ? most : 1;
  size_t requests = (count - 1) / most + 1;
  return (count - 1) / requests + 1;
}

static size_t lane_count(const rf_curl_fetch *f) {
  size_t most = f->request->concurrency > 0 ? f->request->concurrency : 1;
  size_t bodies = (range_count(f->request) - 1) / f->together + 1;
  size_t limit = rf_curl_is_ftp(f) ? RF_CURL_FTP_LANES : RF_CURL_LANES;
  most = most < limit ? most : limit;
  return most < bodies ? most : bodies;
}

rf_status rf_curl_copy_url(const rf_url *from, rf_url *to, rf_error *err) {
  *to = (rf_url){0};
  to->text = rf_strdup(from->text);
  to->user = from->user != NULL ? rf_strdup(from->user) : NULL;
  to->password = from->password != NULL ? rf_strdup(from->password) : NULL;
  bool all = to->text != NULL && (from->user == NULL) == (to->user == NULL) &&
             (from->password == NULL) == (to->password == NULL);
  if (all)
    return RF_OK;
  rf_url_release(to);
  return rf_fail(err, RF_ERR_MEMORY, "out of memory");
}

/* ---- one exchange after the other ---- */

static rf_status start_exchange(rf_curl_lane *lane) {
  rf_curl_fetch *f = lane->fetch;
  rf_answer_reset(&lane->answer);
  rf_multipart_close(lane->parts);
  lane->parts = NULL;
  lane->answers = 0;
  lane->begun = false;
  lane->received = lane->discarded = 0;
  lane->text[0] = '\0';
  RF_TRY(rf_curl_prepare(lane));
  if (curl_multi_add_handle(f->line->multi, lane->easy) != CURLM_OK)
    return rf_fail(f->err, RF_ERR_MEMORY, "libcurl takes no more transfers");
  lane->busy = true;
  f->busy++;
  return RF_OK;
}

static void stop_exchange(rf_curl_lane *lane) {
  rf_curl_fetch *f = lane->fetch;
  if (!lane->busy)
    return;
  curl_multi_remove_handle(f->line->multi, lane->easy); /* in the middle of a transfer this closes the connection */
  lane->busy = false;
  f->busy--;
}

/* Puts the next range on a lane that has nothing to do; without one it stays idle. */
static rf_status start_next(rf_curl_lane *lane) {
  rf_curl_fetch *f = lane->fetch;
  size_t left = range_count(f->request) - f->next;
  if (left == 0)
    return RF_OK;
  lane->range = f->next;
  lane->count = left < f->together ? left : f->together;
  f->next += lane->count;
  lane->hops = 0;
  lane->seconds = 0;
  lane->status = RF_OK;
  lane->elsewhere = f->elsewhere;
  lane->led = f->led;
  lane->remembered = f->remembered;
  rf_url_release(&lane->url);
  RF_TRY(rf_curl_copy_url(&f->url, &lane->url, f->err));
  return start_exchange(lane);
}

/* The ranges to come ask where this one was led, and as its server wanted it. */
static rf_status learn(const rf_curl_lane *lane) {
  rf_curl_fetch *f = lane->fetch;
  long available = 0;
  if (!lane->elsewhere && lane->url.user != NULL && lane->answers > 1 && f->request->sigv4 == NULL) {
    curl_easy_getinfo(lane->easy, CURLINFO_HTTPAUTH_AVAIL, &available);
    /* Basic can be told at once. Digest needs a question first, every time. */
    if ((available & (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST)) == (long)CURLAUTH_BASIC)
      f->auth = (long)CURLAUTH_BASIC;
  }
  if (lane->hops == 0)
    return RF_OK;
  rf_url first = {0}, led = {0};
  RF_TRY(rf_curl_copy_url(&lane->url, &led, f->err));
  rf_status status = rf_curl_first_url(f, &first);
  /* Back where it began, which is how one logs in, nothing is kept from this server any more. */
  bool back = status == RF_OK && strcmp(first.text, led.text) == 0;
  rf_url_release(&f->url);
  f->url = back ? first : led;
  rf_url_release(back ? &led : &first);
  f->led = !back;
  f->elsewhere = !back && lane->elsewhere;
  f->remembered = false;
  return status != RF_OK ? status : rf_curl_remember(f, back ? NULL : &f->url, f->elsewhere);
}

static bool may_pass(rf_status status) {
  return status == RF_ERR_NETWORK || status == RF_ERR_TRUNCATED || status == RF_ERR_TIMEOUT ||
         status == RF_ERR_HTTP_STATUS;
}

/* Ends the fetch: at once, or when the lanes that are at work are done. */
static rf_status give_up(rf_curl_fetch *f, rf_status status) {
  if (f->failed != RF_OK)
    return may_pass(status) ? RF_OK : status;
  if (!may_pass(status) || f->busy == 0)
    return status;
  f->failed = status;
  f->next = range_count(f->request);
  f->response = &f->heard;
  f->err = &f->ignored;
  return RF_OK;
}

static rf_status finish_exchange(rf_curl_lane *lane, CURLcode code) {
  rf_curl_fetch *f = lane->fetch;
  bool again;
  rf_response before = *f->response;
  rf_error_clear(&f->ignored);
  rf_status status = rf_curl_lane_finish(lane, code, &again);
  stop_exchange(lane);
  if (status != RF_OK && f->failed == RF_OK) {
    f->heard = before;
    f->heard.requests = 0;
  }
  if (status != RF_OK)
    return give_up(f, status);
  if (again)
    return start_exchange(lane);
  RF_TRY(learn(lane));
  return start_next(lane);
}

/* ---- all of them ---- */

static rf_status finish_ready(rf_curl_fetch *f) {
  int left;
  for (CURLMsg *message; (message = curl_multi_info_read(f->line->multi, &left)) != NULL;) {
    rf_curl_lane *lane = NULL;
    CURLcode code = message->data.result;
    if (message->msg != CURLMSG_DONE)
      continue;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&lane);
    RF_TRY(finish_exchange(lane, code));
  }
  return RF_OK;
}

static rf_status run_lanes(rf_curl_fetch *f, rf_curl_lane *lanes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    CURL **easy = &f->line->easy[i];
    if (*easy == NULL && (*easy = curl_easy_init()) == NULL)
      return rf_fail(f->err, RF_ERR_MEMORY, "out of memory");
    lanes[i].fetch = f;
    lanes[i].easy = *easy;
    RF_TRY(start_next(&lanes[i]));
  }
  while (f->busy > 0) {
    int running;
    CURLMcode code = curl_multi_perform(f->line->multi, &running);
    if (code == CURLM_OK)
      RF_TRY(finish_ready(f));
    if (code == CURLM_OK && f->busy > 0)
      code = curl_multi_poll(f->line->multi, NULL, 0, 1000, NULL);
    if (code != CURLM_OK)
      return rf_fail(f->err, RF_ERR_NETWORK, "libcurl failed: %s", curl_multi_strerror(code));
  }
  return RF_OK;
}

rf_status rf_curl_fetch_all(rf_curl_fetch *f) {
  f->together = choose_together(f);
  size_t count = lane_count(f);
  rf_curl_lane *lanes = rf_alloc_zero(count, sizeof *lanes);
  if (lanes == NULL)
    return rf_fail(f->err, RF_ERR_MEMORY, "out of memory");
  rf_response *response = f->response;
  rf_status status = run_lanes(f, lanes, count);
  if (f->failed != RF_OK) {
    response->requests += f->heard.requests;
    status = f->failed;
  }
  for (size_t i = 0; i < count; i++) {
    stop_exchange(&lanes[i]);
    rf_multipart_close(lanes[i].parts);
    curl_slist_free_all(lanes[i].headers);
    rf_url_release(&lanes[i].url);
    if (f->line->easy[i] != NULL)
      curl_easy_reset(f->line->easy[i]); /* it points at what is gone now */
  }
  rf_free(lanes);
  return status;
}

#else
typedef int rf_curl_fetch_is_not_built; /* C wants something in every file */
#endif
