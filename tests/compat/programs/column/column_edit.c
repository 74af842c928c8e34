/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inserting, deleting, widening and copying columns.
 */
#include "columns.h"

static void show(fitsfile *f, const char *what, int status) {
  printf("%d: ", status);
  show_size(f, what);
  show_cards(f);
  show_rows(f);
  for (int i = 0; i < f->Fptr->tfield; i++)
    printf(" %s at %lld", f->Fptr->tableptr[i].ttype, f->Fptr->tableptr[i].tbcol);
  printf("\n");
}

static void insert(fitsfile *f, int at, const char *name, const char *form) {
  int status = 0;
  fits_insert_col(f, at, (char *)name, (char *)form, &status);
  show(f, "inserted", status);
}

static void delete (fitsfile *f, int column) {
  int status = 0;
  fits_delete_col(f, column, &status);
  show(f, "deleted", status);
}

static void widen(fitsfile *f, int column, LONGLONG n) {
  int status = 0;
  fits_modify_vector_len(f, column, n, &status);
  show(f, "widened", status);
}

static void fill(fitsfile *f, int column, int type) {
  char *texts[] = {"abcd", "ef", "g"};
  int values[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, status = 0;
  if (type == TSTRING)
    fits_write_col_str(f, column, 1, 1, 3, texts, &status);
  else
    fits_write_col(f, TINT, column, 1, 1, 3, values, &status);
  printf("filled %d: %d\n", column, status);
}

static void binary(void) {
  fitsfile *f;
  int status = 0, values[6] = {1, 2, 3, 4, 5, 6};
  char *names[] = {"A", "V", "E"}, *forms[] = {"4A", "1PI", "2I"}, *units[] = {"m", "s", "kg"};
  char *more[] = {"P", "Q"}, *more_forms[] = {"1PB(7)", "6A2"};
  static char *keys[] = {"TNULL3", "TSCAL3", "TZERO3",  "TDISP3",  "TCTYP3", "TCUNI3", "TCRPX3", "TCRVL3",  "TCDLT3",
                         "TCROT3", "TLMIN3", "TLMAX3",  "TDMIN3",  "TDMAX3", "TRPOS3", "TALEN3", "TCRPX3A", "3CRPX1",
                         "TXYZ3",  "TWCS3",  "TBCOL3",  "FOO3",    "TTYPE",  "TCNAM3", "TFDIN3", "TUNIT4",  "TC3_2",
                         "TP3_2",  "TGRID3", "TLMIN33", "TFORM99", "WCSN3",  "TCNA3A"};
  fits_create_file(&f, "edit.fits", &status);
  fits_create_tbl(f, BINARY_TBL, 3, COUNT(names), names, forms, units, "T", &status);
  for (int i = 0; i < COUNT(keys); i++)
    fits_write_key_lng(f, keys[i], strcmp(keys[i], "TSCAL3") == 0 ? 1 : i, "c", &status);
  fits_write_key_str(f, "TDIM3", "(2,1)", "d", &status);
  fits_set_hdustruc(f, &status);
  fill(f, 1, TSTRING);
  fits_write_col(f, TINT, 3, 1, 1, 6, values, &status);
  fits_write_col(f, TINT, 2, 1, 1, 5, values, &status);
  fits_write_col(f, TINT, 2, 3, 1, 2, values, &status);
  fits_flush_file(f, &status);
  show(f, "made", status);
  insert(f, 2, "NEW", "1J");
  insert(f, 5, "END", "1U");
  fits_insert_cols(f, 1, 2, more, more_forms, &status);
  show(f, "two", status);
  insert(f, 99, "LAST", "1W");
  insert(f, 0, "Z", "1J");
  insert(f, -1, "Z", "1J");
  insert(f, 1, "Z", "rubbish");
  insert(f, 3, "SB", "2S");
  insert(f, 3, "bits", "11x");
  insert(f, 1, "low", "e");
  show_heap(f);
  delete (f, 1);
  delete (f, 2);
  delete (f, f->Fptr->tfield);
  delete (f, 0);
  delete (f, 99);
  widen(f, 2, 13); /* more bytes of bits: CFITSIO moves the bytes of other columns */
  widen(f, 4, 6);
  widen(f, 4, 1);
  widen(f, f->Fptr->tfield - 1, 7);
  widen(f, f->Fptr->tfield - 1, 7);
  widen(f, f->Fptr->tfield - 1, 1);
  widen(f, 1, 3);
  show_heap(f);
  status = 0;
  fits_close_file(f, &status);
  printf("%d\n", status);
}

static void text(void) {
  fitsfile *f;
  int status = 0;
  char *names[] = {"A", "V", "E"}, *forms[] = {"A4", "I4", "F6.2"}, *units[] = {"m", "s", "kg"};
  char *more[] = {"P", "Q"}, *more_forms[] = {"I2", "A3"};
  fits_create_file(&f, "text.fits", &status);
  fits_create_tbl(f, ASCII_TBL, 0, COUNT(names), names, forms, units, "T", &status);
  fill(f, 1, TSTRING);
  fill(f, 2, TINT);
  fill(f, 3, TINT);
  fits_flush_file(f, &status);
  show(f, "made", status);
  insert(f, 2, "NEW", "I5");
  insert(f, 9, "LAST", "E10.3");
  fits_insert_cols(f, 1, 2, more, more_forms, &status);
  show(f, "two", status);
  insert(f, 1, "B", "1J");
  delete (f, 1);
  delete (f, 6);
  delete (f, 3);
  delete (f, 1);
  widen(f, 1, 3);
  status = 0;
  fits_close_file(f, &status);
  printf("%d\n", status);
}

static void copy(void) {
  fitsfile *f, *g;
  int status = 0, values[6] = {1, 2, 3, 4, 5, 6};
  float floats[6] = {1, 2, 3, 4, 5, 6};
  char logicals[3] = {1, 0, 1};
  char *names[] = {"A", "E", "X", "S", "U", "L", "C", "D"}, *forms[] = {"4A", "2E", "5X", "1J", "1U", "1L", "1C", "1D"};
  char *to_names[] = {"N", "M"}, *to_forms[] = {"1J", "1I"};
  static char *keys[] = {"TNULL4", "TSCAL4", "TZERO4", "TDISP4", "TCTYP4", "TCUNI4", "TCRPX4", "TCRVL4",
                         "TCDLT4", "TCROT4", "TLMIN4", "TLMAX4", "TDMIN4", "TDMAX4", "TUNIT4"};
  fits_create_file(&f, "from.fits", &status);
  fits_create_tbl(f, BINARY_TBL, 3, COUNT(names), names, forms, NULL, "FROM", &status);
  for (int i = 0; i < COUNT(keys); i++)
    fits_write_key_lng(f, keys[i], i + 1, "c", &status);
  fits_write_key_str(f, "TDIM2", "(2,1)", "d", &status);
  fits_set_hdustruc(f, &status);
  fill(f, 1, TSTRING);
  fits_write_col(f, TFLOAT, 2, 1, 1, 6, floats, &status);
  fits_write_col(f, TINT, 4, 1, 1, 3, values, &status);
  fits_write_col(f, TINT, 5, 1, 1, 3, values, &status);
  fits_write_col(f, TLOGICAL, 6, 1, 1, 3, logicals, &status);
  fits_write_col(f, TFLOAT, 7, 1, 1, 3, floats, &status);
  fits_write_col(f, TFLOAT, 8, 1, 1, 3, floats, &status);
  fits_flush_file(f, &status);
  fits_create_file(&g, "to.fits", &status);
  fits_create_tbl(g, BINARY_TBL, 3, COUNT(to_names), to_names, to_forms, NULL, "TO", &status);
  fits_set_hdustruc(g, &status);
  for (int i = 1; i <= COUNT(names); i++) {
    status = 0;
    fits_copy_col(f, g, i, i + 1, 1, &status);
    show(g, "copied", status);
  }
  static const int pairs[][2] = {{8, 1}, {8, 10}, {5, 1}, {99, 1}, {1, 99}};
  for (int i = 0; i < COUNT(pairs); i++) {
    status = 0;
    fits_copy_col(f, g, pairs[i][0], pairs[i][1], 0, &status);
    printf("%d to %d: %d\n", pairs[i][0], pairs[i][1], status == 0);
    show_rows(g);
  }
  status = 0;
  fits_copy_cols(f, g, 7, 99, 2, 1, &status);
  show(g, "two", status);
  fits_close_file(f, &status);
  fits_close_file(g, &status);
  printf("%d\n", status);
}

int main(void) {
  binary();
  text();
  copy();
  return 0;
}
