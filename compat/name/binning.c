/* SPDX-License-Identifier: BSD-3-Clause */
#include "name/binning.h"

#include <ctype.h>
#include <string.h>

#include "base/string.h"

static char *skip_blanks(char *p) {
  while (*p == ' ')
    p++;
  return p;
}

/* Copies a word that ends at one of `ends`. A word in $ may have any characters. Returns what follows, or NULL. */
static char *take_word(char *p, const char *ends, char *word, int *status) {
  size_t n;
  char *begin = p, *behind;
  char *dollar = *p == '$' ? strchr(p + 1, '$') : NULL;
  if (dollar != NULL) {
    begin = p + 1;
    n = (size_t)(dollar - begin);
    behind = dollar + 1;
  } else {
    n = strcspn(p, ends);
    behind = p + n;
  }
  if (n >= FLEN_VALUE) {
    cf_fail(status, PARSE_SYNTAX_ERR, "a name in a binning has more than %d characters: %.40s", FLEN_VALUE - 1, p);
    return NULL;
  }
  cf_copy_n(word, begin, n, FLEN_VALUE);
  return behind;
}

static bool as_number(const char *word, double *value) {
  char *end;
  double x = strtod(word, &end);
  if (end == word || *end != '\0')
    return false;
  *value = x;
  return true;
}

static void set_value(const char *word, double *value, char *key) {
  if (*word != '\0' && !as_number(word, value))
    cf_copy(key, word, FLEN_VALUE);
}

/* Reads low:high:size, or size alone. `word` is the first of them, and *p stands behind it. */
static char *parse_range(char *p, const char *word, cf_bin_axis *axis, int *status) {
  char next[FLEN_VALUE];
  if (*p != ':') {
    set_value(word, &axis->size, axis->size_key);
    return p;
  }
  set_value(word, &axis->low, axis->low_key);
  if ((p = take_word(p + 1, " ,;:", next, status)) == NULL)
    return NULL;
  set_value(next, &axis->high, axis->high_key);
  if (*p != ':')
    return p;
  if ((p = take_word(p + 1, " ,;:", next, status)) == NULL)
    return NULL;
  set_value(next, &axis->size, axis->size_key);
  return p;
}

/* Returns the ')' of the '(' at `open`, or NULL. */
static char *closing(char *open) {
  int depth = 0;
  for (char *p = open; *p != '\0'; p++) {
    if (*p == '\'' || *p == '"') {
      char *quote = strchr(p + 1, *p);
      p = quote != NULL ? quote : p;
    } else if (*p == '(') {
      depth++;
    } else if (*p == ')' && --depth == 0) {
      return p;
    }
  }
  return NULL;
}

/* Reads one axis: column(expression)=low:high:size. *given becomes true if there is a range. */
static char *parse_axis(char *p, cf_bin_axis *axis, bool *given, int *status) {
  char word[FLEN_VALUE];
  double number;
  bool quoted = *p == '$';
  p = take_word(p, " ,=:;(", word, status);
  if (p == NULL)
    return NULL;
  if (!quoted && (*p == ':' || as_number(word, &number))) {
    *given = true;
    return parse_range(p, word, axis, status);
  }
  if (word[0] != '\0')
    cf_copy(axis->column, word[0] == '#' ? word + 1 : word, sizeof axis->column);
  if (*p == '(') {
    char *close = closing(p);
    if (close == NULL) {
      cf_fail(status, URL_PARSE_ERROR, "no ) follows the expression of a binning: %.40s", p);
      return NULL;
    }
    axis->expression = p + 1;
    *close = '\0';
    p = close + 1;
  }
  p = skip_blanks(p);
  if (*p != '=')
    return p;
  *given = true;
  p = take_word(skip_blanks(p + 1), " ,;:", word, status);
  return p == NULL ? NULL : parse_range(p, word, axis, status);
}

/* Reads (X,Y)=low:high:size. */
static char *parse_list(char *p, cf_binning *bin, int *status) {
  char word[FLEN_VALUE];
  char *close = closing(p);
  if (close == NULL) {
    cf_fail(status, URL_PARSE_ERROR, "no ) follows the columns of a binning: %.40s", p);
    return NULL;
  }
  bin->count = 0;
  for (p++; p <= close; p++) {
    if (bin->count == CF_BIN_AXES) {
      cf_fail(status, URL_PARSE_ERROR, "a binning has more than %d axes", CF_BIN_AXES);
      return NULL;
    }
    p = take_word(skip_blanks(p), " ,)", word, status);
    if (p == NULL)
      return NULL;
    cf_copy(bin->axes[bin->count++].column, word[0] == '#' ? word + 1 : word, FLEN_VALUE);
    p = skip_blanks(p);
    if (*p != ',' && *p != ')')
      p--;
  }
  p = skip_blanks(close + 1);
  if (*p == '=') {
    p = take_word(skip_blanks(p + 1), " ,;:", word, status);
    if (p == NULL || (p = parse_range(p, word, &bin->axes[0], status)) == NULL)
      return NULL;
  }
  for (int i = 1; i < bin->count; i++) {
    cf_copy(word, bin->axes[i].column, sizeof word);
    bin->axes[i] = bin->axes[0];
    cf_copy(bin->axes[i].column, word, FLEN_VALUE);
  }
  return p;
}

static char *parse_axes(char *p, cf_binning *bin, int *status) {
  bool given = false;
  if (*p == '(')
    return parse_list(p, bin, status);
  for (bin->count = 0;;) {
    if (bin->count == CF_BIN_AXES) {
      cf_fail(status, URL_PARSE_ERROR, "a binning has more than %d axes", CF_BIN_AXES);
      return NULL;
    }
    given = false;
    p = parse_axis(p, &bin->axes[bin->count++], &given, status);
    if (p == NULL)
      return NULL;
    char *end = p;
    p = skip_blanks(p);
    if (*p == ',')
      p = skip_blanks(p + 1);
    else if (*p == ';' || *p == '\0' || !given || p == end)
      break;
  }
  /* one size, and no column: it counts for the two default columns */
  cf_bin_axis *axis = bin->axes;
  if (bin->count == 1 && axis->column[0] == '\0' && axis->low == DOUBLENULLVALUE && axis->high == DOUBLENULLVALUE &&
      axis->low_key[0] == '\0' && axis->high_key[0] == '\0') {
    bin->axes[1] = bin->axes[0];
    bin->count = 2;
  }
  return p;
}

static char *parse_weight(char *p, cf_binning *bin, bool typed, int *status) {
  char word[FLEN_VALUE];
  p = skip_blanks(p + 1);
  if (*p == '/') {
    bin->reciprocal = 1;
    p = skip_blanks(p + 1);
  }
  if (*p == '\0')
    return p;
  if (!typed)
    bin->type = TFLOAT;
  if (*p == '(') {
    char *close = closing(p);
    if (close == NULL) {
      cf_fail(status, URL_PARSE_ERROR, "no ) follows the weight of a binning: %.40s", p);
      return NULL;
    }
    bin->weight_expression = p + 1;
    *close = '\0';
    return skip_blanks(close + 1);
  }
  p = take_word(p, " ,;:", word, status);
  if (p == NULL)
    return NULL;
  set_value(word, &bin->weight, bin->weight_name);
  return skip_blanks(p);
}

/* Reads the type that follows "bin". Returns what follows it, or NULL. */
static char *parse_image_type(char *p, cf_binning *bin, bool *typed, int *status) {
  static const struct {
    char letter;
    int type;
  } types[] = {{'b', TBYTE}, {'i', TSHORT}, {'j', TINT}, {'r', TFLOAT}, {'d', TDOUBLE}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (tolower((unsigned char)*p) == types[i].letter) {
      bin->type = types[i].type;
      *typed = true;
      return p + 1;
    }
  if (*p == ' ' || *p == '\0')
    return p;
  cf_fail(status, URL_PARSE_ERROR, "the type of a histogram must be b, i, j, r or d: %.40s", p);
  return NULL;
}

/* Replaces "@file" by the text of the file, on one line. */
static char *import_text(char *p, cf_binning *bin, int *status) {
  char *content = NULL;
  if (*p != '@')
    return p;
  if (ffimport_file(p + 1, &content, status) > 0)
    return NULL;
  free(bin->text);
  bin->text = content;
  for (char *c = content; *c != '\0'; c++)
    if (*c == '\n' || *c == '\r' || *c == '\t')
      *c = ' ';
  return skip_blanks(content);
}

int cf_binning_parse(const char *text, cf_binning *bin, int *status) {
  bool typed = false;
  memset(bin, 0, sizeof *bin);
  bin->type = TINT;
  bin->count = 2;
  bin->weight = 1;
  for (int i = 0; i < CF_BIN_AXES; i++)
    bin->axes[i].low = bin->axes[i].high = bin->axes[i].size = DOUBLENULLVALUE;
  CF_GO(status);
  if (text == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the binning is NULL");
  if (!cf_begins(text, "bin"))
    return cf_fail(status, URL_PARSE_ERROR, "a binning must begin with bin: %.40s", text);
  bin->text = malloc(strlen(text) + 1);
  if (bin->text == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %zu bytes for a binning", strlen(text) + 1);
  cf_copy(bin->text, text, strlen(text) + 1);
  char *p = parse_image_type(bin->text + 3, bin, &typed, status);
  if (p == NULL || (p = import_text(skip_blanks(p), bin, status)) == NULL)
    return *status;
  if (*p != '\0' && *p != ';')
    p = parse_axes(p, bin, status);
  if (p != NULL && *p == ';')
    p = parse_weight(p, bin, typed, status);
  if (p != NULL && *p != '\0')
    cf_fail(status, URL_PARSE_ERROR, "unexpected text in a binning: %.40s", p);
  return *status;
}

void cf_binning_free(cf_binning *bin) {
  free(bin->text);
  bin->text = NULL;
}

int ffbinr(char **binspec, char *colname, double *minin, double *maxin, double *binsizein, char *minname, char *maxname,
           char *binname, int *status) {
  CF_GO(status);
  if (binspec == NULL || *binspec == NULL || colname == NULL || minin == NULL || maxin == NULL || binsizein == NULL ||
      minname == NULL || maxname == NULL || binname == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no memory for a part of the binning");
  cf_bin_axis axis = {.low = *minin, .high = *maxin, .size = *binsizein};
  cf_copy(axis.column, colname, sizeof axis.column);
  cf_copy(axis.low_key, minname, sizeof axis.low_key);
  cf_copy(axis.high_key, maxname, sizeof axis.high_key);
  cf_copy(axis.size_key, binname, sizeof axis.size_key);
  bool given = false;
  char *p = parse_axis(skip_blanks(*binspec), &axis, &given, status);
  if (p == NULL)
    return *status;
  *binspec = p;
  *minin = axis.low;
  *maxin = axis.high;
  *binsizein = axis.size;
  cf_copy(colname, axis.column, FLEN_VALUE);
  cf_copy(minname, axis.low_key, FLEN_VALUE);
  cf_copy(maxname, axis.high_key, FLEN_VALUE);
  cf_copy(binname, axis.size_key, FLEN_VALUE);
  return *status;
}

int ffbins(char *binspec, int *imagetype, int *haxis, char colname[4][FLEN_VALUE], double *minin, double *maxin,
           double *binsizein, char minname[4][FLEN_VALUE], char maxname[4][FLEN_VALUE], char binname[4][FLEN_VALUE],
           double *weight, char *wtname, int *recip, int *status) {
  CF_GO(status);
  if (imagetype == NULL || haxis == NULL || colname == NULL || minin == NULL || maxin == NULL || binsizein == NULL ||
      minname == NULL || maxname == NULL || binname == NULL || weight == NULL || wtname == NULL || recip == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no memory for the parts of the binning");
  cf_binning bin;
  cf_binning_parse(binspec, &bin, status);
  *imagetype = bin.type;
  *haxis = bin.count;
  *weight = bin.weight;
  *recip = bin.reciprocal;
  cf_copy(wtname, bin.weight_name, FLEN_VALUE);
  bool expressions = bin.weight_expression != NULL;
  for (int i = 0; i < CF_BIN_AXES; i++) {
    const cf_bin_axis *axis = &bin.axes[i];
    expressions = expressions || axis->expression != NULL;
    cf_copy(colname[i], axis->column, FLEN_VALUE);
    cf_copy(minname[i], axis->low_key, FLEN_VALUE);
    cf_copy(maxname[i], axis->high_key, FLEN_VALUE);
    cf_copy(binname[i], axis->size_key, FLEN_VALUE);
    minin[i] = axis->low;
    maxin[i] = axis->high;
    binsizein[i] = axis->size;
  }
  cf_binning_free(&bin);
  if (*status <= 0 && expressions)
    cf_fail(status, URL_PARSE_ERROR, "this binning has expressions, which ffbins() cannot return: %.40s", binspec);
  return *status;
}
