/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compression of the images of a new file: "compress R 100,100; q 4".
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/versioned.h"
#include "name/part.h"
#include "value/number.h"

/* Reads the word of the algorithm: only its first letters count, as CFITSIO documents. Returns what follows it. */
static const char *parse_type(const char *p, rf_name_compression *c) {
  static const struct {
    char letter;
    rf_zcmptype type;
  } types[] = {{'r', RF_Z_RICE_1}, {'g', RF_Z_GZIP_1}, {'h', RF_Z_HCOMPRESS_1}, {'p', RF_Z_PLIO_1}};
  c->type = RF_Z_RICE_1;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (rf_to_lower(*p) == types[i].letter)
      c->type = types[i].type;
  c->smooth = c->type == RF_Z_HCOMPRESS_1 && rf_to_upper(p[1]) == 'S';
  return rf_is_letter(*p) ? p + strcspn(p, " ;") : p;
}

/* Reads the lengths of a tile. Returns what follows them. */
static const char *parse_tile(const char *p, rf_name_compression *c) {
  const int most = (int)(sizeof c->tile / sizeof *c->tile);
  for (p = rf_part_skip_blanks(p); rf_is_digit(*p) && c->tile_ndim < most;) {
    char *end;
    c->tile[c->tile_ndim++] = strtoll(p, &end, 10);
    p = rf_part_skip_blanks(*end == ',' ? end + 1 : end);
  }
  return p;
}

/* Reads a number, 0 where there is none. Returns what follows it, or NULL for text that is no number. */
static const char *parse_value(const char *p, double *value) {
  p = rf_part_skip_blanks(p);
  *value = 0;
  size_t n = strspn(p, "+-.0123456789Ee");
  int64_t integer = 0;
  if (n == 0)
    return p;
  rf_number_kind kind = rf_number_read(p, n, &integer, value);
  if (kind == RF_NUMBER_INTEGER)
    *value = (double)integer;
  return kind == RF_NUMBER_INTEGER || kind == RF_NUMBER_REAL ? rf_part_skip_blanks(p + n) : NULL;
}

/* Reads "q 4", "qz 4" or "s 2". Returns what follows it, or NULL. */
static const char *parse_quality(const char *p, rf_name_compression *c) {
  char letter = rf_to_lower(*p++);
  if (letter == 's') {
    c->has_scale = 1;
    return parse_value(p, &c->scale);
  }
  if (letter != 'q')
    return NULL;
  bool zeros = rf_to_lower(*p) == 'z';
  c->dither = zeros ? RF_DITHER_2 : RF_DITHER_1;
  c->has_level = 1;
  return parse_value(p + zeros, &c->level);
}

/* CFITSIO ignores what it does not know before the semicolon: so does this function. */
static rf_status parse(const char *text, rf_name_compression *c, rf_error *err) {
  text = rf_part_skip_blanks(text);
  if (!rf_part_begins(text, "compress"))
    return rf_fail(err, RF_ERR_ARGUMENT, "a new file has [compress ...] behind its name only: %.40s", text);
  const char *p = parse_tile(parse_type(rf_part_skip_blanks(text + 8), c), c);
  p += strcspn(p, ";");
  for (p = rf_part_skip_blanks(*p == ';' ? p + 1 : p); *p != '\0'; p += strspn(p, " ,"))
    if ((p = parse_quality(p, c)) == NULL)
      return rf_fail(err, RF_ERR_ARGUMENT, "a compression has q or s and a number behind its tiles: %.40s", text);
  return RF_OK;
}

rf_status rf_name_parse_compression(const char *text, rf_name_compression *compression, rf_error *err) {
  rf_name_compression parts = {.size = sizeof parts};
  rf_error_clear(err);
  if (text == NULL || compression == NULL || compression->size < offsetof(rf_name_compression, tile_ndim))
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_name_parse_compression: text or compression = NULL, or no size");
  rf_status status = parse(text, &parts, err);
  rf_struct_give(compression, &parts, sizeof parts);
  return status;
}
