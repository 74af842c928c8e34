/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One value of a binary table, by the shortest way. Programs that go through a table value by value call nothing else.
 */
#ifndef CF_COLUMN_SINGLE_H
#define CF_COLUMN_SINGLE_H

#include "column/read.h"

/* Reads a value, and returns true; false: the case is not simple, and nothing has happened. Simple is a fixed column
 * without scaling, a value that is at hand, not null, and of the type that is wanted or exact in it. */
bool cf_read_one(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG element, const cf_target *to);

/* Writes a value in the same way. True: it is written, or *status tells why not. */
bool cf_write_one(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG element, int datatype, const void *value,
                  int *status);

#endif
