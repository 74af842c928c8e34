/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The options that open a file: defaults, and structs of older callers.
 */
#include "store/options.h"
#include "base/versioned.h"

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

void rf_settings_take(rf_settings *settings, const rf_options *options) {
  rf_options_init(&settings->options);
  rf_limits_init(&settings->limits);
  rf_remote_options_init(&settings->remote);
  if (options != NULL)
    rf_struct_take(&settings->options, sizeof settings->options, options);
  if (settings->options.limits != NULL)
    rf_struct_take(&settings->limits, sizeof settings->limits, settings->options.limits);
  if (settings->options.remote != NULL)
    rf_struct_take(&settings->remote, sizeof settings->remote, settings->options.remote);
  settings->options.limits = &settings->limits;
  settings->options.remote = &settings->remote;
}
