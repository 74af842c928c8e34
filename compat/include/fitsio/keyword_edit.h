/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/keyword_edit.h: Keywords: updating, modifying, inserting, deleting. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_KEYWORD_EDIT_H
#define RF_FITSIO_KEYWORD_EDIT_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

int ffuky(fitsfile *fptr, int datatype, const char *keyname, void *value, const char *comm, int *status);
int ffucrd(fitsfile *fptr, const char *keyname, const char *card, int *status);
int ffukyu(fitsfile *fptr, const char *keyname, const char *comm, int *status);
int ffukys(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffukls(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffukyl(fitsfile *fptr, const char *keyname, int value, const char *comm, int *status);
int ffukyj(fitsfile *fptr, const char *keyname, LONGLONG value, const char *comm, int *status);
int ffukyf(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffukye(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffukyg(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffukyd(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffukyc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffukym(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffukfc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffukfm(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffmrec(fitsfile *fptr, int nkey, const char *card, int *status);
int ffmcrd(fitsfile *fptr, const char *keyname, const char *card, int *status);
int ffmnam(fitsfile *fptr, const char *oldname, const char *newname, int *status);
int ffmcom(fitsfile *fptr, const char *keyname, const char *comm, int *status);
int ffmkyu(fitsfile *fptr, const char *keyname, const char *comm, int *status);
int ffmkys(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffmkls(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffmkyl(fitsfile *fptr, const char *keyname, int value, const char *comm, int *status);
int ffmkyj(fitsfile *fptr, const char *keyname, LONGLONG value, const char *comm, int *status);
int ffmkyf(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffmkye(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffmkyg(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffmkyd(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffmkyc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffmkym(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffmkfc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffmkfm(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffirec(fitsfile *fptr, int nkey, const char *card, int *status);
int ffikey(fitsfile *fptr, const char *card, int *status);
int ffikyu(fitsfile *fptr, const char *keyname, const char *comm, int *status);
int ffikys(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffikls(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffikyl(fitsfile *fptr, const char *keyname, int value, const char *comm, int *status);
int ffikyj(fitsfile *fptr, const char *keyname, LONGLONG value, const char *comm, int *status);
int ffikyf(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffikye(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffikyg(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffikyd(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffikyc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffikym(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffikfc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffikfm(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffdkey(fitsfile *fptr, const char *keyname, int *status);
int ffdstr(fitsfile *fptr, const char *string, int *status);
int ffdrec(fitsfile *fptr, int keypos, int *status);

#ifdef __cplusplus
}
#endif

#endif
