/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/aws.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/system/platform.h"

#define MAX_FILE_BYTES ((uint64_t)1 << 20)
#define MAX_PATH 4096

static const char *environment(const char *name) {
  const char *value = getenv(name);
  return value != NULL && *value != '\0' ? value : NULL;
}

/* Control characters are invalid here, and must not get into a request. */
static bool is_clean(const char *text, size_t n) {
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)text[i] < ' ' || text[i] == 0x7F)
      return false;
  return true;
}

/* Keeps a field that is set. */
static rf_status take_text(char **field, const char *text, size_t n, rf_error *err) {
  if (*field != NULL || n == 0 || !is_clean(text, n))
    return RF_OK;
  char *copy = rf_alloc(n + 1);
  if (copy == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate AWS credentials");
  memcpy(copy, text, n);
  copy[n] = '\0';
  *field = copy;
  return RF_OK;
}

static rf_status take_variable(char **field, const char *name, rf_error *err) {
  const char *value = environment(name);
  return value != NULL ? take_text(field, value, strlen(value), err) : RF_OK;
}

static void drop(char **text) {
  rf_free(*text);
  *text = NULL;
}

/* Drops a key without a secret, and the reverse, with their token. */
static void drop_halves(rf_aws *aws) {
  if (aws->key != NULL && aws->secret != NULL)
    return;
  drop(&aws->key);
  drop(&aws->secret);
  drop(&aws->token);
}

/* ---- profile files ---- */

typedef struct {
  const char *at;
  const char *end;
} line_text;

static line_text trimmed(const char *at, const char *end) {
  while (at < end && (unsigned char)*at <= ' ')
    at++;
  while (at < end && (unsigned char)end[-1] <= ' ')
    end--;
  return (line_text){at, end};
}

static bool is_text(line_text line, const char *text) {
  size_t n = strlen(text);
  return (size_t)(line.end - line.at) == n && memcmp(line.at, text, n) == 0;
}

static rf_status read_setting(rf_aws *aws, line_text name, line_text value, rf_error *err) {
  char **field = is_text(name, "aws_access_key_id")       ? &aws->key
                 : is_text(name, "aws_secret_access_key") ? &aws->secret
                 : is_text(name, "aws_session_token")     ? &aws->token
                 : is_text(name, "region")                ? &aws->region
                 : is_text(name, "endpoint_url")          ? &aws->endpoint
                                                          : NULL;
  return field != NULL ? take_text(field, value.at, (size_t)(value.end - value.at), err) : RF_OK;
}

/* Reads one section. An indented line continues the line before it. */
static rf_status read_section(rf_aws *said, const char *text, size_t n, const char *section, rf_error *err) {
  bool inside = false;
  for (const char *at = text, *end = text + n, *next; at < end; at = next) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    stop = stop != NULL ? stop : end;
    next = stop < end ? stop + 1 : end;
    line_text line = trimmed(at, stop);
    if (line.at == line.end || *at == ' ' || *at == '\t' || *at == '#' || *at == ';')
      continue;
    if (*line.at == '[') {
      const char *close = memchr(line.at, ']', (size_t)(line.end - line.at));
      inside = close != NULL && is_text(trimmed(line.at + 1, close), section);
      continue;
    }
    const char *equals = memchr(line.at, '=', (size_t)(line.end - line.at));
    if (inside && equals != NULL)
      RF_TRY(read_setting(said, trimmed(line.at, equals), trimmed(equals + 1, line.end), err));
  }
  return RF_OK;
}

static void move_text(char **from, char **to) {
  if (*to == NULL) {
    *to = *from;
    *from = NULL;
  }
}

rf_status rf_aws_read_profile(rf_aws *aws, const char *text, size_t n, const char *section, rf_error *err) {
  rf_aws said = {0};
  rf_status status = read_section(&said, text, n, section, err);
  drop_halves(&said);
  if (status == RF_OK) {
    if (aws->key == NULL) { /* key, secret and token come from one place */
      move_text(&said.key, &aws->key);
      move_text(&said.secret, &aws->secret);
      move_text(&said.token, &aws->token);
    }
    move_text(&said.region, &aws->region);
    move_text(&said.endpoint, &aws->endpoint);
  }
  rf_aws_free(&said);
  return status;
}

/* Gets the path in `variable`, or `otherwise` in the home folder. Returns false if there is none. */
static bool profile_path(const char *variable, const char *otherwise, char path[MAX_PATH]) {
  const char *given = environment(variable);
  const char *home = environment("HOME");
  if (home == NULL)
    home = environment("USERPROFILE");
  int n;
  if (given != NULL && !(given[0] == '~' && given[1] == '/'))
    n = snprintf(path, MAX_PATH, "%s", given);
  else if (home == NULL)
    return false;
  else
    n = snprintf(path, MAX_PATH, "%s/%s", home, given != NULL ? given + 2 : otherwise);
  return n > 0 && n < MAX_PATH;
}

/* Reads a file. *text is freed with rf_free, and NULL if the file cannot be read. */
static rf_status read_file(const char *path, char **text, size_t *n, rf_error *err) {
  rf_fd fd;
  uint64_t size = 0;
  *text = NULL;
  if (rf_fd_open(path, RF_MODE_READ, &fd, NULL) != RF_OK)
    return RF_OK;
  rf_status status = RF_OK;
  if (rf_fd_size(fd, &size, NULL) == RF_OK && size > 0 && size <= MAX_FILE_BYTES) {
    *text = rf_alloc((size_t)size);
    if (*text == NULL)
      status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate AWS credentials");
    else if (rf_fd_read(fd, 0, *text, (size_t)size, n, NULL) != RF_OK)
      drop(text);
  }
  (void)rf_fd_close(fd, NULL);
  return status;
}

static rf_status load_file(rf_aws *aws, const char *variable, const char *otherwise, const char *section,
                           rf_error *err) {
  char path[MAX_PATH], *text;
  size_t n = 0;
  if (!profile_path(variable, otherwise, path))
    return RF_OK;
  RF_TRY(read_file(path, &text, &n, err));
  rf_status status = text != NULL ? rf_aws_read_profile(aws, text, n, section, err) : RF_OK;
  rf_free(text);
  return status;
}

/* ---- environment and profiles ---- */

static rf_status load(rf_aws *aws, rf_error *err) {
  RF_TRY(take_variable(&aws->key, "AWS_ACCESS_KEY_ID", err));
  RF_TRY(take_variable(&aws->secret, "AWS_SECRET_ACCESS_KEY", err));
  RF_TRY(take_variable(&aws->token, "AWS_SESSION_TOKEN", err));
  RF_TRY(take_variable(&aws->region, "AWS_REGION", err));
  RF_TRY(take_variable(&aws->region, "AWS_DEFAULT_REGION", err));
  RF_TRY(take_variable(&aws->endpoint, "AWS_ENDPOINT_URL_S3", err));
  RF_TRY(take_variable(&aws->endpoint, "AWS_ENDPOINT_URL", err));
  drop_halves(aws);
  const char *profile = environment("AWS_PROFILE");
  profile = profile != NULL ? profile : "default";
  char section[300];
  if (strlen(profile) > 250)
    return RF_OK;
  RF_TRY(load_file(aws, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", profile, err));
  snprintf(section, sizeof section, "%s%s", strcmp(profile, "default") != 0 ? "profile " : "", profile);
  return load_file(aws, "AWS_CONFIG_FILE", ".aws/config", section, err);
}

rf_status rf_aws_load(rf_aws *aws, rf_error *err) {
  memset(aws, 0, sizeof *aws);
  rf_status status = load(aws, err);
  if (status != RF_OK)
    rf_aws_free(aws);
  return status;
}

void rf_aws_free(rf_aws *aws) {
  drop(&aws->key);
  drop(&aws->secret);
  drop(&aws->token);
  drop(&aws->region);
  drop(&aws->endpoint);
}
