/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A whole session on any file: the first byte says how many bytes of commands follow, the rest is the file. The
 * commands look at HDUs, read and write sections, edit headers, create and extend images and sum up. Whatever they do,
 * the handle must afterwards tell the same about the file as a fresh handle on the bytes that it wrote.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fresh.h"
#include "script.h"
#include "image_request.h"

/* What the options of these tests point at. */
static rf_limits ceilings;

#define CONTENT_LIMIT ((uint64_t)4 << 20)
#define PIXELS_LIMIT ((uint64_t)1 << 20)
#define MAX_AXES 999

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct session {
  script script;
  rf_options options;
  rf_file *file;
  uint64_t created; /* bytes of data requested so far */
} session;

/* ---- looking ---- */

static void look_at_header(rf_header *header) {
  rf_error err;
  char keyword[RF_CARD_BYTES];
  const char *text;
  size_t length, span;
  for (size_t i = 0; i < rf_header_get_count(header); i++) {
    rf_value value;
    if (!good(rf_header_get_keyword(header, i, keyword, &span, &err), &err))
      abort();
    expect(span >= 1 && i + span <= rf_header_get_count(header), "a value of no card, or of more than there are");
    if (!good(rf_header_get_value(header, i, &value, &err), &err))
      abort();
    if (!good(rf_header_get_comment(header, i, &text, &length, &err), &err))
      abort();
    (void)rf_keyword_is_protected(keyword);
  }
  (void)rf_header_get_file_bytes(header, 0);
}

static void look(session *s, size_t index) {
  rf_error err;
  rf_hdu_info info = {.size = sizeof info};
  rf_header *header = NULL;
  uint64_t axes[4];
  size_t naxis;
  if (!good(rf_hdu_get_info(s->file, index, &info, &err), &err))
    return;
  expect(good(rf_hdu_get_axes(s->file, index, axes, 4, &naxis, &err), &err), "facts but no axes");
  expect(naxis == (size_t)info.naxis, "two numbers of axes");
  if (good(rf_hdu_get_header(s->file, index, &header, &err), &err))
    look_at_header(header);
  rf_header_free(header);
  if (info.has_extname) {
    size_t found;
    if (good(rf_file_find(s->file, info.extname, &info.extver, &found, &err), &err))
      expect(found <= index, "an HDU found behind one of its name");
  }
}

/* ---- pixels ---- */

/* A section of the image by the next commands; its number of elements, 0 when there is nothing to take or too much. */
static uint64_t choose_section(session *s, size_t index, rf_axis *section) {
  static uint64_t lengths[MAX_AXES];
  static const uint64_t picks[4] = {0, 3, 1, 1};
  rf_error err;
  size_t naxis;
  uint64_t count = 1;
  if (!good(rf_hdu_get_axes(s->file, index, lengths, MAX_AXES, &naxis, &err), &err) || naxis == 0)
    return 0;
  for (size_t k = 0; k < naxis; k++) {
    uint64_t length = lengths[k];
    unsigned way = k < 6 ? take(&s->script) : 0;
    int64_t step = (int64_t)(way >> 4) - 7;
    rf_axis axis = {0, 1, length, NULL};
    if (way % 4 == 1) { /* wrong as often as not */
      axis = (rf_axis){(int64_t)take(&s->script) - 3, step, take(&s->script), NULL};
    } else if (way % 4 == 2 && length > 0 && step != 0) {
      uint64_t stride = (uint64_t)(step < 0 ? -step : step);
      axis = (rf_axis){step < 0 ? (int64_t)(length - 1) : 0, step, (length - 1) / stride + 1, NULL};
    } else if (way % 4 == 3) {
      axis = (rf_axis){0, 0, way / 4 % 5 % 4 + (way > 200), picks};
      axis.count = axis.count > 4 ? 4 : axis.count;
    }
    section[k] = axis;
    if (axis.count > PIXELS_LIMIT || (count *= axis.count) > PIXELS_LIMIT)
      return 0;
  }
  return count;
}

static void use_pixels(session *s, size_t index, int write) {
  static rf_axis section[MAX_AXES];
  static const size_t widths[] = {[RF_U8] = 1,  [RF_I8] = 1,  [RF_I16] = 2, [RF_U16] = 2, [RF_I32] = 4,
                                  [RF_U32] = 4, [RF_I64] = 8, [RF_U64] = 8, [RF_F32] = 4, [RF_F64] = 8};
  rf_error err;
  rf_image_info info = {.size = sizeof info};
  if (!good(rf_image_get_info(s->file, index, &info, &err), &err))
    return;
  unsigned how = take(&s->script);
  uint32_t flags = how & 1 ? RF_IMAGE_RAW : 0;
  rf_dtype type = how & 2 ? RF_F64 : how & 4 ? pixel_type(how / 16) : how & 1 ? info.stored : info.dtype;
  expect(rf_dtype_bytes(type, 0) == widths[type], "rf_dtype_bytes is wrong");
  uint64_t count = choose_section(s, index, section);
  if (count == 0)
    return;
  /* Exactly as large as the section, so that AddressSanitizer sees the first byte beyond. */
  uint8_t *pixels = malloc(count * widths[type]), *mask = how & 8 ? malloc(count) : NULL;
  expect(pixels != NULL && (mask != NULL || !(how & 8)), "no memory");
  if (write) {
    memset(pixels, (int)take(&s->script), count * widths[type]);
    if (mask)
      memset(mask, how >> 7, count);
    (void)good(rf_image_write(s->file, index,
                              PIXELS(.section = section, .dtype = type, .flags = flags, .data = pixels,
                                     .data_bytes = count * widths[type], .mask = mask),
                              &err),
               &err);
  } else if (good(rf_image_read(s->file, index,
                                PIXELS(.section = section, .dtype = type, .flags = flags, .data = pixels,
                                       .data_bytes = count * widths[type], .mask = mask),
                                &err),
                  &err)) {
    size_t ranges;
    uint64_t bytes;
    (void)good(plan_section(s->file, index, section, NULL, 0, &ranges, &bytes, &err), &err);
  }
  free(pixels);
  free(mask);
}

/* ---- changing ---- */

/* Deletes what may be deleted, so that whole blocks of a header become free. */
static void empty_header(rf_header *header) {
  char keyword[RF_CARD_BYTES];
  rf_error err;
  size_t span;
  for (size_t i = 0; i < rf_header_get_count(header);) {
    if (!good(rf_header_get_keyword(header, i, keyword, &span, &err), &err))
      abort();
    if (rf_keyword_is_protected(keyword) || !good(rf_header_delete(header, keyword, &err), &err))
      i += span;
    else
      i = 0;
  }
}

static void edit(session *s, size_t index) {
  static const char *const keywords[] = {
      "OBJECT", "a long hierarch keyword", "EXPTIME", "HISTORY", "BLANK", "NAXIS", "EXTNAME", "Z"};
  rf_error err;
  rf_header *header = NULL;
  if (!good(rf_hdu_get_header(s->file, index, &header, &err), &err))
    return;
  for (unsigned steps = take(&s->script) % 8; steps > 0; steps--) {
    unsigned how = take(&s->script);
    const char *keyword = keywords[how % 8];
    size_t length = s->script.left < how ? s->script.left : how;
    char *text = malloc(length + 1);
    expect(text != NULL, "no memory");
    memcpy(text, s->script.commands, length);
    text[length] = '\0';
    static const rf_value_kind kinds[] = {RF_VALUE_UNDEFINED, RF_VALUE_LOGICAL,    RF_VALUE_INTEGER,
                                          RF_VALUE_BIG,       RF_VALUE_REAL,       RF_VALUE_COMPLEX,
                                          RF_VALUE_STRING,    RF_VALUE_COMMENTARY, RF_VALUE_INVALID};
    rf_value value = {.kind = kinds[how / 8 % (sizeof kinds / sizeof *kinds)],
                      .integer = how,
                      .real = how / 3.0,
                      .imaginary = -1e300};
    value.text = text;
    value.text_length = strlen(text);
    switch (take(&s->script) % 7) {
    case 0:
      (void)good(rf_header_set(header, keyword, &value, how & 1 ? text : NULL, &err), &err);
      break;
    case 1:
      (void)good(rf_header_set(header, text, &value, NULL, &err), &err);
      break;
    case 2:
      (void)good(rf_header_set_comment(header, keyword, text, &err), &err);
      break;
    case 3:
      (void)good(rf_header_add(header, how & 1 ? "HISTORY" : "", text, &err), &err);
      break;
    case 4:
      (void)good(rf_header_delete(header, keyword, &err), &err);
      break;
    case 5:
      (void)good(rf_header_delete(header, text, &err), &err);
      break;
    default:
      empty_header(header);
    }
    free(text);
    look_at_header(header);
  }
  (void)good(rf_hdu_set_header(s->file, index, header, &err), &err);
  rf_header_free(header);
}

static void create(session *s) {
  rf_error err;
  unsigned how = take(&s->script);
  uint64_t axes[3] = {how % 5, take(&s->script) % 20, take(&s->script) % 20};
  char name[8] = "NAME";
  name[3] = (char)take(&s->script);
  rf_image_spec spec = {.size = sizeof spec,
                        .dtype = how / 8 % 11 < 10 ? pixel_type(how / 8 % 11) : (rf_dtype)10,
                        .naxis = (int)(how % 4),
                        .axes = axes};
  spec.extname = how & 64 ? name : NULL;
  spec.extver = how & 128 ? (int64_t)how - 130 : -1;
  spec.has_blank = take(&s->script) % 4 == 0;
  spec.blank = (int64_t)how * 300 - 20000;
  size_t index;
  s->created += 100000;
  if (s->created < CONTENT_LIMIT)
    (void)good(rf_image_create(s->file, &spec, &index, &err), &err);
}

static void extend(session *s, size_t index) {
  rf_error err;
  uint64_t length, more = take(&s->script);
  size_t naxis;
  rf_hdu_info info = {.size = sizeof info};
  if (!good(rf_hdu_get_axes(s->file, index, &length, 1, &naxis, &err), &err) || naxis == 0 ||
      !good(rf_hdu_get_info(s->file, index, &info, &err), &err))
    return;
  s->created += length > 0 ? info.data_bytes / length * more : 100000;
  if (info.data_bytes < CONTENT_LIMIT && s->created < CONTENT_LIMIT && length > 0)
    (void)good(rf_image_extend(s->file, index, length + more - 2, &err), &err);
}

static void sum_up(session *s, size_t index) {
  rf_error err;
  rf_checksum_state datasum = RF_CHECKSUM_ABSENT, checksum = RF_CHECKSUM_ABSENT;
  int with_checksum = take(&s->script) & 1;
  if (!good(rf_hdu_add_checksum(s->file, index, with_checksum, &err), &err))
    return;
  if (good(rf_hdu_verify_checksum(s->file, index, &datasum, &checksum, &err), &err))
    expect(datasum == RF_CHECKSUM_RIGHT && (checksum == RF_CHECKSUM_RIGHT || !with_checksum),
           "sums just written are wrong");
}

static void command(session *s) {
  rf_error err;
  unsigned what = take(&s->script);
  size_t index = what / 16 % 8, count;
  uint64_t size;
  rf_checksum_state datasum, checksum;
  switch (what % 16) {
  case 0:
    (void)good(rf_file_get_hdu_count(s->file, &count, &err), &err);
    break;
  case 1:
  case 2:
    look(s, index);
    break;
  case 3:
  case 4:
  case 5:
    use_pixels(s, index, 0);
    break;
  case 6:
  case 7:
    use_pixels(s, index, 1);
    break;
  case 8:
  case 9:
    edit(s, index);
    break;
  case 10:
    create(s);
    break;
  case 11:
    extend(s, index);
    break;
  case 12:
    sum_up(s, index);
    break;
  case 13:
    (void)good(rf_hdu_verify_checksum(s->file, index, &datasum, &checksum, &err), &err);
    break;
  case 14:
    (void)good(rf_file_sync(s->file, &err), &err);
    break;
  default:
    (void)good(rf_file_get_size(s->file, &size, &err), &err);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rf_error err;
  session s = {0};
  if (!script_begin(&s.script, &data, &size))
    return 0;
  rf_options_init(&s.options);
  rf_limits_init(&ceilings);
  s.options.limits = &ceilings;
  ceilings.header_bytes = (uint64_t)1 << 20;
  ceilings.inflate_bytes = (uint64_t)8 << 20;
  ceilings.tile_bytes = (uint64_t)8 << 20;
  ceilings.hdus = 1000;
  if (!good(rf_file_open_bytes(data, size, RF_MODE_READ_WRITE, &s.options, &s.file, &err), &err))
    return 0;
  while (s.script.left > 0)
    command(&s);
  check_against_fresh(s.file, &s.options, 4 * CONTENT_LIMIT);
  (void)good(rf_file_free(s.file, &err), &err);
  return 0;
}
