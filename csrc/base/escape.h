/* SPDX-License-Identifier: BSD-3-Clause
 *
 * escape.c: text fit for a terminal or a log. Names of files, cards and answers of servers may hold anything.
 */
#ifndef RF_BASE_ESCAPE_H
#define RF_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Most characters that one byte becomes. */
#define RF_ESCAPE_GROWTH 4

/* True when n bytes hold nothing that is escaped. */
bool rf_text_is_plain(const char *text, size_t n);

/* Copies n bytes of UTF-8. Written as \n, \r, \t, \xNN, \uNNNN or \UNNNNNNNN are control characters, line and paragraph
 * separators, characters that turn the direction of writing or that show nothing, and bytes that are no UTF-8. The
 * backslash itself stays: paths of Windows are full of them. `out` ends with a NUL and within `capacity` bytes; neither
 * a character nor an escape is cut. Returns the length. */
size_t rf_text_escape(const char *text, size_t n, char *out, size_t capacity);

#endif
