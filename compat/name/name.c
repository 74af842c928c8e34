/* SPDX-License-Identifier: BSD-3-Clause */
#include "name/name.h"

#include <string.h>

/* Fails for a NULL, or as the core did. */
static int give(const char *text, rf_status done, const rf_error *err, int *status) {
  if (done == RF_OK)
    return *status;
  return cf_fail_core(status, text == NULL ? NULL_INPUT_PTR : URL_PARSE_ERROR, err);
}

int cf_name_parse(const char *text, rf_name *name, int *status) {
  rf_error err;
  memset(name, 0, sizeof *name);
  name->size = sizeof *name;
  CF_GO(status);
  return give(text, rf_name_parse(text, name, &err), &err, status);
}

int cf_name_parse_file(const char *text, rf_name *name, int *status) {
  rf_error err;
  memset(name, 0, sizeof *name);
  name->size = sizeof *name;
  CF_GO(status);
  return give(text, rf_name_parse_file(text, name, &err), &err, status);
}

int cf_new_name_parse(const char *text, rf_name_new *name, int *status) {
  rf_error err;
  memset(name, 0, sizeof *name);
  name->size = sizeof *name;
  CF_GO(status);
  return give(text, rf_name_parse_new(text, name, &err), &err, status);
}

int cf_location_parse(const char *text, rf_name_location *where, int *status) {
  rf_error err;
  memset(where, 0, sizeof *where);
  where->size = sizeof *where;
  where->kind = RF_NAME_ANY;
  CF_GO(status);
  return give(text, rf_name_parse_location(text, where, &err), &err, status);
}
