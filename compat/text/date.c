/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Dates and times as text: yyyy-mm-dd, yyyy-mm-ddThh:mm:ss.s, hh:mm:ss.s, and the old dd/mm/yy.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/status.h"
#include "base/string.h"
#include "fitsio2.h"

#define DATE_LENGTH 10
#define TIME_LENGTH 8
#define MOST_DECIMALS 25

int ffverifydate(int year, int month, int day, int *status) {
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  CF_GO(status);
  if (year < 0 || year > 9999)
    return cf_fail(status, BAD_DATE, "the year %d is not in 0..9999", year);
  if (month < 1 || month > 12)
    return cf_fail(status, BAD_DATE, "the month %d is not in 1..12", month);
  bool leap = month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
  if (day < 1 || day > lengths[month - 1] + leap)
    return cf_fail(status, BAD_DATE, "month %d of %d has no day %d", month, year, day);
  return *status;
}

static int verify_time(int hour, int minute, double second, int *status) {
  if (hour < 0 || hour > 23)
    return cf_fail(status, BAD_DATE, "the hour %d is not in 0..23", hour);
  if (minute < 0 || minute > 59)
    return cf_fail(status, BAD_DATE, "the minute %d is not in 0..59", minute);
  if (!(second >= 0 && second < 61))
    return cf_fail(status, BAD_DATE, "the second %g is not in 0..60.999", second);
  return *status;
}

/* Gets the time now, in UTC. */
static bool utc_now(struct tm *now) {
  time_t seconds = time(NULL);
#ifdef _WIN32
  return gmtime_s(now, &seconds) == 0;
#else
  return gmtime_r(&seconds, now) != NULL;
#endif
}

int ffgstm(char *timestr, int *timeref, int *status) {
  struct tm now;
  CF_GO(status);
  if (timestr == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the time");
  if (!utc_now(&now))
    return cf_fail(status, BAD_DATE, "the time is not known");
  if (timeref != NULL)
    *timeref = 0;
  return fftm2s(now.tm_year + 1900, now.tm_mon + 1, now.tm_mday, now.tm_hour, now.tm_min, now.tm_sec, 0, timestr,
                status);
}

int ffgsdt(int *day, int *month, int *year, int *status) {
  struct tm now;
  CF_GO(status);
  if (!utc_now(&now))
    return cf_fail(status, BAD_DATE, "the time is not known");
  if (day != NULL)
    *day = now.tm_mday;
  if (month != NULL)
    *month = now.tm_mon + 1;
  if (year != NULL)
    *year = now.tm_year + 1900;
  return *status;
}

int ffdt2s(int year, int month, int day, char *datestr, int *status) {
  CF_GO(status);
  if (datestr == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the date");
  *datestr = '\0';
  if (ffverifydate(year, month, day, status) > 0)
    return *status;
  if (year >= 1900 && year <= 1998)
    (void)snprintf(datestr, DATE_LENGTH + 1, "%.2d/%.2d/%.2d", day, month, year - 1900);
  else
    (void)snprintf(datestr, DATE_LENGTH + 1, "%.4d-%.2d-%.2d", year, month, day);
  return *status;
}

int fftm2s(int year, int month, int day, int hour, int minute, double second, int decimals, char *datestr,
           int *status) {
  char text[64];
  CF_GO(status);
  if (datestr == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the time");
  *datestr = '\0';
  bool dated = year != 0 || month != 0 || day != 0;
  if (dated && ffverifydate(year, month, day, status) > 0)
    return *status;
  if (verify_time(hour, minute, second, status) > 0)
    return *status;
  if (decimals > MOST_DECIMALS)
    return cf_fail(status, BAD_DATE, "%d decimals of seconds are more than %d", decimals, MOST_DECIMALS);
  int digits = decimals > 0 ? decimals + 3 : 2;
  *text = '\0';
  if (dated || decimals < 0)
    (void)snprintf(text, sizeof text, "%.4d-%.2d-%.2d", year, month, day);
  if (dated && decimals >= 0)
    cf_append(text, "T", sizeof text);
  size_t used = strlen(text);
  if (decimals >= 0)
    (void)snprintf(text + used, sizeof text - used, "%.2d:%.2d:%0*.*f", hour, minute, digits, decimals, second);
  memcpy(datestr, text, strlen(text) + 1);
  return *status;
}

/* Tells whether `text` begins as `shape` does, where 9 is any digit. */
static bool shaped(const char *text, const char *shape) {
  for (; *shape != '\0'; text++, shape++)
    if (*shape == '9' ? *text < '0' || *text > '9' : *text != *shape)
      return false;
  return true;
}

/* Returns the number of n digits. */
static int number(const char *text, int n) {
  int value = 0;
  for (; n > 0; n--)
    value = 10 * value + *text++ - '0';
  return value;
}

static void put(int *place, int value) {
  if (place != NULL)
    *place = value;
}

int ffs2dt(char *datestr, int *year, int *month, int *day, int *status) {
  int y, m, d;
  CF_GO(status);
  put(year, 0);
  put(month, 0);
  put(day, 0);
  if (datestr == NULL)
    return cf_fail(status, BAD_DATE, "no text of a date");
  if (shaped(datestr, "99/99/99") && datestr[TIME_LENGTH] == '\0') {
    d = number(datestr, 2);
    m = number(datestr + 3, 2);
    y = number(datestr + 6, 2) + 1900;
  } else if (shaped(datestr, "9999-99-99") && (datestr[DATE_LENGTH] == '\0' || datestr[DATE_LENGTH] == 'T')) {
    y = number(datestr, 4);
    m = number(datestr + 5, 2);
    d = number(datestr + 8, 2);
  } else {
    return cf_fail(status, BAD_DATE, "this is no date: '%.70s'", datestr);
  }
  put(year, y);
  put(month, m);
  put(day, d);
  return ffverifydate(y, m, d, status);
}

/* Reads seconds with decimals, as far as they are digits. */
static void read_seconds(const char *text, double *seconds, int *status) {
  char digits[64];
  size_t n = strspn(text, "0123456789");
  if (text[n] == '.')
    n += 1 + strspn(text + n + 1, "0123456789");
  cf_copy_n(digits, text, n, sizeof digits);
  ffc2dd(digits, seconds, status);
}

int ffs2tm(char *datestr, int *year, int *month, int *day, int *hour, int *minute, double *second, int *status) {
  double seconds = 0;
  CF_GO(status);
  put(year, 0);
  put(month, 0);
  put(day, 0);
  put(hour, 0);
  put(minute, 0);
  if (second != NULL)
    *second = 0;
  if (datestr == NULL)
    return cf_fail(status, BAD_DATE, "no text of a time");
  const char *text = datestr;
  if (!shaped(datestr, "99:99:9")) {
    if (ffs2dt(datestr, year, month, day, status) > 0 || datestr[2] == '/' || datestr[DATE_LENGTH] == '\0')
      return *status;
    text = datestr + DATE_LENGTH + 1;
  }
  if (!shaped(text, "99:99:99") || (text != datestr && text[TIME_LENGTH] != '\0' && text[TIME_LENGTH] != '.'))
    return cf_fail(status, BAD_DATE, "this is no time: '%.70s'", datestr);
  put(hour, number(text, 2));
  put(minute, number(text + 3, 2));
  read_seconds(text + 6, &seconds, status);
  if (second != NULL)
    *second = seconds;
  return verify_time(hour == NULL ? 0 : *hour, minute == NULL ? 0 : *minute, second == NULL ? 0 : seconds, status);
}
