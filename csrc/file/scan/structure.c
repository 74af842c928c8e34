/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading the properties of an HDU from its structural cards (FITS 4.4.1). Cards may come in any order, and keywords in
 * any case: only the numbers must be valid.
 */
#include "file/scan/structure.h"

#include <string.h>

#include "base/memory.h"
#include "header/card.h"
#include "header/scale.h"

#define SMALL_AXES (sizeof((rf_hdu *)0)->small_axes / sizeof(uint64_t))
#define MAX_AXES 999      /* FITS 4.4.1.1 */
#define MAX_COLUMNS 999   /* FITS 7.2.1 */
#define GARBAGE_CARDS 360 /* ten blocks */

/* In the list of axes: no card yet, or a card without a valid value. */
#define AXIS_MISSING UINT64_MAX
#define AXIS_NO_INTEGER (UINT64_MAX - 1)
#define AXIS_NEGATIVE (UINT64_MAX - 2)

/* The EXTNAME that some programs give to the binary table of a compressed image. */
static const char table_name[] = "COMPRESSED_IMAGE";

void rf_hdu_clear(rf_hdu *hdu) {
  if (hdu->axes != hdu->small_axes)
    rf_free(hdu->axes);
  hdu->axes = NULL;
  rf_header_free(hdu->header);
  hdu->header = NULL;
  if (hdu->parsed != NULL)
    hdu->ops->free_parsed(hdu->parsed);
  hdu->parsed = NULL;
  if (hdu->session != NULL)
    hdu->ops->free_session(hdu->session);
  hdu->session = NULL;
}

void rf_hdu_forget(rf_hdu *hdu) {
  if (hdu->parsed != NULL)
    hdu->ops->free_parsed(hdu->parsed);
  hdu->parsed = NULL;
  if (hdu->session != NULL)
    hdu->ops->reset_session(hdu->session, false);
}

void rf_structure_begin(rf_structure *structure, const rf_hdu_ops *const *kinds, rf_hdu *hdu, bool primary) {
  memset(structure, 0, sizeof *structure);
  memset(hdu, 0, sizeof *hdu);
  structure->kinds = kinds;
  structure->hdu = hdu;
  structure->primary = primary;
  structure->axes = hdu->small_axes;
  for (size_t i = 0; i < SMALL_AXES; i++)
    hdu->small_axes[i] = AXIS_MISSING;
  hdu->extver = 1;
  hdu->bscale = 1.0;
}

void rf_structure_abandon(rf_structure *structure) {
  if (structure->axes != structure->hdu->small_axes)
    rf_free(structure->axes);
  structure->axes = structure->hdu->small_axes;
  structure->hdu->axes = NULL;
}

/* --- values --- */

/* Returns whether only blanks or a comment follow from column 31 on. */
static bool only_comment_behind(const char *card) {
  size_t i = 30;
  while (i < RF_CARD_BYTES && card[i] == ' ')
    i++;
  return i == RF_CARD_BYTES || card[i] == '/';
}

/* Reads an integer. Nearly all structural cards have the fixed format (FITS 4.2.3), which needs no splitting of the
 * card. rf_card_integer() reads the others. */
static bool card_integer(const char card[RF_CARD_BYTES], int64_t *value) {
  static const char blanks[20] = "                    ";
  uint64_t sum = 0, unit = 1;
  size_t i = 30;
  while (i > 12 && card[i - 1] >= '0' && card[i - 1] <= '9') {
    sum += unit * (uint64_t)(card[--i] - '0');
    unit *= 10;
  }
  bool negative = card[i - 1] == '-';
  size_t before = negative ? i - 11 : i - 10;
  if (i == 30 || i == 12 || memcmp(card + 10, blanks, before) != 0 || !only_comment_behind(card))
    return rf_card_integer(card, value);
  *value = negative ? -(int64_t)sum : (int64_t)sum;
  return true;
}

/* Reads a string, likewise: fast if it begins in column 11 and has no quote. */
static bool card_string(const char card[RF_CARD_BYTES], char *text, size_t capacity) {
  const char *open = card + 11, *close = card[10] == '\'' ? memchr(open, '\'', RF_CARD_BYTES - 12) : NULL;
  if (close == NULL || close[1] != ' ' || (size_t)(close - open) >= capacity)
    return rf_card_string(card, text, capacity);
  for (const char *p = close + 1; p < card + RF_CARD_BYTES && *p != '/'; p++)
    if (*p != ' ')
      return rf_card_string(card, text, capacity);
  size_t n = (size_t)(close - open);
  while (n > 0 && open[n - 1] == ' ')
    n--;
  memcpy(text, open, n);
  text[n] = '\0';
  return true;
}

/* Notes a repeated keyword. The first one counts. */
static void note_duplicate(rf_structure *structure, const char card[RF_CARD_BYTES], bool different) {
  if (!different || structure->duplicate[0] != '\0')
    return;
  size_t n = 0;
  for (; n < 8 && card[n] != ' '; n++)
    structure->duplicate[n] = card[n];
  structure->duplicate[n] = '\0';
}

static void take_number(rf_structure *structure, rf_number *number, const char card[RF_CARD_BYTES]) {
  int64_t again;
  if (number->seen) {
    note_duplicate(structure, card,
                   card_integer(card, &again) != number->valid || (number->valid && again != number->value));
    return;
  }
  number->seen = true;
  number->valid = card_integer(card, &number->value);
}

static void take_flag(rf_flag *flag, const char card[RF_CARD_BYTES]) {
  if (flag->seen)
    return;
  flag->seen = true;
  flag->value = false;
  (void)rf_card_logical(card, &flag->value);
}

/* Notes a value that does not have the form of a number. The first one of the HDU counts. */
static void note_scale(rf_structure *structure, const char *keyword, const rf_card_scale *scale) {
  rf_hdu *hdu = structure->hdu;
  if (scale->state == RF_SCALE_BAD && hdu->bad_keyword[0] == '\0') {
    memcpy(hdu->bad_keyword, keyword, strlen(keyword) + 1);
    memcpy(hdu->bad_text, scale->text, sizeof hdu->bad_text);
  } else if ((scale->state == RF_SCALE_REPAIRED || scale->state == RF_SCALE_EMPTY) &&
             structure->scale_keyword[0] == '\0') {
    memcpy(structure->scale_keyword, keyword, strlen(keyword) + 1);
    memcpy(structure->scale_text, scale->text, sizeof structure->scale_text);
    structure->scale_state = scale->state;
  }
}

static bool is_number(const rf_card_scale *scale) {
  return scale->state == RF_SCALE_CLEAN || scale->state == RF_SCALE_REPAIRED;
}

static void take_bzero(rf_structure *structure, const char card[RF_CARD_BYTES]) {
  rf_hdu *hdu = structure->hdu;
  rf_card_scale scale;
  rf_card_scale_read(card, &scale);
  if (structure->has_bzero) {
    note_duplicate(structure, card, !is_number(&scale) || scale.real != hdu->bzero);
    return;
  }
  note_scale(structure, "BZERO", &scale);
  if (!is_number(&scale))
    return;
  structure->has_bzero = true;
  hdu->bzero = scale.real;
  hdu->bzero_is_2_63 = scale.is_2_63;
}

static void take_bscale(rf_structure *structure, const char card[RF_CARD_BYTES]) {
  rf_card_scale scale;
  rf_card_scale_read(card, &scale);
  if (structure->has_bscale) {
    note_duplicate(structure, card, !is_number(&scale) || scale.real != structure->hdu->bscale);
    return;
  }
  note_scale(structure, "BSCALE", &scale);
  structure->has_bscale = is_number(&scale);
  if (structure->has_bscale)
    structure->hdu->bscale = scale.real;
}

static void take_blank(rf_structure *structure, const char card[RF_CARD_BYTES]) {
  rf_number *blank = &structure->blank;
  rf_card_scale scale;
  rf_card_scale_read(card, &scale);
  bool valid = is_number(&scale) && scale.is_integer;
  if (blank->seen) {
    note_duplicate(structure, card, valid != blank->valid || (valid && scale.integer != blank->value));
    return;
  }
  /* BLANK does not apply to real numbers (FITS 4.4.2.5), but BITPIX may follow: see finish(). */
  note_scale(structure, "BLANK", &scale);
  if (scale.state == RF_SCALE_CLEAN && scale.with_point && structure->real_blank[0] == '\0')
    memcpy(structure->real_blank, scale.text, sizeof structure->real_blank);
  *blank = (rf_number){scale.state != RF_SCALE_EMPTY, valid, scale.integer};
}

/* The first EXTNAME counts, but some programs put "COMPRESSED_IMAGE" before the name of a compressed image. */
static void take_extname(rf_structure *structure, const char card[RF_CARD_BYTES]) {
  rf_hdu *hdu = structure->hdu;
  char *name = hdu->extname;
  if (structure->named) {
    if (strcmp(name, table_name) != 0 || structure->own_name[0] != '\0')
      return;
    name = structure->own_name;
  }
  bool found = card_string(card, name, sizeof hdu->extname) || rf_card_text(card, name, sizeof hdu->extname);
  if (!structure->named)
    hdu->has_extname = found;
  structure->named = true;
  size_t length = strlen(name);
  structure->open_name = found && length > 0 && name[length - 1] == '&' ? name : NULL;
}

/* Takes a CONTINUE card directly after EXTNAME: its text replaces the '&'. A long name is cut. */
static void continue_extname(rf_structure *structure, const char card[RF_CARD_BYTES]) {
  char *name = structure->open_name, copy[RF_CARD_BYTES], piece[RF_CARD_BYTES];
  /* A CONTINUE card has no value indicator. With one it is read like any string. */
  memcpy(copy, card, sizeof copy);
  memcpy(copy, "EXTNAME = ", 10);
  structure->open_name = NULL;
  if (!rf_card_string(copy, piece, sizeof piece))
    return;
  size_t length = strlen(name) - 1, more = strlen(piece), room = sizeof structure->hdu->extname - 1 - length;
  if (more > 0 && piece[more - 1] == '&' && more <= room)
    structure->open_name = name;
  if (more > room)
    more = room;
  memcpy(name + length, piece, more);
  name[length + more] = '\0';
}

rf_status rf_hdu_refuse_scale(const rf_hdu *hdu, rf_error *err) {
  rf_error_keyword(err, hdu->bad_keyword);
  return rf_fail(err, RF_ERR_FORMAT, "%s = %s is not one number: only the stored values can be read", hdu->bad_keyword,
                 hdu->bad_text);
}

/* Takes EXTVER. 3, 3.0 and '3' are the same version to other readers. */
static void take_extver(rf_structure *structure, const char card[RF_CARD_BYTES]) {
  rf_number *extver = &structure->extver;
  rf_card_scale scale;
  if (!extver->seen)
    rf_card_scale_read(card, &scale);
  bool first = !extver->seen;
  take_number(structure, extver, card);
  if (first && !extver->valid && scale.is_integer &&
      (scale.state == RF_SCALE_CLEAN || scale.state == RF_SCALE_REPAIRED))
    *extver = (rf_number){true, true, scale.integer};
}

/* --- axes --- */

/* Returns n of "NAXISn", or 0 for other keywords. */
static unsigned axis_number(const char key[8]) {
  unsigned n = 0;
  size_t i = 5;
  for (; i < 8 && key[i] >= '0' && key[i] <= '9'; i++)
    n = n * 10 + (unsigned)(key[i] - '0');
  if (i == 5 || key[5] == '0')
    return 0;
  for (; i < 8; i++)
    if (key[i] != ' ')
      return 0;
  return n;
}

static rf_status widen_axes(rf_structure *structure, rf_error *err) {
  uint64_t *axes = rf_alloc(MAX_AXES * sizeof *axes);
  if (axes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %d axes", MAX_AXES);
  memcpy(axes, structure->axes, SMALL_AXES * sizeof *axes);
  for (size_t i = SMALL_AXES; i < MAX_AXES; i++)
    axes[i] = AXIS_MISSING;
  structure->axes = axes;
  return RF_OK;
}

static rf_status take_axis(rf_structure *structure, unsigned n, const char card[RF_CARD_BYTES], rf_error *err) {
  int64_t length;
  if (n > SMALL_AXES && structure->axes == structure->hdu->small_axes)
    RF_TRY(widen_axes(structure, err));
  uint64_t axis = !card_integer(card, &length) ? AXIS_NO_INTEGER : length < 0 ? AXIS_NEGATIVE : (uint64_t)length;
  if (structure->axes[n - 1] != AXIS_MISSING)
    note_duplicate(structure, card, axis != structure->axes[n - 1]);
  else
    structure->axes[n - 1] = axis;
  return RF_OK;
}

/* --- cards --- */

static bool is(const char key[8], const char *name) {
  return memcmp(key, name, 8) == 0;
}

static rf_status take_card(rf_structure *structure, const char card[RF_CARD_BYTES], rf_error *err) {
  char key[8];
  if (structure->open_name != NULL) {
    if (rf_card_is(card, "CONTINUE")) {
      continue_extname(structure, card);
      return RF_OK;
    }
    structure->open_name = NULL;
  }
  if (card[8] != '=')
    return RF_OK;
  for (int i = 0; i < 8; i++)
    key[i] = (char)(card[i] >= 'a' && card[i] <= 'z' ? card[i] - 0x20 : card[i]);
  switch (key[0]) {
  case 'B':
    if (is(key, "BITPIX  "))
      take_number(structure, &structure->bitpix, card);
    else if (is(key, "BSCALE  "))
      take_bscale(structure, card);
    else if (is(key, "BZERO   "))
      take_bzero(structure, card);
    else if (is(key, "BLANK   "))
      take_blank(structure, card);
    break;
  case 'E':
    if (is(key, "EXTNAME "))
      take_extname(structure, card);
    else if (is(key, "EXTVER  "))
      take_extver(structure, card);
    break;
  case 'G':
    if (is(key, "GCOUNT  "))
      take_number(structure, &structure->gcount, card);
    else if (is(key, "GROUPS  "))
      take_flag(&structure->groups, card);
    break;
  case 'N':
    if (is(key, "NAXIS   ")) {
      take_number(structure, &structure->naxis, card);
    } else if (memcmp(key, "NAXIS", 5) == 0) {
      unsigned n = axis_number(key);
      if (n > 0)
        return take_axis(structure, n, card, err);
    }
    break;
  case 'P':
    if (is(key, "PCOUNT  "))
      take_number(structure, &structure->pcount, card);
    break;
  case 'T':
    if (is(key, "TFIELDS "))
      take_number(structure, &structure->tfields, card);
    break;
  case 'X':
    if (is(key, "XTENSION") && !structure->has_xtension)
      structure->has_xtension = card_string(card, structure->xtension, sizeof structure->xtension);
    break;
  case 'Z':
    if (is(key, "ZIMAGE  "))
      take_flag(&structure->zimage, card);
    else if (is(key, "ZTABLE  "))
      take_flag(&structure->ztable, card);
    break;
  default:
    break;
  }
  return RF_OK;
}

/* Fails after many cards without a printable keyword: these are data after a header without END. */
static rf_status judge_garbage(rf_structure *structure, const char card[RF_CARD_BYTES], rf_error *err) {
  structure->garbage = rf_all_printable(card, 8) ? 0 : structure->garbage + 1;
  if (structure->garbage < GARBAGE_CARDS)
    return RF_OK;
  return rf_fail(err, RF_ERR_FORMAT, "header without END? No keyword of %d cards, up to card %zu, is printable ASCII",
                 GARBAGE_CARDS, structure->count);
}

rf_status rf_structure_card(rf_structure *structure, const char card[RF_CARD_BYTES], rf_error *err) {
  char plain[RF_CARD_BYTES];
  structure->count++;
  if (rf_card_is_printable(card)) {
    structure->garbage = 0;
    return take_card(structure, card, err);
  }
  if (structure->unprintable_card == 0) {
    structure->unprintable_card = structure->count;
    memcpy(structure->unprintable, card, RF_CARD_BYTES);
  }
  RF_TRY(judge_garbage(structure, card, err));
  rf_card_plain(card, plain);
  return take_card(structure, plain, err);
}

/* --- the end --- */

static rf_status bad_number(rf_error *err, const rf_number *number, const char *keyword, const char *expected) {
  rf_error_keyword(err, keyword);
  if (!number->seen)
    return rf_fail(err, RF_ERR_FORMAT, "the header has no %s", keyword);
  if (!number->valid)
    return rf_fail(err, RF_ERR_FORMAT, "%s has no integer value where %s is expected", keyword, expected);
  return rf_fail(err, RF_ERR_FORMAT, "%s is %lld where %s is expected", keyword, (long long)number->value, expected);
}

/* Checks a count that may be absent. */
static rf_status optional_count(const rf_number *number, const char *keyword, int64_t absent, int64_t *value,
                                rf_error *err) {
  *value = absent;
  if (!number->seen)
    return RF_OK;
  if (!number->valid || number->value < 0)
    return bad_number(err, number, keyword, "0 or more");
  *value = number->value;
  return RF_OK;
}

static rf_status check_axes(rf_structure *structure, rf_error *err) {
  rf_hdu *hdu = structure->hdu;
  if ((size_t)hdu->naxis > SMALL_AXES && structure->axes == hdu->small_axes)
    RF_TRY(widen_axes(structure, err));
  for (int i = 0; i < hdu->naxis; i++) {
    char keyword[16] = "NAXIS";
    uint64_t length = structure->axes[i];
    rf_number number = {length != AXIS_MISSING, length == AXIS_NEGATIVE, 0};
    if (length < AXIS_NEGATIVE)
      continue;
    unsigned n = (unsigned)i + 1;
    char *end = keyword + 5;
    if (n >= 100)
      *end++ = (char)('0' + n / 100);
    if (n >= 10)
      *end++ = (char)('0' + n / 10 % 10);
    *end = (char)('0' + n % 10);
    if (length == AXIS_NEGATIVE) {
      rf_error_keyword(err, keyword);
      return rf_fail(err, RF_ERR_FORMAT, "%s is negative where 0 or more is expected", keyword);
    }
    return bad_number(err, &number, keyword, "0 or more");
  }
  size_t room = structure->axes == hdu->small_axes ? SMALL_AXES : MAX_AXES;
  for (size_t i = (size_t)hdu->naxis; i < room && structure->axis_beyond == 0; i++)
    if (structure->axes[i] != AXIS_MISSING)
      structure->axis_beyond = (unsigned)i + 1;
  /* Store a short list in the entry. */
  if ((size_t)hdu->naxis <= SMALL_AXES && structure->axes != hdu->small_axes) {
    memcpy(hdu->small_axes, structure->axes, SMALL_AXES * sizeof *structure->axes);
    rf_free(structure->axes);
    structure->axes = hdu->small_axes;
  }
  return RF_OK;
}

/* Returns the first row that recognises the cards; the last one recognises all. */
static const rf_hdu_ops *recognise(const rf_structure *structure) {
  const rf_hdu_ops *const *kind = structure->kinds;
  while (!(*kind)->recognise(structure))
    kind++;
  return *kind;
}

/* Computes the data size by equations 1 and 2 of FITS 4.4.1. In random groups (FITS 6.1.1) NAXIS1 = 0 does not count.
 */
static rf_status compute_size(const rf_structure *structure, rf_error *err) {
  rf_hdu *hdu = structure->hdu;
  hdu->data_bytes = 0;
  if (hdu->naxis == 0)
    return RF_OK;
  uint64_t bytes = 1, width = (uint64_t)(hdu->bitpix < 0 ? -hdu->bitpix : hdu->bitpix) / 8;
  bool empty = false, fits = true;
  int first_axis = (hdu->ops->flags & RF_KIND_GROUPS) != 0 ? 1 : 0;
  for (int i = first_axis; i < hdu->naxis; i++)
    empty = empty || structure->axes[i] == 0;
  for (int i = first_axis; i < hdu->naxis && !empty; i++)
    fits = fits && rf_mul_u64(bytes, structure->axes[i], &bytes);
  if (empty)
    bytes = 0;
  fits = fits && rf_add_u64(bytes, (uint64_t)hdu->pcount, &bytes) && rf_mul_u64(bytes, (uint64_t)hdu->gcount, &bytes) &&
         rf_mul_u64(bytes, width, &bytes) && bytes <= INT64_MAX - RF_BLOCK_BYTES;
  if (!fits)
    return rf_fail(err, RF_ERR_FORMAT, "the size of the data by NAXISn, PCOUNT and GCOUNT is beyond 63 bits");
  hdu->data_bytes = bytes;
  return RF_OK;
}

static rf_status finish(rf_structure *structure, rf_error *err) {
  static const char bitpix_domain[] = "8, 16, 32, 64, -32 or -64";
  rf_hdu *hdu = structure->hdu;
  int64_t bitpix = structure->bitpix.value, naxis = structure->naxis.value;
  if (!structure->primary && !structure->has_xtension) {
    rf_error_keyword(err, "XTENSION");
    return rf_fail(err, RF_ERR_FORMAT, "XTENSION has no string value");
  }
  if (!structure->bitpix.seen || !structure->bitpix.valid ||
      (bitpix != 8 && bitpix != 16 && bitpix != 32 && bitpix != 64 && bitpix != -32 && bitpix != -64))
    return bad_number(err, &structure->bitpix, "BITPIX", bitpix_domain);
  if (!structure->naxis.seen || !structure->naxis.valid || naxis < 0 || naxis > MAX_AXES)
    return bad_number(err, &structure->naxis, "NAXIS", "0 to 999");
  hdu->bitpix = (int)bitpix;
  hdu->naxis = (int)naxis;
  RF_TRY(check_axes(structure, err));
  hdu->ops = recognise(structure);
  uint32_t flags = hdu->ops->flags;
  hdu->gcount = 1;
  /* In a primary array without random groups, these two have no meaning (eq. 1). */
  if (!structure->primary || (flags & RF_KIND_GROUPS) != 0) {
    RF_TRY(optional_count(&structure->pcount, "PCOUNT", 0, &hdu->pcount, err));
    RF_TRY(optional_count(&structure->gcount, "GCOUNT", 1, &hdu->gcount, err));
  }
  const rf_number *tfields = &structure->tfields;
  if ((flags & RF_KIND_ROWS) != 0 && tfields->seen &&
      (!tfields->valid || tfields->value < 0 || tfields->value > MAX_COLUMNS))
    return bad_number(err, tfields, "TFIELDS", "0 to 999");
  if ((flags & RF_KIND_SECOND_NAME) != 0 && structure->own_name[0] != '\0')
    memcpy(hdu->extname, structure->own_name, sizeof hdu->extname);
  for (size_t n = strlen(hdu->extname); n > 0 && hdu->extname[n - 1] == ' '; n--)
    hdu->extname[n - 1] = '\0'; /* of a name from CONTINUE cards */
  if (structure->extver.valid)
    hdu->extver = structure->extver.value;
  /* BLANK does not apply to real numbers (FITS 4.4.2.5). That of a compressed image applies to its ZBITPIX. */
  hdu->has_blank = hdu->bitpix > 0 && structure->blank.valid;
  structure->blank_outside =
      (flags & RF_KIND_ARRAY) != 0 && hdu->has_blank && !rf_hdu_blank_fits(hdu->bitpix, structure->blank.value);
  hdu->has_blank = hdu->has_blank && !structure->blank_outside;
  if (hdu->bitpix < 0 && strcmp(hdu->bad_keyword, "BLANK") == 0)
    hdu->bad_keyword[0] = '\0';
  hdu->blank = hdu->has_blank ? structure->blank.value : 0;
  return compute_size(structure, err);
}

rf_status rf_structure_finish(rf_structure *structure, rf_error *err) {
  rf_status status = finish(structure, err);
  if (status != RF_OK) {
    rf_structure_abandon(structure);
    return status;
  }
  structure->hdu->axes = structure->axes;
  return RF_OK;
}

rf_status rf_hdu_parse(const rf_hdu_ops *const *kinds, const char *cards, size_t count, bool primary, rf_hdu *hdu,
                       rf_error *err) {
  rf_structure structure;
  rf_structure_begin(&structure, kinds, hdu, primary);
  for (size_t i = 0; i < count && !rf_card_is_end(cards + i * RF_CARD_BYTES); i++) {
    rf_status status = rf_structure_card(&structure, cards + i * RF_CARD_BYTES, err);
    if (status != RF_OK) {
      rf_structure_abandon(&structure);
      return status;
    }
  }
  return rf_structure_finish(&structure, err);
}
