/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The stream codec over libbz2. One wrong bit changes all content of a block, and its checksum is known behind its last
 * byte. The decoder therefore keeps the content of a block until libbz2 has compared the checksum.
 */
#include "store/filter/codecs/bzip2.h"

#if defined(RF_HAVE_BZIP2)
#include <bzlib.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

/* Blocks of 900,000 bytes, as the program bzip2 makes: smaller ones save little time. */
#define DEFAULT_LEVEL 9

/* Bytes of input for one call: at most three blocks, whose content is at most 46 MB each. */
#define INFLATE_BYTES 64

/* First size of the kept content, and the largest size that is kept for the next block. */
#define MIN_KEPT_BYTES ((size_t)1 << 20)
#define MAX_KEPT_BYTES ((size_t)4 << 20)

/* libbz2 counts in unsigned int. */
#define MAX_BZ_BYTES ((size_t)1 << 30)

#define DEFLATE_BYTES ((size_t)64 * 1024)

typedef struct bz_inflater {
  bz_stream z;
  uint8_t *kept; /* content whose checksum was right */
  size_t capacity;
  size_t size;
  size_t given; /* bytes of `kept` that the caller has */
  bool ended;
} bz_inflater;

typedef struct bz_deflater {
  bz_stream z;
  char out[DEFLATE_BYTES];
} bz_deflater;

static void *bz_alloc(void *user, int items, int size) {
  (void)user;
  return items >= 0 && size >= 0 ? rf_alloc_zero((size_t)items, (size_t)size) : NULL;
}

static void bz_free(void *user, void *block) {
  (void)user;
  rf_free(block);
}

static rf_status bz_fail(int code, rf_error *err) {
  switch (code) {
  case BZ_MEM_ERROR:
    return rf_fail(err, RF_ERR_MEMORY, "libbz2: out of memory");
  case BZ_DATA_ERROR_MAGIC:
    return rf_fail(err, RF_ERR_CODEC, "corrupt bzip2 data: wrong header");
  case BZ_DATA_ERROR:
    return rf_fail(err, RF_ERR_CODEC, "corrupt bzip2 data: invalid block or wrong checksum");
  default:
    return rf_fail(err, RF_ERR_CODEC, "corrupt bzip2 data: libbz2 error %d", code);
  }
}

static void bz_inflate_close(void *stream) {
  bz_inflater *f = stream;
  (void)BZ2_bzDecompressEnd(&f->z);
  rf_free(f->kept);
  rf_free(f);
}

/* libbz2 needs less than 4 MiB, which no limit excludes. */
static rf_status bz_inflate_open(void *user, uint64_t memory, void **stream, rf_error *err) {
  (void)user, (void)memory;
  bz_inflater *f = rf_alloc_zero(1, sizeof *f);
  if (f == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a bzip2 decoder");
  f->z.bzalloc = bz_alloc;
  f->z.bzfree = bz_free;
  int code = BZ2_bzDecompressInit(&f->z, 0, 0);
  if (code != BZ_OK) {
    rf_free(f);
    return bz_fail(code, err);
  }
  *stream = f;
  return RF_OK;
}

static rf_status grow_kept(bz_inflater *f, rf_error *err) {
  size_t capacity = f->capacity == 0 ? MIN_KEPT_BYTES : f->capacity * 2;
  uint8_t *kept = rf_realloc(f->kept, capacity);
  if (kept == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a block of bzip2");
  f->kept = kept;
  f->capacity = capacity;
  return RF_OK;
}

/* Decodes all content of n bytes of input. If libbz2 still has room, it has compared the checksums of all that it made:
 * it begins with a block when it has the block's last byte. */
static rf_status bz_take(bz_inflater *f, const uint8_t *in, size_t n, size_t *used, rf_error *err) {
  f->z.next_in = (char *)(uintptr_t)in; /* libbz2 does not write there */
  f->z.avail_in = (unsigned)n;
  rf_status status = RF_OK;
  do {
    if (f->size == f->capacity)
      status = grow_kept(f, err);
    if (status != RF_OK)
      break;
    size_t room = f->capacity - f->size < MAX_BZ_BYTES ? f->capacity - f->size : MAX_BZ_BYTES;
    f->z.next_out = (char *)f->kept + f->size;
    f->z.avail_out = (unsigned)room;
    int code = BZ2_bzDecompress(&f->z);
    f->size += room - f->z.avail_out;
    f->ended = code == BZ_STREAM_END;
    status = code == BZ_OK || code == BZ_STREAM_END ? RF_OK : bz_fail(code, err);
  } while (status == RF_OK && !f->ended && f->z.avail_out == 0);
  *used = n - f->z.avail_in;
  return status;
}

/* Gives kept content to the caller. */
static size_t bz_give(bz_inflater *f, uint8_t *out, size_t n) {
  size_t left = f->size - f->given;
  n = n < left ? n : left;
  if (n > 0)
    memcpy(out, f->kept + f->given, n);
  f->given += n;
  if (f->given == f->size) {
    f->given = f->size = 0;
    if (f->capacity > MAX_KEPT_BYTES) {
      rf_free(f->kept);
      f->kept = NULL;
      f->capacity = 0;
    }
  }
  return n;
}

static rf_status bz_inflate(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out, size_t n_out,
                            size_t *made, int *done, rf_error *err) {
  bz_inflater *f = stream;
  *used = 0;
  while (f->size == 0 && !f->ended && *used < n_in) {
    size_t part = n_in - *used < INFLATE_BYTES ? n_in - *used : INFLATE_BYTES, taken;
    rf_status status = bz_take(f, in + *used, part, &taken, err);
    *used += taken;
    if (status != RF_OK) {
      *made = 0;
      *done = 0;
      f->size = 0;
      return status;
    }
  }
  *made = bz_give(f, out, n_out);
  *done = f->ended && f->size == 0;
  return RF_OK;
}

static rf_status bz_deflate_open(void *user, int level, uint64_t content, void **stream, rf_error *err) {
  (void)user, (void)content;
  bz_deflater *d = rf_alloc_zero(1, sizeof *d);
  if (d == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a bzip2 encoder");
  d->z.bzalloc = bz_alloc;
  d->z.bzfree = bz_free;
  int code = BZ2_bzCompressInit(&d->z, level == 0 ? DEFAULT_LEVEL : level, 0, 0);
  if (code != BZ_OK) {
    rf_free(d);
    return code == BZ_MEM_ERROR ? rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a bzip2 encoder")
                                : rf_fail(err, RF_ERR_ARGUMENT, "bzip2 level %d is not in 1..9", level);
  }
  *stream = d;
  return RF_OK;
}

/* Takes the input that `z` has, or ends the stream. */
static rf_status bz_deflate_chunk(bz_deflater *d, int action, rf_sink sink, void *context, rf_error *err) {
  int code;
  do {
    d->z.next_out = d->out;
    d->z.avail_out = DEFLATE_BYTES;
    code = BZ2_bzCompress(&d->z, action);
    if (code != BZ_RUN_OK && code != BZ_FINISH_OK && code != BZ_STREAM_END)
      return bz_fail(code, err);
    size_t made = DEFLATE_BYTES - d->z.avail_out;
    if (made > 0)
      RF_TRY(sink(context, d->out, made, err));
  } while (action == BZ_FINISH ? code != BZ_STREAM_END : d->z.avail_in > 0);
  return RF_OK;
}

static rf_status bz_deflate(void *stream, const uint8_t *in, size_t n_in, int finish, rf_sink sink, void *context,
                            rf_error *err) {
  bz_deflater *d = stream;
  while (n_in > 0) {
    size_t chunk = n_in < MAX_BZ_BYTES ? n_in : MAX_BZ_BYTES;
    d->z.next_in = (char *)(uintptr_t)in;
    d->z.avail_in = (unsigned)chunk;
    RF_TRY(bz_deflate_chunk(d, BZ_RUN, sink, context, err));
    in += chunk;
    n_in -= chunk;
  }
  return finish ? bz_deflate_chunk(d, BZ_FINISH, sink, context, err) : RF_OK;
}

static void bz_deflate_close(void *stream) {
  bz_deflater *d = stream;
  (void)BZ2_bzCompressEnd(&d->z);
  rf_free(d);
}

const rf_stream_codec rf_bzip2_codec = {
    .size = sizeof(rf_stream_codec),
    .name = "libbz2",
    .inflate_open = bz_inflate_open,
    .inflate = bz_inflate,
    .inflate_close = bz_inflate_close,
    .deflate_open = bz_deflate_open,
    .deflate = bz_deflate,
    .deflate_close = bz_deflate_close,
};
#endif
