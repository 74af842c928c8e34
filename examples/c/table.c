/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes a table from structs, reads two columns, and finds rows by a condition.
 */
#include <rustfits.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct star {
  double ra;
  float mag;
  char name[8];
} star;

/* The members of a struct as columns 0 to 2 of a table: for reading and for writing. */
static void describe(star *stars, rf_column_request requests[3]) {
  const rf_column_request members[3] = {
      {.size = sizeof *requests, .column = 0, .type = RF_F64, .data = &stars->ra, .stride = sizeof(star)},
      {.size = sizeof *requests, .column = 1, .type = RF_F32, .data = &stars->mag, .stride = sizeof(star)},
      {.size = sizeof *requests,
       .column = 2,
       .type = RF_BYTES,
       .width = 8,
       .data = stars->name,
       .stride = sizeof(star)}};
  memcpy(requests, members, sizeof members);
}

static rf_status make(rf_file *file, rf_error *err) {
  const rf_column_spec columns[3] = {{.size = sizeof *columns, .name = "ra", .type = RF_F64, .unit = "deg"},
                                     {.size = sizeof *columns, .name = "mag", .type = RF_F32},
                                     {.size = sizeof *columns, .name = "name", .type = RF_BYTES, .width = 8}};
  star stars[4] = {
      {279.23, 0.03F, "Vega"}, {101.29, -1.46F, "Sirius"}, {310.36, 1.25F, "Deneb"}, {297.7, 0.76F, "Altair"}};
  rf_column_request requests[3];
  describe(stars, requests);
  const rf_table_request cells = {.size = sizeof cells, .columns = requests, .ncolumns = 3};
  const rf_table_spec spec = {.size = sizeof spec,
                              .kind = RF_HDU_TABLE,
                              .nrows = 4,
                              .columns = columns,
                              .ncols = 3,
                              .extname = "STARS",
                              .extver = -1,
                              .cells = &cells};
  size_t index;
  return rf_table_create(file, &spec, &index, err);
}

/* Two columns as arrays of their own: no other bytes are converted. */
static rf_status two_columns(rf_file *file, size_t index, rf_error *err) {
  double ra[4];
  float mag[4];
  rf_column_request requests[2] = {{.size = sizeof *requests, .type = RF_F64, .data = ra, .stride = sizeof *ra},
                                   {.size = sizeof *requests, .type = RF_F32, .data = mag, .stride = sizeof *mag}};
  rf_status status = rf_table_find_column(file, index, "RA", &requests[0].column, err);
  if (status == RF_OK)
    status = rf_table_find_column(file, index, "mag", &requests[1].column, err);
  const rf_table_request request = {.size = sizeof request, .columns = requests, .ncolumns = 2};
  if (status == RF_OK)
    status = rf_table_read(file, index, &request, err);
  if (status == RF_OK)
    printf("row 2: %g %g\n", ra[2], mag[2]);
  return status;
}

/* The rows that fulfil a condition, as structs. */
static rf_status bright(rf_file *file, size_t index, star found[4], uint64_t *matches, rf_error *err) {
  const char *text = "mag < 1 & name != 'Sirius'";
  rf_expr *expr;
  uint8_t selected[4];
  uint64_t numbers[4];
  rf_column_request requests[3];
  rf_status status = rf_expr_parse(text, strlen(text), &expr, err);
  if (status != RF_OK)
    return status;
  status = rf_table_where(file, index, expr, NULL, selected, matches, err);
  rf_expr_free(expr);
  if (status != RF_OK)
    return status;
  size_t count = 0;
  for (uint64_t row = 0; row < 4; row++)
    if (selected[row])
      numbers[count++] = row;
  const rf_rows rows = {.count = count, .indices = numbers};
  describe(found, requests);
  const rf_table_request request = {.size = sizeof request, .rows = &rows, .columns = requests, .ncolumns = 3};
  return rf_table_read(file, index, &request, err);
}

int main(void) {
  rf_error err;
  rf_file *file;
  star found[4];
  uint64_t matches = 0;
  if (rf_file_open("stars.fits", RF_MODE_CREATE, NULL, &file, &err) != RF_OK) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  rf_status status = make(file, &err);
  if (status == RF_OK)
    status = two_columns(file, 1, &err);
  if (status == RF_OK)
    status = bright(file, 1, found, &matches, &err);
  if (status == RF_OK)
    status = rf_file_free(file, &err);
  else
    (void)rf_file_free(file, NULL);
  if (status != RF_OK) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  for (uint64_t i = 0; i < matches; i++)
    printf("%.8s %g\n", found[i].name, found[i].mag);
  return !(matches == 2 && strncmp(found[0].name, "Vega", 8) == 0 && fabsf(found[1].mag - 0.76F) < 1e-6F);
}
