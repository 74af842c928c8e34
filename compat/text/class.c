/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Classes of keywords.
 */
#include <stdbool.h>
#include <string.h>

#include "base/status.h"
#include "base/string.h"

/* How a keyword follows its root: nothing, a digit and more, either, or anything. */
enum { ALONE, NUMBERED, ALONE_OR_NUMBERED, OPEN };

typedef struct {
  const char *root; /* 'n' is any digit, at the begin of the root alone */
  int follow;
  int class;
} keyword_row;

static const keyword_row s_rows[] = {
    {"SIMPLE", ALONE, TYP_STRUC_KEY},
};
static const keyword_row b_rows[] = {
    {"BITPIX", ALONE, TYP_STRUC_KEY}, {"BLOCKED", ALONE, TYP_STRUC_KEY}, {"BSCALE", ALONE, TYP_SCAL_KEY},
    {"BZERO", ALONE, TYP_SCAL_KEY},   {"BLANK", ALONE, TYP_NULL_KEY},    {"BUNIT", ALONE, TYP_UNIT_KEY},
};
static const keyword_row n_rows[] = {
    {"NAXIS", ALONE_OR_NUMBERED, TYP_STRUC_KEY},
};
static const keyword_row e_rows[] = {
    {"EXTEND", ALONE, TYP_STRUC_KEY},   {"END", ALONE, TYP_STRUC_KEY},      {"EXTNAME", ALONE, TYP_HDUID_KEY},
    {"EXTVER", ALONE, TYP_HDUID_KEY},   {"EXTLEVEL", ALONE, TYP_HDUID_KEY}, {"EQUINOX", OPEN, TYP_REFSYS_KEY},
    {"EQUI", NUMBERED, TYP_REFSYS_KEY}, {"EPOCH", ALONE, TYP_REFSYS_KEY},
};
static const keyword_row g_rows[] = {
    {"GROUPS", ALONE, TYP_STRUC_KEY},
    {"GCOUNT", ALONE, TYP_STRUC_KEY},
};
static const keyword_row p_rows[] = {
    {"PCOUNT", ALONE, TYP_STRUC_KEY},
    {"PV", NUMBERED, TYP_WCS_KEY},
    {"PC", NUMBERED, TYP_WCS_KEY},
    {"PS", NUMBERED, TYP_WCS_KEY},
};
static const keyword_row x_rows[] = {
    {"XTENSION", ALONE, TYP_STRUC_KEY},
};
static const keyword_row t_rows[] = {
    {"TFIELDS", ALONE, TYP_STRUC_KEY},  {"TTYPE", NUMBERED, TYP_STRUC_KEY}, {"TBCOL", NUMBERED, TYP_STRUC_KEY},
    {"TFORM", NUMBERED, TYP_STRUC_KEY}, {"THEAP", ALONE, TYP_STRUC_KEY},    {"TSCAL", NUMBERED, TYP_SCAL_KEY},
    {"TZERO", NUMBERED, TYP_SCAL_KEY},  {"TNULL", NUMBERED, TYP_NULL_KEY},  {"TDIM", NUMBERED, TYP_DIM_KEY},
    {"TLMIN", NUMBERED, TYP_RANG_KEY},  {"TLMAX", NUMBERED, TYP_RANG_KEY},  {"TDMIN", NUMBERED, TYP_RANG_KEY},
    {"TDMAX", NUMBERED, TYP_RANG_KEY},  {"TUNIT", NUMBERED, TYP_UNIT_KEY},  {"TDISP", NUMBERED, TYP_DISP_KEY},
    {"TCTYP", NUMBERED, TYP_WCS_KEY},   {"TCTY", NUMBERED, TYP_WCS_KEY},    {"TCUNI", NUMBERED, TYP_WCS_KEY},
    {"TCUN", NUMBERED, TYP_WCS_KEY},    {"TCRVL", NUMBERED, TYP_WCS_KEY},   {"TCRV", NUMBERED, TYP_WCS_KEY},
    {"TCRPX", NUMBERED, TYP_WCS_KEY},   {"TCRP", NUMBERED, TYP_WCS_KEY},    {"TC", NUMBERED, TYP_WCS_KEY},
    {"TP", NUMBERED, TYP_WCS_KEY},      {"TV", NUMBERED, TYP_WCS_KEY},      {"TS", NUMBERED, TYP_WCS_KEY},
    {"TCDLT", NUMBERED, TYP_WCS_KEY},   {"TCDE", NUMBERED, TYP_WCS_KEY},    {"TCROT", NUMBERED, TYP_WCS_KEY},
    {"TCRD", NUMBERED, TYP_WCS_KEY},    {"TCSY", NUMBERED, TYP_WCS_KEY},    {"TWCS", NUMBERED, TYP_WCS_KEY},
};
static const keyword_row z_rows[] = {
    {"ZIMAGE", ALONE, TYP_CMPRS_KEY},
    {"ZCMPTYPE", ALONE, TYP_CMPRS_KEY},
    {"ZNAME", NUMBERED, TYP_CMPRS_KEY},
    {"ZVAL", NUMBERED, TYP_CMPRS_KEY},
    {"ZTILE", NUMBERED, TYP_CMPRS_KEY},
    {"ZBITPIX", ALONE, TYP_CMPRS_KEY},
    {"ZNAXIS", ALONE_OR_NUMBERED, TYP_CMPRS_KEY},
    {"ZSCALE", ALONE, TYP_CMPRS_KEY},
    {"ZZERO", ALONE, TYP_CMPRS_KEY},
    {"ZBLANK", ALONE, TYP_CMPRS_KEY},
    {"ZSIMPLE", ALONE, TYP_CMPRS_KEY},
    {"ZTENSION", ALONE, TYP_CMPRS_KEY},
    {"ZEXTEND", ALONE, TYP_CMPRS_KEY},
    {"ZBLOCKED", ALONE, TYP_CMPRS_KEY},
    {"ZPCOUNT", ALONE, TYP_CMPRS_KEY},
    {"ZGCOUNT", ALONE, TYP_CMPRS_KEY},
    {"ZQUANTIZ", ALONE, TYP_CMPRS_KEY},
    {"ZDITHER0", ALONE, TYP_CMPRS_KEY},
};
static const keyword_row d_rows[] = {
    {"DATAMIN", ALONE, TYP_RANG_KEY},
    {"DATAMAX", ALONE, TYP_RANG_KEY},
    {"DATASUM", ALONE, TYP_CKSUM_KEY},
    {"DATE-OBS", ALONE, TYP_REFSYS_KEY},
};
static const keyword_row h_rows[] = {
    {"HDUNAME", ALONE, TYP_HDUID_KEY},
    {"HDUVER", ALONE, TYP_HDUID_KEY},
    {"HDULEVEL", ALONE, TYP_HDUID_KEY},
    {"HISTORY", ALONE, TYP_COMM_KEY},
};
static const keyword_row c_rows[] = {
    {"CHECKSUM", ALONE, TYP_CKSUM_KEY}, {"CTYPE", NUMBERED, TYP_WCS_KEY}, {"CUNIT", NUMBERED, TYP_WCS_KEY},
    {"CRVAL", NUMBERED, TYP_WCS_KEY},   {"CRPIX", NUMBERED, TYP_WCS_KEY}, {"CROTA", NUMBERED, TYP_WCS_KEY},
    {"CDELT", NUMBERED, TYP_WCS_KEY},   {"CD", NUMBERED, TYP_WCS_KEY},    {"CRDER", NUMBERED, TYP_WCS_KEY},
    {"CSYER", NUMBERED, TYP_WCS_KEY},   {"COMMENT", ALONE, TYP_COMM_KEY}, {"CONTINUE", ALONE, TYP_CONT_KEY},
};
static const keyword_row l_rows[] = {
    {"LONPOLE", OPEN, TYP_WCS_KEY},
    {"LATPOLE", OPEN, TYP_WCS_KEY},
    {"LONP", NUMBERED, TYP_WCS_KEY},
    {"LATP", NUMBERED, TYP_WCS_KEY},
};
static const keyword_row w_rows[] = {
    {"WCSAXES", OPEN, TYP_WCS_KEY},
    {"WCSNAME", OPEN, TYP_WCS_KEY},
    {"WCAX", NUMBERED, TYP_WCS_KEY},
    {"WCSN", NUMBERED, TYP_WCS_KEY},
};
static const keyword_row digit_rows[] = {
    {"nCTYP", NUMBERED, TYP_WCS_KEY}, {"nCTY", NUMBERED, TYP_WCS_KEY},  {"nCUNI", NUMBERED, TYP_WCS_KEY},
    {"nCUN", NUMBERED, TYP_WCS_KEY},  {"nCRVL", NUMBERED, TYP_WCS_KEY}, {"nCRV", NUMBERED, TYP_WCS_KEY},
    {"nCRPX", NUMBERED, TYP_WCS_KEY}, {"nCRP", NUMBERED, TYP_WCS_KEY},  {"nCDLT", NUMBERED, TYP_WCS_KEY},
    {"nCDE", NUMBERED, TYP_WCS_KEY},  {"nCROT", NUMBERED, TYP_WCS_KEY}, {"nCRD", NUMBERED, TYP_WCS_KEY},
    {"nCSY", NUMBERED, TYP_WCS_KEY},  {"nV", NUMBERED, TYP_WCS_KEY},    {"nS", NUMBERED, TYP_WCS_KEY},
    {"nnCD", NUMBERED, TYP_WCS_KEY},  {"nnPC", NUMBERED, TYP_WCS_KEY},
};
static const keyword_row m_rows[] = {
    {"MJD-OBS", ALONE, TYP_REFSYS_KEY},
    {"MJDOB", NUMBERED, TYP_REFSYS_KEY},
};
static const keyword_row r_rows[] = {
    {"RADECSYS", ALONE, TYP_REFSYS_KEY},
    {"RADESYS", OPEN, TYP_REFSYS_KEY},
    {"RADE", NUMBERED, TYP_REFSYS_KEY},
};
static const keyword_row blank_rows[] = {
    {" ", OPEN, TYP_COMM_KEY},
};

/* The rows by their first letter. */
static const struct {
  char letter;
  int count;
  const keyword_row *rows;
} groups[] = {
    {'S', sizeof s_rows / sizeof *s_rows, s_rows},
    {'B', sizeof b_rows / sizeof *b_rows, b_rows},
    {'N', sizeof n_rows / sizeof *n_rows, n_rows},
    {'E', sizeof e_rows / sizeof *e_rows, e_rows},
    {'G', sizeof g_rows / sizeof *g_rows, g_rows},
    {'P', sizeof p_rows / sizeof *p_rows, p_rows},
    {'X', sizeof x_rows / sizeof *x_rows, x_rows},
    {'T', sizeof t_rows / sizeof *t_rows, t_rows},
    {'Z', sizeof z_rows / sizeof *z_rows, z_rows},
    {'D', sizeof d_rows / sizeof *d_rows, d_rows},
    {'H', sizeof h_rows / sizeof *h_rows, h_rows},
    {'C', sizeof c_rows / sizeof *c_rows, c_rows},
    {'L', sizeof l_rows / sizeof *l_rows, l_rows},
    {'W', sizeof w_rows / sizeof *w_rows, w_rows},
    {'n', sizeof digit_rows / sizeof *digit_rows, digit_rows},
    {'M', sizeof m_rows / sizeof *m_rows, m_rows},
    {'R', sizeof r_rows / sizeof *r_rows, r_rows},
    {' ', sizeof blank_rows / sizeof *blank_rows, blank_rows},
};

/* The first 47 characters of the comments on FITS in a primary header. */
static const char *const about_fits[] = {
    "COMMENT   FITS (Flexible Image Transport System", "COMMENT   and Astrophysics', volume 376, page 3",
    "COMMENT   Astrophysics Supplement Series v44/p3", "COMMENT   Contact the NASA Science Office of St",
    "COMMENT   FITS Definition document #100 and oth",
};

static bool digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_blank(const char *text) {
  while (*text == ' ')
    text++;
  return *text == '\0';
}

/* Tells whether a keyword, padded to 8 characters, belongs to a row. */
static bool belongs(const char *keyword, const keyword_row *row) {
  const char *root = row->root;
  for (; *root != '\0'; root++, keyword++)
    if (*root == 'n' ? !digit(*keyword) : *root != *keyword)
      return false;
  switch (row->follow) {
  case ALONE:
    return is_blank(keyword);
  case NUMBERED:
    return digit(*keyword);
  case ALONE_OR_NUMBERED:
    return digit(*keyword) || is_blank(keyword);
  default:
    return true;
  }
}

/* The name that a compressed image gets where the image has none. It does not belong to the image. */
static const char packed_name[] = "EXTNAME = 'COMPRESSED_IMAGE'";

int ffgkcl(char *card) {
  char keyword[9] = "        ";
  if (card == NULL)
    return TYP_USER_KEY;
  for (size_t i = 0; i < 8 && card[i] != '\0'; i++)
    keyword[i] = card[i];
  cf_upper(keyword);
  for (size_t i = 0; *card == 'C' && i < sizeof about_fits / sizeof *about_fits; i++)
    if (strncmp(card, about_fits[i], strlen(about_fits[i])) == 0)
      return TYP_STRUC_KEY;
  if (*card == 'E' && strncmp(card, packed_name, strlen(packed_name)) == 0)
    return TYP_CMPRS_KEY;
  char letter = digit(*keyword) ? 'n' : *keyword;
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
    if (groups[i].letter != letter)
      continue;
    for (int k = 0; k < groups[i].count; k++)
      if (belongs(keyword, &groups[i].rows[k]))
        return groups[i].rows[k].class;
    break;
  }
  return TYP_USER_KEY;
}
