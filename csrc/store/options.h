/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The options that open a file, complete.
 */
#ifndef RF_STORE_OPTIONS_H
#define RF_STORE_OPTIONS_H

#include "rustfits.h"

/* Options of a caller over the defaults. What rf_store_open() calls gets `options`, whose pointers are never NULL. */
typedef struct rf_settings {
  rf_options options; /* .limits and .remote point at the members below */
  rf_limits limits;
  rf_remote_options remote;
} rf_settings;

/* Fills in *settings from `options` (NULL: the defaults). Strings are borrowed. */
void rf_settings_take(rf_settings *settings, const rf_options *options);

#endif
