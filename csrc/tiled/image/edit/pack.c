/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compresses a whole image into another file, and decompresses it. Cards keep their order and text: with a lossless
 * codec, packing and unpacking restore the same bytes.
 */
#include "tiled/image/edit/pack.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "file/append.h"
#include "file/hdu.h"
#include "file/header.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"
#include "header/build.h"
#include "header/card.h"
#include "store/store.h"
#include "tiled/image/edit/blocks.h"
#include "tiled/image/edit/create.h"
#include "tiled/image/edit/extend.h"
#include "tiled/image/edit/plan.h"
#include "tiled/image/edit/write.h"
#include "tiled/image/header.h"
#include "tiled/image/image.h"
#include "tiled/image/read.h"
#include "value/convert.h"
#include "value/dtype.h"

/* Bytes of pixels in memory at a time, where a tile is no larger. */
#define BLOCK_BYTES ((uint64_t)16 << 20)

/* ---- the header of the table ---- */

/* Gets the keyword of the card in the table, "" where it stays. Returns false where it would describe the table. */
static bool packed_keyword(const char *card, char keyword[9]) {
  static const char *const renamed[][2] = {{"SIMPLE", "ZSIMPLE"},  {"XTENSION", "ZTENSION"}, {"BITPIX", "ZBITPIX"},
                                           {"NAXIS", "ZNAXIS"},    {"EXTEND", "ZEXTEND"},    {"BLOCKED", "ZBLOCKED"},
                                           {"PCOUNT", "ZPCOUNT"},  {"GCOUNT", "ZGCOUNT"},    {"CHECKSUM", "ZHECKSUM"},
                                           {"DATASUM", "ZDATASUM"}};
  keyword[0] = '\0';
  for (size_t i = 0; i < sizeof renamed / sizeof renamed[0]; i++)
    if (rf_card_is(card, renamed[i][0])) {
      (void)snprintf(keyword, 9, "%s", renamed[i][1]);
      return true;
    }
  if (memcmp(card, "NAXIS", 5) == 0 && card[5] >= '1' && card[5] <= '9' && card[7] == ' ') {
    (void)snprintf(keyword, 9, "ZNAXIS%.2s", card + 5);
    return true;
  }
  return !rf_tiled_image_table_card(card);
}

static rf_status append_image_cards(const rf_header *image, rf_header *header, rf_error *err) {
  const char *card = rf_header_get_cards(image);
  for (size_t i = 0; i < rf_header_get_count(image); i++, card += RF_CARD_BYTES) {
    char keyword[9], renamed[RF_CARD_BYTES];
    if (!packed_keyword(card, keyword)) {
      char own[9];
      (void)snprintf(own, sizeof own, "%.8s", card);
      own[strcspn(own, " ")] = '\0';
      rf_fail(err, RF_ERR_UNSUPPORTED,
              "the header has a card %s, which would describe the table that the image is to be stored in; rename or "
              "delete it first, or leave the image as it is",
              own);
      rf_error_keyword(err, own);
      return RF_ERR_UNSUPPORTED;
    }
    memcpy(renamed, card, sizeof renamed);
    if (keyword[0] != '\0') {
      memset(renamed, ' ', 8);
      memcpy(renamed, keyword, strlen(keyword));
    }
    RF_TRY(rf_header_append_card(header, renamed, err));
  }
  return RF_OK;
}

static bool has_card(const rf_header *header, const char *keyword) {
  size_t index;
  return rf_header_find(header, keyword, 0, &index, NULL) == RF_OK;
}

/* Appends cards for the sums of the table before those of the image, so that they need no block of their own later. */
static rf_status append_sum_cards(bool checksum, bool datasum, rf_header *header, rf_error *err) {
  if (checksum)
    RF_TRY(rf_header_append_string(header, "CHECKSUM", "0000000000000000", "HDU checksum", err));
  if (datasum)
    RF_TRY(rf_header_append_string(header, "DATASUM", "         0", "data unit checksum", err));
  return RF_OK;
}

static rf_status compose(const rf_header *image, const rf_tile_plan *plan, bool checksum, bool datasum,
                         rf_header **header, rf_error *err) {
  rf_header *made;
  RF_TRY(rf_header_new(&made, err));
  rf_status status = rf_tile_plan_cards(plan, made, false, err);
  if (status == RF_OK)
    status = append_sum_cards(checksum, datasum, made, err);
  if (status == RF_OK)
    status = append_image_cards(image, made, err);
  if (status == RF_OK)
    *header = made;
  else
    rf_header_free(made);
  return status;
}

/* Returns whether END stands badly: blank cards before an END at the beginning of a block would look like spare room.
 */
static bool looks_like_room(const rf_header *header) {
  size_t count = rf_header_get_count(header);
  const char *last = rf_header_get_cards(header) + (count - 1) * RF_CARD_BYTES;
  size_t blanks = 0;
  while (blanks < RF_CARD_BYTES && last[blanks] == ' ')
    blanks++;
  return count % (RF_BLOCK_BYTES / RF_CARD_BYTES) == 0 && blanks == RF_CARD_BYTES;
}

/* Adds cards for sums where the image has some, and one more or less where END would stand badly. */
static rf_status packed_header(const rf_header *image, const rf_tile_plan *plan, rf_header **header, rf_error *err) {
  bool checksum = has_card(image, "CHECKSUM"), datasum = checksum || has_card(image, "DATASUM");
  RF_TRY(compose(image, plan, checksum, datasum, header, err));
  if (!looks_like_room(*header))
    return RF_OK;
  rf_header_free(*header);
  return compose(image, plan, datasum && !checksum, true, header, err);
}

/* ---- pixels ---- */

/* One block at a time: `pixels` in the byte order of the machine. */
typedef struct transfer {
  rf_file *from;
  size_t from_index;
  rf_file *to;
  size_t to_index;
  rf_dtype type;
  unsigned width;
  rf_blocks blocks;
  uint8_t *pixels;
} transfer;

static rf_status transfer_begin(transfer *t, const rf_hdu *image, const uint64_t *tile, rf_error *err) {
  size_t bytes;
  t->type = rf_convert_stored_type(image->bitpix);
  t->width = (unsigned)rf_pixel_bytes(t->type);
  t->pixels = NULL;
  RF_TRY(rf_blocks_begin(&t->blocks, image, tile, BLOCK_BYTES, err));
  uint64_t most = t->blocks.most;
  t->pixels = most <= SIZE_MAX / t->width && rf_to_size(most * t->width, &bytes) ? rf_alloc(bytes) : NULL;
  if (t->pixels == NULL) {
    rf_blocks_end(&t->blocks);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %llu pixels", (unsigned long long)most);
  }
  return RF_OK;
}

static void transfer_end(transfer *t) {
  rf_blocks_end(&t->blocks);
  rf_free(t->pixels);
}

static rf_status read_plain(transfer *t, const rf_hdu *hdu, rf_error *err) {
  rf_block_run run;
  for (uint64_t i = 0; rf_blocks_run(&t->blocks, i, &run); i++) {
    uint8_t *at = t->pixels + (size_t)run.inner * t->width;
    RF_TRY(rf_store_read(t->from->store, hdu->data_offset + run.element * t->width, at, (size_t)run.count * t->width,
                         err));
  }
  rf_swap_copy(t->pixels, t->pixels, (size_t)t->blocks.elements, t->width);
  return RF_OK;
}

static rf_status write_plain(transfer *t, const rf_hdu *hdu, rf_error *err) {
  rf_block_run run;
  rf_swap_copy(t->pixels, t->pixels, (size_t)t->blocks.elements, t->width);
  for (uint64_t i = 0; rf_blocks_run(&t->blocks, i, &run); i++) {
    const uint8_t *at = t->pixels + (size_t)run.inner * t->width;
    rf_status status =
        rf_store_write(t->to->store, hdu->data_offset + run.element * t->width, at, (size_t)run.count * t->width, err);
    if (status != RF_OK)
      return rf_error_locate(err, status, t->to->name, (int)t->to_index);
  }
  return RF_OK;
}

/* The pixels of a block. */
static rf_image_request block_request(const transfer *t) {
  return (rf_image_request){.size = sizeof(rf_image_request),
                            .section = t->blocks.section,
                            .dtype = t->type,
                            .flags = RF_IMAGE_RAW,
                            .data = t->pixels,
                            .data_bytes = t->blocks.elements * t->width};
}

/* ---- packing ---- */

static rf_status pack_pixels(transfer *t, const rf_hdu *hdu, bool *written, rf_error *err) {
  while (rf_blocks_next(&t->blocks)) {
    RF_TRY(read_plain(t, hdu, err));
    rf_hdu *packed = NULL;
    const rf_image_request request = block_request(t);
    RF_TRY(rf_file_hdu_locked(t->to, t->to_index, &packed, err));
    RF_TRY(rf_tiled_image_write(t->to, packed, &request, written, err));
  }
  return rf_tiled_image_flush(t->to, t->to->hdus[t->to_index], written, err);
}

static rf_status pack_planned(rf_file *from, size_t index, rf_file *to, const rf_tile_plan *plan, size_t *new_index,
                              bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_header *image;
  rf_header *header;
  transfer t = {.from = from, .from_index = index, .to = to};
  RF_TRY(rf_file_hdu_locked(from, index, &hdu, err));
  RF_TRY(rf_file_header_locked(from, hdu, &image, err));
  RF_TRY(packed_header(image, plan, &header, err));
  rf_status status = transfer_begin(&t, hdu, plan->tile, err);
  if (status == RF_OK) {
    status = rf_tiled_image_append_locked(to, plan, header, rf_hdu_spare_bytes(hdu, image), new_index, err);
    if (status == RF_OK) {
      t.to_index = *new_index;
      *written = true;
      status = pack_pixels(&t, hdu, written, err);
    }
    transfer_end(&t);
  }
  rf_header_free(header);
  return status;
}

rf_status rf_image_pack(rf_file *from, rf_hdu *hdu, rf_file *to, const rf_packing *how, size_t *new_index,
                        bool *written, rf_error *err) {
  rf_tile_plan plan;
  rf_compression defaults;
  rf_compression_init(&defaults);
  RF_TRY(rf_tile_plan_init(&plan, how->image != NULL ? how->image : &defaults, hdu, err));
  rf_status status = pack_planned(from, hdu->index, to, &plan, new_index, written, err);
  rf_tile_plan_free(&plan);
  return status;
}

/* ---- unpacking ---- */

static rf_status unpack_pixels(transfer *t, const rf_hdu *hdu, rf_error *err) {
  rf_hdu *packed = NULL;
  RF_TRY(rf_file_hdu_locked(t->from, t->from_index, &packed, err));
  while (rf_blocks_next(&t->blocks)) {
    const rf_image_request request = block_request(t);
    RF_TRY(rf_tiled_image_read(t->from, packed, &request, err));
    RF_TRY(write_plain(t, hdu, err));
  }
  return RF_OK;
}

/* Checks that the header of the image describes the decoded pixels and nothing else. */
static rf_status check_same(const rf_hdu *made, const rf_tiled_image *tiled_image, rf_error *err) {
  const rf_hdu *image = &tiled_image->image;
  bool same = made->ops->kind == RF_HDU_IMAGE && made->bitpix == image->bitpix && made->naxis == image->naxis;
  for (int i = 0; same && i < image->naxis; i++)
    same = made->axes[i] == image->axes[i];
  if (!same)
    return rf_fail(err, RF_ERR_FORMAT, "the cards of the compressed image describe two different images");
  if (made->pcount == 0 && made->gcount == 1)
    return RF_OK;
  rf_error_keyword(err, made->pcount != 0 ? "ZPCOUNT" : "ZGCOUNT");
  return rf_fail(err, RF_ERR_FORMAT,
                 "ZPCOUNT = %lld and ZGCOUNT = %lld, where 0 and 1 are expected: a compressed image holds only pixels",
                 (long long)made->pcount, (long long)made->gcount);
}

static rf_status check_plain(const rf_file *file, const rf_header *plain, bool primary,
                             const rf_tiled_image *tiled_image, rf_error *err) {
  rf_hdu hdu;
  uint64_t limit = file->limits.inflate_bytes;
  RF_TRY(rf_hdu_parse(file->kinds, rf_header_get_cards(plain), rf_header_get_count(plain), primary, &hdu, err));
  rf_status status = check_same(&hdu, tiled_image, err);
  if (status == RF_OK && hdu.data_bytes > limit)
    status = rf_fail(err, RF_ERR_LIMIT,
                     "the image has %" PRIu64 " bytes when it is decompressed, and the limit is %" PRIu64
                     " (rf_limits.inflate_bytes, from Python max_inflate_bytes)",
                     hdu.data_bytes, limit);
  rf_hdu_clear(&hdu);
  return status;
}

rf_status rf_image_unpack(rf_file *from, rf_hdu *hdu, rf_file *to, const rf_packing *how, size_t *new_index,
                          bool *written, rf_error *err) {
  rf_tiled_image *tiled_image;
  const rf_header *raw;
  rf_header *plain;
  size_t count;
  transfer t = {.from = from, .from_index = hdu->index, .to = to};
  (void)how;
  RF_TRY(rf_tiled_image_get(from, hdu, &tiled_image, err));
  RF_TRY(rf_file_header_locked(from, hdu, &raw, err));
  RF_TRY(rf_file_scan_locked(to, &count, err));
  RF_TRY(rf_tiled_image_plain_header(raw, count == 0, &plain, err));
  rf_status status = check_plain(from, plain, count == 0, tiled_image, err);
  if (status == RF_OK)
    status = rf_tiled_image_add_blank(from, hdu, raw, plain, err);
  if (status == RF_OK)
    status = rf_file_append_begin_locked(to, plain, rf_header_get_file_bytes(plain, 0) + rf_hdu_spare_bytes(hdu, raw),
                                         new_index, err);
  if (status == RF_OK) {
    t.to_index = *new_index;
    *written = true;
    if (tiled_image->ntiles > 0) {
      status = rf_file_append_reserve_locked(to, err);
      if (status == RF_OK)
        status = transfer_begin(&t, &tiled_image->image, tiled_image->tile, err);
      if (status == RF_OK) {
        status = unpack_pixels(&t, to->hdus[*new_index], err);
        transfer_end(&t);
      }
    }
  }
  rf_header_free(plain);
  return status;
}
