/* SPDX-License-Identifier: BSD-3-Clause
 *
 * shuffle.c: the order of bytes that GZIP_2 compresses (FITS 10.4.2).
 */
#ifndef RF_CODEC_SHUFFLE_H
#define RF_CODEC_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

/* Copy `count` elements of `width` bytes in file order to all first bytes, all second bytes, ..., and back. No overlap.
 */
void rf_shuffle(uint8_t *out, const uint8_t *in, size_t count, unsigned width);
void rf_unshuffle(uint8_t *out, const uint8_t *in, size_t count, unsigned width);
/* Like these, with values in machine order on the other side. */
void rf_shuffle_values(uint8_t *out, const void *values, size_t count, unsigned width);
void rf_unshuffle_values(void *values, const uint8_t *in, size_t count, unsigned width);

#endif
