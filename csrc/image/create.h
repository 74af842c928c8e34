/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating a plain image.
 */
#ifndef RF_IMAGE_CREATE_H
#define RF_IMAGE_CREATE_H

#include "file/file.h"

/* rf_image_create() for a spec without compression that rf_image_spec_check() has accepted. No lock held. */
rf_status rf_plain_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err);

#endif
