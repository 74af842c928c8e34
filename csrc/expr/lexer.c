/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Characters to tokens, and messages that point at a character.
 */
#include "expr/lexer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "value/number.h"
#include "expr/message.h"
#include "expr/number.h"
#include "expr/parser.h"
#include "expr/string.h"

/* ------------------------------ words ------------------------------ */

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static const struct {
  const char *text;
  rf_token_kind kind;
} words[] = {{"and", RF_TOKEN_AND}, {"or", RF_TOKEN_OR},     {"not", RF_TOKEN_NOT},
             {"in", RF_TOKEN_IN},   {"true", RF_TOKEN_TRUE}, {"false", RF_TOKEN_FALSE}};

static void read_word(const rf_expr *expr, rf_token *token) {
  uint32_t end = token->at;
  while (end < expr->length && (is_letter(expr->text[end]) || is_digit(expr->text[end])))
    end++;
  token->kind = RF_TOKEN_WORD;
  token->end = end;
  token->string = (rf_str){expr->text + token->at, end - token->at};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (rf_str_equal(token->string, RF_FOLD_LOWER, (rf_str){words[i].text, strlen(words[i].text)}, RF_FOLD_NONE))
      token->kind = words[i].kind;
}

/* ------------------------------ numbers ------------------------------ */

static uint32_t skip_digits(const rf_expr *expr, uint32_t at) {
  while (at < expr->length && is_digit(expr->text[at]))
    at++;
  return at;
}

/* Where a decimal number ends. An exponent is one only with digits. */
static uint32_t decimal_end(const rf_expr *expr, uint32_t at) {
  uint32_t end = skip_digits(expr, at);
  if (end < expr->length && expr->text[end] == '.')
    end = skip_digits(expr, end + 1);
  if (end < expr->length && strchr("eEdD", expr->text[end]) && expr->text[end] != '\0') {
    uint32_t digits = end + 1;
    if (digits < expr->length && (expr->text[digits] == '+' || expr->text[digits] == '-'))
      digits++;
    if (skip_digits(expr, digits) > digits)
      end = skip_digits(expr, digits);
  }
  return end;
}

/* 0x1F. False when it has no digits or does not fit. */
static bool read_hexadecimal(const rf_expr *expr, rf_token *token) {
  uint64_t value = 0;
  uint32_t at = token->at + 2;
  for (; at < expr->length; at++) {
    char c = expr->text[at];
    unsigned digit;
    if (is_digit(c))
      digit = (unsigned)(c - '0');
    else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
      digit = (unsigned)((c | 0x20) - 'a') + 10;
    else
      break;
    if (value >> 60 != 0)
      return false;
    value = value << 4 | digit;
  }
  token->end = at;
  token->number = rf_num_u64(value);
  return at > token->at + 2;
}

/* Beyond 2^63 - 1, where rf_number_read() returns a real. */
static bool read_unsigned(const char *text, size_t n, uint64_t *value) {
  *value = 0;
  for (size_t i = 0; i < n; i++)
    if (!is_digit(text[i]) || !rf_mul_u64(*value, 10, value) || !rf_add_u64(*value, (uint64_t)(text[i] - '0'), value))
      return false;
  return true;
}

static bool read_decimal(const rf_expr *expr, rf_token *token) {
  token->end = decimal_end(expr, token->at);
  const char *text = expr->text + token->at;
  size_t n = token->end - token->at;
  int64_t integer;
  double real;
  uint64_t large;
  switch (rf_number_read(text, n, &integer, &real)) {
  case RF_NUMBER_INTEGER:
    token->number = rf_num_i64(integer);
    return true;
  case RF_NUMBER_BIG:
    token->number = read_unsigned(text, n, &large) ? rf_num_u64(large) : rf_num_real(real);
    return true;
  case RF_NUMBER_REAL:
    token->number = rf_num_real(real);
    return true;
  case RF_NUMBER_NONE:
    break;
  }
  return false;
}

static rf_status read_number(const rf_expr *expr, rf_token *token, rf_error *err) {
  const char *text = expr->text + token->at;
  uint32_t left = expr->length - token->at;
  token->kind = RF_TOKEN_NUMBER;
  bool right = left > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? read_hexadecimal(expr, token)
                                                                                : read_decimal(expr, token);
  if (!right)
    return rf_expr_fail(expr, err, RF_ERR_ARGUMENT, token->at, "a number that is too long or beyond the range");
  if (token->end < expr->length && is_letter(expr->text[token->end]))
    return rf_expr_fail(expr, err, RF_ERR_ARGUMENT, token->end,
                        "a letter right after a number (put a column whose name begins with a digit in `...`)");
  return RF_OK;
}

/* ------------------------------ strings ------------------------------ */

/* One byte of a string at text[*at]. Bytes of cells are Latin-1 wherever they become text, so a character of Latin-1 is
 * one byte here, too; others stay UTF-8. */
static char string_byte(const rf_expr *expr, uint32_t *at) {
  unsigned char c = (unsigned char)expr->text[*at];
  if ((c != 0xC2 && c != 0xC3) || *at + 1 == expr->length || !rf_is_continuation(expr->text[*at + 1]))
    return (char)c;
  unsigned char next = (unsigned char)expr->text[++*at];
  return (char)((c & 3) << 6 | (next & 0x3F));
}

/* From the quote at token->at to the next one that is not doubled. */
static rf_status read_quoted(const rf_expr *expr, rf_token_kind kind, char *room, size_t *used, rf_token *token,
                             rf_error *err) {
  const char quote = expr->text[token->at];
  char *to = room + *used;
  size_t n = 0;
  token->kind = kind;
  for (uint32_t i = token->at + 1; i < expr->length; i++) {
    if (expr->text[i] == quote) {
      if (i + 1 == expr->length || expr->text[i + 1] != quote) {
        token->end = i + 1;
        token->string = (rf_str){to, n};
        *used += n;
        return RF_OK;
      }
      i++;
    }
    to[n++] = kind == RF_TOKEN_STRING ? string_byte(expr, &i) : expr->text[i];
  }
  return rf_expr_fail(expr, err, RF_ERR_ARGUMENT, token->at, "the quote %c that is opened here is never closed,",
                      quote);
}

/* ------------------------------ operators ------------------------------ */

/* Longer ones first. */
static const struct {
  const char *text;
  rf_token_kind kind;
} operators[] = {{"**", RF_TOKEN_POWER},    {"==", RF_TOKEN_EQ},        {"!=", RF_TOKEN_NE},   {"<=", RF_TOKEN_LE},
                 {">=", RF_TOKEN_GE},       {"&&", RF_TOKEN_AND},       {"||", RF_TOKEN_OR},   {"<", RF_TOKEN_LT},
                 {">", RF_TOKEN_GT},        {"&", RF_TOKEN_AND},        {"|", RF_TOKEN_OR},    {"!", RF_TOKEN_NOT},
                 {"~", RF_TOKEN_NOT},       {"+", RF_TOKEN_PLUS},       {"-", RF_TOKEN_MINUS}, {"*", RF_TOKEN_TIMES},
                 {"/", RF_TOKEN_DIVIDE},    {"%", RF_TOKEN_MODULO},     {"(", RF_TOKEN_OPEN},  {")", RF_TOKEN_CLOSE},
                 {"[", RF_TOKEN_OPEN_LIST}, {"]", RF_TOKEN_CLOSE_LIST}, {",", RF_TOKEN_COMMA}};

static rf_status unknown_character(const rf_expr *expr, uint32_t at, rf_error *err) {
  unsigned char c = (unsigned char)expr->text[at];
  if (c == '=')
    return rf_expr_fail(expr, err, RF_ERR_ARGUMENT, at, "a single '=' (equality is '==')");
  if (c == '^')
    return rf_expr_fail(expr, err, RF_ERR_ARGUMENT, at, "'^' is no operator (a power is '**')");
  if (c > 0x20 && c < 0x7F)
    return rf_expr_fail(expr, err, RF_ERR_ARGUMENT, at, "an unexpected '%c'", c);
  return rf_expr_fail(expr, err, RF_ERR_ARGUMENT, at,
                      c < 0x80 ? "an unexpected control character (0x%02X)"
                               : "an unexpected byte 0x%02X (a column whose name has it stands in `...`)",
                      c);
}

static rf_status read_operator(const rf_expr *expr, rf_token *token, rf_error *err) {
  const char *text = expr->text + token->at;
  size_t left = expr->length - token->at;
  if (left >= 2 && text[0] == '<' && text[1] == '>')
    return rf_expr_fail(expr, err, RF_ERR_ARGUMENT, token->at, "'<>' is no operator (inequality is '!=')");
  for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
    size_t n = strlen(operators[i].text);
    if (n <= left && memcmp(text, operators[i].text, n) == 0) {
      token->kind = operators[i].kind;
      token->end = token->at + (uint32_t)n;
      return RF_OK;
    }
  }
  return unknown_character(expr, token->at, err);
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

rf_status rf_token_read(const rf_expr *expr, uint32_t at, char *room, size_t *used, rf_token *token, rf_error *err) {
  while (at < expr->length && is_blank(expr->text[at]))
    at++;
  *token = (rf_token){.kind = RF_TOKEN_END, .at = at, .end = at};
  if (at == expr->length)
    return RF_OK;
  const char c = expr->text[at];
  if (is_letter(c)) {
    read_word(expr, token);
    return RF_OK;
  }
  if (is_digit(c) || (c == '.' && at + 1 < expr->length && is_digit(expr->text[at + 1])))
    return read_number(expr, token, err);
  if (c == '\'' || c == '"')
    return read_quoted(expr, RF_TOKEN_STRING, room, used, token, err);
  if (c == '`')
    return read_quoted(expr, RF_TOKEN_NAME, room, used, token, err);
  return read_operator(expr, token, err);
}
