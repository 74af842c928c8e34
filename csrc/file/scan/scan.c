/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The index of HDUs. A scan finds them one after another, as far as calls need them, by reading headers and skipping
 * data (FITS 3.1). It keeps no header; an HDU costs one allocation, its entry.
 */
#include "file/warning.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "file/scan/gap.h"
#include "file/access.h"
#include "file/compare.h"
#include "file/header.h"
#include "file/scan/ahead.h"
#include "file/scan/scan.h"
#include "file/scan/structure.h"
#include "file/unpublished.h"
#include "header/card.h"

/* The first read of a header is one block, which most headers have; the rest of a long one is read in larger parts. */
#define WINDOW_BLOCKS 4

/* A part of a header. */
typedef struct window {
  const uint8_t *bytes;
  size_t length; /* shorter than requested only at the end of the file */
  uint8_t buffer[WINDOW_BLOCKS * RF_BLOCK_BYTES];
} window;

static int hdu_number(size_t index) {
  return index <= INT32_MAX ? (int)index : -1;
}

static rf_status fill_window(rf_store *store, uint64_t offset, size_t n, window *piece, rf_error *err) {
  /* Not by the mapping of a local file: counting HDUs touches one page of each, and a read is faster. */
  piece->bytes = rf_store_at_hand(store, offset, n);
  if (piece->bytes != NULL) {
    piece->length = n;
    return RF_OK;
  }
  piece->bytes = piece->buffer;
  return rf_store_read_at(store, offset, piece->buffer, n, &piece->length, err);
}

/* Fails for a card with a byte outside printable ASCII (RF_OPEN_STRICT). */
static rf_status refuse_card(const char card[RF_CARD_BYTES], uint64_t offset, size_t number, rf_error *err) {
  char keyword[9];
  rf_error_at(err, (int64_t)offset + rf_card_unprintable(card, keyword));
  return rf_card_refuse(card, number, err);
}

/* Checks the first bytes. *found becomes false if no HDU begins there. */
static rf_status look_at_beginning(const window *piece, bool primary, bool *found, rf_error *err) {
  const char *text = (const char *)piece->bytes;
  *found = true;
  if (!primary) {
    /* Other bytes are not an HDU. FITS 3.5 allows special records; tapes have worse. */
    *found = rf_scan_is_extension(piece->bytes, piece->length);
    return RF_OK;
  }
  if (piece->length == 0)
    return rf_fail(err, RF_ERR_NOT_FITS, "the file is empty");
  if (memcmp(text, "SIMPLE  ", piece->length < 8 ? piece->length : 8) == 0) {
    if (piece->length >= RF_CARD_BYTES && text[8] != '=')
      return rf_fail(err, RF_ERR_NOT_FITS, "not a FITS file: the first card is not \"SIMPLE  = T\"");
    return RF_OK;
  }
  /* The message does not quote the content: a name may lead to any file, and users of services see messages. */
  return rf_fail(err, RF_ERR_NOT_FITS, "not a FITS file: it does not begin with \"SIMPLE  =\"");
}

static rf_status no_end(uint64_t bytes, rf_error *err) {
  return rf_fail(err, RF_ERR_TRUNCATED, "header without END: the file ends %llu bytes into it",
                 (unsigned long long)bytes);
}

/* Takes the cards of one window. *end becomes true at END; *used receives the bytes up to and with END. */
static rf_status take_cards(const rf_file *file, rf_structure *structure, const window *piece, uint64_t header_offset,
                            uint64_t position, size_t *used, bool *end, rf_error *err) {
  bool strict = (file->options.flags & RF_OPEN_STRICT) != 0;
  *end = false;
  for (*used = 0; *used + RF_CARD_BYTES <= piece->length;) {
    const char *card = (const char *)piece->bytes + *used;
    uint64_t offset = position + *used;
    *used += RF_CARD_BYTES;
    if (rf_card_is_end(card)) {
      *end = true;
      return RF_OK;
    }
    if (strict && !rf_card_is_printable(card))
      return refuse_card(card, header_offset + offset, (size_t)(offset / RF_CARD_BYTES) + 1, err);
    RF_TRY(rf_structure_card(structure, card, err));
  }
  return RF_OK;
}

static rf_status cut_block(uint64_t bytes, rf_error *err) {
  return rf_fail(err, RF_ERR_TRUNCATED, "the last block of the header is cut short: %llu of 2880 bytes are there",
                 (unsigned long long)(bytes % RF_BLOCK_BYTES));
}

/* Skips blocks of zeros or blanks before an HDU, with a warning. */
static rf_status look_past_fill(rf_file *file, const window *piece, uint64_t *offset, bool *found, rf_error *err) {
  uint64_t next = *offset;
  rf_gap_end end = RF_GAP_OTHER;
  if (piece->length > 0 && rf_scan_is_fill(piece->bytes, piece->length))
    RF_TRY(rf_scan_skip_fill(file->store, *offset, &next, &end, err));
  *found = end == RF_GAP_EXTENSION;
  if (*found) {
    rf_file_judge_gap(file, *offset, next);
    *offset = next;
  }
  return RF_OK;
}

/* Reads the header at `offset` into *structure. *found becomes false if there is none. The first read has `first`
 * bytes: whole cards, and at most a block. */
static rf_status scan_header(rf_file *file, uint64_t offset, size_t first, rf_structure *structure, bool *found,
                             rf_error *err) {
  rf_hdu *hdu = structure->hdu;
  uint64_t limit = file->limits.header_bytes, position = 0;
  window piece;
  for (;;) {
    size_t n = position == 0 ? first : sizeof piece.buffer - (size_t)(position % RF_BLOCK_BYTES), used;
    bool end;
    RF_TRY(fill_window(file->store, offset + position, n, &piece, err));
    if (position == 0) {
      RF_TRY(look_at_beginning(&piece, structure->primary, found, err));
      file->block_unsure = file->block_unsure && piece.length == 0;
      if (!*found) {
        RF_TRY(look_past_fill(file, &piece, &offset, found, err));
        if (!*found)
          return RF_OK;
        continue; /* with the header at the new offset */
      }
    }
    RF_TRY(take_cards(file, structure, &piece, offset, position, &used, &end, err));
    uint64_t seen = position + piece.length;
    position += used;
    if (end) {
      if (!rf_block_ceil(position, &hdu->header_bytes) || hdu->header_bytes > limit)
        break;
      if (hdu->header_bytes > seen && piece.length < n)
        return cut_block(seen, err);
      file->block_unsure = hdu->header_bytes > seen;
      file->header_guess = (size_t)position;
      hdu->header_offset = offset;
      hdu->data_offset = offset + hdu->header_bytes;
      return RF_OK;
    }
    if (piece.length < n)
      return no_end(seen, err);
    if (position >= limit)
      break;
  }
  return rf_fail(err, RF_ERR_LIMIT,
                 "a header of more than %llu bytes, the limit (rf_limits.header_bytes, from Python max_header_bytes)",
                 (unsigned long long)limit);
}

/* Returns the size of the first read of a header. The HDUs of a file are alike: if more headers follow, it is the size
 * of the previous header and a few cards, because copying unused bytes takes most of the time. */
static size_t first_read(const rf_file *file, bool last) {
  size_t guess = file->header_guess + 3 * RF_CARD_BYTES;
  bool whole = last || file->hdu_count == 0 || file->store->profile.in_memory || guess > RF_BLOCK_BYTES;
  return whole ? RF_BLOCK_BYTES : guess;
}

/* Removes the last HDU if the file ends within the last block of its header. No call has used it yet. */
static rf_status make_sure_of_block(rf_file *file, rf_error *err) {
  uint8_t byte;
  size_t got;
  if (!file->block_unsure)
    return RF_OK;
  rf_hdu *hdu = file->hdus[file->hdu_count - 1];
  RF_TRY(rf_store_read_at(file->store, hdu->data_offset - 1, &byte, 1, &got, err));
  file->block_unsure = false;
  if (got == 1)
    return RF_OK;
  uint64_t size = hdu->header_offset + file->header_guess;
  (void)rf_store_size(file->store, &size, NULL);
  file->scan_offset = hdu->header_offset;
  file->hdu_count--;
  rf_hdu_clear(hdu);
  rf_free(hdu);
  return cut_block(size, err);
}

static rf_status reserve_entry(rf_file *file, rf_error *err) {
  if (file->hdu_count < file->hdu_capacity)
    return RF_OK;
  size_t capacity = file->hdu_capacity < 8 ? 8 : file->hdu_capacity * 2;
  rf_mutex_lock(&file->index_lock);
  rf_hdu **hdus = capacity > SIZE_MAX / sizeof *hdus ? NULL : rf_realloc(file->hdus, capacity * sizeof *hdus);
  if (hdus != NULL)
    file->hdus = hdus;
  rf_mutex_unlock(&file->index_lock);
  if (hdus == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate an index of %zu HDUs", capacity);
  file->hdu_capacity = capacity;
  return RF_OK;
}

rf_status rf_file_add_entry(rf_file *file, rf_hdu **hdu, rf_error *err) {
  RF_TRY(reserve_entry(file, err));
  *hdu = rf_alloc(sizeof **hdu);
  return *hdu != NULL ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot allocate an entry of the index");
}

/* Computes where the next HDU begins. */
static rf_status next_offset(const rf_hdu *hdu, uint64_t *next, rf_error *err) {
  uint64_t end;
  if (!rf_add_u64(hdu->data_offset, hdu->data_bytes, &end) || !rf_block_ceil(end, &end) || end > INT64_MAX)
    return rf_fail(err, RF_ERR_FORMAT, "the data unit ends beyond 63 bits");
  *next = end;
  return RF_OK;
}

/* Gives a found entry the session of its dropped predecessor. */
static void take_session(rf_file *file, rf_hdu *hdu) {
  for (size_t i = 0; i < file->session_count; i++) {
    const rf_kept_session kept = file->sessions[i];
    if (kept.index != hdu->index)
      continue;
    if (kept.ops == hdu->ops)
      hdu->session = kept.session;
    else
      kept.ops->free_session(kept.session);
    file->sessions[i] = file->sessions[--file->session_count];
    return;
  }
}

static rf_status scan_into(rf_file *file, rf_hdu *hdu, bool last, bool *found, rf_error *err) {
  rf_structure structure;
  uint64_t next = 0;
  rf_structure_begin(&structure, file->kinds, hdu, file->hdu_count == 0);
  rf_status status = scan_header(file, file->scan_offset, first_read(file, last), &structure, found, err);
  if (status != RF_OK || !*found) {
    rf_structure_abandon(&structure);
    return status;
  }
  RF_TRY(rf_structure_finish(&structure, err));
  status = next_offset(hdu, &next, err);
  if (status == RF_OK && file->hdu_count >= file->limits.hdus)
    status =
        rf_fail(err, RF_ERR_LIMIT, "the file has more than %llu HDUs, the limit (rf_limits.hdus, from Python max_hdus)",
                (unsigned long long)file->limits.hdus);
  if (status != RF_OK) {
    rf_hdu_clear(hdu);
    return status;
  }
  rf_file_judge_structure(file, &structure, file->hdu_count);
  hdu->index = file->hdu_count;
  take_session(file, hdu);
  status = file->store->profile.forward ? rf_file_keep_header_locked(file, hdu, err) : RF_OK;
  if (status != RF_OK) {
    rf_hdu_clear(hdu);
    return status;
  }
  atomic_store_explicit(&hdu->foreign, file->shared->foreign, memory_order_relaxed);
  file->hdus[file->hdu_count++] = hdu;
  file->scan_offset = next;
  return RF_OK;
}

/* Returns whether a failure is due to the bytes of the file. Failures of the system or the network may be temporary. */
static bool is_lasting(rf_status status) {
  return status == RF_ERR_NOT_FITS || status == RF_ERR_FORMAT || status == RF_ERR_CARD || status == RF_ERR_TRUNCATED ||
         status == RF_ERR_CODEC || status == RF_ERR_LIMIT;
}

/* Stores the failure that ended the scan for later calls, and reports it. */
static rf_status end_scan(rf_file *file, rf_status status, rf_error *err) {
  (void)rf_error_locate(&file->scan_error, status, file->name, hdu_number(file->hdu_count));
  if (err != NULL && err->code == RF_OK)
    *err = file->scan_error;
  if (is_lasting(status))
    file->scan_status = status;
  else
    rf_error_clear(&file->scan_error);
  return status;
}

/* Finds the next HDU, or the end. */
static rf_status scan_next(rf_file *file, bool last, rf_error *err) {
  rf_hdu *hdu;
  bool found = false;
  RF_TRY(rf_file_add_entry(file, &hdu, err));
  rf_status status = scan_into(file, hdu, last, &found, &file->scan_error);
  if (status == RF_OK && found)
    return RF_OK;
  rf_free(hdu);
  file->scanned = status == RF_OK;
  return status == RF_OK ? RF_OK : end_scan(file, status, err);
}

/* Makes all entries known, except one whose header may be incomplete. */
static void publish(rf_file *file) {
  if (file->store->writable)
    return;
  rf_mutex_lock(&file->index_lock);
  file->known = file->hdu_count - (file->block_unsure && file->hdu_count > 0);
  rf_mutex_unlock(&file->index_lock);
}

/* Scans up to entry `index` (SIZE_MAX: all) or the end. scan_lock held. */
static rf_status scan_to(rf_file *file, size_t index, rf_error *err) {
  rf_status status = RF_OK;
  bool before = file->scanned;
  while (status == RF_OK && index >= file->hdu_count && !file->scanned) {
    if (file->scan_status != RF_OK) {
      if (err != NULL && err->code == RF_OK)
        *err = file->scan_error;
      return file->scan_status;
    }
    status = rf_scan_ahead(file, index, err);
    if (status == RF_OK)
      status = scan_next(file, index == file->hdu_count, err);
    publish(file);
  }
  if (file->block_unsure) {
    rf_status sure = make_sure_of_block(file, &file->scan_error);
    publish(file);
    if (sure != RF_OK) {
      file->scanned = false;
      return status != RF_OK ? status : end_scan(file, sure, err);
    }
  }
  if (file->scanned && !before)
    rf_file_judge_end(file);
  return status;
}

/* Takes scan_lock. In a forked child, another thread may have added an entry without updating scan_offset. */
static void lock_scan(rf_file *file) {
  rf_mutex_lock(&file->scan_lock);
  if (rf_mutex_was_abandoned(&file->scan_lock) && !file->scanned && file->hdu_count > 0)
    (void)next_offset(file->hdus[file->hdu_count - 1], &file->scan_offset, NULL);
}

rf_status rf_file_scan_locked(rf_file *file, size_t *count, rf_error *err) {
  lock_scan(file);
  rf_status status = scan_to(file, SIZE_MAX, err);
  *count = file->hdu_count;
  rf_mutex_unlock(&file->scan_lock);
  return status;
}

/* Compares an entry with the file if another program has changed the file since. */
static rf_status found_entry(rf_file *file, size_t index, rf_hdu *hdu, rf_error *err) {
  uint64_t foreign = file->shared->foreign;
  if (atomic_load_explicit(&hdu->foreign, memory_order_relaxed) == foreign)
    return RF_OK;
  RF_TRY(rf_file_compare_hdu(file, index, hdu, err));
  atomic_store_explicit(&hdu->foreign, foreign, memory_order_relaxed);
  return RF_OK;
}

rf_status rf_file_hdu_locked(rf_file *file, size_t index, rf_hdu **hdu, rf_error *err) {
  if (file->closed)
    return rf_fail(err, RF_ERR_CLOSED, "the file is closed");
  rf_mutex_lock(&file->index_lock);
  bool known = index < file->known;
  if (known)
    *hdu = file->hdus[index];
  rf_mutex_unlock(&file->index_lock);
  if (known)
    return found_entry(file, index, *hdu, err);
  lock_scan(file);
  rf_status status = scan_to(file, index, err);
  size_t count = file->hdu_count;
  if (status == RF_OK && index < count)
    *hdu = file->hdus[index];
  rf_mutex_unlock(&file->scan_lock);
  if (status == RF_OK && index >= count)
    return rf_fail(err, RF_ERR_NOT_FOUND, "no HDU %zu: the file has %zu", index, count);
  return status == RF_OK ? found_entry(file, index, *hdu, err) : status;
}
