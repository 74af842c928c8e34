/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Readers of keywords on a header that a program is writing: space, position, searches after edits.
 */
#include <fitsio.h>
#include <string.h>

static fitsfile *f;

static void where(const char *title, int status) {
  int exist = -7, more = -7, position = -7, s = 0, t = 0;
  fits_get_hdrspace(f, &exist, &more, &s);
  fits_get_hdrpos(f, NULL, &position, &t);
  printf("%s: %d, %d keys, %d more, at %d (%d %d)\n", title, status, exist, more, position, s, t);
}

static void read(const char *key) {
  char value[FLEN_VALUE] = "?", comment[FLEN_COMMENT] = "?";
  int status = 0;
  fits_read_keyword(f, key, value, comment, &status);
  printf("%s [%s] [%s]", key, value, comment);
  where("", status);
}

static void header(void) {
  int exist = 0, status = 0;
  char card[FLEN_CARD];
  fits_get_hdrspace(f, &exist, NULL, &status);
  for (int n = 1; n <= exist; n++) {
    status = 0;
    (void)strcpy(card, "?");
    fits_read_record(f, n, card, &status);
    printf("  %d [%s] %d\n", n, status > 0 ? "" : card, status);
  }
  where("header", status);
}

int main(void) {
  int status = 0, number = 5;
  long axes[2] = {3, 4};
  char *names[] = {"A", "B"}, *forms[] = {"1J", "3E"}, *units[] = {"m", ""};
  fits_create_diskfile(&f, "new.fits", &status);
  fits_create_img(f, SHORT_IMG, 2, axes, &status);
  where("created", status);
  read("NAXIS2");
  read("NOTHERE");
  fits_write_key(f, TINT, "FIVE", &number, "[km] five", &status);
  where("written", status);
  read("FIVE");
  read("SIMPLE");
  fits_write_comment(f, "a comment that is so long that it needs more than one card, which is what it is here for",
                     &status);
  where("comment", status);
  fits_write_key_longstr(f, "LONG",
                         "a string that is so long that it needs more than one card, which is what it is here for", "c",
                         &status);
  where("long", status);
  char *text = NULL;
  fits_read_key_longstr(f, "LONG", &text, NULL, &status);
  printf("[%s]", text == NULL ? "none" : text);
  where("", status);
  fits_free_memory(text, &status);
  for (int i = 0; i < 40; i++) {
    char key[20];
    (void)snprintf(key, sizeof key, "K%d", i);
    fits_write_key(f, TINT, key, &i, NULL, &status);
  }
  where("many", status);
  read("K39");
  read("K0");
  fits_delete_key(f, "K5", &status);
  where("deleted", status);
  read("K5");
  read("K6");
  fits_read_record(f, 8, (char[FLEN_CARD]){0}, &status);
  fits_insert_record(f, 8, "INSERTED= 8", &status);
  where("inserted", status);
  read("INSERTED");
  fits_set_hdrsize(f, 100, &status);
  where("room", status);
  header();
  fits_create_tbl(f, BINARY_TBL, 2, 2, names, forms, units, "TABLE", &status);
  where("table", status);
  read("TFORM2");
  read("TUNIT1");
  header();
  fits_movabs_hdu(f, 1, NULL, &status);
  where("back", status);
  read("K6");
  fits_close_file(f, &status);
  fits_open_diskfile(&f, "new.fits", READWRITE, &status);
  where("opened", status);
  read("K7");
  fitsfile *first = f, *second = NULL;
  fits_reopen_file(f, &second, &status);
  f = second;
  fits_movabs_hdu(f, 2, NULL, &status);
  read("TTYPE1");
  f = first;
  read("K8");
  f = second;
  read("TTYPE2");
  read("TTYPE1");
  fits_close_file(second, &status);
  f = first;
  read("K9");
  fits_delete_file(f, &status);
  return status;
}
