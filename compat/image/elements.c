/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elements of an image between the file and the memory of the program. Rows of the table of two columns, which an image
 * is, are groups.
 */
#include <stdatomic.h>
#include <string.h>

#include "convert/one.h"
#include "file/bytes.h"
#include "fitsio2.h"
#include "image/image.h"

#define ROOM_BYTES 32768               /* on the stack */
#define CHUNK_BYTES 262144             /* in the memory of the program: stays in the cache until it is converted */
#define AT_HAND_BYTES 8192             /* up to here the buffer of the file is read in place */
#define BESIDE_BYTES 8192              /* from here on reads go past the buffer of the file */
#define SHARED_BYTES (4 * CHUNK_BYTES) /* from here on threads share reads */
#define FEW 64                         /* elements, for which a short way is worth its code */
#define GATHER_BYTES 4096              /* elements that are farther apart are read one by one */

/* Elements of one column on their way. */
typedef struct transfer {
  const cf_pixels *pixels;
  const tcolumn *column;
  cf_conversion how;
  size_t stored_size;
  size_t size;
  LONGLONG done; /* elements before the next one, in the memory of the program */
  int converted; /* NUM_OVERFLOW, if values overflowed */
} transfer;

static size_t stored_size_of(const tcolumn *column) {
  return cf_size_of(column->tdatatype == TLONG ? TINT : column->tdatatype);
}

static int begin(transfer *move, const cf_pixels *pixels, int column) {
  move->pixels = pixels;
  move->column = &pixels->fptr->Fptr->tableptr[column];
  move->how = (cf_conversion){.stored = move->column->tdatatype,
                              .wanted = pixels->datatype,
                              .scale = move->column->tscale,
                              .zero = move->column->tzero,
                              .has_tnull = move->column->tnull != NULL_UNDEFINED,
                              .tnull = move->column->tnull,
                              .nullcheck = pixels->nullcheck,
                              .nulval = pixels->nulval};
  move->stored_size = stored_size_of(move->column);
  move->size = cf_size_of(pixels->datatype);
  move->done = 0;
  move->converted = 0;
  return *pixels->status;
}

static int end(const transfer *move) {
  int *status = move->pixels->status;
  if (*status <= 0 && move->converted > 0)
    *status = move->converted;
  return *status;
}

static char *memory(const transfer *move) {
  return (char *)move->pixels->array + (size_t)move->done * move->size;
}

/* Reads n elements that are side by side, through the buffer of the file or past it. */
static int read_part(const transfer *move, LONGLONG offset, size_t n, bool beside, char *values, char *flags,
                     int *anynul, int *converted, int *status) {
  fitsfile *fptr = move->pixels->fptr;
  unsigned char room[ROOM_BYTES];
  const bool in_place = move->size == move->stored_size;
  const size_t most = (in_place ? CHUNK_BYTES : ROOM_BYTES) / move->stored_size;
  for (size_t done = 0, part; done < n && *status <= 0; done += part) {
    part = n - done < most ? n - done : most;
    const size_t bytes = part * move->stored_size;
    const LONGLONG at = offset + (LONGLONG)(done * move->stored_size);
    const unsigned char *stored = !beside && bytes <= AT_HAND_BYTES ? cf_at_hand(fptr, at, bytes) : NULL;
    if (stored == NULL) {
      unsigned char *into = in_place ? (unsigned char *)values + done * move->size : room;
      stored = into;
      (void)(beside ? cf_read_beside(fptr, at, bytes, into, status) : cf_read(fptr, at, bytes, into, status));
    }
    if (*status <= 0)
      (void)cf_from_stored(&move->how, stored, part, values + done * move->size, flags != NULL ? flags + done : NULL,
                           anynul, converted);
  }
  return *status;
}

/* Work that threads share. */
typedef struct shared_read {
  const transfer *move;
  LONGLONG offset;
  size_t n;
  size_t part; /* elements */
  atomic_int anynul;
  atomic_int converted;
  atomic_int status;
} shared_read;

static rf_status read_shared_part(void *user, size_t i, unsigned worker, rf_error *err) {
  shared_read *work = user;
  const transfer *move = work->move;
  const size_t first = i * work->part, n = work->n - first < work->part ? work->n - first : work->part;
  int anynul = 0, converted = 0, status = 0;
  (void)worker, (void)err;
  (void)read_part(
      move, work->offset + (LONGLONG)(first * move->stored_size), n, true, memory(move) + first * move->size,
      move->pixels->flags != NULL ? move->pixels->flags + move->done + first : NULL, &anynul, &converted, &status);
  if (anynul)
    atomic_store(&work->anynul, 1);
  if (converted > 0)
    atomic_store(&work->converted, converted);
  if (status > 0)
    atomic_store(&work->status, status);
  return status > 0 ? RF_ERR_IO : RF_OK;
}

/* Reads many elements that are side by side, with threads. */
static void read_shared(transfer *move, LONGLONG offset, LONGLONG n) {
  const size_t part = CHUNK_BYTES / move->stored_size, parts = ((size_t)n + part - 1) / part;
  const unsigned threads = rf_threads_for(0, parts, (uint64_t)n * move->size);
  shared_read work = {.move = move, .offset = offset, .n = (size_t)n, .part = part};
  int *status = move->pixels->status;
  rf_error err;
  if (cf_read_ready(move->pixels->fptr, offset, (size_t)n * move->stored_size, status) > 0)
    return;
  if (rf_parts_run(threads, parts, read_shared_part, &work, &err) != RF_OK)
    *status = work.status > 0 ? work.status : cf_fail_core(status, READ_ERROR, &err);
  if (work.anynul && move->pixels->anynul != NULL)
    *move->pixels->anynul = 1;
  move->converted = work.converted > 0 ? work.converted : move->converted;
  move->done += n;
}

/* Reads n elements that are side by side. */
static void read_elements(transfer *move, LONGLONG offset, LONGLONG n, bool apart) {
  const cf_pixels *pixels = move->pixels;
  const LONGLONG bytes = n * (LONGLONG)move->stored_size;
  if (bytes >= SHARED_BYTES) {
    read_shared(move, offset, n);
    return;
  }
  const bool beside = bytes >= BESIDE_BYTES || apart;
  if (beside && cf_read_ready(pixels->fptr, offset, (size_t)bytes, pixels->status) > 0)
    return;
  (void)read_part(move, offset, (size_t)n, beside, memory(move),
                  pixels->flags != NULL ? pixels->flags + move->done : NULL, pixels->anynul, &move->converted,
                  pixels->status);
  move->done += n;
}

/* Copies n values that are `apart` bytes apart. */
static void gather(unsigned char *restrict to, const unsigned char *restrict from, size_t size, LONGLONG n,
                   LONGLONG apart) {
#define GATHER(SIZE)                                                                                                   \
  case SIZE:                                                                                                           \
    for (LONGLONG i = 0; i < n; i++)                                                                                   \
      memcpy(to + i * SIZE, from + i * apart, SIZE);                                                                   \
    break;
  switch (size) {
    GATHER(1)
    GATHER(2)
    GATHER(4)
    GATHER(8)
  default:
    break;
  }
}

/* Reads n elements that are `step` elements apart, those of a smaller number first if step > 0. */
static void gather_elements(transfer *move, LONGLONG offset, LONGLONG n, LONGLONG step, bool far) {
  const cf_pixels *pixels = move->pixels;
  int *status = pixels->status;
  unsigned char span[ROOM_BYTES], values[ROOM_BYTES];
  const LONGLONG size = (LONGLONG)move->stored_size, apart = (step < 0 ? -step : step) * size;
  const LONGLONG most = apart <= GATHER_BYTES ? ROOM_BYTES / apart : 1;
  while (n > 0 && *status <= 0) {
    const LONGLONG part = n < most ? n : most, before = step < 0 ? (part - 1) * apart : 0;
    const size_t bytes = (size_t)((part - 1) * apart + size);
    const bool beside = bytes >= BESIDE_BYTES || far;
    const unsigned char *at = !beside ? cf_at_hand(pixels->fptr, offset - before, bytes) : NULL;
    if (at == NULL) {
      at = span;
      if (beside && cf_read_ready(pixels->fptr, offset - before, bytes, status) <= 0)
        (void)cf_read_beside(pixels->fptr, offset - before, bytes, span, status);
      else
        (void)cf_read(pixels->fptr, offset - before, bytes, span, status);
    }
    if (*status > 0)
      return;
    gather(values, at + before, (size_t)size, part, step * size);
    (void)cf_from_stored(&move->how, values, (size_t)part, memory(move),
                         pixels->flags != NULL ? pixels->flags + move->done : NULL, pixels->anynul, &move->converted);
    move->done += part;
    offset += part * step * size;
    n -= part;
  }
}

/* Checks the numbers of elements. Sets *last to the last one, 0-based; a file that is written may have fewer. */
static int check_elements(const transfer *move, LONGLONG group, cf_run run, LONGLONG *last) {
  const FITSfile *file = move->pixels->fptr->Fptr;
  const LONGLONG repeat = move->column->trepeat;
  int *status = move->pixels->status;
  if (run.first < 1 || (repeat < run.first && run.count != 0))
    return cf_fail(status, BAD_ELEM_NUM, "pixel %lld is outside of an image of %lld", run.first, repeat);
  if (run.count < 0)
    return cf_fail(status, NEG_BYTES, "the number of pixels is negative: %lld", run.count);
  if (__builtin_mul_overflow(run.count - 1, run.step, last) || __builtin_add_overflow(*last, run.first - 1, last) ||
      *last < 0)
    return cf_fail(status, BAD_ELEM_NUM, "the last pixel is outside of the image");
  if (group > file->numrows || (*last >= repeat && *last / repeat >= file->numrows - (group - 1)))
    return cf_fail(status, BAD_ROW_NUM, "pixels of group %lld end behind the image: %lld from pixel %lld on", group,
                   run.count, run.first);
  return *status;
}

static LONGLONG offset_of(const transfer *move, LONGLONG row, LONGLONG element) {
  const FITSfile *file = move->pixels->fptr->Fptr;
  return file->datastart + row * file->rowlength + move->column->tbcol + element * (LONGLONG)move->stored_size;
}

/* Reads a few elements of the first group that the buffer of the file has. Returns false if that is not the case. */
static bool read_few(const cf_pixels *pixels, int column, cf_run run) {
  const FITSfile *file = pixels->fptr->Fptr;
  const tcolumn *from = &file->tableptr[column];
  const size_t size = stored_size_of(from);
  if (run.first < 1 || run.first > from->trepeat || run.count > from->trepeat - (run.first - 1))
    return false;
  const LONGLONG offset = file->datastart + from->tbcol + (run.first - 1) * (LONGLONG)size;
  const unsigned char *stored = cf_at_hand(pixels->fptr, offset, (size_t)run.count * size);
  if (stored == NULL)
    return false;
  if (run.count == 1 && from->tscale == 1 && from->tzero == 0 &&
      cf_one_from_stored(from->tdatatype, stored, from->tnull, pixels->nullcheck, pixels->datatype, pixels->array)) {
    if (pixels->nullcheck == 2 && pixels->flags != NULL)
      *pixels->flags = 0;
    return true;
  }
  transfer move;
  (void)begin(&move, pixels, column);
  (void)cf_from_stored(&move.how, stored, (size_t)run.count, pixels->array, pixels->flags, pixels->anynul,
                       &move.converted);
  (void)end(&move);
  return true;
}

int cf_image_read(const cf_pixels *pixels, int column, LONGLONG group, cf_run run) {
  transfer move;
  LONGLONG last;
  if (run.count == 0)
    return *pixels->status;
  if (pixels->anynul != NULL)
    *pixels->anynul = 0;
  if (group <= 1 && run.step == 1 && run.count > 0 && run.count <= FEW && !run.apart &&
      pixels->fptr->Fptr->numrows > 0 && read_few(pixels, column, run))
    return *pixels->status;
  if (begin(&move, pixels, column) > 0)
    return *pixels->status;
  group = group < 1 ? 1 : group;
  if (check_elements(&move, group, run, &last) > 0) {
    if (pixels->flags != NULL && run.count > 0 && run.count <= move.column->trepeat)
      memset(pixels->flags, 0, (size_t)run.count);
    return *pixels->status;
  }
  if (run.count == 1)
    run.step = 1;
  LONGLONG row = group - 1, element = run.first - 1;
  const LONGLONG repeat = move.column->trepeat;
  while (run.count > 0 && *pixels->status <= 0) {
    /* the next elements of the same row */
    const LONGLONG rest = repeat - element;
    const LONGLONG fit = run.step == 1 ? rest : run.step > 0 ? (rest - 1) / run.step + 1 : run.count;
    const LONGLONG part = run.count < fit ? run.count : fit;
    if (run.step == 1)
      read_elements(&move, offset_of(&move, row, element), part, run.apart);
    else
      gather_elements(&move, offset_of(&move, row, element), part, run.step, run.apart);
    run.count -= part;
    element += part * run.step;
    if (run.count > 0) {
      row += element / repeat;
      element %= repeat;
    }
  }
  return end(&move);
}

int cf_image_guard(fitsfile *fptr, LONGLONG offset, LONGLONG n, int *status) {
  const FITSfile *file = fptr->Fptr;
  const LONGLONG end = file->headstart[file->curhdu + 1];
  char begin_of_next[8];
  int next = 0;
  if (*status > 0 || offset + n <= end || end + IOBUFLEN > cf_size(fptr))
    return *status;
  (void)cf_read(fptr, end, sizeof begin_of_next, begin_of_next, &next);
  if (next <= 0 && memcmp(begin_of_next, "XTENSION", 8) == 0)
    return cf_fail(status, BAD_ELEM_NUM, "pixels behind the end of the image would overwrite HDU %d", file->curhdu + 2);
  return *status;
}

/* Checks where elements are written. Returns false if there is nothing to do. */
static bool check_written(const transfer *move, int column, LONGLONG group, LONGLONG first, LONGLONG n) {
  const FITSfile *file = move->pixels->fptr->Fptr;
  int *status = move->pixels->status;
  LONGLONG bytes, row;
  const bool groups = column == CF_GROUP_PARAMETERS || file->numrows > 1 || move->column->tbcol > 0;
  if (first < 1)
    (void)cf_fail(status, BAD_ELEM_NUM, "pixel %lld is outside of an image", first);
  else if (n < 0)
    (void)cf_fail(status, NEG_BYTES, "the number of pixels is negative: %lld", n);
  else if (groups && n > 0 && (first > move->column->trepeat || n > move->column->trepeat - (first - 1)))
    (void)cf_fail(status, BAD_ELEM_NUM, "%lld elements from element %lld on are behind the end of a group", n, first);
  else if (__builtin_mul_overflow(group, file->rowlength, &row) || __builtin_add_overflow(first, n, &bytes) ||
           __builtin_mul_overflow(bytes, 8, &bytes) || __builtin_add_overflow(bytes, row, &bytes) ||
           bytes > LONGLONG_MAX / 4)
    (void)cf_fail(status, BAD_ELEM_NUM, "pixel %lld of group %lld is beyond the limits of a file", first, group);
  else if (n > 0)
    (void)cf_image_guard(move->pixels->fptr, offset_of(move, group - 1, first - 1), n * (LONGLONG)move->stored_size,
                         status);
  return *status <= 0 && n > 0;
}

/* Returns how many of n values can be written: those before the first null value, if null values have no number. */
static LONGLONG before_null(const transfer *move, LONGLONG n) {
  const bool integers = move->how.stored != TFLOAT && move->how.stored != TDOUBLE;
  if (move->how.nullcheck != 1 || !integers || move->how.has_tnull)
    return n;
  return (LONGLONG)cf_find_null(&move->how, move->pixels->array, (size_t)n);
}

/* Ends the file with a whole block, so that pixels in it that are not written yet can be read. */
static void end_block(fitsfile *fptr, int *status) {
  const LONGLONG size = cf_size(fptr), rest = size % IOBUFLEN;
  if (rest != 0)
    (void)cf_fill(fptr, size, IOBUFLEN - rest, 0, status);
}

/* Conversion that threads share. */
typedef struct shared_write {
  const transfer *move;
  unsigned char *chunk;
  size_t n;
  size_t part; /* elements */
  atomic_int converted;
} shared_write;

static rf_status convert_shared_part(void *user, size_t i, unsigned worker, rf_error *err) {
  shared_write *work = user;
  const transfer *move = work->move;
  const size_t first = i * work->part, n = work->n - first < work->part ? work->n - first : work->part;
  int converted = 0;
  (void)worker, (void)err;
  (void)cf_to_stored(&move->how, memory(move) + first * move->size, n, work->chunk + first * move->stored_size,
                     &converted);
  if (converted > 0)
    atomic_store(&work->converted, converted);
  return RF_OK;
}

/* Converts the next n elements, with threads if they are many. */
static void convert_chunk(transfer *move, unsigned char *chunk, size_t n) {
  const size_t part = CHUNK_BYTES / move->stored_size, parts = (n + part - 1) / part;
  shared_write work = {.move = move, .chunk = chunk, .n = n, .part = part};
  rf_error err;
  if (parts < 2) {
    (void)cf_to_stored(&move->how, memory(move), n, chunk, &move->converted);
    return;
  }
  if (rf_parts_run(rf_threads_for(0, parts, (uint64_t)n * move->size), parts, convert_shared_part, &work, &err) !=
      RF_OK)
    (void)cf_fail_core(move->pixels->status, MEMORY_ALLOCATION, &err);
  if (work.converted > 0)
    move->converted = work.converted;
}

/* Returns the bytes of parts that are converted at once: many where threads help, few where the cache does. */
static size_t chunk_size(const transfer *move, LONGLONG n) {
  const bool reals = move->how.stored == TFLOAT || move->how.stored == TDOUBLE;
  const bool wants_reals = move->how.wanted == TFLOAT || move->how.wanted == TDOUBLE;
  const LONGLONG bytes = n * (LONGLONG)move->stored_size;
  if (bytes <= 2 * ROOM_BYTES)
    return ROOM_BYTES;
  return bytes >= SHARED_BYTES && (reals != wants_reals || move->how.scale != 1.) ? 16 * CHUNK_BYTES : CHUNK_BYTES;
}

int cf_image_write(const cf_pixels *pixels, int column, LONGLONG group, LONGLONG first, LONGLONG n) {
  transfer move;
  int *status = pixels->status;
  unsigned char room[ROOM_BYTES];
  group = group < 1 ? 1 : group;
  if (begin(&move, pixels, column) > 0 || !check_written(&move, column, group, first, n))
    return *status;
  const LONGLONG good = before_null(&move, n);
  LONGLONG offset = offset_of(&move, group - 1, first - 1);
  size_t bytes = chunk_size(&move, good);
  unsigned char *chunk = bytes > ROOM_BYTES ? malloc(bytes) : room;
  if (chunk == NULL) {
    chunk = room;
    bytes = ROOM_BYTES;
  }
  const LONGLONG most = (LONGLONG)(bytes / move.stored_size);
  while (move.done < good && *status <= 0) {
    const size_t part = (size_t)(good - move.done < most ? good - move.done : most);
    convert_chunk(&move, chunk, part);
    (void)cf_write(pixels->fptr, offset, part * move.stored_size, chunk, status);
    offset += (LONGLONG)(part * move.stored_size);
    move.done += (LONGLONG)part;
  }
  if (chunk != room)
    free(chunk);
  end_block(pixels->fptr, status);
  if (good < n)
    return cf_fail(status, NO_NULL, "the image has no BLANK, and a null pixel is written");
  return end(&move);
}

int cf_image_write_null(fitsfile *fptr, LONGLONG group, LONGLONG first, LONGLONG n, int *status) {
  const double null = 0.;
  double values[ROOM_BYTES / 16] = {0.};
  const LONGLONG most = ROOM_BYTES / 16;
  cf_pixels pixels = {
      .fptr = fptr, .datatype = TDOUBLE, .nullcheck = 1, .nulval = &null, .array = values, .status = status};
  const tcolumn *column = &fptr->Fptr->tableptr[CF_PIXELS];
  const bool integers = column->tdatatype != TFLOAT && column->tdatatype != TDOUBLE;
  if (first >= 1 && n >= 0 && integers && column->tnull == NULL_UNDEFINED)
    return cf_fail(status, NO_NULL, "the image has no BLANK, and null pixels are written");
  if (n <= 0)
    return cf_image_write(&pixels, CF_PIXELS, group, first, n);
  for (LONGLONG done = 0; done < n && *status <= 0; done += most)
    (void)cf_image_write(&pixels, CF_PIXELS, group, first + done, n - done < most ? n - done : most);
  return *status;
}
