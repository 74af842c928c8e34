/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A format and a field of an ASCII table, parted by a NUL: whatever is read is written again, and reads back as what it
 * was as far as the format's decimals go.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "value/ascii_field.h"

/* Wider fields say nothing new and take long. */
#define MAX_WIDTH 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
  if (!condition)
    abort();
}

static bool same_real(double a, double b) {
  return a == b || (isnan(a) && isnan(b));
}

static void check_real(const rf_ascii_format *format, double value) {
  rf_ascii_format wide = {format->letter == 'D' ? 'D' : 'E', 32, 17};
  char field[MAX_WIDTH];
  double back = 0;
  rf_ascii_result result = rf_ascii_write_real(field, &wide, value);
  require(result == (isfinite(value) ? RF_ASCII_OK : RF_ASCII_NOT_FINITE));
  if (result == RF_ASCII_OK) {
    require(rf_ascii_read_real(field, wide.width, 0, &back) == RF_ASCII_OK);
    require(same_real(back, value));
  }
  if (format->width > MAX_WIDTH)
    return;
  /* What the format leaves of it stays when it is written once more. */
  result = rf_ascii_write_real(field, format, value);
  require(rf_ascii_write_real(NULL, format, value) == result);
  if (result != RF_ASCII_OK)
    return;
  char again[MAX_WIDTH];
  require(rf_ascii_read_real(field, format->width, format->decimals, &back) == RF_ASCII_OK);
  /* The text may lie beyond the largest double; and more decimals than a double has are no business of a round trip. */
  if (!isfinite(back) || (format->letter != 'F' && format->decimals > 14) || fabs(back) > 1e15)
    return;
  require(rf_ascii_write_real(again, format, back) == RF_ASCII_OK);
  require(format->decimals > 14 || memcmp(field, again, format->width) == 0);
}

static void check_integer(const char *text, size_t n, unsigned decimals, const rf_ascii_format *format) {
  char field[MAX_WIDTH];
  int64_t value, back = 0;
  if (rf_ascii_read_integer(text, n, decimals, &value) != RF_ASCII_OK)
    return;
  double real = 0;
  require(rf_ascii_read_real(text, n, decimals, &real) == RF_ASCII_OK && real == (double)value);
  require(rf_ascii_write_integer(field, 20, value) == RF_ASCII_OK);
  require(rf_ascii_read_integer(field, 20, 0, &back) == RF_ASCII_OK && back == value);
  if (format->width <= MAX_WIDTH && rf_ascii_write_integer(field, format->width, value) == RF_ASCII_OK)
    require(rf_ascii_read_integer(field, format->width, 0, &back) == RF_ASCII_OK && back == value);
}

static void check_field(const rf_ascii_format *format, const uint8_t *data, size_t n) {
  /* On the heap and of its very size, so that a byte read outside is seen. */
  char *field = malloc(n > 0 ? n : 1);
  double value;
  if (field == NULL)
    return;
  if (n > 0)
    memcpy(field, data, n);
  if (rf_ascii_read_real(field, n, format->decimals, &value) == RF_ASCII_OK)
    check_real(format, value);
  check_integer(field, n, format->decimals, format);
  require(rf_ascii_is_null(field, n, field, n));
  (void)rf_ascii_is_null(field, n, "*", 1);
  free(field);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char form[80];
  rf_ascii_format format;
  const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
  if (nul == NULL || (size_t)(nul - data) >= sizeof form)
    return 0;
  memcpy(form, data, (size_t)(nul - data) + 1);
  if (!rf_ascii_format_parse(form, &format))
    return 0;
  require(format.width <= RF_ASCII_MAX_WIDTH && format.decimals <= RF_ASCII_MAX_DECIMALS);
  check_field(&format, nul + 1, size - (size_t)(nul + 1 - data));
  return 0;
}
