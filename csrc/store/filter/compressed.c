/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The filter of compressed files: the decoded content of another store, as a store. Reads use the decoded content
 * (store/filter/inflated.c). The first write decodes all of it into a memory store, which serves from then on; close
 * and sync write it back (store/filter/write.c).
 */
#include "store/filter/compressed.h"

#include <string.h>

#include "base/memory.h"
#include "store/filter/inflated.h"
#include "store/filter/write.h"
#include "store/local/memory.h"
#include "store/filter/stream_codec.h"

/* Flags of the store beneath that do not apply to the decoded content, all of which is kept. */
#define NOT_OF_CONTENT (RF_DRIVER_CODECS | RF_DRIVER_SEQUENTIAL | RF_DRIVER_FORWARD)

typedef struct compressed_state {
  rf_store *inner;
  const rf_format *format;
  const rf_stream_codec *codec;
  int level;
  bool at_close;         /* writes reach the file at close only (RF_OPEN_ATOMIC) */
  bool in_place;         /* the inner store replaces the old file, or overwrites it */
  rf_inflated *inflated; /* NULL after the first write */
  void *memory;          /* state of rf_memory_ops after the first write */
  bool dirty;
  atomic_uint_least64_t stray; /* rf_store.stray */
} compressed_state;

/* ---- reading ---- */

static rf_status compressed_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  compressed_state *g = state;
  if (g->memory != NULL)
    return rf_memory_ops.read_at(g->memory, offset, buffer, n, got, err);
  return rf_inflated_read(g->inflated, offset, buffer, n, got, err);
}

static rf_status compressed_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  compressed_state *g = state;
  if (g->memory != NULL)
    return rf_memory_ops.peek(g->memory, offset, n, bytes, err);
  return rf_inflated_peek(g->inflated, offset, n, bytes);
}

static rf_status compressed_get_size(void *state, uint64_t *size, rf_error *err) {
  compressed_state *g = state;
  if (g->memory != NULL)
    return rf_memory_ops.get_size(g->memory, size, err);
  return rf_inflated_size(g->inflated, size, err);
}

/* ---- writing ---- */

/* Fails now if the content cannot be compressed later: an optional part is missing, or the level is wrong. */
static rf_status try_encoder(const compressed_state *g, rf_error *err) {
  void *stream = NULL;
  RF_TRY(g->codec->deflate_open(g->codec->user, g->level, 0, &stream, err));
  g->codec->deflate_close(stream);
  return RF_OK;
}

/* Fails now if a write-back would. */
static rf_status prepare_write_back(const compressed_state *g, rf_error *err) {
  if (g->inner->ops == &rf_memory_ops)
    return RF_OK;
  RF_TRY(try_encoder(g, err));
  return g->in_place ? RF_OK : rf_compressed_try_replace(g->inner, err);
}

/* Prepares the first change: decodes everything and tests that a new file can be made. No read runs in the meantime. */
static rf_status begin_writing(compressed_state *g, rf_error *err) {
  if (g->memory != NULL)
    return RF_OK;
  RF_TRY(prepare_write_back(g, err));
  RF_TRY(rf_inflated_to_memory(g->inflated, &g->memory, err));
  rf_inflated_close(g->inflated);
  g->inflated = NULL;
  return RF_OK;
}

static rf_status compressed_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  compressed_state *g = state;
  RF_TRY(begin_writing(g, err));
  g->dirty = true;
  return rf_memory_ops.write_at(g->memory, offset, buffer, n, err);
}

static rf_status compressed_truncate(void *state, uint64_t size, rf_error *err) {
  compressed_state *g = state;
  RF_TRY(begin_writing(g, err));
  g->dirty = true;
  return rf_memory_ops.truncate(g->memory, size, err);
}

static rf_status write_back(compressed_state *g, rf_error *err) {
  if (!g->dirty || g->inner->ops == &rf_memory_ops) /* bytes in memory end with their handle */
    return RF_OK;
  RF_TRY(rf_compressed_write_back(g->inner, g->format, g->codec, g->level, g->in_place, g->memory, err));
  g->dirty = false;
  return RF_OK;
}

static rf_status compressed_sync(void *state, rf_error *err) {
  compressed_state *g = state;
  return g->at_close ? RF_OK : write_back(g, err);
}

static void compressed_discard(void *state) {
  compressed_state *g = state;
  g->dirty = false;
  rf_store_discard(g->inner);
}

/* ---- opening and closing ---- */

static void free_state(compressed_state *g) {
  if (g->memory != NULL)
    (void)rf_memory_ops.close(g->memory, NULL);
  rf_inflated_close(g->inflated);
  rf_free(g);
}

static rf_status compressed_close(void *state, rf_error *err) {
  compressed_state *g = state;
  rf_status status = write_back(g, err);
  rf_store *inner = g->inner;
  free_state(g);
  if (status != RF_OK) /* an incomplete file must not replace the old one */
    rf_store_discard(inner);
  rf_status closed = rf_store_close(inner, status == RF_OK ? err : NULL);
  return status != RF_OK ? status : closed;
}

static const rf_driver_ops compressed_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = compressed_read_at,
    .peek = compressed_peek,
    .get_size = compressed_get_size,
    .write_at = compressed_write_at,
    .truncate = compressed_truncate,
    .sync = compressed_sync,
    .discard = compressed_discard,
    .close = compressed_close,
};

/* A new file is in memory from the start. Closing writes it even if it is empty. */
static rf_status start_new(compressed_state *g, rf_error *err) {
  RF_TRY(prepare_write_back(g, err));
  RF_TRY(rf_memory_adopt(NULL, 0, 0, &g->memory, err));
  g->dirty = true;
  return RF_OK;
}

static rf_status start_reading(compressed_state *g, const rf_options *options, rf_error *err) {
  RF_TRY(rf_inflated_open(g->inner, g->format, g->codec, options->limits->inflate_bytes, options->threads, &g->stray,
                          &g->inflated, err));
  size_t n;
  const uint8_t *bytes = rf_inflated_packed_start(g->inflated, &n);
  if (g->format->begins(bytes, n))
    return RF_OK;
  rf_status status = rf_fail(err, RF_ERR_CODEC, "not %s data: %s", g->format->name, g->format->magic);
  rf_error_at(err, 0);
  return status;
}

static rf_status start(compressed_state *g, rf_mode mode, const rf_options *options, rf_error *err) {
  g->level = options->gzip_level;
  g->at_close = (options->flags & RF_OPEN_ATOMIC) != 0;
  g->in_place = mode == RF_MODE_CREATE && (options->flags & (RF_OPEN_ATOMIC | RF_OPEN_IN_PLACE)) != 0;
  return mode == RF_MODE_CREATE ? start_new(g, err) : start_reading(g, options, err);
}

rf_status rf_compressed_wrap(const rf_filter *filter, rf_store **store, rf_mode mode, const rf_options *options,
                             rf_error *err) {
  rf_store *inner = *store;
  compressed_state *g = rf_alloc_zero(1, sizeof *g);
  rf_store *outer = rf_alloc_zero(1, sizeof *outer);
  char *name = rf_strdup(inner->name);
  rf_status status = RF_ERR_MEMORY;
  if (g == NULL || outer == NULL || name == NULL) {
    rf_fail(err, status, "cannot allocate memory for opening a compressed file");
  } else {
    g->inner = inner;
    g->format = filter->format;
    g->codec = rf_stream_codec_current(filter->format->number);
    status = start(g, mode, options, err);
  }
  if (status != RF_OK) {
    if (g != NULL)
      free_state(g);
    rf_free(outer);
    rf_free(name);
    return status;
  }
  *outer = (rf_store){.ops = &compressed_ops,
                      .state = g,
                      .flags = (inner->flags & ~(uint32_t)NOT_OF_CONTENT) | RF_DRIVER_VOLATILE,
                      .writable = inner->writable,
                      .sequential = true,
                      .stray = &g->stray,
                      .beneath = inner,
                      .name = name};
  rf_store_describe(outer);
  *store = outer;
  return RF_OK;
}
