/* SPDX-License-Identifier: BSD-3-Clause */
#include "header/keyword/store.h"

#include "base/string.h"
#include "file/handle.h"
#include "header/keyword/long.h"
#include "header/record.h"

int cf_keyword_p(fitsfile *fptr, const char *keyname, char *value, const char *comm, int *status) {
  char card[FLEN_CARD];
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (ffmkky(keyname, value, comm, card, status) > 0)
    return *status;
  return cf_record_append(fptr, card, status);
}

int cf_keyword_m(fitsfile *fptr, const char *keyname, char *value, const char *comm, int *status) {
  char card[FLEN_CARD], old_value[FLEN_CARD], old_comment[FLEN_CARD];
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (keyname == NULL || value == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no keyword or value");
  if (ffgcrd(fptr, keyname, card, status) > 0)
    return *status;
  if (comm == NULL || *comm == '&') {
    if (ffpsvc(card, old_value, old_comment, status) > 0)
      return *status;
    comm = old_comment;
  }
  LONGLONG index = cf_record_last(fptr), more = *value == '\'' ? cf_long_continued(fptr, index, status) : 0;
  if (ffmkky(keyname, value, comm, card, status) > 0)
    return *status;
  cf_record_replace(fptr, index, card, status);
  return cf_record_delete(fptr, index + 1, more, status);
}

int cf_keyword_u(fitsfile *fptr, const char *keyname, char *value, const char *comm, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  ffpmrk();
  if (cf_keyword_m(fptr, keyname, value, comm, status) != KEY_NO_EXIST)
    return *status;
  ffcmrk();
  *status = 0;
  return cf_keyword_p(fptr, keyname, value, comm, status);
}

int cf_keyword_i(fitsfile *fptr, const char *keyname, char *value, const char *comm, int *status) {
  char card[FLEN_CARD];
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (ffmkky(keyname, value, comm, card, status) > 0)
    return *status;
  return cf_record_insert(fptr, cf_record_last(fptr) + 1, card, status);
}
