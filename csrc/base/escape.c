/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Escapes for what a terminal would obey or not show.
 */
#include "base/escape.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* One UTF-8 character: its length, 0 when the bytes are none. */
static size_t decode(const unsigned char *p, size_t n, uint32_t *code) {
  size_t length = p[0] < 0x80 ? 1 : p[0] >= 0xC2 && p[0] < 0xE0 ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : 4;
  if (p[0] >= 0x80 && (p[0] < 0xC2 || p[0] > 0xF4 || length > n))
    return 0;
  *code = length == 1 ? p[0] : p[0] & (0x7Fu >> length);
  for (size_t i = 1; i < length; i++) {
    if ((p[i] & 0xC0) != 0x80)
      return 0;
    *code = *code << 6 | (p[i] & 0x3Fu);
  }
  bool overlong = (length == 3 && *code < 0x800) || (length == 4 && *code < 0x10000);
  return overlong || *code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000) ? 0 : length;
}

static bool is_shown(uint32_t code) {
  static const struct {
    uint32_t first, last;
  } hidden[] = {
      {0x00, 0x1F},     {0x7F, 0x9F},       {0xAD, 0xAD},       {0x61C, 0x61C},   {0x180E, 0x180E},
      {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},   {0xFEFF, 0xFEFF}, {0xFFF0, 0xFFFB},
      {0xFFFE, 0xFFFF}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
  };
  for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
    if (code >= hidden[i].first && code <= hidden[i].last)
      return false;
  return true;
}

bool rf_text_is_utf8(const char *text, size_t n) {
  const unsigned char *p = (const unsigned char *)text;
  size_t length;
  for (size_t i = 0; i < n; i += length) {
    uint32_t code;
    length = decode(p + i, n - i, &code);
    if (length == 0)
      return false;
  }
  return true;
}

bool rf_text_is_plain(const char *text, size_t n) {
  const unsigned char *p = (const unsigned char *)text;
  size_t length;
  for (size_t i = 0; i < n; i += length) {
    uint32_t code = p[i];
    length = 1;
    if (code >= 0x20 && code < 0x7F)
      continue;
    length = decode(p + i, n - i, &code);
    if (length == 0 || !is_shown(code))
      return false;
  }
  return true;
}

/* The escape of one character, or of one byte that is none (length 0). */
static size_t write_escape(char out[16], uint32_t code, size_t length) {
  const char *format = length < 2 ? "\\x%02x" : code < 0x10000 ? "\\u%04x" : "\\U%08x";
  if (length == 1 && (code == '\n' || code == '\r' || code == '\t')) {
    out[0] = '\\';
    out[1] = code == '\n' ? 'n' : code == '\r' ? 'r' : 't';
    return 2;
  }
  return (size_t)snprintf(out, 16, format, (unsigned)code);
}

size_t rf_text_escape(const char *text, size_t n, char *out, size_t capacity) {
  const unsigned char *p = (const unsigned char *)text;
  size_t made = 0;
  if (capacity == 0)
    return 0;
  for (size_t i = 0; i < n;) {
    uint32_t code = p[i];
    char escape[16];
    size_t length = decode(p + i, n - i, &code);
    bool shown = length > 0 && is_shown(code);
    size_t room = shown ? length : write_escape(escape, length > 0 ? code : p[i], length);
    if (room >= capacity - made)
      break;
    memcpy(out + made, shown ? text + i : escape, room);
    made += room;
    i += length > 0 ? length : 1;
  }
  out[made] = '\0';
  return made;
}
