/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/lowlevel/name.h: The parts of CFITSIO's extended file names. Part of <rustfits.h>, which has the rules for
 * every function. It belongs to the low-level part: compatibility layers stand on it.
 */
#ifndef RUSTFITS_NAME_H
#define RUSTFITS_NAME_H

#include "rustfits/compression.h"
#include "rustfits/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Extended file names ============================== */

/* These functions take text apart and open no file; rf_file_open() takes a name as a path. A part that the text does
 * not have is "" or 0. The caller sets `size` of a struct. After RF_ERR_ARGUMENT for invalid text the struct has the
 * parts before the error. */

/* A name of an existing file: type://file(output)[HDU][filter]... or type://file+2[filter]... */
typedef struct rf_name {
  size_t size;         /* sizeof(rf_name) of the caller */
  int typed;           /* 1: the name had "://" */
  char type[20];       /* "file://", "mem://" ...; "stdin://" for "-"; "rawfile://", "irafmem://" */
  char file[1025];     /* the name before brackets and parentheses */
  char output[1025];   /* the name in parentheses */
  char hdu[1025];      /* "2", "EVENTS,1", "3;images(17)": for rf_name_parse_location() */
  char rows[1025];     /* row filter or image section; several row filters are joined by && */
  char bin[1025];      /* "bin X,Y" */
  char columns[1025];  /* "col x;y"; several are joined by ; */
  char pixels[1025];   /* "pix X+1" */
  char compress[1025]; /* "compress R": for rf_name_parse_compression() */
} rf_name;

/* A name of a new file: !type://file(template)[compress ...] */
typedef struct rf_name_new {
  size_t size; /* sizeof(rf_name_new) of the caller */
  int clobber; /* 1: the name began with ! */
  char type[20];
  char file[1025];
  char template_file[1025]; /* the name in parentheses */
  char compress[1025];
} rf_name_new;

/* The kinds of HDUs that a name tells apart. The numbers are those of CFITSIO. */
typedef enum rf_name_kind {
  RF_NAME_ANY = -1,
  RF_NAME_IMAGE = 0,
  RF_NAME_ASCII_TABLE = 1,
  RF_NAME_BINARY_TABLE = 2
} rf_name_kind;

/* An HDU, or one cell of a table: 2, EVENTS, EVENTS,1,b, EVENTS#, 3;IMAGES(17), 3;IMAGES(EXPOSURE > 100) */
typedef struct rf_name_location {
  size_t size; /* sizeof(rf_name_location) of the caller */
  int number;  /* 0-based; counts if `name` is "" */
  int version; /* EXTVER; 0: any */
  rf_name_kind kind;
  int only;        /* 1: a # followed: the other HDUs of the file do not count */
  char name[71];   /* EXTNAME */
  char column[71]; /* a cell: its column */
  char row[1025];  /* a cell: the number of its row, or an expression that is true in it */
} rf_name_location;

/* The pixels of one axis: start, start + step ... `end` at most. Numbers are 1-based. start > end: in reverse order.
 * This struct never grows. */
typedef struct rf_name_range {
  int64_t start;
  int64_t end;
  int64_t step; /* at least 1 */
} rf_name_range;

/* compress R 100,100; q 4 */
typedef struct rf_name_compression {
  size_t size; /* sizeof(rf_name_compression) of the caller */
  rf_zcmptype type;
  int smooth;       /* 1: HCOMPRESS_1 with smoothing: "HS" */
  int tile_ndim;    /* axes of `tile` */
  int64_t tile[6];  /* pixels, fastest axis first */
  rf_dither dither; /* RF_DITHER_1 for q, RF_DITHER_2 for qz; RF_DITHER_NONE without both */
  int has_level;    /* 1: q or qz; 0: `level` is 0 */
  double level;     /* of quantizing, as rf_compression has it; 0: lossless */
  int has_scale;    /* 1: s */
  double scale;     /* of HCOMPRESS_1: relative to the noise if positive, else absolute */
} rf_name_compression;

/* rf_name_parse() takes the name of an existing file apart.
 * text  NUL-terminated
 * name  receives the parts
 * Returns RF_OK; RF_ERR_ARGUMENT (NULL, no size, or invalid text). Threads: any. */
RF_API RF_CHECKED rf_status rf_name_parse(const char *text, rf_name *name, rf_error *err);

/* rf_name_parse_file() does the same for what comes before the brackets.
 * text  NUL-terminated
 * name  receives the parts; those in brackets become ""
 * Returns RF_OK; RF_ERR_ARGUMENT (NULL, no size, or invalid text). Threads: any. */
RF_API RF_CHECKED rf_status rf_name_parse_file(const char *text, rf_name *name, rf_error *err);

/* rf_name_parse_new() takes the name of a new file apart.
 * text  NUL-terminated
 * name  receives the parts
 * Returns RF_OK; RF_ERR_ARGUMENT (NULL, no size, or invalid text). Threads: any. */
RF_API RF_CHECKED rf_status rf_name_parse_new(const char *text, rf_name_new *name, rf_error *err);

/* rf_name_parse_location() reads the part `hdu` of an rf_name.
 * text   NUL-terminated
 * where  receives the HDU or cell
 * Returns RF_OK; RF_ERR_ARGUMENT (NULL, no size, or invalid text). Threads: any. */
RF_API RF_CHECKED rf_status rf_name_parse_location(const char *text, rf_name_location *where, rf_error *err);

/* rf_name_parse_section() reads an image section: "2:5,*", "1:10:3,-*".
 * text     NUL-terminated. Axes that it does not name are whole
 * ndim     axes of the image, at least 1
 * lengths  of the axes in pixels, fastest first
 * ranges   receives `ndim` ranges, fastest axis first; unspecified after a failure
 * Returns RF_OK; RF_ERR_ARGUMENT (NULL, or invalid text); RF_ERR_RANGE (a range exceeds its axis). Threads: any. */
RF_API RF_CHECKED rf_status rf_name_parse_section(const char *text, int ndim, const int64_t *lengths,
                                                  rf_name_range *ranges, rf_error *err);

/* rf_name_parse_compression() reads the part `compress` of an rf_name or rf_name_new.
 * text         NUL-terminated
 * compression  receives the algorithm and its options
 * Returns RF_OK; RF_ERR_ARGUMENT (NULL, no size, or invalid text). Threads: any. */
RF_API RF_CHECKED rf_status rf_name_parse_compression(const char *text, rf_name_compression *compression,
                                                      rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
