/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/session.h"

#include <string.h>

#include "base/memory.h"
#include "base/system/platform.h"

struct rf_http_session {
  rf_mutex lock;           /* of all members */
  rf_http_address request; /* url.text NULL: nothing is remembered */
  rf_http_address led_to;
};

/* ---- addresses ---- */

void rf_http_address_free(rf_http_address *address) {
  rf_url_free(&address->url);
  *address = (rf_http_address){0};
}

static bool copy_text(const char *from, char **to) {
  *to = from != NULL ? rf_strdup(from) : NULL;
  return from == NULL || *to != NULL;
}

/* Copies user and password to `address`, which is freed on failure. */
static rf_status set_login(rf_http_address *address, const char *user, const char *password, rf_error *err) {
  if (copy_text(user, &address->url.user) && copy_text(password, &address->url.password))
    return RF_OK;
  rf_http_address_free(address);
  return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a URL");
}

rf_status rf_http_address_copy(const rf_http_address *from, rf_http_address *to, rf_error *err) {
  *to = (rf_http_address){.redirected = from->redirected, .elsewhere = from->elsewhere};
  if (!copy_text(from->url.text, &to->url.text))
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a URL");
  return set_login(to, from->url.user, from->url.password, err);
}

rf_status rf_http_address_of(const rf_request *request, rf_http_address *address, rf_error *err) {
  *address = (rf_http_address){0};
  RF_TRY(rf_url_parse(request->url, &address->url, err));
  rf_free(address->url.user); /* those of the request count */
  rf_free(address->url.password);
  address->url.user = address->url.password = NULL;
  return set_login(address, request->user, request->password, err);
}

static bool same_text(const char *a, const char *b) {
  return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_url(const rf_url *a, const rf_url *b) {
  return same_text(a->text, b->text) && same_text(a->user, b->user) && same_text(a->password, b->password);
}

/* ---- sessions ---- */

rf_status rf_http_session_open(rf_http_session **session, rf_error *err) {
  rf_error_clear(err);
  rf_http_session *s = rf_alloc_zero(1, sizeof *s);
  if (s == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a session");
  rf_mutex_init(&s->lock);
  *session = s;
  return RF_OK;
}

void rf_http_session_close(rf_http_session *session) {
  if (session == NULL)
    return;
  rf_http_address_free(&session->request);
  rf_http_address_free(&session->led_to);
  rf_mutex_destroy(&session->lock);
  rf_free(session);
}

rf_status rf_http_session_recall(rf_http_session *session, const rf_request *request, rf_http_address *address,
                                 bool *remembered, rf_error *err) {
  *remembered = false;
  RF_TRY(rf_http_address_of(request, address, err));
  if (session == NULL)
    return RF_OK;
  rf_http_address led_to = {0};
  rf_mutex_lock(&session->lock);
  *remembered = same_url(&session->request.url, &address->url);
  rf_status status = *remembered ? rf_http_address_copy(&session->led_to, &led_to, err) : RF_OK;
  rf_mutex_unlock(&session->lock);
  if (!*remembered)
    return RF_OK;
  rf_http_address_free(address);
  *address = led_to;
  return status;
}

rf_status rf_http_session_remember(rf_http_session *session, const rf_request *request, const rf_http_address *address,
                                   rf_error *err) {
  rf_http_address from = {0}, to = {0};
  if (session == NULL)
    return RF_OK;
  rf_status status = RF_OK;
  if (address != NULL) {
    status = rf_http_address_of(request, &from, err);
    if (status == RF_OK)
      status = rf_http_address_copy(address, &to, err);
  }
  if (status == RF_OK) {
    rf_mutex_lock(&session->lock);
    rf_http_address old_request = session->request, old_led_to = session->led_to;
    session->request = from;
    session->led_to = to;
    rf_mutex_unlock(&session->lock);
    from = old_request;
    to = old_led_to;
  }
  rf_http_address_free(&from);
  rf_http_address_free(&to);
  return status;
}
