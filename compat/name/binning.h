/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The description of a histogram in a name. Pure, but for "bin @file".
 *
 *   bin    bin 4    binr X=1:100:2,Y    bin (X,Y)=:512:2; /EXPOSURE    bin X(A+B)=TSTART:TSTOP; (W*2)
 */
#ifndef CF_NAME_BINNING_H
#define CF_NAME_BINNING_H

#include "base/status.h"

#define CF_BIN_AXES 4

typedef struct cf_bin_axis {
  char column[FLEN_VALUE]; /* "": the preferred one */
  char *expression;        /* NULL, or what is binned instead of the column; points into cf_binning.text */
  double low;              /* DOUBLENULLVALUE: not given */
  double high;
  double size;
  char low_key[FLEN_VALUE]; /* keyword that has the value; "": none */
  char high_key[FLEN_VALUE];
  char size_key[FLEN_VALUE];
} cf_bin_axis;

typedef struct cf_binning {
  int type; /* TBYTE, TSHORT, TINT, TFLOAT, TDOUBLE */
  int count;
  cf_bin_axis axes[CF_BIN_AXES];
  double weight;
  char weight_name[FLEN_VALUE]; /* keyword or column; "": `weight` counts */
  char *weight_expression;      /* NULL, or it counts */
  int reciprocal;
  char *text;
} cf_binning;

/* Reads "bin...". cf_binning_free() frees it, also after a failure. */
int cf_binning_parse(const char *text, cf_binning *bin, int *status);
void cf_binning_free(cf_binning *bin);

#endif
