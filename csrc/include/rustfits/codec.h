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

/* Inflates and deflates gzip members (RFC 1952). The built-in row is zlib. */
typedef struct rf_stream_codec {
  size_t size;      /* sizeof(rf_stream_codec) */
  const char *name; /* "zlib", "zlib-ng" */
  void *user;

  /* MUST. A decoder for one member, header and trailer included. */
  rf_status (*inflate_open)(void *user, void **stream, rf_error *err);

  /* MUST. Consumes up to n_in bytes and produces up to n_out; *done = 1 behind the trailer, whose CRC
   * and length were right. No progress with *done = 0 means that it needs more input. RF_ERR_CODEC
   * for a corrupt stream. */
  rf_status (*inflate)(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out, size_t n_out,
                       size_t *made, int *done, rf_error *err);

  /* MUST. */
  void (*inflate_close)(void *stream);

  /* MUST. An encoder for one member; level 1..9, 0: the codec's fast choice. */
  rf_status (*deflate_open)(void *user, int level, void **stream, rf_error *err);

  /* MUST. Takes n_in bytes and passes on what is ready; with finish = 1 also the rest and the trailer. */
  rf_status (*deflate)(void *stream, const uint8_t *in, size_t n_in, int finish, rf_sink sink, void *context,
                       rf_error *err);

  /* MUST. */
  void (*deflate_close)(void *stream);
} rf_stream_codec;

/* Makes `codec` the one that .gz files are read and written with from now on; NULL: back to the
 * built-in one. Must stay alive for the life of the process. Thread-safe. */
RF_API RF_CHECKED rf_status rf_stream_codec_register(const rf_stream_codec *codec, rf_error *err);

/* The name of the codec in use. */
RF_API const char *rf_stream_codec_name(void);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
