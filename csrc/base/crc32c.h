/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CRC-32C (Castagnoli), and a sum built on it that is as fast as memory. Uses the processor's instruction where it
 * exists.
 */
#ifndef RF_BASE_CRC32C_H
#define RF_BASE_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns the CRC of n bytes, starting with `crc` (0 for the first bytes). */
uint32_t rf_crc32c(const void *bytes, size_t n, uint32_t crc);

/* Returns whether the processor has the instruction. */
bool rf_crc32c_is_fast(void);

/* For tests: false selects the portable version, true the instruction where the processor has it. */
void rf_crc32c_set_fast(bool fast);

/* A sum of a stream of bytes. Words of 8 bytes go to four CRCs in turn, so that four instructions run in parallel. A
 * sampled sum reads the first 32 of every 256 bytes, so that it reads a part of every disk sector. */
typedef struct rf_sum {
  uint32_t lanes[4];
  uint64_t bytes;
  bool sampled;
} rf_sum;

#define RF_SUM_SAMPLE 32
#define RF_SUM_UNIT 256 /* every part of a stream but the last is a multiple of this long */

void rf_sum_begin(rf_sum *sum, bool sampled);
void rf_sum_add(rf_sum *sum, const void *bytes, size_t n);
uint32_t rf_sum_end(const rf_sum *sum);

#endif
