/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The decoded content of a compressed store. Decoding goes forward, as far as reads need, into one block of memory,
 * which serves all reads. The block does not move while pointers into it may exist. If a read needs most of the file
 * before much of it is decoded, the library decodes all of it at once (rf_format.whole_inflate).
 *
 * Threads: `mutex` guards shared state. One thread at a time decodes (`busy`). It does not hold the mutex, because the
 * codec may be a callback that needs a lock of its own (Python's GIL). Other threads wait for it, or read what is
 * decoded already.
 */
#include "store/filter/inflated.h"

#include <string.h>

#include "base/memory.h"
#include "base/system/platform.h"
#include "store/filter/decoder.h"
#include "store/local/memory.h"

#define MIN_STEP_BYTES ((size_t)64 * 1024)
#define MAX_STEP_BYTES ((size_t)1024 * 1024)
#define FIRST_BLOCK ((size_t)256 * 1024)

/* First bytes of the compressed store that a hint of the size may use: the header of a unit. */
#define FIRST_BYTES 32

/* Least size of the content for which decoding everything at once is faster. */
#define MIN_WHOLE_BYTES ((uint64_t)128 * 1024)

/* Decoding at once may produce up to this many times the bytes that the reader needs. */
#define WHOLE_TIMES 16

/* Pointers into a block keep it in memory beside the block that replaces it. So the library gives pointers only while a
 * block is at most this part of the limit. */
#define PEEK_PART 8

/* Reads decode this far ahead, so that a read of the last data also checks the CRC: the padding of the data is less
 * than a block (FITS 3.3.2). */
#define LOOK_AHEAD RF_BLOCK_BYTES

/* A block that was replaced while pointers into it existed. */
typedef struct retired_block {
  struct retired_block *next;
  uint8_t *bytes;
  size_t capacity;
} retired_block;

struct rf_inflated {
  rf_store *inner; /* borrowed */
  const rf_format *format;
  const rf_stream_codec *codec;
  uint64_t limit;
  unsigned threads;
  atomic_uint_least64_t *stray; /* borrowed */

  rf_mutex mutex;
  rf_cond changed; /* busy, pins, content.size, complete or failure */
  bool busy;       /* a thread is decoding */
  unsigned pins;   /* threads copying out of the block */
  bool peeked;     /* pointers into the block exist */
  rf_pages content;
  retired_block *retired;
  bool complete;
  unsigned forks;    /* rf_fork_count() when a thread last had the mutex */
  rf_status failure; /* the failure that ended decoding for good */
  rf_error failure_error;

  /* of the busy thread */
  rf_decoder decoder;
  size_t step;
  uint8_t first[FIRST_BYTES]; /* of the compressed store, for the hint */
  size_t first_bytes;
  bool hinted;
  uint64_t hint; /* probable size of the content, 0: unknown */
  bool whole_tried;
};

/* ---------------------------------------------------------------- forked children */

/* Repairs the state in a forked child, where no other thread decodes or copies. If a thread of the parent was decoding,
 * decoding begins again; if it was changing the block, with a new block. The old memory is not freed, because its state
 * is unknown. */
static void begin_again(rf_inflated *g) {
  bool abandoned = rf_mutex_was_abandoned(&g->mutex);
  g->forks = rf_fork_count();
  g->pins = 0;
  if (!g->busy && !abandoned)
    return;
  g->busy = false;
  g->content.size = 0;
  if (abandoned) {
    g->content = (rf_pages){0};
    g->retired = NULL;
    g->peeked = false;
  }
  g->complete = false;
  g->whole_tried = false;
  g->step = MIN_STEP_BYTES;
  g->failure = rf_decoder_open(&g->decoder, g->inner, g->format, g->codec, &g->failure_error);
}

static void lock_state(rf_inflated *g) {
  rf_mutex_lock(&g->mutex);
  if (g->forks != rf_fork_count())
    begin_again(g);
}

/* ---------------------------------------------------------------- the block */

static void free_retired(rf_inflated *g) {
  while (g->retired != NULL) {
    retired_block *next = g->retired->next;
    rf_pages_free(g->retired->bytes, g->retired->capacity);
    rf_free(g->retired);
    g->retired = next;
  }
}

/* Replaces the block by `pages`. Mutex held, no thread copies. `spare` keeps the old block if pointers into it exist.
 */
static void replace_block(rf_inflated *g, rf_pages pages, retired_block **spare) {
  if (g->peeked) {
    **spare = (retired_block){.next = g->retired, .bytes = g->content.bytes, .capacity = g->content.capacity};
    g->retired = *spare;
    *spare = NULL;
  } else if (g->content.bytes != NULL) {
    rf_pages_free(g->content.bytes, g->content.capacity);
  }
  g->content = pages;
  g->peeked = false;
}

static void wait_for_copies(rf_inflated *g) {
  while (g->pins > 0)
    rf_cond_wait(&g->changed, &g->mutex);
}

/* Grows the block to `capacity` bytes. The caller is busy. */
static rf_status grow_block(rf_inflated *g, size_t capacity, rf_error *err) {
  retired_block *spare = rf_alloc(sizeof *spare);
  if (spare == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for decompressed data");
  lock_state(g);
  wait_for_copies(g);
  rf_pages pages = {.capacity = capacity, .size = g->content.size};
  if (g->peeked || g->content.bytes == NULL) {
    pages.bytes = rf_pages_alloc(capacity);
    if (pages.bytes != NULL && pages.size > 0)
      memcpy(pages.bytes, g->content.bytes, pages.size);
  } else {
    pages.bytes = rf_pages_resize(g->content.bytes, g->content.capacity, capacity);
    if (pages.bytes != NULL)
      g->content.bytes = NULL;
  }
  if (pages.bytes != NULL)
    replace_block(g, pages, &spare);
  rf_mutex_unlock(&g->mutex);
  rf_free(spare);
  return pages.bytes != NULL
             ? RF_OK
             : rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for %zu decompressed bytes", capacity);
}

/* ---------------------------------------------------------------- sizes */

/* Returns the probable size of the content, 0: unknown. A wrong hint costs a move of the block, nothing else. A stream
 * has no end to look at yet. */
static uint64_t size_hint(rf_inflated *g) {
  uint64_t packed = 0;
  if (g->hinted || g->format->size_hint == NULL)
    return g->hint;
  if (g->inner->sequential || rf_store_size(g->inner, &packed, NULL) != RF_OK)
    return 0;
  uint64_t hint = g->format->size_hint(g->inner, packed, g->first, g->first_bytes);
  if (hint / g->format->max_ratio > packed || hint > g->limit)
    hint = 0;
  g->hinted = true;
  g->hint = hint;
  return hint;
}

/* Makes room for n more bytes behind the content. */
static rf_status reserve(rf_inflated *g, size_t n, rf_error *err) {
  uint64_t need = (uint64_t)g->content.size + n;
  if (need <= g->content.capacity)
    return RF_OK;
  uint64_t capacity = FIRST_BLOCK;
  if (need > FIRST_BLOCK) {
    uint64_t hint = size_hint(g);
    capacity = (uint64_t)g->content.capacity * 2;
    /* One byte more, so that the end of the content is found without growing. */
    capacity = capacity > hint + 1 ? capacity : hint + 1;
    capacity = capacity < g->limit ? capacity : g->limit;
  }
  capacity = capacity > need ? capacity : need;
  size_t wanted, min;
  if (!rf_to_size(need, &min))
    return rf_fail(err, RF_ERR_MEMORY, "the decompressed content does not fit the address space");
  if (capacity != need && rf_to_size(capacity, &wanted) && grow_block(g, wanted, NULL) == RF_OK)
    return RF_OK;
  return grow_block(g, min, err);
}

/* ---------------------------------------------------------------- decoding */

/* Gets all compressed bytes: in place if the store beneath has them in memory, else a copy in *copy. */
static rf_status packed_bytes(rf_inflated *g, const uint8_t **bytes, size_t *n, rf_pages *copy) {
  uint64_t size;
  RF_TRY(rf_store_size(g->inner, &size, NULL));
  if (!rf_to_size(size, n) || *n == 0)
    return RF_ERR_UNSUPPORTED;
  if (rf_store_peek(g->inner, 0, *n, bytes, NULL) == RF_OK)
    return RF_OK;
  copy->bytes = rf_pages_alloc(*n);
  if (copy->bytes == NULL)
    return RF_ERR_UNSUPPORTED;
  copy->capacity = *n;
  *bytes = copy->bytes;
  return rf_store_read(g->inner, 0, copy->bytes, *n, NULL);
}

static bool whole_is_wanted(rf_inflated *g, uint64_t end) {
  if (g->format->whole_inflate == NULL || g->whole_tried || end < MIN_WHOLE_BYTES || g->content.size > end / 4)
    return false;
  if (g->format->whole_codec != NULL && g->format->whole_codec != g->codec)
    return false;
  uint64_t hint = size_hint(g);
  return hint > 0 && end >= hint / 2;
}

/* Decodes everything at once. Returns false if nothing has changed and the stream goes on. The size in the file makes
 * it likely that the reader needs most of it, so content of much more than that, and than the reader needs, is refused.
 */
static bool decode_whole(rf_inflated *g, uint64_t end) {
  g->whole_tried = true;
  const uint8_t *packed = NULL;
  size_t n = 0, guess = 0, used = 0;
  rf_pages copy = {0}, made = {0};
  retired_block *spare = rf_alloc(sizeof *spare);
  bool good = spare != NULL && rf_to_size(size_hint(g), &guess) && packed_bytes(g, &packed, &n, &copy) == RF_OK;
  if (good) {
    uint64_t max = g->limit;
    if (max / g->format->max_ratio > n)
      max = (uint64_t)n * g->format->max_ratio;
    if (max / WHOLE_TIMES > end)
      max = end * WHOLE_TIMES;
    good = g->format->whole_inflate(packed, n, guess, g->threads, max, &made, &used) == RF_OK;
  }
  if (copy.bytes != NULL)
    rf_pages_free(copy.bytes, copy.capacity);
  if (good) {
    atomic_store(g->stray, used < n ? used : 0);
    lock_state(g);
    wait_for_copies(g);
    replace_block(g, made, &spare);
    g->complete = true;
    rf_mutex_unlock(&g->mutex);
    rf_decoder_close(&g->decoder);
  }
  rf_free(spare);
  return good;
}

static rf_status fail_limit(rf_inflated *g, rf_error *err) {
  g->decoder.broken = true;
  return rf_fail(err, RF_ERR_LIMIT,
                 "the file decompresses to more than the limit of %llu bytes; if it can be trusted, raise the limit "
                 "(rf_limits.inflate_bytes, from Python max_inflate_bytes)",
                 (unsigned long long)g->limit);
}

static void finish_stream(rf_inflated *g) {
  atomic_store(g->stray, g->decoder.stray);
  rf_decoder_close(&g->decoder);
}

/* Checks that the content ends at the limit. */
static rf_status expect_end(rf_inflated *g, bool *done, rf_error *err) {
  uint8_t beyond;
  size_t made;
  RF_TRY(rf_decoder_read(&g->decoder, &beyond, 1, &made, done, err));
  if (!*done)
    return fail_limit(g, err);
  atomic_store(g->stray, g->decoder.stray);
  return RF_OK;
}

/* Decodes one step, in the busy thread. *size is the new size of the content, also on failure. */
static rf_status decode_step(rf_inflated *g, uint64_t target, size_t *size, bool *done, rf_error *err) {
  *size = g->content.size;
  *done = false;
  if (whole_is_wanted(g, target) && decode_whole(g, target)) {
    *size = g->content.size;
    *done = true;
    return RF_OK;
  }
  uint64_t n = target - g->content.size;
  n = n < g->step ? g->step : n;
  n = n < MAX_STEP_BYTES ? n : MAX_STEP_BYTES;
  n = n < g->limit - g->content.size ? n : g->limit - g->content.size;
  if (n == 0)
    return expect_end(g, done, err);
  if (g->step < MAX_STEP_BYTES)
    g->step *= 2;
  RF_TRY(reserve(g, (size_t)n, err));
  size_t made;
  rf_status status = rf_decoder_read(&g->decoder, g->content.bytes + g->content.size, (size_t)n, &made, done, err);
  *size += made;
  if (status == RF_OK && *done)
    finish_stream(g); /* frees its buffer early: it may be larger than the file */
  return status;
}

/* Returns the status for a reader that needs the content up to `end`. Mutex held. Bytes just before a place where the
 * stream is corrupt (or has a wrong CRC) are not trusted; bytes before a mere end are. */
static rf_status verdict(const rf_inflated *g, uint64_t end, uint64_t target, rf_error *err) {
  if (g->failure == RF_OK || (end <= g->content.size && (g->failure != RF_ERR_CODEC || target <= g->content.size)))
    return RF_OK;
  if (err != NULL && err->code == RF_OK)
    *err = g->failure_error;
  return g->failure;
}

/* Decodes the content up to `end`, or to its end, into the block. Pins the block. */
static rf_status demand(rf_inflated *g, uint64_t end, rf_error *err) {
  uint64_t target;
  if (!rf_add_u64(end, LOOK_AHEAD, &target))
    target = UINT64_MAX;
  rf_status status = RF_OK;
  lock_state(g);
  while (status == RF_OK && !g->complete && g->failure == RF_OK && g->content.size < target) {
    if (g->busy) {
      rf_cond_wait(&g->changed, &g->mutex);
      continue;
    }
    g->busy = true;
    rf_mutex_unlock(&g->mutex);
    size_t size;
    bool done;
    rf_error own;
    rf_error_clear(&own);
    status = decode_step(g, target, &size, &done, &own);
    lock_state(g);
    g->content.size = size;
    g->complete = g->complete || done;
    if (status != RF_OK && g->decoder.broken) {
      g->failure = status;
      g->failure_error = own;
      status = RF_OK; /* verdict() decides which reads fail */
    } else if (status != RF_OK && err != NULL && err->code == RF_OK) {
      *err = own;
    }
    g->busy = false;
    rf_cond_broadcast(&g->changed);
  }
  if (status == RF_OK)
    status = verdict(g, end, target, err);
  if (status == RF_OK)
    g->pins++;
  rf_mutex_unlock(&g->mutex);
  return status;
}

static void unpin(rf_inflated *g) {
  lock_state(g);
  if (--g->pins == 0)
    rf_cond_broadcast(&g->changed);
  rf_mutex_unlock(&g->mutex);
}

/* ---------------------------------------------------------------- reading */

static uint64_t end_of(uint64_t offset, size_t n) {
  uint64_t end;
  return rf_add_u64(offset, n, &end) ? end : UINT64_MAX;
}

rf_status rf_inflated_read(rf_inflated *g, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  *got = 0;
  if (n == 0)
    return RF_OK;
  RF_TRY(demand(g, end_of(offset, n), err));
  /* Pinned: the block stays, and bytes below a size once seen do not change. */
  lock_state(g);
  const uint8_t *bytes = g->content.bytes;
  size_t size = g->content.size;
  rf_mutex_unlock(&g->mutex);
  if (offset < size) {
    size_t there = size - (size_t)offset;
    *got = n < there ? n : there;
    memcpy(buffer, bytes + offset, *got);
  }
  unpin(g);
  return RF_OK;
}

rf_status rf_inflated_peek(rf_inflated *g, uint64_t offset, size_t n, const uint8_t **bytes) {
  uint64_t end = end_of(offset, n);
  /* The read that follows reports a failure. */
  if (n == 0 || demand(g, end, NULL) != RF_OK)
    return RF_ERR_UNSUPPORTED;
  rf_status status = RF_ERR_UNSUPPORTED;
  lock_state(g);
  if (end <= g->content.size && (g->complete || g->content.capacity <= g->limit / PEEK_PART)) {
    *bytes = g->content.bytes + offset;
    g->peeked = true;
    status = RF_OK;
  }
  rf_mutex_unlock(&g->mutex);
  unpin(g);
  return status;
}

rf_status rf_inflated_size(rf_inflated *g, uint64_t *size, rf_error *err) {
  RF_TRY(demand(g, UINT64_MAX, err));
  lock_state(g);
  *size = g->content.size;
  rf_mutex_unlock(&g->mutex);
  unpin(g);
  return RF_OK;
}

/* ---------------------------------------------------------------- beginning and end */

static rf_inflated *new_inflated(void) {
  rf_inflated *g = rf_alloc_zero(1, sizeof *g);
  if (g == NULL)
    return NULL;
  g->step = MIN_STEP_BYTES;
  if (!rf_mutex_init(&g->mutex)) {
    rf_free(g);
    return NULL;
  }
  if (!rf_cond_init(&g->changed)) {
    rf_mutex_destroy(&g->mutex);
    rf_free(g);
    return NULL;
  }
  return g;
}

rf_status rf_inflated_open(rf_store *inner, const rf_format *format, const rf_stream_codec *codec, uint64_t limit,
                           unsigned threads, atomic_uint_least64_t *stray, rf_inflated **inflated, rf_error *err) {
  rf_inflated *g = new_inflated();
  if (g == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for opening a compressed file");
  g->inner = inner;
  g->format = format;
  g->codec = codec;
  g->limit = limit;
  g->threads = threads;
  g->forks = rf_fork_count();
  g->stray = stray;
  rf_status status = rf_decoder_open(&g->decoder, inner, format, codec, err);
  if (status != RF_OK) {
    rf_inflated_close(g);
    return status;
  }
  size_t n;
  const uint8_t *start = rf_decoder_start(&g->decoder, &n);
  g->first_bytes = n < FIRST_BYTES ? n : FIRST_BYTES;
  memcpy(g->first, start, g->first_bytes);
  *inflated = g;
  return RF_OK;
}

const uint8_t *rf_inflated_packed_start(const rf_inflated *g, size_t *n) {
  return rf_decoder_start(&g->decoder, n);
}

rf_status rf_inflated_to_memory(rf_inflated *g, void **memory, rf_error *err) {
  RF_TRY(demand(g, UINT64_MAX, err));
  unpin(g);
  RF_TRY(rf_memory_adopt(g->content.bytes, g->content.capacity, g->content.size, memory, err));
  g->content = (rf_pages){0};
  return RF_OK;
}

void rf_inflated_close(rf_inflated *g) {
  if (g == NULL)
    return;
  if (g->content.bytes != NULL)
    rf_pages_free(g->content.bytes, g->content.capacity);
  free_retired(g);
  rf_decoder_close(&g->decoder);
  rf_cond_destroy(&g->changed);
  rf_mutex_destroy(&g->mutex);
  rf_free(g);
}
