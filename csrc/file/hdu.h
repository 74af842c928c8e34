/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An entry of the index of HDUs, and the operations of its kind.
 *
 * A kind of HDU is a row of functions, as a driver is. hdu/kinds.c lists the rows and is the only place that names all
 * kinds; rf_file_open_with() hands the list to the file. `image/` and `table/` work on the operations of a row, so that
 * plain and tiled HDUs are two implementations of the same calls. Functions of a row run with `file->lock` held:
 * shared, or exclusive where they take `written`.
 */
#ifndef RF_FILE_HDU_H
#define RF_FILE_HDU_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"

typedef struct rf_hdu rf_hdu;
typedef struct rf_hdu_ops rf_hdu_ops;
typedef struct rf_structure rf_structure;
typedef struct rf_image_ops rf_image_ops;   /* image/ops.h */
typedef struct rf_table_ops rf_table_ops;   /* table/ops.h */
typedef struct rf_row_format rf_row_format; /* table/rows/format.h */

/* An array: BLANK applies to it. SIMPLE and XTENSION of a plain array are interchangeable. */
#define RF_KIND_ARRAY 1u
/* Rows: NAXIS2 counts them, TFIELDS their columns. */
#define RF_KIND_ROWS 2u
/* Random groups (FITS 6.1.1): NAXIS1 = 0 is not an axis, PCOUNT and GCOUNT always count. */
#define RF_KIND_GROUPS 4u
/* New elements of the slowest axis follow the known ones, which do not move, if PCOUNT is 0. */
#define RF_KIND_GROWS_IN_PLACE 8u
/* Data are read before all of them are written: an unpublished HDU is filled with zeros first. */
#define RF_KIND_FILLED 16u
/* The EXTNAME after "COMPRESSED_IMAGE" counts. */
#define RF_KIND_SECOND_NAME 32u

/* How plain HDUs are packed. */
typedef struct rf_packing {
  bool unpack; /* tiled HDUs are unpacked instead */
  const rf_compression *image;
  const rf_table_compression *table;
} rf_packing;

struct rf_hdu_ops {
  rf_hdu_kind kind;
  const char *name; /* MUST. For messages, with its article: "an ASCII table" */
  uint32_t flags;   /* RF_KIND_* */
  uint8_t fill;     /* fills the last block of the data: 0, or ' ' (FITS 7.2.3) */

  /* MUST. Returns whether an HDU with these structural cards is of this kind. */
  bool (*recognise)(const rf_structure *structure);

  /* MAY. Returns whether the image or table of the HDU has elements. NULL: by the axes. */
  bool (*has_data)(const rf_header *stored);

  /* MAY, both or none. Get the header of the image or table in the tiles; merge an edit of it. NULL: `stored` itself.
   */
  rf_status (*get_logical)(rf_file *file, rf_hdu *hdu, const rf_header *stored, rf_header **logical, rf_error *err);
  rf_status (*merge_logical)(const rf_header *stored, const rf_header *logical, rf_header **merged, rf_error *err);

  /* MUST where `pending` is set. Writes pending work. */
  rf_status (*flush)(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err);

  /* MAY. Appends the HDU to `to` in its other form: plain kinds are packed, tiled kinds unpacked. NULL: it is copied.
   */
  rf_status (*convert)(rf_file *from, rf_hdu *hdu, rf_file *to, const rf_packing *how, size_t *new_index, bool *written,
                       rf_error *err);

  /* MAY. Finds out whether the other form restores the same data. NULL: it does. */
  rf_status (*is_lossless)(rf_file *file, rf_hdu *hdu, bool *lossless, rf_error *err);

  /* MUST with `get_logical`. Gets the logical header from the stored cards alone. */
  rf_status (*get_plain)(const rf_header *stored, rf_header **plain, rf_error *err);

  /* MUST with `get_logical`. Computes the ones' complement sum of the data unit of the logical HDU. *nan (may be NULL)
   * becomes true if a pixel is NaN. */
  rf_status (*sum_logical)(rf_file *file, rf_hdu *hdu, uint32_t *sum, bool *nan, rf_error *err);

  /* MUST where these are set. */
  void (*free_parsed)(void *parsed);
  void (*free_session)(void *session);
  /* MUST where `session` is set. Drops state from the file, which may have changed. `dropped`: the entry leaves the
   * index, and only the settings of the caller stay. */
  void (*reset_session)(void *session, bool dropped);

  const rf_image_ops *image;   /* NULL: no pixels */
  const rf_table_ops *table;   /* NULL: no rows */
  const rf_row_format *format; /* with `table` */
};

/* The properties of an HDU, which the scan takes from its header, and its state. */
struct rf_hdu {
  const rf_hdu_ops *ops; /* a row of file->kinds */
  size_t index;
  uint64_t header_offset;
  uint64_t header_bytes; /* whole blocks */
  uint64_t data_offset;
  uint64_t data_bytes; /* without padding */
  int bitpix;
  int naxis;
  uint64_t *axes; /* NAXIS1 first; points at small_axes or at memory of its own */
  uint64_t small_axes[6];
  int64_t pcount;
  int64_t gcount;
  int64_t extver;
  bool has_extname;
  char extname[80];
  /* images */
  double bscale;
  double bzero;
  bool bzero_is_2_63; /* exactly 9223372036854775808, without a comparison of doubles */
  bool has_blank;
  int64_t blank;
  char bad_keyword[9]; /* "", or BSCALE, BZERO or BLANK whose value is not a number: the data cannot be read */
  char bad_text[72];   /* that value */
  rf_header *header;   /* read when first needed, under scan_lock */
  void *parsed;  /* what the kind read from the header; made when first needed, under scan_lock; every edit frees it */
  void *session; /* what the kind keeps across edits, made under scan_lock; NULL: nothing */
  /* The HDU is not published: its header is in memory only, and the file has no HDU until rf_hdu_publish() writes the
   * header. It can move and change directly. */
  bool unpublished;
  bool has_changed;              /* its header in the file differs from the one that was read: always RF_ERR_CHANGED */
  atomic_uint_least64_t foreign; /* rf_shared.foreign at which the entry was last compared with the file */
  /* ops->flush has pending work to write before the next append, copy or sync, or before the file is closed. Changes
   * under the exclusive lock. A flush that failed before its first byte may be repeated. */
  bool pending;
};

/* Parses the structural cards of a header: fills *hdu except the offsets (file/scan/structure.c). `kinds` are those of
 * the file; `primary`: the header is the first one of the file. */
rf_status rf_hdu_parse(const rf_hdu_ops *const *kinds, const char *cards, size_t count, bool primary, rf_hdu *hdu,
                       rf_error *err);

/* Frees the memory that a parsed entry owns, not the entry. */
void rf_hdu_clear(rf_hdu *hdu);

/* Drops what the kind has read from header and data, which may have changed. Exclusive lock held. */
void rf_hdu_forget(rf_hdu *hdu);

/* Fails for an image with bad_keyword, whose stored values alone can be read (file/scan/structure.c). */
rf_status rf_hdu_refuse_scale(const rf_hdu *hdu, rf_error *err);

/* Returns whether an image of this BITPIX (above 0) can store `value`. */
static inline bool rf_hdu_blank_fits(int bitpix, int64_t value) {
  return bitpix == 8    ? value >= 0 && value <= UINT8_MAX
         : bitpix == 16 ? value >= INT16_MIN && value <= INT16_MAX
         : bitpix == 32 ? value >= INT32_MIN && value <= INT32_MAX
                        : true;
}

#endif
