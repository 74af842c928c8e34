/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/response.h"

#include <string.h>

#include "base/ascii.h"
#include "store/http/url.h"

void rf_answer_reset(rf_answer *answer) {
  memset(answer, 0, sizeof *answer);
  answer->length = answer->range_first = answer->range_last = answer->total_size = -1;
  answer->accepts_ranges = -1;
  answer->retry_after = -1;
}

/* ---- reading ---- */

typedef struct {
  const char *at;
  const char *end;
} span;

static span trim(span s) {
  while (s.at < s.end && (*s.at == ' ' || *s.at == '\t'))
    s.at++;
  while (s.at < s.end && (unsigned char)s.end[-1] <= ' ')
    s.end--;
  return s;
}

static bool is_word(span s, const char *word) {
  return rf_is_name(s.at, (size_t)(s.end - s.at), word); /* ASCII without case */
}

/* The number at the beginning of *s, which moves behind it; -1 when there is none that fits. */
static int64_t take_number(span *s) {
  int64_t value = 0;
  const char *start = s->at;
  for (; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++) {
    int digit = *s->at - '0';
    if (value > (INT64_MAX - digit) / 10)
      return -1;
    value = value * 10 + digit;
  }
  return s->at > start ? value : -1;
}

static bool take_char(span *s, char c) {
  if (s->at == s->end || *s->at != c)
    return false;
  s->at++;
  return true;
}

static void copy_text(char *text, size_t capacity, span s) {
  size_t n = (size_t)(s.end - s.at);
  if (n >= capacity)
    n = capacity - 1;
  memcpy(text, s.at, n);
  text[n] = '\0';
}

static bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* What stands in <tag>, where it is a word: what else a page has may hold a secret. */
static void read_element(const char *page, size_t n, const char *tag, char *text, size_t capacity) {
  size_t length = strlen(tag);
  for (size_t i = 0; i + length < n; i++) {
    if (memcmp(page + i, tag, length) != 0)
      continue;
    size_t first = i + length, end = first;
    while (end < n && is_letter_or_digit(page[end]))
      end++;
    if (end > first && end - first < capacity && end < n && page[end] == '<')
      copy_text(text, capacity, (span){page + first, page + end});
    return;
  }
}

void rf_answer_page(rf_answer *answer, const char *page, size_t n) {
  if (answer->status < 400)
    return;
  read_element(page, n, "<Code>", answer->code, sizeof answer->code);
  if (answer->region[0] == '\0')
    read_element(page, n, "<Region>", answer->region, sizeof answer->region);
}

/* "bytes 0-99/1234", "bytes 0-99/" and a star for a total that is not known, "bytes" and a star "/1234" of a 416 (RFC
 * 9110 14.4). */
static void read_content_range(rf_answer *answer, span value) {
  if (value.end - value.at < 6 || !is_word((span){value.at, value.at + 6}, "bytes "))
    return;
  value.at += 6;
  value = trim(value);
  int64_t first = -1, last = -1;
  if (!take_char(&value, '*')) {
    first = take_number(&value);
    if (first < 0 || !take_char(&value, '-'))
      return;
    last = take_number(&value);
    if (last < first)
      return;
  }
  if (!take_char(&value, '/'))
    return;
  int64_t total = take_number(&value);
  if (total >= 0 && last >= total)
    return;
  answer->range_first = first;
  answer->range_last = last;
  answer->total_size = total;
}

static void read_field(rf_answer *answer, span name, span value) {
  if (is_word(name, "content-length")) {
    answer->length = take_number(&value);
  } else if (is_word(name, "transfer-encoding")) {
    answer->chunked = true;
  } else if (is_word(name, "content-range")) {
    read_content_range(answer, value);
  } else if (is_word(name, "accept-ranges")) {
    answer->accepts_ranges = is_word(value, "bytes") ? 1 : is_word(value, "none") ? 0 : -1;
  } else if (is_word(name, "content-encoding")) {
    copy_text(answer->encoding, sizeof answer->encoding, value);
  } else if (is_word(name, "content-type")) {
    copy_text(answer->content_type, sizeof answer->content_type, value);
  } else if (is_word(name, "etag")) {
    copy_text(answer->etag, sizeof answer->etag, value);
  } else if (is_word(name, "last-modified")) {
    copy_text(answer->last_modified, sizeof answer->last_modified, value);
  } else if (is_word(name, "x-amz-bucket-region")) {
    copy_text(answer->region, sizeof answer->region, value);
  } else if (is_word(name, "retry-after")) {
    int64_t seconds = take_number(&value);
    answer->retry_after = seconds >= 0 && value.at == value.end ? (double)seconds : -1;
  }
}

void rf_answer_http_line(rf_answer *answer, const char *line, size_t n) {
  span rest = {line, line + n};
  if (n >= 5 && is_word((span){line, line + 5}, "http/")) {
    rf_answer_reset(answer);
    const char *blank = memchr(line, ' ', n);
    if (blank != NULL) {
      rest.at = blank;
      rest = trim(rest);
      int64_t status = take_number(&rest);
      answer->status = status >= 100 && status <= 999 ? (int)status : 0;
    }
    return;
  }
  const char *colon = memchr(line, ':', n);
  if (colon != NULL)
    read_field(answer, trim((span){line, colon}), trim((span){colon + 1, line + n}));
}

void rf_answer_ftp_line(rf_answer *answer, const char *line, size_t n) {
  span rest = trim((span){line, line + n});
  int64_t code = take_number(&rest);
  if (rest.at - line != 3 || code < 100 || (rest.at < rest.end && *rest.at != ' '))
    return; /* a line in the middle of a reply */
  if (code == 225 || ((code == 221 || code == 226) && answer->status >= 400))
    return; /* to the ABOR and QUIT that follow a refusal: that says more */
  answer->status = (int)code;
  if (code == 213) {
    rest = trim(rest);
    answer->total_size = answer->length = take_number(&rest);
  }
}

/* ---- judging ---- */

bool rf_answer_is_redirect(const rf_answer *answer) {
  switch (answer->status) {
  case 301:
  case 302:
  case 303:
  case 307:
  case 308:
    return true;
  default:
    return false;
  }
}

static const char *reason(int status) {
  static const struct {
    int status;
    const char *text;
  } known[] = {
      {202, " Accepted"},
      {204, " No Content"},
      {400, " Bad Request"},
      {401, " Unauthorized"},
      {403, " Forbidden"},
      {404, " Not Found"},
      {405, " Method Not Allowed"},
      {407, " Proxy Authentication Required"},
      {408, " Request Timeout"},
      {410, " Gone"},
      {416, " Range Not Satisfiable"},
      {429, " Too Many Requests"},
      {500, " Internal Server Error"},
      {502, " Bad Gateway"},
      {503, " Service Unavailable"},
      {504, " Gateway Timeout"},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i].status == status)
      return known[i].text;
  return "";
}

rf_status rf_answer_fail(const rf_answer *answer, rf_status failure, rf_error *err) {
  if (err != NULL && err->http_status == 0)
    err->http_status = answer->status;
  return err != NULL && err->code != RF_OK ? err->code : failure;
}

static rf_status judge_status(const rf_answer *answer, rf_error *err) {
  int status = answer->status;
  bool stale = strcmp(answer->code, "ExpiredToken") == 0 || strcmp(answer->code, "InvalidToken") == 0;
  rf_status failure = status == 404 || status == 410            ? RF_ERR_NO_FILE
                      : status == 401 || status == 403 || stale ? RF_ERR_PERMISSION
                                                                : RF_ERR_HTTP_STATUS;
  if (answer->code[0] != '\0')
    return rf_fail(err, failure, "the server answered %d%s: %s", status, reason(status), answer->code);
  return rf_fail(err, failure, "the server answered %d%s", status, reason(status));
}

static rf_status behind_end(const rf_answer *answer, const rf_byte_range *range, rf_error *err) {
  unsigned long long first = range->first, last = range->first + range->length - 1;
  if (answer->total_size < 0)
    return rf_fail(err, RF_ERR_TRUNCATED, "bytes %llu-%llu lie behind the end of the file", first, last);
  return rf_fail(err, RF_ERR_TRUNCATED, "bytes %llu-%llu reach behind the end of the file (%lld bytes)", first, last,
                 (long long)answer->total_size);
}

static rf_status changed(rf_error *err) {
  return rf_fail(err, RF_ERR_CHANGED, "the file has changed on the server since it was opened; open it again");
}

/* Whether the answer is about another file than the validator: a server that leaves validators out of some of its
 * answers says nothing with that. */
static bool contradicts(const rf_answer *answer, const char *validator) {
  const char *said = validator[0] == '"' ? answer->etag : answer->last_modified;
  return said[0] != '\0' && strcmp(said, validator) != 0;
}

bool rf_answer_ignores_validator(const rf_answer *answer, const rf_answer_wish *wish) {
  if (wish->validator == NULL || wish->range == NULL || wish->several || answer->status != 200)
    return false;
  const char *said = wish->validator[0] == '"' ? answer->etag : answer->last_modified;
  return strcmp(said, wish->validator) == 0;
}

static rf_status judge_range(const rf_answer *answer, const rf_answer_wish *wish, rf_error *err) {
  const rf_byte_range *range = wish->range;
  unsigned long long first = range->first, last = range->first + range->length - 1;
  if (answer->status == 416)
    return wish->validator != NULL ? changed(err) : behind_end(answer, range, err);
  if (answer->status != 206 && answer->status / 100 == 2)
    return wish->validator != NULL
               ? changed(err)
               : rf_fail(err, RF_ERR_UNSUPPORTED,
                         "the server cannot send parts of a file: asked for bytes %llu-%llu, it answered %d with all "
                         "of it",
                         first, last, answer->status);
  if (answer->status != 206)
    return judge_status(answer, err);
  if (answer->range_first < 0)
    return rf_fail(err, RF_ERR_NETWORK, "the server answered 206 without saying which bytes (Content-Range)");
  if (wish->validator != NULL && contradicts(answer, wish->validator))
    return changed(err);
  if (wish->whole_or_range && answer->total_size < 0)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "the server sends parts of the file, but does not say how long it is");
  unsigned long long found_first = (uint64_t)answer->range_first, found_last = (uint64_t)answer->range_last;
  bool ends_early = found_first == first && found_last < last && answer->total_size == answer->range_last + 1;
  if (ends_early && !wish->whole_or_range)
    return behind_end(answer, range, err);
  if (!ends_early && (found_first != first || found_last != last))
    return rf_fail(err, RF_ERR_NETWORK, "asked for bytes %llu-%llu, the server sends %llu-%llu", first, last,
                   found_first, found_last);
  return RF_OK;
}

/* Refusals that say something about the file or the moment, not about the number of ranges. Firewalls that count these
 * answer 400, 403 and whatever else. */
static bool means_the_file(int status) {
  switch (status) {
  case 401:
  case 404:
  case 407:
  case 408:
  case 410:
  case 425:
  case 429:
    return true;
  default:
    return status >= 500 && status != 501;
  }
}

/* A server need not send several ranges at once (RFC 9110 14.2): then each is to be asked for by itself. */
static rf_status judge_several(const rf_answer *answer, const rf_answer_wish *wish, rf_error *err) {
  if (answer->status / 100 == 2 && wish->validator != NULL && contradicts(answer, wish->validator))
    return changed(err);
  if (answer->status == 206)
    return RF_OK;
  if (means_the_file(answer->status))
    return judge_status(answer, err);
  return rf_fail(err, RF_ERR_UNSUPPORTED, "the server does not send several ranges at once: it answered %d%s",
                 answer->status, reason(answer->status));
}

/* We ask for no encoding. A server that packs with gzip all the same gives what any .gz file is: its content tells the
 * store above. Parts of a packed file are of no use. */
static rf_status judge_encoding(const rf_answer *answer, bool ranged, rf_error *err) {
  span encoding = {answer->encoding, answer->encoding + strlen(answer->encoding)};
  if (encoding.at == encoding.end || is_word(encoding, "identity"))
    return RF_OK;
  if (!ranged && (is_word(encoding, "gzip") || is_word(encoding, "x-gzip")))
    return RF_OK;
  return rf_fail(err, RF_ERR_UNSUPPORTED, "the server packs %s with Content-Encoding \"%s\", which was not asked for",
                 ranged ? "parts of the file" : "the file", answer->encoding);
}

/* The whole file, where a part was asked for. */
static bool is_whole(const rf_answer *answer, const rf_answer_wish *wish) {
  return wish->range == NULL || (wish->whole_or_range && (answer->status == 200 || answer->status == 203));
}

rf_status rf_answer_judge_http(const rf_answer *answer, const rf_answer_wish *wish, rf_error *err) {
  rf_status status;
  bool whole = is_whole(answer, wish);
  if (!whole)
    status = wish->several ? judge_several(answer, wish, err) : judge_range(answer, wish, err);
  else
    status = answer->status == 200 || answer->status == 203 ? RF_OK : judge_status(answer, err);
  if (status == RF_OK)
    status = judge_encoding(answer, !whole, err);
  return status == RF_OK ? RF_OK : rf_answer_fail(answer, status, err);
}

rf_status rf_answer_judge_ftp(const rf_answer *answer, const rf_answer_wish *wish, rf_error *err) {
  const rf_byte_range *range = wish->range;
  if (range == NULL)
    return RF_OK;
  if (answer->total_size < 0)
    return wish->whole_or_range
               ? rf_fail(err, RF_ERR_UNSUPPORTED, "the server does not say how long the file is (SIZE)")
               : RF_OK;
  uint64_t total = (uint64_t)answer->total_size;
  if (range->first + range->length <= total || (wish->whole_or_range && range->first <= total))
    return RF_OK;
  return behind_end(answer, range, err);
}

int64_t rf_answer_body_bytes(const rf_answer *answer, const rf_answer_wish *wish) {
  if (is_whole(answer, wish))
    return answer->total_size >= 0 ? answer->total_size : answer->chunked ? -1 : answer->length;
  int64_t left = answer->total_size - (int64_t)wish->range->first;
  return wish->whole_or_range && left < (int64_t)wish->range->length ? left : (int64_t)wish->range->length;
}

void rf_answer_report(const rf_answer *answer, rf_response *response) {
  response->status = answer->status;
  response->total_size = answer->total_size;
  if (answer->total_size < 0 && answer->status != 206 && !answer->chunked)
    response->total_size = answer->length;
  response->accepts_ranges = answer->status == 206 ? 1 : answer->accepts_ranges;
  response->retry_after = answer->retry_after;
  memcpy(response->etag, answer->etag, sizeof response->etag);
  memcpy(response->last_modified, answer->last_modified, sizeof response->last_modified);
  memcpy(response->region, answer->region, sizeof response->region);
}
