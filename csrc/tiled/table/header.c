/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The header of a compressed table and that of the table in the tiles (FITS 10.3.1), card by card: packing and
 * unpacking restore the same cards.
 */
#include "tiled/table/header.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "header/build.h"
#include "header/card.h"
#include "table/column/column.h"
#include "table/edit.h"
#include "table/table.h"
#include "tiled/table/table.h"
#include "base/versioned.h"

/* Bytes of a tile, as in cfitsio: 10 MB of rows. */
#define TILE_BYTES ((uint64_t)10000000)

/* Returns the first card with keyword `keyword` and a value indicator, or NULL. Without the indicator a card has no
 * value; the scan of HDUs ignores it, too. */
static const char *find_card(const rf_header *header, const char *keyword) {
  const char *card = rf_header_get_cards(header);
  for (size_t i = 0; i < rf_header_get_count(header); i++, card += RF_CARD_BYTES)
    if (rf_card_is(card, keyword) && card[8] == '=')
      return card;
  return NULL;
}

/* Returns n of "<root>n", 0 for other cards. */
static unsigned numbered(const char *card, const char *root) {
  size_t i = strlen(root);
  unsigned n = 0;
  for (size_t k = 0; k < i; k++)
    if ((card[k] >= 'a' && card[k] <= 'z' ? card[k] - 0x20 : card[k]) != root[k])
      return 0;
  for (; i < 8 && card[i] >= '0' && card[i] <= '9'; i++)
    n = n * 10 + (unsigned)(card[i] - '0');
  for (; i < 8; i++)
    if (card[i] != ' ')
      return 0;
  return n;
}

bool rf_tiled_table_is_own(const char *keyword) {
  char card[RF_CARD_BYTES];
  size_t n = strlen(keyword);
  memset(card, ' ', sizeof card);
  if (n > 8)
    return false;
  memcpy(card, keyword, n);
  return rf_card_is(card, "ZTABLE") || rf_card_is(card, "ZTILELEN") || rf_card_is(card, "ZTHEAP") ||
         numbered(card, "ZFORM") > 0 || numbered(card, "ZCTYP") > 0;
}

static void rename_card(char card[RF_CARD_BYTES], const char *keyword) {
  size_t n = strlen(keyword);
  memset(card, ' ', 8);
  memcpy(card, keyword, n < 8 ? n : 8);
}

static rf_status append_as(rf_header *header, const char *from, const char *keyword, rf_error *err) {
  char card[RF_CARD_BYTES];
  memcpy(card, from, sizeof card);
  rename_card(card, keyword);
  return rf_header_append_card(header, card, err);
}

/* ---- the header of the table in the tiles ---- */

/* Cards of the compression itself, which the table in the tiles lacks. */
static bool is_dropped(const char *card) {
  static const char *const names[] = {"ZTABLE", "ZTILELEN", "ZNAXIS1", "ZNAXIS2",  "ZPCOUNT", "ZTENSION", "ZBITPIX",
                                      "ZNAXIS", "ZGCOUNT",  "THEAP",   "ZHEAPPTR", "DATASUM", "CHECKSUM", NULL};
  for (size_t i = 0; names[i] != NULL; i++)
    if (rf_card_is(card, names[i]))
      return true;
  return numbered(card, "ZFORM") > 0 || numbered(card, "ZCTYP") > 0;
}

static rf_status missing(const char *keyword, rf_error *err) {
  rf_error_keyword(err, keyword);
  return rf_fail(err, RF_ERR_FORMAT, "the header of a compressed table has no %s", keyword);
}

/* `columns`: TFIELDS. A TFORMn beyond it describes no column. */
static rf_status plain_card(const rf_header *header, const char *card, int64_t columns, rf_header *plain,
                            rf_error *err) {
  static const char *const swapped[][2] = {{"NAXIS1", "ZNAXIS1"}, {"NAXIS2", "ZNAXIS2"}, {"PCOUNT", "ZPCOUNT"}};
  static const char *const renamed[][2] = {{"ZTHEAP", "THEAP"}, {"ZHECKSUM", "CHECKSUM"}, {"ZDATASUM", "DATASUM"}};
  char keyword[16], own[16];
  unsigned n = numbered(card, "TFORM");
  for (size_t i = 0; i < 3; i++) {
    if (rf_card_is(card, swapped[i][0])) {
      const char *from = find_card(header, swapped[i][1]);
      return from != NULL ? append_as(plain, from, swapped[i][0], err) : missing(swapped[i][1], err);
    }
    if (rf_card_is(card, renamed[i][0]))
      return append_as(plain, card, renamed[i][1], err);
  }
  if (n > 0) {
    (void)snprintf(keyword, sizeof keyword, "ZFORM%u", n);
    (void)snprintf(own, sizeof own, "TFORM%u", n);
    const char *from = find_card(header, keyword);
    if (from != NULL)
      return append_as(plain, from, own, err);
    if ((int64_t)n <= columns)
      return missing(keyword, err);
  }
  return is_dropped(card) ? RF_OK : rf_header_append_card(plain, card, err);
}

rf_status rf_tiled_table_plain_header(const rf_header *header, rf_header **plain, rf_error *err) {
  rf_header *made;
  RF_TRY(rf_header_new(&made, err));
  const char *cards = rf_header_get_cards(header), *tfields = find_card(header, "TFIELDS");
  int64_t columns = 0;
  if (tfields != NULL)
    (void)rf_card_integer(tfields, &columns);
  rf_status status = RF_OK;
  for (size_t i = 0; i < rf_header_get_count(header) && status == RF_OK; i++)
    status = plain_card(header, cards + i * RF_CARD_BYTES, columns, made, err);
  if (status != RF_OK)
    rf_header_free(made);
  else
    *plain = made;
  return status;
}

/* ---- the header of the compressed table ---- */

/* Returns whether a card would describe the compression, or the compressed table, in a packed header. */
static bool is_reserved(const char *card) {
  static const char *const names[] = {"ZIMAGE", "ZTHEAP", "ZHECKSUM", "ZDATASUM", NULL};
  for (size_t i = 0; names[i] != NULL; i++)
    if (rf_card_is(card, names[i]))
      return true;
  return is_dropped(card) && !rf_card_is(card, "THEAP") && !rf_card_is(card, "CHECKSUM") &&
         !rf_card_is(card, "DATASUM");
}

rf_status rf_tiled_table_check_plain(const rf_header *plain, rf_error *err) {
  const char *card = rf_header_get_cards(plain);
  for (size_t i = 0; i < rf_header_get_count(plain); i++, card += RF_CARD_BYTES) {
    char keyword[9];
    if (!is_reserved(card))
      continue;
    (void)snprintf(keyword, sizeof keyword, "%.8s", card);
    keyword[strcspn(keyword, " ")] = '\0';
    rf_fail(
        err, RF_ERR_UNSUPPORTED,
        "the header has a card %s, which would describe the compression of the table; rename or delete it first, or "
        "leave the table as it is",
        keyword);
    rf_error_keyword(err, keyword);
    return RF_ERR_UNSUPPORTED;
  }
  return RF_OK;
}

static rf_status packed_card(const char *card, rf_header *header, rf_error *err) {
  static const char *const renamed[][2] = {{"THEAP", "ZTHEAP"}, {"CHECKSUM", "ZHECKSUM"}, {"DATASUM", "ZDATASUM"}};
  for (size_t i = 0; i < 3; i++)
    if (rf_card_is(card, renamed[i][0]))
      return append_as(header, card, renamed[i][1], err);
  return rf_header_append_card(header, card, err);
}

/* Appends value and comment of a card of the table under another keyword. */
static rf_status keep_card(const rf_header *plain, const char *keyword, const char *name, rf_header *header,
                           rf_error *err) {
  const char *card = find_card(plain, keyword);
  if (card == NULL)
    return rf_fail(err, RF_ERR_FORMAT, "the header of the table has no %s", keyword);
  return append_as(header, card, name, err);
}

static rf_status table_cards(const rf_header *plain, const rf_table *table, uint64_t tile_rows, rf_header *header,
                             rf_error *err) {
  uint64_t ntiles = rf_tiled_table_tiles(table->info.nrows, tile_rows);
  RF_TRY(rf_header_append_logical(header, "ZTABLE", true, "this is a compressed table", err));
  RF_TRY(rf_header_append_integer(header, "ZTILELEN", (int64_t)tile_rows, "number of rows in each tile", err));
  RF_TRY(keep_card(plain, "NAXIS1", "ZNAXIS1", header, err));
  RF_TRY(keep_card(plain, "NAXIS2", "ZNAXIS2", header, err));
  if (find_card(plain, "PCOUNT") != NULL)
    RF_TRY(keep_card(plain, "PCOUNT", "ZPCOUNT", header, err));
  else
    RF_TRY(rf_header_append_integer(header, "ZPCOUNT", 0, "size of special data area", err));
  RF_TRY(rf_table_set_integer(header, "NAXIS1", 16 * table->info.ncols, NULL, err));
  RF_TRY(rf_table_set_integer(header, "NAXIS2", ntiles, NULL, err));
  return rf_table_set_integer(header, "PCOUNT", 0, "size of special data area", err);
}

static rf_status column_cards(const rf_header *plain, const rf_table *table, const rf_zcmptype *types,
                              rf_header *header, rf_error *err) {
  static const char form[] = "1QB";
  char keyword[32], name[32];
  for (size_t i = 0; i < table->info.ncols; i++) {
    rf_value value = {.kind = RF_VALUE_STRING, .text = form, .text_length = sizeof form - 1};
    (void)snprintf(keyword, sizeof keyword, "TFORM%zu", i + 1);
    (void)snprintf(name, sizeof name, "ZFORM%zu", i + 1);
    RF_TRY(keep_card(plain, keyword, name, header, err));
    RF_TRY(rf_header_set(header, keyword, &value, NULL, err));
  }
  for (size_t i = 0; i < table->info.ncols; i++) {
    (void)snprintf(keyword, sizeof keyword, "ZCTYP%zu", i + 1);
    RF_TRY(rf_header_append_string(header, keyword, rf_zcmptype_get_name(types[i]), "compression algorithm for column",
                                   err));
  }
  return RF_OK;
}

rf_status rf_tiled_table_packed_header(const rf_header *plain, const rf_table *table, uint64_t tile_rows,
                                       const rf_zcmptype *types, rf_header **header, rf_error *err) {
  rf_header *made;
  RF_TRY(rf_header_new(&made, err));
  rf_status status = RF_OK;
  for (size_t i = 0; i < rf_header_get_count(plain) && status == RF_OK; i++)
    status = packed_card(rf_header_get_cards(plain) + i * RF_CARD_BYTES, made, err);
  if (status == RF_OK)
    status = table_cards(plain, table, tile_rows, made, err);
  if (status == RF_OK)
    status = column_cards(plain, table, types, made, err);
  if (status != RF_OK)
    rf_header_free(made);
  else
    *header = made;
  return status;
}

/* ---- an edited header ---- */

static bool same_value(const char *a, const char *b) {
  rf_card_view x, y;
  rf_card_split(a, &x);
  rf_card_split(b, &y);
  return x.value_length == y.value_length && memcmp(x.value, y.value, x.value_length) == 0;
}

static bool same_keyword(const char *a, const char *b) {
  return memcmp(a, b, 8) == 0;
}

/* Appends the cards of `made` from *next on that do not describe the compression, up to `last` and its continuation
 * cards. */
static rf_status take_until(const rf_header *made, size_t *next, size_t last, rf_header *out, rf_error *err) {
  const char *cards = rf_header_get_cards(made);
  size_t count = rf_header_get_count(made);
  while (last + 1 < count && rf_card_is(cards + (last + 1) * RF_CARD_BYTES, "CONTINUE"))
    last++;
  for (; *next <= last && *next < count; ++*next)
    if (!is_dropped(cards + *next * RF_CARD_BYTES))
      RF_TRY(rf_header_append_card(out, cards + *next * RF_CARD_BYTES, err));
  return RF_OK;
}

/* Appends the new value of a card of the compression, and checksums unchanged: edits of plain tables leave them, too.
 */
static rf_status take_own(const rf_header *made, const char *card, rf_header *out, rf_error *err) {
  char keyword[9] = "";
  memcpy(keyword, card, 8);
  if (rf_card_is(card, "DATASUM") || rf_card_is(card, "CHECKSUM"))
    return rf_header_append_card(out, card, err);
  const char *now = find_card(made, keyword);
  if (now == NULL || find_card(out, keyword) != NULL)
    return RF_OK;
  return rf_header_append_card(out, same_value(card, now) ? card : now, err);
}

rf_status rf_tiled_table_keep_places(const rf_header *old, const rf_header *made, rf_header *out, rf_error *err) {
  const char *cards = rf_header_get_cards(made);
  size_t next = 0, count = rf_header_get_count(made);
  for (size_t i = 0; i < rf_header_get_count(old); i++) {
    const char *card = rf_header_get_cards(old) + i * RF_CARD_BYTES;
    if (is_dropped(card)) {
      RF_TRY(take_own(made, card, out, err));
      continue;
    }
    for (size_t k = next; k < count; k++)
      if (same_keyword(card, cards + k * RF_CARD_BYTES)) {
        RF_TRY(take_until(made, &next, k, out, err));
        break;
      }
  }
  RF_TRY(take_until(made, &next, count, out, err));
  for (size_t k = 0; k < count; k++) {
    const char *card = cards + k * RF_CARD_BYTES;
    char keyword[9] = "";
    memcpy(keyword, card, 8);
    if (is_dropped(card) && find_card(out, keyword) == NULL)
      RF_TRY(rf_header_append_card(out, card, err));
  }
  return RF_OK;
}

/* ---- the choice of codecs ---- */

/* Returns the codec that fpack chooses, except for complex numbers, which cfitsio's funpack does not read as GZIP_2. */
static rf_zcmptype natural(char letter) {
  switch (letter) {
  case 'J':
    return RF_Z_RICE_1;
  case 'I':
  case 'K':
  case 'E':
  case 'D':
    return RF_Z_GZIP_2;
  default:
    return RF_Z_GZIP_1;
  }
}

static rf_status choose_type(const rf_column *column, size_t number, rf_zcmptype asked, rf_zcmptype *type,
                             rf_error *err) {
  char letter = column->info.letter;
  *type = asked;
  switch (asked) {
  case RF_Z_AUTO:
    *type = natural(letter);
    return RF_OK;
  case RF_Z_GZIP_2: /* for single bytes this is GZIP_1 */
    *type = strchr("IJKED", letter) != NULL ? RF_Z_GZIP_2 : RF_Z_GZIP_1;
    return RF_OK;
  case RF_Z_GZIP_1:
  case RF_Z_NOCOMPRESS:
    return RF_OK;
  case RF_Z_RICE_1:
    if (strchr("BIJ", letter) != NULL)
      return RF_OK;
    return rf_fail(err, RF_ERR_ARGUMENT,
                   "column %zu '%.80s' of form %c cannot be RICE_1, which is for integers of 8 to 32 bits (B, I, J): "
                   "use %s",
                   number + 1, column->info.name, letter, rf_zcmptype_get_name(natural(letter)));
  default:
    return rf_fail(err, RF_ERR_ARGUMENT,
                   "column %zu '%.80s': columns of tables are RICE_1, GZIP_1, GZIP_2 or NOCOMPRESS, not %s", number + 1,
                   column->info.name,
                   rf_zcmptype_get_name(asked) != NULL ? rf_zcmptype_get_name(asked) : "of that kind");
  }
}

rf_status rf_tiled_table_choose(const rf_table_compression *asked, const rf_table *table, uint64_t *tile_rows,
                                rf_zcmptype *types, int *level, rf_error *err) {
  rf_table_compression own = {0};
  if (asked != NULL)
    rf_struct_take(&own, sizeof own, asked);
  for (size_t i = 0; i < table->info.ncols; i++)
    RF_TRY(choose_type(&table->columns[i], i, own.types != NULL ? own.types[i] : RF_Z_AUTO, &types[i], err));
  if (own.level < 0 || own.level > 12)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a GZIP level of 1 to 12, or 0 for the default, found %d", own.level);
  if (own.tile_rows > INT64_MAX)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected tiles of 0 to 2^63 - 1 rows, found %" PRIu64, own.tile_rows);
  *level = own.level;
  *tile_rows = own.tile_rows;
  if (*tile_rows == 0) {
    *tile_rows = TILE_BYTES / (table->info.row_bytes > 0 ? table->info.row_bytes : 1);
    if (*tile_rows == 0)
      *tile_rows = 1;
    if (table->info.nrows > 0 && *tile_rows > table->info.nrows)
      *tile_rows = table->info.nrows;
  }
  return RF_OK;
}
