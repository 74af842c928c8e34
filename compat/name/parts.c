/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public functions that take names apart.
 */
#include <string.h>
#include <unistd.h>

#include "base/string.h"
#include "file/handle.h"
#include "name/name.h"

static void give(char *dest, const char *text) {
  if (dest != NULL)
    cf_copy(dest, text, FLEN_FILENAME);
}

int ffifile2(char *url, char *urltype, char *infile, char *outfile, char *extspec, char *rowfilter, char *binspec,
             char *colspec, char *pixfilter, char *compspec, int *status) {
  CF_GO(status);
  rf_name name;
  cf_name_parse(url, &name, status);
  if (urltype != NULL)
    cf_copy(urltype, name.type, CF_URL_TYPE);
  give(infile, name.file);
  give(outfile, name.output);
  give(extspec, name.hdu);
  give(rowfilter, name.rows);
  give(binspec, name.bin);
  give(colspec, name.columns);
  give(pixfilter, name.pixels);
  give(compspec, name.compress);
  return *status;
}

int ffifile(char *url, char *urltype, char *infile, char *outfile, char *extspec, char *rowfilter, char *binspec,
            char *colspec, char *pixfilter, int *status) {
  return ffifile2(url, urltype, infile, outfile, extspec, rowfilter, binspec, colspec, pixfilter, NULL, status);
}

int ffiurl(char *url, char *urltype, char *infile, char *outfile, char *extspec, char *rowfilter, char *binspec,
           char *colspec, int *status) {
  return ffifile2(url, urltype, infile, outfile, extspec, rowfilter, binspec, colspec, NULL, NULL, status);
}

int ffrtnm(char *url, char *rootname, int *status) {
  CF_GO(status);
  if (rootname == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no memory for the root of the file name");
  rootname[0] = '\0';
  rf_name name;
  if (cf_name_parse_file(url, &name, status) > 0)
    return *status;
  if (strcmp(name.type, "stdin://") == 0)
    cf_copy(rootname, "-", FLEN_FILENAME);
  else if (name.typed || (strcmp(name.type, "file://") != 0 && strcmp(name.type, "irafmem://") != 0))
    cf_copy(rootname, name.type, FLEN_FILENAME);
  cf_append(rootname, name.file, FLEN_FILENAME);
  return *status;
}

int ffexist(const char *infile, int *exists, int *status) {
  static const char *const endings[] = {".gz", ".Z", ".z", ".zip", "-gz", "-z", "_z", ".bz2"};
  CF_GO(status);
  if (exists == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no memory for the answer whether a file exists");
  *exists = 0;
  rf_name name;
  if (cf_name_parse_file(infile, &name, status) > 0)
    return *status;
  bool file = name.type[0] == '\0' || strcmp(name.type, "file://") == 0 ||
              (strcmp(name.type, "irafmem://") == 0 && !name.typed);
  if (!file || name.file[0] == '-') {
    *exists = -1;
    return *status;
  }
  if (access(name.file, F_OK) == 0) {
    *exists = name.file[0] != '\0';
    return *status;
  }
  char packed[FLEN_FILENAME + 8];
  for (size_t i = 0; i < sizeof endings / sizeof *endings && *exists == 0; i++) {
    cf_copy(packed, name.file, sizeof packed);
    cf_append(packed, endings[i], sizeof packed);
    if (access(packed, F_OK) == 0)
      *exists = 2;
  }
  return *status;
}

/* Opens the file, and returns the number of the HDU that the name names. */
static int find_hdu(const rf_name *name, const rf_name_location *where, int *number, int *status) {
  fitsfile *fptr = NULL;
  char plain[FLEN_FILENAME + CF_URL_TYPE];
  cf_copy(plain, strcmp(name->type, "file://") == 0 ? "" : name->type, sizeof plain);
  cf_append(plain, name->file, sizeof plain);
  if (ffopen(&fptr, plain, READONLY, status) > 0)
    return *status;
  if (ffmnhd(fptr, where->kind, (char *)where->name, where->version, status) <= 0)
    ffghdn(fptr, number);
  int closing = *status;
  ffclos(fptr, &closing);
  return *status;
}

int ffextn(char *url, int *extension_num, int *status) {
  CF_GO(status);
  if (extension_num == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no memory for the number of the HDU");
  rf_name name;
  rf_name_location where;
  if (cf_name_parse(url, &name, status) > 0)
    return *status;
  if (name.bin[0] != '\0') {
    *extension_num = 1;
    return *status;
  }
  if (name.hdu[0] == '\0') {
    *extension_num = -99;
    return *status;
  }
  if (cf_location_parse(name.hdu, &where, status) > 0)
    return *status;
  if (where.column[0] != '\0') {
    *extension_num = 1;
    return *status;
  }
  if (where.name[0] == '\0') {
    *extension_num = where.number + 1;
    return *status;
  }
  if (strcmp(name.type, "stdin://") == 0)
    return cf_fail(status, URL_PARSE_ERROR, "an HDU of standard input can only be found by reading it");
  return find_hdu(&name, &where, extension_num, status);
}

int ffexts(char *extspec, int *extnum, char *extname, int *extvers, int *hdutype, char *colname, char *rowexpress,
           int *status) {
  CF_GO(status);
  if (extnum == NULL || extname == NULL || extvers == NULL || hdutype == NULL || colname == NULL || rowexpress == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no memory for the parts of a location");
  rf_name_location where;
  cf_location_parse(extspec, &where, status);
  *extnum = where.number;
  *extvers = where.version;
  *hdutype = where.kind;
  cf_copy(extname, where.name, FLEN_VALUE);
  cf_copy(colname, where.column, FLEN_VALUE);
  cf_copy(rowexpress, where.row, FLEN_FILENAME);
  if (where.only && where.name[0] != '\0' && where.version == 0)
    cf_append(extname, "#", FLEN_VALUE);
  return *status;
}
