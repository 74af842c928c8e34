/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files in memory: one growable run of pages.
 */
#ifndef RF_STORE_LOCAL_MEMORY_H
#define RF_STORE_LOCAL_MEMORY_H

#include "base/error.h"

extern const rf_driver_ops rf_memory_ops; /* mem://, memkeep:// */

/* Makes a state of rf_memory_ops. On success the state owns `pages` (of rf_pages_alloc(), `capacity` bytes, `size` of
 * them content). NULL, 0, 0 is an empty file. */
rf_status rf_memory_adopt(uint8_t *pages, size_t capacity, size_t size, void **state, rf_error *err);

#endif
