/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New files on servers, over a transport of this file. tests/unit/upload has real servers.
 */
#include "check.h"
#include "store/http/sent.h"
#include "store/open.h"
#include "store/store.h"
#include "store/upload/xml.h"

/* ---- a server in memory ---- */

static struct {
  uint8_t content[100000];
  size_t size;
  int requests;
  int failures; /* so many requests fail first */
  rf_status failure;
  int only_new;
  char method[8];
} server;

static rf_status take_body(const rf_body *body, rf_error *err) {
  uint8_t made[sizeof server.content];
  CHECK(body->bytes <= sizeof made);
  for (uint64_t at = 0; at < body->bytes; at += 1000) {
    size_t n = body->bytes - at < 1000 ? (size_t)(body->bytes - at) : 1000;
    rf_status status = body->read(body->user, at, made + at, n, err);
    if (status != RF_OK)
      return status;
  }
  memcpy(server.content, made, (size_t)body->bytes);
  server.size = (size_t)body->bytes;
  return RF_OK;
}

static rf_status fetch(void *user, const rf_request *request, const rf_receiver *receiver, rf_response *response,
                       rf_error *err) {
  (void)user;
  server.requests++;
  server.only_new = request->only_new;
  snprintf(server.method, sizeof server.method, "%s", request->method != NULL ? request->method : "GET");
  if (server.failures > 0) {
    server.failures--;
    err->code = server.failure;
    snprintf(err->message, sizeof err->message, "on purpose");
    return server.failure;
  }
  rf_status status = take_body(request->body, err);
  response->status = 201;
  return status == RF_OK ? receiver->begin(receiver->user, 0, response, err) : status;
}

static const rf_transport sends = {.size = sizeof(rf_transport),
                                   .name = "tested",
                                   .schemes = "test-send",
                                   .flags = RF_TRANSPORT_RAW_NAMES | RF_TRANSPORT_SEND,
                                   .fetch = fetch};
static const rf_transport reads = {.size = sizeof(rf_transport),
                                   .name = "reader",
                                   .schemes = "test-read",
                                   .flags = RF_TRANSPORT_RAW_NAMES,
                                   .fetch = fetch};

/* ---- uploads ---- */

static rf_remote_options remote;
static int progress_calls;

static rf_status on_progress(void *user, uint64_t done, int64_t total) {
  (void)user;
  progress_calls++;
  return done > 50000 && total == 90000 ? RF_ERR_INTERRUPTED : RF_OK;
}

static rf_store *open_new(uint32_t flags) {
  rf_options options;
  rf_store *store = NULL;
  rf_error err;
  rf_error_clear(&err);
  rf_options_init(&options);
  rf_remote_options_init(&remote);
  remote.retries = 2;
  remote.progress = on_progress;
  options.remote = &remote;
  options.flags = flags;
  memset(&server, 0, sizeof server);
  CHECK_OK(rf_store_open("test-send://x/a.fits", RF_MODE_CREATE, &options, &store, &err), err);
  CHECK(store->profile.at_close && !store->profile.prefetch && store->writable);
  return store;
}

static void write_bytes(rf_store *store, size_t n) {
  rf_error err;
  uint8_t bytes[4];
  rf_error_clear(&err);
  CHECK_OK(rf_store_write(store, n - 4, "last", 4, &err), err);
  CHECK_OK(rf_store_write(store, 0, "frst", 4, &err), err);
  CHECK_OK(rf_store_read(store, n - 4, bytes, 4, &err), err);
  CHECK(memcmp(bytes, "last", 4) == 0 && server.requests == 0);
  CHECK_OK(rf_store_sync(store, &err), err);
  CHECK(server.requests == 0);
}

static void test_closing_sends(void) {
  rf_error err;
  rf_error_clear(&err);
  rf_store *store = open_new(RF_OPEN_NEW);
  write_bytes(store, 12345);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(server.requests == 1 && server.size == 12345 && server.only_new == 1);
  CHECK_STR(server.method, "PUT");
  CHECK(memcmp(server.content, "frst\0", 5) == 0 && memcmp(server.content + 12341, "last", 4) == 0);
  store = open_new(0);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(server.requests == 1 && server.size == 0 && server.only_new == 0);
}

static void test_discarded_files_are_not_sent(void) {
  rf_error err;
  rf_error_clear(&err);
  rf_store *store = open_new(0);
  write_bytes(store, 100);
  rf_store_discard(store);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(server.requests == 0);
}

static void test_temporary_failures_are_repeated(void) {
  rf_error err;
  rf_error_clear(&err);
  rf_store *store = open_new(0);
  write_bytes(store, 5000);
  server.failures = 2;
  server.failure = RF_ERR_NETWORK;
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(server.requests == 3 && server.size == 5000);
  store = open_new(0);
  write_bytes(store, 5000);
  server.failures = 9;
  server.failure = RF_ERR_NO_SPACE;
  CHECK(rf_store_close(store, &err) == RF_ERR_NO_SPACE);
  CHECK(server.requests == 1 && server.size == 0 && strstr(err.message, "on purpose") != NULL);
}

static void test_a_repeat_that_finds_a_file_says_so(void) {
  rf_error err;
  rf_error_clear(&err);
  rf_store *store = open_new(RF_OPEN_NEW);
  write_bytes(store, 100);
  server.failures = 1;
  server.failure = RF_ERR_EXISTS;
  CHECK(rf_store_close(store, &err) == RF_ERR_EXISTS);
  CHECK(strstr(err.message, "earlier attempt") == NULL);
}

static void test_progress_ends_an_upload(void) {
  rf_error err;
  rf_error_clear(&err);
  rf_store *store = open_new(0);
  write_bytes(store, 90000);
  progress_calls = 0;
  CHECK(rf_store_close(store, &err) == RF_ERR_INTERRUPTED);
  CHECK(server.size == 0 && progress_calls >= 1 && server.requests == 1);
}

static void refuse(const char *name, rf_mode mode, rf_status expected) {
  rf_store *store = NULL;
  rf_options options;
  rf_error err;
  rf_error_clear(&err);
  rf_options_init(&options);
  CHECK(rf_store_open(name, mode, &options, &store, &err) == expected && store == NULL);
}

static void test_what_cannot_be_written_is_refused(void) {
  memset(&server, 0, sizeof server);
  refuse("test-read://x", RF_MODE_CREATE, RF_ERR_READONLY);
  refuse("test-send://x", RF_MODE_READ_WRITE, RF_ERR_READONLY);
  CHECK(server.requests == 0);
}

/* ---- responses ---- */

static rf_status judge(int status, bool only_new) {
  rf_http_response response;
  rf_error err;
  rf_error_clear(&err);
  rf_http_response_reset(&response);
  response.status = status;
  rf_status judged = rf_http_sent_check(&response, only_new, &err);
  CHECK(judged == RF_OK || err.http_status == status);
  return judged;
}

static void test_statuses(void) {
  CHECK(judge(200, false) == RF_OK && judge(201, false) == RF_OK && judge(204, true) == RF_OK);
  CHECK(judge(202, false) == RF_ERR_HTTP_STATUS && judge(206, false) == RF_ERR_HTTP_STATUS);
  CHECK(judge(301, false) == RF_ERR_HTTP_STATUS && judge(307, false) == RF_ERR_HTTP_STATUS);
  CHECK(judge(401, false) == RF_ERR_PERMISSION && judge(404, false) == RF_ERR_NO_FILE);
  CHECK(judge(412, true) == RF_ERR_EXISTS && judge(412, false) == RF_ERR_HTTP_STATUS);
  CHECK(judge(413, false) == RF_ERR_NO_SPACE && judge(507, false) == RF_ERR_NO_SPACE);
  CHECK(rf_http_sent_status_ftp(552) == RF_ERR_NO_SPACE && rf_http_sent_status_ftp(553) == RF_ERR_PERMISSION);
  CHECK(rf_http_sent_status_ftp(226) == RF_ERR_NETWORK && rf_http_sent_status_ftp(426) == RF_ERR_NETWORK);
}

static bool get(const char *xml, const char *tag, size_t capacity, const char *expected) {
  char text[32];
  return rf_xml_get_text(xml, strlen(xml), tag, text, capacity) && strcmp(text, expected) == 0;
}

static void test_xml(void) {
  CHECK(get("<a><UploadId>x&amp;y&lt;&gt;&quot;&apos;</UploadId></a>", "UploadId", 32, "x&y<>\"'"));
  CHECK(get("<UploadIds>no</UploadIds><UploadId a='b'>1</UploadId>", "UploadId", 32, "1"));
  CHECK(get("<Code></Code>", "Code", 1, ""));
  CHECK(get("<Code>12345</Code>", "Code", 6, "12345") && !get("<Code>12345</Code>", "Code", 5, "12345"));
  CHECK(!get("<Code>1", "Code", 32, "1") && !get("<Code>1<", "Code", 32, "1") && !get("<Code", "Code", 32, ""));
  CHECK(!get("<Code>1<b/></Code>", "Code", 32, "1") && !get("<Code>a\nb</Code>", "Code", 32, "a\nb"));
  CHECK(!get("<Code>&bad;</Code>", "Code", 32, "") && !get("", "Code", 32, ""));
  CHECK(rf_xml_is_root("<?xml version='1.0'?>\n<Error><Code/>", 38, "Error"));
  CHECK(!rf_xml_is_root("<a><Error>", 10, "Error") && !rf_xml_is_root("<?xml", 5, "Error"));
}

int main(void) {
  rf_error err;
  rf_error_clear(&err);
  CHECK_OK(rf_transport_register(&sends, &err), err);
  CHECK_OK(rf_transport_register(&reads, &err), err);
  RUN(test_closing_sends);
  RUN(test_discarded_files_are_not_sent);
  RUN(test_temporary_failures_are_repeated);
  RUN(test_a_repeat_that_finds_a_file_says_so);
  RUN(test_progress_ends_an_upload);
  RUN(test_what_cannot_be_written_is_refused);
  RUN(test_statuses);
  RUN(test_xml);
  return check_report();
}
