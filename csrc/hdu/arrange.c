/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Deleting and moving HDUs. The HDUs of the region that changes are put together behind the file, in their new order,
 * and then take its place. In an edit (store/trailer/edit.h) this moves references only; a file that does not outlive
 * the process needs room for the region twice.
 */
#include "base/memory.h"
#include "file/access.h"
#include "file/append.h"
#include "file/file.h"
#include "file/layout.h"
#include "file/header.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"
#include "hdu/checksum.h"
#include "hdu/place.h"
#include "store/trailer/commit.h"

/* An HDU of the region in its new place. */
typedef struct piece {
  rf_hdu *old;       /* NULL: a new HDU without data */
  rf_header *header; /* NULL: the bytes of the old header stay */
  char *bytes;       /* of that header, `n` of them */
  size_t n;
  uint64_t header_bytes;
  uint64_t data_bytes;
  uint64_t offset; /* from the beginning of the region */
  int fill;        /* of the padding */
} piece;

typedef struct arrangement {
  rf_file *file;
  size_t low;       /* first HDU of the region */
  size_t old_count; /* HDUs of the region before and after */
  size_t new_count;
  rf_hdu *removed; /* NULL: all HDUs of the region stay */
  piece *pieces;
  uint64_t begin;    /* of the region */
  uint64_t old_end;  /* of the region, with padding */
  uint64_t new_end;  /* the same after the change */
  uint64_t size;     /* of the file */
  uint64_t tail;     /* bytes after old_end */
  uint64_t new_size; /* of the file after the change */
} arrangement;

static void free_pieces(arrangement *a) {
  for (size_t i = 0; i < a->new_count; i++) {
    rf_header_free(a->pieces[i].header);
    rf_free(a->pieces[i].bytes);
  }
  rf_free(a->pieces);
}

/* ---- planning ---- */

static rf_status set_header(rf_file *file, piece *p, rf_header *header, rf_error *err) {
  p->header = header;
  RF_TRY(rf_layout_format_header(file, header, 0, &p->bytes, &p->n, err));
  p->header_bytes = p->n;
  return RF_OK;
}

/* Takes an HDU into the region, with the header that its place requires. */
static rf_status take_hdu(arrangement *a, size_t from, size_t to, rf_error *err) {
  piece *p = &a->pieces[to - a->low];
  const rf_header *old;
  rf_header *header;
  p->old = a->file->hdus[from];
  p->fill = p->old->ops->fill;
  p->header_bytes = p->old->header_bytes;
  p->data_bytes = p->old->data_bytes;
  RF_TRY(rf_file_check_whole_locked(a->file, p->old, err));
  if ((from == 0) == (to == 0))
    return RF_OK;
  if (!rf_place_is_free(p->old))
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   to == 0 ? "only an image can be the first HDU, found %s" : "%s can only be the first HDU of a file",
                   p->old->ops->name);
  RF_TRY(rf_file_header_locked(a->file, p->old, &old, err));
  RF_TRY(rf_place_header(old, to == 0, &header, err));
  return set_header(a->file, p, header, err);
}

static rf_status begin_plan(arrangement *a, rf_error *err) {
  const rf_hdu *first = a->file->hdus[a->low], *last = a->file->hdus[a->low + a->old_count - 1];
  a->pieces = rf_alloc_zero(a->new_count + 1, sizeof *a->pieces);
  if (a->pieces == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for %zu HDUs", a->new_count);
  RF_TRY(rf_file_size_locked(a->file, &a->size, err));
  a->begin = first->header_offset;
  a->old_end = last->data_offset + last->data_bytes; /* at most 63 bits, as the scan has checked */
  if (!rf_block_ceil(a->old_end, &a->old_end))
    return rf_fail(err, RF_ERR_LIMIT, "the size of the file is beyond 63 bits");
  a->tail = a->size > a->old_end ? a->size - a->old_end : 0;
  return RF_OK;
}

static rf_status end_plan(arrangement *a, rf_error *err) {
  uint64_t end = a->begin;
  for (size_t i = 0; i < a->new_count; i++) {
    piece *p = &a->pieces[i];
    p->offset = end - a->begin;
    if (!rf_add_u64(end, p->header_bytes, &end) || !rf_add_u64(end, p->data_bytes, &end) || !rf_block_ceil(end, &end))
      return rf_fail(err, RF_ERR_LIMIT, "the size of the file is beyond 63 bits");
  }
  a->new_end = end;
  /* Twice: the region is put together behind the file. */
  uint64_t twice;
  if (!rf_add_u64(end, a->tail, &a->new_size) || !rf_add_u64(a->new_size, a->size, &twice) || twice > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the size of the file is beyond 63 bits");
  return RF_OK;
}

/* ---- bytes ---- */

static rf_status put_piece(const piece *p, rf_store *store, uint64_t at, rf_error *err) {
  uint64_t end = at + p->header_bytes + p->data_bytes, padded = end;
  (void)rf_block_ceil(end, &padded); /* end_plan() has checked it */
  if (p->header != NULL)
    RF_TRY(rf_store_write(store, at, p->bytes, p->n, err));
  else
    RF_TRY(rf_store_move(store, p->old->header_offset, at, p->header_bytes, err));
  if (p->data_bytes > 0)
    RF_TRY(rf_store_move(store, p->old->data_offset, at + p->header_bytes, p->data_bytes, err));
  return rf_store_fill(store, end, padded - end, p->fill, err);
}

static rf_status carry_out(const arrangement *a, rf_store *store, rf_error *err) {
  uint64_t region = a->new_end - a->begin;
  uint64_t last = a->size > a->new_size ? a->size : a->new_size;
  for (size_t i = 0; i < a->new_count; i++)
    RF_TRY(put_piece(&a->pieces[i], store, last + a->pieces[i].offset, err));
  if (a->tail > 0)
    RF_TRY(rf_store_move(store, a->old_end, a->new_end, a->tail, err));
  RF_TRY(rf_store_move(store, last, a->begin, region, err));
  return rf_store_truncate(store, a->new_size, err);
}

static rf_status change_file(const arrangement *a, bool *written, rf_error *err) {
  rf_edit *edit;
  if (!rf_edit_is_wanted(a->file->store)) {
    *written = true;
    return carry_out(a, a->file->store, err);
  }
  RF_TRY(rf_layout_begin_move(a->file, a->new_size, &edit, err));
  rf_status status = carry_out(a, rf_edit_store(edit), err);
  if (status == RF_OK)
    status = rf_edit_commit(edit, written, err);
  rf_edit_free(edit);
  return status;
}

/* ---- the index ---- */

/* Makes the entry of an HDU with another header. */
static rf_status make_entry(const arrangement *a, const piece *p, size_t index, rf_hdu **made, rf_error *err) {
  rf_hdu *hdu = rf_alloc_zero(1, sizeof *hdu);
  if (hdu == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate an entry of the index");
  rf_status status = rf_layout_parse_header(a->file, p->header, index == 0, hdu, err);
  if (status == RF_OK)
    status = rf_header_copy(p->header, &hdu->header, err);
  if (status != RF_OK) {
    rf_hdu_clear(hdu);
    rf_free(hdu);
    return status;
  }
  rf_header_set_flags(hdu->header, a->file->options.flags);
  *made = hdu;
  return RF_OK;
}

/* Makes all new entries of the region, before the file changes. */
static rf_status make_entries(const arrangement *a, rf_hdu **entries, rf_error *err) {
  for (size_t i = 0; i < a->new_count; i++) {
    const piece *p = &a->pieces[i];
    if (p->header != NULL)
      RF_TRY(make_entry(a, p, a->low + i, &entries[i], err));
  }
  return RF_OK;
}

static void free_entry(rf_hdu *hdu) {
  if (hdu != NULL)
    rf_hdu_clear(hdu);
  rf_free(hdu);
}

/* Puts the entries into the index, which has room: the region does not get more HDUs. */
static void update_index(const arrangement *a, rf_hdu **entries) {
  rf_file *file = a->file;
  size_t high = a->low + a->old_count, count = file->hdu_count - a->old_count + a->new_count;
  uint64_t shift = a->new_end - a->old_end; /* may wrap around, and back */
  free_entry(a->removed);
  for (size_t i = 0; i < a->new_count; i++) {
    const piece *p = &a->pieces[i];
    rf_hdu *hdu = p->header != NULL ? entries[i] : p->old;
    if (hdu != p->old)
      free_entry(p->old);
    hdu->header_offset = a->begin + p->offset;
    hdu->header_bytes = p->header_bytes;
    hdu->data_offset = hdu->header_offset + p->header_bytes;
    entries[i] = hdu;
  }
  for (size_t i = high; i < file->hdu_count; i++) {
    rf_hdu *hdu = file->hdus[i];
    hdu->header_offset += shift;
    hdu->data_offset += shift;
    file->hdus[i - a->old_count + a->new_count] = hdu;
  }
  for (size_t i = 0; i < a->new_count; i++)
    file->hdus[a->low + i] = entries[i];
  file->hdu_count = count;
  for (size_t i = a->low; i < count; i++)
    file->hdus[i]->index = i;
  file->scan_offset += shift;
  rf_layout_count_edit(file);
}

/* ---- the whole change ---- */

/* Writes the CHECKSUM of HDUs whose header changed and had one. */
static rf_status restore_sums(const arrangement *a, bool *written, rf_error *err) {
  for (size_t i = 0; i < a->new_count; i++) {
    size_t card;
    const rf_header *header = a->pieces[i].header;
    if (header != NULL && rf_header_find(header, "CHECKSUM", 0, &card, NULL) == RF_OK)
      RF_TRY(rf_checksum_own_locked(a->file, a->low + i, true, written, err));
  }
  return RF_OK;
}

static rf_status apply(arrangement *a, bool *written, rf_error *err) {
  rf_hdu **entries = rf_alloc_zero(a->new_count + 1, sizeof *entries);
  if (entries == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for %zu HDUs", a->new_count);
  rf_status status = end_plan(a, err);
  if (status == RF_OK)
    status = make_entries(a, entries, err);
  if (status == RF_OK)
    status = change_file(a, written, err);
  if (status == RF_OK)
    update_index(a, entries);
  else
    for (size_t i = 0; i < a->new_count; i++)
      free_entry(entries[i]);
  rf_free(entries);
  return status == RF_OK ? restore_sums(a, written, err) : status;
}

static rf_status delete_hdu(rf_file *file, size_t index, bool *written, rf_error *err) {
  bool follows = index == 0 && file->hdu_count > 1 && rf_place_is_free(file->hdus[1]);
  arrangement a = {.file = file,
                   .low = index,
                   .old_count = follows ? 2 : 1,
                   .new_count = index == 0 ? 1 : 0,
                   .removed = file->hdus[index]};
  rf_header *header;
  rf_status status = begin_plan(&a, err);
  if (status == RF_OK && follows) {
    status = take_hdu(&a, 1, 0, err);
  } else if (status == RF_OK && index == 0) {
    status = rf_file_primary_header(&header, err);
    if (status == RF_OK)
      status = set_header(file, &a.pieces[0], header, err);
  }
  if (status == RF_OK)
    status = apply(&a, written, err);
  if (a.pieces != NULL)
    free_pieces(&a);
  return status;
}

static rf_status move_hdu(rf_file *file, size_t index, size_t position, bool *written, rf_error *err) {
  bool up = position > index;
  size_t low = up ? index : position, high = up ? position : index;
  arrangement a = {.file = file, .low = low, .old_count = high - low + 1, .new_count = high - low + 1};
  rf_status status = begin_plan(&a, err);
  for (size_t i = low; i <= high && status == RF_OK; i++)
    status = take_hdu(&a, i, i == index ? position : up ? i - 1 : i + 1, err);
  if (status == RF_OK)
    status = apply(&a, written, err);
  if (a.pieces != NULL)
    free_pieces(&a);
  return status;
}

/* Flushes pending work and finds the HDUs. An unreadable header behind `last` does not matter. */
static rf_status prepare(rf_file *file, size_t last, bool *written, rf_error *err) {
  rf_hdu *hdu;
  size_t count;
  rf_error ignored;
  RF_TRY(rf_file_flush_locked(file, written, err));
  RF_TRY(rf_file_hdu_locked(file, last, &hdu, err));
  rf_error_clear(&ignored);
  (void)rf_file_scan_locked(file, &count, &ignored);
  return RF_OK;
}

rf_status rf_hdu_delete(rf_file *file, size_t index, rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_append(file, err);
  if (status == RF_OK) {
    status = prepare(file, index, &written, err);
    if (status == RF_OK)
      status = delete_hdu(file, index, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, index <= INT32_MAX ? (int)index : -1);
}

rf_status rf_hdu_move(rf_file *file, size_t index, size_t position, rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_append(file, err);
  if (status == RF_OK) {
    status = prepare(file, index > position ? index : position, &written, err);
    if (status == RF_OK && index != position)
      status = move_hdu(file, index, position, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, index <= INT32_MAX ? (int)index : -1);
}
