/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Members of a .gz store whose headers say how long they are: the "BC" field of BGZF (SAM specification, 4.1), which
 * bgzip writes. Nothing needs to be decoded to find them.
 */
#ifndef RF_STORE_FILTER_INDEX_MEMBERS_H
#define RF_STORE_FILTER_INDEX_MEMBERS_H

#include "store/filter/whole.h"
#include "store/store.h"

/* A member has at most this much content, and this many bytes. */
#define RF_MEMBER_BYTES 65536

/* Bytes of a header. */
#define RF_MEMBER_HEADER_BYTES 18

/* Returns the length of the member whose header begins these n bytes; 0: the header does not say it. */
size_t rf_member_length(const uint8_t *header, size_t n);

/* Finds the members from `packed` on that have at most `max` bytes of content together. *end receives the offset behind
 * them, *content their content, 0 if there is none. The members are not decoded, so that all of it is what they say. */
rf_status rf_members_find(rf_store *inner, uint64_t packed, uint64_t max, uint64_t *end, uint64_t *content,
                          rf_error *err);

/* Decodes the members from `packed` to `end`, whose content has n bytes, and checks their CRCs. *good is false if they
 * are damaged, or not as their headers say. */
rf_status rf_members_inflate(rf_store *inner, uint64_t packed, uint64_t end, uint8_t *out, size_t n, bool *good,
                             rf_error *err);

/* Decodes n bytes in memory with `threads` threads (as rf_options.threads). `max` is the largest size of the content.
 * RF_ERR_UNSUPPORTED if they are not such members and nothing else, or damaged. */
rf_status rf_members_inflate_all(const uint8_t *in, size_t n, unsigned threads, uint64_t max, rf_pages *out);

#endif
