/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating HDUs of any kind.
 */
#include <stddef.h>

#include "image/create.h"
#include "image/spec.h"
#include "tiled/image/edit/edit.h"

rf_status rf_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err) {
  rf_error_clear(err);
  /* Callers that were built before there was compression have a shorter struct. */
  bool compressed = spec->size > offsetof(rf_image_spec, compression) && spec->compression != NULL;
  rf_status status = rf_image_spec_check(spec, err);
  if (status == RF_OK)
    status = compressed ? rf_tiled_image_create(file, spec, index, err) : rf_plain_image_create(file, spec, index, err);
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), -1);
}
