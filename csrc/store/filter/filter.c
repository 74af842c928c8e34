/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/filter.h"

#include <string.h>

#include "base/ascii.h"
#include "store/http/url.h"
#include "store/filter/gzip.h"

#define MAGIC(...) .magic = (const uint8_t[]){__VA_ARGS__}, .magic_length = sizeof((const uint8_t[]){__VA_ARGS__})

/* The known filters. A row without `wrap` is not in this build. No two magic numbers begin alike. */
static const rf_filter filters[] = {
    {.name = "gzip", .suffix = ".gz", MAGIC(0x1F, 0x8B), .wrap = rf_gzip_wrap},
    {.name = "bzip2",
     .suffix = ".bz2",
     MAGIC('B', 'Z', 'h'),
     .hint = "decompress it first, for example with 'bunzip2'"},
    {.name = "compress (LZW)",
     .suffix = ".Z",
     MAGIC(0x1F, 0x9D),
     .hint = "decompress it first, for example with 'uncompress' or 'gunzip'"},
    {.name = "xz",
     .suffix = ".xz",
     MAGIC(0xFD, '7', 'z', 'X', 'Z', 0x00),
     .hint = "decompress it first, for example with 'unxz'"},
    {.name = "zstd",
     .suffix = ".zst",
     MAGIC(0x28, 0xB5, 0x2F, 0xFD),
     .hint = "decompress it first, for example with 'unzstd'"},
    {.name = "zip", .suffix = ".zip", MAGIC('P', 'K', 0x03, 0x04), .hint = "unpack it first, for example with 'unzip'"},
    {.name = "pack",
     .suffix = NULL, /* its ".z" is too close to ".Z" */
     MAGIC(0x1F, 0x1E),
     .hint = "decompress it first, for example with 'gunzip'"},
};

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
    if (n >= filters[i].magic_length && memcmp(bytes, filters[i].magic, filters[i].magic_length) == 0)
      return &filters[i];
  return NULL;
}
