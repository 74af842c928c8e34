/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading sections of compressed images. Tiles are read in batches; the threads of the core decode and convert them.
 */
#include <stdint.h>
#include <string.h>

#include "convert/convert.h"
#include "file/bytes.h"
#include "tiled/cache.h"
#include "tiled/section.h"
#include "tiled/tiled.h"

/* A batch ends where it has so many tiles, or so many bytes. */
#define BATCH_TILES 512
#define BATCH_BYTES ((size_t)8 << 20)
/* Values that are converted at a time. */
#define BLOCK 1024
/* The null value of quantized pixels. */
#define QUANTIZED_NULL (-2147483647)

typedef struct job {
  cf_part part;
  cf_cell cell;
  size_t at;       /* of the bytes in the batch */
  cf_cached *slot; /* NULL: not cached */
  bool ready;      /* the slot holds the tile */
} job;

typedef struct reader {
  fitsfile *fptr;
  cf_decoder decoder;
  cf_section section;
  int datatype;
  size_t size; /* bytes of a value of datatype */
  int nullcheck;
  const void *nulval;
  unsigned char *array;
  char *nularray;
  /* the batch */
  job *jobs;
  size_t count;
  unsigned char *bytes;
  size_t used, room;
  /* of the threads */
  unsigned threads;
  void **scratch; /* one a worker */
  int *status;    /* NUM_OVERFLOW is no reason to stop */
  int *anynul;
} reader;

/* ---- pixels to values ---- */

static void swap_out(unsigned char *to, const unsigned char *from, ptrdiff_t step, size_t width, size_t n) {
  for (size_t i = 0; i < n; i++, from += step) {
    uint64_t v8;
    uint32_t v4;
    uint16_t v2;
    if (width == 1) {
      to[i] = *from;
    } else if (width == 2) {
      memcpy(&v2, from, 2);
      for (int k = 0; k < 2; k++)
        to[2 * i + (size_t)k] = (unsigned char)(v2 >> (8 - 8 * k));
    } else if (width == 4) {
      memcpy(&v4, from, 4);
      for (int k = 0; k < 4; k++)
        to[4 * i + (size_t)k] = (unsigned char)(v4 >> (24 - 8 * k));
    } else {
      memcpy(&v8, from, 8);
      for (int k = 0; k < 8; k++)
        to[8 * i + (size_t)k] = (unsigned char)(v8 >> (56 - 8 * k));
    }
  }
}

/* Tells whether pixels are what the program wants, as they are. */
static bool is_direct(const reader *r, const cf_pixels *pixels) {
  int wide = sizeof(long) == 8 ? TLONGLONG : TLONG;
  int type = r->datatype == TINT ? TLONG : r->datatype == TLONG ? wide : r->datatype;
  bool reals = pixels->stored == TFLOAT || pixels->stored == TDOUBLE;
  return type == pixels->stored && pixels->scale == 1.0 && pixels->zero == 0.0 &&
         (r->nullcheck == 0 || (!reals && !pixels->has_null));
}

static void convert_run(const reader *r, const cf_conversion *how, const unsigned char *from, ptrdiff_t step,
                        size_t width, size_t n, LONGLONG outer, int *anynul, int *status) {
  uint64_t block[BLOCK];
  for (size_t done = 0; done < n;) {
    size_t m = n - done < BLOCK ? n - done : BLOCK;
    size_t at = (size_t)outer + done;
    int own = 0;
    swap_out((unsigned char *)block, from + (ptrdiff_t)done * step, step, width, m);
    cf_from_stored(how, block, m, r->array + at * r->size, r->nularray != NULL ? r->nularray + at : NULL, anynul, &own);
    if (own > 0 && *status <= 0)
      *status = own;
    done += m;
  }
}

/* Puts the pixels of a part into the array. */
static void scatter(const reader *r, const cf_part *part, const cf_pixels *pixels, const unsigned char *values,
                    int *anynul, int *status) {
  const cf_grid *grid = &r->decoder.grid;
  cf_conversion how = {.stored = pixels->stored,
                       .wanted = r->datatype,
                       .scale = pixels->scale,
                       .zero = pixels->zero,
                       .has_tnull = pixels->has_null,
                       .tnull = pixels->null,
                       .nullcheck = r->nullcheck,
                       .nulval = r->nulval};
  bool direct = is_direct(r, pixels);
  size_t n = (size_t)part->count[0], width = pixels->width;
  ptrdiff_t step = (ptrdiff_t)(r->section.step[0] * (LONGLONG)width);
  LONGLONG runs = cf_part_runs(grid, part);
  for (LONGLONG i = 0; i < runs; i++) {
    cf_run run;
    cf_part_run(grid, &r->section, part, i, &run);
    const unsigned char *from = values + (size_t)run.inner * width;
    if (!direct) {
      convert_run(r, &how, from, step, width, n, run.outer, anynul, status);
    } else if (r->section.step[0] == 1) {
      memcpy(r->array + (size_t)run.outer * width, from, n * width);
    } else {
      unsigned char *to = r->array + (size_t)run.outer * width;
      for (size_t k = 0; k < n; k++)
        memcpy(to + k * width, from + (ptrdiff_t)k * step, width);
    }
  }
}

/* ---- one tile ---- */

static rf_status do_job(void *user, size_t i, unsigned worker, rf_error *err) {
  reader *r = user;
  job *one = &r->jobs[i];
  cf_pixels pixels;
  const void *values;
  if (one->ready) {
    values = one->slot->values;
    pixels = one->slot->pixels;
  } else {
    values = r->scratch[worker];
    rf_status status =
        cf_decode(&r->decoder, one->part.number, &one->cell, r->bytes + one->at, r->scratch[worker], &pixels, err);
    if (status != RF_OK)
      return status;
    if (one->slot != NULL)
      cf_cache_put(one->slot, one->part.number, r->decoder.reals, &pixels, values,
                   (size_t)cf_box_pixels(&r->decoder.grid, &one->part.box) * pixels.width);
  }
  scatter(r, &one->part, &pixels, values, &r->anynul[worker], &r->status[worker]);
  return RF_OK;
}

/* ---- batches ---- */

static int run_batch(reader *r, int *status) {
  rf_error err;
  uint64_t bytes = (uint64_t)r->count * (uint64_t)r->decoder.grid.pixels * 8;
  unsigned threads = r->count > 1 ? rf_threads_for(0, r->count, bytes) : 1;
  if (threads > r->threads)
    threads = r->threads;
  for (unsigned i = 0; i < threads; i++) {
    if (r->scratch[i] == NULL && (r->scratch[i] = malloc((size_t)r->decoder.grid.pixels * 8 + 8)) == NULL)
      return cf_fail(status, MEMORY_ALLOCATION, "no memory for a tile of %lld pixels", r->decoder.grid.pixels);
  }
  if (rf_parts_run(threads, r->count, do_job, r, &err) != RF_OK)
    return cf_fail_core(status, DATA_DECOMPRESSION_ERR, &err);
  r->count = 0;
  r->used = 0;
  return *status;
}

/* Reads the bytes of a tile into the batch. */
static int take_bytes(reader *r, job *one, int *status) {
  size_t n = (size_t)one->cell.bytes;
  if (one->cell.form == CF_CELL_EMPTY)
    return cf_fail(status, NO_COMPRESSED_TILE, "tile %lld of the compressed image was never written",
                   one->part.number + 1);
  if (n > r->room - r->used) {
    size_t room = r->used + n > 2 * r->room ? r->used + n : 2 * r->room;
    unsigned char *more = realloc(r->bytes, room);
    if (more == NULL)
      return cf_fail(status, MEMORY_ALLOCATION, "no memory for %zu bytes of tiles", room);
    r->bytes = more;
    r->room = room;
  }
  one->at = r->used;
  r->used += n;
  return cf_read(r->fptr, one->cell.offset, n, r->bytes + one->at, status);
}

/* Looks whether the cache has a tile, or can take it. A slot that changes serves one tile of a batch only. */
static void find_slot(reader *r, job *one) {
  cf_cached *slot = r->decoder.no_nulls ? NULL : cf_cache_slot(r->fptr->Fptr, one->part.number);
  bool ready = slot != NULL && slot->number == one->part.number && slot->reals == r->decoder.reals;
  one->slot = NULL;
  one->ready = false;
  if (slot == NULL || (one->part.whole && !ready))
    return;
  for (size_t i = 0; i < r->count; i++)
    if (r->jobs[i].slot == slot && !(ready && r->jobs[i].ready))
      return;
  one->slot = slot;
  one->ready = ready;
}

static int read_tiles(reader *r, int *status) {
  cf_walk walk;
  job one;
  LONGLONG known = -1;
  size_t cells_count = 0;
  cf_cell cells[64];
  cf_walk_begin(&walk, &r->decoder.grid, &r->section);
  while (*status <= 0 && cf_walk_next(&walk, &one.part)) {
    find_slot(r, &one);
    if (!one.ready) {
      LONGLONG number = one.part.number;
      if (known < 0 || number < known || number >= known + (LONGLONG)cells_count) {
        LONGLONG left = r->decoder.grid.count - number;
        bool several = r->section.total > one.part.count[0] * cf_part_runs(&r->decoder.grid, &one.part);
        cells_count = !several ? 1 : left < 64 ? (size_t)left : 64;
        known = number;
        cf_cells_read(r->fptr, known, cells_count, cells, status);
      }
      if (*status <= 0)
        one.cell = cells[number - known];
      if (*status <= 0)
        take_bytes(r, &one, status);
    }
    if (*status > 0)
      break;
    r->jobs[r->count++] = one;
    if (r->count == BATCH_TILES || r->used >= BATCH_BYTES)
      run_batch(r, status);
  }
  return *status <= 0 && r->count > 0 ? run_batch(r, status) : *status;
}

/* ---- the call ---- */

/* Tells whether to ignore null pixels of quantized images. A reader that does not look for them gets NaN only where the
 * null value is one that no quantizing makes of a number: programs that fill FITSfile themselves leave it 0. */
static bool ignores_nulls(const FITSfile *file, int nullcheck) {
  return nullcheck == 0 && file->zbitpix < 0 && file->cn_zblank < 0 && file->zblank > QUANTIZED_NULL;
}

/* Ends the work of all threads: what they found, and their memory. */
static void finish(reader *r, int *anynul, int *status) {
  for (unsigned i = 0; i < r->threads; i++) {
    if (r->status != NULL && r->status[i] > 0 && *status <= 0)
      *status = r->status[i];
    if (r->anynul != NULL && r->anynul[i] && anynul != NULL)
      *anynul = 1;
    if (r->scratch != NULL)
      free(r->scratch[i]);
  }
  free(r->jobs);
  free(r->bytes);
  free(r->scratch);
  free(r->status);
  free(r->anynul);
}

static int begin(reader *r, int *status) {
  const cf_grid *grid = &r->decoder.grid;
  bool one = true;
  for (int i = 0; i < grid->naxis; i++) {
    LONGLONG a = r->section.first[i], b = a + (r->section.count[i] - 1) * r->section.step[i];
    one = one && a / grid->tile[i] == b / grid->tile[i];
  }
  r->threads = one ? 1 : rf_threads_for(0, BATCH_TILES, UINT64_MAX / 2);
  r->jobs = malloc((one ? 1 : BATCH_TILES) * sizeof *r->jobs);
  r->scratch = calloc(r->threads, sizeof *r->scratch);
  r->status = calloc(r->threads, sizeof *r->status);
  r->anynul = calloc(r->threads, sizeof *r->anynul);
  if (r->jobs == NULL || r->scratch == NULL || r->status == NULL || r->anynul == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for reading a compressed image");
  return *status;
}

int cf_tiled_read(fitsfile *fptr, int datatype, const LONGLONG *first, const LONGLONG *last, const long *step,
                  int nullcheck, const void *nulval, void *array, char *nularray, int *anynul, int *status) {
  reader r = {.fptr = fptr,
              .datatype = datatype,
              .size = cf_size_of(datatype),
              .nullcheck = nullcheck,
              .nulval = nulval,
              .array = array,
              .nularray = nullcheck == 2 ? nularray : NULL};
  if (anynul != NULL)
    *anynul = 0;
  if (r.size == 0 || datatype > TDOUBLE || datatype == TBIT || datatype == TLOGICAL || datatype == TSTRING)
    return cf_fail(status, BAD_DATATYPE, "type %d is no type of pixels", datatype);
  if (array == NULL || (nullcheck == 1 && nulval == NULL) || (nullcheck == 2 && nularray == NULL))
    return cf_fail(status, NULL_INPUT_PTR, "expected memory for pixels, found NULL");
  if (cf_decoder_init(&r.decoder, fptr->Fptr, datatype, status) > 0 ||
      cf_section_init(&r.section, &r.decoder.grid, first, last, step, status) > 0)
    return *status;
  r.decoder.no_nulls = ignores_nulls(fptr->Fptr, nullcheck);
  if (nullcheck == 2)
    memset(nularray, 0, (size_t)r.section.total);
  (void)cf_cache_open(fptr->Fptr, &r.decoder.grid);
  if (begin(&r, status) <= 0)
    read_tiles(&r, status);
  finish(&r, anynul, status);
  return *status;
}
