/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/lowlevel/raw.h on any file: the first byte says how many bytes of commands follow, the rest is the file. The
 * commands read and write bytes of HDUs, set headers of any cards, and begin, publish, discard and move HDUs.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fresh.h"
#include "script.h"

#define CONTENT_LIMIT ((uint64_t)4 << 20)
#define PIECE 6000
#define MAX_CARDS 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static rf_limits ceilings;

/* Reads a range of a part, and writes it back with one byte changed. */
static void use_bytes(rf_file *file, script *s, size_t index) {
  rf_error err;
  unsigned how = take(s);
  rf_hdu_part part = how % 8 == 7 ? (rf_hdu_part)3 : how % 2 ? RF_PART_HEADER : RF_PART_DATA;
  uint64_t offset = take(s) * (how & 64 ? 80U : 7U);
  size_t n = how & 128 ? take(s) * 23U : take(s);
  /* Exactly as large, so that AddressSanitizer sees the first byte beyond. */
  uint8_t *bytes = malloc(n > 0 ? n : 1);
  expect(bytes != NULL && n <= PIECE, "no memory");
  memset(bytes, 0, n);
  bool read = good(rf_hdu_read_raw(file, index, part, offset, bytes, n, &err), &err);
  if (n > 0 && (how & 16))
    bytes[take(s) % n] = (uint8_t)take(s);
  bool written = how & 32 && good(rf_hdu_write_raw(file, index, part, offset, bytes, n, &err), &err);
  if (written && part == RF_PART_DATA) {
    uint8_t *again = malloc(n > 0 ? n : 1);
    expect(again != NULL && good(rf_hdu_read_raw(file, index, part, offset, again, n, &err), &err) &&
               memcmp(again, bytes, n) == 0,
           "bytes just written are others");
    free(again);
  }
  expect(read || !written || part == RF_PART_DATA, "a header that cannot be read is written in part");
  free(bytes);
}

/* Takes the cards of an HDU, and changes, deletes, repeats or inserts some. Returns how many there are. */
static size_t make_cards(rf_file *file, script *s, size_t index, char *cards) {
  static const char *const given[] = {"NAXIS   =                    2",
                                      "NAXIS1  =                   20",
                                      "NAXIS2  =                  300",
                                      "PCOUNT  =                  100",
                                      "BITPIX  =                  -32",
                                      "TFORM1  = '3PJ(5)  '",
                                      "TFIELDS =                    2",
                                      "XTENSION= 'IMAGE   '",
                                      "ZIMAGE  =                    T",
                                      "THEAP   =                   90",
                                      "SIMPLE  =                    T",
                                      "GROUPS  =                    T",
                                      "END",
                                      "HISTORY of cards"};
  rf_error err;
  rf_header *header = NULL;
  size_t n = 0;
  if (good(rf_hdu_get_header(file, index, &header, &err), &err)) {
    n = rf_header_get_count(header) < MAX_CARDS / 2 ? rf_header_get_count(header) : MAX_CARDS / 2;
    memcpy(cards, rf_header_get_cards(header), n * RF_CARD_BYTES);
  }
  rf_header_free(header);
  for (unsigned edits = take(s) % 6; edits > 0; edits--) {
    unsigned how = take(s);
    size_t at = n > 0 ? take(s) % n : 0;
    char *card = cards + at * RF_CARD_BYTES;
    const char *text = given[how / 4 % (sizeof given / sizeof *given)];
    if (how % 4 == 0 && n > 0) {
      card[take(s) % RF_CARD_BYTES] = (char)take(s);
    } else if (how % 4 == 1 && n > 0) {
      memmove(card, card + RF_CARD_BYTES, (n - at - 1) * RF_CARD_BYTES);
      n--;
    } else {
      if (how % 4 == 2)
        memmove(card + RF_CARD_BYTES, card, (n - at) * RF_CARD_BYTES);
      n += how % 4 == 2 || n == 0;
      memset(card, ' ', RF_CARD_BYTES);
      memcpy(card, text, strlen(text));
    }
  }
  return n;
}

static void set_cards(rf_file *file, script *s, size_t index) {
  static char cards[MAX_CARDS * RF_CARD_BYTES];
  rf_error err;
  size_t n = make_cards(file, s, index, cards);
  unsigned fit = take(s);
  rf_hdu_info info = {.size = sizeof info};
  if (good(rf_hdu_set_cards(file, index, cards, n,
                            fit % 8 == 7 ? (rf_data_fit)0
                            : fit % 2    ? RF_DATA_KEEP
                                         : RF_DATA_RESIZE,
                            &err),
           &err))
    expect(good(rf_hdu_get_info(file, index, &info, &err), &err), "a header that was set does not describe an HDU");
}

/* Begins an HDU, and publishes or discards it. */
static void begin(rf_file *file, script *s, size_t index) {
  static char cards[MAX_CARDS * RF_CARD_BYTES];
  rf_error err;
  size_t n = make_cards(file, s, index, cards), begun = 0;
  if (!good(rf_hdu_begin(file, cards, n, &begun, &err), &err))
    return;
  for (unsigned steps = take(s) % 4; steps > 0; steps--) {
    if (take(s) % 3 == 0)
      set_cards(file, s, begun);
    else
      use_bytes(file, s, begun);
  }
  if (take(s) % 3 == 0)
    expect(good(rf_hdu_discard(file, begun, &err), &err), "an HDU that was begun cannot be discarded");
  else if (!good(rf_hdu_publish(file, begun, &err), &err))
    (void)good(rf_hdu_discard(file, begun, &err), &err);
}

static void command(rf_file *file, script *s) {
  rf_error err;
  unsigned what = take(s);
  size_t index = what / 8 % 8;
  uint64_t size;
  if (good(rf_file_get_size(file, &size, &err), &err) && size > CONTENT_LIMIT)
    return;
  switch (what % 8) {
  case 0:
  case 1:
  case 2:
    use_bytes(file, s, index);
    break;
  case 3:
  case 4:
    set_cards(file, s, index);
    break;
  case 5:
    begin(file, s, index);
    break;
  case 6:
    (void)good(rf_hdu_move(file, index, take(s) % 8, &err), &err);
    break;
  default:
    (void)good(rf_file_flush(file, &err), &err);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rf_error err;
  script commands;
  rf_options options;
  rf_file *file = NULL;
  if (!script_begin(&commands, &data, &size))
    return 0;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  ceilings.header_bytes = (uint64_t)1 << 20;
  ceilings.inflate_bytes = (uint64_t)8 << 20;
  ceilings.hdus = 1000;
  if (!good(rf_file_open_bytes(data, size, RF_MODE_READ_WRITE, &options, &file, &err), &err))
    return 0;
  while (commands.left > 0)
    command(file, &commands);
  check_against_fresh(file, &options, 4 * CONTENT_LIMIT);
  (void)good(rf_file_free(file, &err), &err);
  return 0;
}
