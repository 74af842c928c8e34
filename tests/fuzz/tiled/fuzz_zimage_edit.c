/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Edits of compressed images. The first byte is the number of command bytes that follow. The rest is a file, or empty
 * for a new one. The commands create compressed images, write sections, extend and repack. Pixels outside a command
 * keep their bits, and a fresh handle on the written bytes reads the same pixels.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rustfits.h"
#include "image_request.h"

/* What the options of these tests point at. */
static rf_limits ceilings;

#define MAX_AXES 4
#define MAX_PIXELS ((uint64_t)1 << 14)
#define MAX_FILE ((uint64_t)8 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct session {
  const uint8_t *commands;
  size_t left;
  rf_file *file;
  rf_options options;
  size_t found; /* HDUs of the input: whatever they do, nothing but no crash is asked of them */
} session;

static const rf_zcmptype codecs[] = {RF_Z_AUTO,   RF_Z_RICE_1,      RF_Z_GZIP_1,     RF_Z_GZIP_2,
                                     RF_Z_PLIO_1, RF_Z_HCOMPRESS_1, RF_Z_NOCOMPRESS, (rf_zcmptype)99};
static const rf_dtype types[] = {RF_U8, RF_I8, RF_I16, RF_U16, RF_I32, RF_U32, RF_I64, RF_U64, RF_F32, RF_F64};

static void expect(int condition, const char *what) {
  if (!condition) {
    fprintf(stderr, "fuzz_zimage_edit: %s\n", what);
    abort();
  }
}

static unsigned take(session *s) {
  if (s->left == 0)
    return 0;
  s->left--;
  return *s->commands++;
}

static int good(rf_status status, const rf_error *err) {
  expect(status == err->code, "status and rf_error do not say the same");
  expect((status != RF_OK) == (err->message[0] != '\0'), "a failure without a sentence, or a sentence without one");
  return status == RF_OK;
}

/* ---- an image as it is ---- */

typedef struct picture {
  rf_image_info info;
  uint64_t axes[MAX_AXES];
  size_t naxis;
  size_t width;
  uint8_t *pixels; /* stored values; NULL: too many, or they cannot be read */
} picture;

static picture look(rf_file *file, size_t index) {
  rf_error err;
  picture p = {.info = {.size = sizeof p.info}};
  if (!good(rf_image_get_info(file, index, &p.info, &err), &err) ||
      !good(rf_image_get_axes(file, index, p.axes, MAX_AXES, &p.naxis, &err), &err) || p.naxis > MAX_AXES ||
      p.info.count > MAX_PIXELS)
    return p;
  p.width = rf_dtype_bytes(p.info.stored, 0);
  uint64_t bytes = p.info.count * p.width;
  p.pixels = malloc(bytes > 0 ? bytes : 1);
  expect(p.pixels != NULL, "no memory");
  if (!good(rf_image_read(file, index,
                          PIXELS(.dtype = p.info.stored, .flags = RF_IMAGE_RAW, .data = p.pixels, .data_bytes = bytes),
                          &err),
            &err)) {
    free(p.pixels);
    p.pixels = NULL;
  }
  return p;
}

static int same_pixels(const picture *a, const picture *b) {
  return a->info.count == b->info.count && memcmp(a->pixels, b->pixels, a->info.count * a->width) == 0;
}

/* ---- commands ---- */

static void create(session *s) {
  rf_error err;
  rf_compression compression = {.size = sizeof compression};
  rf_compression_init(&compression);
  uint64_t axes[MAX_AXES], tile[MAX_AXES];
  unsigned how = take(s), more = take(s), real = take(s);
  int naxis = (int)(how % 4);
  for (int i = 0; i < MAX_AXES; i++) {
    axes[i] = take(s) % 24 + (i > 0);
    tile[i] = take(s) % 16;
  }
  compression.type = codecs[more % 8];
  compression.tile_ndim = how & 64 ? naxis : 0;
  compression.tile = tile;
  compression.heap_format = how & 128 ? 'Q' : 0;
  compression.blocksize = more >> 5;
  compression.quantize = real & 1;
  compression.dither = real & 1 ? (rf_dither)(real / 2 % 3) : RF_DITHER_NONE;
  compression.quantize_level = real & 128 ? -0.5 : 0;
  compression.hcomp_scale = compression.type == RF_Z_HCOMPRESS_1 ? (double)(real >> 4) : 0;
  compression.hcomp_smooth = compression.hcomp_scale > 4;
  rf_image_spec spec = {.size = sizeof spec,
                        .dtype = types[how / 4 % 10],
                        .naxis = naxis,
                        .axes = axes,
                        .extver = -1,
                        .has_blank = (more & 16) != 0 && how / 4 % 10 < 8,
                        .blank = 3,
                        .compression = real & 64 ? NULL : &compression};
  size_t index = 0;
  (void)good(rf_image_create(s->file, &spec, &index, &err), &err);
}

/* Marks what a section names; 0: nothing, or not a section of this image. */
static uint64_t choose_section(session *s, const picture *p, rf_axis *section, uint8_t *named) {
  static const uint64_t picks[] = {1, 0, 2, 1};
  uint64_t count = 1;
  for (size_t k = 0; k < p->naxis && k < MAX_AXES; k++) {
    uint64_t length = p->axes[k], start = take(s), step = 1 + take(s) % 5;
    if (length == 0)
      return 0;
    start %= length;
    section[k] = (rf_axis){(int64_t)start, (int64_t)step, (length - 1 - start) / step + 1, NULL};
    if (step == 5)
      section[k] = (rf_axis){(int64_t)start, -1, start + 1, NULL};
    else if (step == 4 && length > 2)
      section[k] = (rf_axis){0, 0, 4, picks};
    else if (step == 3)
      section[k].count = 1;
    count *= section[k].count;
  }
  for (uint64_t i = 0; i < count; i++) {
    uint64_t rest = i, element = 0, worth = 1;
    for (size_t k = p->naxis; k-- > 0;) {
      uint64_t at = rest % section[k].count;
      element += worth * (section[k].indices != NULL ? section[k].indices[at]
                                                     : (uint64_t)(section[k].start + (int64_t)at * section[k].step));
      rest /= section[k].count;
      worth *= p->axes[k];
    }
    named[element] = 1;
  }
  return count;
}

static void write(session *s, size_t index) {
  rf_error err;
  rf_axis section[MAX_AXES];
  rf_compression compression = {.size = sizeof compression};
  uint64_t tile[MAX_AXES];
  picture before = look(s->file, index);
  if (before.pixels == NULL || before.naxis == 0) {
    free(before.pixels);
    return;
  }
  int exact = index >= s->found;
  if (good(rf_image_get_compression(s->file, index, &compression, tile, MAX_AXES, NULL, &err), &err))
    exact = exact && !compression.quantize && compression.hcomp_scale == 0;
  uint8_t *named = calloc(before.info.count + 1, 1);
  expect(named != NULL, "no memory");
  uint64_t count = choose_section(s, &before, section, named);
  uint8_t *in = malloc(count * before.width + 1), *mask = NULL;
  unsigned kind = take(s), salt = take(s);
  expect(in != NULL, "no memory");
  for (uint64_t i = 0; i < count * before.width; i++)
    in[i] = (uint8_t)(kind % 4 == 0 ? salt : kind % 4 == 1 ? salt * i : kind % 4 == 2 ? i % before.width == 0 : 0);
  if (kind & 64) {
    mask = malloc(count + 1);
    expect(mask != NULL, "no memory");
    for (uint64_t i = 0; i < count; i++)
      mask[i] = i % 7 == 0;
  }
  int whole = kind >= 200;
  if (count > 0 &&
      good(rf_image_write(s->file, index,
                          PIXELS(.section = whole ? NULL : section, .dtype = before.info.stored, .flags = RF_IMAGE_RAW,
                                 .data = in, .data_bytes = count * before.width, .mask = mask),
                          &err),
           &err)) {
    picture after = look(s->file, index);
    expect(after.pixels != NULL || !exact, "an image that was just written cannot be read");
    for (uint64_t i = 0; i < before.info.count && exact && !whole; i++)
      expect(named[i] || memcmp(before.pixels + i * before.width, after.pixels + i * before.width, before.width) == 0,
             "a pixel changed that was not named");
    free(after.pixels);
  }
  free(mask);
  free(in);
  free(named);
  free(before.pixels);
}

static void extend(session *s, size_t index) {
  rf_error err;
  picture before = look(s->file, index);
  uint64_t more = take(s) % 20;
  uint64_t bytes = before.axes[0] > 0 ? before.info.count / before.axes[0] * more : 0;
  if (before.pixels != NULL && before.naxis > 0 && bytes < MAX_PIXELS &&
      good(rf_image_extend(s->file, index, before.axes[0] + more, &err), &err)) {
    picture after = look(s->file, index);
    expect(after.pixels != NULL || index < s->found || after.info.count > MAX_PIXELS,
           "an image that was extended cannot be read");
    if (after.pixels != NULL && index >= s->found)
      expect(memcmp(before.pixels, after.pixels, before.info.count * before.width) == 0,
             "extending changed what was there");
    free(after.pixels);
  }
  free(before.pixels);
}

static void repack(session *s, size_t index) {
  rf_error err;
  picture before = look(s->file, index);
  uint64_t freed;
  if (good(rf_image_repack(s->file, index, &freed, &err), &err) && before.pixels != NULL) {
    picture after = look(s->file, index);
    expect(after.pixels != NULL && same_pixels(&before, &after), "packing a heap changed the pixels");
    free(after.pixels);
  }
  free(before.pixels);
}

/* ---- the check ---- */

static void check_against_fresh(session *s) {
  rf_error err;
  rf_file *fresh = NULL;
  uint64_t size;
  size_t count = 0;
  if (rf_file_get_size(s->file, &size, &err) != RF_OK || size > MAX_FILE || size == 0)
    return;
  uint8_t *bytes = malloc(size);
  expect(bytes != NULL, "no memory");
  if (rf_file_read_bytes(s->file, 0, bytes, size, &err) == RF_OK) {
    expect(good(rf_file_open_bytes(bytes, size, RF_MODE_READ, &s->options, &fresh, &err), &err),
           "what was written cannot be opened");
    (void)good(rf_file_get_hdu_count(s->file, &count, &err), &err);
    for (size_t i = 0; i < count && i < 12; i++) {
      picture a = look(s->file, i), b = look(fresh, i);
      expect((a.pixels == NULL) == (b.pixels == NULL), "an image that can be read in one handle only");
      if (a.pixels != NULL)
        expect(same_pixels(&a, &b), "a fresh handle reads other pixels");
      free(a.pixels);
      free(b.pixels);
    }
    expect(rf_file_free(fresh, &err) == RF_OK, "a fresh handle cannot be closed");
  }
  free(bytes);
}

static void command(session *s) {
  rf_error err;
  unsigned what = take(s);
  size_t index = what / 8 % 8;
  uint64_t size;
  if (rf_file_get_size(s->file, &size, &err) != RF_OK || size > MAX_FILE) {
    s->left = 0;
    return;
  }
  switch (what % 8) {
  case 0:
  case 1:
    create(s);
    break;
  case 2:
  case 3:
  case 4:
    write(s, index);
    break;
  case 5:
    extend(s, index);
    break;
  case 6:
    repack(s, index);
    break;
  default:
    check_against_fresh(s);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rf_error err;
  session s = {0};
  rf_image_spec last = {.size = sizeof last, .dtype = RF_U8, .extver = -1};
  size_t index;
  if (size < 1 || (size_t)data[0] + 1 > size)
    return 0;
  s.commands = data + 1;
  s.left = data[0];
  size_t rest = size - 1 - s.left;
  rf_options_init(&s.options);
  rf_limits_init(&ceilings);
  s.options.limits = &ceilings;
  ceilings.header_bytes = (uint64_t)1 << 20;
  ceilings.inflate_bytes = (uint64_t)8 << 20;
  ceilings.tile_bytes = (uint64_t)1 << 20;
  ceilings.hdus = 100;
  s.options.threads = 1;
  rf_status status = rest == 0
                         ? rf_file_open("mem://", RF_MODE_CREATE, &s.options, &s.file, &err)
                         : rf_file_open_bytes(data + 1 + s.left, rest, RF_MODE_READ_WRITE, &s.options, &s.file, &err);
  if (!good(status, &err))
    return 0;
  (void)good(rf_file_get_hdu_count(s.file, &s.found, &err), &err);
  while (s.left > 0)
    command(&s);
  check_against_fresh(&s);
  (void)good(rf_image_create(s.file, &last, &index, &err), &err); /* flushes the image before */
  check_against_fresh(&s);
  (void)good(rf_file_free(s.file, &err), &err);
  return 0;
}
