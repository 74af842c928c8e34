/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What other rooms do not build yet. The commit that builds it deletes it here.
 */
#include <string.h>

#include "file/open.h"
#include "name/open.h"
#include "tiled/tiled.h"

#define WEAK __attribute__((weak))

WEAK bool cf_is_extended(const char *name) {
  return *name == '!';
}

WEAK int cf_create_extended(fitsfile **fptr, const char *name, int *status) {
  (void)remove(name + 1);
  return cf_file_create(fptr, name + 1, status);
}

int ffopen(fitsfile **fptr, const char *filename, int iomode, int *status) {
  return ffdkopn(fptr, filename, iomode, status);
}

int ffopentest(int soname, fitsfile **fptr, const char *filename, int iomode, int *status) {
  (void)soname;
  return ffdkopn(fptr, filename, iomode, status);
}

WEAK int cf_tiled_write(fitsfile *fptr, int datatype, const LONGLONG *first, const LONGLONG *last, int nullcheck,
                        const void *nulval, const void *array, int *status) {
  (void)fptr, (void)datatype, (void)first, (void)last, (void)nullcheck, (void)nulval, (void)array;
  return cf_fail(status, 1, "compressed images cannot be written by this library");
}
