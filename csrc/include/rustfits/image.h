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
  size_t size;     /* sizeof(rf_image_info), set by the caller */
  rf_dtype stored; /* by BITPIX: U8, I16, I32, I64, F32 or F64 */
  rf_dtype type;   /* of the values: the unsigned or signed-byte twin where BZERO says so (FITS 5.2.5), F64 where
                     BSCALE and BZERO say anything else, `stored` otherwise */
  double bscale;
  double bzero;
  int has_blank;
  int64_t blank;
  uint64_t count;   /* elements, 0 for no data */
  int naxis;        /* 0: no data */
  uint64_t axes[8]; /* the first so many lengths, slowest first; rf_image_get_axes gives all of an image of more */
} rf_image_info;

/* RF_ERR_TYPE when the HDU is no image. Of a compressed image (FITS 10.1): the facts of the image that it stands for.
 */
RF_API RF_CHECKED rf_status rf_image_get_info(rf_file *file, size_t index, rf_image_info *info, rf_error *err);

/* Copies up to `capacity` axis lengths of an image, slowest first; *naxis is how many there are. Of a compressed image:
 * those of the image (ZNAXISn); rf_hdu_get_axes gives those of the binary table. */
RF_API RF_CHECKED rf_status rf_image_get_axes(rf_file *file, size_t index, uint64_t *axes, size_t capacity,
                                              size_t *naxis, rf_error *err);

/* The elements to take along one axis: start, start+step, ... (count of them; step may be negative), or those listed in
 * `indices` (count of them, any order, repeats allowed) when it is not NULL. */
typedef struct rf_axis {
  int64_t start;
  int64_t step;
  uint64_t count;
  const uint64_t *indices;
} rf_axis;

#define RF_IMAGE_RAW 1 /* stored values: BSCALE and BZERO are not applied, `type` must be `stored` */
/* rf_image_write only: all pixels of a small image that this thread has begun with `deferred` may stay in memory until
 * rf_hdu_publish, which then writes header and data at once, and reports what fails there. Other calls of this thread
 * find the pixels as if they were in the file. */
#define RF_IMAGE_HELD 2
/* The most threads that a call may use stand in its flags from this bit on (16 bits): 0 as rf_options.threads says. */
#define RF_IMAGE_THREADS_SHIFT 16

/* Pixels to read, write or check. */
typedef struct rf_image_request {
  size_t size;            /* sizeof(rf_image_request) of the caller; members that lie beyond it count as 0 */
  const rf_axis *section; /* one per axis, slowest first; borrowed; NULL: the whole image */
  rf_dtype dtype;         /* of the elements at `data`: rf_image_info.type, RF_F32 or RF_F64 */
  uint32_t flags;         /* 0 or RF_IMAGE_RAW; for rf_image_write() also RF_IMAGE_HELD */
  unsigned threads;       /* most threads; 0: rf_options.threads */
  void *data;             /* C-contiguous */
  uint64_t data_bytes;    /* bytes of the section, exactly */
  uint8_t *mask;          /* NULL, or one byte per element: 1 where BLANK or NaN */
} rf_image_request;

/* Reads a section of an image into `out`, C-contiguous in the order and with the counts of `axes` (one for each of the
 * image's axes, slowest first; NULL: the whole image). `type` is the type of the values, or RF_F32 or RF_F64, which is
 * given for any image. out_bytes must be exactly what the section takes. mask, when not NULL, has one byte an element:
 * 1 where the stored value equals BLANK (integers) or is NaN (reals). All ranges of the file are planned first and
 * fetched by one read_many. Errors: RF_ERR_TYPE, RF_ERR_RANGE, RF_ERR_ARGUMENT, RF_ERR_TRUNCATED (says how many bytes
 * are missing), I/O. */
RF_API RF_CHECKED rf_status rf_image_read(rf_file *file, size_t index, const rf_axis *axes, rf_dtype type,
                                          uint32_t flags, void *out, uint64_t out_bytes, uint8_t *mask, rf_error *err);

/* What boxes are cut out of: an image of two axes, as it was at one generation of the file. */
typedef struct rf_cutout_source {
  size_t size; /* sizeof(rf_cutout_source) */
  rf_file *file;
  size_t index;
  uint64_t generation; /* what rf_file_generation said before shape and type of the image were asked for */
  rf_dtype type;       /* of the values to read, as for rf_image_read */
} rf_cutout_source;

/* The shortest way to a small rectangle, for callers that cut many: rf_image_read of `rows` rows from `row` on and of
 * `columns` columns from `column` on, into rows * columns values at `out`. RF_ERR_ARGUMENT when the file was changed
 * since the generation of `source`. */
RF_API RF_CHECKED rf_status rf_image_read_box(const rf_cutout_source *source, int64_t row, uint64_t rows,
                                              int64_t column, uint64_t columns, void *out, rf_error *err);

/* Reads `count` boxes of the same lengths: box i begins at begins[i * naxis + k] along axis k (slowest first), which
 * may be negative or too far, and has lengths[k] elements there. They come one behind the other in `out`; elements
 * outside the image get `fill`: one value of `type`. mask: NULL, or one byte an element: 1 outside the image and where
 * BLANK or NaN is. All that is needed is fetched together. Errors as rf_image_read's. */
RF_API RF_CHECKED rf_status rf_image_read_cutouts(rf_file *file, size_t index, const int64_t *begins, size_t count,
                                                  const uint64_t *lengths, size_t naxis, rf_dtype type, uint32_t flags,
                                                  const void *fill, void *out, uint64_t out_bytes, uint8_t *mask,
                                                  rf_error *err);

/* The ranges that reading a section needs, in file order and with touching ones merged: copies up to `capacity` of
 * them (dest is NULL) and gives how many there are and the bytes in them. */
RF_API RF_CHECKED rf_status rf_image_plan(rf_file *file, size_t index, const rf_axis *axes, rf_range *ranges,
                                          size_t capacity, size_t *count, uint64_t *bytes, rf_error *err);

/* Writes `in` (C-contiguous, laid out as for reading) into a section. `type` as for reading; RF_F64 values of a scaled
 * integer image are turned back into stored ones and rounded to nearest, NaN becomes BLANK; a value that does not
 * fit, or NaN without BLANK, is RF_ERR_RANGE before anything is written. mask, when not NULL: elements with 1 are
 * stored as BLANK (integers, RF_ERR_ARGUMENT without BLANK) or NaN. Repeated indices are written in order.
 * RF_ERR_TRUNCATED, before anything is written, where the file ends before the last of these pixels; of a compressed
 * image, where its data unit is not whole. */
RF_API RF_CHECKED rf_status rf_image_write(rf_file *file, size_t index, const rf_axis *axes, rf_dtype type,
                                           uint32_t flags, const void *in, uint64_t in_bytes, const uint8_t *mask,
                                           rf_error *err);

/* Would rf_image_write accept these `count` values for any section? Same checks of type, values and mask, same errors;
 * nothing is written, and the file may be open for reading only. For callers who have to know before they make room. */
RF_API RF_CHECKED rf_status rf_image_check(rf_file *file, size_t index, rf_dtype type, uint32_t flags, const void *in,
                                           uint64_t count, const uint8_t *mask, rf_error *err);

/* What to create. */
typedef struct rf_image_spec {
  size_t size; /* sizeof(rf_image_spec) */
  rf_dtype type;
  int naxis;               /* 0: no data */
  const uint64_t *axes;    /* slowest first; each may be 0 */
  const char *extname;     /* NULL: none */
  int64_t extver;          /* < 0: none */
  int has_blank;           /* integers only: RF_ERR_ARGUMENT otherwise */
  int64_t blank;           /* as stored */
  const rf_header *header; /* NULL, or cards to add; protected, BSCALE, BZERO and, where given above, EXTNAME, EXTVER
                              and BLANK cards in it are left out */
  const rf_compression *compression; /* NULL: not compressed */
  int deferred;                      /* 1: only begun, see rf_hdu_publish */
  uint32_t reserve_cards; /* the header takes room for so many more cards, so that later edits of it move no data.
                             RF_ERR_LIMIT where that is more than rf_limits.header_bytes */
} rf_image_spec;

/* Appends an image HDU filled with zeros (stored) and gives its index: the primary HDU of an empty file, else an IMAGE
 * extension. On failure the file is as it was. */
RF_API RF_CHECKED rf_status rf_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err);

/* Makes axis 0 (the slowest) `length` long, at least what it was; new elements are zero (stored). HDUs behind it shift.
 */
RF_API RF_CHECKED rf_status rf_image_extend(rf_file *file, size_t index, uint64_t length, rf_error *err);

/* rf_image_append() makes axis 0 (the slowest) longer by the planes at `in` and writes them there; HDUs behind it move.
 * type, flags, mask: as for rf_image_write().
 * in_bytes  a whole number of planes of axis 0; 0: nothing is done
 * A plain image is afterwards as it was, or has all of the new planes, also where the process was killed meanwhile. A
 * compressed image is made longer first, then its tiles are written one by one.
 * Returns RF_OK; RF_ERR_ARGUMENT (in_bytes, no axes); RF_ERR_RANGE (a value that does not fit, with its place);
 * RF_ERR_TYPE; RF_ERR_TRUNCATED; RF_ERR_UNSUPPORTED; RF_ERR_LIMIT; RF_ERR_READONLY; RF_ERR_TAINTED; RF_ERR_MEMORY; any
 * status of "input and output". Threads: any. */
RF_API RF_CHECKED rf_status rf_image_append(rf_file *file, size_t index, rf_dtype type, uint32_t flags, const void *in,
                                            uint64_t in_bytes, const uint8_t *mask, rf_error *err);

/* Gives an image other axes, 1 or more; its pixels stay in their order, those beyond the new size are lost, and new
 * ones behind them are zero (stored). HDUs behind it shift. RF_ERR_UNSUPPORTED for a compressed image. */
RF_API RF_CHECKED rf_status rf_image_reshape(rf_file *file, size_t index, const uint64_t *axes, int naxis,
                                             rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
