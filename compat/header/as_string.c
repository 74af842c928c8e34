/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The header as one string.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "header/cards.h"

#define CARD 80

/* Tells whether a card belongs into the string. Only 8 characters of its keyword count. */
static bool included(const char *text, int exclude_comm, char **exclist, int nexc) {
  char name[9];
  int match, exact;
  if (exclude_comm == 0 && nexc == 0)
    return true;
  cf_copy_n(name, text, 8, sizeof name);
  cf_trim_end(name);
  if (exclude_comm != 0 && (strcmp(name, "COMMENT") == 0 || strcmp(name, "HISTORY") == 0 || *name == '\0'))
    return false;
  for (int i = 0; i < nexc; i++) {
    char pattern[FLEN_KEYWORD];
    if (exclist[i] == NULL)
      continue;
    cf_copy(pattern, exclist[i], sizeof pattern);
    cf_upper(pattern);
    cf_trim_end(pattern);
    ffcmps(pattern, name, CASEINSEN, &match, &exact);
    if (match)
      return false;
  }
  return true;
}

int ffhdr2str(fitsfile *fptr, int exclude_comm, char **exclist, int nexc, char **header, int *nkeys, int *status) {
  LONGLONG count;
  if (header != NULL)
    *header = NULL;
  if (nkeys != NULL)
    *nkeys = 0;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (header == NULL || nkeys == NULL || (exclist == NULL && nexc > 0))
    return cf_fail(status, NULL_INPUT_PTR, "no list of keywords, or no place for the header");
  const char *text = cf_cards(fptr, &count, status);
  if (text == NULL)
    return *status;
  char *string = malloc((size_t)(count + 1) * CARD + 1);
  if (string == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for a header of %lld cards", count);
  char *end = string;
  for (LONGLONG i = 0; i < count; i++)
    if (included(text + i * CARD, exclude_comm, exclist, nexc)) {
      for (int k = 0; k < CARD; k++) /* a NUL would end the string */
        end[k] = text[i * CARD + k] != '\0' ? text[i * CARD + k] : ' ';
      end += CARD;
    }
  memset(end, ' ', CARD);
  memcpy(end, "END", 3);
  end[CARD] = '\0';
  *header = string;
  *nkeys = (int)((end - string) / CARD) + 1;
  return *status;
}

/* The blocks of the header, with END. */
int ffh2st(fitsfile *fptr, char **header, int *status) {
  LONGLONG count;
  if (header != NULL)
    *header = NULL;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (header == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the header");
  const char *text = cf_cards(fptr, &count, status);
  LONGLONG start = fptr->Fptr->headstart[fptr->Fptr->curhdu], size = fptr->Fptr->datastart - start;
  if (text == NULL || size < (count + 1) * CARD)
    return cf_fail(status, KEY_NO_EXIST, "the header is not complete");
  char *string = malloc((size_t)size + 1);
  if (string == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for a header of %lld bytes", size);
  if (start + size <= cf_size(fptr)) {
    if (cf_read(fptr, start, (size_t)size, string, status) > 0) {
      free(string);
      return *status;
    }
    string[size] = '\0';
    *header = string;
    return *status;
  }
  memset(string, ' ', (size_t)size); /* not in the file yet */
  memcpy(string, text, (size_t)(count * CARD));
  memcpy(string + (count * CARD > size - IOBUFLEN ? count * CARD : size - IOBUFLEN), "END", 3);
  string[size] = '\0';
  *header = string;
  return *status;
}

int ffcnvthdr2str(fitsfile *fptr, int exclude_comm, char **exclist, int nexc, char **header, int *nkeys, int *status) {
  fitsfile *image = NULL;
  int ignored = 0;
  if (header != NULL)
    *header = NULL;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (!fits_is_compressed_image(fptr, status))
    return ffhdr2str(fptr, exclude_comm, exclist, nexc, header, nkeys, status);
  if (ffinit(&image, "mem://", status) > 0)
    return *status;
  if (fits_img_decompress_header(fptr, image, status) <= 0)
    ffhdr2str(image, exclude_comm, exclist, nexc, header, nkeys, status);
  ffclos(image, *status > 0 ? &ignored : status);
  return *status;
}
