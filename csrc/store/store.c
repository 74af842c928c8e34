/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/store.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/driver.h"
#include "store/trailer/edit.h"
#include "store/schemes.h"
#include "store/trailer/trailer.h"
#include "store/http/url.h"
#include "store/redact.h"

/* Bytes moved at a time inside a store. */
#define MOVE_PIECE ((size_t)1 << 20)

/* Bytes of fill written at a time. */
#define FILL_PIECE ((size_t)64 << 10)

/* First bytes looked at to tell a codec: at least as long as the longest magic number. */
#define PROBE 8

/* Local files: a batch is half of a usual second-level cache, so that its bytes are converted while they are there. */
#define LOCAL_BATCH_BYTES ((size_t)512 << 10)
#define LOCAL_STAGE_BYTES ((size_t)256 << 10)
#define LOCAL_KEEP_BYTES ((size_t)1 << 20)

/* Remote files: each call costs a round trip, so few calls read much. What is kept unasked takes no longer to transfer
 * than a round trip. */
#define REMOTE_BATCH_BYTES ((size_t)256 << 20)
#define REMOTE_STAGE_BYTES ((size_t)16 << 20)
#define REMOTE_KEEP_BYTES ((size_t)64 << 10)

/* First bytes read and kept instead of a file that is only read: one block of FITS. */
#define HEAD RF_BLOCK_BYTES

void rf_options_init(rf_options *options) {
  if (!options)
    return;
  memset(options, 0, sizeof *options);
  options->size = sizeof *options;
  options->limits.header_bytes = (uint64_t)64 << 20;
  options->limits.inflate_bytes = (uint64_t)64 << 30;
  options->limits.fetch_bytes = (uint64_t)64 << 30;
  options->limits.hdus = 10000000;
  options->limits.tile_bytes = (uint64_t)4 << 30;
  options->limits.redirects = 10;
  options->remote.size = sizeof options->remote;
}

void rf_store_describe(rf_store *store) {
  bool in_memory = (store->flags & RF_DRIVER_MEMORY) != 0;
  bool remote = (store->flags & RF_DRIVER_REMOTE) != 0 && !in_memory;
  store->profile = (rf_store_profile){
      .batch_bytes = remote ? REMOTE_BATCH_BYTES : LOCAL_BATCH_BYTES,
      .stage_bytes = remote ? REMOTE_STAGE_BYTES : LOCAL_STAGE_BYTES,
      .keep_bytes = remote ? REMOTE_KEEP_BYTES : LOCAL_KEEP_BYTES,
      .in_memory = in_memory,
      .prefetch = remote,
      .shared_reads = !remote && store->ops->peek == NULL,
  };
}

/* ---- opening ---- */

/* A callback that fails should say why; this speaks for one that did not. */
static rf_status said(rf_status status, const char *what, rf_error *err) {
  if (status != RF_OK)
    return rf_fail(err, status, "the driver failed to %s and did not say why", what);
  return RF_OK;
}

/* The store over a driver's state; the state is closed when this fails. */
static rf_status store_new(const rf_driver_ops *ops, void *state, uint32_t flags, bool writable, const char *name,
                           rf_store **store, rf_error *err) {
  rf_store *s = rf_alloc_zero(1, sizeof *s);
  char *shown = s ? rf_url_redact(name) : NULL;
  if (!shown) {
    rf_free(s);
    (void)ops->close(state, NULL);
    return rf_fail(err, RF_ERR_MEMORY, "no memory to open a file");
  }
  s->ops = ops;
  s->state = state;
  s->flags = flags;
  s->writable = writable;
  s->name = shown;
  rf_store_describe(s);
  *store = s;
  return RF_OK;
}

/* "file mem memkeep http ..." cut to fit. */
static void list_schemes(char *text, size_t n) {
  const rf_driver *rows[128];
  size_t count = 0, used = 0;
  text[0] = '\0';
  if (rf_driver_list(rows, sizeof rows / sizeof *rows, &count, NULL) != RF_OK)
    return;
  if (count > sizeof rows / sizeof *rows)
    count = sizeof rows / sizeof *rows;
  for (size_t i = 0; i < count; i++) {
    if (!rows[i]->ops)
      continue;
    int made = snprintf(text + used, n - used, "%s%s", used ? ", " : "", rows[i]->scheme);
    if (made < 0 || (size_t)made >= n - used) {
      text[used] = '\0';
      return;
    }
    used += (size_t)made;
  }
}

static rf_status pick_driver(const char *name, const rf_options *options, const rf_driver **driver, rf_error *err) {
  RF_TRY(rf_schemes_check(name, options, err)); /* first: a refusal does not tell which schemes there are */
  size_t n = rf_url_scheme(name);
  const rf_driver *row = n ? rf_driver_find(name, n) : rf_driver_find("file", 4);
  if (!row) {
    char known[256];
    list_schemes(known, sizeof known);
    return rf_fail(err, RF_ERR_NO_DRIVER,
                   "nobody knows the scheme '%.*s://' (known here: %s); if this is the path of a file, put \"./\" "
                   "before it",
                   (int)(n < 40 ? n : 40), name, known);
  }
  if (!row->ops)
    return rf_fail(err, RF_ERR_NOT_BUILT, "%s:// is known, but not in this build%s%s", row->scheme,
                   row->hint ? ": " : "", row->hint ? row->hint : "");
  *driver = row;
  return rf_schemes_check_chain(name, row, options, err);
}

static rf_status codec_is_built(const rf_codec *codec, rf_error *err) {
  if (codec->wrap)
    return RF_OK;
  return rf_fail(err, RF_ERR_NOT_BUILT, "is compressed with %s, which this build cannot read or write%s%s", codec->name,
                 codec->hint ? "; " : "", codec->hint ? codec->hint : "");
}

/* The codec for content that begins with these bytes. Content decides; the name counts only where the content says
 * nothing (so that garbage under ".gz" is a corrupt gzip file), and a plain FITS file under ".gz" is a plain one. */
static rf_status codec_of_content(rf_store *store, const rf_codec *by_name, const rf_codec **codec, rf_error *err) {
  bool keep = !store->writable && !store->profile.in_memory;
  uint8_t probe[PROBE], *head = keep ? rf_alloc(HEAD) : NULL, *first = head ? head : probe;
  size_t got;
  if (keep && !head)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for the first block of a file");
  rf_status status = rf_store_read_at(store, 0, first, keep ? HEAD : sizeof probe, &got, err);
  if (status != RF_OK) {
    rf_free(head);
    return status;
  }
  store->head = head;
  store->head_length = keep ? got : 0;
  *codec = rf_codec_by_magic(first, got);
  if (!*codec && !(got >= 6 && memcmp(first, "SIMPLE", 6) == 0))
    *codec = by_name;
  return RF_OK;
}

static rf_status add_codec(rf_store **store, const rf_codec *by_name, rf_mode mode, const rf_options *options,
                           rf_error *err) {
  const rf_codec *codec = by_name;
  if (mode != RF_MODE_CREATE)
    RF_TRY(codec_of_content(*store, by_name, &codec, err));
  if (!codec)
    return RF_OK;
  RF_TRY(codec_is_built(codec, err));
  return said(codec->wrap(store, mode, options, err), "decode the file", err);
}

/* The driver replaces files as a whole, or leaves them until they are written, or refuses those that are there. */
#define CREATED_WITH_CARE (RF_OPEN_ATOMIC | RF_OPEN_IN_PLACE | RF_OPEN_NEW)

/* A new file that is written back as a whole takes the place of an old one at that moment, not before: until then the
 * old one stays what it was. */
static rf_status open_driver(const rf_driver *driver, const char *name, rf_mode mode, bool written_back,
                             const rf_options *options, void **state, rf_error *err) {
  if (mode == RF_MODE_CREATE && written_back && !(options->flags & CREATED_WITH_CARE)) {
    rf_error local;
    rf_error_clear(&local);
    rf_status status = driver->ops->open(driver, name, RF_MODE_READ_WRITE, options, state, &local);
    if (status != RF_ERR_NO_FILE) {
      if (status != RF_OK && err && err->code == RF_OK)
        *err = local;
      return status;
    }
  }
  return driver->ops->open(driver, name, mode, options, state, err);
}

/* The flags that this driver heeds. What is written back as a whole is durable. */
static rf_status flags_for(const rf_driver *driver, bool written_back, uint32_t flags, uint32_t *out, rf_error *err) {
  if ((flags & RF_OPEN_LOCK) && (driver->flags & RF_DRIVER_REMOTE))
    return rf_fail(err, RF_ERR_UNSUPPORTED, "a file of %s:// cannot be locked", driver->scheme);
  if (!(driver->flags & RF_DRIVER_ATOMIC))
    flags &= ~(uint32_t)(CREATED_WITH_CARE | RF_OPEN_LOCK | RF_OPEN_DURABLE);
  *out = written_back ? flags | RF_OPEN_DURABLE : flags;
  return RF_OK;
}

static rf_status open_row(const char *name, rf_mode mode, const rf_options *given, rf_store **store, rf_error *err) {
  const rf_driver *driver = NULL;
  RF_TRY(pick_driver(name, given, &driver, err));
  if (mode != RF_MODE_READ && !(driver->flags & RF_DRIVER_WRITE))
    return rf_fail(err, RF_ERR_READONLY, "%s:// files can only be read; open with \"r\"", driver->scheme);
  const rf_codec *by_name = driver->flags & RF_DRIVER_CODECS ? rf_codec_by_name(name) : NULL;
  if (by_name && mode == RF_MODE_CREATE)
    RF_TRY(codec_is_built(by_name, err)); /* before the file is cut to nothing */

  rf_options own = *given;
  const rf_options *options = &own;
  bool written_back = by_name != NULL && mode == RF_MODE_CREATE && (given->flags & CREATED_WITH_CARE) != 0;
  RF_TRY(flags_for(driver, written_back, given->flags, &own.flags, err));
  void *state = NULL;
  RF_TRY(said(open_driver(driver, name, mode, by_name != NULL, options, &state, err), "open the file", err));
  rf_store *opened;
  RF_TRY(store_new(driver->ops, state, driver->flags, mode != RF_MODE_READ, name, &opened, err));
  opened->durable = (options->flags & RF_OPEN_DURABLE) != 0;
  /* Before a byte of the file is used: a header can be half the old and half the new one. */
  if ((driver->flags & (RF_DRIVER_REMOTE | RF_DRIVER_VOLATILE)) == 0) {
    rf_status status = rf_trailer_open(opened, mode, options, false, err);
    if (status != RF_OK) {
      (void)rf_store_close(opened, NULL);
      return status;
    }
  }
  const uint8_t *first;
  if ((driver->flags & RF_DRIVER_REMOTE) && rf_store_peek(opened, 0, 1, &first, NULL) == RF_OK) {
    opened->flags |= RF_DRIVER_MEMORY; /* it was downloaded whole */
    rf_store_describe(opened);
  }
  if (driver->flags & RF_DRIVER_CODECS) {
    rf_status status = add_codec(&opened, by_name, mode, options, err);
    if (status != RF_OK) {
      rf_store_discard(opened);
      (void)rf_store_close(opened, NULL);
      return status;
    }
  }
  *store = opened;
  return RF_OK;
}

/* Says which file a failure is about. Messages of base/system/platform.h begin with the path as it was given: one that
 * has a URL in it ("simplecache::https://me:...") may hold a secret, which the rest of the message must not. */
static rf_status locate_opening(const char *name, rf_status status, rf_error *err) {
  char *shown = rf_url_display(name);
  char *plain = rf_strdup(err->message);
  char given[sizeof err->message]; /* as the message has it: what does not fit here cannot be in there either */
  size_t n = rf_text_escape(name, strlen(name), given, sizeof given);
  if (shown != NULL && plain != NULL && strstr(name, "://") != NULL && strstr(plain, given) != NULL) {
    bool first = strncmp(plain, given, n) == 0 && plain[n] == ':' && plain[n + 1] == ' ';
    char *rest = first ? rf_strdup(plain + n + 2) : rf_url_redact(plain);
    snprintf(err->message, sizeof err->message, "%s", rest != NULL ? rest : "");
    rf_free(rest);
  }
  if (shown != NULL)
    (void)rf_error_locate(err, status, shown, -1);
  rf_free(plain);
  rf_free(shown);
  return status;
}

rf_status rf_store_open(const char *name, rf_mode mode, const rf_options *options, rf_store **store, rf_error *err) {
  if (!name || !name[0])
    return rf_fail(err, RF_ERR_ARGUMENT, "the name of a file must not be empty");
  if (mode != RF_MODE_READ && mode != RF_MODE_READ_WRITE && mode != RF_MODE_CREATE)
    return rf_fail(err, RF_ERR_ARGUMENT, "%d is no rf_mode", (int)mode);
  rf_status status = open_row(name, mode, options, store, err);
  return status != RF_OK && err ? locate_opening(name, status, err) : status;
}

rf_status rf_store_open_bytes(const void *bytes, size_t n, const rf_options *options, rf_store **store, rf_error *err) {
  if (!bytes && n > 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "%zu bytes at NULL", n);
  uint8_t *pages = n ? rf_pages_alloc(n) : NULL;
  if (n && !pages)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a copy of %zu bytes", n);
  if (n)
    memcpy(pages, bytes, n);
  void *state;
  rf_status status = rf_memory_adopt(pages, n, n, &state, err);
  if (status != RF_OK) {
    rf_pages_free(pages, n);
    return status;
  }
  rf_store *opened;
  RF_TRY(store_new(&rf_memory_ops, state, RF_DRIVER_WRITE | RF_DRIVER_MEMORY | RF_DRIVER_VOLATILE, true, "<bytes>",
                   &opened, err));
  status = rf_trailer_open(opened, RF_MODE_READ_WRITE, options, true, err); /* of a copy: there is no other process */
  if (status == RF_OK)
    status = add_codec(&opened, NULL, RF_MODE_READ_WRITE, options, err);
  if (status != RF_OK) {
    status = rf_error_locate(err, status, opened->name, -1);
    (void)rf_store_close(opened, NULL);
    return status;
  }
  *store = opened;
  return RF_OK;
}

rf_status rf_store_close(rf_store *store, rf_error *err) {
  if (!store)
    return RF_OK;
  rf_status status = said(store->ops->close(store->state, err), "close the file", err);
  rf_free(store->head);
  rf_free(store->notice);
  rf_free(store->name);
  rf_free(store);
  return status;
}

/* ---- reading ---- */

static bool in_head(const rf_store *store, uint64_t offset, size_t n) {
  return offset < store->head_length && n <= store->head_length - offset;
}

const uint8_t *rf_store_at_hand(rf_store *store, uint64_t offset, size_t n) {
  const uint8_t *bytes;
  if (in_head(store, offset, n))
    return store->head + offset;
  if (store->profile.in_memory && rf_store_peek(store, offset, n, &bytes, NULL) == RF_OK)
    return bytes;
  return NULL;
}

rf_status rf_store_read_at(rf_store *store, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  *got = 0;
  if (n == 0)
    return RF_OK;
  if (in_head(store, offset, n)) {
    memcpy(buffer, store->head + offset, n);
    *got = n;
    return RF_OK;
  }
  RF_TRY(said(store->ops->read_at(store->state, offset, buffer, n, got, err), "read", err));
  if (*got > n)
    return rf_fail(err, RF_ERR_CALLBACK, "the driver says that it read %zu bytes where %zu were asked for", *got, n);
  return RF_OK;
}

static rf_status truncated(uint64_t offset, size_t n, size_t got, rf_error *err) {
  rf_error_at(err, (int64_t)offset);
  return rf_fail(err, RF_ERR_TRUNCATED,
                 "%zu bytes are wanted at offset %llu, but the file ends there after %zu: "
                 "%zu bytes are missing",
                 n, (unsigned long long)offset, got, n - got);
}

rf_status rf_store_read(rf_store *store, uint64_t offset, void *buffer, size_t n, rf_error *err) {
  size_t got;
  RF_TRY(rf_store_read_at(store, offset, buffer, n, &got, err));
  return got == n ? RF_OK : truncated(offset, n, got, err);
}

rf_status rf_store_read_many(rf_store *store, const rf_range *ranges, size_t count, rf_error *err) {
  if (count == 0)
    return RF_OK;
  if (store->ops->read_many)
    return said(store->ops->read_many(store->state, ranges, count, err), "read", err);
  for (size_t i = 0; i < count; i++)
    RF_TRY(rf_store_read(store, ranges[i].offset, ranges[i].dest, ranges[i].length, err));
  return RF_OK;
}

rf_status rf_store_peek(rf_store *store, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  if (!store->ops->peek)
    return RF_ERR_UNSUPPORTED;
  rf_error local;
  rf_error_clear(&local);
  rf_status status = store->ops->peek(store->state, offset, n, bytes, &local);
  if (status == RF_OK || status == RF_ERR_UNSUPPORTED)
    return status;
  if (err && err->code == RF_OK && local.code != RF_OK)
    *err = local;
  return said(status, "read", err);
}

rf_status rf_store_prefetch(rf_store *store, const rf_range *ranges, size_t count, rf_error *err) {
  if (count == 0 || !store->ops->prefetch)
    return RF_OK;
  return said(store->ops->prefetch(store->state, ranges, count, err), "fetch", err);
}

rf_status rf_store_stream(rf_store *store, uint64_t offset, uint64_t length, const rf_stream_sink *sink, bool *streamed,
                          rf_error *err) {
  int done = 0;
  rf_status status = RF_OK;
  if (store->ops->stream)
    status = said(store->ops->stream(store->state, offset, length, sink, &done, err), "stream", err);
  *streamed = done != 0;
  return status;
}

bool rf_store_stats(rf_store *store, rf_remote_stats *stats) {
  if (!store->ops->get_stats)
    return false;
  store->ops->get_stats(store->state, stats);
  return true;
}

rf_status rf_store_size(rf_store *store, uint64_t *size, rf_error *err) {
  return said(store->ops->get_size(store->state, size, err), "tell the size", err);
}

rf_status rf_store_size_past(rf_store *store, uint64_t offset, uint64_t *size, rf_error *err) {
  uint8_t byte;
  size_t got = 0;
  if (store->sequential && offset < UINT64_MAX)
    RF_TRY(rf_store_read_at(store, offset, &byte, 1, &got, err));
  if (got == 0)
    return rf_store_size(store, size, err);
  *size = offset + 1;
  return RF_OK;
}

/* ---- the file of the system ---- */

bool rf_store_opened(const rf_store *store, rf_file_stamp *stamp) {
  return store->ops == &rf_file_ops && rf_local_opened(store->state, stamp);
}

rf_status rf_store_stamp(rf_store *store, rf_file_stamp *stamp, rf_error *err) {
  return rf_local_stamp(store->state, stamp, err);
}

bool rf_store_stamp_behind(rf_store *store, rf_file_stamp *stamp) {
  return store->ops == &rf_file_ops && rf_local_stamp_behind(store->state, stamp);
}

bool rf_store_size_then(const rf_store *store, const rf_file_stamp *stamp, uint64_t *size) {
  return store->ops == &rf_file_ops && rf_local_size_then(store->state, stamp, size);
}

bool rf_store_is_replaced(rf_store *store, const rf_file_stamp *stamp) {
  return rf_local_is_replaced(store->state, stamp);
}

rf_status rf_store_read_again(rf_store *store, uint64_t offset, void *buffer, size_t n, rf_error *err) {
  size_t got = 0;
  RF_TRY(said(store->ops->read_at(store->state, offset, buffer, n, &got, err), "read", err));
  return got == n ? RF_OK : truncated(offset, n, got, err);
}

rf_status rf_store_forget_head(rf_store *store, uint64_t n, bool *same, rf_error *err) {
  uint8_t now[HEAD];
  size_t got = 0;
  *same = true;
  if (store->head_length == 0)
    return RF_OK;
  if (n > store->head_length)
    n = store->head_length;
  if (n > 0)
    RF_TRY(said(store->ops->read_at(store->state, 0, now, (size_t)n, &got, err), "read", err));
  *same = got == n && memcmp(now, store->head, (size_t)n) == 0;
  rf_free(store->head);
  store->head = NULL;
  store->head_length = 0;
  return RF_OK;
}

rf_status rf_store_map_open(rf_store *store, uint64_t offset, size_t n, rf_store_map *map, rf_error *err) {
  rf_file_stamp stamp;
  uint64_t end;
  if (store->ops != &rf_file_ops)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "only plain local files can be viewed; use read()");
  RF_TRY(rf_store_stamp(store, &stamp, err));
  if (!rf_add_u64(offset, n, &end) || end > stamp.size || !rf_to_size(end, &map->length))
    return truncated(offset, n, stamp.size > offset ? (size_t)(stamp.size - offset) : 0, err);
  RF_TRY(rf_local_map(store->state, map->length, &map->base, err));
  map->bytes = map->base + (size_t)offset;
  return RF_OK;
}

void rf_store_map_close(const rf_store_map *map) {
  rf_map_close(map->base, map->length);
}

/* ---- writing ---- */

static rf_status may_write(rf_store *store, rf_error *err) {
  store->touched = true;
  if (!store->writable || !store->ops->write_at || !store->ops->truncate)
    return rf_fail(err, RF_ERR_READONLY, "the file is open for reading only");
  return RF_OK;
}

/* Where one file is written from another, a message must say which of them failed. */
static rf_status located(const rf_store *store, rf_status status, rf_error *err) {
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, store->name, -1);
}

rf_status rf_store_write(rf_store *store, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  uint64_t end;
  RF_TRY(may_write(store, err));
  if (n == 0)
    return RF_OK;
  if (!rf_add_u64(offset, n, &end))
    return rf_fail(err, RF_ERR_LIMIT, "writing %zu bytes at offset %llu: a file cannot be that long", n,
                   (unsigned long long)offset);
  store->lowest_change = offset < store->lowest_change ? offset : store->lowest_change;
  return located(store, said(store->ops->write_at(store->state, offset, buffer, n, err), "write", err), err);
}

rf_status rf_store_truncate(rf_store *store, uint64_t size, rf_error *err) {
  RF_TRY(may_write(store, err));
  store->lowest_change = size < store->lowest_change ? size : store->lowest_change;
  return located(store, said(store->ops->truncate(store->state, size, err), "set the size", err), err);
}

rf_status rf_store_sync(rf_store *store, rf_error *err) {
  if (!store->writable || !store->ops->sync)
    return RF_OK;
  return said(store->ops->sync(store->state, err), "sync", err);
}

rf_status rf_store_reserve(rf_store *store, uint64_t size, rf_error *err) {
  RF_TRY(may_write(store, err));
  if (!store->ops->reserve)
    return RF_OK;
  return located(store, said(store->ops->reserve(store->state, size, err), "reserve space", err), err);
}

void rf_store_discard(rf_store *store) {
  if (store->ops->discard)
    store->ops->discard(store->state);
}

rf_status rf_store_fill(rf_store *store, uint64_t offset, uint64_t n, int byte, rf_error *err) {
  RF_TRY(may_write(store, err));
  if (n == 0)
    return RF_OK;
  if (rf_edit_of(store))
    return rf_edit_fill(rf_edit_of(store), offset, n, byte, err);
  size_t room = n < FILL_PIECE ? (size_t)n : FILL_PIECE;
  uint8_t *buffer = rf_alloc(room);
  if (!buffer)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for %zu bytes of padding", room);
  memset(buffer, byte, room);
  rf_status status = RF_OK;
  for (uint64_t done = 0; done < n && status == RF_OK;) {
    size_t piece = n - done < room ? (size_t)(n - done) : room;
    status = rf_store_write(store, offset + done, buffer, piece, err);
    done += piece;
  }
  rf_free(buffer);
  return status;
}

rf_status rf_store_move(rf_store *store, uint64_t from, uint64_t to, uint64_t n, rf_error *err) {
  uint64_t end;
  RF_TRY(may_write(store, err));
  if (n == 0 || from == to)
    return RF_OK;
  if (!rf_add_u64(from, n, &end) || !rf_add_u64(to, n, &end))
    return rf_fail(err, RF_ERR_LIMIT, "moving %llu bytes to offset %llu: a file cannot be that long",
                   (unsigned long long)n, (unsigned long long)to);
  if (rf_edit_of(store))
    return rf_edit_move(rf_edit_of(store), from, to, n, err);
  size_t room = n < MOVE_PIECE ? (size_t)n : MOVE_PIECE;
  uint8_t *buffer = rf_alloc(room);
  if (!buffer)
    return rf_fail(err, RF_ERR_MEMORY, "no memory to move %llu bytes in the file", (unsigned long long)n);
  rf_status status = RF_OK;
  for (uint64_t done = 0; done < n && status == RF_OK;) {
    size_t piece = n - done < room ? (size_t)(n - done) : room;
    /* Upwards the last piece goes first, so that nothing is overwritten before it was read. */
    uint64_t at = to > from ? n - done - piece : done;
    status = rf_store_read(store, from + at, buffer, piece, err);
    if (status == RF_OK)
      status = rf_store_write(store, to + at, buffer, piece, err);
    done += piece;
  }
  rf_free(buffer);
  return status;
}
