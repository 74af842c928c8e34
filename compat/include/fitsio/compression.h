/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/compression.h: Image statistics, compression, remote access. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_COMPRESSION_H
#define RF_FITSIO_COMPRESSION_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

int fits_img_stats_short(short *array, long nx, long ny, int nullcheck, short nullvalue, long *ngoodpix,
                         short *minvalue, short *maxvalue, double *mean, double *sigma, double *noise1, double *noise2,
                         double *noise3, double *noise5, int *status);
int fits_img_stats_int(int *array, long nx, long ny, int nullcheck, int nullvalue, long *ngoodpix, int *minvalue,
                       int *maxvalue, double *mean, double *sigma, double *noise1, double *noise2, double *noise3,
                       double *noise5, int *status);
int fits_img_stats_float(float *array, long nx, long ny, int nullcheck, float nullvalue, long *ngoodpix,
                         float *minvalue, float *maxvalue, double *mean, double *sigma, double *noise1, double *noise2,
                         double *noise3, double *noise5, int *status);
int fits_set_compression_type(fitsfile *fptr, int ctype, int *status);
int fits_set_tile_dim(fitsfile *fptr, int ndim, long *dims, int *status);
int fits_set_noise_bits(fitsfile *fptr, int noisebits, int *status);
int fits_set_quantize_level(fitsfile *fptr, float qlevel, int *status);
int fits_set_hcomp_scale(fitsfile *fptr, float scale, int *status);
int fits_set_hcomp_smooth(fitsfile *fptr, int smooth, int *status);
int fits_set_quantize_method(fitsfile *fptr, int method, int *status);
int fits_set_quantize_dither(fitsfile *fptr, int dither, int *status);
int fits_set_dither_seed(fitsfile *fptr, int seed, int *status);
int fits_set_dither_offset(fitsfile *fptr, int offset, int *status);
int fits_set_lossy_int(fitsfile *fptr, int lossy_int, int *status);
int fits_set_huge_hdu(fitsfile *fptr, int huge, int *status);
int fits_set_compression_pref(fitsfile *infptr, fitsfile *outfptr, int *status);
int fits_get_compression_type(fitsfile *fptr, int *ctype, int *status);
int fits_get_tile_dim(fitsfile *fptr, int ndim, long *dims, int *status);
int fits_get_quantize_level(fitsfile *fptr, float *qlevel, int *status);
int fits_get_noise_bits(fitsfile *fptr, int *noisebits, int *status);
int fits_get_hcomp_scale(fitsfile *fptr, float *scale, int *status);
int fits_get_hcomp_smooth(fitsfile *fptr, int *smooth, int *status);
int fits_get_dither_seed(fitsfile *fptr, int *seed, int *status);
int fits_img_compress(fitsfile *infptr, fitsfile *outfptr, int *status);
int fits_comp_img(fitsfile *infptr, fitsfile *outfptr, int compress_type, long *tilesize, int parm1, int parm2,
                  int *status);
int fits_is_compressed_image(fitsfile *fptr, int *status);
int fits_is_reentrant(void);
int fits_decomp_img(fitsfile *infptr, fitsfile *outfptr, int *status);
int fits_img_decompress_header(fitsfile *infptr, fitsfile *outfptr, int *status);
int fits_img_decompress(fitsfile *infptr, fitsfile *outfptr, int *status);
int fits_hcompress(int *a, int nx, int ny, int scale, char *output, long *nbytes, int *status);
int fits_hcompress64(LONGLONG *a, int nx, int ny, int scale, char *output, long *nbytes, int *status);
int fits_hdecompress(unsigned char *input, int smooth, int *a, int *nx, int *ny, int *scale, int *status);
int fits_hdecompress64(unsigned char *input, int smooth, LONGLONG *a, int *nx, int *ny, int *scale, int *status);
int fits_compress_table(fitsfile *infptr, fitsfile *outfptr, int *status);
int fits_uncompress_table(fitsfile *infptr, fitsfile *outfptr, int *status);
int ffihtps(void);
int ffchtps(void);
void ffvhtps(int flag);
void ffshdwn(int flag);
int ffgtmo(void);
int ffstmo(int sec, int *status);

#ifdef __cplusplus
}
#endif

#endif
