/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Columns of tables as their keywords describe them (FITS 7.2.1, 7.3.1, 7.3.2): TFORMn, TDIMn, TSCALn and the rest,
 * worked out once. Pure functions on text; nothing here reads data.
 */
#ifndef RF_TABLE_COLUMN_COLUMN_H
#define RF_TABLE_COLUMN_COLUMN_H

#include "file/file.h"
#include "header/scale.h"

/* FITS 7.2.1 */
#define RF_MAX_COLUMNS 999

typedef struct rf_column {
  rf_column_info info;   /* all that the public sees; sizes and offsets in it are checked */
  unsigned stored_bytes; /* bytes of one element of type info.stored (a string: 1) */
  bool flip;             /* info.type is the unsigned or offset type of info.stored: the top bit differs */
  char bad_keyword[12];  /* "", or TSCALn, TZEROn, TNULLn and their kin with a value that is not one number */
  char bad_text[72];     /* that value */
} rf_column;

/* A TFORM value of a binary table, taken apart (FITS 7.3.1). */
typedef struct rf_form {
  uint64_t repeat;
  char letter;     /* upper case; of the elements */
  char descriptor; /* 0, 'P', 'Q' */
  bool has_max;
  uint64_t max_length; /* in parentheses */
  uint64_t string;     /* of "rAw": w, 0 when not given */
  bool odd;            /* read generously */
} rf_form;

/* RF_ERR_FORMAT when no reading makes sense. Generous: blanks around, lower case, digits before and behind where an
 * ASCII-table habit put them ("I2", "3600D8.3"). */
rf_status rf_form_parse(const char *text, rf_form *form, rf_error *err);

/* Bytes of one element by its TFORM letter; 0 for one that is none. Bits: 0 too, they are packed. */
unsigned rf_letter_bytes(char letter);

/* Bytes of a field in the row; false beyond 63 bits. */
bool rf_form_bytes(const rf_form *form, uint64_t *bytes);

/* "(a,b,c)" (fastest first, FITS 7.3.2) into dims as written, at most `most`; gives how many there are, -1 when it is
 * not of that form, has 0 or negative lengths or overflows. */
int rf_dims_parse(const char *text, uint64_t *dims, int most);

/* What the keywords of one column say. Texts are borrowed. */
typedef struct rf_column_keywords {
  const char *form, *name, *unit, *display, *dim, *null_text; /* NULL: no such card, or no string */
  bool has_scale, has_zero, has_null;
  double scale, zero;
  bool zero_is_2_63; /* exactly */
  int64_t null;
  bool has_odd_null; /* TNULLn is a number and no integer */
  /* What is not clean about TSCALn or TZEROn (header/card_number.c): "", or the keyword, and its value. */
  char odd_keyword[12];
  char odd_text[72];
  rf_scale_state odd_state;
  char bad_keyword[12];
  char bad_text[72];
  /* The same of TNULLn, which says nothing of the kind in ASCII tables. */
  rf_scale_state null_state;
  char null_keyword[12];
  char null_found[72];
  bool has_start; /* TBCOLn */
  int64_t start;
} rf_column_keywords;

/* Fills *column (offset excepted) for column `number` (1-based) of a binary table. */
rf_status rf_column_init(rf_column *column, unsigned number, const rf_column_keywords *keywords, rf_error *err);

/* For every kind of table: name (or "col<n>"), unit, display, form. */
void rf_column_texts(rf_column *column, unsigned number, const rf_column_keywords *keywords);

/* For every kind of table, once info.stored is set: type and scale by TSCALn and TZEROn. */
void rf_column_scale(rf_column *column, const rf_column_keywords *keywords);

/* Takes what is not clean about TSCALn, TZEROn, PSCALn or PZEROn down; of several the first. true when it has a number.
 */
bool rf_column_note_scale(rf_column_keywords *keywords, const char *keyword, const rf_card_scale *scale);

/* RF_OK, or why values of this column cannot be read. */
rf_status rf_column_check_scale(const rf_column *column, rf_error *err);

/* Sets info.warning, if it is empty. */
void rf_column_odd(rf_column *column, const char *format, ...) RF_PRINTF(2, 3);

#endif
