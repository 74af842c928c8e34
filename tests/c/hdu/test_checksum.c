/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Checksums against sums that cfitsio wrote, and the cases that need no other program.
 * tests/unit/header/test_checksum.py compares byte for byte with fitsio and astropy.
 */
#include "check.h"
#include "fits_bytes.h"
#include "rustfits.h"

static rf_error err;

/* Made with fitsio 1.4.2: an empty primary HDU and a 10 x 10 image of the floats 0, 1, 2, ..., both with
 * write_checksum(). */
static void by_cfitsio(fits_bytes *fits) {
  fits_card(fits, "SIMPLE  =                    T / file does conform to FITS standard");
  fits_card(fits, "BITPIX  =                   16 / number of bits per data pixel");
  fits_card(fits, "NAXIS   =                    0 / number of data axes");
  fits_card(fits, "EXTEND  =                    T / FITS dataset may contain extensions");
  fits_card(fits, "COMMENT   FITS (Flexible Image Transport System) format is defined in 'Astronomy");
  fits_card(fits, "COMMENT   and Astrophysics', volume 376, page 359; bibcode: 2001A&A...376..359H");
  fits_card(fits, "CHECKSUM= '2dH52Z942dE42Z94'   / HDU checksum updated 2026-11-22T08:16:45");
  fits_card(fits, "DATASUM = '         0'         / data unit checksum updated 2026-11-22T08:16:45");
  fits_end(fits);
  fits_card(fits, "XTENSION= 'IMAGE   '           / IMAGE extension");
  fits_card(fits, "BITPIX  =                  -32 / number of bits per data pixel");
  fits_card(fits, "NAXIS   =                    2 / number of data axes");
  fits_card(fits, "NAXIS1  =                   10 / length of data axis 1");
  fits_card(fits, "NAXIS2  =                   10 / length of data axis 2");
  fits_card(fits, "PCOUNT  =                    0 / required keyword; must = 0");
  fits_card(fits, "GCOUNT  =                    1 / required keyword; must = 1");
  fits_card(fits, "CHECKSUM= 'gZaAgYW6gYaAgYU5'   / HDU checksum updated 2026-11-22T08:16:47");
  fits_card(fits, "DATASUM = '2393636889'         / data unit checksum updated 2026-11-22T08:16:45");
  fits_card(fits, "FOO     =                    1");
  fits_end(fits);
  uint8_t *data = fits_grow(fits, 400, 0);
  for (int i = 0; i < 100; i++) {
    float value = (float)i;
    uint32_t bits;
    memcpy(&bits, &value, 4);
    for (int k = 0; k < 4; k++)
      data[4 * i + k] = (uint8_t)(bits >> (24 - 8 * k));
  }
  fits_pad(fits, 0);
}

static void verify(rf_file *file, size_t index, rf_checksum_state datasum, rf_checksum_state checksum) {
  rf_checksum_state d = (rf_checksum_state)9, c = d;
  CHECK_OK(rf_hdu_verify_checksum(file, index, &d, &c, &err), err);
  CHECK(d == datasum);
  CHECK(c == checksum);
  CHECK_OK(rf_hdu_verify_checksum(file, index, NULL, NULL, &err), err);
}

static void sums_of_cfitsio_are_right(void) {
  fits_bytes fits = {0};
  rf_file *file;
  by_cfitsio(&fits);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  verify(file, 0, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  verify(file, 1, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

static void flip(fits_bytes *fits, size_t place, unsigned bit, rf_checksum_state datasum) {
  rf_file *file;
  fits->bytes[place] ^= (uint8_t)(1u << bit);
  CHECK_OK(fits_open(fits, &file, &err), err);
  verify(file, 1, datasum, RF_CHECKSUM_WRONG);
  CHECK_OK(rf_file_free(file, &err), err);
  fits->bytes[place] ^= (uint8_t)(1u << bit);
}

/* Each single changed bit is seen, in data, padding and header. */
static void every_changed_bit_is_seen(void) {
  fits_bytes fits = {0};
  by_cfitsio(&fits);
  for (size_t i = 0; i < 7 * 80; i++)
    if (i % 80 > 32)
      flip(&fits, 2880 + i, 0, RF_CHECKSUM_RIGHT); /* in comments, to another printable character */
  for (size_t i = 5760; i < fits.size; i += 3)
    flip(&fits, i, (unsigned)i % 8, RF_CHECKSUM_WRONG);
  fits_free(&fits);
}

static uint64_t size_of(rf_file *file) {
  uint64_t size = 0;
  CHECK_OK(rf_file_get_size(file, &size, &err), err);
  return size;
}

/* As cfitsio does: right sums keep their cards, and the file is not touched. */
static void right_sums_are_left_alone(void) {
  fits_bytes fits = {0};
  rf_file *file;
  by_cfitsio(&fits);
  watched_load(&fits);
  CHECK_OK(rf_file_open("watched://x", RF_MODE_READ_WRITE, NULL, &file, &err), err);
  watched.countdown = 0; /* any write would fail */
  for (size_t i = 0; i < 2; i++) {
    CHECK_OK(rf_hdu_add_checksum(file, i, 1, &err), err);
    CHECK_OK(rf_hdu_add_checksum(file, i, 0, &err), err);
  }
  CHECK(watched.size == fits.size && memcmp(watched.bytes, fits.bytes, fits.size) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

static const char *card_of(rf_file *file, size_t index, const char *keyword, char text[81]) {
  rf_header *header;
  size_t at;
  memset(text, 0, 81);
  CHECK_OK(rf_hdu_get_header(file, index, &header, &err), err);
  if (rf_header_find(header, keyword, 0, &at, NULL) == RF_OK)
    memcpy(text, rf_header_get_cards(header) + at * 80, 80);
  rf_header_free(header);
  return text;
}

static void new_sums(void) {
  fits_bytes fits = {0};
  rf_file *file;
  char text[81];
  fits_image(&fits, true, 5000, NULL);
  fits_begin(&fits, "IMAGE", 8, 0, NULL);
  fits_end(&fits);
  fits_begin(&fits, "TABLE", 8, 2, (long long[]){10, 10});
  for (int i = 0; i < 28; i++)
    fits_card(&fits, "HISTORY fills the block: the sums need a new one");
  fits_end(&fits);
  fits_grow(&fits, 100, 'x'); /* no padding: blanks in a table of text */
  CHECK_OK(fits_open(&fits, &file, &err), err);
  verify(file, 0, RF_CHECKSUM_ABSENT, RF_CHECKSUM_ABSENT);
  CHECK_OK(rf_hdu_add_checksum(file, 0, 0, &err), err);
  verify(file, 0, RF_CHECKSUM_RIGHT, RF_CHECKSUM_ABSENT);
  CHECK_OK(rf_hdu_add_checksum(file, 0, 1, &err), err);
  verify(file, 0, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  CHECK(memcmp(card_of(file, 0, "CHECKSUM", text), "CHECKSUM= '", 11) == 0 &&
        memcmp(text + 27, "'   / HDU checksum", 18) == 0);
  for (int i = 11; i < 27; i++)
    CHECK((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'A' && text[i] <= 'Z') ||
          (text[i] >= 'a' && text[i] <= 'z'));
  CHECK_OK(rf_hdu_add_checksum(file, 1, 1, &err), err);
  verify(file, 1, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  CHECK(memcmp(card_of(file, 1, "DATASUM", text), "DATASUM = '         0'         / data unit", 42) == 0);
  CHECK_OK(rf_hdu_add_checksum(file, 2, 1, &err), err);
  verify(file, 2, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  CHECK(size_of(file) == 2880 + 5760 + 2880 + 5760 + 2880);
  uint8_t last[2880];
  CHECK_OK(rf_file_read_bytes(file, size_of(file) - 2880, last, 2880, &err), err);
  CHECK(last[99] == 'x' && last[100] == ' ' && last[2879] == ' ');
  verify(file, 0, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

/* The room that blank cards keep at the end of a header is used, as cfitsio does. */
static void blank_cards_at_the_end_are_used(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_header *header;
  fits_begin(&fits, NULL, 8, 0, NULL);
  fits_card(&fits, "OBJECT  = 'here'");
  for (int i = 0; i < 31; i++)
    fits_card(&fits, "");
  fits_end(&fits);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_OK(rf_hdu_add_checksum(file, 0, 1, &err), err);
  CHECK(size_of(file) == 2880);
  CHECK_OK(rf_hdu_get_header(file, 0, &header, &err), err);
  CHECK(rf_header_get_count(header) == 6);
  CHECK(memcmp(rf_header_get_cards(header) + 320, "CHECKSUM", 8) == 0);
  CHECK(memcmp(rf_header_get_cards(header) + 400, "DATASUM ", 8) == 0);
  verify(file, 0, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  rf_header_free(header);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

static void edits_make_sums_wrong_and_right_again(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_header *header;
  char before[81], after[81];
  by_cfitsio(&fits);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_OK(rf_hdu_get_header(file, 1, &header, &err), err);
  CHECK_OK(rf_header_add(header, "HISTORY", "edited", &err), err);
  CHECK_OK(rf_hdu_set_header(file, 1, header, &err), err);
  verify(file, 1, RF_CHECKSUM_RIGHT, RF_CHECKSUM_WRONG);
  card_of(file, 1, "DATASUM", before);
  CHECK_OK(rf_hdu_add_checksum(file, 1, 1, &err), err);
  CHECK_STR(card_of(file, 1, "DATASUM", after), before);
  verify(file, 1, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  rf_header_free(header);
  CHECK_OK(rf_file_free(file, &err), err);
  /* New data: asking for DATASUM alone does not leave a CHECKSUM that is wrong. */
  fits.bytes[5760] ^= 0x40;
  CHECK_OK(fits_open(&fits, &file, &err), err);
  verify(file, 1, RF_CHECKSUM_WRONG, RF_CHECKSUM_WRONG);
  CHECK_OK(rf_hdu_add_checksum(file, 1, 0, &err), err);
  verify(file, 1, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

static void odd_cards(void) {
  static const struct {
    const char *card;
    rf_checksum_state datasum, checksum;
  } cases[] = {
      {"DATASUM = ''", RF_CHECKSUM_ABSENT, RF_CHECKSUM_ABSENT},
      {"DATASUM = '        '", RF_CHECKSUM_ABSENT, RF_CHECKSUM_ABSENT},
      {"DATASUM = 'abc'", RF_CHECKSUM_WRONG, RF_CHECKSUM_ABSENT},
      {"DATASUM = '16777216'", RF_CHECKSUM_RIGHT, RF_CHECKSUM_ABSENT},
      {"DATASUM =             16777216", RF_CHECKSUM_RIGHT, RF_CHECKSUM_ABSENT},
      {"DATASUM = '  16777216'", RF_CHECKSUM_RIGHT, RF_CHECKSUM_ABSENT},
      {"DATASUM = '99999999999'", RF_CHECKSUM_WRONG, RF_CHECKSUM_ABSENT},
      {"DATASUM = '-1'", RF_CHECKSUM_WRONG, RF_CHECKSUM_ABSENT},
      {"DATASUM =", RF_CHECKSUM_ABSENT, RF_CHECKSUM_ABSENT},
      {"CHECKSUM= ''", RF_CHECKSUM_ABSENT, RF_CHECKSUM_ABSENT},
      {"CHECKSUM= '0000000000000000'", RF_CHECKSUM_ABSENT, RF_CHECKSUM_WRONG},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    fits_bytes fits = {0};
    rf_file *file;
    fits_begin(&fits, NULL, 8, 1, (long long[]){1});
    fits_card(&fits, cases[i].card);
    fits_end(&fits);
    fits_grow(&fits, 1, 1);
    CHECK_OK(fits_open(&fits, &file, &err), err);
    verify(file, 0, cases[i].datasum, cases[i].checksum);
    CHECK_OK(rf_hdu_add_checksum(file, 0, 1, &err), err);
    verify(file, 0, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
    CHECK_OK(rf_file_free(file, &err), err);
    fits_free(&fits);
  }
}

/* More than one piece, with a length that is no multiple of anything. */
static void a_large_data_unit(void) {
  fits_bytes fits = {0};
  rf_file *file;
  fits_image(&fits, true, 3 * 1048576 + 12345, NULL);
  uint64_t sum = 0;
  for (size_t i = 2880; i < fits.size; i += 4) {
    sum += (uint64_t)fits.bytes[i] << 24 | (uint64_t)fits.bytes[i + 1] << 16 | (uint64_t)fits.bytes[i + 2] << 8 |
           fits.bytes[i + 3];
    sum = (sum & 0xFFFFFFFFu) + (sum >> 32);
  }
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_OK(rf_hdu_add_checksum(file, 0, 1, &err), err);
  char text[81], expected[81];
  snprintf(expected, sizeof expected, "DATASUM = '%lu'", (unsigned long)sum);
  CHECK(strncmp(card_of(file, 0, "DATASUM", text), expected, strlen(expected)) == 0);
  verify(file, 0, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

static void data_cut_short(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_checksum_state d = (rf_checksum_state)9, c = d;
  by_cfitsio(&fits);
  fits.size = 5760 + 400; /* only padding is missing */
  CHECK_OK(fits_open(&fits, &file, &err), err);
  verify(file, 1, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  CHECK(size_of(file) == fits.size);
  CHECK_OK(rf_hdu_add_checksum(file, 1, 1, &err), err);
  CHECK(size_of(file) == 5760 + 2880);
  verify(file, 1, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  CHECK_OK(rf_file_free(file, &err), err);
  fits.size = 5760 + 399;
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(rf_hdu_verify_checksum(file, 1, &d, &c, &err) == RF_ERR_TRUNCATED && d == 9 && c == 9);
  CHECK(strstr(err.message, "<bytes>[1]: ") == err.message && strstr(err.message, "1 bytes are missing") != NULL);
  CHECK(rf_hdu_add_checksum(file, 1, 1, &err) == RF_ERR_TRUNCATED);
  CHECK(size_of(file) == fits.size);
  CHECK(rf_hdu_add_checksum(file, 2, 1, &err) == RF_ERR_NOT_FOUND);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

/* Padding that is not zero is put right before it is summed up; verifying takes it as it is. */
static void bad_padding(void) {
  fits_bytes fits = {0};
  rf_file *file;
  uint8_t byte;
  by_cfitsio(&fits);
  fits.bytes[5760 + 400] = 'x';
  CHECK_OK(fits_open(&fits, &file, &err), err);
  verify(file, 1, RF_CHECKSUM_WRONG, RF_CHECKSUM_WRONG);
  CHECK_OK(rf_hdu_add_checksum(file, 1, 1, &err), err);
  verify(file, 1, RF_CHECKSUM_RIGHT, RF_CHECKSUM_RIGHT);
  CHECK_OK(rf_file_read_bytes(file, 5760 + 400, &byte, 1, &err), err);
  CHECK(byte == 0);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

int main(void) {
  RUN(sums_of_cfitsio_are_right);
  RUN(every_changed_bit_is_seen);
  RUN(right_sums_are_left_alone);
  RUN(new_sums);
  RUN(blank_cards_at_the_end_are_used);
  RUN(edits_make_sums_wrong_and_right_again);
  RUN(odd_cards);
  RUN(a_large_data_unit);
  RUN(data_cut_short);
  RUN(bad_padding);
  watched_free();
  return check_report();
}
