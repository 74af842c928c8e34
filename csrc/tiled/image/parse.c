/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Parses the facts that the header of a compressed image states (FITS 10.1).
 */
#include "tiled/image/parse.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "base/system/platform.h"
#include "codec/codec.h"
#include "codec/quantize/quantize.h"
#include "file/hdu.h"
#include "file/header.h"
#include "file/scan/scan.h"
#include "file/warning.h"
#include "header/build.h"
#include "header/card.h"
#include "header/scale.h"
#include "store/store.h"
#include "table/column/column.h"
#include "table/table.h"
#include "tiled/cache.h"
#include "tiled/parsed.h"
#include "tiled/session.h"

/* FITS 4.4.1 */
#define MAX_AXES 999
/* More parameters than any codec has. */
#define MAX_PARAMETERS 99

/* ---- cards ---- */

static const char *find_card(const rf_header *header, const char *keyword) {
  size_t index;
  if (rf_header_find(header, keyword, 0, &index, NULL) != RF_OK)
    return NULL;
  return rf_header_get_cards(header) + index * RF_CARD_BYTES;
}

static rf_status bad_card(rf_error *err, const char *keyword, const char *expected, const char *card) {
  rf_card_view view;
  rf_error_keyword(err, keyword);
  if (card == NULL)
    return rf_fail(err, RF_ERR_FORMAT, "the header of the compressed image has no %s", keyword);
  rf_card_split(card, &view);
  return rf_fail(err, RF_ERR_FORMAT, "%s = %.*s, where %s is expected", keyword, (int)view.value_length, view.value,
                 expected);
}

/* Gets an integer from `low` to `high`. A missing card gives `absent`, or an error where `absent` is outside that
 * range. */
static rf_status get_integer(const rf_header *header, const char *keyword, int64_t low, int64_t high, int64_t absent,
                             const char *expected, int64_t *value, rf_error *err) {
  const char *card = find_card(header, keyword);
  *value = absent;
  if (card == NULL && absent >= low && absent <= high)
    return RF_OK;
  if (card == NULL || !rf_card_integer(card, value) || *value < low || *value > high)
    return bad_card(err, keyword, expected, card);
  return RF_OK;
}

/* Gets a string, NUL-ended; "" without the card. */
static void get_string(const rf_header *header, const char *keyword, char text[RF_CARD_BYTES]) {
  const char *card = find_card(header, keyword);
  if (card == NULL || !rf_card_string(card, text, RF_CARD_BYTES))
    text[0] = '\0';
}

/* ---- the image ---- */

static rf_status take_axes(rf_tiled_image *tiled_image, const rf_header *header, rf_error *err) {
  rf_hdu *image = &tiled_image->image;
  uint64_t bytes = (uint64_t)(image->bitpix < 0 ? -image->bitpix : image->bitpix) / 8;
  char keyword[32];
  int64_t value;
  bool fits = true;
  RF_TRY(get_integer(header, "ZNAXIS", 0, MAX_AXES, -1, "0 to 999", &value, err));
  image->naxis = (int)value;
  if (image->naxis == 0)
    return RF_OK;
  size_t n = (size_t)image->naxis;
  image->axes = rf_alloc_zero(4 * n, sizeof *image->axes); /* the lists after it share the block */
  if (image->axes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu axes", n);
  tiled_image->ztile = image->axes + n;
  tiled_image->tile = tiled_image->ztile + n;
  tiled_image->counts = tiled_image->tile + n;
  for (size_t i = 0; i < n; i++) {
    (void)snprintf(keyword, sizeof keyword, "ZNAXIS%zu", i + 1);
    RF_TRY(get_integer(header, keyword, 0, INT64_MAX, -1, "0 or more", &value, err));
    image->axes[i] = (uint64_t)value;
  }
  for (size_t i = 0; i < n; i++)
    fits = fits && (image->axes[i] == 0 || rf_mul_u64(bytes, image->axes[i], &bytes));
  if (!fits || bytes > INT64_MAX)
    return rf_fail(err, RF_ERR_FORMAT, "the size of the image by ZBITPIX and ZNAXISn is beyond 63 bits");
  return RF_OK;
}

static rf_status take_image(rf_tiled_image *tiled_image, const rf_hdu *hdu, const rf_header *header, rf_error *err) {
  static const char domain[] = "8, 16, 32, 64, -32 or -64";
  rf_hdu *image = &tiled_image->image;
  int64_t bitpix;
  image->gcount = 1;
  image->extver = 1;
  image->bscale = hdu->bscale;
  image->bzero = hdu->bzero;
  image->bzero_is_2_63 = hdu->bzero_is_2_63;
  memcpy(image->bad_keyword, hdu->bad_keyword, sizeof image->bad_keyword);
  memcpy(image->bad_text, hdu->bad_text, sizeof image->bad_text);
  RF_TRY(get_integer(header, "ZBITPIX", -64, 64, -999, domain, &bitpix, err));
  if (bitpix != 8 && bitpix != 16 && bitpix != 32 && bitpix != 64 && bitpix != -32 && bitpix != -64)
    return bad_card(err, "ZBITPIX", domain, find_card(header, "ZBITPIX"));
  image->bitpix = (int)bitpix;
  return take_axes(tiled_image, header, err);
}

/* Gets ZBLANK as a keyword, or BLANK, which is the keyword for integers (FITS 10.1.3). Writers used BLANK for both. For
 * integers, either is the BLANK of the image, and so is a column ZBLANK alone: see rf_tiled_image_take_blank_column().
 */
static rf_status take_blank(rf_tiled_image *tiled_image, const rf_hdu *hdu, const rf_header *header, rf_error *err) {
  const char *card = find_card(header, "ZBLANK");
  rf_hdu *image = &tiled_image->image;
  rf_card_scale scale = {.state = RF_SCALE_ABSENT};
  if (card != NULL)
    rf_card_scale_read(card, &scale);
  if (scale.state == RF_SCALE_BAD)
    return bad_card(err, "ZBLANK", "an integer", card);
  tiled_image->has_null = scale.is_integer;
  tiled_image->null = scale.integer;
  if (hdu->has_blank && (!tiled_image->has_null || image->bitpix > 0)) {
    tiled_image->has_null = true;
    tiled_image->null = hdu->blank;
  }
  tiled_image->blank_outside =
      image->bitpix > 0 && tiled_image->has_null && !rf_hdu_blank_fits(image->bitpix, tiled_image->null);
  if (tiled_image->blank_outside)
    tiled_image->has_null = false;
  if (image->bitpix > 0 && tiled_image->has_null) {
    image->has_blank = true;
    image->blank = tiled_image->null;
  }
  return RF_OK;
}

/* All undefined pixels become one BLANK: that of the first tile, which nearly always is that of all tiles. */
void rf_tiled_image_take_blank_column(rf_file *file, rf_tiled_image *tiled_image, const rf_table *table) {
  rf_hdu *image = &tiled_image->image;
  uint8_t field[8] = {0};
  int64_t value = 0;
  if (image->bitpix < 0 || image->has_blank || tiled_image->columns.null < 0 || table->info.nrows == 0)
    return;
  const rf_column_info *info = &table->columns[tiled_image->columns.null].info;
  size_t width = info->descriptor != 0 || info->count != 1 ? 0 : rf_letter_bytes(info->letter);
  if (width == 0 || strchr("BIJK", info->letter) == NULL ||
      rf_store_read(file->store, table->info.data_offset + info->offset, field, width, NULL) != RF_OK)
    return;
  switch (width) {
  case 1:
    value = field[0];
    break;
  case 2:
    value = (int16_t)rf_get_be16(field);
    break;
  case 4:
    value = (int32_t)rf_get_be32(field);
    break;
  default:
    value = (int64_t)rf_get_be64(field);
    break;
  }
  if (!rf_hdu_blank_fits(image->bitpix, value))
    return;
  image->has_blank = tiled_image->blank_made = true;
  image->blank = value;
}

/* ---- tiles ---- */

static rf_status take_tiles(rf_tiled_image *tiled_image, const rf_header *header, rf_error *err) {
  rf_hdu *image = &tiled_image->image;
  uint64_t elements = 1;
  bool fits = true;
  tiled_image->ntiles = image->naxis > 0 ? 1 : 0;
  for (int i = 0; i < image->naxis; i++) {
    uint64_t length = image->axes[i];
    char keyword[32];
    int64_t value, absent = i == 0 && length > 0 ? (int64_t)length : 1; /* a row */
    (void)snprintf(keyword, sizeof keyword, "ZTILE%d", i + 1);
    RF_TRY(get_integer(header, keyword, 1, INT64_MAX, absent, "1 or more", &value, err));
    tiled_image->ztile[i] = (uint64_t)value;
    tiled_image->tile[i] = length > 0 && (uint64_t)value > length ? length : (uint64_t)value;
    tiled_image->counts[i] = length / tiled_image->tile[i] + (length % tiled_image->tile[i] != 0);
    fits = fits && rf_mul_u64(elements, tiled_image->tile[i], &elements);
    tiled_image->ntiles *= tiled_image->counts[i]; /* no more than elements in the image */
  }
  fits = fits && elements <= INT64_MAX / 8 && rf_to_size(elements, &tiled_image->tile_elements) &&
         elements <= SIZE_MAX / 16;
  /* Tiles of an image without elements: they are never decoded. */
  if (!fits && tiled_image->ntiles > 0)
    return rf_fail(err, RF_ERR_LIMIT, "the tiles have more elements than memory can hold");
  if (!fits)
    tiled_image->tile_elements = 0;
  return RF_OK;
}

/* ---- codec ---- */

static rf_status take_codec(rf_tiled_image *tiled_image, const rf_header *header, rf_error *err) {
  char name[RF_CARD_BYTES];
  get_string(header, "ZCMPTYPE", name);
  tiled_image->codec = rf_tile_codec_named(name);
  if (tiled_image->codec != NULL)
    return RF_OK;
  rf_error_keyword(err, "ZCMPTYPE");
  if (name[0] == '\0')
    return rf_fail(err, RF_ERR_FORMAT, "the header of the compressed image has no ZCMPTYPE");
  return rf_fail(err, RF_ERR_UNSUPPORTED,
                 "ZCMPTYPE = '%s', where RICE_1, GZIP_1, GZIP_2, PLIO_1, HCOMPRESS_1 or NOCOMPRESS is expected", name);
}

static rf_status bad_parameter(rf_error *err, const char *keyword, const char *name, const char *card,
                               const char *expected) {
  char what[2 * RF_CARD_BYTES];
  (void)snprintf(what, sizeof what, "%s of %s", expected, name);
  return bad_card(err, keyword, what, card);
}

/* Takes a ZVALn by its name. Unknown names are ignored. */
static rf_status take_parameter(rf_tiled_image *tiled_image, const char *name, const char *keyword, const char *card,
                                rf_error *err) {
  int64_t integer = 0;
  double real = 0.0;
  bool is_integer = rf_card_integer(card, &integer), is_real = rf_card_real(card, &real);
  bool rice = tiled_image->codec->type == RF_Z_RICE_1, hcompress = tiled_image->codec->type == RF_Z_HCOMPRESS_1;
  if (rice && rf_same_name(name, "BLOCKSIZE")) {
    if (!is_integer || integer < 1 || integer > INT32_MAX)
      return bad_parameter(err, keyword, name, card, "the 1 or more");
    tiled_image->params.blocksize = (unsigned)integer;
  } else if (rice && rf_same_name(name, "BYTEPIX")) {
    /* A known writer of reals gives the bytes of BITPIX, which is below 0. Quantized reals have 4. */
    if (is_integer && integer < 0 && tiled_image->image.bitpix < 0)
      integer = 4;
    if (!is_integer || integer < 1 || integer > INT32_MAX)
      return bad_parameter(err, keyword, name, card, "the 1, 2 or 4");
    tiled_image->params.bytepix = (unsigned)integer;
  } else if (hcompress && rf_same_name(name, "SCALE") && is_real) {
    tiled_image->hcomp_scale = real;
    tiled_image->params.scale = real >= 0 && real < INT32_MAX ? (int)real : 0;
  } else if (hcompress && rf_same_name(name, "SMOOTH")) {
    bool smooth = false;
    tiled_image->params.smooth = is_real ? real != 0.0 : rf_card_logical(card, &smooth) && smooth;
  } else if (rf_same_name(name, "NOISEBIT") && is_real) {
    tiled_image->quantize_level = real;
  }
  return RF_OK;
}

/* Old writers gave parameters no names: their place decides. */
static const char *name_by_place(const rf_tiled_image *tiled_image, int n) {
  if (tiled_image->codec->type == RF_Z_RICE_1)
    return n == 1 ? "BLOCKSIZE" : n == 2 ? "BYTEPIX" : "";
  if (tiled_image->codec->type == RF_Z_HCOMPRESS_1)
    return n == 1 ? "SCALE" : n == 2 ? "SMOOTH" : "";
  return "";
}

static rf_status take_parameters(rf_tiled_image *tiled_image, const rf_header *header, rf_error *err) {
  rf_tile_params *params = &tiled_image->params;
  params->blocksize = 32;
  params->bytepix = 4;
  for (int n = 1; n <= MAX_PARAMETERS; n++) {
    char name_keyword[32], keyword[32], name[RF_CARD_BYTES];
    (void)snprintf(name_keyword, sizeof name_keyword, "ZNAME%d", n);
    (void)snprintf(keyword, sizeof keyword, "ZVAL%d", n);
    const char *name_card = find_card(header, name_keyword), *card = find_card(header, keyword);
    if (name_card == NULL && card == NULL)
      break;
    if (card == NULL)
      continue;
    get_string(header, name_keyword, name);
    RF_TRY(take_parameter(tiled_image, name_card != NULL ? name : name_by_place(tiled_image, n), keyword, card, err));
  }
  /* Some writers mixed the two up. */
  if (params->bytepix > 8 && params->blocksize < 16) {
    unsigned other = params->bytepix;
    params->bytepix = params->blocksize;
    params->blocksize = other;
  }
  return RF_OK;
}

/* ---- columns ---- */

static int column_named(const rf_table *table, const char *name) {
  size_t column;
  if (rf_table_find(table, name, &column, NULL) != RF_OK || table->columns[column].info.repeat == 0)
    return -1;
  return (int)column;
}

/* Gets the part of a row that the library reads. */
static void span_columns(rf_tiled_image *tiled_image, const rf_table *table) {
  const rf_tile_columns *c = &tiled_image->columns;
  const int all[] = {c->data, c->gzip, c->raw, c->scale, c->zero, c->null};
  uint64_t low = UINT64_MAX, high = 0;
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    if (all[i] < 0)
      continue;
    const rf_column_info *info = &table->columns[all[i]].info;
    /* For columns without descriptors, only the place counts. */
    uint64_t bytes = info->descriptor != 0 || info->bytes < 8 ? info->bytes : 8;
    low = info->offset < low ? info->offset : low;
    high = info->offset + bytes > high ? info->offset + bytes : high;
  }
  tiled_image->row_low = low;
  tiled_image->row_span = high - low;
}

static rf_status take_columns(rf_tiled_image *tiled_image, const rf_table *table, rf_error *err) {
  rf_tile_columns *c = &tiled_image->columns;
  c->data = column_named(table, "COMPRESSED_DATA");
  c->gzip = column_named(table, "GZIP_COMPRESSED_DATA");
  c->raw = column_named(table, "UNCOMPRESSED_DATA");
  c->scale = column_named(table, "ZSCALE");
  c->zero = column_named(table, "ZZERO");
  c->null = column_named(table, "ZBLANK");
  int any = c->data >= 0 ? c->data : c->gzip >= 0 ? c->gzip : c->raw;
  if (any < 0)
    return rf_fail(err, RF_ERR_FORMAT,
                   "the compressed image has none of the columns COMPRESSED_DATA, GZIP_COMPRESSED_DATA and "
                   "UNCOMPRESSED_DATA");
  tiled_image->heap_format = table->columns[any].info.descriptor == 'Q' ? 'Q' : 'P';
  span_columns(tiled_image, table);
  if (table->info.nrows == tiled_image->ntiles)
    return RF_OK;
  rf_error_keyword(err, "NAXIS2");
  return rf_fail(err, RF_ERR_FORMAT,
                 "the table has NAXIS2 = %" PRIu64 " rows, and ZNAXISn and ZTILEn make %" PRIu64 " tiles",
                 table->info.nrows, tiled_image->ntiles);
}

/* ---- quantization ---- */

/* Gets ZSCALE and ZZERO as keywords. Without them, stored values cannot be read either. */
static rf_status take_real(const rf_header *header, const char *keyword, bool *seen, double *value, rf_error *err) {
  const char *card = find_card(header, keyword);
  rf_card_scale scale = {.state = RF_SCALE_ABSENT};
  if (card != NULL)
    rf_card_scale_read(card, &scale);
  if (scale.state == RF_SCALE_BAD)
    return bad_card(err, keyword, "a number", card);
  *seen = scale.state == RF_SCALE_CLEAN || scale.state == RF_SCALE_REPAIRED;
  if (*seen)
    *value = scale.real;
  return RF_OK;
}

static rf_status take_dither(rf_tiled_image *tiled_image, const rf_header *header, const char *zquantiz,
                             rf_error *err) {
  int64_t seed;
  if (rf_same_name(zquantiz, "SUBTRACTIVE_DITHER_1"))
    tiled_image->dither = RF_DITHER_1;
  else if (rf_same_name(zquantiz, "SUBTRACTIVE_DITHER_2"))
    tiled_image->dither = RF_DITHER_2;
  else {
    tiled_image->odd_quantiz =
        zquantiz[0] != '\0' && !rf_same_name(zquantiz, "NO_DITHER") && !rf_same_name(zquantiz, "NONE");
    return RF_OK;
  }
  /* cfitsio writes 0 where it did not dither, for example where it did not compress. */
  const char *card = find_card(header, "ZDITHER0");
  if (tiled_image->codec->type == RF_Z_NOCOMPRESS && card != NULL && rf_card_integer(card, &seed) && seed == 0) {
    tiled_image->dither = RF_DITHER_NONE;
    return RF_OK;
  }
  /* The seed is an index into the table of random numbers: it must be within the table. */
  RF_TRY(get_integer(header, "ZDITHER0", 1, RF_DITHER_VALUES, 1, "1 to 10000", &seed, err));
  tiled_image->seed = (int)seed;
  tiled_image->random = rf_alloc(RF_DITHER_VALUES * sizeof *tiled_image->random);
  if (tiled_image->random == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the random numbers of the dither");
  rf_dither_fill(tiled_image->random);
  return RF_OK;
}

/* Reals are quantized where a card says how (FITS 10.2) and ZQUANTIZ does not deny it. Codecs for integers always give
 * integers, with a scale of 1 where no card gives another. */
static rf_status take_quantization(rf_tiled_image *tiled_image, const rf_header *header, rf_error *err) {
  char zquantiz[RF_CARD_BYTES];
  bool has_scale = false, has_zero = false;
  if (tiled_image->columns.scale < 0)
    RF_TRY(take_real(header, "ZSCALE", &has_scale, &tiled_image->scale, err));
  if (tiled_image->columns.zero < 0)
    RF_TRY(take_real(header, "ZZERO", &has_zero, &tiled_image->zero, err));
  get_string(header, "ZQUANTIZ", zquantiz);
  if (!has_scale)
    tiled_image->scale = 1.0;
  tiled_image->dither = RF_DITHER_NONE;
  tiled_image->seed = 1;
  if (tiled_image->image.bitpix > 0)
    return RF_OK;
  bool scaled = has_scale || has_zero || tiled_image->columns.scale >= 0 || tiled_image->columns.zero >= 0;
  bool integers = (tiled_image->codec->flags & RF_TILE_INTEGERS) != 0;
  tiled_image->quantized = integers || (scaled && !rf_same_name(zquantiz, "NONE"));
  return tiled_image->quantized && scaled ? take_dither(tiled_image, header, zquantiz, err) : RF_OK;
}

/* ---- all of it ---- */

rf_status rf_tiled_image_parse(rf_tiled_image *tiled_image, const rf_hdu *hdu, const rf_table *table,
                               const rf_header *header, rf_error *err) {
  RF_TRY(take_image(tiled_image, hdu, header, err));
  RF_TRY(take_blank(tiled_image, hdu, header, err));
  RF_TRY(take_tiles(tiled_image, header, err));
  RF_TRY(take_codec(tiled_image, header, err));
  RF_TRY(take_parameters(tiled_image, header, err));
  RF_TRY(take_columns(tiled_image, table, err));
  RF_TRY(take_quantization(tiled_image, header, err));
  return rf_tile_cache_new(rf_tiled_session_cache_limit(hdu), &tiled_image->cache, err);
}

static void keep_odd_quantiz(rf_file *file, size_t index, const rf_header *header) {
  char zquantiz[RF_CARD_BYTES];
  rf_error odd;
  get_string(header, "ZQUANTIZ", zquantiz);
  rf_error_clear(&odd);
  rf_error_keyword(&odd, "ZQUANTIZ");
  (void)rf_fail(&odd, RF_ERR_FORMAT,
                "ZQUANTIZ = '%s', where NO_DITHER, SUBTRACTIVE_DITHER_1 or SUBTRACTIVE_DITHER_2 is expected: read as "
                "not dithered",
                zquantiz);
  rf_file_add_warning(file, RF_WARNING_QUANTIZED, index, &odd);
}

static void keep_blank_outside(rf_file *file, size_t index, const rf_tiled_image *tiled_image) {
  rf_error odd;
  rf_error_clear(&odd);
  rf_error_keyword(&odd, "BLANK");
  (void)rf_fail(&odd, RF_ERR_FORMAT, "BLANK or ZBLANK = %" PRId64 " is outside the range of ZBITPIX = %d: not used",
                tiled_image->null, tiled_image->image.bitpix);
  rf_file_add_warning(file, RF_WARNING_BLANK_OUTSIDE, index, &odd);
}

void rf_tiled_image_warn(rf_file *file, size_t index, const rf_tiled_image *tiled_image, const rf_header *header) {
  if (tiled_image->odd_quantiz)
    keep_odd_quantiz(file, index, header);
  if (tiled_image->blank_outside)
    keep_blank_outside(file, index, tiled_image);
}

/* ---- facts without the rest of the header ---- */

bool rf_tiled_image_may_make_blank(const rf_header *header) {
  int64_t bitpix;
  const char *card = find_card(header, "ZBITPIX");
  char text[RF_CARD_BYTES];
  if (card == NULL || !rf_card_integer(card, &bitpix) || bitpix < 0 || find_card(header, "BLANK") != NULL)
    return false;
  if (find_card(header, "ZBLANK") != NULL)
    return true;
  card = rf_header_get_cards(header);
  for (size_t i = 0; i < rf_header_get_count(header); i++, card += RF_CARD_BYTES)
    if (memcmp(card, "TTYPE", 5) == 0 && rf_card_string(card, text, sizeof text) && rf_same_name(text, "ZBLANK"))
      return true;
  return false;
}

bool rf_tiled_image_has_data(const rf_header *header) {
  int64_t naxis, length;
  const char *card = find_card(header, "ZNAXIS");
  if (card == NULL || !rf_card_integer(card, &naxis) || naxis < 1 || naxis > MAX_AXES)
    return false;
  for (int64_t i = 1; i <= naxis; i++) {
    char keyword[32];
    (void)snprintf(keyword, sizeof keyword, "ZNAXIS%d", (int)i);
    card = find_card(header, keyword);
    if (card == NULL || !rf_card_integer(card, &length) || length < 1)
      return false;
  }
  return true;
}
