/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images as HDUs: copying, deleting, inserting beside them, checksums.
 */
#include "hdu_show.h"

int main(void) {
  fitsfile *f = NULL, *out = NULL;
  long naxes[2] = {30, 20};
  short values[600];
  for (int i = 0; i < 600; i++)
    values[i] = (short)(i % 37);
  DO(ffinit(&f, "in.fits", &status));
  DO(fits_set_compression_type(f, GZIP_1, &status));
  for (int i = 0; i < 2; i++) {
    DO(ffcrim(f, 16, 2, naxes, &status));
    DO(ffpkyj(f, "ORDER", i, NULL, &status));
    DO(ffppr(f, TSHORT, 1, 600, values, &status));
  }
  DO(ffpcks(f, &status));
  show_cards(f);
  DO(ffclos(f, &status));
  DO(ffopen(&f, "in.fits", READWRITE, &status));
  for (int i = 1; i < 4; i++) {
    char name[20];
    (void)snprintf(name, sizeof name, "copy%d.fits", i);
    DO(ffmahd(f, i, NULL, &status));
    DO(ffinit(&out, name, &status));
    DO(ffcopy(f, out, 0, &status));
    show_cards(out);
    DO(ffclos(out, &status));
  }
  DO(ffinit(&out, "all.fits", &status));
  DO(ffcpfl(f, out, 1, 1, 1, &status));
  DO(ffclos(out, &status));
  DO(ffmahd(f, 2, NULL, &status));
  int data = 0, hdu = 0, type = 0, bitpix = 0;
  DO(ffvcks(f, &data, &hdu, &status));
  printf("%d %d\n", data, hdu);
  DO(ffchfl(f, &status));
  DO(ffcdfl(f, &status));
  DO(ffpscl(f, 2, 3, &status));
  DO(ffpnul(f, 7, &status));
  DO(ffgidt(f, &bitpix, &status));
  printf("%d %g %g %d\n", bitpix, f->Fptr->cn_bscale, f->Fptr->cn_bzero, f->Fptr->zblank);
  DO(fftscl(f, 1, 2, 3, &status));
  DO(fftnul(f, 1, 2, &status));
  DO(ffmahd(f, 1, NULL, &status)); /* CFITSIO gives an image behind a table with a heap its PCOUNT */
  DO(ffiimg(f, 16, 2, naxes, &status));
  show_cards(f);
  DO(ffmahd(f, 3, NULL, &status));
  DO(ffdhdu(f, &type, &status));
  printf("type %d\n", type);
  DO(ffdhdu(f, &type, &status));
  printf("type %d\n", type);
  DO(ffclos(f, &status));
  DO(ffopen(&f, "copy2.fits", READWRITE, &status));
  DO(ffmahd(f, 1, NULL, &status));
  DO(fits_set_compression_type(f, RICE_1, &status));
  DO(ffiimg(f, 32, 2, naxes, &status)); /* while compression is on, HDUs follow */
  show_cards(f);
  DO(ffclos(f, &status));
  DO(ffopen(&f, "copy2.fits", READONLY, &status));
  show_all(f);
  DO(ffclos(f, &status));
  return 0;
}
