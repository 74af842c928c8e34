/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a compressed HDU keeps across edits.
 */
#include "tiled/session.h"

#include "base/memory.h"
#include "base/system/platform.h"
#include "file/hdu.h"
#include "tiled/cache.h"
#include "tiled/image/edit/space.h"

rf_status rf_tiled_session_get(rf_file *file, rf_hdu *hdu, rf_tiled_session **session, rf_error *err) {
  rf_mutex_lock(&file->scan_lock);
  if (hdu->session == NULL)
    hdu->session = rf_alloc_zero(1, sizeof **session);
  *session = hdu->session;
  rf_mutex_unlock(&file->scan_lock);
  return *session != NULL ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot allocate the state of a compressed HDU");
}

uint64_t rf_tiled_session_cache_limit(const rf_hdu *hdu) {
  const rf_tiled_session *session = hdu->session;
  return session != NULL && session->has_cache_limit ? session->cache_limit : RF_TILE_CACHE_BYTES;
}

void rf_tiled_session_free(void *session) {
  rf_tiled_session *own = session;
  rf_tile_space_clear(&own->state);
  rf_free(own);
}

void rf_tiled_session_reset(void *session, bool dropped) {
  rf_tiled_session *own = session;
  own->state.known = false;
  if (!dropped)
    return;
  rf_tile_space_clear(&own->state);
  own->state = (rf_tiled_state){
      .heap_format = own->state.heap_format,
      .level = own->state.level,
      .quantize_level = own->state.quantize_level,
  };
}
