/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/multipart.h"

#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "store/http/response.h"

#define BOUNDARY_BYTES 70 /* RFC 2046 5.1.1 */
#define LINE_BYTES 1024
#define HEADER_LINES 32
/* The limit of bytes of text in a row: before the first part, between parts, after the last. */
#define IDLE_BYTES ((uint64_t)64 << 10)

typedef enum { BETWEEN, HEADERS, DATA, AFTER } multipart_state;

struct rf_multipart {
  const rf_range *ranges;
  size_t first; /* index of ranges[0] in the request */
  size_t count;
  size_t left; /* ranges that have not arrived */
  bool single; /* the body is one part, without text around it */
  multipart_state state;
  char delimiter[2 + BOUNDARY_BYTES + 1];
  char line[LINE_BYTES];
  size_t line_length;
  unsigned lines; /* of the header of this part */
  uint64_t idle;  /* bytes since there was a part */
  bool any;       /* there was a part */
  rf_http_response part;
  uint64_t at;  /* of the next byte of this part */
  uint64_t end; /* after its last byte */
  size_t next;  /* the next range in this part */
  bool begun;   /* the receiver was told of it */
  bool had[];   /* ranges that have arrived, or begun to */
};

static rf_status useless(rf_error *err, const char *why) {
  return rf_fail(err, RF_ERR_UNSUPPORTED, "useless response to a request for several ranges: %s", why);
}

/* ---- opening ---- */

static const char *skip_blanks(const char *at) {
  return at + strspn(at, " \t");
}

/* Takes `text` from the beginning of *at, without regard to case. */
static bool take_text(const char **at, const char *text) {
  size_t n = strlen(text);
  if (strlen(*at) < n || !rf_is_name(*at, n, text))
    return false;
  *at += n;
  return true;
}

/* Takes the value of a parameter, a token or a quoted string, to `value` (NULL: drops it). Returns false if it does not
 * fit or has no end. */
static bool take_value(const char **at, char *value, size_t capacity) {
  bool quoted = **at == '"';
  size_t n = 0;
  for (*at += quoted; **at != '\0' && (quoted ? **at != '"' : strchr("; \t", **at) == NULL); ++*at) {
    if (quoted && **at == '\\' && *++*at == '\0')
      return false;
    if (value == NULL)
      continue;
    if (n + 1 >= capacity)
      return false;
    value[n++] = **at;
  }
  if (value != NULL)
    value[n] = '\0';
  if (!quoted)
    return true;
  bool closed = **at == '"';
  *at += closed;
  return closed;
}

/* "multipart/byteranges; boundary=..." (RFC 2046 5.1.1); some servers still say x-byteranges. */
static bool read_boundary(const char *content_type, char *boundary, size_t capacity) {
  const char *at = skip_blanks(content_type);
  boundary[0] = '\0';
  if (!take_text(&at, "multipart/byteranges") && !take_text(&at, "multipart/x-byteranges"))
    return false;
  for (at = skip_blanks(at); *at == ';'; at = skip_blanks(at)) {
    at = skip_blanks(at + 1);
    bool wanted = take_text(&at, "boundary=");
    if (!wanted)
      at += strcspn(at, "=;");
    if (!wanted && *at == '=')
      at++;
    if (!take_value(&at, wanted ? boundary : NULL, capacity))
      return false;
    if (wanted)
      return boundary[0] != '\0';
  }
  return false;
}

/* Begins the bytes from .. to, both included. They must hold whole ranges of the request that have not arrived, and
 * may hold bytes between them: so all parts together are no longer than the extent of the request. */
static rf_status begin_extent(rf_multipart *m, int64_t from, int64_t to, rf_error *err) {
  if (from < 0 || to < from)
    return useless(err, "a part does not say which bytes it has (Content-Range)");
  size_t i = 0;
  while (i < m->count && m->ranges[i].offset != (uint64_t)from)
    i++;
  size_t first = i;
  while (i < m->count && !m->had[i] && m->ranges[i].offset + m->ranges[i].length - 1 < (uint64_t)to)
    i++;
  if (i == m->count || m->had[i] || m->ranges[i].offset + m->ranges[i].length - 1 != (uint64_t)to)
    return useless(err, "a part has bytes that were not requested, or is repeated");
  memset(m->had + first, true, i + 1 - first);
  m->next = first;
  m->begun = false;
  m->at = (uint64_t)from;
  m->end = (uint64_t)to + 1;
  m->any = true;
  m->idle = 0;
  m->state = DATA;
  return RF_OK;
}

static rf_status open_body(rf_multipart *m, const char *content_type, int64_t from, int64_t to, rf_error *err) {
  memcpy(m->delimiter, "--", 2);
  if (content_type != NULL && read_boundary(content_type, m->delimiter + 2, sizeof m->delimiter - 2))
    return RF_OK;
  m->single = true;
  if (from < 0)
    return useless(err, "206 with neither a Content-Range nor parts (multipart/byteranges)");
  return begin_extent(m, from, to, err);
}

static rf_status check_ranges(const rf_range *ranges, size_t count, rf_error *err) {
  uint64_t end = 0;
  for (size_t i = 0; i < count; i++) {
    bool good = ranges[i].length > 0 && ranges[i].offset >= end && rf_add_u64(ranges[i].offset, ranges[i].length, &end);
    if (!good || end > INT64_MAX)
      return rf_fail(err, RF_ERR_ARGUMENT,
                     "range %zu of a multirange request is empty or not after the range before it", i);
  }
  return RF_OK;
}

rf_status rf_multipart_open(const rf_request *request, size_t first, size_t count, const char *content_type,
                            int64_t from, int64_t to, rf_multipart **multipart, rf_error *err) {
  RF_TRY(check_ranges(request->ranges + first, count, err));
  rf_multipart *m = rf_alloc_zero(1, sizeof *m + count);
  if (m == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the parser of %zu ranges", count);
  m->ranges = request->ranges + first;
  m->first = first;
  m->count = m->left = count;
  rf_status status = open_body(m, content_type, from, to, err);
  if (status != RF_OK) {
    rf_free(m);
    return status;
  }
  *multipart = m;
  return RF_OK;
}

void rf_multipart_close(rf_multipart *multipart) {
  rf_free(multipart);
}

/* ---- the body ---- */

/* Takes up to n bytes of a part. Bytes of ranges go to the receiver, bytes between ranges are dropped. */
static rf_status take_data(rf_multipart *m, const uint8_t *data, size_t n, size_t *used, const rf_receiver *receiver,
                           rf_response *response, rf_error *err) {
  const rf_range *range = &m->ranges[m->next];
  bool inside = m->at >= range->offset;
  uint64_t left = inside ? range->offset + range->length - m->at : range->offset - m->at;
  *used = left < n ? (size_t)left : n;
  m->at += *used;
  if (!inside) {
    response->overhead += *used;
    return RF_OK;
  }
  if (!m->begun)
    RF_TRY(receiver->begin(receiver->user, m->first + m->next, response, err));
  m->begun = true;
  RF_TRY(receiver->take(receiver->user, m->first + m->next, data, *used, err));
  if (*used < left)
    return RF_OK;
  m->next++;
  m->left--;
  m->begun = false;
  if (m->at == m->end)
    m->state = m->single ? AFTER : BETWEEN;
  return RF_OK;
}

static rf_status begin_part(rf_multipart *m, rf_response *response, rf_error *err) {
  int64_t total = m->part.total_size;
  RF_TRY(begin_extent(m, m->part.range_first, m->part.range_last, err));
  if (total >= 0 && response->total_size >= 0 && total != response->total_size)
    return rf_fail(err, RF_ERR_CHANGED, "the file has changed on the server during the fetch");
  if (total >= 0)
    response->total_size = total;
  return RF_OK;
}

/* Is the line the delimiter with `tail` after it? Blanks may follow (RFC 2046 5.1.1). */
static bool is_delimiter(const rf_multipart *m, const char *tail) {
  size_t n = strlen(m->delimiter), more = strlen(tail), length = m->line_length;
  while (length > 0 && (unsigned char)m->line[length - 1] <= ' ')
    length--;
  return length == n + more && memcmp(m->line, m->delimiter, n) == 0 && memcmp(m->line + n, tail, more) == 0;
}

static bool is_empty(const rf_multipart *m) {
  return m->line_length == 1 || (m->line_length == 2 && m->line[0] == '\r');
}

static rf_status take_line(rf_multipart *m, rf_response *response, rf_error *err) {
  if (m->state == HEADERS) {
    if (is_empty(m))
      return begin_part(m, response, err);
    if (++m->lines > HEADER_LINES)
      return useless(err, "the header of a part does not end");
    rf_http_response_take_line(&m->part, m->line, m->line_length);
    return RF_OK;
  }
  if (is_delimiter(m, "")) {
    m->state = HEADERS;
    m->lines = 0;
    rf_http_response_reset(&m->part);
  } else if (is_delimiter(m, "--")) {
    m->state = AFTER;
  } else if (m->any && !is_empty(m)) {
    return useless(err, "a part is longer than its Content-Range");
  }
  return RF_OK;
}

/* Takes the bytes of a line up to its end. */
static rf_status take_text_bytes(rf_multipart *m, const uint8_t *data, size_t n, size_t *used, rf_response *response,
                                 rf_error *err) {
  const uint8_t *end = memchr(data, '\n', n);
  *used = end != NULL ? (size_t)(end - data) + 1 : n;
  response->overhead += *used;
  m->idle += *used;
  if (m->idle > IDLE_BYTES)
    return useless(err, "too much text between the parts");
  if (m->state == AFTER)
    return RF_OK;
  if (*used > LINE_BYTES - m->line_length)
    return useless(err, "a line between the parts is too long");
  memcpy(m->line + m->line_length, data, *used);
  m->line_length += *used;
  if (end == NULL)
    return RF_OK;
  rf_status status = take_line(m, response, err);
  m->line_length = 0;
  return status;
}

rf_status rf_multipart_take(rf_multipart *m, const void *data, size_t n, const rf_receiver *receiver,
                            rf_response *response, rf_error *err) {
  const uint8_t *at = data;
  for (size_t used; n > 0; at += used, n -= used)
    RF_TRY(m->state == DATA ? take_data(m, at, n, &used, receiver, response, err)
                            : take_text_bytes(m, at, n, &used, response, err));
  return RF_OK;
}

rf_status rf_multipart_end(const rf_multipart *m, rf_error *err) {
  if (m->left == 0)
    return RF_OK;
  if (m->state == AFTER || (m->state == BETWEEN && is_delimiter(m, "--")))
    return useless(err, "some of the ranges are missing");
  return rf_fail(err, RF_ERR_TRUNCATED, "the transfer ended after %zu of %zu ranges", m->count - m->left, m->count);
}
