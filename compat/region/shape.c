/* SPDX-License-Identifier: BSD-3-Clause */
#include "region/shape.h"

#include <math.h>
#include <string.h>

#include "base/string.h"

#define RADIANS (3.14159265358979323846 / 180)

/* Names, and the numbers of arguments: the least, and the most. */
static const struct {
  const char *name;
  shapeType shape;
  int least, most;
} shapes[] = {
    {"point", point_rgn, 2, 2},     {"line", line_rgn, 4, 4},           {"circle", circle_rgn, 3, 3},
    {"annulus", annulus_rgn, 4, 4}, {"ellipse", ellipse_rgn, 4, 8},     {"elliptannulus", elliptannulus_rgn, 6, 8},
    {"box", box_rgn, 4, 8},         {"rectangle", rectangle_rgn, 4, 5}, {"diamond", diamond_rgn, 4, 5},
    {"rhombus", diamond_rgn, 4, 5}, {"sector", sector_rgn, 4, 4},       {"pie", sector_rgn, 4, 4},
    {"polygon", poly_rgn, 6, 0},    {"panda", panda_rgn, 8, 8},         {"epanda", epanda_rgn, 10, 11},
    {"bpanda", bpanda_rgn, 10, 11},
};

#define SHAPES (sizeof shapes / sizeof *shapes)

bool cf_shape_find(const char *name, shapeType *shape) {
  if (cf_begins(name, "rot"))
    name += 3;
  for (size_t i = 0; i < SHAPES; i++)
    if (cf_same_text(name, shapes[i].name)) {
      *shape = shapes[i].shape;
      return true;
    }
  return false;
}

cf_argument cf_shape_argument(shapeType shape, int i, int count) {
  if (i < 2 || shape == poly_rgn || ((shape == line_rgn || shape == rectangle_rgn) && i < 4))
    return CF_POSITION;
  switch (shape) {
  case sector_rgn:
  case rectangle_rgn:
    return CF_ANGLE;
  case ellipse_rgn:
  case box_rgn:
  case diamond_rgn:
    return count > 5 ? (i < 6 ? CF_LENGTH : CF_ANGLE) : (i < 4 ? CF_LENGTH : CF_ANGLE);
  case elliptannulus_rgn:
  case boxannulus_rgn:
    return i < 6 ? CF_LENGTH : CF_ANGLE;
  case panda_rgn:
    return i < 5 || i == 7 ? CF_ANGLE : CF_LENGTH;
  case epanda_rgn:
  case bpanda_rgn:
    return i < 5 || i > 8 ? CF_ANGLE : CF_LENGTH;
  default:
    return CF_LENGTH;
  }
}

static bool check_count(shapeType shape, int count) {
  for (size_t i = 0; i < SHAPES; i++)
    if (shapes[i].shape == shape)
      return count >= shapes[i].least && (shapes[i].most == 0 ? count % 2 == 0 : count <= shapes[i].most);
  return shape == boxannulus_rgn && (count == 7 || count == 8);
}

static void set_box(RgnShape *s, double x0, double x1, double y0, double y1) {
  s->xmin = fmin(x0, x1);
  s->xmax = fmax(x0, x1);
  s->ymin = fmin(y0, y1);
  s->ymax = fmax(y0, y1);
}

static void set_angle(RgnShape *s, double degrees) {
  s->param.gen.sinT = sin(RADIANS * degrees);
  s->param.gen.cosT = cos(RADIANS * degrees);
}

/* Fills in the angle and the box around a shape that turns around its center. */
static void finish_centered(RgnShape *s, int angle, double radius) {
  double *p = s->param.gen.p;
  if (angle >= 0)
    set_angle(s, p[angle]);
  set_box(s, p[0] - radius, p[0] + radius, p[1] - radius, p[1] + radius);
}

static void finish_rectangle(RgnShape *s) {
  double *p = s->param.gen.p;
  set_angle(s, p[4]);
  double x = (p[2] - p[0]) / 2, y = (p[3] - p[1]) / 2;
  p[5] = (p[0] + p[2]) / 2;
  p[6] = (p[1] + p[3]) / 2;
  s->param.gen.a = fabs(s->param.gen.cosT * x + s->param.gen.sinT * y);
  s->param.gen.b = fabs(s->param.gen.cosT * y - s->param.gen.sinT * x);
  double radius = hypot(s->param.gen.a, s->param.gen.b);
  set_box(s, p[5] - radius, p[5] + radius, p[6] - radius, p[6] + radius);
}

static void finish_line(RgnShape *s) {
  double *p = s->param.gen.p;
  double x = p[2] - p[0], y = p[3] - p[1], length = hypot(x, y);
  s->param.gen.sinT = length > 0 ? y / length : 0;
  s->param.gen.cosT = length > 0 ? x / length : 1;
  s->param.gen.a = length + 0.5;
  set_box(s, p[0], p[2], p[1], p[3]);
}

static void finish_sector(RgnShape *s) {
  double *p = s->param.gen.p;
  p[2] = fmod(p[2], 360);
  p[3] = fmod(p[3], 360);
  while (p[2] > p[3])
    p[2] -= 360;
  set_box(s, 1, 1, 1, 1);
  s->xmax = s->ymax = -1; /* no box */
}

static int finish_polygon(RgnShape *s) {
  const double *p = s->param.poly.Pts;
  s->xmin = s->xmax = p[0];
  s->ymin = s->ymax = p[1];
  for (int i = 2; i + 1 < s->param.poly.nPts; i += 2) {
    s->xmin = fmin(s->xmin, p[i]);
    s->xmax = fmax(s->xmax, p[i]);
    s->ymin = fmin(s->ymin, p[i + 1]);
    s->ymax = fmax(s->ymax, p[i + 1]);
  }
  return 0;
}

int cf_shape_finish(RgnShape *s, int count, int *status) {
  double *p = s->param.gen.p;
  if (!check_count(s->shape, count))
    return cf_fail(status, PARSE_SYNTAX_ERR, "a shape of a region has a wrong number of arguments: %d", count);
  if (s->shape == ellipse_rgn && count > 5)
    s->shape = elliptannulus_rgn;
  if (s->shape == box_rgn && count > 5)
    s->shape = boxannulus_rgn;
  if ((s->shape == elliptannulus_rgn || s->shape == boxannulus_rgn) && count == 7)
    p[7] = p[6];
  switch (s->shape) {
  case point_rgn:
    finish_centered(s, -1, 1);
    break;
  case line_rgn:
    finish_line(s);
    break;
  case circle_rgn:
    s->param.gen.a = p[2] * p[2];
    finish_centered(s, -1, p[2]);
    break;
  case annulus_rgn:
    s->param.gen.a = p[2] * p[2];
    s->param.gen.b = p[3] * p[3];
    finish_centered(s, -1, p[3]);
    break;
  case ellipse_rgn:
    finish_centered(s, 4, fmax(fabs(p[2]), fabs(p[3])));
    break;
  case elliptannulus_rgn:
    s->param.gen.a = sin(RADIANS * p[6]);
    s->param.gen.b = cos(RADIANS * p[6]);
    finish_centered(s, 7, fmax(fabs(p[4]), fabs(p[5])));
    break;
  case box_rgn:
    finish_centered(s, 4, hypot(p[2], p[3]) / 2);
    break;
  case boxannulus_rgn:
    s->param.gen.a = sin(RADIANS * p[6]);
    s->param.gen.b = cos(RADIANS * p[6]);
    finish_centered(s, 7, hypot(p[4], p[5]) / 2);
    break;
  case diamond_rgn:
    finish_centered(s, 4, fmax(fabs(p[2]), fabs(p[3])) / 2);
    break;
  case rectangle_rgn:
    finish_rectangle(s);
    break;
  case sector_rgn:
    finish_sector(s);
    break;
  case poly_rgn:
    return finish_polygon(s);
  case panda_rgn:
    s->param.gen.a = p[5] * p[5];
    s->param.gen.b = p[6] * p[6];
    finish_centered(s, -1, p[6]);
    break;
  case epanda_rgn:
    finish_centered(s, 10, fmax(fabs(p[7]), fabs(p[8])));
    break;
  case bpanda_rgn:
    finish_centered(s, 10, hypot(p[7], p[8]) / 2);
    break;
  }
  return *status;
}

/* Tells whether (x, y), turned back by an angle around the center, is in an ellipse or box of these sizes. */
static bool in_ellipse(double x, double y, double sine, double cosine, double rx, double ry) {
  double u = (x * cosine + y * sine) / rx, v = (y * cosine - x * sine) / ry;
  return u * u + v * v <= 1;
}

static bool in_box(double x, double y, double sine, double cosine, double wx, double wy) {
  double u = x * cosine + y * sine, v = y * cosine - x * sine;
  return fabs(u) <= wx / 2 && fabs(v) <= wy / 2;
}

/* Tells whether an angle lies between two, which may differ by more than 360. */
static bool in_angles(double x, double y, double from, double to) {
  double angle = atan2(y, x) / RADIANS;
  while (angle < from)
    angle += 360;
  while (angle - 360 >= from)
    angle -= 360;
  return angle <= to;
}

static bool in_line(const RgnShape *s, double x, double y) {
  double along = x * s->param.gen.cosT + y * s->param.gen.sinT;
  double across = y * s->param.gen.cosT - x * s->param.gen.sinT;
  return fabs(across) < 0.5 && along > -0.5 && along < s->param.gen.a;
}

/* The edges belong to a polygon. */
static bool in_polygon(const RgnShape *s, double x, double y) {
  const double *p = s->param.poly.Pts;
  int n = s->param.poly.nPts / 2;
  bool inside = false;
  for (int i = 0, j = n - 1; i < n; j = i++) {
    double x0 = p[2 * j], y0 = p[2 * j + 1], x1 = p[2 * i], y1 = p[2 * i + 1];
    double cross = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0);
    if (cross == 0 && x >= fmin(x0, x1) && x <= fmax(x0, x1) && y >= fmin(y0, y1) && y <= fmax(y0, y1))
      return true;
    if ((y1 > y) != (y0 > y) && x < (x0 - x1) * (y - y1) / (y0 - y1) + x1)
      inside = !inside;
  }
  return inside;
}

/* A turned frame of a panda: rings of ellipses or boxes. */
static bool in_turned_panda(const RgnShape *s, double x, double y, bool box) {
  const double *p = s->param.gen.p;
  double sine = s->param.gen.sinT, cosine = s->param.gen.cosT;
  double u = x * cosine + y * sine, v = y * cosine - x * sine;
  if (!in_angles(u, v, p[2], p[3]))
    return false;
  if (box)
    return in_box(u, v, 0, 1, p[7], p[8]) && !in_box(u, v, 0, 1, p[5], p[6]);
  return in_ellipse(u, v, 0, 1, p[7], p[8]) && !in_ellipse(u, v, 0, 1, p[5], p[6]);
}

/* Tells whether a pixel is in the shape, without its sign. */
static bool in_shape(const RgnShape *s, double X, double Y) {
  if (s->shape == poly_rgn)
    return in_polygon(s, X, Y);
  const double *p = s->param.gen.p;
  double x = X - p[0], y = Y - p[1], square = x * x + y * y;
  double sine = s->param.gen.sinT, cosine = s->param.gen.cosT, a = s->param.gen.a, b = s->param.gen.b;
  switch (s->shape) {
  case point_rgn:
    return X >= p[0] - 0.5 && X < p[0] + 0.5 && Y >= p[1] - 0.5 && Y < p[1] + 0.5;
  case line_rgn:
    return in_line(s, x, y);
  case circle_rgn:
    return square <= a;
  case annulus_rgn:
    return square >= a && square <= b;
  case ellipse_rgn:
    return in_ellipse(x, y, sine, cosine, p[2], p[3]);
  case elliptannulus_rgn:
    return in_ellipse(x, y, sine, cosine, p[4], p[5]) && !in_ellipse(x, y, a, b, p[2], p[3]);
  case box_rgn:
    return in_box(x, y, sine, cosine, p[2], p[3]);
  case boxannulus_rgn:
    return in_box(x, y, sine, cosine, p[4], p[5]) && !in_box(x, y, a, b, p[2], p[3]);
  case diamond_rgn: {
    double u = x * cosine + y * sine, v = y * cosine - x * sine;
    return fabs(u / (p[2] / 2)) + fabs(v / (p[3] / 2)) <= 1;
  }
  case rectangle_rgn:
    return in_box(X - p[5], Y - p[6], sine, cosine, 2 * a, 2 * b);
  case sector_rgn:
    return (x == 0 && y == 0) || in_angles(x, y, p[2], p[3]);
  case panda_rgn:
    return square >= a && square <= b && in_angles(x, y, p[2], p[3]);
  case epanda_rgn:
    return in_turned_panda(s, x, y, false);
  case bpanda_rgn:
    return in_turned_panda(s, x, y, true);
  default:
    return false;
  }
}

int fits_in_region(double X, double Y, SAORegion *Rgn) {
  if (Rgn == NULL)
    return 0;
  for (int i = 0; i < Rgn->nShapes;) { /* of a component, the last shape around the pixel counts */
    int component = Rgn->Shapes[i].comp;
    bool inside = !Rgn->Shapes[i].sign;
    for (; i < Rgn->nShapes && Rgn->Shapes[i].comp == component; i++)
      if (in_shape(&Rgn->Shapes[i], X, Y))
        inside = Rgn->Shapes[i].sign != 0;
    if (inside)
      return 1;
  }
  return 0;
}
