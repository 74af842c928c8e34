/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opening a store by its name with the options of a test, and the message of the last error.
 */
#ifndef RF_TESTS_STORE_CALLS_H
#define RF_TESTS_STORE_CALLS_H

#include "check.h"
#include "store/open.h"

static rf_error err;
static rf_options options;

static inline rf_status try_open(const char *name, rf_mode mode) {
  rf_store *store = NULL;
  rf_error_clear(&err);
  rf_status status = rf_store_open(name, mode, &options, &store, &err);
  if (status == RF_OK) {
    rf_error closing;
    rf_error_clear(&closing);
    CHECK_OK(rf_store_close(store, &closing), closing);
  } else {
    CHECK(store == NULL);
    CHECK(err.code == status);
  }
  return status;
}

static inline bool says(const char *text) {
  return strstr(err.message, text) != NULL;
}

#endif
