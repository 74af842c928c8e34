/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing sections of compressed images. The threads of the core encode the tiles of a batch; then they are written in
 * their order.
 */
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "file/bytes.h"
#include "tiled/cache.h"
#include "tiled/writing/encode.h"
#include "tiled/heap.h"
#include "tiled/section.h"
#include "tiled/tiled.h"
#include "tiled/writing/write.h"

/* What a batch has at most. */
#define BATCH_TILES 256
#define BATCH_BYTES ((size_t)32 << 20)
/* The null value of quantized tiles. */
#define QUANTIZED_NULL (-2147483647)

typedef struct job {
  LONGLONG number;
  const void *values;
  void *own; /* memory of `values` where they are not the program's */
  unsigned char *out;
  cf_encoded tile;
} job;

typedef struct writer {
  fitsfile *fptr;
  cf_encoder encoder;
  cf_section section;
  const unsigned char *array;
  bool begun; /* the header is ready for tiles */
  job *jobs;
  size_t count;
  size_t capacity;
  unsigned threads;
  void **scratch; /* one a worker */
} writer;

/* ---- the header ---- */

/* Chooses ZDITHER0 by the first tile, or by the clock. */
static int choose_seed(writer *w, const job *first, int *status) {
  FITSfile *file = w->fptr->Fptr;
  cf_box box;
  int seed;
  if (file->dither_seed > 0)
    return *status;
  cf_grid_box(&w->encoder.grid, first->number, &box);
  if (file->dither_seed < 0) {
    seed = cf_seed_of(first->values, (size_t)cf_box_pixels(&w->encoder.grid, &box) * w->encoder.size);
  } else {
    struct timespec now = {0};
    (void)timespec_get(&now, TIME_UTC);
    seed = (int)(((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000) % 10000) + 1;
  }
  if (ffuky(w->fptr, TINT, "ZDITHER0", &seed, NULL, status) <= 0)
    file->dither_seed = seed;
  return *status;
}

/* Images of reals get ZBLANK with their first tile. */
static int put_blank(writer *w, int *status) {
  FITSfile *file = w->fptr->Fptr;
  char card[FLEN_CARD];
  if (file->cn_zblank != 0)
    return *status;
  ffgcrd(w->fptr, "ZCMPTYPE", card, status);
  if (ffikyj(w->fptr, "ZBLANK", QUANTIZED_NULL, "null value in the compressed integer array", status) <= 0) {
    file->cn_zblank = -1;
    file->zblank = QUANTIZED_NULL;
  }
  return *status;
}

static int begin_tiles(writer *w, const job *first, int *status) {
  FITSfile *file = w->fptr->Fptr;
  w->begun = true;
  if (file->zbitpix > 0)
    return *status;
  if (!w->encoder.lossless && w->encoder.type != RF_Z_NOCOMPRESS) {
    file->quantize_level = (float)w->encoder.level;
    if (w->encoder.dither != RF_DITHER_NONE && choose_seed(w, first, status) > 0)
      return *status;
  }
  return w->encoder.nullcheck == 1 ? put_blank(w, status) : *status;
}

/* Gets the column for tiles of a form, which is added where it is missing. */
static int column_of(fitsfile *fptr, cf_cell_form form, int *status) {
  FITSfile *file = fptr->Fptr;
  char gzip[] = "GZIP_COMPRESSED_DATA", raw[] = "UNCOMPRESSED_DATA", tform[] = "1PB";
  int *number = form == CF_CELL_GZIP ? &file->cn_gzip_data : &file->cn_uncompressed;
  if (form == CF_CELL_COMPRESSED)
    return file->cn_compressed;
  if (*number > 0)
    return *number;
  bool wide = cf_column_is_wide(file, file->cn_compressed);
  if (form == CF_CELL_RAW) {
    tform[2] = file->zbitpix == SHORT_IMG ? 'I' : file->zbitpix == LONG_IMG ? 'J' : 'E';
    wide = wide || file->zbitpix < 0;
  }
  tform[1] = wide ? 'Q' : 'P';
  if (fficol(fptr, 999, form == CF_CELL_GZIP ? gzip : raw, tform, status) > 0)
    return 0;
  *number = file->tfield;
  return *number;
}

/* ---- writing encoded tiles ---- */

static int put_number(fitsfile *fptr, int column, LONGLONG row, double value, int *status) {
  const FITSfile *file = fptr->Fptr;
  unsigned char cell[8];
  uint64_t bits;
  if (column < 1)
    return *status;
  if (column > file->tfield || file->tableptr[column - 1].tdatatype != TDOUBLE)
    return ffpcld(fptr, column, row, 1, 1, &value, status);
  memcpy(&bits, &value, sizeof bits);
  for (int i = 0; i < 8; i++)
    cell[i] = (unsigned char)(bits >> (56 - 8 * i));
  return cf_write(fptr, file->datastart + (row - 1) * file->rowlength + file->tableptr[column - 1].tbcol, 8, cell,
                  status);
}

static int put_tile(fitsfile *fptr, const job *one, int *status) {
  FITSfile *file = fptr->Fptr;
  LONGLONG row = one->number + 1;
  int own = column_of(fptr, one->tile.form, status);
  if (*status > 0)
    return *status;
  const int columns[] = {file->cn_compressed, file->cn_gzip_data, file->cn_uncompressed};
  cf_tile_heap_put(fptr, own, row, one->out, one->tile.bytes, status);
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
    if (columns[i] > 0 && columns[i] != own)
      cf_tile_heap_clear(fptr, columns[i], row, status);
  if (one->tile.form == CF_CELL_COMPRESSED && file->cn_zscale > 0) {
    put_number(fptr, file->cn_zscale, row, one->tile.scale, status);
    put_number(fptr, file->cn_zzero, row, one->tile.zero, status);
  }
  cf_cached *slot = cf_cache_slot(file, one->number);
  if (slot != NULL && slot->number == one->number)
    slot->number = -1;
  return *status;
}

/* ---- batches ---- */

static rf_status do_job(void *user, size_t i, unsigned worker, rf_error *err) {
  writer *w = user;
  job *one = &w->jobs[i];
  return cf_encode(&w->encoder, one->number, one->values, w->scratch[worker], one->out, &one->tile, err);
}

static int run_batch(writer *w, int *status) {
  rf_error err;
  size_t pixels = (size_t)w->encoder.grid.pixels;
  unsigned threads = w->count > 1 ? rf_threads_for(0, w->count, (uint64_t)w->count * pixels * 8) : 1;
  if (threads > w->threads)
    threads = w->threads;
  for (unsigned i = 0; i < threads; i++)
    if (w->scratch[i] == NULL && (w->scratch[i] = malloc(pixels * 12)) == NULL)
      return cf_fail(status, MEMORY_ALLOCATION, "no memory for a tile of %zu pixels", pixels);
  if (!w->begun && begin_tiles(w, &w->jobs[0], status) > 0)
    return *status;
  if (rf_parts_run(threads, w->count, do_job, w, &err) != RF_OK)
    return cf_fail_core(status, DATA_COMPRESSION_ERR, &err);
  for (size_t i = 0; i < w->count && *status <= 0; i++)
    if (w->jobs[i].tile.nulls)
      put_blank(w, status);
  for (size_t i = 0; i < w->count && *status <= 0; i++)
    put_tile(w->fptr, &w->jobs[i], status);
  w->count = 0;
  return *status;
}

/* Gets the former pixels of a tile of which a part is written. */
static int take_former(writer *w, const cf_part *part, void *values, int *status) {
  const cf_encoder *encoder = &w->encoder;
  LONGLONG first[MAX_COMPRESS_DIM], last[MAX_COMPRESS_DIM];
  cf_cell cell;
  if (cf_cells_read(w->fptr, part->number, 1, &cell, status) > 0)
    return *status;
  if (cell.form == CF_CELL_EMPTY) {
    memset(values, 0, (size_t)cf_box_pixels(&encoder->grid, &part->box) * encoder->size);
    return *status;
  }
  for (int i = 0; i < encoder->grid.naxis; i++) {
    first[i] = part->box.first[i] + 1;
    last[i] = part->box.first[i] + part->box.count[i];
  }
  return cf_tiled_read(w->fptr, encoder->datatype, first, last, NULL, encoder->nullcheck, encoder->nulval, values, NULL,
                       NULL, status);
}

/* Collects the pixels of a tile. */
static int take_values(writer *w, const cf_part *part, job *one, int *status) {
  const cf_grid *grid = &w->encoder.grid;
  size_t size = w->encoder.size, n = (size_t)part->count[0];
  LONGLONG runs = cf_part_runs(grid, part);
  cf_run run;
  cf_part_run(grid, &w->section, part, 0, &run);
  /* Whole rows of the section and of the tile follow each other in both. */
  bool together = part->whole && (runs == 1 || (part->count[0] == w->section.count[0]));
  for (int i = 1; i + 1 < grid->naxis && together && runs > 1; i++)
    together = part->count[i] == w->section.count[i] || runs == part->count[i];
  if (together && (uintptr_t)(w->array + (size_t)run.outer * size) % size == 0) {
    LONGLONG lines = 1;
    for (int i = 1; i < grid->naxis; i++)
      lines *= part->count[i];
    cf_run end;
    cf_part_run(grid, &w->section, part, lines - 1, &end);
    if (end.outer - run.outer == (lines - 1) * part->count[0]) {
      one->values = w->array + (size_t)run.outer * size;
      return *status;
    }
  }
  if (one->own == NULL && (one->own = malloc((size_t)grid->pixels * size)) == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for a tile of %lld pixels", grid->pixels);
  one->values = one->own;
  if (!part->whole && take_former(w, part, one->own, status) > 0)
    return *status;
  for (LONGLONG i = 0; i < runs; i++) {
    cf_part_run(grid, &w->section, part, i, &run);
    memcpy((unsigned char *)one->own + (size_t)run.inner * size, w->array + (size_t)run.outer * size, n * size);
  }
  return *status;
}

static int write_tiles(writer *w, int *status) {
  cf_walk walk;
  cf_part part;
  cf_walk_begin(&walk, &w->encoder.grid, &w->section);
  while (*status <= 0 && cf_walk_next(&walk, &part)) {
    job *one = &w->jobs[w->count];
    one->number = part.number;
    if (one->out == NULL && (one->out = malloc(w->encoder.bound)) == NULL)
      return cf_fail(status, MEMORY_ALLOCATION, "no memory for an encoded tile of %zu bytes", w->encoder.bound);
    if (take_values(w, &part, one, status) > 0)
      break;
    w->count++;
    if (w->count == w->capacity)
      run_batch(w, status);
  }
  return *status <= 0 && w->count > 0 ? run_batch(w, status) : *status;
}

/* ---- the call ---- */

static int begin(writer *w, int *status) {
  size_t each = w->encoder.bound + (size_t)w->encoder.grid.pixels * w->encoder.size;
  w->capacity = BATCH_BYTES / each < BATCH_TILES ? BATCH_BYTES / each : BATCH_TILES;
  if (w->capacity == 0)
    w->capacity = 1;
  w->threads = w->capacity > 1 ? rf_threads_for(0, w->capacity, UINT64_MAX / 2) : 1;
  w->jobs = calloc(w->capacity, sizeof *w->jobs);
  w->scratch = calloc(w->threads, sizeof *w->scratch);
  if (w->jobs == NULL || w->scratch == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for writing a compressed image");
  return *status;
}

static void finish(writer *w) {
  for (size_t i = 0; w->jobs != NULL && i < w->capacity; i++) {
    free(w->jobs[i].own);
    free(w->jobs[i].out);
  }
  for (unsigned i = 0; w->scratch != NULL && i < w->threads; i++)
    free(w->scratch[i]);
  free(w->jobs);
  free(w->scratch);
}

static int write_section(fitsfile *fptr, int datatype, bool raw, const LONGLONG *first, const LONGLONG *last,
                         int nullcheck, const void *nulval, const void *array, int *status) {
  writer w = {.fptr = fptr, .array = array};
  if (array == NULL || (nullcheck == 1 && nulval == NULL))
    return cf_fail(status, NULL_INPUT_PTR, "expected pixels to write, found NULL");
  if (cf_encoder_init(&w.encoder, fptr->Fptr, datatype, raw, nullcheck, nulval, status) > 0 ||
      cf_section_init(&w.section, &w.encoder.grid, first, last, NULL, status) > 0)
    return *status;
  if (begin(&w, status) <= 0)
    write_tiles(&w, status);
  finish(&w);
  return *status;
}

int cf_tiled_write(fitsfile *fptr, int datatype, const LONGLONG *first, const LONGLONG *last, int nullcheck,
                   const void *nulval, const void *array, int *status) {
  return write_section(fptr, datatype, false, first, last, nullcheck, nulval, array, status);
}

int cf_tiled_write_stored(fitsfile *fptr, int datatype, const LONGLONG *first, const LONGLONG *last, int nullcheck,
                          const void *nulval, const void *array, int *status) {
  return write_section(fptr, datatype, true, first, last, nullcheck, nulval, array, status);
}
