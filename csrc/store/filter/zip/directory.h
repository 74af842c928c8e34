/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The central directory of a zip file.
 */
#ifndef RF_STORE_FILTER_ZIP_DIRECTORY_H
#define RF_STORE_FILTER_ZIP_DIRECTORY_H

#include <stdbool.h>

#include "store/store.h"

/* A member, as the directory describes it. */
typedef struct rf_zip_entry {
  const char *name; /* in the directory; not terminated */
  size_t name_length;
  uint16_t flags;
  uint16_t method;
  uint32_t crc;
  uint64_t packed;  /* bytes in the zip file */
  uint64_t size;    /* bytes of content */
  uint64_t header;  /* offset of the local header in the store */
  uint64_t min_end; /* the member ends here or behind: its local header may have extra fields */
} rf_zip_entry;

typedef struct rf_zip_directory {
  uint8_t *bytes;
  size_t length;
  uint64_t offset; /* in the store */
  uint64_t prefix; /* bytes in front of the zip file, such as a program that unpacks it */
} rf_zip_directory;

/* Tells whether a file that begins with these bytes is a zip file. */
bool rf_zip_begins(const uint8_t *bytes, size_t n);

/* Tells whether a store begins as a zip file does, or ends as one that has other bytes in front. */
bool rf_zip_is(rf_store *store);

/* Reads the directory and checks all its entries. RF_ERR_LIMIT if it has more than `max_bytes`. */
rf_status rf_zip_directory_open(rf_store *store, uint64_t max_bytes, rf_zip_directory *directory, rf_error *err);
void rf_zip_directory_close(rf_zip_directory *directory);

/* Gets the entry at *at, which begins at 0, and moves *at behind it. Returns false at the end. */
bool rf_zip_directory_next(const rf_zip_directory *directory, size_t *at, rf_zip_entry *entry);

#endif
