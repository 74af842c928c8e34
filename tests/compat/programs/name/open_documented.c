/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names with filters as the documentation of extended file names shows them.
 */
#include "open_show.h"

static const char *const documented[] = {
    "doc.fits[EVENTS][col PI=PHA * 1.1 + 0.2; #TUNIT#(column units) = \"counts\";*]",
    "doc.fits[EVENTS][col Time, *raw]",
    "doc.fits[EVENTS][col -TIME, Good == STATUS]",
    "doc.fits[EVENTS][#row >= 25 && #row <= 35]",
    "doc.fits[EVENTS][SUM( SPEC > 3*BACKGRND )>=1]",
    "doc.fits[EVENTS][VCOL=={1,4,2}]",
    "doc.fits[EVENTS][abs(sin(theta * #deg)) < 0.5]",
    "doc.fits[EVENTS][ binary && mag <= 5.0]",
    "doc.fits[EVENTS][SPEC[2] .gt. 5]",
    "doc.fits[EVENTS][gtifilter()]",
    "doc.fits[EVENTS][gtifilter(\"[STDGTI]\",TIME,\"START\",\"STOP\")]",
    "doc.fits[EVENTS][bini detx, dety]",
    "doc.fits[EVENTS][bin (detx, dety)=16; /exposure]",
    "doc.fits[EVENTS][bin time=TSTART:TSTOP:0.1]",
    "doc.fits[EVENTS][bin pha, time=8000.:8010.:0.1]",
    "doc.fits[EVENTS][bin pha, gti_num(gtifind())=1:2:1]",
    "doc.fits[EVENTS][bin time=8000:8010:5, HR( (LC2/LC1).lt.1.5 ? 1 : 2 )=1:2:1]",
    "doc.fits[EVENTS][bin #2=1:64]",
    "doc.fits[EVENTS][flags == b0010011]",
    "doc.fits[EVENTS][#ROW > 5][PHA.gt.7]",
    "doc.fits[EVENTS#][TIME > 8004]",
    "doc.fits[EVENTS][col rate = rate/exposure;*]",
    "doc.fits[EVENTS][col -VEL; *]",
    "doc.fits[EVENTS][col -#VEL; *]",
    "doc.fits[EVENTS][col Z(1E)=gtioverlap(\"[STDGTI]\",TIME,TIME+0.2);*]",
    "doc.fits[EVENTS][col #EXPO = gtioverlap(\"[STDGTI]\",#TSTART,#TSTOP);*]",
    "doc.fits[IMG][pix X + #ZEROPT]",
    "doc.fits[IMG][pix X>0 ? log10(X) : -99.]",
    "doc.fits[IMG][pixr1  sqrt(X)]",
    "doc.fits[IMG][pix @pix.txt]",
    "doc.fits[IMG][pixi X*2.0]",
    "doc.fits[IMG][1:5,2:4][pix X+1]",
    "doc.fits[IMG][pix X+1][1:5,2:4]",
    "doc.fits[EVENTS;SPEC(3)]",
    "doc.fits[1;SPEC(7)][1:2]",
    "doc.fits[EVENTS][col *][col -PHA][col Z=DETX+1]",
    "doc.fits[EVENTS][col TIME;X=DETX;Y=DETY][X>10][bin (X,Y)=8]",
    "doc.fits[EVENTS][col a==PHA; b=a+1; c=b*2]",
    "doc.fits[EVENTS][bin DETX;STATUS]",
    "doc.fits[EVENTS][bind DETX=0:63:16,DETY=0:63:16,PHA=0:63:16;mag]",
    "doc.fits[EVENTS][col #HISTORY=\"x y\"; #COMMENT=\"z\"; *]",
    "doc.fits[EVENTS][col $TIME$; Q=$PHA$]",
    "doc.fits[EVENTS][col NEW(3E)={PHA,DETX,DETY}]",
    "doc.fits[EVENTS][col S=\"abc\";*]",
    "doc.fits[EVENTS][col B=(PHA>3);*]",
    "doc.fits[EVENTS][col TIME(1E)=TIME;*]",
    "doc.fits[EVENTS][col PHA=PHA>10?PHA:#NULL]",
    "doc.fits[EVENTS][bin TIME=8000:8010:1;(PHA*2)]",
    "doc.fits[EVENTS][bin TIME=8000:8010:1;/(PHA+2)]",
    "doc.fits[bin DETX]",
    "doc.fits[col TIME]",
    "doc.fits[TIME>8004]",
    "doc.fits[EVENTS][near(PHA,20,5)]",
    "doc.fits[EVENTS][circle(30,30,20,DETX,DETY)]",
    "doc.fits[EVENTS][col X=accum(PHA),Y=seqdiff(PHA)]",
    "doc.fits[IMG][*,-*]",
    "doc.fits[EVENTS][col TLMIN2=3;*]",
    "doc.fits[EVENTS][col #TLMIN2=3;*]",
    "doc.fits[EVENTS][col EXPOSURE=7;*]",
    "doc.fits[EVENTS][col EXPOSURE(new comment)=7;*]",
    "doc.fits[EVENTS][col NOPE]",
};

/* Numbers that look random and are the same everywhere. */
static int next(int below) {
  static unsigned state = 12345;
  state = state * 1103515245U + 12345U;
  return (int)(state >> 16) % below;
}

static void make_events(fitsfile *fptr, int *status) {
  char *ttype[] = {"TIME", "PHA",    "DETX", "DETY",  "STATUS", "SPEC", "VCOL", "theta",
                   "mag",  "binary", "Xraw", "flags", "LC1",    "LC2",  "rate"};
  char *tform[] = {"1D", "1I", "1I", "1I", "1I", "4E", "3J", "1D", "1E", "1L", "1J", "7X", "1E", "1E", "1E"};
  fits_create_tbl(fptr, BINARY_TBL, 50, 15, ttype, tform, NULL, "EVENTS", status);
  fits_write_key_dbl(fptr, "EXPOSURE", 2.5, 4, "exposure", status);
  fits_write_key_dbl(fptr, "BACKGRND", 3, 4, NULL, status);
  fits_write_key_dbl(fptr, "TSTART", 8000, 6, NULL, status);
  fits_write_key_dbl(fptr, "TSTOP", 8010, 6, NULL, status);
  fits_write_key_dbl(fptr, "VEL", 1, 6, NULL, status);
  fits_write_key_dbl(fptr, "TIMEZERO", 0, 6, NULL, status);
  fits_write_key_str(fptr, "TUNIT15", "x", "unit of the rate", status);
  for (int r = 1; r <= 50; r++) {
    double time = 8000 + r * 0.2, angle = r * 7, spectrum[4];
    int vector[3] = {1, 4, next(3)};
    char flag = (char)(r % 2), bits[7];
    fits_write_col(fptr, TDOUBLE, 1, r, 1, 1, &time, status);
    for (int c = 2; c <= 5; c++) {
      int value = next(64);
      fits_write_col(fptr, TINT, c, r, 1, 1, &value, status);
    }
    for (int k = 0; k < 4; k++)
      spectrum[k] = next(15);
    for (int k = 0; k < 7; k++)
      bits[k] = (char)((r >> k) & 1);
    fits_write_col(fptr, TDOUBLE, 6, r, 1, 4, spectrum, status);
    fits_write_col(fptr, TINT, 7, r, 1, 3, vector, status);
    fits_write_col(fptr, TDOUBLE, 8, r, 1, 1, &angle, status);
    fits_write_col(fptr, TDOUBLE, 9, r, 1, 1, spectrum, status);
    fits_write_col(fptr, TLOGICAL, 10, r, 1, 1, &flag, status);
    fits_write_col(fptr, TINT, 11, r, 1, 1, &r, status);
    fits_write_col_bit(fptr, 12, r, 1, 7, bits, status);
    for (int c = 13; c <= 15; c++)
      fits_write_col(fptr, TDOUBLE, c, r, 1, 1, spectrum + c - 12, status);
  }
}

static void make_documented(void) {
  fitsfile *fptr = NULL;
  int status = 0;
  char *ttype[] = {"START", "STOP"}, *tform[] = {"1D", "1D"};
  double start[2] = {8001, 8006}, stop[2] = {8003, 8008};
  long naxes[2] = {12, 9};
  float pixels[108];
  for (int i = 0; i < 108; i++)
    pixels[i] = (float)(i % 17);
  fits_create_file(&fptr, "doc.fits", &status);
  fits_create_img(fptr, BYTE_IMG, 0, NULL, &status);
  make_events(fptr, &status);
  fits_create_tbl(fptr, BINARY_TBL, 2, 2, ttype, tform, NULL, "STDGTI", &status);
  fits_write_col(fptr, TDOUBLE, 1, 1, 1, 2, start, &status);
  fits_write_col(fptr, TDOUBLE, 2, 1, 1, 2, stop, &status);
  fits_create_img(fptr, FLOAT_IMG, 2, naxes, &status);
  fits_write_img(fptr, TFLOAT, 1, 108, pixels, &status);
  fits_write_key_dbl(fptr, "ZEROPT", 25, 4, NULL, &status);
  fits_write_key_str(fptr, "EXTNAME", "IMG", NULL, &status);
  fits_close_file(fptr, &status);
  FILE *file = fopen("pix.txt", "w");
  if (file != NULL) {
    fputs("// pixels\nX*2\n + #ZEROPT\n", file);
    fclose(file);
  }
  printf("made %d\n", status);
}

int main(int argc, char **argv) {
  const char *group = argc > 2 ? argv[2] : NULL;
  make_files();
  make_documented();
  GROUP(documented, 0)
  (void)remove("packed.fits.gz"); /* compressed to other bytes */
  return 0;
}
