/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/lowlevel/name.h on any text. Each part ends with NUL inside its member, and the parts of a name that was
 * taken apart are taken apart in turn.
 */
#include <stdint.h>
#include <string.h>

#include "script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ENDS(member) expect(memchr(member, '\0', sizeof(member)) != NULL, "a part without an end")

static void use_section(const char *text) {
  static const int64_t lengths[] = {10, 1, 1000000, 7, 20, 3};
  rf_name_range ranges[6];
  rf_error err;
  for (int ndim = 1; ndim <= 6; ndim++)
    if (good(rf_name_parse_section(text, ndim, lengths, ranges, &err), &err))
      for (int i = 0; i < ndim; i++)
        expect(ranges[i].start >= 1 && ranges[i].end >= 1 && ranges[i].start <= lengths[i] &&
                   ranges[i].end <= lengths[i] && ranges[i].step >= 1,
               "a range outside its axis");
}

static void use_location(const char *text) {
  rf_name_location where = {.size = sizeof where};
  rf_error err;
  (void)good(rf_name_parse_location(text, &where, &err), &err);
  ENDS(where.name);
  ENDS(where.column);
  ENDS(where.row);
}

static void use_compression(const char *text) {
  rf_name_compression how = {.size = sizeof how};
  rf_error err;
  if (good(rf_name_parse_compression(text, &how, &err), &err))
    expect(how.tile_ndim >= 0 && how.tile_ndim <= 6, "too many axes of tiles");
}

static void use_parts(const rf_name *name) {
  ENDS(name->type);
  ENDS(name->file);
  ENDS(name->output);
  ENDS(name->hdu);
  ENDS(name->rows);
  ENDS(name->bin);
  ENDS(name->columns);
  ENDS(name->pixels);
  ENDS(name->compress);
  use_section(name->rows);
  use_location(name->hdu);
  use_compression(name->compress);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static rf_name name;
  static rf_name_new created;
  rf_error err;
  /* Exactly as long, so that AddressSanitizer sees the first byte beyond. */
  char *text = malloc(size + 1);
  expect(text != NULL, "no memory");
  if (size > 0)
    memcpy(text, data, size);
  text[size] = '\0';
  name.size = sizeof name;
  created.size = sizeof created;
  (void)good(rf_name_parse(text, &name, &err), &err);
  use_parts(&name);
  (void)good(rf_name_parse_file(text, &name, &err), &err);
  use_parts(&name);
  (void)good(rf_name_parse_new(text, &created, &err), &err);
  ENDS(created.type);
  ENDS(created.file);
  ENDS(created.template_file);
  ENDS(created.compress);
  use_section(text);
  use_location(text);
  use_compression(text);
  free(text);
  return 0;
}
