/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How an HDU in a file grows and shrinks, and how what follows it moves.
 *
 * A write that fails because the disk is full should find out before anything old is overwritten. So the file is made
 * longer first, and the stretch that will be moved into is really written, not left as a hole.
 */
#include "hdu/layout.h"

#include <string.h>

#include "base/memory.h"

#define FILL_PIECE ((size_t)64 << 10)

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
  if (from >= to)
    return RF_OK;
  size_t room = (size_t)smaller(to - from, FILL_PIECE);
  uint8_t *buffer = rf_alloc(room);
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for %zu bytes of padding", room);
  memset(buffer, byte, room);
  rf_status status = RF_OK;
  while (status == RF_OK && from < to) {
    size_t n = (size_t)smaller(to - from, room);
    status = rf_store_write(file->store, from, buffer, n, err);
    from += n;
  }
  rf_free(buffer);
  return status;
}

rf_status rf_layout_check_header(const rf_file *file, uint64_t bytes, rf_error *err) {
  size_t n;
  if (bytes <= file->options.limits.header_bytes && rf_to_size(bytes, &n))
    return RF_OK;
  return rf_fail(err, RF_ERR_LIMIT, "a header of %llu bytes is beyond the limit of %llu", (unsigned long long)bytes,
                 (unsigned long long)file->options.limits.header_bytes);
}

rf_status rf_layout_format_header(const rf_file *file, const rf_header *header, uint64_t least, char **bytes, size_t *n,
                                  rf_error *err) {
  uint64_t size = larger(rf_header_file_bytes(header), least);
  RF_TRY(rf_layout_check_header(file, size, err));
  *n = (size_t)size;
  *bytes = rf_alloc(*n);
  if (*bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a header of %zu bytes", *n);
  rf_header_format(header, *bytes, size);
  return RF_OK;
}

rf_status rf_layout_parse_header(const rf_header *header, bool primary, rf_hdu *hdu, rf_error *err) {
  const char *first = rf_header_cards(header);
  const char *keyword = primary ? "SIMPLE" : "XTENSION";
  if (rf_header_count(header) == 0 || !rf_card_is(first, keyword))
    return rf_fail(err, RF_ERR_ARGUMENT, "the header does not begin with %s", keyword);
  return rf_hdu_parse(first, rf_header_count(header), primary, hdu, err);
}

rf_status rf_layout_begin_patch(rf_file *file, rf_edit **edit, rf_error *err) {
  uint64_t size;
  RF_TRY(rf_store_size(file->store, &size, err));
  return rf_edit_begin(file->store, size, size, edit, err);
}

/* --- growing and shrinking --- */

/* What is where before and after. */
typedef struct move {
  uint64_t size;       /* of the file, before */
  uint64_t final_size; /* and after */
  uint64_t old_data;   /* offset of the data, before */
  uint64_t new_data;   /* and after */
  uint64_t present;    /* bytes of the data unit that the file has and that stay */
  uint64_t old_next;   /* end of the HDU with padding, before */
  uint64_t new_next;   /* and after */
  uint64_t tail;       /* bytes behind old_next */
  bool complete;       /* no byte of the data is missing */
} move;

static rf_status plan_move(rf_file *file, const rf_hdu *hdu, uint64_t header_bytes, uint64_t data_bytes, move *plan,
                           rf_error *err) {
  uint64_t end = hdu->data_offset + hdu->data_bytes; /* within 63 bits since the scan */
  RF_TRY(rf_store_size(file->store, &plan->size, err));
  plan->old_data = hdu->data_offset;
  plan->new_data = hdu->header_offset + header_bytes;
  plan->present = plan->size > plan->old_data ? smaller(plan->size - plan->old_data, hdu->data_bytes) : 0;
  plan->complete = plan->present == hdu->data_bytes;
  if (!plan->complete && data_bytes != hdu->data_bytes)
    return rf_fail(err, RF_ERR_TRUNCATED, "the data unit is cut short: %llu of %llu bytes are missing; it cannot %s",
                   (unsigned long long)(hdu->data_bytes - plan->present), (unsigned long long)hdu->data_bytes,
                   data_bytes > hdu->data_bytes ? "grow" : "shrink");
  plan->present = smaller(plan->present, data_bytes);
  if (!rf_round_block(end, &plan->old_next) || !rf_add_u64(plan->new_data, data_bytes, &plan->new_next) ||
      !rf_round_block(plan->new_next, &plan->new_next))
    return rf_fail(err, RF_ERR_LIMIT, "the file would become longer than 63 bits can say");
  plan->tail = plan->size > plan->old_next ? plan->size - plan->old_next : 0;
  if (!rf_add_u64(plan->new_next, plan->tail, &end) || larger(end, plan->new_next) > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the file would become longer than 63 bits can say");
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

/* Makes the file longer and takes real disk blocks for what will be moved behind its old end. */
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

/* Data and what follows to their new places upwards, zeros where neither is. */
static rf_status move_up(rf_file *file, const rf_hdu *fresh, const move *plan, uint64_t old_data_bytes, rf_error *err) {
  uint64_t end = plan->new_data + fresh->data_bytes;
  if (plan->new_next > plan->old_next)
    RF_TRY(rf_store_move(file->store, plan->old_next, plan->new_next, plan->tail, err));
  RF_TRY(rf_store_move(file->store, plan->old_data, plan->new_data, plan->present, err));
  if (plan->new_next == plan->old_next && fresh->data_bytes == old_data_bytes)
    return RF_OK;
  /* What was there before is left over behind the data; beyond the old end of the file all is zero. */
  RF_TRY(rf_layout_fill(file, plan->new_data + plan->present,
                        smaller(plan->new_next, smaller(plan->size, plan->final_size)), 0, err));
  if (plan->complete && rf_hdu_padding(fresh) != 0)
    RF_TRY(rf_layout_fill(file, end, plan->new_next, rf_hdu_padding(fresh), err));
  return RF_OK;
}

/* The header is written while all that it describes is in its place and what follows is still in the old one: where
 * nothing follows, a program that dies here leaves a good file with trailing bytes. */
static rf_status move_down(rf_file *file, const rf_hdu *fresh, const move *plan, const char *bytes, size_t n,
                           rf_error *err) {
  RF_TRY(rf_store_move(file->store, plan->old_data, plan->new_data, plan->present, err));
  RF_TRY(rf_layout_fill(file, plan->new_data + plan->present, plan->new_next, rf_hdu_padding(fresh), err));
  RF_TRY(rf_store_write(file->store, fresh->header_offset, bytes, n, err));
  RF_TRY(rf_store_move(file->store, plan->old_next, plan->new_next, plan->tail, err));
  return rf_store_truncate(file->store, plan->final_size, err);
}

static rf_status carry_out(rf_file *file, const rf_hdu *fresh, const move *plan, uint64_t old_data_bytes,
                           const rf_rearrange *rearrange, const char *bytes, size_t n, rf_error *err) {
  bool grows = fresh->data_bytes > old_data_bytes;
  if (rearrange != NULL && !grows)
    RF_TRY(rearrange->run(rearrange->context, file->store, plan->old_data, err));
  if (plan->new_next < plan->old_next)
    return move_down(file, fresh, plan, bytes, n, err);
  RF_TRY(move_up(file, fresh, plan, old_data_bytes, err));
  if (rearrange != NULL && grows)
    RF_TRY(rearrange->run(rearrange->context, file->store, plan->new_data, err));
  return rf_store_write(file->store, fresh->header_offset, bytes, n, err);
}

/* true when the file has these very bytes already. */
static rf_status is_same(rf_file *file, const rf_hdu *hdu, const char *bytes, size_t n, bool *same, rf_error *err) {
  *same = false;
  if (n != hdu->header_bytes)
    return RF_OK;
  char *old = rf_alloc(n);
  if (old == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a header of %zu bytes", n);
  rf_status status = rf_store_read(file->store, hdu->header_offset, old, n, err);
  if (status == RF_OK)
    *same = memcmp(old, bytes, n) == 0;
  rf_free(old);
  return status;
}

/* The entry keeps its place in memory and gets new facts; those behind it move (down: `shift` wraps around). */
static void refresh_index(rf_file *file, size_t index, rf_hdu *fresh, uint64_t shift) {
  rf_hdu *hdu = file->hdus[index];
  fresh->settle = hdu->settle;
  fresh->unpublished = hdu->unpublished;
  fresh->has_cache_limit = hdu->has_cache_limit;
  fresh->cache_limit = hdu->cache_limit;
  fresh->zstate = hdu->zstate;
  hdu->zstate.holes = NULL; /* which are the new entry's now */
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

static rf_status resize(rf_file *file, const rf_hdu *hdu, const rf_header *header, rf_hdu *fresh,
                        const rf_rearrange *rearrange, uint64_t *shift, bool *written, rf_error *err) {
  move plan;
  char *bytes;
  size_t n = 0;
  bool same = false;
  RF_TRY(rf_layout_format_header(file, header, hdu->header_bytes, &bytes, &n, err));
  rf_status status = plan_move(file, hdu, n, fresh->data_bytes, &plan, err);
  if (status == RF_OK && fresh->data_bytes == hdu->data_bytes && rearrange == NULL)
    status = is_same(file, hdu, bytes, n, &same, err);
  if (status == RF_OK && !same) {
    fresh->header_offset = hdu->header_offset;
    fresh->header_bytes = n;
    fresh->data_offset = plan.new_data;
    *shift = plan.new_next - plan.old_next;
    status = reserve(file, &plan, err);
    if (status == RF_OK) {
      *written = true;
      status = carry_out(file, fresh, &plan, hdu->data_bytes, rearrange, bytes, n, err);
    }
  }
  rf_free(bytes);
  return status;
}

rf_status rf_file_rearrange_locked(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes,
                                   const rf_rearrange *rearrange, bool *written, rf_error *err) {
  rf_hdu *hdu, fresh;
  uint64_t shift = 0;
  bool begun = false;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  RF_TRY(rf_layout_parse_header(header, index == 0, &fresh, err));
  rf_status status = RF_OK;
  if (fresh.data_bytes != data_bytes)
    status = rf_fail(err, RF_ERR_ARGUMENT, "a header for %llu bytes of data, where %llu are wanted",
                     (unsigned long long)fresh.data_bytes, (unsigned long long)data_bytes);
  if (status == RF_OK)
    status = rf_header_copy(header, &fresh.header, err);
  if (status == RF_OK)
    rf_header_set_flags(fresh.header, file->options.flags);
  if (status == RF_OK && hdu->unpublished) {
    begun = true;
    status = rf_unpublished_rearrange(file, hdu, &fresh, rearrange, err);
  } else if (status == RF_OK) {
    status = resize(file, hdu, header, &fresh, rearrange, &shift, &begun, err);
  }
  if (begun)
    *written = true;
  if (status == RF_OK && begun)
    refresh_index(file, index, &fresh, shift);
  else
    rf_hdu_clear(&fresh);
  return status;
}

rf_status rf_file_resize_locked(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes,
                                bool *written, rf_error *err) {
  return rf_file_rearrange_locked(file, index, header, data_bytes, NULL, written, err);
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
