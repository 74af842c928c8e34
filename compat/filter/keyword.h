/* SPDX-License-Identifier: BSD-3-Clause
 *
 * keyword.c: keywords as constants of formulas.
 */
#ifndef CF_FILTER_KEYWORD_H
#define CF_FILTER_KEYWORD_H

#include "base/status.h"

/* Describes a keyword of the current HDU. text: receives the value of a string, which *info points to. Returns RF_OK,
 * or what a formula is to return; *status says why. */
rf_status cf_keyword_describe(fitsfile *fptr, const char *name, rf_formula_info *info, char text[FLEN_VALUE],
                              int *status);

#endif
