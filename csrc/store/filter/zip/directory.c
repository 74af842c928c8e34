/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finds and checks the central directory (4.3.6): it lies directly before the end record, or before the ZIP64 end
 * record. So bytes in front of the zip file are found, whatever the offsets in it count from.
 */
#include "store/filter/zip/directory.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"

#define END_SIGNATURE UINT32_C(0x06054b50)
#define END_BYTES 22
#define END64_SIGNATURE UINT32_C(0x06064b50)
#define END64_BYTES 56
#define LOCATOR_SIGNATURE UINT32_C(0x07064b50)
#define LOCATOR_BYTES 20
#define ENTRY_SIGNATURE UINT32_C(0x02014b50)
#define ENTRY_BYTES 46
#define LOCAL_SIGNATURE UINT32_C(0x04034b50)
#define LOCAL_BYTES 30

/* The end record is in these last bytes: a comment has at most 65,535. */
#define TAIL_BYTES ((size_t)LOCATOR_BYTES + END_BYTES + UINT16_MAX)

#define ZIP64_EXTRA 1
#define NONE UINT64_MAX

/* What the end records say. */
typedef struct zip_end {
  uint64_t position; /* of the first end record */
  uint64_t count;
  uint64_t length; /* of the directory */
  uint64_t offset; /* of the directory, from the beginning of the zip file */
} zip_end;

static rf_status corrupt(rf_error *err, uint64_t offset, const char *what) {
  rf_status status = rf_fail(err, RF_ERR_CODEC, "corrupt zip file: %s at byte %llu", what, (unsigned long long)offset);
  rf_error_at(err, (int64_t)offset);
  return status;
}

/* ---- the end ---- */

/* The last bytes of a store. */
typedef struct zip_tail {
  uint8_t *bytes;
  size_t length;
  uint64_t offset;
} zip_tail;

static rf_status read_tail(rf_store *store, zip_tail *tail, rf_error *err) {
  uint64_t size;
  RF_TRY(rf_store_size(store, &size, err));
  tail->length = size < TAIL_BYTES ? (size_t)size : TAIL_BYTES;
  tail->offset = size - tail->length;
  tail->bytes = rf_alloc(tail->length + 1);
  if (tail->bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the end of a zip file");
  return rf_store_read(store, tail->offset, tail->bytes, tail->length, err);
}

/* Finds the end record whose comment ends where the file ends. Returns its place in the tail, or NONE. */
static uint64_t find_end(const zip_tail *tail) {
  for (size_t i = END_BYTES; i <= tail->length; i++) {
    const uint8_t *record = tail->bytes + tail->length - i;
    if (rf_get_le32(record) == END_SIGNATURE && rf_get_le16(record + 20) == i - END_BYTES)
      return tail->length - i;
  }
  return NONE;
}

/* Finds the ZIP64 end record (4.3.14) of a locator at `locator`. Its offset does not count bytes in front. */
static rf_status find_end64(rf_store *store, const uint8_t *bytes, uint64_t locator, uint8_t record[END64_BYTES],
                            uint64_t *position, rf_error *err) {
  uint64_t places[] = {rf_get_le64(bytes + 8), locator - END64_BYTES};
  if (locator < END64_BYTES || rf_get_le32(bytes + 16) > 1)
    return corrupt(err, locator, "a wrong ZIP64 locator");
  for (size_t i = 0; i < 2; i++) {
    if (places[i] > locator - END64_BYTES)
      continue;
    RF_TRY(rf_store_read(store, places[i], record, END64_BYTES, err));
    uint64_t length = rf_get_le64(record + 4); /* behind this number */
    if (rf_get_le32(record) == END64_SIGNATURE && length == locator - places[i] - 12) {
      *position = places[i];
      return RF_OK;
    }
  }
  return corrupt(err, locator, "no ZIP64 end record where the locator says");
}

static rf_status take_end64(rf_store *store, const uint8_t *locator_bytes, uint64_t locator, zip_end *end,
                            rf_error *err) {
  uint8_t record[END64_BYTES];
  RF_TRY(find_end64(store, locator_bytes, locator, record, &end->position, err));
  uint64_t count = rf_get_le64(record + 32), length = rf_get_le64(record + 40), offset = rf_get_le64(record + 48);
  bool agrees = (end->count == UINT16_MAX || end->count == count) &&
                (end->length == UINT32_MAX || end->length == length) &&
                (end->offset == UINT32_MAX || end->offset == offset);
  if (!agrees || rf_get_le64(record + 24) != count)
    return corrupt(err, end->position, "two end records that disagree");
  if (rf_get_le32(record + 16) != 0 || rf_get_le32(record + 20) != 0)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "the zip file is a part of a split one");
  end->count = count;
  end->length = length;
  end->offset = offset;
  return RF_OK;
}

static rf_status take_end(rf_store *store, const zip_tail *tail, zip_end *end, rf_error *err) {
  uint64_t place = find_end(tail);
  if (place == NONE)
    return rf_fail(err, RF_ERR_TRUNCATED,
                   "the zip file has no end record: it is cut off, or other bytes follow it at byte %llu",
                   (unsigned long long)(tail->offset + tail->length));
  const uint8_t *record = tail->bytes + place;
  *end = (zip_end){.position = tail->offset + place,
                   .count = rf_get_le16(record + 10),
                   .length = rf_get_le32(record + 12),
                   .offset = rf_get_le32(record + 16)};
  if (place >= LOCATOR_BYTES && rf_get_le32(record - LOCATOR_BYTES) == LOCATOR_SIGNATURE)
    return take_end64(store, record - LOCATOR_BYTES, end->position - LOCATOR_BYTES, end, err);
  if (rf_get_le16(record + 4) != 0 || rf_get_le16(record + 6) != 0 || rf_get_le16(record + 8) != end->count)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "the zip file is a part of a split one");
  return RF_OK;
}

/* ---- entries ---- */

/* Gets the next number of a ZIP64 field if `value` says that it is there (4.5.3). Returns false if it is missing. */
static bool widen(const uint8_t **field, size_t *left, uint64_t *value) {
  if (*value != UINT32_MAX)
    return true;
  if (*left < 8)
    return false;
  *value = rf_get_le64(*field);
  *field += 8;
  *left -= 8;
  return true;
}

/* Takes the ZIP64 field among the extra fields. Returns false if they are malformed. */
static bool take_extra(const uint8_t *extra, size_t n, rf_zip_entry *entry) {
  while (n >= 4) {
    size_t length = rf_get_le16(extra + 2);
    if (length > n - 4)
      return false;
    const uint8_t *field = extra + 4;
    if (rf_get_le16(extra) == ZIP64_EXTRA)
      return widen(&field, &length, &entry->size) && widen(&field, &length, &entry->packed) &&
             widen(&field, &length, &entry->header);
    extra += 4 + length;
    n -= 4 + length;
  }
  return true;
}

/* Reads the entry at `at`. Returns its length, 0 for a malformed one. */
static size_t take_entry(const rf_zip_directory *d, size_t at, rf_zip_entry *entry) {
  const uint8_t *bytes = d->bytes + at;
  size_t left = d->length - at;
  if (left < ENTRY_BYTES || rf_get_le32(bytes) != ENTRY_SIGNATURE)
    return 0;
  size_t name = rf_get_le16(bytes + 28), extra = rf_get_le16(bytes + 30), comment = rf_get_le16(bytes + 32);
  if (name + extra + comment > left - ENTRY_BYTES)
    return 0;
  *entry = (rf_zip_entry){.name = (const char *)bytes + ENTRY_BYTES,
                          .name_length = name,
                          .flags = rf_get_le16(bytes + 8),
                          .method = rf_get_le16(bytes + 10),
                          .crc = rf_get_le32(bytes + 16),
                          .packed = rf_get_le32(bytes + 20),
                          .size = rf_get_le32(bytes + 24),
                          .header = rf_get_le32(bytes + 42)};
  if (!take_extra(bytes + ENTRY_BYTES + name, extra, entry))
    return 0;
  bool fits = rf_add_u64(entry->header, d->prefix, &entry->header) &&
              rf_add_u64(entry->header, LOCAL_BYTES + name, &entry->min_end) &&
              rf_add_u64(entry->min_end, entry->packed, &entry->min_end) && entry->min_end <= d->offset;
  return fits ? ENTRY_BYTES + name + extra + comment : 0;
}

bool rf_zip_directory_next(const rf_zip_directory *d, size_t *at, rf_zip_entry *entry) {
  size_t length = *at < d->length ? take_entry(d, *at, entry) : 0;
  *at += length;
  return length > 0;
}

static rf_status check_entries(const rf_zip_directory *d, uint64_t count, rf_error *err) {
  rf_zip_entry entry;
  size_t at = 0;
  uint64_t found = 0;
  while (rf_zip_directory_next(d, &at, &entry))
    found++;
  if (at < d->length)
    return corrupt(err, d->offset + at, "a malformed entry of the directory");
  if (found != count)
    return rf_fail(err, RF_ERR_CODEC, "corrupt zip file: expected %llu members, found %llu", (unsigned long long)count,
                   (unsigned long long)found);
  return RF_OK;
}

/* ---- the directory ---- */

static rf_status read_entries(rf_store *store, const zip_end *end, uint64_t max_bytes, rf_zip_directory *d,
                              rf_error *err) {
  if (end->length > end->position || end->offset > end->position - end->length)
    return corrupt(err, end->position, "an end record whose directory begins before the file");
  if (end->length > max_bytes || !rf_to_size(end->length, &d->length))
    return rf_fail(err, RF_ERR_LIMIT,
                   "the directory of the zip file has %llu bytes, the limit is %llu (rf_limits.header_bytes, from "
                   "Python max_header_bytes)",
                   (unsigned long long)end->length, (unsigned long long)max_bytes);
  d->offset = end->position - end->length;
  d->prefix = d->offset - end->offset;
  d->bytes = rf_alloc(d->length + 1);
  if (d->bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for the directory of a zip file", d->length);
  RF_TRY(rf_store_read(store, d->offset, d->bytes, d->length, err));
  return check_entries(d, end->count, err);
}

rf_status rf_zip_directory_open(rf_store *store, uint64_t max_bytes, rf_zip_directory *d, rf_error *err) {
  zip_tail tail = {0};
  zip_end end = {0};
  *d = (rf_zip_directory){0};
  rf_status status = read_tail(store, &tail, err);
  if (status == RF_OK)
    status = take_end(store, &tail, &end, err);
  if (status == RF_OK)
    status = read_entries(store, &end, max_bytes, d, err);
  rf_free(tail.bytes);
  if (status != RF_OK)
    rf_zip_directory_close(d);
  return status;
}

void rf_zip_directory_close(rf_zip_directory *d) {
  rf_free(d->bytes);
  *d = (rf_zip_directory){0};
}

bool rf_zip_begins(const uint8_t *bytes, size_t n) {
  return n >= 4 && (rf_get_le32(bytes) == LOCAL_SIGNATURE || rf_get_le32(bytes) == END_SIGNATURE);
}

bool rf_zip_is(rf_store *store) {
  uint8_t first[4];
  size_t got = 0;
  zip_tail tail = {0};
  if (rf_store_read_at(store, 0, first, sizeof first, &got, NULL) != RF_OK)
    return false;
  if (rf_zip_begins(first, got))
    return true;
  bool is = read_tail(store, &tail, NULL) == RF_OK && find_end(&tail) != NONE;
  rf_free(tail.bytes);
  return is;
}
