/* SPDX-License-Identifier: BSD-3-Clause
 *
 * read.c: values and comments of cards.
 */
#ifndef RF_HEADER_READ_H
#define RF_HEADER_READ_H

#include <stddef.h>

#include "base/text.h"

/* Read value or comment of a card into `text`, not into the buffer of the header, in the bytes of the file. */
rf_status rf_header_read_value(const rf_header *header, size_t index, rf_text *text, rf_value *value, rf_error *err);
rf_status rf_header_read_comment(const rf_header *header, size_t index, rf_text *text, rf_error *err);

#endif
