/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/sent.h"

#include "store/redact.h"

/* What a user can do about a refusal. */
typedef struct refusal {
  int http_status;
  rf_status status;
  const char *meaning;
} refusal;

static const refusal refusals[] = {
    {405, RF_ERR_READONLY, ": it accepts no file at this URL"},
    {409, RF_ERR_HTTP_STATUS, ": the folder of the file may be missing"},
    {411, RF_ERR_HTTP_STATUS, ""},
    {413, RF_ERR_NO_SPACE, ": the file is larger than the server accepts"},
    {423, RF_ERR_LOCKED, ""},
    {501, RF_ERR_READONLY, ": it accepts no files"},
    {507, RF_ERR_NO_SPACE, ": the disk or the quota is full"},
};

static rf_status refuse(const rf_http_response *response, rf_error *err) {
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
    const refusal *row = &refusals[i];
    const char *separator = response->code[0] != '\0' ? ": " : "";
    if (row->http_status == response->status)
      return rf_fail(err, row->status, "the server answered %d%s%s%s%s", row->http_status,
                     rf_http_response_reason(row->http_status), row->meaning, separator, response->code);
  }
  return rf_http_response_refuse(response, err);
}

/* 301, 302 and 303 do not say that the new URL takes the file. A redirect with a Location that is followed does not
 * come here. */
static rf_status refuse_redirect(const rf_http_response *response, rf_error *err) {
  if (response->location[0] == '\0')
    return refuse(response, err);
  char shown[200];
  rf_redirect_show(response->location, shown, sizeof shown);
  return rf_fail(err, RF_ERR_HTTP_STATUS, "the server answered %d and redirects the upload to \"%s\"; use that URL",
                 response->status, shown);
}

static rf_status check(const rf_http_response *response, bool only_new, rf_error *err) {
  int status = response->status;
  if (status == 200 || status == 201 || status == 204)
    return RF_OK;
  if (status == 412 && only_new)
    return rf_fail(err, RF_ERR_EXISTS, "the file already exists on the server");
  return rf_http_response_is_redirect(response) ? refuse_redirect(response, err) : refuse(response, err);
}

rf_status rf_http_sent_check(const rf_http_response *response, bool only_new, rf_error *err) {
  rf_status status = check(response, only_new, err);
  return status == RF_OK ? RF_OK : rf_http_response_fail(response, status, err);
}

rf_status rf_http_sent_status_ftp(int reply) {
  if (reply == 452 || reply == 552)
    return RF_ERR_NO_SPACE;
  return reply < 400 || (reply >= 420 && reply <= 426) ? RF_ERR_NETWORK : RF_ERR_PERMISSION;
}
