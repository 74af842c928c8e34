/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copies from a mapping of a file that is cut meanwhile: the copy ends and the process does not. Every other SIGBUS
 * goes where it went before, in whichever order handlers were set.
 */
#include "base/system/guard.h"

#include "check.h"
#if !defined(_WIN32)
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/system/platform.h"
#include "fault_address.h"

/* Sanitizers set handlers of their own. */
#if defined(__has_feature)
#define FEATURE(name) __has_feature(name)
#else
#define FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || FEATURE(address_sanitizer) ||                     \
    FEATURE(thread_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define PAGES 64

typedef struct mapped {
  int fd;
  size_t length;
  const uint8_t *map;
  uint8_t *out;
} mapped;

static mapped make_mapped(void) {
  char name[] = "/tmp/rustfits_guard_XXXXXX";
  mapped m = {.fd = mkstemp(name), .length = PAGES * (size_t)sysconf(_SC_PAGESIZE)};
  (void)unlink(name);
  m.out = malloc(m.length);
  CHECK(m.fd >= 0 && m.out != NULL && ftruncate(m.fd, (off_t)m.length) == 0);
  m.map = mmap(NULL, m.length, PROT_READ, MAP_SHARED, m.fd, 0);
  CHECK(m.map != MAP_FAILED);
  return m;
}

static void set_size(const mapped *m, size_t size) {
  CHECK(ftruncate(m->fd, (off_t)size) == 0);
}

static void end_mapped(mapped *m) {
  (void)munmap((void *)(uintptr_t)m->map, m->length);
  (void)close(m->fd);
  free(m->out);
}

static void copy_all(void *context) {
  const mapped *m = context;
  memcpy(m->out, m->map, m->length);
}

/* Waits until the handler in force is looked at again. */
static void wait_for_tick(void) {
  (void)usleep(20000);
}

static bool copies(mapped *m) {
  return rf_guard_run(m->map, m->length, copy_all, m);
}

static void a_cut_file_ends_the_copy(void) {
  mapped m = make_mapped();
  CHECK(copies(&m));
  for (int i = 0; i < 3; i++) {
    set_size(&m, 0);
    CHECK(!copies(&m));
    CHECK(!copies(&m)); /* the signal is not blocked afterwards */
    set_size(&m, m.length);
    CHECK(copies(&m));
  }
  end_mapped(&m);
}

/* ---- other handlers ---- */

static sigjmp_buf out_of_fault;
static volatile sig_atomic_t faults;

static void leave_fault(int number) {
  (void)number;
  faults++;
  siglongjmp(out_of_fault, 1);
}

static void count_signal(int number, siginfo_t *info, void *context) {
  (void)number, (void)context;
  faults += info->si_code <= 0;
}

static struct sigaction set_handler(void (*simple)(int), void (*full)(int, siginfo_t *, void *)) {
  struct sigaction action = {0}, old;
  (void)sigemptyset(&action.sa_mask);
  action.sa_flags = full != NULL ? SA_SIGINFO : 0;
  if (full != NULL)
    action.sa_sigaction = full;
  else
    action.sa_handler = simple;
  CHECK(sigaction(SIGBUS, &action, &old) == 0);
  wait_for_tick();
  return old;
}

/* Touches the mapping without a guard. */
static void fault(const mapped *m) {
  volatile const uint8_t *byte = m->map;
  if (sigsetjmp(out_of_fault, 1) == 0)
    (void)*byte;
}

static void other_faults_go_to_the_handler_before(void) {
  mapped m = make_mapped();
  (void)set_handler(leave_fault, NULL);
  set_size(&m, 0);
  faults = 0;
  CHECK(!copies(&m) && faults == 0); /* a handler set after ours does not see our faults */
  for (int i = 0; i < 3; i++) {
    fault(&m);
    CHECK(faults == i + 1);
    CHECK(!copies(&m) && faults == i + 1);
  }
  (void)set_handler(NULL, count_signal);
  faults = 0;
  CHECK(!copies(&m) && faults == 0);
  CHECK(raise(SIGBUS) == 0 && faults == 1); /* sent, not a fault: with all that the handler asks for */
  CHECK(!copies(&m) && faults == 1);
  CHECK(raise(SIGBUS) == 0 && faults == 2);
  (void)set_handler(SIG_IGN, NULL);
  CHECK(!copies(&m));
  CHECK(raise(SIGBUS) == 0 && faults == 2);
  (void)set_handler(SIG_DFL, NULL);
  end_mapped(&m);
}

#if !SANITIZED
/* As faulthandler does it: puts the handler before it back, and sends the signal again. */
static struct sigaction before_reporter;
static int reports;

static void report(int number) {
  static const char line[] = "R";
  if (++reports > 3 || write(STDOUT_FILENO, line, 1) != 1)
    _exit(99); /* called again and again */
  (void)sigaction(number, &before_reporter, NULL);
  (void)raise(number);
}

static void enable_reporter(void) {
  struct sigaction action = {.sa_handler = report, .sa_flags = SA_NODEFER | SA_ONSTACK};
  (void)sigemptyset(&action.sa_mask);
  CHECK(sigaction(SIGBUS, &action, &before_reporter) == 0);
}

/* How a process ends that does `steps` ('g': a guarded copy of a cut file, 'e': enables the reporter, 'd': disables
 * it), and then faults outside of a guard. */
static int end_of(const char *steps, bool sent, int *reported) {
  int pipe_ends[2], status = 0;
  char text[8];
  CHECK(pipe(pipe_ends) == 0);
  pid_t child = fork();
  if (child == 0) {
    mapped m = make_mapped();
    volatile const uint8_t *byte = m.map;
    (void)dup2(pipe_ends[1], STDOUT_FILENO);
    (void)set_handler(SIG_DFL, NULL);
    set_size(&m, 0);
    for (; *steps != '\0'; steps++) {
      wait_for_tick();
      if (*steps == 'g' && copies(&m))
        _exit(98);
      if (*steps == 'e')
        enable_reporter();
      if (*steps == 'd')
        (void)sigaction(SIGBUS, &before_reporter, NULL);
    }
    if (sent)
      (void)raise(SIGBUS);
    else
      (void)*byte;
    _exit(97);
  }
  (void)close(pipe_ends[1]);
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  ssize_t n = read(pipe_ends[0], text, sizeof text);
  *reported = n > 0 ? (int)n : 0;
  (void)close(pipe_ends[0]);
  return status;
}

static void a_reporter_before_or_behind_ours_reports_once(void) {
  static const struct {
    const char *steps;
    int reports;
  } cases[] = {{"g", 0},    {"eg", 1},      {"ge", 1},       {"geg", 1},      {"egdg", 0},
               {"gegd", 0}, {"gegdgeg", 1}, {"egdegdeg", 1}, {"gegdegdge", 1}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    for (int sent = 0; sent < 2; sent++) {
      int reported, status = end_of(cases[i].steps, sent != 0, &reported);
      CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
      CHECK(reported == cases[i].reports);
    }
}

#endif

/* ---- threads ---- */

static atomic_bool stop;
static atomic_int ended;

static void copy_until_stopped(void *context) {
  mapped own = *(const mapped *)context;
  own.out = malloc(own.length);
  CHECK(own.out != NULL);
  while (!atomic_load(&stop))
    (void)atomic_fetch_add(&ended, copies(&own) ? 0 : 1);
  free(own.out);
}

static void threads_copy_while_the_file_is_cut(void) {
  mapped m = make_mapped();
  rf_thread threads[4];
  atomic_store(&stop, false);
  for (int i = 0; i < 4; i++)
    CHECK(rf_thread_start(&threads[i], copy_until_stopped, &m));
  for (int i = 0; i < 20000 && (i < 2000 || atomic_load(&ended) < 20); i++) {
    set_size(&m, 4096);
    set_size(&m, m.length);
  }
  atomic_store(&stop, true);
  for (int i = 0; i < 4; i++)
    rf_thread_join(&threads[i]);
  CHECK(atomic_load(&ended) >= 20);
  end_mapped(&m);
}

#endif

int main(void) {
#if !defined(_WIN32)
  if (!faults_have_their_address()) {
    printf("an emulator: SIGBUS does not tell the address of the fault, nothing to test\n");
    return check_report();
  }
#if !SANITIZED
  RUN(a_reporter_before_or_behind_ours_reports_once);
#endif
  RUN(a_cut_file_ends_the_copy);
  RUN(other_faults_go_to_the_handler_before);
  RUN(threads_copy_while_the_file_is_cut);
#endif
  return check_report();
}
