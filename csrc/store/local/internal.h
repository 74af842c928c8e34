/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The state of a file of the system, for the files of this room.
 */
#ifndef RF_STORE_LOCAL_INTERNAL_H
#define RF_STORE_LOCAL_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/system/filelock.h"
#include "base/system/platform.h"
#include "base/system/replace.h"

typedef struct rf_local_file {
  rf_fd fd;
  char *path;                  /* of a file that may be written: where it really is */
  uint32_t flags;              /* RF_OPEN_... */
  rf_replacement *replacement; /* fd is its temporary file */
  rf_file_stamp stamp;         /* as it was opened (before its first byte was read) or put in place */
  bool updates;                /* the replacement is of the file that was opened, not of any that is there */
  bool copies;                 /* the first change replaces fd by a copy */
  bool unclaimed;              /* created in place: until the first change the old content is still there */
  bool discarded;
  uint64_t reserved; /* bytes of a temporary file that have space */
  rf_filelock lock;
  int lock_tries;
  bool mappable; /* opened for reading */
  rf_mutex map_lock;
  _Atomic(const uint8_t *) map; /* made once, when first wanted */
  size_t map_length;            /* set before map */
  bool map_failed;
  _Atomic uint64_t reads; /* of small ranges so far, without the mapping */
  uint64_t number;        /* no other file of the process has it */
  _Atomic uint64_t ended; /* reads and copies so far */
} rf_local_file;

#endif
