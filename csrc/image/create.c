/* SPDX-License-Identifier: BSD-3-Clause */
#include "image/create.h"
#include "file/append.h"
#include "file/unpublished.h"
#include "file/scan/scan.h"

#include <stdio.h>

#include "file/layout.h"
#include "header/build.h"
#include "image/spec.h"

static rf_status append_axes(rf_header *header, const rf_image_spec *spec, rf_error *err) {
  RF_TRY(rf_header_append_integer(header, "NAXIS", spec->naxis, "number of data axes", err));
  for (int n = 1; n <= spec->naxis; n++) {
    char keyword[16], comment[32];
    snprintf(keyword, sizeof keyword, "NAXIS%d", n);
    snprintf(comment, sizeof comment, "length of data axis %d", n);
    RF_TRY(rf_header_append_integer(header, keyword, (int64_t)spec->axes[spec->naxis - n], comment, err));
  }
  return RF_OK;
}

/* The mandatory cards in the mandatory order (FITS 4.4.1.1, 4.4.1.2). */
static rf_status append_structure(rf_header *header, const rf_image_spec *spec, bool primary, rf_error *err) {
  if (primary)
    RF_TRY(rf_header_append_logical(header, "SIMPLE", true, "conforms to FITS standard", err));
  else
    RF_TRY(rf_header_append_string(header, "XTENSION", "IMAGE   ", "IMAGE extension", err));
  RF_TRY(rf_header_append_integer(header, "BITPIX", rf_image_spec_bitpix(spec->dtype), "number of bits per data pixel",
                                  err));
  RF_TRY(append_axes(header, spec, err));
  if (primary)
    return rf_header_append_logical(header, "EXTEND", true, "FITS dataset may contain extensions", err);
  RF_TRY(rf_header_append_integer(header, "PCOUNT", 0, "required keyword; must = 0", err));
  return rf_header_append_integer(header, "GCOUNT", 1, "required keyword; must = 1", err);
}

static rf_status build_header(rf_header *header, const rf_image_spec *spec, bool primary, rf_error *err) {
  RF_TRY(append_structure(header, spec, primary, err));
  RF_TRY(rf_image_spec_add_scale(header, spec, err));
  RF_TRY(rf_image_spec_add_names(header, spec, err));
  return rf_image_spec_add_cards(header, spec, err);
}

/* Exclusive lock held. */
static rf_status create_locked(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err) {
  rf_hdu *first;
  rf_header *header = NULL;
  rf_error ignored;
  rf_error_clear(&ignored);
  rf_status status = rf_file_hdu_locked(file, 0, &first, &ignored);
  if (status != RF_OK && status != RF_ERR_NOT_FOUND)
    return rf_file_hdu_locked(file, 0, &first, err);
  bool primary = status == RF_ERR_NOT_FOUND;
  RF_TRY(rf_header_new(&header, err));
  status = build_header(header, spec, primary, err);
  if (status == RF_OK)
    status =
        rf_file_append_begin_locked(file, header, rf_header_get_file_bytes(header, spec->reserve_cards), index, err);
  if (status == RF_OK && spec->deferred != 0)
    status = rf_file_append_reserve_locked(file, err);
  rf_header_free(header);
  return status;
}

rf_status rf_plain_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err) {
  RF_TRY(rf_file_begin_append(file, err));
  rf_status status = create_locked(file, spec, index, err);
  return rf_file_end_append(file, status, spec->deferred == 0, err);
}
