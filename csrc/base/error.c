/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"

/* Maximal length of a file name in a message; a longer name keeps its end. */
#define NAME_SHOWN 240

void rf_error_clear(rf_error *err) {
  if (!err)
    return;
  /* Member by member: calls that take microseconds should not fill 800 bytes with zeros several times. */
  err->code = RF_OK;
  err->sys_errno = 0;
  err->http_status = 0;
  err->hdu = -1;
  err->offset = -1;
  err->cause = 0;
  err->keyword[0] = '\0';
  err->message[0] = '\0';
}

const char *rf_status_get_name(rf_status status) {
#define NAME(x)                                                                                                        \
  case x:                                                                                                              \
    return #x
  switch (status) {
    NAME(RF_OK);
    NAME(RF_ERR_ARGUMENT);
    NAME(RF_ERR_READONLY);
    NAME(RF_ERR_NOT_FOUND);
    NAME(RF_ERR_RANGE);
    NAME(RF_ERR_TYPE);
    NAME(RF_ERR_PROTECTED);
    NAME(RF_ERR_TAINTED);
    NAME(RF_ERR_CLOSED);
    NAME(RF_ERR_IO);
    NAME(RF_ERR_NO_FILE);
    NAME(RF_ERR_PERMISSION);
    NAME(RF_ERR_DIRECTORY);
    NAME(RF_ERR_EXISTS);
    NAME(RF_ERR_NO_SPACE);
    NAME(RF_ERR_NETWORK);
    NAME(RF_ERR_TIMEOUT);
    NAME(RF_ERR_TLS);
    NAME(RF_ERR_HTTP_STATUS);
    NAME(RF_ERR_CHANGED);
    NAME(RF_ERR_CALLBACK);
    NAME(RF_ERR_NOT_FITS);
    NAME(RF_ERR_FORMAT);
    NAME(RF_ERR_CARD);
    NAME(RF_ERR_TRUNCATED);
    NAME(RF_ERR_CODEC);
    NAME(RF_ERR_LIMIT);
    NAME(RF_ERR_UNSUPPORTED);
    NAME(RF_ERR_NO_DRIVER);
    NAME(RF_ERR_NOT_BUILT);
    NAME(RF_ERR_MEMORY);
    NAME(RF_ERR_SCHEME);
    NAME(RF_ERR_LOCKED);
    NAME(RF_ERR_INTERRUPTED);
  }
#undef NAME
  return "RF_ERR_?";
}

/* Ends text[0..length) before a UTF-8 character that was cut in the middle. */
static void trim_partial_character(char *text, size_t length) {
  size_t back = 0;
  while (back < 3 && back < length && ((unsigned char)text[length - 1 - back] & 0xC0) == 0x80)
    back++;
  if (back == length)
    return;
  unsigned char lead = (unsigned char)text[length - 1 - back];
  size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (need > back + 1)
    text[length - 1 - back] = '\0';
}

/* Starts a failure: false when one is recorded already. */
static bool begin_failure(rf_error *err, rf_status code) {
  if (!err || err->code != RF_OK)
    return false;

  err->code = code;
  return true;
}

/* A message may hold the name of a file, a card, or what a server said: a terminal must not obey it. */
static void escape_message(rf_error *err) {
  size_t n = strlen(err->message);
  if (rf_text_is_plain(err->message, n))
    return;
  char raw[sizeof err->message];
  memcpy(raw, err->message, n);
  (void)rf_text_escape(raw, n, err->message, sizeof err->message);
}

static void format_message(rf_error *err, const char *format, va_list args) {
  int made = vsnprintf(err->message, sizeof err->message, format, args);
  if (made < 0)
    err->message[0] = '\0';
  else if ((size_t)made >= sizeof err->message)
    trim_partial_character(err->message, sizeof err->message - 1);
  escape_message(err);
}

rf_status rf_fail(rf_error *err, rf_status code, const char *format, ...) {
  if (begin_failure(err, code)) {
    va_list args;
    va_start(args, format);
    format_message(err, format, args);
    va_end(args);
  }
  return code;
}

static rf_status status_of_errno(int number) {
  switch (number) {
  case ENOENT:
    return RF_ERR_NO_FILE;
  case EACCES:
  case EPERM:
  case EROFS:
    return RF_ERR_PERMISSION;
  case EISDIR:
    return RF_ERR_DIRECTORY;
  case EEXIST:
    return RF_ERR_EXISTS;
  case ENOSPC:
#ifdef EDQUOT
  case EDQUOT:
#endif
    return RF_ERR_NO_SPACE;
  case ENOMEM:
    return RF_ERR_MEMORY;
  default:
    return RF_ERR_IO;
  }
}

#if defined(_WIN32)
static const char *system_text(int number, char *buffer, size_t n) {
  return strerror_s(buffer, n, number) == 0 ? buffer : "unknown error";
}
#else
/* strerror_r has two forms: GNU's returns the text, POSIX's fills the buffer and returns a number. */
static const char *text_of_gnu(const char *text, const char *buffer) {
  (void)buffer;
  return text ? text : "unknown error";
}

static const char *text_of_posix(int result, const char *buffer) {
  return result == 0 ? buffer : "unknown error";
}

static const char *system_text(int number, char *buffer, size_t n) {
  buffer[0] = '\0';
  return _Generic(strerror_r(number, buffer, n), int : text_of_posix, char * : text_of_gnu)(
      strerror_r(number, buffer, n), buffer);
}
#endif

rf_status rf_fail_errno(rf_error *err, int number, const char *format, ...) {
  rf_status code = status_of_errno(number);
  if (begin_failure(err, code)) {
    err->sys_errno = number;
    va_list args;
    va_start(args, format);
    format_message(err, format, args);
    va_end(args);
    char buffer[128];
    size_t used = strlen(err->message);
    int made =
        snprintf(err->message + used, sizeof err->message - used, ": %s", system_text(number, buffer, sizeof buffer));
    (void)made; /* a message that is full already is cut, which is all right */
  }
  return code;
}

void rf_error_at(rf_error *err, int64_t offset) {
  if (err && err->offset < 0)
    err->offset = offset;
}

void rf_error_keyword(rf_error *err, const char *keyword) {
  if (err && !err->keyword[0] && keyword) {
    size_t n = strlen(keyword);
    if (n >= sizeof err->keyword)
      n = sizeof err->keyword - 1;
    memcpy(err->keyword, keyword, n);
    err->keyword[n] = '\0';
  }
}

/* `name`, escaped, as messages show it: its end when it is long. */
static void shown_name(const char *name, char out[NAME_SHOWN + 4]) {
  size_t n = strlen(name);
  const char *dots = "";
  if (n > NAME_SHOWN) {
    name += n - NAME_SHOWN;
    while (((unsigned char)*name & 0xC0) == 0x80) /* never begin inside a UTF-8 character */
      name++;
    dots = "...";
  }
  char escaped[RF_ESCAPE_GROWTH * NAME_SHOWN + 1];
  char *begin = escaped;
  n = rf_text_escape(name, strlen(name), escaped, sizeof escaped);
  for (; n > NAME_SHOWN || ((unsigned char)*begin & 0xC0) == 0x80; n--) {
    begin++;
    dots = "...";
  }
  size_t lead = strlen(dots);
  memcpy(out, dots, lead);
  memcpy(out + lead, begin, n);
  out[lead + n] = '\0';
}

/* Length of the prefix "name: " or "name[12]: " that the message has, 0 for none. */
static size_t prefix_length(const char *message, const char *name, bool *with_hdu) {
  size_t n = strlen(name);
  *with_hdu = false;
  if (strncmp(message, name, n) != 0)
    return 0;
  const char *p = message + n;
  if (*p == '[') {
    const char *digits = ++p;
    while (*p >= '0' && *p <= '9')
      p++;
    if (p == digits || *p++ != ']')
      return 0;
    *with_hdu = true;
  }
  return p[0] == ':' && p[1] == ' ' ? (size_t)(p + 2 - message) : 0;
}

rf_status rf_error_locate(rf_error *err, rf_status status, const char *name, int hdu) {
  if (!err || err->code == RF_OK)
    return status;
  if (err->hdu < 0 && hdu >= 0)
    err->hdu = hdu;
  char shown[NAME_SHOWN + 4], whole[sizeof err->message];
  shown_name(name, shown);
  (void)rf_text_escape(name, strlen(name), whole, sizeof whole);
  escape_message(err); /* of a driver's own making */
  /* A message that begins with the whole name (as those of base/system/platform.h do) is located too. */
  bool with_hdu;
  size_t old = prefix_length(err->message, whole, &with_hdu);
  if (old == 0)
    old = prefix_length(err->message, shown, &with_hdu);
  if (old > 0 && (with_hdu || hdu < 0) && strlen(whole) <= NAME_SHOWN)
    return err->code;
  if (with_hdu)
    return err->code;

  char prefix[NAME_SHOWN + 32];
  int made = hdu < 0 ? snprintf(prefix, sizeof prefix, "%s: ", shown)
                     : snprintf(prefix, sizeof prefix, "%s[%d]: ", shown, hdu);
  if (made < 0 || (size_t)made >= sizeof prefix)
    return err->code;
  size_t lead = (size_t)made;
  size_t rest = strlen(err->message + old);
  size_t room = sizeof err->message - 1 - lead;
  bool cut = rest > room;
  if (cut)
    rest = room;
  memmove(err->message + lead, err->message + old, rest);
  memcpy(err->message, prefix, lead);
  err->message[lead + rest] = '\0';
  if (cut)
    trim_partial_character(err->message, lead + rest);
  return err->code;
}

#define TEXT(x) #x
#define VERSION(a, b, c) TEXT(a) "." TEXT(b) "." TEXT(c)

const char *rf_version(void) {
  return VERSION(RF_VERSION_MAJOR, RF_VERSION_MINOR, RF_VERSION_PATCH);
}
