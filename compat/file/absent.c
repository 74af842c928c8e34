/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Weak definitions of what other rooms do not build yet. To be deleted.
 */
#include <string.h>

#include "file/open.h"
#include "name/open.h"

#define WEAK __attribute__((weak))

WEAK bool cf_is_extended(const char *name) {
  return *name == '!';
}

WEAK int cf_create_extended(fitsfile **fptr, const char *name, int *status) {
  (void)remove(name + 1);
  return cf_file_create(fptr, name + 1, status);
}

WEAK int ffopen(fitsfile **fptr, const char *filename, int iomode, int *status) {
  return ffdkopn(fptr, filename, iomode, status);
}

WEAK int ffopentest(int soname, fitsfile **fptr, const char *filename, int iomode, int *status) {
  (void)soname;
  return ffdkopn(fptr, filename, iomode, status);
}
