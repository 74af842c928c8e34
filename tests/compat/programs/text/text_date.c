/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Dates and times.
 */
#include <fitsio.h>

#include "../shared/mutate.h"

static const char *const dates[] = {
    "01/02/93",
    "31/12/99",
    "1/2/93",
    "32/01/93",
    "29/02/92",
    "29/02/93",
    "01/13/93",
    "00/01/93",
    "01/01/00",
    "2000-01-01",
    "2000-02-29",
    "1900-02-29",
    "1999-12-31T23:59:59",
    "1999-12-31T23:59:60",
    "1999-12-31T23:59:60.9",
    "1999-12-31T23:59:61",
    "1999-12-31T24:00:00",
    "1999-12-31T23:60:00",
    "1999-12-31T01:02:03.456789",
    "1999-12-31T01:02",
    "1999-12-31T",
    "1999-12-31 01:02:03",
    "12:34:56",
    "12:34:56.789",
    "24:00:00",
    "12:34",
    "1:2:3",
    "",
    " ",
    "2000",
    "2000-1-1",
    "2000-13-01",
    "2000-00-01",
    "2000-01-00",
    "2000-01-32",
    "2000-04-31",
    "0000-01-01",
    "9999-12-31",
    "10000-01-01",
    "-200-01-01",
    "2000/01/01",
    "01-02-93",
    "abc",
    "20a0-01-01",
    "2000-01-01Z",
    "2000-01-01T00:00:00Z",
    "2000-01-01T00:00:00.",
    "2000-01-01T00:00:00.1234567890123456",
    "2000-01-01T00:00:0",
    "2000-01-01T0a:00:00",
    "1998-01-01T12:30:00+01",
    "'2000-01-01'",
    " 2000-01-01",
    "2000-01-01 ",
};

static void parse(char *text) {
  int year = -77, month = -77, day = -77, hour = -77, minute = -77, status = 0;
  double second = -77;
  printf("[%s]", text == NULL ? "none" : text);
  fits_str2date(text, &year, &month, &day, &status);
  printf(" %d %d %d %d", year, month, day, status);
  year = month = day = -77, status = 0;
  fits_str2time(text, &year, &month, &day, &hour, &minute, &second, &status);
  printf(" %d %d %d %d %d %.12g %d", year, month, day, hour, minute, second, status);
  status = 0;
  fits_str2date(text, NULL, NULL, NULL, &status);
  printf(" %d", status);
  status = 0;
  fits_str2time(text, NULL, NULL, NULL, NULL, NULL, NULL, &status);
  printf(" %d\n", status);
}

static void make(int year, int month, int day, int hour, int minute, double second, int decimals) {
  char text[100] = "?";
  int status = 0;
  ffverifydate(year, month, day, &status);
  printf("%d %d %d: %d", year, month, day, status);
  status = 0;
  fits_date2str(year, month, day, text, &status);
  printf(" [%s] %d", text, status);
  status = 0;
  (void)strcpy(text, "?");
  fits_time2str(year, month, day, hour, minute, second, decimals, text, &status);
  printf(" %d %d %g %d [%s] %d\n", hour, minute, second, decimals, text, status);
}

int main(void) {
  static const int years[] = {-1, 0, 1, 99, 1899, 1900, 1992, 1998, 1999, 2000, 2004, 9999, 10000};
  static const int months[] = {-1, 0, 1, 2, 4, 12, 13}, days[] = {-1, 0, 1, 28, 29, 30, 31, 32};
  static const double seconds[] = {-1, 0, 0.5, 9.99999, 59.4, 59.6, 59.99999999, 60, 60.5, 60.9, 60.99999999, 61, 61.5};
  char text[100];
  int status = 0, day = 0, month = 0, year = 0, reference = -77;
  for (size_t i = 0; i < sizeof years / sizeof *years; i++)
    for (size_t j = 0; j < sizeof months / sizeof *months; j++)
      for (size_t k = 0; k < sizeof days / sizeof *days; k++)
        make(years[i], months[j], days[k], 1, 2, 3, 0);
  for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
    for (int decimals = -2; decimals <= 12; decimals++) {
      make(2000, 1, 2, 3, 4, seconds[i], decimals);
      make(0, 0, 0, 3, 4, seconds[i], decimals);
    }
  for (int hour = -1; hour <= 25; hour += 2)
    for (int minute = -1; minute <= 61; minute += 6)
      make(1995, 1, 2, hour, minute, 7.25, 1);
  make(2000, 1, 2, 3, 4, 5, 25);
  make(2000, 1, 2, 3, 4, 5, 26);
  make(0, 1, 0, 3, 4, 5, 1);
  make(0, 0, 1, 3, 4, 5, 1);
  for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
    (void)snprintf(text, sizeof text, "%s", dates[i]);
    parse(text);
  }
  parse(NULL);
  for (int i = 0; i < 20000; i++) {
    (void)snprintf(text, sizeof text, "%s", dates[random_below(sizeof dates / sizeof *dates)]);
    mutate(text, 60, "0129-/:T. a");
    parse(text);
  }
  fits_get_system_time(text, &reference, &status);
  printf("%zu %d %d", strlen(text), reference, status);
  fits_str2date(text, &year, &month, &day, &status);
  printf(" %d", status);
  fits_get_system_time(text, NULL, &status);
  int d = 0, m = 0, y = 0;
  fits_get_system_date(&d, &m, &y, &status);
  printf(" %d %d\n", status, d == day && m == month && y == year);
  return 0;
}
