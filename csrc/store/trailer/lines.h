/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The lines of a trailer, 64 bytes each: footer and slots. Each ends with the CRC of its other bytes.
 */
#ifndef RF_STORE_TRAILER_LINES_H
#define RF_STORE_TRAILER_LINES_H

#include "store/trailer/progress.h"

void rf_line_encode_footer(const rf_trailer *trailer, rf_edit_state state, uint32_t crc, uint8_t line[RF_LINE]);
void rf_line_encode_slot(const rf_edit_progress *progress, uint8_t line[RF_LINE]);

/* Tells whether these bytes are a footer. */
bool rf_line_is_footer(const uint8_t line[RF_LINE]);

/* Gets sizes and places of the trailer, unchecked, and *state and *crc. */
void rf_line_decode_footer(const uint8_t line[RF_LINE], rf_trailer *trailer, uint32_t *state, uint32_t *crc);

/* Returns false where the CRC is wrong. */
bool rf_line_decode_slot(const uint8_t line[RF_LINE], rf_edit_progress *progress);

#endif
