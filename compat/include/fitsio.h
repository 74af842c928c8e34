/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio.h: the interface of CFITSIO 4.2, over librustfits. Programs that were written for CFITSIO compile against it
 * and link librustfits_cfitsio. docs/cfitsio.md tells what is built, and what differs.
 *
 * Each function takes and returns a status: 0, or a number of fitsio/errors.h. A function that is called with a status
 * above 0 does nothing. HDUs, columns, rows, elements and pixels are numbered from 1 on, axes are in the order of
 * NAXISn. Threads: one thread at a time per open file; several threads may use several files.
 */
#ifndef RF_FITSIO_FITSIO_H
#define RF_FITSIO_FITSIO_H
#ifndef _FITSIO_H
#define _FITSIO_H /* other headers test it */
#endif

#define CFITSIO_VERSION 4.2.0
#define CFITSIO_MICRO 0
#define CFITSIO_MINOR 2
#define CFITSIO_MAJOR 4
#define CFITSIO_SONAME 10

/* clang-format off: in this order, which is the order of their subjects */
#include "longnam.h"
#include "fitsio/constants.h"
#include "fitsio/errors.h"
#include "fitsio/types.h"
#include "fitsio/file.h"
#include "fitsio/text.h"
#include "fitsio/keyword.h"
#include "fitsio/hdu.h"
#include "fitsio/column.h"
#include "fitsio/image.h"
#include "fitsio/iterator.h"
#include "fitsio/wcs.h"
#include "fitsio/filter.h"
#include "fitsio/group.h"
#include "fitsio/compression.h"
/* clang-format on */

#endif
