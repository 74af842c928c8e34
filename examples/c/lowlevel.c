/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The low-level part: builds a table by its cards and bytes, inserts it in front of another HDU, and changes its size
 * by hand.
 */
#include <rustfits.h>

#include <stdio.h>
#include <string.h>

#define CARD_BYTES 80

/* Appends a card to a list. */
static size_t add(char *cards, size_t count, const char *text) {
  memset(cards + count * CARD_BYTES, ' ', CARD_BYTES);
  memcpy(cards + count * CARD_BYTES, text, strlen(text));
  return count + 1;
}

static size_t describe(char *cards, int rows) {
  char text[CARD_BYTES + 1];
  size_t n = add(cards, 0, "XTENSION= 'BINTABLE'");
  n = add(cards, n, "BITPIX  =                    8");
  n = add(cards, n, "NAXIS   =                    2");
  n = add(cards, n, "NAXIS1  =                    2");
  snprintf(text, sizeof text, "NAXIS2  = %20d", rows);
  n = add(cards, n, text);
  n = add(cards, n, "PCOUNT  =                    0");
  n = add(cards, n, "GCOUNT  =                    1");
  n = add(cards, n, "TFIELDS =                    1");
  n = add(cards, n, "TTYPE1  = 'COUNT   '");
  n = add(cards, n, "TFORM1  = 'I       '");
  return add(cards, n, "EXTNAME = 'COUNTS  '");
}

static rf_status make(rf_file *file, rf_error *err) {
  const uint64_t axes[2] = {10, 10};
  const rf_image_spec image = {.size = sizeof image, .dtype = RF_U8, .naxis = 2, .axes = axes, .extver = -1};
  const unsigned char rows[3][2] = {{0, 1}, {0, 2}, {1, 0}}; /* big-endian */
  char cards[12 * CARD_BYTES];
  size_t index, count = describe(cards, 3);
  rf_status status = rf_image_create(file, &image, &index, err);
  if (status == RF_OK)
    status = rf_image_create(file, &image, &index, err);
  /* The header is in memory, and the data are written, until the HDU is published. */
  if (status == RF_OK)
    status = rf_hdu_begin(file, cards, count, &index, err);
  if (status == RF_OK)
    status = rf_hdu_write_raw(file, index, RF_PART_DATA, 0, rows, sizeof rows, err);
  if (status == RF_OK)
    status = rf_hdu_publish(file, index, err);
  /* To insert an HDU, append and move it. */
  if (status == RF_OK)
    status = rf_hdu_move(file, index, 1, err);
  /* NAXIS2 by hand: two new rows of zeros, of which the last one is written. */
  if (status == RF_OK)
    status = rf_hdu_set_cards(file, 1, cards, describe(cards, 5), RF_DATA_RESIZE, err);
  if (status == RF_OK)
    status = rf_hdu_write_raw(file, 1, RF_PART_DATA, 8, rows[2], 2, err);
  return status;
}

int main(void) {
  rf_error err;
  rf_file *file;
  int16_t counts[5];
  if (rf_file_open("counts.fits", RF_MODE_CREATE, NULL, &file, &err) != RF_OK) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  rf_column_request column = {
      .size = sizeof column, .column = 0, .type = RF_I16, .data = counts, .stride = sizeof *counts};
  const rf_table_request request = {.size = sizeof request, .columns = &column, .ncolumns = 1};
  rf_status status = make(file, &err);
  if (status == RF_OK)
    status = rf_table_read(file, 1, &request, &err);
  if (status == RF_OK)
    status = rf_file_free(file, &err);
  else
    (void)rf_file_free(file, NULL);
  if (status != RF_OK) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  printf("%d %d %d %d %d\n", counts[0], counts[1], counts[2], counts[3], counts[4]);
  return !(counts[1] == 2 && counts[2] == 256 && counts[3] == 0 && counts[4] == 256);
}
