/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/date.h"

#include <string.h>

typedef struct {
  const char *at;
  const char *end;
} cursor;

typedef struct {
  int year;
  int month; /* 1 to 12 */
  int day;
  int hour;
  int minute;
  int second; /* up to 60: a leap second */
} date;

static bool take(cursor *c, const char *text) {
  size_t n = strlen(text);
  if ((size_t)(c->end - c->at) < n || memcmp(c->at, text, n) != 0)
    return false;
  c->at += n;
  return true;
}

static bool take_digits(cursor *c, int count, int *value) {
  *value = 0;
  for (int i = 0; i < count; i++, c->at++) {
    if (c->at == c->end || *c->at < '0' || *c->at > '9')
      return false;
    *value = *value * 10 + (*c->at - '0');
  }
  return true;
}

/* Takes one of `count` words and returns its index, or -1. */
static int take_word(cursor *c, const char *const *words, int count) {
  for (int i = 0; i < count; i++)
    if (take(c, words[i]))
      return i;
  return -1;
}

static bool take_month(cursor *c, int *month) {
  static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  *month = 1 + take_word(c, names, 12);
  return *month > 0;
}

static bool take_time(cursor *c, date *d) {
  return take_digits(c, 2, &d->hour) && take(c, ":") && take_digits(c, 2, &d->minute) && take(c, ":") &&
         take_digits(c, 2, &d->second);
}

/* "06 Nov 1994 08:49:37 GMT" */
static bool take_imf_fixdate(cursor *c, date *d) {
  return take_digits(c, 2, &d->day) && take(c, " ") && take_month(c, &d->month) && take(c, " ") &&
         take_digits(c, 4, &d->year) && take(c, " ") && take_time(c, d) && take(c, " GMT");
}

static int year_of(int64_t seconds) {
  return (int)(1970 + seconds / 31556952); /* the mean year of the Gregorian calendar */
}

/* "06-Nov-94 08:49:37 GMT". A year more than 50 years ahead of `now` is in the past. */
static bool take_rfc850(cursor *c, int64_t now, date *d) {
  bool taken = take_digits(c, 2, &d->day) && take(c, "-") && take_month(c, &d->month) && take(c, "-") &&
               take_digits(c, 2, &d->year) && take(c, " ") && take_time(c, d) && take(c, " GMT");
  int year = year_of(now);
  d->year += year - year % 100;
  if (d->year > year + 50)
    d->year -= 100;
  else if (d->year <= year - 50)
    d->year += 100;
  return taken;
}

/* "Nov  6 08:49:37 1994" */
static bool take_asctime(cursor *c, date *d) {
  return take_month(c, &d->month) && take(c, " ") && take_digits(c, take(c, " ") ? 1 : 2, &d->day) && take(c, " ") &&
         take_time(c, d) && take(c, " ") && take_digits(c, 4, &d->year);
}

static bool is_leap_year(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool is_valid(const date *d) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int most = days[d->month - 1] + (d->month == 2 && is_leap_year(d->year) ? 1 : 0);
  return d->day >= 1 && d->day <= most && d->hour <= 23 && d->minute <= 59 && d->second <= 60;
}

static int64_t seconds_since_1970(const date *d) {
  /* Years that begin with March have the leap day at their end. */
  int64_t year = d->month > 2 ? d->year : d->year - 1, month = (d->month + 9) % 12;
  int64_t days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + d->day - 1;
  return (days - 719468) * 86400 + (int64_t)d->hour * 3600 + (int64_t)d->minute * 60 + d->second;
}

bool rf_http_date_parse(const char *text, size_t n, int64_t now, int64_t *seconds) {
  static const char *const long_names[] = {"Sunday, ",   "Monday, ", "Tuesday, ", "Wednesday, ",
                                           "Thursday, ", "Friday, ", "Saturday, "};
  static const char *const short_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  cursor c = {text, text + n};
  date d = {0};
  bool taken;
  if (take_word(&c, long_names, 7) >= 0)
    taken = take_rfc850(&c, now, &d);
  else if (take_word(&c, short_names, 7) < 0)
    return false;
  else
    taken = take(&c, ", ") ? take_imf_fixdate(&c, &d) : take(&c, " ") && take_asctime(&c, &d);
  if (!taken || c.at != c.end || !is_valid(&d))
    return false;
  *seconds = seconds_since_1970(&d);
  return true;
}
