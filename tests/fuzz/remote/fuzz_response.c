/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a server says, whatever it is: the first byte picks HTTP or FTP and what was asked for, the rest are lines. An
 * answer that is judged well is one that can be: its body has a length that goes with what was asked, and starts where
 * it should.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/http/response.h"

#define FIRST 1000
#define LENGTH 5000
#define VALIDATOR "\"abc\""

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
  if (!condition)
    abort();
}

/* Each on the heap and of its very size, so that a byte read outside is seen. */
static void hear(rf_answer *answer, const uint8_t *line, size_t n, bool ftp) {
  char *copy = malloc(n > 0 ? n : 1);
  if (copy == NULL)
    return;
  memcpy(copy, line, n);
  if (ftp)
    rf_answer_ftp_line(answer, copy, n);
  else
    rf_answer_http_line(answer, copy, n);
  free(copy);
}

/* What comes behind the lines of a refusal: here the same bytes again. */
static void hear_page(rf_answer *answer, const uint8_t *data, size_t size) {
  char *copy = malloc(size > 0 ? size : 1);
  if (copy == NULL)
    return;
  memcpy(copy, data, size);
  rf_answer_page(answer, copy, size);
  free(copy);
  require(answer->code[0] == '\0' || answer->status >= 400);
  for (const char *c = answer->code; *c != '\0'; c++)
    require((*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || *c == '-');
}

static void hear_all(rf_answer *answer, const uint8_t *data, size_t size, bool ftp) {
  for (size_t begin = 0; begin < size;) {
    const uint8_t *end = memchr(data + begin, '\n', size - begin);
    size_t n = end != NULL ? (size_t)(end - data) + 1 - begin : size - begin;
    hear(answer, data + begin, n, ftp);
    begin += n;
  }
}

static void check_report(const rf_answer *answer) {
  rf_response said = {.size = sizeof said, .total_size = -1, .accepts_ranges = -1, .retry_after = -1};
  rf_answer_report(answer, &said);
  require(said.total_size >= -1 && said.accepts_ranges >= -1 && said.accepts_ranges <= 1);
  require(memchr(said.etag, '\0', sizeof said.etag) != NULL);
  require(memchr(said.last_modified, '\0', sizeof said.last_modified) != NULL);
  require(memchr(said.region, '\0', sizeof said.region) != NULL);
  require(memchr(answer->encoding, '\0', sizeof answer->encoding) != NULL);
  require(said.retry_after < 0 || said.retry_after >= 0); /* not NaN */
}

static void check_judgement(const rf_answer *answer, const rf_answer_wish *wish, bool ftp) {
  rf_error err;
  rf_error_clear(&err);
  rf_status status = ftp ? rf_answer_judge_ftp(answer, wish, &err) : rf_answer_judge_http(answer, wish, &err);
  require(status == err.code && (status == RF_OK) == (err.message[0] == '\0'));
  if (status != RF_OK)
    return;
  int64_t bytes = rf_answer_body_bytes(answer, wish);
  if (wish->range == NULL || (!ftp && answer->status != 206))
    return;
  require(bytes <= LENGTH);
  if (!ftp)
    require(answer->range_first == FIRST && answer->range_last >= FIRST && answer->range_last < FIRST + LENGTH);
  if (!wish->whole_or_range)
    require(bytes == LENGTH);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const rf_byte_range range = {FIRST, LENGTH};
  rf_answer answer;
  uint8_t how = size > 0 ? data[0] : 0;
  bool ftp = how & 1;
  rf_answer_wish wish = {.range = how & 2 ? &range : NULL, .whole_or_range = (how & 6) == 6};
  if (wish.range != NULL && how & 8)
    wish.validator = VALIDATOR;
  rf_answer_reset(&answer);
  if (size > 0)
    hear_all(&answer, data + 1, size - 1, ftp);
  if (size > 0 && !ftp)
    hear_page(&answer, data + 1, size - 1);
  check_report(&answer);
  check_judgement(&answer, &wish, ftp);
  (void)rf_answer_is_redirect(&answer);
  (void)rf_answer_ignores_validator(&answer, &wish);
  return 0;
}
