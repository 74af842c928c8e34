/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Parts of names: strings of fixed size.
 */
#ifndef RF_NAME_PART_H
#define RF_NAME_PART_H

#include <stdbool.h>
#include <stddef.h>

#define RF_PART_SIZE 1025 /* bytes of a part, with the NUL */

/* Copies n characters of `text`, without a NUL in it, and adds a NUL; cut to capacity - 1 characters. */
void rf_part_copy_n(char *dest, const char *text, size_t n, size_t capacity);

/* Copies `text` and a NUL; cut to capacity - 1 characters. */
void rf_part_copy(char *dest, const char *text, size_t capacity);

/* Appends `text` behind the end of `dest`, cut to capacity - 1 characters in all. */
void rf_part_append(char *dest, const char *text, size_t capacity);

/* Copies n characters without blanks at the end. False: they do not fit. */
bool rf_part_take(char *dest, const char *text, size_t n, size_t capacity);

/* Tells whether `text` begins with `prefix`, ASCII letters in any case. */
bool rf_part_begins(const char *text, const char *prefix);

/* Returns where `text` goes on behind its leading blanks. */
const char *rf_part_skip_blanks(const char *text);

#endif
