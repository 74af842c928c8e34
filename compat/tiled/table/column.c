/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Columns of compressed tables. GZIP_2 shuffles the bytes of I, J, K, E and D only; complex numbers are not shuffled in
 * the rows, and in the heap C counts as one number of 8 bytes.
 */
#include "tiled/table/column.h"

#include <string.h>

/* A byte of a deflate stream becomes so many at most. */
#define MAX_EXPANSION 1032

bool cf_zpile_add(cf_pile *pile, const void *bytes, size_t n) {
  if (n > pile->room - pile->used) {
    size_t room = pile->used + n > 2 * pile->room ? pile->used + n : 2 * pile->room;
    unsigned char *more = realloc(pile->bytes, room);
    if (more == NULL)
      return false;
    pile->bytes = more;
    pile->room = room;
  }
  if (n > 0)
    memcpy(pile->bytes + pile->used, bytes, n);
  pile->used += n;
  return true;
}

/* Returns the bytes of an element; 0 for bits and other letters. */
static unsigned width_of(char letter) {
  switch (letter) {
  case 'L':
  case 'B':
  case 'A':
    return 1;
  case 'I':
    return 2;
  case 'J':
  case 'E':
    return 4;
  case 'K':
  case 'D':
  case 'C':
    return 8;
  case 'M':
    return 16;
  default:
    return 0;
  }
}

static unsigned shuffle_width(const cf_zfield *field, bool cell) {
  if (strchr("IJKED", field->letter) != NULL || (cell && field->letter == 'C'))
    return width_of(field->letter);
  return 1;
}

bool cf_zfield_parse(cf_zfield *field, const char *tform) {
  LONGLONG repeat = 0;
  int digits = 0;
  memset(field, 0, sizeof *field);
  while (*tform == ' ')
    tform++;
  for (; *tform >= '0' && *tform <= '9' && digits < 18; tform++, digits++)
    repeat = repeat * 10 + (*tform - '0');
  if (digits == 0)
    repeat = 1;
  field->letter = *tform;
  if (*tform == 'P' || *tform == 'Q') {
    field->descriptor = *tform;
    field->letter = tform[1];
    field->bytes = repeat > 0 ? (*tform == 'P' ? 8 : 16) : 0;
    return width_of(field->letter) > 0 || field->letter == 'X';
  }
  if (field->letter == 'X')
    field->bytes = (repeat + 7) / 8;
  else if (width_of(field->letter) == 0 || repeat > INT64_MAX / 16)
    return false;
  else
    field->bytes = repeat * width_of(field->letter);
  return true;
}

LONGLONG cf_zfield_heap_bytes(const cf_zfield *field, LONGLONG n) {
  unsigned width = width_of(field->letter);
  if (n < 0 || n > INT64_MAX / 16)
    return -1;
  return field->letter == 'X' ? (n + 7) / 8 : n * width;
}

/* ---- encoding ---- */

static rf_status fail_memory(rf_error *err) {
  memset(err, 0, sizeof *err);
  err->code = RF_ERR_MEMORY;
  (void)snprintf(err->message, sizeof err->message, "no memory for a column of a table");
  return RF_ERR_MEMORY;
}

static rf_status fail_size(rf_error *err, size_t found, size_t expected) {
  memset(err, 0, sizeof *err);
  err->code = RF_ERR_CODEC;
  (void)snprintf(err->message, sizeof err->message, "found %zu bytes of a column, expected %zu", found, expected);
  return RF_ERR_CODEC;
}

/* Copies elements in the order of bytes of the machine, or back. */
static void swap_copy(unsigned char *to, const unsigned char *from, size_t n, unsigned width) {
  const uint16_t probe = 1;
  bool little = *(const unsigned char *)&probe == 1;
  for (size_t i = 0; i < n; i++)
    for (unsigned k = 0; k < width; k++)
      to[i * width + k] = from[i * width + (little ? width - 1 - k : k)];
}

static void shuffle(unsigned char *to, const unsigned char *from, size_t n, unsigned width) {
  for (unsigned k = 0; k < width; k++)
    for (size_t i = 0; i < n; i++)
      to[k * n + i] = from[i * width + k];
}

static void unshuffle(unsigned char *to, const unsigned char *from, size_t n, unsigned width) {
  for (unsigned k = 0; k < width; k++)
    for (size_t i = 0; i < n; i++)
      to[i * width + k] = from[k * n + i];
}

static rf_status add_stream(rf_codec_tile *tile, cf_pile *out, rf_error *err) {
  size_t bound;
  rf_status status = rf_codec_get_bound(tile, &bound, err);
  if (status != RF_OK)
    return status;
  tile->out_bytes = bound;
  tile->out = malloc(bound > 0 ? bound : 1);
  if (tile->out == NULL)
    return fail_memory(err);
  status = rf_codec_encode(tile, err);
  if (status == RF_OK && !cf_zpile_add(out, tile->out, tile->used))
    status = fail_memory(err);
  free(tile->out);
  return status;
}

rf_status cf_zfield_encode(const cf_zfield *field, rf_zcmptype type, bool cell, const void *in, size_t bytes,
                           cf_pile *out, rf_error *err) {
  rf_codec_tile tile;
  unsigned width = type == RF_Z_RICE_1 ? width_of(field->letter) : type == RF_Z_GZIP_2 ? shuffle_width(field, cell) : 1;
  rf_codec_tile_init(&tile);
  if (type == RF_Z_NOCOMPRESS)
    return cf_zpile_add(out, in, bytes) ? RF_OK : fail_memory(err);
  void *own = width > 1 ? malloc(bytes > 0 ? bytes : 1) : NULL;
  if (width > 1 && own == NULL)
    return fail_memory(err);
  if (width > 1 && type == RF_Z_RICE_1)
    swap_copy(own, in, bytes / width, width);
  else if (width > 1)
    shuffle(own, in, bytes / width, width);
  tile.type = type == RF_Z_GZIP_2 ? RF_Z_GZIP_1 : type;
  tile.rows = 1;
  tile.width = type == RF_Z_RICE_1 ? width : 1;
  tile.columns = type == RF_Z_RICE_1 && width > 0 ? bytes / width : bytes;
  tile.zlib = 1;
  tile.in = own != NULL ? own : in;
  rf_status status = add_stream(&tile, out, err);
  free(own);
  return status;
}

/* ---- decoding ---- */

static rf_status decode_stream(rf_codec_tile *tile, unsigned width, void *out, size_t bytes, rf_error *err) {
  unsigned expected = tile->width;
  if (bytes > SIZE_MAX / 16)
    return fail_memory(err);
  tile->out = malloc(tile->columns * 8 + 8);
  if (tile->out == NULL)
    return fail_memory(err);
  rf_status status = rf_codec_decode(tile, err);
  if (status == RF_OK && tile->width != expected)
    status = fail_size(err, tile->columns * tile->width, bytes);
  if (status == RF_OK && tile->type == RF_Z_RICE_1)
    swap_copy(out, tile->out, tile->columns, tile->width);
  else if (status == RF_OK && width > 1)
    unshuffle(out, tile->out, bytes / width, width);
  else if (status == RF_OK)
    memcpy(out, tile->out, bytes);
  free(tile->out);
  return status;
}

rf_status cf_zfield_decode(const cf_zfield *field, rf_zcmptype type, bool cell, const void *in, size_t n, void *out,
                           size_t bytes, rf_error *err) {
  rf_codec_tile tile;
  unsigned width = type == RF_Z_RICE_1 ? width_of(field->letter) : type == RF_Z_GZIP_2 ? shuffle_width(field, cell) : 1;
  if (bytes / MAX_EXPANSION > n)
    return fail_size(err, n, bytes);
  if (type == RF_Z_NOCOMPRESS) {
    if (n != bytes)
      return fail_size(err, n, bytes);
    memcpy(out, in, bytes);
    return RF_OK;
  }
  rf_codec_tile_init(&tile);
  tile.type = type == RF_Z_GZIP_2 ? RF_Z_GZIP_1 : type;
  tile.rows = 1;
  tile.width = type == RF_Z_RICE_1 ? width : 1;
  tile.columns = type == RF_Z_RICE_1 && width > 0 ? bytes / width : bytes;
  tile.in = in;
  tile.in_bytes = n;
  return decode_stream(&tile, width, out, bytes, err);
}
