/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords of celestial coordinates: of an image, and of two columns of a table.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"

#define DEGREE (3.14159265358979323846 / 180)
#define SKEW_LIMIT 0.0002 /* axes that are turned by two angles which differ by more have no single rotation */

/* Where the coordinates of an image come from, in the order of its axes. */
typedef struct {
  double value[2], pixel[2], step[2], rotation;
  char type[2][FLEN_VALUE];
} coordinates;

/* Reads a number; false: there is none. Leaves no message. */
static bool get_number(fitsfile *fptr, const char *root, int number, const char *suffix, double *value) {
  char keyword[FLEN_KEYWORD];
  int missing = 0;
  double found = 0;
  (void)snprintf(keyword, sizeof keyword, "%s%d%s", root, number, suffix);
  ffpmrk();
  ffgkyd(fptr, keyword, &found, NULL, &missing);
  ffcmrk();
  if (missing == 0)
    *value = found;
  return missing == 0;
}

static bool get_text(fitsfile *fptr, const char *root, int number, const char *suffix, char text[FLEN_VALUE]) {
  char keyword[FLEN_KEYWORD];
  int missing = 0;
  (void)snprintf(keyword, sizeof keyword, "%s%d%s", root, number, suffix);
  *text = '\0';
  ffpmrk();
  ffgkys(fptr, keyword, text, NULL, &missing);
  ffcmrk();
  return missing == 0;
}

/* Finds the one angle of two axes. Returns true if they do not differ much. */
static bool common_angle(double first, double second, double *angle) {
  double low = fmin(first, second), high = fmax(first, second);
  if (high - low > 90 * DEGREE)
    low += 180 * DEGREE;
  *angle = (low + high) / 2;
  return fabs(low - high) <= SKEW_LIMIT;
}

/* Gets steps and rotation of a matrix CDi_j. Returns APPROX_WCS_KEY if the axes are skewed. */
static int from_matrix(const double cd[2][2], coordinates *at) {
  double angle;
  bool exact = common_angle(atan2(cd[1][0], cd[0][0]), atan2(-cd[0][1], cd[1][1]), &angle);
  at->step[0] = cd[0][0] / cos(angle);
  at->step[1] = cd[1][1] / cos(angle);
  at->rotation = angle / DEGREE;
  if (at->step[1] < 0) {
    at->step[0] = -at->step[0];
    at->step[1] = -at->step[1];
    at->rotation -= 180;
  }
  return exact ? 0 : APPROX_WCS_KEY;
}

/* Reads a matrix of four keywords. Returns whether there is at least one. */
static bool get_matrix(fitsfile *fptr, const char *root, const char *suffix, double matrix[2][2]) {
  bool found = false;
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++) {
      char name[FLEN_KEYWORD];
      (void)snprintf(name, sizeof name, "%s%d_", root, i + 1);
      found = get_number(fptr, name, j + 1, suffix, &matrix[i][j]) || found;
    }
  return found;
}

/* Reads steps and rotation of an image: CDELTi with CROTA2 or PCi_j, or CDi_j. */
static int get_steps(fitsfile *fptr, const char *suffix, coordinates *at) {
  double cd[2][2] = {{0, 0}, {0, 0}}, pc[2][2] = {{1, 0}, {0, 1}}, angle;
  bool plain = get_number(fptr, "CDELT", 1, suffix, &at->step[0]);
  plain = get_number(fptr, "CDELT", 2, suffix, &at->step[1]) && plain;
  if (!plain && get_matrix(fptr, "CD", suffix, cd))
    return from_matrix((const double(*)[2])cd, at);
  if (get_number(fptr, "CROTA", 2, suffix, &at->rotation) || !get_matrix(fptr, "PC", suffix, pc))
    return 0;
  bool exact = common_angle(atan2(pc[1][0], pc[0][0]), atan2(-pc[0][1], pc[1][1]), &angle);
  at->rotation = angle / DEGREE;
  return exact ? 0 : APPROX_WCS_KEY;
}

/* Gives the coordinates to the caller: longitude first. */
static void deliver(const coordinates *at, double *xrval, double *yrval, double *xrpix, double *yrpix, double *xinc,
                    double *yinc, double *rot, char *type) {
  const char *first = at->type[0];
  bool swapped = strncmp(first, "DEC-", 4) == 0 || (*first != '\0' && strncmp(first + 1, "LAT", 3) == 0);
  *xrval = at->value[swapped ? 1 : 0];
  *yrval = at->value[swapped ? 0 : 1];
  *xrpix = at->pixel[0];
  *yrpix = at->pixel[1];
  *xinc = at->step[0];
  *yinc = swapped ? -at->step[1] : at->step[1];
  *rot = swapped ? 90 - at->rotation : at->rotation;
  cf_copy_n(type, strlen(first) > 4 ? first + 4 : "",
            strlen(first) > 8   ? 4
            : strlen(first) > 4 ? strlen(first) - 4
                                : 0,
            5);
}

static int read_image(fitsfile *fptr, const char *suffix, double *xrval, double *yrval, double *xrpix, double *yrpix,
                      double *xinc, double *yinc, double *rot, char *type, int *status) {
  coordinates at = {{0, 0}, {0, 0}, {1, 1}, 0, {"", ""}};
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (xrval == NULL || yrval == NULL || xrpix == NULL || yrpix == NULL || xinc == NULL || yinc == NULL || rot == NULL ||
      type == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for coordinates");
  for (int i = 0; i < 2; i++) {
    (void)get_number(fptr, "CRVAL", i + 1, suffix, &at.value[i]);
    (void)get_number(fptr, "CRPIX", i + 1, suffix, &at.pixel[i]);
  }
  int approximate = get_steps(fptr, suffix, &at);
  (void)get_text(fptr, "CTYPE", 1, suffix, at.type[0]);
  deliver(&at, xrval, yrval, xrpix, yrpix, xinc, yinc, rot, type);
  if (approximate > 0)
    *status = approximate;
  return *status;
}

int ffgics(fitsfile *fptr, double *xrval, double *yrval, double *xrpix, double *yrpix, double *xinc, double *yinc,
           double *rot, char *type, int *status) {
  return read_image(fptr, "", xrval, yrval, xrpix, yrpix, xinc, yinc, rot, type, status);
}

int ffgicsa(fitsfile *fptr, char version, double *xrval, double *yrval, double *xrpix, double *yrpix, double *xinc,
            double *yinc, double *rot, char *type, int *status) {
  char suffix[2] = {version, '\0'};
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (version == ' ')
    *suffix = '\0';
  else if (version < 'A' || version > 'Z')
    return cf_fail(status, WCS_ERROR, "a version of coordinates is not in A..Z: %d", version);
  return read_image(fptr, suffix, xrval, yrval, xrpix, yrpix, xinc, yinc, rot, type, status);
}

/* Reads one column as an axis. A column without such keywords counts its elements from 1 on. */
static void get_column(fitsfile *fptr, int column, int axis, coordinates *at) {
  double rotation;
  bool found = get_text(fptr, "TCTYP", column, "", at->type[axis]);
  double value = 0, pixel = 0, step = 1;
  found = get_number(fptr, "TCRVL", column, "", &value) || found;
  found = get_number(fptr, "TCRPX", column, "", &pixel) || found;
  found = get_number(fptr, "TCDLT", column, "", &step) || found;
  if (axis == 1 && get_number(fptr, "TCROT", column, "", &rotation)) {
    at->rotation = rotation;
    found = true;
  }
  if (found) {
    at->value[axis] = value;
    at->pixel[axis] = pixel;
    at->step[axis] = step;
  }
}

int ffgtcs(fitsfile *fptr, int xcol, int ycol, double *xrval, double *yrval, double *xrpix, double *yrpix, double *xinc,
           double *yinc, double *rot, char *type, int *status) {
  coordinates at = {{1, 1}, {1, 1}, {1, 1}, 0, {"", ""}};
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (xrval == NULL || yrval == NULL || xrpix == NULL || yrpix == NULL || xinc == NULL || yinc == NULL || rot == NULL ||
      type == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for coordinates");
  if (xcol > 0)
    get_column(fptr, xcol, 0, &at);
  if (ycol > 0 && ycol != xcol)
    get_column(fptr, ycol, 1, &at);
  deliver(&at, xrval, yrval, xrpix, yrpix, xinc, yinc, rot, type);
  return *status;
}

int ffgiwcs(fitsfile *fptr, char **header, int *status) {
  int type = ANY_HDU;
  if (header != NULL)
    *header = NULL;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  ffghdt(fptr, &type, status);
  if (type != IMAGE_HDU)
    return cf_fail(status, NOT_IMAGE, "the HDU is no image");
  return ffh2st(fptr, header, status);
}
