/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Several ranges in one answer, whatever the server sends: the first byte says how the body is cut and what stands in
 * the answer's head, then comes a line with its Content-Type, the rest is the body. What the receiver hears must be
 * pieces of the ranges in order, never more than was requested, and the same however the body is cut.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/http/multipart.h"

#define COUNT 4
#define TOTAL 9000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const rf_range ranges[1 + COUNT] = {{0, 5}, {10, 10}, {20, 3}, {100, 40}, {200, 1}};

typedef struct {
  bool begun[1 + COUNT];
  uint64_t got[1 + COUNT];
  uint64_t sum; /* of all that came */
} heard;

static void require(int condition) {
  if (!condition)
    abort();
}

static rf_status hear_begin(void *context, size_t range, const rf_response *response, rf_error *err) {
  heard *h = context;
  (void)response, (void)err;
  require(range >= 1 && range <= COUNT && !h->begun[range]);
  h->begun[range] = true;
  return RF_OK;
}

static rf_status hear_take(void *context, size_t range, const void *data, size_t n, rf_error *err) {
  heard *h = context;
  const uint8_t *bytes = data;
  (void)err;
  require(range >= 1 && range <= COUNT && h->begun[range] && n > 0 && n <= ranges[range].length - h->got[range]);
  for (size_t i = 0; i < n; i++)
    h->sum = h->sum * 31 + bytes[i] + (ranges[range].offset + h->got[range] + i) * 7;
  h->got[range] += n;
  return RF_OK;
}

/* Gives what it came to. Each piece is on the heap and of its very size, so that a byte read outside is seen. */
static rf_status hear(const char *type, bool says_range, const uint8_t *body, size_t n, size_t step, heard *h) {
  rf_request request = {.size = sizeof request, .ranges = ranges, .range_count = 1 + COUNT};
  rf_response response = {.size = sizeof response, .total_size = step % 2 == 0 ? TOTAL : -1};
  const rf_receiver receiver = {sizeof receiver, h, hear_begin, hear_take};
  rf_multipart *multipart = NULL;
  rf_error err;
  rf_error_clear(&err);
  *h = (heard){0};
  rf_status status =
      rf_multipart_open(&request, 1, COUNT, type, says_range ? 10 : -1, says_range ? 200 : -1, &multipart, &err);
  for (size_t at = 0, part; status == RF_OK && at < n; at += part) {
    part = n - at < step ? n - at : step;
    uint8_t *piece = malloc(part);
    if (piece == NULL)
      break;
    memcpy(piece, body + at, part);
    status = rf_multipart_take(multipart, piece, part, &receiver, &response, &err);
    free(piece);
  }
  if (status == RF_OK)
    status = rf_multipart_end(multipart, &err);
  require(status == err.code && (status == RF_OK) == (err.message[0] == '\0'));
  require(status == RF_OK || status == RF_ERR_UNSUPPORTED || status == RF_ERR_TRUNCATED || status == RF_ERR_CHANGED);
  for (size_t i = 1; i <= COUNT; i++)
    require(status != RF_OK || h->got[i] == ranges[i].length);
  rf_multipart_close(multipart);
  return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  const uint8_t *end = memchr(data + 1, '\n', size - 1);
  size_t n = end != NULL ? (size_t)(end - data) - 1 : size - 1, head = end != NULL ? n + 2 : size;
  char *type = malloc(n + 1);
  if (type == NULL)
    return 0;
  memcpy(type, data + 1, n);
  type[n] = '\0';
  heard one, other;
  /* An even step and a total that is known, or an odd one: each twice. */
  size_t step = (data[0] & 15) + 1, bigger = step % 2 == 0 ? 4096 : 4095;
  rf_status status = hear(type, data[0] & 16, data + head, size - head, step, &one);
  require(status == hear(type, data[0] & 16, data + head, size - head, bigger, &other));
  require(memcmp(&one.got, &other.got, sizeof one.got) == 0 && one.sum == other.sum);
  free(type);
  return 0;
}
