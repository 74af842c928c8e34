/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The header as one string.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "header/cards.h"
#include "header/read.h"

#define CARD 80

/* Tells whether a card belongs into the string. */
static bool included(const char *text, int exclude_comm, char **exclist, int nexc) {
  char card[FLEN_CARD], name[FLEN_KEYWORD];
  int length, match, exact, ignored = 0;
  if (exclude_comm == 0 && nexc == 0)
    return true;
  cf_card_copy(card, text);
  ffgknm(card, name, &length, &ignored);
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

int ffh2st(fitsfile *fptr, char **header, int *status) {
  LONGLONG count;
  if (header != NULL)
    *header = NULL;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (header == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the header");
  const char *text = cf_cards(fptr, &count, status);
  if (text == NULL)
    return *status;
  char *string = malloc((size_t)count * CARD + 1);
  if (string == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for a header of %lld cards", count);
  memcpy(string, text, (size_t)count * CARD);
  string[count * CARD] = '\0';
  *header = string;
  return *status;
}
