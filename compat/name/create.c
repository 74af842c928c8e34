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

/* Reads "q 4", "qz 4" or "s 2", and moves behind it. */
static int parse_quality(fitsfile *fptr, const char **at, int *status) {
  const char *p = *at;
  char letter = (char)tolower((unsigned char)*p), *end;
  bool quantize = letter == 'q';
  if (!quantize && letter != 's')
    return cf_fail(status, URL_PARSE_ERROR, "a compression has q or s behind its tiles: %.40s", p);
  p++;
  if (quantize && tolower((unsigned char)*p) == 'z') {
    fits_set_quantize_method(fptr, SUBTRACTIVE_DITHER_2, status);
    p++;
  } else if (quantize) {
    fits_set_quantize_method(fptr, SUBTRACTIVE_DITHER_1, status);
  }
  float value = strtof(p, &end);
  *at = end;
  return quantize ? fits_set_quantize_level(fptr, value, status) : fits_set_hcomp_scale(fptr, value, status);
}

/* Reads an algorithm: only its first letters count, as documented. */
static const char *parse_algorithm(fitsfile *fptr, const char *p, int *status) {
  static const struct {
    char letter;
    int type;
  } types[] = {{'r', RICE_1}, {'g', GZIP_1}, {'h', HCOMPRESS_1}, {'p', PLIO_1}};
  int type = RICE_1;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (tolower((unsigned char)*p) == types[i].letter)
      type = types[i].type;
  fits_set_compression_type(fptr, type, status);
  if (type == HCOMPRESS_1 && toupper((unsigned char)p[1]) == 'S')
    fits_set_hcomp_smooth(fptr, 1, status);
  return isalpha((unsigned char)*p) ? p + strcspn(p, " ;") : p;
}

/* Reads "compress R 100,100; q 4, s 2". CFITSIO ignores what it does not know before the semicolon: so do we. */
static int set_compression(fitsfile *fptr, const char *spec, int *status) {
  long tile[MAX_COMPRESS_DIM];
  int axes = 0;
  if (!cf_begins(spec, "compress"))
    return cf_fail(status, URL_PARSE_ERROR, "a new file has [compress ...] behind its name only: %.40s", spec);
  const char *p = cf_skip_blanks(parse_algorithm(fptr, cf_skip_blanks(spec + 8), status));
  while (isdigit((unsigned char)*p) && axes < MAX_COMPRESS_DIM) {
    char *end;
    tile[axes++] = strtol(p, &end, 10);
    p = cf_skip_blanks(*end == ',' ? end + 1 : end);
  }
  if (axes > 0)
    fits_set_tile_dim(fptr, axes, tile, status);
  p += strcspn(p, ";");
  for (p = cf_skip_blanks(*p == ';' ? p + 1 : p); *p != '\0' && *status <= 0; p += strspn(p, " ,"))
    parse_quality(fptr, &p, status);
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
static int create_base(fitsfile **fptr, const cf_new_name *name, int *status) {
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
  cf_new_name name;
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
