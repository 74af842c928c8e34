/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The warnings about a file, and their messages.
 */
#include "file/warning.h"

#include <string.h>

#include "base/memory.h"
#include "file/scan/gap.h"
#include "header/card.h"
#include "header/scale.h"

/* ---- keeping ---- */

void rf_file_add_warning(rf_file *file, rf_warning kind, size_t hdu, rf_error *warning) {
  (void)rf_error_locate(warning, warning->code, file->name, hdu <= INT32_MAX ? (int)hdu : -1);
  rf_mutex_lock(&file->index_lock);
  size_t count = atomic_load(&file->warning_count);
  if ((file->warning_kinds & 1u << kind) == 0) {
    rf_error *kept = rf_realloc(file->warnings, (count + 1) * sizeof *kept);
    /* Without memory, the warning is lost: no reason to fail. */
    if (kept != NULL) {
      kept[count] = *warning;
      file->warnings = kept;
      file->warning_kinds |= 1u << kind;
      atomic_store(&file->warning_count, count + 1);
    }
  }
  rf_mutex_unlock(&file->index_lock);
}

bool rf_file_has_warning(rf_file *file, rf_warning kind) {
  rf_mutex_lock(&file->index_lock);
  bool has = (file->warning_kinds & 1u << kind) != 0;
  rf_mutex_unlock(&file->index_lock);
  return has;
}

size_t rf_file_get_warning_count(const rf_file *file) {
  return atomic_load(&file->warning_count);
}

rf_status rf_file_get_warning(rf_file *file, size_t n, rf_error *warning, rf_error *err) {
  rf_error_clear(err);
  rf_mutex_lock(&file->index_lock);
  size_t count = atomic_load(&file->warning_count);
  if (n < count)
    *warning = file->warnings[n];
  rf_mutex_unlock(&file->index_lock);
  if (n < count)
    return RF_OK;
  (void)rf_fail(err, RF_ERR_RANGE, "no warning %zu: the file has %zu", n, count);
  return rf_error_locate(err, RF_ERR_RANGE, file->name, -1);
}

/* ---- judging ---- */

static bool has_pixels(const rf_hdu *hdu) {
  return hdu->ops->image != NULL || (hdu->ops->flags & RF_KIND_ARRAY) != 0;
}

/* Warns of numbers that are not in a form of the standard (header/scale.h). */
static void judge_scale(rf_file *file, const rf_structure *structure, size_t hdu) {
  const rf_hdu *entry = structure->hdu;
  rf_error warning;
  if (!has_pixels(entry))
    return;
  if (structure->scale_keyword[0] != '\0' && !(entry->bitpix < 0 && strcmp(structure->scale_keyword, "BLANK") == 0)) {
    rf_error_clear(&warning);
    rf_error_keyword(&warning, structure->scale_keyword);
    (void)rf_fail(&warning, RF_ERR_FORMAT,
                  structure->scale_state == RF_SCALE_EMPTY
                      ? "%s = %s has no value: not used"
                      : "%s = %s does not have the form of FITS 4.2: its number is used",
                  structure->scale_keyword, structure->scale_text);
    rf_file_add_warning(file, RF_WARNING_SCALE, hdu, &warning);
  }
  if (entry->bad_keyword[0] != '\0') {
    rf_error_clear(&warning);
    (void)rf_hdu_refuse_scale(entry, &warning);
    rf_file_add_warning(file, RF_WARNING_BAD_SCALE, hdu, &warning);
  }
}

static void judge_blank(rf_file *file, const rf_structure *structure, size_t hdu) {
  const rf_hdu *entry = structure->hdu;
  rf_error warning;
  if (structure->real_blank[0] != '\0' && entry->has_blank && has_pixels(entry)) {
    rf_error_clear(&warning);
    rf_error_keyword(&warning, "BLANK");
    (void)rf_fail(&warning, RF_ERR_FORMAT, "BLANK has no integer value, but %s: read as %lld", structure->real_blank,
                  (long long)entry->blank);
    rf_file_add_warning(file, RF_WARNING_BLANK, hdu, &warning);
  }
  /* No warning in tables: BLANK is ignored there. */
  if (!structure->blank.seen || (entry->ops->flags & RF_KIND_ARRAY) == 0 || entry->has_blank ||
      strcmp(entry->bad_keyword, "BLANK") == 0)
    return;
  rf_error_clear(&warning);
  rf_error_keyword(&warning, "BLANK");
  if (entry->bitpix < 0)
    (void)rf_fail(&warning, RF_ERR_FORMAT,
                  "BLANK in an image of real numbers, which mark undefined pixels by NaN (FITS 4.4.2.5): not used");
  else if (structure->blank_outside)
    (void)rf_fail(&warning, RF_ERR_FORMAT, "BLANK = %lld is outside the values of BITPIX = %d: not used",
                  (long long)structure->blank.value, entry->bitpix);
  else
    (void)rf_fail(&warning, RF_ERR_FORMAT, "BLANK has no integer value: not used");
  rf_file_add_warning(file, structure->blank_outside ? RF_WARNING_BLANK_OUTSIDE : RF_WARNING_BLANK, hdu, &warning);
}

static void judge_bytes(rf_file *file, const rf_structure *structure, size_t hdu) {
  char keyword[9];
  rf_error warning;
  if (structure->unprintable_card == 0 || (file->options.flags & RF_OPEN_LENIENT) != 0)
    return;
  int column = rf_card_unprintable(structure->unprintable, keyword);
  rf_error_clear(&warning);
  rf_error_keyword(&warning, keyword);
  rf_error_at(&warning,
              (int64_t)(structure->hdu->header_offset + (structure->unprintable_card - 1) * RF_CARD_BYTES) + column);
  (void)rf_fail(&warning, RF_ERR_CARD,
                "card %zu (%s) has byte 0x%02X in column %d, where printable ASCII is expected: read as UTF-8 or "
                "Latin-1, control characters around keywords and numbers as blanks",
                structure->unprintable_card, keyword[0] != '\0' ? keyword : "blank keyword",
                (unsigned)(unsigned char)structure->unprintable[column], column + 1);
  rf_file_add_warning(file, RF_WARNING_BYTES, hdu, &warning);
}

void rf_file_judge_structure(rf_file *file, const rf_structure *structure, size_t hdu) {
  const rf_hdu *entry = structure->hdu;
  rf_error warning;
  judge_bytes(file, structure, hdu);
  rf_error_clear(&warning);
  if (!structure->primary && strncmp(structure->xtension, "RFMOVE", 6) == 0 &&
      (structure->xtension[6] == '\0' || structure->xtension[6] == ' ')) {
    rf_error_keyword(&warning, "XTENSION");
    (void)rf_fail(&warning, RF_ERR_INTERRUPTED,
                  "an edit of the file was interrupted, and the file was truncated or extended since: the data that it "
                  "moved may be "
                  "in neither their old nor their new place");
    rf_file_add_warning(file, RF_WARNING_INTERRUPTED, hdu, &warning);
    rf_error_clear(&warning);
  }
  if (structure->duplicate[0] != '\0') {
    rf_error_keyword(&warning, structure->duplicate);
    (void)rf_fail(&warning, RF_ERR_FORMAT, "%s appears twice, with different values: the first one counts",
                  structure->duplicate);
    rf_file_add_warning(file, RF_WARNING_DUPLICATE, hdu, &warning);
    rf_error_clear(&warning);
  }
  if (structure->axis_beyond != 0) {
    rf_error_keyword(&warning, "NAXIS");
    (void)rf_fail(&warning, RF_ERR_FORMAT, "NAXIS%u beside NAXIS = %d: not used", structure->axis_beyond, entry->naxis);
    rf_file_add_warning(file, RF_WARNING_AXIS, hdu, &warning);
    rf_error_clear(&warning);
  }
  if (!structure->primary && (!structure->pcount.seen || !structure->gcount.seen)) {
    bool gcount = structure->pcount.seen;
    rf_error_keyword(&warning, gcount ? "GCOUNT" : "PCOUNT");
    (void)rf_fail(&warning, RF_ERR_FORMAT, "extension without %s, which is mandatory (FITS 4.4.1.2): read as %d",
                  gcount ? "GCOUNT" : "PCOUNT", gcount);
    rf_file_add_warning(file, RF_WARNING_COUNTS, hdu, &warning);
    rf_error_clear(&warning);
  }
  judge_scale(file, structure, hdu);
  judge_blank(file, structure, hdu);
}

void rf_file_judge_gap(rf_file *file, uint64_t from, uint64_t to) {
  rf_error warning;
  rf_error_clear(&warning);
  rf_error_at(&warning, (int64_t)from);
  (void)rf_fail(&warning, RF_ERR_FORMAT,
                "%llu blocks of zeros or blanks precede this HDU, from byte %llu of the file on: skipped",
                (unsigned long long)((to - from) / RF_BLOCK_BYTES), (unsigned long long)from);
  rf_file_add_warning(file, RF_WARNING_GAP, file->hdu_count, &warning);
}

/* Warns of bytes after the last HDU. No warning of blocks of fill up to the end of the file: old tapes have them. */
static void judge_trailing(rf_file *file) {
  uint64_t offset;
  rf_gap_end end;
  rf_error warning;
  if (rf_scan_skip_fill(file->store, file->scan_offset, &offset, &end, NULL) != RF_OK || end == RF_GAP_FILE_END)
    return;
  rf_error_clear(&warning);
  rf_error_at(&warning, (int64_t)offset);
  if (end == RF_GAP_LIMIT)
    (void)rf_fail(&warning, RF_ERR_FORMAT, "zeros or blanks follow this HDU; not read from byte %llu of the file on",
                  (unsigned long long)offset);
  else
    (void)rf_fail(&warning, RF_ERR_FORMAT,
                  "the bytes after this HDU, from byte %llu of the file on, are not an HDU: not read",
                  (unsigned long long)offset);
  rf_file_add_warning(file, RF_WARNING_TRAILING, file->hdu_count - 1, &warning);
}

/* Warns of bytes after the compressed content, which is complete and has a right checksum. */
static void judge_stray(rf_file *file) {
  const atomic_uint_least64_t *stray = file->store->stray;
  uint64_t offset = stray != NULL ? atomic_load(stray) : 0;
  rf_error warning;
  if (offset == 0)
    return;
  rf_error_clear(&warning);
  rf_error_at(&warning, (int64_t)offset);
  (void)rf_fail(
      &warning, RF_ERR_CODEC,
      "the bytes after the last gzip member, from byte %llu of the compressed file on, are not a gzip member: not read",
      (unsigned long long)offset);
  rf_file_add_warning(file, RF_WARNING_TRAILING_GZIP, file->hdu_count - 1, &warning);
}

void rf_file_judge_end(rf_file *file) {
  uint64_t size;
  rf_error warning;
  if (file->hdu_count == 0 || rf_store_size_past(file->store, file->scan_offset, &size, NULL) != RF_OK)
    return;
  judge_stray(file);
  if (size == file->scan_offset)
    return;
  size_t index = file->hdu_count - 1;
  const rf_hdu *last = file->hdus[index];
  uint64_t end = last->data_offset + last->data_bytes;
  rf_error_clear(&warning);
  if (size > file->scan_offset) {
    judge_trailing(file);
  } else if (size >= end) {
    (void)rf_fail(
        &warning, RF_ERR_FORMAT,
        "the last block of this data unit lacks %llu of its 2880 bytes, all of them padding: the data are complete",
        (unsigned long long)(file->scan_offset - size));
    rf_file_add_warning(file, RF_WARNING_PADDING, index, &warning);
  } else {
    uint64_t there = size > last->data_offset ? size - last->data_offset : 0;
    (void)rf_fail(&warning, RF_ERR_TRUNCATED,
                  "the file is cut short: it has %llu of the %llu bytes of this data unit, which can be read",
                  (unsigned long long)there, (unsigned long long)last->data_bytes);
    rf_file_add_warning(file, RF_WARNING_TRUNCATED, index, &warning);
  }
}

/* Returns whether all bytes are blank: the first one is, and each equals the one before. memcmp() is fast. */
static bool is_blank(const char *text, size_t n) {
  return n == 0 || (text[0] == ' ' && memcmp(text, text + 1, n - 1) == 0);
}

void rf_file_judge_fill(rf_file *file, const rf_hdu *hdu, const char *end, size_t n) {
  size_t index = 0;
  rf_error warning;
  if (n <= 3 || is_blank(end + 3, n - 3))
    return;
  for (size_t i = 3; i < n; i++)
    if (end[i] != ' ') {
      while (index < file->hdu_count && file->hdus[index] != hdu)
        index++;
      rf_error_clear(&warning);
      rf_error_keyword(&warning, "END");
      rf_error_at(&warning, (int64_t)(hdu->header_offset + hdu->header_bytes - n + i));
      (void)rf_fail(&warning, RF_ERR_FORMAT, "expected blanks after END, found byte 0x%02X: not read",
                    (unsigned)(uint8_t)end[i]);
      rf_file_add_warning(file, RF_WARNING_AFTER_END, index, &warning);
      return;
    }
}
