/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords with a value that is text already, see text/format.h. Each of these functions checks handle and status.
 */
#ifndef CF_HEADER_KEYWORD_STORE_H
#define CF_HEADER_KEYWORD_STORE_H

#include "base/status.h"

/* Appends a keyword. `comm` may be NULL. */
int cf_keyword_p(fitsfile *fptr, const char *keyname, char *value, const char *comm, int *status);

/* Modifies the first card with this keyword. KEY_NO_EXIST: none. `comm` NULL or "&": the old comment stays. */
int cf_keyword_m(fitsfile *fptr, const char *keyname, char *value, const char *comm, int *status);

/* Modifies the keyword, or appends it. */
int cf_keyword_u(fitsfile *fptr, const char *keyname, char *value, const char *comm, int *status);

/* Inserts a keyword at the position in the header. */
int cf_keyword_i(fitsfile *fptr, const char *keyname, char *value, const char *comm, int *status);

#endif
