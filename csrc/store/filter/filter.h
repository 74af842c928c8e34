/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Filters: codecs of whole files, which stand between a store and the file that a driver opened.
 */
#ifndef RF_STORE_FILTER_FILTER_H
#define RF_STORE_FILTER_FILTER_H

#include "store/filter/format.h"

/* A filter decodes the content of the store beneath it. */
typedef struct rf_filter rf_filter;
struct rf_filter {
  const char *name;        /* "gzip" */
  const char *suffix;      /* ".gz", compared without case; NULL: content only */
  const rf_format *format; /* NULL: the row has its own magic number and hint */
  const uint8_t *magic;    /* first bytes of encoded content */
  size_t magic_length;
  bool (*begins)(const uint8_t *bytes, size_t n); /* MAY. Tells the same, for formats with several beginnings */
  /* Wraps *store, which the filter owns on success. `mode` is that of the file; with RF_MODE_CREATE the store beneath
   * is new and empty. NULL: known, but not in this build. */
  rf_status (*wrap)(const rf_filter *filter, rf_store **store, rf_mode mode, const rf_options *options, rf_error *err);
  /* MAY. The same for reading through an index (RF_OPEN_INDEX). NULL: the format has no index. */
  rf_status (*wrap_index)(const rf_filter *filter, rf_store **store, const rf_options *options, rf_error *err);
  bool read_only;   /* the library cannot write such files */
  const char *hint; /* what to do where `wrap` is NULL */
};

/* Fails if this build cannot open files of this filter in `mode`: RF_ERR_NOT_BUILT, RF_ERR_READONLY. `volatile_bytes`:
 * the changes will not be written back. */
rf_status rf_filter_check(const rf_filter *filter, rf_mode mode, bool volatile_bytes, rf_error *err);

/* Returns the filter for the suffix of a path, or of the path in a URL (without query and fragment); NULL for none. */
const rf_filter *rf_filter_of_name(const char *name);

/* Returns the filter whose magic number begins these bytes, NULL for none. */
const rf_filter *rf_filter_of_bytes(const uint8_t *bytes, size_t n);

#endif
