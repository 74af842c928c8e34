/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Streams over real pipes and files: spooled, forward and written at close, with threads, forks and interrupts.
 */
#include "check.h"

#if defined(_WIN32)
int main(void) {
  return check_report();
}
#else

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "store/open.h"
#include "store/store.h"

#define MOST ((size_t)5 << 20)
#define READERS 4

static uint8_t model[MOST];
static uint8_t got_bytes[MOST + 16];
static rf_options options;

typedef struct feed {
  pthread_t thread;
  int to;
  size_t size;
} feed;

static void *write_all(void *context) {
  const feed *f = context;
  for (size_t at = 0; at < f->size;) {
    size_t n = 1 + (at * 7919) % 150000;
    ssize_t made = write(f->to, model + at, n < f->size - at ? n : f->size - at);
    if (made <= 0)
      break;
    at += (size_t)made;
  }
  (void)close(f->to);
  return NULL;
}

/* Opens the read end of a pipe that a thread fills with the model. */
static rf_store *open_fed(feed *f, size_t size, int *from) {
  int ends[2];
  char name[32];
  rf_store *store = NULL;
  rf_error err;
  rf_error_clear(&err);
  CHECK(pipe(ends) == 0);
  *f = (feed){.to = ends[1], .size = size};
  CHECK(pthread_create(&f->thread, NULL, write_all, f) == 0);
  (void)snprintf(name, sizeof name, "fd://%d", ends[0]);
  CHECK_OK(rf_store_open(name, RF_MODE_READ, &options, &store, &err), err);
  *from = ends[0];
  return store;
}

static void close_fed(feed *f, rf_store *store, int from) {
  rf_error err;
  rf_error_clear(&err);
  CHECK_OK(rf_store_close(store, &err), err);
  (void)close(from);
  CHECK(pthread_join(f->thread, NULL) == 0);
}

static void check_read(rf_store *store, uint64_t offset, size_t n, uint8_t *buffer, size_t size) {
  rf_error err;
  size_t got = 0, have = offset < size ? size - (size_t)offset : 0;
  rf_error_clear(&err);
  CHECK_OK(rf_store_read_at(store, offset, buffer, n, &got, &err), err);
  CHECK(got == (n < have ? n : have));
  CHECK(memcmp(buffer, model + (got > 0 ? offset : 0), got) == 0);
}

/* ---- spooled ---- */

typedef struct random_reader {
  pthread_t thread;
  rf_store *store;
  unsigned seed;
} random_reader;

static void *read_randomly(void *context) {
  random_reader *r = context;
  uint8_t *buffer = malloc(200000);
  for (int i = 0; i < 60; i++) {
    r->seed = r->seed * 1103515245u + 12345u;
    check_read(r->store, (r->seed >> 4) % (MOST + 5000), (r->seed >> 9) % 200000, buffer, MOST);
  }
  free(buffer);
  return NULL;
}

static void threads_read_anywhere(uint64_t spool_bytes) {
  feed f;
  int from;
  uint64_t size = 0;
  rf_error err;
  const uint8_t *bytes = NULL;
  random_reader readers[READERS];
  rf_error_clear(&err);
  options.spool_bytes = spool_bytes;
  rf_store *store = open_fed(&f, MOST, &from);
  CHECK(store->sequential && store->profile.in_order && !store->profile.forward && !store->profile.shared_reads);
  for (unsigned i = 0; i < READERS; i++) {
    readers[i] = (random_reader){.store = store, .seed = i + 1};
    CHECK(pthread_create(&readers[i].thread, NULL, read_randomly, &readers[i]) == 0);
  }
  for (unsigned i = 0; i < READERS; i++)
    CHECK(pthread_join(readers[i].thread, NULL) == 0);
  CHECK_OK(rf_store_size(store, &size, &err), err);
  CHECK(size == MOST);
  check_read(store, 0, MOST + 10, got_bytes, MOST);
  rf_status peeked = rf_store_peek(store, 17, 1000, &bytes, &err);
  CHECK(spool_bytes != 0 ? peeked == RF_ERR_UNSUPPORTED : peeked == RF_OK && memcmp(bytes, model + 17, 1000) == 0);
  close_fed(&f, store, from);
  options.spool_bytes = 0;
}

static void spooled_in_memory(void) {
  threads_read_anywhere(0);
}

static void spooled_in_a_file(void) {
  threads_read_anywhere(100000);
}

static void size_ahead_reads_no_further(void) {
  feed f;
  int from;
  uint64_t size = 0;
  rf_error err;
  rf_error_clear(&err);
  rf_store *store = open_fed(&f, MOST, &from);
  CHECK_OK(rf_store_size_past(store, 5000, &size, &err), err);
  CHECK(size == 5001);
  CHECK_OK(rf_store_size_past(store, MOST + 5, &size, &err), err);
  CHECK(size == MOST);
  close_fed(&f, store, from);
}

/* ---- forward ---- */

static void forward_reads_in_order(void) {
  feed f;
  int from;
  uint64_t size = 0;
  rf_error err;
  options.flags = RF_OPEN_FORWARD;
  rf_store *store = open_fed(&f, MOST, &from);
  CHECK(store->profile.forward && store->profile.in_order);
  check_read(store, 0, 100, got_bytes, MOST);
  check_read(store, 50, 100, got_bytes, MOST); /* within the window */
  check_read(store, 40000, 70000, got_bytes, MOST);
  check_read(store, 300000, 1500000, got_bytes, MOST); /* directly to the memory of the caller */
  rf_error_clear(&err);
  size_t got;
  CHECK(rf_store_read_at(store, 1799999, got_bytes, 1, &got, &err) == RF_ERR_UNSUPPORTED);
  CHECK(strstr(err.message, "byte 1799999 ") != NULL && strstr(err.message, "forward=True") != NULL);
  rf_error_clear(&err);
  CHECK(rf_store_size(store, &size, &err) == RF_ERR_UNSUPPORTED && strstr(err.message, "forward=True") != NULL);
  rf_error_clear(&err);
  CHECK_OK(rf_store_size_past(store, MOST * 2, &size, &err), err);
  CHECK(size == MOST * 2 + 1); /* it cannot look */
  for (size_t at = 1800000; at < MOST; at += 30000)
    check_read(store, at, 30000, got_bytes, MOST);
  check_read(store, MOST - 10, 100, got_bytes, MOST);
  check_read(store, MOST + 10, 100, got_bytes, MOST);
  CHECK_OK(rf_store_size(store, &size, &err), err);
  CHECK(size == MOST);
  CHECK_OK(rf_store_size_past(store, MOST * 2, &size, &err), err);
  CHECK(size == MOST);
  close_fed(&f, store, from);
  options.flags = 0;
}

/* ---- regular files ---- */

static void files_are_read_at_offsets(void) {
  char name[32];
  rf_store *first = NULL, *second = NULL;
  rf_error err;
  uint64_t size = 0;
  rf_error_clear(&err);
  int fd = open(scratch_path("offset"), O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0 && write(fd, "before", 6) == 6 && write(fd, model, 9000) == 9000 && lseek(fd, 6, SEEK_SET) == 6);
  (void)snprintf(name, sizeof name, "fd://%d", fd);
  CHECK_OK(rf_store_open(name, RF_MODE_READ, &options, &first, &err), err);
  CHECK_OK(rf_store_open(name, RF_MODE_READ, &options, &second, &err), err);
  CHECK(!first->sequential && !first->profile.in_order);
  check_read(first, 5000, 6000, got_bytes, 9000);
  check_read(second, 0, 10000, got_bytes, 9000);
  CHECK_OK(rf_store_size(first, &size, &err), err);
  CHECK(size == 9000);
  CHECK(lseek(fd, 0, SEEK_CUR) == 6);
  CHECK_OK(rf_store_close(first, &err), err);
  CHECK_OK(rf_store_close(second, &err), err);
  CHECK(close(fd) == 0);
}

/* ---- output ---- */

static void *read_everything(void *context) {
  const feed *f = context;
  size_t *size = malloc(sizeof *size);
  ssize_t n;
  *size = 0;
  while ((n = read(f->to, got_bytes + *size, sizeof got_bytes - *size)) > 0)
    *size += (size_t)n;
  return size;
}

/* Writes the model to a pipe with a store, and returns how many bytes arrived. `what`: 'd' discards, 'f' closes in a
 * forked child. */
static size_t send_model(char what) {
  int ends[2];
  char name[32];
  rf_store *store = NULL;
  rf_error err;
  size_t *arrived, n;
  rf_error_clear(&err);
  CHECK(pipe(ends) == 0);
  feed f = {.to = ends[0]};
  CHECK(pthread_create(&f.thread, NULL, read_everything, &f) == 0);
  (void)snprintf(name, sizeof name, "fd://%d", ends[1]);
  CHECK_OK(rf_store_open(name, RF_MODE_CREATE, &options, &store, &err), err);
  CHECK(store->profile.at_close);
  CHECK_OK(rf_store_write(store, 100000, model + 100000, MOST - 100000, &err), err);
  CHECK_OK(rf_store_write(store, 0, model, 100000, &err), err);
  if (what == 'f') {
    pid_t child = fork();
    if (child == 0) {
      rf_status status = rf_store_write(store, 0, "x", 1, NULL);
      _exit(rf_store_close(store, NULL) == RF_OK && status == RF_ERR_UNSUPPORTED ? 0 : 1);
    }
    int state = 1;
    CHECK(waitpid(child, &state, 0) == child && state == 0);
  }
  if (what != '\0')
    rf_store_discard(store);
  CHECK_OK(rf_store_close(store, &err), err);
  (void)close(ends[1]);
  CHECK(pthread_join(f.thread, (void **)&arrived) == 0);
  n = *arrived;
  free(arrived);
  (void)close(ends[0]);
  return n;
}

static void output_arrives_at_close(void) {
  CHECK(send_model('\0') == MOST && memcmp(got_bytes, model, MOST) == 0);
  options.spool_bytes = 100000;
  CHECK(send_model('\0') == MOST && memcmp(got_bytes, model, MOST) == 0);
  options.spool_bytes = 0;
}

static void discarded_output_and_forked_children_send_nothing(void) {
  CHECK(send_model('d') == 0);
  CHECK(send_model('f') == 0);
}

/* SIGPIPE has its default action here, which ends the process. */
static void a_closed_pipe_is_an_error(void) {
  int ends[2];
  char name[32];
  rf_store *store = NULL;
  rf_error err;
  sigset_t pending;
  rf_error_clear(&err);
  CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
  CHECK(pipe(ends) == 0 && close(ends[0]) == 0);
  (void)snprintf(name, sizeof name, "fd://%d", ends[1]);
  CHECK_OK(rf_store_open(name, RF_MODE_CREATE, &options, &store, &err), err);
  CHECK_OK(rf_store_write(store, 0, model, 10000, &err), err);
  CHECK(rf_store_close(store, &err) == RF_ERR_IO);
  CHECK(err.sys_errno == EPIPE && strstr(err.message, "closed it") != NULL);
  CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 0);
  (void)close(ends[1]);
}

/* ---- names ---- */

static void check_refused(const char *name, rf_mode mode, rf_status status, const char *text) {
  rf_store *store = NULL;
  rf_error err;
  rf_error_clear(&err);
  CHECK(rf_store_open(name, mode, &options, &store, &err) == status);
  CHECK(strstr(err.message, text) != NULL);
  if (strstr(err.message, text) == NULL)
    printf("%s: %s\n", name, err.message);
}

static void names_are_checked(void) {
  check_refused("fd://", RF_MODE_READ, RF_ERR_ARGUMENT, "fd://N");
  check_refused("fd://1x", RF_MODE_READ, RF_ERR_ARGUMENT, "fd://N");
  check_refused("fd://-1", RF_MODE_READ, RF_ERR_ARGUMENT, "fd://N");
  check_refused("fd://99999999999999999999", RF_MODE_READ, RF_ERR_ARGUMENT, "fd://N");
  check_refused("fd://12345", RF_MODE_READ, RF_ERR_NO_FILE, "descriptor 12345 is not open");
  check_refused("stdin://a.fits", RF_MODE_READ, RF_ERR_ARGUMENT, "no path");
  check_refused("stream://a.fits", RF_MODE_CREATE, RF_ERR_ARGUMENT, "no path");
  check_refused("stdout://", RF_MODE_READ, RF_ERR_ARGUMENT, "only be written");
  check_refused("stdin://", RF_MODE_CREATE, RF_ERR_READONLY, "only be read");
  check_refused("-", RF_MODE_READ_WRITE, RF_ERR_ARGUMENT, "not both");
  check_refused("./-", RF_MODE_READ, RF_ERR_NO_FILE, "");
  options.schemes = "file";
  check_refused("-", RF_MODE_READ, RF_ERR_SCHEME, "'stream'");
  options.schemes = NULL;
}

static void a_descriptor_has_one_stream_and_one_direction(void) {
  int ends[2];
  char name[32];
  rf_store *store = NULL;
  rf_error err;
  rf_error_clear(&err);
  CHECK(pipe(ends) == 0);
  (void)snprintf(name, sizeof name, "fd://%d", ends[0]);
  check_refused(name, RF_MODE_CREATE, RF_ERR_IO, "for reading only");
  (void)close(ends[1]);
  CHECK_OK(rf_store_open(name, RF_MODE_READ, &options, &store, &err), err);
  check_refused(name, RF_MODE_READ, RF_ERR_LOCKED, "close it first");
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK_OK(rf_store_open(name, RF_MODE_READ, &options, &store, &err), err);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(fcntl(ends[0], F_GETFD) >= 0); /* the library does not close it */
  (void)close(ends[0]);
  int folder = open(".", O_RDONLY);
  (void)snprintf(name, sizeof name, "fd://%d", folder);
  check_refused(name, RF_MODE_READ, RF_ERR_DIRECTORY, "directory");
  (void)close(folder);
}

/* ---- interrupts and forks ---- */

static atomic_int interrupts;

static rf_status interrupt(void *user, rf_error *err) {
  (void)err;
  CHECK(user == &interrupts);
  return atomic_fetch_add(&interrupts, 1) == 1 ? RF_ERR_CALLBACK : RF_OK;
}

static void an_interrupt_ends_a_wait(uint32_t flags) {
  int ends[2];
  char name[32];
  rf_store *store = NULL;
  rf_error err;
  size_t got = 1;
  rf_error_clear(&err);
  options.flags = flags;
  atomic_store(&interrupts, 0);
  CHECK(pipe(ends) == 0 && write(ends[1], model, 3000) == 3000);
  (void)snprintf(name, sizeof name, "fd://%d", ends[0]);
  CHECK_OK(rf_store_open(name, RF_MODE_READ, &options, &store, &err), err);
  rf_interrupt_register(interrupt, &interrupts);
  CHECK(rf_store_read_at(store, 2900, got_bytes, 200, &got, &err) == RF_ERR_CALLBACK);
  CHECK(atomic_load(&interrupts) == 2);
  CHECK(write(ends[1], model + 3000, 100) == 100 && close(ends[1]) == 0);
  check_read(store, 2900, 200, got_bytes, 3100); /* nothing was lost */
  check_read(store, 2900, 500, got_bytes, 3100);
  CHECK_OK(rf_store_close(store, &err), err);
  rf_interrupt_register(NULL, NULL);
  (void)close(ends[0]);
  options.flags = 0;
}

static void interrupts_end_waits(void) {
  an_interrupt_ends_a_wait(0);
  an_interrupt_ends_a_wait(RF_OPEN_FORWARD);
}

static void a_child_reads_what_was_read(void) {
  feed f;
  int from, state = 1;
  size_t got;
  rf_store *store = open_fed(&f, MOST, &from);
  check_read(store, 0, 70000, got_bytes, MOST);
  pid_t child = fork();
  if (child == 0) {
    rf_status there = rf_store_read_at(store, 1000, got_bytes, 60000, &got, NULL);
    bool same = got == 60000 && memcmp(got_bytes, model + 1000, got) == 0;
    _exit(there == RF_OK && same && rf_store_read_at(store, MOST - 1, got_bytes, 1, &got, NULL) == RF_ERR_UNSUPPORTED
              ? 0
              : 1);
  }
  CHECK(waitpid(child, &state, 0) == child && state == 0);
  check_read(store, 0, MOST, got_bytes, MOST);
  close_fed(&f, store, from);
}

int main(void) {
  for (size_t i = 0; i < MOST; i++)
    model[i] = (uint8_t)(i * 31 + (i >> 9) + (i >> 17));
  model[0] = 'S'; /* no magic number of a codec */
  scratch_begin("stream");
  rf_options_init(&options);
  RUN(spooled_in_memory);
  RUN(spooled_in_a_file);
  RUN(size_ahead_reads_no_further);
  RUN(forward_reads_in_order);
  RUN(files_are_read_at_offsets);
  RUN(output_arrives_at_close);
  RUN(discarded_output_and_forked_children_send_nothing);
  RUN(a_closed_pipe_is_an_error);
  RUN(names_are_checked);
  RUN(a_descriptor_has_one_stream_and_one_direction);
  RUN(interrupts_end_waits);
  RUN(a_child_reads_what_was_read);
  scratch_end();
  return check_report();
}

#endif
