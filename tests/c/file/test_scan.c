/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finding HDUs: sizes by the standard, odd files, and how little is read for it.
 */
#include "check.h"
#include "file/scan/gap.h"
#include "fits_bytes.h"
#include "hdu/kinds.h"
#include "file_calls.h"
#include "store/open.h"

/* The library keeps one warning for each cause and describes it as an error. */
static void warnings(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_error odd;
  fits_begin(&fits, NULL, -32, 1, (long long[]){10});
  fits_integer(&fits, "BLANK", -1);
  fits_integer(&fits, "BITPIX", 16);
  fits_end(&fits);
  fits_data(&fits, 40, 1);
  fits_begin(&fits, "IMAGE", -32, 1, (long long[]){10});
  fits_integer(&fits, "BLANK", -1);
  fits_integer(&fits, "NAXIS12", 3);
  fits_end(&fits);
  fits_data(&fits, 40, 1);
  CHECK_OK(rf_file_open_bytes(fits.bytes, fits.size - 2840, RF_MODE_READ, NULL, &file, &err), err);
  CHECK(rf_file_get_warning_count(file) == 2);
  CHECK(count_of(file) == 2);
  CHECK(rf_file_get_warning_count(file) == 4);
  static const char *const keywords[] = {"BITPIX", "BLANK", "NAXIS", ""};
  for (size_t i = 0; i < 4; i++) {
    CHECK_OK(rf_file_get_warning(file, i, &odd, &err), err);
    CHECK(odd.code == RF_ERR_FORMAT && odd.hdu == (int)(i / 2) && strcmp(odd.keyword, keywords[i]) == 0);
    CHECK(strncmp(odd.message, i < 2 ? "<bytes>[0]: " : "<bytes>[1]: ", 12) == 0);
  }
  CHECK(rf_file_get_warning(file, 4, &odd, &err) == RF_ERR_RANGE);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

/* One HDU of every kind; offsets worked out by hand. */
static void sizes_of_all_kinds(void) {
  fits_bytes fits = {0};
  rf_file *file;
  fits_begin(&fits, NULL, -32, 3, (long long[]){10, 20, 30});
  fits_end(&fits);
  fits_data(&fits, 24000, 1); /* 2880..28800 */
  fits_begin(&fits, "IMAGE", 64, 2, (long long[]){0, 7});
  fits_end(&fits); /* header only */
  fits_card(&fits, "XTENSION= 'BINTABLE'");
  fits_integer(&fits, "BITPIX", 8);
  fits_integer(&fits, "NAXIS", 2);
  fits_integer(&fits, "NAXIS1", 12);
  fits_integer(&fits, "NAXIS2", 300);
  fits_integer(&fits, "PCOUNT", 1000); /* a heap */
  fits_integer(&fits, "GCOUNT", 1);
  fits_integer(&fits, "TFIELDS", 1);
  fits_card(&fits, "TFORM1  = '12A'");
  fits_end(&fits);
  fits_data(&fits, 4600, 2);
  fits_begin(&fits, "TABLE", 8, 2, (long long[]){5, 3});
  fits_end(&fits);
  fits_data(&fits, 15, 3);
  fits_card(&fits, "XTENSION= 'FOREIGN '");
  fits_integer(&fits, "BITPIX", 16);
  fits_integer(&fits, "NAXIS", 1);
  fits_integer(&fits, "NAXIS1", 100);
  fits_integer(&fits, "PCOUNT", 20);
  fits_integer(&fits, "GCOUNT", 30); /* eq. 2: 2 * 30 * (20 + 100) */
  fits_end(&fits);
  fits_data(&fits, 7200, 4);
  fits_begin(&fits, "BINTABLE", 8, 2, (long long[]){8, 4});
  fits_card(&fits, "ZIMAGE  =                    T");
  fits_integer(&fits, "ZNAXIS", 1);
  fits_integer(&fits, "ZNAXIS1", 7);
  fits_end(&fits);
  fits_data(&fits, 32, 5);
  fits_begin(&fits, "BINTABLE", 8, 2, (long long[]){8, 4});
  fits_card(&fits, "ZTABLE  =                    T");
  fits_end(&fits);
  fits_data(&fits, 32, 5);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(count_of(file) == 7);
  static const struct {
    rf_hdu_kind kind;
    uint64_t data_offset, data_bytes;
    int has_data;
  } expected[] = {
      {RF_HDU_IMAGE, 2880, 24000, 1},          {RF_HDU_IMAGE, 31680, 0, 0},    {RF_HDU_TABLE, 34560, 4600, 1},
      {RF_HDU_ASCII_TABLE, 43200, 15, 1},      {RF_HDU_OTHER, 48960, 7200, 1}, {RF_HDU_COMPRESSED_IMAGE, 60480, 32, 1},
      {RF_HDU_COMPRESSED_TABLE, 66240, 32, 1},
  };
  for (size_t i = 0; i < 7; i++) {
    rf_hdu_info info = info_of(file, i);
    CHECK(info.kind == expected[i].kind);
    CHECK(info.data_offset == expected[i].data_offset);
    CHECK(info.data_bytes == expected[i].data_bytes);
    CHECK(info.has_data == expected[i].has_data);
    CHECK(info.header_bytes == 2880);
  }
  uint64_t axes[3];
  size_t naxis;
  CHECK_OK(rf_hdu_get_axes(file, 0, axes, 3, &naxis, &err), err);
  CHECK(naxis == 3 && axes[0] == 30 && axes[1] == 20 && axes[2] == 10);
  CHECK_OK(rf_hdu_get_axes(file, 0, axes, 1, &naxis, &err), err);
  CHECK(naxis == 3 && axes[0] == 30);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

static void random_groups(void) {
  fits_bytes fits = {0};
  rf_file *file;
  fits_begin(&fits, NULL, -32, 3, (long long[]){0, 3, 4});
  fits_card(&fits, "GROUPS  =                    T");
  fits_integer(&fits, "PCOUNT", 5);
  fits_integer(&fits, "GCOUNT", 7); /* 4 * 7 * (5 + 12) */
  fits_end(&fits);
  fits_data(&fits, 476, 1);
  fits_image(&fits, false, 3, "BEHIND");
  CHECK_OK(fits_open(&fits, &file, &err), err);
  rf_hdu_info info = info_of(file, 0);
  CHECK(info.kind == RF_HDU_GROUPS && info.data_bytes == 476 && info.has_data == 1);
  CHECK(info.pcount == 5 && info.gcount == 7);
  CHECK_STR(info_of(file, 1).extname, "BEHIND");
  CHECK(count_of(file) == 2);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

/* GCOUNT of an old writer in a primary array that is no random groups means nothing (eq. 1). */
static void counts_in_a_plain_primary_header(void) {
  fits_bytes fits = {0};
  rf_file *file;
  fits_begin(&fits, NULL, 8, 1, (long long[]){100});
  fits_card(&fits, "GROUPS  =                    F");
  fits_integer(&fits, "PCOUNT", 38);
  fits_integer(&fits, "GCOUNT", 400);
  fits_end(&fits);
  fits_data(&fits, 100, 1);
  fits_image(&fits, false, 3, "BEHIND");
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(info_of(file, 0).data_bytes == 100);
  CHECK(count_of(file) == 2);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

/* --- generous reading --- */

static void untidy_headers(void) {
  fits_bytes fits = {0};
  rf_file *file;
  fits_card(&fits, "SIMPLE  =                    T");
  fits_card(&fits, "naxis2  = 4 / free format, lower case, wrong order");
  fits_card(&fits, "NAXIS   = +2");
  fits_card(&fits, "bitpix  =           16");
  fits_card(&fits, "NAXIS1  =                    5/no blank before the slash");
  fits_card(&fits, "NAXIS1  =                  999");
  fits_card(&fits, "NAXIS01 =                  999");
  fits_card(&fits, "NAXIS1X =                  999");
  fits_card(&fits, "COMMENT = NAXIS1 = 7");
  fits_card(&fits, "EXTNAME = 'first   '");
  fits_card(&fits, "EXTNAME = 'second  '");
  fits_card(&fits, "EXTVER  =                    9");
  fits_card(&fits, "EXTVER  =                   10");
  fits_card(&fits, "END");
  fits_card(&fits, "NAXIS   =                    0");
  fits_pad(&fits, '\n');
  fits_data(&fits, 40, 1);
  fits_image(&fits, false, 1, NULL);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  rf_hdu_info info = info_of(file, 0);
  CHECK(info.bitpix == 16 && info.naxis == 2 && info.data_bytes == 40);
  CHECK_STR(info.extname, "first");
  CHECK(info.extver == 9 && info.has_extname == 1);
  CHECK(count_of(file) == 2);
  info = info_of(file, 1);
  CHECK(info.has_extname == 0 && info.extver == 1 && info.extname[0] == '\0');
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

static void what_follows_the_last_hdu(void) {
  static const struct {
    size_t n;
    int byte;
  } tails[] = {{1, 'x'}, {7, 'X'}, {2880, 0}, {5760, 0}, {2879, ' '}, {10000, 'X'}};
  for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
    fits_bytes fits = {0};
    rf_file *file;
    fits_image(&fits, true, 100, NULL);
    fits_image(&fits, false, 100, NULL);
    fits_grow(&fits, tails[i].n, tails[i].byte);
    CHECK_OK(fits_open(&fits, &file, &err), err);
    CHECK(count_of(file) == 2);
    rf_hdu_info info = {.size = sizeof info};
    CHECK(rf_hdu_get_info(file, 2, &info, &err) == RF_ERR_NOT_FOUND);
    CHECK(strstr(err.message, "has 2") != NULL);
    CHECK_OK(rf_file_free(file, &err), err);
    fits_free(&fits);
  }
}

/* Blocks of zeros or blanks hide nothing that is not too far behind them. */
static void blocks_of_fill_between_hdus(void) {
  static const size_t gaps[] = {1, 2, 15, 16, 17, RF_GAP_BLOCKS - 1, RF_GAP_BLOCKS};
  for (size_t i = 0; i < 2 * sizeof gaps / sizeof *gaps; i++) {
    size_t blocks = gaps[i / 2];
    fits_bytes fits = {0};
    rf_file *file;
    rf_error odd;
    fits_image(&fits, true, 100, NULL);
    fits_image(&fits, false, 100, "A");
    uint64_t gap = fits.size;
    fits_grow(&fits, blocks * RF_BLOCK_BYTES, i % 2 == 0 ? 0 : ' ');
    fits_image(&fits, false, 100, "B");
    fits_image(&fits, false, 100, "C");
    fits_grow(&fits, 100, 0);
    CHECK_OK(fits_open(&fits, &file, &err), err);
    bool seen = blocks < RF_GAP_BLOCKS;
    CHECK(count_of(file) == (seen ? 4 : 2));
    CHECK(rf_file_get_warning_count(file) == 1);
    CHECK_OK(rf_file_get_warning(file, 0, &odd, &err), err);
    CHECK(odd.hdu == (seen ? 2 : 1));
    CHECK(odd.offset == (int64_t)(seen ? gap : gap + RF_GAP_BLOCKS * RF_BLOCK_BYTES));
    if (seen)
      CHECK(info_of(file, 2).header_offset == gap + blocks * RF_BLOCK_BYTES);
    CHECK_OK(rf_file_free(file, &err), err);
    fits_free(&fits);
  }
}

/* What is not fill ends the look, and is told where it begins. */
static void other_bytes_behind_blocks_of_fill(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_error odd;
  fits_image(&fits, true, 100, NULL);
  uint64_t gap = fits.size;
  fits_grow(&fits, 3 * RF_BLOCK_BYTES, 0)[2 * RF_BLOCK_BYTES + 7] = 'x';
  fits_image(&fits, false, 100, "B");
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(count_of(file) == 1);
  CHECK(rf_file_get_warning_count(file) == 1);
  CHECK_OK(rf_file_get_warning(file, 0, &odd, &err), err);
  CHECK(odd.hdu == 0 && odd.offset == (int64_t)(gap + 2 * RF_BLOCK_BYTES));
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

static void extensions_on_block_borders(void) {
  fits_bytes fits = {0};
  rf_store *store;
  uint64_t offset = 0;
  bool found = false;
  fits_grow(&fits, 10 * RF_BLOCK_BYTES, 'x');
  memcpy(fits.bytes + 2 * RF_BLOCK_BYTES + 80, "XTENSION= 'IMAGE   '", 20); /* on no border */
  memcpy(fits.bytes + 7 * RF_BLOCK_BYTES, "xtension= 'IMAGE   '", 20);
  CHECK_OK(rf_store_open_bytes(fits.bytes, fits.size, NULL, &store, &err), err);
  CHECK_OK(rf_scan_find_extension(store, 0, fits.size, &offset, &found, &err), err);
  CHECK(found && offset == 7 * RF_BLOCK_BYTES);
  CHECK_OK(rf_scan_find_extension(store, 0, 7 * RF_BLOCK_BYTES + 79, &offset, &found, &err), err);
  CHECK(!found);
  CHECK_OK(rf_scan_find_extension(store, 0, 7 * RF_BLOCK_BYTES + 80, &offset, &found, &err), err);
  CHECK(found);
  CHECK_OK(rf_scan_find_extension(store, 8 * RF_BLOCK_BYTES, UINT64_MAX, &offset, &found, &err), err);
  CHECK(!found);
  CHECK_OK(rf_store_close(store, &err), err);
  fits_free(&fits);
}

/* --- names --- */

static void find_by_name(void) {
  fits_bytes fits = {0};
  rf_file *file;
  size_t index = 99;
  fits_image(&fits, true, 10, NULL);
  fits_image(&fits, false, 10, "sci");
  fits_image(&fits, false, 10, "ERR");
  fits_begin(&fits, "IMAGE", 8, 0, NULL);
  fits_card(&fits, "EXTNAME = 'SCI     '");
  fits_integer(&fits, "EXTVER", 2);
  fits_end(&fits);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(rf_file_find(file, "SCI", NULL, &index, &err) == RF_OK && index == 1);
  CHECK(rf_file_find(file, "Sci  ", &(int64_t){2}, &index, &err) == RF_OK && index == 3);
  CHECK(rf_file_find(file, "sci", &(int64_t){1}, &index, &err) == RF_OK && index == 1);
  CHECK(rf_file_find(file, "err", NULL, &index, &err) == RF_OK && index == 2);
  CHECK(rf_file_find(file, "primary", NULL, &index, &err) == RF_OK && index == 0);
  CHECK(rf_file_find(file, "PRIMARY", &(int64_t){1}, &index, &err) == RF_OK && index == 0);
  index = 99;
  CHECK(rf_file_find(file, "PRIMARY", &(int64_t){2}, &index, &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_file_find(file, "sci", &(int64_t){3}, &index, &err) == RF_ERR_NOT_FOUND);
  CHECK(strstr(err.message, "'sci'") != NULL && strstr(err.message, "3") != NULL);
  CHECK(rf_file_find(file, "", NULL, &index, &err) == RF_ERR_NOT_FOUND);
  CHECK(index == 99);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

/* An extension of that name goes before the primary HDU. */
static void an_extension_called_primary(void) {
  fits_bytes fits = {0};
  rf_file *file;
  size_t index = 99;
  fits_image(&fits, true, 10, "OTHER");
  fits_image(&fits, false, 10, "PRIMARY");
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(rf_file_find(file, "primary", NULL, &index, &err) == RF_OK && index == 1);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

static void a_name_with_quotes_and_continue(void) {
  fits_bytes fits = {0};
  rf_file *file;
  size_t index = 99;
  fits_image(&fits, true, 10, NULL);
  fits_begin(&fits, "IMAGE", 8, 0, NULL);
  fits_card(&fits, "EXTNAME = 'it''s / a long name&'");
  fits_card(&fits, "CONTINUE  ' that goes on&'");
  fits_card(&fits, "CONTINUE  ' and on' / and has an end");
  fits_card(&fits, "CONTINUE  ' an orphan''s end'");
  fits_end(&fits);
  fits_begin(&fits, "IMAGE", 8, 0, NULL);
  fits_card(&fits, "EXTNAME = 'no continuation&'");
  fits_end(&fits);
  fits_begin(&fits, "IMAGE", 8, 0, NULL); /* found by the fuzzer: blanks before the '&' of the last piece */
  fits_card(&fits, "EXTNAME = 'blanks   &'");
  fits_card(&fits, "CONTINUE  '  &'");
  fits_card(&fits, "CONTINUE  ''");
  fits_end(&fits);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_STR(info_of(file, 1).extname, "it's / a long name that goes on and on");
  CHECK_STR(info_of(file, 2).extname, "no continuation&");
  CHECK_STR(info_of(file, 3).extname, "blanks");
  CHECK(rf_file_find(file, "IT'S / a long name that goes on AND on", NULL, &index, &err) == RF_OK && index == 1);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

/* --- values for images --- */

static void facts_of_images(void) {
  static const struct {
    const char *card;
    double value;
    bool is_2_63;
  } zeros[] = {
      {"BZERO   =  9223372036854775808", 9223372036854775808.0, true},
      {"BZERO   = +9223372036854775808", 9223372036854775808.0, true},
      {"BZERO   = 9223372036854775808.", 9223372036854775808.0, true},
      {"BZERO   = 9.223372036854775808E18", 9223372036854775808.0, true},
      {"BZERO   = 9.223372036854775808D+18", 9223372036854775808.0, true},
      {"BZERO   = 9.223372036854776E+18", 9223372036854775808.0, true},
      {"BZERO   =  9223372036854775807", 9223372036854775808.0, false},
      {"BZERO   =  9223372036854775809", 9223372036854775808.0, false},
      {"BZERO   = -9223372036854775808", -9223372036854775808.0, false},
      {"BZERO   =                32768", 32768.0, false},
      {"BZERO   = 'text'", 0.0, false},
  };
  for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++) {
    fits_bytes fits = {0};
    rf_hdu hdu;
    fits_begin(&fits, NULL, 64, 1, (long long[]){1});
    fits_card(&fits, zeros[i].card);
    fits_card(&fits, "BSCALE  = 2.5E0");
    fits_card(&fits, "BLANK   =                  -99");
    CHECK_OK(rf_hdu_parse(rf_hdu_kinds, (const char *)fits.bytes, fits.size / 80, true, &hdu, &err), err);
    CHECK(hdu.bzero == zeros[i].value);
    CHECK(hdu.bzero_is_2_63 == zeros[i].is_2_63);
    CHECK(hdu.bscale == 2.5);
    CHECK(hdu.has_blank && hdu.blank == -99);
    rf_hdu_clear(&hdu);
    fits_free(&fits);
  }
  fits_bytes fits = {0};
  rf_hdu hdu;
  fits_begin(&fits, NULL, -32, 1, (long long[]){1});
  fits_card(&fits, "BLANK   =                  -99");
  CHECK_OK(rf_hdu_parse(rf_hdu_kinds, (const char *)fits.bytes, fits.size / 80, true, &hdu, &err), err);
  CHECK(!hdu.has_blank && hdu.bscale == 1.0 && hdu.bzero == 0.0 && !hdu.bzero_is_2_63);
  rf_hdu_clear(&hdu);
  fits_free(&fits);
}

/* --- how little is read --- */

static void opening_reads_one_block(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_header *header;
  fits_image(&fits, true, 100000, NULL);
  fits_image(&fits, false, 100000, "NEXT");
  fits_image(&fits, false, 100000, "LAST");
  watched_load(&fits);
  CHECK_OK(rf_file_open("watched://x", RF_MODE_READ, NULL, &file, &err), err);
  CHECK(watched.read_to == 2880 && watched.reads == 1);
  CHECK_OK(rf_hdu_get_header(file, 0, &header, &err), err);
  rf_header_free(header);
  CHECK(watched.read_to == 2880);
  uint64_t next = info_of(file, 1).header_offset;
  CHECK(watched.read_to == next + 2880);
  size_t index;
  CHECK(rf_file_find(file, "NEXT", NULL, &index, &err) == RF_OK && index == 1);
  CHECK(watched.read_to == next + 2880);
  CHECK(count_of(file) == 3);
  CHECK(watched.read_to < fits.size - 100000);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

/* --- limits --- */

/* A struct of an older caller is shorter: nothing may be written behind it. */
static void a_shorter_info_struct(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_hdu_info info;
  memset(&info, 0x55, sizeof info);
  info.size = offsetof(rf_hdu_info, data_offset);
  fits_image(&fits, true, 10, "NAME");
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_OK(rf_hdu_get_info(file, 0, &info, &err), err);
  CHECK(info.header_bytes == 2880 && info.size == offsetof(rf_hdu_info, data_offset));
  CHECK(info.data_offset == UINT64_C(0x5555555555555555) && info.extname[79] == 0x55);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

int main(void) {
  RUN(sizes_of_all_kinds);
  RUN(warnings);
  RUN(random_groups);
  RUN(counts_in_a_plain_primary_header);
  RUN(untidy_headers);
  RUN(what_follows_the_last_hdu);
  RUN(blocks_of_fill_between_hdus);
  RUN(other_bytes_behind_blocks_of_fill);
  RUN(extensions_on_block_borders);
  RUN(find_by_name);
  RUN(an_extension_called_primary);
  RUN(a_name_with_quotes_and_continue);
  RUN(facts_of_images);
  RUN(opening_reads_one_block);
  RUN(a_shorter_info_struct);
  watched_free();
  return check_report();
}
