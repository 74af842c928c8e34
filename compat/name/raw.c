/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arrays without a header: "file[i512,512]", "file[rb100:2880]". They become an image in memory.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "name/filters.h"

#define MOST_AXES 5
#define PIECE (1 << 20)

typedef struct raw_array {
  int bitpix;  /* of the image */
  size_t size; /* bytes of an element */
  bool swap;   /* the bytes are not in the order of this machine */
  int type;
  int naxis;
  LONGLONG naxes[MOST_AXES];
  LONGLONG count;
  LONGLONG offset;
} raw_array;

static bool is_big_endian(void) {
  const uint16_t one = 1;
  return *(const uint8_t *)&one == 0;
}

/* Reads what stands in the brackets. */
static int parse(const char *p, raw_array *a, int *status) {
  static const struct {
    char letter;
    int bitpix, type;
    size_t size;
  } types[] = {{'b', BYTE_IMG, TBYTE, 1},    {'i', SHORT_IMG, TSHORT, 2}, {'u', USHORT_IMG, TUSHORT, 2},
               {'j', LONG_IMG, TINT, 4},     {'r', FLOAT_IMG, TFLOAT, 4}, {'f', FLOAT_IMG, TFLOAT, 4},
               {'d', DOUBLE_IMG, TDOUBLE, 8}};
  const char *whole = p;
  char *end;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (tolower((unsigned char)*p) == types[i].letter) {
      a->bitpix = types[i].bitpix;
      a->type = types[i].type;
      a->size = types[i].size;
    }
  p++;
  if (tolower((unsigned char)*p) == 'b' || tolower((unsigned char)*p) == 'l') {
    a->swap = (tolower((unsigned char)*p) == 'b') != is_big_endian();
    p++;
  }
  for (a->count = 1; isdigit((unsigned char)*p) && a->naxis < MOST_AXES; p += *p == ',') {
    LONGLONG n = strtoll(p, &end, 10);
    if (n < 1 || n > LONGLONG_MAX / 16 / a->count)
      return cf_fail(status, URL_PARSE_ERROR, "the sizes of the array are not possible: %.40s", whole);
    a->naxes[a->naxis++] = n;
    a->count *= n;
    p = end;
  }
  if (*p == ':') {
    a->offset = strtoll(p + 1, &end, 10);
    p = end;
  }
  if (*p != ']' || a->naxis == 0 || a->offset < 0 || a->offset > LONGLONG_MAX / 2)
    return cf_fail(status, URL_PARSE_ERROR, "an array without a header is file[type axis,axis:offset]: %.40s", whole);
  return *status;
}

static void swap_bytes(unsigned char *bytes, size_t n, size_t size) {
  for (size_t i = 0; i < n; i++)
    for (size_t a = i * size, b = a + size - 1; a < b; a++, b--) {
      unsigned char t = bytes[a];
      bytes[a] = bytes[b];
      bytes[b] = t;
    }
}

static int copy_elements(FILE *in, fitsfile *out, const raw_array *a, const char *name, int *status) {
  unsigned char *piece = malloc(PIECE);
  if (piece == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %d bytes to read an array", PIECE);
  LONGLONG step = (LONGLONG)(PIECE / a->size);
  for (LONGLONG done = 0; done < a->count && *status <= 0; done += step) {
    size_t n = (size_t)(a->count - done < step ? a->count - done : step);
    if (fread(piece, a->size, n, in) != n) {
      cf_fail(status, READ_ERROR, "%.60s has less than %lld elements", name, a->count);
      break;
    }
    if (a->swap)
      swap_bytes(piece, n, a->size);
    ffppr(out, a->type, done + 1, (LONGLONG)n, piece, status);
  }
  free(piece);
  return *status;
}

int cf_open_raw(fitsfile **fptr, const char *name, int *status) {
  raw_array a;
  char file[FLEN_FILENAME];
  memset(&a, 0, sizeof a);
  const char *open = strchr(name, '[');
  if (open == NULL)
    return cf_fail(status, URL_PARSE_ERROR, "an array without a header needs its type and size: %.60s", name);
  if (parse(open + 1, &a, status) > 0)
    return *status;
  cf_copy_n(file, name, (size_t)(open - name), sizeof file);
  FILE *in = fopen(file, "rb");
  if (in == NULL)
    return cf_fail(status, FILE_NOT_OPENED, "cannot open the file %.60s", file);
  /* the size is checked first, so that a wrong one reserves no memory */
  off_t size = fseeko(in, 0, SEEK_END) == 0 ? ftello(in) : 0;
  if (size < 0 || a.offset > size || a.count > (size - a.offset) / (LONGLONG)a.size)
    cf_fail(status, READ_ERROR, "%.60s has %lld bytes, which are too few for the array", file, (LONGLONG)size);
  else if (fseeko(in, a.offset, SEEK_SET) != 0)
    cf_fail(status, SEEK_ERROR, "cannot read %.60s from byte %lld on", file, a.offset);
  if (*status <= 0 && cf_new_file(fptr, "", 0, status) <= 0) {
    ffcrimll(*fptr, a.bitpix, a.naxis, a.naxes, status);
    copy_elements(in, *fptr, &a, file, status);
    ffflus(*fptr, status);
  }
  fclose(in);
  return *status;
}
