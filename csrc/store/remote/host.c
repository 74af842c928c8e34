/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/remote/host.h"

#include <string.h>

#include "base/system/platform.h"
#include "store/http/url.h"

/* Servers that are remembered; the next one takes the place of the oldest. */
#define MAX_HOSTS 64

/* A server with a longer name is not remembered. */
#define MAX_BYTES 300

typedef struct host {
  char origin[MAX_BYTES]; /* URL without a path; "": none */
  rf_host_multirange multirange;
} host;

static rf_mutex lock = RF_MUTEX_INIT;
static host hosts[MAX_HOSTS];
static unsigned next;

/* Copies "scheme://host:port/" of a URL. Returns false if it is too long. */
static bool get_origin(const char *url, char origin[MAX_BYTES]) {
  const char *at = strstr(url, "://");
  size_t n = at != NULL ? (size_t)(at - url) + 3 : 0;
  n += strcspn(url + n, "/?#");
  if (at == NULL || n + 2 > MAX_BYTES)
    return false;
  memcpy(origin, url, n);
  memcpy(origin + n, "/", 2);
  return true;
}

/* Lock held. A fork while another thread wrote an entry may have cut it short, which makes it the name of no server. */
static host *find(const char *url) {
  for (unsigned i = 0; i < MAX_HOSTS; i++)
    if (hosts[i].origin[0] != '\0' && rf_url_same_server(hosts[i].origin, url))
      return &hosts[i];
  return NULL;
}

rf_host_multirange rf_host_get_multirange(const char *url) {
  rf_mutex_lock(&lock);
  const host *known = find(url);
  rf_host_multirange multirange = known != NULL ? known->multirange : RF_HOST_UNKNOWN;
  rf_mutex_unlock(&lock);
  return multirange;
}

void rf_host_set_multirange(const char *url, rf_host_multirange multirange) {
  char origin[MAX_BYTES];
  if (!get_origin(url, origin))
    return;
  rf_mutex_lock(&lock);
  host *known = find(url);
  if (known == NULL) {
    known = &hosts[next];
    next = (next + 1) % MAX_HOSTS;
    memset(known->origin, 0, sizeof known->origin);
    memcpy(known->origin, origin, strlen(origin));
  }
  known->multirange = multirange;
  rf_mutex_unlock(&lock);
}
