/* SPDX-License-Identifier: BSD-3-Clause */
#if defined(RF_HAVE_LIBCURL)

#include "store/curl/session.h"

#include "base/memory.h"

/* Initializes libcurl once. Old versions of libcurl are not safe against two threads here. */
static rf_status start_curl(rf_error *err) {
  static rf_mutex lock = RF_MUTEX_INIT;
  static bool ready;
  rf_mutex_lock(&lock);
  if (!ready)
    ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  bool started = ready;
  rf_mutex_unlock(&lock);
  return started ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot start libcurl");
}

/* ---- handles ---- */

static void free_handles(rf_curl_handles *handles) {
  for (size_t i = 0; i < RF_CURL_MAX_HANDLES; i++)
    curl_easy_cleanup(handles->easy[i]);
  curl_multi_cleanup(handles->multi);
  rf_free(handles);
}

rf_status rf_curl_handles_take(rf_curl_session *s, rf_curl_handles **handles, rf_error *err) {
  rf_mutex_lock(&s->lock);
  rf_curl_handles *taken = s->idle;
  if (taken != NULL)
    s->idle = taken->next;
  rf_mutex_unlock(&s->lock);
  if (taken == NULL) {
    taken = rf_alloc_zero(1, sizeof *taken);
    if (taken == NULL || (taken->multi = curl_multi_init()) == NULL) {
      rf_free(taken);
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the handles of libcurl");
    }
  }
  *handles = taken;
  return RF_OK;
}

void rf_curl_handles_leave(rf_curl_session *s, rf_curl_handles *handles, bool keep) {
  if (!keep) {
    free_handles(handles);
    return;
  }
  rf_mutex_lock(&s->lock);
  handles->next = s->idle;
  s->idle = handles;
  rf_mutex_unlock(&s->lock);
}

/* ---- cookies ---- */

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

static rf_status share_cookies(rf_curl_session *s, rf_error *err) {
  s->cookies = curl_share_init();
  if (s->cookies == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the cookies of libcurl");
  curl_share_setopt(s->cookies, CURLSHOPT_LOCKFUNC, lock_cookies);
  curl_share_setopt(s->cookies, CURLSHOPT_UNLOCKFUNC, unlock_cookies);
  curl_share_setopt(s->cookies, CURLSHOPT_USERDATA, s);
  curl_share_setopt(s->cookies, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
  return RF_OK;
}

/* ---- sessions ---- */

static rf_status open_parts(rf_curl_session *s, rf_error *err) {
  RF_TRY(start_curl(err));
  RF_TRY(share_cookies(s, err));
  return rf_http_session_open(&s->http, err);
}

rf_status rf_curl_session_open(rf_curl_session **session, rf_error *err) {
  rf_curl_session *s = rf_alloc_zero(1, sizeof *s);
  if (s == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a session");
  rf_mutex_init(&s->lock);
  for (size_t i = 0; i < CURL_LOCK_DATA_LAST; i++)
    rf_mutex_init(&s->cookie_locks[i]);
  rf_status status = open_parts(s, err);
  if (status != RF_OK) {
    rf_curl_session_close(s);
    return status;
  }
  *session = s;
  return RF_OK;
}

void rf_curl_session_close(rf_curl_session *s) {
  if (s == NULL)
    return;
  while (s->idle != NULL) {
    rf_curl_handles *handles = s->idle;
    s->idle = handles->next;
    free_handles(handles);
  }
  if (s->cookies != NULL)
    curl_share_cleanup(s->cookies);
  rf_http_session_close(s->http);
  for (size_t i = 0; i < CURL_LOCK_DATA_LAST; i++)
    rf_mutex_destroy(&s->cookie_locks[i]);
  rf_mutex_destroy(&s->lock);
  rf_free(s);
}

long rf_curl_session_get_auth(rf_curl_session *s) {
  rf_mutex_lock(&s->lock);
  long auth = s->auth;
  rf_mutex_unlock(&s->lock);
  return auth;
}

void rf_curl_session_set_auth(rf_curl_session *s, long auth) {
  rf_mutex_lock(&s->lock);
  s->auth = auth;
  rf_mutex_unlock(&s->lock);
}

#else
typedef int rf_curl_session_is_not_built; /* C requires a declaration in every file */
#endif
