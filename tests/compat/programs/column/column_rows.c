/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inserting, deleting, copying and selecting rows; arrays of variable length and the heap.
 */
#include "columns.h"

static void show(fitsfile *f, const char *what, int status) {
  LONGLONG size = 0, unused = 0, overlap = 0, length, address;
  int valid = -1, own = 0;
  printf("%d ", status);
  show_size(f, what);
  show_rows(f);
  if (f->Fptr->hdutype == BINARY_TBL) {
    fits_test_heap(f, &size, &unused, &overlap, &valid, &own);
    printf("  heap %lld unused %lld overlap %lld valid %d (%d):", size, unused, overlap, valid, own);
    for (LONGLONG i = 1; i <= f->Fptr->numrows; i++) {
      fits_read_descriptll(f, 2, i, &length, &address, &own);
      printf(" %lld@%lld", length, address);
    }
    printf(" (%d)\n", own);
  }
}

static void insert(fitsfile *f, LONGLONG row, LONGLONG n) {
  int status = 0;
  fits_insert_rows(f, row, n, &status);
  printf("insert %lld at %lld: ", n, row);
  show_card(f, "NAXIS2");
  show_card(f, "PCOUNT");
  show(f, "inserted", status);
}

static void delete (fitsfile *f, LONGLONG row, LONGLONG n) {
  int status = 0;
  fits_delete_rows(f, row, n, &status);
  printf("delete %lld at %lld: ", n, row);
  show_card(f, "NAXIS2");
  show_card(f, "PCOUNT");
  show(f, "deleted", status);
}

static void fill(fitsfile *f, int rows) {
  char text[8], *at = text;
  int status = 0;
  for (int i = 1; i <= rows; i++) {
    int values[] = {i, i * 10, i * 100, -i, 5};
    (void)snprintf(text, sizeof text, "r%d", i);
    fits_write_col_str(f, 1, i, 1, 1, &at, &status);
    fits_write_col(f, TINT, 2, i, 1, f->Fptr->hdutype == ASCII_TBL ? 1 : (i - 1) % 4, values, &status);
    fits_write_col(f, TINT, 3, i, 1, f->Fptr->hdutype == ASCII_TBL ? 1 : 2, values, &status);
  }
  fits_flush_file(f, &status);
  show(f, "filled", status);
}

static void work(fitsfile *f) {
  int status = 0;
  long rows[] = {2, 3, 6}, falling[] = {3, 2}, outside[] = {1, 99};
  LONGLONG wide[] = {1, 4};
  static char *const ranges[] = {"2-3", "1,3-", "3-1", "x", "0", "", "1-2,2-3"};
  insert(f, 0, 2);
  insert(f, 4, 3);
  insert(f, f->Fptr->numrows, 1);
  insert(f, -1, 1);
  insert(f, 99, 1);
  insert(f, 1, -1);
  insert(f, 1, 0);
  delete (f, 2, 2);
  delete (f, 1, 1);
  delete (f, f->Fptr->numrows, 1);
  delete (f, 0, 1);
  delete (f, 99, 1);
  delete (f, 2, 99);
  delete (f, 1, -1);
  delete (f, 1, 0);
  fits_delete_rowlist(f, rows, 3, &status);
  show(f, "list", status);
  fits_delete_rowlist(f, falling, 2, (status = 0, &status));
  printf("falling: %d\n", status);
  fits_delete_rowlist(f, outside, 2, (status = 0, &status));
  printf("outside: %d\n", status);
  insert(f, 1, 4);
  fits_delete_rowlistll(f, wide, 2, (status = 0, &status));
  show(f, "list", status);
  for (int i = 0; i < COUNT(ranges); i++) {
    insert(f, 1, 3);
    fits_delete_rowrange(f, ranges[i], (status = 0, &status));
    printf("range %s: ", ranges[i]);
    show(f, "deleted", status);
  }
}

static void arrays(fitsfile *f) {
  int status = 0, values[] = {1, 2, 3, 4, 5, 6, 7}, back[8], any;
  static const int writes[][3] = {{1, 1, 5}, {1, 1, 3}, {1, 2, 3}, {1, 4, 4}, {2, 1, 7}, {2, 1, 1}, {9, 1, 2}};
  for (int i = 0; i < COUNT(writes); i++) {
    status = 0;
    fits_write_col(f, TINT, 2, writes[i][0], writes[i][1], writes[i][2], values, &status);
    printf("array of row %d: ", writes[i][0]);
    show(f, "written", status);
  }
  for (int row = 0; row <= 3; row++)
    for (int element = 1; element < 4; element += 2) {
      status = 0;
      memset(back, 0, sizeof back);
      fits_read_col(f, TINT, 2, row, element, row == 1 ? 3 : 1, NULL, back, &any, &status);
      printf("row %d element %d: %d", row, element, status);
      show_values(TINT, back, 3);
      printf("\n");
    }
  status = 0;
  fits_write_descript(f, 2, 1, 2, 4, &status);
  fits_write_descript(f, 2, 2, 3, 0, &status);
  show(f, "descriptors", status);
  fits_write_descript(f, 3, 1, 2, 4, (status = 0, &status));
  printf("no array: %d\n", status);
  long lengths[3], addresses[3];
  LONGLONG lengthsll[3], addressesll[3];
  fits_read_descripts(f, 2, 1, 3, lengths, addresses, (status = 0, &status));
  printf("%d %ld %ld %ld %ld\n", status, lengths[0], addresses[0], lengths[2], addresses[2]);
  fits_read_descriptsll(f, 2, 1, 3, lengthsll, addressesll, &status);
  printf("%d %lld %lld %lld %lld\n", status, lengthsll[0], addressesll[0], lengthsll[2], addressesll[2]);
  fits_read_descript(f, 3, 1, lengths, addresses, (status = 0, &status));
  printf("%d\n", status);
  fits_write_descript(f, 2, 1, 0, 0, (status = 0, &status));
  fits_write_descript(f, 2, 2, 0, 0, &status);
  fits_compress_heap(f, &status);
  show(f, "compressed", status);
}

static void copies(fitsfile *f) {
  char chosen[] = {1, 0, 1, 0, 0, 1};
  fitsfile *g;
  int status = 0;
  fits_copy_rows(f, f, 1, 2, &status);
  show(f, "copied", status);
  fits_copy_rows(f, f, 99, 2, (status = 0, &status));
  printf("%d\n", status);
  fits_create_file(&g, "!copies.fits", (status = 0, &status));
  fits_copy_header(f, g, &status);
  fits_modify_key_lng(g, "NAXIS2", 0, "&", &status);
  fits_modify_key_lng(g, "PCOUNT", 0, "&", &status);
  fits_set_hdustruc(g, &status);
  fits_copy_selrows(f, g, 1, 6, chosen, &status);
  show(g, "chosen", status);
  fits_copy_rows(f, g, 2, 2, &status);
  show(g, "copied", status);
  fits_close_file(g, &status);
  printf("%d\n", status);
}

/* Rows that are selected into another table, with two columns of arrays. */
static void selected(void) {
  fitsfile *f, *to;
  int status = 0;
  char *names[] = {"I", "A", "B"}, *forms[] = {"1J", "1PE(9)", "1PI(9)"};
  long values[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  fits_create_file(&f, "select.fits", &status);
  fits_create_tbl(f, BINARY_TBL, 0, 3, names, forms, NULL, "T", &status);
  for (int i = 0; i < 8; i++) {
    fits_write_col_lng(f, 1, i + 1, 1, 1, values + i, &status);
    fits_write_col_lng(f, 2, i + 1, 1, 1 + i % 4, values + i % 5, &status);
    fits_write_col_lng(f, 3, i + 1, 1, i % 3, values + i % 6, &status);
  }
  fits_create_file(&to, "selected.fits", &status);
  fits_create_tbl(to, BINARY_TBL, 0, 3, names, forms, NULL, "T", &status);
  fits_select_rows(f, to, "I > 2", &status);
  printf("selected %d\n", status);
  fits_close_file(to, &status);
  fits_close_file(f, &status);
  printf("%d\n", status);
}

int main(void) {
  char *names[] = {"A", "V", "E"}, *forms[] = {"6A", "1PI", "2J"}, *wide_forms[] = {"6A", "1QJ", "2J"};
  char *text_forms[] = {"A6", "I6", "F8.2"};
  for (int kind = 0; kind < 6; kind++) { /* binary, Q, text; at the end of the file, and before another HDU */
    char name[32];
    fitsfile *f;
    int status = 0, text = kind % 3 == 2;
    long axes[] = {3};
    (void)snprintf(name, sizeof name, "rows%d.fits", kind);
    fits_create_file(&f, name, &status);
    fits_create_tbl(f, text ? ASCII_TBL : BINARY_TBL, 0, 3, names,
                    text       ? text_forms
                    : kind % 3 ? wide_forms
                               : forms,
                    NULL, "T", &status);
    if (kind >= 3) {
      fits_create_img(f, BYTE_IMG, 1, axes, &status);
      fits_write_key_str(f, "AFTER", "here", NULL, &status);
      fits_movabs_hdu(f, 2, NULL, &status);
    }
    printf("kind %d: %d\n", kind, status);
    fill(f, 9);
    work(f);
    if (!text) {
      arrays(f);
      fill(f, 6);
      copies(f);
    }
    status = 0;
    fits_close_file(f, &status);
    printf("%d\n", status);
  }
  selected();
  return 0;
}
