/* SPDX-License-Identifier: BSD-3-Clause
 *
 * FITS files put together card by card in memory, right or wrong, and a driver that serves them, counts what is read
 * and fails on demand.
 */
#ifndef RF_TESTS_FITS_BYTES_H
#define RF_TESTS_FITS_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rustfits.h"

typedef struct fits_bytes {
  uint8_t *bytes;
  size_t size;
  size_t header; /* where the header that is being written begins */
} fits_bytes;

static inline uint8_t *fits_grow(fits_bytes *fits, size_t n, int byte) {
  fits->bytes = realloc(fits->bytes, fits->size + n + 1);
  if (fits->bytes == NULL)
    exit(2);
  uint8_t *place = fits->bytes + fits->size;
  memset(place, byte, n);
  fits->size += n;
  return place;
}

static inline void fits_free(fits_bytes *fits) {
  free(fits->bytes);
  memset(fits, 0, sizeof *fits);
}

/* One card, padded with blanks. */
static inline void fits_card(fits_bytes *fits, const char *text) {
  memcpy(fits_grow(fits, 80, ' '), text, strlen(text) < 80 ? strlen(text) : 80);
}

static inline void fits_integer(fits_bytes *fits, const char *keyword, long long value) {
  char text[81];
  snprintf(text, sizeof text, "%-8.8s= %20lld", keyword, value);
  fits_card(fits, text);
}

static inline void fits_pad(fits_bytes *fits, int byte) {
  fits_grow(fits, (2880 - fits->size % 2880) % 2880, byte);
}

static inline void fits_end(fits_bytes *fits) {
  fits_card(fits, "END");
  fits_pad(fits, ' ');
}

/* Data unit of n bytes with a pattern that depends on `seed`. */
static inline void fits_data(fits_bytes *fits, size_t n, unsigned seed) {
  uint8_t *data = fits_grow(fits, n, 0);
  for (size_t i = 0; i < n; i++)
    data[i] = (uint8_t)(i * 31 + seed * 101 + (i >> 8) + 1);
  fits_pad(fits, 0);
}

/* The cards up to NAXISn; axes are NAXIS1 first, ended by -1. xtension NULL: a primary header. */
static inline void fits_begin(fits_bytes *fits, const char *xtension, int bitpix, int naxis, const long long *axes) {
  char text[81];
  if (xtension == NULL) {
    fits_card(fits, "SIMPLE  =                    T");
  } else {
    snprintf(text, sizeof text, "XTENSION= '%-8s'", xtension);
    fits_card(fits, text);
  }
  fits_integer(fits, "BITPIX", bitpix);
  fits_integer(fits, "NAXIS", naxis);
  for (int i = 0; i < naxis; i++) {
    snprintf(text, sizeof text, "NAXIS%d", i + 1);
    fits_integer(fits, text, axes[i]);
  }
  if (xtension != NULL) {
    fits_integer(fits, "PCOUNT", 0);
    fits_integer(fits, "GCOUNT", 1);
  }
}

/* An image of bytes, n of them. */
static inline void fits_image(fits_bytes *fits, bool primary, long long n, const char *extname) {
  char text[81];
  fits_begin(fits, primary ? NULL : "IMAGE", 8, 1, (long long[]){n});
  if (extname != NULL) {
    snprintf(text, sizeof text, "EXTNAME = '%s'", extname);
    fits_card(fits, text);
  }
  fits_end(fits);
  fits_data(fits, (size_t)n, (unsigned)n);
}

static inline rf_status fits_open(const fits_bytes *fits, rf_file **file, rf_error *err) {
  *file = NULL;
  return rf_file_open_bytes(fits->bytes, fits->size, RF_MODE_READ_WRITE, NULL, file, err);
}

/* --- a driver to watch and to break --- */

/* What "watched://" serves. Writes and truncations fail with RF_ERR_NO_SPACE when `countdown` reaches 0 (negative:
 * never), once or, with `broken`, from then on. */
static struct watched {
  uint8_t *bytes;
  size_t size;
  uint64_t read_to; /* highest offset that was read up to */
  unsigned reads;
  int countdown;
  bool broken;
} watched;

static inline rf_status watched_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                                     void **state, rf_error *err) {
  (void)driver, (void)name, (void)mode, (void)options, (void)err;
  *state = &watched;
  return RF_OK;
}

static inline rf_status watched_read(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  (void)state, (void)err;
  *got = offset >= watched.size ? 0 : watched.size - offset < n ? (size_t)(watched.size - offset) : n;
  if (*got > 0)
    memcpy(buffer, watched.bytes + offset, *got);
  if (*got > 0 && offset + *got > watched.read_to)
    watched.read_to = offset + *got;
  watched.reads++;
  return RF_OK;
}

static inline rf_status watched_size(void *state, uint64_t *size, rf_error *err) {
  (void)state, (void)err;
  *size = watched.size;
  return RF_OK;
}

static inline rf_status watched_fails(rf_error *err) {
  if (watched.countdown < 0 || watched.countdown-- > 0)
    return RF_OK;
  watched.countdown = watched.broken ? 0 : -1;
  if (err != NULL && err->code == RF_OK) {
    err->code = RF_ERR_NO_SPACE;
    snprintf(err->message, sizeof err->message, "the disk of the test is full");
  }
  return RF_ERR_NO_SPACE;
}

static inline rf_status watched_truncate(void *state, uint64_t size, rf_error *err) {
  (void)state;
  rf_status status = watched_fails(err);
  if (status != RF_OK)
    return status;
  watched.bytes = realloc(watched.bytes, (size_t)size + 1);
  if (size > watched.size)
    memset(watched.bytes + watched.size, 0, (size_t)size - watched.size);
  watched.size = (size_t)size;
  return RF_OK;
}

static inline rf_status watched_write(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  rf_status status = watched_fails(err);
  if (status != RF_OK)
    return status;
  if (offset + n > watched.size) {
    int countdown = watched.countdown;
    watched.countdown = -1;
    (void)watched_truncate(state, offset + n, NULL);
    watched.countdown = countdown;
  }
  memcpy(watched.bytes + offset, buffer, n);
  return RF_OK;
}

static inline rf_status watched_close(void *state, rf_error *err) {
  (void)state, (void)err;
  return RF_OK;
}

/* Makes "watched://" serve a copy of these bytes. */
static inline void watched_load(const fits_bytes *fits) {
  static const rf_driver_ops ops = {
      .size = sizeof(rf_driver_ops),
      .open = watched_open,
      .read_at = watched_read,
      .get_size = watched_size,
      .write_at = watched_write,
      .truncate = watched_truncate,
      .close = watched_close,
  };
  static const rf_driver row = {.size = sizeof(rf_driver), .scheme = "watched", .flags = RF_DRIVER_WRITE, .ops = &ops};
  free(watched.bytes);
  watched = (struct watched){.bytes = malloc(fits->size + 1), .size = fits->size, .countdown = -1};
  if (fits->size > 0)
    memcpy(watched.bytes, fits->bytes, fits->size);
  if (rf_driver_register(&row, NULL) != RF_OK)
    exit(2);
}

static inline void watched_free(void) {
  free(watched.bytes);
  watched.bytes = NULL;
}

#endif
