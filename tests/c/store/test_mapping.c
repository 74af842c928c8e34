/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Mappings of local files: when a read makes one, files that change under it, descriptors, threads and replacements.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/system/platform.h"
#include "check.h"
#if !defined(_WIN32)
#include "fault_address.h"
#endif
#include "scratch.h"
#include "store/local/file.h"
#include "store/open.h"
#include "store_calls.h"

#define MAPPED_BYTES ((size_t)1 << 20)

static rf_store *open_mapped(const char *path) {
  uint8_t *bytes = malloc(MAPPED_BYTES);
  for (size_t i = 0; i < MAPPED_BYTES; i++)
    bytes[i] = (uint8_t)(i * 7 + (i >> 8));
  scratch_write(path, bytes, MAPPED_BYTES);
  free(bytes);
  rf_store *store = NULL;
  rf_error_clear(&err);
  CHECK_OK(rf_store_open(path, RF_MODE_READ, &options, &store, &err), err);
  return store;
}

static rf_status read_two(rf_store *store, uint64_t a, uint64_t b, uint8_t *buffer) {
  rf_read_range ranges[2] = {{a, 100, buffer}, {b, 100, buffer + 100}};
  rf_error_clear(&err);
  return rf_store_read_many(store, ranges, 2, &err);
}

#if !defined(_WIN32)

/* Ranges so close together that they are copied from a mapping, which is kept. */
static void make_mapping(rf_store *store) {
  uint8_t buffer[4];
  rf_read_range ranges[4] = {{0, 1, buffer}, {10, 1, buffer + 1}, {9, 1, buffer + 2}, {4000, 1, buffer + 3}};
  CHECK_OK(rf_store_read_many(store, ranges, 4, &err), err);
}

#if defined(__linux__)

static bool is_mapped(const char *path) {
  char line[4096];
  bool found = false;
  FILE *maps = fopen("/proc/self/maps", "r");
  CHECK(maps != NULL);
  while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
    found = found || strstr(line, path) != NULL;
  if (maps != NULL)
    fclose(maps);
  return found;
}

static void ranges_close_together_are_mapped_at_once(void) {
  const char *path = scratch_path("close.fits");
  rf_store *store = open_mapped(path);
  uint8_t buffer[200];
  CHECK_OK(read_two(store, 0, 100, buffer), err);
  CHECK(!is_mapped(path));
  make_mapping(store);
  CHECK(is_mapped(path));
  CHECK_OK(rf_store_close(store, NULL), err);
  CHECK(!is_mapped(path));
}

/* A page fault for each costs more than a system call: 16 faults reach all of the file, and 48 calls take as long. */
static void ranges_far_apart_are_read_until_a_mapping_pays(void) {
  const char *path = scratch_path("apart.fits");
  rf_store *store = open_mapped(path);
  uint8_t buffer[200];
  for (unsigned i = 0; i < 25; i++)
    CHECK_OK(read_two(store, MAPPED_BYTES - 1000, i * 5000, buffer), err);
  CHECK(!is_mapped(path));
  CHECK_OK(read_two(store, MAPPED_BYTES - 1000, 5000, buffer), err);
  CHECK(is_mapped(path));
  CHECK_OK(read_two(store, 70000, MAPPED_BYTES - 300, buffer), err);
  for (unsigned k = 0; k < 100; k++) {
    uint64_t a = 70000 + k, b = MAPPED_BYTES - 300 + k;
    CHECK(buffer[k] == (uint8_t)(a * 7 + (a >> 8)) && buffer[100 + k] == (uint8_t)(b * 7 + (b >> 8)));
  }
  CHECK_OK(rf_store_close(store, NULL), err);
}

#endif

static void file_cut_under_the_mapping_is_an_error(void) {
  const char *path = scratch_path("cut.fits");
  rf_store *store = open_mapped(path);
  uint8_t buffer[200];
  make_mapping(store);
  CHECK_OK(read_two(store, 0, MAPPED_BYTES - 100, buffer), err);
  CHECK(truncate(path, 5000) == 0);
  CHECK_OK(read_two(store, 0, 4900, buffer), err);
  CHECK(buffer[199] == (uint8_t)(4999 * 7 + (4999 >> 8)));
  CHECK(read_two(store, 0, 4901, buffer) == RF_ERR_TRUNCATED);
  CHECK(says("found 99") && says(" 1 bytes are missing") && err.offset == 4901);
  CHECK(read_two(store, MAPPED_BYTES / 2, 0, buffer) == RF_ERR_TRUNCATED);
  CHECK(truncate(path, 0) == 0);
  CHECK(read_two(store, 0, 0, buffer) == RF_ERR_TRUNCATED);
  CHECK_OK(rf_store_close(store, NULL), err);
}

static void file_that_grows_after_the_mapping_is_read(void) {
  const char *path = scratch_path("grows.fits");
  rf_store *store = open_mapped(path);
  uint8_t buffer[200];
  make_mapping(store);
  FILE *file = fopen(path, "ab");
  for (int i = 0; i < 200; i++)
    fputc(i, file);
  fclose(file);
  CHECK_OK(read_two(store, MAPPED_BYTES + 100, MAPPED_BYTES - 50, buffer), err);
  CHECK(buffer[0] == 100 && buffer[150] == 0 && buffer[199] == 49);
  CHECK_OK(rf_store_close(store, NULL), err);
}

static int open_descriptors(void) {
  int n = 0;
  for (int fd = 0; fd < 200; fd++)
    n += lseek(fd, 0, SEEK_CUR) != -1 || errno != EBADF;
  return n;
}

/* A look that serves two ends must be behind all that was read, of this file, and must not serve a later call. */
static void look_behind_a_copy_counts_once(void) {
  const char *path = scratch_path("looked.fits");
  rf_store *store = open_mapped(path), *other = open_mapped(scratch_path("other.fits"));
  rf_file_stamp stamp, now;
  uint8_t buffer[200];
  CHECK(!rf_store_stamp_behind(store, &stamp)); /* nothing was read by a copy */
  make_mapping(store);
  CHECK(!rf_store_stamp_behind(other, &stamp));
  make_mapping(store);
  CHECK(rf_store_stamp_behind(store, &stamp));
  CHECK_OK(rf_store_stamp(store, &now, &err), err);
  CHECK(rf_file_stamp_equal(&stamp, &now) && stamp.size == MAPPED_BYTES);
  CHECK(!rf_store_stamp_behind(store, &stamp));
  make_mapping(store);
  CHECK_OK(rf_store_read(store, 70000, buffer, 100, &err), err);
  CHECK(!rf_store_stamp_behind(store, &stamp)); /* a read has ended behind it */
  make_mapping(store);
  make_mapping(other);
  CHECK(!rf_store_stamp_behind(store, &stamp));
  CHECK_OK(rf_store_close(store, NULL), err);
  CHECK_OK(rf_store_close(other, NULL), err);
  store = open_mapped(path);
  CHECK(!rf_store_stamp_behind(store, &stamp));
  CHECK_OK(rf_store_close(store, NULL), err);
}

static void one_small_range_comes_from_a_mapping_that_is_there(void) {
  const char *path = scratch_path("single.fits");
  rf_store *store = open_mapped(path);
  rf_file_stamp stamp;
  uint8_t buffer[100];
  const rf_read_range range = {70000, 100, buffer};
  CHECK_OK(rf_store_read_many(store, &range, 1, &err), err);
  CHECK(!rf_store_stamp_behind(store, &stamp));
  make_mapping(store);
  CHECK_OK(rf_store_read_many(store, &range, 1, &err), err);
  CHECK(rf_store_stamp_behind(store, &stamp));
  for (unsigned k = 0; k < 100; k++)
    CHECK(buffer[k] == (uint8_t)((70000 + k) * 7 + ((70000 + k) >> 8)));
  CHECK(truncate(path, 70050) == 0);
  CHECK(rf_store_read_many(store, &range, 1, &err) == RF_ERR_TRUNCATED);
  rf_error_clear(&err);
  CHECK_OK(rf_store_close(store, NULL), err);
}

/* The stamp of a file that is about to be created in place is that of the old content. */
static void size_of_a_stamp_is_not_that_of_an_unclaimed_file(void) {
  const char *path = scratch_path("unclaimed.fits");
  rf_options in_place = options;
  rf_file_stamp stamp;
  uint64_t size = 0;
  rf_store *store = open_mapped(path);
  CHECK_OK(rf_store_stamp(store, &stamp, &err), err);
  CHECK(rf_store_size_then(store, &stamp, &size) && size == MAPPED_BYTES);
  CHECK_OK(rf_store_close(store, NULL), err);
  in_place.flags |= RF_OPEN_IN_PLACE;
  CHECK_OK(rf_store_open(path, RF_MODE_CREATE, &in_place, &store, &err), err);
  CHECK(!rf_store_size_then(store, &stamp, &size));
  rf_store_discard(store);
  CHECK_OK(rf_store_close(store, NULL), err);
}

static void one_descriptor_while_open_none_after(void) {
  scratch_write(scratch_path("packed.fits"), "\x1F\x1E......", 8);
  int before = open_descriptors();
  rf_store *store = open_mapped(scratch_path("descriptors.fits"));
  make_mapping(store);
  CHECK(open_descriptors() == before + 1);
  CHECK_OK(rf_store_close(store, NULL), err);
  CHECK(open_descriptors() == before);
  CHECK(try_open(scratch_directory, RF_MODE_READ) == RF_ERR_DIRECTORY);
  CHECK(try_open(scratch_path("packed.fits"), RF_MODE_READ) == RF_ERR_NOT_BUILT);
  CHECK(open_descriptors() == before);
}

static void *read_in_thread(void *argument) {
  rf_store *store = argument;
  uint8_t buffer[20 * 50];
  for (unsigned round = 0; round < 300; round++) {
    rf_read_range ranges[20];
    for (unsigned i = 0; i < 20; i++)
      ranges[i] = (rf_read_range){(round * 3571 + i * 50021) % (MAPPED_BYTES - 50), 50, buffer + i * 50};
    if (rf_store_read_many(store, ranges, 20, NULL) != RF_OK)
      return "a read failed";
    for (unsigned i = 0; i < 20; i++)
      for (unsigned k = 0; k < 50; k++) {
        uint64_t at = ranges[i].offset + k;
        if (buffer[i * 50 + k] != (uint8_t)(at * 7 + (at >> 8)))
          return "a wrong byte";
      }
  }
  return NULL;
}

static void threads_share_the_mapping(void) {
  for (int round = 0; round < 5; round++) {
    rf_store *store = open_mapped(scratch_path("threads.fits"));
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
      CHECK(pthread_create(&threads[i], NULL, read_in_thread, store) == 0);
    for (int i = 0; i < 4; i++) {
      void *failure;
      pthread_join(threads[i], &failure);
      CHECK(failure == NULL);
    }
    CHECK_OK(rf_store_close(store, NULL), err);
  }
}

static void replacement_becomes_the_file(void) {
  char here[256], path[300];
  snprintf(path, sizeof path, "%s", scratch_path("replaced.fits"));
  scratch_write(path, "old content", 11);
  CHECK(chmod(path, 0604) == 0);
  rf_store *store = NULL;
  rf_error_clear(&err);
  CHECK_OK(rf_store_open(path, RF_MODE_READ_WRITE, &options, &store, &err), err);
  CHECK(getcwd(here, sizeof here) != NULL && chdir("/") == 0); /* the path was relative */
  void *temp = NULL;
  CHECK_OK(store->ops->replace_open(store->state, &temp, &err), err);
  CHECK_OK(store->ops->write_at(temp, 0, "new", 3, &err), err);
  CHECK_OK(store->ops->replace_commit(store->state, temp, &err), err);
  CHECK_OK(rf_store_write(store, 3, "er", 2, &err), err);
  CHECK_OK(store->ops->replace_open(store->state, &temp, &err), err);
  store->ops->replace_abort(store->state, temp);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(chdir(here) == 0);
  size_t n;
  uint8_t *bytes = scratch_read(path, &n);
  CHECK(n == 5 && memcmp(bytes, "newer", 5) == 0);
  free(bytes);
  struct stat facts;
  CHECK(stat(path, &facts) == 0 && (facts.st_mode & 0777) == 0604);
}

#endif

int main(void) {
  scratch_begin("mapping");
  rf_options_init(&options);
#if !defined(_WIN32)
#if defined(__linux__)
  RUN(ranges_close_together_are_mapped_at_once);
  RUN(ranges_far_apart_are_read_until_a_mapping_pays);
#endif
  if (faults_have_their_address())
    RUN(file_cut_under_the_mapping_is_an_error);
  RUN(file_that_grows_after_the_mapping_is_read);
  RUN(look_behind_a_copy_counts_once);
  RUN(one_small_range_comes_from_a_mapping_that_is_there);
  RUN(size_of_a_stamp_is_not_that_of_an_unclaimed_file);
  RUN(one_descriptor_while_open_none_after);
  RUN(threads_share_the_mapping);
  RUN(replacement_becomes_the_file);
#else
  rf_store *store = open_mapped(scratch_path("mapped.fits"));
  uint8_t buffer[200];
  CHECK_OK(read_two(store, 0, MAPPED_BYTES - 100, buffer), err);
  CHECK_OK(rf_store_close(store, NULL), err);
#endif
  scratch_end();
  return check_report();
}
