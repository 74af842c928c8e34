/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/remote/location.h"

#include <string.h>

#include "base/memory.h"
#include "store/http/url.h"
#include "store/http/s3.h"

/* The user in the name counts more than that of the options. */
static rf_status take_login(rf_url *url, const rf_remote_options *remote, rf_location *location, rf_error *err) {
  if (url->user != NULL || remote->user == NULL) {
    location->user = url->user;
    location->password = url->password;
    url->user = url->password = NULL;
    return RF_OK;
  }
  location->user = rf_strdup(remote->user);
  if (remote->password != NULL)
    location->password = rf_strdup(remote->password);
  if (location->user == NULL || (remote->password != NULL && location->password == NULL))
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a login");
  return RF_OK;
}

rf_status rf_location_parse(const char *name, const rf_remote_options *remote, rf_location *location, rf_error *err) {
  rf_status status;
  memset(location, 0, sizeof *location);
  if (rf_s3_is_name(name)) {
    status = rf_s3_locate(name, remote, location, err);
  } else {
    rf_url url;
    RF_TRY(rf_url_parse(name, &url, err));
    location->url = url.text;
    url.text = NULL;
    status = take_login(&url, remote, location, err);
    rf_url_free(&url);
  }
  if (status != RF_OK)
    rf_location_free(location);
  return status;
}

bool rf_location_retry(const char *name, const rf_remote_options *remote, const rf_response *said,
                       rf_location *location) {
  return location->is_s3 && rf_s3_retry(name, remote, said, location);
}

void rf_location_free(rf_location *location) {
  rf_free(location->url);
  rf_free(location->user);
  rf_free(location->password);
  rf_free(location->sigv4);
  for (size_t i = 0; i < location->header_count; i++)
    rf_free(location->headers[i]);
  rf_free(location->headers);
  memset(location, 0, sizeof *location);
}
