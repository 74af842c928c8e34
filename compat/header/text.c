/* SPDX-License-Identifier: BSD-3-Clause */
#include "header/text.h"

#include <string.h>

#include "file/bytes.h"

#define CARD ((LONGLONG)80)

/* Makes room for `count` cards in memory. */
static int reserve(cf_header *header, LONGLONG count, int *status) {
  if ((size_t)count <= header->room)
    return *status;
  size_t room = (size_t)count + (size_t)count / 2 + 36;
  char *more = realloc(header->text, room * CARD);
  if (more == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a header of %lld cards", count);
  header->text = more;
  header->room = room;
  return *status;
}

int cf_header_load(fitsfile *fptr, int *status) {
  FITSfile *f = fptr->Fptr;
  cf_header *header = &cf_file_of(f)->header;
  LONGLONG start = f->headstart[f->curhdu], count = (f->headend - start) / CARD;
  if (*status > 0)
    return *status;
  if (header->valid && header->start == start && header->count == count)
    return *status;
  if (count < 0)
    return cf_fail(status, BAD_HDU_NUM, "the header ends before it begins");
  if (header->valid && header->start == start && count < header->count) { /* the program moved its end back */
    header->count = count;
    return *status;
  }
  if (cf_header_forget(fptr, status) > 0 || count * CARD > f->logfilesize - start)
    return cf_fail(status, END_OF_FILE, "the file ends inside the header");
  if (reserve(header, count, status) > 0 || cf_read(fptr, start, (size_t)(count * CARD), header->text, status) > 0)
    return *status;
  header->start = start;
  header->count = count;
  header->valid = true;
  return *status;
}

/* Tells whether the last byte of the file, at `offset`, is one that transfers of text append. */
static bool is_stray(fitsfile *fptr, LONGLONG offset) {
  char byte = 'X';
  int ignored = 0;
  return offset + 1 == fptr->Fptr->logfilesize && cf_read(fptr, offset, 1, &byte, &ignored) <= 0 &&
         (byte == '\0' || byte == '\n' || byte == ' ');
}

/* Appends one block of the file to the cards in memory. */
static int read_block(fitsfile *fptr, LONGLONG offset, int *status) {
  cf_header *header = &cf_file_of(fptr->Fptr)->header;
  LONGLONG left = fptr->Fptr->logfilesize - offset;
  const char *kind = header->count > 0 && memcmp(header->text, "XTENSION", 8) == 0 ? header->text + 10 : "        ";
  bool table = memcmp(kind, "'TABLE", 6) == 0 || memcmp(kind, "'BINTAB", 7) == 0;
  if (left <= 0)
    return cf_fail(status, table ? NO_END : END_OF_FILE, "the file ends at byte %lld, where a header should go on",
                   offset);
  if (left < IOBUFLEN && is_stray(fptr, offset))
    return cf_fail(status, END_OF_FILE, "the file ends at byte %lld, but for one", offset);
  if (left < IOBUFLEN)
    return cf_fail(status, READ_ERROR, "the file ends at byte %lld, inside a header", fptr->Fptr->logfilesize);
  if (reserve(header, header->count + IOBUFLEN / CARD, status) > 0)
    return *status;
  return cf_read(fptr, offset, IOBUFLEN, header->text + header->count * CARD, status);
}

static bool is_card(const char *card, const char *keyword) {
  return memcmp(card, keyword, 8) == 0;
}

/* Tells whether a card is blank. */
static bool is_blank(const char *card) {
  for (int i = 0; i < CARD; i++)
    if (card[i] != ' ')
      return false;
  return true;
}

/* Refuses a header by its first card. Where it is blank or begins with NUL or a line feed, the file has no more HDUs,
 * but bytes that fill it up. */
static int refuse(const char *card, LONGLONG start, int *status) {
  if (start > 0 && (*card == '\0' || *card == '\n' || is_blank(card)))
    return cf_fail(status, END_OF_FILE, "the bytes from %lld on are no HDU, but fill the file up", start);
  return cf_fail(status, UNKNOWN_REC, "byte %lld begins no HDU: its first card has no SIMPLE or XTENSION", start);
}

/* Takes the blank cards in front of END out of the header: they are room for cards. */
static void trim(FITSfile *f, cf_header *header) {
  while (header->count > 0 && is_blank(header->text + (header->count - 1) * CARD))
    header->count--;
  f->headend = header->start + header->count * CARD;
}

int cf_header_scan(fitsfile *fptr, int *status) {
  FITSfile *f = fptr->Fptr;
  cf_header *header = &cf_file_of(f)->header;
  LONGLONG start = f->headstart[f->curhdu];
  if (*status > 0)
    return *status;
  if (header->valid && header->dirty && header->start == start && f->datastart >= 0) { /* newer than the file */
    if (cf_header_load(fptr, status) <= 0)
      trim(f, header);
    return *status;
  }
  header->valid = header->dirty = false;
  header->start = start;
  header->count = 0;
  for (LONGLONG offset = start;; offset += IOBUFLEN) {
    if (read_block(fptr, offset, status) > 0)
      return *status;
    if (offset == start && !is_card(header->text, "SIMPLE  ") && !is_card(header->text, "XTENSION"))
      return refuse(header->text, start, status);
    for (LONGLONG i = 0; i < IOBUFLEN / CARD; i++, header->count++)
      if (is_card(header->text + header->count * CARD, "END     ")) {
        f->datastart = offset + IOBUFLEN;
        trim(f, header);
        header->valid = true;
        return *status;
      }
  }
}

/* Writes blanks and END behind the cards. */
static int write_end(fitsfile *fptr, LONGLONG end, int *status) {
  FITSfile *f = fptr->Fptr;
  char block[IOBUFLEN];
  LONGLONG at = end > f->datastart - IOBUFLEN ? end : f->datastart - IOBUFLEN;
  if (f->datastart - end < CARD)
    return cf_fail(status, NO_END, "the header has no room for its END card");
  memset(block, ' ', sizeof block);
  while (end < at && *status <= 0) {
    LONGLONG n = at - end < IOBUFLEN ? at - end : IOBUFLEN;
    (void)cf_write(fptr, end, (size_t)n, block, status);
    end += n;
  }
  memcpy(block, "END", 3);
  if (cf_write(fptr, at, (size_t)(f->datastart - at), block, status) <= 0)
    f->ENDpos = at;
  return *status;
}

int cf_header_write(fitsfile *fptr, int *status) {
  cf_header *header = &cf_file_of(fptr->Fptr)->header;
  if (*status > 0 || !header->valid)
    return *status;
  header->valid = header->dirty = false; /* while it is written */
  (void)cf_write(fptr, header->start, (size_t)(header->count * CARD), header->text, status);
  if (fptr->Fptr->datastart >= 0)
    (void)write_end(fptr, header->start + header->count * CARD, status);
  header->valid = *status <= 0;
  return *status;
}

int cf_header_forget(fitsfile *fptr, int *status) {
  cf_header *header = &cf_file_of(fptr->Fptr)->header;
  if (header->dirty)
    (void)cf_header_write(fptr, status);
  header->valid = header->dirty = false;
  return *status;
}

int cf_header_grow(fitsfile *fptr, LONGLONG cards, int *status) {
  FITSfile *f = fptr->Fptr;
  cf_header *header = &cf_file_of(f)->header;
  LONGLONG missing = f->headend + (cards + 1) * CARD - f->datastart;
  if (*status > 0 || reserve(header, header->count + cards, status) > 0)
    return *status;
  if (f->datastart < 0 || missing <= 0)
    return *status;
  LONGLONG blocks = (missing + IOBUFLEN - 1) / IOBUFLEN;
  if (cf_insert_blocks(fptr, f->datastart, blocks, ' ', status) <= 0) {
    f->datastart += blocks * IOBUFLEN;
    (void)cf_header_load(fptr, status); /* moving has dropped it */
  }
  return *status;
}
