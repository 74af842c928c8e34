/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole images into compressed ones, and back.
 */
#include <stdint.h>
#include <string.h>

#include "base/string.h"
#include "convert/convert.h"
#include "file/handle.h"
#include "header/cards.h"
#include "tiled/writing/create.h"
#include "tiled/grid.h"
#include "tiled/tiled.h"
#include "tiled/whole/translate.h"
#include "tiled/writing/write.h"

/* Bytes of pixels that are worked on at a time. */
#define SLAB_BYTES ((LONGLONG)64 << 20)

/* ---- slabs ---- */

/* An image in slabs of whole tiles along its last axes. */
typedef struct slabs {
  int naxis;
  LONGLONG axes[MAX_COMPRESS_DIM];
  LONGLONG step[MAX_COMPRESS_DIM];
  LONGLONG first[MAX_COMPRESS_DIM]; /* 1-based */
  LONGLONG last[MAX_COMPRESS_DIM];
  LONGLONG most; /* pixels of a slab */
  bool begun;
} slabs;

/* Slabs are as long as axis k and all before it, `n` tiles along the next one, and one tile along the others. */
static void slabs_init(slabs *s, int naxis, const LONGLONG *axes, const long *tile, size_t size) {
  LONGLONG pixels = 1;
  memset(s, 0, sizeof *s);
  s->naxis = naxis;
  s->most = 1;
  for (int i = 0; i < naxis; i++) {
    s->axes[i] = axes[i];
    s->step[i] = tile[i] < axes[i] ? tile[i] : axes[i];
    pixels *= s->step[i];
  }
  for (int i = 0; i < naxis; i++) {
    LONGLONG room = SLAB_BYTES / (LONGLONG)size / pixels;
    LONGLONG tiles = (axes[i] - 1) / s->step[i] + 1;
    LONGLONG n = room < 1 ? 1 : room < tiles ? room : tiles;
    pixels *= n;
    s->step[i] *= n;
    if (s->step[i] > axes[i])
      s->step[i] = axes[i];
  }
  for (int i = 0; i < naxis; i++)
    s->most *= s->step[i];
}

static bool slabs_next(slabs *s) {
  int i = 0;
  if (!s->begun) {
    for (int k = 0; k < s->naxis; k++)
      s->first[k] = 1;
    s->begun = true;
  } else {
    for (; i < s->naxis; i++) {
      s->first[i] += s->step[i];
      if (s->first[i] <= s->axes[i])
        break;
      s->first[i] = 1;
    }
    if (i == s->naxis)
      return false;
  }
  for (int k = 0; k < s->naxis; k++) {
    LONGLONG end = s->first[k] + s->step[k] - 1;
    s->last[k] = end < s->axes[k] ? end : s->axes[k];
  }
  return true;
}

/* Null pixels of reals pass as these values. */
static const float float_null = FLOATNULLVALUE;
static const double double_null = DOUBLENULLVALUE;

static const void *null_of(int type) {
  return type == TFLOAT ? (const void *)&float_null : type == TDOUBLE ? (const void *)&double_null : NULL;
}

/* ---- compressing ---- */

static int read_slab(fitsfile *fptr, int type, const slabs *s, void *pixels, int *anynul, int *status) {
  long first[MAX_COMPRESS_DIM], last[MAX_COMPRESS_DIM], step[MAX_COMPRESS_DIM];
  for (int i = 0; i < s->naxis; i++) {
    first[i] = (long)s->first[i];
    last[i] = (long)s->last[i];
    step[i] = 1;
  }
  return ffgsv(fptr, type, first, last, step, (void *)(size_t)null_of(type), pixels, anynul, status);
}

static int copy_pixels(fitsfile *from, fitsfile *to, const cf_tiled_plan *plan, int *status) {
  int type = cf_image_type(plan->zbitpix);
  slabs s;
  slabs_init(&s, plan->naxis, plan->axes, plan->tile, cf_size_of(type));
  void *pixels = malloc((size_t)s.most * cf_size_of(type));
  if (pixels == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for %lld pixels", s.most);
  while (*status <= 0 && slabs_next(&s)) {
    int anynul = 0;
    if (read_slab(from, type, &s, pixels, &anynul, status) <= 0)
      cf_tiled_write_stored(to, type, s.first, s.last, anynul && plan->zbitpix < 0, null_of(type), pixels, status);
  }
  free(pixels);
  return *status;
}

/* Reads pixels as they are stored: turns scaling off, and on again. Not for integers that become reals. */
static int copy_stored(fitsfile *from, fitsfile *to, const cf_tiled_plan *plan, bool lossy, int *status) {
  if (plan->zbitpix < 0 && lossy)
    return copy_pixels(from, to, plan, status);
  if (ffpscl(from, 1.0, 0.0, status) > 0)
    return *status;
  copy_pixels(from, to, plan, status);
  int own = 0;
  ffrdef(from, &own); /* the scaling of the header */
  return *status;
}

static bool is_empty(const FITSfile *file) {
  return file->maxhdu == 0 && file->curhdu == 0 && file->headend <= file->headstart[0];
}

/* Begins the compressed image, with the header of the other one. */
static int begin_compressed(fitsfile *from, fitsfile *to, cf_tiled_plan *plan, bool lossy, int *status) {
  FITSfile *file = to->Fptr;
  char name[FLEN_VALUE];
  int own = 0, type = file->request_compress_type;
  if (is_empty(file)) {
    file->request_compress_type = 0;
    ffcrim(to, SHORT_IMG, 0, NULL, status);
    file->request_compress_type = type;
  }
  if (cf_tiled_begin(to, plan, false, false, status) > 0)
    return *status;
  if (ffgky(from, TSTRING, "EXTNAME", name, NULL, &own) > 0)
    ffpky(to, TSTRING, "EXTNAME", (void *)(size_t) "COMPRESSED_IMAGE", NULL, status);
  if (cf_header_to_compressed(from, to, lossy ? plan->zbitpix : 0, status) > 0)
    return *status;
  cf_tiled_put_quantizing(to, plan, true, status);
  return ffrdef(to, status);
}

/* Gets the image that is to be compressed, as the requests of `to` want it. */
static int make_plan(fitsfile *from, fitsfile *to, cf_tiled_plan *plan, bool *lossy, int *status) {
  FITSfile *file = to->Fptr;
  int bitpix = 0, naxis = 0, type = file->request_compress_type;
  LONGLONG axes[MAX_COMPRESS_DIM] = {0};
  if (ffgiprll(from, MAX_COMPRESS_DIM, &bitpix, &naxis, axes, status) > 0)
    return *status;
  *lossy = bitpix > 0 && file->request_lossy_int_compress != 0;
  if (bitpix == LONGLONG_IMG && !*lossy)
    return cf_fail(status, MEMORY_ALLOCATION, "images of 64-bit integers are not compressed");
  if (type == 0)
    file->request_compress_type = RICE_1;
  cf_tiled_plan_init(plan, file, *lossy ? FLOAT_IMG : bitpix, naxis, axes, status);
  file->request_compress_type = type;
  return *status;
}

/* Requests hold for one image. */
static void forget_requests(FITSfile *file) {
  file->request_compress_type = 0;
  memset(file->request_tilesize, 0, sizeof file->request_tilesize);
  file->request_quantize_level = 0;
  file->request_quantize_method = 0;
  file->request_dither_seed = 0;
  file->request_lossy_int_compress = 0;
  file->request_huge_hdu = 0;
  file->request_hcomp_scale = 0;
}

static int compress_plain(fitsfile *from, fitsfile *to, int *status) {
  cf_tiled_plan plan;
  bool lossy = false;
  if (fits_set_compression_pref(from, to, status) <= 0 && make_plan(from, to, &plan, &lossy, status) <= 0 &&
      begin_compressed(from, to, &plan, lossy, status) <= 0)
    copy_stored(from, to, &plan, lossy, status);
  if (*status <= 0)
    ffmkyj(to, "PCOUNT", to->Fptr->heapsize, "&", status);
  forget_requests(to->Fptr);
  return *status;
}

int fits_img_compress(fitsfile *infptr, fitsfile *outfptr, int *status) {
  fitsfile *plain = NULL;
  int own = 0;
  if (!cf_use_data(infptr, status) || !cf_use_write(outfptr, status))
    return cf_refused(status);
  if (infptr->Fptr == outfptr->Fptr)
    return cf_fail(status, SAME_FILE, "expected two files");
  if (!fits_is_compressed_image(infptr, status)) {
    if (infptr->Fptr->hdutype != IMAGE_HDU)
      return cf_fail(status, NOT_IMAGE, "the HDU to compress is no image");
    return compress_plain(infptr, outfptr, status);
  }
  /* compressed otherwise: by way of a plain image */
  if (ffinit(&plain, "mem://tiles", status) > 0)
    return *status;
  if (fits_img_decompress(infptr, plain, status) <= 0)
    compress_plain(plain, outfptr, status);
  ffclos(plain, &own);
  return *status;
}

int fits_comp_img(fitsfile *infptr, fitsfile *outfptr, int compress_type, long *tilesize, int parm1, int parm2,
                  int *status) {
  (void)parm1, (void)parm2;
  if (fits_set_compression_type(outfptr, compress_type, status) > 0)
    return *status;
  if (tilesize != NULL)
    fits_set_tile_dim(outfptr, MAX_COMPRESS_DIM, tilesize, status);
  return fits_img_compress(infptr, outfptr, status);
}

/* ---- decompressing ---- */

static int check_compressed(fitsfile *infptr, fitsfile *outfptr, int *status) {
  if (!cf_use_data(infptr, status) || !cf_use_write(outfptr, status))
    return *status;
  if (!fits_is_compressed_image(infptr, status))
    return cf_fail(status, DATA_DECOMPRESSION_ERR, "the HDU is no compressed image");
  return infptr->Fptr == outfptr->Fptr ? cf_fail(status, SAME_FILE, "expected two files") : *status;
}

/* Reads pixels as they are stored, whatever BZERO and BSCALE say. */
static int read_stored(fitsfile *fptr, int type, const slabs *s, void *pixels, int *anynul, int *status) {
  FITSfile *file = fptr->Fptr;
  double scale = file->cn_bscale, zero = file->cn_bzero;
  bool raw = file->zbitpix < 0 && file->cn_zscale == 0; /* infinities and the bits of NaN stay */
  const void *null = raw ? NULL : null_of(type);
  file->cn_bscale = 1.0;
  file->cn_bzero = 0.0;
  cf_tiled_forget(file); /* tiles in the cache know their scale */
  cf_tiled_read(fptr, type, s->first, s->last, NULL, null != NULL, null, pixels, NULL, anynul, status);
  cf_tiled_forget(file);
  if (*status == NUM_OVERFLOW)
    *status = 0; /* lossy compression went beyond the range */
  file->cn_bscale = scale;
  file->cn_bzero = zero;
  return *status;
}

static int write_plain(fitsfile *fptr, int type, const slabs *s, int anynul, void *pixels, int *status) {
  const void *null = null_of(type);
  LONGLONG at = 0, n = 1;
  for (int i = s->naxis - 1; i >= 0; i--)
    at = at * s->axes[i] + s->first[i] - 1;
  for (int i = 0; i < s->naxis; i++)
    n *= s->last[i] - s->first[i] + 1;
  bool together = true; /* the slab is one run of pixels */
  for (int i = 0, full = 1; i < s->naxis; i++) {
    bool whole = s->last[i] - s->first[i] + 1 == s->axes[i], one = s->last[i] == s->first[i];
    together = together && (full || one);
    full = full && whole;
  }
  if (together && anynul && null != NULL)
    return ffppn(fptr, type, at + 1, n, pixels, (void *)(size_t)null, status);
  if (together)
    return ffppr(fptr, type, at + 1, n, pixels, status);
  LONGLONG row = s->last[0] - s->first[0] + 1, stride, rows = n / row;
  unsigned char *from = pixels;
  for (LONGLONG r = 0; r < rows && *status <= 0; r++) {
    LONGLONG rest = r;
    at = s->first[0] - 1;
    stride = s->axes[0];
    for (int i = 1; i < s->naxis; i++) {
      LONGLONG count = s->last[i] - s->first[i] + 1;
      at += (s->first[i] - 1 + rest % count) * stride;
      rest /= count;
      stride *= s->axes[i];
    }
    if (null != NULL)
      ffppn(fptr, type, at + 1, row, from, (void *)(size_t)null, status);
    else
      ffppr(fptr, type, at + 1, row, from, status);
    from += (size_t)row * cf_size_of(type);
  }
  return *status;
}

static int expand_pixels(fitsfile *from, fitsfile *to, int *status) {
  const FITSfile *file = from->Fptr;
  LONGLONG axes[MAX_COMPRESS_DIM];
  int type = cf_image_type(file->zbitpix);
  cf_grid grid;
  slabs s;
  if (cf_grid_init(&grid, file, status) > 0 || grid.count == 0)
    return *status;
  for (int i = 0; i < file->zndim; i++)
    axes[i] = file->znaxis[i];
  slabs_init(&s, file->zndim, axes, file->tilesize, cf_size_of(type));
  void *pixels = malloc((size_t)s.most * cf_size_of(type));
  if (pixels == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for %lld pixels", s.most);
  ffpscl(to, 1.0, 0.0, status);
  while (*status <= 0 && slabs_next(&s)) {
    int anynul = 0;
    if (read_stored(from, type, &s, pixels, &anynul, status) <= 0)
      write_plain(to, type, &s, anynul, pixels, status);
  }
  free(pixels);
  return *status;
}

/* A status of -1 is how funpack says that one image makes a whole file. */
int fits_img_decompress_header(fitsfile *infptr, fitsfile *outfptr, int *status) {
  bool alone = status != NULL && *status == -1;
  if (alone)
    *status = 0;
  if (check_compressed(infptr, outfptr, status) > 0)
    return cf_refused(status);
  return cf_header_to_plain(infptr, outfptr, alone, status);
}

static int expand(fitsfile *infptr, fitsfile *outfptr, int *status) {
  int own = 0;
  if (ffrdef(outfptr, status) > 0 || expand_pixels(infptr, outfptr, status) > 0)
    return *status;
  ffrdef(outfptr, &own); /* the scaling of the header */
  return *status;
}

int fits_img_decompress(fitsfile *infptr, fitsfile *outfptr, int *status) {
  if (fits_img_decompress_header(infptr, outfptr, status) > 0)
    return *status;
  return expand(infptr, outfptr, status);
}

int fits_decomp_img(fitsfile *infptr, fitsfile *outfptr, int *status) {
  LONGLONG axes[MAX_COMPRESS_DIM], count;
  char card[FLEN_CARD];
  if (check_compressed(infptr, outfptr, status) > 0)
    return cf_refused(status);
  const FITSfile *file = infptr->Fptr;
  for (int i = 0; i < file->zndim; i++)
    axes[i] = file->znaxis[i];
  int type = outfptr->Fptr->request_compress_type;
  outfptr->Fptr->request_compress_type = 0;
  ffcrimll(outfptr, file->zbitpix, file->zndim, axes, status);
  outfptr->Fptr->request_compress_type = type;
  const char *cards = cf_cards(infptr, &count, status);
  for (LONGLONG i = 0; cards != NULL && i < count && *status <= 0; i++) {
    cards = cf_cards(infptr, &count, status);
    cf_copy_n(card, cards + 80 * i, 80, sizeof card);
    if (ffgkcl(card) > TYP_CMPRS_KEY)
      ffprec(outfptr, card, status);
  }
  return *status > 0 ? *status : expand(infptr, outfptr, status);
}
