/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A region that is being read.
 */
#ifndef CF_REGION_READ_H
#define CF_REGION_READ_H

#include "base/status.h"
#include "region.h"

/* Makes a region without shapes. NULL: *status says why. */
SAORegion *cf_region_new(const WCSdata *wcs, int *status);

/* Adds a shape with zeros. NULL: *status says why. */
RgnShape *cf_region_add(SAORegion *region, int *status);

/* What is excluded counts for all components before it, whose numbers grow with each shape that is included. */
int cf_region_spread(SAORegion *region, int *status);

/* Brings the shapes into the order of their components. */
int cf_region_sort(SAORegion *region, int *status);

#endif
