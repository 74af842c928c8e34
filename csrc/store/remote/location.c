/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/remote/location.h"

#include <string.h>

#include "base/memory.h"
#include "store/http/url.h"
#include "store/http/s3.h"

/* A name's own user goes first: who writes one there means it. */
static rf_status take_login(rf_url *url, const rf_remote_options *remote, rf_target *target, rf_error *err) {
  if (url->user != NULL || remote->user == NULL) {
    target->user = url->user;
    target->password = url->password;
    url->user = url->password = NULL;
    return RF_OK;
  }
  target->user = rf_strdup(remote->user);
  if (remote->password != NULL)
    target->password = rf_strdup(remote->password);
  if (target->user == NULL || (remote->password != NULL && target->password == NULL))
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  return RF_OK;
}

rf_status rf_target_of(const char *name, const rf_remote_options *remote, rf_target *target, rf_error *err) {
  rf_status status;
  memset(target, 0, sizeof *target);
  if (rf_s3_is_name(name)) {
    status = rf_s3_target(name, remote, target, err);
  } else {
    rf_url url;
    RF_TRY(rf_url_parse(name, &url, err));
    target->url = url.text;
    url.text = NULL;
    status = take_login(&url, remote, target, err);
    rf_url_release(&url);
  }
  if (status != RF_OK)
    rf_target_release(target);
  return status;
}

bool rf_target_retry(const char *name, const rf_remote_options *remote, const rf_response *said, rf_target *target) {
  return target->is_s3 && rf_s3_retry(name, remote, said, target);
}

void rf_target_release(rf_target *target) {
  rf_free(target->url);
  rf_free(target->user);
  rf_free(target->password);
  rf_free(target->sigv4);
  for (size_t i = 0; i < target->header_count; i++)
    rf_free(target->headers[i]);
  rf_free(target->headers);
  memset(target, 0, sizeof *target);
}
