/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells into the fields of ASCII tables.
 */
#ifndef RF_TABLE_ASCII_WRITE_H
#define RF_TABLE_ASCII_WRITE_H

#include "table/rows/step.h"

/* rf_row_format.write_step, for a step that rf_row_step_ascii has made. */
rf_status rf_row_write_step_ascii(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, size_t count,
                                  const uint8_t *src, const uint8_t *mask, size_t *bad, rf_error *err);

#endif
