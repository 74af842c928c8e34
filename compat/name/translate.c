/* SPDX-License-Identifier: BSD-3-Clause */
#include "name/translate.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"

/* The parts of a keyword that templates name: n column; i, j axes, of one digit; k axis; m parameter; a alternate
 * description, a letter or nothing; A the same, but a letter. */
typedef struct parts {
  int n, i, j, k, m;
  char a;
} parts;

typedef struct rule {
  const char *from;
  const char *to; /* "": the keyword is left out */
} rule;

/* A cell to an image. {image, cell} backwards. */
static const rule cell_rules[] = {
    {"TSCALn", "BSCALE"},   {"TZEROn", "BZERO"},    {"TUNITn", "BUNIT"},    {"TNULLn", "BLANK"},
    {"TDMINn", "DATAMIN"},  {"TDMAXn", "DATAMAX"},  {"iCTYPn", "CTYPEi"},   {"iCTYnA", "CTYPEiA"},
    {"iCUNIn", "CUNITi"},   {"iCUNnA", "CUNITiA"},  {"iCRVLn", "CRVALi"},   {"iCRVnA", "CRVALiA"},
    {"iCDLTn", "CDELTi"},   {"iCDEnA", "CDELTiA"},  {"iCRPXn", "CRPIXi"},   {"iCRPnA", "CRPIXiA"},
    {"ijPCna", "PCi_ja"},   {"ijCDna", "CDi_ja"},   {"iVn_ma", "PVi_ma"},   {"iSn_ma", "PSi_ma"},
    {"iCRDna", "CRDERia"},  {"iCSYna", "CSYERia"},  {"iCROTn", "CROTAi"},   {"WCAXna", "WCSAXESa"},
    {"WCSNna", "WCSNAMEa"}, {"LONPna", "LONPOLEa"}, {"LATPna", "LATPOLEa"}, {"EQUIna", "EQUINOXa"},
    {"MJDOBn", "MJD-OBS"},  {"MJDAn", "MJD-AVG"},   {"RADEna", "RADESYSa"}, {"CNAna", "CNAMEia"},
    {"DAVGn", "DATE-AVG"},  {"SPECna", "SPECSYSa"}, {"SOBSna", "SSYSOBSa"}, {"SSRCna", "SSYSSRCa"},
    {"OBSGXn", "OBSGEO-X"}, {"OBSGYn", "OBSGEO-Y"}, {"OBSGZn", "OBSGEO-Z"}, {"VSYSna", "VELOSYSa"},
    {"VANGna", "VELANGLa"}, {"RFRQna", "RESTFRQa"}, {"RWAVna", "RESTWAVa"}, {"ZSOUna", "ZSOURCEa"},
};

#define CELL_RULES (sizeof cell_rules / sizeof *cell_rules)

/* Lists of pixels to an image: n and k are columns there, axes here. */
static const rule pixel_rules[] = {
    {"TCTYPn", "CTYPEn"},   {"TCTYnA", "CTYPEnA"},  {"TCUNIn", "CUNITn"},   {"TCUNnA", "CUNITnA"},
    {"TCRVLn", "CRVALn"},   {"TCRVnA", "CRVALnA"},  {"TCDLTn", "CDELTn"},   {"TCDEnA", "CDELTnA"},
    {"TCRPXn", "CRPIXn"},   {"TCRPnA", "CRPIXnA"},  {"TCROTn", "CROTAn"},   {"TPCn_ka", "PCn_ka"},
    {"TPn_ka", "PCn_ka"},   {"TCDn_ka", "CDn_ka"},  {"TCn_ka", "CDn_ka"},   {"TPVn_ma", "PVn_ma"},
    {"TVn_ma", "PVn_ma"},   {"TPSn_ma", "PSn_ma"},  {"TSn_ma", "PSn_ma"},   {"TCRDna", "CRDERna"},
    {"TCSYna", "CSYERna"},  {"LONPna", "LONPOLEa"}, {"LATPna", "LATPOLEa"}, {"EQUIna", "EQUINOXa"},
    {"MJDOBn", "MJD-OBS"},  {"MJDAn", "MJD-AVG"},   {"DAVGn", "DATE-AVG"},  {"RADEna", "RADESYSa"},
    {"SPECna", "SPECSYSa"}, {"SOBSna", "SSYSOBSa"}, {"SSRCna", "SSYSSRCa"}, {"OBSGXn", "OBSGEO-X"},
    {"OBSGYn", "OBSGEO-Y"}, {"OBSGZn", "OBSGEO-Z"},
};

#define PIXEL_RULES (sizeof pixel_rules / sizeof *pixel_rules)

/* Tells whether a keyword follows a template, and takes its parts. */
static bool match(const char *template, const char *key, parts *p) {
  memset(p, 0, sizeof *p);
  for (; *template != '\0'; template ++) {
    char *end = NULL;
    switch (*template) {
    case 'i':
    case 'j':
      if (*key < '1' || *key > '9')
        return false;
      *(*template == 'i' ? &p->i : &p->j) = *key++ - '0';
      break;
    case 'n':
    case 'k':
    case 'm':
      if (!isdigit((unsigned char)*key))
        return false;
      *(*template == 'n' ? &p->n : *template == 'k' ? &p->k : &p->m) = (int)strtol(key, &end, 10);
      key = end;
      break;
    case 'a':
      if (*key >= 'A' && *key <= 'Z')
        p->a = *key++;
      break;
    default:
      if (*template == 'A' && template[1] == '\0') {
        if (*key < 'A' || *key > 'Z')
          return false;
        p->a = *key++;
      } else if (*key++ != *template) {
        return false;
      }
    }
  }
  return *key == '\0';
}

/* Builds a keyword from a template. False: it does not fit into 8 characters. */
static bool build(const char *template, const parts *p, char *key) {
  size_t used = 0;
  key[0] = '\0';
  for (; *template != '\0' && used < FLEN_KEYWORD - 12; template ++) {
    int number = -1;
    char letter = *template;
    if (letter == 'i' || letter == 'j')
      number = letter == 'i' ? p->i : p->j;
    else if (letter == 'n' || letter == 'k' || letter == 'm')
      number = letter == 'n' ? p->n : letter == 'k' ? p->k : p->m;
    else if (letter == 'a' || (letter == 'A' && template[1] == '\0'))
      letter = p->a;
    if (number >= 0)
      (void)snprintf(key + used, FLEN_KEYWORD - used, "%d", number);
    else
      (void)snprintf(key + used, FLEN_KEYWORD - used, "%c", letter);
    used = strlen(key);
  }
  return used <= 8;
}

/* Writes the card with another keyword. */
static int write_renamed(fitsfile *out, const char *key, const char *card, int *status) {
  char renamed[FLEN_CARD];
  (void)snprintf(renamed, sizeof renamed, "%-8.8s%s", key, strlen(card) > 8 ? card + 8 : "");
  return ffprec(out, renamed, status);
}

/* Keywords of other columns, of the structure, and of the HDU itself. */
static bool belongs_to_table(const char *key, char *card) {
  static const char *const forms[] = {
      "TTYPEn",  "TFORMn", "TBCOLn",  "TDIMn",  "TDISPn",  "TLMINn", "TLMAXn", "TDBINn", "TCTYPn", "TCTYnA",  "TCUNIn",
      "TCUNnA",  "TCRVLn", "TCRVnA",  "TCRPXn", "TCRPnA",  "TCDLTn", "TCDEnA", "TCROTn", "TPn_ka", "TPCn_ka", "TCn_ka",
      "TCDn_ka", "TVn_ma", "TPVn_ma", "TSn_ma", "TPSn_ma", "TCRDna", "TCSYna", "TWCSna", "TCNAna"};
  static const char *const names[] = {"EXTNAME", "EXTVER", "EXTLEVEL", "CHECKSUM", "DATASUM", "THEAP", "END"};
  parts p;
  int kind = ffgkcl(card);
  if (kind == TYP_STRUC_KEY || kind == TYP_CKSUM_KEY)
    return true;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(key, names[i]) == 0)
      return true;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if (match(forms[i], key, &p))
      return true;
  for (size_t i = 0; i < CELL_RULES; i++)
    if (match(cell_rules[i].from, key, &p))
      return true;
  return false;
}

int cf_keys_from_cell(fitsfile *in, fitsfile *out, int column, int *status) {
  char card[FLEN_CARD], key[FLEN_KEYWORD], renamed[FLEN_KEYWORD];
  int count = 0, length = 0;
  parts p;
  ffghsp(in, &count, NULL, status);
  for (int i = 1; i <= count && *status <= 0; i++) {
    if (ffgrec(in, i, card, status) > 0 || ffgknm(card, key, &length, status) > 0)
      break;
    size_t r = 0;
    while (r < CELL_RULES && !(match(cell_rules[r].from, key, &p) && p.n == column))
      r++;
    if (r < CELL_RULES && build(cell_rules[r].to, &p, renamed))
      write_renamed(out, renamed, card, status);
    else if (!belongs_to_table(key, card))
      ffprec(out, card, status);
  }
  return *status;
}

/* Keywords that mean something in the header of an image only. */
static bool belongs_to_image(const char *key, char *card) {
  static const char *const names[] = {"SIMPLE",  "XTENSION", "EXTEND",   "BSCALE",   "BZERO",   "BLANK",
                                      "EXTNAME", "EXTVER",   "EXTLEVEL", "CHECKSUM", "DATASUM", "END"};
  int kind = ffgkcl(card);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(key, names[i]) == 0)
      return true;
  return (kind == TYP_STRUC_KEY && strncmp(key, "COMMENT", 7) != 0) || kind == TYP_CMPRS_KEY;
}

int cf_keys_to_cell(fitsfile *in, fitsfile *out, int column, int coordinates_only, int *status) {
  char card[FLEN_CARD], key[FLEN_KEYWORD], renamed[FLEN_KEYWORD];
  int count = 0, length = 0;
  parts p;
  ffghsp(in, &count, NULL, status);
  for (int i = 1; i <= count && *status <= 0; i++) {
    if (ffgrec(in, i, card, status) > 0 || ffgknm(card, key, &length, status) > 0)
      break;
    size_t r = 0;
    while (r < CELL_RULES && !match(cell_rules[r].to, key, &p))
      r++;
    p.n = column;
    if (r < CELL_RULES && build(cell_rules[r].from, &p, renamed))
      write_renamed(out, renamed, card, status);
    else if (!coordinates_only && !belongs_to_image(key, card))
      ffprec(out, card, status);
  }
  return *status;
}

static int axis_of(int column, int naxis, const int *columns) {
  for (int i = 0; i < naxis; i++)
    if (columns[i] == column)
      return i + 1;
  return 0;
}

/* Finds the rule of a keyword, and turns columns into axes. Returns NULL: it belongs to none of the columns. */
static const rule *pixel_rule(const char *key, int naxis, const int *columns, parts *p) {
  for (size_t r = 0; r < PIXEL_RULES; r++) {
    if (!match(pixel_rules[r].from, key, p))
      continue;
    p->n = axis_of(p->n, naxis, columns);
    if (strchr(pixel_rules[r].from, 'k') != NULL)
      p->k = axis_of(p->k, naxis, columns);
    else
      p->k = 1;
    if (p->n > 0 && p->k > 0)
      return &pixel_rules[r];
  }
  return NULL;
}

int cf_keys_from_pixels(fitsfile *in, fitsfile *out, int first, int naxis, const int *columns, int *status) {
  char card[FLEN_CARD], key[FLEN_KEYWORD], renamed[FLEN_KEYWORD];
  int count = 0, length = 0;
  parts p;
  ffghsp(in, &count, NULL, status);
  for (int i = first < 1 ? 1 : first; i <= count && *status <= 0; i++) {
    if (ffgrec(in, i, card, status) > 0 || ffgknm(card, key, &length, status) > 0)
      break;
    const rule *r = pixel_rule(key, naxis, columns, &p);
    if (r != NULL && build(r->to, &p, renamed))
      write_renamed(out, renamed, card, status);
    else if (!belongs_to_table(key, card) && strcmp(key, "CPREF") != 0)
      ffprec(out, card, status);
  }
  return *status;
}
