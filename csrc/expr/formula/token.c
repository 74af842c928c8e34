/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bit strings win over names: a column "HEAD" is written $HEAD$. So do T and F.
 */
#include "expr/formula/token.h"

#include <math.h>
#include <string.h>

#include "base/ascii.h"
#include "value/number.h"

/* Of names. */
static bool is_letter(char c) {
  return rf_is_letter(c) || c == '_';
}

bool rf_formula_is(const char *text, size_t length, const char *word) {
  if (strlen(word) != length)
    return false;
  for (size_t i = 0; i < length; i++)
    if (rf_to_upper(text[i]) != word[i])
      return false;
  return true;
}

/* ------------------------------ words between dots, operators ------------------------------ */

static const struct {
  const char *text;
  rf_formula_token_kind kind;
} operators[] = {{".EQ.", RF_FT_EQ},
                 {".NE.", RF_FT_NE},
                 {".LT.", RF_FT_LT},
                 {".LE.", RF_FT_LE},
                 {".GT.", RF_FT_GT},
                 {".GE.", RF_FT_GE},
                 {".OR.", RF_FT_OR},
                 {".AND.", RF_FT_AND},
                 {".NOT.", RF_FT_NOT},
                 {"(INT)", RF_FT_TO_INTEGER},
                 {"(FLOAT)", RF_FT_TO_REAL},
                 {"(DOUBLE)", RF_FT_TO_REAL},
                 {"==", RF_FT_EQ},
                 {"!=", RF_FT_NE},
                 {"<=", RF_FT_LE},
                 {"=<", RF_FT_LE},
                 {">=", RF_FT_GE},
                 {"=>", RF_FT_GE},
                 {"||", RF_FT_OR},
                 {"&&", RF_FT_AND},
                 {"^^", RF_FT_XOR},
                 {"**", RF_FT_POWER},
                 {"^", RF_FT_POWER},
                 {"<", RF_FT_LT},
                 {">", RF_FT_GT},
                 {"!", RF_FT_NOT}};

static bool read_operator(const rf_formula *formula, rf_formula_token *token) {
  size_t left = formula->length - token->at;
  for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
    size_t n = strlen(operators[i].text);
    if (n > left || !rf_formula_is(formula->text + token->at, n, operators[i].text))
      continue;
    token->kind = operators[i].kind;
    token->end = token->at + (uint32_t)n;
    return true;
  }
  return false;
}

/* "1.eq.2": the dot is of the operator. */
static bool is_dotted_word(const rf_formula *formula, uint32_t at) {
  rf_formula_token token = {.at = at};
  return formula->text[at] == '.' && read_operator(formula, &token);
}

/* ------------------------------ numbers ------------------------------ */

static int digit_of(char c) {
  int value = rf_hex_value(c);
  return value < 0 ? 99 : value;
}

/* 0x1F, 0o17, 0b101. Values of 32 bits are signed. */
static bool read_based(const rf_formula *formula, rf_formula_token *token) {
  const char *text = formula->text + token->at;
  char letter = rf_to_upper(text[1]);
  int base = letter == 'X' ? 16 : letter == 'O' ? 8 : letter == 'B' ? 2 : 0;
  if (text[0] != '0' || base == 0 || digit_of(text[2]) >= base)
    return false;
  uint64_t value = 0;
  size_t n = 2;
  for (; digit_of(text[n]) < base; n++)
    value = value * (uint64_t)base + (uint64_t)digit_of(text[n]);
  token->kind = RF_FT_INTEGER;
  token->integer = value <= UINT32_MAX ? (int32_t)(uint32_t)value : (int64_t)value;
  token->end = token->at + (uint32_t)n;
  return true;
}

static uint32_t skip_digits(const rf_formula *formula, uint32_t at) {
  while (rf_is_digit(formula->text[at]))
    at++;
  return at;
}

static bool read_number(const rf_formula *formula, rf_formula_token *token) {
  const char *text = formula->text;
  uint32_t end = skip_digits(formula, token->at);
  bool has_digits = end > token->at;
  bool is_real = false;
  if (text[end] == '.' && !is_dotted_word(formula, end)) {
    is_real = true;
    uint32_t fraction = skip_digits(formula, end + 1);
    has_digits = has_digits || fraction > end + 1;
    end = fraction;
  }
  if (!has_digits)
    return false;
  if (rf_to_upper(text[end]) == 'E' || rf_to_upper(text[end]) == 'D') {
    uint32_t digits = end + 1;
    if (text[digits] == '+' || text[digits] == '-')
      digits++;
    if (rf_is_digit(text[digits])) {
      end = skip_digits(formula, digits);
      is_real = true;
    }
  }
  token->end = end;
  rf_number_kind kind = rf_number_read(text + token->at, end - token->at, &token->integer, &token->real);
  if (kind == RF_NUMBER_NONE) {
    kind = RF_NUMBER_REAL; /* beyond the range of double */
    token->real = INFINITY;
  }
  if (is_real && kind == RF_NUMBER_INTEGER)
    token->real = (double)token->integer;
  if (!is_real && kind != RF_NUMBER_INTEGER)
    token->integer = INT64_MAX;
  token->kind = is_real ? RF_FT_REAL : RF_FT_INTEGER;
  return true;
}

/* ------------------------------ names and strings ------------------------------ */

/* b01x, o17x, hFx */
static bool is_bits(const char *text, uint32_t length) {
  char letter = rf_to_upper(text[0]);
  int base = letter == 'B' ? 2 : letter == 'O' ? 8 : letter == 'H' ? 16 : 0;
  bool right = base > 0 && length > 1;
  for (uint32_t i = 1; right && i < length; i++)
    right = rf_to_upper(text[i]) == 'X' || digit_of(text[i]) < base;
  return right;
}

static void take_name(const rf_formula *formula, uint32_t at, rf_formula_token *token) {
  const char *text = formula->text;
  uint32_t end = at;
  while (is_letter(text[end]) || rf_is_digit(text[end]))
    end++;
  token->text = text + at;
  token->length = end - at;
  token->end = end;
}

static rf_status read_delimited(const rf_formula *formula, uint32_t at, rf_formula_token *token, rf_error *err) {
  const char *text = formula->text + at;
  const char *end = memchr(text + 1, text[0], formula->length - at - 1);
  if (end == NULL)
    return rf_formula_fail(formula, err, RF_ERR_ARGUMENT, at, "the %c that is opened here is never closed,", text[0]);
  token->text = text + 1;
  token->length = (uint32_t)(end - text - 1);
  token->end = at + token->length + 2;
  return RF_OK;
}

static void read_word(const rf_formula *formula, rf_formula_token *token) {
  take_name(formula, token->at, token);
  token->kind = RF_FT_NAME;
  if (formula->text[token->end] == '(' && token->length > 1) {
    token->kind = RF_FT_CALL;
    token->end++;
  } else if (token->length == 1 && (rf_to_upper(token->text[0]) == 'T' || rf_to_upper(token->text[0]) == 'F')) {
    token->kind = RF_FT_LOGICAL;
    token->integer = rf_to_upper(token->text[0]) == 'T';
  } else if (is_bits(token->text, token->length)) {
    token->kind = RF_FT_BITS;
  }
}

static rf_status read_keyword(const rf_formula *formula, rf_formula_token *token, rf_error *err) {
  uint32_t at = token->at + 1;
  token->kind = RF_FT_KEYWORD;
  if (formula->text[at] == '$')
    return read_delimited(formula, at, token, err);
  take_name(formula, at, token);
  if (token->length == 0)
    return rf_formula_fail(formula, err, RF_ERR_ARGUMENT, token->at, "a '#' without a name");
  if (formula->text[token->end] == '$')
    token->end++;
  return RF_OK;
}

rf_status rf_formula_next(const rf_formula *formula, uint32_t at, rf_formula_token *token, rf_error *err) {
  const char *text = formula->text;
  while (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')
    at++;
  *token = (rf_formula_token){.at = at, .end = at};
  char c = text[at];
  if (at >= formula->length)
    return RF_OK;
  if (c == '$') {
    token->kind = RF_FT_NAME;
    return read_delimited(formula, at, token, err);
  }
  if (c == '\'' || c == '"') {
    token->kind = RF_FT_STRING;
    return read_delimited(formula, at, token, err);
  }
  if (c == '#')
    return read_keyword(formula, token, err);
  if (is_letter(c))
    read_word(formula, token);
  else if (!read_based(formula, token) && !read_operator(formula, token) && !read_number(formula, token)) {
    token->kind = RF_FT_OTHER;
    token->other = c;
    token->end = at + 1;
  }
  return RF_OK;
}
