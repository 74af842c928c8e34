/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A compressed image that is to be created.
 */
#ifndef CF_TILED_CREATE_H
#define CF_TILED_CREATE_H

#include <stdbool.h>

#include "base/status.h"

/* What the requests of a file make of an image. */
typedef struct cf_tiled_plan {
  int type; /* RICE_1 ... */
  int bitpix;
  int zbitpix; /* as stored */
  int naxis;
  LONGLONG axes[MAX_COMPRESS_DIM];
  long tile[MAX_COMPRESS_DIM]; /* ZTILEn */
  LONGLONG rows;
  int method;    /* of dithering, for reals */
  double level;  /* of quantizing */
  bool lossless; /* reals are not quantized */
} cf_tiled_plan;

/* Makes the plan. DATA_COMPRESSION_ERR for what cannot be. */
int cf_tiled_plan_init(cf_tiled_plan *plan, const FITSfile *file, int bitpix, int naxis, const LONGLONG *axes,
                       int *status);

/* Creates the HDU with its header.
 * primary    1: the image would be the primary HDU
 * structure  0: without ZSIMPLE, ZBITPIX, ZNAXIS, ZNAXISn, ZQUANTIZ and ZDITHER0 */
int cf_tiled_begin(fitsfile *fptr, const cf_tiled_plan *plan, bool primary, bool structure, int *status);

/* Appends ZQUANTIZ and ZDITHER0 for reals. history: with cards that tell about it. */
int cf_tiled_put_quantizing(fitsfile *fptr, const cf_tiled_plan *plan, bool history, int *status);

#endif
