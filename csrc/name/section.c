/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sections of images.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/error.h"
#include "name/part.h"

/* Reads a number; "*" is `all`. */
static const char *take_number(const char *p, int64_t all, int64_t *value) {
  char *end;
  p = rf_part_skip_blanks(p);
  if (*p == '*') {
    *value = all;
    return p + 1;
  }
  if (!rf_is_digit(*p))
    return NULL;
  *value = strtoll(p, &end, 10);
  return end;
}

/* Reads start:end:step, *, -*. Returns what follows, or NULL. */
static const char *parse_range(const char *p, int64_t length, rf_name_range *range) {
  int64_t number = 1;
  p = rf_part_skip_blanks(p);
  bool reverse = *p == '-' && p[1] == '*';
  if (*p == '*' || reverse) {
    range->start = reverse ? length : 1;
    range->end = reverse ? 1 : length;
    p += reverse ? 2 : 1;
  } else {
    p = take_number(p, 1, &range->start);
    if (p == NULL || *(p = rf_part_skip_blanks(p)) != ':' || (p = take_number(p + 1, length, &range->end)) == NULL)
      return NULL;
  }
  p = rf_part_skip_blanks(p);
  if (*p == ':' && ((p = take_number(p + 1, 1, &number)) == NULL || number < 1))
    return NULL;
  range->step = number;
  p = rf_part_skip_blanks(p);
  return *p == ',' ? p + 1 : *p == '\0' ? p : NULL;
}

rf_status rf_name_parse_section(const char *text, int ndim, const int64_t *lengths, rf_name_range *ranges,
                                rf_error *err) {
  rf_error_clear(err);
  if (text == NULL || lengths == NULL || ranges == NULL || ndim < 1)
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_name_parse_section: text, lengths or ranges = NULL, or ndim = %d", ndim);
  const char *p = text;
  for (int i = 0; i < ndim; i++) {
    rf_name_range *range = &ranges[i];
    *range = (rf_name_range){.start = 1, .end = lengths[i], .step = 1};
    if (*rf_part_skip_blanks(p) != '\0' && (p = parse_range(p, lengths[i], range)) == NULL)
      return rf_fail(err, RF_ERR_ARGUMENT, "the image section is no start:end:step for each axis: %.40s", text);
    if (range->start < 1 || range->end < 1 || range->start > lengths[i] || range->end > lengths[i])
      return rf_fail(err, RF_ERR_RANGE, "the image section exceeds axis %d of %lld pixels: %.40s", i + 1,
                     (long long)lengths[i], text);
  }
  return RF_OK;
}
