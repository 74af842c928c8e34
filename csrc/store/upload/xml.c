/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/upload/xml.h"

#include <string.h>

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Is `at` a "<tag" whose name ends there? */
static bool is_tag(const char *at, const char *end, const char *tag) {
  size_t n = strlen(tag);
  return (size_t)(end - at) >= n + 2 && at[0] == '<' && memcmp(at + 1, tag, n) == 0 &&
         (at[n + 1] == '>' || is_blank(at[n + 1]));
}

static const struct {
  const char *name;
  size_t length;
  char character;
} references[] = {{"&lt;", 4, '<'}, {"&gt;", 4, '>'}, {"&amp;", 5, '&'}, {"&quot;", 6, '"'}, {"&apos;", 6, '\''}};

/* Decodes one character and moves *at behind it. Returns false for what a text of S3 does not have. */
static bool take_character(const char **at, const char *end, char *c) {
  *c = **at;
  if (*c != '&') {
    (*at)++;
    return (unsigned char)*c >= ' ' && *c != 0x7F;
  }
  for (size_t i = 0; i < sizeof references / sizeof *references; i++)
    if ((size_t)(end - *at) >= references[i].length && memcmp(*at, references[i].name, references[i].length) == 0) {
      *c = references[i].character;
      *at += references[i].length;
      return true;
    }
  return false;
}

bool rf_xml_get_text(const char *xml, size_t n, const char *tag, char *text, size_t capacity) {
  const char *end = xml + n, *at = xml;
  while (at < end && !is_tag(at, end, tag))
    at++;
  at = at < end ? memchr(at, '>', (size_t)(end - at)) : NULL;
  if (at == NULL)
    return false;
  size_t length = 0;
  for (at++; at < end && *at != '<'; length++)
    if (length + 1 >= capacity || !take_character(&at, end, &text[length]))
      return false;
  if (capacity == 0 || at == end || end - at < 2 || at[1] != '/')
    return false;
  text[length] = '\0';
  return true;
}

bool rf_xml_is_root(const char *xml, size_t n, const char *tag) {
  const char *end = xml + n, *at = xml;
  for (;;) {
    while (at < end && is_blank(*at))
      at++;
    if (end - at < 2 || at[0] != '<' || at[1] != '?')
      return at < end && is_tag(at, end, tag);
    at = memchr(at, '>', (size_t)(end - at)); /* <?xml version="1.0"?> */
    if (at == NULL)
      return false;
    at++;
  }
}
