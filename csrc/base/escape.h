/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Text that is safe for a terminal or a log. File names, cards and server responses can contain any byte.
 */
#ifndef RF_BASE_ESCAPE_H
#define RF_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Maximal number of characters that one byte becomes. */
#define RF_ESCAPE_GROWTH 4

/* Returns whether n bytes contain nothing that rf_text_escape() changes. */
bool rf_text_is_plain(const char *text, size_t n);

/* Copies n bytes of UTF-8 to `out`, which has `capacity` bytes and receives a NUL. Control characters, line and
 * paragraph separators, characters that change the direction of writing or are invisible, and invalid bytes become \n,
 * \r, \t, \xNN, \uNNNN or \UNNNNNNNN. The backslash stays, because Windows paths contain it. Text that is too long ends
 * before a character or an escape that does not fit. Returns the length. */
size_t rf_text_escape(const char *text, size_t n, char *out, size_t capacity);

/* Returns whether n bytes are UTF-8. */
bool rf_text_is_utf8(const char *text, size_t n);

#endif
