/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the layer knows of an open file beside FITSfile, found by FITSfile.filehandle. Programs do not see it.
 */
#ifndef CF_FILE_STATE_H
#define CF_FILE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

#define CF_FILES 10000 /* files that may be open at a time */
#define CF_PAGE_BLOCKS 10
#define CF_PAGES 64
#define CF_PAGE_WAYS 2 /* pages that share their places: rows and heap of a table do not push each other out */

/* A part of the file in memory. */
typedef struct cf_page {
  LONGLONG number;      /* of the page in the file; -1: free */
  unsigned valid;       /* a bit for each block that is in memory */
  unsigned dirty;       /* those that are newer than the file */
  unsigned char *bytes; /* NULL until the page is used */
} cf_page;

/* The bytes that the last small read or write has found in a page. Small calls look here first. */
typedef struct cf_hand {
  LONGLONG start; /* offset in the file */
  LONGLONG end;   /* behind the last one; `start` if there are none */
  unsigned char *bytes;
  cf_page *page;
} cf_hand;

/* Memory of the program that holds a file (ffimem(), ffomem()). */
typedef struct cf_memory {
  void **bytes; /* NULL: the file is not in memory of the program */
  size_t *capacity;
  size_t step; /* bytes by which it grows */
  void *(*resize)(void *p, size_t newsize);
  size_t size; /* bytes of the file */
} cf_memory;

/* The cards of the current header. */
typedef struct cf_header {
  bool valid;
  bool dirty;     /* `text` is newer than the file */
  LONGLONG start; /* offset of the header */
  LONGLONG count; /* cards without END */
  size_t room;    /* cards that fit into `text` */
  char *text;
} cf_header;

typedef struct cf_file {
  FITSfile *fptr;
  rf_bytes *bytes; /* NULL: `memory` */
  cf_memory memory;
  char *path; /* NULL, or the name by which other handles find the open file */
  cf_page pages[CF_PAGES];
  unsigned char next_way[CF_PAGES / CF_PAGE_WAYS]; /* which page of each set the next one replaces */
  LONGLONG dirty_pages;
  cf_hand hands[2]; /* two, for rows and heap of a table */
  unsigned next_hand;
  cf_header header;
  bool changed;       /* the current HDU was changed since it became current */
  bool failed;        /* the program closes the file after an error */
  LONGLONG heapstart; /* that of FITSfile when the header was read: THEAP belongs to it */
  LONGLONG missing;   /* bytes of the current data unit that the file lacked when its header was read */
} cf_file;

/* Makes a file with an empty FITSfile of one handle. The caller sets its source. NULL: *status says why. */
cf_file *cf_file_new(const char *name, int mode, int *status);

/* Frees a file without writing or closing anything, and its FITSfile. */
void cf_file_free(cf_file *file);

/* Frees a file but for its FITSfile and the members of it, which belong to the program from now on. */
void cf_file_release(cf_file *file);

/* The open files, by their FITSfile.filehandle. */
extern cf_file *cf_files[CF_FILES];

/* Returns the state of an open file. */
static inline cf_file *cf_file_of(const FITSfile *fptr) {
  return cf_files[fptr->filehandle];
}

/* Returns the open file with this path and a mode that serves `mode`, or NULL. */
cf_file *cf_file_find(const char *path, int mode);

/* Makes room for `count` elements of headstart. */
int cf_file_reserve_hdus(FITSfile *fptr, int count, int *status);

#endif
