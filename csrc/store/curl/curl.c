/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The transport over libcurl, for C programs. (Python brings pycurl, which hands the GIL over while bytes move.)
 */
#include "store/curl/curl.h"

#if defined(RF_HAVE_LIBCURL)

#include <string.h>

#include "base/memory.h"
#include "store/curl/fetch.h"

/* ---- lines: handles that are kept, with their connections, for the next fetch ---- */

static void free_line(rf_curl_line *line) {
  for (size_t i = 0; i < RF_CURL_LANES; i++)
    curl_easy_cleanup(line->easy[i]);
  curl_multi_cleanup(line->multi);
  rf_free(line);
}

static rf_curl_line *take_line(rf_curl_session *session) {
  rf_curl_line *line = NULL;
  if (session != NULL) {
    rf_mutex_lock(&session->lock);
    line = session->idle;
    if (line != NULL)
      session->idle = line->next;
    rf_mutex_unlock(&session->lock);
  }
  if (line != NULL || (line = rf_alloc_zero(1, sizeof *line)) == NULL)
    return line;
  line->multi = curl_multi_init();
  if (line->multi != NULL)
    return line;
  rf_free(line);
  return NULL;
}

static void leave_line(rf_curl_session *session, rf_curl_line *line) {
  if (session == NULL) {
    free_line(line);
    return;
  }
  rf_mutex_lock(&session->lock);
  line->next = session->idle;
  session->idle = line;
  rf_mutex_unlock(&session->lock);
}

/* libcurl wants one call before all others; old versions of it must not be asked by two threads at once. */
static bool curl_is_ready(void) {
  static rf_mutex lock = RF_MUTEX_INIT;
  static bool ready;
  rf_mutex_lock(&lock);
  if (!ready)
    ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  bool now = ready;
  rf_mutex_unlock(&lock);
  return now;
}

static void lock_cookies(CURL *easy, curl_lock_data data, curl_lock_access access, void *context) {
  rf_curl_session *s = context;
  (void)easy, (void)access;
  rf_mutex_lock(&s->cookie_locks[data]);
}

static void unlock_cookies(CURL *easy, curl_lock_data data, void *context) {
  rf_curl_session *s = context;
  (void)easy;
  rf_mutex_unlock(&s->cookie_locks[data]);
}

static void session_close(void *user, void *session) {
  rf_curl_session *s = session;
  (void)user;
  while (s->idle != NULL) {
    rf_curl_line *line = s->idle;
    s->idle = line->next;
    free_line(line);
  }
  if (s->cookies != NULL)
    curl_share_cleanup(s->cookies);
  for (size_t i = 0; i < CURL_LOCK_DATA_LAST; i++)
    rf_mutex_destroy(&s->cookie_locks[i]);
  rf_free(s->asked);
  rf_url_release(&s->led_to);
  rf_mutex_destroy(&s->lock);
  rf_free(s);
}

static rf_status session_open(void *user, void **session, rf_error *err) {
  rf_curl_session *s = rf_alloc_zero(1, sizeof *s);
  if (s == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  rf_mutex_init(&s->lock);
  for (size_t i = 0; i < CURL_LOCK_DATA_LAST; i++)
    rf_mutex_init(&s->cookie_locks[i]);
  if (!curl_is_ready() || (s->cookies = curl_share_init()) == NULL) {
    session_close(user, s);
    return rf_fail(err, RF_ERR_MEMORY, "libcurl cannot be started");
  }
  curl_share_setopt(s->cookies, CURLSHOPT_LOCKFUNC, lock_cookies);
  curl_share_setopt(s->cookies, CURLSHOPT_UNLOCKFUNC, unlock_cookies);
  curl_share_setopt(s->cookies, CURLSHOPT_USERDATA, s);
  curl_share_setopt(s->cookies, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
  *session = s;
  return RF_OK;
}

/* ---- where redirects lead ---- */

rf_status rf_curl_first_url(const rf_curl_fetch *f, rf_url *url) {
  const rf_request *request = f->request;
  RF_TRY(rf_url_parse(request->url, url, f->err));
  if (request->user != NULL && (url->user = rf_strdup(request->user)) == NULL)
    return rf_fail(f->err, RF_ERR_MEMORY, "out of memory");
  if (request->password != NULL && (url->password = rf_strdup(request->password)) == NULL)
    return rf_fail(f->err, RF_ERR_MEMORY, "out of memory");
  return RF_OK;
}

rf_status rf_curl_remember(rf_curl_fetch *f, const rf_url *url, bool elsewhere) {
  rf_curl_session *s = f->session;
  rf_url copy = {0};
  char *asked = NULL;
  if (s == NULL)
    return RF_OK;
  rf_status status = url != NULL ? rf_curl_copy_url(url, &copy, f->err) : RF_OK;
  if (status == RF_OK && url != NULL && (asked = rf_strdup(f->request->url)) == NULL)
    status = rf_fail(f->err, RF_ERR_MEMORY, "out of memory");
  if (status != RF_OK) {
    rf_url_release(&copy);
    return status;
  }
  rf_mutex_lock(&s->lock);
  rf_free(s->asked);
  rf_url_release(&s->led_to);
  s->asked = asked;
  s->led_to = copy;
  s->elsewhere = elsewhere;
  rf_mutex_unlock(&s->lock);
  return RF_OK;
}

/* Where the file was last, or where it is asked for. */
static rf_status recall(rf_curl_fetch *f) {
  rf_curl_session *s = f->session;
  rf_status status = RF_OK;
  if (s != NULL) {
    rf_mutex_lock(&s->lock);
    f->led = f->remembered = s->asked != NULL && strcmp(s->asked, f->request->url) == 0;
    f->elsewhere = f->led && s->elsewhere;
    if (f->led)
      status = rf_curl_copy_url(&s->led_to, &f->url, f->err);
    rf_mutex_unlock(&s->lock);
  }
  return status != RF_OK || f->led ? status : rf_curl_first_url(f, &f->url);
}

/* ---- one fetch ---- */

static rf_status check_request(const rf_request *request, rf_error *err) {
  if (request->ranges != NULL && request->range_count == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "a request for ranges has none");
  uint64_t last;
  for (size_t i = 0; request->ranges != NULL && i < request->range_count; i++)
    if (request->ranges[i].length == 0 || request->ranges[i].length > INT64_MAX ||
        !rf_add_u64(request->ranges[i].first, request->ranges[i].length, &last) || last > INT64_MAX)
      return rf_fail(err, RF_ERR_ARGUMENT, "range %zu is empty or ends beyond 2^63", i);
  return RF_OK;
}

/* Waits as long as the caller asks. */
static void wait_first(CURLM *multi, double seconds) {
  double end = rf_time_seconds() + seconds;
  for (double left = seconds; left > 0; left = end - rf_time_seconds())
    curl_multi_poll(multi, NULL, 0, left < 1 ? (int)(left * 1000) + 1 : 1000, NULL);
}

static rf_status run(rf_curl_fetch *f) {
  const rf_request *request = f->request;
  RF_TRY(check_request(request, f->err));
  RF_TRY(recall(f));
  if (!curl_is_ready() || (f->line = take_line(f->session)) == NULL)
    return rf_fail(f->err, RF_ERR_MEMORY, "libcurl cannot be started");
  if (request->delay > 0)
    wait_first(f->line->multi, request->delay);
  return rf_curl_fetch_all(f);
}

static long known_auth(rf_curl_session *session) {
  if (session == NULL)
    return 0;
  rf_mutex_lock(&session->lock);
  long auth = session->auth;
  rf_mutex_unlock(&session->lock);
  return auth;
}

static rf_status curl_transport_fetch(void *user, const rf_request *request, const rf_receiver *receiver,
                                      rf_response *response, rf_error *err) {
  (void)user;
  rf_curl_fetch f = {.request = request, .receiver = receiver, .response = response, .err = err};
  f.session = request->session;
  f.auth = known_auth(f.session);
  response->requests = response->overhead = 0;
  response->retry_after = -1;
  rf_status status = run(&f);
  if (f.session != NULL && f.auth != 0) {
    rf_mutex_lock(&f.session->lock);
    f.session->auth = f.auth;
    rf_mutex_unlock(&f.session->lock);
  }
  /* After a failure in FTP libcurl keeps connections on which an answer is still to come, which would be taken for one
   * to the next command. */
  if (f.line != NULL && status != RF_OK && rf_curl_is_ftp(&f))
    free_line(f.line);
  else if (f.line != NULL)
    leave_line(f.session, f.line);
  rf_url_release(&f.url);
  return status;
}

const rf_transport rf_curl_transport = {
    .size = sizeof(rf_transport),
    .name = "libcurl",
    .schemes = "http https ftp ftps s3",
    .flags = RF_TRANSPORT_SEVERAL,
    .fetch = curl_transport_fetch,
    .session_open = session_open,
    .session_close = session_close,
};

#else
typedef int rf_curl_is_not_built; /* C wants something in every file */
#endif
