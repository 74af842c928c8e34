/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cards, names, comments and units of keywords that exist; inserting and deleting cards.
 */
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "header/cards.h"
#include "header/keyword/long.h"
#include "header/keyword/store.h"
#include "header/record.h"

#define MAX_UNIT 45 /* characters of a unit, so that its ']' is in the card */

/* Finds a keyword. `card` receives it, *index its number. */
static int find(fitsfile *fptr, const char *keyname, char *card, LONGLONG *index, int *status) {
  if (keyname == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no keyword");
  if (ffgcrd(fptr, keyname, card, status) <= 0)
    *index = cf_record_last(fptr);
  return *status;
}

int ffmrec(fitsfile *fptr, int nkey, const char *card, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (card == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no card");
  return cf_record_replace(fptr, (LONGLONG)nkey - 1, card, status);
}

int ffmcrd(fitsfile *fptr, const char *keyname, const char *card, int *status) {
  char old[FLEN_CARD];
  LONGLONG index = 0;
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (card == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no card");
  if (find(fptr, keyname, old, &index, status) > 0)
    return *status;
  LONGLONG more = cf_long_continued(fptr, index, status);
  cf_record_replace(fptr, index, card, status);
  return cf_record_delete(fptr, index + 1, more, status);
}

int ffucrd(fitsfile *fptr, const char *keyname, const char *card, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  ffpmrk();
  if (ffmcrd(fptr, keyname, card, status) != KEY_NO_EXIST)
    return *status;
  ffcmrk();
  *status = 0;
  return ffprec(fptr, card, status);
}

/* Writes a card again from its parts. A card without a value keeps its text. */
static int replace(fitsfile *fptr, LONGLONG index, const char *name, char *value, const char *comment, int *status) {
  char card[FLEN_CARD];
  if (ffmkky(name, value, comment, card, status) > 0)
    return *status;
  return cf_record_replace(fptr, index, card, status);
}

int ffmnam(fitsfile *fptr, const char *oldname, const char *newname, int *status) {
  char card[FLEN_CARD], value[FLEN_CARD], comment[FLEN_CARD];
  LONGLONG index = 0;
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (find(fptr, oldname, card, &index, status) > 0 || ffpsvc(card, value, comment, status) > 0)
    return *status;
  return replace(fptr, index, newname, value, comment, status);
}

int ffmcom(fitsfile *fptr, const char *keyname, const char *comm, int *status) {
  char card[FLEN_CARD], value[FLEN_CARD], comment[FLEN_CARD];
  LONGLONG index = 0;
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (find(fptr, keyname, card, &index, status) > 0 || ffpsvc(card, value, comment, status) > 0)
    return *status;
  return replace(fptr, index, keyname, value, comm, status);
}

int ffpunt(fitsfile *fptr, const char *keyname, const char *unit, int *status) {
  char card[FLEN_CARD], value[FLEN_CARD], old[FLEN_CARD], comment[2 * FLEN_CARD] = "";
  LONGLONG index = 0;
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (unit == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no unit");
  if (find(fptr, keyname, card, &index, status) > 0 || ffpsvc(card, value, old, status) > 0)
    return *status;
  if (*unit != '\0') {
    cf_append(comment, "[", sizeof comment);
    cf_append(comment, unit, MAX_UNIT + 2);
    cf_append(comment, "] ", sizeof comment);
  }
  const char *end = *old == '[' ? strchr(old, ']') : NULL, *rest = old;
  if (end != NULL)
    for (rest = end + 1; *rest == ' '; rest++)
      ;
  cf_append(comment, rest, sizeof comment);
  return replace(fptr, index, keyname, value, comment, status);
}

int ffirec(fitsfile *fptr, int nkey, const char *card, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (card == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no card");
  return cf_record_insert(fptr, (LONGLONG)nkey - 1, card, status);
}

int ffikey(fitsfile *fptr, const char *card, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (card == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no card");
  return cf_record_insert(fptr, cf_record_last(fptr) + 1, card, status);
}

/* Deletes the card that was read last, and the CONTINUE cards of its string. */
static int delete_last(fitsfile *fptr, int *status) {
  LONGLONG index = cf_record_last(fptr), more = cf_long_continued(fptr, index, status);
  return cf_record_delete(fptr, index, more + 1, status);
}

int ffdkey(fitsfile *fptr, const char *keyname, int *status) {
  char card[FLEN_CARD];
  LONGLONG index = 0;
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (find(fptr, keyname, card, &index, status) > 0)
    return *status;
  return delete_last(fptr, status);
}

int ffdstr(fitsfile *fptr, const char *string, int *status) {
  char card[FLEN_CARD];
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (string == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no text to search for");
  if (ffgstr(fptr, string, card, status) > 0)
    return *status;
  return delete_last(fptr, status);
}

int ffdrec(fitsfile *fptr, int keypos, int *status) {
  LONGLONG count = 0;
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (cf_cards(fptr, &count, status) == NULL)
    return *status;
  if (keypos < 1 || keypos > count)
    return cf_fail(status, KEY_OUT_BOUNDS, "no card %d in a header of %lld", keypos, count);
  return cf_record_delete(fptr, keypos - 1, 1, status);
}
