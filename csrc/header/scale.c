/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers that tell what the data mean: BSCALE, BZERO, BLANK, TSCALn, TZEROn, TNULLn, PSCALn, PZEROn, ZSCALE, ZZERO and
 * ZBLANK. A number that is dropped here makes wrong data, so this is the one place that reads them.
 */
#include "header/scale.h"

#include "base/ascii.h"
#include "value/number.h"
#include "header/card.h"
#include "header/value.h"

static bool is_fill(char c) {
  return c == ' ' || c == '\t' || c == '\0';
}

/* Narrows [*begin, *end) by blanks, tabs and NULs at both ends. */
static void trim_fill(const char **begin, const char **end) {
  while (*begin < *end && is_fill(**begin))
    (*begin)++;
  while (*end > *begin && is_fill((*end)[-1]))
    (*end)--;
}

/* true for the digits of 2^63, which a double cannot tell from the integers beside it (FITS 5.2.5). */
static bool digits_are_2_63(const char *text, size_t n) {
  static const char digits[] = "9223372036854775808";
  while (n > 0 && (*text == '+' || *text == '0')) {
    text++;
    n--;
  }
  return n == sizeof digits - 1 && memcmp(text, digits, n) == 0;
}

/* All of [text, end) as a number. */
static bool read_whole(const char *text, const char *end, rf_card_scale *scale) {
  size_t n = (size_t)(end - text);
  double real = 0.0;
  int64_t integer = 0;
  rf_number_kind kind = rf_number_read(text, n, &integer, &real);
  if (kind == RF_NUMBER_NONE)
    return false;
  scale->real = kind == RF_NUMBER_INTEGER ? (double)integer : real;
  scale->is_2_63 = kind == RF_NUMBER_BIG    ? digits_are_2_63(text, n)
                   : kind == RF_NUMBER_REAL ? real == 9223372036854775808.0
                                            : false;
  scale->is_integer = kind == RF_NUMBER_INTEGER;
  scale->integer = integer;
  /* "-32768.0" is the integer. From 2^53 on a real number may be one of several. */
  if (kind == RF_NUMBER_REAL && real >= -9007199254740992.0 && real <= 9007199254740992.0 &&
      real == (double)(int64_t)real) {
    scale->is_integer = scale->with_point = true;
    scale->integer = (int64_t)real;
  }
  return true;
}

/* What stands behind a number and a blank: a word or a bracket, and neither an exponent ("1 E5x") nor a factor
 * ("1 x 10"), which would make it another number. */
static bool is_remark(const char *text, const char *end) {
  static const char openings[] = "([{#;!:\"'/";
  if (!rf_is_letter(*text))
    return strchr(openings, *text) != NULL;
  const char *next = text + 1;
  if (next == end || rf_is_letter(*next))
    return true;
  while (next < end && (is_fill(*next) || *next == '+' || *next == '-'))
    next++;
  bool alone = *text == 'E' || *text == 'e' || *text == 'D' || *text == 'd' || *text == 'X' || *text == 'x';
  return !(alone && next < end && rf_is_digit(*next));
}

/* A number at the beginning of [text, end) before a remark. */
static bool read_first(const char *text, const char *end, rf_card_scale *scale) {
  const char *stop = text;
  while (stop < end && !is_fill(*stop))
    stop++;
  const char *rest = stop;
  while (rest < end && is_fill(*rest))
    rest++;
  return rest < end && is_remark(rest, end) && read_whole(text, stop, scale);
}

static void keep_text(rf_card_scale *scale, const char *text, size_t n) {
  if (n > sizeof scale->text - 1)
    n = sizeof scale->text - 1;
  for (size_t i = 0; i < n; i++)
    scale->text[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
  scale->text[n] = '\0';
}

void rf_card_scale_read(const char card[RF_CARD_BYTES], rf_card_scale *scale) {
  rf_card_view view;
  rf_value value;
  const char *raw;
  size_t n;
  *scale = (rf_card_scale){.state = RF_SCALE_ABSENT};
  rf_card_split(card, &view);
  const char *text = view.value, *end = view.value + view.value_length;
  if (!view.has_value) {
    if (card[8] != '=')
      return;
    /* "KEYWORD=32768 counts": without the blank in column 10 only what reads as a value is one. */
    text = card + 9;
    const char *slash = memchr(text, '/', RF_CARD_BYTES - 9);
    end = slash != NULL ? slash : card + RF_CARD_BYTES;
  } else if (read_whole(text, end, scale)) {
    scale->state = RF_SCALE_CLEAN;
    if (scale->with_point)
      keep_text(scale, text, (size_t)(end - text));
    return;
  }
  trim_fill(&text, &end);
  keep_text(scale, text, (size_t)(end - text));
  if (text == end)
    return; /* undefined (FITS 4.1.2.3) */
  rf_value_read(text, (size_t)(end - text), &value, &raw, &n);
  if (value.kind == RF_VALUE_STRING) {
    text = raw;
    end = raw + n;
  } else if (*text == '\'') {
    text++; /* a string that is never closed */
  }
  trim_fill(&text, &end);
  bool is_number = read_whole(text, end, scale) || (text < end && read_first(text, end, scale));
  scale->state = is_number ? RF_SCALE_REPAIRED : text == end ? RF_SCALE_EMPTY : RF_SCALE_BAD;
}
