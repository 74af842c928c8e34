/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include "base/memory.h"
#include "base/system/platform.h"
#include "base/system/replace.h"
#include "check.h"
#include "scratch.h"

static rf_error err;

static void files(void) {
  rf_fd fd;
  uint8_t buffer[16];
  size_t got;
  uint64_t size;
  const char *path = scratch_path("plain file [1]+!.fits");
  rf_error_clear(&err);
  CHECK_OK(rf_fd_open(path, RF_MODE_CREATE, &fd, &err), err);
  CHECK_OK(rf_fd_write(fd, 10, "hello", 5, &err), err);
  CHECK_OK(rf_fd_size(fd, &size, &err), err);
  CHECK(size == 15);
  CHECK_OK(rf_fd_read(fd, 8, buffer, sizeof buffer, &got, &err), err);
  CHECK(got == 7 && memcmp(buffer, "\0\0hello", 7) == 0);
  CHECK_OK(rf_fd_read(fd, 15, buffer, 1, &got, &err), err);
  CHECK(got == 0);
  CHECK_OK(rf_fd_read(fd, UINT64_MAX, buffer, 1, &got, &err), err);
  CHECK(got == 0);
  CHECK_OK(rf_fd_truncate(fd, 12, &err), err);
  CHECK_OK(rf_fd_truncate(fd, 14, &err), err);
  CHECK_OK(rf_fd_read(fd, 10, buffer, sizeof buffer, &got, &err), err);
  CHECK(got == 4 && memcmp(buffer, "he\0\0", 4) == 0);
  CHECK_OK(rf_fd_sync(fd, &err), err);
  CHECK(rf_fd_write(fd, UINT64_MAX - 2, "abc", 3, &err) == RF_ERR_LIMIT);
  rf_error_clear(&err);
  CHECK(rf_fd_truncate(fd, UINT64_MAX, &err) == RF_ERR_LIMIT);
  rf_error_clear(&err);
  CHECK_OK(rf_fd_close(fd, &err), err);
}

/* A file that is opened to be read may be found to be none when it is. */
static rf_status open_and_read(const char *path, rf_mode mode, rf_error *error) {
  rf_fd fd;
  char byte;
  size_t got;
  rf_status status = rf_fd_open(path, mode, &fd, error);
  if (status != RF_OK)
    return status;
  status = rf_fd_read(fd, 0, &byte, 1, &got, error);
  CHECK(rf_fd_close(fd, NULL) == RF_OK);
  return status;
}

static void missing_file_and_directory(void) {
  rf_fd fd;
  rf_mode modes[] = {RF_MODE_READ, RF_MODE_READ_WRITE, RF_MODE_CREATE};
  for (int i = 0; i < 3; i++) {
    rf_error_clear(&err);
    CHECK(open_and_read(scratch_directory, modes[i], &err) == RF_ERR_DIRECTORY);
    CHECK(strstr(err.message, "is a directory, not a file") != NULL);
    rf_error_clear(&err);
    CHECK(rf_fd_open(scratch_path("no/such"), modes[i], &fd, &err) == RF_ERR_NO_FILE);
    CHECK(err.sys_errno == ENOENT);
    CHECK(strstr(err.message, "no/such: cannot ") != NULL);
    CHECK(rf_fd_open(scratch_path("no/such"), modes[i], &fd, NULL) == RF_ERR_NO_FILE);
  }
}

#if !defined(_WIN32)

static void pipe_is_refused_without_waiting(void) {
  const char *path = scratch_path("pipe");
  CHECK(mkfifo(path, 0666) == 0);
  rf_error_clear(&err);
  CHECK(open_and_read(path, RF_MODE_READ, &err) == RF_ERR_UNSUPPORTED);
  rf_error_clear(&err);
  CHECK(open_and_read(path, RF_MODE_READ_WRITE, &err) == RF_ERR_UNSUPPORTED);
  unlink(path);
}

static void full_device_is_no_space(void) {
  rf_fd fd;
  if (access("/dev/full", W_OK) != 0)
    return; /* not Linux */
  rf_error_clear(&err);
  CHECK_OK(rf_fd_open("/dev/full", RF_MODE_READ_WRITE, &fd, &err), err);
  CHECK(rf_fd_write(fd, 0, "x", 1, &err) == RF_ERR_NO_SPACE);
  CHECK(err.sys_errno == ENOSPC && err.offset == 0);
  rf_error_clear(&err);
  CHECK_OK(rf_fd_close(fd, &err), err);
}

static rf_replacement *begin(const char *path) {
  char *real;
  rf_replacement *replacement = NULL;
  rf_error_clear(&err);
  CHECK_OK(rf_path_resolve(path, &real, &err), err);
  CHECK_OK(rf_replace_open(real, &replacement, NULL, &err), err);
  rf_free(real);
  return replacement;
}

static rf_status refused(const char *path) {
  char *real;
  rf_replacement *replacement;
  rf_error_clear(&err);
  rf_status status = rf_path_resolve(path, &real, &err);
  if (status != RF_OK)
    return status;
  status = rf_replace_open(real, &replacement, NULL, &err);
  rf_free(real);
  return status;
}

static rf_fd finish(rf_replacement *replacement, const char *text) {
  rf_fd fd = rf_replace_fd(replacement);
  const rf_replace_how how = {.durable = true};
  CHECK_OK(rf_fd_write(fd, 0, text, strlen(text), &err), err);
  CHECK_OK(rf_replace_commit(replacement, &how, &fd, &err), err);
  return fd;
}

static void replace(const char *path, const char *text) {
  rf_fd fd = finish(begin(path), text);
  /* The descriptor is the one of the file in its place now. */
  CHECK_OK(rf_fd_write(fd, strlen(text), "+", 1, &err), err);
  CHECK_OK(rf_fd_close(fd, &err), err);
}

static void content_is(const char *path, const char *text) {
  size_t n;
  uint8_t *bytes = scratch_read(path, &n);
  CHECK(n == strlen(text) && memcmp(bytes, text, n) == 0);
  free(bytes);
}

static mode_t permissions_of(const char *path) {
  struct stat facts;
  return stat(path, &facts) == 0 ? facts.st_mode & 07777 : 0;
}

static void replacement_keeps_permissions(void) {
  const char *path = scratch_path("keep");
  mode_t wanted[] = {0600, 0640, 0644, 0755, 0666, 0444};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    scratch_write(path, "old", 3);
    CHECK(chmod(path, wanted[i]) == 0);
    replace(path, "new");
    CHECK(permissions_of(path) == wanted[i]);
    content_is(path, "new+");
    unlink(path);
  }
  mode_t mask = umask(027);
  replace(path, "fresh");
  CHECK(permissions_of(path) == 0640); /* what a new file gets */
  umask(mask);
  unlink(path);
}

static void replacement_follows_links(void) {
  CHECK(mkdir(scratch_path("real"), 0777) == 0 && mkdir(scratch_path("links"), 0777) == 0);
  scratch_write(scratch_path("real/target"), "old", 3);
  CHECK(symlink("../real/target", scratch_path("links/one")) == 0);
  CHECK(symlink("one", scratch_path("links/two")) == 0);
  replace(scratch_path("links/two"), "new");
  content_is(scratch_path("real/target"), "new+");
  struct stat facts;
  CHECK(lstat(scratch_path("links/two"), &facts) == 0 && S_ISLNK(facts.st_mode));
  CHECK(lstat(scratch_path("links/one"), &facts) == 0 && S_ISLNK(facts.st_mode));
  CHECK(scratch_count("real") == 1 && scratch_count("links") == 2);

  CHECK(symlink("../real/not-yet", scratch_path("links/dangling")) == 0);
  replace(scratch_path("links/dangling"), "made");
  content_is(scratch_path("real/not-yet"), "made+");

  CHECK(symlink("loop", scratch_path("links/loop")) == 0);
  CHECK(refused(scratch_path("links/loop")) == RF_ERR_IO);
  CHECK(err.sys_errno == ELOOP);
}

static void failed_replacement_leaves_nothing(void) {
  const rf_replace_how how = {.durable = true};
  rf_fd fd;
  CHECK(mkdir(scratch_path("failed"), 0777) == 0);
  const char *path = scratch_path("failed/file");
  rf_replacement *replacement = begin(path);
  CHECK(scratch_count("failed") == 1);
  CHECK(mkdir(path, 0777) == 0); /* in the way: a file cannot be renamed over a directory */
  CHECK(rf_replace_commit(replacement, &how, &fd, &err) != RF_OK);
  CHECK(scratch_count("failed") == 1);
  rmdir(path);

  scratch_write(path, "old", 3);
  rf_replace_abort(begin(path));
  CHECK(scratch_count("failed") == 1);
  content_is(path, "old");

  CHECK(refused(scratch_path("no-directory/file")) == RF_ERR_NO_FILE);
  CHECK(refused(scratch_path("failed")) == RF_ERR_DIRECTORY);
}

static void new_file_does_not_replace_one_that_came_meanwhile(void) {
  const rf_replace_how how = {.only_new = true};
  rf_fd fd;
  const char *path = scratch_path("new-only");
  CHECK(mkdir(path, 0777) == 0);
  path = scratch_path("new-only/file");
  rf_replacement *replacement = begin(path);
  scratch_write(path, "theirs", 6);
  CHECK(rf_replace_commit(replacement, &how, &fd, &err) == RF_ERR_EXISTS);
  content_is(path, "theirs");
  CHECK(scratch_count("new-only") == 1);
  unlink(path);
  replacement = begin(path);
  rf_error_clear(&err);
  CHECK_OK(rf_replace_commit(replacement, &how, &fd, &err), err);
  CHECK_OK(rf_fd_close(fd, &err), err);
  CHECK(scratch_count("new-only") == 1);
}

/* The content that cannot go into the file of another program stays beside it. */
static void changed_file_is_not_replaced(void) {
  rf_fd fd;
  rf_file_stamp stamp;
  CHECK(mkdir(scratch_path("changed"), 0777) == 0);
  const char *path = scratch_path("changed/file");
  scratch_write(path, "old", 3);
  rf_error_clear(&err);
  CHECK_OK(rf_fd_open(path, RF_MODE_READ, &fd, &err), err);
  CHECK_OK(rf_fd_stamp(fd, &stamp, &err), err);
  CHECK_OK(rf_fd_close(fd, &err), err);
  const rf_replace_how how = {.expected = &stamp};

  rf_replacement *replacement = begin(path);
  CHECK_OK(rf_fd_write(rf_replace_fd(replacement), 0, "ours", 4, &err), err);
  scratch_write(path, "theirs", 6);
  CHECK(rf_replace_commit(replacement, &how, &fd, &err) == RF_ERR_CHANGED);
  content_is(path, "theirs");
  CHECK(scratch_count("changed") == 2);
  const char *kept = strstr(err.message, " is in ");
  CHECK(kept != NULL);
  content_is(kept + 7, "ours");
  unlink(kept + 7);

  replacement = begin(path);
  unlink(path);
  CHECK(rf_replace_commit(replacement, &how, &fd, &err) == RF_ERR_CHANGED);
  CHECK(access(path, F_OK) != 0 && scratch_count("changed") == 1);
}

static void hard_links_stay_one_file(void) {
  struct stat one, two;
  const char *path = scratch_path("linked");
  scratch_write(path, "a long old content", 18);
  CHECK(link(path, scratch_path("linked-too")) == 0);
  replace(path, "new");
  content_is(scratch_path("linked-too"), "new+");
  CHECK(stat(path, &one) == 0 && stat(scratch_path("linked-too"), &two) == 0 && one.st_ino == two.st_ino);
}

static bool is_left(const char *name) {
  char path[80];
  snprintf(path, sizeof path, "left/%s", name);
  return access(scratch_path(path), F_OK) == 0;
}

/* Only what no living writer has locked is a leftover, and only of the same file. */
static void next_writer_removes_leftovers(void) {
  static const char *const others[] = {".file.0123456789abcdef.tmp", ".file.tmp", ".filf.0123456789abcdef0123.tmp",
                                       ".file.0123456789abcdef0123.tmp2", "file.0123456789abcdef0123.kept"};
  char path[512], dead[512];
  CHECK(mkdir(scratch_path("left"), 0777) == 0);
  snprintf(path, sizeof path, "%s", scratch_path("left/file"));
  snprintf(dead, sizeof dead, "%s", scratch_path("left/.file.0123456789abcdef0123.tmp"));
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    char name[80];
    snprintf(name, sizeof name, "left/%s", others[i]);
    scratch_write(scratch_path(name), "", 0);
  }
  scratch_write(dead, "half", 4);
  rf_replacement *alive = begin(path);
  CHECK(access(dead, F_OK) != 0);
  CHECK(scratch_count("left") == 6);
  replace(path, "first");
  CHECK_OK(rf_fd_close(finish(alive, "second"), &err), err);
  content_is(path, "second");
  CHECK(scratch_count("left") == 6);
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    CHECK(is_left(others[i]));

  CHECK(symlink("file", dead) == 0); /* planted */
  replace(path, "third");
  content_is(path, "third+");
}

static void long_name_is_replaced(void) {
  char name[256];
  memset(name, 'n', 250);
  name[250] = '\0';
  const char *path = scratch_path(name);
  scratch_write(path, "old", 3);
  replace(path, "new");
  content_is(path, "new+");
}

static void absolute_path_survives_chdir(void) {
  char *absolute;
  char here[4096];
  rf_error_clear(&err);
  CHECK_OK(rf_path_absolute("a/b", &absolute, &err), err);
  CHECK(getcwd(here, sizeof here) != NULL);
  CHECK(strncmp(absolute, here, strlen(here)) == 0);
  CHECK_STR(absolute + strlen(here), "/a/b");
  rf_free(absolute);
  CHECK_OK(rf_path_absolute("/x", &absolute, &err), err);
  CHECK_STR(absolute, "/x");
  rf_free(absolute);
}

/* ---- threads ---- */

typedef struct shared {
  rf_mutex mutex;
  rf_cond cond;
  rf_rwlock lock;
  int turns;
  long total;
} shared;

static void *add_a_lot(void *argument) {
  shared *s = argument;
  for (int i = 0; i < 2000; i++) {
    rf_rwlock_write(&s->lock);
    s->total++;
    rf_rwlock_write_unlock(&s->lock);
    rf_rwlock_read(&s->lock);
    CHECK(s->total > 0);
    rf_rwlock_read_unlock(&s->lock);
  }
  rf_mutex_lock(&s->mutex);
  s->turns++;
  rf_cond_broadcast(&s->cond);
  rf_mutex_unlock(&s->mutex);
  return NULL;
}

static void locks(void) {
  shared s = {.turns = 0, .total = 0};
  CHECK(rf_mutex_init(&s.mutex) && rf_cond_init(&s.cond) && rf_rwlock_init(&s.lock));
  pthread_t threads[4];
  for (int i = 0; i < 4; i++)
    CHECK(pthread_create(&threads[i], NULL, add_a_lot, &s) == 0);
  rf_mutex_lock(&s.mutex);
  while (s.turns < 4)
    rf_cond_wait(&s.cond, &s.mutex);
  rf_mutex_unlock(&s.mutex);
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], NULL);
  CHECK(s.total == 8000);
  rf_mutex_destroy(&s.mutex);
  rf_cond_destroy(&s.cond);
  rf_rwlock_destroy(&s.lock);
}

#endif

static void mapping(void) {
  rf_fd fd;
  const uint8_t *base;
  const char *path = scratch_path("mapped");
  scratch_write(path, "mapped bytes", 12);
  rf_error_clear(&err);
  CHECK_OK(rf_fd_open(path, RF_MODE_READ, &fd, &err), err);
  CHECK_OK(rf_map_open(fd, 12, &base, &err), err);
  CHECK(memcmp(base, "mapped bytes", 12) == 0);
  rf_map_close(base, 12);
  CHECK(rf_map_open(fd, 0, &base, &err) != RF_OK);
  rf_error_clear(&err);
  CHECK_OK(rf_fd_close(fd, &err), err);
}

static void time_text(void) {
  char text[20];
  rf_time_utc(text);
  CHECK(strlen(text) == 19 && text[4] == '-' && text[10] == 'T' && text[16] == ':');
  CHECK(strcmp(text, "2020-01-01T00:00:00") > 0);
}

int main(void) {
  scratch_begin("platform");
  RUN(files);
  RUN(missing_file_and_directory);
  RUN(mapping);
  RUN(time_text);
#if !defined(_WIN32)
  RUN(pipe_is_refused_without_waiting);
  RUN(full_device_is_no_space);
  RUN(replacement_keeps_permissions);
  RUN(replacement_follows_links);
  RUN(failed_replacement_leaves_nothing);
  RUN(new_file_does_not_replace_one_that_came_meanwhile);
  RUN(changed_file_is_not_replaced);
  RUN(hard_links_stay_one_file);
  RUN(next_writer_removes_leftovers);
  RUN(long_name_is_replaced);
  RUN(absolute_path_survives_chdir);
  RUN(locks);
#endif
  scratch_end();
  return check_report();
}
