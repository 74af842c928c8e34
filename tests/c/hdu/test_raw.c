/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HDUs by their bytes and cards: data and headers that are read and overwritten, headers of any cards, and what of it
 * must be refused, with the file as it was.
 */
#include "hdu/raw_files.h"

/* ---- bytes ---- */

static void bytes_are_those_of_the_file(void) {
  rf_file *file = open_three(false, NULL);
  size_t n;
  uint8_t *all = content_of(file, &n), *buffer = malloc(n);
  for (size_t i = 0; i < 3; i++) {
    rf_hdu_info info = info_of(file, i);
    CHECK_OK(rf_hdu_read_raw(file, i, RF_PART_HEADER, 0, buffer, (size_t)info.header_bytes, &err), err);
    CHECK(memcmp(buffer, all + info.header_offset, (size_t)info.header_bytes) == 0);
    CHECK_OK(rf_hdu_read_raw(file, i, RF_PART_DATA, 0, buffer, (size_t)info.data_bytes, &err), err);
    CHECK(memcmp(buffer, all + info.data_offset, (size_t)info.data_bytes) == 0);
    CHECK_OK(rf_hdu_read_raw(file, i, RF_PART_DATA, info.data_bytes - 3, buffer, 3, &err), err);
    CHECK(memcmp(buffer, all + info.data_offset + info.data_bytes - 3, 3) == 0);
    CHECK_OK(rf_hdu_read_raw(file, i, RF_PART_DATA, info.data_bytes, NULL, 0, &err), err);
    CHECK(rf_hdu_read_raw(file, i, RF_PART_DATA, info.data_bytes - 3, buffer, 4, &err) == RF_ERR_RANGE);
    CHECK(rf_hdu_read_raw(file, i, RF_PART_HEADER, 1, buffer, (size_t)info.header_bytes, &err) == RF_ERR_RANGE);
    CHECK(rf_hdu_read_raw(file, i, RF_PART_DATA, UINT64_MAX, buffer, 2, &err) == RF_ERR_RANGE);
    CHECK(rf_hdu_read_raw(file, i, RF_PART_DATA, 1, buffer, SIZE_MAX, &err) == RF_ERR_RANGE);
    CHECK(rf_hdu_write_raw(file, i, RF_PART_DATA, UINT64_MAX, buffer, 2, &err) == RF_ERR_RANGE);
    CHECK(rf_hdu_write_raw(file, i, RF_PART_DATA, info.data_bytes, buffer, 1, &err) == RF_ERR_RANGE);
    CHECK(rf_hdu_write_raw(file, i, RF_PART_HEADER, info.header_bytes, buffer, 1, &err) == RF_ERR_RANGE);
  }
  CHECK(rf_hdu_read_raw(file, 3, RF_PART_DATA, 0, buffer, 1, &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_hdu_read_raw(file, 0, (rf_hdu_part)3, 0, buffer, 1, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_read_raw(file, 0, RF_PART_DATA, 0, NULL, 1, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_write_raw(file, 0, (rf_hdu_part)0, 0, buffer, 1, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_write_raw(file, 0, RF_PART_DATA, 0, NULL, 1, &err) == RF_ERR_ARGUMENT);
  check_content(file, all, n);
  free(buffer);
  free(all);
  free_file(file);
}

static void written_data_are_read(void) {
  rf_file *file = open_three(true, "data.fits"), *other = NULL;
  CHECK_OK(rf_file_open(scratch_path("data.fits"), RF_MODE_READ, NULL, &other, &err), err);
  const uint8_t bytes[4] = {0, 0, 0, 42};
  int32_t cells[2 * TABLE_ROWS];
  rf_column_request column = {.size = sizeof column, .type = RF_I32, .data = cells, .stride = 2 * sizeof *cells};
  const rf_table_request rows = {.size = sizeof rows, .columns = &column, .ncolumns = 1};
  CHECK_OK(rf_table_read(other, 1, &rows, &err), err);
  CHECK(cells[3] != 42);
  CHECK_OK(rf_hdu_write_raw(file, 1, RF_PART_DATA, 12, bytes, 4, &err), err);
  CHECK_OK(rf_table_read(file, 1, &rows, &err), err);
  CHECK(cells[3] == 42);
  cells[3] = 0;
  CHECK_OK(rf_table_read(other, 1, &rows, &err), err);
  CHECK(cells[3] == 42);
  CHECK(rf_hdu_write_raw(other, 1, RF_PART_DATA, 12, bytes, 4, &err) == RF_ERR_READONLY);
  free_file(other);
  free_file(file);
}

/* Tiles and descriptors that were read before are read again. */
static void written_tiles_are_read(void) {
  rf_file *file = NULL;
  rf_compression how;
  static int32_t pixels[64][64], found[64][64];
  const uint64_t axes[2] = {64, 64}, tile[2] = {32, 64};
  size_t index;
  CHECK_OK(rf_file_open(scratch_path("tiles.fits"), RF_MODE_CREATE, NULL, &file, &err), err);
  for (int i = 0; i < 64 * 64; i++)
    pixels[i / 64][i % 64] = i / 64 < 32 ? i % 7 : 100 + i % 7;
  rf_compression_init(&how);
  how.type = RF_Z_RICE_1;
  how.tile_ndim = 2;
  how.tile = tile;
  const rf_image_spec spec = {
      .size = sizeof spec, .dtype = RF_I32, .naxis = 2, .axes = axes, .extver = -1, .compression = &how};
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  rf_image_request all = {.size = sizeof all, .dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels};
  CHECK_OK(rf_image_write(file, index, &all, &err), err);
  CHECK_OK(rf_file_flush(file, &err), err);
  all.data = found;
  CHECK_OK(rf_image_read(file, index, &all, &err), err);
  CHECK(memcmp(pixels, found, sizeof pixels) == 0);
  /* Both tiles become the second one: descriptors are 8 bytes. */
  uint8_t descriptor[8];
  CHECK_OK(rf_hdu_read_raw(file, index, RF_PART_DATA, 8, descriptor, 8, &err), err);
  CHECK_OK(rf_hdu_write_raw(file, index, RF_PART_DATA, 0, descriptor, 8, &err), err);
  CHECK_OK(rf_image_read(file, index, &all, &err), err);
  CHECK(memcmp(found, pixels + 32, sizeof pixels / 2) == 0);
  CHECK(memcmp(found + 32, pixels + 32, sizeof pixels / 2) == 0);
  free_file(file);
}

static void missing_data_are_not_written(void) {
  fits_bytes fits = {0};
  rf_file *file = NULL;
  uint8_t bytes[8] = {0};
  three_hdus(&fits);
  fits.size -= 2760 + 240; /* the padding, and the end of the data */
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_OK(rf_hdu_read_raw(file, 2, RF_PART_DATA, 0, bytes, 8, &err), err);
  CHECK(rf_hdu_read_raw(file, 2, RF_PART_DATA, 2990, bytes, 8, &err) == RF_ERR_TRUNCATED);
  CHECK(rf_hdu_write_raw(file, 2, RF_PART_DATA, 2990, bytes, 8, &err) == RF_ERR_TRUNCATED);
  CHECK(rf_hdu_write_raw(file, 2, RF_PART_DATA, 0, bytes, 8, &err) == RF_ERR_TRUNCATED);
  check_content(file, fits.bytes, fits.size);
  free_file(file);
  fits_free(&fits);
}

/* ---- bytes of headers ---- */

static void header_bytes_stay_cards(void) {
  rf_file *file = open_three(true, "header.fits");
  char card[81], kept[80], bad[80];
  size_t n;
  memset(card, ' ', sizeof card);
  uint8_t *all = content_of(file, &n);
  CHECK_OK(rf_hdu_read_raw(file, 2, RF_PART_HEADER, 480, kept, 80, &err), err);
  CHECK(memcmp(kept, "EXTNAME = 'LAST'", 16) == 0);
  /* a card that is not one */
  memcpy(bad, kept, 80);
  bad[20] = '\t';
  CHECK(rf_hdu_write_raw(file, 2, RF_PART_HEADER, 480, bad, 80, &err) == RF_ERR_CARD);
  CHECK(strstr(err.message, "0x09 in column 21") != NULL);
  CHECK(rf_hdu_write_raw(file, 2, RF_PART_HEADER, 500, "\t", 1, &err) == RF_ERR_CARD);
  CHECK(rf_hdu_write_raw(file, 2, RF_PART_HEADER, 480, "extname", 7, &err) == RF_ERR_CARD);
  CHECK(strstr(err.message, "\"extname \" is not a keyword") != NULL);
  /* END: overwritten, earlier, not the last */
  CHECK(rf_hdu_write_raw(file, 2, RF_PART_HEADER, 560, card, 80, &err) == RF_ERR_CARD);
  CHECK(strstr(err.message, "no END") != NULL);
  CHECK(rf_hdu_write_raw(file, 2, RF_PART_HEADER, 480, "END             ", 16, &err) == RF_ERR_CARD);
  CHECK(strstr(err.message, "not be blank") != NULL);
  CHECK(rf_hdu_write_raw(file, 2, RF_PART_HEADER, 640, "X", 1, &err) == RF_ERR_CARD);
  /* no HDU any more */
  CHECK(rf_hdu_write_raw(file, 2, RF_PART_HEADER, 0, "SIMPLE  ", 8, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_write_raw(file, 2, RF_PART_HEADER, 109, "7", 1, &err) == RF_ERR_FORMAT); /* BITPIX = 7 */
  CHECK(rf_hdu_write_raw(file, 0, RF_PART_HEADER, 8, "e", 1, &err) == RF_ERR_ARGUMENT); /* no file any more */
  check_content(file, all, n);
  check_index(file);
  /* right */
  CHECK_OK(rf_hdu_write_raw(file, 2, RF_PART_HEADER, 491, "PAST", 4, &err), err);
  size_t found = 9;
  CHECK_OK(rf_file_find(file, "PAST", NULL, &found, &err), err);
  CHECK(found == 2);
  memcpy(all + info_of(file, 2).header_offset + 491, "PAST", 4);
  check_content(file, all, n);
  free(all);
  check_index(file);
  free_file(file);
}

/* The END that moves behind a new card. */
static void header_bytes_take_a_card_and_end(void) {
  rf_file *file = open_three(true, "end.fits");
  char two[160];
  memset(two, ' ', sizeof two);
  memcpy(two, "HISTORY by hand", 15);
  memcpy(two + 80, "END", 3);
  CHECK_OK(rf_hdu_write_raw(file, 2, RF_PART_HEADER, 560, two, 160, &err), err);
  rf_header *header = NULL;
  CHECK_OK(rf_hdu_get_header(file, 2, &header, &err), err);
  CHECK(rf_header_get_count(header) == 8);
  rf_header_free(header);
  check_index(file);
  free_file(file);
}

/* ---- cards ---- */

static void size_by_hand(bool on_disk) {
  rf_file *file = open_three(on_disk, "size.fits");
  size_t n;
  uint8_t *all = content_of(file, &n), last[3000], found[3000];
  CHECK_OK(rf_hdu_read_raw(file, 2, RF_PART_DATA, 0, last, sizeof last, &err), err);
  /* The next HDU would not be found. */
  CHECK(set_card(file, 1, "NAXIS2", "NAXIS2  =                 1000", RF_DATA_KEEP) == RF_ERR_FORMAT);
  CHECK(strstr(err.message, "the next HDU would not be found") != NULL);
  CHECK(set_card(file, 1, "NAXIS2", "NAXIS2  =                    0", RF_DATA_KEEP) == RF_ERR_FORMAT);
  CHECK(set_card(file, 1, "NAXIS2", "NAXIS2  =                   -1", RF_DATA_RESIZE) == RF_ERR_FORMAT);
  CHECK(set_card(file, 1, "NAXIS2", "NAXIS2  =  9223372036854775807", RF_DATA_RESIZE) != RF_OK);
  CHECK(set_card(file, 1, "NAXIS2", "NAXIS2  =  1000000000000000000", RF_DATA_KEEP) == RF_ERR_TRUNCATED ||
        err.code == RF_ERR_LIMIT || err.code == RF_ERR_FORMAT);
  check_content(file, all, n);
  check_index(file);
  /* Within the block, it stays where it is. */
  CHECK_OK(set_card(file, 1, "NAXIS2", "NAXIS2  =                  200", RF_DATA_KEEP), err);
  CHECK(info_of(file, 1).data_bytes == 1600 && count_of(file) == 3);
  check_index(file);
  /* More blocks, and fewer. */
  CHECK_OK(set_card(file, 1, "NAXIS2", "NAXIS2  =                 1000", RF_DATA_RESIZE), err);
  CHECK(info_of(file, 1).data_bytes == 8000 && count_of(file) == 3);
  CHECK_OK(rf_hdu_read_raw(file, 1, RF_PART_DATA, 0, found, 800, &err), err);
  CHECK(memcmp(found, all + 14400 - 2880, 800) == 0);
  CHECK_OK(rf_hdu_read_raw(file, 1, RF_PART_DATA, 7992, found, 8, &err), err);
  CHECK(memcmp(found, (uint8_t[8]){0}, 8) == 0);
  check_index(file);
  CHECK_OK(set_card(file, 1, "NAXIS2", "NAXIS2  =                    0", RF_DATA_RESIZE), err);
  CHECK(info_of(file, 1).data_bytes == 0 && count_of(file) == 3);
  check_index(file);
  CHECK_OK(rf_hdu_read_raw(file, 2, RF_PART_DATA, 0, found, sizeof found, &err), err);
  CHECK(memcmp(last, found, sizeof last) == 0);
  free(all);
  free_file(file);
}

static void size_is_changed_by_hand(void) {
  size_by_hand(true);
  size_by_hand(false);
}

/* The last HDU: the scan goes on where its data end by the new header. */
static void hidden_hdus_appear(void) {
  fits_bytes fits = {0};
  rf_file *file = NULL;
  fits_image(&fits, true, 100, NULL);
  table_cards(&fits, 1000, "2J"); /* really 100 rows */
  fits_end(&fits);
  fits_data(&fits, 800, 1);
  fits_image(&fits, false, 6000, "HIDDEN");
  CHECK_OK(rf_file_open(save(&fits, "hidden.fits"), RF_MODE_READ_WRITE, NULL, &file, &err), err);
  CHECK(count_of(file) == 2);
  CHECK_OK(set_card(file, 1, "NAXIS2", "NAXIS2  =                  100", RF_DATA_KEEP), err);
  CHECK(count_of(file) == 3);
  size_t found = 0;
  CHECK_OK(rf_file_find(file, "HIDDEN", NULL, &found, &err), err);
  CHECK(found == 2);
  check_index(file);
  /* And the file would end before the data. */
  CHECK(set_card(file, 2, "NAXIS1", "NAXIS1  =                60000", RF_DATA_KEEP) == RF_ERR_TRUNCATED);
  CHECK(strstr(err.message, "before their end: resize") != NULL);
  CHECK_OK(set_card(file, 2, "NAXIS1", "NAXIS1  =                   60", RF_DATA_KEEP), err);
  CHECK(count_of(file) == 3 && info_of(file, 2).data_bytes == 60);
  check_index(file);
  CHECK_OK(set_card(file, 2, "NAXIS1", "NAXIS1  =                60000", RF_DATA_RESIZE), err);
  check_index(file);
  free_file(file);
  fits_free(&fits);
}

/* A table whose columns change, and that becomes a compressed image. */
static void kind_and_columns_are_read_again(void) {
  rf_file *file = open_three(true, "kind.fits");
  rf_column_info column = {.size = sizeof column};
  CHECK_OK(rf_table_get_column(file, 1, 0, &column, &err), err);
  CHECK(column.repeat == 2 && column.letter == 'J');
  CHECK_OK(set_card(file, 1, "TFORM1", "TFORM1  = '1D      '", RF_DATA_KEEP), err);
  CHECK_OK(rf_table_get_column(file, 1, 0, &column, &err), err);
  CHECK(column.repeat == 1 && column.letter == 'D');
  uint64_t before = rf_file_get_generation(file);
  CHECK_OK(set_card(file, 1, "TTYPE1", "ZIMAGE  =                    T", RF_DATA_KEEP), err);
  CHECK(info_of(file, 1).kind == RF_HDU_COMPRESSED_IMAGE);
  CHECK(rf_file_get_generation(file) != before);
  int32_t pixel;
  const rf_image_request one = {.size = sizeof one, .dtype = RF_I32, .data = &pixel, .data_bytes = sizeof pixel};
  CHECK(rf_image_read(file, 1, &one, &err) != RF_OK); /* it is none */
  CHECK_OK(set_card(file, 1, "ZIMAGE", "TTYPE1  = 'x       '", RF_DATA_KEEP), err);
  CHECK(info_of(file, 1).kind == RF_HDU_TABLE);
  check_index(file);
  free_file(file);
}

static void headers_grow(bool on_disk) {
  rf_file *file = open_three(on_disk, "grow.fits");
  uint8_t before[800], after[800];
  rf_header *header = NULL;
  CHECK_OK(rf_hdu_read_raw(file, 1, RF_PART_DATA, 0, before, sizeof before, &err), err);
  CHECK_OK(rf_hdu_get_header(file, 1, &header, &err), err);
  add_cards(header, 100);
  rf_header *rows = NULL;
  CHECK_OK(rf_header_copy(header, &rows, &err), err);
  CHECK_OK(rf_hdu_set_cards(file, 1, rf_header_get_cards(header), rf_header_get_count(header), RF_DATA_KEEP, &err),
           err);
  CHECK(info_of(file, 1).header_bytes >= 4 * 2880);
  CHECK(count_of(file) == 3);
  check_index(file);
  CHECK_OK(rf_hdu_read_raw(file, 1, RF_PART_DATA, 0, after, sizeof after, &err), err);
  CHECK(memcmp(before, after, sizeof before) == 0);
  rf_header_free(header);
  CHECK_OK(rf_hdu_get_header(file, 1, &header, &err), err);
  CHECK(rf_header_get_count(header) == rf_header_get_count(rows));
  CHECK(memcmp(rf_header_get_cards(header), rf_header_get_cards(rows), 80 * rf_header_get_count(rows)) == 0);
  rf_header_free(header);
  rf_header_free(rows);
  free_file(file);
}

static void a_header_grows(void) {
  headers_grow(true);
  headers_grow(false);
}

/* Checks that the data of the table are those of open_three(), here and for a fresh handle. */
static void check_table(rf_file *file, uint64_t header_bytes) {
  uint8_t data[8 * TABLE_ROWS];
  CHECK(info_of(file, 1).header_bytes == header_bytes && count_of(file) == 3);
  CHECK_OK(rf_hdu_read_raw(file, 1, RF_PART_DATA, 0, data, sizeof data, &err), err);
  fits_bytes expected = {0};
  fits_data(&expected, sizeof data, 7);
  CHECK(memcmp(expected.bytes, data, sizeof data) == 0);
  fits_free(&expected);
  check_index(file);
}

/* END stays in the last block: what opens the file finds the data there. */
static void a_header_that_shrinks_keeps_its_blocks(void) {
  rf_file *file = open_three(true, "shrink.fits");
  rf_header *header = NULL;
  char more[80 * 200], end[80];
  CHECK_OK(rf_hdu_get_header(file, 1, &header, &err), err);
  size_t n = rf_header_get_count(header);
  memcpy(more, rf_header_get_cards(header), 80 * n);
  rf_header_free(header);
  memset(more + 80 * n, ' ', sizeof more - 80 * n);
  for (size_t i = n; i < 100; i++)
    memcpy(more + 80 * i, "HISTORY more", 12);
  CHECK_OK(rf_hdu_set_cards(file, 1, more, 100, RF_DATA_KEEP, &err), err);
  check_table(file, 8640);
  CHECK_OK(rf_hdu_set_cards(file, 1, more, n, RF_DATA_KEEP, &err), err);
  check_table(file, 8640);
  CHECK_OK(rf_hdu_get_header(file, 1, &header, &err), err);
  CHECK(rf_header_get_count(header) == n);
  rf_header_free(header);
  CHECK_OK(rf_hdu_set_cards(file, 1, more, 100, RF_DATA_KEEP, &err), err);
  memset(more + 80 * n, ' ', sizeof more - 80 * n);
  memcpy(more + 80 * n, "END", 3);
  CHECK_OK(rf_hdu_write_raw(file, 1, RF_PART_HEADER, 0, more, 8640, &err), err);
  check_table(file, 8640);
  CHECK_OK(rf_hdu_read_raw(file, 1, RF_PART_HEADER, 5760, end, sizeof end, &err), err);
  CHECK(memcmp(end, "END", 3) == 0);
  free_file(file);
}

static void illegal_cards_are_refused(void) {
  static const char *const wrong[] = {"END",
                                      "lower   =                    1",
                                      "A B     =                    1",
                                      "K\xE9Y     =                    1",
                                      "TAB     =\t                   1",
                                      "SEMI;   =                    1"};
  rf_file *file = open_three(true, "illegal.fits");
  size_t n;
  uint8_t *all = content_of(file, &n);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    CHECK(set_card(file, 1, "TTYPE1", wrong[i], RF_DATA_RESIZE) == RF_ERR_CARD);
  CHECK(set_card(file, 1, "XTENSION", "SIMPLE  =                    T", RF_DATA_KEEP) == RF_ERR_ARGUMENT);
  CHECK(set_card(file, 0, "SIMPLE", "XTENSION= 'IMAGE   '", RF_DATA_KEEP) == RF_ERR_ARGUMENT);
  CHECK(set_card(file, 1, "BITPIX", "BITPIX  =                   12", RF_DATA_KEEP) == RF_ERR_FORMAT);
  CHECK(set_card(file, 1, "NAXIS1", "HISTORY", RF_DATA_RESIZE) == RF_ERR_FORMAT);
  CHECK(set_card(file, 1, "NAXIS2", "NAXIS2  =                  200", (rf_data_fit)0) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_set_cards(file, 1, NULL, 3, RF_DATA_KEEP, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_set_cards(file, 1, "", 0, RF_DATA_KEEP, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_set_cards(file, 1, "", SIZE_MAX, RF_DATA_KEEP, &err) == RF_ERR_LIMIT);
  CHECK(set_card(file, 1, "NAXIS2", "NAXIS2  =                  200", RF_DATA_KEEP) == RF_OK);
  all[2 * 2880 + 2880 + 4 * 80 + 27] = '2';
  check_content(file, all, n);
  free(all);
  free_file(file);
}

/* Odd cards that the file has already do not forbid an edit of others. */
static void odd_cards_stay(void) {
  fits_bytes fits = {0};
  rf_file *file = NULL;
  fits_begin(&fits, NULL, 8, 1, (long long[]){100});
  fits_card(&fits, "odd key =                    1");
  fits_card(&fits, "OBJECT  = 'K\xF6nig'");
  fits_end(&fits);
  fits_data(&fits, 100, 3);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_OK(set_card(file, 0, "NAXIS1", "NAXIS1  =                   50", RF_DATA_KEEP), err);
  CHECK(info_of(file, 0).data_bytes == 50);
  char card[80];
  CHECK_OK(rf_hdu_read_raw(file, 0, RF_PART_HEADER, 400, card, 80, &err), err);
  CHECK(memcmp(card, "OBJECT  = 'K\xF6nig'", 17) == 0);
  free_file(file);
  fits_free(&fits);
}

/* ---- half-built HDUs ---- */

int main(void) {
  scratch_begin("raw");
  RUN(bytes_are_those_of_the_file);
  RUN(written_data_are_read);
  RUN(written_tiles_are_read);
  RUN(missing_data_are_not_written);
  RUN(header_bytes_stay_cards);
  RUN(header_bytes_take_a_card_and_end);
  RUN(size_is_changed_by_hand);
  RUN(hidden_hdus_appear);
  RUN(kind_and_columns_are_read_again);
  RUN(a_header_grows);
  RUN(a_header_that_shrinks_keeps_its_blocks);
  RUN(illegal_cards_are_refused);
  RUN(odd_cards_stay);
  scratch_end();
  return check_report();
}
