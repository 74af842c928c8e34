/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Scanning broken files: headers that contradict themselves, bytes that no header has, files cut short, limits.
 */
#include "check.h"
#include "fits_bytes.h"
#include "file_calls.h"

/* What the options of these tests point at. */
static rf_limits ceilings;

/* --- headers that contradict themselves --- */

typedef struct bad_header {
  const char *cards[8];
  const char *keyword;
  rf_status status;
} bad_header;

static const bad_header bad_headers[] = {
    {{"BITPIX  =                    7", "NAXIS   =                    0"}, "BITPIX", RF_ERR_FORMAT},
    {{"BITPIX  =                 32.0", "NAXIS   =                    0"}, "BITPIX", RF_ERR_FORMAT},
    {{"NAXIS   =                    0"}, "BITPIX", RF_ERR_FORMAT},
    {{"BITPIX  =                    8"}, "NAXIS", RF_ERR_FORMAT},
    {{"BITPIX  =                    8", "NAXIS   =                 1000"}, "NAXIS", RF_ERR_FORMAT},
    {{"BITPIX  =                    8", "NAXIS   =                   -1"}, "NAXIS", RF_ERR_FORMAT},
    {{"BITPIX  =                    8", "NAXIS   =                    2", "NAXIS1  =                    3"},
     "NAXIS2",
     RF_ERR_FORMAT},
    {{"BITPIX  =                    8", "NAXIS   =                    1", "NAXIS1  =                   -3"},
     "NAXIS1",
     RF_ERR_FORMAT},
    {{"BITPIX  =                    8", "NAXIS   =                    1", "NAXIS1  = '3       '"},
     "NAXIS1",
     RF_ERR_FORMAT},
    {{"BITPIX  =                    8", "NAXIS   =                    1", "NAXIS1  = 99999999999999999999"},
     "NAXIS1",
     RF_ERR_FORMAT},
    {{"BITPIX  =                    8", "NAXIS   =                    2", "NAXIS1  =  4611686018427387904",
      "NAXIS2  =  4611686018427387904"},
     "",
     RF_ERR_FORMAT},
    {{"BITPIX  =                   64", "NAXIS   =                    1", "NAXIS1  =  9223372036854775807"},
     "",
     RF_ERR_FORMAT},
    /* fits by itself, but not behind what is there */
    {{"BITPIX  =                    8", "NAXIS   =                    1", "NAXIS1  =  9223372036854772927"},
     "",
     RF_ERR_FORMAT},
    {{"BITPIX  =                    8", "NAXIS   =                    1", "NAXIS1  =                    1",
      "PCOUNT  =                   -1"},
     "PCOUNT",
     RF_ERR_FORMAT},
    {{"BITPIX  =                    8", "NAXIS   =                    1", "NAXIS1  =                    1",
      "GCOUNT  =                 many"},
     "GCOUNT",
     RF_ERR_FORMAT},
    {{"BITPIX  =                    8", "NAXIS   =                    2", "NAXIS1  =                    1",
      "NAXIS2  =                    1", "TFIELDS =                 1000"},
     "TFIELDS",
     RF_ERR_FORMAT},
};

/* As the first HDU the file does not open; as a later one the HDUs before it stay. */
static void broken_headers_are_errors_of_that_hdu(void) {
  for (size_t i = 0; i < sizeof bad_headers / sizeof *bad_headers; i++) {
    const bad_header *bad = &bad_headers[i];
    bool extension_only = strcmp(bad->keyword, "TFIELDS") == 0 || strcmp(bad->keyword, "PCOUNT") == 0 ||
                          strcmp(bad->keyword, "GCOUNT") == 0;
    for (int later = extension_only; later < 2; later++) {
      fits_bytes fits = {0};
      rf_file *file = NULL;
      size_t count = 99;
      if (later)
        fits_image(&fits, true, 10, NULL);
      fits_card(&fits, later ? "XTENSION= 'BINTABLE'" : "SIMPLE  =                    T");
      for (int k = 0; bad->cards[k] != NULL; k++)
        fits_card(&fits, bad->cards[k]);
      fits_end(&fits);
      rf_status status = fits_open(&fits, &file, &err);
      if (later) {
        CHECK(status == RF_OK);
        status = rf_file_get_hdu_count(file, &count, &err);
        CHECK(count == 1);
      }
      CHECK(status == bad->status);
      CHECK(err.code == bad->status);
      CHECK_STR(err.keyword, bad->keyword);
      CHECK(err.hdu == later);
      CHECK(strstr(err.message, later ? "<bytes>[1]: " : "<bytes>[0]: ") == err.message);
      if (later) {
        rf_error first = err, again;
        rf_hdu_info info = {.size = sizeof info};
        CHECK(info_of(file, 0).data_bytes == 10);
        CHECK(rf_hdu_get_info(file, 1, &info, &again) == bad->status);
        CHECK_STR(again.message, first.message);
        CHECK(rf_hdu_get_info(file, 2, &info, &again) == bad->status);
        CHECK(rf_file_free(file, &err) == RF_OK);
      }
      fits_free(&fits);
    }
  }
}

static void max_axes(void) {
  fits_bytes fits = {0};
  rf_file *file;
  long long axes[999];
  uint64_t got[999];
  size_t naxis = 0;
  for (int i = 0; i < 999; i++)
    axes[i] = i < 2 ? 3 : 1;
  fits_begin(&fits, NULL, 8, 999, axes);
  fits_end(&fits);
  fits_data(&fits, 9, 1);
  fits_image(&fits, false, 1, "BEHIND");
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(info_of(file, 0).naxis == 999 && info_of(file, 0).data_bytes == 9);
  CHECK_OK(rf_hdu_get_axes(file, 0, got, 999, &naxis, &err), err);
  CHECK(naxis == 999 && got[998] == 3 && got[997] == 3 && got[0] == 1);
  CHECK(count_of(file) == 2);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

/* NAXIS = 999 and nothing behind it: a missing card, and no axes left over from memory. */
static void many_axes_promised_and_none_given(void) {
  fits_bytes fits = {0};
  rf_file *file = NULL;
  fits_card(&fits, "SIMPLE  =                    T");
  fits_integer(&fits, "BITPIX", 8);
  fits_integer(&fits, "NAXIS", 999);
  fits_end(&fits);
  CHECK(fits_open(&fits, &file, &err) == RF_ERR_FORMAT);
  CHECK_STR(err.keyword, "NAXIS1");
  fits_free(&fits);
}

/* --- generous reading --- */

static void first_bytes(void) {
  static const struct {
    const char *text;
    rf_status status;
  } cases[] = {
      {"", RF_ERR_NOT_FITS},
      {"S", RF_ERR_TRUNCATED},
      {"SIMPLE", RF_ERR_TRUNCATED},
      {"SIMPLE  =                    T", RF_ERR_TRUNCATED},
      {"SIMPLE    a long text that only happens to begin with the right word, and goes on for a card", RF_ERR_NOT_FITS},
      {"SIMPLY not", RF_ERR_NOT_FITS},
      {"XTENSION= 'IMAGE   '", RF_ERR_NOT_FITS},
      {"\x89PNG\r\n\x1a\n", RF_ERR_NOT_FITS},
      {"<html><head>", RF_ERR_NOT_FITS},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rf_file *file = NULL;
    CHECK(rf_file_open_bytes(cases[i].text, strlen(cases[i].text), RF_MODE_READ, NULL, &file, &err) == cases[i].status);
    CHECK(err.code == cases[i].status && err.hdu == 0);
    CHECK(file == NULL);
  }
}

static void unprintable_bytes(void) {
  fits_bytes fits = {0};
  rf_file *file = NULL;
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  fits_begin(&fits, NULL, 8, 1, (long long[]){4});
  fits_card(&fits, "OBJECT  = 'caf\xc3\xa9'");
  fits_card(&fits, "EXTNAME = 'a\x01z\x80'");
  fits_end(&fits);
  fits_data(&fits, 4, 1);
  options.flags = RF_OPEN_STRICT;
  CHECK(rf_file_open_bytes(fits.bytes, fits.size, RF_MODE_READ, &options, &file, &err) == RF_ERR_CARD);
  CHECK_STR(err.keyword, "OBJECT");
  CHECK(strstr(err.message, "card 5 (OBJECT)") != NULL && strstr(err.message, "0xC3") != NULL);
  CHECK(strstr(err.message, "lenient=False") != NULL);
  CHECK(err.offset == 4 * 80 + 14);
  rf_error odd;
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_STR(info_of(file, 0).extname, "a\x01z\x80");
  CHECK(rf_file_get_warning_count(file) == 1);
  CHECK_OK(rf_file_get_warning(file, 0, &odd, &err), err);
  CHECK(odd.code == RF_ERR_CARD && odd.offset == 4 * 80 + 14 && strstr(odd.message, "card 5 (OBJECT)") != NULL);
  CHECK_OK(rf_file_free(file, &err), err);
  options.flags = RF_OPEN_LENIENT;
  CHECK_OK(rf_file_open_bytes(fits.bytes, fits.size, RF_MODE_READ, &options, &file, &err), err);
  CHECK_STR(info_of(file, 0).extname, "a_z_");
  CHECK(rf_file_get_warning_count(file) == 0);
  rf_header *header = NULL;
  rf_value value;
  CHECK_OK(rf_hdu_get_header(file, 0, &header, &err), err);
  CHECK_OK(rf_header_get(header, "OBJECT", &value, &err), err);
  CHECK_STR(value.text, "caf__");
  rf_header_free(header);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

/* Each byte value at each place of a card is judged alike. */
static void every_byte_value(void) {
  rf_options strict;
  rf_options_init(&strict);
  rf_limits_init(&ceilings);
  strict.limits = &ceilings;
  strict.flags = RF_OPEN_STRICT;
  for (int place = 0; place < 80; place++) {
    for (int byte = 0; byte < 256; byte += place % 8 == 3 ? 1 : 17) {
      fits_bytes fits = {0};
      rf_file *file = NULL;
      fits_begin(&fits, NULL, 8, 0, NULL);
      fits_card(&fits, "COMMENT");
      fits.bytes[fits.size - 80 + (size_t)place] = (uint8_t)byte;
      fits_end(&fits);
      bool odd = byte < 0x20 || byte > 0x7E;
      CHECK(rf_file_open_bytes(fits.bytes, fits.size, RF_MODE_READ, &strict, &file, &err) ==
            (odd ? RF_ERR_CARD : RF_OK));
      (void)rf_file_free(file, NULL);
      CHECK_OK(fits_open(&fits, &file, &err), err);
      CHECK(rf_file_get_warning_count(file) == odd);
      (void)rf_file_free(file, NULL);
      fits_free(&fits);
    }
  }
}

/* Data behind a header without END is told from a header after some blocks, not after all of the file. */
static void data_behind_a_header_without_end(void) {
  fits_bytes fits = {0};
  rf_file *file = NULL;
  fits_begin(&fits, NULL, 8, 1, (long long[]){1000000});
  fits_pad(&fits, ' ');
  fits_data(&fits, 1000000, 1);
  for (size_t i = 2880; i < fits.size; i++)
    fits.bytes[i] |= 0x80;
  watched_load(&fits);
  CHECK(rf_file_open("watched://x", RF_MODE_READ, NULL, &file, &err) == RF_ERR_FORMAT);
  CHECK(strstr(err.message, "header without END") != NULL);
  CHECK(watched.read_to < 20 * 2880);
  fits_free(&fits);
}

/* --- how little is read --- */

/* What one look finds, many looks find too, wherever the file is cut. */
static void cut_at_every_byte(void) {
  fits_bytes fits = {0};
  fits_image(&fits, true, 3000, "ONE");
  fits_image(&fits, false, 10, "TWO");
  fits_begin(&fits, "IMAGE", 16, 1, (long long[]){9}); /* longer than the one before: three blocks */
  for (int i = 0; i < 80; i++)
    fits_card(&fits, "HISTORY is long");
  fits_end(&fits);
  fits_data(&fits, 18, 3);
  fits_image(&fits, false, 2880, "FOUR");
  fits_begin(&fits, "IMAGE", 8, 0, NULL);
  fits_end(&fits);
  watched_load(&fits);
  rf_file *whole;
  CHECK_OK(rf_file_open("watched://x", RF_MODE_READ, NULL, &whole, &err), err);
  CHECK(count_of(whole) == 5);
  rf_hdu_info all[5];
  for (size_t i = 0; i < 5; i++)
    all[i] = info_of(whole, i);
  CHECK_OK(rf_file_free(whole, &err), err);
  for (size_t size = 0; size < fits.size; size++) {
    rf_file *at_once = NULL, *one_by_one = NULL;
    rf_error other;
    rf_hdu_info info = {.size = sizeof info};
    size_t count = 0, found = 0;
    watched.size = size;
    rf_status status = rf_file_open("watched://x", RF_MODE_READ, NULL, &at_once, &err);
    if (size < 2880) {
      CHECK(status == (size == 0 ? RF_ERR_NOT_FITS : RF_ERR_TRUNCATED));
      continue;
    }
    CHECK(status == RF_OK);
    CHECK_OK(rf_file_open("watched://x", RF_MODE_READ, NULL, &one_by_one, &other), other);
    status = rf_file_get_hdu_count(at_once, &count, &err);
    while (rf_hdu_get_info(one_by_one, found, &info, &other) == RF_OK) {
      CHECK(info.header_offset == all[found].header_offset && info.data_bytes == all[found].data_bytes);
      CHECK(info.header_offset + info.header_bytes <= size);
      found++;
    }
    CHECK(found < 5 || size >= all[4].data_offset);
    if (status == RF_OK) {
      CHECK(count == found && other.code == RF_ERR_NOT_FOUND);
    } else {
      CHECK(status == RF_ERR_TRUNCATED && other.code == RF_ERR_TRUNCATED);
      CHECK_STR(err.message, other.message);
      CHECK(err.hdu == (int)found);
      CHECK(size > all[found].header_offset && size < all[found].data_offset);
      for (size_t i = 0; i < found; i++)
        CHECK(info_of(at_once, i).data_offset == all[i].data_offset);
      CHECK(rf_hdu_get_info(at_once, found, &info, &err) == RF_ERR_TRUNCATED);
    }
    (void)rf_file_free(at_once, NULL);
    (void)rf_file_free(one_by_one, NULL);
  }
  fits_free(&fits);
}

/* --- limits --- */

static void limits(void) {
  fits_bytes fits = {0};
  rf_file *file = NULL;
  rf_options options;
  size_t count = 99;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  fits_begin(&fits, NULL, 8, 0, NULL);
  for (int i = 0; i < 100; i++)
    fits_card(&fits, "COMMENT");
  fits_end(&fits);
  for (int i = 0; i < 4; i++)
    fits_image(&fits, false, 1, NULL);
  ceilings.header_bytes = 8640;
  CHECK_OK(rf_file_open_bytes(fits.bytes, fits.size, RF_MODE_READ, &options, &file, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  ceilings.header_bytes = 5760;
  file = NULL;
  CHECK(rf_file_open_bytes(fits.bytes, fits.size, RF_MODE_READ, &options, &file, &err) == RF_ERR_LIMIT);
  CHECK(file == NULL);
  ceilings.header_bytes = 8640;
  ceilings.hdus = 4;
  CHECK_OK(rf_file_open_bytes(fits.bytes, fits.size, RF_MODE_READ, &options, &file, &err), err);
  CHECK(rf_file_get_hdu_count(file, &count, &err) == RF_ERR_LIMIT && count == 4);
  CHECK(info_of(file, 3).data_bytes == 1);
  CHECK_OK(rf_file_free(file, &err), err);
  ceilings.hdus = 5;
  CHECK_OK(rf_file_open_bytes(fits.bytes, fits.size, RF_MODE_READ, &options, &file, &err), err);
  CHECK(count_of(file) == 5);
  CHECK_OK(rf_file_free(file, &err), err);
  fits_free(&fits);
}

int main(void) {
  RUN(broken_headers_are_errors_of_that_hdu);
  RUN(max_axes);
  RUN(many_axes_promised_and_none_given);
  RUN(first_bytes);
  RUN(unprintable_bytes);
  RUN(every_byte_value);
  RUN(data_behind_a_header_without_end);
  RUN(cut_at_every_byte);
  RUN(limits);
  watched_free();
  return check_report();
}
