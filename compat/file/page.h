/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Pages: the buffer of a file. A page is read in blocks, and as a whole only where a program goes on through the file:
 * a single value that is far from the others costs one block.
 */
#ifndef CF_FILE_PAGE_H
#define CF_FILE_PAGE_H

#include "file/state.h"

#define CF_PAGE_BYTES ((size_t)CF_PAGE_BLOCKS * IOBUFLEN)

/* Returns the page that has the bytes `at` ... at + n - 1 of its own, n > 0. NULL: *status says why. */
cf_page *cf_page_get(cf_file *file, LONGLONG number, size_t at, size_t n, int *status);

/* As cf_page_get(), for bytes that are written: blocks that become new as a whole are not read. */
cf_page *cf_page_get_to_write(cf_file *file, LONGLONG number, size_t at, size_t n, int *status);

/* Returns the page if it has these bytes in memory, or NULL. */
cf_page *cf_page_find(cf_file *file, LONGLONG number, size_t at, size_t n);

/* Writes n > 0 bytes into blocks at hand that are dirty; false: they are others, and nothing has happened. */
bool cf_page_write_at_hand(cf_file *file, LONGLONG offset, size_t n, const void *bytes);

/* Writes what is dirty of the pages that overlap n bytes from `offset` on. */
int cf_pages_write(cf_file *file, LONGLONG offset, LONGLONG n, int *status);

/* Writes all that is dirty, in the order of the file. */
int cf_pages_flush(cf_file *file, int *status);

/* Copies bytes that were written to the file into the pages that have them. */
void cf_pages_update(cf_file *file, LONGLONG offset, size_t n, const char *bytes);

/* Drops the pages that have bytes from `from` on. */
void cf_pages_forget(cf_file *file, LONGLONG from);

#endif
