/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images: the cards of the table from the input, a line each up to an empty one, and then its data. The
 * image is read whole, in sections with and without the cache, and planned, from memory and from a store that is read
 * piece by piece; all must give the same.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rustfits.h"
#include "served.h"
#include "image_request.h"

/* What the options of these tests point at. */
static rf_limits ceilings;

#define MAX_BYTES ((uint64_t)1 << 20)
#define MAX_CARDS 200
#define MAX_AXES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition) {
  if (!condition)
    abort();
}

/* ---- the file ---- */

/* A primary HDU without data, the table's cards as they come, END, the data. */
static void build(const uint8_t *data, size_t size) {
  static const char primary[] = "SIMPLE  =                    T                                                  "
                                "BITPIX  =                    8                                                  "
                                "NAXIS   =                    0                                                  "
                                "END";
  static const char table[] = "XTENSION= 'BINTABLE'                                                            "
                              "BITPIX  =                    8                                                  "
                              "NAXIS   =                    2                                                  "
                              "ZIMAGE  =                    T                                                  ";
  static char header[80 * (MAX_CARDS + 80)];
  size_t count = 4;
  memset(header, ' ', sizeof header);
  memcpy(header, table, sizeof table - 1);
  add_lines(header, &count, MAX_CARDS, &data, &size);
  size_t bytes = end_header(header, &count);
  served.size = 2880 + bytes + size;
  served.bytes = malloc(served.size);
  memset(served.bytes, ' ', 2880);
  memcpy(served.bytes, primary, sizeof primary - 1);
  memcpy(served.bytes + 2880, header, bytes);
  if (size > 0)
    memcpy(served.bytes + 2880 + bytes, data, size);
}

/* ---- reading ---- */

typedef struct pixels {
  rf_status status;
  size_t count;
  uint8_t *values;
  uint8_t *mask;
} pixels;

static pixels read_pixels(rf_file *file, const rf_axis *axes, size_t naxis, uint64_t all, rf_dtype type, uint32_t flags,
                          unsigned threads) {
  pixels p = {.count = (size_t)all};
  rf_error err;
  if (axes != NULL) {
    p.count = 1;
    for (size_t i = 0; i < naxis; i++)
      p.count *= (size_t)axes[i].count;
  }
  p.values = calloc(p.count + 1, 8);
  p.mask = calloc(p.count + 1, 1);
  p.status = rf_image_read(file, 1,
                           PIXELS(.section = axes, .dtype = type, .flags = flags, .threads = threads, .data = p.values,
                                  .data_bytes = p.count * rf_dtype_bytes(type, 0), .mask = p.mask),
                           &err);
  expect(p.status == RF_OK || err.message[0] != '\0');
  for (size_t i = 0; p.status == RF_OK && i < p.count; i++)
    expect(p.mask[i] <= 1);
  return p;
}

static void drop(pixels *p) {
  free(p->values);
  free(p->mask);
}

static void same(pixels *a, pixels *b, rf_dtype type) {
  expect((a->status == RF_OK) == (b->status == RF_OK));
  if (a->status == RF_OK) {
    expect(memcmp(a->values, b->values, a->count * rf_dtype_bytes(type, 0)) == 0);
    expect(memcmp(a->mask, b->mask, a->count) == 0);
  }
}

/* Sections of all sorts, along each axis what `way` says. */
static size_t section(rf_axis *axes, const uint64_t *lengths, size_t naxis, unsigned way, uint64_t *list) {
  size_t count = 1;
  for (size_t i = 0; i < naxis; i++, way /= 5) {
    uint64_t n = lengths[i];
    switch (way % 5) {
    case 0:
      axes[i] = (rf_axis){0, 1, n, NULL};
      break;
    case 1:
      axes[i] = (rf_axis){(int64_t)(n / 3), 1, n - n / 3 - n / 4, NULL};
      break;
    case 2:
      axes[i] = (rf_axis){(int64_t)n - 1, -1, n, NULL};
      break;
    case 3:
      axes[i] = (rf_axis){(int64_t)(n % 2), 3, (n - n % 2 + 2) / 3, NULL};
      break;
    default:
      for (uint64_t k = 0; k < 5; k++)
        list[5 * i + k] = (k * 7 + 3) % n;
      axes[i] = (rf_axis){0, 0, 5, list + 5 * i};
      break;
    }
    count *= (size_t)axes[i].count;
  }
  return count;
}

static void check_sections(rf_file *file, rf_file *peeked, const rf_image_info *info, const uint64_t *lengths,
                           size_t naxis, const pixels *whole) {
  rf_axis axes[MAX_AXES];
  uint64_t list[5 * MAX_AXES], strides[MAX_AXES + 1], limit, used;
  strides[naxis] = 1;
  for (size_t i = naxis; i-- > 0;)
    strides[i] = strides[i + 1] * lengths[i];
  for (unsigned round = 0; round < 4; round++) {
    size_t count = section(axes, lengths, naxis, 7 + 186 * round, list);
    if (count > MAX_BYTES / 8)
      continue;
    pixels a = read_pixels(file, axes, naxis, 0, info->dtype, 0, 0),
           b = read_pixels(peeked, axes, naxis, 0, info->dtype, 0, 0);
    same(&a, &b, info->dtype);
    expect(whole->status != RF_OK || a.status == RF_OK);
    size_t width = rf_dtype_bytes(info->dtype, 0);
    for (size_t k = 0; whole->status == RF_OK && k < a.count; k++) {
      size_t rest = k, at = 0;
      for (size_t i = naxis; i-- > 0;) {
        size_t p = rest % (size_t)axes[i].count;
        rest /= (size_t)axes[i].count;
        at += (size_t)(axes[i].indices != NULL ? axes[i].indices[p]
                                               : (uint64_t)(axes[i].start + (int64_t)p * axes[i].step)) *
              (size_t)strides[i + 1];
      }
      expect(memcmp(a.values + k * width, whole->values + at * width, width) == 0 && a.mask[k] == whole->mask[at]);
    }
    drop(&a);
    drop(&b);
    rf_error err;
    expect(rf_hdu_get_cache(file, 1, &limit, &used, &err) == RF_OK && used <= limit);
    expect(rf_hdu_set_cache(file, 1, round % 2 == 0 ? 1000 : 0, &err) == RF_OK);
  }
}

static void check_plan(rf_file *file, const pixels *whole) {
  size_t count = 0;
  uint64_t bytes = 0, sum = 0;
  rf_range ranges[64];
  rf_error err;
  rf_status status = plan_section(file, 1, NULL, ranges, 64, &count, &bytes, &err);
  expect(status == RF_OK ? true : err.message[0] != '\0');
  expect(status == RF_OK || whole->status != RF_OK);
  for (size_t i = 0; status == RF_OK && i < count && i < 64; i++) {
    expect(i == 0 || ranges[i].offset > ranges[i - 1].offset + ranges[i - 1].length);
    sum += ranges[i].length;
  }
  expect(status != RF_OK || count > 64 || sum == bytes);
}

static void check_headers(rf_file *file) {
  rf_header *plain = NULL;
  rf_compression compression = {.size = sizeof compression};
  uint64_t tile[MAX_AXES], ntiles;
  rf_error err;
  if (rf_hdu_get_logical_header(file, 1, &plain, &err) != RF_OK)
    expect(err.message[0] != '\0');
  rf_header_free(plain);
  if (rf_image_get_compression(file, 1, &compression, tile, MAX_AXES, &ntiles, &err) != RF_OK)
    expect(err.message[0] != '\0');
}

static void check_image(rf_file *file, rf_file *peeked) {
  rf_image_info info = {.size = sizeof info};
  uint64_t lengths[MAX_AXES];
  size_t naxis;
  rf_error err;
  check_headers(file);
  if (rf_image_get_info(file, 1, &info, &err) != RF_OK ||
      rf_image_get_axes(file, 1, lengths, MAX_AXES, &naxis, &err) != RF_OK) {
    expect(err.message[0] != '\0');
    return;
  }
  if (info.count == 0 || naxis > MAX_AXES)
    return;
  if (info.count > MAX_BYTES / 8) { /* a corner of it is still something to look at */
    rf_axis corner[MAX_AXES];
    for (size_t i = 0; i < naxis; i++)
      corner[i] = (rf_axis){0, 1, 1, NULL};
    pixels a = read_pixels(file, corner, naxis, 0, RF_F64, 0, 0);
    drop(&a);
    return;
  }
  pixels a = read_pixels(file, NULL, naxis, info.count, info.dtype, 0, 0);
  pixels b = read_pixels(peeked, NULL, naxis, info.count, info.dtype, 0, 2);
  same(&a, &b, info.dtype);
  drop(&b);
  b = read_pixels(peeked, NULL, naxis, info.count, info.stored, RF_IMAGE_RAW, 0);
  /* Stored values can be read where BSCALE or BZERO is no number. */
  expect(a.status == b.status || (a.status == RF_ERR_FORMAT && b.status == RF_OK));
  drop(&b);
  check_sections(file, peeked, &info, lengths, naxis, &a);
  check_plan(peeked, &a);
  drop(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const rf_driver_ops ops = {
      .size = sizeof ops, .open = serve_open, .read_at = serve_read, .get_size = serve_size, .close = serve_close};
  static const rf_driver_ops peek_ops = {.size = sizeof peek_ops,
                                         .open = serve_open,
                                         .read_at = serve_read,
                                         .peek = serve_peek,
                                         .get_size = serve_size,
                                         .close = serve_close};
  static const rf_driver rows[] = {
      {.size = sizeof(rf_driver), .scheme = "pieces", .ops = &ops},
      {.size = sizeof(rf_driver), .scheme = "peeked", .flags = RF_DRIVER_MEMORY, .ops = &peek_ops}};
  rf_file *file = NULL, *peeked = NULL;
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  ceilings.tile_bytes = MAX_BYTES;
  if (rf_driver_register(&rows[0], NULL) != RF_OK || rf_driver_register(&rows[1], NULL) != RF_OK)
    return 0;
  build(data, size);
  if (rf_file_open("pieces://t", RF_MODE_READ, &options, &file, NULL) == RF_OK &&
      rf_file_open("peeked://t", RF_MODE_READ, &options, &peeked, NULL) == RF_OK)
    check_image(file, peeked);
  (void)rf_file_free(file, NULL);
  (void)rf_file_free(peeked, NULL);
  free(served.bytes);
  return 0;
}
