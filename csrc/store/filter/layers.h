/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The filters that the content of a file requires, one over the other.
 */
#ifndef RF_STORE_FILTER_LAYERS_H
#define RF_STORE_FILTER_LAYERS_H

#include "store/filter/filter.h"

/* What the name of a file says about its filters. */
typedef struct rf_layer_names {
  const rf_filter *by_name; /* NULL: none */
  const char *member;       /* of a zip file; NULL: none */
} rf_layer_names;

/* Adds filters to *store, which becomes the outermost. On failure the caller closes *store. *found (NULL allowed)
 * becomes false if names->member is given and *store is no zip file: RF_ERR_NO_FILE. */
rf_status rf_layers_add(rf_store **store, const rf_layer_names *names, rf_mode mode, const rf_options *options,
                        bool *found, rf_error *err);

#endif
