/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From a name to an open store: schemes, driver rows, codecs, and the errors for missing ones.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/system/platform.h"
#include "check.h"
#include "scratch.h"
#include "store/http/url.h"
#include "store/redact.h"
#include "store/filter/filter.h"
#include "store/filter/zip/choice.h"
#include "store/local/file.h"
#include "store/local/memory.h"
#include "store/open.h"
#include "store_calls.h"

/* ---- names ---- */

static void schemes(void) {
  CHECK(rf_url_scheme("http://x") == 4);
  CHECK(rf_url_scheme("a+b-c.d1://") == 8);
  const char *paths[] = {"",          "x",       "/a/b",       "://x",  "1http://x",
                         "ht tp://x", "http:/x", "./http://x", "C:\\x", "h_t://x"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    CHECK(rf_url_scheme(paths[i]) == 0);
}

static void passwords_are_hidden(void) {
  struct {
    const char *name;
    const char *shown;
  } rows[] = {
      {"ftp://user:secret@host/x.fits", "ftp://user:***@host/x.fits"},
      {"ftp://user:se@cret@host/x", "ftp://user:***@host/x"},
      {"ftp://user:@host/x", "ftp://user:@host/x"},
      {"ftp://user@host/x:y@z", "ftp://user@host/x:y@z"},
      {"http://host:8080/a@2x.fits", "http://host:8080/a@2x.fits"},
      {"http://host/a:b@c", "http://host/a:b@c"},
      {"ftp://user:se/cret@host/x", "ftp://user:***@host/x"}, /* a password that should have been escaped */
      {"ftp://user:se?c#ret@host/x", "ftp://user:***@host/x"},
      {"http://[::1]:80/x", "http://[::1]:80/x"},
      {"/path/user:secret@host", "/path/user:secret@host"},
      {"file:///a:b@c", "file:///a:b@c"},
      {"mem://", "mem://"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char *shown = rf_url_display(rows[i].name);
    CHECK_STR(shown, rows[i].shown);
    rf_free(shown);
  }
}

static void suffixes(void) {
  const char *gz[] = {
      "a.gz",   "a.fits.GZ", "dir/.fits.gz",  "http://h/a.gz", "http://h/a.Gz?x=y/z", "ftp://u:p@h/a.fits.gz#x",
      "a?b.gz", "a#b.gz",    "file:///a?b.gz"};
  for (size_t i = 0; i < sizeof gz / sizeof *gz; i++) {
    const rf_filter *codec = rf_filter_of_name(gz[i]);
    CHECK(codec != NULL && strcmp(codec->name, "gzip") == 0);
  }
  const char *none[] = {
      "a.fits",          ".gz", "agz", "a.gz/b", "http://h.gz", "gz", "http://h/?a.gz", "http://h/a#b.gz",
      "http://h?x=a.gz", ""};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    CHECK(rf_filter_of_name(none[i]) == NULL);
  CHECK(rf_filter_of_name("x.fits.bz2") != NULL && rf_filter_of_name("x.fits.Z") != NULL);
}

static void data_urls(void) {
  CHECK(rf_url_data("data:,x") == 6 && rf_url_data("DATA:;base64,x") == 13 && rf_url_data("data:a/b;c=d,,") == 13);
  const char *paths[] = {"", "data", "data:", "data:x", "data:x,y", "data:/x,y", "data:;base64", "xdata:,x", "data,"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    CHECK(rf_url_data(paths[i]) == 0);
  CHECK(rf_filter_of_name("data:,x.gz") == NULL);
}

static void members_of_zip_files(void) {
  struct {
    const char *name;
    bool remote;
    size_t split;
  } rows[] = {{"a.zip!b", false, 5},
              {"a!b", false, 1},
              {"!b", false, 0},
              {"a.zip", false, 0},
              {"a.zip!b!c", false, 7},
              {"a.zip!", false, 5},
              {"http://h/a!b", true, 0},
              {"http://h/a.zip!b", true, 14},
              {"http://h/a.ZIP!b!c", true, 14},
              {"http://h/a.zip?q!b", true, 16},
              {"http://h/a?q.zip!b", true, 0},
              {"http://h.zip!b", true, 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    CHECK(rf_zip_split(rows[i].name, strlen(rows[i].name), rows[i].remote) == rows[i].split);
  CHECK(rf_zip_split("a.zip!b!c", 7, false) == 5);
}

static void decoding(void) {
  char *text;
  rf_error_clear(&err);
  CHECK_OK(rf_url_decode("a%20b%C3%a9%25", 14, &text, &err), err);
  CHECK_STR(text, "a b\xC3\xA9%");
  rf_free(text);
  const char *wrong[] = {"%", "a%2", "%g0", "%0g", "%00", "%%41"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    rf_error_clear(&err);
    CHECK(rf_url_decode(wrong[i], strlen(wrong[i]), &text, &err) == RF_ERR_ARGUMENT);
  }
}

/* ---- rows ---- */

static const rf_driver *listed(const char *scheme, size_t *count) {
  static const rf_driver *rows[128];
  CHECK_OK(rf_driver_list(rows, 128, count, &err), err);
  for (size_t i = 0; i < *count; i++)
    if (strcmp(rows[i]->scheme, scheme) == 0)
      return rows[i];
  return NULL;
}

static void the_table_is_listed(void) {
  size_t count, again;
  CHECK(listed("file", &count) != NULL && listed("file", &count)->ops == &rf_local_ops);
  CHECK(listed("mem", &count) != NULL && listed("memkeep", &count) != NULL);
  const char *schemes_known[] = {"http", "https", "ftp", "ftps", "s3", "gs", "root", "gsiftp", "shmem", "stream"};
  for (size_t i = 0; i < sizeof schemes_known / sizeof *schemes_known; i++) {
    const rf_driver *row = listed(schemes_known[i], &count);
    CHECK(row != NULL && (row->ops != NULL || row->hint != NULL));
  }
  const rf_driver *two[2];
  CHECK_OK(rf_driver_list(NULL, 0, &again, &err), err);
  CHECK(again == count);
  CHECK_OK(rf_driver_list(two, 2, &again, &err), err);
  CHECK(again == count && two[0] != NULL);
  CHECK(rf_driver_list(NULL, 3, &again, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_driver_list(two, 2, NULL, &err) == RF_ERR_ARGUMENT);
}

static void unknown_and_unbuilt_are_two_errors(void) {
  CHECK(try_open("weird://x.fits", RF_MODE_READ) == RF_ERR_NO_DRIVER);
  CHECK(says("weird://x.fits: ") && says("'weird://'") && says("\"./\"") && says("mem"));
  CHECK(try_open("gs://bucket/x.fits", RF_MODE_READ) == RF_ERR_NOT_BUILT);
  CHECK(says("gs://bucket/x.fits: ") && says("https://"));
  CHECK(try_open("ROOT://x", RF_MODE_CREATE) == RF_ERR_NOT_BUILT);
  CHECK(try_open("weird://u:secret@h", RF_MODE_READ) == RF_ERR_NO_DRIVER);
  CHECK(!says("secret") && says("***"));
  CHECK(try_open("", RF_MODE_READ) == RF_ERR_ARGUMENT);
  CHECK(try_open("x", (rf_mode)17) == RF_ERR_ARGUMENT);
}

static void path_that_looks_like_a_url(void) {
#if !defined(_WIN32)
  CHECK(mkdir(scratch_path("weird:"), 0777) == 0);
  scratch_write(scratch_path("weird:/x.fits"), "SIMPLE", 6);
  char name[300];
  snprintf(name, sizeof name, "./%s", scratch_path("weird://x.fits"));
  CHECK(try_open(name, RF_MODE_READ) == RF_OK);
#endif
}

static void set_environment(const char *schemes) {
#if defined(_WIN32)
  _putenv_s("RUSTFITS_SCHEMES", schemes);
#else
  setenv("RUSTFITS_SCHEMES", schemes, 1);
#endif
}

static void only_allowed_schemes_are_opened(void) {
  static const struct {
    const char *option, *environment, *name;
    rf_status status;
  } rows[] = {
      {NULL, "", "mem://", RF_OK},
      {"mem", "", "mem://", RF_OK},
      {" file,MEM ", "", "mem://", RF_OK},
      {"file", "http", "mem://", RF_OK},
      {"memkeep", "", "memkeep://a", RF_OK},
      {" file,MEMKEEP ", "", "memkeep://a", RF_OK},
      {"file", "", "memkeep://a", RF_ERR_SCHEME},
      {"mem", "", "memkeep://a", RF_ERR_SCHEME},
      {"memkee", "", "memkeep://a", RF_ERR_SCHEME},
      {"", "", "memkeep://a", RF_ERR_SCHEME},
      {", ,", "", "memkeep://a", RF_ERR_SCHEME},
      {NULL, "memkeep", "memkeep://a", RF_OK},
      {NULL, "file", "memkeep://a", RF_ERR_SCHEME},
      {"memkeep", "file", "memkeep://a", RF_ERR_SCHEME},
      {"memkeep file", "memkeep", "MEMKEEP://a", RF_OK},
      {"mem", "", "no/such/file", RF_ERR_SCHEME},
      {"mem", "", "file:///no/such/file", RF_ERR_SCHEME},
      {"mem", "", "never-heard-of://x", RF_ERR_SCHEME},
      {"never-heard-of", "", "never-heard-of://x", RF_ERR_NO_DRIVER},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    set_environment(rows[i].environment);
    options.schemes = rows[i].option;
    rf_mode mode = strstr(rows[i].name, "no/such") != NULL ? RF_MODE_READ : RF_MODE_CREATE;
    CHECK(try_open(rows[i].name, mode) == rows[i].status);
    CHECK(rows[i].status != RF_ERR_SCHEME || says("is not allowed"));
  }
  set_environment("");
  options.schemes = NULL;
}

static void memory_begins_empty(void) {
  CHECK(try_open("mem://", RF_MODE_CREATE) == RF_OK);
  CHECK(try_open("mem://", RF_MODE_READ) == RF_ERR_NO_FILE);
  CHECK(says("mem://: ") && says("w+") && says("from_bytes"));
  CHECK(try_open("memkeep://x", RF_MODE_READ_WRITE) == RF_ERR_NO_FILE);
}

static void file_urls(void) {
  CHECK(try_open("file://other.host/x", RF_MODE_READ) == RF_ERR_ARGUMENT);
  CHECK(says("file:///path"));
  CHECK(try_open("file://", RF_MODE_READ) == RF_ERR_ARGUMENT);
  CHECK(try_open("file:///no%2", RF_MODE_READ) == RF_ERR_ARGUMENT);
  CHECK(try_open("file:///no/such%20file", RF_MODE_READ) == RF_ERR_NO_FILE);
  CHECK(says("/no/such file"));
  CHECK(try_open("file://localhost/no/such", RF_MODE_READ) == RF_ERR_NO_FILE);
}

static void errors_name_the_path_once(void) {
  const char *path = scratch_path("missing.fits");
  CHECK(try_open(path, RF_MODE_READ) == RF_ERR_NO_FILE);
  CHECK(strstr(err.message, path) == err.message);
  CHECK(strstr(err.message + 1, path) == NULL);
  CHECK(try_open(scratch_directory, RF_MODE_READ) == RF_ERR_DIRECTORY);
}

/* ---- rows brought at run time ---- */

static int calls;

static rf_status silent_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *o, void **state,
                             rf_error *e) {
  (void)name, (void)mode, (void)o, (void)e;
  *state = driver->user;
  calls++;
  return strstr(name, "fails") ? RF_ERR_CALLBACK : RF_OK;
}

static rf_status boasting_read(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *e) {
  (void)state, (void)offset, (void)buffer, (void)e;
  *got = n + 1;
  return RF_OK;
}

static rf_status small_size(void *state, uint64_t *size, rf_error *e) {
  (void)state, (void)e;
  *size = 1;
  return RF_OK;
}

/* Registering from inside a callback would never come back if a lock were held around it. */
static rf_status registering_close(void *state, rf_error *e) {
  const rf_driver *row = state;
  return rf_driver_register(row, e);
}

static const rf_driver_ops test_ops = {.size = sizeof(rf_driver_ops),
                                       .open = silent_open,
                                       .read_at = boasting_read,
                                       .get_size = small_size,
                                       .close = registering_close};
static rf_driver first_row = {.size = sizeof(rf_driver), .scheme = "test-row", .ops = &test_ops, .user = &first_row};
static rf_driver second_row = {.size = sizeof(rf_driver), .scheme = "test-row", .hint = "buy one"};

static void rows_can_be_brought_and_replaced(void) {
  size_t before, count;
  (void)listed("file", &before);
  CHECK_OK(rf_driver_register(&first_row, &err), err);
  CHECK(listed("test-row", &count) == &first_row && count == before + 1);

  rf_store *store;
  CHECK_OK(rf_store_open("Test-Row://a", RF_MODE_READ, &options, &store, &err), err);
  uint8_t buffer[4];
  size_t got;
  CHECK(rf_store_read_at(store, 0, buffer, 4, &got, &err) == RF_ERR_CALLBACK);
  rf_error_clear(&err);

  CHECK_OK(rf_driver_register(&second_row, &err), err);
  CHECK(listed("test-row", &count) == &second_row && count == before + 1);
  CHECK(try_open("test-row://a", RF_MODE_READ) == RF_ERR_NOT_BUILT);
  CHECK(says("buy one"));
  uint64_t size;
  CHECK_OK(rf_store_size(store, &size, &err), err); /* open files keep the row they have */
  rf_error_clear(&err);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(listed("test-row", &count) == &first_row);
}

static void silence_of_a_driver_is_put_into_words(void) {
  CHECK(try_open("test-row://fails", RF_MODE_READ) == RF_ERR_CALLBACK);
  CHECK(says("test-row://fails: ") && says("without a message"));
}

static void row_that_cannot_write_is_not_asked_to(void) {
  calls = 0;
  CHECK(try_open("test-row://a", RF_MODE_CREATE) == RF_ERR_READONLY);
  CHECK(try_open("test-row://a", RF_MODE_READ_WRITE) == RF_ERR_READONLY);
  CHECK(calls == 0);
}

static void bad_rows_are_refused(void) {
  rf_driver row = first_row;
  const char *bad[] = {NULL, "", "1a", "a b", "a_b", "A", "a://", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    row.scheme = bad[i];
    CHECK(rf_driver_register(&row, &err) == RF_ERR_ARGUMENT);
  }
  CHECK(rf_driver_register(NULL, &err) == RF_ERR_ARGUMENT);
  row = first_row;
  row.size = 3;
  CHECK(rf_driver_register(&row, &err) == RF_ERR_ARGUMENT);
  for (int i = 0; i < 7; i++) {
    rf_driver_ops ops = test_ops;
    row = first_row;
    row.ops = &ops;
    if (i == 0)
      ops.size = 0;
    else if (i == 1)
      ops.open = NULL;
    else if (i == 2)
      ops.read_at = NULL;
    else if (i == 3)
      ops.get_size = NULL;
    else if (i == 4)
      ops.close = NULL;
    else if (i == 5)
      row.flags = RF_DRIVER_WRITE;
    else
      ops.replace_open = rf_memory_ops.replace_open;
    CHECK(rf_driver_register(&row, &err) == RF_ERR_ARGUMENT);
    CHECK(says("test-row") && says(i == 2 ? "read_at" : ""));
  }
  size_t count;
  CHECK(listed("test-row", &count) == &first_row);
}

/* A caller that was compiled with an older header: what its structs do not have counts as 0. */
static void smaller_rows_are_extended(void) {
  struct {
    rf_driver_ops ops;
    char behind[8];
  } caller;
  memset(&caller, 0xEE, sizeof caller);
  memcpy(&caller.ops, &test_ops, offsetof(rf_driver_ops, read_many));
  caller.ops.size = offsetof(rf_driver_ops, read_many);
  rf_driver row = {.size = offsetof(rf_driver, hint), .scheme = "test-small", .ops = &caller.ops};
  row.hint = (const char *)1;
  CHECK_OK(rf_driver_register(&row, &err), err);
  size_t count;
  const rf_driver *found = listed("test-small", &count);
  CHECK(found != NULL && found != &row && found->hint == NULL && found->ops->read_at == test_ops.read_at);
  CHECK(found != NULL && found->ops->read_many == NULL && found->ops->stream == NULL && found->ops->fill == NULL);
  caller.ops.size--;
  CHECK(rf_driver_register(&row, &err) == RF_ERR_ARGUMENT && says("rf_driver_ops"));
  row.size--;
  CHECK(rf_driver_register(&row, &err) == RF_ERR_ARGUMENT && says("rf_driver"));
}

/* ---- codecs ---- */

static void codecs_not_in_this_build(void) {
  struct {
    const char *bytes;
    size_t n;
    const char *says;
  } rows[] = {
#if !defined(RF_HAVE_BZIP2)
    {"BZh91AY&SY", 10, "bzip2"},
#endif
#if !defined(RF_HAVE_LZMA)
    {"\xFD"
     "7zXZ\0..",
     8, "xz"},
#endif
#if !defined(RF_HAVE_ZSTD)
    {"\x28\xB5\x2F\xFD..", 6, "zstd"},
#endif
    {"\x1F\x1E......", 8, "pack"}
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *path = scratch_path("packed.fits");
    scratch_write(path, rows[i].bytes, rows[i].n);
    CHECK(try_open(path, RF_MODE_READ) == RF_ERR_NOT_BUILT);
    CHECK(says(rows[i].says) && says(path) && says("first, for example with"));
    CHECK(try_open(path, RF_MODE_READ_WRITE) == RF_ERR_NOT_BUILT);
    rf_store *store = NULL;
    rf_error_clear(&err);
    CHECK(rf_store_open_bytes(rows[i].bytes, rows[i].n, &options, &store, &err) == RF_ERR_NOT_BUILT);
  }
}

static void read_only_filter_does_not_cut_the_file(void) {
  const char *path = scratch_path("precious.fits.zip");
  scratch_write(path, "precious", 8);
  CHECK(try_open(path, RF_MODE_CREATE) == RF_ERR_READONLY);
  size_t n;
  free(scratch_read(path, &n));
  CHECK(n == 8);
}

static void plain_fits_under_a_packed_name(void) {
  const char *names[] = {"plain.fits.gz", "plain.fits.bz2", "plain.fits.Z"};
  for (size_t i = 0; i < 3; i++) {
    const char *path = scratch_path(names[i]);
    scratch_write(path, "SIMPLE  =                    T", 30);
    rf_store *store = NULL;
    uint8_t buffer[6];
    rf_error_clear(&err);
    CHECK_OK(rf_store_open(path, RF_MODE_READ, &options, &store, &err), err);
    if (!store)
      continue;
    CHECK_OK(rf_store_read(store, 0, buffer, 6, &err), err);
    CHECK(memcmp(buffer, "SIMPLE", 6) == 0);
    CHECK_OK(rf_store_close(store, &err), err);
  }
}

static void bytes_are_copied(void) {
  uint8_t bytes[100];
  memset(bytes, 'x', sizeof bytes);
  rf_store *store = NULL;
  rf_error_clear(&err);
  CHECK_OK(rf_store_open_bytes(bytes, sizeof bytes, &options, &store, &err), err);
  memset(bytes, 'y', sizeof bytes);
  const uint8_t *seen;
  CHECK_OK(rf_store_peek(store, 0, 100, &seen, &err), err);
  CHECK(seen[0] == 'x' && seen[99] == 'x');
  CHECK_OK(rf_store_write(store, 200, "z", 1, &err), err);
  CHECK(bytes[0] == 'y');
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK_OK(rf_store_open_bytes(NULL, 0, &options, &store, &err), err);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(rf_store_open_bytes(NULL, 5, &options, &store, &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_store_close(NULL, NULL), err);
}

int main(void) {
  scratch_begin("store");
  rf_options_init(&options);
  RUN(schemes);
  RUN(passwords_are_hidden);
  RUN(suffixes);
  RUN(data_urls);
  RUN(members_of_zip_files);
  RUN(decoding);
  RUN(the_table_is_listed);
  RUN(unknown_and_unbuilt_are_two_errors);
  RUN(path_that_looks_like_a_url);
  RUN(only_allowed_schemes_are_opened);
  RUN(memory_begins_empty);
  RUN(file_urls);
  RUN(errors_name_the_path_once);
  RUN(rows_can_be_brought_and_replaced);
  RUN(silence_of_a_driver_is_put_into_words);
  RUN(row_that_cannot_write_is_not_asked_to);
  RUN(bad_rows_are_refused);
  RUN(smaller_rows_are_extended);
  RUN(codecs_not_in_this_build);
  RUN(read_only_filter_does_not_cut_the_file);
  RUN(plain_fits_under_a_packed_name);
  RUN(bytes_are_copied);
  scratch_end();
  return check_report();
}
