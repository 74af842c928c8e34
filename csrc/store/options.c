/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The options that open a file: defaults, and structs of older callers.
 */
#include "store/options.h"

#include <string.h>

void rf_limits_init(rf_limits *limits) {
  if (limits == NULL)
    return;
  *limits = (rf_limits){
      .size = sizeof *limits,
      .header_bytes = (uint64_t)64 << 20,
      .inflate_bytes = (uint64_t)64 << 30,
      .fetch_bytes = (uint64_t)64 << 30,
      .hdus = 10000000,
      .tile_bytes = (uint64_t)4 << 30,
      .redirects = 10,
  };
}

void rf_remote_options_init(rf_remote_options *options) {
  if (options != NULL)
    *options = (rf_remote_options){.size = sizeof *options};
}

void rf_options_init(rf_options *options) {
  if (options != NULL)
    *options = (rf_options){.size = sizeof *options};
}

/* Copies as many bytes as the caller's struct has. */
static void overlay(void *own, const void *given, size_t size) {
  size_t said = *(const size_t *)given;
  memcpy(own, given, said < size ? said : size);
  *(size_t *)own = size;
}

void rf_settings_take(rf_settings *settings, const rf_options *options) {
  rf_options_init(&settings->options);
  rf_limits_init(&settings->limits);
  rf_remote_options_init(&settings->remote);
  if (options != NULL)
    overlay(&settings->options, options, sizeof settings->options);
  if (settings->options.limits != NULL)
    overlay(&settings->limits, settings->options.limits, sizeof settings->limits);
  if (settings->options.remote != NULL)
    overlay(&settings->remote, settings->options.remote, sizeof settings->remote);
  settings->options.limits = &settings->limits;
  settings->options.remote = &settings->remote;
}
