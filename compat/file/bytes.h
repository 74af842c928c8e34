/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The bytes of an open file, through its buffer. Offsets are absolute. The position of ffmbyt() stays.
 */
#ifndef CF_FILE_BYTES_H
#define CF_FILE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "file/state.h"

/* Reads n bytes. END_OF_FILE if the file ends before. */
int cf_read(fitsfile *fptr, LONGLONG offset, size_t n, void *buffer, int *status);

/* Reads n bytes. Those behind the end of the file are `byte`. */
int cf_read_padded(fitsfile *fptr, LONGLONG offset, size_t n, int byte, void *buffer, int *status);

/* Makes n bytes ready for cf_read_beside(), until the next write: END_OF_FILE if the file ends before. */
int cf_read_ready(fitsfile *fptr, LONGLONG offset, size_t n, int *status);

/* Reads n bytes past the buffer: for parts that are far apart, or that many threads read at once. */
int cf_read_beside(fitsfile *fptr, LONGLONG offset, size_t n, void *buffer, int *status);

/* Writes n bytes. The file grows; a gap before them becomes zeros. */
int cf_write(fitsfile *fptr, LONGLONG offset, size_t n, const void *buffer, int *status);

/* Writes `byte` n times. */
int cf_fill(fitsfile *fptr, LONGLONG offset, LONGLONG n, int byte, int *status);

/* cf_at_hand() for bytes that the last call has not used. */
const unsigned char *cf_bring_to_hand(fitsfile *fptr, LONGLONG offset, size_t n);

/* Returns a pointer to n bytes if the last call has used them, or their neighbours; else NULL. */
static inline const unsigned char *cf_in_hand(fitsfile *fptr, LONGLONG offset, size_t n) {
  const cf_file *file = cf_file_of(fptr->Fptr);
  const cf_hand *hand = file->hands;
  if (n == 0 || n > INT_MAX || file->header.dirty || offset + (LONGLONG)n > fptr->Fptr->logfilesize)
    return NULL;
  if (offset < hand->start || offset + (LONGLONG)n > hand->end)
    hand++;
  return offset >= hand->start && offset + (LONGLONG)n <= hand->end ? hand->bytes + (offset - hand->start) : NULL;
}

/* Returns a pointer to n bytes of the buffer, valid until the next call of this file, or NULL: use cf_read(). For small
 * reads in loops. Never fails. */
static inline const unsigned char *cf_at_hand(fitsfile *fptr, LONGLONG offset, size_t n) {
  const unsigned char *bytes = cf_in_hand(fptr, offset, n);
  return bytes != NULL ? bytes : cf_bring_to_hand(fptr, offset, n);
}

/* Moves n bytes; the ranges may overlap. */
int cf_move(fitsfile *fptr, LONGLONG from, LONGLONG to, LONGLONG n, int *status);

/* Inserts `blocks` blocks of 2880 bytes, each `byte`, at `offset`, a start of a block in or behind the current HDU. All
 * that follows moves, and the starts of the HDUs behind the current one (headstart). Fptr->datastart stays:
 * cf_header_grow() of header/text.h inserts blocks for cards. */
int cf_insert_blocks(fitsfile *fptr, LONGLONG offset, LONGLONG blocks, int byte, int *status);

/* Deletes blocks from `offset` on, in the current HDU. What follows moves, and the starts of the HDUs behind it. */
int cf_delete_blocks(fitsfile *fptr, LONGLONG offset, LONGLONG blocks, int *status);

/* Cuts the file at `size`. */
int cf_truncate(fitsfile *fptr, LONGLONG size, int *status);

/* Returns the size of the file with what is buffered. */
LONGLONG cf_size(fitsfile *fptr);

/* Writes what is buffered into the file. */
int cf_flush(fitsfile *fptr, int *status);

#endif
