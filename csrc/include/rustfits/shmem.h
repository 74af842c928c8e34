/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/shmem.h: Segments of shared memory (shmem://NAME). Part of <rustfits.h>, which has the rules for every
 * function.
 */
#ifndef RUSTFITS_SHMEM_H
#define RUSTFITS_SHMEM_H

#include "rustfits/driver.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Shared memory ============================== */

/* Offset of the FITS file in a segment. The page before it is the header of the library: the 8 bytes "RUSTFITS", then
 * little-endian a uint32_t version (1), a uint32_t offset of the file (4096), a uint64_t size of the file, a uint32_t
 * rf_shmem_state, 4 zero bytes, and as uint64_t the number of the process that wrote last, when that process started,
 * and how often the file was completed. */
#define RF_SHMEM_FILE_OFFSET 4096

/* What a segment contains. */
typedef enum rf_shmem_state {
  RF_SHMEM_BUILDING = 1,   /* a process creates the file */
  RF_SHMEM_WHOLE = 2,      /* the file is complete */
  RF_SHMEM_EDITING = 3,    /* a process edits the file */
  RF_SHMEM_INTERRUPTED = 4 /* the process that wrote the file ended before it was complete. Never in a header */
} rf_shmem_state;

/* A segment, as rf_shmem_list() found it. This struct never grows. */
typedef struct rf_shmem_segment {
  char name[256];         /* without "shmem://" */
  uint64_t file_bytes;    /* size of the FITS file */
  uint64_t segment_bytes; /* memory that the segment takes */
  uint64_t generation;    /* how often the file was completed: once when it was created, and after each edit */
  uint64_t process;       /* number of the process that wrote last */
  rf_shmem_state state;
  int process_runs; /* 1: that process runs, else 0 */
} rf_shmem_segment;

/* rf_shmem_list() gets the segments of the library that this process may read. Segments of other programs are left out.
 * segments  receives up to `capacity` segments, in the order of their names; NULL is allowed if `capacity` is 0
 * capacity  number of elements of `segments`
 * count     receives the number of segments, which may be larger than `capacity`
 * err       NULL: no details
 * Returns RF_OK; RF_ERR_ARGUMENT (`count` is NULL; `segments` is NULL with a capacity); RF_ERR_NOT_BUILT (not Linux);
 * RF_ERR_MEMORY; any of "input and output". Threads: any. */
RF_API RF_CHECKED rf_status rf_shmem_list(rf_shmem_segment *segments, size_t capacity, size_t *count, rf_error *err);

/* rf_shmem_unlink() removes a segment. Its name is free at once; its memory when the last handle and the last mapping
 * of it end.
 * name  with or without "shmem://"
 * err   NULL: no details
 * Returns RF_OK; RF_ERR_ARGUMENT (`name` is NULL or no name of a segment); RF_ERR_NO_FILE; RF_ERR_NOT_FITS (a segment
 * of another program); RF_ERR_LOCKED (a handle has it open for writing); RF_ERR_SCHEME (RUSTFITS_SCHEMES does not allow
 * shmem); RF_ERR_PERMISSION; RF_ERR_NOT_BUILT (not Linux); any other of "input and output". Threads: any. */
RF_API RF_CHECKED rf_status rf_shmem_unlink(const char *name, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
