/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One card of any 80 bytes: taken apart, its parts lie inside of it; read as every kind of value; and a number that was
 * read is written and read again as the same one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "header/card.h"
#include "header/scale.h"
#include "value/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
  if (!condition)
    abort();
}

static void require_inside(const char *card, const char *part, size_t n) {
  require(part >= card && part <= card + RF_CARD_BYTES && n <= (size_t)(card + RF_CARD_BYTES - part));
}

static void check_parts(const char *card) {
  rf_card_view view;
  rf_card_split(card, &view);
  require_inside(card, view.keyword, view.keyword_length);
  require_inside(card, view.value, view.value_length);
  require_inside(card, view.comment, view.comment_length);
  require_inside(card, view.text, view.text_length);
  require(view.has_value || (view.value_length == 0 && view.comment_length == 0));
  if (rf_card_split_continue(card, &view))
    require_inside(card, view.value, view.value_length);
}

static void check_values(const char *card) {
  int64_t integer;
  double real;
  bool logical;
  char text[RF_CARD_BYTES];
  char written[RF_NUMBER_BYTES];
  (void)rf_card_logical(card, &logical);
  for (size_t capacity = 0; capacity <= sizeof text; capacity += 20)
    if (rf_card_string(card, text, capacity))
      require(strlen(text) < capacity);
  if (rf_card_integer(card, &integer)) {
    int64_t back = 0;
    rf_number_write_integer(integer, written);
    require(rf_number_read(written, strlen(written), &back, &real) == RF_NUMBER_INTEGER && back == integer);
  }
  if (rf_card_real(card, &real)) {
    double back;
    require(rf_number_write_real(real, written));
    require(rf_number_read(written, strlen(written), &integer, &back) == RF_NUMBER_REAL);
    require(memcmp(&back, &real, sizeof real) == 0);
  }
}

/* What every reader takes for a number is one here, too, and the same. */
static void check_scale(const char *card) {
  rf_card_scale scale;
  double real = 0;
  int64_t integer = 0;
  rf_card_scale_read(card, &scale);
  require(memchr(scale.text, '\0', sizeof scale.text) != NULL);
  for (const char *p = scale.text; *p != '\0'; p++)
    require(*p >= ' ' && *p <= '~');
  if (rf_card_real(card, &real))
    require(scale.state == RF_SCALE_CLEAN && memcmp(&scale.real, &real, sizeof real) == 0);
  else
    require(scale.state != RF_SCALE_CLEAN);
  if (rf_card_integer(card, &integer))
    require(scale.is_integer && scale.integer == integer);
  if (scale.state == RF_SCALE_ABSENT)
    require(scale.text[0] == '\0');
  require(!scale.is_2_63 || scale.real == 9223372036854775808.0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* On the heap and of its very size, so that a byte read outside is seen. */
  char *card = malloc(RF_CARD_BYTES);
  if (card == NULL)
    return 0;
  memset(card, ' ', RF_CARD_BYTES);
  if (size > 0)
    memcpy(card, data, size < RF_CARD_BYTES ? size : RF_CARD_BYTES);
  check_parts(card);
  check_values(card);
  check_scale(card);
  free(card);
  return 0;
}
