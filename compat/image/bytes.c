/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The bytes of a data unit, as they are in the file.
 */
#include "file/bytes.h"
#include "file/handle.h"
#include "image/image.h"

/* Checks a range of bytes. Returns false if there is nothing to do. */
static bool check_range(LONGLONG offset, LONGLONG nelem, const void *array, int *status) {
  if (nelem < 0)
    (void)cf_fail(status, NEG_BYTES, "the number of bytes is negative: %lld", nelem);
  else if (offset < 0)
    (void)cf_fail(status, NEG_FILE_POS, "the offset of bytes is negative: %lld", offset);
  else if (offset > LONGLONG_MAX / 4 || nelem > LONGLONG_MAX / 4)
    (void)cf_fail(status, END_OF_FILE, "%lld bytes at offset %lld are beyond the limits of a file", nelem, offset);
  else if (array == NULL && nelem > 0)
    (void)cf_fail(status, NULL_INPUT_PTR, "expected memory for bytes, found NULL");
  return *status <= 0 && nelem > 0;
}

int ffgextn(fitsfile *fptr, LONGLONG offset, LONGLONG nelem, void *array, int *status) {
  if (!cf_use_data(fptr, status) || !check_range(offset, nelem, array, status))
    return cf_refused(status);
  return cf_read(fptr, fptr->Fptr->datastart + offset, (size_t)nelem, array, status);
}

int ffpextn(fitsfile *fptr, LONGLONG offset, LONGLONG nelem, void *array, int *status) {
  if (!cf_use_write_data(fptr, status) || !check_range(offset, nelem, array, status))
    return cf_refused(status);
  if (cf_image_guard(fptr, fptr->Fptr->datastart + offset, nelem, status) > 0)
    return *status;
  return cf_write(fptr, fptr->Fptr->datastart + offset, (size_t)nelem, array, status);
}
