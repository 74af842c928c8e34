/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HDUs: what CFITSIO does not survive, or does wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "../shared/expect.h"
#include "../shared/mutate.h"

static void handles(fitsfile *f) {
  long axes[2] = {1, 1}, one = 0;
  LONGLONG wide[2] = {1, 1};
  int number = 0;
  unsigned long sum = 0;
  char text[20] = "x";
  for (int i = 0; i < 2; i++) {
    int expected = i == 0 ? NULL_INPUT_PTR : BAD_FILEPTR;
    fitsfile *h = i == 0 ? NULL : f;
    IS(ffgipr(h, 2, &number, &number, axes, &status), expected);
    IS(ffgiprll(h, 2, &number, &number, wide, &status), expected);
    IS(ffgidt(h, &number, &status), expected);
    IS(ffgiet(h, &number, &status), expected);
    IS(ffgidm(h, &number, &status), expected);
    IS(ffgisz(h, 2, axes, &status), expected);
    IS(ffgiszll(h, 2, wide, &status), expected);
    IS(ffcrhd(h, &status), expected);
    IS(ffcrim(h, 16, 2, axes, &status), expected);
    IS(ffcrimll(h, 16, 2, wide, &status), expected);
    IS(ffcrtb(h, BINARY_TBL, 0, 0, NULL, NULL, NULL, NULL, &status), expected);
    IS(ffiimg(h, 16, 2, axes, &status), expected);
    IS(ffiimgll(h, 16, 2, wide, &status), expected);
    IS(ffitab(h, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, &status), expected);
    IS(ffibin(h, 0, 0, NULL, NULL, NULL, NULL, 0, &status), expected);
    IS(ffrsim(h, 16, 2, axes, &status), expected);
    IS(ffrsimll(h, 16, 2, wide, &status), expected);
    IS(ffdhdu(h, &number, &status), expected);
    IS(ffwrhdu(h, stdout, &status), expected);
    IS(ffchfl(h, &status), expected);
    IS(ffcdfl(h, &status), expected);
    IS(ffhdef(h, 5, &status), expected);
    IS(ffpthp(h, 5, &status), expected);
    IS(ffcsum(h, 1, &sum, &status), expected);
    IS(ffpcks(h, &status), expected);
    IS(ffupck(h, &status), expected);
    IS(ffvcks(h, &number, &number, &status), expected);
    IS(ffgcks(h, &sum, &sum, &status), expected);
    IS(ffpscl(h, 1, 1, &status), expected);
    IS(ffpnul(h, 1, &status), expected);
    IS(fftscl(h, 1, 1, 1, &status), expected);
    IS(fftnul(h, 1, 1, &status), expected);
    IS(ffsnul(h, 1, text, &status), expected);
    IS(ffcpfl(h, f, 1, 1, 1, &status), i == 0 ? expected : SAME_FILE);
    IS(ffgtcr(h, text, 1, &status), expected);
    IS(ffgtis(h, text, 1, &status), expected);
    IS(ffgtch(h, 1, &status), expected);
    IS(ffgtrm(h, 0, &status), expected);
    IS(ffgtcp(h, f, 0, &status), expected);
    IS(ffgtmg(h, f, 0, &status), expected);
    IS(ffgtcm(h, 1, &status), expected);
    IS(ffgtvf(h, &one, &status), expected);
    IS(ffgtop(h, 1, &f, &status), expected);
    IS(ffgtam(h, NULL, 1, &status), expected);
    IS(ffgtnm(h, &one, &status), expected);
    IS(ffgmng(h, &one, &status), expected);
    IS(ffgmop(h, 1, &f, &status), expected);
    IS(ffgmcp(h, f, 1, 0, &status), expected);
    IS(ffgmtf(h, f, 1, 0, &status), expected);
    IS(ffgmrm(h, 1, 0, &status), expected);
  }
  EXPECT(ffcrhd(f, NULL) == NULL_INPUT_PTR);
  EXPECT(ffgidt(f, &number, NULL) == NULL_INPUT_PTR);
  EXPECT(ffgtnm(f, &one, NULL) == NULL_INPUT_PTR);
  ffesum(5, 0, NULL);
  EXPECT(ffdsum(NULL, 0, NULL) == 0);
}

static void read_only(void) {
  fitsfile *f = NULL;
  long axes[2] = {1, 1};
  IS(ffopen(&f, "hostile.fits", READONLY, &status), 0);
  IS(ffcrhd(f, &status), READONLY_FILE);
  IS(ffcrim(f, 16, 2, axes, &status), READONLY_FILE);
  IS(ffiimg(f, 16, 2, axes, &status), READONLY_FILE);
  IS(ffibin(f, 0, 0, NULL, NULL, NULL, NULL, 0, &status), READONLY_FILE);
  IS(ffrsim(f, 16, 2, axes, &status), READONLY_FILE);
  IS(ffdhdu(f, NULL, &status), READONLY_FILE);
  IS(ffpcks(f, &status), READONLY_FILE);
  IS(ffgtcr(f, NULL, 1, &status), READONLY_FILE);
  IS(fits_execute_template(f, (char *)"x.tpl", &status), READONLY_FILE);
  IS(ffclos(f, &status), 0);
}

/* Types and sizes that CFITSIO refuses or overruns. */
static void sizes(void) {
  fitsfile *f = NULL;
  long axes[2] = {3, 4}, values[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 60000}, back[12];
  LONGLONG big[3] = {4000000000, 4000000000, 4000000000};
  char *ttype[] = {"A", "B"}, *tform[] = {"1J", "PE"}, *huge[] = {"1J", "99999999999999999999J"};
  char *tunit[] = {"m", NULL};
  int type = 0, null = 0, count = 0;
  IS(ffinit(&f, "!sizes.fits", &status), 0);
  IS(ffcrim(f, 16, 2, axes, &status), 0);
  IS(ffcrim(f, 16, 0, NULL, &status), 0);
  IS(ffmahd(f, 1, NULL, &status), 0);
  IS(ffiimg(f, USHORT_IMG, 2, axes, &status), 0); /* CFITSIO: 211 */
  IS(ffppr(f, TLONG, 1, 12, values, &status), 0);
  IS(ffgpv(f, TLONG, 1, 12, NULL, back, &null, &status), 0);
  EXPECT(memcmp(values, back, sizeof values) == 0);
  IS(ffgiet(f, &type, &status), 0);
  EXPECT(type == USHORT_IMG);
  IS(ffmahd(f, 1, NULL, &status), 0);
  IS(ffiimgll(f, 64, 3, big, &status), ARRAY_TOO_BIG);
  IS(ffrsimll(f, 64, 3, big, &status), ARRAY_TOO_BIG);
  IS(ffrsim(f, 16, 2, NULL, &status), NULL_INPUT_PTR);
  IS(ffcrim(f, 16, 2, NULL, &status), NULL_INPUT_PTR);
  IS(ffibin(f, 5, 2, ttype, tform, tunit, "heap", 30000, &status), 0); /* CFITSIO: the HDUs behind it are lost */
  IS(ffthdu(f, &count, &status), 0);
  EXPECT(count == 4);
  IS(ffmahd(f, 1, NULL, &status), 0);
  EXPECT(ffibin(f, 5, 2, ttype, huge, NULL, NULL, 0, &status) > 0);
  status = 0;
  EXPECT(ffibin(f, LONGLONG_MAX, 1, ttype, tform, NULL, NULL, 0, &status) > 0);
  status = 0;
  IS(ffibin(f, 1, 2, NULL, tform, NULL, NULL, 0, &status), NULL_INPUT_PTR);
  IS(ffibin(f, 1, 0, NULL, NULL, NULL, NULL, -5, &status), BAD_PCOUNT);
  ffcmsg();
  IS(ffmahd(f, 2, NULL, &status), 0);
  IS(fftscl(f, 0, 1, 1, &status), BAD_COL_NUM);
  IS(fftscl(f, 3, 1, 1, &status), BAD_COL_NUM);
  IS(fftnul(f, -1, 1, &status), BAD_COL_NUM);
  IS(ffthdu(f, &count, &status), 0);
  EXPECT(count == 4);
  IS(ffclos(f, &status), 0);
}

/* A copy of data does not leave the data unit of the copy. */
static void copies(void) {
  fitsfile *in = NULL, *out = NULL;
  long large[1] = {5000}, small[1] = {10};
  char name[FLEN_VALUE];
  IS(ffinit(&in, "!in.fits", &status), 0);
  IS(ffcrim(in, 32, 1, large, &status), 0);
  IS(ffpprn(in, 1, 5000, &status), NO_NULL);
  IS(ffpprj(in, 1, 1, 5000, (long[5000]){1, 2, 3}, &status), 0);
  IS(ffinit(&out, "!out.fits", &status), 0);
  IS(ffcrim(out, 32, 1, small, &status), 0);
  IS(ffcrim(out, 8, 0, NULL, &status), 0);
  IS(ffpkys(out, "EXTNAME", "STAYS", NULL, &status), 0);
  IS(ffmahd(out, 1, NULL, &status), 0);
  IS(ffcpdt(in, out, &status), 0);
  IS(ffmahd(out, 2, NULL, &status), 0);
  IS(ffgkys(out, "EXTNAME", name, NULL, &status), 0);
  EXPECT(strcmp(name, "STAYS") == 0);
  IS(ffclos(out, &status), 0);
  IS(ffclos(in, &status), 0);
}

/* An image that is inserted behind a table with a heap has no PCOUNT. CFITSIO writes that of the table. */
static void behind_heap(void) {
  fitsfile *f = NULL;
  char *ttype[] = {"A"}, *tform[] = {"PJ"};
  long axes[1] = {5}, values[5] = {1, 2, 3, 4, 5}, pcount = -1;
  int count = 0;
  IS(ffinit(&f, "!heap.fits", &status), 0);
  IS(ffcrtb(f, BINARY_TBL, 2, 1, ttype, tform, NULL, NULL, &status), 0);
  IS(ffpcl(f, TLONG, 1, 1, 1, 5, values, &status), 0);
  IS(ffcrim(f, 16, 1, axes, &status), 0);
  IS(ffmahd(f, 2, NULL, &status), 0);
  IS(ffiimg(f, 32, 1, axes, &status), 0);
  IS(ffgkyj(f, "PCOUNT", &pcount, NULL, &status), 0);
  EXPECT(pcount == 0);
  IS(ffclos(f, &status), 0);
  IS(ffopen(&f, "heap.fits", READONLY, &status), 0);
  IS(ffthdu(f, &count, &status), 0);
  EXPECT(count == 4);
  IS(ffclos(f, &status), 0);
}

/* Creates a file of all kinds of HDUs, and returns its bytes. */
static char *make_bytes(size_t *n) {
  fitsfile *f = NULL;
  long axes[2] = {30, 20}, values[600] = {1, 2, 3};
  char *ttype[] = {"A", "B", "C"}, *tform[] = {"1J", "20A", "PE"}, *aform[] = {"I6", "A20", "F10.3"};
  IS(ffinit(&f, "!bytes.fits", &status), 0);
  IS(ffcrim(f, 16, 2, axes, &status), 0);
  IS(ffppr(f, TLONG, 1, 600, values, &status), 0);
  IS(ffcrtb(f, BINARY_TBL, 0, 3, ttype, tform, NULL, "BIN", &status), 0);
  IS(ffpcl(f, TLONG, 1, 1, 1, 20, values, &status), 0);
  IS(ffpcl(f, TLONG, 3, 2, 1, 20, values, &status), 0);
  IS(ffpcks(f, &status), 0);
  IS(ffcrtb(f, ASCII_TBL, 0, 3, ttype, aform, NULL, "ASC", &status), 0);
  IS(ffpcl(f, TLONG, 1, 1, 1, 20, values, &status), 0);
  IS(ffgtcr(f, (char *)"group", GT_ID_ALL_URI, &status), 0);
  IS(ffgtam(f, NULL, 2, &status), 0);
  IS(ffgtam(f, NULL, 3, &status), 0);
  IS(ffclos(f, &status), 0);
  FILE *file = fopen("bytes.fits", "rb");
  char *bytes = malloc(100000);
  if (file == NULL || bytes == NULL)
    exit(2);
  *n = fread(bytes, 1, 100000, file);
  (void)fclose(file);
  return bytes;
}

/* Calls on the current HDU of a damaged file. Whatever they return, the program goes on. */
static void use(fitsfile *f, fitsfile *out) {
  int type = 0, a = 0, b = 0;
  long axes[2] = {7, 5}, n = 0;
  char *ttype[] = {"A"}, *tform[] = {"1J"};
  fitsfile *m = NULL;
  status = 0;
  switch (random_below(14)) {
  case 0:
    (void)ffdhdu(f, &type, &status);
    break;
  case 1:
    (void)ffrsim(f, 32, 2, axes, &status);
    break;
  case 2:
    (void)ffiimg(f, 16, 2, axes, &status);
    break;
  case 3:
    (void)ffibin(f, 5, 1, ttype, tform, NULL, NULL, 0, &status);
    break;
  case 4:
    (void)ffcopy(f, out, 0, &status);
    break;
  case 5:
    (void)ffpcks(f, &status);
    break;
  case 6:
    (void)ffvcks(f, &a, &b, &status);
    break;
  case 7:
    (void)ffchfl(f, &status);
    status = 0;
    (void)ffcdfl(f, &status);
    break;
  case 8:
    (void)ffgiet(f, &type, &status);
    break;
  case 9:
    (void)ffhdef(f, 50, &status);
    break;
  case 10:
    (void)ffgtam(f, NULL, 2, &status);
    status = 0;
    (void)ffgmop(f, 1, &m, &status);
    if (status == 0)
      (void)ffclos(m, &status);
    break;
  case 11:
    (void)ffgmrm(f, 1, OPT_RM_MBR, &status);
    break;
  case 12:
    (void)ffgtcp(f, out, OPT_GCP_ALL, &status);
    break;
  default:
    (void)ffgtvf(f, &n, &status);
  }
  status = 0;
}

/* Files with changed bytes in their headers, or cut. */
static void damaged(int rounds) {
  size_t n = 0;
  char *bytes = make_bytes(&n), *copy = malloc(n);
  if (copy == NULL)
    exit(2);
  for (int i = 0; i < rounds; i++) {
    fitsfile *f = NULL, *out = NULL;
    memcpy(copy, bytes, n);
    for (unsigned edits = 1 + random_below(6); edits > 0; edits--) {
      size_t at = random_below((unsigned)n);
      if (copy[at] != '\0')
        copy[at] = "0123456789 -+.'ABEIJPTFX/="[random_below(26)];
    }
    FILE *file = fopen("damaged.fits", "wb");
    if (file == NULL)
      exit(2);
    (void)fwrite(copy, 1, random_below(10) == 0 ? random_below((unsigned)n) : n, file);
    (void)fclose(file);
    status = 0;
    if (ffopen(&f, "damaged.fits", READWRITE, &status) > 0) {
      status = 0;
      continue;
    }
    IS(ffinit(&out, "!target.fits", &status), 0);
    IS(ffcrim(out, 8, 0, NULL, &status), 0);
    for (unsigned calls = 4 + random_below(8); calls > 0; calls--) {
      (void)ffmahd(f, 1 + (int)random_below(5), NULL, &status);
      use(f, out);
    }
    (void)ffclos(out, &status);
    status = 0;
    (void)ffclos(f, &status);
    status = 0;
    ffcmsg();
  }
  free(bytes);
  free(copy);
}

/* A header that lies about its rows: closing the file does not make it as large as that. */
static void lying_size(void) {
  fitsfile *f = NULL;
  char *ttype[] = {"A"}, *tform[] = {"1J"}, card[81];
  long row = 5;
  IS(ffinit(&f, "!lying.fits", &status), 0);
  IS(ffcrtb(f, BINARY_TBL, 0, 1, ttype, tform, NULL, "T", &status), 0);
  IS(ffpcl(f, TLONG, 1, 1, 1, 1, &row, &status), 0);
  IS(ffclos(f, &status), 0);
  FILE *file = fopen("lying.fits", "r+b");
  (void)snprintf(card, sizeof card, "%-8s= %20lld", "NAXIS2", 100000000000LL);
  (void)fseek(file, 2880 + 4 * 80, SEEK_SET);
  (void)fwrite(card, 1, 30, file);
  (void)fclose(file);
  for (int rows = 0; rows < 2; rows++) {
    IS(ffopen(&f, "lying.fits[1]", READWRITE, &status), 0);
    IS(ffuky(f, TLONG, "KEY", &row, NULL, &status), 0);
    if (rows)
      IS(ffpcl(f, TLONG, 1, 1, 1, 1, &row, &status), 0);
    IS(ffclos(f, &status), 0);
    file = fopen("lying.fits", "rb");
    (void)fseek(file, 0, SEEK_END);
    EXPECT(ftell(file) == 8640);
    (void)fclose(file);
  }
}

int main(int argc, char **argv) {
  fitsfile *f = NULL;
  fitsfile closed = {0};
  FITSfile none = {0};
  closed.Fptr = &none;
  handles(&closed);
  IS(ffinit(&f, "!hostile.fits", &status), 0);
  IS(ffcrim(f, 8, 0, NULL, &status), 0);
  IS(ffclos(f, &status), 0);
  read_only();
  sizes();
  copies();
  behind_heap();
  lying_size();
  damaged(argc > 1 ? atoi(argv[1]) : 300);
  return failures > 0;
}
