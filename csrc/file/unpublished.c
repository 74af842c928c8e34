/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Changing, publishing and removing unpublished HDUs.
 *
 * The file has the data that were written, and zeros in the place of the header, which is in memory. Publishing writes
 * the header last, so that the file has the whole HDU or no HDU.
 */
#include <string.h>

#include "base/memory.h"
#include "file/layout.h"
#include "file/access.h"
#include "header/header.h"
#include "file/unpublished.h"
#include "store/open.h"

#define KEYWORD_BYTES 8
/* Below this size, reserving costs more than it saves. */
#define LEAST_RESERVE ((uint64_t)1 << 20)
/* A longer data unit does not stay in memory: copying it costs more than a system call. */
#define MAX_HELD ((uint64_t)64 << 10)

static uint64_t smaller(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

/* ---- beginning ---- */

static rf_status reserve(rf_file *file, const rf_hdu *hdu, uint64_t bytes, rf_error *err) {
  return bytes < LEAST_RESERVE ? RF_OK : rf_store_reserve(file->store, hdu->data_offset + hdu->data_bytes, err);
}

rf_status rf_unpublished_fill(rf_file *file, const rf_hdu *hdu, rf_error *err) {
  uint64_t size, end = hdu->data_offset + hdu->data_bytes;
  if (hdu->data_bytes == 0)
    return RF_OK;
  RF_TRY(rf_store_size(file->store, &size, err));
  return size < end ? rf_store_truncate(file->store, end, err) : RF_OK;
}

/* Rows of tiles are read before all of them are written. */
rf_status rf_unpublished_fill_tiles(rf_file *file, const rf_hdu *hdu, rf_error *err) {
  return (hdu->ops->flags & RF_KIND_FILLED) != 0 ? rf_unpublished_fill(file, hdu, err) : RF_OK;
}

rf_status rf_file_append_reserve_locked(rf_file *file, rf_error *err) {
  const rf_hdu *hdu = file->hdus[file->hdu_count - 1];
  return reserve(file, hdu, hdu->data_bytes, err);
}

/* ---- holding ---- */

static void drop_held(rf_file *file) {
  rf_free(file->making_data);
  file->making_data = NULL;
}

bool rf_unpublished_can_hold(const rf_file *file, const rf_hdu *hdu) {
  return hdu->unpublished && file->making > 0 && hdu == file->hdus[file->hdu_count - 1] && hdu->data_bytes > 0 &&
         hdu->data_bytes <= MAX_HELD && hdu->header_bytes <= MAX_HELD && file->making_data == NULL;
}

bool rf_unpublished_holds(const rf_file *file) {
  return file->making_data != NULL && file->making > 0 && file->maker == rf_thread_mark();
}

rf_status rf_unpublished_flush(rf_file *file, rf_error *err) {
  if (!rf_unpublished_holds(file))
    return RF_OK;
  const rf_hdu *hdu = file->hdus[file->hdu_count - 1];
  rf_status status = rf_store_write(file->store, hdu->data_offset, file->making_data, (size_t)hdu->data_bytes, err);
  drop_held(file);
  if (status != RF_OK)
    rf_file_append_abort_locked(file);
  return status;
}

/* ---- waiting ---- */

/* Forgets the unpublished HDUs and wakes waiting threads. */
static void end_making(rf_file *file) {
  file->making = 0;
  file->maker = NULL;
  rf_free(file->making_header);
  file->making_header = NULL;
  drop_held(file);
  rf_shared_tell_made(file->shared);
}

rf_status rf_file_begin_append(rf_file *file, rf_error *err) {
  for (;;) {
    RF_TRY(rf_file_begin_write(file, err));
    if (file->making == 0)
      return RF_OK;
    if (file->maker == rf_thread_mark()) {
      size_t index = file->hdu_count - 1;
      rf_file_end_write(file, RF_OK, false);
      return rf_fail(err, RF_ERR_ARGUMENT,
                     "HDU %zu is not published: publish or discard it before you begin another one", index);
    }
    file->write_error = NULL;
    file->changing = 0;
    rf_shared_wait_for_made(file->shared);
  }
}

rf_status rf_file_end_append(rf_file *file, rf_status status, bool publish, rf_error *err) {
  if (status != RF_OK)
    rf_file_append_abort_locked(file);
  else if (publish)
    status = rf_file_append_commit_locked(file, err);
  rf_file_end_write(file, status, false);
  return status;
}

/* ---- removing ---- */

void rf_file_append_forget_locked(rf_file *file) {
  if (file->making > 0)
    end_making(file);
}

void rf_file_append_abort_locked(rf_file *file) {
  if (file->making == 0)
    return;
  uint64_t begin = file->hdus[file->hdu_count - file->making]->header_offset;
  if (rf_store_truncate(file->store, begin - file->making_missing, NULL) != RF_OK)
    rf_file_taint(file, "appending failed and cannot be undone");
  for (; file->making > 0; file->making--) {
    rf_hdu *hdu = file->hdus[--file->hdu_count];
    rf_hdu_clear(hdu);
    rf_free(hdu);
  }
  file->scan_offset = begin;
  rf_layout_count_edit(file);
  end_making(file);
}

/* ---- publishing ---- */

void rf_file_append_header_bytes_locked(rf_file *file, char *bytes) {
  rf_free(file->making_header);
  file->making_header = bytes;
}

/* Completes the data unit and its padding. Data that were not written become 0. */
static rf_status finish_data(rf_file *file, const rf_hdu *hdu, rf_error *err) {
  uint64_t size, end = hdu->data_offset + hdu->data_bytes, next = end;
  RF_TRY(rf_store_size(file->store, &size, err));
  if (!rf_block_ceil(end, &next))
    return rf_fail(err, RF_ERR_LIMIT, "the size of the file is beyond 63 bits");
  int padding = hdu->ops->fill;
  if (padding != 0 || size > end)
    RF_TRY(rf_layout_fill(file, end, padding != 0 ? next : smaller(size, next), padding, err));
  return size == next ? RF_OK : rf_store_truncate(file->store, next, err);
}

/* Writes the header, the keyword XTENSION (SIMPLE) last. Its 8 bytes lie in one page, and a part of them is not a
 * keyword: the file has the HDU with its whole header, or no HDU. */
static rf_status write_header(rf_file *file, uint64_t offset, const char *bytes, size_t n, rf_error *err) {
  RF_TRY(rf_store_write(file->store, offset + KEYWORD_BYTES, bytes + KEYWORD_BYTES, n - KEYWORD_BYTES, err));
  return rf_store_write(file->store, offset, bytes, KEYWORD_BYTES, err);
}

/* Writes header, data and padding of the last HDU at once. */
static rf_status publish_held(rf_file *file, const rf_hdu *hdu, rf_error *err) {
  size_t header = (size_t)hdu->header_bytes, data = (size_t)hdu->data_bytes; /* both at most MAX_HELD */
  size_t n = header + (data + RF_BLOCK_BYTES - 1) / RF_BLOCK_BYTES * RF_BLOCK_BYTES;
  uint64_t size, next = hdu->header_offset + n;
  RF_TRY(rf_store_size(file->store, &size, err));
  char *bytes = rf_alloc(n);
  if (bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for an HDU", n);
  if (file->making_header != NULL)
    memcpy(bytes, file->making_header, header);
  else
    rf_header_format(hdu->header, bytes, header);
  memcpy(bytes + header, file->making_data, data);
  memset(bytes + header + data, hdu->ops->fill, n - header - data);
  rf_status status = size > next ? rf_store_truncate(file->store, next, err) : RF_OK;
  if (status == RF_OK)
    status = write_header(file, hdu->header_offset, bytes, n, err);
  rf_free(bytes);
  return status;
}

static rf_status publish_entry(rf_file *file, const rf_hdu *hdu, const char *bytes, rf_error *err) {
  char *made = NULL;
  size_t n = (size_t)hdu->header_bytes; /* at most rf_limits.header_bytes, in memory */
  if (bytes == NULL) {
    RF_TRY(rf_layout_format_header(file, hdu->header, hdu->header_bytes, &made, &n, err));
    bytes = made;
  }
  rf_status status = write_header(file, hdu->header_offset, bytes, n, err);
  rf_free(made);
  return status;
}

rf_status rf_file_append_commit_locked(rf_file *file, rf_error *err) {
  if (file->making == 0)
    return RF_OK;
  size_t count = file->hdu_count, first = count - file->making;
  bool held = file->making_data != NULL;
  const rf_hdu *last = file->hdus[count - 1]; /* an earlier one has no data */
  rf_status status = held ? publish_held(file, last, err) : finish_data(file, last, err);
  for (size_t i = held ? count - 1 : count; i-- > first && status == RF_OK;)
    status = publish_entry(file, file->hdus[i], i == count - 1 ? file->making_header : NULL, err);
  if (status != RF_OK) {
    rf_file_append_abort_locked(file);
    return status;
  }
  for (size_t i = first; i < count; i++)
    file->hdus[i]->unpublished = false;
  rf_layout_count_edit(file);
  end_making(file);
  return RF_OK;
}

/* ---- changing ---- */

/* Computes the places of header and data. */
static rf_status plan_change(const rf_file *file, const rf_hdu *hdu, rf_hdu *fresh, uint64_t *end, rf_error *err) {
  uint64_t bytes = rf_header_get_file_bytes(fresh->header, 0);
  fresh->header_offset = hdu->header_offset;
  fresh->header_bytes = bytes > hdu->header_bytes ? bytes : hdu->header_bytes;
  RF_TRY(rf_layout_check_header(file, fresh->header_bytes, err));
  fresh->data_offset = fresh->header_offset + fresh->header_bytes;
  if (!rf_add_u64(fresh->data_offset, fresh->data_bytes, end) || !rf_block_ceil(*end, end) || *end > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the size of the file is beyond 63 bits");
  return RF_OK;
}

/* Does a data unit that `rearrange` makes as a whole stay in memory until the HDU is published? */
static bool can_hold_new(const rf_file *file, const rf_hdu *hdu, const rf_hdu *fresh, const rf_rearrange *rearrange) {
  return rearrange != NULL && rearrange->whole && hdu->data_bytes == 0 && fresh->data_bytes > 0 &&
         fresh->data_bytes <= MAX_HELD && fresh->header_bytes <= MAX_HELD && file->making_data == NULL;
}

/* Makes the data unit in memory: one write at the end takes the place of one for each column. */
static rf_status hold_new(rf_file *file, const rf_hdu *fresh, const rf_rearrange *rearrange, rf_error *err) {
  size_t n = (size_t)fresh->data_bytes; /* at most MAX_HELD */
  rf_store *memory = NULL;
  uint8_t *data = rf_alloc_zero(1, n);
  if (data == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for data", n);
  rf_status status = rf_store_open_bytes(data, n, &file->options, &memory, err);
  if (status == RF_OK) {
    status = rearrange->run(rearrange->context, memory, 0, err);
    if (status == RF_OK)
      status = rf_store_read(memory, 0, data, n, err);
    (void)rf_store_close(memory, NULL);
  }
  if (status == RF_OK)
    file->making_data = data;
  else
    rf_free(data);
  return status;
}

/* Runs `rearrange`, which reads the data: the file must have all of them. */
static rf_status run_rearrange(rf_file *file, const rf_hdu *hdu, const rf_hdu *fresh, const rf_rearrange *rearrange,
                               rf_error *err) {
  uint64_t size, end = fresh->data_offset + hdu->data_bytes;
  RF_TRY(rf_store_size(file->store, &size, err));
  if (size < end && hdu->data_bytes > 0)
    RF_TRY(rf_store_truncate(file->store, end, err));
  return rearrange->run(rearrange->context, file->store, fresh->data_offset, err);
}

rf_status rf_unpublished_rearrange(rf_file *file, const rf_hdu *hdu, rf_hdu *fresh, const rf_rearrange *rearrange,
                                   rf_error *err) {
  uint64_t size, end = 0;
  if (hdu != file->hdus[file->hdu_count - 1])
    return rf_fail(err, RF_ERR_UNSUPPORTED, "an HDU after this one is not published: publish it first");
  RF_TRY(plan_change(file, hdu, fresh, &end, err));
  rf_file_append_header_bytes_locked(file, NULL);
  if (can_hold_new(file, hdu, fresh, rearrange)) {
    RF_TRY(hold_new(file, fresh, rearrange, err));
    file->scan_offset = end;
    return RF_OK;
  }
  RF_TRY(rf_store_size(file->store, &size, err));
  if (fresh->data_offset > hdu->data_offset && size > hdu->data_offset)
    RF_TRY(rf_store_move(file->store, hdu->data_offset, fresh->data_offset, size - hdu->data_offset, err));
  if (fresh->data_bytes > hdu->data_bytes)
    RF_TRY(reserve(file, fresh, fresh->data_bytes - hdu->data_bytes, err));
  if (rearrange != NULL)
    RF_TRY(run_rearrange(file, hdu, fresh, rearrange, err));
  RF_TRY(rf_store_size(file->store, &size, err));
  if (size > fresh->data_offset + fresh->data_bytes) /* removed data must not reappear when the data grow */
    RF_TRY(rf_store_truncate(file->store, fresh->data_offset + fresh->data_bytes, err));
  RF_TRY(rf_unpublished_fill_tiles(file, fresh, err));
  file->scan_offset = end;
  return RF_OK;
}

/* ---- the calls ---- */

static rf_status find_making(const rf_file *file, size_t index, rf_error *err) {
  if (file->making > 0 && index + 1 == file->hdu_count && file->maker == rf_thread_mark())
    return RF_OK;
  return rf_fail(err, RF_ERR_ARGUMENT, "this thread has not begun HDU %zu", index);
}

/* Flushes pending work of the HDU, then publishes it. */
static rf_status publish_locked(rf_file *file, size_t index, rf_error *err) {
  bool written = false;
  rf_hdu *hdu = file->hdus[index];
  rf_status status = hdu->pending ? hdu->ops->flush(file, hdu, &written, err) : RF_OK;
  if (status == RF_OK)
    return rf_file_append_commit_locked(file, err);
  rf_file_append_abort_locked(file);
  return status;
}

rf_status rf_hdu_publish(rf_file *file, size_t index, rf_error *err) {
  rf_error_clear(err);
  rf_status status = rf_file_begin_publish(file, err);
  if (status == RF_OK) {
    status = find_making(file, index, err);
    if (status == RF_OK)
      status = publish_locked(file, index, err);
    rf_file_end_write(file, status, false);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, index <= INT32_MAX ? (int)index : -1);
}

rf_status rf_hdu_discard(rf_file *file, size_t index, rf_error *err) {
  rf_error_clear(err);
  rf_status status = rf_file_begin_publish(file, err);
  if (status == RF_OK) {
    if (find_making(file, index, NULL) == RF_OK)
      rf_file_append_abort_locked(file);
    rf_file_end_write(file, RF_OK, false);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, index <= INT32_MAX ? (int)index : -1);
}
