/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which member of a zip file is meant.
 */
#ifndef RF_STORE_FILTER_ZIP_CHOICE_H
#define RF_STORE_FILTER_ZIP_CHOICE_H

#include "store/filter/zip/directory.h"

/* Finds the member of this name. `name` is NULL: the only member, or the only one whose name is that of a FITS file.
 * RF_ERR_NO_FILE: no member has the name. RF_ERR_NOT_FITS: there is none, or there are several. Messages list the first
 * members. */
rf_status rf_zip_choose(const rf_zip_directory *directory, const char *name, rf_zip_entry *entry, rf_error *err);

/* Returns the length of `x` in the name "x!member", whose '!' is the last one before `end`; 0 if there is none. A
 * `remote` x must end in ".zip" before its query, so that no other name costs a second request. */
size_t rf_zip_split(const char *name, size_t end, bool remote);

#endif
