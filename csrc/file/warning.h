/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Warnings: departures from the standard that the library still reads. Each cause gives one warning per file,
 * for the first HDU that has it. Warnings about a column are in rf_column_info.
 */
#ifndef RF_FILE_WARNING_H
#define RF_FILE_WARNING_H

#include "file/scan/structure.h"

/* The cause of a warning. */
typedef enum rf_warning {
  RF_WARNING_FINISHED,      /* opening completed an interrupted edit */
  RF_WARNING_INTERRUPTED,   /* remains of an interrupted edit; the file was truncated or extended since */
  RF_WARNING_DUPLICATE,     /* a structural keyword appears twice, with different values */
  RF_WARNING_AXIS,          /* NAXISn beyond NAXIS */
  RF_WARNING_COUNTS,        /* an extension without PCOUNT or GCOUNT */
  RF_WARNING_BLANK,         /* BLANK without a meaning */
  RF_WARNING_AFTER_END,     /* bytes after END */
  RF_WARNING_TRAILING,      /* bytes after the last HDU */
  RF_WARNING_PADDING,       /* the last data unit lacks padding */
  RF_WARNING_TRUNCATED,     /* the last data unit is cut short */
  RF_WARNING_QUANTIZED,     /* unknown ZQUANTIZ */
  RF_WARNING_GAP,           /* blocks of zeros or blanks before an HDU */
  RF_WARNING_ZEROS,         /* exact zeros, quantized by another method than SUBTRACTIVE_DITHER_2 */
  RF_WARNING_INT64,         /* creating a compressed image of 64-bit integers */
  RF_WARNING_SCALE,         /* BSCALE, BZERO or BLANK that does not have the form of a number */
  RF_WARNING_BAD_SCALE,     /* BSCALE, BZERO or BLANK that is not a number */
  RF_WARNING_BLANK_PIXEL,   /* a defined pixel equals the BLANK that a column ZBLANK needs */
  RF_WARNING_BLANK_OUTSIDE, /* BLANK or ZBLANK outside the stored type */
  RF_WARNING_TRAILING_GZIP, /* bytes after the compressed content */
  RF_WARNING_BYTES          /* bytes outside printable ASCII in a header */
} rf_warning;

/* Stores a copy of *warning, which is filled in like a failure, unless the file has a warning of that kind. */
void rf_file_add_warning(rf_file *file, rf_warning kind, size_t hdu, rf_error *warning);

/* Returns whether the file has a warning of that kind. */
bool rf_file_has_warning(rf_file *file, rf_warning kind);

/* Stores the warnings about the header of entry `hdu`. */
void rf_file_judge_structure(rf_file *file, const rf_structure *structure, size_t hdu);

/* Stores the warning that blocks of fill, [from, to), precede the next HDU. */
void rf_file_judge_gap(rf_file *file, uint64_t from, uint64_t to);

/* Stores the warnings about the end of the file. All HDUs were found, and the next one would begin at scan_offset.
 * scan_lock held. */
void rf_file_judge_end(rf_file *file);

/* Stores the warning about bytes after END. `end` is the END card, with n bytes to the end of the header. */
void rf_file_judge_fill(rf_file *file, const rf_hdu *hdu, const char *end, size_t n);

#endif
