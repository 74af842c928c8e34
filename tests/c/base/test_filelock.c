/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/system/filelock.h"
#include "check.h"
#include "scratch.h"
#if !defined(_WIN32)
#include <signal.h>
#include <sys/wait.h>
#endif

static rf_error err;

static rf_fd fresh_file(const char *name) {
  rf_fd fd;
  rf_error_clear(&err);
  CHECK_OK(rf_fd_open(scratch_path(name), RF_MODE_CREATE, &fd, &err), err);
  return fd;
}

static void an_exclusive_lock_keeps_all_others_out(void) {
  rf_fd fd = fresh_file("exclusive"), other;
  rf_filelock one, two;
  CHECK(rf_filelock_take(fd, NULL, RF_LOCK_EDIT, true, 0, &one) == RF_LOCK_GOT);
  CHECK_OK(rf_fd_open(scratch_path("exclusive"), RF_MODE_READ, &other, &err), err);
  CHECK(rf_filelock_take(other, NULL, RF_LOCK_EDIT, false, 0, &two) == RF_LOCK_HELD && !two.held);
  CHECK(rf_filelock_take(fd, NULL, RF_LOCK_EDIT, true, 0.01, &two) == RF_LOCK_HELD);
  /* Closing a descriptor of the file leaves the lock alone. */
  CHECK_OK(rf_fd_close(other, &err), err);
  CHECK(rf_filelock_take(fd, NULL, RF_LOCK_EDIT, false, 0, &two) == RF_LOCK_HELD);
  rf_filelock_release(&one);
  rf_filelock_release(&one);
  CHECK(rf_filelock_take(fd, NULL, RF_LOCK_EDIT, true, 0, &two) == RF_LOCK_GOT);
  rf_filelock_release(&two);
  CHECK_OK(rf_fd_close(fd, &err), err);
}

static void shared_locks_go_together(void) {
  rf_fd fd = fresh_file("shared");
  rf_filelock one, two, three;
  CHECK(rf_filelock_take(fd, NULL, RF_LOCK_EDIT, false, 0, &one) == RF_LOCK_GOT);
  CHECK(rf_filelock_take(fd, scratch_path("shared"), RF_LOCK_EDIT, false, 0, &two) == RF_LOCK_GOT);
  CHECK(rf_filelock_take(fd, NULL, RF_LOCK_EDIT, true, 0, &three) == RF_LOCK_HELD);
  rf_filelock_release(&one);
  rf_filelock_release(&two);
  CHECK(rf_filelock_take(fd, NULL, RF_LOCK_EDIT, true, 0, &three) == RF_LOCK_GOT);
  rf_filelock_release(&three);
  rf_filelock_release(NULL);
  CHECK_OK(rf_fd_close(fd, &err), err);
}

#if !defined(_WIN32)

#if defined(__linux__)
static void places_are_apart(void) {
  rf_fd fd = fresh_file("places");
  rf_filelock one, two;
  CHECK(rf_filelock_take(fd, NULL, RF_LOCK_EDIT, true, 0, &one) == RF_LOCK_GOT);
  CHECK(rf_filelock_take(fd, NULL, RF_LOCK_WHOLE, true, 0, &two) == RF_LOCK_GOT);
  rf_filelock_release(&one);
  rf_filelock_release(&two);
  CHECK_OK(rf_fd_close(fd, &err), err);
}
#endif

/* The lock of a process that is killed is free: that is what makes it a sign of life. */
static void the_lock_of_a_killed_process_is_free(void) {
  rf_fd fd = fresh_file("killed");
  rf_filelock lock;
  int ready[2];
  char byte;
  CHECK(pipe(ready) == 0);
  pid_t child = fork();
  if (child == 0) {
    rf_filelock held;
    byte = rf_filelock_take(fd, NULL, RF_LOCK_EDIT, true, 0, &held) == RF_LOCK_GOT;
    if (write(ready[1], &byte, 1) == 1)
      pause();
    _exit(0);
  }
  CHECK(child > 0 && read(ready[0], &byte, 1) == 1 && byte == 1);
  CHECK(rf_filelock_take(fd, NULL, RF_LOCK_EDIT, false, 0, &lock) == RF_LOCK_HELD);
  CHECK(kill(child, SIGKILL) == 0);
  CHECK(rf_filelock_take(fd, NULL, RF_LOCK_EDIT, true, 10, &lock) == RF_LOCK_GOT);
  rf_filelock_release(&lock);
  CHECK(waitpid(child, NULL, 0) == child);
  CHECK(close(ready[0]) == 0 && close(ready[1]) == 0);
  CHECK_OK(rf_fd_close(fd, &err), err);
}

static void a_file_without_permission_to_write_is_not_locked_exclusively(void) {
  rf_fd fd = fresh_file("readonly"), reader;
  rf_filelock lock;
  CHECK_OK(rf_fd_close(fd, &err), err);
  CHECK(chmod(scratch_path("readonly"), 0444) == 0);
  CHECK_OK(rf_fd_open(scratch_path("readonly"), RF_MODE_READ, &reader, &err), err);
  CHECK(rf_filelock_take(reader, NULL, RF_LOCK_EDIT, false, 0, &lock) == RF_LOCK_GOT);
  rf_filelock_release(&lock);
  if (geteuid() != 0)
    CHECK(rf_filelock_take(reader, NULL, RF_LOCK_EDIT, true, 0, &lock) == RF_LOCK_NOWHERE);
  CHECK_OK(rf_fd_close(reader, &err), err);
}
#endif

int main(void) {
  scratch_begin("filelock");
  RUN(an_exclusive_lock_keeps_all_others_out);
  RUN(shared_locks_go_together);
#if defined(__linux__)
  RUN(places_are_apart);
#endif
#if !defined(_WIN32)
  RUN(the_lock_of_a_killed_process_is_free);
  RUN(a_file_without_permission_to_write_is_not_locked_exclusively);
#endif
  scratch_end();
  return check_report();
}
