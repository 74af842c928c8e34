/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/stream_codec.h"

#include <stdatomic.h>

#include "store/filter/format.h"

/* By format. NULL: the built-in codec. */
static _Atomic(const rf_stream_codec *) registered[RF_STREAM_LZW + 1];

const rf_stream_codec *rf_stream_codec_current(rf_stream_format format) {
  const rf_format *row = rf_format_find(format);
  if (row == NULL)
    return NULL;
  const rf_stream_codec *codec = atomic_load(&registered[format]);
  return codec != NULL ? codec : row->builtin;
}

static rf_status check(const rf_stream_codec *codec, rf_error *err) {
  if (codec->size < sizeof *codec)
    return rf_fail(err, RF_ERR_ARGUMENT, "stream codec: size = %zu, expected %zu", codec->size, sizeof *codec);
  const char *name = codec->name != NULL ? codec->name : "";
  if (codec->name == NULL || codec->inflate_open == NULL || codec->inflate == NULL || codec->inflate_close == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "stream codec \"%s\": a MUST member is NULL", name);
  int missing = (codec->deflate_open == NULL) + (codec->deflate == NULL) + (codec->deflate_close == NULL);
  if (missing != 0 && missing != 3)
    return rf_fail(err, RF_ERR_ARGUMENT, "stream codec \"%s\": %d of the 3 functions for deflating are NULL", name,
                   missing);
  return RF_OK;
}

rf_status rf_stream_codec_register(rf_stream_format format, const rf_stream_codec *codec, rf_error *err) {
  rf_error_clear(err);
  if (rf_format_find(format) == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "invalid rf_stream_format %d", (int)format);
  if (codec != NULL)
    RF_TRY(check(codec, err));
  atomic_store(&registered[format], codec);
  return RF_OK;
}

const char *rf_stream_codec_name(rf_stream_format format) {
  const rf_stream_codec *codec = rf_stream_codec_current(format);
  return codec != NULL ? codec->name : NULL;
}
