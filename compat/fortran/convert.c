/* SPDX-License-Identifier: BSD-3-Clause */
#include "fortran/convert.h"

#include <limits.h>
#include <string.h>

#define UNWRITTEN LONG_MIN /* of an element that the function has not written */
#define NUMBER_END 20      /* numbers end in this column */
#define MARK '\1'          /* the first character of a string that the function has not written */

static size_t trimmed_length(const char *text, size_t n) {
  const char *end = memchr(text, '\0', n);
  if (end != NULL)
    return (size_t)(end - text);
  while (n > 0 && text[n - 1] == ' ')
    n--;
  return n;
}

static void write_padded(char *text, size_t n, const char *string) {
  size_t used = strnlen(string, n);
  memcpy(text, string, used);
  memset(text + used, ' ', n - used);
}

void cf_string_begin(cf_string *string, const char *text, size_t n, bool written) {
  static const char nul[4] = {0};
  string->text = string->small;
  if (!written && n >= sizeof nul && memcmp(text, nul, sizeof nul) == 0)
    string->text = NULL;
  else if (n >= sizeof string->small)
    string->text = malloc(n + 1);
  if (string->text == NULL)
    return;
  size_t used = trimmed_length(text, n);
  memcpy(string->text, text, used);
  string->text[used] = '\0';
}

void cf_string_free(cf_string *string) {
  if (string->text != string->small)
    free(string->text);
}

void cf_string_write(cf_string *string, char *text, size_t n) {
  if (string->text != NULL)
    write_padded(text, n, string->text);
  cf_string_free(string);
}

void cf_number_write(cf_string *string, char *text, size_t n) {
  size_t used = strnlen(string->small, sizeof string->small);
  if (string->text == string->small && used < NUMBER_END) {
    memmove(string->small + NUMBER_END - used, string->small, used + 1);
    memset(string->small, ' ', NUMBER_END - used);
  }
  cf_string_write(string, text, n);
}

void cf_strings_begin(cf_strings *strings, const char *text, size_t n, LONGLONG count, LONGLONG width, bool filled,
                      int *status) {
  size_t capacity = (n > (size_t)width ? n : (size_t)width) + 1;
  if (capacity < FLEN_VALUE)
    capacity = FLEN_VALUE;
  strings->count = count > 0 ? (size_t)count : 0;
  strings->list = NULL;
  strings->memory = NULL;
  if (strings->count <= SIZE_MAX / 2 / capacity) {
    strings->list = calloc(strings->count + 1, sizeof *strings->list);
    strings->memory = calloc(strings->count + 1, capacity);
  }
  if (strings->list == NULL || strings->memory == NULL) {
    cf_strings_free(strings);
    cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld strings", count);
    return;
  }
  for (size_t i = 0; i < strings->count; i++) {
    strings->list[i] = strings->memory + i * capacity;
    if (filled)
      memcpy(strings->list[i], text + i * n, trimmed_length(text + i * n, n));
    else
      strings->list[i][0] = MARK;
  }
}

void cf_strings_comments(cf_strings *strings, const char *text, size_t n, LONGLONG count, int *status) {
  size_t used = trimmed_length(text, n);
  bool same = used > 0 && text[used - 1] == '&';
  cf_strings_begin(strings, text, n, same && count > 1 ? 1 : count, 0, true, status);
}

void cf_strings_write(cf_strings *strings, char *text, size_t n) {
  for (size_t i = 0; i < strings->count; i++)
    if (strings->list[i][0] != MARK)
      write_padded(text + i * n, n, strings->list[i]);
  cf_strings_free(strings);
}

void cf_strings_free(cf_strings *strings) {
  free(strings->list);
  free(strings->memory);
  strings->list = NULL;
  strings->memory = NULL;
  strings->count = 0;
}

long *cf_longs_begin(const int *values, LONGLONG count, bool filled, int *status) {
  long *longs = count < LONG_MAX / 64 ? malloc(((size_t)(count > 0 ? count : 0) + 1) * sizeof *longs) : NULL;
  if (longs == NULL) {
    cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld integers", count);
    return NULL;
  }
  for (LONGLONG i = 0; i < count; i++)
    longs[i] = filled ? values[i] : UNWRITTEN;
  return longs;
}

void cf_longs_write(long *longs, int *values, LONGLONG count) {
  for (LONGLONG i = 0; longs != NULL && i < count; i++)
    if (longs[i] != UNWRITTEN)
      values[i] = cf_integer(longs[i]);
  free(longs);
}

char *cf_flags_begin(const int *values, LONGLONG count, bool filled, int *status) {
  char *flags = count < LONG_MAX / 64 ? malloc((size_t)(count > 0 ? count : 0) + 1) : NULL;
  if (flags == NULL) {
    cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld flags", count);
    return NULL;
  }
  for (LONGLONG i = 0; i < count; i++)
    flags[i] = filled ? values[i] != 0 : 2; /* 2: not written */
  return flags;
}

void cf_flags_write(char *flags, int *values, LONGLONG count) {
  for (LONGLONG i = 0; flags != NULL && i < count; i++)
    if (flags[i] != 2)
      values[i] = flags[i] != 0;
  free(flags);
}

int cf_integer(long value) {
  return value > INT_MAX ? INT_MAX : value < INT_MIN ? INT_MIN : (int)value;
}

LONGLONG cf_count_fields(fitsfile *fptr, LONGLONG most) {
  long fields = 0;
  int status = 0;
  ffpmrk();
  ffgkyj(fptr, "TFIELDS", &fields, NULL, &status);
  ffcmrk();
  if (status > 0 || fields < 0)
    return 0;
  return most >= 0 && most < fields ? most : fields;
}

LONGLONG cf_count_axes(fitsfile *fptr, LONGLONG naxis) {
  int type = IMAGE_HDU, status = 0;
  ffpmrk();
  ffghdt(fptr, &type, &status);
  ffcmrk();
  return type == IMAGE_HDU ? naxis : naxis + 1;
}

LONGLONG cf_count_pixels(LONGLONG naxis, const long *blc, const long *trc, const long *inc) {
  LONGLONG count = 1;
  for (LONGLONG i = 0; i < naxis; i++) {
    LONGLONG step = inc[i] > 0 ? inc[i] : 1, n = ((LONGLONG)trc[i] - blc[i]) / step + 1;
    if (n < 1 || n > LONGLONG_MAX / 64 / count)
      return 0;
    count *= n;
  }
  return count;
}

LONGLONG cf_column_width(fitsfile *fptr, int colnum) {
  int width = 0, status = 0;
  ffpmrk();
  ffgcdw(fptr, colnum, &width, &status);
  ffcmrk();
  return status > 0 || width < 0 ? 0 : width;
}
