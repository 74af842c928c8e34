/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Shapes of regions: their names and arguments, and whether a pixel is in one.
 */
#ifndef CF_REGION_SHAPE_H
#define CF_REGION_SHAPE_H

#include <stdbool.h>

#include "base/status.h"
#include "region.h"

#define CF_SHAPE_ARGUMENTS 11

/* Finds the shape of a name, in any case, with or without "rot". Returns false if there is none. */
bool cf_shape_find(const char *name, shapeType *shape);

/* Fixes the type (an ellipse of seven numbers is an elliptical annulus), checks the number of arguments, and fills in
 * what the test needs. `count` numbers are in param.gen.p, or in param.poly. */
int cf_shape_finish(RgnShape *shape, int count, int *status);

/* Tells whether arguments number `i` (0-based) of a shape is the first of a position, a length, or an angle. */
typedef enum cf_argument { CF_POSITION, CF_LENGTH, CF_ANGLE } cf_argument;
cf_argument cf_shape_argument(shapeType shape, int i, int count);

#endif
