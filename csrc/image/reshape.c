/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Plain images whose axes change. Pixels keep their order.
 */
#include <stdio.h>
#include <string.h>

#include "header/build.h"
#include "file/call.h"
#include "file/header.h"
#include "file/layout.h"
#include "image/grow.h"
#include "image/reshape.h"
#include "image/spec.h"
#include "value/convert.h"

/* Returns n of "NAXISn", 0 for any other keyword. */
static int axis_of(const char *keyword) {
  int n = 0;
  if (strncmp(keyword, "NAXIS", 5) != 0 || keyword[5] == '\0')
    return 0;
  for (const char *p = keyword + 5; *p != '\0'; p++) {
    if (*p < '0' || *p > '9')
      return 0;
    n = n * 10 + (*p - '0');
  }
  return n;
}

static rf_status put_axes(rf_header *header, const rf_image_spec *spec, rf_error *err) {
  rf_value value = {RF_VALUE_INTEGER, spec->naxis, 0.0, 0.0, NULL, 0};
  RF_TRY(rf_header_set(header, "NAXIS", &value, NULL, err));
  for (int n = 1; n <= spec->naxis; n++) {
    char keyword[16];
    snprintf(keyword, sizeof keyword, "NAXIS%d", n);
    value.integer = (int64_t)spec->axes[spec->naxis - n];
    RF_TRY(rf_header_set(header, keyword, &value, NULL, err));
  }
  return RF_OK;
}

/* Copies the cards of `old`, with the cards of the new axes after NAXIS. */
static rf_status build_header(const rf_header *old, const rf_image_spec *spec, rf_header *header, rf_error *err) {
  size_t count = rf_header_get_count(old), found;
  bool seen = false;
  for (size_t i = 0; i < count; i++) {
    const char *card = rf_header_get_cards(old) + i * RF_CARD_BYTES;
    char keyword[RF_CARD_BYTES];
    RF_TRY(rf_header_get_keyword(old, i, keyword, NULL, err));
    if (axis_of(keyword) > 0)
      continue;
    RF_TRY(rf_header_append_card(header, card, err));
    if (seen || strcmp(keyword, "NAXIS") != 0)
      continue;
    seen = true;
    for (int n = 1; n <= spec->naxis; n++) {
      char comment[32];
      snprintf(keyword, sizeof keyword, "NAXIS%d", n);
      snprintf(comment, sizeof comment, "length of data axis %d", n);
      if (rf_header_find(old, keyword, 0, &found, NULL) == RF_OK)
        RF_TRY(rf_header_append_card(header, rf_header_get_cards(old) + found * RF_CARD_BYTES, err));
      else
        RF_TRY(rf_header_append_integer(header, keyword, 0, comment, err));
    }
  }
  return put_axes(header, spec, err);
}

rf_status rf_plain_image_set_axes(rf_file *file, rf_hdu *hdu, const uint64_t *axes, int naxis,
                                  const rf_rearrange *rearrange, bool *written, rf_error *err) {
  const rf_header *old;
  rf_header *header;
  rf_image_spec spec = {
      .size = sizeof spec, .dtype = rf_convert_stored_type(hdu->bitpix), .naxis = naxis, .axes = axes};
  if (naxis < 1)
    return rf_fail(err, RF_ERR_ARGUMENT, "naxis = %d, expected 1 or more", naxis);
  RF_TRY(rf_image_spec_check(&spec, err));
  RF_TRY(rf_plain_image_check_whole(file, hdu, err));
  uint64_t bytes = rf_pixel_bytes(spec.dtype);
  for (int i = 0; i < naxis; i++)
    bytes *= axes[i]; /* rf_image_spec_check() found that it fits */
  if (bytes > INT64_MAX - RF_BLOCK_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "the image has more bytes than a file can hold");
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(rf_header_new(&header, err));
  rf_status status = build_header(old, &spec, header, err);
  if (status == RF_OK)
    status = rf_file_rearrange_locked(file, hdu->index, header, bytes, rearrange, written, err);
  rf_header_free(header);
  return status;
}

rf_status rf_plain_image_reshape(rf_file *file, rf_hdu *hdu, const uint64_t *axes, int naxis, bool *written,
                                 rf_error *err) {
  return rf_plain_image_set_axes(file, hdu, axes, naxis, NULL, written, err);
}

/* ---- the public call ---- */

typedef struct reshape_request {
  const uint64_t *axes;
  int naxis;
} reshape_request;

static rf_status reshape_image(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  const reshape_request *r = request;
  const rf_image_ops *ops = NULL;
  RF_TRY(rf_image_get_ops(hdu, &ops, err));
  if (ops->reshape == NULL)
    return rf_image_refuse(hdu, "reshaped", err);
  return ops->reshape(file, hdu, r->axes, r->naxis, written, err);
}

rf_status rf_image_reshape(rf_file *file, size_t index, const uint64_t *axes, int naxis, rf_error *err) {
  return rf_call_write(file, index, reshape_image, &(reshape_request){axes, naxis}, err);
}
