/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One value, by the shortest way. The results are those of the conversion of many values, for the values where that is
 * easy to see.
 */
#ifndef CF_CONVERT_ONE_H
#define CF_CONVERT_ONE_H

#include <stdbool.h>

#include "base/status.h"

/* Converts a value that is not scaled, and returns true; false: it may be null, or does not fit, and nothing has
 * happened.
 * stored     the type in the file; TLONG has 32 bits
 * nullcheck  0: the program does not look for null values
 * datatype   the type of the program */
bool cf_one_from_stored(int stored, const unsigned char *at, LONGLONG tnull, int nullcheck, int datatype, void *array);

/* Makes the stored form of a value. False: it does not fit. */
bool cf_one_to_stored(int datatype, const void *value, int stored, unsigned char *at);

#endif
