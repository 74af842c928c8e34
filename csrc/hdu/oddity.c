/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Oddities of a file, in the words that a warning needs.
 */
#include "hdu/oddity.h"

#include <string.h>

#include "base/memory.h"
#include "hdu/scan_gap.h"

/* ---- keeping ---- */

void rf_file_keep_oddity(rf_file *file, rf_oddity kind, size_t hdu, rf_error *oddity) {
  (void)rf_error_locate(oddity, oddity->code, file->name, hdu <= INT32_MAX ? (int)hdu : -1);
  rf_mutex_lock(&file->index_lock);
  size_t count = atomic_load(&file->oddity_count);
  if ((file->oddity_kinds & 1u << kind) == 0) {
    rf_error *kept = rf_realloc(file->oddities, (count + 1) * sizeof *kept);
    /* Without memory there is no warning, which is no reason to fail. */
    if (kept != NULL) {
      kept[count] = *oddity;
      file->oddities = kept;
      file->oddity_kinds |= 1u << kind;
      atomic_store(&file->oddity_count, count + 1);
    }
  }
  rf_mutex_unlock(&file->index_lock);
}

size_t rf_file_oddity_count(const rf_file *file) {
  return atomic_load(&file->oddity_count);
}

rf_status rf_file_get_oddity(rf_file *file, size_t n, rf_error *oddity, rf_error *err) {
  rf_error_clear(err);
  rf_mutex_lock(&file->index_lock);
  size_t count = atomic_load(&file->oddity_count);
  if (n < count)
    *oddity = file->oddities[n];
  rf_mutex_unlock(&file->index_lock);
  if (n < count)
    return RF_OK;
  (void)rf_fail(err, RF_ERR_RANGE, "no oddity %zu: %zu were found", n, count);
  return rf_error_locate(err, RF_ERR_RANGE, file->name, -1);
}

/* ---- judging ---- */

void rf_file_judge_structure(rf_file *file, const rf_structure *structure, size_t hdu) {
  const rf_hdu *facts = structure->hdu;
  rf_error odd;
  rf_error_clear(&odd);
  if (structure->twice[0] != '\0') {
    rf_error_keyword(&odd, structure->twice);
    (void)rf_fail(&odd, RF_ERR_FORMAT, "%s stands twice, with different values: the first one counts",
                  structure->twice);
    rf_file_keep_oddity(file, RF_ODD_TWICE, hdu, &odd);
    rf_error_clear(&odd);
  }
  if (structure->axis_beyond != 0) {
    rf_error_keyword(&odd, "NAXIS");
    (void)rf_fail(&odd, RF_ERR_FORMAT, "NAXIS%u beside NAXIS = %d: not used", structure->axis_beyond, facts->naxis);
    rf_file_keep_oddity(file, RF_ODD_AXIS, hdu, &odd);
    rf_error_clear(&odd);
  }
  if (!structure->primary && (!structure->pcount.seen || !structure->gcount.seen)) {
    bool gcount = structure->pcount.seen;
    rf_error_keyword(&odd, gcount ? "GCOUNT" : "PCOUNT");
    (void)rf_fail(&odd, RF_ERR_FORMAT, "an extension without %s, which is mandatory (FITS 4.4.1.2): read as %d",
                  gcount ? "GCOUNT" : "PCOUNT", gcount);
    rf_file_keep_oddity(file, RF_ODD_COUNTS, hdu, &odd);
    rf_error_clear(&odd);
  }
  /* Tables have no business with it either, but nobody would think of it there. */
  if (structure->blank.seen && facts->kind == RF_HDU_IMAGE && !facts->has_blank) {
    rf_error_keyword(&odd, "BLANK");
    (void)rf_fail(&odd, RF_ERR_FORMAT, "BLANK %s: not used",
                  facts->bitpix < 0 ? "in an image of reals, where NaN is for undefined pixels (FITS 4.4.2.5)"
                                    : "has no integer value");
    rf_file_keep_oddity(file, RF_ODD_BLANK, hdu, &odd);
  }
}

void rf_file_judge_gap(rf_file *file, uint64_t from, uint64_t to) {
  rf_error odd;
  rf_error_clear(&odd);
  rf_error_at(&odd, (int64_t)from);
  (void)rf_fail(&odd, RF_ERR_FORMAT,
                "%llu blocks of zeros or blanks, from byte %llu of the file on, stand in front of this HDU: skipped",
                (unsigned long long)((to - from) / RF_BLOCK_BYTES), (unsigned long long)from);
  rf_file_keep_oddity(file, RF_ODD_GAP, file->hdu_count, &odd);
}

/* Old tapes were filled up with blocks of nothing: those are no news where the file ends behind them. */
static void judge_trailing(rf_file *file) {
  uint64_t offset;
  rf_gap_end end;
  rf_error odd;
  if (rf_scan_skip_fill(file->store, file->scan_offset, &offset, &end, NULL) != RF_OK || end == RF_GAP_FILE_END)
    return;
  rf_error_clear(&odd);
  rf_error_at(&odd, (int64_t)offset);
  if (end == RF_GAP_LIMIT)
    (void)rf_fail(&odd, RF_ERR_FORMAT,
                  "zeros or blanks follow this HDU; from byte %llu of the file on, nothing was looked at",
                  (unsigned long long)offset);
  else
    (void)rf_fail(&odd, RF_ERR_FORMAT, "what follows this HDU, from byte %llu of the file on, is none: not read",
                  (unsigned long long)offset);
  rf_file_keep_oddity(file, RF_ODD_TRAILING, file->hdu_count - 1, &odd);
}

void rf_file_judge_end(rf_file *file) {
  uint64_t size;
  rf_error odd;
  if (file->hdu_count == 0 || rf_store_size(file->store, &size, NULL) != RF_OK || size == file->scan_offset)
    return;
  size_t index = file->hdu_count - 1;
  const rf_hdu *last = file->hdus[index];
  uint64_t end = last->data_offset + last->data_bytes;
  rf_error_clear(&odd);
  if (size > file->scan_offset) {
    judge_trailing(file);
  } else if (size >= end) {
    (void)rf_fail(&odd, RF_ERR_FORMAT,
                  "the last block of this data unit lacks %llu of its 2880 bytes, all of them fill: read all the same",
                  (unsigned long long)(file->scan_offset - size));
    rf_file_keep_oddity(file, RF_ODD_PADDING, index, &odd);
  } else {
    uint64_t there = size > last->data_offset ? size - last->data_offset : 0;
    (void)rf_fail(&odd, RF_ERR_TRUNCATED,
                  "the file is cut short: it has %llu of the %llu bytes of this data unit, which can be read",
                  (unsigned long long)there, (unsigned long long)last->data_bytes);
    rf_file_keep_oddity(file, RF_ODD_CUT, index, &odd);
  }
}

/* The first byte is blank, and each is as the one before: memcmp takes many at a time, and every header comes here. */
static bool is_blank(const char *text, size_t n) {
  return n == 0 || (text[0] == ' ' && memcmp(text, text + 1, n - 1) == 0);
}

void rf_file_judge_fill(rf_file *file, const rf_hdu *hdu, const char *end, size_t n) {
  size_t index = 0;
  rf_error odd;
  if (n <= 3 || is_blank(end + 3, n - 3))
    return;
  for (size_t i = 3; i < n; i++)
    if (end[i] != ' ') {
      while (index < file->hdu_count && file->hdus[index] != hdu)
        index++;
      rf_error_clear(&odd);
      rf_error_keyword(&odd, "END");
      rf_error_at(&odd, (int64_t)(hdu->header_offset + hdu->header_bytes - n + i));
      (void)rf_fail(&odd, RF_ERR_FORMAT, "behind END the header has byte 0x%02X, where blanks are expected: not read",
                    (unsigned)(uint8_t)end[i]);
      rf_file_keep_oddity(file, RF_ODD_AFTER_END, index, &odd);
      return;
    }
}
