/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public functions about all segments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/memory.h"
#include "store/http/url.h"
#include "store/schemes.h"
#include "store/shmem/segment.h"

typedef struct inventory {
  rf_shmem_segment *list;
  size_t count, capacity;
} inventory;

/* A segment whose state says that a process writes it is interrupted if no handle has its lock. */
static bool is_written(rf_fd fd) {
  rf_filelock lock;
  rf_lock_answer answer = rf_filelock_take(fd, NULL, RF_LOCK_WHOLE, false, 0, &lock);
  rf_filelock_release(&lock);
  return answer == RF_LOCK_HELD;
}

/* Describes the segment behind `fd`; false if it is of another program. */
static bool describe(rf_fd fd, const char *name, rf_shmem_segment *segment) {
  rf_shmem_header header;
  uint64_t size;
  if (!rf_shmem_is_ours(fd) || rf_fd_size(fd, &size, NULL) != RF_OK)
    return false;
  memset(segment, 0, sizeof *segment);
  (void)snprintf(segment->name, sizeof segment->name, "%s", name);
  segment->segment_bytes = size;
  segment->state = RF_SHMEM_INTERRUPTED; /* unless its header is valid */
  if (rf_shmem_header_read(fd, &header, NULL) != RF_OK)
    return true;
  segment->file_bytes = header.bytes;
  segment->generation = header.generation;
  segment->process = header.writer.number;
  segment->process_runs = rf_shmem_process_runs(header.writer);
  if (header.state == RF_SHMEM_WHOLE || is_written(fd))
    segment->state = header.state;
  return true;
}

static rf_status add(void *user, const char *name, rf_error *err) {
  inventory *all = user;
  rf_fd fd;
  rf_shmem_segment segment;
  if (rf_shmem_segment_clear_draft(name) || rf_shmem_check_name(name, NULL) != RF_OK)
    return RF_OK;
  if (rf_shmem_fd_open(name, false, &fd, NULL) != RF_OK)
    return RF_OK; /* removed meanwhile, or of another user */
  bool ours = describe(fd, name, &segment);
  (void)rf_fd_close(fd, NULL);
  if (!ours)
    return RF_OK;
  RF_TRY(RF_ARRAY_GROW(all->list, all->capacity, all->count + 1, "segments", err));
  all->list[all->count++] = segment;
  return RF_OK;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const rf_shmem_segment *)a)->name, ((const rf_shmem_segment *)b)->name);
}

rf_status rf_shmem_list(rf_shmem_segment *segments, size_t capacity, size_t *count, rf_error *err) {
  inventory all = {.list = NULL};
  rf_error_clear(err);
  if (count == NULL || (segments == NULL && capacity > 0))
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_shmem_list: count must not be NULL, nor segments with a capacity");
  rf_status status = rf_shmem_visit_names(add, &all, err);
  if (status == RF_OK) {
    if (all.count > 1)
      qsort(all.list, all.count, sizeof *all.list, by_name);
    for (size_t i = 0; i < all.count && i < capacity; i++)
      segments[i] = all.list[i];
    *count = all.count;
  }
  rf_free(all.list);
  return status;
}

rf_status rf_shmem_unlink(const char *name, rf_error *err) {
  rf_error_clear(err);
  if (name == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected the name of a segment, found NULL");
  size_t scheme = rf_url_scheme(name);
  const char *segment = rf_is_name(name, scheme, "shmem") ? name + scheme + 3 : name;
  rf_status status = rf_schemes_check("shmem://", NULL, err);
  if (status == RF_OK)
    status = rf_shmem_check_name(segment, err);
  if (status == RF_OK)
    status = rf_shmem_segment_remove(segment, NULL, err);
  if (status == RF_OK)
    return RF_OK;
  char shown[RF_SHMEM_MAX_NAME + 16];
  (void)snprintf(shown, sizeof shown, "shmem://%s", segment);
  return rf_error_locate(err, status, shown, -1);
}
