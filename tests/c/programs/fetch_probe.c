/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fetches a URL with the libcurl transport and says in lines what came of it, for tests/unit/remote/test_transport.py.
 *
 *   fetch_probe FOLDER URL [user=U] [password=P] [header=H]... [timeout=S] [connect_timeout=S] [ca_bundle=F]
 *               [redirects=N] [refuse=BITS] [limit=N] [range=FIRST:LENGTH]... [concurrency=N] [validator=V]
 * [whole_or_range=1] [more_header=H]... [delay=S] [sigv4=A] [multirange=N]
 *
 * The bytes of range i go to FOLDER/i. Uses the public header only; the transport is what the row of the driver table
 * has in its user member.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rustfits.h"

/* What the options of these tests point at. */
static rf_limits ceilings;
static rf_remote_options fetching;

#define MOST 512

typedef struct {
  const char *folder;
  FILE *files[MOST]; /* ranges that are fetched side by side come mixed */
} probe;

static rf_status probe_begin(void *context, size_t range, const rf_response *response, rf_error *err) {
  probe *p = context;
  char path[1024];
  (void)err;
  printf("begin %zu %d %lld\n", range, response->status, (long long)response->total_size);
  if (range >= MOST || p->files[range] != NULL)
    return RF_ERR_CALLBACK;
  snprintf(path, sizeof path, "%s/%zu", p->folder, range);
  p->files[range] = fopen(path, "wb");
  return p->files[range] != NULL ? RF_OK : RF_ERR_IO;
}

static rf_status probe_take(void *context, size_t range, const void *data, size_t n, rf_error *err) {
  probe *p = context;
  (void)err;
  if (range >= MOST || p->files[range] == NULL)
    return RF_ERR_CALLBACK;
  return fwrite(data, 1, n, p->files[range]) == n ? RF_OK : RF_ERR_IO;
}

static const rf_transport *find_transport(const char *scheme) {
  const rf_driver *rows[128];
  size_t count = 0;
  if (rf_transport_name(scheme) == NULL || rf_driver_list(rows, 128, &count, NULL) != RF_OK)
    return NULL;
  for (size_t i = 0; i < count && i < 128; i++)
    if (strcmp(rows[i]->scheme, scheme) == 0)
      return rows[i]->user;
  return NULL;
}

static const char *value_of(const char *argument, const char *name) {
  size_t n = strlen(name);
  return strncmp(argument, name, n) == 0 && argument[n] == '=' ? argument + n + 1 : NULL;
}

int main(int argc, char **argv) {
  const rf_transport *transport = find_transport("http");
  if (argc < 3 || transport == NULL) {
    fprintf(stderr, "no arguments or no transport\n");
    return 2;
  }
  printf("transport %s\n", transport->name);
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  rf_remote_options_init(&fetching);
  options.remote = &fetching;
  const char *headers[MOST];
  rf_range ranges[MOST];
  fetching.headers = headers;
  rf_request request = {.size = sizeof request, .url = argv[2], .remote = &fetching};
  const char *more_headers[MOST];
  request.headers = more_headers;
  request.max_redirects = ceilings.redirects;
  request.max_bytes = ceilings.fetch_bytes;
  for (int i = 3; i < argc; i++) {
    const char *value;
    if ((value = value_of(argv[i], "user")) != NULL)
      request.user = value;
    else if ((value = value_of(argv[i], "password")) != NULL)
      request.password = value;
    else if ((value = value_of(argv[i], "header")) != NULL && fetching.header_count < MOST)
      headers[fetching.header_count++] = value;
    else if ((value = value_of(argv[i], "timeout")) != NULL)
      fetching.timeout = strtod(value, NULL);
    else if ((value = value_of(argv[i], "connect_timeout")) != NULL)
      fetching.connect_timeout = strtod(value, NULL);
    else if ((value = value_of(argv[i], "ca_bundle")) != NULL)
      fetching.ca_bundle = value;
    else if ((value = value_of(argv[i], "more_header")) != NULL && request.header_count < MOST)
      more_headers[request.header_count++] = value;
    else if ((value = value_of(argv[i], "concurrency")) != NULL)
      request.concurrency = (unsigned)strtoul(value, NULL, 10);
    else if ((value = value_of(argv[i], "multirange")) != NULL)
      request.multirange = strtoul(value, NULL, 10);
    else if ((value = value_of(argv[i], "validator")) != NULL)
      request.validator = value;
    else if ((value = value_of(argv[i], "whole_or_range")) != NULL)
      request.whole_or_range = 1;
    else if ((value = value_of(argv[i], "delay")) != NULL)
      request.delay = strtod(value, NULL);
    else if ((value = value_of(argv[i], "sigv4")) != NULL)
      request.sigv4 = value;
    else if ((value = value_of(argv[i], "redirects")) != NULL)
      request.max_redirects = (int)strtol(value, NULL, 10);
    else if ((value = value_of(argv[i], "refuse")) != NULL)
      request.refuse = (uint32_t)strtoul(value, NULL, 10);
    else if ((value = value_of(argv[i], "limit")) != NULL)
      request.max_bytes = strtoull(value, NULL, 10);
    else if ((value = value_of(argv[i], "range")) != NULL && request.range_count < MOST) {
      char *colon;
      ranges[request.range_count].offset = strtoull(value, &colon, 10);
      ranges[request.range_count++].length = strtoull(colon + 1, NULL, 10);
      request.ranges = ranges;
    } else {
      fprintf(stderr, "what is %s?\n", argv[i]);
      return 2;
    }
  }
  probe p = {.folder = argv[1]};
  const rf_receiver receiver = {sizeof receiver, &p, probe_begin, probe_take};
  rf_response response = {.size = sizeof response, .total_size = -1};
  rf_error err = {0};
  rf_status status = transport->fetch(transport->user, &request, &receiver, &response, &err);
  for (size_t i = 0; i < MOST; i++)
    if (p.files[i] != NULL)
      fclose(p.files[i]);
  printf("status %s\n", rf_status_get_name(status));
  printf("http_status %d\n", err.http_status);
  printf("sys_errno %d\n", err.sys_errno);
  printf("region %s\n", response.region);
  printf("retry_after %g\n", response.retry_after);
  printf("requests %llu\n", (unsigned long long)response.requests);
  printf("overhead %llu\n", (unsigned long long)response.overhead);
  printf("message %s\n", err.message);
  printf("response %d %lld %d\n", response.status, (long long)response.total_size, response.accepts_ranges);
  printf("etag %s\n", response.etag);
  printf("last_modified %s\n", response.last_modified);
  return 0;
}
