/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Facts about images, and the calls that change their structure.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "image/convert.h"
#include "image/spec.h"
#include "image/section.h"
#include "image/ops.h"
#include "tiled/image/edit/edit.h"
#include "file/access.h"
#include "file/append.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"

/* The standard's ceiling on NAXIS (FITS 4.4.1). */
#define MAX_AXES 999

rf_status rf_image_hdu_locked(rf_file *file, size_t index, rf_hdu **hdu, rf_error *err) {
  rf_hdu *found;
  RF_TRY(rf_file_hdu_locked(file, index, &found, err));
  if (found->ops->image != &rf_plain_image_ops)
    return rf_fail(err, RF_ERR_TYPE, "expected an image, found %s", found->ops->name);
  *hdu = found;
  return RF_OK;
}

rf_status rf_image_info_locked(rf_file *file, size_t index, const rf_hdu **image, rf_error *err) {
  rf_hdu *hdu = NULL;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  if (hdu->ops->image == NULL)
    return rf_fail(err, RF_ERR_TYPE, "expected an image, found %s", hdu->ops->name);
  return hdu->ops->image->info(file, hdu, image, err);
}

static rf_status plain_info(rf_file *file, rf_hdu *hdu, const rf_hdu **image, rf_error *err) {
  (void)file;
  (void)err;
  *image = hdu;
  return RF_OK;
}

const rf_image_ops rf_plain_image_ops = {.info = plain_info};

static size_t copy_axes(const rf_hdu *hdu, uint64_t *axes, size_t capacity) {
  size_t naxis = (size_t)hdu->naxis;
  for (size_t i = 0; i < naxis && i < capacity; i++)
    axes[i] = hdu->axes[naxis - 1 - i];
  return naxis;
}

static void describe(const rf_hdu *hdu, rf_image_info *info) {
  bool has_blank = hdu->has_blank && hdu->bitpix > 0;
  rf_image_info all = {
      .size = info->size,
      .stored = rf_convert_stored_type(hdu->bitpix),
      .type = rf_image_value_type(hdu),
      .bscale = hdu->bscale,
      .bzero = hdu->bzero,
      .has_blank = has_blank,
      .blank = has_blank ? hdu->blank : 0,
      .count = rf_section_image_count(hdu),
      .naxis = hdu->naxis,
  };
  (void)copy_axes(hdu, all.axes, sizeof all.axes / sizeof all.axes[0]);
  memcpy(info, &all, info->size < sizeof all ? info->size : sizeof all);
}

rf_status rf_image_get_info(rf_file *file, size_t index, rf_image_info *info, rf_error *err) {
  const rf_hdu *hdu = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_image_info_locked(file, index, &hdu, err);
    if (status == RF_OK)
      describe(hdu, info);
    rf_file_end_read(file);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

rf_status rf_image_get_axes(rf_file *file, size_t index, uint64_t *axes, size_t capacity, size_t *naxis,
                            rf_error *err) {
  const rf_hdu *hdu = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_image_info_locked(file, index, &hdu, err);
    if (status == RF_OK)
      *naxis = copy_axes(hdu, axes, capacity);
    rf_file_end_read(file);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

/* ---- creating ---- */

int rf_image_spec_bitpix(rf_dtype type) {
  int bits = 8 * (int)rf_pixel_bytes(type);
  return type == RF_F32 || type == RF_F64 ? -bits : bits;
}

rf_status rf_image_spec_check(const rf_image_spec *spec, rf_error *err) {
  uint64_t bytes = rf_pixel_bytes(spec->type);
  int bitpix = rf_image_spec_bitpix(spec->type);
  if (bytes == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "unknown pixel type %d", (int)spec->type);
  if (spec->naxis < 0 || spec->naxis > MAX_AXES || (spec->naxis > 0 && spec->axes == NULL))
    return rf_fail(err, RF_ERR_ARGUMENT, "an image has 0 to %d axes, and %d were asked for", MAX_AXES, spec->naxis);
  for (int i = 0; i < spec->naxis; i++)
    if (spec->axes[i] > INT64_MAX)
      return rf_fail(err, RF_ERR_ARGUMENT, "axis %d is too long for a header", i);
  /* Without axes of length 0: one of an image that is to grow becomes longer. */
  for (int i = 0; i < spec->naxis; i++)
    if ((spec->axes[i] != 0 && !rf_mul_u64(bytes, spec->axes[i], &bytes)) || bytes > INT64_MAX)
      return rf_fail(err, RF_ERR_LIMIT, "the image has more bytes than a file can hold");
  if (!spec->has_blank)
    return RF_OK;
  int64_t low = bitpix == 8 ? 0 : bitpix == 16 ? INT16_MIN : bitpix == 32 ? INT32_MIN : INT64_MIN;
  int64_t high = bitpix == 8 ? UINT8_MAX : bitpix == 16 ? INT16_MAX : bitpix == 32 ? INT32_MAX : INT64_MAX;
  if (bitpix < 0 || spec->blank < low || spec->blank > high) {
    rf_fail(err, RF_ERR_ARGUMENT,
            bitpix < 0 ? "BLANK is for integer images (FITS 5.3): NaN is what a real image has for it (%" PRId64
                         " given, BITPIX = %d)"
                       : "BLANK = %" PRId64 " is no stored value of an image of BITPIX = %d",
            spec->blank, bitpix);
    rf_error_keyword(err, "BLANK");
    return RF_ERR_ARGUMENT;
  }
  return RF_OK;
}

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
  RF_TRY(rf_header_append_integer(header, "BITPIX", rf_image_spec_bitpix(spec->type), "number of bits per data pixel",
                                  err));
  RF_TRY(append_axes(header, spec, err));
  if (primary)
    return rf_header_append_logical(header, "EXTEND", true, "FITS dataset may contain extensions", err);
  RF_TRY(rf_header_append_integer(header, "PCOUNT", 0, "required keyword; must = 0", err));
  return rf_header_append_integer(header, "GCOUNT", 1, "required keyword; must = 1", err);
}

/* The conventions for types that BITPIX does not have (FITS 5.2.5). */
rf_status rf_image_spec_twin(rf_header *header, rf_dtype type, rf_error *err) {
  if (type == RF_I8)
    RF_TRY(rf_header_append_integer(header, "BZERO", -128, "offset data range to that of signed byte", err));
  else if (type == RF_U16)
    RF_TRY(rf_header_append_integer(header, "BZERO", 32768, "offset data range to that of unsigned short", err));
  else if (type == RF_U32)
    RF_TRY(rf_header_append_integer(header, "BZERO", 2147483648, "offset data range to that of unsigned long", err));
  else if (type == RF_U64)
    RF_TRY(rf_header_append_token(header, "BZERO", "9223372036854775808",
                                  "offset data range to that of unsigned long long", err));
  else
    return RF_OK;
  return rf_header_append_integer(header, "BSCALE", 1, "default scaling factor", err);
}

rf_status rf_image_spec_names(rf_header *header, const rf_image_spec *spec, rf_error *err) {
  if (spec->has_blank)
    RF_TRY(rf_header_append_integer(header, "BLANK", spec->blank, "stored value of undefined pixels", err));
  if (spec->extname != NULL) {
    rf_value name = {RF_VALUE_STRING, 0, 0.0, 0.0, spec->extname, strlen(spec->extname)};
    RF_TRY(rf_header_set(header, "EXTNAME", &name, "name of this HDU", err));
  }
  if (spec->extver >= 0)
    RF_TRY(rf_header_append_integer(header, "EXTVER", spec->extver, "version of this HDU", err));
  return RF_OK;
}

/* Does a card of the caller's header have no place in the new HDU? */
static bool left_out(const rf_image_spec *spec, const char *keyword) {
  if (rf_keyword_is_protected(keyword) || rf_same_name(keyword, "BSCALE") || rf_same_name(keyword, "BZERO"))
    return true;
  if (rf_same_name(keyword, "BLANK"))
    return spec->has_blank || rf_image_spec_bitpix(spec->type) < 0;
  return (spec->extname != NULL && rf_same_name(keyword, "EXTNAME")) ||
         (spec->extver >= 0 && rf_same_name(keyword, "EXTVER"));
}

rf_status rf_image_spec_cards(rf_header *header, const rf_image_spec *spec, rf_error *err) {
  const rf_header *from = spec->header;
  size_t count = from != NULL ? rf_header_get_count(from) : 0;
  for (size_t i = 0, span; i < count; i += span) {
    char keyword[RF_CARD_BYTES];
    RF_TRY(rf_header_get_keyword(from, i, keyword, &span, err));
    if (left_out(spec, keyword))
      continue;
    for (size_t k = i; k < i + span && k < count; k++)
      RF_TRY(rf_header_append_card(header, rf_header_get_cards(from) + k * RF_CARD_BYTES, err));
  }
  return RF_OK;
}

static rf_status build_header(rf_header *header, const rf_image_spec *spec, bool primary, rf_error *err) {
  RF_TRY(append_structure(header, spec, primary, err));
  RF_TRY(rf_image_spec_twin(header, spec->type, err));
  RF_TRY(rf_image_spec_names(header, spec, err));
  return rf_image_spec_cards(header, spec, err);
}

/* Callers that were built before there was publishing have a shorter struct. */
bool rf_image_spec_deferred(const rf_image_spec *spec) {
  return spec->size > offsetof(rf_image_spec, deferred) && spec->deferred != 0;
}

uint32_t rf_image_spec_reserve(const rf_image_spec *spec) {
  return spec->size > offsetof(rf_image_spec, reserve_cards) ? spec->reserve_cards : 0;
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
    status = rf_file_append_begin_locked(file, header, rf_header_get_file_bytes(header, rf_image_spec_reserve(spec)),
                                         index, err);
  if (status == RF_OK && rf_image_spec_deferred(spec))
    status = rf_file_append_reserve_locked(file, err);
  rf_header_free(header);
  return status;
}

static rf_status create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err) {
  RF_TRY(rf_file_begin_append(file, err));
  rf_status status = create_locked(file, spec, index, err);
  return rf_file_end_append(file, status, !rf_image_spec_deferred(spec), err);
}

rf_status rf_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err) {
  rf_error_clear(err);
  /* Callers that were built before there was compression have a shorter struct. */
  bool compressed = spec->size > offsetof(rf_image_spec, compression) && spec->compression != NULL;
  rf_status status = rf_image_spec_check(spec, err);
  if (status == RF_OK)
    status = compressed ? rf_tiled_image_create(file, spec, index, err) : create(file, spec, index, err);
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), -1);
}
