/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter/interval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "name/name.h"

#define MAX_INTERVALS ((LONGLONG)1 << 27)

/* ------------------------------ the table ------------------------------ */

/* Moves to the first extension whose name has GTI in it. */
static int find_extension(fitsfile *gti, int *status) {
  int hdus = 0, type = 0;
  (void)ffthdu(gti, &hdus, status);
  for (int i = 2; *status <= 0 && i <= hdus; i++) {
    char name[FLEN_VALUE] = "";
    int missing = 0;
    if (ffmahd(gti, i, &type, status) > 0)
      return *status;
    (void)ffgkys(gti, "EXTNAME", name, NULL, &missing);
    cf_upper(name);
    if (missing <= 0 && type != IMAGE_HDU && strstr(name, "GTI") != NULL)
      return *status;
  }
  return cf_fail(status, BAD_HDU_NUM, "no extension of good time intervals (GTI)");
}

/* "+2", "[2]", "[NAME]": an extension of the file of `fptr`. */
static int open_extension(fitsfile **gti, fitsfile *fptr, const char *file, int *status) {
  char text[FLEN_FILENAME];
  rf_name_location where;
  size_t n = *file == '[' ? strcspn(file + 1, "]") : strlen(file + 1);
  cf_copy_n(text, file + 1, n, sizeof text);
  if (cf_location_parse(text, &where, status) > 0 || ffreopen(fptr, gti, status) > 0)
    return *status;
  if (where.name[0] == '\0')
    return ffmahd(*gti, where.number + 1, NULL, status);
  return ffmnhd(*gti, where.kind, where.name, where.version, status);
}

static int open_table(fitsfile **gti, fitsfile *fptr, const char *file, int *status) {
  int number = 1;
  while (*file == ' ')
    file++;
  if (*file == '\0') {
    if (ffreopen(fptr, gti, status) > 0)
      return *status;
    return find_extension(*gti, status);
  }
  if (*file == '+' || *file == '[')
    return open_extension(gti, fptr, file, status);
  if (ffopen(gti, file, READONLY, status) > 0)
    return *status;
  (void)ffghdn(*gti, &number);
  return number == 1 ? find_extension(*gti, status) : *status;
}

/* ------------------------------ the values ------------------------------ */

/* TIMEZERO, or TIMEZERI + TIMEZERF; 0 if the header has none. */
static double time_zero(fitsfile *fptr) {
  double whole = 0, fraction = 0;
  int missing = 0;
  ffpmrk();
  if (ffgkyd(fptr, "TIMEZERO", &whole, NULL, &missing) > 0) {
    missing = 0;
    if (ffgkyd(fptr, "TIMEZERI", &whole, NULL, &missing) > 0)
      whole = 0;
    missing = 0;
    if (ffgkyd(fptr, "TIMEZERF", &fraction, NULL, &missing) > 0)
      fraction = 0;
  }
  ffcmrk();
  return whole + fraction;
}

static int read_table(fitsfile *gti, double shift, const char *start, const char *stop, double **block, LONGLONG *count,
                      int *status) {
  int columns[2] = {0, 0}, any = 0;
  char names[2][FLEN_VALUE];
  cf_copy(names[0], start, sizeof names[0]);
  cf_copy(names[1], stop, sizeof names[1]);
  (void)ffgcno(gti, CASEINSEN, names[0], &columns[0], status);
  (void)ffgcno(gti, CASEINSEN, names[1], &columns[1], status);
  if (ffgnrwll(gti, count, status) > 0)
    return *status;
  if (*count < 0 || *count > MAX_INTERVALS)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld good time intervals", *count);
  *block = malloc(((size_t)*count * 2 + 1) * sizeof **block);
  if (*block == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld good time intervals", *count);
  for (int i = 0; i < 2 && *count > 0; i++)
    (void)ffgcvd(gti, columns[i], 1, 1, *count, 0.0, *block + i * *count, &any, status);
  for (LONGLONG i = 0; *status <= 0 && i < 2 * *count; i++)
    (*block)[i] += shift;
  return *status;
}

int cf_intervals_read(cf_interval_list *list, fitsfile *fptr, const char *file, const char *start, const char *stop,
                      const double **starts, const double **stops, LONGLONG *count, int *status) {
  fitsfile *gti = NULL;
  double *block = NULL, shift = -time_zero(fptr);
  int closing = 0;
  (void)open_table(&gti, fptr, file, status);
  if (*status <= 0) {
    shift += time_zero(gti);
    (void)read_table(gti, shift, start, stop, &block, count, status);
  }
  if (gti != NULL)
    (void)ffclos(gti, &closing);
  double **blocks = *status > 0 ? NULL : realloc(list->blocks, (list->count + 1) * sizeof *blocks);
  if (blocks == NULL) {
    free(block);
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate good time intervals");
  }
  list->blocks = blocks;
  list->blocks[list->count++] = block;
  *starts = block;
  *stops = block + *count;
  return *status;
}

void cf_intervals_free(cf_interval_list *list) {
  for (size_t i = 0; i < list->count; i++)
    free(list->blocks[i]);
  free(list->blocks);
  *list = (cf_interval_list){.count = 0};
}
