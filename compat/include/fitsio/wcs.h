/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/wcs.h: World coordinates. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_WCS_H
#define RF_FITSIO_WCS_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

int ffgics(fitsfile *fptr, double *xrval, double *yrval, double *xrpix, double *yrpix, double *xinc, double *yinc,
           double *rot, char *type, int *status);
int ffgicsa(fitsfile *fptr, char version, double *xrval, double *yrval, double *xrpix, double *yrpix, double *xinc,
            double *yinc, double *rot, char *type, int *status);
int ffgtcs(fitsfile *fptr, int xcol, int ycol, double *xrval, double *yrval, double *xrpix, double *yrpix, double *xinc,
           double *yinc, double *rot, char *type, int *status);
int ffwldp(double xpix, double ypix, double xref, double yref, double xrefpix, double yrefpix, double xinc, double yinc,
           double rot, char *type, double *xpos, double *ypos, int *status);
int ffxypx(double xpos, double ypos, double xref, double yref, double xrefpix, double yrefpix, double xinc, double yinc,
           double rot, char *type, double *xpix, double *ypix, int *status);
int ffgiwcs(fitsfile *fptr, char **header, int *status);
int ffgtwcs(fitsfile *fptr, int xcol, int ycol, char **header, int *status);

#ifdef __cplusplus
}
#endif

#endif
