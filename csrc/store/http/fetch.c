/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One call of rf_transport.fetch for transports that speak HTTP or FTP: its transfers, and what they learn.
 */
#include <string.h>

#include "base/memory.h"
#include "store/http/transfer.h"
#include "base/versioned.h"

/* Most transfers of one fetch at a time. FTP servers count logins. */
#define MAX_TRANSFERS 64
#define MAX_FTP_TRANSFERS 4

struct rf_http_fetch {
  rf_http_shared shared;
  rf_http_session *session; /* NULL: none */
  rf_http_address address;  /* of the next transfer: later transfers go where redirects led */
  bool remembered;          /* `address` is from an earlier fetch and may be out of date */
  size_t ranges;            /* of the request; a whole file counts as one */
  size_t multirange;        /* ranges of one transfer */
  size_t next;              /* the next range to request */
  size_t transfer_count;
  rf_http_transfer *transfers;

  /* After a temporary failure, the transfers under way complete, because their bytes are useful. Their facts and
   * failures stay apart from those of the first failure. */
  rf_status failed;
  rf_error failure;
  rf_response *response; /* of the caller */
  rf_response later;
};

/* ---- open ---- */

static rf_status check_ranges(const rf_request *request, rf_error *err) {
  if (request->ranges != NULL && request->range_count == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "range_count = 0, expected at least 1");
  uint64_t end;
  for (size_t i = 0; request->ranges != NULL && i < request->range_count; i++)
    if (request->ranges[i].length == 0 || request->ranges[i].length > INT64_MAX ||
        !rf_add_u64(request->ranges[i].offset, request->ranges[i].length, &end) || end > INT64_MAX)
      return rf_fail(err, RF_ERR_ARGUMENT, "range %zu is empty or ends beyond 2^63", i);
  return RF_OK;
}

/* Distributes the ranges evenly. FTP has no multirange requests. */
static size_t choose_multirange(const rf_http_fetch *f, bool ftp) {
  size_t most = f->shared.request->multirange;
  most = most > 0 && !ftp ? most : 1;
  size_t requests = (f->ranges - 1) / most + 1;
  return (f->ranges - 1) / requests + 1;
}

static size_t choose_transfers(const rf_http_fetch *f, bool ftp) {
  size_t most = f->shared.request->concurrency > 0 ? f->shared.request->concurrency : 1;
  size_t limit = ftp ? MAX_FTP_TRANSFERS : MAX_TRANSFERS;
  size_t requests = (f->ranges - 1) / f->multirange + 1;
  most = most < limit ? most : limit;
  return most < requests ? most : requests;
}

static rf_status open_fetch(rf_http_fetch *f, rf_error *err) {
  const rf_request *request = f->shared.request;
  if (request->method != NULL && request->ranges != NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "a %s request has ranges, expected none", request->method);
  RF_TRY(check_ranges(request, err));
  RF_TRY(rf_http_session_recall(f->session, request, &f->address, &f->remembered, err));
  const char *url = f->address.url.text;
  bool ftp = rf_url_is_ftp(url);
  f->ranges = request->ranges != NULL ? request->range_count : 1;
  f->multirange = choose_multirange(f, ftp);
  size_t count = choose_transfers(f, ftp);
  f->transfers = rf_alloc_zero(count, sizeof *f->transfers);
  if (f->transfers == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu transfers", count);
  f->transfer_count = count;
  return RF_OK;
}

static void free_fetch(rf_http_fetch *f) {
  for (size_t i = 0; i < f->transfer_count; i++)
    rf_http_transfer_free(&f->transfers[i]);
  rf_free(f->transfers);
  rf_http_address_free(&f->address);
  rf_free(f);
}

rf_status rf_http_fetch_open(rf_http_session *session, const rf_request *request, const rf_receiver *receiver,
                             rf_response *response, rf_http_fetch **fetch, rf_error *err) {
  rf_error_clear(err);
  if (request == NULL || request->url == NULL || receiver == NULL || response == NULL || fetch == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a request with a URL, a receiver, a response and a fetch");
  rf_http_fetch *f = rf_alloc_zero(1, sizeof *f);
  if (f == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a fetch");
  f->session = request->method == NULL ? session : NULL; /* where reading was led to may not be where files go */
  f->shared = (rf_http_shared){request, receiver, response, false};
  f->response = response;
  response->status = 0;
  response->requests = response->overhead = 0;
  response->retry_after = -1;
  rf_error_clear(&f->failure);
  rf_status status = open_fetch(f, err);
  if (status != RF_OK) {
    free_fetch(f);
    return status;
  }
  *fetch = f;
  return RF_OK;
}

size_t rf_http_fetch_get_transfer_count(const rf_http_fetch *fetch) {
  return fetch->transfer_count;
}

/* ---- failures ---- */

static bool is_temporary(rf_status status) {
  return status == RF_ERR_NETWORK || status == RF_ERR_TRUNCATED || status == RF_ERR_TIMEOUT ||
         status == RF_ERR_HTTP_STATUS;
}

/* Keeps the facts of the first failure for the caller. The transfers that go on compare theirs with `before`. */
static void separate_facts(rf_http_fetch *f, const rf_response *before) {
  rf_response *facts = f->shared.response;
  uint64_t requests = 0, overhead = 0;
  if (facts == &f->later) {
    requests = facts->requests;
    overhead = facts->overhead;
  }
  f->later = *before;
  f->later.requests = requests;
  f->later.overhead = overhead;
  f->shared.response = &f->later;
}

/* The other transfers go on after a temporary failure, but start nothing. */
static rf_http_action give_up(rf_http_fetch *f, rf_status status, const rf_error *failure, const rf_response *before) {
  bool temporary = is_temporary(status);
  separate_facts(f, before);
  if (f->failed == RF_OK || !temporary) {
    f->failed = status;
    f->failure = *failure;
  }
  f->next = f->ranges;
  return temporary ? RF_HTTP_IDLE : RF_HTTP_STOP;
}

/* ---- exchanges ---- */

static rf_status start_next(rf_http_fetch *f, rf_http_transfer *t, rf_error *err) {
  size_t left = f->ranges - f->next, count = left < f->multirange ? left : f->multirange;
  size_t first = f->next;
  f->next += count;
  return rf_http_transfer_start(t, &f->shared, first, count, &f->address, f->remembered, err);
}

rf_http_action rf_http_fetch_begin(rf_http_fetch *f, size_t transfer, rf_http_exchange *exchange) {
  rf_http_transfer *t = &f->transfers[transfer];
  const rf_response before = *f->shared.response;
  rf_error failure;
  rf_error_clear(&failure);
  rf_status status = RF_OK;
  if (t->count == 0) {
    if (f->next == f->ranges)
      return RF_HTTP_IDLE;
    status = start_next(f, t, &failure);
  }
  rf_http_exchange made = {.size = sizeof made};
  if (status == RF_OK)
    status = rf_http_transfer_begin(t, &made, &failure);
  if (status != RF_OK)
    return give_up(f, status, &failure, &before);
  rf_struct_give(exchange, &made, sizeof made);
  return RF_HTTP_REQUEST;
}

void rf_http_fetch_take_header(rf_http_fetch *f, size_t transfer, const void *line, size_t n) {
  rf_http_transfer_take_header(&f->transfers[transfer], line, n);
}

rf_http_action rf_http_fetch_take_body(rf_http_fetch *f, size_t transfer, const void *data, size_t n) {
  return rf_http_transfer_take_body(&f->transfers[transfer], data, n) ? RF_HTTP_CONTINUE : RF_HTTP_STOP;
}

rf_http_action rf_http_fetch_give_body(rf_http_fetch *f, size_t transfer, uint64_t offset, void *buffer, size_t n,
                                       size_t *got) {
  return rf_http_transfer_give_body(&f->transfers[transfer], offset, buffer, n, got) ? RF_HTTP_CONTINUE : RF_HTTP_STOP;
}

/* Later transfers, and later fetches of the file, go where this one was redirected to. */
static rf_status learn(rf_http_fetch *f, const rf_http_transfer *t, rf_error *err) {
  if (t->hops == 0)
    return RF_OK;
  rf_http_address address = {0};
  RF_TRY(rf_http_address_of(f->shared.request, &address, err));
  /* Logins lead back to the URL of the request. Its own credentials are good there again. */
  bool back = strcmp(address.url.text, t->address.url.text) == 0;
  if (!back) {
    rf_http_address_free(&address);
    RF_TRY(rf_http_address_copy(&t->address, &address, err));
  }
  rf_http_address_free(&f->address);
  f->address = address;
  f->remembered = false;
  return rf_http_session_remember(f->session, f->shared.request, back ? NULL : &f->address, err);
}

/* Forgets the remembered address, unless another transfer has done so. */
static rf_status forget(rf_http_fetch *f, const rf_http_transfer *t, rf_error *err) {
  if (!f->remembered)
    return RF_OK;
  f->remembered = false;
  rf_http_address_free(&f->address);
  RF_TRY(rf_http_address_copy(&t->address, &f->address, err));
  return rf_http_session_remember(f->session, f->shared.request, NULL, err);
}

static rf_status end_exchange(rf_http_fetch *f, rf_http_transfer *t, const rf_error *ending, double seconds,
                              rf_error *failure) {
  rf_http_outcome outcome = RF_HTTP_COMPLETE;
  RF_TRY(rf_http_transfer_end(t, ending, seconds, &outcome, failure));
  if (outcome == RF_HTTP_BACK)
    return forget(f, t, failure);
  if (outcome == RF_HTTP_COMPLETE) {
    t->count = 0;
    return learn(f, t, failure);
  }
  return RF_OK;
}

rf_http_action rf_http_fetch_end(rf_http_fetch *f, size_t transfer, const rf_error *ending, double seconds) {
  rf_http_transfer *t = &f->transfers[transfer];
  rf_response before = *f->shared.response;
  rf_error failure;
  rf_error_clear(&failure);
  if (ending != NULL && ending->code == RF_OK)
    ending = NULL;
  rf_status status = end_exchange(f, t, ending, seconds, &failure);
  if (status != RF_OK) {
    t->count = 0;
    return give_up(f, status, &failure, &before);
  }
  return t->count > 0 || f->next < f->ranges ? RF_HTTP_REQUEST : RF_HTTP_IDLE;
}

rf_status rf_http_fetch_close(rf_http_fetch *f, rf_error *err) {
  if (f == NULL)
    return RF_OK;
  rf_status status = f->failed;
  if (f->shared.response == &f->later) {
    f->response->requests += f->later.requests;
    f->response->overhead += f->later.overhead;
  }
  if (err != NULL && err->code == RF_OK)
    *err = f->failure;
  free_fetch(f);
  return status;
}
