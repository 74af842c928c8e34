/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/remote/fetcher.h"

#include <string.h>

#include "base/memory.h"
#include "store/http/url.h"
#include "store/remote/host.h"
#include "store/remote/retry.h"
#include "store/schemes.h"

#define PROGRESS_SECONDS 0.1

/* Long extents from a server as near as this are fetched one after the other: one connection uses the whole bandwidth,
 * and several displace each other's bytes in the caches. Over a greater distance several connections are faster. */
#define NEAR_SECONDS 0.005
#define LONG_BYTES ((uint64_t)4 << 20)
/* Largest request to a near server: between two requests the connection is idle until all bytes are processed. */
#define STREAM_BYTES ((uint64_t)256 << 20)
/* Bytes are counted in steps of this size. */
#define COUNT_BYTES ((uint64_t)1 << 20)

/* ---- options that outlive the call that brought them ---- */

static rf_status keep_text(rf_fetcher *f, const char **text, rf_error *err) {
  if (*text == NULL)
    return RF_OK;
  char *copy = rf_strdup(*text);
  if (copy == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  f->texts[f->text_count++] = copy;
  *text = copy;
  return RF_OK;
}

static rf_status keep_options(rf_fetcher *f, const rf_remote_options *from, rf_error *err) {
  enum { TEXTS = 5 };
  size_t headers = from->headers != NULL ? from->header_count : 0;
  f->remote = *from;
  f->remote.headers = NULL;
  f->remote.header_count = 0;
  f->texts = rf_alloc_zero(headers + TEXTS, sizeof *f->texts);
  if (f->texts == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  for (size_t i = 0; i < headers; i++) {
    const char *header = from->headers[i];
    RF_TRY(keep_text(f, &header, err));
  }
  f->remote.headers = (const char *const *)f->texts;
  f->remote.header_count = headers;
  RF_TRY(keep_text(f, &f->remote.ca_bundle, err));
  RF_TRY(keep_text(f, &f->remote.user, err));
  RF_TRY(keep_text(f, &f->remote.password, err));
  RF_TRY(keep_text(f, &f->remote.endpoint, err));
  return keep_text(f, &f->remote.region, err);
}

static uint64_t or_default(uint64_t value, uint64_t otherwise) {
  return value != 0 ? value : otherwise;
}

static void fill_in_defaults(rf_remote_options *remote) {
  remote->threshold_bytes = or_default(remote->threshold_bytes, (uint64_t)4 << 20);
  remote->first_bytes = or_default(remote->first_bytes, (uint64_t)256 << 10);
  remote->block_bytes = or_default(remote->block_bytes, (uint64_t)64 << 10);
  remote->cache_bytes = or_default(remote->cache_bytes, (uint64_t)256 << 20);
  remote->gap_bytes = or_default(remote->gap_bytes, (uint64_t)1 << 20);
  remote->request_bytes = or_default(remote->request_bytes, (uint64_t)16 << 20);
  remote->concurrency = remote->concurrency != 0 ? remote->concurrency : 8;
  remote->retries = remote->retries == 0 ? 4 : remote->retries < 0 ? 0 : remote->retries;
  remote->retry_seconds = remote->retry_seconds > 0 ? remote->retry_seconds : 60;
}

/* A transport that takes raw names finds credentials by itself. */
static rf_status location_of(rf_fetcher *f, const char *name, rf_error *err) {
  if ((f->transport->flags & RF_TRANSPORT_RAW_NAMES) == 0)
    return rf_location_parse(name, &f->remote, &f->location, err);
  f->location.url = rf_strdup(name);
  return f->location.url != NULL ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "out of memory");
}

/* Of the URLs, S3 servers and FTP send one range at a time. A transport that takes raw names speaks one protocol. */
static bool knows_multirange(const rf_fetcher *f) {
  const char *url = f->location.url;
  if ((f->transport->flags & RF_TRANSPORT_MULTIRANGE) == 0)
    return false;
  bool is_http = !f->location.is_s3 && (rf_url_has_scheme(url, "http") || rf_url_has_scheme(url, "https"));
  return is_http || (f->transport->flags & RF_TRANSPORT_RAW_NAMES) != 0;
}

/* A transport that takes raw names may read them without any server of their own. */
static bool has_host(const rf_fetcher *f) {
  return (f->transport->flags & RF_TRANSPORT_RAW_NAMES) == 0;
}

rf_status rf_fetcher_new(const rf_transport *transport, const char *name, const rf_options *options,
                         rf_fetcher **fetcher, rf_error *err) {
  rf_fetcher *f = rf_alloc_zero(1, sizeof *f);
  if (f == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  rf_mutex_init(&f->lock);
  f->transport = transport;
  f->redirects = options->limits->redirects;
  f->refuse = rf_schemes_refused(name, options);
  f->limit = options->limits->fetch_bytes;
  f->accepts_ranges = RF_ACCEPT_RANGES_UNKNOWN;
  f->stats.size = sizeof f->stats;
  rf_status status = keep_options(f, options->remote, err);
  if (status == RF_OK) {
    /* The caller's limit of size or time holds for all requests. */
    bool is_limited = f->remote.request_bytes != 0 || f->remote.timeout > 0;
    fill_in_defaults(&f->remote);
    f->stream_bytes = is_limited ? f->remote.request_bytes : STREAM_BYTES;
    status = location_of(f, name, err);
  }
  f->multirange = status == RF_OK && knows_multirange(f);
  if (f->multirange && has_host(f)) {
    rf_host_multirange known = rf_host_get_multirange(f->location.url);
    f->multirange = known != RF_HOST_REFUSES;
    f->untried = known == RF_HOST_UNKNOWN;
  }
  if (status == RF_OK && transport->session_open != NULL)
    status = transport->session_open(transport->user, &f->session, err);
  if (status != RF_OK) {
    rf_fetcher_free(f);
    return status;
  }
  *fetcher = f;
  return RF_OK;
}

void rf_fetcher_free(rf_fetcher *f) {
  if (f == NULL)
    return;
  if (f->session != NULL)
    f->transport->session_close(f->transport->user, f->session);
  rf_location_free(&f->location);
  for (size_t i = 0; i < f->text_count; i++)
    rf_free(f->texts[i]);
  rf_free(f->texts);
  rf_mutex_destroy(&f->lock);
  rf_free(f);
}

/* ---- statistics and progress ---- */

void rf_fetcher_count(rf_fetcher *f, uint64_t wanted, uint64_t hits, uint64_t misses) {
  rf_mutex_lock(&f->lock);
  f->stats.bytes_wanted += wanted;
  f->stats.cache_hits += hits;
  f->stats.cache_misses += misses;
  rf_mutex_unlock(&f->lock);
}

/* Counts `requests` of one fetch, `parallel` of them at a time. */
static void count_request(rf_fetcher *f, const rf_response *response, size_t requests, unsigned parallel, bool again) {
  rf_mutex_lock(&f->lock);
  f->stats.bytes_fetched += response->overhead;
  f->stats.requests += response->requests > 0 ? response->requests : requests;
  f->stats.round_trips += (requests + parallel - 1) / parallel;
  f->stats.retries += again;
  rf_mutex_unlock(&f->lock);
}

static void count_bytes(rf_fetcher *f, uint64_t n) {
  rf_mutex_lock(&f->lock);
  f->stats.bytes_fetched += n;
  rf_mutex_unlock(&f->lock);
}

/* Notes the time of the first response to a request that was sent at `sent_at`. */
static void note_response_time(rf_fetcher *f, double sent_at) {
  double seconds = rf_time_seconds() - sent_at;
  rf_mutex_lock(&f->lock);
  if (f->latency == 0 || seconds < f->latency)
    f->latency = seconds > 0 ? seconds : NEAR_SECONDS / 100;
  rf_mutex_unlock(&f->lock);
}

typedef struct {
  uint64_t done;
  int64_t total;
  double last; /* when progress was last reported */
} progress;

static rf_status report(const rf_fetcher *f, progress *p, bool end, rf_error *err) {
  if (f->remote.progress == NULL)
    return RF_OK;
  double now = rf_time_seconds();
  if (!end && now - p->last < PROGRESS_SECONDS)
    return RF_OK;
  p->last = now;
  rf_status status = f->remote.progress(f->remote.progress_user, p->done, p->total);
  return status == RF_OK ? RF_OK : rf_fail(err, status, "the caller's progress function ended the fetch");
}

/* ---- requests ---- */

rf_request rf_fetcher_request(const rf_fetcher *f, double delay) {
  rf_request request = {.size = sizeof request};
  request.url = f->location.url;
  request.user = f->location.user;
  request.password = f->location.password;
  request.remote = &f->remote;
  request.max_redirects = f->redirects;
  request.refuse = f->refuse;
  request.max_bytes = f->limit;
  request.headers = (const char *const *)f->location.headers;
  request.header_count = f->location.header_count;
  request.sigv4 = f->location.sigv4;
  request.delay = delay;
  request.session = f->session;
  return request;
}

/* ---- the first response ---- */

typedef struct {
  rf_fetcher *fetcher;
  const rf_first_receiver *receiver;
  bool whole;       /* requested the whole file */
  bool is_whole;    /* received the whole file */
  bool begun;       /* this body has begun */
  bool ever;        /* any body has begun */
  uint64_t at;      /* of the next byte */
  uint64_t resumed; /* where this request begins */
  double sent_at;   /* when this request was sent */
  progress progress;
} opening;

static bool same_file(const rf_fetcher *f, const rf_response *response) {
  if (response->total_size >= 0 && (uint64_t)response->total_size != f->size)
    return false;
  /* A missing validator does not mean that the file changed. */
  if (f->etag[0] != '\0' && response->etag[0] != '\0')
    return strcmp(f->etag, response->etag) == 0;
  return f->last_modified[0] == '\0' || response->last_modified[0] == '\0' ||
         strcmp(f->last_modified, response->last_modified) == 0;
}

static rf_status changed(rf_error *err) {
  return rf_fail(err, RF_ERR_CHANGED, "the file has changed on the server since it was opened; open it again");
}

static void remember(rf_fetcher *f, const rf_response *response) {
  memcpy(f->etag, response->etag, sizeof f->etag);
  memcpy(f->last_modified, response->last_modified, sizeof f->last_modified);
  f->size = response->total_size >= 0 ? (uint64_t)response->total_size : 0;
  f->accepts_ranges = response->accepts_ranges;
  /* If-Range needs a strong validator (RFC 9110, 13.1.5), or a date if there is none. */
  const char *validator = f->etag[0] != '\0' && strncmp(f->etag, "W/", 2) != 0 ? f->etag : f->last_modified;
  size_t n = strlen(validator);
  memcpy(f->validator, validator, n < sizeof f->validator ? n + 1 : 0);
}

static rf_status opening_begin(void *context, size_t range, const rf_response *response, rf_error *err) {
  opening *o = context;
  rf_fetcher *f = o->fetcher;
  (void)range;
  note_response_time(f, o->sent_at);
  if (o->resumed > 0) /* the rest of an interrupted download: it must be the same file */
    return same_file(f, response) ? RF_OK : changed(err);
  remember(f, response);
  o->begun = o->ever = true;
  o->is_whole = o->whole || response->status == 200 || response->status == 203;
  if (!o->is_whole && response->total_size < 0)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "the server sent a range without the size of the file");
  o->at = 0;
  o->progress.total = o->is_whole ? response->total_size : -1;
  o->progress.done = 0;
  return o->receiver->begin(o->receiver->context, o->is_whole ? RF_FIRST_WHOLE : RF_FIRST_RANGE, response->total_size,
                            err);
}

static rf_status opening_take(void *context, size_t range, const void *data, size_t n, rf_error *err) {
  opening *o = context;
  (void)range;
  count_bytes(o->fetcher, n);
  RF_TRY(o->receiver->take(o->receiver->context, o->at, data, n, err));
  o->at += n;
  o->progress.done = o->at;
  return report(o->fetcher, &o->progress, false, err);
}

static rf_status open_once(opening *o, double delay, rf_response *response, rf_error *err) {
  rf_fetcher *f = o->fetcher;
  rf_request request = rf_fetcher_request(f, delay);
  rf_range first = {0, f->remote.first_bytes};
  /* Resumes an interrupted download, if the server can. */
  uint64_t end = o->is_whole || f->size < first.length ? f->size : first.length;
  bool resume = o->at > 0 && f->accepts_ranges == RF_ACCEPT_RANGES_BYTES && end > o->at && f->validator[0] != '\0';
  o->resumed = resume ? o->at : 0;
  if (resume) {
    first = (rf_range){o->at, end - o->at};
    request.validator = f->validator;
  } else if (!o->whole) {
    request.whole_or_range = 1;
  }
  if (resume || !o->whole) {
    request.ranges = &first;
    request.range_count = 1;
  }
  o->begun = false;
  rf_receiver receiver = {sizeof receiver, o, opening_begin, opening_take};
  o->sent_at = rf_time_seconds() + delay;
  *response = (rf_response){.size = sizeof *response, .total_size = -1, .retry_after = -1};
  return f->transport->fetch(f->transport->user, &request, &receiver, response, err);
}

/* Tells whether the response to a range request makes a request for the whole file worth a try: an empty file has no
 * first byte, and some servers refuse ranges. */
static bool is_worth_whole(const opening *o, const rf_error *err) {
  return !o->whole && o->fetcher->remote.mode != RF_REMOTE_RANGES && !o->ever &&
         (err->code == RF_ERR_UNSUPPORTED || err->http_status == 416 || err->http_status == 501);
}

rf_status rf_fetcher_open(rf_fetcher *f, const char *name, bool whole, const rf_first_receiver *receiver,
                          rf_error *err) {
  opening o = {.fetcher = f, .receiver = receiver, .whole = whole};
  rf_retry retry = rf_retry_begin(&f->remote);
  for (int attempts = 1;; attempts++) {
    rf_error failure;
    rf_response response;
    uint64_t before = o.at;
    rf_error_clear(&failure);
    rf_status status = open_once(&o, retry.delay, &response, &failure);
    count_request(f, &response, 1, 1, attempts > 1);
    if (status == RF_OK && o.is_whole && f->size > 0 && o.at < f->size)
      status = rf_fail(&failure, RF_ERR_TRUNCATED, "the transfer ended after %llu of %llu bytes",
                       (unsigned long long)o.at, (unsigned long long)f->size);
    if (status == RF_OK)
      return report(f, &o.progress, true, err);
    if (!o.ever && rf_location_retry(name, &f->remote, &response, &f->location)) {
      retry.delay = 0;
      continue;
    }
    if (is_worth_whole(&o, &failure)) {
      o.whole = true;
      retry.delay = 0;
      continue;
    }
    if ((failure.sys_errno != 0 && !o.ever) || failure.code == RF_OK ||
        !rf_retry_again(&retry, &failure, &response, o.at > before))
      return rf_retry_give_up(&failure, status, attempts, err);
  }
}

/* ---- extents ---- */

typedef struct {
  rf_fetcher *fetcher;
  rf_extent *extents;
  const size_t *numbers; /* numbers of the extents in this fetch */
  rf_extent_take take;
  void *context;
  size_t multirange; /* extents in one request */
  unsigned parallel; /* parallel requests */
  double sent_at;    /* when the request was sent; 0: a response has come */
  uint64_t uncounted;
  bool progressed;
  bool limited; /* this fetch is not for all extents */
  progress progress;
} getting;

static rf_status getting_begin(void *context, size_t range, const rf_response *response, rf_error *err) {
  getting *g = context;
  (void)range;
  if (g->sent_at > 0)
    note_response_time(g->fetcher, g->sent_at);
  g->sent_at = 0;
  return same_file(g->fetcher, response) ? RF_OK : changed(err);
}

/* Chunks are small and many, so they are not counted one by one under the lock. */
static void count_rest(getting *g) {
  count_bytes(g->fetcher, g->uncounted);
  g->uncounted = 0;
}

static rf_status getting_take(void *context, size_t range, const void *data, size_t n, rf_error *err) {
  getting *g = context;
  size_t index = g->numbers[range];
  rf_extent *extent = &g->extents[index];
  if (n > extent->length - extent->received)
    return rf_fail(err, RF_ERR_NETWORK, "the server sent more than the %llu bytes requested",
                   (unsigned long long)extent->length);
  g->uncounted += n;
  if (g->uncounted >= COUNT_BYTES)
    count_rest(g);
  RF_TRY(g->take(g->context, index, data, n, err));
  extent->received += n;
  g->progressed = true;
  g->progress.done += n;
  return report(g->fetcher, &g->progress, false, err);
}

bool rf_fetcher_is_near(rf_fetcher *f) {
  rf_mutex_lock(&f->lock);
  bool is_near = f->latency < NEAR_SECONDS;
  rf_mutex_unlock(&f->lock);
  return is_near;
}

static unsigned choose_parallel(rf_fetcher *f, const rf_range *ranges, size_t count) {
  uint64_t bytes = 0;
  for (size_t i = 0; i < count; i++)
    bytes += ranges[i].length;
  return bytes / count >= LONG_BYTES && rf_fetcher_is_near(f) ? 1 : f->remote.concurrency;
}

bool rf_fetcher_has_multirange(rf_fetcher *f) {
  rf_mutex_lock(&f->lock);
  bool can = f->multirange;
  rf_mutex_unlock(&f->lock);
  return can;
}

/* Notes whether the server has sent several ranges, for this file and for later files of the same server. */
static void note_multirange(rf_fetcher *f, bool sends) {
  rf_mutex_lock(&f->lock);
  bool is_new = f->untried || f->multirange != sends;
  f->multirange = sends;
  f->untried = false;
  rf_mutex_unlock(&f->lock);
  if (is_new && has_host(f))
    rf_host_set_multirange(f->location.url, sends ? RF_HOST_SENDS : RF_HOST_REFUSES);
}

/* Returns the extents to request at once. A server that was never sent several ranges gets one such request: it may
 * answer with the whole file, on each of many connections. */
static size_t choose_count(rf_fetcher *f, size_t multirange) {
  rf_mutex_lock(&f->lock);
  bool untried = f->untried;
  rf_mutex_unlock(&f->lock);
  return multirange > 1 && untried ? multirange : SIZE_MAX;
}

/* Requests the missing part of all extents; *missing is their number. */
static rf_status get_once(getting *g, size_t count, size_t *numbers, rf_range *ranges, double delay, size_t *missing,
                          rf_response *response, rf_error *err) {
  rf_fetcher *f = g->fetcher;
  size_t n = 0, max = choose_count(f, g->multirange);
  for (size_t i = 0; i < count && n < max; i++) {
    const rf_extent *s = &g->extents[i];
    if (s->received == s->length)
      continue;
    numbers[n] = i;
    ranges[n++] = (rf_range){s->offset + s->received, s->length - s->received};
  }
  *missing = n;
  g->limited = n == max;
  if (n == 0)
    return RF_OK;
  rf_request request = rf_fetcher_request(f, delay);
  request.ranges = ranges;
  request.range_count = n;
  request.concurrency = g->parallel = choose_parallel(f, ranges, n);
  request.multirange = g->multirange;
  request.validator = f->validator[0] != '\0' ? f->validator : NULL;
  g->numbers = numbers;
  g->progressed = false;
  g->sent_at = rf_time_seconds() + delay;
  rf_receiver receiver = {sizeof receiver, g, getting_begin, getting_take};
  *response = (rf_response){.size = sizeof *response, .total_size = -1, .retry_after = -1};
  rf_status status = f->transport->fetch(f->transport->user, &request, &receiver, response, err);
  count_rest(g);
  return status;
}

static rf_status get_all(getting *g, size_t count, size_t *numbers, rf_range *ranges, rf_error *err) {
  rf_fetcher *f = g->fetcher;
  bool again = false;
  rf_retry retry = rf_retry_begin(&f->remote);
  for (int attempts = 1;; attempts++) {
    rf_error failure;
    rf_response response = {.size = sizeof response};
    size_t missing;
    rf_error_clear(&failure);
    rf_status status = get_once(g, count, numbers, ranges, retry.delay, &missing, &response, &failure);
    if (missing == 0)
      return report(f, &g->progress, true, err);
    count_request(f, &response, (missing + g->multirange - 1) / g->multirange, g->parallel, again);
    again = status != RF_OK || !g->limited;
    if (g->multirange > 1 && missing > 1 && (status == RF_OK || failure.code == RF_ERR_UNSUPPORTED))
      note_multirange(f, status == RF_OK);
    if (status == RF_OK && !g->progressed)
      status = rf_fail(&failure, RF_ERR_TRUNCATED, "the server sent no byte of the requested ranges");
    if (status == RF_OK) {
      retry.delay = 0;
      continue;
    }
    if (failure.code == RF_OK || !rf_retry_again(&retry, &failure, &response, g->progressed))
      return rf_retry_give_up(&failure, status, attempts, err);
  }
}

rf_status rf_fetcher_get(rf_fetcher *f, rf_extent *extents, size_t count, bool multirange, rf_extent_take take,
                         void *context, rf_error *err) {
  getting g = {.fetcher = f, .extents = extents, .take = take, .context = context};
  g.multirange = multirange ? RF_FETCHER_MAX_RANGES : 1;
  for (size_t i = 0; i < count; i++)
    g.progress.total += (int64_t)(extents[i].length - extents[i].received);
  size_t *numbers = rf_alloc(count * sizeof *numbers);
  rf_range *ranges = rf_alloc(count * sizeof *ranges);
  rf_status status = numbers == NULL || ranges == NULL
                         ? rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for %zu ranges", count)
                         : get_all(&g, count, numbers, ranges, err);
  rf_free(numbers);
  rf_free(ranges);
  return status;
}
