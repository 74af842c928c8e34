/* SPDX-License-Identifier: BSD-3-Clause
 *
 * source.c: the columns and keywords of the current HDU, for formulas.
 */
#ifndef CF_FILTER_SOURCE_H
#define CF_FILTER_SOURCE_H

#include "base/status.h"
#include "filter/area.h"
#include "filter/interval.h"

typedef struct cf_source {
  fitsfile *fptr;
  int status; /* of the function of this layer that failed, else 0 */
  bool is_table;
  cf_interval_list intervals;
  cf_area_list areas;
  char text[FLEN_VALUE]; /* of the keyword that was found last */
} cf_source;

/* Returns the type of a column, TBYTE ...; fields of ASCII tables have the type of their format. */
int cf_column_type(fitsfile *fptr, int number, int *status);

/* Makes the functions of `source` those of a table, or of a header alone. */
void cf_source_start(cf_source *source, fitsfile *fptr, rf_formula_source *functions);
void cf_source_end(cf_source *source);

#endif
