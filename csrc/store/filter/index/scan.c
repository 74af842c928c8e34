/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A mark takes a window of up to 32 KiB, except where a member begins. So a member that begins some way behind the last
 * mark always gets a mark. Blocks are better places than the middle of a block, and get there first. Members that say
 * their length are not even decoded.
 */
#include "store/filter/index/scan.h"

#include "store/filter/index/members.h"

/* A member gets a mark from this part of the distance of marks on. */
#define MEMBER_PART 16

/* Puts the cursor behind the known content. The scan left it there, unless it failed or went over members. */
static rf_status find_place(rf_scan *s, const rf_mark *last, uint64_t content, uint8_t *buffer, rf_error *err) {
  if (s->cursor == NULL)
    RF_TRY(rf_cursor_new(s->inner, NULL, NULL, &s->cursor, err));
  if (rf_cursor_get_content(s->cursor) == content)
    return RF_OK;
  RF_TRY(rf_cursor_seek(s->cursor, last, true, err));
  for (uint64_t at = last->content; at < content;) {
    size_t made, n = (size_t)(content - at < RF_CHUNK_BYTES ? content - at : RF_CHUNK_BYTES);
    RF_TRY(rf_cursor_read(s->cursor, buffer, n, false, &made, err));
    if (made == 0)
      return rf_fail(err, RF_ERR_TRUNCATED, "the compressed file was truncated while it was read");
    at += made;
  }
  return RF_OK;
}

static rf_status find_members(rf_scan *s, const rf_mark *last, uint64_t content, rf_scan_step *step, rf_error *err) {
  uint64_t end, found, max = s->limit - content < RF_CHUNK_BYTES ? s->limit - content : RF_CHUNK_BYTES;
  RF_TRY(rf_members_find(s->inner, last->packed, max, &end, &found, err));
  if (found == 0)
    return RF_OK;
  RF_TRY(rf_mark_new(&step->next, err));
  step->next->content = content + found;
  step->next->packed = step->next->member = end;
  step->members = found;
  return RF_OK;
}

/* Checks that the content ends at the limit. */
static rf_status expect_end(rf_scan *s, rf_error *err) {
  uint8_t beyond;
  size_t made;
  RF_TRY(rf_cursor_read(s->cursor, &beyond, 1, false, &made, err));
  if (made == 0)
    return RF_OK;
  return rf_fail(err, RF_ERR_LIMIT,
                 "the file decompresses to more than the limit of %llu bytes; if it can be trusted, raise the limit "
                 "(rf_limits.inflate_bytes, from Python max_inflate_bytes)",
                 (unsigned long long)s->limit);
}

static bool mark_is_due(const rf_scan *s, uint64_t since) {
  switch (rf_cursor_get_place(s->cursor)) {
  case RF_CURSOR_MEMBER:
    return since > 0 && since >= s->index_bytes / MEMBER_PART;
  case RF_CURSOR_BLOCK:
    return since > 0 && since >= s->index_bytes;
  default:
    return false;
  }
}

/* Makes a mark inside a long block: goes on byte by byte to the next code. */
static rf_status mark_code(rf_scan *s, size_t room, uint8_t *buffer, rf_scan_step *step, rf_error *err) {
  while (step->made < room && rf_cursor_get_place(s->cursor) == RF_CURSOR_DATA) {
    size_t got;
    if (rf_cursor_can_mark(s->cursor))
      return rf_cursor_mark(s->cursor, &step->next, err);
    rf_status status = rf_cursor_read(s->cursor, buffer + step->made, 1, true, &got, err);
    step->made += got;
    RF_TRY(status);
  }
  return RF_OK;
}

static rf_status decode_chunk(rf_scan *s, const rf_mark *last, uint64_t content, uint8_t *buffer, rf_scan_step *step,
                              rf_error *err) {
  size_t room = (size_t)(s->limit - content < RF_CHUNK_BYTES ? s->limit - content : RF_CHUNK_BYTES), full = room;
  uint64_t since = content - last->content;
  if (room == 0)
    RF_TRY(expect_end(s, err));
  if (since >= s->index_bytes && room > RF_CURSOR_STEP) /* the block is long: the chunk may end before it does */
    full = room - RF_CURSOR_STEP;
  while (step->made < room && rf_cursor_get_place(s->cursor) != RF_CURSOR_END) {
    size_t got, target = step->made < full ? full : room;
    rf_status status = rf_cursor_read(s->cursor, buffer + step->made, target - step->made, true, &got, err);
    step->made += got;
    RF_TRY(status);
    if (mark_is_due(s, since + step->made))
      return rf_cursor_mark(s->cursor, &step->next, err);
    if (step->made == full && full < room)
      RF_TRY(mark_code(s, room, buffer, step, err));
    if (step->next != NULL)
      return RF_OK;
  }
  step->complete = rf_cursor_get_place(s->cursor) == RF_CURSOR_END;
  step->stray = step->complete ? rf_cursor_get_stray(s->cursor) : 0;
  return RF_OK;
}

static bool ends_content(rf_status status) {
  return status == RF_ERR_CODEC || status == RF_ERR_TRUNCATED || status == RF_ERR_LIMIT;
}

rf_status rf_scan_next(rf_scan *s, const rf_mark *last, uint64_t content, uint8_t *buffer, rf_scan_step *step,
                       rf_error *err) {
  *step = (rf_scan_step){0};
  rf_status status = RF_OK;
  if (content == last->content && !last->inside && !s->plain)
    status = find_members(s, last, content, step, err);
  if (status == RF_OK && step->members == 0)
    status = find_place(s, last, content, buffer, err);
  if (status == RF_OK && step->members == 0)
    status = decode_chunk(s, last, content, buffer, step, err);
  if (status != RF_OK && !ends_content(status))
    *step = (rf_scan_step){0};
  return status;
}
