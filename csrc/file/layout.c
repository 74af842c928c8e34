/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How an HDU in a file grows and shrinks, and how the HDUs after it move.
 *
 * An edit is recorded as a whole before it is carried out, so that it can be completed after a kill
 * (store/trailer/edit.h). A file that does not outlive the process, as one in memory, is edited directly.
 */
#include "file/layout.h"

#include <string.h>

#include "base/memory.h"
#include "file/warning.h"
#include "header/card.h"
#include "header/header.h"
#include "header/protected.h"
#include "store/trailer/edit.h"
#include "store/trailer/commit.h"
#include "file/access.h"
#include "file/header.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"

/* A header that grows gets spare room for cards, so that the bytes after it move rarely: this part of those bytes, and
 * at most MAX_ROOM. */
#define ROOM_PART 64
#define MAX_ROOM ((uint64_t)64 << 10)

static uint64_t smaller(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

static uint64_t larger(uint64_t a, uint64_t b) {
  return a > b ? a : b;
}

void rf_layout_count_edit(rf_file *file) {
  rf_file_count_edit(file);
}

rf_status rf_layout_fill(rf_file *file, uint64_t from, uint64_t to, int byte, rf_error *err) {
  return from >= to ? RF_OK : rf_store_fill(file->store, from, to - from, byte, err);
}

rf_status rf_layout_check_header(const rf_file *file, uint64_t bytes, rf_error *err) {
  size_t n;
  if (bytes <= file->limits.header_bytes && rf_to_size(bytes, &n))
    return RF_OK;
  return rf_fail(err, RF_ERR_LIMIT, "a header of %llu bytes exceeds the limit of %llu", (unsigned long long)bytes,
                 (unsigned long long)file->limits.header_bytes);
}

rf_status rf_layout_format_header(const rf_file *file, const rf_header *header, uint64_t least, char **bytes, size_t *n,
                                  rf_error *err) {
  uint64_t size = larger(rf_header_get_file_bytes(header, 0), least);
  RF_TRY(rf_layout_check_header(file, size, err));
  *n = (size_t)size;
  *bytes = rf_alloc(*n);
  if (*bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for a header", *n);
  rf_header_format(header, *bytes, size);
  return RF_OK;
}

rf_status rf_layout_parse_cards(const rf_file *file, const char *cards, size_t count, bool primary, rf_hdu *hdu,
                                rf_error *err) {
  const char *keyword = primary ? "SIMPLE" : "XTENSION";
  /* A file is opened if "=" follows SIMPLE. */
  if (count == 0 || !rf_card_is(cards, keyword) || (primary && cards[8] != '='))
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a header that begins with %s", keyword);
  return rf_hdu_parse(file->kinds, cards, count, primary, hdu, err);
}

rf_status rf_layout_parse_header(const rf_file *file, const rf_header *header, bool primary, rf_hdu *hdu,
                                 rf_error *err) {
  return rf_layout_parse_cards(file, rf_header_get_cards(header), rf_header_get_count(header), primary, hdu, err);
}

rf_status rf_layout_begin_patch(rf_file *file, rf_edit **edit, rf_error *err) {
  uint64_t size;
  RF_TRY(rf_file_size_locked(file, &size, err));
  return rf_edit_begin(file->store, size, size, edit, err);
}

/* --- growing and shrinking --- */

/* The places of the bytes before and after. */
typedef struct move {
  uint64_t size;       /* of the file, before */
  uint64_t final_size; /* and after */
  uint64_t old_data;   /* offset of the data, before */
  uint64_t new_data;   /* and after */
  uint64_t present;    /* bytes of the data unit that the file has and that stay */
  uint64_t old_next;   /* end of the HDU with padding, before */
  uint64_t new_next;   /* and after */
  uint64_t tail;       /* bytes after old_next */
  bool complete;       /* no byte of the data is missing */
} move;

static rf_status plan_move(rf_file *file, const rf_hdu *hdu, uint64_t header_bytes, uint64_t data_bytes, move *plan,
                           rf_error *err) {
  uint64_t end = hdu->data_offset + hdu->data_bytes; /* at most 63 bits, as the scan has checked */
  RF_TRY(rf_file_size_locked(file, &plan->size, err));
  plan->old_data = hdu->data_offset;
  plan->new_data = hdu->header_offset + header_bytes;
  plan->present = plan->size > plan->old_data ? smaller(plan->size - plan->old_data, hdu->data_bytes) : 0;
  plan->complete = plan->present == hdu->data_bytes;
  if (!plan->complete && data_bytes != hdu->data_bytes)
    return rf_fail(err, RF_ERR_TRUNCATED, "the data unit is cut short: %llu of %llu bytes are missing; it cannot %s",
                   (unsigned long long)(hdu->data_bytes - plan->present), (unsigned long long)hdu->data_bytes,
                   data_bytes > hdu->data_bytes ? "grow" : "shrink");
  plan->present = smaller(plan->present, data_bytes);
  if (!rf_block_ceil(end, &plan->old_next) || !rf_add_u64(plan->new_data, data_bytes, &plan->new_next) ||
      !rf_block_ceil(plan->new_next, &plan->new_next))
    return rf_fail(err, RF_ERR_LIMIT, "the size of the file is beyond 63 bits");
  plan->tail = plan->size > plan->old_next ? plan->size - plan->old_next : 0;
  if (!rf_add_u64(plan->new_next, plan->tail, &end) || larger(end, plan->new_next) > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the size of the file is beyond 63 bits");
  if (plan->tail > 0)
    plan->final_size = end;
  else if (plan->new_next == plan->old_next && data_bytes == hdu->data_bytes)
    plan->final_size = plan->size;
  else if (plan->complete)
    plan->final_size = plan->new_next;
  else
    plan->final_size = plan->size + (plan->new_data - plan->old_data);
  return RF_OK;
}

/* Extends the file and allocates disk blocks for the bytes that will move beyond its old end. */
static rf_status reserve(rf_file *file, const move *plan, rf_error *err) {
  uint64_t moved = plan->tail > 0 ? plan->tail : plan->present;
  uint64_t end = plan->tail > 0 ? plan->final_size : plan->new_data + plan->present;
  if (plan->final_size <= plan->size)
    return RF_OK;
  rf_status status = rf_store_truncate(file->store, plan->final_size, err);
  if (status == RF_OK && (plan->tail > 0 || plan->new_data > plan->old_data))
    status = rf_layout_fill(file, larger(plan->size, end - moved), end, 0, err);
  if (status != RF_OK)
    (void)rf_store_truncate(file->store, plan->size, NULL);
  return status;
}

/* Fills [from, to). */
static rf_status fill(rf_store *store, uint64_t from, uint64_t to, int byte, rf_error *err) {
  return from >= to ? RF_OK : rf_store_fill(store, from, to - from, byte, err);
}

/* Moves the data and the bytes after them up, and fills the gaps with zeros. */
static rf_status move_up(rf_store *store, const rf_hdu *fresh, const move *plan, uint64_t old_data_bytes,
                         rf_error *err) {
  uint64_t end = plan->new_data + fresh->data_bytes;
  if (plan->new_next > plan->old_next)
    RF_TRY(rf_store_move(store, plan->old_next, plan->new_next, plan->tail, err));
  RF_TRY(rf_store_move(store, plan->old_data, plan->new_data, plan->present, err));
  if (plan->new_next == plan->old_next && fresh->data_bytes == old_data_bytes)
    return RF_OK;
  /* Old bytes remain after the data. Beyond the old end of the file all bytes are 0. */
  RF_TRY(fill(store, plan->new_data + plan->present, smaller(plan->new_next, smaller(plan->size, plan->final_size)), 0,
              err));
  if (plan->complete && fresh->ops->fill != 0)
    RF_TRY(fill(store, end, plan->new_next, fresh->ops->fill, err));
  return RF_OK;
}

/* A change of an HDU. */
typedef struct change {
  rf_file *file;
  const rf_hdu *hdu;
  const rf_hdu *fresh; /* the HDU after the change */
  const rf_rearrange *rearrange;
  const char *bytes; /* the new header, n bytes */
  const char *old;   /* NULL, or the n bytes that the file has there */
  size_t n;
  move plan;
} change;

static rf_status write_header(const change *c, rf_store *store, rf_error *err) {
  rf_edit *edit = rf_edit_of(store);
  uint64_t at = c->fresh->header_offset;
  if (edit == NULL)
    return rf_store_write(store, at, c->bytes, c->n, err);
  /* Within a larger edit, the file does not have the bytes that were read. */
  if (c->old != NULL && store != c->file->store)
    return rf_edit_header_over(edit, at, c->old, c->bytes, c->n, err);
  return rf_edit_header(edit, at, c->bytes, c->n, err);
}

static rf_status move_down(const change *c, rf_store *store, rf_error *err) {
  const move *plan = &c->plan;
  int padding = c->fresh->ops->fill;
  RF_TRY(rf_store_move(store, plan->old_data, plan->new_data, plan->present, err));
  RF_TRY(fill(store, plan->new_data + plan->present, plan->new_next, padding, err));
  RF_TRY(write_header(c, store, err));
  RF_TRY(rf_store_move(store, plan->old_next, plan->new_next, plan->tail, err));
  return rf_store_truncate(store, plan->final_size, err);
}

static rf_status carry_out(const change *c, rf_store *store, rf_error *err) {
  bool grows = c->fresh->data_bytes > c->hdu->data_bytes;
  if (c->rearrange != NULL && !grows)
    RF_TRY(c->rearrange->run(c->rearrange->context, store, c->plan.old_data, err));
  if (c->plan.new_next < c->plan.old_next)
    return move_down(c, store, err);
  RF_TRY(move_up(store, c->fresh, &c->plan, c->hdu->data_bytes, err));
  if (c->rearrange != NULL && grows)
    RF_TRY(c->rearrange->run(c->rearrange->context, store, c->plan.new_data, err));
  return write_header(c, store, err);
}

/* Changes the file directly: a failure leaves half of the change. */
static rf_status change_plainly(const change *c, bool *written, rf_error *err) {
  RF_TRY(reserve(c->file, &c->plan, err));
  *written = true;
  return carry_out(c, c->file->store, err);
}

/* Fails if the file has remains of an interrupted edit, which an edit could not tell from HDUs. An unreadable HDU does
 * not forbid editing an earlier one. */
static rf_status check_no_trailer(rf_file *file, rf_error *err) {
  size_t count;
  rf_error ignored;
  rf_error_clear(&ignored);
  (void)rf_file_scan_locked(file, &count, &ignored);
  if ((file->warning_kinds & 1u << RF_WARNING_INTERRUPTED) == 0)
    return RF_OK;
  return rf_fail(
      err, RF_ERR_INTERRUPTED,
      "an edit of the file was interrupted, and the file was truncated or extended since: it can be read, but "
      "not edited");
}

rf_status rf_layout_begin_move(rf_file *file, uint64_t new_size, rf_edit **edit, rf_error *err) {
  uint64_t size;
  RF_TRY(check_no_trailer(file, err));
  RF_TRY(rf_file_size_locked(file, &size, err));
  return rf_edit_begin(file->store, size, new_size, edit, err);
}

/* Makes the whole change or nothing. */
static rf_status change_as_a_whole(const change *c, bool *written, rf_error *err) {
  rf_edit *edit;
  if (c->plan.final_size != c->plan.size || c->plan.new_data != c->plan.old_data || c->rearrange != NULL)
    RF_TRY(check_no_trailer(c->file, err));
  RF_TRY(rf_edit_begin(c->file->store, c->plan.size, c->plan.final_size, &edit, err));
  rf_store *view = rf_edit_store(edit);
  rf_status status = RF_OK;
  if (c->plan.final_size > c->plan.size)
    status = rf_store_truncate(view, c->plan.final_size, err);
  if (status == RF_OK)
    status = carry_out(c, view, err);
  if (status == RF_OK)
    status = rf_store_truncate(view, c->plan.final_size, err);
  if (status == RF_OK)
    status = rf_edit_commit(edit, written, err);
  rf_edit_free(edit);
  return status;
}

/* ---- data in unused bytes ---- */

/* Returns whether new rows overwrite nothing and need no trailer. Padding, the gap before a heap and the bytes after
 * the last HDU have no meaning until the header changes. */
static bool is_only_fresh(const change *c) {
  const move *plan = &c->plan;
  return c->rearrange != NULL && c->rearrange->fresh && c->n == c->hdu->header_bytes && plan->complete &&
         c->fresh->data_bytes >= c->hdu->data_bytes && (plan->tail == 0 || plan->new_next == plan->old_next);
}

static rf_status write_fresh_data(const change *c, rf_error *err) {
  rf_store *store = c->file->store;
  const move *plan = &c->plan;
  if (plan->final_size > plan->size) {
    RF_TRY(rf_store_reserve(store, plan->final_size, err));
    RF_TRY(rf_store_truncate(store, plan->final_size, err));
  }
  RF_TRY(c->rearrange->run(c->rearrange->context, store, plan->old_data, err));
  if (c->fresh->data_bytes > c->hdu->data_bytes)
    RF_TRY(fill(store, plan->new_data + c->fresh->data_bytes, plan->new_next, c->fresh->ops->fill, err));
  return store->durable ? rf_store_sync(store, err) : RF_OK;
}

/* Writes the header, which makes the data valid: in one page, or by a trailer. */
static rf_status publish(const change *c, bool *written, rf_error *err) {
  rf_edit *edit;
  RF_TRY(rf_edit_begin(c->file->store, c->plan.final_size, c->plan.final_size, &edit, err));
  rf_status status = write_header(c, rf_edit_store(edit), err);
  if (status == RF_OK)
    status = rf_edit_commit(edit, written, err);
  rf_edit_free(edit);
  return status;
}

static rf_status change_fresh(const change *c, bool *written, rf_error *err) {
  uint64_t end = c->hdu->data_offset + c->hdu->data_bytes;
  rf_status status = write_fresh_data(c, err);
  if (status == RF_OK)
    status = publish(c, written, err);
  if (status == RF_OK || *written)
    return status;
  if (rf_store_truncate(c->file->store, c->plan.size, NULL) != RF_OK ||
      fill(c->file->store, end, smaller(c->plan.old_next, c->plan.size), c->hdu->ops->fill, NULL) != RF_OK)
    *written = true; /* nothing is lost, but the state of the file is unknown */
  return status;
}

/* Reads the old header if it is as long as the new one. The caller frees *old, also on failure. */
static rf_status read_old(rf_file *file, const rf_hdu *hdu, size_t n, char **old, rf_error *err) {
  if (n != hdu->header_bytes)
    return RF_OK;
  *old = rf_alloc(n);
  if (*old == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for a header", n);
  return rf_store_read(file->store, hdu->header_offset, *old, n, err);
}

/* Updates an entry in place, and the offsets of the entries after it (`shift` wraps around when they move down). */
static void refresh_index(rf_file *file, size_t index, rf_hdu *fresh, uint64_t shift) {
  rf_hdu *hdu = file->hdus[index];
  fresh->index = index;
  fresh->pending = hdu->pending && fresh->ops->flush != NULL;
  fresh->unpublished = hdu->unpublished;
  if (fresh->ops == hdu->ops) {
    fresh->session = hdu->session;
    hdu->session = NULL;
  }
  rf_hdu_clear(hdu);
  *hdu = *fresh;
  if (fresh->axes == fresh->small_axes)
    hdu->axes = hdu->small_axes;
  for (size_t i = index + 1; i < file->hdu_count; i++) {
    file->hdus[i]->header_offset += shift;
    file->hdus[i]->data_offset += shift;
  }
  file->scan_offset += shift;
  rf_layout_count_edit(file);
}

uint64_t rf_layout_choose_room(const rf_file *file, const rf_hdu *hdu, uint64_t need) {
  uint64_t size, room;
  if (need <= hdu->header_bytes)
    return hdu->header_bytes;
  if (!rf_edit_is_wanted(file->store) || rf_store_size(file->store, &size, NULL) != RF_OK || size <= hdu->data_offset)
    return need;
  room = smaller((size - hdu->data_offset) / ROOM_PART, MAX_ROOM);
  room -= room % RF_BLOCK_BYTES;
  return need < file->limits.header_bytes && room <= file->limits.header_bytes - need ? need + room : need;
}

/* The result of a change that succeeded. */
typedef struct outcome {
  uint64_t shift; /* of the HDUs after it; wraps around when they move down */
  bool changed;   /* the file has changed */
} outcome;

/* Changes header and data of an HDU. `bytes` are the n bytes of the new header. */
static rf_status resize(rf_file *file, const rf_hdu *hdu, const char *bytes, size_t n, rf_hdu *fresh,
                        const rf_rearrange *rearrange, outcome *result, bool *written, rf_error *err) {
  change c = {.file = file, .hdu = hdu, .fresh = fresh, .rearrange = rearrange, .bytes = bytes, .n = n};
  char *old = NULL;
  rf_status status = plan_move(file, hdu, n, fresh->data_bytes, &c.plan, err);
  if (status == RF_OK && fresh->data_bytes == hdu->data_bytes && rearrange == NULL)
    status = read_old(file, hdu, n, &old, err);
  c.old = old;
  if (status == RF_OK && (old == NULL || memcmp(old, bytes, n) != 0)) {
    fresh->header_offset = hdu->header_offset;
    fresh->header_bytes = n;
    fresh->data_offset = c.plan.new_data;
    result->shift = c.plan.new_next - c.plan.old_next;
    status = !rf_edit_is_wanted(file->store) ? change_plainly(&c, written, err)
             : is_only_fresh(&c)             ? change_fresh(&c, written, err)
                                             : change_as_a_whole(&c, written, err);
    result->changed = status == RF_OK;
  }
  rf_free(old);
  return status;
}

/* Does the same with the cards of a header. */
static rf_status resize_by(rf_file *file, const rf_hdu *hdu, const rf_header *header, rf_hdu *fresh,
                           const rf_rearrange *rearrange, outcome *result, bool *written, rf_error *err) {
  uint64_t room = rf_layout_choose_room(file, hdu, rf_header_get_file_bytes(header, 0));
  char *bytes;
  size_t n;
  RF_TRY(rf_layout_format_header(file, header, room, &bytes, &n, err));
  rf_status status = resize(file, hdu, bytes, n, fresh, rearrange, result, written, err);
  rf_free(bytes);
  return status;
}

rf_status rf_file_rearrange_locked(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes,
                                   const rf_rearrange *rearrange, bool *written, rf_error *err) {
  rf_hdu *hdu, fresh;
  outcome result = {0};
  bool begun = false;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  RF_TRY(rf_layout_parse_header(file, header, index == 0, &fresh, err));
  rf_status status = RF_OK;
  if (fresh.data_bytes != data_bytes)
    status = rf_fail(err, RF_ERR_ARGUMENT, "expected a header for %llu bytes of data, found one for %llu",
                     (unsigned long long)data_bytes, (unsigned long long)fresh.data_bytes);
  if (status == RF_OK)
    status = rf_header_copy(header, &fresh.header, err);
  if (status == RF_OK)
    rf_header_set_flags(fresh.header, file->options.flags);
  if (status == RF_OK && hdu->unpublished) {
    begun = result.changed = true;
    status = rf_unpublished_rearrange(file, hdu, &fresh, rearrange, err);
  } else if (status == RF_OK) {
    status = resize_by(file, hdu, header, &fresh, rearrange, &result, &begun, err);
  }
  if (begun || result.changed)
    *written = true;
  if (status == RF_OK && result.changed)
    refresh_index(file, index, &fresh, result.shift);
  else
    rf_hdu_clear(&fresh);
  return status;
}

rf_status rf_file_resize_locked(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes,
                                bool *written, rf_error *err) {
  return rf_file_rearrange_locked(file, index, header, data_bytes, NULL, written, err);
}

/* --- replacing a header --- */

/* Fails if the data unit would not end where it can. *next receives its end with padding, by the old offset of the
 * data. *differs: it was elsewhere, and no HDU follows. */
static rf_status check_new_end(rf_file *file, const rf_hdu *hdu, size_t n, uint64_t data_bytes, uint64_t *next,
                               bool *differs, rf_error *err) {
  uint64_t size, end, old_next, grown = n - hdu->header_bytes;
  size_t count;
  rf_error ignored;
  rf_error_clear(&ignored);
  (void)rf_file_scan_locked(file, &count, &ignored); /* an unreadable HDU does not matter */
  RF_TRY(rf_file_size_locked(file, &size, err));
  if (!rf_add_u64(hdu->data_offset, data_bytes, &end) || !rf_block_ceil(end, next) || grown > INT64_MAX ||
      *next > INT64_MAX - grown)
    return rf_fail(err, RF_ERR_LIMIT, "the size of the file is beyond 63 bits");
  if (data_bytes > hdu->data_bytes && end > size)
    return rf_fail(err, RF_ERR_TRUNCATED,
                   "the header describes %llu bytes of data, but the file ends %llu bytes before their end: resize "
                   "the data unit",
                   (unsigned long long)data_bytes, (unsigned long long)(end - size));
  old_next = hdu->data_offset + hdu->data_bytes; /* at most 63 bits, as the scan has checked */
  (void)rf_block_ceil(old_next, &old_next);
  *differs = *next != old_next;
  if (!*differs || hdu->index + 1 == file->hdu_count)
    return RF_OK;
  return rf_fail(err, RF_ERR_FORMAT,
                 "the header describes %llu bytes of data, not %llu: the next HDU would not be found; resize the data "
                 "unit",
                 (unsigned long long)data_bytes, (unsigned long long)hdu->data_bytes);
}

/* Lets the scan go on at `next`. */
static void scan_again(rf_file *file, uint64_t next) {
  file->scan_offset = next;
  file->scanned = false;
  file->scan_status = RF_OK;
  rf_error_clear(&file->scan_error);
  file->ahead_until = 0;
  file->block_unsure = false;
}

rf_status rf_file_replace_header_locked(rf_file *file, size_t index, const char *bytes, size_t n, bool *written,
                                        rf_error *err) {
  rf_hdu *hdu, fresh;
  outcome result = {0};
  uint64_t next = 0;
  bool differs = false;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  RF_TRY(rf_layout_check_header(file, n, err));
  RF_TRY(rf_layout_parse_cards(file, bytes, n / RF_CARD_BYTES, index == 0, &fresh, err));
  uint64_t data_bytes = fresh.data_bytes;
  rf_status status = check_new_end(file, hdu, n, data_bytes, &next, &differs, err);
  if (status == RF_OK) {
    fresh.data_bytes = hdu->data_bytes; /* the bytes of the data unit that stay */
    status = resize(file, hdu, bytes, n, &fresh, NULL, &result, written, err);
    fresh.data_bytes = data_bytes;
  }
  if (status != RF_OK || !result.changed) {
    rf_hdu_clear(&fresh);
    return status;
  }
  rf_hdu_forget(hdu);
  refresh_index(file, index, &fresh, result.shift);
  if (differs)
    scan_again(file, next + result.shift);
  return RF_OK;
}

/* --- several edits --- */

rf_status rf_file_edit_as_one(rf_file *file,
                              rf_status (*run)(void *context, rf_file *file, bool *written, rf_error *err),
                              void *context, bool *written, rf_error *err) {
  rf_edit *edit;
  bool changed = false;
  if (!rf_edit_is_wanted(file->store) || file->making > 0)
    return run(context, file, written, err);
  RF_TRY(rf_layout_begin_move(file, RF_EDIT_ANY_SIZE, &edit, err));
  rf_store *own = file->store;
  file->store = rf_edit_store(edit);
  rf_status status = run(context, file, &changed, err);
  file->store = own;
  if (status == RF_OK)
    status = rf_edit_commit(edit, written, err);
  rf_edit_free(edit);
  if (status == RF_OK || *written || !changed)
    return status;
  /* The file did not change, but the index describes the changed file. Dropping it would lose pending work. */
  if (rf_file_has_pending(file))
    *written = true;
  else
    rf_file_drop_index(file);
  return status;
}

/* --- editing a header --- */

static rf_status set_header(rf_file *file, size_t index, const rf_header *header, bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_header *old;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(rf_header_same_structure(old, header, err));
  return rf_file_resize_locked(file, index, header, hdu->data_bytes, written, err);
}

rf_status rf_hdu_set_header(rf_file *file, size_t index, const rf_header *header, rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = set_header(file, index, header, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, index <= INT32_MAX ? (int)index : -1);
}
