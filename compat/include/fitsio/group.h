/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/group.h: Grouping tables, templates. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_GROUP_H
#define RF_FITSIO_GROUP_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

int ffgtcr(fitsfile *fptr, char *grpname, int grouptype, int *status);
int ffgtis(fitsfile *fptr, char *grpname, int grouptype, int *status);
int ffgtch(fitsfile *gfptr, int grouptype, int *status);
int ffgtrm(fitsfile *gfptr, int rmopt, int *status);
int ffgtcp(fitsfile *infptr, fitsfile *outfptr, int cpopt, int *status);
int ffgtmg(fitsfile *infptr, fitsfile *outfptr, int mgopt, int *status);
int ffgtcm(fitsfile *gfptr, int cmopt, int *status);
int ffgtvf(fitsfile *gfptr, long *firstfailed, int *status);
int ffgtop(fitsfile *mfptr, int group, fitsfile **gfptr, int *status);
int ffgtam(fitsfile *gfptr, fitsfile *mfptr, int hdupos, int *status);
int ffgtnm(fitsfile *gfptr, long *nmembers, int *status);
int ffgmng(fitsfile *mfptr, long *nmembers, int *status);
int ffgmop(fitsfile *gfptr, long member, fitsfile **mfptr, int *status);
int ffgmcp(fitsfile *gfptr, fitsfile *mfptr, long member, int cpopt, int *status);
int ffgmtf(fitsfile *infptr, fitsfile *outfptr, long member, int tfopt, int *status);
int ffgmrm(fitsfile *fptr, long member, int rmopt, int *status);
int fits_execute_template(fitsfile *ff, char *ngp_template, int *status);

#ifdef __cplusplus
}
#endif

#endif
