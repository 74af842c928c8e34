/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Images: values of every type, BLANK, files cut short, creating, extending, and that a refused write leaves no trace.
 */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "check.h"
#include "image_file.h"
#include "image_request.h"

static rf_file *open_bytes(const uint8_t *content, size_t size) {
  rf_error err;
  rf_file *file = NULL;
  CHECK_OK(rf_file_open_bytes(content, size, RF_MODE_READ_WRITE, NULL, &file, &err), err);
  return file;
}

/* An image of one axis with these bytes as its pixels. */
static rf_file *open_pixels(int bitpix, uint64_t length, const char *more, const uint8_t *pixels) {
  size_t size;
  uint8_t *data, *content = image_make(bitpix, 1, &length, more, &size, &data);
  memcpy(data, pixels, (size_t)length * (size_t)(bitpix < 0 ? -bitpix : bitpix) / 8);
  rf_file *file = open_bytes(content, size);
  free(content);
  return file;
}

static void closed(rf_file *file) {
  CHECK(rf_file_free(file, NULL) == RF_OK);
}

static rf_image_info info_of(rf_file *file) {
  rf_error err;
  rf_image_info info = {.size = sizeof info};
  CHECK_OK(rf_image_get_info(file, 0, &info, &err), err);
  return info;
}

/* The bytes of the data unit as they are now. */
static bool stored_is(rf_file *file, const uint8_t *pixels, size_t n) {
  uint8_t bytes[64];
  rf_error err;
  CHECK_OK(rf_file_read_bytes(file, 2880, bytes, n, &err), err);
  return memcmp(bytes, pixels, n) == 0;
}

static void the_types_of_the_standard(void) {
  static const struct {
    int bitpix;
    const char *more;
    rf_dtype stored, type;
  } cases[] = {
      {8, "", RF_U8, RF_U8},
      {16, "", RF_I16, RF_I16},
      {32, "", RF_I32, RF_I32},
      {64, "", RF_I64, RF_I64},
      {-32, "", RF_F32, RF_F32},
      {-64, "", RF_F64, RF_F64},
      {8, "BZERO   = -128", RF_U8, RF_I8},
      {16, "BZERO   = 32768\nBSCALE  = 1", RF_I16, RF_U16},
      {32, "BZERO   = 2147483648.0", RF_I32, RF_U32},
      {64, "BZERO   = 9223372036854775808", RF_I64, RF_U64},
      {64, "BZERO   = 9.223372036854775808E18", RF_I64, RF_U64},
      {16, "BZERO   = 32767", RF_I16, RF_F64},
      {16, "BZERO   = 32768\nBSCALE  = 2", RF_I16, RF_F64},
      {8, "BZERO   = 128", RF_U8, RF_F64},
      {-32, "BSCALE  = 2", RF_F32, RF_F64},
      {32, "BSCALE  = 1.0\nBZERO   = 0.0", RF_I32, RF_I32},
  };
  static const uint8_t pixels[16] = {0};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rf_file *file = open_pixels(cases[i].bitpix, 2, cases[i].more, pixels);
    rf_image_info info = info_of(file);
    CHECK(info.stored == cases[i].stored);
    CHECK(info.dtype == cases[i].type);
    CHECK(info.count == 2);
    closed(file);
  }
}

static void unsigned_and_signed_bytes_turn_the_top_bit(void) {
  static const uint8_t pixels[] = {0x80, 0x00, 0x00, 0x00, 0x7F, 0xFF};
  uint16_t values[3];
  int8_t small[6];
  rf_error err;
  rf_file *file = open_pixels(16, 3, "BZERO   = 32768", pixels);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_U16, .data = values, .data_bytes = 6), &err), err);
  CHECK(values[0] == 0 && values[1] == 32768 && values[2] == 65535);
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_U16, .data = values, .data_bytes = 6), &err), err);
  CHECK(stored_is(file, pixels, 6));
  CHECK_OK(
      rf_image_read(file, 0, PIXELS(.dtype = RF_I16, .flags = RF_IMAGE_RAW, .data = values, .data_bytes = 6), &err),
      err);
  CHECK(values[1] == 0);
  CHECK(rf_image_read(file, 0, PIXELS(.dtype = RF_I16, .data = values, .data_bytes = 6), &err) == RF_ERR_TYPE);
  CHECK(rf_image_read(file, 0, PIXELS(.dtype = RF_U16, .flags = RF_IMAGE_RAW, .data = values, .data_bytes = 6), &err) ==
        RF_ERR_TYPE);
  CHECK(rf_image_read(file, 0, PIXELS(.dtype = RF_U16, .flags = 64, .data = values, .data_bytes = 6), &err) ==
        RF_ERR_ARGUMENT);
  closed(file);
  file = open_pixels(8, 6, "BZERO   = -128", pixels);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_I8, .data = small, .data_bytes = 6), &err), err);
  CHECK(small[0] == 0 && small[1] == -128 && small[5] == 127);
  closed(file);
}

/* Through double these would lose their last digits: 2^64 - 1 has 64 bits. */
static void unsigned_64_bits_are_exact(void) {
  static const uint8_t pixels[] = {0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1};
  uint64_t values[2];
  double doubles[2] = {3.0, 18446744073709549568.0};
  rf_error err;
  rf_file *file = open_pixels(64, 2, "BZERO   = 9223372036854775808", pixels);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_U64, .data = values, .data_bytes = 16), &err), err);
  CHECK(values[0] == UINT64_MAX && values[1] == 1);
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_F64, .data = doubles, .data_bytes = 16), &err), err);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_U64, .data = values, .data_bytes = 16), &err), err);
  CHECK(values[0] == 3 && values[1] == 18446744073709549568u);
  doubles[0] = 18446744073709551616.0;
  CHECK(rf_image_write(file, 0, PIXELS(.dtype = RF_F64, .data = doubles, .data_bytes = 16), &err) == RF_ERR_RANGE);
  closed(file);
}

static void scaled_values_in_both_directions(void) {
  static const uint8_t pixels[] = {0x00, 0x01, 0xFF, 0xFE, 0x00, 0x64};
  static const uint8_t expected[] = {0x00, 0x02, 0xFF, 0xFF, 0x00, 0x00};
  double values[3];
  float narrow[3];
  rf_error err;
  rf_file *file = open_pixels(16, 3, "BSCALE  = 0.5\nBZERO   = 10.0", pixels);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_F64, .data = values, .data_bytes = 24), &err), err);
  CHECK(values[0] == 10.5 && values[1] == 9.0 && values[2] == 60.0);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_F32, .data = narrow, .data_bytes = 12), &err), err);
  CHECK(narrow[0] == 10.5f && narrow[2] == 60.0f);
  const double written[3] = {11.1, 9.6, 10.2}; /* 2.2, -0.8 and 0.4 before rounding */
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_F64, .data = (void *)written, .data_bytes = 24), &err), err);
  CHECK(stored_is(file, expected, 6));
  closed(file);
}

static void what_does_not_fit_is_refused_before_anything_is_written(void) {
  static const uint8_t pixels[] = {0x00, 0x01, 0x00, 0x02, 0x00, 0x03};
  static const double bad[] = {32768.0, -32769.0, 1e300, INFINITY, -INFINITY, NAN, 32767.5};
  rf_error err;
  rf_file *file = open_pixels(16, 3, "", pixels);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    const double values[3] = {7.0, 8.0, bad[i]};
    CHECK(rf_image_check(file, 0,
                         PIXELS(.dtype = RF_F64, .data = (void *)values, .data_bytes = 3 * rf_dtype_bytes(RF_F64, 0)),
                         &err) == RF_ERR_RANGE);
    CHECK(rf_image_write(file, 0, PIXELS(.dtype = RF_F64, .data = (void *)values, .data_bytes = 24), &err) ==
          RF_ERR_RANGE);
    CHECK(strstr(err.message, "element 2") != NULL);
    CHECK(stored_is(file, pixels, 6));
  }
  /* The file is as good as before. */
  const double good[3] = {32767.4, -32768.5, -0.5};
  static const uint8_t expected[] = {0x7F, 0xFF, 0x80, 0x00, 0x00, 0x00};
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_F64, .data = (void *)good, .data_bytes = 24), &err), err);
  CHECK(stored_is(file, expected, 6));
  closed(file);
  static const uint8_t zero[8] = {0};
  const double large = 1e39, endless = INFINITY;
  file = open_pixels(-32, 1, "", zero);
  CHECK(rf_image_write(file, 0, PIXELS(.dtype = RF_F64, .data = (void *)&large, .data_bytes = 8), &err) ==
        RF_ERR_RANGE);
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_F64, .data = (void *)&endless, .data_bytes = 8), &err), err);
  closed(file);
  file = open_pixels(16, 1, "BSCALE  = 0.0", zero);
  CHECK(rf_image_write(file, 0, PIXELS(.dtype = RF_F64, .data = (void *)&large, .data_bytes = 8), &err) ==
        RF_ERR_FORMAT);
  closed(file);
}

static void blank_in_both_directions(void) {
  static const uint8_t pixels[] = {0xFF, 0x9D, 0x00, 0x02, 0xFF, 0x9D};
  static const uint8_t expected[] = {0x00, 0x07, 0xFF, 0x9D, 0xFF, 0x9D};
  uint8_t mask[3];
  int16_t values[3];
  rf_error err;
  rf_file *file = open_pixels(16, 3, "BLANK   = -99", pixels);
  rf_image_info info = info_of(file);
  CHECK(info.has_blank == 1 && info.blank == -99);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_I16, .data = values, .data_bytes = 6, .mask = mask), &err), err);
  CHECK(values[0] == -99 && mask[0] == 1 && mask[1] == 0 && mask[2] == 1);
  const double doubles[3] = {7.0, NAN, 12345678.0};
  const uint8_t hole[3] = {0, 0, 1};
  CHECK_OK(rf_image_write(file, 0,
                          PIXELS(.dtype = RF_F64, .data = (void *)doubles, .data_bytes = 24, .mask = (uint8_t *)hole),
                          &err),
           err);
  CHECK(stored_is(file, expected, 6));
  closed(file);

  file = open_pixels(16, 3, "", pixels);
  CHECK(rf_image_write(file, 0, PIXELS(.dtype = RF_I16, .data = values, .data_bytes = 6, .mask = (uint8_t *)hole),
                       &err) == RF_ERR_ARGUMENT);
  CHECK_STR(err.keyword, "BLANK");
  CHECK(stored_is(file, pixels, 6));
  closed(file);

  /* A BLANK that no stored value can have masks nothing and stores nothing. */
  file = open_pixels(8, 3, "BLANK   = -99", pixels);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_U8, .data = values, .data_bytes = 3, .mask = mask), &err), err);
  CHECK(mask[0] == 0 && mask[1] == 0 && mask[2] == 0);
  CHECK(rf_image_write(file, 0, PIXELS(.dtype = RF_U8, .data = values, .data_bytes = 3, .mask = (uint8_t *)hole),
                       &err) == RF_ERR_ARGUMENT);
  closed(file);
}

static void nan_is_the_blank_of_real_images(void) {
  static const uint8_t pixels[] = {0x7F, 0xC0, 0, 0, 0x7F, 0x80, 0, 0, 0xFF, 0x80, 0, 1, 0x3F, 0x80, 0, 0};
  float values[4];
  uint8_t mask[4];
  rf_error err;
  rf_file *file = open_pixels(-32, 4, "BLANK   = 5", pixels);
  CHECK(info_of(file).has_blank == 0);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_F32, .data = values, .data_bytes = 16, .mask = mask), &err), err);
  CHECK(mask[0] == 1 && mask[1] == 0 && mask[2] == 1 && mask[3] == 0);
  const float written[4] = {1.0f, 2.0f, 3.0f, 4.0f};
  const uint8_t hole[4] = {0, 1, 0, 0};
  CHECK_OK(rf_image_write(file, 0,
                          PIXELS(.dtype = RF_F32, .data = (void *)written, .data_bytes = 16, .mask = (uint8_t *)hole),
                          &err),
           err);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_F32, .data = values, .data_bytes = 16, .mask = mask), &err), err);
  CHECK(mask[0] == 0 && mask[1] == 1 && values[3] == 4.0f);
  closed(file);
}

/* The bits of a NaN are the user's: some pipelines keep flags there. */
static void nan_bits_are_kept(void) {
  static const uint8_t pixels[] = {0x7F, 0x80, 0x12, 0x34, 0xFF, 0xC0, 0x56, 0x78};
  uint8_t values[8];
  rf_error err;
  rf_file *file = open_pixels(-32, 2, "", pixels);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_F32, .data = values, .data_bytes = 8), &err), err);
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_F32, .data = values, .data_bytes = 8), &err), err);
  CHECK(stored_is(file, pixels, 8));
  closed(file);
}

static void a_file_cut_short_says_how_much_is_missing(void) {
  const uint64_t lengths[2] = {10, 100};
  const rf_axis there[2] = {{0, 1, 4, NULL}, {0, 1, 100, NULL}}, cut_off[2] = {{0, 1, 10, NULL}, {40, 1, 1, NULL}};
  size_t size;
  uint8_t *data, out[1000];
  rf_error err;
  uint8_t *content = image_make(8, 2, lengths, "", &size, &data);
  const char *path = scratch_path("cut.fits");
  scratch_write(path, content, 2880 + 430);
  for (int way = 0; way < 3; way++) {
    rf_file *file = NULL;
    if (way == 2)
      CHECK_OK(rf_file_open_bytes(content, 2880 + 430, RF_MODE_READ, NULL, &file, &err), err);
    else
      CHECK_OK(rf_file_open(path, way ? RF_MODE_READ_WRITE : RF_MODE_READ, NULL, &file, &err), err);
    CHECK_OK(rf_image_read(file, 0, PIXELS(.section = there, .dtype = RF_U8, .data = out, .data_bytes = 400), &err),
             err);
    CHECK(memcmp(out, data, 400) == 0);
    CHECK(rf_image_read(file, 0, PIXELS(.dtype = RF_U8, .data = out, .data_bytes = 1000), &err) == RF_ERR_TRUNCATED);
    CHECK(strstr(err.message, "570 bytes of them are missing") != NULL);
    CHECK(err.hdu == 0 && strstr(err.message, way == 2 ? "[0]" : "cut.fits[0]: ") != NULL);
    CHECK(rf_image_read(file, 0, PIXELS(.section = cut_off, .dtype = RF_U8, .data = out, .data_bytes = 10), &err) ==
          RF_ERR_TRUNCATED);
    CHECK(strstr(err.message, "570 bytes of them are missing") != NULL);
    if (way > 0)
      CHECK(rf_image_extend(file, 0, 11, &err) == RF_ERR_TRUNCATED);
    closed(file);
  }
  free(content);
}

/* ---- creating and extending ---- */

static rf_file *create(const rf_image_spec *spec, rf_status expected, rf_error *err) {
  rf_file *file = NULL;
  size_t index = 99;
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, err), *err);
  CHECK(rf_image_create(file, spec, &index, err) == expected);
  CHECK(index == (expected == RF_OK ? 0 : 99));
  return file;
}

static void created_headers_are_those_of_the_standard(void) {
  static const char *const expected[] = {
      "SIMPLE  =                    T / conforms to FITS standard",
      "BITPIX  =                   16 / number of bits per data pixel",
      "NAXIS   =                    2 / number of data axes",
      "NAXIS1  =                    3 / length of data axis 1",
      "NAXIS2  =                    2 / length of data axis 2",
      "EXTEND  =                    T / FITS dataset may contain extensions",
      "BZERO   =                32768 / offset data range to that of unsigned short",
      "BSCALE  =                    1 / default scaling factor",
      "BLANK   =                  -99 / stored value of undefined pixels",
      "EXTNAME = 'SCI     '           / name of this HDU",
      "EXTVER  =                    3 / version of this HDU",
      "END",
  };
  const uint64_t axes[2] = {2, 3};
  const rf_image_spec spec = {sizeof spec, RF_U16, 2, axes, "SCI", 3, 1, -99, NULL, NULL, 0, 0, 0, 0.0, 0.0};
  char bytes[2880];
  uint16_t values[6];
  rf_error err;
  uint64_t size;
  size_t index;
  rf_file *file = create(&spec, RF_OK, &err);
  CHECK_OK(rf_file_read_bytes(file, 0, bytes, 2880, &err), err);
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    char card[81];
    snprintf(card, sizeof card, "%-80s", expected[i]);
    CHECK(memcmp(bytes + 80 * i, card, 80) == 0);
  }
  CHECK_OK(rf_file_get_size(file, &size, &err), err);
  CHECK(size == 2 * 2880);
  /* Zero is what is stored. */
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_U16, .data = values, .data_bytes = 12), &err), err);
  CHECK(values[0] == 32768 && values[5] == 32768);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK(index == 1);
  CHECK_OK(rf_file_read_bytes(file, size, bytes, 2880, &err), err);
  CHECK(memcmp(bytes, "XTENSION= 'IMAGE   '           / IMAGE extension", 48) == 0);
  CHECK(memcmp(bytes + 5 * 80, "PCOUNT  =                    0 ", 31) == 0);
  CHECK(memcmp(bytes + 6 * 80, "GCOUNT  =                    1 ", 31) == 0);
  closed(file);
}

static void cards_are_copied_but_for_those_that_describe_the_structure(void) {
  static const char *const given[] = {"BITPIX  = -64",    "NAXIS1  = 77",        "OBJECT  = 'M 31'", "BSCALE  = 3",
                                      "BZERO   = 32768",  "BLANK   = 7",         "EXTNAME = 'OLD'",  "CHECKSUM= 'abc'",
                                      "LONG    = 'one&'", "CONTINUE  'two'",     "TFIELDS = 4",      "COMMENT kept",
                                      "EXTVER  = 9",      "ZCMPTYPE= 'RICE_1  '"};
  const uint64_t axes[1] = {4};
  char cards[14 * 80], bytes[2880];
  rf_header *header;
  rf_error err;
  memset(cards, ' ', sizeof cards);
  for (size_t i = 0; i < 14; i++)
    memcpy(cards + 80 * i, given[i], strlen(given[i]));
  CHECK_OK(rf_header_parse(cards, sizeof cards, 0, &header, &err), err);
  rf_image_spec spec = {sizeof spec, RF_F32, 1, axes, "NEW", -1, 0, 0, header, NULL, 0, 0, 0, 0.0, 0.0};
  rf_file *file = create(&spec, RF_OK, &err);
  CHECK_OK(rf_file_read_bytes(file, 0, bytes, 2880, &err), err);
  static const char *const expected[] = {"SIMPLE",           "BITPIX  =                  -32",
                                         "NAXIS ",           "NAXIS1  =                    4",
                                         "EXTEND",           "EXTNAME = 'NEW     '",
                                         "OBJECT  = 'M 31'", "LONG    = 'one&'",
                                         "CONTINUE  'two'",  "COMMENT kept",
                                         "EXTVER  = 9",      "END"};
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
    CHECK(memcmp(bytes + 80 * i, expected[i], strlen(expected[i])) == 0);
  closed(file);
  rf_header_free(header);
}

static void what_cannot_be_created(void) {
  const uint64_t good[2] = {2, 3}, endless[3] = {1u << 30, 1u << 30, 1u << 30}, long_axis[1] = {(uint64_t)1 << 63};
  const struct {
    rf_image_spec spec;
    rf_status status;
  } cases[] = {
      {{sizeof(rf_image_spec), RF_F32, 2, good, NULL, -1, 1, 0, NULL, NULL, 0, 0, 0, 0.0, 0.0}, RF_ERR_ARGUMENT},
      {{sizeof(rf_image_spec), RF_I16, 2, good, NULL, -1, 1, 32768, NULL, NULL, 0, 0, 0, 0.0, 0.0}, RF_ERR_ARGUMENT},
      {{sizeof(rf_image_spec), RF_U8, 2, good, NULL, -1, 1, -1, NULL, NULL, 0, 0, 0, 0.0, 0.0}, RF_ERR_ARGUMENT},
      {{sizeof(rf_image_spec), RF_I16, 3, endless, NULL, -1, 0, 0, NULL, NULL, 0, 0, 0, 0.0, 0.0}, RF_ERR_LIMIT},
      {{sizeof(rf_image_spec), RF_I16, 1, long_axis, NULL, -1, 0, 0, NULL, NULL, 0, 0, 0, 0.0, 0.0}, RF_ERR_ARGUMENT},
      {{sizeof(rf_image_spec), RF_I16, 1000, good, NULL, -1, 0, 0, NULL, NULL, 0, 0, 0, 0.0, 0.0}, RF_ERR_ARGUMENT},
      {{sizeof(rf_image_spec), RF_I16, -1, good, NULL, -1, 0, 0, NULL, NULL, 0, 0, 0, 0.0, 0.0}, RF_ERR_ARGUMENT},
      {{sizeof(rf_image_spec), (rf_dtype)77, 2, good, NULL, -1, 0, 0, NULL, NULL, 0, 0, 0, 0.0, 0.0}, RF_ERR_ARGUMENT},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    rf_error err;
    uint64_t size = 99;
    rf_file *file = create(&cases[i].spec, cases[i].status, &err);
    CHECK(err.message[0] != '\0');
    CHECK_OK(rf_file_get_size(file, &size, &err), err);
    CHECK(size == 0);
    closed(file);
  }
}

static void extending_grows_axis_0(void) {
  const uint64_t axes[2] = {0, 3}, other[1] = {5};
  const int16_t rows[6] = {1, 2, 3, 4, 5, 6};
  const uint8_t tail[5] = {9, 8, 7, 6, 5};
  const rf_axis second[2] = {{1, 1, 2, NULL}, {0, 1, 3, NULL}};
  int16_t back[9];
  uint8_t kept[5];
  uint64_t lengths[2];
  size_t index, naxis;
  rf_error err;
  rf_image_spec spec = {sizeof spec, RF_I16, 2, axes, NULL, -1, 0, 0, NULL, NULL, 0, 0, 0, 0.0, 0.0};
  rf_file *file = create(&spec, RF_OK, &err);
  const rf_image_spec behind = {sizeof behind, RF_U8, 1, other, NULL, -1, 0, 0, NULL, NULL, 0, 0, 0, 0.0, 0.0};
  CHECK_OK(rf_image_create(file, &behind, &index, &err), err);
  CHECK_OK(rf_image_write(file, 1, PIXELS(.dtype = RF_U8, .data = (void *)tail, .data_bytes = 5), &err), err);
  CHECK_OK(rf_image_extend(file, 0, 3, &err), err);
  CHECK_OK(
      rf_image_write(file, 0, PIXELS(.section = second, .dtype = RF_I16, .data = (void *)rows, .data_bytes = 12), &err),
      err);
  CHECK_OK(rf_hdu_get_axes(file, 0, lengths, 2, &naxis, &err), err);
  CHECK(naxis == 2 && lengths[0] == 3 && lengths[1] == 3);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_I16, .data = back, .data_bytes = 18), &err), err);
  CHECK(back[0] == 0 && back[3] == 1 && back[8] == 6);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_U8, .data = kept, .data_bytes = 5), &err), err);
  CHECK(memcmp(kept, tail, 5) == 0);
  /* An extension past the block moves the next HDU. The new pixels are zero. */
  CHECK_OK(rf_image_extend(file, 0, 1000, &err), err);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_U8, .data = kept, .data_bytes = 5), &err), err);
  CHECK(memcmp(kept, tail, 5) == 0);
  int16_t *all = malloc(6000);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_I16, .data = all, .data_bytes = 6000), &err), err);
  CHECK(all[8] == 6 && all[9] == 0 && all[2999] == 0);
  free(all);
  CHECK(rf_image_extend(file, 0, 999, &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_image_extend(file, 0, 1000, &err), err);
  CHECK(rf_image_extend(file, 0, UINT64_MAX, &err) == RF_ERR_LIMIT);
  CHECK(rf_image_extend(file, 0, INT64_MAX, &err) == RF_ERR_LIMIT);
  CHECK(rf_image_extend(file, 2, 5, &err) == RF_ERR_NOT_FOUND);
  closed(file);
}

/* The library writes planes with their pixels. It detects invalid planes before it changes the length of the image. */
static void appending_planes_writes_them(void) {
  static const int16_t first[6] = {1, 2, 3, 4, 5, 6}, more[6] = {-7, 8, -9, 10, -11, 12}, huge[3] = {0, 0, 0};
  const int32_t beyond[3] = {1, 2, 70000};
  int16_t out[12];
  uint64_t axes[2] = {2, 3};
  size_t index;
  rf_error err;
  rf_file *file;
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I16, .naxis = 2, .axes = axes, .extver = -1};
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err); /* moves */
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_I16, .data = (void *)first, .data_bytes = sizeof first), &err),
           err);
  CHECK_OK(rf_image_write(file, 1, PIXELS(.dtype = RF_I16, .data = (void *)more, .data_bytes = sizeof more), &err),
           err);
  CHECK_OK(rf_image_append(file, 0, PIXELS(.dtype = RF_I16, .data = (void *)more, .data_bytes = sizeof more), &err),
           err);
  CHECK_OK(rf_image_append(file, 0, PIXELS(.dtype = RF_I16), &err), err);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_I16, .data = out, .data_bytes = sizeof out), &err), err);
  CHECK(memcmp(out, first, sizeof first) == 0 && memcmp(out + 6, more, sizeof more) == 0);
  CHECK(rf_image_append(file, 0, PIXELS(.dtype = RF_I16, .data = (void *)huge, .data_bytes = 4), &err) ==
        RF_ERR_ARGUMENT); /* no whole plane */
  CHECK(rf_image_append(file, 0, PIXELS(.dtype = RF_I16, .data_bytes = 6), &err) == RF_ERR_ARGUMENT);
  CHECK(rf_image_append(file, 0, PIXELS(.dtype = RF_I32, .data = (void *)beyond, .data_bytes = sizeof beyond), &err) !=
        RF_OK);
  CHECK(rf_image_append(file, 2, PIXELS(.dtype = RF_I16, .data = (void *)more, .data_bytes = sizeof more), &err) ==
        RF_ERR_NOT_FOUND);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_I16, .data = out, .data_bytes = sizeof out), &err), err);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_I16, .data = out, .data_bytes = sizeof more), &err), err);
  CHECK(memcmp(out, more, sizeof more) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void another_shape(void) {
  rf_error err;
  rf_file *file;
  uint64_t shape[] = {2, 3}, lengths[3] = {0};
  size_t naxis = 0, made = 0;
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I16, .naxis = 2, .axes = shape, .extver = -1};
  int16_t values[6] = {1, 2, 3, 4, 5, 6}, back[8];
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &made, &err), err);
  CHECK_OK(rf_image_create(file, &spec, &made, &err), err);
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_I16, .data = values, .data_bytes = 12), &err), err);
  CHECK_OK(rf_image_reshape(file, 0, (uint64_t[]){2, 2, 2}, 3, &err), err);
  CHECK_OK(rf_hdu_get_axes(file, 0, lengths, 3, &naxis, &err), err);
  CHECK(naxis == 3 && lengths[0] == 2 && lengths[1] == 2 && lengths[2] == 2);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_I16, .data = back, .data_bytes = 16), &err), err);
  CHECK(memcmp(back, values, 12) == 0 && back[6] == 0 && back[7] == 0);
  CHECK_OK(rf_image_reshape(file, 0, (uint64_t[]){4}, 1, &err), err);
  CHECK_OK(rf_hdu_get_axes(file, 0, lengths, 3, &naxis, &err), err);
  CHECK(naxis == 1 && lengths[0] == 4);
  CHECK_OK(rf_image_reshape(file, 0, (uint64_t[]){40000}, 1, &err), err);
  CHECK_OK(rf_hdu_get_axes(file, 1, lengths, 3, &naxis, &err), err);
  CHECK(naxis == 2 && lengths[0] == 2 && lengths[1] == 3);
  CHECK(rf_image_reshape(file, 0, NULL, 0, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_image_reshape(file, 0, (uint64_t[]){1, (uint64_t)1 << 63}, 2, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_image_reshape(file, 0, (uint64_t[]){UINT64_C(1) << 40, UINT64_C(1) << 40}, 2, &err) == RF_ERR_LIMIT);
  CHECK(rf_image_reshape(file, 0, (uint64_t[]){INT64_MAX / 2}, 1, &err) == RF_ERR_LIMIT);
  CHECK(rf_image_reshape(file, 2, shape, 2, &err) == RF_ERR_NOT_FOUND);
  closed(file);
}

static void an_image_without_axes(void) {
  rf_error err;
  size_t size;
  uint8_t *data, *content = image_make(8, 0, NULL, "", &size, &data);
  rf_file *file = open_bytes(content, size);
  CHECK(info_of(file).count == 0);
  CHECK_OK(rf_image_read(file, 0, PIXELS(.dtype = RF_U8), &err), err);
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_U8), &err), err);
  CHECK(rf_image_extend(file, 0, 1, &err) == RF_ERR_ARGUMENT);
  closed(file);
  free(content);
}

static void reading_files_cannot_be_written(void) {
  const uint64_t length = 4;
  const uint8_t values[4] = {1, 2, 3, 4};
  const rf_image_spec spec = {sizeof spec, RF_U8, 1, &length, NULL, -1, 0, 0, NULL, NULL, 0, 0, 0, 0.0, 0.0};
  size_t size, index;
  rf_error err;
  rf_file *file;
  uint8_t *data, *content = image_make(8, 1, &length, "", &size, &data);
  const char *path = scratch_path("readonly.fits");
  scratch_write(path, content, size);
  CHECK_OK(rf_file_open(path, RF_MODE_READ, NULL, &file, &err), err);
  CHECK(rf_image_write(file, 0, PIXELS(.dtype = RF_U8, .data = (void *)values, .data_bytes = 4), &err) ==
        RF_ERR_READONLY);
  CHECK(rf_image_extend(file, 0, 5, &err) == RF_ERR_READONLY);
  CHECK(rf_image_create(file, &spec, &index, &err) == RF_ERR_READONLY);
  CHECK_OK(rf_image_check(file, 0,
                          PIXELS(.dtype = RF_U8, .data = (void *)values, .data_bytes = 4 * rf_dtype_bytes(RF_U8, 0)),
                          &err),
           err);
  closed(file);
  free(content);
}

/* Cutouts inside, over each edge, beyond, of one and three axes, against pixels taken one by one. */
static void check_cutouts(const uint64_t *axes, int naxis, const uint64_t *lengths, int64_t reach) {
  enum { CUTOUTS = 60 };
  rf_error err = {0};
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I16, .naxis = naxis, .axes = axes, .extver = -1};
  rf_file *file = create(&spec, RF_OK, &err);
  int16_t pixels[1000], fill = -7, out[CUTOUTS * 64];
  uint8_t mask[CUTOUTS * 64];
  int64_t starts[CUTOUTS * 3];
  size_t total = 1, elements = 1;
  for (int k = 0; k < naxis; k++) {
    total *= (size_t)axes[k];
    elements *= (size_t)lengths[k];
  }
  for (size_t i = 0; i < total; i++)
    pixels[i] = (int16_t)i;
  CHECK_OK(rf_image_write(file, 0, PIXELS(.dtype = RF_I16, .data = pixels, .data_bytes = total * 2), &err), err);
  for (size_t i = 0; i < CUTOUTS * (size_t)naxis; i++)
    starts[i] = (int64_t)((i * 2654435761u >> 7) % (uint64_t)(3 * reach)) - reach;
  rf_cutout_request request = {.size = sizeof request,
                               .count = CUTOUTS,
                               .naxis = naxis,
                               .starts = starts,
                               .lengths = lengths,
                               .dtype = RF_I16,
                               .fill = &fill,
                               .data = out,
                               .data_bytes = CUTOUTS * elements * 2,
                               .mask = mask};
  CHECK_OK(rf_image_read_cutouts(file, 0, &request, &err), err);
  size_t wrong = 0;
  for (size_t i = 0; i < CUTOUTS * elements; i++) {
    size_t rest = i % elements, at = 0, unit = 1;
    bool inside = true;
    for (int k = naxis - 1; k >= 0; k--) {
      int64_t position = starts[i / elements * (size_t)naxis + (size_t)k] + (int64_t)(rest % lengths[k]);
      inside = inside && position >= 0 && position < (int64_t)axes[k];
      at += inside ? (size_t)position * unit : 0;
      unit *= (size_t)axes[k];
      rest /= (size_t)lengths[k];
    }
    wrong += out[i] != (inside ? pixels[at] : fill) || mask[i] != !inside;
  }
  CHECK(wrong == 0);
  request.mask = NULL;
  request.naxis = naxis + 1;
  CHECK(rf_image_read_cutouts(file, 0, &request, &err) == RF_ERR_ARGUMENT);
  request.naxis = naxis;
  request.data_bytes--;
  CHECK(rf_image_read_cutouts(file, 0, &request, &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_boxes(void) {
  check_cutouts((const uint64_t[]){50}, 1, (const uint64_t[]){7}, 40);
  check_cutouts((const uint64_t[]){20, 31}, 2, (const uint64_t[]){5, 8}, 20);
  check_cutouts((const uint64_t[]){5, 9, 11}, 3, (const uint64_t[]){2, 3, 4}, 9);
  check_cutouts((const uint64_t[]){3}, 1, (const uint64_t[]){1}, 3);
}

/* The facts have the first 8 axes; callers with a smaller struct than ours get as much as it holds. */
static void the_axes_stand_with_the_facts(void) {
  static const uint64_t axes[10] = {2, 1, 3, 1, 1, 2, 1, 1, 1, 2};
  for (int naxis = 0; naxis <= 10; naxis += 5) {
    size_t size, found = 0;
    uint8_t *data, *content = image_make(8, naxis, axes, "", &size, &data);
    rf_file *file = open_bytes(content, size);
    free(content);
    rf_image_info info = info_of(file);
    CHECK(info.naxis == naxis);
    for (int i = 0; i < 8; i++)
      CHECK(info.axes[i] == (i < naxis ? axes[i] : 0));
    uint64_t all[10];
    rf_error err;
    CHECK_OK(rf_image_get_axes(file, 0, all, 10, &found, &err), err);
    CHECK(found == (size_t)naxis && memcmp(all, info.axes, (naxis < 8 ? found : 8) * sizeof all[0]) == 0);
    rf_image_info before;
    memset(&before, 0xAA, sizeof before);
    before.size = offsetof(rf_image_info, naxis);
    CHECK_OK(rf_image_get_info(file, 0, &before, &err), err);
    CHECK(before.count == info.count && before.naxis == (int)0xAAAAAAAA);
    closed(file);
  }
}

int main(void) {
  scratch_begin("image");
  RUN(the_types_of_the_standard);
  RUN(unsigned_and_signed_bytes_turn_the_top_bit);
  RUN(unsigned_64_bits_are_exact);
  RUN(scaled_values_in_both_directions);
  RUN(what_does_not_fit_is_refused_before_anything_is_written);
  RUN(blank_in_both_directions);
  RUN(nan_is_the_blank_of_real_images);
  RUN(nan_bits_are_kept);
  RUN(a_file_cut_short_says_how_much_is_missing);
  RUN(created_headers_are_those_of_the_standard);
  RUN(cards_are_copied_but_for_those_that_describe_the_structure);
  RUN(what_cannot_be_created);
  RUN(extending_grows_axis_0);
  RUN(appending_planes_writes_them);
  RUN(another_shape);
  RUN(an_image_without_axes);
  RUN(the_axes_stand_with_the_facts);
  RUN(reading_files_cannot_be_written);
  scratch_end();
  RUN(test_boxes);
  return check_report();
}
