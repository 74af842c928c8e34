/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/url.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"

size_t rf_url_scheme(const char *name) {
  size_t n = 0;
  if (!rf_is_letter(name[0]))
    return 0;
  while (rf_is_letter(name[n]) || rf_is_digit(name[n]) || name[n] == '+' || name[n] == '-' || name[n] == '.')
    n++;
  return strncmp(name + n, "://", 3) == 0 ? n : 0;
}

size_t rf_url_data(const char *name) {
  size_t start = 5;
  if (strlen(name) <= start || !rf_equal_any_case(name, "data:", start))
    return 0;
  size_t n = strcspn(name + start, ",");
  const char *slash = memchr(name + start, '/', n);
  bool is_url = n == 0 || name[start] == ';' || (slash != NULL && slash > name + start);
  return is_url && name[start + n] == ',' ? start + n + 1 : 0;
}

size_t rf_url_driver(const char *name, const char **scheme) {
  size_t n = rf_url_scheme(name);
  if (n > 0)
    *scheme = name;
  else if (strcmp(name, "-") == 0)
    *scheme = "stream";
  else
    *scheme = rf_url_data(name) > 0 ? "data" : "file";
  return n > 0 ? n : strlen(*scheme);
}

void rf_url_path(const char *name, const char **path, size_t *length) {
  size_t scheme = rf_url_scheme(name);
  const char *start = name;
  size_t n = strlen(name);
  if (scheme > 0 && !rf_is_name(name, scheme, "file")) {
    start += scheme + 3;
    start += strcspn(start, "/?#");
    n = strcspn(start, "?#");
  }
  *path = start;
  *length = rf_url_data(name) > 0 ? 0 : n;
}

rf_status rf_url_decode(const char *text, size_t n, char **decoded, rf_error *err) {
  char *out = n < SIZE_MAX ? rf_alloc(n + 1) : NULL;
  if (!out)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a file name");
  size_t made = 0;
  for (size_t i = 0; i < n; i++) {
    if (text[i] != '%') {
      out[made++] = text[i];
      continue;
    }
    int high = n - i > 2 ? rf_hex_value(text[i + 1]) : -1;
    int low = high >= 0 ? rf_hex_value(text[i + 2]) : -1;
    if (low < 0 || (high == 0 && low == 0)) {
      rf_free(out);
      return rf_fail(err, RF_ERR_ARGUMENT, "expected two hexadecimal digits other than 00 after '%%' in the URL");
    }
    out[made++] = (char)(high * 16 + low);
    i += 2;
  }
  out[made] = '\0';
  *decoded = out;
  return RF_OK;
}

/* ---- the parts of a URL ---- */

static bool is_control(unsigned char c) {
  return c < 0x20 || c == 0x7F;
}

/* Offsets in "scheme://user:password@host:port/path?query#fragment". */
typedef struct {
  size_t scheme;    /* length */
  size_t authority; /* start */
  size_t host;      /* start: after '@' */
  size_t path;      /* start: after the authority */
  size_t end;       /* before '#', or the end */
} url_places;

static bool find_places(const char *url, url_places *places) {
  places->scheme = rf_url_scheme(url);
  if (places->scheme == 0)
    return false;
  places->authority = places->host = places->scheme + 3;
  places->path = places->authority + strcspn(url + places->authority, "/?#");
  /* The last '@' counts, as in browsers: users do not encode an '@' in their password. */
  for (size_t i = places->authority; i < places->path; i++)
    if (url[i] == '@')
      places->host = i + 1;
  places->end = places->path + strcspn(url + places->path, "#");
  return true;
}

/* Decodes user or password. A control character in it would end a command of FTP and begin another. */
static rf_status decode(const char *text, size_t n, char **decoded, rf_error *err) {
  RF_TRY(rf_url_decode(text, n, decoded, err));
  for (const char *c = *decoded; *c != '\0'; c++)
    if (is_control((unsigned char)*c))
      return rf_fail(err, RF_ERR_ARGUMENT, "user or password in the URL has a control character");
  return RF_OK;
}

static rf_status parse_login(const char *text, size_t n, rf_url *url, rf_error *err) {
  const char *colon = memchr(text, ':', n);
  size_t user = colon != NULL ? (size_t)(colon - text) : n;
  RF_TRY(decode(text, user, &url->user, err));
  if (colon != NULL)
    RF_TRY(decode(colon + 1, n - user - 1, &url->password, err));
  return RF_OK;
}

/* Appends n characters. Encodes those that URLs cannot hold (blanks, quotes, all brackets but [], bytes above 0x7E), so
 * that users can write names of files as they are. */
static size_t append_encoded(char *out, const char *text, size_t n) {
  static const char digits[] = "0123456789ABCDEF";
  size_t made = 0;
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c > 0x7E || strchr(" \"<>\\^`{|}", c) != NULL) {
      out[made++] = '%';
      out[made++] = digits[c >> 4];
      out[made++] = digits[c & 15];
    } else {
      out[made++] = (char)c;
    }
  }
  return made;
}

rf_status rf_url_parse(const char *name, rf_url *url, rf_error *err) {
  url_places at;
  memset(url, 0, sizeof *url);
  if (!find_places(name, &at))
    return rf_fail(err, RF_ERR_ARGUMENT, "not a URL: no \"://\" found");
  if (at.path == at.host || name[at.host] == ':')
    return rf_fail(err, RF_ERR_ARGUMENT, "the URL has no host");
  for (size_t i = 0; name[i] != '\0'; i++)
    if (is_control((unsigned char)name[i]))
      return rf_fail(err, RF_ERR_ARGUMENT, "the URL has a control character (0x%02X) at position %zu",
                     (unsigned)(unsigned char)name[i], i);

  rf_status status = RF_OK;
  if (at.host > at.authority)
    status = parse_login(name + at.authority, at.host - 1 - at.authority, url, err);
  size_t longest = at.authority + 3 * (at.end - at.host) + 1;
  if (status == RF_OK && (url->text = rf_alloc(longest)) == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate a URL");
  if (status != RF_OK) {
    rf_url_free(url);
    return status;
  }
  size_t made = 0;
  for (; made < at.authority; made++)
    url->text[made] = name[made];
  /* Host names stay as they are. The transport encodes names beyond ASCII. */
  memcpy(url->text + made, name + at.host, at.path - at.host);
  made += at.path - at.host;
  made += append_encoded(url->text + made, name + at.path, at.end - at.path);
  url->text[made] = '\0';
  return RF_OK;
}

void rf_url_free(rf_url *url) {
  rf_free(url->text);
  rf_free(url->user);
  rf_free(url->password);
  memset(url, 0, sizeof *url);
}

bool rf_url_has_scheme(const char *url, const char *scheme) {
  url_places at;
  return find_places(url, &at) && rf_is_name(url, at.scheme, scheme);
}

bool rf_url_is_ftp(const char *url) {
  return rf_url_has_scheme(url, "ftp") || rf_url_has_scheme(url, "ftps") || rf_url_has_scheme(url, "sftp");
}

static bool same_text(const char *a, size_t n_a, const char *b, size_t n_b) {
  return n_a == n_b && rf_equal_any_case(a, b, n_a);
}

/* Gets host and port; without a port, that of the scheme. */
static void host_and_port(const char *url, const url_places *at, size_t *host_length, const char **port,
                          size_t *port_length) {
  const char *host = url + at->host;
  size_t n = at->path - at->host, colon = n;
  for (size_t i = n; i > 0 && host[i - 1] != ']'; i--)
    if (host[i - 1] == ':') {
      colon = i - 1;
      break;
    }
  *host_length = colon;
  if (colon + 1 < n) {
    *port = host + colon + 1;
    *port_length = n - colon - 1;
    return;
  }
  *port = rf_url_has_scheme(url, "https") ? "443" : rf_url_has_scheme(url, "http") ? "80" : "21";
  *port_length = strlen(*port);
}

bool rf_url_same_server(const char *a, const char *b) {
  url_places at_a, at_b;
  if (!find_places(a, &at_a) || !find_places(b, &at_b))
    return false;
  size_t host_a, host_b, n_a, n_b;
  const char *port_a, *port_b;
  host_and_port(a, &at_a, &host_a, &port_a, &n_a);
  host_and_port(b, &at_b, &host_b, &port_b, &n_b);
  if (!same_text(a + at_a.host, host_a, b + at_b.host, host_b))
    return false;
  bool upgraded = rf_url_has_scheme(a, "http") && rf_url_has_scheme(b, "https") && same_text(port_a, n_a, "80", 2) &&
                  same_text(port_b, n_b, "443", 3);
  return upgraded || (same_text(a, at_a.scheme, b, at_b.scheme) && same_text(port_a, n_a, port_b, n_b));
}

/* ---- references ---- */

/* Returns the length of the scheme of a URI reference, which ends at the first ':', or 0. */
static size_t reference_scheme(const char *text) {
  size_t n = 0;
  while (rf_is_letter(text[n]) ||
         (n > 0 && (rf_is_digit(text[n]) || text[n] == '+' || text[n] == '-' || text[n] == '.')))
    n++;
  return text[n] == ':' ? n : 0;
}

/* Removes "." and ".." from a path that begins with '/' (RFC 3986 5.2.4). What follows the path moves up. */
static void remove_dot_segments(char *path) {
  char *end = path + strcspn(path, "?#"), *in = path, *out = path;
  while (in < end) {
    size_t n = 1 + strcspn(in + 1, "/?#");
    bool last = in + n == end, dot = n == 2 && in[1] == '.', dots = n == 3 && in[1] == '.' && in[2] == '.';
    if (dots)
      while (out > path && *--out != '/')
        ;
    if (!dot && !dots) {
      memmove(out, in, n);
      out += n;
    } else if (last) {
      *out++ = '/';
    }
    in += n;
  }
  memmove(out, end, strlen(end) + 1);
}

rf_status rf_url_resolve(const char *base, const char *reference, char **url, rf_error *err) {
  url_places at;
  size_t kept = 0, n = strlen(reference);
  if (!find_places(base, &at))
    return rf_fail(err, RF_ERR_ARGUMENT, "not a URL: no \"://\" found");
  size_t path_end = at.path + strcspn(base + at.path, "?#");
  bool slash = false;
  if (reference_scheme(reference) > 0) {
    kept = 0;
  } else if (reference[0] == '/') {
    kept = reference[1] == '/' ? at.scheme + 1 : at.path;
  } else if (reference[0] == '?') {
    kept = path_end;
  } else if (reference[0] == '\0' || reference[0] == '#') {
    kept = at.end;
  } else {
    for (kept = path_end; kept > at.path && base[kept - 1] != '/';)
      kept--;
    slash = kept == at.path; /* the base has no path */
  }
  char *text = rf_alloc(kept + n + 2);
  if (text == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a URL");
  memcpy(text, base, kept);
  memcpy(text + kept, "/", 1);
  memcpy(text + kept + slash, reference, n + 1);
  if (kept >= at.path && text[at.path] == '/')
    remove_dot_segments(text + at.path);
  *url = text;
  return RF_OK;
}
