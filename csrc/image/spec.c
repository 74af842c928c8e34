/* SPDX-License-Identifier: BSD-3-Clause */
#include "image/spec.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "header/build.h"
#include "value/convert.h"

/* The largest NAXIS (FITS 4.4.1). */
#define MAX_AXES 999

int rf_image_spec_bitpix(rf_dtype type) {
  int bits = 8 * (int)rf_pixel_bytes(type);
  return type == RF_F32 || type == RF_F64 ? -bits : bits;
}

/* BZERO of the types that BITPIX does not have (FITS 5.2.5), 0 for all others. */
static double offset_of(rf_dtype type) {
  static const double zeros[] = {
      [RF_I8] = -128.0, [RF_U16] = 32768.0, [RF_U32] = 2147483648.0, [RF_U64] = 9223372036854775808.0, [RF_F64] = 0.0};
  return zeros[type];
}

/* Returns the type with the BZERO of a scaled spec, by FITS 5.2.5, or `dtype` where BSCALE and BZERO say more. */
static rf_dtype offset_type(const rf_image_spec *spec) {
  static const rf_dtype types[] = {RF_I8, RF_U16, RF_U32, RF_U64};
  for (size_t i = 0; i < sizeof types / sizeof *types && spec->scaled && spec->bscale == 1.0; i++)
    if (rf_image_spec_bitpix(types[i]) == rf_image_spec_bitpix(spec->dtype) && offset_of(types[i]) == spec->bzero)
      return types[i];
  return spec->dtype;
}

static rf_status check_scale(const rf_image_spec *spec, rf_error *err) {
  if (!spec->scaled)
    return RF_OK;
  if (offset_of(spec->dtype) != 0.0)
    return rf_fail(err, RF_ERR_ARGUMENT, "%s is stored with a BZERO of its own, which no BSCALE or BZERO replaces",
                   rf_dtype_name(spec->dtype));
  if (!isfinite(spec->bscale) || spec->bscale == 0.0) {
    rf_error_keyword(err, "BSCALE");
    return rf_fail(err, RF_ERR_ARGUMENT, "BSCALE = %g, expected a finite number other than 0", spec->bscale);
  }
  if (!isfinite(spec->bzero)) {
    rf_error_keyword(err, "BZERO");
    return rf_fail(err, RF_ERR_ARGUMENT, "BZERO = %g, expected a finite number", spec->bzero);
  }
  return RF_OK;
}

rf_status rf_image_spec_check(const rf_image_spec *spec, rf_error *err) {
  uint64_t bytes = rf_pixel_bytes(spec->dtype);
  int bitpix = rf_image_spec_bitpix(spec->dtype);
  if (bytes == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "unknown pixel type %d", (int)spec->dtype);
  if (spec->naxis < 0 || spec->naxis > MAX_AXES || (spec->naxis > 0 && spec->axes == NULL))
    return rf_fail(err, RF_ERR_ARGUMENT, "naxis = %d, expected 0 to %d", spec->naxis, MAX_AXES);
  for (int i = 0; i < spec->naxis; i++)
    if (spec->axes[i] > INT64_MAX)
      return rf_fail(err, RF_ERR_ARGUMENT, "axis %d is too long for a header", i);
  /* Axes of length 0 are left out of the product: they may grow later. */
  for (int i = 0; i < spec->naxis; i++)
    if ((spec->axes[i] != 0 && !rf_mul_u64(bytes, spec->axes[i], &bytes)) || bytes > INT64_MAX)
      return rf_fail(err, RF_ERR_LIMIT, "the image has more bytes than a file can hold");
  RF_TRY(check_scale(spec, err));
  if (!spec->has_blank)
    return RF_OK;
  int64_t low = bitpix == 8 ? 0 : bitpix == 16 ? INT16_MIN : bitpix == 32 ? INT32_MIN : INT64_MIN;
  int64_t high = bitpix == 8 ? UINT8_MAX : bitpix == 16 ? INT16_MAX : bitpix == 32 ? INT32_MAX : INT64_MAX;
  if (bitpix < 0 || spec->blank < low || spec->blank > high) {
    rf_fail(err, RF_ERR_ARGUMENT,
            bitpix < 0 ? "BLANK is for integer images (FITS 5.3); real images use NaN (%" PRId64 " given, BITPIX = %d)"
                       : "BLANK = %" PRId64 " is not a stored value of BITPIX = %d",
            spec->blank, bitpix);
    rf_error_keyword(err, "BLANK");
    return RF_ERR_ARGUMENT;
  }
  return RF_OK;
}

rf_status rf_image_spec_get_image(const rf_image_spec *spec, rf_hdu *image, rf_error *err) {
  memset(image, 0, sizeof *image);
  image->bitpix = rf_image_spec_bitpix(spec->dtype);
  image->naxis = spec->naxis;
  image->bscale = spec->scaled ? spec->bscale : 1.0;
  image->bzero = spec->scaled ? spec->bzero : offset_of(spec->dtype);
  image->bzero_is_2_63 = offset_type(spec) == RF_U64;
  image->has_blank = spec->has_blank != 0;
  image->blank = spec->blank;
  image->axes = rf_alloc_zero(spec->naxis > 0 ? (size_t)spec->naxis : 1, sizeof *image->axes);
  if (image->axes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the lengths of %d axes", spec->naxis);
  for (int i = 0; i < spec->naxis; i++)
    image->axes[i] = spec->axes[spec->naxis - 1 - i];
  return RF_OK;
}

static rf_status add_offset(rf_header *header, rf_dtype type, rf_error *err) {
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

rf_status rf_image_spec_add_scale(rf_header *header, const rf_image_spec *spec, rf_error *err) {
  rf_dtype type = offset_type(spec);
  if (!spec->scaled || type != spec->dtype)
    return add_offset(header, type, err);
  RF_TRY(rf_header_append_real(header, "BSCALE", spec->bscale, "value = BZERO + BSCALE * stored value", err));
  return rf_header_append_real(header, "BZERO", spec->bzero, "value of a stored 0", err);
}

rf_status rf_image_spec_add_names(rf_header *header, const rf_image_spec *spec, rf_error *err) {
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

/* Returns whether the new HDU leaves out this card of the caller's header. */
static bool left_out(const rf_image_spec *spec, const char *keyword) {
  if (rf_keyword_is_protected(keyword) || rf_same_name(keyword, "BSCALE") || rf_same_name(keyword, "BZERO"))
    return true;
  if (rf_same_name(keyword, "BLANK"))
    return spec->has_blank || rf_image_spec_bitpix(spec->dtype) < 0;
  return (spec->extname != NULL && rf_same_name(keyword, "EXTNAME")) ||
         (spec->extver >= 0 && rf_same_name(keyword, "EXTVER"));
}

rf_status rf_image_spec_add_cards(rf_header *header, const rf_image_spec *spec, rf_error *err) {
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
