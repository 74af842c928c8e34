/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Unit numbers of Fortran. CUnit2FITS() and CFITS2Unit() are public.
 */
#ifndef CF_FORTRAN_UNIT_H
#define CF_FORTRAN_UNIT_H

#include <stdbool.h>

#include "base/status.h"

/* Returns true if a file can be opened with this unit; else *status is above 0. */
bool cf_unit_is_free(int unit, int *status);

/* Connects a unit and a file. NULL: the unit becomes free. */
void cf_unit_set(int unit, fitsfile *fptr);

#endif
