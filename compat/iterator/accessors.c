/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The members of iteratorCol.
 */
#include <string.h>

#include "base/status.h"
#include "base/string.h"

int fits_iter_set_by_name(iteratorCol *col, fitsfile *fptr, char *colname, int datatype, int iotype) {
  if (col == NULL)
    return NULL_INPUT_PTR;
  fits_iter_set_colname(col, colname);
  col->fptr = fptr;
  col->colnum = 0;
  col->datatype = datatype;
  col->iotype = iotype;
  return 0;
}

int fits_iter_set_by_num(iteratorCol *col, fitsfile *fptr, int colnum, int datatype, int iotype) {
  if (col == NULL)
    return NULL_INPUT_PTR;
  col->fptr = fptr;
  col->colnum = colnum;
  col->datatype = datatype;
  col->iotype = iotype;
  return 0;
}

int fits_iter_set_file(iteratorCol *col, fitsfile *fptr) {
  if (col == NULL)
    return NULL_INPUT_PTR;
  col->fptr = fptr;
  return 0;
}

int fits_iter_set_colname(iteratorCol *col, char *colname) {
  if (col == NULL)
    return NULL_INPUT_PTR;
  cf_copy(col->colname, colname == NULL ? "" : colname, sizeof col->colname);
  col->colnum = 0;
  return 0;
}

int fits_iter_set_colnum(iteratorCol *col, int colnum) {
  if (col == NULL)
    return NULL_INPUT_PTR;
  col->colnum = colnum;
  return 0;
}

int fits_iter_set_datatype(iteratorCol *col, int datatype) {
  if (col == NULL)
    return NULL_INPUT_PTR;
  col->datatype = datatype;
  return 0;
}

int fits_iter_set_iotype(iteratorCol *col, int iotype) {
  if (col == NULL)
    return NULL_INPUT_PTR;
  col->iotype = iotype;
  return 0;
}

fitsfile *fits_iter_get_file(iteratorCol *col) {
  return col != NULL ? col->fptr : NULL;
}

char *fits_iter_get_colname(iteratorCol *col) {
  return col != NULL ? col->colname : NULL;
}

int fits_iter_get_colnum(iteratorCol *col) {
  return col != NULL ? col->colnum : 0;
}

int fits_iter_get_datatype(iteratorCol *col) {
  return col != NULL ? col->datatype : 0;
}

int fits_iter_get_iotype(iteratorCol *col) {
  return col != NULL ? col->iotype : 0;
}

void *fits_iter_get_array(iteratorCol *col) {
  return col != NULL ? col->array : NULL;
}

long fits_iter_get_tlmin(iteratorCol *col) {
  return col != NULL ? col->tlmin : 0;
}

long fits_iter_get_tlmax(iteratorCol *col) {
  return col != NULL ? col->tlmax : 0;
}

long fits_iter_get_repeat(iteratorCol *col) {
  return col != NULL ? col->repeat : 0;
}

char *fits_iter_get_tunit(iteratorCol *col) {
  return col != NULL ? col->tunit : NULL;
}

char *fits_iter_get_tdisp(iteratorCol *col) {
  return col != NULL ? col->tdisp : NULL;
}
