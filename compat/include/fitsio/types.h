/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/types.h: the types of <fitsio.h>. Programs compile in the layout of these structs: sizes and offsets of
 * members are those of version 4.2 (fitsfile 16 bytes, FITSfile 2024, tcolumn 160, iteratorCol 272, wtbarr 200,
 * PixelFilter 216 where pointers and long have 64 bits).
 */
#ifndef RF_FITSIO_TYPES_H
#define RF_FITSIO_TYPES_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include "fitsio/constants.h"

#define CFITS_API
#define OFF_T off_t
#if defined(__LP64__)
#define USE_LL_SUFFIX 0
#else
#define USE_LL_SUFFIX 1
#endif

#ifndef LONGLONG_TYPE
#define LONGLONG_TYPE
typedef long long LONGLONG;
typedef unsigned long long ULONGLONG;
#endif

#ifndef LONGLONG_MAX
#define LONGLONG_MAX LLONG_MAX
#define LONGLONG_MIN LLONG_MIN
#endif

#define NIOBUF 40     /* elements of the last arrays of FITSfile */
#define IOBUFLEN 2880 /* bytes of a block of FITS */

/* A column of a table. An image is a table of two columns: group parameters (none), pixels. */
typedef struct {
  char ttype[70];   /* TTYPEn */
  LONGLONG tbcol;   /* offset of the first byte in the row */
  int tdatatype;    /* TBYTE ...; negative: descriptors of arrays of variable length */
  LONGLONG trepeat; /* number of elements */
  double tscale;    /* TSCALn */
  double tzero;     /* TZEROn */
  LONGLONG tnull;   /* TNULLn of an integer column */
  char strnull[20]; /* TNULLn of a column of an ASCII table */
  char tform[10];   /* TFORMn */
  long twidth;      /* width of a field of an ASCII table, or of one string of a binary table */
} tcolumn;

/* An open file, which several fitsfile handles share, and its current HDU. */
typedef struct {
  int filehandle; /* number of the file in the table of open files */
  int driver;
  int open_count; /* fitsfile handles of this file */
  char *filename;
  int validcode; /* VALIDSTRUC */
  int only_one;
  int noextsyntax;       /* 1: the name was opened as it is */
  LONGLONG filesize;     /* bytes of the file */
  LONGLONG logfilesize;  /* bytes of the file with what is buffered */
  int lasthdu;           /* 1: no HDU follows the current one */
  LONGLONG bytepos;      /* position of ffmbyt(), ffgbyt(), ffpbyt() */
  LONGLONG io_pos;       /* position in the file */
  int curbuf;            /* unused */
  int curhdu;            /* current HDU, 0-based */
  int hdutype;           /* IMAGE_HDU, ASCII_TBL or BINARY_TBL */
  int writemode;         /* READONLY or READWRITE */
  int maxhdu;            /* highest HDU that is known, 0-based */
  int MAXHDU;            /* elements of headstart that are allocated, less one */
  LONGLONG *headstart;   /* offset of each HDU; [maxhdu + 1] is the end of the last one */
  LONGLONG headend;      /* offset behind the last card of the current header: of its END card, or of blank cards */
  LONGLONG ENDpos;       /* offset of the END card that was last written */
  LONGLONG nextkey;      /* offset of the card that is read next */
  LONGLONG datastart;    /* offset of the data unit; -1: the header is not complete */
  int imgdim;            /* NAXIS of an image */
  LONGLONG imgnaxis[99]; /* NAXISn of an image */
  int tfield;            /* number of columns; 2 for an image */
  int startcol;
  LONGLONG origrows;  /* NAXIS2 in the header */
  LONGLONG numrows;   /* NAXIS2 as it must become */
  LONGLONG rowlength; /* bytes of a row, or of an image */
  tcolumn *tableptr;
  LONGLONG heapstart; /* THEAP */
  LONGLONG heapsize;  /* bytes of the heap */

  /* How the program wants images to be compressed. */
  int request_compress_type;
  long request_tilesize[MAX_COMPRESS_DIM];
  float request_quantize_level;
  int request_quantize_method;
  int request_dither_seed;
  int request_lossy_int_compress;
  int request_huge_hdu;
  float request_hcomp_scale;
  int request_hcomp_smooth;

  /* How the current image is compressed. */
  int compress_type;
  long tilesize[MAX_COMPRESS_DIM];
  float quantize_level;
  int quantize_method;
  int dither_seed;
  int compressimg; /* 1: the current HDU is a compressed image */
  char zcmptype[12];
  int zbitpix;
  int zndim;
  long znaxis[MAX_COMPRESS_DIM];
  long maxtilelen; /* pixels of a tile */
  long maxelem;    /* bytes of a compressed tile, at most */

  int cn_compressed; /* numbers of columns, 0: none */
  int cn_uncompressed;
  int cn_gzip_data;
  int cn_zscale;
  int cn_zzero;
  int cn_zblank;

  double zscale;
  double zzero;
  double cn_bscale;
  double cn_bzero;
  double cn_actual_bzero;
  int zblank;

  int rice_blocksize;
  int rice_bytepix;
  float hcomp_scale;
  int hcomp_smooth;

  int *tilerow; /* unused from here on but for iobuffer, which is allocated by malloc() */
  long *tiledatasize;
  int *tiletype;
  void **tiledata;
  void **tilenullarray;
  int *tileanynull;

  char *iobuffer;
  long bufrecnum[NIOBUF];
  int dirty[NIOBUF];
  int ageindex[NIOBUF];
} FITSfile;

/* A handle: an open file, and the HDU that the handle is at. */
typedef struct {
  int HDUposition; /* 0-based */
  FITSfile *Fptr;
} fitsfile;

/* A column, or an image, of ffiter(). The last six members are for the work function. */
typedef struct {
  fitsfile *fptr;
  int colnum;       /* below 1: colname counts */
  char colname[70]; /* TTYPEn */
  int datatype;     /* TBYTE ...; 0: that of the column */
  int iotype;       /* InputCol, InputOutputCol or OutputCol */
  void *array;      /* the null value, then the values */
  long repeat;
  long tlmin;
  long tlmax;
  char tunit[70];
  char tdisp[70];
} iteratorCol;

/* A coordinate array for fits_read_wcstab(). WCSLIB has the same struct with a tag. */
#ifndef WCSLIB_GETWCSTAB
#define WCSLIB_GETWCSTAB
typedef struct {
  int i;           /* axis of the image */
  int m;           /* axis of the array, for index vectors */
  int kind;        /* 'c': coordinates, 'i': index */
  char extnam[72]; /* EXTNAME */
  int extver;      /* EXTVER */
  int extlev;      /* EXTLEVEL */
  char ttype[72];  /* TTYPEn */
  long row;        /* 1-based */
  int ndim;        /* expected dimensions */
  int *dimlen;     /* receives the lengths of the axes */
  double **arrayp; /* receives an array, allocated by malloc() */
} wtbarr;
#endif

/* What fits_pixel_filter() computes. */
typedef struct {
  int count; /* of images */
  char **path;
  char **tag; /* names of the images in the expression */
  fitsfile **ifptr;
  char *expression;
  int bitpix; /* of the result; 0: that of the first image */
  long blank;
  fitsfile *ofptr;
  char keyword[FLEN_KEYWORD]; /* is ignored */
  char comment[FLEN_COMMENT];
} PixelFilter;

#endif
