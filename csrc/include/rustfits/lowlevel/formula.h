/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/lowlevel/formula.h: Formulas: expressions that yield a value for each row. Part of <rustfits.h>, which has
 * the rules for every function. It belongs to the low-level part: compatibility layers stand on it.
 */
#ifndef RUSTFITS_FORMULA_H
#define RUSTFITS_FORMULA_H

#include "rustfits/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Formulas ============================== */

/* A formula is an expression in the grammar of CFITSIO's calculator and row filter: "sum(spec) / #EXPOSURE", "PHA > 5
 * && gtifilter()". docs/expressions.md has the grammar. Its values are numbers, logicals, strings or bits, and vectors
 * of them. The caller describes and supplies columns and keywords; no file is needed. */
typedef struct rf_formula rf_formula;

/* The types of values, and one value in memory. */
typedef enum rf_formula_type {
  RF_FORMULA_LOGICAL = 1, /* uint8_t: 1 or 0 */
  RF_FORMULA_INTEGER = 2, /* int64_t */
  RF_FORMULA_REAL = 3,    /* double */
  RF_FORMULA_STRING = 4,  /* `width` + 1 bytes: text, NUL, anything */
  RF_FORMULA_BITS = 5     /* uint8_t for each bit: 1 or 0 */
} rf_formula_type;

#define RF_FORMULA_AXES 5

/* What a name is, or what a formula yields. The caller sets `size`. */
typedef struct rf_formula_info {
  size_t size;          /* sizeof(rf_formula_info) of the caller */
  rf_formula_type type; /* of the values */
  uint64_t count;       /* elements in a row; bits: their number; strings: 1 */
  size_t width;         /* strings: bytes of the longest one */
  int naxis;            /* 1 to RF_FORMULA_AXES */
  uint64_t naxes[5];    /* RF_FORMULA_AXES; their product is `count`; fastest first */
  int constant;         /* 1: one value for all rows. A name: a keyword */
  size_t column;        /* a name of a column: the number that rf_formula_source.read gets */
  int64_t integer;      /* a keyword: its value; logicals: 1 or 0 */
  double real;          /* a keyword: its value */
  const char *text;     /* a keyword: its value; copied; may be NULL for other types */
} rf_formula_info;

/* Where names, values and files come from. The functions must stay valid while the formula exists, and so must `user`.
 * A status other than RF_OK ends the call that needed them, which returns it. Threads: as the call that needs them. */
typedef struct rf_formula_source {
  size_t size;   /* sizeof(rf_formula_source) of the caller; members beyond it count as NULL */
  void *user;    /* for the functions */
  uint64_t rows; /* of the table: "x{-1}" of its first row is undefined */

  /* MUST. Describes `name`, as it is written. keyword 1: "#name", a keyword; 0: a column, else a keyword. Returns
   * RF_ERR_NOT_FOUND for a name that is neither. `info` comes zeroed, with its size. */
  rf_status (*find)(void *user, const char *name, int keyword, rf_formula_info *info, rf_error *err);

  /* MUST. Reads `count` rows of a column from row `first` (0-based) on: values of its type, and in nulls[i] 1 for each
   * undefined element (of a string: one), else 0. `nulls` is NULL for bits. */
  rf_status (*read)(void *user, size_t column, uint64_t first, uint64_t count, void *values, uint8_t *nulls,
                    rf_error *err);

  /* MAY. Finds the intervals of gtifilter(), gtifind() and gtioverlap(). `file` is "", start and stop are "*START*" and
   * "*STOP*" where the formula has none. The arrays stay valid while the formula exists. NULL: not supported. */
  rf_status (*intervals)(void *user, const char *file, const char *start, const char *stop, const double **starts,
                         const double **stops, uint64_t *count, rf_error *err);

  /* MAY. Opens the region file of regfilter(). x and y are the first column names in the two coordinates, or "";
   * `columns` is the last argument, or "". *region receives a number for `inside`. NULL: not supported. */
  rf_status (*region)(void *user, const char *file, const char *x, const char *y, const char *columns, size_t *region,
                      rf_error *err);

  /* MAY, with `region`. Sets result[i] to 1 if the point (x[i], y[i]) is in the region, else to 0. */
  rf_status (*inside)(void *user, size_t region, const double *x, const double *y, uint64_t count, uint8_t *result,
                      rf_error *err);
} rf_formula_source;

/* rf_formula_compile() parses an expression and finds its names.
 * text     not NUL-terminated; copied
 * length   bytes of `text`, at most 65536
 * source   copied
 * formula  receives the formula; the caller frees it with rf_formula_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT or RF_ERR_TYPE (the message points at the character, rf_error.offset is its byte);
 * RF_ERR_LIMIT (too long, too deep, or values above 1 GiB a row); RF_ERR_MEMORY; or what `source` returned.
 * Threads: any. */
RF_API RF_CHECKED rf_status rf_formula_compile(const char *text, size_t length, const rf_formula_source *source,
                                               rf_formula **formula, rf_error *err);

/* rf_formula_get_info() describes the values of `formula` in *info. Returns RF_OK, or RF_ERR_ARGUMENT for NULL.
 * Threads: any. */
RF_API RF_CHECKED rf_status rf_formula_get_info(const rf_formula *formula, rf_formula_info *info, rf_error *err);

/* rf_formula_seed() chooses the numbers that random(), randomn() and randomp() return from now on. The same seed
 * returns the same numbers. Without this call the seed is 0. Threads: one at a time per formula. */
RF_API void rf_formula_seed(rf_formula *formula, uint64_t seed);

/* rf_formula_evaluate() computes values for `count` rows from row `first` (0-based) on. accum() and seqdiff() go on
 * where the last call ended, if `first` is the row behind it, and begin at `first` otherwise.
 * values  receives `count` rows, each info.count values
 * nulls   receives 1 for each undefined value, else 0: info.count a row, but one for bits; may be NULL
 * Returns RF_OK; RF_ERR_RANGE (an index of an element lies outside its vector); RF_ERR_MEMORY; or what the source
 * returned. Threads: one at a time per formula. */
RF_API RF_CHECKED rf_status rf_formula_evaluate(rf_formula *formula, uint64_t first, uint64_t count, void *values,
                                                uint8_t *nulls, rf_error *err);

/* rf_formula_free() frees `formula`, which may be NULL. Threads: any, once per formula. */
RF_API void rf_formula_free(rf_formula *formula);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
