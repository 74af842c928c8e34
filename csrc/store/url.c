/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/url.h"

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

/* The stretch of `name` that is a password: *length 0 when there is none. */
static void find_password(const char *name, const char **password, size_t *length) {
  *length = 0;
  size_t scheme = rf_url_scheme(name);
  if (scheme == 0 || rf_url_scheme_is(name, scheme, "file"))
    return;
  const char *authority = name + scheme + 3;
  size_t n = strcspn(authority, "/?#");
  const char *colon = memchr(authority, ':', n);
  if (!colon)
    return;
  const char *end = NULL;
  for (const char *p = authority; p < authority + n; p++)
    if (*p == '@')
      end = p; /* the last one: an '@' in a password need not be escaped to be hidden */
  if (!end) {
    /* A password with a bare '/', '?' or '#' ends the host too early. What follows the colon is then no port. */
    const char *p = colon + 1;
    while (is_digit(*p))
      p++;
    if (p < authority + n)
      end = strrchr(authority + n, '@');
  }
  if (end && end > colon) {
    *password = colon + 1;
    *length = (size_t)(end - colon - 1);
  }
}

/* Whether n characters have `word` (small letters) in them, without regard to case. */
static bool contains(const char *text, size_t n, const char *word) {
  size_t length = strlen(word);
  for (size_t i = 0; i + length <= n; i++)
    if (rf_url_scheme_is(text + i, length, word))
      return true;
  return false;
}

/* Whether the value of a query's key is one to hide: X-Amz-Signature, sig (Azure), access_token, key, ... */
static bool is_secret_key(const char *key, size_t n) {
  static const char *const parts[] = {"auth", "credential", "passw", "secret", "session", "signature", "token"};
  static const char *const words[] = {"key", "sig", "pwd"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (contains(key, n, parts[i]))
      return true;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t length = strlen(words[i]);
    if (n >= length && rf_url_scheme_is(key + n - length, length, words[i]))
      return true; /* "key", "api_key", "apikey"; not "keyword" */
  }
  return false;
}

/* Copies a query, from its '?' on, with "***" for secret values; gives the number of characters. */
static size_t show_query(char *out, const char *query) {
  size_t made = 0, in_query = strcspn(query, "#");
  for (const char *p = query; *p;) {
    const char *start = p++; /* '?' or '&', and what follows it up to the next */
    p += strcspn(p, "&#");
    const char *equals = memchr(start, '=', (size_t)(p - start));
    bool hide =
        equals && p > equals + 1 && start < query + in_query && is_secret_key(start + 1, (size_t)(equals - start - 1));
    size_t n = (size_t)((hide ? equals + 1 : p) - start);
    memcpy(out + made, start, n);
    made += n;
    if (hide) {
      memcpy(out + made, "***", 3);
      made += 3;
    }
  }
  return made;
}

char *rf_url_display(const char *name) {
  const char *password = name;
  size_t hidden, n = strlen(name), made = 0;
  find_password(name, &password, &hidden);
  /* "***" stands for at least one character each time. */
  char *shown = n < SIZE_MAX / 3 - 2 ? rf_alloc(3 * n + 4) : NULL;
  if (!shown)
    return NULL;
  if (hidden > 0) {
    made = (size_t)(password - name);
    memcpy(shown, name, made);
    memcpy(shown + made, "***", 3);
    made += 3;
    name = password + hidden;
  }
  bool is_url = hidden > 0 || (rf_url_scheme(name) > 0 && !rf_url_scheme_is(name, rf_url_scheme(name), "file"));
  size_t plain = is_url ? strcspn(name, "?") : strlen(name);
  memcpy(shown + made, name, plain);
  made += plain;
  if (name[plain])
    made += show_query(shown + made, name + plain);
  shown[made] = '\0';
  return shown;
}

void rf_name_show(const char *name, char *text, size_t capacity) {
  if (capacity == 0)
    return;
  char *shown = name ? rf_url_display(name) : NULL;
  size_t n = shown ? strlen(shown) : 0;
  if (n >= capacity)
    n = capacity - 1;
  if (n > 0)
    memcpy(text, shown, n);
  text[n] = '\0';
  rf_free(shown);
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
