/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files and HDUs: opening, moving, several handles of one file, members of FITSfile that programs read, statuses.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

static void show(const char *what, fitsfile *f) {
  FITSfile *F = f->Fptr;
  printf(
      "%s: cur %d max %d pos %d start %lld headend %lld data %lld columns %d rows %lld row %lld heap %lld+%lld last %d "
      "type %d\n",
      what, F->curhdu, F->maxhdu, f->HDUposition, F->headstart[F->curhdu], F->headend, F->datastart, F->tfield,
      F->numrows, F->rowlength, F->heapstart, F->heapsize, F->lasthdu, F->hdutype);
}

static void make(void) {
  fitsfile *f;
  int status = 0;
  long axes[2] = {10, 10}, values[3] = {1, 2, 3};
  char *types[] = {"A", "V"}, *forms[] = {"1J", "1PJ"}, name[16];
  fits_create_file(&f, "a.fits", &status);
  fits_create_img(f, 16, 2, axes, &status);
  fits_write_key_str(f, "A", "x", "c", &status);
  for (int i = 0; i < 40; i++) {
    (void)snprintf(name, sizeof name, "K%d", i);
    fits_write_key_lng(f, name, i, "c", &status);
  }
  show("keys", f);
  fits_set_hdustruc(f, &status);
  show("rdef", f);
  fits_write_record(f, "", &status);
  fits_write_record(f, "", &status);
  fits_set_hdustruc(f, &status);
  show("blank", f);
  fits_create_tbl(f, BINARY_TBL, 0, 2, types, forms, NULL, "T", &status);
  fits_write_col_lng(f, 1, 1, 1, 3, values, &status);
  fits_write_col_lng(f, 2, 2, 1, 3, values, &status);
  show("table", f);
  fits_close_file(f, &status);
  printf("made %d\n", status);
}

static void move(void) {
  fitsfile *f, *g;
  int status = 0, type, count, number;
  long head, data, end;
  char name[FLEN_FILENAME];
  fits_open_file(&f, "a.fits", READWRITE, &status);
  show("open", f);
  fits_get_num_hdus(f, &count, &status);
  fits_movabs_hdu(f, 2, &type, &status);
  show("hdu 2", f);
  printf("%d HDUs, at %d, type %d\n", count, fits_get_hdu_num(f, &number), type);
  fits_movabs_hdu(f, 5, &type, &status);
  printf("hdu 5: %d\n", status), status = 0;
  fits_movrel_hdu(f, -1, &type, &status);
  show("-1", f);
  fits_movrel_hdu(f, -1, &type, &status);
  printf("before the first: %d\n", status), status = 0;
  fits_movnam_hdu(f, ANY_HDU, "t", 0, &status);
  show("by name", f);
  fits_movnam_hdu(f, IMAGE_HDU, "t", 0, &status);
  printf("other type: %d\n", status), status = 0;
  fits_get_hduaddr(f, &head, &data, &end, &status);
  printf("%ld %ld %ld\n", head, data, end);
  fits_reopen_file(f, &g, &status);
  show("reopened", g);
  fits_movabs_hdu(g, 1, NULL, &status);
  fits_update_key_lng(g, "K3", 333, NULL, &status);
  fits_update_key_lng(f, "NEW", 1, "in the table", &status);
  show("f", f);
  printf("%d handles\n", f->Fptr->open_count);
  fits_close_file(g, &status);
  fits_flush_file(f, &status);
  show("flushed", f);
  fits_file_name(f, name, &status);
  fits_file_mode(f, &type, &status);
  printf("%s %d %d\n", name, type, status);
  fits_close_file(f, &status);
}

static void fill(const char *name, const char *text, int blanks) {
  FILE *file = fopen(name, "w");
  fputs(text, file);
  for (int i = 0; i < blanks; i++)
    fputc(' ', file);
  fclose(file);
}

static void fail(void) {
  fitsfile *f = NULL, *g = NULL;
  int status = 0;
  char text[400];
  fits_open_file(&f, "none", READONLY, &status);
  printf("none %d\n", status), status = 0;
  fits_create_file(&f, "a.fits", &status);
  printf("exists %d\n", status), status = 0;
  fits_create_file(&f, "/none/a.fits", &status);
  printf("no folder %d\n", status), status = 0;
  fill("junk", "junk", 0);
  fits_open_file(&f, "junk", READONLY, &status);
  printf("4 bytes %d\n", status), status = 0;
  fill("junk", "junk", 2900);
  fits_open_file(&f, "junk", READONLY, &status);
  printf("no card %d\n", status), status = 0;
  (void)snprintf(text, sizeof text, "%-80s%-80s%-80s", "SIMPLE  =                    T",
                 "BITPIX  =                    8", "NAXIS   =                    0");
  fill("junk", text, 2640);
  fits_open_file(&f, "junk", READONLY, &status);
  printf("no END %d\n", status), status = 0;
  remove("junk");
  fits_open_file(&f, "a.fits", READONLY, &status);
  fits_open_file(&g, "a.fits", READWRITE, &status);
  printf("for writing, too %d\n", status), status = 0;
  fits_close_file(f, &status);
  fits_create_file(&f, "!b.fits", &status);
  fits_close_file(f, &status);
  printf("without an HDU %d\n", status), status = 0;
  remove("b.fits");
  fits_create_file(&f, "!b.fits", &status);
  fits_create_img(f, 8, 0, NULL, &status);
  fits_delete_file(f, &status);
  printf("deleted %d\n", status);
}

int main(void) {
  make();
  move();
  fail();
  return 0;
}
