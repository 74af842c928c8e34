/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the keywords of a column say: lines of TFORM, TDIM, TTYPE, TNULL (text), then eight bytes each of TSCAL, TZERO
 * and TNULL. Whatever is made of them must be consistent.
 */
#include <stdlib.h>
#include <string.h>

#include "header/scale.h"
#include "table/column/column.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition) {
  if (!condition)
    abort();
}

/* The next line, in memory of its own; NULL when it is empty. */
static char *take_line(const uint8_t **data, size_t *size) {
  size_t n = 0;
  while (n < *size && (*data)[n] != '\n' && (*data)[n] != 0)
    n++;
  char *line = NULL;
  if (n > 0) {
    line = malloc(n + 1);
    memcpy(line, *data, n);
    line[n] = '\0';
  }
  n += n < *size;
  *data += n;
  *size -= n;
  return line;
}

static void check_column(const rf_column_info *info) {
  uint64_t elements = 1;
  expect(info->name[0] != '\0' && memchr(info->name, 0, sizeof info->name) != NULL);
  expect(memchr(info->warning, 0, sizeof info->warning) != NULL);
  expect(info->ndim >= 0 && info->ndim <= RF_CELL_AXES);
  expect(info->bytes <= INT64_MAX && info->type <= RF_TEXT && info->stored <= RF_BYTES);
  for (int i = 0; i < info->ndim; i++)
    elements *= info->dims[i];
  if (info->descriptor != 0) {
    expect(info->repeat <= 1 && info->count == 0);
    return;
  }
  expect(info->count == elements);
  /* Whatever is read of a field lies in it. */
  uint64_t one = info->letter == 'A' ? info->width : rf_letter_bytes(info->letter);
  if (info->letter == 'X')
    expect(info->count <= info->repeat && info->bytes == info->repeat / 8 + (info->repeat % 8 != 0));
  else
    expect(one == 0 || info->count <= info->bytes / one);
  expect(info->letter != 'A' || info->width <= info->bytes || info->count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *lines[4];
  rf_column column;
  rf_error err;
  rf_column_keywords keywords = {0};
  for (int i = 0; i < 4; i++)
    lines[i] = take_line(&data, &size);
  keywords.form = lines[0];
  keywords.dim = lines[1];
  keywords.name = lines[2];
  keywords.null_text = lines[3];
  if (size >= 24) {
    keywords.has_scale = keywords.has_zero = keywords.has_null = true;
    memcpy(&keywords.scale, data, 8);
    memcpy(&keywords.zero, data + 8, 8);
    memcpy(&keywords.null, data + 16, 8);
    keywords.zero_is_2_63 = keywords.zero == 9223372036854775808.0;
  }
  /* Cards that are not clean: TZERO1 and TNULL1 of whatever else there is. */
  if (size >= 24 + 2 * RF_CARD_BYTES) {
    rf_card_scale scale;
    rf_card_scale_read((const char *)data + 24, &scale);
    keywords.has_zero = rf_column_note_scale(&keywords, "TZERO1", &scale);
    keywords.zero = scale.real;
    keywords.zero_is_2_63 = scale.is_2_63;
    rf_card_scale_read((const char *)data + 24 + RF_CARD_BYTES, &scale);
    keywords.null_state = scale.state;
    keywords.has_null = scale.is_integer;
    keywords.null = scale.integer;
    memcpy(keywords.null_keyword, "TNULL1", 7);
    memcpy(keywords.null_found, scale.text, sizeof keywords.null_found);
  }
  rf_error_clear(&err);
  if (rf_column_init(&column, 1, &keywords, &err) == RF_OK) {
    check_column(&column.info);
    if (rf_column_check_scale(&column, &err) != RF_OK)
      expect(err.code == RF_ERR_FORMAT && err.message[0] != '\0' && column.info.warning[0] != '\0');
  } else
    expect(err.code == RF_ERR_FORMAT && err.message[0] != '\0');
  for (int i = 0; i < 4; i++)
    free(lines[i]);
  return 0;
}
