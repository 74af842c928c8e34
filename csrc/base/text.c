/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text.h"

#include <string.h>

#include "base/array.h"
#include "base/memory.h"

/* Memory of the shortest text: the text of a card fits. */
#define LEAST_BYTES 96

static rf_status reserve(rf_text *text, size_t more, rf_error *err) {
  if (more >= SIZE_MAX / 4 - text->length)
    return rf_fail(err, RF_ERR_MEMORY, "a text of %zu bytes is too long", more);
  size_t need = text->length + more + 1;
  return RF_ARRAY_GROW(text->bytes, text->capacity, need < LEAST_BYTES ? LEAST_BYTES : need, "header text", err);
}

rf_status rf_text_add(rf_text *text, const char *bytes, size_t n, rf_error *err) {
  RF_TRY(reserve(text, n, err));
  if (n > 0)
    memcpy(text->bytes + text->length, bytes, n);
  text->length += n;
  text->bytes[text->length] = '\0';
  return RF_OK;
}

rf_status rf_text_pad(rf_text *text, size_t length, rf_error *err) {
  if (text->length >= length)
    return RF_OK;
  size_t n = length - text->length;
  RF_TRY(reserve(text, n, err));
  memset(text->bytes + text->length, ' ', n);
  text->length = length;
  text->bytes[length] = '\0';
  return RF_OK;
}

void rf_text_clear(rf_text *text) {
  text->length = 0;
  if (text->bytes != NULL)
    text->bytes[0] = '\0';
}

void rf_text_free(rf_text *text) {
  rf_free(text->bytes);
  *text = (rf_text){0};
}
