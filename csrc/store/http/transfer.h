/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One transfer of a fetch: a request for one range (or several in one request, or the whole file) and the exchanges
 * that it takes: redirects, and repeats without If-Range.
 */
#ifndef RF_STORE_HTTP_TRANSFER_H
#define RF_STORE_HTTP_TRANSFER_H

#include "store/http/exchange.h"
#include "store/http/multipart.h"

/* What the transfers of one fetch share. */
typedef struct rf_http_shared {
  const rf_request *request;
  const rf_receiver *receiver;
  rf_response *response;
  bool knows_file; /* `response` describes the file */
} rf_http_shared;

typedef struct rf_http_transfer {
  rf_http_shared *shared;
  size_t range; /* index of the first range in the request */
  size_t count; /* ranges of this transfer */
  rf_http_address address;
  bool remembered;    /* `address` is from an earlier fetch and may be out of date */
  bool unconditional; /* no If-Range: the server finds the validator too weak */
  int hops;           /* redirects followed */
  double elapsed;     /* seconds of the exchanges that have ended */

  rf_http_texts texts; /* of the exchange, as all below */
  bool is_ftp;         /* or SFTP */
  rf_http_response response;
  unsigned responses; /* final responses; an authentication takes two */
  rf_multipart *parts;
  bool begun;         /* the receiver was told of this body */
  uint64_t received;  /* bytes of the body */
  uint64_t discarded; /* bytes of the page of a redirect */
  uint64_t given;     /* bytes of the body of the request, as far as the transport has read it */
  rf_status status;   /* first failure while bytes arrived */
  rf_error failure;
} rf_http_transfer;

/* How an exchange ended. */
typedef enum rf_http_outcome {
  RF_HTTP_COMPLETE = 1, /* all bytes were delivered */
  RF_HTTP_AGAIN = 2,    /* another exchange is needed */
  RF_HTTP_BACK = 3      /* the same, to the address of the request: the remembered one is out of date */
} rf_http_outcome;

/* Begins a transfer of the ranges first .. first + count - 1. Copies `address`. */
rf_status rf_http_transfer_start(rf_http_transfer *transfer, rf_http_shared *shared, size_t first, size_t count,
                                 const rf_http_address *address, bool remembered, rf_error *err);

/* Begins an exchange and fills in its request. */
rf_status rf_http_transfer_begin(rf_http_transfer *transfer, rf_http_exchange *exchange, rf_error *err);

/* Takes a line of the head of the response. */
void rf_http_transfer_take_header(rf_http_transfer *transfer, const char *line, size_t n);

/* Takes n bytes of the body. Returns false if the rest of the body is useless. */
bool rf_http_transfer_take_body(rf_http_transfer *transfer, const void *data, size_t n);

/* Copies up to n bytes of the body of the request from `offset` on. Returns false if the request ends. */
bool rf_http_transfer_give_body(rf_http_transfer *transfer, uint64_t offset, void *buffer, size_t n, size_t *got);

/* Ends an exchange of `seconds` that the transport ended with `ending` (NULL: success). */
rf_status rf_http_transfer_end(rf_http_transfer *transfer, const rf_error *ending, double seconds,
                               rf_http_outcome *outcome, rf_error *err);

void rf_http_transfer_free(rf_http_transfer *transfer);

#endif
