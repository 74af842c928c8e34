/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Small reads and writes go through the pages in memory, large ones beside them.
 */
#include "file/bytes.h"

#include <string.h>

#include "file/page.h"
#include "file/source.h"
#include "file/state.h"
#include "header/text.h"

/* Reads and writes from this size on go straight to the file. */
#define DIRECT_BYTES (2 * CF_PAGE_BYTES)

/* Reads that are worth a look at what is at hand. */
#define SHORT_BYTES IOBUFLEN

/* Bytes of one write of a fill. */
#define FILL_BYTES ((size_t)64 * IOBUFLEN)

/* Returns the number of the page that has the byte at `offset`. */
static LONGLONG number_of(LONGLONG offset) {
  return (LONGLONG)((size_t)offset / CF_PAGE_BYTES);
}

/* Checks a range. Returns false if it is negative. */
static bool is_range(LONGLONG offset, size_t n, int *status) {
  if (offset < 0)
    (void)cf_fail(status, NEG_FILE_POS, "a position in the file is negative: %lld", offset);
  else if (n > (size_t)LONGLONG_MAX / 4 || offset > LONGLONG_MAX / 4)
    (void)cf_fail(status, ARRAY_TOO_BIG, "%zu bytes at byte %lld are beyond the limits of a file", n, offset);
  else
    return true;
  return false;
}

/* Tells whether bytes from `offset` on are missing because the file was cut inside a block. */
static bool is_cut(const FITSfile *f, LONGLONG offset) {
  return f->writemode == READONLY && f->logfilesize % IOBUFLEN != 0 &&
         offset < (f->logfilesize + IOBUFLEN - 1) / IOBUFLEN * IOBUFLEN;
}

/* Checks a range that is read, and writes the header into it if it must. */
static int begin_read(fitsfile *fptr, LONGLONG offset, size_t n, int *status) {
  cf_file *file = cf_file_of(fptr->Fptr);
  if (!is_range(offset, n, status))
    return *status;
  if (file->header.dirty && cf_header_meets(file, offset, n) && cf_header_write(fptr, status) > 0)
    return *status;
  if (offset + (LONGLONG)n > fptr->Fptr->logfilesize)
    return cf_fail(status, is_cut(fptr->Fptr, offset) ? READ_ERROR : END_OF_FILE,
                   "the file has %lld bytes, and %zu bytes at byte %lld are read", fptr->Fptr->logfilesize, n, offset);
  return *status;
}

int cf_read_ready(fitsfile *fptr, LONGLONG offset, size_t n, int *status) {
  cf_file *file = cf_file_of(fptr->Fptr);
  if (*status > 0 || n == 0 || begin_read(fptr, offset, n, status) > 0)
    return *status;
  return file->dirty_pages > 0 ? cf_pages_write(file, offset, (LONGLONG)n, status) : *status;
}

int cf_read_beside(fitsfile *fptr, LONGLONG offset, size_t n, void *buffer, int *status) {
  size_t got = 0;
  if (*status > 0 || cf_source_read(cf_file_of(fptr->Fptr), offset, n, buffer, &got, status) > 0)
    return *status;
  memset((char *)buffer + got, 0, n - got); /* between the file and what is buffered behind its end */
  return *status;
}

int cf_read(fitsfile *fptr, LONGLONG offset, size_t n, void *buffer, int *status) {
  cf_file *file = cf_file_of(fptr->Fptr);
  char *dest = buffer;
  if (*status <= 0 && n <= SHORT_BYTES) {
    const unsigned char *bytes = cf_in_hand(fptr, offset, n);
    if (bytes != NULL) {
      memcpy(buffer, bytes, n);
      return *status;
    }
  }
  if (*status > 0 || n == 0 || begin_read(fptr, offset, n, status) > 0)
    return *status;
  if (n >= DIRECT_BYTES)
    return cf_read_ready(fptr, offset, n, status) <= 0 ? cf_read_beside(fptr, offset, n, buffer, status) : *status;
  while (n > 0) {
    size_t at = (size_t)offset % CF_PAGE_BYTES, part = CF_PAGE_BYTES - at < n ? CF_PAGE_BYTES - at : n;
    const cf_page *page = cf_page_get(file, number_of(offset), at, part, status);
    if (page == NULL)
      return *status;
    memcpy(dest, page->bytes + at, part);
    dest += part;
    offset += (LONGLONG)part;
    n -= part;
  }
  return *status;
}

int cf_read_padded(fitsfile *fptr, LONGLONG offset, size_t n, int byte, void *buffer, int *status) {
  LONGLONG left = fptr->Fptr->logfilesize - offset;
  size_t there = left <= 0 ? 0 : (uint64_t)left < n ? (size_t)left : n;
  memset((char *)buffer + there, byte, n - there);
  return cf_read(fptr, offset, there, buffer, status);
}

static int write_direct(cf_file *file, LONGLONG offset, size_t n, const char *bytes, int *status) {
  LONGLONG end = offset + (LONGLONG)n;
  if (cf_source_write(file, offset, n, bytes, status) > 0)
    return *status;
  if (end > file->fptr->filesize)
    file->fptr->filesize = end;
  cf_pages_update(file, offset, n, bytes);
  return *status;
}

static int write_buffered(cf_file *file, LONGLONG offset, size_t n, const char *bytes, int *status) {
  while (n > 0) {
    size_t at = (size_t)offset % CF_PAGE_BYTES, part = CF_PAGE_BYTES - at < n ? CF_PAGE_BYTES - at : n;
    cf_page *page = cf_page_get_to_write(file, number_of(offset), at, part, status);
    if (page == NULL)
      return *status;
    memcpy(page->bytes + at, bytes, part);
    bytes += part;
    offset += (LONGLONG)part;
    n -= part;
    if (offset > file->fptr->logfilesize) /* now, since the page may be written before the next part */
      file->fptr->logfilesize = offset;
  }
  return *status;
}

int cf_write(fitsfile *fptr, LONGLONG offset, size_t n, const void *buffer, int *status) {
  cf_file *file = cf_file_of(fptr->Fptr);
  if (*status > 0 || n == 0 || !is_range(offset, n, status))
    return *status;
  if (file->header.valid && cf_header_meets(file, offset, n) && cf_header_forget(fptr, status) > 0)
    return *status;
  file->changed = true;
  if (cf_page_write_at_hand(file, offset, n, buffer)) {
    if (offset + (LONGLONG)n > fptr->Fptr->logfilesize)
      fptr->Fptr->logfilesize = offset + (LONGLONG)n;
    return *status;
  }
  if (n < DIRECT_BYTES)
    return write_buffered(file, offset, n, buffer, status);
  if (write_direct(file, offset, n, buffer, status) <= 0 && offset + (LONGLONG)n > fptr->Fptr->logfilesize)
    fptr->Fptr->logfilesize = offset + (LONGLONG)n;
  return *status;
}

int cf_fill(fitsfile *fptr, LONGLONG offset, LONGLONG n, int byte, int *status) {
  size_t size = n < (LONGLONG)FILL_BYTES ? (size_t)(n > 0 ? n : 0) : FILL_BYTES;
  if (*status > 0 || n <= 0)
    return *status;
  char *bytes = malloc(size);
  if (bytes == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a buffer");
  memset(bytes, byte, size);
  for (LONGLONG done = 0; done < n && *status <= 0; done += (LONGLONG)size)
    (void)cf_write(fptr, offset + done, n - done < (LONGLONG)size ? (size_t)(n - done) : size, bytes, status);
  free(bytes);
  return *status;
}

const unsigned char *cf_bring_to_hand(fitsfile *fptr, LONGLONG offset, size_t n) {
  cf_file *file = cf_file_of(fptr->Fptr);
  int status = 0;
  size_t at = (size_t)offset % CF_PAGE_BYTES;
  if (offset < 0 || n == 0 || n > CF_PAGE_BYTES || at + n > CF_PAGE_BYTES ||
      offset + (LONGLONG)n > fptr->Fptr->logfilesize || (file->header.dirty && cf_header_meets(file, offset, n)))
    return NULL;
  const cf_page *page = cf_page_find(file, number_of(offset), at, n);
  if (page == NULL) {
    ffpmrk();
    page = cf_page_get(file, number_of(offset), at, n, &status);
    ffcmrk();
  }
  return page != NULL ? page->bytes + at : NULL;
}

int cf_flush(fitsfile *fptr, int *status) {
  cf_file *file = cf_file_of(fptr->Fptr);
  if (*status > 0 || (file->header.dirty && cf_header_write(fptr, status) > 0))
    return *status;
  return cf_pages_flush(file, status);
}

LONGLONG cf_size(fitsfile *fptr) {
  return fptr->Fptr->logfilesize;
}

int cf_move(fitsfile *fptr, LONGLONG from, LONGLONG to, LONGLONG n, int *status) {
  cf_file *file = cf_file_of(fptr->Fptr);
  if (*status > 0 || n <= 0 || from == to || !is_range(from, (size_t)n, status) || !is_range(to, (size_t)n, status))
    return *status;
  if (from + n > fptr->Fptr->logfilesize)
    return cf_fail(status, END_OF_FILE, "the file ends before byte %lld, up to which bytes are moved", from + n);
  if (cf_flush(fptr, status) > 0 || (file->header.valid && cf_header_forget(fptr, status) > 0))
    return *status;
  cf_pages_forget(file, from < to ? from : to);
  file->changed = true;
  if (fptr->Fptr->filesize < from + n && cf_source_truncate(file, from + n, status) > 0)
    return *status;
  if (cf_source_move(file, from, to, n, status) > 0)
    return *status;
  if (to + n > fptr->Fptr->logfilesize)
    fptr->Fptr->logfilesize = to + n;
  if (to + n > fptr->Fptr->filesize)
    fptr->Fptr->filesize = to + n;
  return *status;
}

int cf_truncate(fitsfile *fptr, LONGLONG size, int *status) {
  cf_file *file = cf_file_of(fptr->Fptr);
  if (*status > 0 || !is_range(size, 0, status) || cf_flush(fptr, status) > 0)
    return *status;
  cf_pages_forget(file, size);
  file->changed = true;
  if (cf_source_truncate(file, size, status) <= 0)
    fptr->Fptr->logfilesize = fptr->Fptr->filesize = size;
  return *status;
}

/* Adds `shift` to the starts of the HDUs behind the current one. */
static void shift_hdus(FITSfile *fptr, LONGLONG shift) {
  for (int i = fptr->curhdu + 1; i <= fptr->maxhdu + 1; i++)
    fptr->headstart[i] += shift;
}

int cf_insert_blocks(fitsfile *fptr, LONGLONG offset, LONGLONG blocks, int byte, int *status) {
  LONGLONG shift = blocks * IOBUFLEN, tail = fptr->Fptr->logfilesize - offset;
  if (*status > 0 || blocks <= 0)
    return *status;
  if (tail > 0 && cf_move(fptr, offset, offset + shift, tail, status) > 0)
    return *status;
  if (cf_fill(fptr, offset, shift, byte, status) <= 0)
    shift_hdus(fptr->Fptr, shift);
  return *status;
}

int cf_delete_blocks(fitsfile *fptr, LONGLONG offset, LONGLONG blocks, int *status) {
  LONGLONG shift = blocks * IOBUFLEN, tail = fptr->Fptr->logfilesize - offset - shift;
  if (*status > 0 || blocks <= 0)
    return *status;
  if (tail < 0)
    return cf_fail(status, END_OF_FILE, "the file ends before the last of the %lld blocks that are deleted", blocks);
  if (cf_move(fptr, offset + shift, offset, tail, status) > 0 ||
      cf_truncate(fptr, fptr->Fptr->logfilesize - shift, status) > 0)
    return *status;
  shift_hdus(fptr->Fptr, -shift);
  return *status;
}
