/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How fields of a binary table become cells in memory: one loop over the rows for each kind of field.
 */
#include "table/rows/step.h"

#include <inttypes.h>
#include <string.h>

#include "value/dtype.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "table/rows/strings.h"

/* Fields that are short are collected here before a kernel for runs sees them. */
#define PACK_BYTES ((size_t)4096)
/* From here on a field is a run of its own. */
#define RUN_BYTES ((size_t)64)

/* ---- one number a row ---- */

#define EACH_ROW for (size_t i = 0; i < count; i++, src += src_stride, dest += step->stride)

#define SINGLE(name, ctype, get, bit)                                                                                  \
  static rf_status name(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,               \
                        uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {                                    \
    (void)mask, (void)bad, (void)err;                                                                                  \
    EACH_ROW {                                                                                                         \
      ctype value = (ctype)(get(src) ^ (bit));                                                                         \
      memcpy(dest, &value, sizeof value);                                                                              \
    }                                                                                                                  \
    return RF_OK;                                                                                                      \
  }

static inline uint8_t get_byte(const uint8_t *p) {
  return *p;
}

SINGLE(byte_single, uint8_t, get_byte, 0)
SINGLE(swap2_single, uint16_t, rf_get_be16, 0)
SINGLE(swap4_single, uint32_t, rf_get_be32, 0)
SINGLE(swap8_single, uint64_t, rf_get_be64, 0)
SINGLE(byte_flip_single, uint8_t, get_byte, 0x80u)
SINGLE(flip2_single, uint16_t, rf_get_be16, 0x8000u)
SINGLE(flip4_single, uint32_t, rf_get_be32, 0x80000000u)
SINGLE(flip8_single, uint64_t, rf_get_be64, UINT64_C(0x8000000000000000))

/* 1 is what some writers have put for T. */
static inline uint8_t get_logical(const uint8_t *p) {
  return *p == 'T' || *p == 1;
}

SINGLE(logical_single, uint8_t, get_logical, 0)

/* ---- any number of elements ---- */

void rf_row_convert(const rf_row_step *step, uint8_t *dst, const uint8_t *src, size_t elements) {
  if (step->complex_scale) {
    /* Both parts are scaled, the real one is moved, too: TZEROn is a real number (FITS 7.3.2). */
    rf_convert_read(&step->convert, dst, src, 2 * elements);
    for (size_t i = 0; i < 2 * elements; i++) {
      double value;
      memcpy(&value, dst + i * sizeof value, sizeof value);
      value = value * step->column->info.tscal + (i % 2 == 0 ? step->column->info.tzero : 0.0);
      memcpy(dst + i * sizeof value, &value, sizeof value);
    }
  } else if (step->logical) {
    for (size_t i = 0; i < elements; i++)
      dst[i] = get_logical(src + i);
  } else {
    rf_convert_read(&step->convert, dst, src, elements * step->parts);
  }
}

static rf_status run_cells(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                           uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  (void)mask, (void)bad, (void)err;
  EACH_ROW rf_row_convert(step, dest, src, step->count);
  return RF_OK;
}

/* Copies fields one behind the other; the usual widths without a call each. */
static void pack(uint8_t *dst, const uint8_t *src, ptrdiff_t src_stride, size_t bytes, size_t count) {
  switch (bytes) {
#define PACK(n)                                                                                                        \
  case n:                                                                                                              \
    for (size_t i = 0; i < count; i++, src += src_stride, dst += n)                                                    \
      memcpy(dst, src, n);                                                                                             \
    break
    PACK(1);
    PACK(2);
    PACK(4);
    PACK(8);
    PACK(16);
#undef PACK
  default:
    for (size_t i = 0; i < count; i++, src += src_stride, dst += bytes)
      memcpy(dst, src, bytes);
    break;
  }
}

static void unpack(uint8_t *dst, ptrdiff_t stride, const uint8_t *src, size_t bytes, size_t count) {
  switch (bytes) {
#define UNPACK(n)                                                                                                      \
  case n:                                                                                                              \
    for (size_t i = 0; i < count; i++, src += n, dst += stride)                                                        \
      memcpy(dst, src, n);                                                                                             \
    break
    UNPACK(1);
    UNPACK(2);
    UNPACK(4);
    UNPACK(8);
    UNPACK(16);
#undef UNPACK
  default:
    for (size_t i = 0; i < count; i++, src += bytes, dst += stride)
      memcpy(dst, src, bytes);
    break;
  }
}

/* Short fields of several rows make a run together. A field has at most RUN_BYTES. */
static rf_status pack_cells(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                            uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  uint8_t packed[PACK_BYTES], made[8 * PACK_BYTES]; /* one byte becomes a double at most */
  size_t field = step->count * step->stored_bytes, most = PACK_BYTES / (field > 0 ? field : 1);
  (void)mask, (void)bad, (void)err;
  while (count > 0) {
    size_t n = count < most ? count : most;
    pack(packed, src, src_stride, field, n);
    if (step->stride == (ptrdiff_t)step->cell_bytes) {
      rf_row_convert(step, dest, packed, n * step->count);
    } else {
      rf_row_convert(step, made, packed, n * step->count);
      unpack(dest, step->stride, made, step->cell_bytes, n);
    }
    src += (ptrdiff_t)n * src_stride;
    dest += (ptrdiff_t)n * step->stride;
    count -= n;
  }
  return RF_OK;
}

static rf_status no_cells(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                          uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  (void)step, (void)src, (void)src_stride, (void)count, (void)dest, (void)mask, (void)bad, (void)err;
  return RF_OK;
}

/* The first bit of a field is the top one of its first byte (FITS 7.3.3.1). */
static rf_status run_bits(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                          uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  (void)mask, (void)bad, (void)err;
  EACH_ROW rf_bits_unpack(dest, src, step->count);
  return RF_OK;
}

void rf_bits_unpack(uint8_t *dst, const uint8_t *src, size_t bits) {
  for (size_t i = 0; i < bits; i++)
    dst[i] = (src[i / 8] >> (7 - i % 8)) & 1;
}

/* ---- undefined values ---- */

static void mask_elements(const rf_row_step *step, uint8_t *mask, const uint8_t *src, size_t elements) {
  if (step->logical) {
    for (size_t i = 0; i < elements; i++)
      mask[i] = src[i] == 0; /* FITS 7.3.3.1: neither T nor F */
  } else if (step->parts == 2) {
    uint8_t parts[256];
    for (size_t done = 0, n; done < elements; done += n) {
      n = elements - done < sizeof parts / 2 ? elements - done : sizeof parts / 2;
      rf_convert_mask(&step->convert, parts, src + done * step->stored_bytes, 2 * n);
      for (size_t i = 0; i < n; i++)
        mask[done + i] = parts[2 * i] | parts[2 * i + 1];
    }
  } else {
    rf_convert_mask(&step->convert, mask, src, elements);
  }
}

void rf_row_step_mask(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count, uint8_t *mask) {
  uint8_t packed[PACK_BYTES];
  size_t field = step->count * step->stored_bytes;
  if (!step->maskable || field == 0) {
    memset(mask, 0, count * step->mask_stride);
    return;
  }
  if (field > RUN_BYTES) {
    for (size_t i = 0; i < count; i++, src += src_stride, mask += step->mask_stride)
      mask_elements(step, mask, src, step->count);
    return;
  }
  while (count > 0) {
    size_t n = count < PACK_BYTES / field ? count : PACK_BYTES / field;
    pack(packed, src, src_stride, field, n);
    mask_elements(step, mask, packed, n * step->count);
    src += (ptrdiff_t)n * src_stride;
    mask += n * step->mask_stride;
    count -= n;
  }
}

/* ---- choosing ---- */

static bool is_real_number(rf_dtype type) {
  return type <= RF_F64;
}

static bool is_complex(rf_dtype type) {
  return type == RF_C64 || type == RF_C128;
}

static bool type_allowed(const rf_column_info *info, rf_dtype type, bool raw) {
  if (raw)
    return type == info->stored;
  if (type == info->type)
    return true;
  if (info->type == RF_BYTES)
    return type == RF_TEXT;
  return is_real_number(info->type) && (type == RF_F32 || type == RF_F64);
}

/* Sets how numbers of a column (or the parts of complex ones) become `type`, which has passed rf_row_type_check(). */
static void init_convert(rf_convert *convert, const rf_column *column, rf_dtype type, bool raw) {
  const rf_column_info *info = &column->info;
  bool complex = is_complex(info->stored);
  rf_dtype stored = info->stored == RF_C64 ? RF_F32 : info->stored == RF_C128 ? RF_F64 : info->stored;
  rf_dtype wanted = type == RF_C64 ? RF_F32 : type == RF_C128 ? RF_F64 : type;
  memset(convert, 0, sizeof *convert);
  if (!is_real_number(stored) || !is_real_number(wanted)) /* strings, logicals and bits go by bytes */
    stored = wanted = RF_U8;
  convert->stored = (rf_dtype)stored;
  convert->natural = column->flip && !raw ? (rf_dtype)info->type : convert->stored;
  convert->type = (rf_dtype)wanted;
  convert->stored_bytes = (unsigned)rf_pixel_bytes(convert->stored);
  convert->type_bytes = (unsigned)rf_pixel_bytes(convert->type);
  convert->scaled = info->scaled && !raw && !complex;
  convert->bscale = info->tscal;
  convert->bzero = info->tzero;
  convert->has_blank = info->has_null != 0;
  convert->blank = info->null;
  if (convert->type != convert->natural || convert->scaled)
    convert->mode = RF_CONVERT_NUMBER;
  else
    convert->mode = convert->natural == convert->stored ? RF_CONVERT_SWAP : RF_CONVERT_FLIP;
}

rf_status rf_row_type_check(const rf_column *column, rf_dtype type, uint32_t flags, rf_error *err) {
  bool raw = (flags & RF_CELL_RAW) != 0;
  if ((flags & ~(uint32_t)(RF_CELL_RAW | RF_CELL_BLANKS)) != 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "unknown flags 0x%" PRIX32, flags);
  if (!raw)
    RF_TRY(rf_column_check_scale(column, err));
  if (!type_allowed(&column->info, type, raw))
    return rf_fail(err, RF_ERR_TYPE, "cannot convert %s values of type %s to type %s", raw ? "stored" : "column",
                   rf_dtype_name(raw ? column->info.stored : column->info.type), rf_dtype_name(type));
  return RF_OK;
}

/* The loop for this kind of field. */
static rf_row_run choose_run(const rf_row_step *step) {
  static const rf_row_run swaps[] = {byte_single, swap2_single, swap4_single, swap8_single};
  static const rf_row_run flips[] = {byte_flip_single, flip2_single, flip4_single, flip8_single};
  if (step->count == 0)
    return no_cells;
  if (step->type == RF_BYTES || step->type == RF_TEXT)
    return rf_row_strings(step);
  if (step->type == RF_BIT)
    return run_bits;
  if (step->logical && step->count == 1)
    return logical_single;
  if (step->count == 1 && step->parts == 1 && !step->logical && step->convert.mode != RF_CONVERT_NUMBER) {
    unsigned bytes = step->convert.stored_bytes;
    int log2 = bytes == 8 ? 3 : bytes == 4 ? 2 : bytes == 2 ? 1 : 0;
    return step->convert.mode == RF_CONVERT_SWAP ? swaps[log2] : flips[log2];
  }
  return step->count > RUN_BYTES / step->stored_bytes ? run_cells : pack_cells;
}

void rf_row_step_elements(rf_row_step *step, const rf_column *column, rf_dtype type, bool raw) {
  const rf_column_info *info = &column->info;
  step->column = column;
  step->stored_bytes = column->stored_bytes;
  step->type = type;
  step->raw = raw;
  step->parts = is_complex(info->stored) ? 2 : 1;
  step->logical = type == RF_LOGICAL;
  step->complex_scale = step->parts == 2 && info->scaled && !raw;
  step->maskable = is_real_number(info->stored) || step->parts == 2;
  if (type == RF_BIT || (info->letter == 'X' && raw))
    step->maskable = false;
  step->mask_apart = true;
  init_convert(&step->convert, column, type, raw);
}

rf_status rf_row_step_binary(rf_row_step *step, const rf_column *column, const rf_column_request *request,
                             rf_error *err) {
  const rf_column_info *info = &column->info;
  bool raw = (request->flags & RF_CELL_RAW) != 0;
  uint64_t cell = 0, count = raw ? info->raw_count : info->count;
  size_t size = rf_dtype_bytes(request->type, request->width);
  if (info->descriptor != 0)
    return rf_fail(err, RF_ERR_TYPE, "the cells are in the heap: their descriptors have to be read first");
  RF_TRY(rf_row_type_check(column, request->type, request->flags, err));
  if (size == 0 && request->width > 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "strings of %zu characters are longer than memory", request->width);
  if (!rf_mul_u64(count, size, &cell) || !rf_to_size(cell, &step->cell_bytes) || !rf_to_size(count, &step->count))
    return rf_fail(err, RF_ERR_LIMIT, "a cell of %" PRIu64 " elements does not fit memory", count);
  step->offset = info->offset;
  step->bytes = info->bytes;
  step->width = request->width;
  step->blanks = (request->flags & RF_CELL_BLANKS) != 0;
  step->data = request->data;
  step->stride = request->stride;
  step->mask = request->mask;
  step->mask_stride = step->count;
  rf_row_step_elements(step, column, request->type, raw);
  step->run = choose_run(step);
  return RF_OK;
}
