/* SPDX-License-Identifier: BSD-3-Clause */
#include "file/source.h"

#include <string.h>

/* Makes the memory of the program large enough for `size` bytes. */
static int grow(cf_memory *memory, size_t size, int *status) {
  if (size <= *memory->capacity)
    return *status;
  size_t step = memory->step > 0 ? memory->step : IOBUFLEN;
  size_t room = size + step - 1 < size ? size : (size + step - 1) / step * step;
  void *more = memory->resize != NULL ? memory->resize(*memory->bytes, room) : NULL;
  if (more == NULL)
    return cf_fail(status, WRITE_ERROR, "the memory of the file cannot grow from %zu to %zu bytes", *memory->capacity,
                   room);
  *memory->bytes = more;
  *memory->capacity = room;
  return *status;
}

/* Grows a file in memory to `size` bytes, with zeros. */
static int extend(cf_memory *memory, size_t size, int *status) {
  if (size <= memory->size || grow(memory, size, status) > 0)
    return *status;
  memset((char *)*memory->bytes + memory->size, 0, size - memory->size);
  memory->size = size;
  return *status;
}

int cf_source_read(cf_file *file, LONGLONG offset, size_t n, void *buffer, size_t *got, int *status) {
  rf_error err;
  if (file->bytes != NULL) {
    if (rf_bytes_read(file->bytes, (uint64_t)offset, buffer, n, got, &err) != RF_OK)
      return cf_fail_core(status, READ_ERROR, &err);
    return *status;
  }
  size_t size = file->memory.size, from = (uint64_t)offset < size ? (size_t)offset : size;
  *got = n < size - from ? n : size - from;
  if (*got > 0)
    memcpy(buffer, (const char *)*file->memory.bytes + from, *got);
  return *status;
}

int cf_source_write(cf_file *file, LONGLONG offset, size_t n, const void *buffer, int *status) {
  rf_error err;
  if (n == 0)
    return *status;
  if (file->bytes != NULL) {
    if (rf_bytes_write(file->bytes, (uint64_t)offset, buffer, n, &err) != RF_OK)
      return cf_fail_core(status, WRITE_ERROR, &err);
    return *status;
  }
  if (extend(&file->memory, (size_t)offset + n, status) <= 0)
    memcpy((char *)*file->memory.bytes + offset, buffer, n);
  return *status;
}

int cf_source_truncate(cf_file *file, LONGLONG size, int *status) {
  rf_error err;
  if (file->bytes != NULL) {
    if (rf_bytes_set_size(file->bytes, (uint64_t)size, &err) != RF_OK)
      return cf_fail_core(status, WRITE_ERROR, &err);
    return *status;
  }
  if ((size_t)size < file->memory.size)
    file->memory.size = (size_t)size;
  return extend(&file->memory, (size_t)size, status);
}

int cf_source_move(cf_file *file, LONGLONG from, LONGLONG to, LONGLONG n, int *status) {
  rf_error err;
  if (file->bytes != NULL) {
    if (rf_bytes_move(file->bytes, (uint64_t)from, (uint64_t)to, (uint64_t)n, &err) != RF_OK)
      return cf_fail_core(status, WRITE_ERROR, &err);
    return *status;
  }
  if ((uint64_t)(from + n) > file->memory.size)
    return cf_fail(status, END_OF_FILE, "the file ends before byte %lld", from + n);
  if (extend(&file->memory, (size_t)(to + n), status) <= 0)
    memmove((char *)*file->memory.bytes + to, (char *)*file->memory.bytes + from, (size_t)n);
  return *status;
}

int cf_source_size(cf_file *file, LONGLONG *size, int *status) {
  rf_error err;
  uint64_t bytes = file->memory.size;
  if (file->bytes != NULL && rf_bytes_get_size(file->bytes, &bytes, &err) != RF_OK)
    return cf_fail_core(status, READ_ERROR, &err);
  if (bytes > (uint64_t)LONGLONG_MAX / 2)
    return cf_fail(status, ARRAY_TOO_BIG, "a file of %llu bytes is too large", (unsigned long long)bytes);
  *size = (LONGLONG)bytes;
  return *status;
}

int cf_source_close(cf_file *file, int *status) {
  rf_error err;
  rf_bytes *bytes = file->bytes;
  file->bytes = NULL;
  if (rf_bytes_close(bytes, &err) != RF_OK)
    return cf_fail(status, FILE_NOT_CLOSED, "%s", err.message);
  return *status;
}
