/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A part of a store, as a store. A few bytes can stand in front of it and behind it.
 */
#ifndef RF_STORE_FILTER_ZIP_SECTION_H
#define RF_STORE_FILTER_ZIP_SECTION_H

#include "store/store.h"

#define RF_SECTION_FRAME_BYTES 10

/* Bytes around a section: the header and the trailer of another format. */
typedef struct rf_section_frame {
  uint8_t front[RF_SECTION_FRAME_BYTES];
  uint8_t back[RF_SECTION_FRAME_BYTES];
  size_t front_length;
  size_t back_length;
} rf_section_frame;

/* Makes a store of `range` of *store, which the new store owns on success. Read only. `frame` is NULL for none, and
 * copied. front_length is at most range.offset. */
rf_status rf_section_wrap(rf_store **store, rf_range range, const rf_section_frame *frame, rf_error *err);

#endif
