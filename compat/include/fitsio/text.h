/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/text.h: Messages, and text without a file: cards, names, formats. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_TEXT_H
#define RF_FITSIO_TEXT_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

float ffvers(float *version);
void ffupch(char *string);
void ffgerr(int status, char *errtext);
void ffpmsg(const char *err_message);
void ffpmrk(void);
int ffgmsg(char *err_message);
void ffcmsg(void);
void ffcmrk(void);
void ffrprt(FILE *stream, int status);
void ffcmps(char *templt, char *colname, int casesen, int *match, int *exact);
int fftkey(const char *keyword, int *status);
int fftrec(char *card, int *status);
int ffnchk(fitsfile *fptr, int *status);
int ffkeyn(const char *keyroot, int value, char *keyname, int *status);
int ffnkey(int value, const char *keyroot, char *keyname, int *status);
int ffgkcl(char *card);
int ffdtyp(const char *cval, char *dtype, int *status);
int ffinttyp(char *cval, int *datatype, int *negative, int *status);
int ffpsvc(char *card, char *value, char *comm, int *status);
int ffgknm(char *card, char *name, int *length, int *status);
int ffgthd(char *tmplt, char *card, int *hdtype, int *status);
int ffmkky(const char *keyname, char *keyval, const char *comm, char *card, int *status);
int fits_translate_keyword(char *inrec, char *outrec, char *patterns[][2], int npat, int n_value, int n_offset,
                           int n_range, int *pat_num, int *i, int *j, int *m, int *n, int *status);
int fits_translate_keywords(fitsfile *infptr, fitsfile *outfptr, int firstkey, char *patterns[][2], int npat,
                            int n_value, int n_offset, int n_range, int *status);
int ffasfm(char *tform, int *datacode, long *width, int *decim, int *status);
int ffbnfm(char *tform, int *datacode, long *repeat, long *width, int *status);
int ffbnfmll(char *tform, int *datacode, LONGLONG *repeat, long *width, int *status);
int ffgabc(int tfields, char **tform, int space, long *rowlen, long *tbcol, int *status);
int fits_get_section_range(char **ptr, long *secmin, long *secmax, long *incre, int *status);
int ffmbyt(fitsfile *fptr, LONGLONG bytpos, int ignore_err, int *status);

#ifdef __cplusplus
}
#endif

#endif
