/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Any bytes as a file: found HDUs, their facts, headers and checksums; then edits of them. What one way finds the other
 * must find too, and a file that was edited must read as what it was made to be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rustfits.h"

/* What the options of these tests point at. */
static rf_limits ceilings;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition) {
  if (!condition)
    abort();
}

static rf_file *open_input(const uint8_t *data, size_t size, uint32_t flags, rf_error *err) {
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  options.flags = flags;
  ceilings.header_bytes = 20 * RF_BLOCK_BYTES;
  ceilings.inflate_bytes = (uint64_t)1 << 20;
  ceilings.hdus = 50;
  rf_file *file = NULL;
  rf_status status = rf_file_open_bytes(data, size, RF_MODE_READ_WRITE, &options, &file, err);
  expect((status == RF_OK) == (file != NULL));
  expect(status == err->code);
  return file;
}

static void look_at_cards(rf_header *header) {
  size_t n = rf_header_get_count(header), span, length;
  const char *text;
  for (size_t i = 0; i < n; i++) {
    char keyword[80];
    rf_value value;
    expect(rf_header_get_keyword(header, i, keyword, &span, NULL) == RF_OK);
    expect(rf_header_get_value(header, i, &value, NULL) == RF_OK);
    expect(rf_header_get_comment(header, i, &text, &length, NULL) == RF_OK);
  }
}

static void look_at_hdu(rf_file *file, size_t index, uint64_t file_size) {
  rf_error err;
  rf_hdu_info info = {.size = sizeof info};
  uint64_t axes[10];
  size_t naxis, found;
  rf_header *header;
  rf_checksum_state datasum, checksum;
  expect(rf_hdu_get_info(file, index, &info, &err) == RF_OK);
  expect(info.header_offset % RF_BLOCK_BYTES == 0 && info.header_bytes % RF_BLOCK_BYTES == 0);
  expect(info.data_offset == info.header_offset + info.header_bytes && info.data_offset <= file_size);
  expect(rf_hdu_get_axes(file, index, axes, 10, &naxis, &err) == RF_OK && naxis == (size_t)info.naxis);
  expect(memchr(info.extname, '\0', sizeof info.extname) != NULL);
  expect(rf_hdu_get_header(file, index, &header, &err) == RF_OK);
  expect(rf_header_get_file_bytes(header, 0) <= info.header_bytes);
  look_at_cards(header);
  rf_header_free(header);
  if (info.has_extname && info.extname[0] != '\0') {
    rf_status status = rf_file_find(file, info.extname, &info.extver, &found, &err);
    expect(status == RF_OK ? found <= index : info.extver < 0);
  }
  rf_status status = rf_hdu_verify_checksum(file, index, &datasum, &checksum, &err);
  expect(status == RF_OK || (status == RF_ERR_TRUNCATED && info.data_offset + info.data_bytes > file_size));
}

/* A longer header, and sums. */
static void edit_hdu(rf_file *file, size_t index, size_t count) {
  rf_error err;
  rf_header *header, *read;
  size_t again;
  rf_hdu_info before = {.size = sizeof before}, after = {.size = sizeof after};
  expect(rf_hdu_get_info(file, index, &before, &err) == RF_OK);
  expect(rf_hdu_get_header(file, index, &header, &err) == RF_OK);
  for (int i = 0; i < 40; i++)
    expect(rf_header_add(header, "HISTORY", "a card that was not there", &err) == RF_OK);
  rf_status status = rf_hdu_set_header(file, index, header, &err);
  if (status == RF_OK) {
    expect(rf_hdu_get_header(file, index, &read, &err) == RF_OK);
    expect(rf_header_get_count(read) == rf_header_get_count(header));
    expect(memcmp(rf_header_get_cards(read), rf_header_get_cards(header), rf_header_get_count(read) * RF_CARD_BYTES) ==
           0);
    rf_header_free(read);
    expect(rf_hdu_get_info(file, index, &after, &err) == RF_OK);
    expect(after.data_bytes == before.data_bytes && after.kind == before.kind);
    expect(after.header_bytes > before.header_bytes || after.header_bytes == rf_header_get_file_bytes(header, 0) ||
           after.header_bytes == before.header_bytes);
  } else {
    expect(status == RF_ERR_LIMIT || status == RF_ERR_ARGUMENT);
  }
  rf_header_free(header);
  expect(rf_file_get_hdu_count(file, &again, &err) == RF_OK && again == count);
  if (rf_hdu_add_checksum(file, index, 1, &err) == RF_OK) {
    rf_checksum_state datasum = RF_CHECKSUM_ABSENT, checksum = RF_CHECKSUM_ABSENT;
    expect(rf_hdu_verify_checksum(file, index, &datasum, &checksum, &err) == RF_OK);
    expect(datasum == RF_CHECKSUM_RIGHT && checksum == RF_CHECKSUM_RIGHT);
  }
}

/* true when an XTENSION card stands on a block border behind the last HDU. */
static int may_hide_hdus(rf_file *file, size_t count, uint64_t file_size) {
  rf_hdu_info info = {.size = sizeof info};
  char card[RF_CARD_BYTES];
  expect(rf_hdu_get_info(file, count - 1, &info, NULL) == RF_OK);
  uint64_t at = info.data_offset + (info.data_bytes + RF_BLOCK_BYTES - 1) / RF_BLOCK_BYTES * RF_BLOCK_BYTES;
  for (; at + sizeof card <= file_size; at += RF_BLOCK_BYTES) {
    expect(rf_file_read_bytes(file, at, card, sizeof card, NULL) == RF_OK);
    for (int i = 0; i < 8; i++)
      card[i] = (char)(card[i] >= 'a' && card[i] <= 'z' ? card[i] - 0x20 : card[i]);
    if (memcmp(card, "XTENSION", 8) == 0)
      return 1;
  }
  return 0;
}

/* An append overwrites nothing that may be an HDU, and what was there before is found again. */
static void append_hdu(rf_file *file, size_t count) {
  rf_error err;
  uint64_t before, after;
  size_t index, again;
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I16, .naxis = 1, .axes = (uint64_t[]){3}, .extver = -1};
  expect(rf_file_get_size(file, &before, &err) == RF_OK);
  int hidden = may_hide_hdus(file, count, before);
  rf_status status = rf_image_create(file, &spec, &index, &err);
  if (status == RF_OK) {
    expect(!hidden && index == count);
    expect(rf_file_get_hdu_count(file, &again, &err) == RF_OK && again == count + 1);
  } else {
    expect(hidden || status == RF_ERR_TRUNCATED || status == RF_ERR_LIMIT);
    expect(rf_file_get_size(file, &after, &err) == RF_OK && after == before);
  }
}

static void look(const uint8_t *data, size_t size, uint32_t flags) {
  rf_error err;
  uint64_t file_size = 0;
  size_t count = 0;
  rf_hdu_info info = {.size = sizeof info};
  rf_file *file = open_input(data, size, flags, &err);
  if (file == NULL)
    return;
  rf_status status = rf_file_get_hdu_count(file, &count, &err);
  if (status != RF_OK) /* those before it stay */
    for (count = 0; rf_hdu_get_info(file, count, &info, &err) == RF_OK;)
      count++;
  expect(count >= 1 && count <= 50);
  /* A compressed stream with a corrupt end has HDUs, but no size: nothing can be written to it. */
  int sized = rf_file_get_size(file, &file_size, &err) == RF_OK;
  if (sized)
    for (size_t i = 0; i < count; i++)
      look_at_hdu(file, i, file_size);
  /* Found one at a time they are the same. */
  rf_file *other = open_input(data, size, flags, &err);
  expect(other != NULL);
  for (size_t i = 0; i < count; i++)
    expect(rf_hdu_get_info(other, i, &info, &err) == RF_OK);
  expect(rf_hdu_get_info(other, count, &info, &err) != RF_OK);
  expect((err.code == RF_ERR_NOT_FOUND) == (status == RF_OK));
  (void)rf_file_free(other, &err);
  if (status == RF_OK && sized)
    for (size_t i = 0; i < count && i < 4; i++)
      edit_hdu(file, (i * 2) % count, count);
  if (status == RF_OK && sized)
    append_hdu(file, count);
  (void)rf_file_free(file, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  look(data, size, 0);
  look(data, size, RF_OPEN_LENIENT);
  look(data, size, RF_OPEN_STRICT);
  return 0;
}
