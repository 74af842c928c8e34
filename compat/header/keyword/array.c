/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Series of keywords: ROOT1, ROOT2 ...
 */
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "header/keyword/store.h"
#include "text/format.h"

/* Comments of a series: one for each keyword, or one for all that ends with '&'. */
typedef struct comments {
  char **each;
  char same[FLEN_COMMENT];
  bool is_same;
} comments;

static void begin_comments(comments *all, char **comm, int nkey) {
  all->each = comm;
  all->is_same = comm == NULL || nkey < 1 || comm[0] == NULL;
  all->same[0] = '\0';
  if (all->is_same)
    return;
  cf_copy(all->same, comm[0], sizeof all->same);
  cf_trim_end(all->same);
  size_t n = strlen(all->same);
  all->is_same = n > 0 && all->same[n - 1] == '&';
  if (all->is_same)
    all->same[n - 1] = '\0';
}

/* Writes keyword number i of the series. */
static int write_one(fitsfile *fptr, const char *keyroot, int nstart, int i, char *text, const comments *all,
                     int *status) {
  char name[FLEN_KEYWORD];
  if (ffkeyn(keyroot, nstart + i, name, status) > 0)
    return *status;
  return cf_keyword_p(fptr, name, text, all->is_same ? all->same : all->each[i], status);
}

/* A function for one type. MAKE turns value[i] into `text`. */
#define CF_SERIES(NAME, PARAMETERS, MAKE)                                                                              \
  int NAME(fitsfile *fptr, const char *keyroot, int nstart, int nkey, PARAMETERS, char *comm[], int *status) {         \
    char text[FLEN_VALUE];                                                                                             \
    comments all;                                                                                                      \
    if (!cf_use_write(fptr, status))                                                                                   \
      return cf_refused(status);                                                                                       \
    if (nkey > 0 && (value == NULL || keyroot == NULL))                                                                \
      return cf_fail(status, NULL_INPUT_PTR, "no values or keyword");                                                  \
    begin_comments(&all, comm, nkey);                                                                                  \
    for (int i = 0; i < nkey && *status <= 0; i++) {                                                                   \
      MAKE;                                                                                                            \
      if (*status <= 0)                                                                                                \
        write_one(fptr, keyroot, nstart, i, text, &all, status);                                                       \
    }                                                                                                                  \
    return *status;                                                                                                    \
  }
#define CF_COMMA ,

CF_SERIES(ffpkns, char *value[], cf_text_string(text, value[i] != NULL ? value[i] : ""))
CF_SERIES(ffpknl, int *value, cf_text_logical(text, value[i]))
CF_SERIES(ffpknj, long *value, cf_text_integer(text, value[i]))
CF_SERIES(ffpknjj, LONGLONG *value, cf_text_integer(text, value[i]))
CF_SERIES(ffpknf, float *value CF_COMMA int decim, cf_text_float(text, (double)value[i], decim, CF_TEXT_FIXED, status))
CF_SERIES(ffpkne, float *value CF_COMMA int decim,
          cf_text_float(text, (double)value[i], decim, CF_TEXT_EXPONENT, status))
CF_SERIES(ffpkng, double *value CF_COMMA int decim, cf_text_float(text, value[i], decim, CF_TEXT_FIXED, status))
CF_SERIES(ffpknd, double *value CF_COMMA int decim, cf_text_float(text, value[i], decim, CF_TEXT_EXPONENT, status))
