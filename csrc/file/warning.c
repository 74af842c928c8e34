/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Oddities of a file, in the words that a warning needs.
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
    /* Without memory there is no warning, which is no reason to fail. */
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
  (void)rf_fail(err, RF_ERR_RANGE, "no oddity %zu: %zu were found", n, count);
  return rf_error_locate(err, RF_ERR_RANGE, file->name, -1);
}

/* ---- judging ---- */

static bool has_pixels(const rf_hdu *hdu) {
  return hdu->ops->image != NULL || (hdu->ops->flags & RF_KIND_ARRAY) != 0;
}

/* Numbers that were read generously, or not at all (header/card_number.c). */
static void judge_scale(rf_file *file, const rf_structure *structure, size_t hdu) {
  const rf_hdu *facts = structure->hdu;
  rf_error odd;
  if (!has_pixels(facts))
    return;
  if (structure->scale_keyword[0] != '\0' && !(facts->bitpix < 0 && strcmp(structure->scale_keyword, "BLANK") == 0)) {
    rf_error_clear(&odd);
    rf_error_keyword(&odd, structure->scale_keyword);
    (void)rf_fail(&odd, RF_ERR_FORMAT,
                  structure->scale_state == RF_SCALE_EMPTY
                      ? "%s = %s has no value: not used"
                      : "%s = %s is not a number as FITS 4.2 has it: its number is used",
                  structure->scale_keyword, structure->scale_text);
    rf_file_add_warning(file, RF_ODD_SCALE, hdu, &odd);
  }
  if (facts->bad_keyword[0] != '\0') {
    rf_error_clear(&odd);
    (void)rf_hdu_refuse_scale(facts, &odd);
    rf_file_add_warning(file, RF_ODD_BAD_SCALE, hdu, &odd);
  }
}

static void judge_blank(rf_file *file, const rf_structure *structure, size_t hdu) {
  const rf_hdu *facts = structure->hdu;
  rf_error odd;
  if (structure->real_blank[0] != '\0' && facts->has_blank && has_pixels(facts)) {
    rf_error_clear(&odd);
    rf_error_keyword(&odd, "BLANK");
    (void)rf_fail(&odd, RF_ERR_FORMAT, "BLANK has no integer value, but %s: read as %lld", structure->real_blank,
                  (long long)facts->blank);
    rf_file_add_warning(file, RF_ODD_BLANK, hdu, &odd);
  }
  /* In the header of a table it has no meaning either, and no reader looks for it there. */
  if (!structure->blank.seen || (facts->ops->flags & RF_KIND_ARRAY) == 0 || facts->has_blank ||
      strcmp(facts->bad_keyword, "BLANK") == 0)
    return;
  rf_error_clear(&odd);
  rf_error_keyword(&odd, "BLANK");
  if (facts->bitpix < 0)
    (void)rf_fail(&odd, RF_ERR_FORMAT,
                  "BLANK in an image of reals, where NaN is for undefined pixels (FITS 4.4.2.5): not used");
  else if (structure->blank_outside)
    (void)rf_fail(&odd, RF_ERR_FORMAT, "BLANK = %lld is no value that BITPIX = %d can store: not used",
                  (long long)structure->blank.value, facts->bitpix);
  else
    (void)rf_fail(&odd, RF_ERR_FORMAT, "BLANK has no integer value: not used");
  rf_file_add_warning(file, structure->blank_outside ? RF_ODD_BLANK_OUTSIDE : RF_ODD_BLANK, hdu, &odd);
}

static void judge_bytes(rf_file *file, const rf_structure *structure, size_t hdu) {
  char keyword[9];
  rf_error odd;
  if (structure->odd_card == 0 || (file->options.flags & RF_OPEN_LENIENT) != 0)
    return;
  int column = rf_card_unprintable(structure->odd, keyword);
  rf_error_clear(&odd);
  rf_error_keyword(&odd, keyword);
  rf_error_at(&odd, (int64_t)(structure->hdu->header_offset + (structure->odd_card - 1) * RF_CARD_BYTES) + column);
  (void)rf_fail(&odd, RF_ERR_CARD,
                "card %zu (%s) has byte 0x%02X in column %d, where printable ASCII is expected: read as UTF-8 or "
                "Latin-1, control characters around keywords and numbers as blanks",
                structure->odd_card, keyword[0] != '\0' ? keyword : "blank keyword",
                (unsigned)(unsigned char)structure->odd[column], column + 1);
  rf_file_add_warning(file, RF_ODD_BYTES, hdu, &odd);
}

void rf_file_judge_structure(rf_file *file, const rf_structure *structure, size_t hdu) {
  const rf_hdu *facts = structure->hdu;
  rf_error odd;
  judge_bytes(file, structure, hdu);
  rf_error_clear(&odd);
  if (!structure->primary && strncmp(structure->xtension, "RFMOVE", 6) == 0 &&
      (structure->xtension[6] == '\0' || structure->xtension[6] == ' ')) {
    rf_error_keyword(&odd, "XTENSION");
    (void)rf_fail(
        &odd, RF_ERR_INTERRUPTED,
        "an edit of the file was interrupted, and the file was cut or made longer since: what it was moving can "
        "be in neither its old nor its new place");
    rf_file_add_warning(file, RF_ODD_LEFT, hdu, &odd);
    rf_error_clear(&odd);
  }
  if (structure->twice[0] != '\0') {
    rf_error_keyword(&odd, structure->twice);
    (void)rf_fail(&odd, RF_ERR_FORMAT, "%s stands twice, with different values: the first one counts",
                  structure->twice);
    rf_file_add_warning(file, RF_ODD_TWICE, hdu, &odd);
    rf_error_clear(&odd);
  }
  if (structure->axis_beyond != 0) {
    rf_error_keyword(&odd, "NAXIS");
    (void)rf_fail(&odd, RF_ERR_FORMAT, "NAXIS%u beside NAXIS = %d: not used", structure->axis_beyond, facts->naxis);
    rf_file_add_warning(file, RF_ODD_AXIS, hdu, &odd);
    rf_error_clear(&odd);
  }
  if (!structure->primary && (!structure->pcount.seen || !structure->gcount.seen)) {
    bool gcount = structure->pcount.seen;
    rf_error_keyword(&odd, gcount ? "GCOUNT" : "PCOUNT");
    (void)rf_fail(&odd, RF_ERR_FORMAT, "an extension without %s, which is mandatory (FITS 4.4.1.2): read as %d",
                  gcount ? "GCOUNT" : "PCOUNT", gcount);
    rf_file_add_warning(file, RF_ODD_COUNTS, hdu, &odd);
    rf_error_clear(&odd);
  }
  judge_scale(file, structure, hdu);
  judge_blank(file, structure, hdu);
}

void rf_file_judge_gap(rf_file *file, uint64_t from, uint64_t to) {
  rf_error odd;
  rf_error_clear(&odd);
  rf_error_at(&odd, (int64_t)from);
  (void)rf_fail(&odd, RF_ERR_FORMAT,
                "%llu blocks of zeros or blanks, from byte %llu of the file on, stand in front of this HDU: skipped",
                (unsigned long long)((to - from) / RF_BLOCK_BYTES), (unsigned long long)from);
  rf_file_add_warning(file, RF_ODD_GAP, file->hdu_count, &odd);
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
  rf_file_add_warning(file, RF_ODD_TRAILING, file->hdu_count - 1, &odd);
}

/* The compressed content is complete, with its checksum, and something stands behind it. */
static void judge_stray(rf_file *file) {
  const atomic_uint_least64_t *stray = file->store->stray;
  uint64_t offset = stray != NULL ? atomic_load(stray) : 0;
  rf_error odd;
  if (offset == 0)
    return;
  rf_error_clear(&odd);
  rf_error_at(&odd, (int64_t)offset);
  (void)rf_fail(&odd, RF_ERR_CODEC,
                "from byte %llu of the compressed file on, bytes follow its last gzip member that are none: not read",
                (unsigned long long)offset);
  rf_file_add_warning(file, RF_ODD_STRAY, file->hdu_count - 1, &odd);
}

void rf_file_judge_end(rf_file *file) {
  uint64_t size;
  rf_error odd;
  if (file->hdu_count == 0 || rf_store_size_past(file->store, file->scan_offset, &size, NULL) != RF_OK)
    return;
  judge_stray(file);
  if (size == file->scan_offset)
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
    rf_file_add_warning(file, RF_ODD_PADDING, index, &odd);
  } else {
    uint64_t there = size > last->data_offset ? size - last->data_offset : 0;
    (void)rf_fail(&odd, RF_ERR_TRUNCATED,
                  "the file is cut short: it has %llu of the %llu bytes of this data unit, which can be read",
                  (unsigned long long)there, (unsigned long long)last->data_bytes);
    rf_file_add_warning(file, RF_ODD_CUT, index, &odd);
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
      rf_file_add_warning(file, RF_ODD_AFTER_END, index, &odd);
      return;
    }
}
