/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>

#include "image/convert.h"

static rf_scaling scaling_of(const rf_hdu *hdu) {
  return (rf_scaling){
      .bitpix = hdu->bitpix,
      .bscale = hdu->bscale,
      .bzero = hdu->bzero,
      .bzero_is_2_63 = hdu->bzero_is_2_63,
      .is_unreadable = hdu->bad_keyword[0] == 'B' && hdu->bad_keyword[1] != 'L', /* BSCALE or BZERO, not BLANK */
      .has_blank = hdu->has_blank,
      .blank = hdu->blank,
  };
}

rf_dtype rf_image_value_type(const rf_hdu *hdu) {
  rf_scaling scaling = scaling_of(hdu);
  return rf_convert_value_type(&scaling);
}

rf_status rf_image_convert_init(rf_convert *convert, const rf_hdu *hdu, rf_dtype type, uint32_t flags, rf_error *err) {
  bool raw = (flags & RF_IMAGE_RAW) != 0;
  rf_scaling scaling = scaling_of(hdu);
  if ((flags & ~(uint32_t)RF_IMAGE_RAW) != 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "unknown flags 0x%" PRIX32, flags);
  if (!raw && hdu->bad_keyword[0] != '\0')
    return rf_hdu_refuse_scale(hdu, err);
  return rf_convert_init(convert, &scaling, type, raw, err);
}
