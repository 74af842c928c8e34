/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter/keyword.h"

#include "base/string.h"
#include "fitsio2.h"

rf_status cf_keyword_describe(fitsfile *fptr, const char *name, rf_formula_info *info, char text[FLEN_VALUE],
                              int *status) {
  char value[FLEN_VALUE] = "", type = 0, keyword[FLEN_KEYWORD];
  int logical = 0;
  LONGLONG integer = 0;
  cf_copy(keyword, name, sizeof keyword);
  if (ffgkey(fptr, keyword, value, NULL, status) > 0)
    return RF_ERR_NOT_FOUND;
  if (ffdtyp(value, &type, status) > 0)
    return RF_ERR_NOT_FOUND;
  if (type == 'X') {
    (void)cf_fail(status, PARSE_SYNTAX_ERR, "keyword %s is complex", keyword);
    return RF_ERR_TYPE;
  }
  info->constant = 1;
  if (type == 'C')
    (void)ffc2s(value, text, status);
  else if (type == 'L')
    (void)ffc2ll(value, &logical, status);
  else if (type == 'I')
    (void)ffc2jj(value, &integer, status);
  else
    (void)ffc2dd(value, &info->real, status);
  if (*status > 0)
    return RF_ERR_NOT_FOUND;
  info->type = type == 'C'   ? RF_FORMULA_STRING
               : type == 'L' ? RF_FORMULA_LOGICAL
               : type == 'I' ? RF_FORMULA_INTEGER
                             : RF_FORMULA_REAL;
  info->integer = type == 'L' ? logical : integer;
  info->text = text;
  return RF_OK;
}
