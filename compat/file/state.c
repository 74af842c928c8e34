/* SPDX-License-Identifier: BSD-3-Clause */
#include "file/state.h"

#include <stdatomic.h>
#include <string.h>

#include "base/string.h"
#include "tiled/tiled.h"

#define FIRST_HDUS 1000

cf_file *cf_files[CF_FILES];
static int used; /* elements of it that may be in use: those behind are NULL */
static atomic_flag busy = ATOMIC_FLAG_INIT;

static void lock(void) {
  while (atomic_flag_test_and_set(&busy))
    ;
}

static void unlock(void) {
  atomic_flag_clear(&busy);
}

/* Enters a file into the table. Returns false if the table is full. */
static bool enter(cf_file *file) {
  bool entered = false;
  lock();
  for (int i = 0; i < CF_FILES && !entered; i++)
    if (cf_files[i] == NULL) {
      cf_files[i] = file;
      file->fptr->filehandle = i;
      used = i < used ? used : i + 1;
      entered = true;
    }
  unlock();
  return entered;
}

cf_file *cf_file_find(const char *path, int mode) {
  cf_file *found = NULL;
  lock();
  for (int i = 0; i < used && found == NULL; i++)
    if (cf_files[i] != NULL && cf_files[i]->path != NULL && strcmp(cf_files[i]->path, path) == 0 &&
        (mode == READONLY || cf_files[i]->fptr->writemode == READWRITE))
      found = cf_files[i];
  unlock();
  return found;
}

int cf_file_reserve_hdus(FITSfile *fptr, int count, int *status) {
  if (count <= fptr->MAXHDU)
    return *status;
  int room = count + FIRST_HDUS;
  LONGLONG *more = realloc(fptr->headstart, ((size_t)room + 1) * sizeof *more);
  if (more == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for the list of HDUs");
  memset(more + fptr->MAXHDU + 1, 0, (size_t)(room - fptr->MAXHDU) * sizeof *more);
  fptr->headstart = more;
  fptr->MAXHDU = room;
  return *status;
}

/* Sets the members that are not 0 in a file without HDUs. */
static void init(FITSfile *fptr, int mode) {
  fptr->validcode = VALIDSTRUC;
  fptr->writemode = mode;
  fptr->open_count = 1;
  fptr->MAXHDU = FIRST_HDUS;
  fptr->datastart = -1;
  fptr->curbuf = -1;
  fptr->only_one = 0;
  for (int i = 0; i < NIOBUF; i++) {
    fptr->ageindex[i] = i;
    fptr->bufrecnum[i] = -1;
  }
}

cf_file *cf_file_new(const char *name, int mode, int *status) {
  cf_file *file = calloc(1, sizeof *file);
  FITSfile *fptr = calloc(1, sizeof *fptr);
  if (file != NULL)
    file->fptr = fptr;
  if (file != NULL && fptr != NULL) {
    /* 32 bytes at least: casacore and astropy read the name of any file */
    size_t n = strlen(name) + 1 > 32 ? strlen(name) + 1 : 32;
    init(fptr, mode);
    fptr->filename = calloc(n, 1);
    fptr->headstart = calloc(FIRST_HDUS + 1, sizeof *fptr->headstart);
    fptr->iobuffer = malloc(IOBUFLEN); /* programs free it */
    if (fptr->filename != NULL)
      cf_copy(fptr->filename, name, n);
  }
  for (int i = 0; file != NULL && i < CF_PAGES; i++)
    file->pages[i].number = -1;
  if (file == NULL || fptr == NULL || fptr->filename == NULL || fptr->headstart == NULL || fptr->iobuffer == NULL) {
    if (fptr != NULL)
      fptr->filehandle = -1;
    cf_file_free(file);
    (void)cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a file");
    return NULL;
  }
  if (!enter(file)) {
    fptr->filehandle = -1;
    cf_file_free(file);
    (void)cf_fail(status, TOO_MANY_FILES, "more than %d files are open", CF_FILES);
    return NULL;
  }
  return file;
}

void cf_file_release(cf_file *file) {
  lock();
  if (file->fptr->filehandle >= 0)
    cf_files[file->fptr->filehandle] = NULL;
  while (used > 0 && cf_files[used - 1] == NULL)
    used--;
  unlock();
  for (int i = 0; i < CF_PAGES; i++)
    free(file->pages[i].bytes);
  free(file->header.text);
  free(file->path);
  free(file);
}

void cf_file_free(cf_file *file) {
  if (file == NULL)
    return;
  FITSfile *fptr = file->fptr;
  if (fptr == NULL) {
    free(file);
    return;
  }
  cf_file_release(file);
  cf_tiled_forget(fptr);
  free(fptr->filename);
  free(fptr->headstart);
  free(fptr->iobuffer);
  free(fptr->tableptr);
  fptr->validcode = 0;
  free(fptr);
}
