/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Strings that go on in CONTINUE cards.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "header/cards.h"
#include "header/read.h"

/* A string that grows. */
typedef struct {
  char *text;
  size_t length, capacity;
} long_string;

/* Appends text; false: there is no memory. */
static bool append(long_string *string, const char *text) {
  size_t n = strlen(text);
  if (string->length + n + 1 > string->capacity) {
    size_t capacity = 2 * (string->length + n + 1);
    char *larger = realloc(string->text, capacity);
    if (larger == NULL)
      return false;
    string->text = larger;
    string->capacity = capacity;
  }
  memcpy(string->text + string->length, text, n + 1);
  string->length += n;
  return true;
}

int ffgcnt(fitsfile *fptr, char *value, char *comm, int *status) {
  char card[FLEN_CARD], field[FLEN_VALUE];
  int ignored = 0;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (value == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the string");
  *value = '\0';
  if (comm != NULL)
    *comm = '\0';
  LONGLONG before = fptr->Fptr->nextkey;
  if (before >= fptr->Fptr->headend || ffgnky(fptr, card, &ignored) > 0)
    return *status;
  if (strncmp(card, "CONTINUE  ", 10) != 0) {
    fptr->Fptr->nextkey = before;
    return *status;
  }
  memcpy(card, "D2345678= ", 10);
  if (ffpsvc(card, field, comm, status) <= 0 && *field != '\0')
    ffc2s(field, value, status);
  return *status;
}

/* Reads a string with all its CONTINUE cards. The caller frees string->text. */
static int read_string(fitsfile *fptr, const char *keyname, long_string *string, char *comm, int *status) {
  char field[FLEN_VALUE], text[FLEN_VALUE], comment[FLEN_COMMENT];
  if (ffgkey(fptr, keyname, field, comm, status) > 0)
    return *status;
  *text = '\0';
  if (*field != '\0')
    ffc2s(field, text, status);
  bool enough = append(string, text);
  while (enough && *status <= 0 && string->length > 0 && string->text[string->length - 1] == '&') {
    ffgcnt(fptr, text, comment, status);
    if (*status > 0 || *text == '\0')
      break;
    string->length--;
    enough = append(string, text);
    if (comm != NULL && *comment != '\0') {
      cf_append(comm, " ", FLEN_COMMENT);
      cf_append(comm, comment, FLEN_COMMENT);
    }
  }
  return enough ? *status : cf_fail(status, MEMORY_ALLOCATION, "no memory for the string of '%.74s'", keyname);
}

int ffgkls(fitsfile *fptr, const char *keyname, char **value, char *comm, int *status) {
  long_string string = {NULL, 0, 0};
  if (value != NULL)
    *value = NULL;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (value == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the string");
  if (read_string(fptr, keyname, &string, comm, status) > 0)
    free(string.text);
  else
    *value = string.text;
  return *status;
}

int ffgksl(fitsfile *fptr, const char *keyname, int *length, int *status) {
  char field[FLEN_VALUE];
  long_string string = {NULL, 0, 0};
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (length == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the length");
  LONGLONG before = fptr->Fptr->nextkey;
  if (ffgkey(fptr, keyname, field, NULL, status) > 0)
    return *status;
  LONGLONG at = fptr->Fptr->nextkey - 80;
  fptr->Fptr->nextkey = before;
  read_string(fptr, keyname, &string, NULL, status);
  *length = (int)string.length;
  free(string.text);
  fptr->Fptr->nextkey = at;
  return *status;
}

int ffgsky(fitsfile *fptr, const char *keyname, int firstchar, int maxchar, char *value, int *valuelen, char *comm,
           int *status) {
  long_string string = {NULL, 0, 0};
  if (value != NULL)
    *value = '\0';
  if (valuelen != NULL)
    *valuelen = 0;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (read_string(fptr, keyname, &string, comm, status) <= 0) {
    size_t skipped = firstchar > 1 ? (size_t)firstchar - 1 : 0;
    if (valuelen != NULL)
      *valuelen = (int)string.length;
    if (value != NULL && maxchar > 0 && skipped < string.length) {
      size_t n = string.length - skipped < (size_t)maxchar ? string.length - skipped : (size_t)maxchar;
      cf_copy_n(value, string.text + skipped, n, n + 1);
    }
  }
  free(string.text);
  return *status;
}

int fffree(void *value, int *status) {
  CF_GO(status);
  free(value);
  return *status;
}

int fffkls(char *value, int *status) {
  return fffree(value, status);
}
