/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CRC-32C (Castagnoli), by the processor's instruction where it has one, and a sum made of it that keeps up with
 * memory.
 */
#ifndef RF_BASE_CRC32C_H
#define RF_BASE_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of n bytes, continuing `crc` (0 at the beginning). */
uint32_t rf_crc32c(const void *bytes, size_t n, uint32_t crc);

/* Has the processor the instruction? */
bool rf_crc32c_is_fast(void);

/* For tests: false forces the portable twin, true goes back to what the processor has. */
void rf_crc32c_set_fast(bool fast);

/* A sum of a stream of bytes. The words of 8 bytes go to four CRCs in turn, so that four instructions run side by side;
 * a sampled sum takes the first 32 of every 256 bytes instead, so that no sector of a disk goes unseen. */
typedef struct rf_sum {
  uint32_t lanes[4];
  uint64_t bytes;
  bool sampled;
} rf_sum;

#define RF_SUM_SAMPLE 32
#define RF_SUM_UNIT 256 /* all parts of a stream but the last one must be a multiple of this long */

void rf_sum_begin(rf_sum *sum, bool sampled);
void rf_sum_add(rf_sum *sum, const void *bytes, size_t n);
uint32_t rf_sum_end(const rf_sum *sum);

#endif
