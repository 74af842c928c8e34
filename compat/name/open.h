/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opening and creating by extended names. The plain opening of room file calls these where a name is more than the
 * name of a file; they call ffdkopn(), ffdkinit() and ffinit() with plain names.
 */
#ifndef CF_NAME_OPEN_H
#define CF_NAME_OPEN_H

#include <stdbool.h>

#include "base/status.h"

/* Tells whether an input or output name is more than the name of a file on a disk. */
bool cf_is_extended(const char *name);

/* Opens what a name describes: a file of any type, moved to an HDU, or filtered into a file in memory. */
int cf_open_extended(fitsfile **fptr, const char *name, int mode, int *status);

/* Writes the HDUs of a template into a new file. A template is a FITS file, or a text. */
int cf_template_apply(fitsfile *fptr, const char *name, int *status);

/* Creates a file: !name, name(template), name[compress ...]. */
int cf_create_extended(fitsfile **fptr, const char *name, int *status);

#endif
