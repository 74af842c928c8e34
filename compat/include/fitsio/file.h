/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/file.h: Files: names, opening, closing. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_FILE_H
#define RF_FITSIO_FILE_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

int fits_read_wcstab(fitsfile *fptr, int nwtb, wtbarr *wtb, int *status);
int CFITS2Unit(fitsfile *fptr);
fitsfile *CUnit2FITS(int unit);
int fits_get_token(char **ptr, char *delimiter, char *token, int *isanumber);
int fits_get_token2(char **ptr, char *delimiter, char **token, int *isanumber, int *status);
char *fits_split_names(char *list);
int ffiurl(char *url, char *urltype, char *infile, char *outfile, char *extspec, char *rowfilter, char *binspec,
           char *colspec, int *status);
int ffifile(char *url, char *urltype, char *infile, char *outfile, char *extspec, char *rowfilter, char *binspec,
            char *colspec, char *pixfilter, int *status);
int ffifile2(char *url, char *urltype, char *infile, char *outfile, char *extspec, char *rowfilter, char *binspec,
             char *colspec, char *pixfilter, char *compspec, int *status);
int ffrtnm(char *url, char *rootname, int *status);
int ffexist(const char *infile, int *exists, int *status);
int ffexts(char *extspec, int *extnum, char *extname, int *extvers, int *hdutype, char *colname, char *rowexpress,
           int *status);
int ffextn(char *url, int *extension_num, int *status);
int ffurlt(fitsfile *fptr, char *urlType, int *status);
int ffbins(char *binspec, int *imagetype, int *haxis, char colname[4][71], double *minin, double *maxin,
           double *binsizein, char minname[4][71], char maxname[4][71], char binname[4][71], double *weight,
           char *wtname, int *recip, int *status);
int ffbinr(char **binspec, char *colname, double *minin, double *maxin, double *binsizein, char *minname, char *maxname,
           char *binname, int *status);
int fits_copy_cell2image(fitsfile *fptr, fitsfile *newptr, char *colname, long rownum, int *status);
int fits_copy_image2cell(fitsfile *fptr, fitsfile *newptr, char *colname, long rownum, int copykeyflag, int *status);
int fits_copy_pixlist2image(fitsfile *infptr, fitsfile *outfptr, int firstkey, int naxis, int *colnum, int *status);
int ffimport_file(char *filename, char **contents, int *status);
int ffrwrg(char *rowlist, LONGLONG maxrows, int maxranges, int *numranges, long *minrow, long *maxrow, int *status);
int ffrwrgll(char *rowlist, LONGLONG maxrows, int maxranges, int *numranges, LONGLONG *minrow, LONGLONG *maxrow,
             int *status);
int fits_init_cfitsio(void);
int ffomem(fitsfile **fptr, const char *name, int mode, void **buffptr, size_t *buffsize, size_t deltasize,
           void *(*mem_realloc)(void *p, size_t newsize), int *status);
int ffopen(fitsfile **fptr, const char *filename, int iomode, int *status);
int ffopentest(int soname, fitsfile **fptr, const char *filename, int iomode, int *status);
int ffdopn(fitsfile **fptr, const char *filename, int iomode, int *status);
int ffeopn(fitsfile **fptr, const char *filename, int iomode, char *extlist, int *hdutype, int *status);
int fftopn(fitsfile **fptr, const char *filename, int iomode, int *status);
int ffiopn(fitsfile **fptr, const char *filename, int iomode, int *status);
int ffdkopn(fitsfile **fptr, const char *filename, int iomode, int *status);
int ffreopen(fitsfile *openfptr, fitsfile **newfptr, int *status);
int ffinit(fitsfile **fptr, const char *filename, int *status);
int ffdkinit(fitsfile **fptr, const char *filename, int *status);
int ffimem(fitsfile **fptr, void **buffptr, size_t *buffsize, size_t deltasize,
           void *(*mem_realloc)(void *p, size_t newsize), int *status);
int fftplt(fitsfile **fptr, const char *filename, const char *tempname, int *status);
int ffflus(fitsfile *fptr, int *status);
int ffflsh(fitsfile *fptr, int clearbuf, int *status);
int ffclos(fitsfile *fptr, int *status);
int ffdelt(fitsfile *fptr, int *status);
int ffflnm(fitsfile *fptr, char *filename, int *status);
int ffflmd(fitsfile *fptr, int *filemode, int *status);
int fits_delete_iraf_file(const char *filename, int *status);

#ifdef __cplusplus
}
#endif

#endif
