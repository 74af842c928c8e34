/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing long strings.
 */
#include "header/keyword/long.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "header/cards.h"
#include "header/keyword/store.h"
#include "header/record.h"
#include "text/card_make.h"

#define CARD 80
#define MAX_STRING 68     /* characters between the quotes of a CONTINUE card */
#define VALUE_END 30      /* comments begin behind this character */
#define LAST_PIECE 16     /* characters that are left for a card with a long comment */
#define COMMENT_SPACE 3   /* " / " */
#define CONTINUE_BEGIN 10 /* characters before the string of a CONTINUE card */

/* A string that is being written, card by card. */
typedef struct long_string {
  const char *name; /* NULL: the first card was made */
  const char *rest; /* characters that are not in a card yet */
  const char *comment;
  bool done;
} long_string;

/* Tells whether the string of a card ends with '&'. */
static bool is_continued(const char *card) {
  char last = '\0';
  const char *end = card + CARD, *c = memchr(card, '\'', CARD);
  if (c == NULL)
    return false;
  for (c++; c < end; c++) {
    if (*c == '\'' && (c + 1 == end || *++c != '\''))
      break;
    if (*c != ' ')
      last = *c;
  }
  return last == '&';
}

LONGLONG cf_long_continued(fitsfile *fptr, LONGLONG index, int *status) {
  LONGLONG count = 0, n = 0;
  const char *cards = cf_cards(fptr, &count, status);
  if (cards == NULL)
    return 0;
  while (index + n + 1 < count && is_continued(cards + (index + n) * CARD) &&
         memcmp(cards + (index + n + 1) * CARD, "CONTINUE", 8) == 0)
    n++;
  return n;
}

/* Returns how many characters of `text` fit into `room` characters when each quote is written twice. *used receives the
 * room that they take. */
static size_t count_fitting(const char *text, size_t room, size_t *used) {
  size_t n = 0, sum = 0;
  for (; text[n] != '\0'; n++) {
    size_t width = text[n] == '\'' ? 2 : 1;
    if (sum + width > room)
      break;
    sum += width;
  }
  *used = sum;
  return n;
}

/* Returns how many of the first `window` characters are quotes. */
static size_t count_quotes(const char *text, size_t window) {
  size_t n = 0;
  for (; *text != '\0' && window > 0; text++, window--)
    n += *text == '\'';
  return n;
}

/* Returns how many characters come into a card that others follow. CFITSIO leaves room for all
 * quotes of the next MAX_STRING characters. */
static size_t count_continued(const char *text, size_t room) {
  size_t used, most = count_fitting(text, room - 1, &used), quotes = count_quotes(text, MAX_STRING);
  if (quotes + 2 > room)
    return most;
  size_t n = room - quotes - 1;
  return n < most ? n : most;
}

/* Returns how many characters come into the next card. A last card leaves room for the comment if it can. */
static size_t piece_length(const long_string *text, size_t room) {
  size_t used, n = count_fitting(text->rest, room, &used), comment = strlen(text->comment);
  if (text->rest[n] != '\0')
    return count_continued(text->rest, room);
  size_t end = CONTINUE_BEGIN + used + 2;
  if (text->name == NULL && comment > 0 && n > LAST_PIECE && end + COMMENT_SPACE + comment > CARD)
    return n - LAST_PIECE;
  return n;
}

/* Writes the first n characters as a string in quotes. */
static void quote_piece(char *value, const char *text, size_t n, bool continued) {
  size_t used = 0;
  value[used++] = '\'';
  for (size_t i = 0; i < n; i++) {
    value[used++] = text[i];
    if (text[i] == '\'')
      value[used++] = '\'';
  }
  if (continued)
    value[used++] = '&';
  value[used++] = '\'';
  value[used] = '\0';
}

static void make_continue(char *card, const char *value, const char *comment) {
  cf_copy(card, "CONTINUE  ", FLEN_CARD);
  cf_append(card, value, FLEN_CARD);
  if (*comment != '\0')
    cf_card_comment(card, comment);
}

/* Makes the next card. */
static int next_card(long_string *text, char *card, int *status) {
  char value[FLEN_VALUE];
  size_t room = text->name != NULL ? cf_name_room(text->name) : MAX_STRING + 2;
  if (room < 5) /* two quotes, two for a quote in the text, '&' */
    return cf_fail(status, BAD_KEYCHAR, "the keyword leaves no room for its value: %s", text->name);
  size_t n = piece_length(text, room - 2);
  bool continued = text->rest[n] != '\0';
  quote_piece(value, text->rest, n, continued);
  const char *comment = continued && text->name == NULL ? "" : text->comment;
  if (text->name != NULL)
    ffmkky(text->name, value, comment, card, status);
  else
    make_continue(card, value, comment);
  text->name = NULL;
  text->rest += n;
  text->done = !continued;
  return *status;
}

/* Checks the arguments. */
static bool begin(fitsfile *fptr, const char *keyname, const char *value, int *status) {
  if (!cf_use_write(fptr, status))
    return false;
  if (keyname == NULL || value == NULL)
    cf_fail(status, NULL_INPUT_PTR, "no keyword or value");
  return *status <= 0;
}

/* Inserts the cards before card `index`, or replaces card `index` by them. */
static int write_cards(fitsfile *fptr, LONGLONG index, bool replace, long_string *text, int *status) {
  char card[FLEN_CARD];
  while (!text->done && next_card(text, card, status) <= 0) {
    if (replace)
      cf_record_replace(fptr, index++, card, status);
    else
      cf_record_insert(fptr, index++, card, status);
    replace = false;
  }
  return *status;
}

/* Returns true if the string needs one card alone; `text` becomes its value. */
static bool is_short(const char *keyname, const char *value, char *text) {
  size_t used, n = count_fitting(value, cf_name_room(keyname) - 2, &used);
  if (cf_name_room(keyname) < 5 || value[n] != '\0')
    return false;
  quote_piece(text, value, n, false);
  if (used < 8)
    (void)snprintf(text + used + 1, 10 - used, "%*s'", (int)(8 - used), "");
  return true;
}

int ffpkls(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status) {
  char text[FLEN_CARD];
  LONGLONG count = 0;
  if (!begin(fptr, keyname, value, status))
    return cf_refused(status);
  if (is_short(keyname, value, text))
    return cf_keyword_p(fptr, keyname, text, comm, status);
  LONGLONG position = fptr->Fptr->nextkey;
  long_string rest = {keyname, value, comm != NULL ? comm : "", false};
  if (cf_cards(fptr, &count, status) != NULL)
    write_cards(fptr, count, false, &rest, status);
  fptr->Fptr->nextkey = position;
  return *status;
}

int ffikls(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status) {
  char text[FLEN_CARD];
  if (!begin(fptr, keyname, value, status))
    return cf_refused(status);
  if (is_short(keyname, value, text))
    return cf_keyword_i(fptr, keyname, text, comm, status);
  long_string rest = {keyname, value, comm != NULL ? comm : "", false};
  return write_cards(fptr, cf_record_last(fptr) + 1, false, &rest, status);
}

int ffmkls(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status) {
  char card[FLEN_CARD], old_value[FLEN_CARD], old_comment[FLEN_CARD] = "", *old = NULL;
  if (!begin(fptr, keyname, value, status))
    return cf_refused(status);
  if (ffgcrd(fptr, keyname, card, status) > 0)
    return *status;
  LONGLONG index = cf_record_last(fptr), more = cf_long_continued(fptr, index, status);
  if (comm == NULL || *comm == '&') {
    if (more > 0) {
      cf_record_move(fptr, index);
      ffgkls(fptr, keyname, &old, old_comment, status);
      free(old);
    } else {
      ffpsvc(card, old_value, old_comment, status);
    }
    comm = old_comment;
  }
  char text[FLEN_CARD];
  long_string rest = {keyname, value, comm, false};
  if (is_short(keyname, value, text)) {
    if (ffmkky(keyname, text, comm, card, status) <= 0)
      cf_record_replace(fptr, index, card, status);
    return cf_record_delete(fptr, index + 1, more, status);
  }
  cf_record_delete(fptr, index + 1, more, status);
  return write_cards(fptr, index, true, &rest, status);
}

int ffukls(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status) {
  if (!begin(fptr, keyname, value, status))
    return cf_refused(status);
  ffpmrk();
  if (ffmkls(fptr, keyname, value, comm, status) != KEY_NO_EXIST)
    return *status;
  ffcmrk();
  *status = 0;
  return ffpkls(fptr, keyname, value, comm, status);
}

int ffplsw(fitsfile *fptr, int *status) {
  char card[FLEN_CARD];
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  ffpmrk();
  if (ffgcrd(fptr, "LONGSTRN", card, status) != KEY_NO_EXIST)
    return *status;
  ffcmrk();
  *status = 0;
  ffpkys(fptr, "LONGSTRN", "OGIP 1.0", "The HEASARC Long String Convention may be used.", status);
  ffpcom(fptr, "  This FITS file may contain long string keyword values that are", status);
  ffpcom(fptr, "  continued over multiple keywords.  The HEASARC convention uses the &", status);
  ffpcom(fptr, "  character at the end of each substring which is then continued", status);
  return ffpcom(fptr, "  on the next keyword which has the name CONTINUE.", status);
}
