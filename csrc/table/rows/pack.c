/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How cells in memory become fields of a binary table: checks that name the cell that cannot be stored, and loops that
 * cannot fail.
 */
#include "table/rows/pack.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/bytes.h"

#if defined(__SSE2__) && defined(__GNUC__)
#define HAVE_SSE2 1
#include <emmintrin.h>
#endif

/* Cells that are short are collected here before a kernel for runs sees them. */
#define PACK_BYTES ((size_t)4096)
#define PART_ELEMENTS ((size_t)256)

/* ---- strings ---- */

static uint32_t text_at(const uint8_t *cell, size_t i) {
  uint32_t c;
  memcpy(&c, cell + 4 * i, sizeof c);
  return c;
}

/* Sixteen characters, or fewer, as bytes (what lies above 0xFF becomes any byte); gives a bit for each that is not NUL
 * and ORs all that are there to *any. */
#define TEXT_BLOCK ((size_t)16)

static inline unsigned narrow_block(uint8_t out[TEXT_BLOCK], const uint8_t *src, size_t n, uint32_t *any) {
  unsigned there = 0;
#if defined(HAVE_SSE2)
  __m128i v[4], acc;
  for (size_t k = 0; k < 4; k++) {
    uint32_t last[4] = {0};
    if (4 * k + 4 <= n) {
      v[k] = _mm_loadu_si128((const __m128i *)(const void *)(src + 16 * k));
      continue;
    }
    for (size_t i = 4 * k; i < n; i++)
      last[i - 4 * k] = text_at(src, i);
    v[k] = _mm_loadu_si128((const __m128i *)(const void *)last);
  }
  acc = _mm_or_si128(_mm_or_si128(v[0], v[1]), _mm_or_si128(v[2], v[3]));
  uint32_t parts[4];
  memcpy(parts, &acc, sizeof parts);
  *any |= parts[0] | parts[1] | parts[2] | parts[3];
  __m128i bytes = _mm_packus_epi16(_mm_packs_epi32(v[0], v[1]), _mm_packs_epi32(v[2], v[3]));
  _mm_storeu_si128((__m128i *)(void *)out, bytes);
  there = 0xFFFFu & ~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
#else
  for (size_t i = 0; i < n; i++) {
    uint32_t c = text_at(src, i);
    *any |= c;
    out[i] = (uint8_t)c;
    there |= (c != 0 ? 1u : 0u) << i;
  }
#endif
  return there;
}

/* Of a number that is all ones from the bottom up, at most 15 of them. */
static size_t ones(unsigned bits) {
  size_t n = 0;
  for (unsigned half = 8; half > 0; half /= 2)
    if (bits >> (n + half - 1) & 1)
      n += half;
  return n;
}

/* Nothing but ASCII, NULs only at the end, and not longer than the column. */
static bool is_plain_text(const uint8_t *cell, size_t width, uint64_t most) {
  uint8_t bytes[TEXT_BLOCK];
  uint32_t any = 0;
  bool ended = false;
  size_t length = 0;
  for (size_t i = 0; i < width; i += TEXT_BLOCK) {
    size_t n = width - i < TEXT_BLOCK ? width - i : TEXT_BLOCK;
    unsigned there = narrow_block(bytes, cell + 4 * i, n, &any);
    if ((there & (there + 1)) != 0 || (ended && there != 0))
      return false;
    length += there == 0xFFFFu ? TEXT_BLOCK : ones(there);
    ended = ended || there != 0xFFFFu;
  }
  return any <= 0x7F && length <= most;
}

/* Characters without the NULs that fill the cell up. */
static size_t string_length(const rf_row_step *step, const uint8_t *cell) {
  size_t n = step->width;
  if (step->type == RF_BYTES) {
    while (n > 0 && cell[n - 1] == 0)
      n--;
  } else {
    while (n > 0 && text_at(cell, n - 1) == 0)
      n--;
  }
  return n;
}

static rf_status check_string(const rf_row_step *step, const uint8_t *cell, rf_error *err) {
  uint64_t width = step->column->info.width;
  if (step->type == RF_TEXT && is_plain_text(cell, step->width, width))
    return RF_OK;
  size_t n = string_length(step, cell);
  if (n > width)
    return rf_fail(err, RF_ERR_RANGE, "a string of %zu characters does not fit the %" PRIu64 " of the column", n,
                   width);
  if (step->type == RF_BYTES && n > 0 && memchr(cell, 0, n) != NULL)
    return rf_fail(err, RF_ERR_RANGE, "the string has a NUL inside, and what stands behind it would be lost");
  for (size_t i = 0; step->type == RF_TEXT && i < n; i++) {
    uint32_t c = text_at(cell, i);
    if (c == 0 || c > 0x7F)
      return rf_fail(err, RF_ERR_RANGE, "character %zu of the string is U+%04" PRIX32 ", and a table holds ASCII only",
                     i, c);
  }
  return RF_OK;
}

static rf_status check_strings(const rf_row_step *step, const uint8_t *src, const uint8_t *mask, size_t count,
                               size_t *bad, rf_error *err) {
  size_t bytes = rf_dtype_bytes(step->type, step->width);
  for (size_t i = 0; i < count; i++, src += step->stride)
    for (size_t k = 0; k < step->count; k++)
      if (mask == NULL || !mask[i * step->mask_stride + k]) {
        *bad = i;
        RF_TRY(check_string(step, src + k * bytes, err));
      }
  return RF_OK;
}

static void put_string(const rf_row_step *step, uint8_t *dst, size_t to, const uint8_t *cell) {
  size_t n = step->width < to ? step->width : to;
  if (step->type == RF_BYTES) {
    memcpy(dst, cell, n);
  } else {
    uint8_t bytes[TEXT_BLOCK];
    uint32_t any = 0;
    for (size_t i = 0; i < n; i += TEXT_BLOCK) {
      size_t part = n - i < TEXT_BLOCK ? n - i : TEXT_BLOCK;
      (void)narrow_block(bytes, cell + 4 * i, part, &any);
      memcpy(dst + i, bytes, part);
    }
  }
  if (n < to)
    memset(dst + n, 0, to - n);
}

static void put_strings(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src,
                        const uint8_t *mask, size_t count) {
  size_t to = (size_t)step->column->info.width, bytes = rf_dtype_bytes(step->type, step->width);
  for (size_t i = 0; i < count; i++, src += step->stride, dst += dst_stride)
    for (size_t k = 0; k < step->count; k++)
      if (mask != NULL && mask[i * step->mask_stride + k])
        memset(dst + k * to, 0, to);
      else
        put_string(step, dst + k * to, to, src + k * bytes);
}

/* ---- bits and logicals ---- */

void rf_bits_pack(uint8_t *dst, const uint8_t *src, size_t bits) {
  memset(dst, 0, (bits + 7) / 8);
  for (size_t i = 0; i < bits; i++)
    if (src[i])
      dst[i / 8] |= (uint8_t)(0x80u >> i % 8);
}

static void put_logicals(uint8_t *dst, const uint8_t *src, const uint8_t *mask, size_t elements) {
  for (size_t i = 0; i < elements; i++)
    dst[i] = src[i] ? 'T' : 'F';
  /* FITS 7.3.3.1: 0 is neither. */
  for (size_t i = 0; mask != NULL && i < elements; i++)
    if (mask[i])
      dst[i] = 0;
}

/* ---- numbers ---- */

/* Complex numbers by their parts: TZEROn is real, and an undefined one has no part. */
static void put_complex(const rf_row_step *step, uint8_t *dst, const uint8_t *src, const uint8_t *mask,
                        size_t elements) {
  uint8_t parts[2 * PART_ELEMENTS * sizeof(double)], masks[2 * PART_ELEMENTS];
  const rf_column_info *info = &step->column->info;
  while (elements > 0) {
    size_t n = elements < PART_ELEMENTS ? elements : PART_ELEMENTS, in = 2 * n * step->convert.type_bytes;
    memcpy(parts, src, in);
    for (size_t i = 0; step->complex_scale && i < 2 * n; i++) {
      double value;
      memcpy(&value, parts + i * sizeof value, sizeof value);
      value = (value - (i % 2 == 0 ? info->tzero : 0.0)) / info->tscal;
      memcpy(parts + i * sizeof value, &value, sizeof value);
    }
    for (size_t i = 0; mask != NULL && i < 2 * n; i++)
      masks[i] = mask[i / 2];
    rf_convert_write(&step->convert, dst, parts, mask != NULL ? masks : NULL, 2 * n);
    src += in;
    dst += 2 * n * step->convert.stored_bytes;
    mask = mask != NULL ? mask + n : NULL;
    elements -= n;
  }
}

void rf_row_put_run(const rf_row_step *step, uint8_t *dst, const uint8_t *src, const uint8_t *mask, size_t elements) {
  if (step->logical)
    put_logicals(dst, src, mask, elements);
  else if (step->parts == 2 && (step->complex_scale || mask != NULL))
    put_complex(step, dst, src, mask, elements);
  else
    rf_convert_write(&step->convert, dst, src, mask, elements * step->parts);
}

#define EACH_ROW for (size_t i = 0; i < count; i++, src += step->stride, dst += dst_stride)

/* One number a row, byte order and top bit only. */
static void put_singles(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, size_t count) {
  bool flip = step->convert.mode == RF_CONVERT_FLIP;
  if (step->convert.stored_bytes == 1) {
    const uint8_t bit = flip ? 0x80 : 0;
    EACH_ROW *dst = *src ^ bit;
  } else if (step->convert.stored_bytes == 2) {
    const uint16_t bit = flip ? 0x8000 : 0;
    EACH_ROW {
      uint16_t value;
      memcpy(&value, src, sizeof value);
      rf_put_be16(dst, value ^ bit);
    }
  } else if (step->convert.stored_bytes == 4) {
    const uint32_t bit = flip ? 0x80000000u : 0;
    EACH_ROW {
      uint32_t value;
      memcpy(&value, src, sizeof value);
      rf_put_be32(dst, value ^ bit);
    }
  } else {
    const uint64_t bit = flip ? UINT64_C(1) << 63 : 0;
    EACH_ROW {
      uint64_t value;
      memcpy(&value, src, sizeof value);
      rf_put_be64(dst, value ^ bit);
    }
  }
}

static void put_numbers(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src,
                        const uint8_t *mask, size_t count) {
  uint8_t packed[PACK_BYTES], made[PACK_BYTES];
  size_t in = step->cell_bytes, out = step->count * step->stored_bytes;
  size_t most = in + out > 0 ? PACK_BYTES / (in > out ? in : out) : 0;
  if (most < 2) {
    EACH_ROW rf_row_put_run(step, dst, src, mask != NULL ? mask + i * step->mask_stride : NULL, step->count);
    return;
  }
  while (count > 0) {
    size_t n = count < most ? count : most;
    for (size_t i = 0; i < n; i++, src += step->stride)
      memcpy(packed + i * in, src, in);
    rf_row_put_run(step, made, packed, mask, n * step->count);
    for (size_t i = 0; i < n; i++, dst += dst_stride)
      memcpy(dst, made + i * out, out);
    if (mask != NULL)
      mask += n * step->mask_stride;
    count -= n;
  }
}

/* ---- checks of numbers ---- */

static bool any_set(const uint8_t *mask, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (mask[i])
      return true;
  return false;
}

/* Why one element cannot be stored. */
static rf_status refuse(const rf_row_step *step, const uint8_t *element, bool masked, rf_status status, rf_error *err) {
  const rf_column_info *info = &step->column->info;
  double value = 0.0;
  if (masked)
    return rf_fail(err, RF_ERR_ARGUMENT, "the value is masked, and the column has no TNULL to store for such");
  if (step->convert.type == RF_F32) {
    float single;
    memcpy(&single, element, sizeof single);
    value = (double)single;
  } else if (step->convert.type == RF_F64) {
    memcpy(&value, element, sizeof value);
  }
  if (info->scaled && !step->raw && info->tscal == 0.0)
    return rf_fail(err, RF_ERR_FORMAT, "TSCAL is 0, so no value can be turned back into a stored one");
  if (isnan(value))
    return rf_fail(err, RF_ERR_RANGE, "NaN cannot be stored in a column of integers that has no TNULL");
  return rf_fail(err, status, "the value %.17g is outside of what the column can store (TFORM '%s')", value,
                 info->form);
}

/* Elements one behind the other. */
static rf_status check_run(const rf_row_step *step, const uint8_t *src, const uint8_t *mask, size_t elements,
                           size_t *bad, rf_error *err) {
  size_t bytes = (size_t)step->convert.type_bytes * step->parts;
  if (step->logical || (mask == NULL && step->convert.mode != RF_CONVERT_NUMBER))
    return RF_OK;
  if (step->parts == 2) {
    mask = NULL; /* NaN is always there */
    if (step->convert.mode != RF_CONVERT_NUMBER)
      return RF_OK;
  }
  if (rf_convert_check(&step->convert, src, mask, elements * step->parts, NULL) == RF_OK)
    return RF_OK;
  for (size_t i = 0; i < elements; i++) {
    const uint8_t *one = mask != NULL ? mask + i : NULL;
    rf_status status = rf_convert_check(&step->convert, src + i * bytes, one, step->parts, NULL);
    *bad = i;
    if (status != RF_OK)
      return refuse(step, src + i * bytes, one != NULL && *one, status, err);
  }
  return RF_OK;
}

static rf_status check_numbers(const rf_row_step *step, const uint8_t *src, const uint8_t *mask, size_t count,
                               size_t *bad, rf_error *err) {
  uint8_t packed[PACK_BYTES];
  size_t in = step->cell_bytes, most = in > 0 ? PACK_BYTES / in : 0, element = 0;
  if (mask == NULL && step->convert.mode != RF_CONVERT_NUMBER)
    return RF_OK;
  for (size_t done = 0, n; done < count && in > 0; done += n) {
    const uint8_t *cells = src + (ptrdiff_t)done * step->stride;
    n = most < 2 ? 1 : count - done < most ? count - done : most;
    if (n > 1) {
      for (size_t i = 0; i < n; i++)
        memcpy(packed + i * in, cells + (ptrdiff_t)i * step->stride, in);
      cells = packed;
    }
    rf_status status =
        check_run(step, cells, mask != NULL ? mask + done * step->mask_stride : NULL, n * step->count, &element, err);
    if (status != RF_OK) {
      *bad = done + element / step->count;
      return status;
    }
  }
  return RF_OK;
}

/* ---- all kinds ---- */

rf_status rf_row_put_check(const rf_row_step *step, const uint8_t *src, const uint8_t *mask, size_t count, size_t *bad,
                           rf_error *err) {
  if (step->type == RF_BYTES || step->type == RF_TEXT)
    return check_strings(step, src, mask, count, bad, err);
  if (step->type != RF_BIT)
    return check_numbers(step, src, mask, count, bad, err);
  for (size_t i = 0; mask != NULL && i < count; i++)
    if (any_set(mask + i * step->mask_stride, step->mask_stride)) {
      *bad = i;
      return rf_fail(err, RF_ERR_ARGUMENT, "a bit is masked, and bits are always defined");
    }
  return RF_OK;
}

void rf_row_put(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, const uint8_t *src, const uint8_t *mask,
                size_t count) {
  if (step->count == 0)
    return;
  if (step->type == RF_BYTES || step->type == RF_TEXT)
    put_strings(step, dst, dst_stride, src, mask, count);
  else if (step->type == RF_BIT)
    EACH_ROW rf_bits_pack(dst, src, step->count);
  else if (step->count == 1 && step->parts == 1 && mask == NULL && !step->logical &&
           step->convert.mode != RF_CONVERT_NUMBER)
    put_singles(step, dst, dst_stride, src, count);
  else
    put_numbers(step, dst, dst_stride, src, mask, count);
}

rf_status rf_row_write_step_binary(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, size_t count,
                                   const uint8_t *src, const uint8_t *mask, size_t *bad, rf_error *err) {
  if (dst == NULL)
    return rf_row_put_check(step, src, mask, count, bad, err);
  rf_row_put(step, dst, dst_stride, src, mask, count);
  return RF_OK;
}
