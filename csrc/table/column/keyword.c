/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords that name a column by its number, and headers whose columns get other numbers: those of FITS 7.2 and 7.3,
 * the world coordinates of columns (FITS 8, table 22) and some that are in common use.
 */
#include "table/column/keyword.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "header/header.h"
#include "header/build.h"
#include "header/card.h"

/* Takes the number at text[*at]; false for none, 0, or one that no column has. */
static bool take_number(const char *text, size_t *at, rf_keyword_columns *columns) {
  size_t begin = *at;
  unsigned n = 0;
  while (rf_is_digit(text[*at]) && *at - begin < 4)
    n = n * 10 + (unsigned)(text[(*at)++] - '0');
  if (*at == begin || text[begin] == '0' || n > RF_MAX_COLUMNS || columns->count == 2)
    return false;
  columns->at[columns->count] = begin;
  columns->length[columns->count] = *at - begin;
  columns->n[columns->count++] = n;
  return true;
}

static bool has_root(const char *text, const char *root) {
  for (; *root != '\0'; text++, root++)
    if (rf_to_upper(*text) != *root)
      return false;
  return true;
}

/* A letter for an alternate description, or nothing. */
static bool ends(const char *text, bool letter) {
  if (letter && rf_to_upper(*text) >= 'A' && rf_to_upper(*text) <= 'Z')
    text++;
  return *text == '\0';
}

/* root n [letter] */
static bool one_number(const char *text, size_t skip, const char *const *roots, bool letter,
                       rf_keyword_columns *columns) {
  for (; *roots != NULL; roots++) {
    size_t at = skip + strlen(*roots);
    *columns = (rf_keyword_columns){0};
    if (has_root(text + skip, *roots) && take_number(text, &at, columns) && ends(text + at, letter))
      return true;
  }
  return false;
}

/* root n_k [letter]: of a matrix k is a column, too; of parameters it may be X, for an array of them. */
static bool two_numbers(const char *text, size_t skip, const char *const *roots, bool both,
                        rf_keyword_columns *columns) {
  for (; *roots != NULL; roots++) {
    size_t at = skip + strlen(*roots);
    *columns = (rf_keyword_columns){0};
    if (!has_root(text + skip, *roots) || !take_number(text, &at, columns) || text[at++] != '_')
      continue;
    if (!rf_is_digit(text[at]) && (both || rf_to_upper(text[at]) != 'X'))
      continue;
    if (both ? !take_number(text, &at, columns) : false)
      continue;
    if (!both && rf_to_upper(text[at]) == 'X')
      at++;
    else
      while (!both && rf_is_digit(text[at]))
        at++;
    if (ends(text + at, true))
      return true;
  }
  return false;
}

int rf_keyword_find_columns(const char *keyword, rf_keyword_columns *columns) {
  static const char *const plain[] = {"TTYPE", "TFORM", "TUNIT", "TDISP", "TDIM",  "TNULL", "TSCAL", "TZERO", "TBCOL",
                                      "TLMIN", "TLMAX", "TDMIN", "TDMAX", "TUCD",  "TUTYP", "TCOMM", "TDESC", "TCROT",
                                      "TCDLT", "TCUNI", "TCRVL", "TCRPX", "TCTYP", "TRPOS", "TRDIR", NULL};
  static const char *const world[] = {"TCTYP", "TCUNI", "TCRVL", "TCDLT", "TCRPX", "TCTY", "TCUN",  "TCRV", "TCDE",
                                      "TCRP",  "TCNA",  "TCRD",  "TCSY",  "TCZP",  "TCPR", "TCNAM", "TWCS", NULL};
  static const char *const matrix[] = {"TPC", "TCD", "TP", "TC", NULL};
  static const char *const parameters[] = {"TPV", "TPS", "TV", "TS", NULL};
  static const char *const vector[] = {"CTYP", "CUNI", "CRVL", "CDLT", "CRPX", "CROT", "CTY", "CUN", "CRV", "CDE",
                                       "CRP",  "PC",   "CD",   "CNA",  "CRD",  "CSY",  "CZP", "CPR", NULL};
  static const char *const vector_parameters[] = {"PV", "PS", "V", "S", NULL};
  /* Of the coordinates of a column as a whole, with a letter; and of its observation, without. */
  static const char *const system[] = {"WCAX", "WCSN", "WCST", "WCSX", "LONP", "LATP", "EQUI", "RADE", "RFRQ",
                                       "RWAV", "SPEC", "SOBS", "SSRC", "VSYS", "VANG", "ZSOU", NULL};
  static const char *const observation[] = {"OBSGX", "OBSGY", "OBSGZ", "DOBS", "MJDOB", "DAVG", "MJDA", NULL};
  *columns = (rf_keyword_columns){0};
  if (rf_to_upper(keyword[0]) == 'T') {
    if (one_number(keyword, 0, plain, false, columns) || one_number(keyword, 0, world, true, columns) ||
        two_numbers(keyword, 0, matrix, true, columns) || two_numbers(keyword, 0, parameters, false, columns))
      return columns->count;
  } else if (rf_is_digit(keyword[0])) {
    size_t skip = strspn(keyword, "0123456789");
    if (one_number(keyword, skip, vector, true, columns) ||
        two_numbers(keyword, skip, vector_parameters, false, columns))
      return columns->count;
  } else if (one_number(keyword, 0, system, true, columns) || one_number(keyword, 0, observation, false, columns)) {
    return columns->count;
  }
  columns->count = 0;
  return 0;
}

/* ---- headers ---- */

/* cfitsio's comment on TTYPEn, "label for field   3", has the number once more. */
static void renumber_comment(char card[RF_CARD_BYTES], unsigned from, unsigned to) {
  static const char label[] = "label for field";
  rf_card_view view;
  char digits[16];
  rf_card_split(card, &view);
  int length = snprintf(digits, sizeof digits, "%u", from);
  size_t n = (size_t)length, at = sizeof label - 1;
  if (view.comment_length < at + 1 + n || memcmp(view.comment, label, at) != 0)
    return;
  char *end = card + (view.comment - card) + view.comment_length, *begin = end - n;
  for (const char *p = view.comment + at; p < begin; p++)
    if (*p != ' ')
      return;
  if (begin[-1] != ' ' || memcmp(begin, digits, n) != 0)
    return;
  size_t fresh = (size_t)snprintf(digits, sizeof digits, "%u", to);
  char *start = begin;
  if (begin[-2] == ' ') /* right-justified */
    start = end - fresh;
  if (start + fresh > card + RF_CARD_BYTES)
    return;
  memset(begin, ' ', n);
  memcpy(start, digits, fresh);
}

/* The card with the numbers that its columns have now; false when no keyword can have them. */
static bool renumber_card(char card[RF_CARD_BYTES], const char *keyword, const rf_keyword_columns *columns,
                          const unsigned *numbers) {
  char text[64];
  size_t done = 0, length = 0;
  for (int i = 0; i < columns->count; i++) {
    length += (size_t)snprintf(text + length, sizeof text - length, "%.*s%u", (int)(columns->at[i] - done),
                               keyword + done, numbers[columns->n[i]]);
    done = columns->at[i] + columns->length[i];
  }
  length += (size_t)snprintf(text + length, sizeof text - length, "%s", keyword + done);
  if (length > 8)
    return false;
  memset(card, ' ', 8);
  memcpy(card, text, length);
  if (columns->count == 1 && numbers[columns->n[0]] != columns->n[0] && memcmp(card, "TTYPE", 5) == 0)
    renumber_comment(card, columns->n[0], numbers[columns->n[0]]);
  return true;
}

/* Is one of the columns deleted? */
static bool names_none(const rf_keyword_columns *columns, const unsigned *numbers) {
  for (int i = 0; i < columns->count; i++)
    if (numbers[columns->n[i]] == 0)
      return true;
  return false;
}

/* The columns that the keyword of a card names. A HIERARCH card of such a name describes nothing. */
static int card_columns(const char *card, const char *keyword, rf_keyword_columns *columns) {
  *columns = (rf_keyword_columns){0};
  if (rf_card_is(card, "HIERARCH") || strlen(keyword) > 8)
    return 0;
  return rf_keyword_find_columns(keyword, columns);
}

rf_status rf_header_append_moved(rf_header *out, const rf_header *from, size_t index, size_t span, const char *keyword,
                                 const unsigned *numbers, rf_error *err) {
  char card[RF_CARD_BYTES];
  rf_keyword_columns columns;
  const char *source = rf_header_get_cards(from) + index * RF_CARD_BYTES;
  if (numbers != NULL && card_columns(source, keyword, &columns) > 0) {
    memcpy(card, source, RF_CARD_BYTES);
    if (names_none(&columns, numbers) || !renumber_card(card, keyword, &columns, numbers))
      return RF_OK;
    RF_TRY(rf_header_append_card(out, card, err));
    index++;
    span--;
  }
  for (size_t k = index; k < index + span && k < rf_header_get_count(from); k++)
    RF_TRY(rf_header_append_card(out, rf_header_get_cards(from) + k * RF_CARD_BYTES, err));
  return RF_OK;
}

static rf_status append_all(rf_header *out, const rf_header *cards, rf_error *err) {
  for (size_t i = 0; cards != NULL && i < rf_header_get_count(cards); i++)
    RF_TRY(rf_header_append_card(out, rf_header_get_cards(cards) + i * RF_CARD_BYTES, err));
  return RF_OK;
}

/* Where cards of a new column go: before the first of column `from`, else behind the last of any column, else behind
 * TFIELDS. */
static rf_status find_place(const rf_header *header, unsigned from, size_t *place, rf_error *err) {
  char keyword[RF_CARD_BYTES];
  size_t count = rf_header_get_count(header);
  *place = count;
  for (size_t i = 0, span; i < count; i += span) {
    rf_keyword_columns columns;
    RF_TRY(rf_header_get_keyword(header, i, keyword, &span, err));
    int found = strlen(keyword) <= 8 ? rf_keyword_find_columns(keyword, &columns) : 0;
    if (found > 0 && columns.n[0] == from) {
      *place = i;
      return RF_OK;
    }
    if (found > 0 || strcmp(keyword, "TFIELDS") == 0)
      *place = i + span;
  }
  return RF_OK;
}

static rf_status renumber(const rf_header *header, unsigned without, unsigned from, int shift, const rf_header *cards,
                          rf_header *out, rf_error *err) {
  char keyword[RF_CARD_BYTES];
  unsigned numbers[RF_MAX_COLUMNS + 1];
  size_t place = 0, count = rf_header_get_count(header);
  RF_TRY(find_place(header, from, &place, err));
  for (unsigned n = 0; n <= RF_MAX_COLUMNS; n++)
    numbers[n] = n == without ? 0 : n >= from ? (unsigned)((int)n + shift) : n;
  for (size_t i = 0, span; i < count; i += span) {
    if (i == place)
      RF_TRY(append_all(out, cards, err));
    RF_TRY(rf_header_get_keyword(header, i, keyword, &span, err));
    RF_TRY(rf_header_append_moved(out, header, i, span, keyword, numbers, err));
  }
  return place >= count ? append_all(out, cards, err) : RF_OK;
}

rf_status rf_header_renumber(const rf_header *header, unsigned without, unsigned from, int shift,
                             const rf_header *cards, rf_header **out, rf_error *err) {
  rf_header *fresh;
  RF_TRY(rf_header_new(&fresh, err));
  rf_status status = renumber(header, without, from, shift, cards, fresh, err);
  if (status == RF_OK)
    *out = fresh;
  else
    rf_header_free(fresh);
  return status;
}
