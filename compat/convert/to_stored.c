/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values of a program to values of a file, block by block.
 */
#include <string.h>

#include "convert/convert.h"
#include "convert/loops.h"

/* What is the same for all blocks. */
typedef struct job {
  const cf_conversion *how;
  cf_type stored;
  cf_type target; /* `stored`, or the unsigned type of values with the usual offset */
  cf_type wanted;
  bool scaled;
  bool nulls; /* null values of an integer type have no number in the file */
  bool overflow;
} job;

/* Marks the values that equal *nulval. Returns their number. */
#define FIND(NAME, T)                                                                                                  \
  static size_t find_##NAME(const void *values, size_t n, const void *nulval, char *marks) {                           \
    const T *at = values;                                                                                              \
    T null;                                                                                                            \
    size_t found = 0;                                                                                                  \
    memcpy(&null, nulval, sizeof null);                                                                                \
    for (size_t i = 0; i < n; i++)                                                                                     \
      found += at[i] == null;                                                                                          \
    for (size_t i = 0; found > 0 && i < n; i++)                                                                        \
      marks[i] = (char)(at[i] == null);                                                                                \
    return found;                                                                                                      \
  }
FIND(1, unsigned char)
FIND(2, unsigned short)
FIND(4, unsigned int)
FIND(8, ULONGLONG)
FIND(f32, float)
FIND(f64, double)

static size_t find_nulls(const job *task, const void *values, size_t n, char *marks) {
  if (task->wanted == CF_F32)
    return find_f32(values, n, task->how->nulval, marks);
  if (task->wanted == CF_F64)
    return find_f64(values, n, task->how->nulval, marks);
  switch (cf_type_size(task->wanted)) {
  case 1:
    return find_1(values, n, task->how->nulval, marks);
  case 2:
    return find_2(values, n, task->how->nulval, marks);
  case 4:
    return find_4(values, n, task->how->nulval, marks);
  default:
    return find_8(values, n, task->how->nulval, marks);
  }
}

size_t cf_find_null(const cf_conversion *how, const void *values, size_t n) {
  const job task = {.how = how, .wanted = cf_type_of(how->wanted)};
  const unsigned char *from = values;
  char marks[CF_BLOCK];
  for (size_t done = 0; task.wanted != CF_NO_TYPE && done < n; done += CF_BLOCK) {
    const size_t part = n - done < CF_BLOCK ? n - done : CF_BLOCK;
    if (find_nulls(&task, from + done * cf_type_size(task.wanted), part, marks) > 0)
      return done + (size_t)((const char *)memchr(marks, 1, part) - marks);
  }
  return n;
}

/* Copies the values, and one that is not null over those that are. */
static void cover_nulls(const job *task, const unsigned char *values, size_t n, const char *marks, void *covered) {
  const size_t size = cf_type_size(task->wanted);
  unsigned char *at = covered;
  const char *first = memchr(marks, 0, n);
  const unsigned char *good = values + (size_t)(first - marks) * size;
  for (size_t i = 0; i < n; i++)
    memcpy(at + i * size, marks[i] ? good : values + i * size, size);
}

/* Puts the number of null values, or NaN with all bits set, into a big-endian block. */
static void put_nulls(job *task, unsigned char *stored, size_t n, const char *marks) {
  const size_t size = cf_type_size(task->stored);
  unsigned char null[8];
  if (cf_type_is_integer(task->stored) && !task->how->has_tnull) {
    task->nulls = true;
    return;
  }
  memset(null, 0xFF, sizeof null);
  if (cf_type_is_integer(task->stored))
    for (size_t i = 0; i < size; i++)
      null[i] = (unsigned char)((ULONGLONG)task->how->tnull >> (8 * (size - 1 - i)));
  for (size_t i = 0; i < n; i++)
    if (marks[i])
      memcpy(stored + i * size, null, size);
}

/* Converts n values to big-endian ones. */
static void convert(job *task, const void *values, unsigned char *stored, size_t n) {
  cf_block doubles, room;
  const size_t size = cf_type_size(task->stored);
  const void *native = room.bytes;
  if (task->scaled) {
    cf_block_unscale(task->wanted, values, doubles.doubles, n, task->how->scale, task->how->zero);
    task->overflow |= cf_block_round(doubles.doubles, task->stored, room.bytes, n);
  } else if (task->target == task->wanted && task->target == task->stored) {
    native = values;
  } else {
    task->overflow |= cf_block_convert(task->wanted, values, task->target, room.bytes, n);
    if (task->target != task->stored)
      cf_block_flip(task->stored, room.bytes, n);
  }
  cf_block_swap(stored, native, n, size);
}

static void convert_block(job *task, const unsigned char *values, unsigned char *stored, size_t n) {
  char marks[CF_BLOCK];
  size_t found = task->how->nullcheck == 1 ? find_nulls(task, values, n, marks) : 0;
  if (found == 0) {
    convert(task, values, stored, n);
    return;
  }
  if (found < n) {
    cf_block covered;
    cover_nulls(task, values, n, marks, covered.bytes);
    convert(task, covered.bytes, stored, n);
  }
  put_nulls(task, stored, n, marks);
}

int cf_to_stored(const cf_conversion *how, const void *values, size_t n, void *stored, int *status) {
  job task = {.how = how, .stored = cf_type_stored(how->stored), .wanted = cf_type_of(how->wanted)};
  if (task.stored == CF_NO_TYPE || task.wanted == CF_NO_TYPE)
    return cf_fail(status, BAD_DATATYPE, "cannot convert values of type %d to type %d", how->wanted, how->stored);
  const bool integer = cf_type_is_integer(task.wanted);
  const bool usual = (integer || task.stored == CF_I64) && cf_offset_is_usual(task.stored, how->scale, how->zero);
  task.target = task.stored;
  if (usual)
    task.target = integer ? cf_type_flipped(task.stored) : CF_ULONG;
  task.scaled = !usual && (how->scale != 1.0 || how->zero != 0.0);
  const unsigned char *from = values;
  unsigned char *to = stored;
  const size_t from_size = cf_type_size(task.wanted), to_size = cf_type_size(task.stored);
  for (size_t done = 0; done < n;) {
    const size_t part = n - done < CF_BLOCK ? n - done : CF_BLOCK;
    convert_block(&task, from + done * from_size, to + done * to_size, part);
    done += part;
  }
  if (task.nulls && *status != NO_NULL)
    return cf_fail(status, NO_NULL, "the integers of the file have no number for null values");
  if (task.overflow && *status <= 0)
    return cf_fail(status, NUM_OVERFLOW, "values of the program exceed the range of the type of the file");
  return *status;
}
