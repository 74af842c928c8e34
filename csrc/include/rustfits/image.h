/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/image.h: Images (FITS 4.4.2.5, 5, 7.1). Part of <rustfits.h>, which has the rules for every function.
 */
#ifndef RUSTFITS_IMAGE_H
#define RUSTFITS_IMAGE_H

#include "rustfits/compression.h"
#include "rustfits/dtype.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Images (FITS 4.4.2.5, 5, 7.1) ============================== */

typedef struct rf_image_info {
  size_t size;     /* sizeof(rf_image_info) of the caller */
  rf_dtype stored; /* by BITPIX: RF_U8, RF_I16, RF_I32, RF_I64, RF_F32 or RF_F64 */
  rf_dtype dtype;  /* of the values: the unsigned or offset type where BZERO says so (FITS 5.2.5), RF_F64 where BSCALE
                      and BZERO say anything else, `stored` otherwise */
  double bscale;   /* BSCALE and BZERO; 1 and 0 where they are absent */
  double bzero;
  int has_blank;    /* 1: an integer image with BLANK */
  int64_t blank;    /* BLANK, as stored; 0 without */
  uint64_t count;   /* pixels; 0 for no data */
  int naxis;        /* 0: no data */
  uint64_t axes[8]; /* lengths of the first axes, slowest first; rf_image_get_axes() gets those of more axes */
} rf_image_info;

/* rf_image_get_info() gets the facts of the image in HDU `index` (0-based) of `file`. For a compressed image (FITS
 * 10.1), they are those of the image in the tiles. Only `err` may be NULL.
 * info  receives as many bytes as info->size says. Unchanged on failure
 * Returns RF_OK; RF_ERR_NOT_FOUND (HDU); RF_ERR_TYPE (no image); RF_ERR_FORMAT, RF_ERR_UNSUPPORTED (the cards of a
 * compressed image); RF_ERR_CLOSED; RF_ERR_TAINTED; RF_ERR_MEMORY; the statuses of an unreadable header; any of "input
 * and output". Threads: any. */
RF_API RF_CHECKED rf_status rf_image_get_info(rf_file *file, size_t index, rf_image_info *info, rf_error *err);

/* rf_image_get_axes() gets the lengths of the axes of the image in HDU `index` (0-based) of `file`, slowest first. For
 * a compressed image, they are those of the image in the tiles (ZNAXISn); rf_hdu_get_axes() gets those of its table.
 * axes      receives the first `capacity` lengths; may be NULL where `capacity` is 0
 * naxis     receives the number of axes
 * Returns RF_OK, also where `capacity` is too small; the other statuses of rf_image_get_info(). Threads: any. */
RF_API RF_CHECKED rf_status rf_image_get_axes(rf_file *file, size_t index, uint64_t *axes, size_t capacity,
                                              size_t *naxis, rf_error *err);

/* ------------------------------ sections ------------------------------ */

/* The elements of one axis that a section takes. */
typedef struct rf_axis {
  int64_t start;           /* the first element, 0-based */
  int64_t step;            /* from one element to the next; negative: backwards */
  uint64_t count;          /* elements; 0: none */
  const uint64_t *indices; /* NULL; or `count` elements in any order, repeats allowed: `start` and `step` are ignored */
} rf_axis;

#define RF_IMAGE_RAW 1  /* stored values: BSCALE and BZERO are not applied, and `dtype` is rf_image_info.stored */
#define RF_IMAGE_HELD 2 /* rf_image_write(): see there */
#define RF_IMAGE_GROW 4 /* rf_image_write(): see there */

/* Pixels to read, write, check or append. rf_image_request_init() sets `size` and zeroes the rest. */
typedef struct rf_image_request {
  size_t size;            /* sizeof(rf_image_request) of the caller; members that lie beyond it count as 0 */
  const rf_axis *section; /* one per axis, slowest first; borrowed; NULL: the whole image */
  int naxis;              /* entries of `section`: RF_ERR_ARGUMENT where the image has others; 0: not checked */
  rf_dtype dtype;         /* of the elements at `data`: rf_image_info.dtype, RF_F32 or RF_F64 */
  uint32_t flags;         /* 0 or RF_IMAGE_* */
  unsigned threads;       /* most threads; 0: rf_options.threads */
  void *data;             /* C-contiguous; rf_image_read() writes it, the other calls only read it */
  uint64_t data_bytes;    /* bytes of the section, exactly */
  uint8_t *mask;          /* NULL, or one byte per element: 1 where BLANK or NaN; rf_image_read() writes it */
  uint64_t generation;    /* RF_ERR_CHANGED where rf_file_get_generation() is another one by now; 0: any */
} rf_image_request;

/* rf_image_request_init() sets request->size and zeroes the other members of `request`. Threads: any. */
RF_API void rf_image_request_init(rf_image_request *request);

/* rf_image_read() reads a section of the image in HDU `index` (0-based) of `file` into memory of the caller. For remote
 * files, the library plans all byte ranges first and fetches them together. Only `err` may be NULL. `request` is
 * borrowed for the call.
 * Returns RF_OK; RF_ERR_NOT_FOUND (HDU); RF_ERR_TYPE (no image, or no conversion to `dtype`); RF_ERR_RANGE (section);
 * RF_ERR_ARGUMENT (`data`, `data_bytes`, `naxis`, `flags`, a step of 0); RF_ERR_FORMAT (BSCALE, BZERO or BLANK is not a
 * number); RF_ERR_TRUNCATED (the message says how many bytes are missing); RF_ERR_CODEC, RF_ERR_UNSUPPORTED (tiles);
 * RF_ERR_LIMIT; RF_ERR_CLOSED; RF_ERR_TAINTED; RF_ERR_CHANGED; RF_ERR_MEMORY; the statuses of an unreadable header; any
 * of "input and output". On failure `data` and `mask` may be partly written.
 * Threads: many may read one file at once; calls that change the file wait for them. */
RF_API RF_CHECKED rf_status rf_image_read(rf_file *file, size_t index, const rf_image_request *request, rf_error *err);

/* The byte ranges of a plan, in file order. */
typedef struct rf_image_ranges {
  size_t size;      /* sizeof(rf_image_ranges) of the caller */
  rf_range *ranges; /* room for `capacity` ranges; NULL: none are wanted */
  size_t capacity;
  size_t count;   /* receives the number of ranges, also of those beyond `capacity` */
  uint64_t bytes; /* receives the bytes in all of them */
} rf_image_ranges;

/* rf_image_plan() gets the byte ranges that rf_image_read() reads for `request` from HDU `index` (0-based) of `file`,
 * ascending, with touching ranges merged. It reads no pixels. For a compressed image, it reads the rows of the table
 * that say where the tiles are. `section`, `naxis` and `generation` of `request` count. Only `err` may be NULL.
 * ranges  receives the plan. Unchanged on failure, but for the memory at ranges->ranges
 * Returns RF_OK; RF_ERR_LIMIT (too many ranges); the other statuses of rf_image_read(). Threads: as rf_image_read(). */
RF_API RF_CHECKED rf_status rf_image_plan(rf_file *file, size_t index, const rf_image_request *request,
                                          rf_image_ranges *ranges, rf_error *err);

/* ------------------------------ cutouts ------------------------------ */

/* Cutouts of one shape. rf_cutout_request_init() sets `size` and zeroes the rest. */
typedef struct rf_cutout_request {
  size_t size;             /* sizeof(rf_cutout_request) of the caller; members that lie beyond it count as 0 */
  size_t count;            /* cutouts */
  int naxis;               /* axes of the image */
  const int64_t *starts;   /* first pixel of cutout i along axis k: starts[i * naxis + k]; may lie outside the image */
  const uint64_t *lengths; /* of a cutout along each axis, slowest first */
  rf_dtype dtype;          /* as for rf_image_read() */
  uint32_t flags;          /* 0 or RF_IMAGE_RAW */
  unsigned threads;        /* most threads; 0: rf_options.threads */
  const void *fill;        /* one value of `dtype`, for pixels outside the image */
  void *data;              /* receives the cutouts, one after the other */
  uint64_t data_bytes;     /* bytes of all cutouts, exactly */
  uint8_t *mask;           /* NULL; or receives one byte per element: 1 outside the image, and where BLANK or NaN */
} rf_cutout_request;

/* rf_cutout_request_init() sets request->size and zeroes the other members of `request`. Threads: any. */
RF_API void rf_cutout_request_init(rf_cutout_request *request);

/* rf_image_read_cutouts() reads many cutouts of the image in HDU `index` (0-based) of `file`. For remote files, the
 * library fetches the byte ranges of all cutouts together. Only `err` may be NULL. `request` is borrowed for the call.
 * Returns RF_OK; RF_ERR_ARGUMENT (`naxis` is not that of the image, `data_bytes` is not what the cutouts take);
 * RF_ERR_RANGE (a cutout has more pixels than can be counted); the other statuses of rf_image_read().
 * Threads: as rf_image_read(). */
RF_API RF_CHECKED rf_status rf_image_read_cutouts(rf_file *file, size_t index, const rf_cutout_request *request,
                                                  rf_error *err);

/* ------------------------------ writing ------------------------------ */

/* rf_image_write() writes the pixels at request->data into a section of the image in HDU `index` (0-based) of `file`.
 * `dtype` is as for reading: RF_F64 values of a scaled integer image are turned back into stored ones and rounded to
 * nearest, and NaN becomes BLANK. Elements whose `mask` is 1 are stored as BLANK (integers) or NaN (reals). Repeated
 * indices are written in order. Only `err` may be NULL. `request` is borrowed for the call.
 * RF_IMAGE_HELD: all pixels of a small image that this thread makes (rf_image_spec.deferred) may stay in memory until
 * rf_hdu_publish(), which then writes header and data at once and reports their failures. Other calls of this thread
 * find the pixels as if they were in the file.
 * RF_IMAGE_GROW: axes that the section exceeds become longer, as by rf_image_grow(). An image without axes gets
 * request->naxis of them. The new axes and the pixels are one edit: after a kill, the file has the old image or the new
 * one, and a failure leaves the old one. A section without elements changes nothing.
 * Several processes may write to one uncompressed image at once, each through a handle of its own with
 * RF_MODE_READ_WRITE: size and header stay, so that no call returns RF_ERR_CHANGED because of another. Their sections
 * must be disjoint and have steps of 1, because a call with other steps or indices also writes back the pixels between.
 * Returns RF_OK; before the first byte is written: RF_ERR_NOT_FOUND (HDU); RF_ERR_TYPE (no image, or no conversion from
 * `dtype`); RF_ERR_RANGE (section; a value that does not fit; NaN without BLANK); RF_ERR_ARGUMENT (`data`,
 * `data_bytes`, `naxis`, `flags`, a step of 0; a mask without BLANK); RF_ERR_FORMAT (BSCALE, BZERO or BLANK is not a
 * number); RF_ERR_TRUNCATED (the file ends before the last of the pixels; the data unit of a compressed image is not
 * whole); RF_ERR_UNSUPPORTED, RF_ERR_CODEC (tiles); RF_ERR_LIMIT; RF_ERR_READONLY; RF_ERR_CLOSED; RF_ERR_TAINTED;
 * RF_ERR_CHANGED; RF_ERR_MEMORY; the statuses of an unreadable header; at any time those of "input and output", which
 * taint the file. Threads: any; waits for running calls on the file. */
RF_API RF_CHECKED rf_status rf_image_write(rf_file *file, size_t index, const rf_image_request *request, rf_error *err);

/* rf_image_check() checks whether rf_image_write() would accept the values of `request` for a section of the image in
 * HDU `index` (0-based) of `file`. It writes nothing, and `file` may be open for reading only. `section` and `naxis` of
 * `request` are ignored; `data_bytes` may be any number of elements.
 * Returns RF_OK; the statuses of rf_image_write() that are not about sections or writing. Threads: as rf_image_read().
 */
RF_API RF_CHECKED rf_status rf_image_check(rf_file *file, size_t index, const rf_image_request *request, rf_error *err);

/* ------------------------------ creating and changing images ------------------------------ */

/* An image to create. rf_image_spec_init() sets `size`, sets `extver` to -1, and zeroes the rest. */
typedef struct rf_image_spec {
  size_t size;             /* sizeof(rf_image_spec) of the caller; members that lie beyond it count as 0 */
  rf_dtype dtype;          /* of the values: RF_U8 to RF_F64 */
  int naxis;               /* 0 to 999; 0: no data */
  const uint64_t *axes;    /* lengths, slowest first; each may be 0 */
  const char *extname;     /* NULL: none */
  int64_t extver;          /* below 0: none */
  int has_blank;           /* 1: integers with BLANK */
  int64_t blank;           /* BLANK, as stored */
  const rf_header *header; /* NULL, or cards to add. Left out are those that are protected, BSCALE, BZERO and, where
                              given above, EXTNAME, EXTVER and BLANK */
  const rf_compression *compression; /* NULL: not compressed */
  int deferred;                      /* 1: the HDU is only begun, see rf_hdu_publish() */
  uint32_t reserve_cards;            /* the header has room for so many more cards, which later edits can use */
  int scaled; /* 1: with BSCALE and BZERO as below. `dtype` is then the stored type, a type of rf_image_info.stored */
  double bscale; /* finite, and not 0 */
  double bzero;  /* finite. Where FITS 5.2.5 has it for unsigned integers or signed bytes, values are of that type */
} rf_image_spec;

/* rf_image_spec_init() sets spec->size, sets spec->extver to -1, and zeroes the other members of `spec`. Threads: any.
 */
RF_API void rf_image_spec_init(rf_image_spec *spec);

/* rf_image_check_spec() checks whether rf_image_create() would accept `spec`, without a file. Where `pixels` is not
 * NULL, it also checks whether rf_image_write() would accept the values of `pixels` for all of the new image.
 * `section`, `naxis` and `generation` of `pixels` are ignored; `data_bytes` may be any number of elements.
 * `spec->header` is not checked. Returns RF_OK; RF_ERR_ARGUMENT, RF_ERR_UNSUPPORTED, RF_ERR_NOT_BUILT, RF_ERR_LIMIT as
 * rf_image_create(); RF_ERR_TYPE, RF_ERR_RANGE, RF_ERR_ARGUMENT as rf_image_write(); RF_ERR_MEMORY. Threads: any. */
RF_API RF_CHECKED rf_status rf_image_check_spec(const rf_image_spec *spec, const rf_image_request *pixels,
                                                rf_error *err);

/* rf_image_create() appends an image HDU to `file`: the primary HDU of an empty file, else an IMAGE extension. A
 * compressed image gets an empty primary HDU first where the file has none. All pixels are 0 as stored. `spec` and what
 * it points at are borrowed for the call. Only `err` may be NULL.
 * index  receives the index of the HDU, 0-based. Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (`dtype`, `naxis`, `axes`, `blank`, `bscale`, `bzero`, a compression that contradicts
 * itself); RF_ERR_UNSUPPORTED (the codec does not hold such pixels); RF_ERR_NOT_BUILT (codec); RF_ERR_LIMIT (size of
 * the image, `reserve_cards` beyond rf_limits.header_bytes); RF_ERR_CARD (`header`); RF_ERR_READONLY; RF_ERR_CLOSED;
 * RF_ERR_TAINTED; RF_ERR_CHANGED; RF_ERR_MEMORY; any of "input and output". On failure the file is as it was before.
 * Threads: any; waits for running calls on the file. */
RF_API RF_CHECKED rf_status rf_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err);

/* rf_image_extend() makes axis 0 (the slowest) of the image in HDU `index` (0-based) of `file` longer. New pixels are 0
 * as stored. The HDUs after it move.
 * length  the new length of axis 0, in elements; at least the present one
 * Returns RF_OK; RF_ERR_NOT_FOUND (HDU); RF_ERR_TYPE (no image); RF_ERR_ARGUMENT (`length`, an image without axes);
 * RF_ERR_UNSUPPORTED (PCOUNT or GCOUNT; tiles); RF_ERR_TRUNCATED (the data unit is not whole); RF_ERR_LIMIT;
 * RF_ERR_READONLY; RF_ERR_CLOSED; RF_ERR_TAINTED; RF_ERR_CHANGED; RF_ERR_MEMORY; the statuses of an unreadable header;
 * any of "input and output". Threads: any; waits for running calls on the file. */
RF_API RF_CHECKED rf_status rf_image_extend(rf_file *file, size_t index, uint64_t length, rf_error *err);

/* rf_image_append() makes axis 0 (the slowest) of the image in HDU `index` (0-based) of `file` longer by the pixels at
 * request->data, a whole number of planes of axis 0, and writes them there. The HDUs after it move. `section` and
 * `naxis` of `request` are ignored; a `data_bytes` of 0 changes nothing. Only `err` may be NULL.
 * The image is afterwards as it was, or has all of the new planes, also where the process was killed meanwhile.
 * Returns RF_OK; RF_ERR_RANGE (a value that does not fit); RF_ERR_TYPE (no conversion from `dtype`); RF_ERR_ARGUMENT
 * (`data_bytes` is no whole number of planes); the other statuses of rf_image_extend().
 * Threads: any; waits for running calls on the file. */
RF_API RF_CHECKED rf_status rf_image_append(rf_file *file, size_t index, const rf_image_request *request,
                                            rf_error *err);

/* rf_image_grow() makes axes of the image in HDU `index` (0-based) of `file` longer. Each pixel keeps its position
 * along every axis; new pixels are 0 as stored. The HDUs after it move. After a kill, the file has the old image or the
 * new one. Pixels move in parts of at most 1 MiB. axes   the new lengths, in elements, slowest first; each at least the
 * present one; borrowed for the call naxis  the number of axes of the image; for an image without axes, 1 to 999
 * Returns RF_OK; RF_ERR_ARGUMENT (`naxis`, an axis that would shrink); RF_ERR_UNSUPPORTED (another axis than axis 0 of
 * a compressed image); RF_ERR_LIMIT (the size of the image; several axes of an image of more than 2^20 rows at a time);
 * the other statuses of rf_image_extend(). Threads: any; waits for running calls on the file. */
RF_API RF_CHECKED rf_status rf_image_grow(rf_file *file, size_t index, const uint64_t *axes, int naxis, rf_error *err);

/* rf_image_reshape() changes the axes of the image in HDU `index` (0-based) of `file`. Pixels keep their order in C.
 * Pixels beyond the new size are removed; new pixels are 0 as stored. The HDUs after it move.
 * axes   the new lengths, slowest first; each may be 0
 * naxis  1 to 999
 * Returns RF_OK; RF_ERR_UNSUPPORTED (the image is compressed); the other statuses of rf_image_extend().
 * Threads: any; waits for running calls on the file. */
RF_API RF_CHECKED rf_status rf_image_reshape(rf_file *file, size_t index, const uint64_t *axes, int naxis,
                                             rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
