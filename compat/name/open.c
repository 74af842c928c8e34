/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens files by extended names.
 */
#include "name/open.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/string.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "file/open.h"
#include "name/filters.h"
#include "name/name.h"
#include "name/url_type.h"

bool cf_is_extended(const char *name) {
  return strpbrk(name, "![(") != NULL || strstr(name, "://") != NULL || *name == '-' || cf_begins(name, "stdout");
}

/* Tells whether a name to be opened is not the name of a local file. */
static bool needs_parsing(const char *name) {
  size_t n = strlen(name);
  return strpbrk(name, "[(+:~") != NULL || *name == '-' || cf_begins(name, "stdin") ||
         (n > 4 && strcmp(name + n - 4, ".imh") == 0);
}

/* "~/file": the folder of the user. */
static void expand_home(char *file) {
  const char *home = getenv("HOME");
  char whole[FLEN_FILENAME];
  if (strncmp(file, "~/", 2) != 0 || home == NULL || strlen(home) + strlen(file) > FLEN_FILENAME - 1)
    return;
  cf_copy(whole, home, sizeof whole);
  cf_append(whole, file + 1, sizeof whole);
  cf_copy(file, whole, FLEN_FILENAME);
}

/* Tells whether the file is compressed: by its size if it is open, by its first bytes, by its name. */
static bool is_packed(fitsfile *fptr, const char *file) {
  static const char *const endings[] = {".gz", ".Z", ".z", ".bz2", ".zst", ".xz", ".zip"};
  size_t n = strlen(file);
  struct stat facts;
  if (stat(file, &facts) == 0 && (!S_ISREG(facts.st_mode) || (fptr != NULL && facts.st_size == fptr->Fptr->filesize)))
    return false; /* a pipe must not lose its first bytes */
  FILE *plain = fopen(file, "rb");
  if (plain == NULL)
    return true;
  unsigned char magic[4] = {0};
  bool read = fread(magic, 1, 4, plain) == 4;
  fclose(plain);
  if (read && magic[0] == 0x1f && (magic[1] == 0x8b || magic[1] == 0x9d))
    return true;
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (n > strlen(endings[i]) && strcmp(file + n - strlen(endings[i]), endings[i]) == 0)
      return true;
  return false;
}

/* Opens a file of a server, of itself or with the ending of a compressed one. */
static int open_remote(fitsfile **fptr, const char *url, int mode, int *status) {
  static const char *const endings[] = {".gz", ".Z"};
  char packed[FLEN_FILENAME + CF_URL_TYPE + 4];
  if (cf_file_open(fptr, url, mode, status) <= 0 || *status != FILE_NOT_OPENED || mode != READONLY ||
      !(cf_begins(url, "http") || cf_begins(url, "ftp")) || strchr(url, '?') != NULL)
    return *status;
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    int again = 0;
    (void)snprintf(packed, sizeof packed, "%s%s", url, endings[i]);
    ffpmrk();
    cf_file_open(fptr, packed, mode, &again);
    ffcmrk();
    if (again <= 0) {
      ffcmsg();
      return *status = 0;
    }
  }
  return *status;
}

/* Opens the file that a name begins with. *copied tells whether its content had to be brought here or unpacked. */
static int open_base(fitsfile **fptr, rf_name *name, int mode, bool *copied, int *status) {
  char url[FLEN_FILENAME + CF_URL_TYPE];
  const char *type = name->type;
  *copied = true;
  if (strcmp(type, "irafmem://") == 0)
    return cf_fail(status, FILE_NOT_OPENED, "%.60s: this library does not read images of IRAF (.imh)", name->file);
  if (strcmp(type, "rawfile://") == 0)
    return cf_open_raw(fptr, name->file, status);
  if (cf_begins(type, "mem://") || cf_begins(type, "memkeep://"))
    return cf_fail(status, FILE_NOT_OPENED, "%.20s has no content that could be opened", type);
  if (strcmp(type, "stdin://") == 0)
    return cf_file_open(fptr, "-", READONLY, status);
  if (cf_begins(type, "file://") || cf_begins(type, "compress://") || cf_begins(type, "compressfile://")) {
    expand_home(name->file);
    if (name->file[0] == '\0')
      return cf_fail(status, FILE_NOT_OPENED, "the name of the file is empty");
    *copied = is_packed(NULL, name->file);
    if (*copied && mode == READWRITE && name->output[0] == '\0') {
      int exists = 0, ignored = 0;
      if (ffexist(name->file, &exists, &ignored) <= 0 && exists != 0)
        return cf_fail(status, READONLY_FILE, "%.60s is compressed, and can only be read", name->file);
    }
    if (cf_file_open(fptr, name->file, *copied ? READONLY : mode, status) <= 0 && *copied)
      cf_copy(name->type, "compress://", sizeof name->type);
    return *status;
  }
  (void)snprintf(url, sizeof url, "%s%s", type, name->file);
  return open_remote(fptr, url, mode, status);
}

/* Copies the content into the file `output`, and goes on with that. */
static int copy_to_output(fitsfile **fptr, const char *output, int mode, int *status) {
  fitsfile *copy = NULL;
  char path[FLEN_FILENAME];
  bool memory = cf_begins(output, "mem:");
  if (cf_new_file(&copy, output, 0, status) > 0)
    return *status;
  cf_copy(path, copy->Fptr->filename, sizeof path);
  ffcpfl(*fptr, copy, 1, 1, 1, status);
  int closing = 0;
  ffclos(*fptr, &closing);
  *fptr = copy;
  if (*status > 0)
    return *status;
  if (memory) {
    ffmahd(copy, 1, NULL, status);
    ffflus(copy, status);
    copy->Fptr->writemode = mode;
    return *status;
  }
  *fptr = NULL;
  return ffclos(copy, status) > 0 ? *status : cf_file_open(fptr, path, mode, status);
}

/* Tells whether the HDU is a table that programs look for: no list of good times, no table of observations. */
static bool is_significant(fitsfile *fptr, int type) {
  char name[FLEN_VALUE] = "";
  int none = 0;
  if (type == IMAGE_HDU) {
    int naxis = 0;
    return ffgidm(fptr, &naxis, &none) <= 0 && naxis > 0;
  }
  ffpmrk();
  if (ffgkys(fptr, "EXTNAME", name, NULL, &none) > 0)
    name[0] = '\0';
  ffcmrk();
  cf_upper(name);
  return strstr(name, "GTI") == NULL && !cf_same_text(name, "OBSTABLE");
}

/* What find_data() looks for. */
typedef enum wanted { ANY_DATA, ANY_TABLE, ANY_IMAGE } wanted;

/* Moves to the first HDU with data of a kind. */
static int find_data(fitsfile *fptr, wanted kind, int *status) {
  int type = 0, missing = 0;
  for (int i = 1; *status <= 0; i++) {
    ffpmrk();
    if (ffmahd(fptr, i, &type, &missing) > 0) {
      ffcmrk();
      int number = kind == ANY_TABLE ? NOT_TABLE : kind == ANY_IMAGE ? NOT_IMAGE : END_OF_FILE;
      return cf_fail(status, number, "the file has no %s with data",
                     kind == ANY_TABLE   ? "table"
                     : kind == ANY_IMAGE ? "image"
                                         : "HDU");
    }
    ffcmrk();
    if ((kind == ANY_TABLE && type == IMAGE_HDU) || (kind == ANY_IMAGE && type != IMAGE_HDU))
      continue;
    if (is_significant(fptr, type))
      break;
  }
  return *status;
}

/* Moves to the HDU of the name. */
static int go_to(fitsfile *fptr, const rf_name_location *where, int *status) {
  if (where->name[0] == '\0')
    return ffmahd(fptr, where->number + 1, NULL, status);
  return ffmnhd(fptr, where->kind, (char *)where->name, where->version, status);
}

/* Filters of rows and sections count for the first HDU with data where the name gives no HDU. */
static int go_to_default(fitsfile *fptr, const rf_name *name, int *status) {
  int naxis = 0;
  if (name->rows[0] == '\0' && name->bin[0] == '\0' && name->columns[0] == '\0')
    return *status;
  if (ffgidm(fptr, &naxis, status) <= 0 && naxis == 0)
    find_data(fptr, ANY_DATA, status);
  return *status;
}

static int locate(fitsfile **fptr, const rf_name *name, rf_name_location *where, int *status) {
  if (name->hdu[0] == '\0')
    return go_to_default(*fptr, name, status);
  if (go_to(*fptr, where, status) > 0)
    return *status;
  if (where->only)
    (*fptr)->Fptr->only_one = 1;
  return *status;
}

/* What a filter made tells by which name: a table, a histogram, an image. */
static int write_origin(fitsfile *fptr, const char *what, const char *text, int *status) {
  char line[FLEN_CARD];
  (void)snprintf(line, sizeof line, "CFITSIO used the following %s:", what);
  ffphis(fptr, line, status);
  return ffphis(fptr, text, status);
}

/* The filters, in their order: cell, columns, rows or section, histogram, pixels. The last one writes the output. */
static int filter(fitsfile **fptr, const char *text, const rf_name *name, const rf_name_location *where, int *status) {
  int type = 0;
  const char *output = name->output;
  bool histogram = name->bin[0] != '\0', cell = where->column[0] != '\0';
  bool copied = false;
  if (cell) {
    cf_open_cell(fptr, name->rows[0] != '\0' ? "" : output, where->column, where->row, status);
    copied = true;
  }
  if (*status <= 0 && name->columns[0] != '\0') {
    cf_edit_columns(fptr, histogram ? "" : output, name->columns, status);
    copied = true;
  }
  if (*status <= 0 && name->rows[0] != '\0' && !histogram) {
    ffghdt(*fptr, &type, status);
    if (type == IMAGE_HDU)
      fits_select_image_section(fptr, (char *)output, (char *)name->rows, status);
    else if (copied)
      ffsrow(*fptr, *fptr, (char *)name->rows, status);
    else
      cf_select_rows(fptr, output, name->rows, status);
    if (*status <= 0 && type != IMAGE_HDU)
      write_origin(*fptr, "filtering expression to create this table", text, status);
  }
  if (*status <= 0 && cell && name->rows[0] != '\0' && *output == '\0')
    cf_set_origin(*fptr, "mem://", "mem://_1", status);
  if (*status <= 0 && histogram)
    cf_open_histogram(fptr, output, name->bin, name->rows, status);
  if (*status <= 0 && histogram)
    write_origin(*fptr, "expression to create this histogram", text, status);
  if (*status <= 0 && name->pixels[0] != '\0')
    cf_open_pixels(fptr, output, name->pixels, status);
  if (*status <= 0 && name->pixels[0] != '\0')
    write_origin(*fptr, "expression to create this image", text, status);
  return *status;
}

static bool has_filter(const rf_name *name, const rf_name_location *where) {
  return where->column[0] != '\0' || name->columns[0] != '\0' || name->rows[0] != '\0' || name->bin[0] != '\0' ||
         name->pixels[0] != '\0';
}

/* Gives up: closes the file, and keeps the status. */
static int give_up(fitsfile **fptr, int *status) {
  int closing = 0;
  if (*fptr != NULL)
    ffclos(*fptr, &closing);
  *fptr = NULL;
  return *status;
}

/* Opens what the name describes. *given: the name has an HDU, or its filter made one. */
static int open_parsed(fitsfile **fptr, const char *text, int mode, bool *given, int *status) {
  rf_name name;
  rf_name_location where;
  bool copied = false;
  *fptr = NULL;
  if (cf_name_parse(text, &name, status) > 0 || cf_location_parse(name.hdu, &where, status) > 0)
    return *status;
  bool filtered = has_filter(&name, &where);
  *given = name.hdu[0] != '\0' || filtered;
  if (open_base(fptr, &name, filtered || name.output[0] != '\0' ? READONLY : mode, &copied, status) > 0)
    return give_up(fptr, status);
  bool saved = name.output[0] != '\0' && !filtered;
  if (saved && copy_to_output(fptr, name.output, mode, status) > 0)
    return give_up(fptr, status);
  if (saved && copied)
    cf_copy(name.type, cf_begins(name.output, "mem:") ? "compressmem://" : "compressfile://", sizeof name.type);
  bool shared = (*fptr)->Fptr->open_count > 1; /* an earlier handle has named the file */
  if (!shared && cf_set_origin(*fptr, name.type, text, status) > 0)
    return give_up(fptr, status);
  if (locate(fptr, &name, &where, status) > 0 || filter(fptr, text, &name, &where, status) > 0)
    return give_up(fptr, status);
  return *status;
}

static int open_file(fitsfile **fptr, const char *filename, int mode, bool *given, int *status) {
  CF_GO(status);
  if (fptr == NULL || filename == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "a file needs a name, and memory for its handle");
  *fptr = NULL;
  *given = false;
  filename += strspn(filename, " ");
  if (*filename == '\0')
    return cf_fail(status, FILE_NOT_OPENED, "the name of the file is empty");
  if (strlen(filename) >= FLEN_FILENAME)
    return cf_fail(status, URL_PARSE_ERROR, "the name of the file has more than %d characters", FLEN_FILENAME - 1);
  if (needs_parsing(filename))
    return open_parsed(fptr, filename, mode, given, status);
  if (mode == READWRITE && is_packed(NULL, filename)) {
    int exists = 0, ignored = 0;
    if (ffexist(filename, &exists, &ignored) <= 0 && exists > 0)
      return cf_fail(status, READONLY_FILE, "%.60s is compressed, and can only be read", filename);
  }
  if (cf_file_open(fptr, filename, mode, status) > 0)
    return give_up(fptr, status);
  return is_packed(*fptr, filename) ? cf_set_origin(*fptr, "compress://", filename, status) : *status;
}

int cf_open_extended(fitsfile **fptr, const char *name, int mode, int *status) {
  bool given;
  return open_file(fptr, name, mode, &given, status);
}

/* The values of a status that choose a way of opening (fitsio/errors.h) are no errors. */
static int open_by_status(fitsfile **fptr, const char *filename, int iomode, int *status) {
  int way = status != NULL && *status < 0 ? *status : 0;
  if (way < 0)
    *status = 0;
  switch (way) {
  case OPEN_DISK_FILE:
    return ffdkopn(fptr, filename, iomode, status);
  case SKIP_NULL_PRIMARY:
    return ffdopn(fptr, filename, iomode, status);
  case SKIP_IMAGE:
    return fftopn(fptr, filename, iomode, status);
  case SKIP_TABLE:
    return ffiopn(fptr, filename, iomode, status);
  default:
    return cf_open_extended(fptr, filename, iomode, status);
  }
}

int ffopen(fitsfile **fptr, const char *filename, int iomode, int *status) {
  return open_by_status(fptr, filename, iomode, status);
}

int ffopentest(int soname, fitsfile **fptr, const char *filename, int iomode, int *status) {
  CF_GO(status);
  if (soname != CFITSIO_SONAME) {
    if (fptr != NULL)
      *fptr = NULL;
    return cf_fail(status, FILE_NOT_OPENED, "the program was compiled for version %d of CFITSIO, this is version %d",
                   soname, CFITSIO_SONAME);
  }
  return open_by_status(fptr, filename, iomode, status);
}

/* Opens a file, and moves to data of a kind where the name gives no HDU. */
static int open_data(fitsfile **fptr, const char *filename, int iomode, wanted kind, int *status) {
  bool given;
  int type = 0;
  if (open_file(fptr, filename, iomode, &given, status) > 0)
    return *status;
  if (!given)
    find_data(*fptr, kind, status);
  else if (kind != ANY_DATA && ffghdt(*fptr, &type, status) <= 0 && (kind == ANY_IMAGE) != (type == IMAGE_HDU))
    cf_fail(status, kind == ANY_IMAGE ? NOT_IMAGE : NOT_TABLE, "%.60s is no %s", filename,
            kind == ANY_IMAGE ? "image" : "table");
  return *status > 0 ? give_up(fptr, status) : *status;
}

int ffdopn(fitsfile **fptr, const char *filename, int iomode, int *status) {
  return open_data(fptr, filename, iomode, ANY_DATA, status);
}

int fftopn(fitsfile **fptr, const char *filename, int iomode, int *status) {
  return open_data(fptr, filename, iomode, ANY_TABLE, status);
}

int ffiopn(fitsfile **fptr, const char *filename, int iomode, int *status) {
  return open_data(fptr, filename, iomode, ANY_IMAGE, status);
}

/* Moves to the first HDU whose name is in the list. Returns true if there is one. */
static bool find_named(fitsfile *fptr, const char *list) {
  char name[FLEN_VALUE];
  bool found = false;
  ffpmrk();
  for (const char *p = list + strspn(list, " "); *p != '\0' && !found; p += strspn(p, " ")) {
    size_t n = strcspn(p, " ");
    int missing = 0;
    if (n < sizeof name) {
      cf_copy_n(name, p, n, sizeof name);
      found = ffmnhd(fptr, ANY_HDU, name, 0, &missing) <= 0;
    }
    p += n;
  }
  ffcmrk();
  return found;
}

int ffeopn(fitsfile **fptr, const char *filename, int iomode, char *extlist, int *hdutype, int *status) {
  bool given;
  int number = 0, naxis = 0, type = 0;
  if (open_file(fptr, filename, iomode, &given, status) > 0)
    return *status;
  ffghdn(*fptr, &number);
  ffghdt(*fptr, &type, status);
  if (!given && number == 1 && type == IMAGE_HDU && ffgidm(*fptr, &naxis, status) <= 0 && naxis == 0) {
    if (extlist == NULL || !find_named(*fptr, extlist))
      ffmahd(*fptr, 2, NULL, status);
  }
  if (*status <= 0 && hdutype != NULL)
    ffghdt(*fptr, hdutype, status);
  return *status > 0 ? give_up(fptr, status) : *status;
}

/* Nothing has to be prepared. */
int fits_init_cfitsio(void) {
  return 0;
}

int fits_delete_iraf_file(const char *filename, int *status) {
  CF_GO(status);
  if (filename == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the name of the file is NULL");
  return cf_fail(status, FILE_NOT_OPENED, "%.60s: this library does not delete images of IRAF (.imh)", filename);
}
