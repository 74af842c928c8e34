/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names without their secrets. A name is one URL, a chain of them ("zip://a::https://..."), or a path that may contain
 * one. What is hidden is marked byte by byte; each run of marks is shown as "***".
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/escape.h"
#include "base/memory.h"
#include "store/http/url.h"
#include "store/redact.h"

#define MAX_USER 31 /* characters of a user that is shown beside a password: tokens are longer */
#define ROUNDS 3    /* of %XX: a URL may stand in the query of another one */

/* ------------------------------ which keys are secret ------------------------------ */

/* Whether n characters have `word` (small letters) in them, without regard to case. */
static bool contains(const char *text, size_t n, const char *word) {
  size_t length = strlen(word);
  for (size_t i = 0; i + length <= n; i++)
    if (rf_is_name(text + i, length, word))
      return true;
  return false;
}

static bool ends_with(const char *text, size_t n, const char *word) {
  size_t length = strlen(word);
  return n >= length && rf_is_name(text + n - length, length, word);
}

/* Keys of queries, path parameters and fragments, and names of headers: X-Amz-Signature, sig (Azure), access_token, ...
 */
static bool key_is_secret(const char *key, size_t n) {
  static const char *const parts[] = {"assertion", "auth",   "bearer",  "cookie",    "credential", "hmac", "jwt",
                                      "passw",     "secret", "session", "signature", "ticket",     "token"};
  static const char *const ends[] = {"key", "pwd", "sig"};
  static const char *const words[] = {"code", "hdnea", "hdntl", "hdnts", "otp", "pass", "sas", "sid"};
  while (n > 0 && !rf_is_letter(key[n - 1]) && !rf_is_digit(key[n - 1]))
    n--; /* token[] */
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (contains(key, n, parts[i]))
      return true;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (ends_with(key, n, ends[i]))
      return true; /* "key", "api_key", "apikey"; not "keyword" */
  size_t begin = n;
  while (begin > 0 && (rf_is_letter(key[begin - 1]) || rf_is_digit(key[begin - 1])))
    begin--;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (rf_is_name(key + begin, n - begin, words[i]))
      return true; /* "code", "auth_code"; not "barcode" */
  return false;
}

int rf_key_is_secret(const char *key) {
  return key != NULL && key_is_secret(key, strlen(key));
}

/* ------------------------------ marks ------------------------------ */

typedef struct redaction {
  const char *name;
  size_t n;
  uint8_t *hidden; /* one a byte */
  char *scratch;   /* n + 1 bytes */
} redaction;

static void hide(const redaction *r, size_t begin, size_t end) {
  memset(r->hidden + begin, 1, end - begin);
}

/* Undoes %XX once, in place; what is no escape stays. True when something changed. */
static bool unescape(char *text, size_t *n) {
  size_t made = 0;
  for (size_t i = 0; i < *n; i++) {
    int high = text[i] == '%' && *n - i > 2 ? rf_hex_value(text[i + 1]) : -1;
    int low = high >= 0 ? rf_hex_value(text[i + 2]) : -1;
    text[made++] = low >= 0 ? (char)(high * 16 + low) : text[i];
    i += low >= 0 ? 2 : 0;
  }
  bool changed = made < *n;
  *n = made;
  return changed;
}

static size_t span_until(const char *text, size_t n, const char *stops) {
  size_t i = 0;
  while (i < n && (text[i] == '\0' || strchr(stops, text[i]) == NULL))
    i++;
  return i;
}

/* The '@' that ends user and password in an authority of n characters, or n: the last one counts, since the one in a
 * password need not be escaped to be hidden; "%40" does, too. */
static size_t find_at(const char *authority, size_t n) {
  for (size_t i = n; i > 0; i--)
    if (authority[i - 1] == '@' || (n - i >= 2 && memcmp(authority + i - 1, "%40", 3) == 0))
      return i - 1;
  return n;
}

/* A password with a bare '/', '?' or '#' ends the host too early. What follows the colon is then no port. */
static size_t find_late_at(const char *authority, size_t colon, size_t host, size_t n) {
  size_t digits = colon + 1;
  while (digits < host && rf_is_digit(authority[digits]))
    digits++;
  for (size_t i = n; digits < host && i > host; i--)
    if (authority[i - 1] == '@')
      return i - 1;
  return n;
}

/* Of FTP and SSH a user alone is the name of an account; elsewhere it is a token (https://TOKEN@host/). */
static bool user_is_account(const char *scheme, size_t n) {
  static const char *const known[] = {"ftp", "ftps", "sftp", "ssh"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (rf_is_name(scheme, n, known[i]))
      return true;
  return false;
}

/* Where a URL ends in whose place in a chain another one follows ("::https://"); n when there is none. */
static size_t end_of_link(const char *text, size_t n) {
  for (size_t i = 0; i + 2 < n; i++) {
    if (text[i] != ':' || text[i + 1] != ':' || !rf_is_letter(text[i + 2]))
      continue;
    size_t end = i + 2;
    while (end < n && (rf_is_letter(text[end]) || rf_is_digit(text[end])))
      end++;
    if (n - end >= 3 && memcmp(text + end, "://", 3) == 0)
      return i;
  }
  return n;
}

/* User and password behind "scheme://", where the authority begins at `begin`. */
static void mark_login(const redaction *r, size_t scheme, size_t begin) {
  const char *authority = r->name + begin;
  size_t left = end_of_link(authority, r->n - begin);
  size_t host = span_until(authority, left, "/?#");
  size_t colon = span_until(authority, host, ":");
  size_t at = find_at(authority, host);
  if (at == host)
    at = colon < host ? find_late_at(authority, colon, host, left) : left;
  if (at >= left)
    return;
  bool account = user_is_account(r->name + scheme, begin - 3 - scheme);
  size_t password = at > colon ? at - colon - 1 : 0;
  if (colon >= at) { /* "%3A" in a user is a colon that was escaped */
    const char *escaped = NULL;
    for (size_t i = 0; i + 3 <= at && escaped == NULL; i++)
      if (authority[i] == '%' && authority[i + 1] == '3' && rf_to_lower(authority[i + 2]) == 'a')
        escaped = authority + i;
    if (!account || escaped != NULL)
      hide(r, account ? (size_t)(escaped - r->name) : begin, begin + at);
  } else if (!account && (password == 0 || colon > MAX_USER || contains(authority + colon, password + 1, "oauth"))) {
    hide(r, begin, begin + at); /* the user is the token */
  } else {
    hide(r, begin + colon + 1, begin + at);
  }
}

/* ------------------------------ keys and values ------------------------------ */

/* Whether text[0..n) has a secret key with a value, or a user before an '@'. */
static bool tells_secret(const char *text, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (text[i] == '=' && i + 1 < n) {
      size_t begin = i;
      while (begin > 0 && strchr("/?#;&=~, \"'{", text[begin - 1]) == NULL)
        begin--;
      if (key_is_secret(text + begin, i - begin))
        return true;
    }
    if (n - i > 3 && memcmp(text + i, "://", 3) == 0) {
      size_t host = span_until(text + i + 3, n - i - 3, "/?#");
      if (find_at(text + i + 3, host) < host)
        return true;
    }
  }
  return false;
}

/* Decodes name[begin..end) into scratch, round by round; true when one of them is secret. */
static bool any_round(const redaction *r, size_t begin, size_t end, bool (*secret)(const char *, size_t)) {
  size_t n = end - begin;
  memcpy(r->scratch, r->name + begin, n);
  bool found = secret(r->scratch, n);
  for (int i = 0; !found && i < ROUNDS && unescape(r->scratch, &n); i++)
    found = secret(r->scratch, n);
  return found;
}

/* "key=value" pairs of one part of a URL. `separators` stand before keys, `stops` behind values that are hidden. */
static void mark_pairs(const redaction *r, size_t begin, size_t end, const char *separators, const char *stops) {
  for (size_t i = begin; i < end;) {
    size_t next = i + span_until(r->name + i, end - i, separators);
    size_t equals = i + span_until(r->name + i, next - i, "=");
    size_t value = equals + 1;
    size_t stop = value < end ? value + span_until(r->name + value, end - value, stops) : end;
    if (equals < next && value < stop) {
      bool encoded = memchr(r->name + value, '%', stop - value) != NULL;
      if (any_round(r, i, equals, key_is_secret)) {
        hide(r, value, stop);
        next = stop;
      } else if (encoded && any_round(r, value, stop, tells_secret)) {
        hide(r, value, stop);
        next = stop;
      }
    }
    i = next + 1;
  }
}

/* The "scheme://" at or behind `from`, but no file:// ; false when there is none. */
static bool find_scheme(const redaction *r, size_t from, size_t *scheme, size_t *behind) {
  for (size_t i = from; i + 3 <= r->n; i++) {
    if (memcmp(r->name + i, "://", 3) != 0)
      continue;
    size_t begin = i;
    while (begin > from && (rf_is_letter(r->name[begin - 1]) || rf_is_digit(r->name[begin - 1]) ||
                            (r->name[begin - 1] != '\0' && strchr("+-.", r->name[begin - 1]) != NULL)))
      begin--;
    while (begin < i && !rf_is_letter(r->name[begin]))
      begin++;
    if (begin == i || rf_is_name(r->name + begin, i - begin, "file"))
      continue;
    *scheme = begin;
    *behind = i + 3;
    return true;
  }
  return false;
}

static void mark(const redaction *r, bool target) {
  size_t scheme;
  size_t behind;
  if (!find_scheme(r, 0, &scheme, &behind))
    return;
  size_t query = behind + span_until(r->name + behind, r->n - behind, "?#");
  size_t fragment = query + span_until(r->name + query, r->n - query, "#");
  mark_pairs(r, behind, query, "/;&,", "/;");
  mark_pairs(r, query, fragment, "?&;~", "&");
  mark_pairs(r, fragment, r->n, "#?&;~", "&");
  if (target && query + 1 < r->n)
    hide(r, query + 1, r->n);
  while (true) {
    mark_login(r, scheme, behind);
    if (!find_scheme(r, behind, &scheme, &behind))
      return;
  }
}

/* ------------------------------ what is shown ------------------------------ */

static char *redact(const char *name, bool target) {
  size_t n = strlen(name);
  size_t made = 0;
  if (rf_url_data(name) > 0)
    return rf_strdup("data:***"); /* long, and the content may be secret */
  if (strstr(name, "://") == NULL)
    return rf_strdup(name);
  if (n >= SIZE_MAX / 8)
    return NULL;
  redaction r = {.name = name, .n = n, .hidden = rf_alloc_zero(n + 1, 1), .scratch = rf_alloc(n + 1)};
  char *out = rf_alloc(2 * n + 4);
  if (r.hidden == NULL || r.scratch == NULL || out == NULL) {
    rf_free(out);
    out = NULL;
  } else {
    mark(&r, target);
    for (size_t i = 0; i < n; i++) {
      if (r.hidden[i] == 0)
        out[made++] = name[i];
      else if (i == 0 || r.hidden[i - 1] == 0) {
        memcpy(out + made, "***", 3);
        made += 3;
      }
    }
    out[made] = '\0';
  }
  rf_free(r.hidden);
  rf_free(r.scratch);
  return out;
}

char *rf_url_redact(const char *name) {
  return redact(name, false);
}

static char *escaped(char *text) {
  if (text == NULL || rf_text_is_plain(text, strlen(text)))
    return text;
  size_t n = strlen(text);
  char *out = n < SIZE_MAX / RF_ESCAPE_GROWTH - 1 ? rf_alloc(RF_ESCAPE_GROWTH * n + 1) : NULL;
  if (out != NULL)
    (void)rf_text_escape(text, n, out, RF_ESCAPE_GROWTH * n + 1);
  rf_free(text);
  return out;
}

char *rf_url_display(const char *name) {
  return escaped(redact(name, false));
}

/* Cut to fit, between characters. The text is freed. */
static void hand_out(char *made, char *text, size_t capacity) {
  if (capacity == 0) {
    rf_free(made);
    return;
  }
  size_t n = made != NULL ? strlen(made) : 0;
  if (n >= capacity)
    for (n = capacity - 1; n > 0 && ((unsigned char)made[n] & 0xC0) == 0x80;)
      n--;
  if (n > 0)
    memcpy(text, made, n);
  text[n] = '\0';
  rf_free(made);
}

void rf_name_show(const char *name, char *text, size_t capacity) {
  hand_out(name != NULL ? rf_url_display(name) : NULL, text, capacity);
}

void rf_name_redact(const char *name, char *text, size_t capacity) {
  hand_out(name != NULL ? rf_url_redact(name) : NULL, text, capacity);
}

void rf_redirect_show(const char *url, char *text, size_t capacity) {
  hand_out(url != NULL ? escaped(redact(url, true)) : NULL, text, capacity);
}
