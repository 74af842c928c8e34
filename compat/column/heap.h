/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Descriptors of arrays of variable length, and the heap behind the rows.
 */
#ifndef CF_COLUMN_HEAP_H
#define CF_COLUMN_HEAP_H

#include "base/status.h"

/* Sets *offset to where `length` elements of `type` (positive) begin at `address` of the heap. */
int cf_heap_at(fitsfile *fptr, LONGLONG address, LONGLONG length, int type, LONGLONG *offset, int *status);

/* As ffgdesll(), for callers that have called cf_use_data(). */
int cf_heap_get(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG *length, LONGLONG *address, int *status);

/* Makes the array of a cell `elements` long: in place if it is no longer than before, else behind the heap, where the
 * old elements are not copied. *length and *address receive what the descriptor becomes. */
int cf_heap_reserve(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG elements, LONGLONG *length, LONGLONG *address,
                    int *status);

/* Gives a cell `length` elements behind the heap. *offset receives where they begin in the file. */
int cf_heap_append(fitsfile *fptr, int colnum, LONGLONG row, LONGLONG length, LONGLONG *offset, int *status);

/* Returns the bytes of `length` elements of `type` (positive); -1: too many. */
LONGLONG cf_heap_bytes(int type, LONGLONG length);

#endif
