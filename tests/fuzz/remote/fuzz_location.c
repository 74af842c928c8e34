/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Input: a byte of flags, then lines: the name of a remote file, a region, an endpoint, and the region that the server
 * speaks of in refusing. The name becomes a location, is shown, and is retried as after a refusal.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/http/url.h"
#include "store/redact.h"
#include "store/remote/location.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NAME, REGION, ENDPOINT, SAID, LINES };

static void require(bool condition) {
  if (!condition)
    abort();
}

static void set(const char *name, const char *value) {
#if defined(_WIN32)
  _putenv_s(name, value);
#else
  setenv(name, value, 1);
#endif
}

/* An environment with credentials, and without profile files. */
static void set_environment(void) {
  static const char *const unset[] = {"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL",
                                      "AWS_ENDPOINT_URL_S3"};
  for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
    set(unset[i], "");
  set("AWS_CONFIG_FILE", "no-such-folder/config");
  set("AWS_SHARED_CREDENTIALS_FILE", "no-such-folder/credentials");
  set("AWS_ACCESS_KEY_ID", "KEY");
  set("AWS_SECRET_ACCESS_KEY", "SECRET");
  set("AWS_SESSION_TOKEN", "TOKEN");
}

/* The next line, on the heap and of its very size. */
static char *take_line(const uint8_t **data, size_t *size) {
  const uint8_t *end = *size > 0 ? memchr(*data, '\n', *size) : NULL;
  size_t n = end != NULL ? (size_t)(end - *data) : *size;
  char *line = calloc(1, n + 1);
  if (line == NULL)
    abort();
  if (n > 0)
    memcpy(line, *data, n);
  *data += end != NULL ? n + 1 : n;
  *size -= end != NULL ? n + 1 : n;
  return line;
}

/* No password is shown, however the name is written. */
static void check_shown(const char *name) {
  char shown[300];
  rf_name_show(name, shown, sizeof shown);
  const char *authority = strstr(shown, "://");
  if (authority == NULL || rf_url_scheme(shown) == 0)
    return;
  authority += 3;
  size_t n = strcspn(authority, "/?#"), at = n;
  while (at > 0 && authority[at - 1] != '@')
    at--;
  const char *colon = at > 0 ? memchr(authority, ':', at) : NULL;
  require(colon == NULL || colon[1] == '@' || strncmp(colon, ":***@", 5) == 0);
}

#define PLANTED "PL4NTED"

/* A secret beside any text is not shown, and nothing that a terminal would obey is. */
static void check_planted(const char *name) {
  static const char *const around[][2] = {
      {"http://h/?", "&tok%65n=" PLANTED}, {"http://h/", ";sig=" PLANTED},
      {"http://" PLANTED "@h/", ""},       {"http://me:" PLANTED "@h/", ""},
      {"x::ftp://h/#", "&code=" PLANTED},  {"http://h/?u=", "&u=a%3Fkey%3D" PLANTED},
  };
  for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
    size_t room = strlen(name) + 100;
    char *whole = malloc(room), *shown = NULL, *again = NULL;
    if (whole == NULL)
      abort();
    int made = snprintf(whole, room, "%s%s%s", around[i][0], name, around[i][1]);
    require(made > 0 && (size_t)made < room && strstr(name, PLANTED) == NULL);
    shown = rf_url_display(whole);
    again = shown != NULL ? rf_url_display(shown) : NULL;
    require(again != NULL && strstr(shown, PLANTED) == NULL);
    require(rf_text_is_plain(shown, strlen(shown)) && strstr(again, PLANTED) == NULL);
    free(whole);
    rf_free(shown);
    rf_free(again);
  }
}

static void check_location(const rf_location *location) {
  require(location->url != NULL && rf_url_scheme(location->url) > 0);
  for (const char *c = location->url; *c != '\0'; c++)
    require((unsigned char)*c >= ' ');
  require((location->sigv4 != NULL) == location->is_signed);
  require(!location->is_signed || (location->user != NULL && location->password != NULL));
  if (!location->is_s3)
    return;
  require(rf_url_has_scheme(location->url, "http") || rf_url_has_scheme(location->url, "https"));
  require(location->region[strspn(location->region, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0');
}

static void check_refusals(const char *name, const rf_remote_options *remote, uint8_t flags, const char *region,
                           rf_location *location) {
  static const int statuses[] = {301, 307, 400, 403};
  rf_response said = {.size = sizeof said, .status = statuses[flags >> 6]};
  size_t n = strlen(region);
  memcpy(said.region, region, n < sizeof said.region ? n : sizeof said.region - 1);
  for (int i = 0; rf_location_retry(name, remote, &said, location); i++) {
    require(i < 10); /* retries end */
    check_location(location);
    said.region[0] = said.region[0] == 'a' ? 'b' : 'a';
    said.status = 403;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static bool ready;
  if (!ready)
    set_environment();
  ready = true;
  if (size == 0)
    return 0;
  uint8_t flags = data[0];
  char *lines[LINES];
  data++, size--;
  for (int i = 0; i < LINES; i++)
    lines[i] = take_line(&data, &size);
  rf_remote_options remote = {
      .size = sizeof remote, .requester_pays = flags & 1, .credentials = (rf_s3_credentials)((flags >> 1) % 3)};
  remote.region = flags & 8 ? lines[REGION] : NULL;
  remote.endpoint = flags & 16 ? lines[ENDPOINT] : NULL;
  check_shown(lines[NAME]);
  if (strstr(lines[NAME], PLANTED) == NULL)
    check_planted(lines[NAME]);
  (void)rf_url_same_server(lines[NAME], lines[ENDPOINT]);
  const char *path;
  size_t length;
  rf_url_path(lines[NAME], &path, &length);
  require(path >= lines[NAME] && path + length <= lines[NAME] + strlen(lines[NAME]));

  rf_location location;
  rf_error err = {0};
  rf_status status = rf_location_parse(lines[NAME], &remote, &location, &err);
  require(status == err.code && (status == RF_OK) == (err.message[0] == '\0'));
  if (status == RF_OK) {
    check_location(&location);
    check_refusals(lines[NAME], &remote, flags, lines[SAID], &location);
    rf_location_free(&location);
  }
  for (int i = 0; i < LINES; i++)
    free(lines[i]);
  return 0;
}
