/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The formats of compressed files: a row each, with all that the decoder and its messages need to know.
 */
#ifndef RF_STORE_FILTER_FORMAT_H
#define RF_STORE_FILTER_FORMAT_H

#include <stdbool.h>

#include "store/filter/whole.h"
#include "store/store.h"

/* A file has one unit or more, one behind the other: members, streams or frames. */
typedef struct rf_format {
  rf_stream_format number;
  const char *name; /* "gzip" */
  const char *unit; /* "member" */

  /* Tells whether a unit may begin with these bytes. MUST. */
  bool (*begins)(const uint8_t *bytes, size_t n);
  const char *magic;  /* for messages: what `begins` wants to see */
  size_t start_bytes; /* the bytes that `begins` needs, at least */

  /* 0, or zeros may stand behind a unit, in multiples of this. */
  unsigned padding;
  bool single; /* there is one unit; other bytes behind it are stray */

  /* The built-in codec; NULL: not in this build. `exact`: where its `inflate` fails, *used leads to the corruption. */
  const rf_stream_codec *builtin;
  bool exact;
  const char *hint; /* what to do if there is no codec */

  /* Returns the probable size of the content of a file of `packed` bytes, 0: unknown. `begin` has its first n bytes.
   * MAY be NULL. */
  uint64_t (*size_hint)(rf_store *store, uint64_t packed, const uint8_t *begin, size_t n);
  uint64_t max_ratio; /* one byte becomes at most this many; hints above it do not count */

  /* As rf_whole_inflate() and rf_whole_deflate(). Both MAY be NULL. */
  rf_status (*whole_inflate)(const uint8_t *in, size_t n, size_t guess, unsigned threads, uint64_t max, rf_pages *out,
                             size_t *used);
  rf_status (*whole_deflate)(const uint8_t *in, size_t n, int level, rf_pages *out);
  const rf_stream_codec *whole_codec; /* NULL, or the only codec in whose place `whole_inflate` decodes */
} rf_format;

extern const rf_format rf_gzip_format;
extern const rf_format rf_lzw_format;
extern const rf_format rf_bzip2_format;
extern const rf_format rf_xz_format;
extern const rf_format rf_zstd_format;

/* Returns the row of a format, NULL for an unknown number. */
const rf_format *rf_format_find(rf_stream_format number);

#endif
