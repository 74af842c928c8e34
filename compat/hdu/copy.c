/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copying HDUs, headers and data to another file, or behind the HDUs of the same one.
 */
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "hdu/change.h"
#include "header/cards.h"
#include "header/record.h"

#define CARD 80
#define COPY_BYTES ((LONGLONG)100 * IOBUFLEN)

/* The comments of a primary array, which extensions do not have. */
static const char *const primary_comments[] = {
    "COMMENT   FITS (Flexible Image Transport System) format is defined in 'Astronomy",
    "COMMENT   and Astrophysics', volume 376, page 359; bibcode: 2001A&A...376..359H",
};

static bool is_keyword(const char *card, const char *name) {
  size_t n = strlen(name);
  return memcmp(card, name, n) == 0 && strspn(card + n, " ") >= 8 - n;
}

/* Tells whether a card is one of primary_comments. */
static bool is_primary_comment(const char *card) {
  return memcmp(card, primary_comments[0], 30) == 0 || memcmp(card, primary_comments[1], 30) == 0;
}

/* Appends a card to the current header, its name in capitals. BAD_KEYCHAR: it is no name of a keyword. */
static int append(fitsfile *fptr, const char *card, int *status) {
  char copy[FLEN_CARD];
  cf_copy_n(copy, card, strnlen(card, CARD), sizeof copy);
  return cf_record_append(fptr, copy, status);
}

/* Appends what an image needs behind NAXISn as an extension or as a primary array. `old` has its cards. */
static int append_second_part(fitsfile *fptr, bool primary, const char *old, LONGLONG count, int *status) {
  bool has_pcount = false, has_gcount = false;
  for (LONGLONG i = 0; i < count; i++) {
    has_pcount = has_pcount || is_keyword(old + i * CARD, "PCOUNT");
    has_gcount = has_gcount || is_keyword(old + i * CARD, "GCOUNT");
  }
  if (primary) {
    (void)append(fptr, "EXTEND  =                    T / FITS dataset may contain extensions", status);
    (void)append(fptr, primary_comments[0], status);
    return append(fptr, primary_comments[1], status);
  }
  if (!has_pcount)
    (void)append(fptr, "PCOUNT  =                    0 / number of random group parameters", status);
  return has_gcount ? *status : append(fptr, "GCOUNT  =                    1 / number of random groups", status);
}

/* Tells whether an image that becomes primary or an extension loses this card. */
static bool is_dropped(const char *card, bool primary) {
  if (primary)
    return is_keyword(card, "PCOUNT") || is_keyword(card, "GCOUNT") || is_keyword(card, "EXTEND");
  return is_keyword(card, "EXTEND") || is_primary_comment(card);
}

/* Writes the cards of an image extension as a primary array, or the reverse. */
static int convert_cards(fitsfile *out, const char *cards, LONGLONG count, int naxis, bool primary, int *status) {
  (void)append(out,
               primary ? "SIMPLE  =                    T / file does conform to FITS standard"
                       : "XTENSION= 'IMAGE   '           / IMAGE extension",
               status);
  for (LONGLONG i = 1; i < count && *status <= 0; i++) {
    if (i == 3 + naxis)
      (void)append_second_part(out, primary, cards, count, status);
    if (!is_dropped(cards + i * CARD, primary))
      (void)append(out, cards + i * CARD, status);
  }
  return count <= 3 + naxis ? append_second_part(out, primary, cards, count, status) : *status;
}

static int write_cards(fitsfile *out, const char *cards, LONGLONG count, bool image, int naxis, int *status) {
  if (!cf_use_write(out, status))
    return *status;
  bool empty = out->Fptr->headend == out->Fptr->headstart[out->Fptr->curhdu];
  if (empty && out->Fptr->curhdu == 0 && !image)
    empty = ffphpr(out, TRUE, BYTE_IMG, 0, NULL, 0, 1, TRUE, status) > 0;
  if (!empty && ffcrhd(out, status) > 0)
    return *status;
  bool primary = out->Fptr->curhdu == 0, was_primary = memcmp(cards, "SIMPLE", 6) == 0;
  if (image && primary != was_primary)
    return convert_cards(out, cards, count, naxis, primary, status);
  for (LONGLONG i = 0; i < count && *status <= 0; i++)
    (void)append(out, cards + i * CARD, status);
  return *status;
}

int ffcphd(fitsfile *infptr, fitsfile *outfptr, int *status) {
  LONGLONG count = 0;
  if (infptr != NULL && infptr == outfptr && status != NULL && *status <= 0)
    return cf_fail(status, SAME_FILE, "input and output are the same handle");
  if (!cf_use_data(infptr, status))
    return cf_refused(status);
  const char *cards = cf_cards(infptr, &count, status);
  char *copy = cards != NULL ? malloc((size_t)count * CARD + 1) : NULL;
  if (copy == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for %lld cards", count);
  memcpy(copy, cards, (size_t)count * CARD);
  bool image = infptr->Fptr->hdutype == IMAGE_HDU;
  if (count > 0)
    (void)write_cards(outfptr, copy, count, image, infptr->Fptr->imgdim, status);
  free(copy);
  return *status;
}

/* Copies n bytes from one file to another one, or inside one file. Of a file that ends before, all whole blocks. */
static int copy_bytes(fitsfile *in, LONGLONG from, fitsfile *out, LONGLONG to, LONGLONG n, int *status) {
  char *buffer = malloc((size_t)COPY_BYTES);
  LONGLONG there = (cf_size(in) - from) / IOBUFLEN * IOBUFLEN;
  if (buffer == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a buffer");
  for (LONGLONG done = 0; done < n && *status <= 0;) {
    size_t part = (size_t)(n - done < COPY_BYTES ? n - done : COPY_BYTES);
    if (done < there && done + (LONGLONG)part > there)
      part = (size_t)(there - done);
    if (cf_read(in, from + done, part, buffer, status) <= 0)
      (void)cf_write(out, to + done, part, buffer, status);
    done += (LONGLONG)part;
  }
  free(buffer);
  return *status;
}

int ffcpdt(fitsfile *infptr, fitsfile *outfptr, int *status) {
  LONGLONG from = 0, end = 0, to = 0, limit = 0;
  if (infptr != NULL && infptr == outfptr && status != NULL && *status <= 0)
    return cf_fail(status, SAME_FILE, "input and output are the same handle");
  if (!cf_use_data(infptr, status) || ffghadll(infptr, NULL, &from, &end, status) > 0 || cf_hdu_pad(infptr, status) > 0)
    return cf_refused(status);
  if (!cf_use_write_data(outfptr, status) || ffghadll(outfptr, NULL, &to, &limit, status) > 0)
    return *status;
  LONGLONG n = end - from < limit - to ? end - from : limit - to; /* no byte of the next HDU is lost */
  if (n > 0 && copy_bytes(infptr, from, outfptr, to, n, status) > 0)
    return *status;
  return ffrdef(outfptr, status);
}

/* Without `morekeys`, the copy has as much room for cards as the original. */
int ffcopy(fitsfile *infptr, fitsfile *outfptr, int morekeys, int *status) {
  int count = 0, room = 0;
  if (ffcphd(infptr, outfptr, status) > 0 || ffghsp(infptr, &count, &room, status) > 0)
    return cf_refused(status);
  (void)ffhdef(outfptr, morekeys > 0 ? morekeys : room, status);
  return ffcpdt(infptr, outfptr, status);
}

int ffcpfl(fitsfile *infptr, fitsfile *outfptr, int prev, int cur, int follow, int *status) {
  int current = 0;
  if (infptr != NULL && infptr == outfptr && status != NULL && *status <= 0)
    return cf_fail(status, SAME_FILE, "input and output are the same handle");
  if (!cf_use_data(infptr, status))
    return cf_refused(status);
  (void)ffghdn(infptr, &current);
  for (int i = 1; i < current && prev && *status <= 0; i++)
    if (ffmahd(infptr, i, NULL, status) <= 0)
      (void)ffcopy(infptr, outfptr, 0, status);
  if (cur && ffmahd(infptr, current, NULL, status) <= 0)
    (void)ffcopy(infptr, outfptr, 0, status);
  for (int i = current + 1; follow && *status <= 0; i++) {
    if (ffmahd(infptr, i, NULL, status) <= 0)
      (void)ffcopy(infptr, outfptr, 0, status);
    else if (*status == END_OF_FILE) {
      *status = 0;
      break;
    }
  }
  return *status <= 0 ? ffmahd(infptr, current, NULL, status) : *status;
}

int ffwrhdu(fitsfile *fptr, FILE *outstream, int *status) {
  LONGLONG start = 0, end = 0;
  char block[IOBUFLEN];
  if (!cf_use_data(fptr, status) || ffghadll(fptr, &start, NULL, &end, status) > 0 || cf_hdu_pad(fptr, status) > 0)
    return cf_refused(status);
  if (outstream == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected a stream, found NULL");
  for (; start < end && *status <= 0; start += IOBUFLEN) {
    if (cf_read(fptr, start, IOBUFLEN, block, status) <= 0 && fwrite(block, 1, IOBUFLEN, outstream) != IOBUFLEN)
      return cf_fail(status, WRITE_ERROR, "cannot write to a stream");
  }
  return *status;
}
