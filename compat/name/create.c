/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creates files by extended names: !name, name(template), name[compress ...].
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/open.h"
#include "name/filters.h"
#include "name/name.h"
#include "name/open.h"
#include "name/url_type.h"

/* Returns the number that fits_set_compression_type() takes. */
static int number_of(rf_zcmptype type) {
  switch (type) {
  case RF_Z_GZIP_1:
    return GZIP_1;
  case RF_Z_GZIP_2:
    return GZIP_2;
  case RF_Z_HCOMPRESS_1:
    return HCOMPRESS_1;
  case RF_Z_PLIO_1:
    return PLIO_1;
  default:
    return RICE_1;
  }
}

/* Sets the compression "compress R 100,100; q 4" for the images that follow. */
static int set_compression(fitsfile *fptr, const char *spec, int *status) {
  rf_name_compression c = {.size = sizeof c};
  rf_error err;
  long tile[MAX_COMPRESS_DIM];
  if (rf_name_parse_compression(spec, &c, &err) != RF_OK)
    return cf_fail_core(status, URL_PARSE_ERROR, &err);
  for (int i = 0; i < c.tile_ndim; i++)
    tile[i] = c.tile[i] < LONG_MAX ? (long)c.tile[i] : LONG_MAX;
  fits_set_compression_type(fptr, number_of(c.type), status);
  if (c.smooth)
    fits_set_hcomp_smooth(fptr, 1, status);
  if (c.tile_ndim > 0)
    fits_set_tile_dim(fptr, c.tile_ndim, tile, status);
  if (c.has_level) {
    fits_set_quantize_method(fptr, c.dither == RF_DITHER_2 ? SUBTRACTIVE_DITHER_2 : SUBTRACTIVE_DITHER_1, status);
    fits_set_quantize_level(fptr, (float)c.level, status);
  }
  if (c.has_scale)
    fits_set_hcomp_scale(fptr, (float)c.scale, status);
  return *status;
}

/* Copies the headers of another file; the data become zeros. */
static int copy_headers(fitsfile *model, fitsfile *fptr, int *status) {
  int missing = 0, type = 0;
  for (int i = 1; *status <= 0; i++) {
    ffpmrk();
    if (ffmahd(model, i, &type, &missing) > 0) {
      ffcmrk();
      break;
    }
    ffcmrk();
    ffcphd(model, fptr, status);
    if (type == BINARY_TBL) /* there are no rows of variable length */
      ffmkyj(fptr, "PCOUNT", 0, "&", status);
    ffrdef(fptr, status);
  }
  return *status <= 0 ? ffmahd(fptr, 1, NULL, status) : *status;
}

int cf_template_apply(fitsfile *fptr, const char *name, int *status) {
  fitsfile *model = NULL;
  int failed = 0;
  ffpmrk();
  ffopen(&model, name, READONLY, &failed);
  ffcmrk();
  if (failed > 0)
    return fits_execute_template(fptr, (char *)name, status);
  copy_headers(model, fptr, status);
  failed = 0;
  ffclos(model, &failed);
  return *status;
}

/* Opens the new file. */
static int create_base(fitsfile **fptr, const rf_name_new *name, int *status) {
  char url[FLEN_FILENAME + CF_URL_TYPE];
  const char *type = name->type;
  if (cf_begins(type, "mem://") || cf_begins(type, "memkeep://"))
    return cf_file_create(fptr, "mem://", status);
  if (cf_begins(type, "stdout://"))
    return cf_file_create(fptr, "-", status);
  if (cf_begins(type, "file://") || cf_begins(type, "compress")) {
    if (name->file[0] == '\0')
      return cf_fail(status, FILE_NOT_CREATED, "the name of the new file is empty");
    if (name->clobber)
      (void)remove(name->file);
    return cf_file_create(fptr, name->file, status);
  }
  (void)snprintf(url, sizeof url, "%s%s", type, name->file);
  return cf_file_create(fptr, url, status);
}

int cf_create_extended(fitsfile **fptr, const char *text, int *status) {
  rf_name_new name;
  if (cf_new_name_parse(text, &name, status) > 0)
    return *status;
  if (create_base(fptr, &name, status) > 0)
    return *status;
  text = cf_skip_blanks(text);
  cf_set_origin(*fptr, name.type, *text == '!' ? text + 1 : text, status);
  if (*status <= 0 && name.template_file[0] != '\0')
    cf_template_apply(*fptr, name.template_file, status);
  if (*status <= 0 && name.compress[0] != '\0')
    set_compression(*fptr, name.compress, status);
  if (*status > 0) {
    int closing = 0;
    ffdelt(*fptr, &closing);
    *fptr = NULL;
  }
  return *status;
}

int cf_new_file(fitsfile **fptr, const char *output, int number, int *status) {
  char name[32];
  if (*output != '\0')
    return ffinit(fptr, output, status);
  if (cf_file_create(fptr, "mem://", status) > 0)
    return *status;
  (void)snprintf(name, sizeof name, "mem://_%d", number);
  return cf_set_origin(*fptr, "mem://", name, status);
}

int cf_take_over(fitsfile **fptr, fitsfile *copy, int *status) {
  int closing = 0;
  if (*status > 0) {
    ffdelt(copy, &closing);
    return *status;
  }
  ffclos(*fptr, &closing);
  *fptr = copy;
  return *status;
}
