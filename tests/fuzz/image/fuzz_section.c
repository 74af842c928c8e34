/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sections of any image: a header, hostile or made to fit, and axes from the input. Whatever can be read is written
 * back where it came from, which must change nothing.
 *
 * Input: a byte of flags (1: the file is built here from what follows, 2: raw values, 4: as float64), a byte whose low
 * bits are the number of axes, 12 bytes for each axis, and then the file or its pixels.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rustfits.h"
#include "image_request.h"

#define MAX_AXES 6
#define MAX_BYTES ((uint64_t)1 << 20)
#define LIST 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
  const uint8_t *at;
  size_t left;
} input;

static uint8_t take_byte(input *in) {
  if (in->left == 0)
    return 0;
  in->left--;
  return *in->at++;
}

static uint64_t take_bytes(input *in, int n) {
  uint64_t value = 0;
  while (n-- > 0)
    value = value << 8 | take_byte(in);
  return value;
}

static void expect(int condition) {
  if (!condition)
    abort();
}

/* 12 bytes: how the axis is given, its length in a built file, start, step and count. */
static void take_axis(input *in, rf_axis *axis, uint64_t *length, uint64_t list[LIST]) {
  uint8_t how = take_byte(in);
  uint64_t a = take_bytes(in, 2), b = take_bytes(in, 8);
  *length = take_byte(in) % 48;
  *axis = (rf_axis){(int8_t)a, (int8_t)(a >> 8), b & 63, NULL};
  if (how & 1)
    axis->count = (b & 7) + 1;
  if (how & 2) { /* any numbers at all */
    axis->start = (int64_t)b;
    axis->step = (int64_t)(b * 0x9E3779B97F4A7C15u);
    axis->count = a << (how & 31);
  }
  if (how & 4) {
    for (int i = 0; i < LIST; i++)
      list[i] = how & 8 ? b >> (8 * i) : (b >> (8 * i)) % 48;
    axis->indices = list;
    axis->count = a % LIST;
  }
  if (how & 16)
    *axis = (rf_axis){0, 1, *length, NULL};
}

static void card(char **at, const char *text) {
  memset(*at, ' ', 80);
  memcpy(*at, text, strlen(text));
  *at += 80;
}

/* A file of these axes (slowest first) with what is left of the input as its beginning of pixels. */
static uint8_t *build(input *in, int naxis, const uint64_t *lengths, uint8_t choice, size_t *size) {
  static const int bitpix[] = {8, 16, 32, 64, -32, -64};
  static const char *const scales[] = {"BZERO   = 0", "BZERO   = 32768", "BSCALE  = 0.5", "BLANK   = 3",
                                       "BZERO   = -128"};
  char line[81], *at;
  size_t n = in->left < MAX_BYTES ? in->left : (size_t)MAX_BYTES;
  uint8_t *file = malloc(2880 + n);
  expect(file != NULL);
  memset(file, ' ', 2880);
  at = (char *)file;
  card(&at, "SIMPLE  = T");
  snprintf(line, sizeof line, "BITPIX  = %d", bitpix[choice % 6]);
  card(&at, line);
  snprintf(line, sizeof line, "NAXIS   = %d", naxis);
  card(&at, line);
  for (int i = 1; i <= naxis; i++) {
    snprintf(line, sizeof line, "NAXIS%-3d= %" PRIu64, i, lengths[naxis - i]);
    card(&at, line);
  }
  card(&at, scales[choice / 6 % 5]);
  card(&at, "END");
  if (n > 0)
    memcpy(file + 2880, in->at, n);
  *size = 2880 + n;
  return file;
}

static void check_plan(rf_file *file, const rf_axis *axes) {
  rf_range ranges[64];
  size_t count = 0;
  uint64_t bytes = 0;
  if (plan_section(file, 0, axes, ranges, 64, &count, &bytes, NULL) != RF_OK)
    return;
  for (size_t i = 0; i < count && i < 64; i++) {
    expect(ranges[i].length > 0 && ranges[i].offset >= 2880);
    expect(i == 0 || ranges[i].offset > ranges[i - 1].offset + ranges[i - 1].length);
  }
}

static void read_and_write_back(rf_file *file, const rf_axis *axes, int naxis, uint8_t flags) {
  rf_image_info info = {.size = sizeof info};
  rf_error err;
  uint64_t count = naxis > 0, before = 0, after = 0;
  if (rf_image_get_info(file, 0, &info, &err) != RF_OK)
    return;
  rf_dtype type = flags & 2 ? info.stored : flags & 4 ? RF_F64 : info.dtype;
  for (int i = 0; i < naxis; i++) {
    if (axes[i].count != 0 && count > MAX_BYTES / axes[i].count)
      return;
    count *= axes[i].count;
  }
  uint64_t bytes = count * rf_dtype_bytes(type, 0);
  uint8_t *out = malloc((size_t)bytes + 1), *again = malloc((size_t)bytes + 1), *mask = malloc((size_t)count + 1);
  expect(out != NULL && again != NULL && mask != NULL);
  out[bytes] = mask[count] = 0xA5;
  rf_status status = rf_image_read(file, 0,
                                   PIXELS(.section = axes, .dtype = type, .flags = flags & 2 ? RF_IMAGE_RAW : 0,
                                          .data = out, .data_bytes = bytes, .mask = mask),
                                   &err);
  expect(out[bytes] == 0xA5 && mask[count] == 0xA5);
  expect((status == RF_OK) == (err.message[0] == '\0'));
  if (status == RF_OK && (flags & 4) == 0 && type != RF_F64) {
    expect(rf_file_get_size(file, &before, NULL) == RF_OK);
    expect(rf_image_write(file, 0,
                          PIXELS(.section = axes, .dtype = type, .flags = flags & 2 ? RF_IMAGE_RAW : 0, .data = out,
                                 .data_bytes = bytes),
                          &err) == RF_OK);
    expect(rf_file_get_size(file, &after, NULL) == RF_OK);
    expect(before == after);
    expect(rf_image_read(file, 0,
                         PIXELS(.section = axes, .dtype = type, .flags = flags & 2 ? RF_IMAGE_RAW : 0, .data = again,
                                .data_bytes = bytes),
                         &err) == RF_OK);
    expect(memcmp(out, again, (size_t)bytes) == 0);
  }
  free(out);
  free(again);
  free(mask);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input in = {data, size};
  uint8_t flags = take_byte(&in), choice = take_byte(&in), *built = NULL;
  int naxis = choice % (MAX_AXES + 1);
  uint64_t lengths[MAX_AXES], lists[MAX_AXES][LIST];
  rf_axis axes[MAX_AXES];
  rf_file *file;
  for (int i = 0; i < naxis; i++)
    take_axis(&in, &axes[i], &lengths[i], lists[i]);
  const uint8_t *content = in.at;
  size_t content_bytes = in.left;
  if (flags & 1)
    content = built = build(&in, naxis, lengths, take_byte(&in), &content_bytes);
  if (rf_file_open_bytes(content, content_bytes, RF_MODE_READ_WRITE, NULL, &file, NULL) == RF_OK) {
    size_t found = 0;
    uint64_t none[MAX_AXES];
    /* The caller's part of the contract: as many axes as the image has. */
    if (rf_hdu_get_axes(file, 0, none, MAX_AXES, &found, NULL) == RF_OK && found == (size_t)naxis) {
      check_plan(file, axes);
      read_and_write_back(file, axes, naxis, flags);
    }
    (void)rf_file_free(file, NULL);
  }
  free(built);
  return 0;
}
