/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/shmem/header.h"

#include <string.h>

#include "base/bytes.h"

#define MAGIC "RUSTFITS"
#define MAGIC_BYTES 8
#define VERSION 1
#define HEADER_BYTES 56

/* Offsets of the members. */
#define AT_VERSION 8
#define AT_OFFSET 12
#define AT_BYTES 16
#define AT_STATE 24
#define AT_PROCESS 32
#define AT_START 40
#define AT_GENERATION 48

bool rf_shmem_is_ours(rf_fd fd) {
  char magic[MAGIC_BYTES];
  size_t got = 0;
  return rf_fd_read(fd, 0, magic, sizeof magic, &got, NULL) == RF_OK && got == sizeof magic &&
         memcmp(magic, MAGIC, sizeof magic) == 0;
}

static rf_status decode(const uint8_t *raw, size_t n, rf_shmem_header *header, rf_error *err) {
  if (n < MAGIC_BYTES || memcmp(raw, MAGIC, MAGIC_BYTES) != 0)
    return rf_fail(err, RF_ERR_NOT_FITS, "is a segment of another program: it has no header of rustfits");
  if (n < HEADER_BYTES)
    return rf_fail(err, RF_ERR_TRUNCATED, "expected a header of %d bytes in the segment, found %zu", HEADER_BYTES, n);
  uint32_t version = rf_get_le32(raw + AT_VERSION), offset = rf_get_le32(raw + AT_OFFSET);
  if (version != VERSION)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "expected version %d in the header of the segment, found %lu", VERSION,
                   (unsigned long)version);
  uint32_t state = rf_get_le32(raw + AT_STATE);
  header->bytes = rf_get_le64(raw + AT_BYTES);
  header->writer.number = rf_get_le64(raw + AT_PROCESS);
  header->writer.start = rf_get_le64(raw + AT_START);
  header->generation = rf_get_le64(raw + AT_GENERATION);
  header->state = (rf_shmem_state)state;
  if (offset != RF_SHMEM_FILE_OFFSET)
    return rf_fail(err, RF_ERR_FORMAT, "expected the file at offset %d of the segment, found %lu", RF_SHMEM_FILE_OFFSET,
                   (unsigned long)offset);
  if (state < RF_SHMEM_BUILDING || state > RF_SHMEM_EDITING)
    return rf_fail(err, RF_ERR_FORMAT, "expected a state from 1 to 3 in the header of the segment, found %lu",
                   (unsigned long)state);
  return RF_OK;
}

rf_status rf_shmem_header_read(rf_fd fd, rf_shmem_header *header, rf_error *err) {
  uint8_t raw[HEADER_BYTES];
  size_t got = 0;
  uint64_t size;
  RF_TRY(rf_fd_read(fd, 0, raw, sizeof raw, &got, err));
  RF_TRY(decode(raw, got, header, err));
  RF_TRY(rf_fd_size(fd, &size, err));
  uint64_t room = size > RF_SHMEM_FILE_OFFSET ? size - RF_SHMEM_FILE_OFFSET : 0;
  if (header->bytes > room)
    return rf_fail(err, RF_ERR_TRUNCATED,
                   "expected a file of %llu bytes in the segment, found %llu: another program "
                   "has changed the segment",
                   (unsigned long long)header->bytes, (unsigned long long)room);
  return RF_OK;
}

rf_status rf_shmem_header_write(rf_fd fd, const rf_shmem_header *header, rf_error *err) {
  uint8_t raw[HEADER_BYTES] = MAGIC;
  rf_put_le32(raw + AT_VERSION, VERSION);
  rf_put_le32(raw + AT_OFFSET, RF_SHMEM_FILE_OFFSET);
  rf_put_le64(raw + AT_BYTES, header->bytes);
  rf_put_le32(raw + AT_STATE, (uint32_t)header->state);
  rf_put_le64(raw + AT_PROCESS, header->writer.number);
  rf_put_le64(raw + AT_START, header->writer.start);
  rf_put_le64(raw + AT_GENERATION, header->generation);
  return rf_fd_write(fd, 0, raw, sizeof raw, err);
}
