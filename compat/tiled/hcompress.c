/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HCOMPRESS_1 for arrays in memory.
 */
#include <stdint.h>
#include <string.h>

#include "base/status.h"

/* Bytes before the coded planes, with magic, rows, columns and scale. */
#define HEADER 25
#define MAGIC_0 0xDD
#define MAGIC_1 0x99

static int compress(const int *values, int nx, int ny, int scale, char *output, long *nbytes, int *status) {
  rf_codec_tile tile;
  rf_error err;
  size_t bound;
  if (values == NULL || output == NULL || nbytes == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected an array and room for its stream, found NULL");
  if (nx < 1 || ny < 1 || *nbytes < 0)
    return cf_fail(status, DATA_COMPRESSION_ERR, "%d x %d values are no image", nx, ny);
  rf_codec_tile_init(&tile);
  tile.type = RF_Z_HCOMPRESS_1;
  tile.rows = (size_t)ny;
  tile.columns = (size_t)nx;
  tile.width = 4;
  tile.hcomp_scale = scale;
  tile.in = values;
  if (rf_codec_get_bound(&tile, &bound, &err) != RF_OK)
    return cf_fail_core(status, DATA_COMPRESSION_ERR, &err);
  tile.out = malloc(bound);
  tile.out_bytes = bound;
  if (tile.out == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for %zu bytes", bound);
  if (rf_codec_encode(&tile, &err) != RF_OK)
    cf_fail_core(status, DATA_COMPRESSION_ERR, &err);
  else if (tile.used > (size_t)*nbytes)
    cf_fail(status, DATA_COMPRESSION_ERR, "the stream of %zu bytes does not fit into %ld", tile.used, *nbytes);
  else
    memcpy(output, tile.out, tile.used);
  if (*status <= 0)
    *nbytes = (long)tile.used;
  free(tile.out);
  return *status;
}

int fits_hcompress(int *a, int nx, int ny, int scale, char *output, long *nbytes, int *status) {
  CF_GO(status);
  return compress(a, nx, ny, scale, output, nbytes, status);
}

int fits_hcompress64(LONGLONG *a, int nx, int ny, int scale, char *output, long *nbytes, int *status) {
  CF_GO(status);
  if (a == NULL || nx < 1 || ny < 1)
    return cf_fail(status, a == NULL ? NULL_INPUT_PTR : DATA_COMPRESSION_ERR, "expected an image of 64-bit integers");
  size_t n = (size_t)nx * (size_t)ny;
  int *values = n <= SIZE_MAX / sizeof *values ? malloc(n * sizeof *values) : NULL;
  if (values == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for %zu values", n);
  for (size_t i = 0; i < n && *status <= 0; i++) {
    values[i] = (int)a[i];
    if (a[i] < INT32_MIN || a[i] > INT32_MAX)
      cf_fail(status, DATA_COMPRESSION_ERR, "%lld is no integer of 32 bits", a[i]);
  }
  if (*status <= 0)
    compress(values, nx, ny, scale, output, nbytes, status);
  free(values);
  return *status;
}

static uint32_t get32(const unsigned char *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The interface does not tell the length of the stream: it is as long as its content says, and at most as long as one
 * of so many values can be. */
int fits_hdecompress(unsigned char *input, int smooth, int *a, int *nx, int *ny, int *scale, int *status) {
  rf_codec_tile tile;
  rf_error err;
  size_t bound;
  CF_GO(status);
  if (input == NULL || a == NULL || nx == NULL || ny == NULL || scale == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected a stream and room for its values, found NULL");
  uint32_t rows = get32(input + 2), columns = get32(input + 6);
  if (input[0] != MAGIC_0 || input[1] != MAGIC_1 || rows == 0 || columns == 0 || rows > INT32_MAX ||
      columns > INT32_MAX / rows)
    return cf_fail(status, DATA_DECOMPRESSION_ERR, "no stream of HCOMPRESS_1");
  *ny = (int)rows;
  *nx = (int)columns;
  *scale = (int)get32(input + 10);
  rf_codec_tile_init(&tile);
  tile.type = RF_Z_HCOMPRESS_1;
  tile.rows = rows;
  tile.columns = columns;
  tile.width = 4;
  tile.hcomp_smooth = smooth;
  if (rf_codec_get_bound(&tile, &bound, &err) != RF_OK)
    return cf_fail_core(status, DATA_DECOMPRESSION_ERR, &err);
  size_t n = (size_t)rows * columns;
  tile.in = input;
  tile.out = malloc(n * 8);
  if (tile.out == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for %zu values", n);
  /* Little by little: as few bytes behind its end as possible are read. */
  rf_status decoded = RF_ERR_CODEC;
  for (size_t have = HEADER; decoded == RF_ERR_CODEC && tile.in_bytes < bound; have += have / 4) {
    tile.in_bytes = have < bound ? have : bound;
    decoded = rf_codec_decode(&tile, &err);
  }
  if (decoded != RF_OK)
    cf_fail_core(status, DATA_DECOMPRESSION_ERR, &err);
  else
    memcpy(a, tile.out, n * sizeof *a);
  free(tile.out);
  return *status;
}

/* The values are integers of 32 bits here, too: programs expect them so. */
int fits_hdecompress64(unsigned char *input, int smooth, LONGLONG *a, int *nx, int *ny, int *scale, int *status) {
  return fits_hdecompress(input, smooth, (int *)(void *)a, nx, ny, scale, status);
}
