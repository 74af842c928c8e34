/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed tables back into binary tables.
 */
#include <string.h>

#include "base/string.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "header/cards.h"
#include "tiled/table/column.h"

/* A byte of a stream becomes so many at most. */
#define MAX_EXPANSION 1032
#define MAX_COLUMNS 999

typedef struct unpacker {
  fitsfile *from;
  fitsfile *to;
  int ncols;
  cf_zfield *fields;
  LONGLONG row_bytes;
  LONGLONG nrows;
  LONGLONG heap_bytes; /* of the table, ZPCOUNT */
  LONGLONG tile_rows;
  /* the present tile */
  LONGLONG rows;
  unsigned char *bytes;   /* its rows */
  cf_pile *streams;       /* one a column */
  unsigned char **blocks; /* descriptors of columns in the heap */
} unpacker;

/* ---- the header ---- */

/* Returns n of <root>n, 0 for other cards. */
static int numbered(const char *card, const char *root) {
  size_t n = strlen(root), k = strspn(card + n, "0123456789");
  if (strncmp(card, root, n) != 0 || k == 0 || n + k > 8 || strspn(card + n + k, " ") < 8 - n - k)
    return 0;
  return (int)strtol(card + n, NULL, 10);
}

static bool is_card(const char *card, const char *keyword) {
  size_t n = strlen(keyword);
  return strncmp(card, keyword, n) == 0 && strspn(card + n, " ") >= 8 - n;
}

/* Replaces a card by the one with the keyword `other`, which keeps its value. */
static int take_other(fitsfile *fptr, const char *other, char card[FLEN_CARD], int *status) {
  char had[9];
  cf_copy_n(had, card, 8, sizeof had);
  if (ffgcrd(fptr, (char *)(size_t)other, card, status) > 0)
    return cf_fail(status, *status, "a compressed table without %s", other);
  memcpy(card, had, 8);
  return *status;
}

static bool is_dropped(const char *card) {
  static const char *const names[] = {"ZTABLE", "ZTILELEN", "ZNAXIS1", "ZNAXIS2", "ZPCOUNT", "CHECKSUM", "DATASUM"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (is_card(card, names[i]))
      return true;
  return numbered(card, "ZFORM") > 0 || numbered(card, "ZCTYP") > 0;
}

static int translate(fitsfile *from, char card[FLEN_CARD], int columns, int *status) {
  static const char *const swapped[][2] = {{"NAXIS1", "ZNAXIS1"}, {"NAXIS2", "ZNAXIS2"}, {"PCOUNT", "ZPCOUNT"}};
  static const char *const renamed[][2] = {{"ZTHEAP", "THEAP   "}, {"ZHECKSUM", "CHECKSUM"}, {"ZDATASUM", "DATASUM "}};
  char keyword[FLEN_KEYWORD];
  int n = numbered(card, "TFORM");
  for (size_t i = 0; i < 3; i++) {
    if (is_card(card, swapped[i][0]))
      return take_other(from, swapped[i][1], card, status);
    if (is_card(card, renamed[i][0])) {
      memcpy(card, renamed[i][1], 8);
      return *status;
    }
  }
  if (n < 1 || n > columns)
    return *status;
  ffkeyn("ZFORM", n, keyword, status);
  return take_other(from, keyword, card, status);
}

static int put_header(const unpacker *u, int *status) {
  LONGLONG count = 0;
  char card[FLEN_CARD];
  FITSfile *file = u->to->Fptr;
  int type = file->request_compress_type;
  if (file->maxhdu == 0 && file->curhdu == 0 && file->headend <= file->headstart[0]) {
    file->request_compress_type = 0;
    ffcrim(u->to, BYTE_IMG, 0, NULL, status);
    file->request_compress_type = type;
  }
  ffcrhd(u->to, status);
  (void)cf_cards(u->from, &count, status);
  for (LONGLONG i = 0; i < count && *status <= 0; i++) {
    const char *cards = cf_cards(u->from, &count, status);
    if (cards == NULL)
      break;
    cf_copy_n(card, cards + 80 * i, 80, sizeof card);
    if (is_dropped(card) || translate(u->from, card, u->ncols, status) > 0)
      continue;
    ffprec(u->to, card, status);
  }
  return *status > 0 ? *status : ffrdef(u->to, status);
}

/* ---- columns ---- */

static rf_zcmptype type_of(const char *name) {
  return cf_same_text(name, "GZIP_1")       ? RF_Z_GZIP_1
         : cf_same_text(name, "GZIP_2")     ? RF_Z_GZIP_2
         : cf_same_text(name, "RICE_1")     ? RF_Z_RICE_1
         : cf_same_text(name, "NOCOMPRESS") ? RF_Z_NOCOMPRESS
                                            : RF_Z_AUTO;
}

static int take_columns(unpacker *u, int *status) {
  const FITSfile *file = u->from->Fptr;
  LONGLONG offset = 0;
  char keyword[FLEN_KEYWORD], value[FLEN_VALUE];
  u->ncols = file->tfield;
  u->fields = calloc((size_t)u->ncols + 1, sizeof *u->fields);
  u->streams = calloc((size_t)u->ncols + 1, sizeof *u->streams);
  u->blocks = calloc((size_t)u->ncols + 1, sizeof *u->blocks);
  if (u->fields == NULL || u->streams == NULL || u->blocks == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for %d columns", u->ncols);
  for (int i = 0; i < u->ncols; i++) {
    cf_zfield *field = &u->fields[i];
    ffkeyn("ZFORM", i + 1, keyword, status);
    if (ffgky(u->from, TSTRING, keyword, value, NULL, status) > 0)
      return cf_fail(status, *status, "a compressed table without %s", keyword);
    if (!cf_zfield_parse(field, value) || field->bytes > u->row_bytes - offset)
      return cf_fail(status, BAD_TFORM, "%s = '%s'", keyword, value);
    field->offset = offset;
    offset += field->bytes;
    if (field->bytes == 0)
      continue;
    ffkeyn("ZCTYP", i + 1, keyword, status);
    if (ffgky(u->from, TSTRING, keyword, value, NULL, status) > 0)
      return cf_fail(status, *status, "a compressed table without %s", keyword);
    field->type = type_of(value);
    if (field->type == RF_Z_AUTO || (field->type == RF_Z_RICE_1 && strchr("BIJ", field->letter) == NULL))
      return cf_fail(status, DATA_DECOMPRESSION_ERR, "%s = '%s' is no algorithm of such a column", keyword, value);
  }
  return *status;
}

static int take_sizes(unpacker *u, int *status) {
  const FITSfile *file = u->from->Fptr;
  ffgky(u->from, TLONGLONG, "ZNAXIS1", &u->row_bytes, NULL, status);
  ffgky(u->from, TLONGLONG, "ZNAXIS2", &u->nrows, NULL, status);
  ffgky(u->from, TLONGLONG, "ZPCOUNT", &u->heap_bytes, NULL, status);
  if (ffgky(u->from, TLONGLONG, "ZTILELEN", &u->tile_rows, NULL, status) > 0)
    return *status;
  bool good = u->row_bytes >= 0 && u->nrows >= 0 && u->heap_bytes >= 0 && u->tile_rows >= 1 &&
              (u->row_bytes == 0 || u->nrows <= INT64_MAX / 4 / u->row_bytes);
  LONGLONG tiles = good && u->nrows > 0 ? (u->nrows - 1) / u->tile_rows + 1 : 0;
  if (!good || tiles > file->numrows || file->rowlength < (LONGLONG)16 * file->tfield || file->tfield > MAX_COLUMNS)
    return cf_fail(status, DATA_DECOMPRESSION_ERR, "the keywords of a compressed table contradict each other");
  if (u->tile_rows > u->nrows)
    u->tile_rows = u->nrows;
  return *status;
}

/* ---- tiles ---- */

static uint64_t get(const unsigned char *at, unsigned bytes) {
  uint64_t value = 0;
  for (unsigned i = 0; i < bytes; i++)
    value = value << 8 | at[i];
  return value;
}

/* Reads n bytes from an offset in the heap of the compressed table. */
static int read_heap(const unpacker *u, uint64_t offset, uint64_t n, cf_pile *to, int *status) {
  const FITSfile *file = u->from->Fptr;
  LONGLONG heap = file->datastart + file->heapstart, end = cf_size(u->from);
  uint64_t room = end > heap ? (uint64_t)(end - heap) : 0;
  if (offset > room || n > room - offset)
    return cf_fail(status, DATA_DECOMPRESSION_ERR, "a column of a tile lies outside the file");
  if (n > to->room) {
    unsigned char *more = realloc(to->bytes, (size_t)n);
    if (more == NULL)
      return cf_fail(status, MEMORY_ALLOCATION, "no memory for %llu bytes", (unsigned long long)n);
    to->bytes = more;
    to->room = (size_t)n;
  }
  to->used = (size_t)n;
  return n > 0 ? cf_read(u->from, heap + (LONGLONG)offset, (size_t)n, to->bytes, status) : *status;
}

/* Reads the streams of a tile. */
static int read_streams(unpacker *u, LONGLONG tile, int *status) {
  const FITSfile *file = u->from->Fptr;
  unsigned char cell[16];
  uint64_t total = 0;
  for (int i = 0; i < u->ncols && *status <= 0; i++) {
    const tcolumn *column = &file->tableptr[i];
    u->streams[i].used = 0;
    if (u->fields[i].bytes == 0)
      continue;
    bool wide = strchr(column->tform, 'Q') != NULL;
    unsigned half = wide ? 8 : 4;
    if (column->tdatatype >= 0)
      return cf_fail(status, DATA_DECOMPRESSION_ERR, "column %d of a compressed table has no descriptors", i + 1);
    if (cf_read(u->from, file->datastart + tile * file->rowlength + column->tbcol, 2 * half, cell, status) > 0)
      return *status;
    read_heap(u, get(cell + half, half), get(cell, half), &u->streams[i], status);
    total += u->streams[i].used;
  }
  if (*status <= 0 && (uint64_t)(u->rows * u->row_bytes) / MAX_EXPANSION > total)
    return cf_fail(status, DATA_DECOMPRESSION_ERR, "the rows of a tile are not in its %llu bytes",
                   (unsigned long long)total);
  return *status;
}

static rf_status fail(rf_error *err, rf_status code, const char *message) {
  memset(err, 0, sizeof *err);
  err->code = code;
  (void)snprintf(err->message, sizeof err->message, "%s", message);
  return code;
}

static rf_status unpack_column(void *user, size_t i, unsigned worker, rf_error *err) {
  unpacker *u = user;
  const cf_zfield *field = &u->fields[i];
  const cf_pile *stream = &u->streams[i];
  (void)worker;
  if (field->bytes == 0)
    return RF_OK;
  bool heap = field->descriptor != 0;
  size_t each = (size_t)field->bytes, n = (size_t)u->rows * (each + (heap ? 16 : 0));
  if (n / MAX_EXPANSION > stream->used)
    return fail(err, RF_ERR_CODEC, "a stream is too short for its column");
  unsigned char *own = malloc(n > 0 ? n : 1);
  if (own == NULL)
    return fail(err, RF_ERR_MEMORY, "no memory for a column of a table");
  rf_status status =
      cf_zfield_decode(field, heap ? RF_Z_GZIP_1 : field->type, false, stream->bytes, stream->used, own, n, err);
  for (LONGLONG r = 0; status == RF_OK && r < u->rows; r++)
    memcpy(u->bytes + r * u->row_bytes + field->offset, own + (size_t)r * each, each);
  if (heap && status == RF_OK)
    u->blocks[i] = own;
  else
    free(own);
  return status;
}

/* Writes the cells of a column into the heap. */
static int unpack_cells(unpacker *u, int column, int *status) {
  const cf_zfield *field = &u->fields[column];
  const FITSfile *file = u->to->Fptr;
  const unsigned char *block = u->blocks[column];
  unsigned half = field->descriptor == 'P' ? 4 : 8;
  cf_pile in = {0};
  unsigned char *cell = NULL;
  for (LONGLONG r = 0; r < u->rows && *status <= 0; r++) {
    const unsigned char *own = block + (size_t)r * half * 2, *packed = block + (size_t)u->rows * half * 2 + 16 * r;
    uint64_t count = get(own, half), offset = get(own + half, half);
    LONGLONG bytes = cf_zfield_heap_bytes(field, count > INT64_MAX ? -1 : (LONGLONG)count);
    rf_error err;
    if (count == 0)
      continue;
    if (bytes < 0 || offset > (uint64_t)u->heap_bytes || bytes > u->heap_bytes - (LONGLONG)offset) {
      cf_fail(status, DATA_DECOMPRESSION_ERR, "a cell lies outside the heap of the table");
      break;
    }
    if (read_heap(u, get(packed + 8, 8), get(packed, 8), &in, status) > 0)
      break;
    unsigned char *more = (uint64_t)bytes / MAX_EXPANSION > in.used ? NULL : realloc(cell, (size_t)bytes + 1);
    if (more == NULL) {
      cf_fail(status, DATA_DECOMPRESSION_ERR, "%zu bytes do not hold a cell of %lld bytes", in.used, bytes);
      break;
    }
    cell = more;
    bool raw = in.used == (size_t)bytes && field->letter != 'X';
    if (cf_zfield_decode(field, raw ? RF_Z_NOCOMPRESS : field->type, true, in.bytes, in.used, cell, (size_t)bytes,
                         &err) != RF_OK)
      cf_fail_core(status, DATA_DECOMPRESSION_ERR, &err);
    else
      cf_write(u->to, file->datastart + file->heapstart + (LONGLONG)offset, (size_t)bytes, cell, status);
  }
  free(in.bytes);
  free(cell);
  return *status;
}

static int unpack_tile(unpacker *u, LONGLONG tile, int *status) {
  rf_error err;
  LONGLONG first = tile * u->tile_rows, left = u->nrows - first;
  u->rows = left < u->tile_rows ? left : u->tile_rows;
  size_t n = (size_t)(u->rows * u->row_bytes);
  if (read_streams(u, tile, status) > 0)
    return *status;
  if (u->bytes == NULL && (u->bytes = calloc((size_t)(u->tile_rows * u->row_bytes) + 1, 1)) == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for %lld rows", u->tile_rows);
  unsigned threads = rf_threads_for(0, (size_t)u->ncols, 4 * (uint64_t)n);
  if (rf_parts_run(threads, (size_t)u->ncols, unpack_column, u, &err) != RF_OK)
    cf_fail_core(status, DATA_DECOMPRESSION_ERR, &err);
  if (*status <= 0)
    cf_write(u->to, u->to->Fptr->datastart + first * u->row_bytes, n, u->bytes, status);
  for (int i = 0; i < u->ncols; i++) {
    if (u->blocks[i] != NULL && *status <= 0)
      unpack_cells(u, i, status);
    free(u->blocks[i]);
    u->blocks[i] = NULL;
  }
  return *status;
}

static void end(unpacker *u) {
  for (int i = 0; u->streams != NULL && i < u->ncols; i++)
    free(u->streams[i].bytes);
  free(u->streams);
  free(u->blocks);
  free(u->fields);
  free(u->bytes);
}

/* ---- the call ---- */

int fits_uncompress_table(fitsfile *infptr, fitsfile *outfptr, int *status) {
  unpacker u = {.from = infptr, .to = outfptr};
  int is_table = 0;
  if (!cf_use_data(infptr, status) || !cf_use_write(outfptr, status))
    return cf_refused(status);
  if (infptr->Fptr->hdutype != BINARY_TBL || infptr->Fptr->compressimg != 0)
    return cf_fail(status, NOT_BTABLE, "the HDU to uncompress is no binary table");
  if (infptr->Fptr == outfptr->Fptr)
    return cf_fail(status, SAME_FILE, "expected two files");
  if (ffgky(infptr, TLOGICAL, "ZTABLE", &is_table, NULL, status) > 0)
    return *status;
  if (!is_table)
    return ffcopy(infptr, outfptr, 0, status);
  if (take_sizes(&u, status) <= 0 && take_columns(&u, status) <= 0 && put_header(&u, status) <= 0) {
    LONGLONG tiles = u.nrows > 0 ? (u.nrows - 1) / u.tile_rows + 1 : 0;
    for (LONGLONG t = 0; t < tiles && *status <= 0; t++)
      unpack_tile(&u, t, status);
  }
  end(&u);
  return *status;
}
