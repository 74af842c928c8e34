/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The members of iteratorCol.
 */
#include <string.h>

#include "base/status.h"
#include "base/string.h"

int fits_iter_set_by_name(iteratorCol *col, fitsfile *fptr, char *colname, int datatype, int iotype) {
  fits_iter_set_colname(col, colname);
  col->fptr = fptr;
  col->colnum = 0;
  col->datatype = datatype;
  col->iotype = iotype;
  return 0;
}

int fits_iter_set_by_num(iteratorCol *col, fitsfile *fptr, int colnum, int datatype, int iotype) {
  col->fptr = fptr;
  col->colnum = colnum;
  col->datatype = datatype;
  col->iotype = iotype;
  return 0;
}

int fits_iter_set_file(iteratorCol *col, fitsfile *fptr) {
  col->fptr = fptr;
  return 0;
}

int fits_iter_set_colname(iteratorCol *col, char *colname) {
  cf_copy(col->colname, colname == NULL ? "" : colname, sizeof col->colname);
  col->colnum = 0;
  return 0;
}

int fits_iter_set_colnum(iteratorCol *col, int colnum) {
  col->colnum = colnum;
  return 0;
}

int fits_iter_set_datatype(iteratorCol *col, int datatype) {
  col->datatype = datatype;
  return 0;
}

int fits_iter_set_iotype(iteratorCol *col, int iotype) {
  col->iotype = iotype;
  return 0;
}

fitsfile *fits_iter_get_file(iteratorCol *col) {
  return col->fptr;
}

char *fits_iter_get_colname(iteratorCol *col) {
  return col->colname;
}

int fits_iter_get_colnum(iteratorCol *col) {
  return col->colnum;
}

int fits_iter_get_datatype(iteratorCol *col) {
  return col->datatype;
}

int fits_iter_get_iotype(iteratorCol *col) {
  return col->iotype;
}

void *fits_iter_get_array(iteratorCol *col) {
  return col->array;
}

long fits_iter_get_tlmin(iteratorCol *col) {
  return col->tlmin;
}

long fits_iter_get_tlmax(iteratorCol *col) {
  return col->tlmax;
}

long fits_iter_get_repeat(iteratorCol *col) {
  return col->repeat;
}

char *fits_iter_get_tunit(iteratorCol *col) {
  return col->tunit;
}

char *fits_iter_get_tdisp(iteratorCol *col) {
  return col->tdisp;
}
