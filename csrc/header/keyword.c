/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords (FITS 4.1.2.1): what callers may call them, and which ones are not theirs to change.
 */
#include "header/keyword.h"

#include "base/ascii.h"

/* Keywords whose values depend on the data, its layout, its checksum or its compression. '#' matches a number of any
 * length. BSCALE, BZERO, BLANK and EXTNAME give the data a meaning and are not protected. */
static const char *const protected_names[] = {
    "SIMPLE",   "XTENSION", "BITPIX",  "NAXIS",    "NAXIS#",  "EXTEND",   "PCOUNT",   "GCOUNT",   "GROUPS",
    "PTYPE#",   "PSCAL#",   "PZERO#",  "TFIELDS",  "TTYPE#",  "TFORM#",   "TDIM#",    "TNULL#",   "TSCAL#",
    "TZERO#",   "TBCOL#",   "THEAP",   "CHECKSUM", "DATASUM", "ZHECKSUM", "ZDATASUM", "ZIMAGE",   "ZCMPTYPE",
    "ZBITPIX",  "ZNAXIS",   "ZNAXIS#", "ZTILE#",   "ZNAME#",  "ZVAL#",    "ZQUANTIZ", "ZDITHER0", "ZBLANK",
    "ZMASKCMP", "ZSIMPLE",  "ZEXTEND", "ZTENSION", "ZPCOUNT", "ZGCOUNT",  "ZBLOCKED", "END",
};

/* Strings that must fit on their card: CONTINUE is not for keywords that the standard reserves (FITS 4.2.1.2), and
 * cfitsio takes the first piece of these for all of it (fitsverify never ends on a TUNIT of two cards). */
static const char *const one_card_names[] = {"XTENSION", "EXTNAME", "TTYPE#", "TFORM#",
                                             "TUNIT#",   "TDISP#",  "TDIM#",  "TNULL#"};

/* In upper case, and a blank for a control character. */
static char plain(char c) {
  return rf_is_blank(c) ? ' ' : rf_to_upper(c);
}

bool rf_keyword_equal(const char *a, const char *b, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (plain(a[i]) != plain(b[i]))
      return false;
  return true;
}

/* name[0..n) is `pattern`, with digits to the end in the place of '#'. */
static bool matches(const char *pattern, const char *name, size_t n) {
  size_t i = 0;
  while (i < n && pattern[i] != '\0' && pattern[i] != '#' && rf_to_upper(name[i]) == pattern[i])
    i++;
  if (pattern[i] == '\0')
    return i == n;
  if (pattern[i] != '#' || i == n)
    return false;
  while (i < n && rf_is_digit(name[i]))
    i++;
  return i == n;
}

bool rf_keyword_protected_name(const char *name, size_t n) {
  rf_trim_spaces(&name, &n);
  if (n == 0)
    return false;
  for (size_t i = 0; i < sizeof protected_names / sizeof protected_names[0]; i++)
    if (rf_to_upper(name[0]) == protected_names[i][0] && matches(protected_names[i], name, n))
      return true;
  return false;
}

bool rf_keyword_is_one_card(const rf_keyword *keyword) {
  for (size_t i = 0; i < sizeof one_card_names / sizeof one_card_names[0]; i++)
    if (!keyword->hierarch && matches(one_card_names[i], keyword->name, keyword->length))
      return true;
  return false;
}

int rf_keyword_is_protected(const char *keyword) {
  return keyword != NULL && rf_keyword_protected_name(keyword, strlen(keyword));
}

/* A-Z 0-9 - _ after upper-casing, at most 8 of them. */
static bool is_standard(const char *name, size_t n) {
  if (n > 8)
    return false;
  for (size_t i = 0; i < n; i++) {
    char c = rf_to_upper(name[i]);
    if (!(c >= 'A' && c <= 'Z') && !rf_is_digit(c) && c != '-' && c != '_')
      return false;
  }
  return true;
}

static bool is_name(const rf_keyword *keyword, const char *name) {
  return keyword->length == strlen(name) && rf_keyword_equal(keyword->name, name, keyword->length);
}

bool rf_keyword_normalize(const char *keyword, rf_keyword *out) {
  *out = (rf_keyword){.length = 0};
  size_t n = strlen(keyword);
  rf_trim_spaces(&keyword, &n);
  if (n > 9 && rf_keyword_equal(keyword, "HIERARCH ", 9)) {
    out->hierarch = true;
    keyword += 9;
    n -= 9;
    rf_trim_spaces(&keyword, &n);
  }
  if (n >= RF_KEYWORD_BYTES)
    return false;
  bool standard = is_standard(keyword, n);
  bool as_given = out->hierarch || !standard;
  for (size_t i = 0; i < n; i++)
    out->name[i] = as_given ? keyword[i] : rf_to_upper(keyword[i]);
  out->length = n;
  out->hierarch = as_given;
  out->too_long = n > 8;
  out->commentary = n == 0 || is_name(out, "COMMENT") || is_name(out, "HISTORY");
  char columns[8];
  memset(columns, ' ', sizeof columns);
  memcpy(columns, out->name, n < 8 ? n : 8);
  uint64_t word;
  memcpy(&word, columns, sizeof word);
  out->columns = rf_upper8(word);
  return true;
}

/* What a HIERARCH name may be made of: a '=' would end it, and two blanks would not be told from one by other readers.
 */
static rf_status check_hierarch(const rf_keyword *keyword, rf_error *err) {
  for (size_t i = 0; i < keyword->length; i++) {
    unsigned char c = (unsigned char)keyword->name[i];
    bool blanks = c == ' ' && keyword->name[i + 1] == ' ';
    if (c >= 0x20 && c <= 0x7E && c != '=' && !blanks)
      continue;
    return rf_fail(err, RF_ERR_ARGUMENT, "keyword of %zu bytes: %s at position %zu cannot be in a keyword",
                   keyword->length,
                   blanks     ? "two blanks"
                   : c == '=' ? "'='"
                              : "a byte that is not printable ASCII",
                   i);
  }
  return RF_OK;
}

rf_status rf_keyword_check(const char *keyword, rf_keyword *out, rf_error *err) {
  if (keyword == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "the keyword is NULL");
  if (!rf_keyword_normalize(keyword, out))
    return rf_fail(err, RF_ERR_ARGUMENT, "a keyword of %zu characters does not fit on a card", strlen(keyword));
  if (is_name(out, "END") || is_name(out, "CONTINUE"))
    return rf_fail(err, RF_ERR_ARGUMENT, "%s is written by the library only", out->name);
  return out->hierarch ? check_hierarch(out, err) : RF_OK;
}
