/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The handler acts only where the faulting thread is in a guarded copy and the address lies in the mapping of that
 * copy. Every other SIGBUS goes to the handler that was in force before.
 *
 * Others set handlers, too: faulthandler.enable() keeps ours as the one before it, and would print "Fatal Python error"
 * over a read that survives. So the handler in force is looked at again and again, and ours is set over one that is
 * not ours. "The one before" then depends on when: a handler of ours that another one kept must pass signals on to
 * what was in force before *that* setting, else two handlers could call each other for ever. So there are several
 * handlers of ours, one for each handler that was found in force, and none of them ever gets another predecessor.
 */
#if !defined(_WIN32)

#include "base/system/guard.h"

#include "base/system/platform.h"

#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

/* Handlers found in force so far, at most. With one more, mappings are not used any longer. */
#define LEVELS 8

/* Handlers leave no signal blocked (SA_NODEFER), so there is no mask to be put back, which would take a system call.
 * ThreadSanitizer calls them from one of its own, which blocks all. */
#if defined(__has_feature)
#define FEATURE(name) __has_feature(name)
#else
#define FEATURE(name) 0
#endif
#if defined(__SANITIZE_THREAD__) || FEATURE(thread_sanitizer)
#define SAVE_MASK 1
#else
#define SAVE_MASK 0
#endif

typedef struct frame {
  sigjmp_buf jump;
  uintptr_t begin;
  uintptr_t end;
  struct frame *outer;
} frame;

/* The guarded copy that the thread is in. The handler looks only at that of a thread which has faulted. */
static _Thread_local frame *volatile current;
static atomic_uint guarded; /* threads in a guarded copy: without any, a handler leaves thread-local memory alone */

static rf_mutex lock = RF_MUTEX_INIT;   /* taken by a thread that sets a handler */
static struct sigaction before[LEVELS]; /* each written once, before the handler of its level is set */
static atomic_uint levels;

/* ---- faults of other code ---- */

static bool is_function(const struct sigaction *action) {
  return (action->sa_flags & SA_SIGINFO) != 0 || (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN);
}

/* Ends the process as if there were no handler: a fault comes again when its instruction does, a signal that was sent
 * must be sent again. */
static void take_default(int number, bool sent) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  (void)sigemptyset(&action.sa_mask);
  (void)sigaction(number, &action, NULL);
  if (sent)
    (void)raise(number);
}

static void pass_on(const struct sigaction *action, int number, siginfo_t *info, void *context) {
  bool sent = info->si_code <= 0; /* by a process, not by a fault */
  sigset_t mask;
  if (!is_function(action)) {
    if (action->sa_handler == SIG_DFL || !sent)
      take_default(number, sent);
    return;
  }
  bool masked = pthread_sigmask(SIG_BLOCK, &action->sa_mask, &mask) == 0;
  if ((action->sa_flags & SA_SIGINFO) != 0)
    action->sa_sigaction(number, info, context);
  else
    action->sa_handler(number);
  if (masked)
    (void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

/* ---- the handlers ---- */

static void handle(unsigned level, int number, siginfo_t *info, void *context) {
  frame *f = atomic_load(&guarded) > 0 ? current : NULL;
  uintptr_t at = (uintptr_t)info->si_addr;
  if (f != NULL && info->si_code > 0 && at >= f->begin && at < f->end)
    siglongjmp(f->jump, 1);
  pass_on(&before[level], number, info, context);
}

#define HANDLER(level)                                                                                                 \
  static void handle_##level(int number, siginfo_t *info, void *context) {                                             \
    handle(level, number, info, context);                                                                              \
  }
HANDLER(0)
HANDLER(1)
HANDLER(2)
HANDLER(3)
HANDLER(4)
HANDLER(5)
HANDLER(6)
HANDLER(7)

typedef void handler(int number, siginfo_t *info, void *context);
static handler *const handlers[LEVELS] = {handle_0, handle_1, handle_2, handle_3,
                                          handle_4, handle_5, handle_6, handle_7};

static bool is_ours(const struct sigaction *action) {
  if ((action->sa_flags & SA_SIGINFO) == 0)
    return false;
  for (unsigned i = 0; i < LEVELS; i++)
    if (action->sa_sigaction == handlers[i])
      return true;
  return false;
}

static bool same_action(const struct sigaction *a, const struct sigaction *b) {
  if (a->sa_flags != b->sa_flags)
    return false;
  return (a->sa_flags & SA_SIGINFO) != 0 ? a->sa_sigaction == b->sa_sigaction : a->sa_handler == b->sa_handler;
}

/* The level whose handler passes on to this action; LEVELS when there is none left. */
static unsigned level_over(const struct sigaction *action) {
  unsigned count = atomic_load(&levels);
  for (unsigned i = 0; i < count; i++)
    if (same_action(&before[i], action))
      return i;
  if (count == LEVELS)
    return LEVELS;
  before[count] = *action;
  atomic_store(&levels, count + 1);
  return count;
}

static bool set_ours(void) {
  struct sigaction found, ours = {.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  (void)sigemptyset(&ours.sa_mask);
  rf_mutex_lock(&lock);
  bool done = sigaction(SIGBUS, NULL, &found) == 0;
  if (done && !is_ours(&found)) {
    unsigned level = level_over(&found);
    done = level < LEVELS;
    if (done) {
      ours.sa_sigaction = handlers[level];
      done = sigaction(SIGBUS, &ours, NULL) == 0;
    }
  }
  rf_mutex_unlock(&lock);
  return done;
}

/* The clock that is read without a system call. */
#if defined(CLOCK_MONOTONIC_COARSE)
#define TICKS CLOCK_MONOTONIC_COARSE
#define TICK_NANOSECONDS 1
#else
#define TICKS CLOCK_MONOTONIC
#define TICK_NANOSECONDS 4000000
#endif

/* When the thread last looked at the handler in force, +1. Asking for it is a system call of 0.4 us, a sixth of what
 * reading a small section takes, so the first call in each tick of the clock asks (1 to 10 ms). */
static _Thread_local uint64_t looked_at;

static uint64_t tick(void) {
  struct timespec now;
  if (clock_gettime(TICKS, &now) != 0)
    return 0;
  return ((uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec) / TICK_NANOSECONDS + 1;
}

static bool in_force(void) {
  struct sigaction found;
  uint64_t now = tick();
  if (now != 0 && now == looked_at)
    return true;
  if ((sigaction(SIGBUS, NULL, &found) != 0 || !is_ours(&found)) && !set_ours())
    return false;
  looked_at = now;
  return true;
}

/* ---- a copy ---- */

bool rf_guard_run(const uint8_t *map, size_t length, void (*copy)(void *context), void *context) {
  frame f;
  if (!in_force())
    return false;
  f.begin = (uintptr_t)map;
  f.end = f.begin + length;
  f.outer = current;
  (void)atomic_fetch_add(&guarded, 1);
  bool whole = sigsetjmp(f.jump, SAVE_MASK) == 0;
  if (whole) {
    current = &f;
    atomic_signal_fence(memory_order_seq_cst);
    copy(context);
    atomic_signal_fence(memory_order_seq_cst);
  }
  current = f.outer;
  (void)atomic_fetch_sub(&guarded, 1);
  return whole;
}

#else
typedef int rf_guard_is_not_used; /* a translation unit has at least one declaration */
#endif
