/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "value/convert.h"

/* Elements that go through the stack at a time: small enough for the first-level cache. */
#define BLOCK 512

/* A block of values of any type, in machine order. */
typedef union block {
  uint8_t u8[BLOCK];
  int8_t i8[BLOCK];
  int16_t i16[BLOCK];
  uint16_t u16[BLOCK];
  int32_t i32[BLOCK];
  uint32_t u32[BLOCK];
  int64_t i64[BLOCK];
  uint64_t u64[BLOCK];
  float f32[BLOCK];
  double f64[BLOCK];
} block;

static bool is_real(rf_dtype type) {
  return type == RF_F32 || type == RF_F64;
}

rf_dtype rf_convert_stored_type(int bitpix) {
  switch (bitpix) {
  case 8:
    return RF_U8;
  case 16:
    return RF_I16;
  case 32:
    return RF_I32;
  case 64:
    return RF_I64;
  case -32:
    return RF_F32;
  default:
    return RF_F64;
  }
}

/* Returns the offset type that BZERO names (FITS 5.2.5, table 11), or the stored type. */
static rf_dtype natural_type(const rf_scaling *scaling) {
  if (scaling->bscale == 1.0) {
    if (scaling->bitpix == 8 && scaling->bzero == -128.0)
      return RF_I8;
    if (scaling->bitpix == 16 && scaling->bzero == 32768.0)
      return RF_U16;
    if (scaling->bitpix == 32 && scaling->bzero == 2147483648.0)
      return RF_U32;
    if (scaling->bitpix == 64 && scaling->bzero_is_2_63)
      return RF_U64;
  }
  return rf_convert_stored_type(scaling->bitpix);
}

static bool is_scaled(const rf_scaling *scaling) {
  if (scaling->is_unreadable)
    return true;
  bool unity = scaling->bscale == 1.0 && scaling->bzero == 0.0;
  return !unity && natural_type(scaling) == rf_convert_stored_type(scaling->bitpix);
}

rf_dtype rf_convert_value_type(const rf_scaling *scaling) {
  return is_scaled(scaling) ? RF_F64 : natural_type(scaling);
}

rf_status rf_convert_init(rf_convert *convert, const rf_scaling *scaling, rf_dtype type, bool raw, rf_error *err) {
  convert->stored = rf_convert_stored_type(scaling->bitpix);
  convert->natural = raw ? convert->stored : natural_type(scaling);
  convert->type = type;
  convert->stored_bytes = (unsigned)rf_pixel_bytes(convert->stored);
  convert->type_bytes = (unsigned)rf_pixel_bytes(type);
  convert->scaled = !raw && is_scaled(scaling);
  convert->bscale = scaling->bscale;
  convert->bzero = scaling->bzero;
  convert->has_blank = scaling->has_blank && scaling->bitpix > 0;
  convert->blank = scaling->blank;
  if (type == convert->natural && !convert->scaled)
    convert->mode = type == convert->stored ? RF_CONVERT_SWAP : RF_CONVERT_FLIP;
  else if (!raw && is_real(type))
    convert->mode = RF_CONVERT_NUMBER;
  else
    return rf_fail(err, RF_ERR_TYPE, "cannot convert %s %s values to %s", raw ? "stored" : "scaled",
                   rf_dtype_name(raw               ? convert->stored
                                 : convert->scaled ? RF_F64
                                                   : convert->natural),
                   rf_dtype_name(type));
  return RF_OK;
}

/* ---- reading ---- */

#define WIDEN(member)                                                                                                  \
  for (size_t i = 0; i < count; i++)                                                                                   \
  out[i] = (double)in->member[i]

static void widen(rf_dtype type, const block *in, double *out, size_t count) {
  switch (type) {
  case RF_U8:
    WIDEN(u8);
    break;
  case RF_I8:
    WIDEN(i8);
    break;
  case RF_I16:
    WIDEN(i16);
    break;
  case RF_U16:
    WIDEN(u16);
    break;
  case RF_I32:
    WIDEN(i32);
    break;
  case RF_U32:
    WIDEN(u32);
    break;
  case RF_I64:
    WIDEN(i64);
    break;
  case RF_U64:
    WIDEN(u64);
    break;
  case RF_F32:
    WIDEN(f32);
    break;
  case RF_F64:
    WIDEN(f64);
    break;
  default: /* pixels have no other type */
    break;
  }
}

/* From file order to machine order, with the top bit of an offset type inverted. */
static void order_in(const rf_convert *convert, void *dst, const void *src, size_t count) {
  if (convert->natural != convert->stored)
    rf_swap_flip_copy(dst, src, count, convert->stored_bytes);
  else
    rf_swap_copy(dst, src, count, convert->stored_bytes);
}

/* The way back. */
static void order_out(const rf_convert *convert, void *dst, const void *src, size_t count) {
  if (convert->natural != convert->stored)
    rf_flip_swap_copy(dst, src, count, convert->stored_bytes);
  else
    rf_swap_copy(dst, src, count, convert->stored_bytes);
}

/* A block of natural values in machine order becomes the caller's reals. */
static void finish_numbers(const rf_convert *convert, uint8_t *dst, block *natural, size_t count) {
  double values[BLOCK];
  widen(convert->natural, natural, values, count);
  if (convert->scaled)
    for (size_t i = 0; i < count; i++)
      values[i] = values[i] * convert->bscale + convert->bzero;
  if (convert->type == RF_F32) {
    for (size_t i = 0; i < count; i++)
      natural->f32[i] = (float)values[i];
    memcpy(dst, natural->f32, count * sizeof natural->f32[0]);
  } else {
    memcpy(dst, values, count * sizeof *values);
  }
}

static void read_numbers(const rf_convert *convert, uint8_t *dst, const uint8_t *src, size_t count) {
  block natural;
  while (count > 0) {
    size_t n = count < BLOCK ? count : BLOCK;
    order_in(convert, &natural, src, n);
    finish_numbers(convert, dst, &natural, n);
    src += n * convert->stored_bytes;
    dst += n * convert->type_bytes;
    count -= n;
  }
}

void rf_convert_read(const rf_convert *convert, void *dst, const void *src, size_t count) {
  switch (convert->mode) {
  case RF_CONVERT_SWAP:
    rf_swap_copy(dst, src, count, convert->stored_bytes);
    break;
  case RF_CONVERT_FLIP:
    rf_swap_flip_copy(dst, src, count, convert->stored_bytes);
    break;
  case RF_CONVERT_NUMBER:
    read_numbers(convert, dst, src, count);
    break;
  }
}

#define FLIP(ctype)                                                                                                    \
  for (size_t i = 0; i < count; i++) {                                                                                 \
    ctype value;                                                                                                       \
    memcpy(&value, src + i * sizeof value, sizeof value);                                                              \
    value ^= (ctype)1 << (8 * sizeof value - 1);                                                                       \
    memcpy(dst + i * sizeof value, &value, sizeof value);                                                              \
  }

/* Turns the top bit of each value over. */
static void flip_values(uint8_t *dst, const uint8_t *src, size_t count, unsigned width) {
  if (width == 1)
    FLIP(uint8_t)
  else if (width == 2)
    FLIP(uint16_t)
  else if (width == 4)
    FLIP(uint32_t)
  else
    FLIP(uint64_t)
}

void rf_convert_values(const rf_convert *convert, void *dst, const void *src, size_t count) {
  uint8_t *to = dst;
  const uint8_t *from = src;
  block natural;
  if (convert->mode == RF_CONVERT_FLIP) {
    flip_values(to, from, count, convert->stored_bytes);
    return;
  }
  if (convert->mode == RF_CONVERT_SWAP) {
    if (to != from)
      memcpy(to, from, count * convert->stored_bytes);
    return;
  }
  while (count > 0) {
    size_t n = count < BLOCK ? count : BLOCK;
    if (convert->natural != convert->stored)
      flip_values((uint8_t *)&natural, from, n, convert->stored_bytes);
    else
      memcpy(&natural, from, n * convert->stored_bytes);
    finish_numbers(convert, to, &natural, n);
    from += n * convert->stored_bytes;
    to += n * convert->type_bytes;
    count -= n;
  }
}

/* ---- blanks ---- */

static bool blank_fits(const rf_convert *convert) {
  switch (convert->stored) {
  case RF_U8:
    return convert->blank >= 0 && convert->blank <= UINT8_MAX;
  case RF_I16:
    return convert->blank >= INT16_MIN && convert->blank <= INT16_MAX;
  case RF_I32:
    return convert->blank >= INT32_MIN && convert->blank <= INT32_MAX;
  default:
    return true;
  }
}

/* The bytes of BLANK (or of a quiet NaN) as they stand in the file. */
static void blank_bytes(const rf_convert *convert, uint8_t bytes[8]) {
  uint64_t bits = (uint64_t)convert->blank;
  if (convert->stored == RF_F32)
    bits = 0x7FC00000u;
  else if (convert->stored == RF_F64)
    bits = UINT64_C(0x7FF8000000000000);
  uint8_t all[8];
  rf_put_be64(all, bits);
  memcpy(bytes, all + 8 - convert->stored_bytes, convert->stored_bytes);
}

/* Equality of bytes needs no byte order. */
#define MASK_EQUAL(ctype)                                                                                              \
  do {                                                                                                                 \
    ctype wanted, value;                                                                                               \
    memcpy(&wanted, pattern, sizeof wanted);                                                                           \
    for (size_t i = 0; i < count; i++) {                                                                               \
      memcpy(&value, bytes + i * sizeof value, sizeof value);                                                          \
      mask[i] = value == wanted;                                                                                       \
    }                                                                                                                  \
  } while (0)

void rf_convert_mask(const rf_convert *convert, uint8_t *mask, const void *src, size_t count) {
  const uint8_t *bytes = src;
  uint8_t pattern[8];
  if (convert->stored == RF_F32) {
    for (size_t i = 0; i < count; i++)
      mask[i] = (rf_get_be32(bytes + 4 * i) & 0x7FFFFFFFu) > 0x7F800000u;
    return;
  }
  if (convert->stored == RF_F64) {
    for (size_t i = 0; i < count; i++)
      mask[i] = (rf_get_be64(bytes + 8 * i) & INT64_MAX) > UINT64_C(0x7FF0000000000000);
    return;
  }
  if (!convert->has_blank || !blank_fits(convert)) {
    memset(mask, 0, count);
    return;
  }
  blank_bytes(convert, pattern);
  switch (convert->stored_bytes) {
  case 1:
    MASK_EQUAL(uint8_t);
    break;
  case 2:
    MASK_EQUAL(uint16_t);
    break;
  case 4:
    MASK_EQUAL(uint32_t);
    break;
  default:
    MASK_EQUAL(uint64_t);
    break;
  }
}

void rf_convert_values_mask(const rf_convert *convert, uint8_t *mask, const void *src, size_t count) {
  const uint8_t *bytes = src;
  uint8_t ordered[BLOCK * 8];
  while (count > 0) {
    size_t n = count < BLOCK ? count : BLOCK;
    rf_swap_copy(ordered, bytes, n, convert->stored_bytes);
    rf_convert_mask(convert, mask, ordered, n);
    bytes += n * convert->stored_bytes;
    mask += n;
    count -= n;
  }
}

/* ---- writing ---- */

/* To the nearest integer, ties to even, whatever the size: above 2^52 every double is one already. */
static double round_even(double x) {
  const double big = 4503599627370496.0;
  if (x >= 0)
    return x < big ? (x + big) - big : x;
  return x > -big ? (x - big) + big : x;
}

/* Range of an integer type as doubles: lowest <= x < beyond. */
static void integer_range(rf_dtype type, double *lowest, double *beyond) {
  static const double powers[] = {256.0, 65536.0, 4294967296.0, 18446744073709551616.0};
  size_t bytes = rf_pixel_bytes(type);
  double span = powers[bytes == 1 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3];
  bool is_unsigned = type == RF_U8 || type == RF_U16 || type == RF_U32 || type == RF_U64;
  *lowest = is_unsigned ? 0.0 : -span / 2;
  *beyond = is_unsigned ? span : span / 2;
}

/* Up to BLOCK of the caller's real values as doubles, scaling taken back and masked ones 0. */
static void load_numbers(const rf_convert *convert, double *values, const uint8_t *src, const uint8_t *mask,
                         size_t count) {
  if (convert->type == RF_F32) {
    float narrow[BLOCK];
    memcpy(narrow, src, count * sizeof *narrow);
    for (size_t i = 0; i < count; i++)
      values[i] = (double)narrow[i];
  } else {
    memcpy(values, src, count * sizeof *values);
  }
  if (convert->scaled)
    for (size_t i = 0; i < count; i++)
      values[i] = (values[i] - convert->bzero) / convert->bscale;
  if (mask != NULL)
    for (size_t i = 0; i < count; i++)
      if (mask[i])
        values[i] = 0.0;
}

static rf_status check_integers(const rf_convert *convert, const double *values, uint64_t first, size_t count,
                                rf_error *err) {
  double lowest, beyond;
  integer_range(convert->natural, &lowest, &beyond);
  for (size_t i = 0; i < count; i++) {
    double x = round_even(values[i]);
    if (x >= lowest && x < beyond)
      continue;
    if (isnan(x)) {
      if (convert->has_blank && blank_fits(convert))
        continue;
      return rf_fail(err, RF_ERR_RANGE,
                     "element %" PRIu64
                     " of the data is NaN, which an integer image without a usable BLANK cannot hold",
                     first + i);
    }
    return rf_fail(err, RF_ERR_RANGE, "element %" PRIu64 " of the data would be stored as %.17g, which is no %s",
                   first + i, x, rf_dtype_name(convert->natural));
  }
  return RF_OK;
}

static rf_status check_reals(const rf_convert *convert, const double *values, uint64_t first, size_t count,
                             rf_error *err) {
  if (convert->stored == RF_F64)
    return RF_OK;
  for (size_t i = 0; i < count; i++)
    if (isfinite(values[i]) && isinf((float)values[i]))
      return rf_fail(err, RF_ERR_RANGE, "element %" PRIu64 " of the data would be stored as %.17g, which is no float32",
                     first + i, values[i]);
  return RF_OK;
}

static rf_status check_mask(const rf_convert *convert, const uint8_t *mask, uint64_t count, rf_error *err) {
  if (mask == NULL || is_real(convert->stored) || (convert->has_blank && blank_fits(convert)))
    return RF_OK;
  for (uint64_t i = 0; i < count; i++) {
    if (!mask[i])
      continue;
    rf_fail(err, RF_ERR_ARGUMENT, "the data has masked elements, and the image has no BLANK %sto store them as",
            convert->has_blank ? "in the range of its BITPIX " : "");
    rf_error_keyword(err, "BLANK");
    return RF_ERR_ARGUMENT;
  }
  return RF_OK;
}

rf_status rf_convert_check(const rf_convert *convert, const void *src, const uint8_t *mask, uint64_t count,
                           rf_error *err) {
  const uint8_t *bytes = src;
  double values[BLOCK];
  RF_TRY(check_mask(convert, mask, count, err));
  if (convert->mode != RF_CONVERT_NUMBER)
    return RF_OK;
  if (convert->scaled && convert->bscale == 0.0)
    return rf_fail(err, RF_ERR_FORMAT, "BSCALE is 0: cannot convert values to stored ones");
  for (uint64_t done = 0; done < count;) {
    size_t n = count - done < BLOCK ? (size_t)(count - done) : BLOCK;
    load_numbers(convert, values, bytes, mask != NULL ? mask + done : NULL, n);
    if (is_real(convert->stored))
      RF_TRY(check_reals(convert, values, done, n, err));
    else
      RF_TRY(check_integers(convert, values, done, n, err));
    bytes += n * convert->type_bytes;
    done += n;
  }
  return RF_OK;
}

#define NARROW(member, ctype)                                                                                          \
  for (size_t i = 0; i < count; i++)                                                                                   \
  out->member[i] = isnan(values[i]) ? 0 : (ctype)round_even(values[i])

/* Doubles that are in range to natural values in machine order. NaN in integers is patched afterwards. */
static void narrow_numbers(rf_dtype type, const double *values, block *out, size_t count) {
  switch (type) {
  case RF_U8:
    NARROW(u8, uint8_t);
    break;
  case RF_I8:
    NARROW(i8, int8_t);
    break;
  case RF_I16:
    NARROW(i16, int16_t);
    break;
  case RF_U16:
    NARROW(u16, uint16_t);
    break;
  case RF_I32:
    NARROW(i32, int32_t);
    break;
  case RF_U32:
    NARROW(u32, uint32_t);
    break;
  case RF_I64:
    NARROW(i64, int64_t);
    break;
  case RF_U64:
    NARROW(u64, uint64_t);
    break;
  case RF_F32:
    for (size_t i = 0; i < count; i++)
      out->f32[i] = (float)values[i];
    break;
  case RF_F64:
    memcpy(out->f64, values, count * sizeof *values);
    break;
  default: /* pixels have no other type */
    break;
  }
}

static void write_numbers(const rf_convert *convert, uint8_t *dst, const uint8_t *src, const uint8_t *mask,
                          size_t count) {
  block natural;
  double values[BLOCK];
  uint8_t pattern[8];
  blank_bytes(convert, pattern);
  while (count > 0) {
    size_t n = count < BLOCK ? count : BLOCK;
    load_numbers(convert, values, src, mask, n);
    narrow_numbers(convert->natural, values, &natural, n);
    order_out(convert, dst, &natural, n);
    if (!is_real(convert->stored))
      for (size_t i = 0; i < n; i++)
        if (isnan(values[i]))
          memcpy(dst + i * convert->stored_bytes, pattern, convert->stored_bytes);
    src += n * convert->type_bytes;
    dst += n * convert->stored_bytes;
    mask = mask != NULL ? mask + n : NULL;
    count -= n;
  }
}

void rf_convert_write(const rf_convert *convert, void *dst, const void *src, const uint8_t *mask, size_t count) {
  uint8_t pattern[8];
  uint8_t *bytes = dst;
  if (convert->mode == RF_CONVERT_NUMBER)
    write_numbers(convert, dst, src, mask, count);
  else
    order_out(convert, dst, src, count);
  if (mask == NULL)
    return;
  blank_bytes(convert, pattern);
  for (size_t i = 0; i < count; i++)
    if (mask[i])
      memcpy(bytes + i * convert->stored_bytes, pattern, convert->stored_bytes);
}
