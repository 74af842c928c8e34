/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ascii.c: characters and names of ASCII, without regard to the locale. Bytes above 0x7F are neither letters nor
 * blanks.
 */
#ifndef RF_BASE_ASCII_H
#define RF_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>

static inline bool rf_is_digit(char c) {
  return c >= '0' && c <= '9';
}

static inline bool rf_is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A space or a control character: NUL, TAB and the others count as blanks around keywords and numbers. */
static inline bool rf_is_blank(char c) {
  return (unsigned char)c <= 0x20;
}

static inline char rf_to_upper(char c) {
  return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static inline char rf_to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Returns the value of a hexadecimal digit, or -1. */
static inline int rf_hex_value(char c) {
  char lower = rf_to_lower(c);
  return rf_is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Returns whether two texts of n bytes are equal without regard to case. */
bool rf_equal_any_case(const char *a, const char *b, size_t n);

/* Returns whether a text of n bytes is the NUL-terminated `name`, without regard to case. */
bool rf_is_name(const char *text, size_t n, const char *name);

/* Returns whether two NUL-terminated texts are equal without regard to case. */
bool rf_same_name(const char *a, const char *b);

/* Narrows *text and *n by the spaces at both ends. */
void rf_trim_spaces(const char **text, size_t *n);

/* Narrows *text and *n by the blanks (rf_is_blank()) at both ends. */
void rf_trim_blanks(const char **text, size_t *n);

#endif
