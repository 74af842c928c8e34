/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The projections of Classic AIPS (AIPS memos 27 and 46), from pixels to the sky and back. L and M are the coordinates
 * in the plane, in radians.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/status.h"

#define PI 3.14159265358979
#define DEGREE 0.01745329252 /* as AIPS has it */

enum { LINEAR, SIN, TAN, ARC, NCP, GLS, MER, AIT, STG };

/* A projection about a point (ra, dec), in radians. */
typedef struct {
  int kind;
  double ra, dec, sin_dec, cos_dec;
  double xinc, yinc, sin_rot, cos_rot; /* degrees a pixel; the rotation */
  double scale_l, scale_m, zero_m;     /* of MER and AIT, whose reference is not the centre of the plane */
} projection;

/* Returns a number that is not 0 for a step. */
static double step_of(double step) {
  return step == 0 ? 1 : step;
}

/* The plane of Mercator's projection: M = scale * ln(tan(dec / 2 + 45 degrees)) - zero. */
static void set_mercator(projection *p) {
  double step = step_of(p->yinc * p->cos_rot + p->xinc * p->sin_rot);
  double low = log(tan(p->dec / 2 + 45 * DEGREE)), high = log(tan(p->dec / 2 + 45 * DEGREE + step / 2 * DEGREE));
  p->scale_m = step * DEGREE / (high - low);
  p->zero_m = p->scale_m * low;
  p->scale_l = p->cos_dec > 0 ? p->cos_dec : 1;
}

/* The plane of Aitoff's projection. */
static void set_aitoff(projection *p) {
  double step = DEGREE * step_of(p->yinc * p->cos_rot + p->xinc * p->sin_rot), dec = p->dec;
  double span = sin(dec + step) / sqrt((1 + cos(dec + step)) / 2) - sin(dec) / sqrt((1 + cos(dec)) / 2);
  p->scale_m = step / step_of(span);
  step = DEGREE * step_of(p->xinc * p->cos_rot - p->yinc * p->sin_rot);
  p->scale_l = step * sqrt((1 + cos(dec) * cos(step / 2)) / 2) / step_of(2 * cos(dec) * sin(step / 2));
  p->zero_m = p->scale_m * sin(dec) / sqrt((1 + cos(dec)) / 2);
}

/* Prepares a projection. Returns 0, or BAD_WCS_PROJ. */
static int prepare(projection *p, const char *type, double xref, double yref, double xinc, double yinc, double rot) {
  static const char *const names[] = {"-CAR", "-SIN", "-TAN", "-ARC", "-NCP", "-GLS", "-MER", "-AIT", "-STG"};
  *p = (projection){LINEAR,
                    xref * DEGREE,
                    yref * DEGREE,
                    sin(yref * DEGREE),
                    cos(yref * DEGREE),
                    xinc,
                    yinc,
                    sin(rot * DEGREE),
                    cos(rot * DEGREE),
                    0,
                    0,
                    0};
  if (rot == 0) {
    p->sin_rot = 0;
    p->cos_rot = 1;
  }
  int known = (int)(sizeof names / sizeof *names), kind = 0;
  while (kind < known && strcmp(type, names[kind]) != 0)
    kind++;
  if (kind == known)
    return BAD_WCS_PROJ;
  p->kind = kind;
  if (kind == MER)
    set_mercator(p);
  if (kind == AIT)
    set_aitoff(p);
  return 0;
}

/* Aitoff's plane to the sky. */
static int aitoff_to_sky(const projection *p, double l, double m, double *ra, double *dec) {
  *ra = p->ra;
  *dec = p->dec;
  if (l == 0 && m == 0)
    return 0;
  double v = (m + p->zero_m) / p->scale_m, u = l / p->scale_l;
  double z = 4 - u * u / 4 - v * v;
  if (!(z >= 2 && z <= 4))
    return ANGLE_TOO_BIG;
  z = sqrt(z) / 2;
  if (fabs(v * z) > 1)
    return ANGLE_TOO_BIG;
  *dec = asin(v * z);
  if (fabs(cos(*dec)) < 1e-4 || fabs(u * z / (2 * cos(*dec))) > 1)
    return ANGLE_TOO_BIG;
  *ra = p->ra + 2 * asin(u * z / (2 * cos(*dec)));
  return 0;
}

static int sin_to_sky(const projection *p, double l, double m, double *ra, double *dec) {
  double square = l * l + m * m;
  if (square > 1)
    return ANGLE_TOO_BIG;
  double root = sqrt(1 - square), sine = p->sin_dec * root + p->cos_dec * m, down = p->cos_dec * root - p->sin_dec * m;
  if (fabs(sine) > 1 || (down == 0 && l == 0))
    return ANGLE_TOO_BIG;
  *dec = asin(sine);
  *ra = p->ra + atan2(l, down);
  return 0;
}

static int tan_to_sky(const projection *p, double l, double m, double *ra, double *dec) {
  double down = p->cos_dec - m * p->sin_dec;
  if (down == 0)
    return ANGLE_TOO_BIG;
  *ra = p->ra + atan2(l, down);
  *dec = atan(cos(*ra - p->ra) * (p->sin_dec + m * p->cos_dec) / down);
  return 0;
}

static int arc_to_sky(const projection *p, double l, double m, double *ra, double *dec) {
  double angle = sqrt(l * l + m * m);
  if (angle >= PI)
    return ANGLE_TOO_BIG;
  double factor = angle > 0 ? sin(angle) / angle : 1, sine = m * p->cos_dec * factor + p->sin_dec * cos(angle);
  if (fabs(sine) > 1)
    return ANGLE_TOO_BIG;
  *dec = asin(sine);
  *ra = p->ra + atan2(l * factor, p->cos_dec * cos(angle) - m * p->sin_dec * factor);
  return 0;
}

static int ncp_to_sky(const projection *p, double l, double m, double *ra, double *dec) {
  double down = p->cos_dec - m * p->sin_dec;
  if (down == 0)
    return ANGLE_TOO_BIG;
  *ra = p->ra + atan2(l, down);
  double across = cos(*ra - p->ra);
  if (across == 0 || fabs(down / across) > 1)
    return ANGLE_TOO_BIG;
  *dec = p->dec > 0 ? acos(down / across) : -acos(down / across);
  return 0;
}

static int gls_to_sky(const projection *p, double l, double m, double *ra, double *dec) {
  *dec = p->dec + m;
  if (fabs(*dec) > PI / 2 || fabs(l) > PI * cos(*dec))
    return ANGLE_TOO_BIG;
  *ra = cos(*dec) > 1e-5 ? p->ra + l / cos(*dec) : p->ra;
  return 0;
}

static int mercator_to_sky(const projection *p, double l, double m, double *ra, double *dec) {
  *ra = p->ra + l / p->scale_l;
  if (fabs(*ra - p->ra) > 2 * PI)
    return ANGLE_TOO_BIG;
  *dec = 2 * atan(exp((m + p->zero_m) / p->scale_m)) - PI / 2;
  return 0;
}

static int stereographic_to_sky(const projection *p, double l, double m, double *ra, double *dec) {
  double square = l * l + m * m, cosine = (4 - square) / (4 + square), factor = (1 + cosine) / 2;
  if (fabs(cosine) > 1)
    return ANGLE_TOO_BIG;
  *dec = asin(cosine * p->sin_dec + m * p->cos_dec * factor);
  double across = l * factor / cos(*dec);
  if (cos(*dec) == 0 || fabs(across) > 1)
    return ANGLE_TOO_BIG;
  *ra = asin(across);
  if (cosine * p->cos_dec - m * p->sin_dec * factor < 0)
    *ra = PI - *ra;
  *ra += p->ra;
  return 0;
}

/* The plane to the sky. */
static int to_sky(const projection *p, double l, double m, double *ra, double *dec) {
  switch (p->kind) {
  case SIN:
    return sin_to_sky(p, l, m, ra, dec);
  case TAN:
    return tan_to_sky(p, l, m, ra, dec);
  case ARC:
    return arc_to_sky(p, l, m, ra, dec);
  case NCP:
    return ncp_to_sky(p, l, m, ra, dec);
  case GLS:
    return gls_to_sky(p, l, m, ra, dec);
  case MER:
    return mercator_to_sky(p, l, m, ra, dec);
  case AIT:
    return aitoff_to_sky(p, l, m, ra, dec);
  default:
    return stereographic_to_sky(p, l, m, ra, dec);
  }
}

int ffwldp(double xpix, double ypix, double xref, double yref, double xrefpix, double yrefpix, double xinc, double yinc,
           double rot, char *type, double *xpos, double *ypos, int *status) {
  projection p;
  double ra, dec;
  CF_GO(status);
  if (type == NULL || xpos == NULL || ypos == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no projection, or no place for the position");
  if (prepare(&p, type, xref, yref, xinc, yinc, rot) > 0)
    return cf_fail(status, BAD_WCS_PROJ, "no projection has the name '%.8s'", type);
  double dx = (xpix - xrefpix) * xinc, dy = (ypix - yrefpix) * yinc;
  double x = dx * p.cos_rot - dy * p.sin_rot, y = dy * p.cos_rot + dx * p.sin_rot;
  if (p.kind == LINEAR) {
    ra = (xref + x) * DEGREE;
    dec = (yref + y) * DEGREE;
  } else if (to_sky(&p, x * DEGREE, y * DEGREE, &ra, &dec) > 0) {
    return cf_fail(status, ANGLE_TOO_BIG, "the pixel %g, %g is not on the sky", xpix, ypix);
  }
  if (ra - p.ra > PI)
    ra -= 2 * PI;
  if (ra - p.ra < -PI)
    ra += 2 * PI;
  ra /= DEGREE;
  *xpos = ra < 0 ? ra + 360 : ra;
  *ypos = dec / DEGREE;
  return *status;
}

/* The sky to the plane. `da` is the difference to the right ascension of the reference. */
static int to_plane(const projection *p, double da, double dec, double *l, double *m) {
  double sin_dec = sin(dec), cos_dec = cos(dec), cosine, angle;
  *l = cos_dec * sin(da);
  cosine = sin_dec * p->sin_dec + cos_dec * p->cos_dec * cos(da);
  *m = sin_dec * p->cos_dec - cos_dec * p->sin_dec * cos(da);
  switch (p->kind) {
  case SIN:
    return cosine < 0 ? ANGLE_TOO_BIG : 0;
  case TAN:
    if (cosine <= 0)
      return ANGLE_TOO_BIG;
    *l /= cosine;
    *m /= cosine;
    return 0;
  case ARC:
    angle = acos(fmax(-1, fmin(1, cosine)));
    angle = angle == 0 ? 1 : angle / sin(angle);
    *l *= angle;
    *m *= angle;
    return 0;
  case NCP:
    if (p->sin_dec == 0)
      return ANGLE_TOO_BIG;
    *m = (p->cos_dec - cos_dec * cos(da)) / p->sin_dec;
    return 0;
  case GLS:
    if (fabs(dec) > PI / 2 || fabs(p->dec) > PI / 2)
      return ANGLE_TOO_BIG;
    *m = dec - p->dec;
    *l = da * cos_dec;
    return 0;
  case MER:
    angle = tan(dec / 2 + 45 * DEGREE);
    if (angle < 1e-5)
      return BAD_WCS_VAL;
    *l = p->scale_l * da;
    *m = p->scale_m * log(angle) - p->zero_m;
    return 0;
  case AIT:
    angle = sqrt((1 + cos_dec * cos(da / 2)) / 2);
    if (fabs(angle) < 1e-6 || fabs(da) > PI)
      return ANGLE_TOO_BIG;
    *l = 2 * p->scale_l * cos_dec * sin(da / 2) / angle;
    *m = p->scale_m * sin_dec / angle - p->zero_m;
    return 0;
  default:
    angle = 1 + cosine;
    if (fabs(angle) < 1e-5)
      return ANGLE_TOO_BIG;
    *l *= 2 / angle;
    *m *= 2 / angle;
    return 0;
  }
}

int ffxypx(double xpos, double ypos, double xref, double yref, double xrefpix, double yrefpix, double xinc, double yinc,
           double rot, char *type, double *xpix, double *ypix, int *status) {
  projection p;
  CF_GO(status);
  if (type == NULL || xpix == NULL || ypix == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no projection, or no place for the pixel");
  if (xinc == 0 || yinc == 0)
    return cf_fail(status, BAD_WCS_VAL, "a pixel has no size");
  if (prepare(&p, type, xref, yref, xinc, yinc, rot) > 0)
    return cf_fail(status, BAD_WCS_PROJ, "no projection has the name '%.8s'", type);
  double l = xpos - xref, m = ypos - yref;
  l = l > 180 ? l - 360 : l < -180 ? l + 360 : l;
  if (p.kind != LINEAR) {
    int failure = to_plane(&p, l * DEGREE, ypos * DEGREE, &l, &m);
    if (failure > 0)
      return cf_fail(status, failure, "the position %g, %g has no pixel", xpos, ypos);
    l /= DEGREE;
    m /= DEGREE;
  }
  *xpix = (l * p.cos_rot + m * p.sin_rot) / xinc + xrefpix;
  *ypix = (m * p.cos_rot - l * p.sin_rot) / yinc + yrefpix;
  return *status;
}
