/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes decoded content back as a .gz.
 */
#ifndef RF_STORE_GZIP_WRITE_H
#define RF_STORE_GZIP_WRITE_H

#include <stdbool.h>

#include "store/store.h"

/* Makes `content` (a memory store's state; borrowed) what `inner` holds, as one gzip member: all or
 * nothing where inner's driver can replace and not `in_place`, else by overwriting it. */
rf_status rf_gzip_write_back(rf_store *inner, const rf_stream_codec *codec, int level, bool in_place, void *content,
                             rf_error *err);

/* Fails as a write-back would when nothing can be put beside the file. */
rf_status rf_gzip_try_replace(rf_store *inner, rf_error *err);

#endif
