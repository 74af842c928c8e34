/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Edits of any table: the first byte says how many bytes of commands follow, then come the cards of a table, a line
 * each up to an empty one, and its data. Whatever is done to it, cells that are not meant keep their values, and the
 * handle must tell the same about the file as a fresh handle on the bytes that it wrote.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cards.h"
#include "digest.h"
#include "table_calls.h"

/* What the options of this target point at. */
static rf_limits ceilings;

#define MAX_COLUMNS ((size_t)64)
#define MAX_CARDS 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct session {
  script script;
  rf_file *file;
  unsigned made;
} session;

/* ---- the file ---- */

/* A primary HDU without data, the table's cards as they come, END, the data. A first line TABLE makes it ASCII. */
static uint8_t *build(const uint8_t *data, size_t size, size_t *total) {
  static const char *const primary[] = {"SIMPLE  =                    T", "BITPIX  =                    8",
                                        "NAXIS   =                    0", "END"};
  static const char *const table[] = {"XTENSION= 'BINTABLE'", "BITPIX  =                    8",
                                      "NAXIS   =                    2"};
  static char header[2880 + 80 * (MAX_CARDS + 80)];
  size_t count = 0;
  bool ascii = size >= 6 && memcmp(data, "TABLE\n", 6) == 0;
  memset(header, ' ', sizeof header);
  for (size_t i = 0; i < 4; i++)
    add_card(header, &count, primary[i], strlen(primary[i]));
  count = 36;
  for (size_t i = 0; i < 3; i++)
    add_card(header, &count, i == 0 && ascii ? "XTENSION= 'TABLE   '" : table[i], 20);
  memcpy(header + 80 * 37, table[1], strlen(table[1]));
  memcpy(header + 80 * 38, table[2], strlen(table[2]));
  data += ascii ? 6 : 0;
  size -= ascii ? 6 : 0;
  add_lines(header, &count, 36 + MAX_CARDS, &data, &size);
  size_t bytes = end_header(header, &count);
  *total = bytes + size;
  uint8_t *file = malloc(*total);
  expect(file != NULL, "no memory");
  memcpy(file, header, bytes);
  if (size > 0)
    memcpy(file + bytes, data, size);
  return file;
}

typedef struct snapshot {
  rf_table_info info;
  rf_column_info *columns;
  uint64_t digests[MAX_COLUMNS];
} snapshot;

/* false for a table that is too large to look at, or none. */
static bool look(rf_file *file, uint64_t nrows, snapshot *shot) {
  rf_error err;
  memset(shot, 0, sizeof *shot);
  shot->info.size = sizeof shot->info;
  if (!good(rf_table_get_info(file, 1, &shot->info, &err), &err))
    return false;
  if (shot->info.ncols > MAX_COLUMNS || shot->info.nrows > MAX_ROWS ||
      shot->info.nrows * shot->info.row_bytes > MAX_BYTES)
    return false;
  shot->columns = calloc(shot->info.ncols + 1, sizeof *shot->columns);
  expect(shot->columns != NULL, "no memory");
  for (size_t i = 0; i < shot->info.ncols; i++) {
    shot->columns[i].size = sizeof shot->columns[i];
    expect(good(rf_table_get_column(file, 1, i, &shot->columns[i], &err), &err), "a table but no column");
    shot->digests[i] = digest_column(file, 1, i, &shot->columns[i], nrows < shot->info.nrows ? nrows : shot->info.nrows,
                                     8 * MAX_BYTES);
  }
  return true;
}

static void done_looking(snapshot *shot) {
  free(shot->columns);
  shot->columns = NULL;
}

/* ---- commands ---- */

static bool insert(session *s, size_t position, unsigned kind) {
  static const rf_dtype types[] = {RF_U8, RF_I8, RF_U16, RF_I64, RF_F32, RF_C64, RF_BYTES, RF_LOGICAL, RF_BIT};
  uint64_t dims[] = {kind / 9 % 3, 2};
  char name[16];
  rf_error err;
  snprintf(name, sizeof name, "new%u", s->made++);
  rf_column_spec spec = {.size = sizeof spec, .name = name, .type = types[kind % 9], .width = kind % 5, .dims = dims};
  spec.ndim = (int)(kind / 27 % 3);
  if (kind % 4 == 3)
    spec.descriptor = kind % 8 == 7 ? 'P' : 'Q';
  return good(call_insert(s->file, 1, position, &spec, &err), &err);
}

static bool write_column(session *s, const rf_column_info *info, size_t column, uint64_t nrows, unsigned seed) {
  rf_error err;
  uint64_t cell = info->count * rf_dtype_bytes(info->type, (size_t)info->width);
  if (info->count > MAX_BYTES || info->width > MAX_BYTES || cell * nrows > 8 * MAX_BYTES)
    return false;
  uint8_t *cells = malloc(cell * nrows + 1), *mask = calloc(1, info->count * nrows + 1);
  expect(cells != NULL && mask != NULL, "no memory");
  for (uint64_t i = 0; i < cell * nrows; i++)
    cells[i] = (uint8_t)(seed + i * 7);
  if (info->count > 0 && nrows > 0)
    mask[seed % (info->count * nrows)] = 1;
  rf_rows rows = {(int64_t)nrows - 1, -1, nrows, NULL};
  rf_column_request request = {.size = sizeof request,
                               .column = column,
                               .type = info->type,
                               .width = (size_t)info->width,
                               .data = cells,
                               .stride = (ptrdiff_t)cell,
                               .mask = seed & 1 ? mask : NULL};
  bool done = good(call_write(s->file, 1, &rows, &request, 1, &err), &err);
  free(cells);
  free(mask);
  return done;
}

/* Lengths of `count` cells by the seed; gives the bytes of their elements. */
static uint64_t choose_lengths(const rf_column_info *info, unsigned seed, uint64_t count, uint64_t *lengths) {
  uint64_t elements = 0;
  for (uint64_t i = 0; i < count; i++) {
    lengths[i] = seed >> 2 * i & 3;
    elements += info->letter == 'X' ? (lengths[i] + 7) / 8 : lengths[i];
  }
  return elements * rf_dtype_bytes(info->stored, 1);
}

static const uint8_t no_cells[64 * 16];

static bool write_heap(session *s, const rf_column_info *info, size_t column, uint64_t nrows, unsigned seed) {
  static uint64_t lengths[MAX_ROWS];
  rf_error err;
  rf_rows rows = {0, 1, nrows < 4 ? nrows : 4, NULL};
  uint64_t bytes = choose_lengths(info, seed, rows.count, lengths);
  return good(
      call_write_heap(s->file, 1, column, &rows, lengths, info->stored, RF_CELL_RAW, no_cells, bytes, NULL, &err),
      &err);
}

/* Three rows with cells of all columns that can have some. */
static bool append_filled(session *s, const snapshot *before, unsigned seed) {
  enum { ROWS = 3, MOST = 8 };
  uint64_t lengths[MOST][ROWS];
  rf_heap_cells cells[MOST];
  rf_error err;
  size_t n = 0;
  for (size_t i = 0; i < before->info.ncols && n < MOST; i++) {
    const rf_column_info *info = &before->columns[i];
    if (info->descriptor == 0 || info->repeat == 0)
      continue;
    cells[n] = (rf_heap_cells){.size = sizeof cells[n],
                               .lengths = lengths[n],
                               .type = info->stored,
                               .flags = RF_CELL_RAW,
                               .data = no_cells,
                               .data_bytes = choose_lengths(info, seed >> n, ROWS, lengths[n]),
                               .column = i};
    n++;
  }
  return good(call_append_heap(s->file, 1, ROWS, NULL, 0, cells, n, &err), &err);
}

static void append_image(session *s, unsigned n) {
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_U8, .naxis = 1, .axes = (uint64_t[]){n}, .extver = -1};
  rf_error err;
  size_t index;
  (void)good(rf_image_create(s->file, &spec, &index, &err), &err);
}

/* Fields of an ASCII table may lie on one another (FITS 7.2.3): what is written to one of them changes both. */
static bool overlap(const rf_column_info *a, const rf_column_info *b) {
  return a->offset < b->offset + b->bytes && b->offset < a->offset + a->bytes;
}

/* Check that the earlier columns keep their cells, except `changed` and the columns that overlap it. `moved` is the
 * first column with a new number, which differs by `by`. A column may become readable. A readable column may fail only
 * if the call requests rows behind a cut end. */
static void same_cells(session *s, const snapshot *before, uint64_t nrows, size_t changed, size_t moved, int by) {
  snapshot after;
  if (!look(s->file, nrows, &after))
    return;
  for (size_t i = 0; i < before->info.ncols; i++) {
    size_t now = i >= moved ? (size_t)((int64_t)i + by) : i;
    if (i == changed || now >= after.info.ncols || before->digests[i] == BAD)
      continue;
    if (changed < before->info.ncols && overlap(&before->columns[i], &before->columns[changed]))
      continue;
    expect(before->digests[i] == after.digests[now], "cells have changed");
    expect(strcmp(before->columns[i].unit, after.columns[now].unit) == 0, "a unit has changed");
  }
  done_looking(&after);
}

static void command(session *s) {
  rf_error err;
  snapshot before;
  unsigned what = take(&s->script), more = take(&s->script);
  if (!look(s->file, UINT64_MAX, &before))
    return;
  uint64_t nrows = before.info.nrows, kept = nrows, freed;
  size_t ncols = before.info.ncols, column = ncols > 0 ? more % ncols : 0, changed = SIZE_MAX, moved = SIZE_MAX;
  int by = 0;
  bool done = true;
  switch (what % 9) {
  case 0:
    moved = more % (ncols + 1);
    by = 1;
    done = insert(s, moved, take(&s->script));
    break;
  case 1:
    changed = moved = column;
    by = -1;
    done = good(rf_table_delete_column(s->file, 1, column, &err), &err);
    break;
  case 2:
    kept = more < nrows ? more : nrows;
    done_looking(&before);
    if (!look(s->file, kept, &before))
      return;
    if (what == 245) { /* the same by another way */
      rf_rows rest = {(int64_t)kept, 1, nrows - kept, NULL};
      done = good(rf_table_delete_rows(s->file, 1, &rest, &err), &err);
    } else {
      done = good(rf_table_resize(s->file, 1, more, &err), &err);
    }
    break;
  case 3:
    done = more % 4 == 1 ? append_filled(s, &before, more) : good(call_append(s->file, 1, more, NULL, 0, &err), &err);
    break;
  case 4:
    changed = column;
    done = ncols > 0 && write_column(s, &before.columns[column], column, nrows, take(&s->script));
    break;
  case 5:
    changed = column;
    done = ncols > 0 && write_heap(s, &before.columns[column], column, nrows, take(&s->script));
    break;
  case 6:
    done = good(rf_table_repack(s->file, 1, &freed, &err), &err);
    break;
  case 7:
    done =
        good(rf_table_describe_column(s->file, 1, column, more & 1 ? "other" : NULL, NULL, more & 2 ? "I5" : "", &err),
             &err);
    break;
  default:
    append_image(s, more);
  }
  if (!done) {
    changed = moved = SIZE_MAX; /* nothing has changed */
    by = 0;
  }
  same_cells(s, &before, kept, changed, moved, by);
  done_looking(&before);
}

/* ---- the end ---- */

static void compare(rf_file *a, rf_file *b) {
  rf_error err;
  size_t n = 0, m = 0;
  rf_status x = rf_file_get_hdu_count(a, &n, &err), y = rf_file_get_hdu_count(b, &m, &err);
  expect(x == y && n == m, "two numbers of HDUs");
  for (size_t i = 0; i < n; i++) {
    rf_hdu_info f = {.size = sizeof f}, g = {.size = sizeof g};
    rf_table_info t = {.size = sizeof t}, u = {.size = sizeof u};
    expect(rf_hdu_get_info(a, i, &f, &err) == RF_OK && rf_hdu_get_info(b, i, &g, &err) == RF_OK, "no facts");
    expect(f.kind == g.kind && f.header_offset == g.header_offset && f.header_bytes == g.header_bytes &&
               f.data_offset == g.data_offset && f.data_bytes == g.data_bytes && f.pcount == g.pcount,
           "different facts of an HDU");
    x = rf_table_get_info(a, i, &t, &err);
    y = rf_table_get_info(b, i, &u, &err);
    expect(x == y && (x != RF_OK || memcmp(&t, &u, sizeof t) == 0), "different facts of a table");
  }
}

static void check_against_fresh(const session *s, const rf_options *options) {
  rf_error err;
  rf_file *fresh = NULL;
  uint64_t size;
  if (rf_file_get_size(s->file, &size, &err) != RF_OK || size > 64 * MAX_BYTES)
    return;
  uint8_t *bytes = malloc(size > 0 ? size : 1);
  expect(bytes != NULL, "no memory");
  if (rf_file_read_bytes(s->file, 0, bytes, size, &err) == RF_OK) {
    expect(good(rf_file_open_bytes(bytes, size, RF_MODE_READ, options, &fresh, &err), &err), "cannot be opened again");
    compare(s->file, fresh);
    (void)rf_file_free(fresh, &err);
  }
  free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rf_error err;
  rf_options options;
  session s = {0};
  size_t total;
  if (!script_begin(&s.script, &data, &size))
    return 0;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  ceilings.header_bytes = (uint64_t)1 << 20;
  uint8_t *bytes = build(data, size, &total);
  if (good(rf_file_open_bytes(bytes, total, RF_MODE_READ_WRITE, &options, &s.file, &err), &err)) {
    while (s.script.left > 0)
      command(&s);
    check_against_fresh(&s, &options);
    (void)good(rf_file_free(s.file, &err), &err);
  }
  free(bytes);
  return 0;
}
