/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HDUs from one file into another: as they are, compressed and uncompressed. What goes wrong leaves the target as it
 * was, and two threads that copy both ways do not wait for each other.
 */
#include <pthread.h>
#include <stdlib.h>

#include "check.h"
#include "file/file.h"
#include "image_file.h"
#include "rustfits.h"
#include "scratch.h"

static rf_error err;

/* ---- files in memory ---- */

static rf_file *open_bytes(const uint8_t *bytes, size_t n) {
  rf_file *file = NULL;
  CHECK_OK(rf_file_open_bytes(bytes, n, RF_MODE_READ, NULL, &file, &err), err);
  if (file == NULL)
    exit(2);
  return file;
}

static rf_file *open_empty(void) {
  rf_file *file = NULL;
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  if (file == NULL)
    exit(2);
  return file;
}

static void shut(rf_file *file) {
  CHECK_OK(rf_file_free(file, &err), err);
}

static uint64_t bytes_of(rf_file *file) {
  uint64_t size = 0;
  CHECK_OK(rf_store_size(file->store, &size, &err), err);
  return size;
}

static size_t hdus_of(rf_file *file) {
  size_t count = 0;
  CHECK_OK(rf_file_get_hdu_count(file, &count, &err), err);
  return count;
}

/* The whole content, freed by the caller. */
static uint8_t *content(rf_file *file, size_t *n) {
  *n = (size_t)bytes_of(file);
  uint8_t *bytes = malloc(*n > 0 ? *n : 1);
  if (bytes == NULL)
    exit(2);
  if (*n > 0)
    CHECK_OK(rf_store_read(file->store, 0, bytes, *n, &err), err);
  return bytes;
}

static bool same_content(rf_file *a, const uint8_t *bytes, size_t n) {
  size_t own;
  uint8_t *mine = content(a, &own);
  bool same = own == n && memcmp(mine, bytes, n) == 0;
  free(mine);
  return same;
}

/* A primary image and, behind it, what the first one is as an extension, too. */
static const uint64_t shape[3] = {5, 7, 11};
static const char more_cards[] = "EXTEND  =                    T\n"
                                 "OBJECT  = 'M31     '           / what it is\n"
                                 "COMMENT a comment\n"
                                 "BSCALE  =                  2.5\n";

static rf_file *two_images(size_t *n, uint8_t **bytes) {
  uint8_t *data;
  *bytes = image_make(16, 3, shape, more_cards, n, &data);
  rf_file *first = open_bytes(*bytes, *n), *both = open_empty();
  size_t index;
  CHECK_OK(rf_hdu_copy(first, 0, both, &index, &err), err);
  CHECK(index == 0 && same_content(both, *bytes, *n));
  CHECK_OK(rf_hdu_copy(first, 0, both, &index, &err), err);
  CHECK(index == 1 && hdus_of(both) == 2);
  shut(first);
  return both;
}

/* ---- copying ---- */

static const char *card_at(rf_file *file, size_t index, size_t card) {
  static char text[81];
  rf_header *header;
  text[0] = '\0';
  CHECK_OK(rf_hdu_get_header(file, index, &header, &err), err);
  if (card < rf_header_get_count(header)) {
    memcpy(text, rf_header_get_cards(header) + card * 80, 80);
    text[80] = '\0';
  }
  rf_header_free(header);
  return text;
}

static void a_primary_image_becomes_an_extension_and_back(void) {
  size_t n, index;
  uint8_t *bytes;
  rf_file *both = two_images(&n, &bytes), *back = open_empty();
  CHECK(strncmp(card_at(both, 1, 0), "XTENSION= 'IMAGE   '", 20) == 0);
  CHECK(strncmp(card_at(both, 1, 5), "NAXIS3  =", 9) == 0);
  CHECK(strncmp(card_at(both, 1, 6), "PCOUNT  =                    0", 30) == 0);
  CHECK(strncmp(card_at(both, 1, 7), "GCOUNT  =                    1", 30) == 0);
  CHECK(strncmp(card_at(both, 1, 8), "OBJECT  = 'M31     '           / what it is", 43) == 0); /* without EXTEND */
  CHECK_OK(rf_hdu_copy(both, 1, back, &index, &err), err);
  CHECK(index == 0);
  CHECK(strncmp(card_at(back, 0, 0), "SIMPLE  =                    T", 30) == 0);
  CHECK(strncmp(card_at(back, 0, 6), "EXTEND  =                    T", 30) == 0);
  CHECK(strncmp(card_at(back, 0, 7), "OBJECT", 6) == 0);
  size_t made;
  uint8_t *mine = content(back, &made);
  CHECK(made == n && memcmp(mine + 2880, bytes + 2880, n - 2880) == 0);
  free(mine);
  free(bytes);
  shut(both);
  shut(back);
}

static void a_checksum_stays_right_when_the_place_changes(void) {
  size_t n, index;
  uint8_t *bytes;
  rf_checksum_state data, check;
  rf_file *both = two_images(&n, &bytes), *back = open_empty();
  CHECK_OK(rf_hdu_add_checksum(both, 1, 1, &err), err);
  CHECK_OK(rf_hdu_copy(both, 1, back, &index, &err), err);
  CHECK_OK(rf_hdu_verify_checksum(back, 0, &data, &check, &err), err);
  CHECK(data == RF_CHECKSUM_RIGHT && check == RF_CHECKSUM_RIGHT);
  free(bytes);
  shut(both);
  shut(back);
}

static rf_file *a_table(void) {
  rf_column_spec column = {.size = sizeof column, .name = "x", .type = RF_I32};
  rf_table_spec spec = {
      .size = sizeof spec, .kind = RF_HDU_TABLE, .nrows = 10, .columns = &column, .ncols = 1, .extver = -1};
  rf_file *file = open_empty();
  size_t index;
  CHECK_OK(rf_table_create(file, &spec, &index, &err), err);
  CHECK(index == 1);
  return file;
}

static void an_extension_gets_a_primary_hdu_before_it(void) {
  rf_file *table = a_table(), *copy = open_empty();
  size_t index, n;
  CHECK_OK(rf_hdu_copy(table, 1, copy, &index, &err), err);
  CHECK(index == 1 && hdus_of(copy) == 2);
  uint8_t *bytes = content(table, &n);
  CHECK(same_content(copy, bytes, n));
  free(bytes);
  shut(table);
  shut(copy);
}

/* Spare blocks of a header are part of it. */
static void room_in_the_header_is_copied(void) {
  size_t n, index;
  uint8_t *data, *bytes = image_make(8, 1, shape, "", &n, &data), *roomy = calloc(1, n + 2880);
  if (roomy == NULL)
    exit(2);
  memcpy(roomy, bytes, 2880);
  memset(roomy + 2880, ' ', 2880);
  char *end = (char *)roomy;
  while (memcmp(end, "END     ", 8) != 0)
    end += 80;
  memset(end, ' ', 80);
  memcpy(roomy + 2880, "END", 3);
  memcpy(roomy + 5760, bytes + 2880, n - 2880);
  rf_file *from = open_bytes(roomy, n + 2880), *to = open_empty(), *packed = open_empty(), *back = open_empty();
  CHECK_OK(rf_hdu_copy(from, 0, to, &index, &err), err);
  CHECK(same_content(to, roomy, n + 2880));
  CHECK_OK(rf_hdu_pack(from, 0, packed, NULL, NULL, &index, &err), err);
  CHECK_OK(rf_hdu_unpack(packed, 1, back, &index, &err), err);
  CHECK(same_content(back, roomy, n + 2880));
  free(bytes);
  free(roomy);
  shut(from);
  shut(to);
  shut(packed);
  shut(back);
}

/* ---- packing ---- */

static void pack_and_unpack(int bitpix, int naxis, const uint64_t *axes, rf_zcmptype type, const uint64_t *tile) {
  size_t n, index;
  uint8_t *data, *bytes = image_make(bitpix, naxis, axes, more_cards, &n, &data);
  rf_compression how;
  rf_compression_init(&how);
  how.type = type;
  how.tile_ndim = tile != NULL ? naxis : 0;
  how.tile = tile;
  rf_file *plain = open_bytes(bytes, n), *packed = open_empty(), *back = open_empty();
  CHECK_OK(rf_hdu_pack(plain, 0, packed, &how, NULL, &index, &err), err);
  CHECK(index == 1 && hdus_of(packed) == 2);
  CHECK_OK(rf_hdu_unpack(packed, 1, back, &index, &err), err);
  CHECK(index == 0);
  if (!same_content(back, bytes, n)) {
    fprintf(stderr, "BITPIX %d, %d axes, codec %s\n", bitpix, naxis, rf_zcmptype_get_name(type));
    CHECK(!"the same bytes");
  }
  shut(plain);
  shut(packed);
  shut(back);
  free(bytes);
}

static void the_way_there_and_back(void) {
  static const uint64_t cube[4] = {3, 2, 13, 17}, flat[2] = {61, 47}, line[1] = {1000};
  static const uint64_t cube_tile[4] = {2, 2, 4, 5}, flat_tile[2] = {16, 20}, line_tile[1] = {7};
  static const int bitpix[] = {8, 16, 32, 64, -32, -64};
  static const rf_zcmptype types[] = {RF_Z_AUTO,   RF_Z_RICE_1,      RF_Z_GZIP_1,
                                      RF_Z_GZIP_2, RF_Z_HCOMPRESS_1, RF_Z_NOCOMPRESS};
  for (size_t b = 0; b < sizeof bitpix / sizeof *bitpix; b++) {
    bool narrow = bitpix[b] > 0 && bitpix[b] < 64;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
      rf_zcmptype type = types[i];
      if (!narrow && (type == RF_Z_RICE_1 || type == RF_Z_HCOMPRESS_1))
        continue;
      pack_and_unpack(bitpix[b], 2, flat, type, NULL);
      pack_and_unpack(bitpix[b], 2, flat, type, flat_tile);
      if (type == RF_Z_HCOMPRESS_1)
        continue;
      pack_and_unpack(bitpix[b], 1, line, type, line_tile);
      pack_and_unpack(bitpix[b], 4, cube, type, NULL);
      pack_and_unpack(bitpix[b], 4, cube, type, cube_tile);
    }
  }
}

/* More than the 16 MiB that are in memory at a time, in tiles that cut all axes. */
static void larger_than_a_block(void) {
  static const uint64_t axes[3] = {70, 301, 1003}, tile[3] = {9, 100, 128};
  pack_and_unpack(8, 3, axes, RF_Z_GZIP_1, tile);
}

static void what_has_no_pixels_is_copied(void) {
  size_t n, index;
  uint8_t *data, *bytes = image_make(8, 0, NULL, "", &n, &data);
  rf_file *plain = open_bytes(bytes, 2880), *packed = open_empty(), *again = open_empty();
  CHECK_OK(rf_hdu_pack(plain, 0, packed, NULL, NULL, &index, &err), err);
  CHECK(index == 0 && same_content(packed, bytes, 2880));
  CHECK_OK(rf_hdu_unpack(packed, 0, again, &index, &err), err);
  CHECK(index == 0 && same_content(again, bytes, 2880));
  shut(plain);
  shut(packed);
  shut(again);
  free(bytes);
}

static void packed_hdus_are_copied(void) {
  size_t n, made, index;
  uint8_t *bytes;
  rf_file *both = two_images(&n, &bytes), *packed = open_empty(), *again = open_empty();
  CHECK_OK(rf_hdu_pack(both, 0, packed, NULL, NULL, &index, &err), err);
  CHECK_OK(rf_hdu_pack(packed, 0, again, NULL, NULL, &index, &err), err);
  CHECK_OK(rf_hdu_pack(packed, 1, again, NULL, NULL, &index, &err), err);
  uint8_t *mine = content(packed, &made);
  CHECK(same_content(again, mine, made));
  free(mine);
  free(bytes);
  shut(both);
  shut(packed);
  shut(again);
}

/* An extension stays one, and becomes the first HDU only where there is no other. */
static void extensions_keep_their_header(void) {
  size_t n, index;
  uint8_t *bytes;
  rf_file *both = two_images(&n, &bytes), *packed = open_empty(), *back = open_empty(), *alone = open_empty();
  for (size_t i = 0; i < 2; i++)
    CHECK_OK(rf_hdu_pack(both, i, packed, NULL, NULL, &index, &err), err);
  for (size_t i = 1; i <= 2; i++)
    CHECK_OK(rf_hdu_unpack(packed, i, back, &index, &err), err);
  size_t made;
  uint8_t *mine = content(both, &made);
  CHECK(same_content(back, mine, made));
  free(mine);
  CHECK_OK(rf_hdu_unpack(packed, 2, alone, &index, &err), err);
  CHECK(index == 0);
  CHECK(strncmp(card_at(alone, 0, 0), "SIMPLE  =                    T", 30) == 0);
  free(bytes);
  shut(both);
  shut(packed);
  shut(back);
  shut(alone);
}

/* ---- what goes wrong ---- */

/* Nothing was appended, and the file takes the next HDU. */
static void check_untouched(rf_file *to, const uint8_t *before, size_t n, rf_file *good) {
  size_t index, count = hdus_of(to);
  CHECK(same_content(to, before, n));
  CHECK_OK(rf_hdu_copy(good, 0, to, &index, &err), err);
  CHECK(index == count);
}

static void failures_leave_the_target_as_it_was(void) {
  size_t n, made, index;
  uint8_t *data, *bytes = image_make(32, 3, shape, "", &n, &data);
  uint8_t *clash = image_make(32, 3, shape, "TZERO1  =                  5.0\n", &n, &data);
  rf_file *good = open_bytes(bytes, n), *short_one = open_bytes(bytes, 2880 + 100), *odd = open_bytes(clash, n);
  for (int empty = 0; empty < 2; empty++) {
    rf_file *to = open_empty();
    if (!empty)
      CHECK_OK(rf_hdu_copy(good, 0, to, &index, &err), err);
    uint8_t *before = content(to, &made);
    CHECK(rf_hdu_copy(short_one, 0, to, &index, &err) == RF_ERR_TRUNCATED);
    CHECK(same_content(to, before, made));
    CHECK(rf_hdu_pack(short_one, 0, to, NULL, NULL, &index, &err) == RF_ERR_TRUNCATED);
    CHECK(err.hdu == 0);
    CHECK(same_content(to, before, made));
    CHECK(rf_hdu_pack(odd, 0, to, NULL, NULL, &index, &err) == RF_ERR_UNSUPPORTED);
    CHECK_STR(err.keyword, "TZERO1");
    CHECK(same_content(to, before, made));
    CHECK(rf_hdu_copy(good, 7, to, &index, &err) == RF_ERR_NOT_FOUND);
    check_untouched(to, before, made, good);
    free(before);
    shut(to);
  }
  shut(good);
  shut(short_one);
  shut(odd);
  free(bytes);
  free(clash);
}

static void a_corrupt_tile_leaves_the_target_as_it_was(void) {
  size_t n, made, index;
  uint8_t *bytes;
  rf_file *both = two_images(&n, &bytes), *packed = open_empty(), *to = open_empty();
  rf_compression how;
  rf_compression_init(&how);
  how.type = RF_Z_GZIP_1;
  CHECK_OK(rf_hdu_pack(both, 0, packed, &how, NULL, &index, &err), err);
  uint8_t *spoilt = content(packed, &made), *heap = spoilt + made - 1;
  while (*heap == 0)
    heap--;
  memset(heap - 40, 0, 30);
  rf_file *from = open_bytes(spoilt, made);
  CHECK(rf_hdu_unpack(from, 1, to, &index, &err) == RF_ERR_CODEC);
  CHECK(err.hdu == 1);
  CHECK(strstr(err.message, "GZIP_1") != NULL && strstr(err.message, "tile") != NULL);
  check_untouched(to, bytes, 0, both);
  free(spoilt);
  free(bytes);
  shut(both);
  shut(packed);
  shut(from);
  shut(to);
}

/* Copies within one file: the first HDU, and an extension, whose bytes stay. */
static void an_hdu_is_copied_in_its_file(void) {
  size_t n, all, index = 0;
  uint8_t *bytes;
  rf_file *both = two_images(&n, &bytes);
  CHECK_OK(rf_hdu_copy(both, 0, both, &index, &err), err);
  CHECK(index == 2);
  CHECK_OK(rf_hdu_copy(both, 1, both, &index, &err), err);
  CHECK(index == 3 && hdus_of(both) == 4);
  uint8_t *mine = content(both, &all);
  CHECK(all == 4 * n && memcmp(mine, bytes, n) == 0);
  CHECK(memcmp(mine + n, mine + 2 * n, n) == 0 && memcmp(mine + n, mine + 3 * n, n) == 0);
  CHECK(rf_hdu_copy(both, 4, both, &index, &err) == RF_ERR_NOT_FOUND);
  CHECK(hdus_of(both) == 4);
  free(mine);
  free(bytes);
  shut(both);
}

static void one_file_is_not_two(void) {
  size_t n, index;
  uint8_t *bytes;
  rf_file *both = two_images(&n, &bytes), *unwritten = NULL;
  const char *path = scratch_path("unwritten.fits");
  scratch_write(path, bytes, n);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &unwritten, &err), err);
  CHECK(rf_hdu_pack(both, 0, both, NULL, NULL, &index, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_copy(both, 0, unwritten, &index, &err) == RF_ERR_READONLY);
  CHECK(strstr(err.message, "unwritten.fits") != NULL);
  CHECK(rf_hdu_unpack(both, 0, unwritten, &index, NULL) == RF_ERR_READONLY);
  free(bytes);
  shut(both);
  shut(unwritten);
}

/* ---- threads ---- */

#define COPIES 60

typedef struct both_ways {
  rf_file *from;
  rf_file *to;
  bool pack;
  int failures;
} both_ways;

static void *copy_many(void *argument) {
  both_ways *way = argument;
  for (int i = 0; i < COPIES; i++) {
    rf_status status = way->pack ? rf_hdu_pack(way->from, 0, way->to, NULL, NULL, NULL, NULL)
                                 : rf_hdu_copy(way->from, 0, way->to, NULL, NULL);
    way->failures += status != RF_OK;
  }
  return NULL;
}

static void two_threads_copy_both_ways(void) {
  size_t n;
  uint8_t *bytes[2];
  rf_file *a = two_images(&n, &bytes[0]), *b = two_images(&n, &bytes[1]);
  both_ways ways[2] = {{a, b, false, 0}, {b, a, true, 0}};
  pthread_t threads[2];
  for (int i = 0; i < 2; i++)
    if (pthread_create(&threads[i], NULL, copy_many, &ways[i]) != 0)
      exit(2);
  for (int i = 0; i < 2; i++)
    CHECK(pthread_join(threads[i], NULL) == 0 && ways[i].failures == 0);
  CHECK(hdus_of(a) == 2 + COPIES && hdus_of(b) == 2 + COPIES);
  free(bytes[0]);
  free(bytes[1]);
  shut(a);
  shut(b);
}

int main(void) {
  scratch_begin("pack");
  RUN(a_primary_image_becomes_an_extension_and_back);
  RUN(a_checksum_stays_right_when_the_place_changes);
  RUN(an_extension_gets_a_primary_hdu_before_it);
  RUN(room_in_the_header_is_copied);
  RUN(the_way_there_and_back);
  RUN(larger_than_a_block);
  RUN(what_has_no_pixels_is_copied);
  RUN(packed_hdus_are_copied);
  RUN(extensions_keep_their_header);
  RUN(failures_leave_the_target_as_it_was);
  RUN(a_corrupt_tile_leaves_the_target_as_it_was);
  RUN(an_hdu_is_copied_in_its_file);
  RUN(one_file_is_not_two);
  RUN(two_threads_copy_both_ways);
  scratch_end();
  return check_report();
}
