/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver suite on each writable driver that is built in, on the codec that writes, and on a row brought at run time
 * that has no more than it must.
 */
#include "driver_suite.h"
#include "scratch.h"
#include "store/local/memory.h"

static void file_by_path(void) {
  driver_suite(scratch_path("suite.fits"), true);
}

static void file_by_odd_path(void) {
  driver_suite(scratch_path("a [b]+(c)!%41#d?e;f.fits"), true);
}

static void file_gzip(void) {
  driver_suite(scratch_path("suite.fits.Gz"), true);
}

#if !defined(_WIN32)
static void file_by_url(void) {
  char here[256], url[1024];
  CHECK(getcwd(here, sizeof here) != NULL);
  snprintf(url, sizeof url, "file://%s/%s", here, scratch_path("by%20url%5b.fits"));
  driver_suite(url, true);
  size_t n;
  free(scratch_read(scratch_path("by url[.fits"), &n));
}
#endif

static void memory(void) {
  driver_suite("mem://", false);
  driver_suite("memkeep://", false);
  driver_suite("MEM://any name", false);
}

/* ---- a row brought at run time ---- */

static rf_driver_ops least_ops;
static rf_driver least = {.size = sizeof(rf_driver), .scheme = "test-least", .flags = RF_DRIVER_WRITE};

static void least_row(void) {
  rf_error err;
  /* Borrowed behaviour, but none of the members that MAY be there. */
  least_ops = (rf_driver_ops){.size = sizeof least_ops,
                              .open = rf_memory_ops.open,
                              .read_at = rf_memory_ops.read_at,
                              .get_size = rf_memory_ops.get_size,
                              .write_at = rf_memory_ops.write_at,
                              .truncate = rf_memory_ops.truncate,
                              .close = rf_memory_ops.close};
  least.ops = &least_ops;
  CHECK_OK(rf_driver_register(&least, &err), err);
  driver_suite("test-least://x", false);
}

/* All writable built-in rows are in this file: a new one must be added here. */
static void all_are_covered(void) {
  const rf_driver *rows[64];
  size_t count;
  rf_error err;
  CHECK_OK(rf_driver_list(rows, 64, &count, &err), err);
  int writable = 0;
  for (size_t i = 0; i < count; i++)
    writable += rows[i]->ops != NULL && (rows[i]->flags & RF_DRIVER_WRITE) && rows[i] != &least;
  CHECK(writable == 3); /* file, mem, memkeep */
}

int main(void) {
  scratch_begin("driver");
  RUN(file_by_path);
  RUN(file_by_odd_path);
#if !defined(_WIN32)
  RUN(file_by_url);
#endif
  RUN(file_gzip);
  RUN(memory);
  RUN(least_row);
  RUN(all_are_covered);
  scratch_end();
  return check_report();
}
