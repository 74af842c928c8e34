/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/constants.h: the constants of <fitsio.h>. Their numbers are those that programs compile in.
 */
#ifndef RF_FITSIO_CONSTANTS_H
#define RF_FITSIO_CONSTANTS_H

/* Sizes of text, with the NUL. */
#define FLEN_FILENAME 1025
#define FLEN_KEYWORD 75
#define FLEN_CARD 81
#define FLEN_VALUE 71
#define FLEN_COMMENT 73
#define FLEN_ERRMSG 81
#define FLEN_STATUS 31

/* Types of values. */
#define TBIT 1
#define TBYTE 11
#define TSBYTE 12
#define TLOGICAL 14
#define TSTRING 16
#define TUSHORT 20
#define TSHORT 21
#define TUINT 30
#define TINT 31
#define TULONG 40
#define TLONG 41
#define TINT32BIT 41
#define TFLOAT 42
#define TULONGLONG 80
#define TLONGLONG 81
#define TDOUBLE 82
#define TCOMPLEX 83
#define TDBLCOMPLEX 163

/* Classes of keywords. */
#define TYP_STRUC_KEY 10
#define TYP_CMPRS_KEY 20
#define TYP_SCAL_KEY 30
#define TYP_NULL_KEY 40
#define TYP_DIM_KEY 50
#define TYP_RANG_KEY 60
#define TYP_UNIT_KEY 70
#define TYP_DISP_KEY 80
#define TYP_HDUID_KEY 90
#define TYP_CKSUM_KEY 100
#define TYP_WCS_KEY 110
#define TYP_REFSYS_KEY 120
#define TYP_COMM_KEY 130
#define TYP_CONT_KEY 140
#define TYP_USER_KEY 150

/* Types of images (BITPIX). */
#define BYTE_IMG 8
#define SHORT_IMG 16
#define LONG_IMG 32
#define LONGLONG_IMG 64
#define FLOAT_IMG -32
#define DOUBLE_IMG -64
#define SBYTE_IMG 10
#define USHORT_IMG 20
#define ULONG_IMG 40
#define ULONGLONG_IMG 80

/* Types of HDUs. */
#define IMAGE_HDU 0
#define ASCII_TBL 1
#define BINARY_TBL 2
#define ANY_HDU -1

/* Modes. */
#define READONLY 0
#define READWRITE 1

/* Null values inside the library. */
#define FLOATNULLVALUE -9.11912E-36F
#define DOUBLENULLVALUE -9.1191291391491E-36

/* Compression. */
#define NO_DITHER -1
#define SUBTRACTIVE_DITHER_1 1
#define SUBTRACTIVE_DITHER_2 2
#define MAX_COMPRESS_DIM 6
#define RICE_1 11
#define GZIP_1 21
#define GZIP_2 22
#define PLIO_1 31
#define HCOMPRESS_1 41
#define BZIP2_1 51
#define NOCOMPRESS -1

/* Case of names. */
#define CASESEN 1
#define CASEINSEN 0

/* Grouping tables. */
#define GT_ID_ALL_URI 0
#define GT_ID_REF 1
#define GT_ID_POS 2
#define GT_ID_ALL 3
#define GT_ID_REF_URI 11
#define GT_ID_POS_URI 12
#define OPT_RM_GPT 0
#define OPT_RM_ENTRY 1
#define OPT_RM_MBR 2
#define OPT_RM_ALL 3
#define OPT_GCP_GPT 0
#define OPT_GCP_MBR 1
#define OPT_GCP_ALL 2
#define OPT_MCP_ADD 0
#define OPT_MCP_NADD 1
#define OPT_MCP_REPL 2
#define OPT_MCP_MOV 3
#define OPT_MRG_COPY 0
#define OPT_MRG_MOV 1
#define OPT_CMT_MBR 1
#define OPT_CMT_MBR_DEL 11

/* Columns of the iterator. */
#define InputCol 0
#define InputOutputCol 1
#define OutputCol 2
#define TemporaryCol 3

#define VALIDSTRUC 555 /* FITSfile.validcode of an open file */

#define INT32BIT int

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

#endif
