/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows that get longer or shorter in place because a column is inserted, deleted or gets wider descriptors, or because
 * an inner axis of an image grows.
 */
#include "file/rewrite.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/trailer/edit.h"

/* Bytes that are read, changed and written at a time. */
#define PIECE ((size_t)1 << 20)

typedef struct rewriter {
  const rf_row_part *parts;
  size_t count;
  uint64_t old_bytes;
  uint64_t new_bytes;
  int blank;
  uint8_t *old_rows;
  uint8_t *new_rows;
} rewriter;

static void rewrite_row(const rewriter *r, const uint8_t *src, uint8_t *dst) {
  for (size_t i = 0; i < r->count; i++) {
    const rf_row_part *part = &r->parts[i];
    uint8_t *to = dst + (size_t)part->to;
    if (part->mode == RF_ROW_BLANK) {
      memset(to, r->blank, (size_t)part->bytes);
    } else if (part->mode == RF_ROW_COPY) {
      memcpy(to, src + (size_t)part->from, (size_t)part->bytes);
    } else {
      /* Both numbers count as unsigned (FITS 7.3.5 leaves a P column no way beyond 31 bits). */
      rf_put_be64(to, rf_get_be32(src + (size_t)part->from));
      rf_put_be64(to + 8, rf_get_be32(src + (size_t)part->from + 4));
    }
  }
}

static rf_status rewrite_piece(const rewriter *r, rf_store *store, uint64_t data, uint64_t first, size_t rows,
                               rf_error *err) {
  RF_TRY(rf_store_read(store, data + first * r->old_bytes, r->old_rows, rows * (size_t)r->old_bytes, err));
  for (size_t i = 0; i < rows; i++)
    rewrite_row(r, r->old_rows + i * (size_t)r->old_bytes, r->new_rows + i * (size_t)r->new_bytes);
  return rf_store_write(store, data + first * r->new_bytes, r->new_rows, rows * (size_t)r->new_bytes, err);
}

/* An edit that is recorded makes the rows when they are wanted. */
static rf_status record_rows(rf_edit *edit, uint64_t data, uint64_t nrows, uint64_t old_bytes, uint64_t new_bytes,
                             const rf_row_part *parts, size_t count, int blank, bool *done, rf_error *err) {
  size_t kept = 0;
  rf_laid_part *laid = rf_alloc_zero(count + 1, sizeof *laid);
  if (laid == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu parts of a row", count);
  for (size_t i = 0; i < count; i++)
    if (parts[i].mode != RF_ROW_BLANK)
      laid[kept++] = (rf_laid_part){parts[i].mode == RF_ROW_COPY ? RF_LAID_COPY : RF_LAID_WIDEN, parts[i].from,
                                    parts[i].to, parts[i].bytes};
  rf_status status = rf_edit_rows(edit, data, nrows, old_bytes, new_bytes, laid, kept, blank, done, err);
  rf_free(laid);
  return status;
}

rf_status rf_rows_rewrite(rf_store *store, uint64_t data, uint64_t nrows, uint64_t old_bytes, uint64_t new_bytes,
                          const rf_row_part *parts, size_t count, int blank, rf_error *err) {
  uint64_t longer = old_bytes > new_bytes ? old_bytes : new_bytes;
  uint64_t most = longer < PIECE ? PIECE / (longer + 1) + 1 : 1;
  size_t old_room, new_room;
  if (nrows == 0 || longer == 0)
    return RF_OK;
  if (rf_edit_of(store) != NULL) {
    bool done;
    RF_TRY(record_rows(rf_edit_of(store), data, nrows, old_bytes, new_bytes, parts, count, blank, &done, err));
    if (done)
      return RF_OK;
  }
  if (most > nrows)
    most = nrows;
  if (!rf_to_size(most * old_bytes, &old_room) || !rf_to_size(most * new_bytes, &new_room))
    return rf_fail(err, RF_ERR_MEMORY, "rows of %" PRIu64 " bytes do not fit memory", longer);
  rewriter r = {parts, count, old_bytes, new_bytes, blank, rf_alloc(old_room), rf_alloc(new_room)};
  rf_status status = RF_OK;
  if (r.old_rows == NULL || r.new_rows == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate rows of %" PRIu64 " bytes", longer);
  for (uint64_t done = 0; done < nrows && status == RF_OK;) {
    uint64_t n = nrows - done < most ? nrows - done : most;
    uint64_t first = new_bytes > old_bytes ? nrows - done - n : done;
    status = rewrite_piece(&r, store, data, first, (size_t)n, err);
    done += n;
  }
  rf_free(r.old_rows);
  rf_free(r.new_rows);
  return status;
}
