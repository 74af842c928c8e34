/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tokens of a text, names of a list, ranges of an image section.
 */
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "base/string.h"

/* Tells whether a token is a number, with an exponent D or E. */
static bool is_number(const char *token) {
  char text[FLEN_CARD], *end;
  if (strlen(token) >= sizeof text)
    return false;
  cf_copy(text, token, sizeof text);
  char *exponent = strchr(text, 'D');
  if (exponent != NULL)
    *exponent = 'E';
  const char *point = localeconv()->decimal_point;
  char *dot = *point == '.' ? NULL : strchr(text, '.');
  if (dot != NULL)
    *dot = *point;
  errno = 0;
  (void)strtod(text, &end);
  return errno != ERANGE && (*end == '\0' || *end == ' ');
}

int fits_get_token2(char **ptr, char *delimiter, char **token, int *isanumber, int *status) {
  if (status == NULL || *status > 0)
    return 0;
  if (ptr == NULL || *ptr == NULL || delimiter == NULL || token == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no text, or no place for the token") * 0;
  *ptr += strspn(*ptr, " ");
  size_t n = strcspn(*ptr, delimiter);
  if (n == 0)
    return 0;
  *token = calloc(n + 1, 1);
  if (*token == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for a token") * 0;
  memcpy(*token, *ptr, n);
  *ptr += n;
  if (isanumber != NULL)
    *isanumber = is_number(*token);
  return (int)n;
}

int fits_get_token(char **ptr, char *delimiter, char *token, int *isanumber) {
  if (ptr == NULL || *ptr == NULL || delimiter == NULL || token == NULL)
    return 0;
  *token = '\0';
  *ptr += strspn(*ptr, " ");
  size_t n = strcspn(*ptr, delimiter);
  if (n == 0)
    return 0;
  memcpy(token, *ptr, n); /* the caller has room for the longest one */
  token[n] = '\0';
  *ptr += n;
  if (isanumber != NULL)
    *isanumber = is_number(token);
  return (int)n;
}

char *fits_split_names(char *list) {
  static _Thread_local char *rest; /* of the list of the last call */
  int depth = 0;
  if (list != NULL)
    rest = list;
  if (rest == NULL)
    return NULL;
  rest += strspn(rest, " ");
  if (*rest == '\0')
    return NULL;
  char *name = rest;
  for (; *rest != '\0'; rest++) {
    if (strchr("([{", *rest) != NULL) {
      depth++;
    } else if (strchr(")]}", *rest) != NULL) {
      depth--;
    } else if (depth == 0 && (*rest == ',' || *rest == ' ')) {
      *rest++ = '\0';
      break;
    }
  }
  return name;
}

/* Reads the next number of a range, which is not below `least`; false: there is none. */
static bool read_number(char **ptr, long least, long *number, int *status) {
  char *token = NULL;
  int numeric = 0;
  bool found = fits_get_token2(ptr, " ,:", &token, &numeric, status) > 0 && numeric != 0;
  if (found)
    *number = strtol(token, NULL, 10);
  free(token);
  return found && *number >= least;
}

/* Reads a:b, or * (also if it lacks), or -*. false: it is none of them. */
static bool read_range(char **ptr, long *secmin, long *secmax, int *status) {
  *ptr += strspn(*ptr, " ");
  size_t n = strcspn(*ptr, " ,:");
  bool all = n == 0 || **ptr == '*', reversed = **ptr == '-' && (*ptr)[1] == '*';
  if (all || reversed) {
    *ptr += n;
    *secmin = reversed ? 0 : 1;
    *secmax = reversed ? 1 : 0;
    return true;
  }
  if (!read_number(ptr, LONG_MIN, secmin, status) || **ptr != ':')
    return false;
  ++*ptr;
  return read_number(ptr, 0, secmax, status) && *secmin >= 0;
}

int fits_get_section_range(char **ptr, long *secmin, long *secmax, long *incre, int *status) {
  CF_GO(status);
  if (ptr == NULL || *ptr == NULL || secmin == NULL || secmax == NULL || incre == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no section, or no place for its range");
  const char *begin = *ptr;
  if (!read_range(ptr, secmin, secmax, status))
    return cf_fail(status, URL_PARSE_ERROR, "this is no range of pixels: '%.70s'", begin);
  *incre = 1;
  if (**ptr == ':') {
    ++*ptr;
    if (!read_number(ptr, 1, incre, status))
      return cf_fail(status, URL_PARSE_ERROR, "this range of pixels has no step: '%.70s'", begin);
  }
  if (**ptr == ':')
    return cf_fail(status, URL_PARSE_ERROR, "this range of pixels goes on: '%.70s'", begin);
  if (**ptr == ',')
    ++*ptr;
  *ptr += strspn(*ptr, " ");
  return *status;
}
