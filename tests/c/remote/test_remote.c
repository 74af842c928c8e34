/* SPDX-License-Identifier: BSD-3-Clause
 *
 * URLs, and the remote driver over transports of this file. tests/unit/remote/test_transport.py has real servers.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "check.h"
#include "store/http/url.h"
#include "store/redact.h"
#include "store/store.h"
#include "store/open.h"
#include "store/registry.h"

/* What the options of these tests point at. */
static rf_limits ceilings;
static rf_remote_options fetching;

/* ---- URLs ---- */

static void check_url(const char *name, const char *text, const char *user, const char *password) {
  rf_url url;
  rf_error err = {0};
  CHECK_OK(rf_url_parse(name, &url, &err), err);
  if (err.code != RF_OK)
    return;
  CHECK_STR(url.text, text);
  CHECK_STR(url.user != NULL ? url.user : "(none)", user);
  CHECK_STR(url.password != NULL ? url.password : "(none)", password);
  rf_url_free(&url);
}

static void test_url_parts(void) {
  check_url("http://host/a.fits", "http://host/a.fits", "(none)", "(none)");
  check_url("http://host", "http://host", "(none)", "(none)");
  check_url("ftp://me@host/a", "ftp://host/a", "me", "(none)");
  check_url("ftp://me:@host/a", "ftp://host/a", "me", "");
  check_url("ftp://:pw@host/a", "ftp://host/a", "", "pw");
  check_url("https://me:p%40ss%3Aw%2Frd%25@host:81/a?x=@b#part", "https://host:81/a?x=@b", "me", "p@ss:w/rd%");
  check_url("ftp://me:p@ss@host/a", "ftp://host/a", "me", "p@ss");
  check_url("http://[::1]:80/a b\"c\xC3\xA9.fits", "http://[::1]:80/a%20b%22c%C3%A9.fits", "(none)", "(none)");
  check_url("http://host/a[1].fits?q={2}|3", "http://host/a[1].fits?q=%7B2%7D%7C3", "(none)", "(none)");
  check_url("http://host/a%20b", "http://host/a%20b", "(none)", "(none)");
  check_url("http://me:pw@host?q", "http://host?q", "me", "pw");
}

static void test_url_refused(void) {
  static const char *const bad[] = {
      "http:///a.fits",  "http://",        "http://me:pw@/a",         "http://:80/a",       "plain/path",
      "http://host/a\n", "http://ho\tst/", "ftp://me:p%0d%0aDELE@h/", "ftp://m%00e@host/a", "ftp://m%ze@host/a",
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    rf_url url;
    rf_error err = {0};
    if (rf_url_parse(bad[i], &url, &err) == RF_OK) {
      fprintf(stderr, "accepted: %s\n", bad[i]);
      CHECK(0);
      rf_url_free(&url);
    }
    CHECK(err.code == RF_ERR_ARGUMENT && err.message[0] != '\0');
    CHECK(strstr(err.message, "pw") == NULL);
  }
}

static void test_url_same_server(void) {
  CHECK(rf_url_same_server("http://a.b/x", "http://A.B/y?q"));
  CHECK(rf_url_same_server("http://a.b/x", "http://a.b:80/x"));
  CHECK(rf_url_same_server("http://a.b/x", "https://a.b/x"));
  CHECK(rf_url_same_server("http://[::1]/x", "http://[::1]:80/x"));
  CHECK(!rf_url_same_server("https://a.b/x", "http://a.b/x"));
  CHECK(!rf_url_same_server("http://a.b:8080/x", "https://a.b/x"));
  CHECK(!rf_url_same_server("http://a.b/x", "http://a.b:8080/x"));
  CHECK(!rf_url_same_server("http://a.b/x", "http://a.b.c/x"));
  CHECK(!rf_url_same_server("http://a.b/x", "http://c@evil/a.b"));
  CHECK(!rf_url_same_server("http://[::1]/x", "http://[::2]/x"));
}

static void test_url_shown(void) {
  static const struct {
    const char *name, *shown;
  } cases[] = {
      {"http://h/a?x=1&y=2#z", "http://h/a?x=1&y=2#z"},
      {"http://h/a?X-Amz-Signature=abc&x=1", "http://h/a?X-Amz-Signature=***&x=1"},
      {"http://me:pw@h/a?x=1&access_token=abc#token=1", "http://me:***@h/a?x=1&access_token=***#token=***"},
      {"https://h/a?sig=abc&keyword=m31&api_key=2", "https://h/a?sig=***&keyword=m31&api_key=***"},
      {"https://h/a?token=&token&x", "https://h/a?token=&token&x"},
      {"https://h/a?&&token=1", "https://h/a?&&token=***"},
      {"https://h/a?token=1?2=3", "https://h/a?token=***"},
      /* keys that are encoded, once and twice, or written like an array */
      {"https://h/a?X%2DAmz%2DSignature=abc&x=1", "https://h/a?X%2DAmz%2DSignature=***&x=1"},
      {"https://h/a?%74%6Fken=abc", "https://h/a?%74%6Fken=***"},
      {"https://h/a?%2574oken=abc", "https://h/a?%2574oken=***"},
      {"https://h/a?token[]=abc&token%5B0%5D=def", "https://h/a?token[]=***&token%5B0%5D=***"},
      {"https://h/a?x=1;token=ab;c&y=2", "https://h/a?x=1;token=***&y=2"},
      /* a URL in the query of another one */
      {"https://h/a?u=https%3A%2F%2Fo%2F%3Fsig%3Dabc&x=1", "https://h/a?u=***&x=1"},
      {"https://h/a?u=https://o/?sig=abc&x=1", "https://h/a?u=https://o/?sig=***&x=1"},
      {"https://h/a?u=https%3A%2F%2Fme%3Apw%40o%2F&x=1", "https://h/a?u=***&x=1"},
      {"https://h/a?u=https%3A%2F%2Fo%2Ffile", "https://h/a?u=https%3A%2F%2Fo%2Ffile"},
      {"https://h/?u=https://TOKEN@o/x", "https://h/?u=https://***@o/x"},
      /* path parameters and fragments */
      {"https://h/a;token=abc/b.fits", "https://h/a;token=***/b.fits"},
      {"https://h/a;jsessionid=abc?x=1", "https://h/a;jsessionid=***?x=1"},
      {"https://h/token=abc/b.fits", "https://h/token=***/b.fits"},
      {"https://h/;x=1;%73ig=abc", "https://h/;x=1;%73ig=***"},
      {"https://h/a#access_token=abc&x=1", "https://h/a#access_token=***&x=1"},
      {"https://h/a#x=1&access_token=abc", "https://h/a#x=1&access_token=***"},
      {"https://h/a?code=abc&barcode=1&auth_code=2", "https://h/a?code=***&barcode=1&auth_code=***"},
      {"https://h/a?hdnts=exp=1~acl=/*~hmac=abc", "https://h/a?hdnts=***"},
      /* users that are tokens */
      {"https://TOKEN@h/a", "https://***@h/a"},
      {"https://TOKEN:@h/a", "https://***@h/a"},
      {"https://TOKEN:x-oauth-basic@h/a", "https://***@h/a"},
      {"https://ghp_0123456789012345678901234567890123456:x@h/a", "https://***@h/a"},
      {"https://me%3Apw@h/a", "https://***@h/a"},
      {"https://me:pw%40h/a", "https://me:***%40h/a"},
      {"ftp://me%3Apw@h/a", "ftp://me***@h/a"},
      {"ftp://me@h/a", "ftp://me@h/a"},
      {"s3://KEY:SECRET@bucket/key", "s3://KEY:***@bucket/key"},
      {"s3://KEY@bucket/key", "s3://***@bucket/key"},
      {"s3://bucket/a@b=c;d", "s3://bucket/a@b=c;d"},
      /* chains, as fsspec has them, and a URL behind a path */
      {"simplecache::https://me:pw@h/a?sig=1", "simplecache::https://me:***@h/a?sig=***"},
      {"zip://a.fits::https://TOKEN@h/x.zip", "zip://a.fits::https://***@h/x.zip"},
      {"./copy of https://h/?token=abc", "./copy of https://h/?token=***"},
      /* what a terminal would obey */
      {"a\nb\r\t\x1b[31mred", "a\\nb\\r\\t\\x1b[31mred"},
      {"a\xE2\x80\xAE"
       "stif.b",
       "a\\u202estif.b"},
      {"caf\xE9 \xC3\xA9 \xC2\x9B"
       "1m \xF3\xA0\x81\x81",
       "caf\\xe9 \xC3\xA9 \\u009b1m \\U000e0041"},
      {"C:\\new\\table.fits", "C:\\new\\table.fits"},
      {"a?token=1", "a?token=1"},
      {"file:///a?token=1", "file:///a?token=1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char shown[100];
    rf_name_show(cases[i].name, shown, sizeof shown);
    CHECK_STR(shown, cases[i].shown);
  }
  char target[100];
  rf_redirect_show("https://me:pw@h/a;sid=1?x=1#y", target, sizeof target);
  CHECK_STR(target, "https://me:***@h/a;sid=***?***");
  rf_redirect_show("https://h/a#y", target, sizeof target);
  CHECK_STR(target, "https://h/a#***");
  rf_redirect_show(NULL, target, sizeof target);
  CHECK_STR(target, "");
  rf_name_redact("https://TOKEN@h/a\nb", target, sizeof target);
  CHECK_STR(target, "https://***@h/a\nb");
  CHECK(rf_key_is_secret("X-Api-Key") && rf_key_is_secret("Authorization") && rf_key_is_secret("COOKIE"));
  CHECK(!rf_key_is_secret("Accept") && !rf_key_is_secret("") && !rf_key_is_secret(NULL));
  char small[6] = "xxxxx";
  rf_name_show("http://h/", small, sizeof small);
  CHECK_STR(small, "http:");
  rf_name_show("http\xC3\xA9", small, sizeof small);
  CHECK_STR(small, "http");
  rf_name_show(NULL, small, sizeof small);
  CHECK_STR(small, "");
  rf_name_show("x", small, 0);
}

/* ---- the driver over a transport made up here ---- */

typedef struct {
  const char *body;
  size_t n;
  size_t piece;
  int64_t announced;
  rf_status failure; /* after the body */
  int calls;
  char url[200];
  char user[40];
  char password[40];
  double timeout;
  int redirects;
} fake_server;

static rf_status fake_fetch(void *user, const rf_request *request, const rf_receiver *receiver, rf_response *response,
                            rf_error *err) {
  fake_server *server = user;
  server->calls++;
  snprintf(server->url, sizeof server->url, "%s", request->url);
  snprintf(server->user, sizeof server->user, "%s", request->user != NULL ? request->user : "(none)");
  snprintf(server->password, sizeof server->password, "%s", request->password != NULL ? request->password : "(none)");
  server->timeout = request->remote->timeout;
  server->redirects = request->max_redirects;
  response->status = 200;
  response->total_size = server->announced;
  RF_TRY(receiver->begin(receiver->user, 0, response, err));
  for (size_t at = 0; at < server->n;) {
    size_t n = server->n - at < server->piece ? server->n - at : server->piece;
    RF_TRY(receiver->take(receiver->user, 0, server->body + at, n, err));
    at += n;
  }
  return server->failure == RF_OK ? RF_OK : rf_fail(err, server->failure, "the server is tired");
}

static fake_server server;
static const rf_transport fake = {sizeof fake, "fake", "fake fakes", &server, 0, fake_fetch, NULL, NULL};

static void serve(const char *body, size_t n, size_t piece, int64_t announced) {
  rf_error err = {0};
  memset(&server, 0, sizeof server);
  server.body = body;
  server.n = n;
  server.piece = piece;
  server.announced = announced;
  CHECK_OK(rf_transport_register(&fake, &err), err);
}

static rf_status open_fake(const char *name, const rf_options *options, rf_store **store, rf_error *err) {
  rf_options defaults;
  rf_options_init(&defaults);
  *store = NULL;
  rf_error_clear(err);
  return rf_store_open(name, RF_MODE_READ, options != NULL ? options : &defaults, store, err);
}

static char *make_body(size_t n) {
  char *body = malloc(n);
  for (size_t i = 0; body != NULL && i < n; i++)
    body[i] = (char)(i * 31 + i / 251);
  return body;
}

static void test_whole_file(void) {
  enum { SIZE = 3000001 };
  char *body = make_body(SIZE);
  /* announced; not announced, so that the memory has to grow */
  for (int told = 0; told < 2; told++) {
    serve(body, SIZE, 65521, told ? SIZE : -1);
    rf_store *store;
    rf_error err = {0};
    CHECK_OK(open_fake("fake://me:p%20w@host/dir/a.fits?x#y", NULL, &store, &err), err);
    if (store == NULL)
      break;
    uint64_t size = 0;
    const uint8_t *bytes = NULL;
    char last[8];
    size_t got = 0;
    CHECK_OK(rf_store_size(store, &size, &err), err);
    CHECK(size == SIZE);
    CHECK_OK(rf_store_peek(store, 0, SIZE, &bytes, &err), err);
    CHECK(bytes != NULL && memcmp(bytes, body, SIZE) == 0);
    CHECK_OK(rf_store_read_at(store, SIZE - 3, last, sizeof last, &got, &err), err);
    CHECK(got == 3 && memcmp(last, body + SIZE - 3, 3) == 0);
    CHECK(!store->writable && rf_store_write(store, 0, "x", 1, NULL) == RF_ERR_READONLY);
    CHECK((store->flags & RF_DRIVER_REMOTE) && store->profile.in_memory && !store->profile.prefetch);
    CHECK(server.calls == 1);
    CHECK_STR(server.url, "fake://host/dir/a.fits?x");
    CHECK_STR(server.user, "me");
    CHECK_STR(server.password, "p w");
    CHECK_OK(rf_store_close(store, &err), err);
  }
  free(body);
}

static void test_options_arrive(void) {
  serve("abc", 3, 3, 3);
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  rf_remote_options_init(&fetching);
  options.remote = &fetching;
  fetching.timeout = 2.5;
  ceilings.redirects = 3;
  rf_store *store;
  rf_error err = {0};
  CHECK_OK(open_fake("FAKES://host/a", &options, &store, &err), err);
  CHECK(server.timeout == 2.5 && server.redirects == 3);
  CHECK_STR(server.user, "(none)");
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_empty_body(void) {
  for (int told = 0; told < 2; told++) {
    serve("", 0, 1, told ? 0 : -1);
    rf_store *store;
    rf_error err = {0};
    uint64_t size = 7;
    CHECK_OK(open_fake("fake://host/a", NULL, &store, &err), err);
    CHECK_OK(rf_store_size(store, &size, &err), err);
    CHECK(size == 0);
    CHECK_OK(rf_store_close(store, &err), err);
  }
}

static void test_writing_is_refused_without_a_request(void) {
  serve("abc", 3, 3, 3);
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  rf_remote_options_init(&fetching);
  options.remote = &fetching;
  rf_store *store;
  rf_error err = {0};
  CHECK(rf_store_open("fake://host/a", RF_MODE_READ_WRITE, &options, &store, &err) == RF_ERR_READONLY);
  rf_error_clear(&err);
  CHECK(rf_store_open("fake://host/a.gz", RF_MODE_CREATE, &options, &store, &err) == RF_ERR_READONLY);
  /* also by who calls the driver itself */
  const rf_driver *row = rf_driver_find("fake", 4);
  void *state;
  rf_error_clear(&err);
  CHECK(row->ops->open(row, "fake://host/a", RF_MODE_READ_WRITE, &options, &state, &err) == RF_ERR_READONLY);
  CHECK(server.calls == 0);
}

static rf_status open_failing(const char *name, const rf_options *options, rf_error *err) {
  rf_store *store;
  rf_status status = open_fake(name, options, &store, err);
  CHECK(status != RF_OK);
  if (status == RF_OK)
    (void)rf_store_close(store, NULL);
  return status;
}

static void test_bad_bodies(void) {
  rf_error err = {0};
  serve("abcdef", 6, 2, 10);
  CHECK(open_failing("fake://host/a", NULL, &err) == RF_ERR_TRUNCATED);
  CHECK(strstr(err.message, "6 of 10") != NULL);
  serve("abcdef", 6, 4, 5);
  CHECK(open_failing("fake://host/a", NULL, &err) == RF_ERR_NETWORK);
  serve("abcdef", 6, 2, 6);
  server.failure = RF_ERR_TIMEOUT;
  CHECK(open_failing("fake://host/a", NULL, &err) == RF_ERR_TIMEOUT);
  CHECK(strstr(err.message, "tired") != NULL);
  /* 4 EiB announced: refused by the limit before memory is allocated */
  serve("abcdef", 6, 2, INT64_MAX / 2);
  CHECK(open_failing("fake://host/a", NULL, &err) == RF_ERR_LIMIT);
  CHECK(open_failing("fake:///a", NULL, &err) == RF_ERR_ARGUMENT);
}

static void test_limit(void) {
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  rf_remote_options_init(&fetching);
  options.remote = &fetching;
  ceilings.fetch_bytes = 5;
  rf_error err = {0};
  for (int told = 0; told < 2; told++) {
    serve("abcdef", 6, 2, told ? 6 : -1);
    CHECK(open_failing("fake://host/a", &options, &err) == RF_ERR_LIMIT);
  }
  ceilings.fetch_bytes = 6;
  rf_store *store;
  CHECK_OK(open_fake("fake://host/a", &options, &store, &err), err);
  (void)rf_store_close(store, NULL);
}

/* An announced size within the limit reserves no more than a GiB until bytes arrive: a lie of 40 GiB costs nothing. */
static void test_announced_size_is_a_lie(void) {
  rf_error err = {0};
  serve("abcdef", 6, 2, (int64_t)40 << 30);
  CHECK(open_failing("fake://host/a", NULL, &err) == RF_ERR_TRUNCATED);
}

/* An allocator that fails once, at call `left`, and counts what is out. */
typedef struct {
  int left;
  int out;
} failing_allocator;

static void *failing_realloc(void *user, void *block, size_t size) {
  failing_allocator *f = user;
  if (f->left-- == 0)
    return NULL;
  f->out += block == NULL;
  return realloc(block, size);
}

static void failing_free(void *user, void *block) {
  failing_allocator *f = user;
  f->out -= block != NULL;
  free(block);
}

static void test_each_allocation_that_fails(void) {
  serve("SIMPLE", 6, 2, 6); /* registers; its rows are for ever and come from the usual allocator */
  for (int n = 0, failed = 1; failed; n++) {
    failing_allocator f = {n, 0};
    const rf_allocator allocator = {failing_realloc, failing_free, &f};
    rf_store *store;
    rf_error err = {0};
    rf_allocator_set(&allocator);
    rf_status status = open_fake("fake://me:pw@host/a", NULL, &store, &err);
    failed = f.left < 0;
    CHECK(status == RF_OK || (failed && status == RF_ERR_MEMORY)); /* the store does without some of its buffers */
    if (status == RF_OK)
      (void)rf_store_close(store, NULL);
    rf_allocator_set(NULL);
    CHECK(f.out == 0);
    CHECK(n < 1000);
    if (n >= 1000)
      break;
  }
}

/* ---- the table ---- */

static void test_register(void) {
  rf_error err = {0};
  serve("abc", 3, 3, 3);
  CHECK_STR(rf_transport_name("fake"), "fake");
  CHECK_STR(rf_transport_name("fakes"), "fake");
  CHECK(rf_transport_name("file") == NULL && rf_transport_name("none") == NULL && rf_transport_name(NULL) == NULL);
  const rf_driver *row = rf_driver_find("fake", 4);
  CHECK_OK(rf_transport_register(&fake, &err), err);
  CHECK(rf_driver_find("fake", 4) == row); /* again: no new rows */

  static const rf_transport other = {sizeof other, "other", " fake ", &server, 0, fake_fetch, NULL, NULL};
  CHECK_OK(rf_transport_register(&other, &err), err);
  CHECK_STR(rf_transport_name("fake"), "other");
  CHECK_STR(rf_transport_name("fakes"), "fake");
}

static void test_register_refused(void) {
  rf_error err = {0};
  const rf_transport cases[] = {
      {sizeof fake - 1, "x", "x", NULL, 0, fake_fetch, NULL, NULL},
      {sizeof fake, NULL, "x", NULL, 0, fake_fetch, NULL, NULL},
      {sizeof fake, "x", NULL, NULL, 0, fake_fetch, NULL, NULL},
      {sizeof fake, "x", "x", NULL, 0, NULL, NULL, NULL},
      {sizeof fake, "x", "  ", NULL, 0, fake_fetch, NULL, NULL},
      {sizeof fake, "x", "UPPER", NULL, 0, fake_fetch, NULL, NULL},
      {sizeof fake, "x", "a_b", NULL, 0, fake_fetch, NULL, NULL},
      {sizeof fake, "x", "a123456789012345678901234567890123456789", NULL, 0, fake_fetch, NULL, NULL},
  };
  CHECK(rf_transport_register(NULL, &err) == RF_ERR_ARGUMENT);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CHECK(rf_transport_register(&cases[i], &err) == RF_ERR_ARGUMENT);
    CHECK(err.message[0] != '\0');
  }
}

int main(void) {
  RUN(test_url_parts);
  RUN(test_url_refused);
  RUN(test_url_same_server);
  RUN(test_url_shown);
  RUN(test_whole_file);
  RUN(test_options_arrive);
  RUN(test_empty_body);
  RUN(test_writing_is_refused_without_a_request);
  RUN(test_bad_bodies);
  RUN(test_limit);
  RUN(test_announced_size_is_a_lie);
  RUN(test_each_allocation_that_fails);
  RUN(test_register);
  RUN(test_register_refused);
  return check_report();
}
