/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HDUs that are built by their cards and bytes, failing writes, and headers of random bytes.
 */
#include "hdu/raw_files.h"

static void begin_and_publish(bool on_disk) {
  rf_file *file = open_three(on_disk, "begin.fits");
  fits_bytes table = {0};
  size_t index = 99;
  uint8_t row[8] = {0, 0, 0, 5, 0, 0, 0, 6};
  uint64_t size = size_of(file);
  table_cards(&table, 3, "2J");
  CHECK_OK(rf_hdu_begin(file, (char *)table.bytes, table.size / 80, &index, &err), err);
  CHECK(index == 3 && info_of(file, 3).kind == RF_HDU_TABLE && info_of(file, 3).data_bytes == 24);
  CHECK(size_of(file) == size);
  char first[8];
  CHECK_OK(rf_hdu_read_raw(file, 3, RF_PART_HEADER, 0, first, 8, &err), err);
  CHECK(memcmp(first, "XTENSION", 8) == 0);
  CHECK(rf_hdu_begin(file, (char *)table.bytes, table.size / 80, &index, &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_hdu_write_raw(file, 3, RF_PART_DATA, 8, row, 8, &err), err);
  CHECK(rf_hdu_write_raw(file, 3, RF_PART_DATA, 24, row, 8, &err) == RF_ERR_RANGE);
  /* More rows, by hand; bytes of the header, too. */
  CHECK_OK(set_card(file, 3, "NAXIS2", "NAXIS2  =                    5", RF_DATA_KEEP), err);
  CHECK_OK(rf_hdu_write_raw(file, 3, RF_PART_DATA, 32, row, 8, &err), err);
  CHECK_OK(rf_hdu_write_raw(file, 3, RF_PART_HEADER, 9 * 80 + 11, "y", 1, &err), err);
  CHECK(rf_hdu_write_raw(file, 3, RF_PART_HEADER, 9 * 80, "y", 1, &err) == RF_ERR_CARD);
  CHECK_OK(rf_hdu_publish(file, 3, &err), err);
  check_index(file);
  int32_t cells[10];
  rf_column_request column = {.size = sizeof column, .type = RF_I32, .data = cells, .stride = 2 * sizeof *cells};
  const rf_table_request rows = {.size = sizeof rows, .columns = &column, .ncolumns = 1};
  CHECK_OK(rf_table_find_column(file, 3, "y", &column.column, &err), err);
  CHECK_OK(rf_table_read(file, 3, &rows, &err), err);
  CHECK(memcmp(cells, (int32_t[]){0, 0, 5, 6, 0, 0, 0, 0, 5, 6}, sizeof cells) == 0);
  /* Insert it in front of the table. */
  CHECK_OK(rf_hdu_move(file, 3, 1, &err), err);
  CHECK(count_of(file) == 4 && info_of(file, 1).data_bytes == 40 && info_of(file, 2).data_bytes == 800);
  check_index(file);
  fits_free(&table);
  free_file(file);
}

static void an_hdu_is_built_by_hand(void) {
  begin_and_publish(true);
  begin_and_publish(false);
}

static void a_discarded_hdu_leaves_nothing(void) {
  rf_file *file = open_three(true, "discard.fits");
  fits_bytes table = {0};
  size_t n, index = 0;
  uint8_t *all = content_of(file, &n);
  table_cards(&table, 3000, "2J");
  CHECK_OK(rf_hdu_begin(file, (char *)table.bytes, table.size / 80, &index, &err), err);
  CHECK_OK(rf_hdu_write_raw(file, index, RF_PART_DATA, 20000, "abc", 3, &err), err);
  CHECK_OK(rf_hdu_discard(file, index, &err), err);
  CHECK(count_of(file) == 3);
  check_content(file, all, n);
  /* Nothing begins. */
  CHECK(rf_hdu_begin(file, "", 0, &index, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_begin(file, NULL, 2, &index, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_begin(file, (char *)table.bytes + 80, 3, &index, &err) == RF_ERR_ARGUMENT); /* no XTENSION */
  CHECK(rf_hdu_begin(file, (char *)table.bytes, 2, &index, &err) == RF_ERR_FORMAT);        /* no NAXIS */
  table.bytes[90] = 0;
  CHECK(rf_hdu_begin(file, (char *)table.bytes, table.size / 80, &index, &err) == RF_ERR_CARD);
  check_content(file, all, n);
  check_index(file);
  free(all);
  fits_free(&table);
  free_file(file);
}

static void an_empty_file_gets_a_primary(void) {
  rf_file *file = NULL;
  fits_bytes cards = {0};
  size_t index = 0;
  table_cards(&cards, 1, "2J");
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_hdu_begin(file, (char *)cards.bytes, cards.size / 80, &index, &err), err);
  CHECK(index == 1);
  CHECK_OK(rf_hdu_publish(file, index, &err), err);
  CHECK(count_of(file) == 2 && info_of(file, 1).kind == RF_HDU_TABLE);
  check_index(file);
  free_file(file);
  fits_free(&cards);
  fits_begin(&cards, NULL, 16, 1, (long long[]){10});
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_hdu_begin(file, (char *)cards.bytes, cards.size / 80, &index, &err), err);
  CHECK(index == 0);
  CHECK_OK(rf_hdu_publish(file, index, &err), err);
  CHECK(count_of(file) == 1 && size_of(file) == 5760);
  check_index(file);
  free_file(file);
  fits_free(&cards);
}

/* ---- failures and hostile input ---- */

/* A disk that is full at each write: the file is as before, or the handle is tainted. */
static void failed_writes_lose_nothing(void) {
  fits_bytes fits = {0};
  three_hdus(&fits);
  for (int countdown = 0;; countdown++) {
    rf_file *file = NULL;
    watched_load(&fits);
    CHECK_OK(rf_file_open("watched://a", RF_MODE_READ_WRITE, NULL, &file, &err), err);
    watched.countdown = countdown;
    rf_status status = set_card(file, 1, "NAXIS2", "NAXIS2  =                 1000", RF_DATA_RESIZE);
    watched.countdown = -1;
    CHECK(status == RF_OK || status == RF_ERR_NO_SPACE);
    size_t count = 0;
    rf_status after = rf_file_get_hdu_count(file, &count, &err);
    CHECK(after == RF_OK ? count == 3 : status != RF_OK && after == RF_ERR_TAINTED);
    if (status != RF_OK && after == RF_OK)
      check_content(file, fits.bytes, fits.size);
    (void)rf_file_free(file, NULL);
    if (status == RF_OK)
      break;
    CHECK(countdown < 50);
  }
  fits_free(&fits);
}

/* Random bytes over the header: the call refuses, or the index is what the bytes say. */
static void random_bytes_do_no_harm(void) {
  static const char *const words[] = {"NAXIS   =                    3",
                                      "NAXIS2  =                    0",
                                      "PCOUNT  =                   50",
                                      "GCOUNT  =                    2",
                                      "TFORM1  = '1PE(3)'",
                                      "TFIELDS =                  999",
                                      "END",
                                      "ZIMAGE  =                    T",
                                      "BITPIX  =                  -64",
                                      "NAXIS1  =                   16",
                                      "GROUPS  =                    T",
                                      "\xFF\xFE"};
  unsigned seed = 5;
  rf_file *file = open_three(true, "random.fits");
  for (int step = 0; step < 400; step++) {
    size_t n, count = count_of(file);
    uint8_t *before = content_of(file, &n);
    seed = seed * 1103515245u + 12345u;
    const char *word = words[(seed >> 16) % (sizeof words / sizeof *words)];
    uint64_t offset = (seed >> 8) % 5 == 0 ? (seed >> 4) % 2880 : (seed >> 4) % 12 * 80;
    rf_status status;
    size_t index = (seed >> 3) % count;
    if (step % 3 == 0) {
      rf_header *header = NULL;
      fits_bytes card = {0};
      fits_card(&card, word);
      CHECK_OK(rf_hdu_get_header(file, index, &header, &err), err);
      size_t place = (size_t)(offset / 80) % rf_header_get_count(header);
      memcpy((char *)(uintptr_t)rf_header_get_cards(header) + place * 80, card.bytes, 80);
      status = rf_hdu_set_cards(file, index, rf_header_get_cards(header), rf_header_get_count(header),
                                step % 2 == 0 ? RF_DATA_KEEP : RF_DATA_RESIZE, &err);
      rf_header_free(header);
      fits_free(&card);
    } else
      status = rf_hdu_write_raw(file, index, RF_PART_HEADER, offset, word, strlen(word), &err);
    CHECK(status != RF_ERR_TAINTED && status != RF_ERR_MEMORY);
    if (status != RF_OK)
      check_content(file, before, n);
    else
      check_index(file);
    free(before);
  }
  free_file(file);
}

int main(void) {
  scratch_begin("raw_building");
  RUN(an_hdu_is_built_by_hand);
  RUN(a_discarded_hdu_leaves_nothing);
  RUN(an_empty_file_gets_a_primary);
  RUN(failed_writes_lose_nothing);
  RUN(random_bytes_do_no_harm);
  scratch_end();
  return check_report();
}
