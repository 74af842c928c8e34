/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/upload/stor.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/http/url.h"

/* The temporary name has at most so much of the name of the file, so that servers take it. */
#define MAX_NAME_BYTES 200

typedef struct {
  char *folder;    /* URL of the folder, with '/' at its end */
  char *url;       /* of the temporary file */
  char *rename[2]; /* RNFR and RNTO */
  char *remove;    /* DELE */
} stor_names;

static void free_names(stor_names *names) {
  rf_free(names->folder);
  rf_free(names->url);
  rf_free(names->rename[0]);
  rf_free(names->rename[1]);
  rf_free(names->remove);
}

static char *join(const char *first, const char *second) {
  size_t room = strlen(first) + strlen(second) + 1;
  char *text = rf_alloc(room);
  if (text != NULL)
    snprintf(text, room, "%s%s", first, second);
  return text;
}

/* A command ends with its line. */
static bool is_one_line(const char *text) {
  for (; *text != '\0'; text++)
    if ((unsigned char)*text < ' ' || *text == 0x7F)
      return false;
  return true;
}

/* ".name.0123456789abcdef.part", of characters that need no encoding in a URL. */
static void make_temporary(const char *name, char *temporary, size_t room) {
  char plain[MAX_NAME_BYTES + 1];
  size_t n = 0;
  for (; *name != '\0' && n < MAX_NAME_BYTES; name++)
    if ((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9') ||
        strchr("-._", *name) != NULL)
      plain[n++] = *name;
  plain[n] = '\0';
  uint64_t bits = (uint64_t)rf_time_of_day() * UINT64_C(0x9E3779B97F4A7C15) ^ (uint64_t)(uintptr_t)&plain;
  snprintf(temporary, room, ".%s.%016llx.part", plain, (unsigned long long)bits);
}

static rf_status make_names(const char *url, stor_names *names, rf_error *err) {
  char temporary[MAX_NAME_BYTES + 32];
  size_t n = strcspn(url, "?#");
  while (n > 0 && url[n - 1] != '/')
    n--;
  char *name = NULL;
  RF_TRY(rf_url_decode(url + n, strlen(url + n), &name, err));
  if (name[0] == '\0' || !is_one_line(name) || strchr(name, '/') != NULL) {
    rf_free(name);
    return rf_fail(err, RF_ERR_ARGUMENT, "the URL does not end with the name of a file on one line");
  }
  make_temporary(name, temporary, sizeof temporary);
  names->folder = rf_strdup(url);
  if (names->folder != NULL) {
    names->folder[n] = '\0';
    names->url = join(names->folder, temporary);
  }
  names->rename[0] = join("RNFR ", temporary);
  names->rename[1] = join("RNTO ", name);
  names->remove = join("DELE ", temporary);
  rf_free(name);
  bool all = names->url != NULL && names->rename[0] != NULL && names->rename[1] != NULL && names->remove != NULL;
  return all ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot allocate the name of a temporary file");
}

static rf_status ignore_body(void *context, uint64_t at, const void *data, size_t n, rf_error *err) {
  (void)context, (void)at, (void)data, (void)n, (void)err;
  return RF_OK;
}

static rf_status ignore_begin(void *context, rf_first_body body, int64_t total, rf_error *err) {
  (void)context, (void)body, (void)total, (void)err;
  return RF_OK;
}

/* FTP has no command that creates a file only if there is none. */
static rf_status check_new(rf_sender *sender, rf_error *err) {
  rf_first_receiver receiver = {ignore_begin, ignore_body, NULL};
  rf_error failure;
  rf_error_clear(&failure);
  sender->fetcher->remote.first_bytes = 1;
  rf_status status = rf_fetcher_open(sender->fetcher, sender->name, false, &receiver, &failure);
  if (status == RF_ERR_NO_FILE)
    return RF_OK;
  if (status == RF_OK)
    return rf_fail(err, RF_ERR_EXISTS, "the file already exists on the server");
  if (err != NULL && err->code == RF_OK)
    *err = failure;
  return status;
}

static rf_status send_named(rf_sender *sender, rf_source *source, const stor_names *names, rf_error *err) {
  rf_span span;
  rf_span_of_source(&span, source, 0, source->bytes);
  rf_send send = {.method = "PUT",
                  .url = names->url,
                  .body = &span.body,
                  .command_count = 2,
                  .commands = (const char *const *)names->rename};
  rf_status status = rf_sender_send(sender, &send, NULL, err);
  if (status == RF_OK)
    return RF_OK;
  const char *remove[] = {names->remove};
  rf_send clean = {.method = "DELETE", .url = names->folder, .commands = remove, .command_count = 1, .once = true};
  (void)rf_sender_send(sender, &clean, NULL, NULL); /* the first failure counts */
  return status;
}

rf_status rf_stor_send(rf_sender *sender, rf_source *source, bool only_new, rf_error *err) {
  stor_names names = {0};
  rf_status status = make_names(sender->fetcher->location.url, &names, err);
  if (status == RF_OK && only_new)
    status = check_new(sender, err);
  if (status == RF_OK)
    status = send_named(sender, source, &names, err);
  free_names(&names);
  return status;
}
