/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/trailer/load.h"

#include <string.h>

#include "base/crc32c.h"
#include "base/memory.h"
#include "store/trailer/lines.h"
#include "store/trailer/record.h"

#define READ_BYTES ((size_t)256 << 10)

rf_status rf_trailer_crc(rf_store *store, uint64_t at, uint64_t n, uint32_t *crc, rf_error *err) {
  size_t room = n < READ_BYTES ? (size_t)n : READ_BYTES;
  uint8_t *buffer = rf_alloc(room);
  rf_status status = RF_OK;
  *crc = 0;
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to check an edit");
  for (uint64_t done = 0; done < n && status == RF_OK;) {
    size_t chunk = n - done < room ? (size_t)(n - done) : room;
    status = rf_store_read(store, at + done, buffer, chunk, err);
    if (status == RF_OK)
      *crc = rf_crc32c(buffer, chunk, *crc);
    done += chunk;
  }
  rf_free(buffer);
  return status;
}

static rf_status load_record(rf_store *store, uint32_t crc, rf_trailer *t, rf_error *err) {
  uint64_t body = t->start + RF_BLOCK_BYTES;
  uint32_t found;
  uint64_t end;
  if (t->record < t->start + RF_POOL_SKEW || !rf_add_u64(t->record, t->record_bytes, &end) || end > t->end ||
      t->record_bytes > RF_MAX_RECORD_BYTES || t->record_bytes % 8 != 0)
    return rf_trailer_fail(err, "its sizes differ from those of the file");
  t->half_at = rf_lines(t->record + t->record_bytes);
  RF_TRY(rf_trailer_crc(store, body, t->record + t->record_bytes - body, &found, err));
  if (found != crc)
    return rf_trailer_fail(err, "its record is damaged");
  uint8_t *bytes = rf_alloc((size_t)t->record_bytes);
  if (bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the record of an edit");
  rf_status status = rf_store_read(store, t->record, bytes, (size_t)t->record_bytes, err);
  if (status == RF_OK)
    status = rf_record_decode(bytes, (size_t)t->record_bytes, t, err);
  rf_free(bytes);
  for (size_t i = 0; i < t->step_count && status == RF_OK; i++)
    if (t->steps[i].kind == RF_STEP_KEEP)
      status = rf_step_load_bits(&t->steps[i], store, err);
  return status;
}

/* KEEP: checks that kept rows move down. They do if the first one does. */
static rf_status check_kept(const rf_trailer *t, rf_error *err) {
  for (size_t i = 0; i < t->step_count; i++) {
    const rf_step *step = &t->steps[i];
    if (step->kind == RF_STEP_KEEP && step->dst > step->src + rf_step_kept_row(step, step->first) * step->width)
      return rf_trailer_fail(err, "its steps leave the file");
  }
  return RF_OK;
}

static rf_status read_footer(rf_store *store, uint64_t size, uint8_t foot[RF_LINE], bool *found, rf_error *err) {
  size_t got;
  *found = false;
  if (size % RF_BLOCK_BYTES != RF_TRAILER_TAIL)
    return RF_OK;
  RF_TRY(rf_store_read_at(store, size - RF_LINE, foot, RF_LINE, &got, err));
  *found = got == RF_LINE && rf_line_is_footer(foot);
  return RF_OK;
}

rf_status rf_trailer_probe(rf_store *store, uint64_t size, bool *found, rf_error *err) {
  uint8_t foot[RF_LINE];
  return read_footer(store, size, foot, found, err);
}

rf_status rf_trailer_load(rf_store *store, uint64_t size, rf_trailer *t, rf_edit_state *state, rf_error *err) {
  uint8_t foot[RF_LINE];
  bool there;
  memset(t, 0, sizeof *t);
  *state = RF_EDIT_NONE;
  RF_TRY(read_footer(store, size, foot, &there, err));
  if (!there)
    return RF_OK;
  uint32_t found, crc;
  rf_line_decode_footer(foot, t, &found, &crc);
  t->end = size - RF_TRAILER_TAIL;
  if (t->size != size || !rf_trailer_start(t->old_size, t->new_size, &t->start) || t->start + RF_POOL_SKEW > t->end ||
      (found != RF_EDIT_PREPARING && found != RF_EDIT_COMMITTED))
    return rf_trailer_fail(err, "its sizes differ from those of the file");
  *state = (rf_edit_state)found;
  if (*state == RF_EDIT_PREPARING)
    return RF_OK;
  rf_status status = load_record(store, crc, t, err);
  if (status == RF_OK)
    status = check_kept(t, err);
  if (status != RF_OK)
    rf_trailer_clear(t);
  return status;
}
