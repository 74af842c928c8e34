/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Strings of fixed size.
 */
#ifndef CF_BASE_STRING_H
#define CF_BASE_STRING_H

#include <stdbool.h>
#include <stddef.h>

/* Copies `text` and a NUL into `dest`, cut to capacity - 1 characters. */
void cf_copy(char *dest, const char *text, size_t capacity);

/* Copies n characters of `text`, without a NUL in it, and adds a NUL; cut to capacity - 1 characters. */
void cf_copy_n(char *dest, const char *text, size_t n, size_t capacity);

/* Appends `text` behind the end of `dest`, cut to capacity - 1 characters in all. */
void cf_append(char *dest, const char *text, size_t capacity);

/* Tells whether two strings are equal, ASCII letters in any case. */
bool cf_same_text(const char *a, const char *b);

/* Tells whether `text` begins with `prefix`, ASCII letters in any case. */
bool cf_begins(const char *text, const char *prefix);

/* Returns where `text` goes on behind its leading blanks. */
const char *cf_skip_blanks(const char *text);

/* Removes blanks at the end. */
void cf_trim_end(char *text);

/* Turns ASCII letters into upper case. */
void cf_upper(char *text);

#endif
