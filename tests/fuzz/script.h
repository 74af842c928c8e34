/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What fuzz targets share whose input is a list of commands and what they are for: its first byte says how many bytes
 * of commands follow.
 */
#ifndef FUZZ_SCRIPT_H
#define FUZZ_SCRIPT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "rustfits.h"

typedef struct script {
  const uint8_t *commands;
  size_t left;
} script;

/* Cuts the commands off; false when there are fewer bytes than they have. */
static inline bool script_begin(script *s, const uint8_t **data, size_t *size) {
  if (*size < 1 || (size_t)(*data)[0] + 1 > *size)
    return false;
  *s = (script){*data + 1, (*data)[0]};
  *data += 1 + s->left;
  *size -= 1 + s->left;
  return true;
}

/* The next byte, 0 behind the last. */
static inline unsigned take(script *s) {
  if (s->left == 0)
    return 0;
  s->left--;
  return *s->commands++;
}

static inline void expect(int condition, const char *what) {
  if (!condition) {
    fprintf(stderr, "expected otherwise: %s\n", what);
    abort();
  }
}

/* A failure has a code and a sentence; success has neither. */
static inline bool good(rf_status status, const rf_error *err) {
  expect(status == err->code, "status and rf_error do not say the same");
  expect((status != RF_OK) == (err->message[0] != '\0'), "a failure without a sentence, or a sentence without one");
  return status == RF_OK;
}

/* The types of pixels. */
static inline rf_dtype pixel_type(unsigned choice) {
  static const rf_dtype types[] = {RF_U8, RF_I8, RF_I16, RF_U16, RF_I32, RF_U32, RF_I64, RF_U64, RF_F32, RF_F64};
  return types[choice % (sizeof types / sizeof types[0])];
}

#endif
