/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The location in a file that a name gives: an HDU, or one cell of a table. Pure.
 *
 *   2    EVENTS    EVENTS,1,b    EVENTS#    3;IMAGES(17)    3;IMAGES(EXPOSURE > 100)
 */
#ifndef CF_NAME_LOCATION_H
#define CF_NAME_LOCATION_H

#include <stdbool.h>

#include "base/status.h"

typedef struct cf_location {
  int number;              /* 0-based; counts if `name` is "" */
  char name[FLEN_VALUE];   /* EXTNAME */
  int version;             /* EXTVER; 0: any */
  int type;                /* IMAGE_HDU ... or ANY_HDU */
  bool only;               /* a # followed: the other HDUs of the file do not count */
  char column[FLEN_VALUE]; /* a cell: its column */
  char row[FLEN_FILENAME]; /* a cell: the number of its row, or an expression that is true in it */
} cf_location;

int cf_location_parse(const char *text, cf_location *where, int *status);

#endif
