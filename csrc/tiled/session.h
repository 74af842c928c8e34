/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a compressed HDU keeps across edits: rf_hdu.session.
 */
#ifndef RF_TILED_SESSION_H
#define RF_TILED_SESSION_H

#include "file/file.h"

typedef struct rf_tile_hole {
  uint64_t begin;
  uint64_t end;
} rf_tile_hole;

/* The facts about a compressed image that is open for writing, beyond its header (tiled/image/edit/). */
typedef struct rf_tiled_state {
  /* as its creator chose; all 0 for an image that was found in a file */
  char heap_format;
  int level;
  double quantize_level;
  bool seed_open;     /* ZDITHER0 is chosen when the first tile is written */
  uint64_t unwritten; /* tiles that were never written */
  /* the heap, after rf_tile_survey() */
  bool known;
  bool apart;          /* no two descriptors share a byte */
  bool grown;          /* spare room after `used`, or before the heap, which flushing removes */
  bool nulls;          /* a quantized tile has an undefined pixel: ZBLANK is needed */
  uint64_t reach;      /* largest offset of P descriptors, 0: 31 bits. Tests lower it */
  uint64_t used;       /* bytes up to the last that a descriptor points at */
  rf_tile_hole *holes; /* the parts below `used` that no descriptor points into; ascending (tiled/image/edit/space.c) */
  size_t hole_count;
  size_t hole_room;
  size_t hole_next;    /* where the last tile was placed */
  uint64_t longest[3]; /* longest descriptor written to the data, gzip and raw column, for TFORMn */
} rf_tiled_state;

typedef struct rf_tiled_session {
  bool has_cache_limit; /* rf_hdu_set_cache() was called */
  uint64_t cache_limit;
  rf_tiled_state state;
} rf_tiled_session;

/* Gets rf_hdu.session, made when first needed. `lock` held, scan_lock not. RF_ERR_MEMORY. */
rf_status rf_tiled_session_get(rf_file *file, rf_hdu *hdu, rf_tiled_session **session, rf_error *err);

/* The limit of the cache of decoded tiles, in bytes. scan_lock held. */
uint64_t rf_tiled_session_cache_limit(const rf_hdu *hdu);

/* rf_hdu_ops.free_session and .reset_session. */
void rf_tiled_session_free(void *session);
void rf_tiled_session_reset(void *session, bool dropped);

#endif
