/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where the bytes of an open file are: a file of the core, or memory of the program. Without the buffer.
 */
#ifndef CF_FILE_SOURCE_H
#define CF_FILE_SOURCE_H

#include "file/state.h"

/* Reads up to n bytes; *got < n only at the end. */
int cf_source_read(cf_file *file, LONGLONG offset, size_t n, void *buffer, size_t *got, int *status);

/* Writes n bytes; a gap before them becomes zeros. */
int cf_source_write(cf_file *file, LONGLONG offset, size_t n, const void *buffer, int *status);

int cf_source_truncate(cf_file *file, LONGLONG size, int *status);

/* Moves n bytes; the ranges may overlap. */
int cf_source_move(cf_file *file, LONGLONG from, LONGLONG to, LONGLONG n, int *status);

/* Gets the size. */
int cf_source_size(cf_file *file, LONGLONG *size, int *status);

/* Closes the source, which drops nothing. */
int cf_source_close(cf_file *file, int *status);

#endif
