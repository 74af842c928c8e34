/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/filter.h: Expressions, histograms, image filters. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_FILTER_H
#define RF_FITSIO_FILTER_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

int fftexp(fitsfile *fptr, char *expr, int maxdim, int *datatype, long *nelem, int *naxis, long *naxes, int *status);
int fffrow(fitsfile *infptr, char *expr, long firstrow, long nrows, long *n_good_rows, char *row_status, int *status);
int ffffrw(fitsfile *fptr, char *expr, long *rownum, int *status);
int fffrwc(fitsfile *fptr, char *expr, char *timeCol, char *parCol, char *valCol, long ntimes, double *times,
           char *time_status, int *status);
int ffsrow(fitsfile *infptr, fitsfile *outfptr, char *expr, int *status);
int ffcrow(fitsfile *fptr, int datatype, char *expr, long firstrow, long nelements, void *nulval, void *array,
           int *anynul, int *status);
int ffcalc_rng(fitsfile *infptr, char *expr, fitsfile *outfptr, char *parName, char *parInfo, int nRngs, long *start,
               long *end, int *status);
int ffcalc(fitsfile *infptr, char *expr, fitsfile *outfptr, char *parName, char *parInfo, int *status);
int ffhist(fitsfile **fptr, char *outfile, int imagetype, int naxis, char colname[4][71], double *minin, double *maxin,
           double *binsizein, char minname[4][71], char maxname[4][71], char binname[4][71], double weightin,
           char wtcol[71], int recip, char *rowselect, int *status);
int ffhist2(fitsfile **fptr, char *outfile, int imagetype, int naxis, char colname[4][71], double *minin, double *maxin,
            double *binsizein, char minname[4][71], char maxname[4][71], char binname[4][71], double weightin,
            char wtcol[71], int recip, char *rowselect, int *status);
fitsfile *ffhist3(fitsfile *fptr, char *outfile, int imagetype, int naxis, char colname[4][71], double *minin,
                  double *maxin, double *binsizein, char minname[4][71], char maxname[4][71], char binname[4][71],
                  double weightin, char wtcol[71], int recip, char *selectrow, int *status);
int fits_select_image_section(fitsfile **fptr, char *outfile, char *imagesection, int *status);
int fits_copy_image_section(fitsfile *infptr, fitsfile *outfile, char *imagesection, int *status);
int fits_calc_binning(fitsfile *fptr, int naxis, char colname[4][71], double *minin, double *maxin, double *binsizein,
                      char minname[4][71], char maxname[4][71], char binname[4][71], int *colnum, long *haxes,
                      float *amin, float *amax, float *binsize, int *status);
int fits_calc_binningd(fitsfile *fptr, int naxis, char colname[4][71], double *minin, double *maxin, double *binsizein,
                       char minname[4][71], char maxname[4][71], char binname[4][71], int *colnum, long *haxes,
                       double *amin, double *amax, double *binsize, int *status);
int fits_write_keys_histo(fitsfile *fptr, fitsfile *histptr, int naxis, int *colnum, int *status);
int fits_rebin_wcs(fitsfile *fptr, int naxis, float *amin, float *binsize, int *status);
int fits_rebin_wcsd(fitsfile *fptr, int naxis, double *amin, double *binsize, int *status);
int fits_make_hist(fitsfile *fptr, fitsfile *histptr, int bitpix, int naxis, long *naxes, int *colnum, float *amin,
                   float *amax, float *binsize, float weight, int wtcolnum, int recip, char *selectrow, int *status);
int fits_make_histd(fitsfile *fptr, fitsfile *histptr, int bitpix, int naxis, long *naxes, int *colnum, double *amin,
                    double *amax, double *binsize, double weight, int wtcolnum, int recip, char *selectrow,
                    int *status);
int fits_pixel_filter(PixelFilter *filter, int *status);

#ifdef __cplusplus
}
#endif

#endif
