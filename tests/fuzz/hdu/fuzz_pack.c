/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A hostile HDU that is packed, unpacked, copied and edited. The first byte says how many bytes of commands follow,
 * then come the cards of the HDU, a line each up to an empty one, and its data; an extension gets an empty primary HDU
 * in front. What packing accepts must come back from unpacking with the values that it had.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cards.h"
#include "digest.h"
#include "table_calls.h"
#include "image_request.h"
#include "script.h"

/* What the options of this target point at. */
static rf_limits ceilings;

#define MAX_AXES 999
#define MAX_CARDS 150

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- the file ---- */

static uint8_t *build(const uint8_t *data, size_t size, size_t *index, size_t *total) {
  static const char *const primary[] = {"SIMPLE  =                    T", "BITPIX  =                    8",
                                        "NAXIS   =                    0", "END"};
  static char header[2880 + 80 * (MAX_CARDS + 40)];
  size_t count = 0;
  *index = size < 6 || memcmp(data, "SIMPLE", 6) != 0;
  memset(header, ' ', sizeof header);
  for (size_t i = 0; i < 4 && *index > 0; i++)
    add_card(header, &count, primary[i], strlen(primary[i]));
  count = *index > 0 ? 36 : 0;
  add_lines(header, &count, MAX_CARDS, &data, &size);
  size_t bytes = end_header(header, &count);
  *total = bytes + size;
  uint8_t *file = malloc(*total); /* exactly as large, so that AddressSanitizer sees the first byte beyond */
  expect(file != NULL, "no memory");
  memcpy(file, header, bytes);
  if (size > 0)
    memcpy(file + bytes, data, size);
  return file;
}

static rf_file *new_file(void) {
  rf_error err;
  rf_file *file = NULL;
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  options.threads = 1;
  expect(rf_file_open("mem://", RF_MODE_CREATE, &options, &file, &err) == RF_OK, "no file in memory");
  return file;
}

/* ---- what an HDU holds ---- */

static uint64_t digest_image(rf_file *file, size_t index) {
  static uint64_t lengths[MAX_AXES];
  static rf_axis section[MAX_AXES];
  rf_error err;
  rf_image_info info = {.size = sizeof info};
  size_t naxis;
  if (!good(rf_image_get_info(file, index, &info, &err), &err) ||
      !good(rf_image_get_axes(file, index, lengths, MAX_AXES, &naxis, &err), &err))
    return BAD;
  uint64_t count = naxis > 0;
  for (size_t k = 0; k < naxis; k++) {
    if (lengths[k] > MAX_BYTES || (count *= lengths[k]) > MAX_BYTES)
      return BAD;
    section[k] = (rf_axis){0, 1, lengths[k], NULL};
  }
  uint64_t bytes = count * rf_dtype_bytes(info.stored, 0), h = hash(2166136261u, lengths, naxis * sizeof *lengths);
  uint8_t *pixels = malloc(bytes + 1);
  expect(pixels != NULL, "no memory");
  if (count > 0 && good(rf_image_read(file, index,
                                      PIXELS(.section = section, .dtype = info.stored, .flags = RF_IMAGE_RAW,
                                             .data = pixels, .data_bytes = bytes),
                                      &err),
                        &err))
    h = hash(h, pixels, bytes);
  else if (count > 0)
    h = BAD;
  free(pixels);
  return h;
}

/* Of the pixels or of all cells; BAD when one part of them is. */
static uint64_t digest(rf_file *file, size_t index) {
  rf_error err;
  rf_table_info info = {.size = sizeof info};
  rf_hdu_info hdu = {.size = sizeof hdu};
  expect(good(rf_hdu_get_info(file, index, &hdu, &err), &err), "an HDU that is not there");
  if (hdu.kind == RF_HDU_IMAGE || hdu.kind == RF_HDU_COMPRESSED_IMAGE)
    return digest_image(file, index);
  if (!good(rf_table_get_info(file, index, &info, &err), &err) || info.nrows > MAX_ROWS)
    return BAD;
  uint64_t h = hash(hash(2166136261u, &info.nrows, sizeof info.nrows), &info.ncols, sizeof info.ncols);
  for (size_t i = 0; i < info.ncols; i++) {
    rf_column_info facts = {.size = sizeof facts};
    expect(good(rf_table_get_column(file, index, i, &facts, &err), &err), "a table but no column");
    uint64_t column = digest_column(file, index, i, &facts, info.nrows, MAX_BYTES);
    if (column == BAD)
      return BAD;
    h = hash(h, &column, sizeof column);
  }
  return h;
}

/* ---- packing ---- */

static bool is_refusal(rf_status status) {
  return status == RF_ERR_LIMIT || status == RF_ERR_MEMORY;
}

typedef struct choices {
  rf_compression image;
  rf_table_compression table;
  uint64_t tile[MAX_AXES];
  rf_zcmptype types[999];
} choices;

static void choose(script *s, rf_file *file, size_t index, choices *c) {
  static const rf_zcmptype codecs[] = {RF_Z_AUTO,   RF_Z_RICE_1,      RF_Z_GZIP_1,    RF_Z_GZIP_2,
                                       RF_Z_PLIO_1, RF_Z_HCOMPRESS_1, RF_Z_NOCOMPRESS};
  rf_error err;
  uint64_t lengths[1];
  size_t naxis = 0;
  rf_compression_init(&c->image);
  c->table = (rf_table_compression){.size = sizeof c->table, .types = c->types};
  c->image.type = codecs[take(s) % 7];
  c->image.level = c->table.level = 1;
  c->table.tile_rows = take(s) % 9;
  for (size_t i = 0; i < 999; i++)
    c->types[i] = i < 8 ? codecs[take(s) % 7] : RF_Z_AUTO;
  unsigned length = take(s);
  if (length % 2 == 0 || rf_image_get_axes(file, index, lengths, 1, &naxis, &err) != RF_OK || naxis > MAX_AXES)
    return;
  for (size_t k = 0; k < naxis; k++)
    c->tile[k] = k < 3 ? 1 + length / 2 % 16 : 1;
  c->image.tile = c->tile;
  c->image.tile_ndim = (int)naxis;
}

/* Unpacks HDU `index` of `packed`, and compares. `expected`: BAD for anything. Packing the result again must give the
 * same values, too. */
static void check_unpacked(rf_file *packed, size_t index, uint64_t expected, const choices *c, int depth) {
  rf_error err;
  rf_file *plain = new_file(), *again = NULL;
  size_t made = 0;
  rf_status status = rf_hdu_unpack(packed, index, plain, &made, &err);
  if (good(status, &err)) {
    uint64_t now = digest(plain, made);
    expect(expected == BAD || now == expected, "unpacking gives other values");
    again = depth > 0 ? new_file() : NULL;
    if (again != NULL && good(rf_hdu_pack(plain, made, again, &c->image, &c->table, &made, &err), &err))
      check_unpacked(again, made, now, c, depth - 1);
  } else {
    expect(expected == BAD || is_refusal(status), "what was packed cannot be unpacked");
  }
  (void)rf_file_free(again, NULL);
  (void)rf_file_free(plain, NULL);
}

/* ---- editing what was packed ---- */

static void edit(script *s, rf_file *file, size_t index) {
  rf_error err;
  rf_header *header = NULL;
  rf_table_info info = {.size = sizeof info};
  rf_column_spec spec = {.size = sizeof spec, .name = "fuzz", .type = RF_I32};
  unsigned what = take(s), more = take(s);
  bool table = good(rf_table_get_info(file, index, &info, &err), &err) && info.row_bytes < 4096;
  uint64_t freed;
  switch (what % 7) {
  case 0:
    if (good(rf_hdu_get_header(file, index, &header, &err), &err)) {
      rf_value value = {.kind = RF_VALUE_INTEGER, .integer = more};
      (void)good(rf_header_set(header, "FUZZ", &value, NULL, &err), &err);
      (void)good(rf_hdu_set_header(file, index, header, &err), &err);
    }
    rf_header_free(header);
    break;
  case 1:
    if (table)
      (void)good(rf_table_resize(file, index, more, &err), &err);
    break;
  case 2:
    if (table)
      (void)good(call_append(file, index, more % 16, NULL, 0, &err), &err);
    break;
  case 3:
    if (table)
      (void)good(call_insert(file, index, more % (info.ncols + 1), &spec, &err), &err);
    break;
  case 4:
    if (table && info.ncols > 0)
      (void)good(rf_table_delete_column(file, index, more % info.ncols, &err), &err);
    break;
  case 5:
    (void)good(rf_table_repack(file, index, &freed, &err), &err);
    break;
  default:
    (void)good(rf_hdu_add_checksum(file, index, more & 1, &err), &err);
  }
}

/* Edits, then a copy, which must hold the same, compressed or not. */
static void edit_and_copy(script *s, rf_file *file, size_t index, const choices *c) {
  rf_error err;
  size_t made = 0;
  for (unsigned steps = take(s) % 8; steps > 0; steps--)
    edit(s, file, index);
  uint64_t expected = digest(file, index);
  rf_file *copy = new_file();
  if (good(rf_hdu_copy(file, index, copy, &made, &err), &err)) {
    expect(expected == BAD || digest(copy, made) == expected, "a copy has other values");
    check_unpacked(copy, made, expected, c, 0);
  }
  (void)rf_file_free(copy, NULL);
}

static void run(script *s, rf_file *file, size_t index) {
  static choices c;
  rf_error err;
  size_t made = 0;
  rf_hdu_info info = {.size = sizeof info};
  if (!good(rf_hdu_get_info(file, index, &info, &err), &err) || info.data_bytes > 4 * MAX_BYTES)
    return;
  choose(s, file, index, &c);
  uint64_t expected = digest(file, index);
  rf_file *packed = new_file();
  if (good(rf_hdu_pack(file, index, packed, &c.image, &c.table, &made, &err), &err)) {
    expect(expected == BAD || digest(packed, made) == expected, "packing gives other values");
    check_unpacked(packed, made, expected, &c, 1);
    edit_and_copy(s, packed, made, &c);
  }
  (void)rf_file_free(packed, NULL);
  edit_and_copy(s, file, index, &c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rf_error err;
  rf_options options;
  rf_file *file = NULL;
  script s;
  size_t index, total;
  if (!script_begin(&s, &data, &size))
    return 0;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  ceilings.header_bytes = (uint64_t)1 << 20;
  ceilings.inflate_bytes = 16 * MAX_BYTES;
  ceilings.tile_bytes = 16 * MAX_BYTES;
  options.threads = 1;
  uint8_t *bytes = build(data, size, &index, &total);
  if (good(rf_file_open_bytes(bytes, total, RF_MODE_READ_WRITE, &options, &file, &err), &err)) {
    run(&s, file, index);
    (void)good(rf_file_free(file, &err), &err);
  }
  free(bytes);
  return 0;
}
