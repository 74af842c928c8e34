/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/trailer/lines.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32c.h"

#define FOOTER_MAGIC "RFMOVE1"
#define READ_BYTES ((size_t)256 << 10)

static void seal(uint8_t line[RF_LINE]) {
  rf_put_le32(line + 60, rf_crc32c(line, 60, 0));
}

static bool is_sealed(const uint8_t line[RF_LINE]) {
  return rf_get_le32(line + 60) == rf_crc32c(line, 60, 0);
}

void rf_line_encode_footer(const rf_trailer *t, rf_edit_state state, uint32_t crc, uint8_t line[RF_LINE]) {
  memset(line, 0, RF_LINE);
  memcpy(line, FOOTER_MAGIC, sizeof FOOTER_MAGIC);
  rf_put_le32(line + 8, (uint32_t)state);
  rf_put_le32(line + 12, crc);
  rf_put_le64(line + 16, t->old_size);
  rf_put_le64(line + 24, t->new_size);
  rf_put_le64(line + 32, t->size);
  rf_put_le64(line + 40, t->record);
  rf_put_le64(line + 48, t->record_bytes);
  seal(line);
}

bool rf_line_is_footer(const uint8_t line[RF_LINE]) {
  return is_sealed(line) && memcmp(line, FOOTER_MAGIC, sizeof FOOTER_MAGIC) == 0;
}

void rf_line_decode_footer(const uint8_t line[RF_LINE], rf_trailer *t, uint32_t *state, uint32_t *crc) {
  *state = rf_get_le32(line + 8);
  *crc = rf_get_le32(line + 12);
  t->old_size = rf_get_le64(line + 16);
  t->new_size = rf_get_le64(line + 24);
  t->size = rf_get_le64(line + 32);
  t->record = rf_get_le64(line + 40);
  t->record_bytes = rf_get_le64(line + 48);
}

void rf_line_encode_slot(const rf_edit_progress *p, uint8_t line[RF_LINE]) {
  memset(line, 0, RF_LINE);
  rf_put_le32(line, p->sequence);
  rf_put_le32(line + 4, p->sum);
  rf_put_le32(line + 8, p->step);
  rf_put_le32(line + 12, p->half);
  rf_put_le64(line + 16, p->done);
  rf_put_le32(line + 24, p->staged);
  rf_put_le32(line + 28, p->staged_sum);
  seal(line);
}

bool rf_line_decode_slot(const uint8_t line[RF_LINE], rf_edit_progress *p) {
  p->sequence = rf_get_le32(line);
  p->sum = rf_get_le32(line + 4);
  p->step = rf_get_le32(line + 8);
  p->half = rf_get_le32(line + 12);
  p->done = rf_get_le64(line + 16);
  p->staged = rf_get_le32(line + 24);
  p->staged_sum = rf_get_le32(line + 28);
  return is_sealed(line);
}
