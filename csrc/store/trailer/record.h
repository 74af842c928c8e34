/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The record of a trailer: the steps, as numbers of 64 bits.
 */
#ifndef RF_STORE_TRAILER_RECORD_H
#define RF_STORE_TRAILER_RECORD_H

#include "store/trailer/trailer.h"

/* Encodes the record; the caller frees *bytes with rf_free(). */
rf_status rf_record_encode(const rf_trailer *trailer, uint8_t **bytes, size_t *n, rf_error *err);

/* Reads the record of a trailer whose sizes are known from n bytes, and checks every number. Failure:
 * RF_ERR_INTERRUPTED, RF_ERR_MEMORY. */
rf_status rf_record_decode(const uint8_t *bytes, size_t n, rf_trailer *trailer, rf_error *err);

#endif
