/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/url.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"

size_t rf_url_scheme(const char *name) {
  size_t n = 0;
  if (!rf_is_letter(name[0]))
    return 0;
  while (rf_is_letter(name[n]) || rf_is_digit(name[n]) || name[n] == '+' || name[n] == '-' || name[n] == '.')
    n++;
  return strncmp(name + n, "://", 3) == 0 ? n : 0;
}

void rf_url_path(const char *name, const char **path, size_t *length) {
  size_t scheme = rf_url_scheme(name);
  const char *start = name;
  size_t n = strlen(name);
  if (scheme > 0 && !rf_is_name(name, scheme, "file")) {
    start += scheme + 3;
    start += strcspn(start, "/?#");
    n = strcspn(start, "?#");
  }
  *path = start;
  *length = n;
}

rf_status rf_url_decode(const char *text, size_t n, char **decoded, rf_error *err) {
  char *out = n < SIZE_MAX ? rf_alloc(n + 1) : NULL;
  if (!out)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a file name");
  size_t made = 0;
  for (size_t i = 0; i < n; i++) {
    if (text[i] != '%') {
      out[made++] = text[i];
      continue;
    }
    int high = n - i > 2 ? rf_hex_value(text[i + 1]) : -1;
    int low = high >= 0 ? rf_hex_value(text[i + 2]) : -1;
    if (low < 0 || (high == 0 && low == 0)) {
      rf_free(out);
      return rf_fail(err, RF_ERR_ARGUMENT, "a '%%' in a URL must be followed by two hexadecimal digits other than 00");
    }
    out[made++] = (char)(high * 16 + low);
    i += 2;
  }
  out[made] = '\0';
  *decoded = out;
  return RF_OK;
}
