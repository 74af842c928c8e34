/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/trailer/trailer.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

void rf_trailer_clear(rf_trailer *trailer) {
  for (size_t i = 0; i < trailer->step_count; i++)
    rf_step_clear(&trailer->steps[i]);
  rf_free(trailer->steps);
  rf_free(trailer->pairs);
  rf_free(trailer->guards);
  memset(trailer, 0, sizeof *trailer);
}

bool rf_trailer_start(uint64_t old_size, uint64_t new_size, uint64_t *start) {
  uint64_t longer = old_size > new_size ? old_size : new_size;
  return rf_block_ceil(longer, start) && *start <= INT64_MAX / 2;
}

uint64_t rf_trailer_half(const rf_trailer *trailer, uint32_t half) {
  return trailer->half_at + (half - 1) % 2 * trailer->half_bytes;
}

bool rf_trailer_is_fresh(const rf_trailer *trailer, const rf_step *step) {
  return step->kind == RF_STEP_FILL || (step->kind == RF_STEP_COPY && step->runs[0].src >= trailer->start);
}

void rf_trailer_header(uint64_t data_bytes, char block[RF_BLOCK_BYTES]) {
  char size[RF_CARD_BYTES];
  (void)snprintf(size, sizeof size, "NAXIS1  = %20llu", (unsigned long long)data_bytes);
  const char *cards[] = {"XTENSION= 'RFMOVE  '",
                         "BITPIX  =                    8",
                         "NAXIS   =                    1",
                         size,
                         "PCOUNT  =                    0",
                         "GCOUNT  =                    1",
                         "COMMENT   An edit of this file was interrupted:",
                         "COMMENT   open it for writing to finish it.",
                         "END"};
  memset(block, ' ', RF_BLOCK_BYTES);
  for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
    memcpy(block + i * RF_CARD_BYTES, cards[i], strlen(cards[i]));
}

rf_status rf_trailer_fail(rf_error *err, const char *what) {
  return rf_fail(
      err, RF_ERR_INTERRUPTED,
      "an edit of the file was interrupted, and %s: the file was changed or copied since, and stays as it is", what);
}
