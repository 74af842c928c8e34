/* SPDX-License-Identifier: BSD-3-Clause */
#include "name/url_type.h"

#include <string.h>

#include "base/string.h"
#include "file/handle.h"

/* The first one is that of files that were opened by a plain name. */
static const char *const types[] = {
    "file://", "mem://",    "memkeep://", "stdin://",       "stdout://",       "compress://", "compressoutfile://",
    "http://", "https://",  "ftp://",     "ftps://",        "shmem://",        "stream://",   "rawfile://",
    "root://", "gsiftp://", "s3://",      "compressmem://", "compressfile://",
};

int cf_set_origin(fitsfile *fptr, const char *type, const char *name, int *status) {
  FITSfile *file = fptr->Fptr;
  size_t n = strlen(name) + 1;
  char *copy = calloc(n < 32 ? 32 : n, 1); /* programs read 32 bytes of any name */
  if (copy == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %zu bytes for a file name", n);
  cf_copy(copy, name, n);
  free(file->filename);
  file->filename = copy;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (cf_same_text(types[i], type))
      file->driver = (int)i;
  return *status;
}

int ffurlt(fitsfile *fptr, char *urlType, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (urlType == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no memory for the type of the file");
  int driver = fptr->Fptr->driver;
  size_t count = sizeof types / sizeof *types;
  cf_copy(urlType, driver >= 0 && (size_t)driver < count ? types[driver] : types[0], 20);
  return *status;
}
