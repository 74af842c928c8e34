/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What fuzz targets share that build a file in memory and have it read twice, from memory and from a store that is read
 * piece by piece: the bytes, and a driver over them.
 */
#ifndef FUZZ_SERVED_H
#define FUZZ_SERVED_H

#include <string.h>

#include "cards.h"
#include "rustfits.h"

static struct {
  uint8_t *bytes; /* exactly as large as its content, so that AddressSanitizer sees the first byte beyond */
  size_t size;
} served;

static inline rf_status serve_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                                   void **state, rf_error *error) {
  (void)driver, (void)name, (void)mode, (void)options, (void)error;
  *state = &served;
  return RF_OK;
}

static inline rf_status serve_read(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *error) {
  (void)state, (void)error;
  *got = offset >= served.size ? 0 : served.size - offset < n ? (size_t)(served.size - offset) : n;
  if (*got > 0)
    memcpy(buffer, served.bytes + offset, *got);
  return RF_OK;
}

static inline rf_status serve_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *error) {
  (void)state, (void)error;
  if (offset > served.size || n > served.size - offset)
    return RF_ERR_UNSUPPORTED;
  *bytes = served.bytes + offset;
  return RF_OK;
}

static inline rf_status serve_size(void *state, uint64_t *size, rf_error *error) {
  (void)state, (void)error;
  *size = served.size;
  return RF_OK;
}

static inline rf_status serve_close(void *state, rf_error *error) {
  (void)state, (void)error;
  return RF_OK;
}

#endif
