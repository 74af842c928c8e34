/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Regions in files of text, as DS9 and POW write them.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "region/read.h"
#include "region/shape.h"

#define MAX_BYTES (256L << 20)

/* What the lines so far have set. */
typedef struct reader {
  SAORegion *region;
  coordFmt format;
  int component;
  double *numbers; /* the arguments of a shape */
  size_t room;
} reader;

static char *skip_blanks(char *p) {
  while (isspace((unsigned char)*p))
    p++;
  return p;
}

static void trim(char *text) {
  size_t n = strlen(text);
  while (n > 0 && isspace((unsigned char)text[n - 1]))
    text[--n] = '\0';
}

/* Reads the whole file. */
static char *read_file(const char *filename, int *status) {
  FILE *file = fopen(filename, "rb");
  if (file == NULL) {
    cf_fail(status, FILE_NOT_OPENED, "cannot open the region file %.60s", filename);
    return NULL;
  }
  char *text = NULL;
  long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
  if (size < 0 || size > MAX_BYTES || fseek(file, 0, SEEK_SET) != 0)
    cf_fail(status, READ_ERROR, "cannot read the region file %.60s", filename);
  else if ((text = calloc((size_t)size + 1, 1)) == NULL)
    cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %ld bytes for a region file", size);
  else if (fread(text, 1, (size_t)size, file) != (size_t)size)
    cf_fail(status, READ_ERROR, "cannot read the region file %.60s", filename);
  fclose(file);
  if (*status > 0) {
    free(text);
    return NULL;
  }
  for (long i = 0; i < size; i++)
    if (text[i] == '\0')
      text[i] = ' ';
  return text;
}

/* A number with its unit. */
typedef struct number {
  double value;
  char unit; /* ' " d p i, or 0 */
  bool sexagesimal;
} number;

/* Reads "12.5", "30'", "10:20:30.5", "10 20 30". */
static bool take_number(const char *text, number *n) {
  char *end;
  double parts[3] = {0};
  int count = 0;
  memset(n, 0, sizeof *n);
  const char *p = text + strspn(text, " \t");
  bool negative = *p == '-';
  p += *p == '-' || *p == '+';
  for (; count < 3; count++) {
    parts[count] = strtod(p, &end);
    if (end == p || !isfinite(parts[count]))
      break;
    p = end;
    if (*p == ':' || (*p == ' ' && isdigit((unsigned char)p[strspn(p, " ")])))
      p += *p == ':' ? 1 : strspn(p, " ");
    else if (strchr("hdm", *p) != NULL && *p != '\0' && isdigit((unsigned char)p[1])) /* 10h20m30s */
      p++;
    else {
      count++;
      break;
    }
  }
  if (count == 0)
    return false;
  n->sexagesimal = count > 1;
  n->value = parts[0] + parts[1] / 60 + parts[2] / 3600;
  if (negative)
    n->value = -n->value;
  if (*p != '\0' && strchr("'\"dpirs", *p) != NULL)
    n->unit = *p++;
  return p[strspn(p, " \t")] == '\0';
}

/* The pixel of a position on the sky. */
static int to_pixel(const SAORegion *region, double ra, double dec, double *x, double *y, int *status) {
  const WCSdata *w = &region->wcs;
  char type[6];
  cf_copy(type, w->type, sizeof type);
  return ffxypx(ra, dec, w->xrefval, w->yrefval, w->xrefpix, w->yrefpix, w->xinc, w->yinc, w->rot, type, x, y, status);
}

/* Turns the positions and lengths of a shape into pixels. */
static int convert(const reader *r, shapeType shape, number *n, double *out, int count, int *status) {
  double ra = 0, dec = 0;
  bool sky = r->format != pixel_fmt;
  if (sky && !r->region->wcs.exists)
    return cf_fail(status, NO_WCS_KEY, "the region is given on the sky, and the image has no coordinates");
  for (int i = 0; i < count && *status <= 0; i++) {
    cf_argument kind = cf_shape_argument(shape, i, count);
    out[i] = n[i].value;
    if (kind == CF_POSITION && sky && i + 1 < count) {
      ra = n[i].value * (n[i].sexagesimal ? 15 : 1);
      dec = n[i + 1].value;
      to_pixel(r->region, ra, dec, &out[i], &out[i + 1], status);
      i++;
    } else if (kind == CF_LENGTH && n[i].unit != 0 && strchr("'\"d", n[i].unit) != NULL && sky) {
      double degrees = n[i].value / (n[i].unit == '\'' ? 60 : n[i].unit == '"' ? 3600 : 1), x = 0, y = 0;
      to_pixel(r->region, ra, dec + degrees, &x, &y, status);
      out[i] = hypot(x - out[0], y - out[1]);
    }
  }
  return *status;
}

/* Reads the arguments between parentheses. Returns their number, or -1. */
static int take_arguments(char *text, number **numbers, int *status) {
  int count = 1;
  for (const char *p = text; *p != '\0'; p++)
    count += *p == ',';
  *numbers = calloc((size_t)count, sizeof **numbers);
  if (*numbers == NULL) {
    cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for %d numbers of a shape", count);
    return -1;
  }
  for (int i = 0; i < count; i++) {
    char *comma = strchr(text, ',');
    if (comma != NULL)
      *comma = '\0';
    trim(text);
    if (!take_number(text, &(*numbers)[i])) {
      cf_fail(status, PARSE_SYNTAX_ERR, "a shape of the region has an argument that is no number: %.40s", text);
      return -1;
    }
    text = comma != NULL ? comma + 1 : text;
  }
  return count;
}

static int fill_shape(reader *r, shapeType type, char sign, number *numbers, int count, int *status) {
  double *points = calloc((size_t)count + CF_SHAPE_ARGUMENTS, sizeof *points);
  if (points == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for %d numbers of a shape", count);
  RgnShape *shape = convert(r, type, numbers, points, count, status) > 0 ? NULL : cf_region_add(r->region, status);
  if (shape == NULL) {
    free(points);
    return *status;
  }
  shape->shape = type;
  shape->sign = sign;
  if (sign)
    r->component++;
  shape->comp = r->component;
  if (type == poly_rgn) { /* the last corner may repeat the first one */
    if (count > 6 && points[0] == points[count - 2] && points[1] == points[count - 1])
      count -= 2;
    shape->param.poly.nPts = count;
    shape->param.poly.Pts = points;
  } else {
    memcpy(shape->param.gen.p, points,
           (size_t)(count < CF_SHAPE_ARGUMENTS ? count : CF_SHAPE_ARGUMENTS) * sizeof *points);
    free(points);
  }
  return cf_shape_finish(shape, count, status);
}

/* Reads "circle(10,10,5)" with or without a sign. */
static int parse_shape(reader *r, char *text, int *status) {
  char sign = 1;
  shapeType type;
  number *numbers = NULL;
  if (*text == '-' || *text == '+') {
    sign = *text == '+';
    text = skip_blanks(text + 1);
  }
  char *open = strchr(text, '(');
  char *close = open != NULL ? strrchr(open, ')') : NULL;
  if (close == NULL || *skip_blanks(close + 1) != '\0')
    return cf_fail(status, PARSE_SYNTAX_ERR, "a line of the region is no shape(number,...): %.40s", text);
  *open = *close = '\0';
  trim(text);
  if (!cf_shape_find(text, &type))
    return cf_fail(status, PARSE_SYNTAX_ERR, "a region has no shape %.40s", text);
  int count = take_arguments(open + 1, &numbers, status);
  if (count > 0)
    fill_shape(r, type, sign, numbers, count, status);
  free(numbers);
  return *status;
}

/* Tells whether a part of a line sets the system of coordinates. */
static bool parse_system(reader *r, const char *text) {
  static const struct {
    const char *name;
    coordFmt format;
  } systems[] = {{"image", pixel_fmt},    {"physical", pixel_fmt}, {"linear", pixel_fmt}, {"amplifier", pixel_fmt},
                 {"detector", pixel_fmt}, {"fk4", degree_fmt},     {"fk5", degree_fmt},   {"icrs", degree_fmt}};
  for (size_t i = 0; i < sizeof systems / sizeof *systems; i++)
    if (cf_same_text(text, systems[i].name)) {
      r->format = systems[i].format;
      return true;
    }
  return false;
}

/* "# format: degrees (fk5)" */
static void parse_comment(reader *r, char *text) {
  text = skip_blanks(text);
  if (!cf_begins(text, "format:"))
    return;
  text = skip_blanks(text + 7);
  if (cf_begins(text, "pixel"))
    r->format = pixel_fmt;
  else if (cf_begins(text, "degree"))
    r->format = degree_fmt;
  else if (cf_begins(text, "hhmmss") || cf_begins(text, "hms"))
    r->format = hhmmss_fmt;
}

/* Reads a line: a comment, a system, a shape, or "system;shape". */
static int parse_line(reader *r, char *line, int *status) {
  line = skip_blanks(line);
  if (*line == '#') {
    parse_comment(r, line + 1);
    return *status;
  }
  line[strcspn(line, "#")] = '\0';
  trim(line);
  if (cf_begins(line, "global"))
    return *status;
  for (char *p = line; *p != '\0' && *status <= 0;) {
    char *end = p + strcspn(p, ";");
    bool more = *end != '\0';
    *end = '\0';
    p = skip_blanks(p);
    trim(p);
    if (*p != '\0' && !parse_system(r, p))
      parse_shape(r, p, status);
    p = more ? end + 1 : end;
  }
  return *status;
}

int fits_read_ascii_region(const char *filename, WCSdata *wcs, SAORegion **Rgn, int *status) {
  CF_GO(status);
  if (filename == NULL || Rgn == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "a region needs a file name, and memory for its address");
  *Rgn = NULL;
  char *text = read_file(filename, status);
  if (text == NULL)
    return *status;
  reader r = {.region = cf_region_new(wcs, status)};
  for (char *p = text; r.region != NULL && *p != '\0' && *status <= 0;) {
    char *end = p + strcspn(p, "\r\n");
    bool more = *end != '\0';
    *end = '\0';
    parse_line(&r, p, status);
    p = more ? end + 1 : end;
  }
  free(text);
  if (*status <= 0 && r.region->nShapes == 0)
    cf_fail(status, FILE_NOT_OPENED, "the region file %.60s has no shapes", filename);
  if (*status <= 0)
    cf_region_spread(r.region, status);
  if (*status > 0)
    fits_free_region(r.region);
  else
    *Rgn = r.region;
  return *status;
}
