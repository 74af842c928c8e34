/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Requests that send one file: each is repeated after temporary failures, and goes to the region of an S3 bucket.
 */
#ifndef RF_STORE_UPLOAD_SENDER_H
#define RF_STORE_UPLOAD_SENDER_H

#include "store/remote/fetcher.h"

/* Bytes that are kept of the body of a response. */
#define RF_REPLY_BYTES ((size_t)16 << 10)

typedef struct rf_sender {
  const char *name;    /* of the file, as the user wrote it; borrowed */
  rf_fetcher *fetcher; /* its location, options and session */
  bool accepted;       /* the server has accepted a request: region and login are right */
} rf_sender;

typedef struct rf_reply {
  rf_response facts;
  char text[RF_REPLY_BYTES + 1]; /* the first bytes of the body, without the blanks before them */
  size_t length;                 /* of `text` */
  uint64_t received;             /* bytes of the whole body */
} rf_reply;

/* A request. All members but `method` may be zero. */
typedef struct rf_send {
  const char *method;
  const char *url;   /* NULL: that of the file */
  const char *query; /* appended to the URL of the file: "?uploads=" */
  const char *const *headers;
  size_t header_count;
  const rf_body *body;
  bool only_new; /* as in rf_request, as are the members below */
  const char *const *commands;
  size_t command_count;
  bool once; /* no repeats */
  /* Returns RF_OK if a response with a good status is a success. NULL: it is. */
  rf_status (*judge)(const rf_reply *reply, rf_error *err);
} rf_send;

/* Sends a request. `reply` may be NULL. Threads: several at once when sender->accepted is true. */
rf_status rf_sender_send(rf_sender *sender, const rf_send *send, rf_reply *reply, rf_error *err);

#endif
