/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed content of many kinds, made by zlib, and a store that reads the probe driver's content through an index.
 */
#ifndef RF_TESTS_INDEX_PROBE_H
#define RF_TESTS_INDEX_PROBE_H

#include "gzip_probe.h"

static inline bytes join(bytes a, bytes b) {
  bytes joined = new_bytes(a.n + b.n);
  memcpy(joined.data, a.data, a.n);
  memcpy(joined.data + a.n, b.data, b.n);
  free(a.data);
  free(b.data);
  return joined;
}

static inline bytes copy_of(bytes a) {
  bytes copy = new_bytes(a.n);
  memcpy(copy.data, a.data, a.n);
  return copy;
}

/* One member. `flush` is the distance of full flushes, 0: none. */
static inline bytes member(bytes plain, int level, int strategy, size_t flush) {
  z_stream z = {0};
  deflateInit2(&z, level, Z_DEFLATED, 31, 8, strategy);
  bytes packed = new_bytes(deflateBound(&z, (uLong)plain.n) + 1000 + (flush > 0 ? plain.n / flush * 20 : 0));
  z.next_in = plain.data;
  z.next_out = packed.data;
  z.avail_out = (unsigned)packed.n;
  for (size_t left = plain.n; flush > 0 && left > flush; left -= flush) {
    z.avail_in = (unsigned)flush;
    CHECK(deflate(&z, Z_FULL_FLUSH) == Z_OK);
  }
  z.avail_in = (unsigned)(plain.n - z.total_in);
  CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
  packed.n = z.total_out;
  deflateEnd(&z);
  return packed;
}

/* A BGZF file: members of `size` bytes that say their length, and the empty one that ends it. */
static inline bytes bgzf(bytes plain, size_t size) {
  static const uint8_t head[18] = {0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 'B', 'C', 2, 0};
  bytes all = new_bytes(plain.n + (plain.n / size + 2) * 1000);
  size_t used = 0;
  for (size_t at = 0;; at += size) {
    z_stream z = {0};
    size_t n = at >= plain.n ? 0 : plain.n - at < size ? plain.n - at : size;
    deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    memcpy(all.data + used, head, sizeof head);
    z.next_in = plain.data + (n > 0 ? at : 0);
    z.avail_in = (unsigned)n;
    z.next_out = all.data + used + sizeof head;
    z.avail_out = 66000;
    CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    size_t length = sizeof head + z.total_out + 8;
    CHECK(length <= 65536);
    all.data[used + 16] = (uint8_t)(length - 1);
    all.data[used + 17] = (uint8_t)((length - 1) >> 8);
    uint32_t crc = (uint32_t)crc32(0, plain.data + (n > 0 ? at : 0), (unsigned)n);
    for (int i = 0; i < 4; i++) {
      all.data[used + length - 8 + (size_t)i] = (uint8_t)(crc >> 8 * i);
      all.data[used + length - 4 + (size_t)i] = (uint8_t)(n >> 8 * i);
    }
    used += length;
    deflateEnd(&z);
    if (n == 0)
      break;
  }
  all.n = used;
  return all;
}

static inline rf_store *open_indexed(uint64_t index_bytes, const char *path, uint64_t limit, rf_error *err) {
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  options.flags = RF_OPEN_INDEX;
  options.index_bytes = index_bytes;
  options.index_path = path;
  if (limit != 0)
    ceilings.inflate_bytes = limit;
  rf_store *store = NULL;
  rf_error_clear(err);
  (void)rf_store_open("probe://test/x.fits.gz", RF_MODE_READ, &options, &store, err);
  return store;
}

#endif
