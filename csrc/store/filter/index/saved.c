/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/index/saved.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/memory.h"
#include "base/system/replace.h"

static const uint8_t magic[8] = {'R', 'F', 'I', 'N', 'D', 'E', 'X', 0};

#define VERSION 1
#define HEAD_BYTES 64
#define MARK_BYTES 40
#define SUM_BYTES 4

#define FLAG_COMPLETE 1
#define FLAG_BITS 7
#define FLAG_INSIDE 8
#define FLAG_MEMBERS 16

/* Longest packed window: noise, and what gzip adds. */
#define MAX_WINDOW_BYTES (RF_WINDOW_BYTES + 1024)

/* A bit of a deflate stream makes at most one match, and a match has at most this many bytes. */
#define MAX_MATCH 258

/* An index that is larger than this, and than so many compressed files, is not read. */
#define MAX_BASE_BYTES ((uint64_t)16 << 20)
#define MAX_TIMES 16

#define WRITE_BYTES ((size_t)256 << 10)

/* ---- reading ---- */

typedef struct input {
  const uint8_t *bytes;
  size_t left;
} input;

/* Returns the next n bytes, NULL if there are fewer. */
static const uint8_t *take(input *in, size_t n) {
  if (n > in->left)
    return NULL;
  const uint8_t *bytes = in->bytes;
  in->bytes += n;
  in->left -= n;
  return bytes;
}

static rf_status fail_damaged(rf_error *err) {
  return rf_fail(err, RF_ERR_CODEC, "the index is damaged");
}

/* Copies the window of a mark. */
static rf_status read_window(rf_mark *mark, input *in, size_t n, rf_error *err) {
  const uint8_t *bytes = take(in, n);
  if (bytes == NULL || n > MAX_WINDOW_BYTES || (n > 0 && !mark->inside))
    return fail_damaged(err);
  if (n == 0)
    return RF_OK;
  mark->window = rf_alloc(n);
  if (mark->window == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the index of a file");
  memcpy(mark->window, bytes, n);
  mark->window_bytes = n;
  return RF_OK;
}

/* Reads the sums of `content` bytes. */
static rf_status read_sums(rf_mark *mark, uint64_t content, input *in, rf_error *err) {
  if (mark->members)
    return content > 0 && content <= RF_CHUNK_BYTES ? RF_OK : fail_damaged(err);
  uint64_t count = content / RF_CHUNK_BYTES + (content % RF_CHUNK_BYTES != 0);
  if (count > in->left / SUM_BYTES)
    return fail_damaged(err);
  for (uint64_t i = 0; i < count; i++)
    RF_TRY(rf_mark_add_sum(mark, rf_get_le32(take(in, SUM_BYTES)), err));
  return RF_OK;
}

/* Copies the prefix of a mark. */
static rf_status read_prefix(rf_mark *mark, input *in, unsigned bits, rf_error *err) {
  size_t n = (bits + 7) / 8;
  const uint8_t *bytes = take(in, n);
  if (bytes == NULL || n > RF_PREFIX_BYTES || (n > 0 && !mark->inside))
    return fail_damaged(err);
  return rf_mark_set_prefix(mark, bytes, bits, err);
}

static uint64_t bit_position(const rf_mark *mark) {
  return mark->packed * 8 - mark->bits;
}

static bool mark_is_plausible(const rf_mark *mark, const rf_mark *before, uint32_t flags) {
  if ((flags & ~(uint32_t)(FLAG_BITS | FLAG_INSIDE | FLAG_MEMBERS)) != 0 || mark->member > mark->packed ||
      mark->packed > UINT64_MAX / 16)
    return false;
  if (mark->inside ? mark->members || mark->packed == 0 : mark->bits != 0)
    return false;
  if (before == NULL)
    return mark->packed == 0;
  return mark->content > before->content && bit_position(mark) > bit_position(before) &&
         (mark->content - before->content) / MAX_MATCH <= bit_position(mark) - bit_position(before);
}

/* Reads a mark. *content is where it begins, and moves to its end. */
static rf_status read_mark(rf_mark *mark, input *in, const rf_mark *before, uint64_t *content, rf_error *err) {
  const uint8_t *record = take(in, MARK_BYTES);
  if (record == NULL)
    return fail_damaged(err);
  uint32_t flags = rf_get_le32(record + 36) & 0xffff, prefix_bits = rf_get_le32(record + 36) >> 16;
  uint64_t length = rf_get_le64(record);
  mark->content = *content;
  mark->packed = rf_get_le64(record + 8);
  mark->member = rf_get_le64(record + 16);
  mark->crc = rf_get_le32(record + 24);
  mark->length = rf_get_le32(record + 28);
  mark->bits = flags & FLAG_BITS;
  mark->inside = (flags & FLAG_INSIDE) != 0;
  mark->members = (flags & FLAG_MEMBERS) != 0;
  if (!mark_is_plausible(mark, before, flags) || !rf_add_u64(*content, length, content))
    return fail_damaged(err);
  RF_TRY(read_window(mark, in, rf_get_le32(record + 32), err));
  RF_TRY(read_prefix(mark, in, prefix_bits, err));
  return read_sums(mark, length, in, err);
}

static rf_status read_marks(input *in, uint64_t count, rf_marks *marks, rf_error *err) {
  const rf_mark *before = NULL;
  if (count == 0 || count > in->left / MARK_BYTES)
    return fail_damaged(err);
  for (uint64_t i = 0; i < count; i++) {
    rf_mark *mark;
    RF_TRY(rf_mark_new(&mark, err));
    rf_status status = read_mark(mark, in, before, &marks->content, err);
    if (status == RF_OK)
      status = rf_marks_add(marks, mark, err);
    if (status != RF_OK) {
      rf_mark_free(mark);
      return status;
    }
    before = mark;
  }
  return RF_OK;
}

static bool is_of_source(const uint8_t *head, const rf_saved_source *source) {
  return memcmp(head, magic, sizeof magic) == 0 && rf_get_le32(head + 8) == VERSION &&
         rf_get_le32(head + 12) == RF_CHUNK_BYTES && rf_get_le64(head + 16) == source->bytes &&
         rf_get_le64(head + 24) == (uint64_t)source->modified && rf_get_le32(head + 32) == source->validator;
}

/* Checks what the marks cover. The last one has nothing behind it unless all is known. */
static bool marks_are_plausible(const rf_marks *marks, const uint8_t *head, const rf_saved_source *source,
                                uint64_t limit) {
  const rf_mark *last = marks->list[marks->count - 1];
  uint64_t behind = marks->content - last->content;
  if (marks->content != rf_get_le64(head + 40) || marks->content > limit || last->packed > source->bytes ||
      marks->stray > source->bytes || last->members)
    return false;
  return marks->complete ? behind / MAX_MATCH / 8 <= source->bytes - last->packed + 1 : behind == 0;
}

rf_status rf_saved_parse(const uint8_t *bytes, size_t n, const rf_saved_source *source, uint64_t limit, rf_marks *marks,
                         rf_error *err) {
  *marks = (rf_marks){0};
  if (n < HEAD_BYTES + SUM_BYTES || !is_of_source(bytes, source))
    return rf_fail(err, RF_ERR_CODEC, "the index is of another version or of another file");
  if (rf_crc32c(bytes, n - SUM_BYTES, 0) != rf_get_le32(bytes + n - SUM_BYTES))
    return fail_damaged(err);
  uint32_t flags = rf_get_le32(bytes + 36);
  input in = {bytes + HEAD_BYTES, n - HEAD_BYTES - SUM_BYTES};
  rf_status status = read_marks(&in, rf_get_le64(bytes + 56), marks, err);
  marks->complete = (flags & FLAG_COMPLETE) != 0;
  marks->stray = rf_get_le64(bytes + 48);
  if (status == RF_OK &&
      ((flags & ~(uint32_t)FLAG_COMPLETE) != 0 || in.left > 0 || !marks_are_plausible(marks, bytes, source, limit)))
    status = fail_damaged(err);
  if (status != RF_OK)
    rf_marks_free(marks);
  return status;
}

/* Reads the whole file. *bytes is NULL if it is too large to be an index of the source. */
static rf_status read_file(rf_fd fd, const rf_saved_source *source, uint8_t **bytes, size_t *n, rf_error *err) {
  uint8_t first[sizeof magic];
  uint64_t size;
  size_t got;
  *bytes = NULL;
  *n = 0;
  RF_TRY(rf_fd_size(fd, &size, err));
  RF_TRY(rf_fd_read(fd, 0, first, sizeof first, &got, err));
  if (size > 0 && (got < sizeof first || memcmp(first, magic, sizeof magic) != 0))
    return rf_fail(err, RF_ERR_EXISTS, "the file exists and is not an index, so it is not replaced");
  if (size / MAX_TIMES > source->bytes + MAX_BASE_BYTES || !rf_to_size(size, n))
    return RF_OK;
  *bytes = rf_alloc(*n);
  if (*bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for the index of a file", *n);
  return rf_fd_read(fd, 0, *bytes, *n, n, err);
}

rf_status rf_saved_load(const char *path, const rf_saved_source *source, uint64_t limit, rf_marks *marks,
                        rf_error *err) {
  rf_fd fd;
  rf_error own;
  uint8_t *bytes = NULL;
  size_t n = 0;
  *marks = (rf_marks){0};
  rf_error_clear(&own);
  rf_status status = rf_fd_open(path, RF_MODE_READ, &fd, &own);
  if (status == RF_ERR_NO_FILE)
    return RF_OK;
  if (status == RF_OK) {
    status = read_file(fd, source, &bytes, &n, &own);
    (void)rf_fd_close(fd, NULL);
  }
  if (status == RF_OK && bytes != NULL) {
    status = rf_saved_parse(bytes, n, source, limit, marks, NULL);
    if (status != RF_ERR_MEMORY)
      status = RF_OK; /* not usable: the index is built again */
    else
      (void)rf_fail(&own, status, "cannot allocate memory for the index of a file");
  }
  rf_free(bytes);
  return status == RF_OK ? RF_OK : rf_fail(err, status, "index '%s': %s", path, own.message);
}

/* ---- writing ---- */

typedef struct output {
  rf_fd fd;
  uint8_t *buffer;
  size_t used;
  uint64_t offset;
  uint32_t crc;
} output;

static rf_status flush(output *out, rf_error *err) {
  RF_TRY(rf_fd_write(out->fd, out->offset, out->buffer, out->used, err));
  out->offset += out->used;
  out->used = 0;
  return RF_OK;
}

static rf_status put(output *out, const void *bytes, size_t n, rf_error *err) {
  if (n > WRITE_BYTES - out->used)
    RF_TRY(flush(out, err));
  memcpy(out->buffer + out->used, bytes, n); /* n is at most MAX_WINDOW_BYTES */
  out->used += n;
  out->crc = rf_crc32c(bytes, n, out->crc);
  return RF_OK;
}

static rf_status put_mark(output *out, const rf_mark *mark, uint64_t content, rf_error *err) {
  uint8_t record[MARK_BYTES], sum[SUM_BYTES];
  uint32_t flags = mark->bits | (mark->inside ? FLAG_INSIDE : 0u) | (mark->members ? FLAG_MEMBERS : 0u);
  rf_put_le64(record, content);
  rf_put_le64(record + 8, mark->packed);
  rf_put_le64(record + 16, mark->member);
  rf_put_le32(record + 24, mark->crc);
  rf_put_le32(record + 28, mark->length);
  rf_put_le32(record + 32, (uint32_t)mark->window_bytes);
  rf_put_le32(record + 36, flags | mark->prefix_bits << 16);
  RF_TRY(put(out, record, sizeof record, err));
  if (mark->window_bytes > 0)
    RF_TRY(put(out, mark->window, mark->window_bytes, err));
  if (mark->prefix_bits > 0)
    RF_TRY(put(out, mark->prefix, (mark->prefix_bits + 7) / 8, err));
  for (size_t i = 0; content > 0 && i < mark->sum_count; i++) {
    rf_put_le32(sum, mark->sums[i]);
    RF_TRY(put(out, sum, sizeof sum, err));
  }
  return RF_OK;
}

static rf_status put_all(output *out, const rf_saved_source *source, const rf_marks *marks, rf_error *err) {
  uint8_t head[HEAD_BYTES] = {0}, crc[SUM_BYTES];
  uint64_t end = marks->complete ? marks->content : marks->list[marks->count - 1]->content;
  memcpy(head, magic, sizeof magic);
  rf_put_le32(head + 8, VERSION);
  rf_put_le32(head + 12, (uint32_t)RF_CHUNK_BYTES);
  rf_put_le64(head + 16, source->bytes);
  rf_put_le64(head + 24, (uint64_t)source->modified);
  rf_put_le32(head + 32, source->validator);
  rf_put_le32(head + 36, marks->complete ? FLAG_COMPLETE : 0);
  rf_put_le64(head + 40, end);
  rf_put_le64(head + 48, marks->complete ? marks->stray : 0);
  rf_put_le64(head + 56, marks->count);
  RF_TRY(put(out, head, sizeof head, err));
  for (size_t i = 0; i < marks->count; i++) {
    uint64_t next = i + 1 < marks->count ? marks->list[i + 1]->content : end;
    RF_TRY(put_mark(out, marks->list[i], next - marks->list[i]->content, err));
  }
  rf_put_le32(crc, out->crc);
  RF_TRY(put(out, crc, sizeof crc, err));
  return flush(out, err);
}

static rf_status begin_replacing(const char *path, rf_replacement **replacement, rf_error *err) {
  char *real;
  RF_TRY(rf_path_resolve(path, &real, err));
  rf_status status = rf_replace_open(real, replacement, NULL, err);
  rf_free(real);
  if (status == RF_OK && *replacement == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "an index cannot be written to a device");
  return status;
}

rf_status rf_saved_store(const char *path, const rf_saved_source *source, const rf_marks *marks, rf_error *err) {
  rf_replacement *replacement = NULL;
  output out = {.buffer = rf_alloc(WRITE_BYTES)};
  if (out.buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the index of a file");
  rf_status status = begin_replacing(path, &replacement, err);
  if (status == RF_OK) {
    out.fd = rf_replace_fd(replacement);
    status = put_all(&out, source, marks, err);
    if (status != RF_OK)
      rf_replace_abort(replacement);
  }
  rf_free(out.buffer);
  if (status != RF_OK)
    return status;
  rf_fd fd;
  const rf_replace_how how = {0};
  RF_TRY(rf_replace_commit(replacement, &how, &fd, err));
  return rf_fd_close(fd, err);
}

rf_status rf_saved_try(const char *path, rf_error *err) {
  rf_replacement *replacement = NULL;
  RF_TRY(begin_replacing(path, &replacement, err));
  rf_replace_abort(replacement);
  return RF_OK;
}
