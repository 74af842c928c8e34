/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/filter.h"

#include <string.h>

#include "base/ascii.h"
#include "base/versioned.h"
#include "store/filter/compressed.h"
#include "store/filter/index/store.h"
#include "store/filter/stream_codec.h"
#include "store/filter/zip/directory.h"
#include "store/filter/zip/member.h"
#include "store/http/url.h"

#define MAGIC(...) .magic = (const uint8_t[]){__VA_ARGS__}, .magic_length = sizeof((const uint8_t[]){__VA_ARGS__})

/* The known filters. A row without `wrap` is not in this build. No two magic numbers begin alike. */
static const rf_filter filters[] = {
    {.name = "gzip",
     .suffix = ".gz",
     .format = &rf_gzip_format,
     .wrap = rf_compressed_wrap,
     .wrap_index = rf_index_wrap},
    {.name = "bzip2", .suffix = ".bz2", .format = &rf_bzip2_format, .wrap = rf_compressed_wrap},
    {.name = "compress (LZW)", .suffix = ".Z", .format = &rf_lzw_format, .wrap = rf_compressed_wrap},
    {.name = "xz", .suffix = ".xz", .format = &rf_xz_format, .wrap = rf_compressed_wrap},
    {.name = "zstd",
     .suffix = ".zst",
     .format = &rf_zstd_format,
     .wrap = rf_compressed_wrap,
     .wrap_index = rf_index_wrap},
    {.name = "zip",
     .suffix = ".zip",
     .begins = rf_zip_begins,
     .read_only = true,
     .wrap = rf_zip_wrap,
     .wrap_index = rf_zip_wrap_index},
    {.name = "pack",
     .suffix = NULL, /* its ".z" is too close to ".Z" */
     MAGIC(0x1F, 0x1E),
     .hint = "decompress it first, for example with 'gunzip'"},
};

static bool begins(const rf_filter *filter, const uint8_t *bytes, size_t n) {
  if (filter->format != NULL)
    return filter->format->begins(bytes, n);
  if (filter->begins != NULL)
    return filter->begins(bytes, n);
  return n >= filter->magic_length && memcmp(bytes, filter->magic, filter->magic_length) == 0;
}

rf_status rf_filter_check(const rf_filter *filter, rf_mode mode, bool volatile_bytes, rf_error *err) {
  const rf_format *format = filter->format;
  const rf_stream_codec *codec = format != NULL ? rf_stream_codec_current(format->number) : NULL;
  const char *hint = format != NULL ? format->hint : filter->hint;
  if (filter->wrap == NULL || (format != NULL && codec == NULL))
    return rf_fail(err, RF_ERR_NOT_BUILT, "is compressed with %s, which this build cannot read or write%s%s",
                   filter->name, hint != NULL ? "; " : "", hint != NULL ? hint : "");
  bool reads_only = mode == RF_MODE_READ || (mode == RF_MODE_READ_WRITE && volatile_bytes);
  if (!reads_only && (filter->read_only || (codec != NULL && codec->deflate_open == NULL)))
    return rf_fail(err, RF_ERR_READONLY, "is compressed with %s, which the library can only read; open with \"r\"",
                   filter->name);
  return RF_OK;
}

const rf_filter *rf_filter_of_name(const char *name) {
  const char *path;
  size_t length;
  rf_url_path(name, &path, &length);
  char last = length > 0 ? (char)(path[length - 1] | 0x20) : '\0'; /* in lower case */
  for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
    size_t n = filters[i].suffix ? strlen(filters[i].suffix) : 0;
    if (n > 0 && length > n && (filters[i].suffix[n - 1] | 0x20) == last &&
        rf_is_name(path + length - n, n, filters[i].suffix))
      return &filters[i];
  }
  return NULL;
}

const rf_filter *rf_filter_of_bytes(const uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
    if (begins(&filters[i], bytes, n))
      return &filters[i];
  return NULL;
}

rf_status rf_filter_get_info(size_t index, rf_filter_info *info, rf_error *err) {
  rf_error_clear(err);
  if (info == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected an rf_filter_info, found NULL");
  if (index >= sizeof filters / sizeof *filters)
    return rf_fail(err, RF_ERR_RANGE, "there are %zu formats, and not one of number %zu",
                   sizeof filters / sizeof *filters, index);
  const rf_filter *filter = &filters[index];
  const rf_format *format = filter->format;
  rf_filter_info own = {.size = sizeof own,
                        .name = filter->name,
                        .suffix = filter->suffix,
                        .codec = format != NULL ? rf_stream_codec_name(format->number) : NULL,
                        .can_read = rf_filter_check(filter, RF_MODE_READ, false, NULL) == RF_OK,
                        .can_write = rf_filter_check(filter, RF_MODE_CREATE, false, NULL) == RF_OK,
                        .hint = format != NULL ? format->hint : filter->hint};
  rf_struct_give(info, &own, sizeof own);
  return RF_OK;
}
