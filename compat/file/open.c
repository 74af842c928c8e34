/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens and creates files by their plain names, without the syntax of extended names.
 */
#include <string.h>

#include "base/string.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "file/open.h"
#include "file/source.h"
#include "fitsio2.h"
#include "name/open.h"

#if defined(_WIN32)
#define realpath(name, out) _fullpath(out, name, 0)
#endif

/* Returns what other handles find the file by, allocated; NULL for files that are not local or not there. */
static char *path_of(const char *name) {
  const char *local = cf_begins(name, "file://") ? name + 7 : name;
  return strstr(local, "://") == NULL && strcmp(local, "-") != 0 ? realpath(local, NULL) : NULL;
}

/* Makes a handle. */
static int make_handle(cf_file *file, fitsfile **fptr, int *status) {
  fitsfile *handle = calloc(1, sizeof *handle);
  if (handle == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a handle");
  handle->Fptr = file->fptr;
  *fptr = handle;
  return *status;
}

/* Gives back a file that could not be opened. */
static void drop(cf_file *file) {
  int ignored = 0;
  ffpmrk();
  (void)cf_source_close(file, &ignored);
  ffcmrk();
  cf_file_free(file);
}

/* Makes the first HDU current. */
static int begin(cf_file *file, fitsfile **fptr, int *status) {
  FITSfile *f = file->fptr;
  if (cf_source_size(file, &f->filesize, status) > 0 || make_handle(file, fptr, status) > 0)
    return *status;
  f->logfilesize = f->filesize;
  if (ffrhdu(*fptr, NULL, status) > 0) {
    free(*fptr);
    *fptr = NULL;
  }
  return *status;
}

/* Opens the bytes of a file, of itself or with the suffix of a compressed one. */
static rf_status open_bytes(const char *name, rf_mode mode, rf_bytes **bytes, rf_error *err) {
  static const char *const suffixes[] = {".gz", ".Z", ".z", ".bz2", ".zst", ".xz"};
  rf_error again;
  rf_status status = rf_bytes_open(name, mode, NULL, bytes, err);
  if (status != RF_ERR_NO_FILE || strstr(name, "://") != NULL)
    return status;
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
    char longer[FLEN_FILENAME + 8];
    (void)snprintf(longer, sizeof longer, "%.*s%s", FLEN_FILENAME - 1, name, suffixes[i]);
    if (rf_bytes_open(longer, mode, NULL, bytes, &again) == RF_OK)
      return RF_OK;
  }
  return status;
}

int cf_file_open(fitsfile **fptr, const char *name, int mode, int *status) {
  rf_error err;
  char *path = path_of(name);
  cf_file *other = path != NULL ? cf_file_find(path, READWRITE) : NULL;
  if (other != NULL && mode == READWRITE) {
    free(path);
    return cf_file_reopen(other, fptr, status);
  }
  if (other != NULL) { /* this handle reads what the other one has written so far */
    fitsfile writer = {.HDUposition = other->fptr->curhdu, .Fptr = other->fptr};
    (void)cf_flush(&writer, status);
  }
  if (mode == READWRITE && path != NULL && cf_file_find(path, READONLY) != NULL) {
    free(path);
    return cf_fail(status, FILE_NOT_OPENED, "%.200s is open for reading, and cannot be opened for writing", name);
  }
  cf_file *file = cf_file_new(name, mode, status);
  if (file == NULL) {
    free(path);
    return *status;
  }
  file->path = path;
  if (open_bytes(name, mode == READWRITE ? RF_MODE_READ_WRITE : RF_MODE_READ, &file->bytes, &err) != RF_OK)
    (void)cf_fail(status, FILE_NOT_OPENED, "%s", err.message);
  else
    (void)begin(file, fptr, status);
  if (*status > 0)
    drop(file);
  return *status;
}

int cf_file_reopen(cf_file *file, fitsfile **fptr, int *status) {
  if (make_handle(file, fptr, status) <= 0)
    file->fptr->open_count++;
  return *status;
}

int cf_file_create(fitsfile **fptr, const char *name, int *status) {
  rf_options options;
  rf_error err;
  rf_options_init(&options);
  options.flags = RF_OPEN_NEW;
  cf_file *file = cf_file_new(name, READWRITE, status);
  if (file == NULL)
    return *status;
  if (rf_bytes_open(name, RF_MODE_CREATE, &options, &file->bytes, &err) != RF_OK)
    (void)cf_fail(status, FILE_NOT_CREATED, "%s", err.message);
  else
    (void)make_handle(file, fptr, status);
  if (*status > 0)
    drop(file);
  else
    file->path = path_of(name);
  return *status;
}

/* Checks what memory functions are called with. */
static int check_memory(fitsfile **fptr, void **buffptr, const size_t *buffsize, int *status) {
  CF_GO(status);
  if (fptr == NULL || buffptr == NULL || buffsize == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected a handle, memory and its size, found NULL");
  *fptr = NULL;
  return *status;
}

int ffomem(fitsfile **fptr, const char *name, int mode, void **buffptr, size_t *buffsize, size_t deltasize,
           void *(*mem_realloc)(void *p, size_t newsize), int *status) {
  if (check_memory(fptr, buffptr, buffsize, status) > 0)
    return *status;
  cf_file *file = cf_file_new(name != NULL ? name : "", mode, status);
  if (file == NULL)
    return *status;
  file->memory = (cf_memory){buffptr, buffsize, deltasize, mem_realloc, *buffptr != NULL ? *buffsize : 0};
  if (begin(file, fptr, status) > 0)
    drop(file);
  return *status;
}

int ffimem(fitsfile **fptr, void **buffptr, size_t *buffsize, size_t deltasize,
           void *(*mem_realloc)(void *p, size_t newsize), int *status) {
  if (check_memory(fptr, buffptr, buffsize, status) > 0)
    return *status;
  cf_file *file = cf_file_new("memfile", READWRITE, status);
  if (file == NULL)
    return *status;
  file->memory = (cf_memory){buffptr, buffsize, deltasize, mem_realloc, *buffptr != NULL ? *buffsize : 0};
  file->fptr->filesize = file->fptr->logfilesize = (LONGLONG)file->memory.size; /* what is there counts */
  if (make_handle(file, fptr, status) > 0)
    drop(file);
  return *status;
}

int ffreopen(fitsfile *openfptr, fitsfile **newfptr, int *status) {
  if (!cf_is_open(openfptr, status))
    return cf_refused(status);
  if (newfptr == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected a place for a handle, found NULL");
  return cf_file_reopen(cf_file_of(openfptr->Fptr), newfptr, status);
}

/* Checks the arguments of a function that opens, and sets *fptr to NULL. */
static int check_name(fitsfile **fptr, const char *name, int *status) {
  CF_GO(status);
  if (fptr == NULL || name == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected a handle and a name, found NULL");
  *fptr = NULL;
  while (*name == ' ')
    name++;
  if (*name == '\0')
    return cf_fail(status, FILE_NOT_OPENED, "the name of the file is empty");
  if (strlen(name) >= FLEN_FILENAME)
    return cf_fail(status, FILE_NOT_OPENED, "the name of the file has more than %d characters", FLEN_FILENAME - 1);
  return *status;
}

int ffdkopn(fitsfile **fptr, const char *filename, int iomode, int *status) {
  if (check_name(fptr, filename, status) > 0)
    return *status;
  if (cf_file_open(fptr, filename + strspn(filename, " "), iomode, status) <= 0)
    (*fptr)->Fptr->noextsyntax = 1;
  return *status;
}

int ffdkinit(fitsfile **fptr, const char *filename, int *status) {
  if (check_name(fptr, filename, status) > 0)
    return *status;
  return cf_file_create(fptr, filename + strspn(filename, " "), status);
}

int ffinit(fitsfile **fptr, const char *filename, int *status) {
  if (check_name(fptr, filename, status) > 0)
    return *status;
  filename += strspn(filename, " ");
  if (*status == CREATE_DISK_FILE) { /* chooses a way of creating, and is no error */
    *status = 0;
    return cf_file_create(fptr, filename, status);
  }
  return cf_is_extended(filename) ? cf_create_extended(fptr, filename, status) : cf_file_create(fptr, filename, status);
}
