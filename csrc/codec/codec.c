/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table of tile codecs.
 */
#include "codec/codec.h"

#include <string.h>

#include "base/ascii.h"

/* By rf_zcmptype. */
static const rf_tile_codec *const codecs[] = {
    [RF_Z_RICE_1] = &rf_tile_rice_1, [RF_Z_GZIP_1] = &rf_tile_gzip_1,           [RF_Z_GZIP_2] = &rf_tile_gzip_2,
    [RF_Z_PLIO_1] = &rf_tile_plio_1, [RF_Z_HCOMPRESS_1] = &rf_tile_hcompress_1, [RF_Z_NOCOMPRESS] = &rf_tile_nocompress,
};

#define CODECS (sizeof codecs / sizeof codecs[0])

const rf_tile_codec *rf_tile_codec_of(rf_zcmptype type) {
  return (size_t)type < CODECS ? codecs[type] : NULL;
}

const rf_tile_codec *rf_tile_codec_named(const char *name) {
  for (size_t i = 0; i < CODECS; i++) {
    const rf_tile_codec *codec = codecs[i];
    if (codec != NULL &&
        (rf_same_name(name, codec->name) || (codec->alias != NULL && rf_same_name(name, codec->alias))))
      return codec;
  }
  return NULL;
}

const char *rf_zcmptype_get_name(rf_zcmptype type) {
  const rf_tile_codec *codec = rf_tile_codec_of(type);
  return codec != NULL ? codec->name : NULL;
}

void rf_compression_init(rf_compression *compression) {
  memset(compression, 0, sizeof *compression);
  compression->size = sizeof *compression;
  compression->type = RF_Z_AUTO;
}

void rf_table_compression_init(rf_table_compression *compression) {
  memset(compression, 0, sizeof *compression);
  compression->size = sizeof *compression;
}
