/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which bytes of the heap of a compressed image are in use.
 */
#ifndef RF_TILED_IMAGE_EDIT_SURVEY_H
#define RF_TILED_IMAGE_EDIT_SURVEY_H

#include "tiled/image/edit/change.h"

/* Fills in the heap of edit->state, where it is not known yet: `used`, `apart` and the holes. RF_ERR_FORMAT where a
 * descriptor does not lie in the heap. */
rf_status rf_tile_survey(const rf_tile_change *edit, rf_error *err);

#endif
