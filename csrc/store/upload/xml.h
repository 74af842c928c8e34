/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The little XML that S3 servers answer with.
 */
#ifndef RF_STORE_UPLOAD_XML_H
#define RF_STORE_UPLOAD_XML_H

#include <stdbool.h>
#include <stddef.h>

/* Copies the text of the first element <tag>, with its references decoded. Returns false if there is none, if it has
 * elements or control characters in it, or if it does not fit `capacity` bytes. */
bool rf_xml_get_text(const char *xml, size_t n, const char *tag, char *text, size_t capacity);

/* Is <tag> the outermost element? */
bool rf_xml_is_root(const char *xml, size_t n, const char *tag);

#endif
