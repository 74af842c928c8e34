/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Binary tables into compressed ones: each row of the new table holds the columns of some thousand rows.
 */
#include <string.h>

#include "base/string.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "header/cards.h"
#include "tiled/table/column.h"
#include "tiled/heap.h"

/* A smaller data unit is one block, which compression cannot make less. */
#define LEAST_BYTES 2880
/* Bytes of the rows of a tile. */
#define TILE_BYTES 10000000
#define MAX_COLUMNS 999

typedef struct packer {
  fitsfile *from;
  fitsfile *to;
  int ncols;
  cf_zfield *fields;
  LONGLONG row_bytes;
  LONGLONG nrows;
  LONGLONG tile_rows;
  LONGLONG heap; /* offset of the heap in the file */
  LONGLONG heap_bytes;
  /* the present tile */
  LONGLONG rows;
  unsigned char *bytes;
  cf_pile *piles;        /* a stream a column; cells, one after the other, of columns in the heap */
  unsigned char **cells; /* places of the cells in the pile: length and offset, 8 bytes each */
  const unsigned char *heap_copy;
} packer;

/* ---- which algorithm ---- */

/* Complex numbers in the rows are GZIP_1: funpack does not read its own GZIP_2 of them. */
static bool is_shuffled(const cf_zfield *field) {
  return strchr("IJKED", field->letter) != NULL || (field->descriptor != 0 && strchr("CM", field->letter) != NULL);
}

static rf_zcmptype natural(const cf_zfield *field) {
  return field->letter == 'J' ? RF_Z_RICE_1 : is_shuffled(field) ? RF_Z_GZIP_2 : RF_Z_GZIP_1;
}

/* Returns the algorithm of a column where a keyword names one; RF_Z_AUTO: there is no such name. */
static rf_zcmptype named(const char *name, const cf_zfield *field) {
  if (cf_same_text(name, "GZIP_1"))
    return RF_Z_GZIP_1;
  if (cf_same_text(name, "GZIP_2"))
    return is_shuffled(field) ? RF_Z_GZIP_2 : RF_Z_GZIP_1;
  if (cf_same_text(name, "RICE_1"))
    return strchr("BIJ", field->letter) != NULL ? RF_Z_RICE_1 : natural(field);
  return RF_Z_AUTO;
}

static int choose_types(packer *p, const char *all, int *status) {
  char keyword[FLEN_KEYWORD], value[FLEN_VALUE];
  for (int i = 0; i < p->ncols; i++) {
    cf_zfield *field = &p->fields[i];
    int own = 0;
    field->type = *all != '\0' ? named(all, field) : natural(field);
    ffkeyn("FZALG", i + 1, keyword, status);
    if (ffgky(p->from, TSTRING, keyword, value, NULL, &own) <= 0)
      field->type = named(value, field);
    if (field->type == RF_Z_AUTO)
      return cf_fail(status, DATA_COMPRESSION_ERR, "column %d: unknown algorithm for columns of tables", i + 1);
  }
  return *status;
}

/* ---- columns ---- */

static int take_columns(packer *p, int *status) {
  const FITSfile *file = p->from->Fptr;
  LONGLONG offset = 0;
  p->ncols = file->tfield;
  p->row_bytes = file->rowlength;
  p->nrows = file->numrows;
  if (p->ncols > MAX_COLUMNS)
    return cf_fail(status, BAD_TFIELDS, "%d columns", p->ncols);
  p->fields = calloc((size_t)p->ncols + 1, sizeof *p->fields);
  p->piles = calloc((size_t)p->ncols + 1, sizeof *p->piles);
  p->cells = calloc((size_t)p->ncols + 1, sizeof *p->cells);
  if (p->fields == NULL || p->piles == NULL || p->cells == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for %d columns", p->ncols);
  for (int i = 0; i < p->ncols; i++) {
    char keyword[FLEN_KEYWORD], form[FLEN_VALUE];
    cf_zfield *field = &p->fields[i];
    ffkeyn("TFORM", i + 1, keyword, status);
    if (ffgky(p->from, TSTRING, keyword, form, NULL, status) > 0)
      return *status;
    if (!cf_zfield_parse(field, form) || field->bytes > p->row_bytes - offset)
      return cf_fail(status, BAD_TFORM, "TFORM%d = '%s'", i + 1, form);
    field->offset = offset;
    offset += field->bytes;
  }
  return *status;
}

/* ---- the header ---- */

static int put_int(fitsfile *fptr, const char *keyword, LONGLONG value, const char *comment, int *status) {
  return ffpky(fptr, TLONGLONG, keyword, &value, comment, status);
}

static bool is_card(const char *card, const char *keyword) {
  size_t n = strlen(keyword);
  return strncmp(card, keyword, n) == 0 && strspn(card + n, " ") >= 8 - n;
}

/* Appends the cards of the table. */
static int put_cards(const packer *p, int *status) {
  static const char *const renamed[][2] = {{"THEAP", "ZTHEAP  "}, {"CHECKSUM", "ZHECKSUM"}, {"DATASUM", "ZDATASUM"}};
  LONGLONG count = 0;
  char card[FLEN_CARD];
  (void)cf_cards(p->from, &count, status);
  for (LONGLONG i = 0; i < count && *status <= 0; i++) {
    const char *cards = cf_cards(p->from, &count, status);
    if (cards == NULL)
      break;
    cf_copy_n(card, cards + 80 * i, 80, sizeof card);
    for (size_t k = 0; k < 3; k++)
      if (is_card(card, renamed[k][0]))
        memcpy(card, renamed[k][1], 8);
    ffprec(p->to, card, status);
  }
  return *status;
}

/* Copies a card under another keyword. */
static int put_renamed(const packer *p, const char *keyword, const char *name, int *status) {
  char card[FLEN_CARD];
  if (ffgcrd(p->from, (char *)(size_t)keyword, card, status) > 0)
    return *status;
  memset(card, ' ', 8);
  memcpy(card, name, strlen(name) < 8 ? strlen(name) : 8);
  return ffprec(p->to, card, status);
}

static const char *name_of(rf_zcmptype type) {
  return type == RF_Z_RICE_1 ? "RICE_1" : type == RF_Z_GZIP_2 ? "GZIP_2" : "GZIP_1";
}

static int put_description(const packer *p, int *status) {
  char keyword[FLEN_KEYWORD], name[FLEN_KEYWORD];
  int yes = 1;
  ffpky(p->to, TLOGICAL, "ZTABLE", &yes, "this is a compressed table", status);
  put_int(p->to, "ZTILELEN", p->tile_rows, "number of rows in each tile", status);
  put_renamed(p, "NAXIS1", "ZNAXIS1", status);
  put_renamed(p, "NAXIS2", "ZNAXIS2", status);
  put_renamed(p, "PCOUNT", "ZPCOUNT", status);
  for (int i = 0; i < p->ncols; i++) {
    ffkeyn("TFORM", i + 1, keyword, status);
    ffkeyn("ZFORM", i + 1, name, status);
    put_renamed(p, keyword, name, status);
  }
  for (int i = 0; i < p->ncols; i++) {
    if (p->fields[i].bytes == 0)
      continue;
    ffkeyn("ZCTYP", i + 1, keyword, status);
    ffpky(p->to, TSTRING, keyword, (void *)(size_t)name_of(p->fields[i].type), "compression algorithm for column",
          status);
  }
  return *status;
}

/* Begins the new table. */
static int begin_table(packer *p, int *status) {
  FITSfile *file = p->to->Fptr;
  char keyword[FLEN_KEYWORD], form[] = "1QB";
  LONGLONG width = (LONGLONG)16 * p->ncols, tiles = (p->nrows - 1) / p->tile_rows + 1, none = 0;
  int type = file->request_compress_type;
  if (file->maxhdu == 0 && file->curhdu == 0 && file->headend <= file->headstart[0]) {
    file->request_compress_type = 0;
    ffcrim(p->to, BYTE_IMG, 0, NULL, status);
    file->request_compress_type = type;
  }
  if (ffcrhd(p->to, status) > 0 || put_cards(p, status) > 0)
    return *status;
  for (int i = 0; i < p->ncols; i++) {
    ffkeyn("TFORM", i + 1, keyword, status);
    ffmkys(p->to, keyword, form, "&", status);
  }
  put_description(p, status);
  ffmkyj(p->to, "NAXIS1", width, "&", status);
  ffmkyj(p->to, "NAXIS2", tiles, "&", status);
  ffmkyj(p->to, "PCOUNT", none, "&", status);
  return ffrdef(p->to, status);
}

/* ---- tiles ---- */

static uint64_t get(const unsigned char *at, unsigned bytes) {
  uint64_t value = 0;
  for (unsigned i = 0; i < bytes; i++)
    value = value << 8 | at[i];
  return value;
}

static void put64(unsigned char *at, uint64_t value) {
  for (unsigned i = 0; i < 8; i++)
    at[i] = (unsigned char)(value >> (56 - 8 * i));
}

static rf_status fail(rf_error *err, rf_status code, const char *message) {
  memset(err, 0, sizeof *err);
  err->code = code;
  (void)snprintf(err->message, sizeof err->message, "%s", message);
  return code;
}

/* Compresses the cells of a column. The pile gets their streams, the places are relative to its begin. */
static rf_status pack_cells(packer *p, int column, rf_error *err) {
  const cf_zfield *field = &p->fields[column];
  cf_pile *pile = &p->piles[column];
  unsigned half = field->descriptor == 'P' ? 4 : 8;
  for (LONGLONG r = 0; r < p->rows; r++) {
    const unsigned char *at = p->bytes + r * p->row_bytes + field->offset;
    uint64_t count = get(at, half), offset = get(at + half, half);
    unsigned char *place = p->cells[column] + 16 * r;
    memset(place, 0, 16);
    if (count == 0)
      continue;
    LONGLONG bytes = cf_zfield_heap_bytes(field, count > INT64_MAX ? -1 : (LONGLONG)count);
    if (bytes < 0 || offset > (uint64_t)p->heap_bytes || bytes > p->heap_bytes - (LONGLONG)offset)
      return fail(err, RF_ERR_FORMAT, "a cell lies outside the heap of the table");
    size_t begin = pile->used;
    const unsigned char *in = p->heap_copy + offset;
    rf_status status = cf_zfield_encode(field, field->type, true, in, (size_t)bytes, pile, err);
    if (status != RF_OK)
      return status;
    if (pile->used - begin >= (size_t)bytes && field->letter != 'X') {
      pile->used = begin;
      if (!cf_zpile_add(pile, in, (size_t)bytes))
        return fail(err, RF_ERR_MEMORY, "no memory for the cells of a column");
    }
    put64(place, pile->used - begin);
    put64(place + 8, begin);
  }
  return RF_OK;
}

static rf_status pack_column(void *user, size_t i, unsigned worker, rf_error *err) {
  packer *p = user;
  const cf_zfield *field = &p->fields[i];
  (void)worker;
  p->piles[i].used = 0;
  if (field->bytes == 0)
    return RF_OK;
  if (field->descriptor != 0)
    return pack_cells(p, (int)i, err);
  size_t each = (size_t)field->bytes, n = (size_t)p->rows * each;
  unsigned char *own = malloc(n);
  if (own == NULL)
    return fail(err, RF_ERR_MEMORY, "no memory for a column of a table");
  for (LONGLONG r = 0; r < p->rows; r++)
    memcpy(own + (size_t)r * each, p->bytes + r * p->row_bytes + field->offset, each);
  rf_status status = cf_zfield_encode(field, field->type, false, own, n, &p->piles[i], err);
  free(own);
  return status;
}

/* Writes cells and descriptors of a column in the heap. */
static int put_cells(packer *p, int column, LONGLONG tile, int *status) {
  const cf_zfield *field = &p->fields[column];
  FITSfile *file = p->to->Fptr;
  cf_pile *pile = &p->piles[column], block = {0}, stream = {0};
  uint64_t heap = (uint64_t)file->heapsize;
  rf_error err;
  if (pile->used > 0 && cf_tile_heap_append(p->to, pile->bytes, pile->used, status) > 0)
    return *status;
  for (LONGLONG r = 0; r < p->rows; r++)
    if (!cf_zpile_add(&block, p->bytes + r * p->row_bytes + field->offset, (size_t)field->bytes))
      cf_fail(status, MEMORY_ALLOCATION, "no memory for descriptors");
  for (LONGLONG r = 0; r < p->rows; r++) {
    unsigned char *place = p->cells[column] + 16 * r;
    if (get(place, 8) > 0)
      put64(place + 8, get(place + 8, 8) + heap);
  }
  if (*status <= 0 && !cf_zpile_add(&block, p->cells[column], (size_t)p->rows * 16))
    cf_fail(status, MEMORY_ALLOCATION, "no memory for descriptors");
  if (*status <= 0) {
    if (cf_zfield_encode(field, RF_Z_GZIP_1, false, block.bytes, block.used, &stream, &err) != RF_OK)
      cf_fail_core(status, DATA_COMPRESSION_ERR, &err);
    else
      cf_tile_heap_put(p->to, column + 1, tile + 1, stream.bytes, stream.used, status);
  }
  free(block.bytes);
  free(stream.bytes);
  return *status;
}

static int pack_tile(packer *p, LONGLONG tile, int *status) {
  rf_error err;
  LONGLONG first = tile * p->tile_rows, left = p->nrows - first;
  p->rows = left < p->tile_rows ? left : p->tile_rows;
  uint64_t bytes = (uint64_t)(p->rows * p->row_bytes);
  if (cf_read(p->from, p->from->Fptr->datastart + first * p->row_bytes, (size_t)bytes, p->bytes, status) > 0)
    return *status;
  unsigned threads = rf_threads_for(0, (size_t)p->ncols, 4 * bytes);
  if (rf_parts_run(threads, (size_t)p->ncols, pack_column, p, &err) != RF_OK)
    return cf_fail_core(status, DATA_COMPRESSION_ERR, &err);
  for (int i = 0; i < p->ncols && *status <= 0; i++) {
    if (p->fields[i].bytes == 0)
      continue;
    if (p->fields[i].descriptor != 0)
      put_cells(p, i, tile, status);
    else
      cf_tile_heap_put(p->to, i + 1, tile + 1, p->piles[i].bytes, p->piles[i].used, status);
  }
  return *status;
}

static int pack_rows(packer *p, int *status) {
  const FITSfile *file = p->from->Fptr;
  size_t room = (size_t)(p->tile_rows * p->row_bytes);
  unsigned char *heap = NULL;
  p->bytes = malloc(room > 0 ? room : 1);
  p->heap = file->datastart + file->heapstart;
  p->heap_bytes = file->heapsize;
  bool variable = false;
  for (int i = 0; i < p->ncols; i++) {
    if (p->fields[i].descriptor == 0)
      continue;
    variable = true;
    p->cells[i] = malloc((size_t)p->tile_rows * 16);
    if (p->cells[i] == NULL)
      return cf_fail(status, MEMORY_ALLOCATION, "no memory for %lld cells", p->tile_rows);
  }
  if (variable && p->heap_bytes > cf_size(p->from) - p->heap)
    return cf_fail(status, END_OF_FILE, "the heap of the table is not whole");
  if (variable)
    heap = malloc((size_t)p->heap_bytes + 1);
  if (p->bytes == NULL || (variable && heap == NULL))
    cf_fail(status, MEMORY_ALLOCATION, "no memory for the rows of a table");
  else if (variable)
    cf_read(p->from, p->heap, (size_t)p->heap_bytes, heap, status);
  p->heap_copy = heap;
  LONGLONG tiles = (p->nrows - 1) / p->tile_rows + 1;
  for (LONGLONG t = 0; t < tiles && *status <= 0; t++)
    pack_tile(p, t, status);
  free(heap);
  return *status;
}

static void end(packer *p) {
  for (int i = 0; i < p->ncols; i++) {
    if (p->piles != NULL)
      free(p->piles[i].bytes);
    if (p->cells != NULL)
      free(p->cells[i]);
  }
  free(p->piles);
  free(p->cells);
  free(p->fields);
  free(p->bytes);
}

/* ---- the call ---- */

static void choose_rows(packer *p) {
  LONGLONG rows = 0;
  int own = 0;
  if (ffgky(p->from, TLONGLONG, "FZTILELN", &rows, NULL, &own) > 0 || rows < 1)
    rows = TILE_BYTES / p->row_bytes;
  p->tile_rows = rows < 1 ? 1 : rows > p->nrows ? p->nrows : rows;
}

int fits_compress_table(fitsfile *infptr, fitsfile *outfptr, int *status) {
  packer p = {.from = infptr, .to = outfptr};
  char all[FLEN_VALUE] = "";
  int own = 0;
  if (!cf_use_data(infptr, status) || !cf_use_write(outfptr, status))
    return cf_refused(status);
  const FITSfile *file = infptr->Fptr;
  if (file->hdutype != BINARY_TBL || file->compressimg != 0)
    return cf_fail(status, NOT_BTABLE, "the HDU to compress is no binary table");
  if (file == outfptr->Fptr)
    return cf_fail(status, SAME_FILE, "expected two files");
  (void)ffgky(infptr, TSTRING, "FZALGOR", all, NULL, &own);
  LONGLONG bytes = file->numrows * file->rowlength + file->heapsize;
  if (bytes <= LEAST_BYTES || file->numrows < 1 || file->rowlength < 1 || cf_same_text(all, "NONE"))
    return ffcopy(infptr, outfptr, 0, status);
  if (take_columns(&p, status) <= 0 && choose_types(&p, all, status) <= 0) {
    choose_rows(&p);
    if (begin_table(&p, status) <= 0 && pack_rows(&p, status) <= 0)
      ffmkyj(outfptr, "PCOUNT", outfptr->Fptr->heapsize, "&", status);
  }
  end(&p);
  return *status;
}
