/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Extended file names: text to parts, by the parser of the core. Pure: no file is opened.
 */
#ifndef CF_NAME_NAME_H
#define CF_NAME_NAME_H

#include "base/status.h"

#define CF_URL_TYPE 20 /* characters of "type://", with the NUL */

/* Takes a name apart. After URL_PARSE_ERROR, `name` has the parts before the error. */
int cf_name_parse(const char *text, rf_name *name, int *status);

/* As cf_name_parse(), for what comes before the brackets. */
int cf_name_parse_file(const char *text, rf_name *name, int *status);

/* Takes the name of a new file apart. */
int cf_new_name_parse(const char *text, rf_name_new *name, int *status);

/* Reads the location that a name gives: an HDU, or one cell of a table. */
int cf_location_parse(const char *text, rf_name_location *where, int *status);

#endif
