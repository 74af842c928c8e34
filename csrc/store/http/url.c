/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/url.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

/* No locale: a scheme is ASCII whatever the user's language. */
static bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

size_t rf_url_scheme(const char *name) {
  size_t n = 0;
  if (!is_letter(name[0]))
    return 0;
  while (is_letter(name[n]) || is_digit(name[n]) || name[n] == '+' || name[n] == '-' || name[n] == '.')
    n++;
  return strncmp(name + n, "://", 3) == 0 ? n : 0;
}

int rf_url_scheme_is(const char *scheme, size_t n, const char *known) {
  if (strlen(known) != n)
    return 0;
  for (size_t i = 0; i < n; i++)
    if (lower(scheme[i]) != lower(known[i]))
      return 0;
  return 1;
}

bool rf_url_scheme_n_is(const char *a, const char *b, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (lower(a[i]) != lower(b[i]))
      return false;
  return true;
}

void rf_url_path(const char *name, const char **path, size_t *length) {
  size_t scheme = rf_url_scheme(name);
  const char *start = name;
  size_t n = strlen(name);
  if (scheme > 0 && !rf_url_scheme_is(name, scheme, "file")) {
    start += scheme + 3;
    start += strcspn(start, "/?#");
    n = strcspn(start, "?#");
  }
  *path = start;
  *length = n;
}

static int hex_value(char c) {
  if (is_digit(c))
    return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

rf_status rf_url_decode(const char *text, size_t n, char **decoded, rf_error *err) {
  char *out = n < SIZE_MAX ? rf_alloc(n + 1) : NULL;
  if (!out)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a file name");
  size_t made = 0;
  for (size_t i = 0; i < n; i++) {
    if (text[i] != '%') {
      out[made++] = text[i];
      continue;
    }
    int high = n - i > 2 ? hex_value(text[i + 1]) : -1;
    int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low < 0 || (high == 0 && low == 0)) {
      rf_free(out);
      return rf_fail(err, RF_ERR_ARGUMENT, "a '%%' in a URL must be followed by two hexadecimal digits other than 00");
    }
    out[made++] = (char)(high * 16 + low);
    i += 2;
  }
  out[made] = '\0';
  *decoded = out;
  return RF_OK;
}
