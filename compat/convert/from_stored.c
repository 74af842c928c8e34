/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values of a file to values of a program, block by block.
 */
#include <stdint.h>
#include <string.h>

#include "convert/convert.h"
#include "convert/loops.h"

/* What is the same for all blocks. */
typedef struct job {
  const cf_conversion *how;
  cf_type stored;
  cf_type source; /* `stored`, or the unsigned type of values with the usual offset */
  cf_type wanted;
  bool scaled;
  bool find_nulls;
  char *flags; /* of the block; NULL: not wanted */
  bool nulls;
  bool overflow;
} job;

int cf_image_type(int bitpix) {
  switch (bitpix) {
  case BYTE_IMG:
    return TBYTE;
  case SHORT_IMG:
    return TSHORT;
  case LONG_IMG:
    return TINT;
  case LONGLONG_IMG:
    return TLONGLONG;
  case FLOAT_IMG:
    return TFLOAT;
  default:
    return TDOUBLE;
  }
}

size_t cf_size_of(int datatype) {
  cf_type type = cf_type_of(datatype);
  if (type != CF_NO_TYPE)
    return cf_type_size(type);
  switch (datatype) {
  case TBIT:
  case TLOGICAL:
    return 1;
  case TSTRING:
    return sizeof(char *);
  case TCOMPLEX:
    return 2 * sizeof(float);
  case TDBLCOMPLEX:
    return 2 * sizeof(double);
  default:
    return 0;
  }
}

bool cf_offset_is_usual(cf_type stored, double scale, double zero) {
  if (scale != 1.0)
    return false;
  switch (stored) {
  case CF_U8:
    return zero == -128.0;
  case CF_I16:
    return zero == 32768.0;
  case CF_I32:
    return zero == 2147483648.0;
  case CF_I64:
    return zero == 9223372036854775808.0;
  default:
    return false;
  }
}

/* Marks the integers that equal `tnull`. Returns their number. */
#define FIND(NAME, T)                                                                                                  \
  static size_t find_##NAME(const void *values, size_t n, LONGLONG tnull, char *marks) {                               \
    const T *at = values;                                                                                              \
    const T null = (T)tnull;                                                                                           \
    size_t found = 0;                                                                                                  \
    if ((LONGLONG)null != tnull)                                                                                       \
      return 0;                                                                                                        \
    for (size_t i = 0; i < n; i++)                                                                                     \
      found += at[i] == null;                                                                                          \
    for (size_t i = 0; found > 0 && i < n; i++)                                                                        \
      marks[i] = (char)(at[i] == null);                                                                                \
    return found;                                                                                                      \
  }
FIND(u8, unsigned char)
FIND(i16, short)
FIND(i32, int)
FIND(i64, LONGLONG)

/* Marks infinities and NaN, and turns what has exponent 0 into 0. Returns the number of marks. */
#define FIND_FLOATS(NAME, U, EXPONENT)                                                                                 \
  static size_t find_##NAME(void *values, size_t n, char *marks) {                                                     \
    U *at = values;                                                                                                    \
    size_t found = 0;                                                                                                  \
    for (size_t i = 0; i < n; i++) {                                                                                   \
      U exponent = at[i] & EXPONENT;                                                                                   \
      found += exponent == EXPONENT;                                                                                   \
      at[i] = exponent == 0 ? 0 : at[i];                                                                               \
    }                                                                                                                  \
    for (size_t i = 0; found > 0 && i < n; i++)                                                                        \
      marks[i] = (char)((at[i] & EXPONENT) == EXPONENT);                                                               \
    return found;                                                                                                      \
  }
FIND_FLOATS(f32, uint32_t, 0x7F800000U)
FIND_FLOATS(f64, uint64_t, 0x7FF0000000000000U)

static size_t find_nulls(const job *task, void *values, size_t n, char *marks) {
  switch (task->stored) {
  case CF_U8:
    return find_u8(values, n, task->how->tnull, marks);
  case CF_I16:
    return find_i16(values, n, task->how->tnull, marks);
  case CF_I32:
    return find_i32(values, n, task->how->tnull, marks);
  case CF_I64:
    return find_i64(values, n, task->how->tnull, marks);
  case CF_F32:
    return find_f32(values, n, marks);
  default:
    return find_f64(values, n, marks);
  }
}

/* Copies a value that is not null over those that are, so that null values cannot overflow. */
static void cover_nulls(void *values, size_t n, size_t size, const char *marks) {
  unsigned char *at = values;
  const char *first = memchr(marks, 0, n);
  const unsigned char *good = at + (size_t)(first - marks) * size;
  for (size_t i = 0; i < n; i++)
    if (marks[i])
      memcpy(at + i * size, good, size);
}

/* Returns what a null value becomes that only its flag tells, or NULL: the memory stays. Programs see a usual value for
 * null floats, and the number of the file for integers of the same size except long. */
static const void *flagged_value(const job *task, const unsigned char *raw) {
  static const float float_null = FLOATNULLVALUE;
  static const double double_null = DOUBLENULLVALUE;
  const int datatype = task->how->wanted;
  if (task->stored == task->wanted && task->stored == CF_F32)
    return &float_null;
  if (task->stored == task->wanted && task->stored == CF_F64)
    return &double_null;
  const bool integers = cf_type_is_integer(task->stored) && cf_type_is_integer(task->wanted);
  const bool same = cf_type_size(task->stored) == cf_type_size(task->wanted);
  return integers && same && datatype != TLONG && datatype != TULONG ? raw : NULL;
}

/* Copies converted values to their place, and puts the null values between them. */
static void merge_nulls(const job *task, const unsigned char *converted, const unsigned char *raw, const char *marks,
                        unsigned char *values, size_t n) {
  const size_t size = cf_type_size(task->wanted);
  for (size_t i = 0; i < n; i++) {
    const void *value = converted + i * size;
    if (marks[i])
      value = task->how->nullcheck == 1 ? task->how->nulval : flagged_value(task, raw + i * size);
    if (value != NULL)
      memcpy(values + i * size, value, size);
  }
}

/* Converts n values in the machine's order at `native` to `values`, which may be the same memory if nothing changes. */
static void convert(job *task, void *native, unsigned char *values, size_t n) {
  cf_block doubles;
  if (task->source != task->stored)
    cf_block_flip(task->stored, native, n);
  if (task->scaled) {
    cf_block_scale(task->source, native, doubles.doubles, n, task->how->scale, task->how->zero);
    task->overflow |= cf_block_convert(CF_F64, doubles.doubles, task->wanted, values, n);
  } else if (native != values) {
    task->overflow |= cf_block_convert(task->source, native, task->wanted, values, n);
  }
}

/* Converts a block that has null values. */
static void convert_with_nulls(job *task, void *native, const char *marks, size_t found, unsigned char *values,
                               size_t n) {
  cf_block raw, converted;
  const size_t size = cf_type_size(task->stored);
  memcpy(raw.bytes, native, n * size);
  if (found < n) {
    cover_nulls(native, n, size, marks);
    convert(task, native, converted.bytes, n);
  }
  merge_nulls(task, converted.bytes, raw.bytes, marks, values, n);
  task->nulls = true;
}

static void convert_block(job *task, const unsigned char *stored, unsigned char *values, size_t n) {
  cf_block room;
  char marks[CF_BLOCK];
  size_t found = 0;
  void *native = !task->scaled && task->source == task->wanted ? (void *)values : room.bytes;
  cf_block_swap(native, stored, n, cf_type_size(task->stored));
  if (task->find_nulls)
    found = find_nulls(task, native, n, marks);
  if (found > 0)
    convert_with_nulls(task, native, marks, found, values, n);
  else
    convert(task, native, values, n);
  if (task->flags != NULL && found > 0)
    memcpy(task->flags, marks, n);
  else if (task->flags != NULL)
    memset(task->flags, 0, n);
}

int cf_from_stored(const cf_conversion *how, const void *stored, size_t n, void *values, char *flags, int *anynul,
                   int *status) {
  job task = {.how = how, .stored = cf_type_stored(how->stored), .wanted = cf_type_of(how->wanted)};
  if (task.stored == CF_NO_TYPE || task.wanted == CF_NO_TYPE)
    return cf_fail(status, BAD_DATATYPE, "cannot convert values of type %d to type %d", how->stored, how->wanted);
  const bool usual = cf_offset_is_usual(task.stored, how->scale, how->zero);
  task.source = usual ? cf_type_flipped(task.stored) : task.stored;
  task.scaled = !usual && (how->scale != 1.0 || how->zero != 0.0);
  if (task.wanted == CF_ULONG && !task.scaled && cf_type_is_integer(task.stored))
    task.wanted = CF_U64;
  task.find_nulls = how->nullcheck != 0 && (how->has_tnull || !cf_type_is_integer(task.stored));
  const unsigned char *from = stored;
  unsigned char *to = values;
  const size_t from_size = cf_type_size(task.stored), to_size = cf_type_size(task.wanted);
  for (size_t done = 0; done < n;) {
    const size_t part = n - done < CF_BLOCK ? n - done : CF_BLOCK;
    task.flags = how->nullcheck == 2 && flags != NULL ? flags + done : NULL;
    convert_block(&task, from + done * from_size, to + done * to_size, part);
    done += part;
  }
  if (task.nulls && anynul != NULL)
    *anynul = 1;
  if (task.overflow && *status <= 0)
    return cf_fail(status, NUM_OVERFLOW, "values of the file exceed the range of the type of the program");
  return *status;
}
