/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is odd in a file and is read all the same: told once for each file and cause, for the HDU where it was met
 * first. (What is odd about a column is told with the column: rf_column_info.oddity.)
 */
#ifndef RF_FILE_WARNING_H
#define RF_FILE_WARNING_H

#include "file/scan/structure.h"

/* The causes. */
typedef enum rf_warning {
  RF_ODD_FINISHED,      /* an interrupted edit, which opening has finished */
  RF_ODD_LEFT,          /* what an interrupted edit left, in a file that was cut or made longer since */
  RF_ODD_TWICE,         /* a keyword of the structure, twice with different values */
  RF_ODD_AXIS,          /* NAXISn of an axis that there is not */
  RF_ODD_COUNTS,        /* an extension without PCOUNT or GCOUNT */
  RF_ODD_BLANK,         /* BLANK where it cannot mean anything */
  RF_ODD_AFTER_END,     /* something behind END */
  RF_ODD_TRAILING,      /* something behind the last HDU */
  RF_ODD_PADDING,       /* a last data unit that is not filled up */
  RF_ODD_CUT,           /* a last data unit that is cut short */
  RF_ODD_QUANTIZED,     /* an unknown ZQUANTIZ */
  RF_ODD_GAP,           /* blocks of zeros or blanks before an HDU */
  RF_ODD_ZEROS,         /* exact zeros that are quantized by another method than SUBTRACTIVE_DITHER_2 */
  RF_ODD_INT64,         /* a compressed image of 64-bit integers that is made */
  RF_ODD_SCALE,         /* BSCALE, BZERO or BLANK that is no clean number */
  RF_ODD_BAD_SCALE,     /* ... or no number at all */
  RF_ODD_BLANK_MET,     /* a defined pixel has the BLANK that a column ZBLANK makes */
  RF_ODD_BLANK_OUTSIDE, /* BLANK or ZBLANK beyond the stored type */
  RF_ODD_STRAY,         /* bytes behind the end of the compressed content */
  RF_ODD_BYTES          /* bytes outside printable ASCII in a header */
} rf_warning;

/* Keeps *oddity, filled in as a failure would be, unless something of the kind was met before. */
void rf_file_add_warning(rf_file *file, rf_warning kind, size_t hdu, rf_error *warning);

/* Was something of the kind met before? */
bool rf_file_has_warning(rf_file *file, rf_warning kind);

/* Keeps what a header was read with that is now entry `hdu`. */
void rf_file_judge_structure(rf_file *file, const rf_structure *structure, size_t hdu);

/* Keeps that blocks of fill, [from, to), stand before the HDU that is found next. */
void rf_file_judge_gap(rf_file *file, uint64_t from, uint64_t to);

/* Keeps what is odd about the end of a file in which all HDUs were found, with the next one expected at scan_offset.
 * scan_lock held. */
void rf_file_judge_end(rf_file *file);

/* Keeps what is odd about the n bytes of the last block of a header from END on. */
void rf_file_judge_fill(rf_file *file, const rf_hdu *hdu, const char *end, size_t n);

#endif
