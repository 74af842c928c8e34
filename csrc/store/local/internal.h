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
  uint64_t begin;              /* offset of the content in the file */
  char *path;                  /* the resolved path of a file that may be written */
  uint32_t flags;              /* RF_OPEN_... */
  rf_replacement *replacement; /* fd is its temporary file */
  rf_file_stamp stamp;         /* when it was opened (before the first read) or put in place */
  bool updates;                /* the replacement must replace the file that was opened */
  bool copies;                 /* the first change makes a copy and replaces fd */
  bool unclaimed;              /* created in place; the old content is there until the first change */
  bool discarded;
  uint64_t reserved; /* bytes of a temporary file for which space is reserved */
  rf_filelock lock;
  int lock_tries;
  bool mappable; /* opened for reading */
  rf_mutex map_lock;
  _Atomic(const uint8_t *) map; /* made once, when first needed */
  size_t map_length;            /* set before map */
  bool map_failed;
  _Atomic uint64_t reads; /* number of small ranges read without the mapping */
  uint64_t number;        /* unique in the process */
  _Atomic uint64_t ended; /* number of reads and copies that have ended */
} rf_local_file;

#endif
