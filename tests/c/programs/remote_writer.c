/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copies the HDUs of a local file to a new file on a server with the C library alone, for tests/unit/upload.
 *
 *   remote_writer FILE URL [put=1] [user=U] [password=P] [ca_bundle=F] [endpoint=E] [retries=N] [timeout=S]
 *                 [header=H] [new=1] [spool_bytes=N] [cancel=BYTES] [discard=1]
 *
 * "cancel" ends the upload after that many bytes. The standard output says what came of it. Uses the public header
 * only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rustfits.h"

/* What the options of these tests point at. */
static rf_remote_options sending;
static const char *header;
static uint64_t cancel_bytes = UINT64_MAX;
static uint64_t told;

static rf_status on_progress(void *user, uint64_t done, int64_t total) {
  (void)user, (void)total;
  told = done;
  return done >= cancel_bytes ? RF_ERR_CALLBACK : RF_OK;
}

static const char *value_of(const char *argument, const char *name) {
  size_t n = strlen(name);
  return strncmp(argument, name, n) == 0 && argument[n] == '=' ? argument + n + 1 : NULL;
}

static int take_argument(const char *argument, rf_options *options, int *discard) {
  const char *value;
  if ((value = value_of(argument, "put")) != NULL)
    sending.put = 1;
  else if ((value = value_of(argument, "user")) != NULL)
    sending.user = value;
  else if ((value = value_of(argument, "password")) != NULL)
    sending.password = value;
  else if ((value = value_of(argument, "ca_bundle")) != NULL)
    sending.ca_bundle = value;
  else if ((value = value_of(argument, "endpoint")) != NULL)
    sending.endpoint = value;
  else if ((value = value_of(argument, "retries")) != NULL)
    sending.retries = (int)strtol(value, NULL, 10) > 0 ? (int)strtol(value, NULL, 10) : -1;
  else if ((value = value_of(argument, "timeout")) != NULL)
    sending.timeout = strtod(value, NULL);
  else if ((value = value_of(argument, "header")) != NULL)
    header = value, sending.headers = &header, sending.header_count = 1;
  else if ((value = value_of(argument, "new")) != NULL)
    options->flags |= RF_OPEN_NEW;
  else if ((value = value_of(argument, "spool_bytes")) != NULL)
    options->spool_bytes = strtoull(value, NULL, 10);
  else if ((value = value_of(argument, "cancel")) != NULL)
    cancel_bytes = strtoull(value, NULL, 10);
  else if ((value = value_of(argument, "discard")) != NULL)
    *discard = 1;
  else
    return 0;
  return 1;
}

static rf_status copy_all(rf_file *from, rf_file *to, rf_error *err) {
  size_t count = 0;
  rf_status status = rf_file_get_hdu_count(from, &count, err);
  for (size_t i = 0; i < count && status == RF_OK; i++) {
    size_t index;
    status = rf_hdu_copy(from, i, to, &index, err);
  }
  return status;
}

static void say(const char *stage, rf_status status, const rf_error *err) {
  printf("%s %s\n%s_message %s\n", stage, rf_status_get_name(status), stage, err->message);
  printf("%s_http_status %d\n", stage, err->http_status);
}

int main(int argc, char **argv) {
  rf_options options;
  rf_error err = {0};
  rf_file *from = NULL, *to = NULL;
  int discard = 0;
  rf_options_init(&options);
  rf_remote_options_init(&sending);
  options.remote = &sending;
  sending.progress = on_progress;
  for (int i = 3; i < argc; i++)
    if (!take_argument(argv[i], &options, &discard))
      return 2;
  if (argc < 3 || rf_file_open(argv[1], RF_MODE_READ, NULL, &from, &err) != RF_OK)
    return 2;
  rf_status status = rf_file_open(argv[2], RF_MODE_CREATE, &options, &to, &err);
  say("open", status, &err);
  if (status == RF_OK) {
    printf("transport %s\natomic %d\n", rf_transport_name(argv[2][0] == 's' ? "s3" : "http"), rf_file_is_atomic(to));
    status = copy_all(from, to, &err);
    say("write", status, &err);
    if (discard)
      (void)rf_file_discard(to, NULL);
    say("close", rf_file_close(to, &err), &err);
    say("again", rf_file_free(to, &err), &err);
    printf("told %llu\n", (unsigned long long)told);
  }
  (void)rf_file_free(from, NULL);
  return 0;
}
