/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table of unit numbers. Threads may open files at once.
 */
#include "fortran/unit.h"

#include <stdatomic.h>

#define UNITS 10000
#define FIRST_FREE 50 /* ftgiou() returns none below */

static fitsfile reserved; /* its address: ftgiou() returned the unit, no file is open */
static fitsfile *_Atomic units[UNITS];

static bool is_unit(int unit) {
  return unit >= 0 && unit < UNITS;
}

fitsfile *CUnit2FITS(int unit) {
  fitsfile *fptr = is_unit(unit) ? atomic_load(&units[unit]) : NULL;
  return fptr != &reserved ? fptr : NULL;
}

/* Takes a unit that is free. Returns 0 if there is none. */
static int take_unit(fitsfile *fptr) {
  for (int unit = FIRST_FREE; unit < UNITS; unit++) {
    fitsfile *none = NULL;
    if (atomic_compare_exchange_strong(&units[unit], &none, fptr))
      return unit;
  }
  return 0;
}

int CFITS2Unit(fitsfile *fptr) {
  if (fptr == NULL)
    return 0;
  for (int unit = 0; unit < UNITS; unit++)
    if (atomic_load(&units[unit]) == fptr)
      return unit;
  return take_unit(fptr);
}

bool cf_unit_is_free(int unit, int *status) {
  if (!is_unit(unit))
    cf_fail(status, BAD_FILEPTR, "no unit number: %d", unit);
  else if (CUnit2FITS(unit) != NULL)
    cf_fail(status, FILE_NOT_OPENED, "unit %d is in use", unit);
  return *status <= 0;
}

void cf_unit_set(int unit, fitsfile *fptr) {
  if (is_unit(unit))
    atomic_store(&units[unit], fptr != NULL ? fptr : &reserved);
}

void ftgiou_(int *unit, int *status);
void ftgiou_(int *unit, int *status) {
  if (*status > 0)
    return;
  *unit = take_unit(&reserved);
  if (*unit == 0)
    cf_fail(status, TOO_MANY_FILES, "no unit number is free");
}

void ftfiou_(const int *unit, int *status);
void ftfiou_(const int *unit, int *status) {
  if (*status > 0)
    return;
  if (*unit == -1)
    for (int i = FIRST_FREE; i < UNITS; i++)
      atomic_store(&units[i], NULL);
  else if (*unit < 1 || *unit >= UNITS)
    cf_fail(status, BAD_FILEPTR, "no unit number: %d", *unit);
  else
    atomic_store(&units[*unit], NULL);
}
