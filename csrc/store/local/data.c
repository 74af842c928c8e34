/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decodes a data: URL into memory when it is opened. Escapes (%XX) are decoded first, then base64 if the media type
 * ends in ";base64". The media type and its parameters do not matter. No message repeats the URL.
 */
#include "store/local/data.h"

#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "store/http/url.h"
#include "store/local/memory.h"

/* Where the decoder is in the URL. */
typedef struct data_reader {
  const char *name;
  size_t at;
  size_t end;
} data_reader;

/* Gets the next byte behind its escape. at < end. */
static rf_status next_byte(data_reader *r, uint8_t *byte, rf_error *err) {
  const char *text = r->name + r->at;
  *byte = (uint8_t)*text;
  r->at++;
  if (*text != '%')
    return RF_OK;
  int high = r->end - r->at >= 2 ? rf_hex_value(text[1]) : -1;
  int low = high >= 0 ? rf_hex_value(text[2]) : -1;
  if (low < 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected two hexadecimal digits after '%%' at character %zu of the data: URL",
                   r->at);
  *byte = (uint8_t)(high * 16 + low);
  r->at += 2;
  return RF_OK;
}

static rf_status decode_escapes(data_reader *r, uint8_t *out, size_t *made, rf_error *err) {
  *made = 0;
  while (r->at < r->end)
    RF_TRY(next_byte(r, &out[(*made)++], err));
  return RF_OK;
}

/* Returns the six bits of a character of base64 (RFC 4648), or -1. */
static int base64_value(uint8_t byte) {
  char c = (char)byte;
  if (rf_is_letter(c))
    return c >= 'a' ? c - 'a' + 26 : c - 'A';
  if (rf_is_digit(c))
    return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Blanks between characters are allowed, and '=' at the end may be missing. */
static rf_status decode_base64(data_reader *r, uint8_t *out, size_t *made, rf_error *err) {
  uint32_t bits = 0;
  size_t characters = 0, padding = 0;
  *made = 0;
  while (r->at < r->end) {
    size_t place = r->at + 1;
    uint8_t byte;
    RF_TRY(next_byte(r, &byte, err));
    if (byte == ' ' || (byte >= '\t' && byte <= '\r'))
      continue;
    padding += byte == '=';
    int value = padding > 0 ? 0 : base64_value(byte);
    if (value < 0 || (padding > 0 && byte != '='))
      return rf_fail(err, RF_ERR_ARGUMENT, "expected base64 at character %zu of the data: URL, found the byte 0x%02X",
                     place, byte);
    if (padding > 0)
      continue;
    bits = bits << 6 | (uint32_t)value;
    if (characters++ % 4 > 0)
      out[(*made)++] = (uint8_t)(bits >> (6 - 2 * ((characters - 1) % 4)));
  }
  if (characters % 4 == 1 || (padding > 0 && (characters + padding) % 4 != 0) || padding > 2)
    return rf_fail(err, RF_ERR_TRUNCATED, "the base64 of the data: URL is not complete: it has %zu characters",
                   characters + padding);
  return RF_OK;
}

static bool is_base64(const char *name, size_t n) {
  static const char mark[] = ";base64,";
  size_t length = sizeof mark - 1;
  return n >= length && rf_equal_any_case(name + n - length, mark, length);
}

static rf_status data_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                           void **state, rf_error *err) {
  (void)driver, (void)mode;
  size_t header = rf_url_data(name);
  if (header == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected data:,content or data:<media type>;base64,content");
  size_t length = strcspn(name + header, "#");
  bool base64 = is_base64(name, header);
  uint64_t limit = options->limits->fetch_bytes;
  if ((base64 ? length / 4 : length / 3) > limit)
    return rf_fail(err, RF_ERR_LIMIT, "the data: URL has %zu characters, its content is limited to %llu bytes", length,
                   (unsigned long long)limit);
  data_reader reader = {.name = name, .at = header, .end = header + length};
  uint8_t *pages = length > 0 ? rf_pages_alloc(length) : NULL;
  if (length > 0 && pages == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for a data: URL", length);
  size_t size = 0;
  rf_status status = RF_OK;
  if (length > 0)
    status = base64 ? decode_base64(&reader, pages, &size, err) : decode_escapes(&reader, pages, &size, err);
  if (status == RF_OK && size > limit)
    status = rf_fail(err, RF_ERR_LIMIT, "the data: URL has %zu bytes of content, the limit is %llu", size,
                     (unsigned long long)limit);
  if (status == RF_OK)
    status = rf_memory_adopt(pages, length, size, state, err);
  if (status != RF_OK && pages != NULL)
    rf_pages_free(pages, length);
  return status;
}

static rf_status data_close(void *state, rf_error *err) {
  return rf_memory_ops.close(state, err);
}

static rf_status data_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  return rf_memory_ops.read_at(state, offset, buffer, n, got, err);
}

static rf_status data_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  return rf_memory_ops.peek(state, offset, n, bytes, err);
}

static rf_status data_get_size(void *state, uint64_t *size, rf_error *err) {
  return rf_memory_ops.get_size(state, size, err);
}

const rf_driver_ops rf_data_ops = {
    .size = sizeof(rf_driver_ops),
    .open = data_open,
    .close = data_close,
    .read_at = data_read_at,
    .peek = data_peek,
    .get_size = data_get_size,
};
