/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/codec.h: Stream codecs: files that are compressed as a whole. Part of <rustfits.h>, which has the rules for
 * every function.
 */
#ifndef RUSTFITS_CODEC_H
#define RUSTFITS_CODEC_H

#include "rustfits/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Stream codecs ============================== */

/* The formats of stream codecs. */
typedef enum rf_stream_format {
  RF_STREAM_GZIP = 1,  /* RFC 1952 */
  RF_STREAM_BZIP2 = 2, /* .bz2 */
  RF_STREAM_XZ = 3,    /* .xz */
  RF_STREAM_ZSTD = 4,  /* RFC 8878 */
  RF_STREAM_LZW = 5    /* .Z, of the Unix program compress */
} rf_stream_format;

/* Inflates and deflates one format, one unit after the other: a member (gzip), a stream (bzip2, xz) or a frame (zstd).
 * `user` may be NULL. If the three functions for deflating are NULL, files of the format can only be read. All other
 * members are MUST. Threads: any, several at once, but one at a time per stream. `err` may be NULL; a function that
 * fails sets it. */
typedef struct rf_stream_codec {
  size_t size;      /* sizeof(rf_stream_codec) of the caller */
  const char *name; /* "zlib", "zlib-ng" */
  void *user;       /* for inflate_open and deflate_open; NULL is allowed */

  /* Opens a decoder for one unit, with its header and trailer. *stream receives its state. A unit that needs more than
   * `memory` bytes to decode is RF_ERR_LIMIT, here or in inflate. */
  rf_status (*inflate_open)(void *user, uint64_t memory, void **stream, rf_error *err);

  /* Consumes up to n_in bytes of `in` and produces up to n_out bytes in `out`; *used and *made receive the numbers.
   * *done becomes 1 behind the trailer, if its checksums and lengths were right. *used and *made are both 0 with *done
   * = 0 if the decoder needs more input. n_in is 0 at the end of the file only: there, a decoder for RF_STREAM_LZW,
   * which has no trailer, sets *done if no code is cut off. RF_ERR_CODEC for a corrupt unit. */
  rf_status (*inflate)(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out, size_t n_out,
                       size_t *made, int *done, rf_error *err);

  /* Frees a decoder. */
  void (*inflate_close)(void *stream);

  /* Opens an encoder for one unit. `level` is 1 (fast) to 9 (small), or 0: the codec chooses a fast one. `content` is
   * the number of bytes that deflate will get, for formats whose header has it. */
  rf_status (*deflate_open)(void *user, int level, uint64_t content, void **stream, rf_error *err);

  /* Takes n_in bytes and calls sink(sink_user, ...) with output that is ready. finish = 1: also with all that remains,
   * and the trailer. A failure of the sink ends the call, which returns it. */
  rf_status (*deflate)(void *stream, const uint8_t *in, size_t n_in, int finish, rf_sink sink, void *sink_user,
                       rf_error *err);

  /* Frees an encoder. */
  void (*deflate_close)(void *stream);
} rf_stream_codec;

/* rf_stream_codec_register() makes `codec` the codec for files of a format that are opened from now on.
 * format  one of rf_stream_format
 * codec   must stay alive for the life of the process; NULL: the built-in codec, if this build has one
 * err     NULL: no details
 * Returns RF_OK; RF_ERR_ARGUMENT (no such format, the size is too small, a MUST member is NULL, or only some of the
 * functions for deflating are). Threads: any. */
RF_API RF_CHECKED rf_status rf_stream_codec_register(rf_stream_format format, const rf_stream_codec *codec,
                                                     rf_error *err);

/* rf_stream_codec_name() gets the name of the codec in use for a format.
 * Returns a text that lives as long as the process; NULL if there is no codec for the format. Threads: any. */
RF_API const char *rf_stream_codec_name(rf_stream_format format);

/* What this build can do with files that are compressed as a whole in one format. Texts live as long as the process. */
typedef struct rf_filter_info {
  size_t size;        /* sizeof(rf_filter_info) of the caller */
  const char *name;   /* "gzip" */
  const char *suffix; /* ".gz"; NULL: only the content tells */
  const char *codec;  /* name of the codec in use; NULL: it has none of its own, or is not in this build */
  int can_read;       /* 1: files can be read */
  int can_write;      /* 1: files can be created and changed */
  const char *hint;   /* what to do where it cannot be read; may be NULL */
} rf_filter_info;

/* rf_filter_get_info() describes a format of files that are compressed as a whole.
 * index  number of the format, from 0 on
 * info   receives the description, as far as info->size says
 * err    NULL: no details
 * Returns RF_OK; RF_ERR_ARGUMENT (`info` is NULL); RF_ERR_RANGE (there are not so many formats). Threads: any. */
RF_API RF_CHECKED rf_status rf_filter_get_info(size_t index, rf_filter_info *info, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
