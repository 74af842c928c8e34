/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Segments of shared memory: the suite of drivers, other processes (fork), killed writers, forged headers.
 */
#include "driver_suite.h"

#if defined(__linux__)

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "fault_address.h"
#include "image_request.h"
#include "rustfits.h"

#define SIDE 300
#define PIXEL_COUNT (SIDE * SIDE)
#define PIXEL_BYTES ((size_t)4 * PIXEL_COUNT)
#define PAGE 4096

static char name[64], path[80]; /* shmem://NAME, and the file of the system behind it */
static rf_error err;

static rf_file *open_file(rf_mode mode) {
  rf_file *file = NULL;
  CHECK_OK(rf_file_open(name, mode, NULL, &file, &err), err);
  if (file == NULL)
    exit(2);
  return file;
}

static rf_status open_status(rf_mode mode) {
  rf_file *file = NULL;
  rf_status status = rf_file_open(name, mode, NULL, &file, &err);
  if (status == RF_OK)
    CHECK(rf_file_free(file, NULL) == RF_OK);
  return status;
}

static void append(rf_file *file, int32_t value) {
  static int32_t pixels[PIXEL_COUNT];
  uint64_t axes[2] = {SIDE, SIDE};
  size_t index;
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I32, .naxis = 2, .axes = axes, .extver = -1};
  for (size_t i = 0; i < PIXEL_COUNT; i++)
    pixels[i] = value;
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_write(file, index, PIXELS(.dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels), &err),
           err);
}

static void make(int images) {
  rf_file *file = open_file(RF_MODE_CREATE);
  for (int i = 0; i < images; i++)
    append(file, i + 1);
  CHECK_OK(rf_file_free(file, &err), err);
}

static bool shows(const void *bytes, int32_t value) {
  const uint8_t *last = (const uint8_t *)bytes + PIXEL_BYTES - 4;
  return rf_get_be32(bytes) == (uint32_t)value && rf_get_be32(last) == (uint32_t)value;
}

/* Gets the entry of the segment in the list; state 0 if it is not listed. */
static rf_shmem_segment listed(void) {
  static rf_shmem_segment all[256];
  size_t count = 0;
  rf_shmem_segment found = {.file_bytes = 0};
  CHECK_OK(rf_shmem_list(all, 256, &count, &err), err);
  for (size_t i = 0; i < count && i < 256; i++)
    if (strcmp(all[i].name, name + strlen("shmem://")) == 0)
      found = all[i];
  return found;
}

/* Runs `child` in a forked process. Returns its exit status, or 1000 and the number of the signal that ended it. */
static int in_child(int (*child)(void)) {
  int status = 0;
  pid_t number = fork();
  if (number == 0)
    _exit(child());
  CHECK(waitpid(number, &status, 0) == number);
  return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void the_suite_of_drivers_passes(void) {
  driver_suite(name, true);
  CHECK_OK(rf_shmem_unlink(name, &err), err);
  CHECK(rf_shmem_unlink(name, &err) == RF_ERR_NO_FILE);
  CHECK(strstr(err.message, name) != NULL);
}

/* ---- views ---- */

static int view_in_child(void) {
  rf_map *map = NULL;
  const void *bytes = NULL;
  rf_file *file = open_file(RF_MODE_READ);
  CHECK_OK(rf_hdu_map(file, 1, PIXEL_BYTES, &map, &bytes, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  return shows(bytes, 2) ? 7 : 8;
}

static void another_process_views_the_pixels(void) {
  make(2);
  CHECK(in_child(view_in_child) == 7);
}

static void views_survive_growth_and_edits(void) {
  rf_map *early = NULL, *late = NULL;
  const void *first = NULL, *second = NULL;
  rf_file *file = open_file(RF_MODE_CREATE);
  append(file, 1);
  CHECK_OK(rf_hdu_map(file, 0, PIXEL_BYTES, &early, &first, &err), err);
  for (int i = 2; i < 20; i++)
    append(file, i);
  CHECK(shows(first, 1));
  CHECK_OK(rf_file_free(file, &err), err);
  file = open_file(RF_MODE_READ_WRITE);
  CHECK_OK(rf_hdu_map(file, 18, PIXEL_BYTES, &late, &second, &err), err);
  append(file, 20);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(shows(first, 1) && shows(second, 19));
  make(1); /* another segment under the name */
  CHECK(shows(first, 1) && shows(second, 19));
  rf_map_free(early);
  rf_map_free(late);
}

static void a_file_that_shrinks_keeps_the_pages_of_views(void) {
  rf_store *store = NULL;
  static uint8_t bytes[5 * PAGE];
  rf_mapping mapping;
  rf_options options;
  struct stat facts;
  rf_options_init(&options);
  memset(bytes, 7, sizeof bytes);
  CHECK_OK(rf_store_open(name, RF_MODE_CREATE, &options, &store, &err), err);
  CHECK_OK(rf_store_write(store, 0, bytes, sizeof bytes, &err), err);
  CHECK_OK(rf_store_map(store, PAGE, 3 * PAGE, &mapping, &err), err);
  CHECK_OK(rf_store_truncate(store, 10, &err), err);
  CHECK(mapping.bytes[3 * PAGE - 1] == 0); /* no SIGBUS */
  CHECK(stat(path, &facts) == 0 && facts.st_size == 5 * PAGE);
  CHECK_OK(rf_store_truncate(store, PAGE + 20, &err), err);
  CHECK(mapping.bytes[5] == 0 && mapping.bytes[19] == 0);
  CHECK(rf_store_map(store, PAGE, 21, &mapping, &err) == RF_ERR_TRUNCATED);
  rf_error_clear(&err);
  mapping.end(&mapping);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(listed().file_bytes == PAGE + 20 && listed().segment_bytes == 5 * PAGE);
}

static void no_memory_is_kept_beyond_the_file(void) {
  struct stat facts;
  make(3);
  CHECK(stat(path, &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  CHECK((uint64_t)facts.st_size == PAGE + listed().file_bytes);
  CHECK((uint64_t)facts.st_blocks * 512 < (uint64_t)facts.st_size + PAGE);
}

/* ---- locks and killed writers ---- */

static void a_writer_keeps_others_out(void) {
  rf_file *file = open_file(RF_MODE_CREATE);
  append(file, 1);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_LOCKED && strstr(err.message, "building") != NULL);
  CHECK(open_status(RF_MODE_READ_WRITE) == RF_ERR_LOCKED);
  CHECK(open_status(RF_MODE_CREATE) == RF_ERR_LOCKED);
  CHECK(rf_shmem_unlink(name, &err) == RF_ERR_LOCKED);
  CHECK(listed().state == RF_SHMEM_BUILDING && listed().process == (uint64_t)getpid() && listed().process_runs == 1);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(listed().state == RF_SHMEM_WHOLE && listed().generation == 1);

  rf_file *reader = open_file(RF_MODE_READ);
  CHECK(open_status(RF_MODE_READ) == RF_OK);
  CHECK(open_status(RF_MODE_READ_WRITE) == RF_ERR_LOCKED);
  make(2); /* the reader keeps the old segment */
  CHECK_OK(rf_file_free(reader, &err), err);
  file = open_file(RF_MODE_READ_WRITE);
  CHECK(listed().state == RF_SHMEM_WHOLE); /* no change yet */
  append(file, 3);
  CHECK(listed().state == RF_SHMEM_EDITING);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_LOCKED && strstr(err.message, "editing") != NULL);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(listed().state == RF_SHMEM_WHOLE && listed().generation == 2);
}

static int die_building(void) {
  rf_file *file = open_file(RF_MODE_CREATE);
  append(file, 1);
  append(file, 2);
  (void)kill(getpid(), SIGKILL);
  return 0;
}

static int die_editing(void) {
  rf_file *file = open_file(RF_MODE_READ_WRITE);
  append(file, 1);
  append(file, 2);
  (void)kill(getpid(), SIGKILL);
  return 0;
}

static void check_interrupted(const char *word) {
  CHECK(listed().state == RF_SHMEM_INTERRUPTED && listed().process_runs == 0 && listed().process > 0);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_INTERRUPTED);
  CHECK(strstr(err.message, name) != NULL && strstr(err.message, word) != NULL);
  CHECK(open_status(RF_MODE_READ_WRITE) == RF_ERR_INTERRUPTED);
}

static void what_a_killed_writer_leaves_is_named_and_replaced(void) {
  (void)unlink(path);
  CHECK(in_child(die_building) == 1000 + SIGKILL);
  check_interrupted("built");
  make(2);
  CHECK(open_status(RF_MODE_READ) == RF_OK);
  CHECK(in_child(die_editing) == 1000 + SIGKILL);
  check_interrupted("edited");
  CHECK_OK(rf_shmem_unlink(name + strlen("shmem://"), &err), err);
  CHECK(listed().state == 0);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_NO_FILE);
}

static rf_file *inherited;

static int close_inherited(void) {
  return rf_file_free(inherited, NULL) == RF_OK ? 7 : 8;
}

static int write_inherited(void) {
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I32, .naxis = 0, .extver = -1};
  size_t index;
  rf_status status = rf_image_create(inherited, &spec, &index, &err);
  (void)rf_file_free(inherited, NULL);
  return status == RF_ERR_UNSUPPORTED && strstr(err.message, "forked child") != NULL ? 7 : 8;
}

static void a_forked_child_neither_completes_nor_unlocks(void) {
  inherited = open_file(RF_MODE_CREATE);
  append(inherited, 1);
  CHECK_OK(rf_file_flush(inherited, &err), err);
  CHECK(in_child(close_inherited) == 7);
  CHECK(in_child(write_inherited) == 7);
  CHECK(listed().state == RF_SHMEM_BUILDING);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_LOCKED);
  append(inherited, 2);
  CHECK_OK(rf_file_free(inherited, &err), err);
  CHECK(in_child(view_in_child) == 7);
  inherited = open_file(RF_MODE_READ);
  CHECK(in_child(close_inherited) == 7);
  CHECK(open_status(RF_MODE_READ_WRITE) == RF_ERR_LOCKED);
  CHECK_OK(rf_file_free(inherited, &err), err);
  CHECK(open_status(RF_MODE_READ_WRITE) == RF_OK);
}

static void a_discarded_file_takes_no_memory(void) {
  rf_file *file = open_file(RF_MODE_CREATE);
  append(file, 1);
  CHECK_OK(rf_file_discard(file, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_NO_FILE);
}

static void an_atomic_file_takes_its_name_at_close(void) {
  rf_options options;
  rf_file *file = NULL, *other = NULL;
  rf_options_init(&options);
  options.flags = RF_OPEN_ATOMIC;
  make(1);
  CHECK_OK(rf_file_open(name, RF_MODE_CREATE, &options, &file, &err), err);
  append(file, 5);
  append(file, 6);
  CHECK(listed().state == RF_SHMEM_WHOLE && open_status(RF_MODE_READ) == RF_OK);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(listed().file_bytes > 2 * PIXEL_BYTES);
  options.flags = RF_OPEN_ATOMIC | RF_OPEN_NEW;
  CHECK(rf_file_open(name, RF_MODE_CREATE, &options, &other, &err) == RF_ERR_EXISTS);
  options.flags = RF_OPEN_NEW;
  CHECK(rf_file_open(name, RF_MODE_CREATE, &options, &other, &err) == RF_ERR_EXISTS);
  CHECK_OK(rf_shmem_unlink(name, &err), err);
  CHECK_OK(rf_file_open(name, RF_MODE_CREATE, &options, &other, &err), err);
  CHECK_OK(rf_file_free(other, &err), err);
}

static void a_draft_that_a_killed_process_left_is_removed(void) {
  char draft[80];
  make(1);
  (void)snprintf(draft, sizeof draft, "/dev/shm/.rustfits-%ld-99", (long)getpid());
  CHECK(link(path, draft) == 0);
  rf_file *reader = open_file(RF_MODE_READ);
  CHECK(listed().state == RF_SHMEM_WHOLE && access(draft, F_OK) == 0); /* its lock is held */
  CHECK_OK(rf_file_free(reader, &err), err);
  CHECK(listed().state == RF_SHMEM_WHOLE && access(draft, F_OK) != 0);
  CHECK(link(path, draft) == 0);
  make(1);
  make(1); /* the first one takes the name from the draft's segment, whose lock it holds */
  CHECK(access(draft, F_OK) != 0);
}

/* ---- names, other programs, forged headers ---- */

static void invalid_names_are_refused(void) {
  char text[400];
  const char *invalid[] = {"", "a/b", "/a", "..", ".", ".rustfits-1-2"};
  rf_file *file = NULL;
  for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
    (void)snprintf(text, sizeof text, "shmem://%s", invalid[i]);
    CHECK(rf_file_open(text, RF_MODE_CREATE, NULL, &file, &err) == RF_ERR_ARGUMENT);
    CHECK(rf_shmem_unlink(invalid[i], &err) == RF_ERR_ARGUMENT);
  }
  (void)snprintf(text, sizeof text, "shmem://%0254d", 1);
  CHECK(rf_file_open(text, RF_MODE_CREATE, NULL, &file, &err) == RF_ERR_ARGUMENT);
  text[strlen(text) - 1] = '\0'; /* 253 */
  CHECK_OK(rf_file_open(text, RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK_OK(rf_shmem_unlink(text, &err), err);
  CHECK(rf_shmem_unlink(NULL, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_shmem_list(NULL, 1, &(size_t){0}, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_shmem_list(NULL, 0, NULL, &err) == RF_ERR_ARGUMENT);
}

/* Puts bytes under the name, at the beginning of a file of `size` bytes. */
static void forge(const void *bytes, size_t n, off_t size) {
  (void)unlink(path);
  int file = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
  CHECK(file >= 0 && pwrite(file, bytes, n, 0) == (ssize_t)n && ftruncate(file, size) == 0);
  (void)close(file);
}

static void segments_of_other_programs_are_left_alone(void) {
  struct {
    const char *bytes;
    off_t size;
  } foreign[] = {{"", 0}, {"RUSTFIT", 7}, {"other program", 10000}, {"SIMPLE  =", 2880}};
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
    forge(foreign[i].bytes, strlen(foreign[i].bytes), foreign[i].size);
    CHECK(open_status(RF_MODE_READ) == RF_ERR_NOT_FITS);
    CHECK(strstr(err.message, name) != NULL && strstr(err.message, "another program") != NULL);
    CHECK(open_status(RF_MODE_READ_WRITE) == RF_ERR_NOT_FITS);
    CHECK(open_status(RF_MODE_CREATE) == RF_ERR_EXISTS);
    CHECK(strstr(err.message, "another program") != NULL);
    CHECK(rf_shmem_unlink(name, &err) == RF_ERR_NOT_FITS);
    CHECK(listed().state == 0);
    struct stat facts;
    CHECK(stat(path, &facts) == 0 && facts.st_size == foreign[i].size);
  }
  (void)unlink(path);
  CHECK(mkfifo(path, 0600) == 0);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_UNSUPPORTED);
  CHECK(open_status(RF_MODE_CREATE) == RF_ERR_UNSUPPORTED);
  CHECK(unlink(path) == 0 && mkdir(path, 0700) == 0);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_UNSUPPORTED);
  CHECK(rmdir(path) == 0 && symlink("/etc/passwd", path) == 0);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_UNSUPPORTED);
  CHECK(open_status(RF_MODE_CREATE) == RF_ERR_UNSUPPORTED);
  CHECK(unlink(path) == 0);
}

static void forged_headers_are_refused(void) {
  struct {
    uint32_t version, offset;
    uint64_t bytes;
    uint32_t state;
    rf_status status;
  } forged[] = {
      {1, PAGE, 2880, RF_SHMEM_WHOLE, RF_ERR_NOT_FITS}, /* zeros */
      {1, PAGE, 0, RF_SHMEM_WHOLE, RF_ERR_NOT_FITS},
      {1, PAGE, 5000, RF_SHMEM_WHOLE, RF_ERR_TRUNCATED},
      {1, PAGE, UINT64_MAX, RF_SHMEM_WHOLE, RF_ERR_TRUNCATED},
      {1, PAGE, (uint64_t)INT64_MAX, RF_SHMEM_WHOLE, RF_ERR_TRUNCATED},
      {2, PAGE, 2880, RF_SHMEM_WHOLE, RF_ERR_UNSUPPORTED},
      {1, 0, 2880, RF_SHMEM_WHOLE, RF_ERR_FORMAT},
      {1, PAGE, 2880, 0, RF_ERR_FORMAT},
      {1, PAGE, 2880, RF_SHMEM_INTERRUPTED, RF_ERR_FORMAT},
      {1, PAGE, 2880, RF_SHMEM_BUILDING, RF_ERR_INTERRUPTED},
  };
  for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
    uint8_t header[56] = "RUSTFITS";
    rf_put_le32(header + 8, forged[i].version);
    rf_put_le32(header + 12, forged[i].offset);
    rf_put_le64(header + 16, forged[i].bytes);
    rf_put_le32(header + 24, forged[i].state);
    rf_put_le64(header + 32, UINT64_MAX);
    forge(header, sizeof header, PAGE + 2880);
    CHECK(open_status(RF_MODE_READ) == forged[i].status);
    CHECK(strstr(err.message, name) != NULL);
    CHECK(listed().state != 0);
    make(1); /* ours, so that it is replaced */
    CHECK(open_status(RF_MODE_READ) == RF_OK);
  }
  forge("RUSTFITS", 8, 8);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_TRUNCATED);
  CHECK_OK(rf_shmem_unlink(name, &err), err);
}

/* Another program truncates the segment, whose small ranges are copied from a mapping. */
static void a_segment_that_another_program_truncates_is_an_error(void) {
  static int32_t pixels[SIDE];
  make(1);
  rf_file *file = open_file(RF_MODE_READ);
  rf_axis axes[2] = {{0, 1, SIDE, NULL}, {5, 1, 1, NULL}};
  rf_image_request request = *PIXELS(.section = axes, .dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels);
  CHECK_OK(rf_image_read(file, 0, &request, &err), err);
  CHECK(pixels[0] == 1 && pixels[SIDE - 1] == 1);
  CHECK(truncate(path, PAGE + 2880 + 5000) == 0);
  CHECK(rf_image_read(file, 0, &request, &err) == RF_ERR_TRUNCATED);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_TRUNCATED);
  CHECK(truncate(path, 0) == 0);
  CHECK(open_status(RF_MODE_READ) == RF_ERR_NOT_FITS);
  CHECK(unlink(path) == 0);
}

int main(void) {
  (void)snprintf(name, sizeof name, "shmem://rustfits-test-%ld", (long)getpid());
  (void)snprintf(path, sizeof path, "/dev/shm/%s", name + strlen("shmem://"));
  RUN(the_suite_of_drivers_passes);
  RUN(another_process_views_the_pixels);
  RUN(views_survive_growth_and_edits);
  RUN(a_file_that_shrinks_keeps_the_pages_of_views);
  RUN(no_memory_is_kept_beyond_the_file);
  RUN(a_writer_keeps_others_out);
  RUN(what_a_killed_writer_leaves_is_named_and_replaced);
  RUN(a_forked_child_neither_completes_nor_unlocks);
  RUN(a_discarded_file_takes_no_memory);
  RUN(an_atomic_file_takes_its_name_at_close);
  RUN(a_draft_that_a_killed_process_left_is_removed);
  RUN(invalid_names_are_refused);
  RUN(segments_of_other_programs_are_left_alone);
  RUN(forged_headers_are_refused);
  if (faults_have_their_address())
    RUN(a_segment_that_another_program_truncates_is_an_error);
  (void)unlink(path);
  return check_report();
}

#else

#include "rustfits.h"

int main(void) {
  rf_file *file = NULL;
  rf_error err;
  size_t count = 0;
  CHECK(rf_file_open("shmem://a", RF_MODE_CREATE, NULL, &file, &err) == RF_ERR_NOT_BUILT);
  CHECK(strstr(err.message, "Linux") != NULL);
  CHECK(rf_shmem_unlink("a", &err) == RF_ERR_NOT_BUILT);
  CHECK(rf_shmem_list(NULL, 0, &count, &err) == RF_ERR_NOT_BUILT);
  return check_report();
}

#endif
