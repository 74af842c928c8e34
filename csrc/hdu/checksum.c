/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CHECKSUM and DATASUM (FITS 4.4.2.7, appendix J). The library writes the same bytes as cfitsio: CHECKSUM precedes
 * DATASUM when both are new, sums that are right keep their cards and dates, and bad padding of the data unit is
 * repaired before the sum is computed.
 */
#include "file/layout.h"
#include "hdu/checksum.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "file/access.h"
#include "file/header.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"
#include "header/build.h"
#include "header/card.h"
#include "header/header.h"

#define PIECE ((size_t)1 << 20) /* bytes of one read; a multiple of 4, which sums need */

static const char zeros16[] = "0000000000000000";

/* --- the sum --- */

/* Encodes `sum` in 16 characters (J.2). In a card that had zeros for them when `sum` was computed, they make the sum of
 * the HDU all ones. Each byte is spread over four characters, none of which is punctuation. All characters move right
 * by one, because the value begins in column 12, one off a multiple of four. */
static void encode(uint32_t sum, char text[17]) {
  uint32_t value = ~sum;
  char plain[16];
  for (int i = 0; i < 4; i++) {
    unsigned byte = value >> (24 - 8 * i) & 0xFF, quarter = byte / 4 + '0';
    unsigned part[4] = {quarter + byte % 4, quarter, quarter, quarter};
    bool moved = true;
    while (moved) {
      moved = false;
      for (int k = 0; k < 4; k += 2) {
        for (int j = k; j < k + 2; j++) {
          bool punctuation = (part[j] > '9' && part[j] < 'A') || (part[j] > 'Z' && part[j] < 'a');
          if (punctuation) {
            part[k]++;
            part[k + 1]--;
            moved = true;
          }
        }
      }
    }
    for (int k = 0; k < 4; k++)
      plain[4 * k + i] = (char)part[k];
  }
  text[0] = plain[15];
  memcpy(text + 1, plain, 15);
  text[16] = '\0';
}

/* Adds n bytes (a multiple of 4) from `offset` on to *sum. Bytes from `end` on are padding. *good becomes false if they
 * are missing or other bytes than `padding`. Missing ones count as `padding`; with `repair`, all of them do. */
static rf_status sum_extent(rf_file *file, uint64_t offset, uint64_t n, uint64_t end, int padding, bool repair,
                            uint32_t *sum, bool *good, rf_error *err) {
  size_t room = n < PIECE ? (size_t)n : PIECE;
  if (n == 0)
    return RF_OK;
  uint8_t *buffer = rf_alloc(room);
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a buffer of %zu bytes", room);
  rf_status status = RF_OK;
  for (uint64_t done = 0; done < n && status == RF_OK; done += room) {
    size_t piece = n - done < room ? (size_t)(n - done) : room, got;
    uint64_t at = offset + done;
    /* Bytes of this part that are data, not padding. */
    size_t real = at >= end ? 0 : end - at < piece ? (size_t)(end - at) : piece;
    status = rf_store_read_at(file->store, at, buffer, piece, &got, err);
    if (status != RF_OK)
      break;
    if (got < real) {
      status = rf_fail(err, RF_ERR_TRUNCATED, "the data unit is cut short: %llu bytes are missing",
                       (unsigned long long)(end - at - got));
      break;
    }
    for (size_t i = real; i < got; i++)
      *good = *good && buffer[i] == padding;
    *good = *good && got == piece;
    size_t kept = repair ? real : got;
    memset(buffer + kept, padding, piece - kept);
    *sum = rf_sum32(buffer, piece, *sum);
  }
  rf_free(buffer);
  return status;
}

/* Sums up the data unit with its padding. *good: the padding is complete and right. */
static rf_status sum_data(rf_file *file, const rf_hdu *hdu, bool repair, uint32_t *sum, bool *good, rf_error *err) {
  uint64_t padded, end = hdu->data_offset + hdu->data_bytes;
  *sum = 0;
  *good = true;
  if (!rf_block_ceil(hdu->data_bytes, &padded))
    return rf_fail(err, RF_ERR_FORMAT, "the data unit ends beyond 63 bits");
  return sum_extent(file, hdu->data_offset, padded, end, hdu->ops->fill, repair, sum, good, err);
}

/* Sums up the header of an unpublished HDU, which is in memory only. */
static rf_status sum_unpublished(const rf_file *file, const rf_hdu *hdu, uint32_t *sum, rf_error *err) {
  char *bytes;
  size_t n = 0;
  RF_TRY(rf_layout_format_header(file, hdu->header, hdu->header_bytes, &bytes, &n, err));
  *sum = rf_sum32((const uint8_t *)bytes, n, *sum);
  rf_free(bytes);
  return RF_OK;
}

static rf_status sum_header(rf_file *file, const rf_hdu *hdu, uint32_t *sum, rf_error *err) {
  bool good = true;
  if (hdu->unpublished)
    return sum_unpublished(file, hdu, sum, err);
  return sum_extent(file, hdu->header_offset, hdu->header_bytes, hdu->data_offset, ' ', false, sum, &good, err);
}

static bool is_ones(uint32_t sum) {
  return sum == 0 || sum == UINT32_MAX;
}

/* --- the cards --- */

/* A card of the header and its text, without leading and trailing blanks. */
typedef struct sum_card {
  bool found;
  size_t index;
  char text[RF_CARD_BYTES];
} sum_card;

static void find_card(const rf_header *header, const char *keyword, sum_card *card) {
  card->text[0] = '\0';
  card->found = rf_header_find(header, keyword, 0, &card->index, NULL) == RF_OK;
  if (!card->found)
    return;
  const char *bytes = rf_header_get_cards(header) + card->index * RF_CARD_BYTES;
  int64_t number;
  if (rf_card_string(bytes, card->text, sizeof card->text)) {
    size_t blanks = strspn(card->text, " ");
    memmove(card->text, card->text + blanks, strlen(card->text + blanks) + 1);
  } else if (rf_card_integer(bytes, &number)) {
    /* Some writers omit the quotes. */
    (void)snprintf(card->text, sizeof card->text, "%lld", (long long)number);
  }
}

/* Reads the sum in a DATASUM card. Returns false if it is not a decimal number of 32 bits. */
static bool stored_sum(const char *text, uint32_t *sum) {
  uint64_t value = 0;
  if (*text == '\0')
    return false;
  for (; *text >= '0' && *text <= '9'; text++) {
    value = value * 10 + (uint64_t)(*text - '0');
    if (value > UINT32_MAX)
      return false;
  }
  *sum = (uint32_t)value;
  return *text == '\0';
}

/* Formats a string card as cfitsio does: the value begins in column 11, the closing quote is in column 20 or later, the
 * comment begins in column 34. `keep` is NULL, or the card whose comment stays. */
static void format_card(const char *keyword, const char *value, const char *comment, const char *keep,
                        char card[RF_CARD_BYTES]) {
  char text[2 * RF_CARD_BYTES], quoted[RF_CARD_BYTES];
  rf_card_view view;
  int comment_length = (int)strlen(comment);
  if (keep != NULL) {
    rf_card_split(keep, &view);
    comment = view.comment;
    comment_length = (int)view.comment_length;
  }
  (void)snprintf(quoted, sizeof quoted, "'%-8.16s'", value);
  int n = snprintf(text, sizeof text, "%-8s= %-20s%s%.*s", keyword, quoted, comment_length > 0 ? " / " : "",
                   comment_length, comment);
  if (n < 0)
    n = 0;
  if (n > RF_CARD_BYTES)
    n = RF_CARD_BYTES;
  memcpy(card, text, (size_t)n);
  memset(card + n, ' ', RF_CARD_BYTES - (size_t)n);
}

/* Copies a header without the blank cards at its end, which are room for new cards. */
static rf_status copy_trimmed(const rf_header *header, rf_header **copy, rf_error *err) {
  const char *cards = rf_header_get_cards(header);
  size_t n = rf_header_get_count(header) * RF_CARD_BYTES;
  while (n > 0 && cards[n - 1] == ' ')
    n--;
  n = (n + RF_CARD_BYTES - 1) / RF_CARD_BYTES * RF_CARD_BYTES;
  return rf_header_parse(cards, n, 0, copy, err);
}

/* Replaces the card, or appends a new one. */
static rf_status put_card(rf_header *header, sum_card *place, const char card[RF_CARD_BYTES], rf_error *err) {
  if (place->found)
    return rf_header_put_card(header, place->index, card, err);
  RF_TRY(rf_header_append_card(header, card, err));
  place->index = rf_header_get_count(header) - 1;
  place->found = true;
  return RF_OK;
}

/* --- writing --- */

/* Keywords of a pair of sums: of the HDU itself, or of the logical HDU of a compressed one. */
typedef struct sum_names {
  const char *data;
  const char *check;
} sum_names;

static const sum_names own_names = {"DATASUM", "CHECKSUM"};
static const sum_names z_names = {"ZDATASUM", "ZHECKSUM"};

/* The sums and cards before a change. */
typedef struct sums {
  const sum_names *names;
  uint32_t data;
  bool padding_good;
  sum_card datasum, checksum;
  bool had_checksum;
  char data_comment[80], check_comment[80];
} sums;

/* Updates the DATASUM card. *changed tells whether it was wrong. */
static rf_status put_datasum(rf_header *header, sums *all, bool *changed, rf_error *err) {
  char card[RF_CARD_BYTES], value[20];
  uint32_t old = 0;
  *changed = true;
  if (all->datasum.found && stored_sum(all->datasum.text, &old) && old == all->data) {
    *changed = false;
    return RF_OK;
  }
  /* cfitsio writes a new card with a right-aligned 0, which stays if the sum is 0. */
  (void)snprintf(value, sizeof value, all->datasum.found || all->data != 0 ? "%lu" : "%10lu", (unsigned long)all->data);
  format_card(all->names->data, value, all->data_comment, NULL, card);
  return put_card(header, &all->datasum, card, err);
}

/* Adds the logical header to `sum`. */
static rf_status sum_plain_header(const rf_hdu *hdu, const rf_header *header, uint32_t *sum, rf_error *err) {
  rf_header *plain;
  size_t n;
  RF_TRY(hdu->ops->get_plain(header, &plain, err));
  uint64_t bytes = rf_header_get_file_bytes(plain, 0) + rf_hdu_spare_bytes(hdu, header);
  char *buffer = rf_to_size(bytes, &n) ? rf_alloc(n) : NULL;
  if (buffer != NULL) {
    rf_header_format(plain, buffer, bytes);
    *sum = rf_sum32(buffer, n, *sum);
  }
  rf_free(buffer);
  rf_header_free(plain);
  return buffer != NULL
             ? RF_OK
             : rf_fail(err, RF_ERR_MEMORY, "cannot allocate %llu bytes for a header", (unsigned long long)bytes);
}

/* Adds the header, as the file will have it, to the sum of the data. */
static rf_status sum_new_header(const rf_hdu *hdu, const sums *all, const rf_header *header, uint32_t *sum,
                                rf_error *err) {
  if (all->names == &z_names)
    return sum_plain_header(hdu, header, sum, err);
  uint64_t bytes = rf_header_get_file_bytes(header, 0);
  size_t n;
  if (bytes < hdu->header_bytes)
    bytes = hdu->header_bytes;
  char *buffer = rf_to_size(bytes, &n) ? rf_alloc(n) : NULL;
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %llu bytes for a header", (unsigned long long)bytes);
  rf_header_format(header, buffer, bytes);
  *sum = rf_sum32(buffer, n, *sum);
  rf_free(buffer);
  return RF_OK;
}

/* Finds out whether the stored CHECKSUM matches the header and these data. */
static rf_status checksum_is_right(rf_file *file, const rf_hdu *hdu, const sums *all, const rf_header *header,
                                   bool *right, rf_error *err) {
  uint32_t sum = all->data;
  if (all->names == &z_names)
    RF_TRY(sum_plain_header(hdu, header, &sum, err));
  else
    RF_TRY(sum_header(file, hdu, &sum, err));
  *right = is_ones(sum);
  return RF_OK;
}

static rf_status put_checksum(const rf_hdu *hdu, rf_header *header, sums *all, rf_error *err) {
  char card[RF_CARD_BYTES], old[RF_CARD_BYTES], text[17];
  uint32_t sum = all->data;
  /* A card with the placeholder of the sum keeps its comment. */
  const char *keep = all->had_checksum && strcmp(all->checksum.text, zeros16) == 0 ? old : NULL;
  memcpy(old, rf_header_get_cards(header) + all->checksum.index * RF_CARD_BYTES, RF_CARD_BYTES);
  format_card(all->names->check, zeros16, all->check_comment, keep, card);
  RF_TRY(rf_header_put_card(header, all->checksum.index, card, err));
  RF_TRY(sum_new_header(hdu, all, header, &sum, err));
  encode(sum, text);
  format_card(all->names->check, text, all->check_comment, keep, card);
  return rf_header_put_card(header, all->checksum.index, card, err);
}

/* Updates the cards of a pair of sums. *changed tells whether the header differs from the stored one. */
static rf_status update_cards(rf_file *file, const rf_hdu *hdu, rf_header *header, sums *all, bool with_checksum,
                              bool *changed, rf_error *err) {
  char card[RF_CARD_BYTES];
  bool right = false, new_data = false;
  if (with_checksum && !all->checksum.found) {
    format_card(all->names->check, zeros16, all->check_comment, NULL, card);
    RF_TRY(put_card(header, &all->checksum, card, err));
  }
  RF_TRY(put_datasum(header, all, &new_data, err));
  *changed = *changed || new_data;
  if (all->had_checksum && !*changed && strcmp(all->checksum.text, zeros16) != 0)
    RF_TRY(checksum_is_right(file, hdu, all, header, &right, err));
  /* An existing CHECKSUM must stay right, even without `with_checksum`. */
  if (right || (!with_checksum && !(all->had_checksum && *changed)))
    return RF_OK;
  *changed = true;
  return put_checksum(hdu, header, all, err);
}

static void begin_sums(sums *all, const sum_names *names, const char *now, const rf_header *header) {
  all->names = names;
  (void)snprintf(all->data_comment, sizeof all->data_comment, "data unit checksum updated %s", now);
  (void)snprintf(all->check_comment, sizeof all->check_comment, "HDU checksum updated %s", now);
  find_card(header, names->data, &all->datasum);
  find_card(header, names->check, &all->checksum);
  all->had_checksum = all->checksum.found;
}

static bool is_compressed(const rf_hdu *hdu) {
  return hdu->ops->sum_logical != NULL;
}

static rf_status write_padding(rf_file *file, const rf_hdu *hdu, bool *written, rf_error *err) {
  uint8_t padding[RF_BLOCK_BYTES];
  uint64_t end = hdu->data_offset + hdu->data_bytes;
  size_t n = (size_t)((RF_BLOCK_BYTES - hdu->data_bytes % RF_BLOCK_BYTES) % RF_BLOCK_BYTES);
  memset(padding, hdu->ops->fill, n);
  *written = true;
  return rf_store_write(file->store, end, padding, n, err);
}

static rf_status update_header(rf_file *file, size_t index, rf_header *header, bool with_checksum, bool uncompressed,
                               bool *written, rf_error *err) {
  rf_hdu *hdu;
  sums all = {0};
  char now[20];
  bool changed = false;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  rf_time_utc(now);
  if (uncompressed && is_compressed(hdu)) {
    begin_sums(&all, &z_names, now, header);
    RF_TRY(hdu->ops->sum_logical(file, hdu, &all.data, NULL, err));
    RF_TRY(update_cards(file, hdu, header, &all, with_checksum, &changed, err));
    memset(&all, 0, sizeof all);
  }
  begin_sums(&all, &own_names, now, header);
  RF_TRY(sum_data(file, hdu, true, &all.data, &all.padding_good, err));
  RF_TRY(update_cards(file, hdu, header, &all, with_checksum, &changed, err));
  if (!all.padding_good && !hdu->unpublished) /* publishing adds its padding */
    RF_TRY(write_padding(file, hdu, written, err));
  return changed ? rf_file_resize_locked(file, index, header, hdu->data_bytes, written, err) : RF_OK;
}

static rf_status add_checksum(rf_file *file, size_t index, bool with_checksum, bool uncompressed, bool *written,
                              rf_error *err) {
  rf_hdu *hdu;
  const rf_header *old;
  rf_header *header;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  RF_TRY(rf_file_flush_hdu_locked(file, hdu, written, err)); /* pending work would make the sums wrong */
  if (hdu->unpublished)
    RF_TRY(rf_unpublished_fill(file, hdu, err));
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  /* a new HDU keeps its blank cards */
  RF_TRY(uncompressed ? copy_trimmed(old, &header, err) : rf_header_copy(old, &header, err));
  rf_status status = update_header(file, index, header, with_checksum, uncompressed, written, err);
  rf_header_free(header);
  return status;
}

rf_status rf_checksum_own_locked(rf_file *file, size_t index, bool with_checksum, bool *written, rf_error *err) {
  return add_checksum(file, index, with_checksum, false, written, err);
}

rf_status rf_hdu_add_checksum(rf_file *file, size_t index, int with_checksum, rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = add_checksum(file, index, with_checksum != 0, true, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, index <= INT32_MAX ? (int)index : -1);
}

/* --- verifying --- */

static rf_checksum_state judge(bool right) {
  return right ? RF_CHECKSUM_RIGHT : RF_CHECKSUM_WRONG;
}

/* Returns the state of two checksums together. An absent one does not count. */
static rf_checksum_state combine(rf_checksum_state a, rf_checksum_state b) {
  if (a == RF_CHECKSUM_ABSENT)
    return b;
  return b == RF_CHECKSUM_ABSENT ? a : judge(a == RF_CHECKSUM_RIGHT && b == RF_CHECKSUM_RIGHT);
}

/* Checks the Z keywords of a compressed HDU that lost nothing. After a loss, these are the sums of the original data,
 * which no longer exist. The same is true for real pixels that are NaN and that cfitsio packed: it stores another NaN
 * (all bits set) than the image had. Wrong sums do not mean damage then; DATASUM finds damage. */
static rf_status verify_uncompressed(rf_file *file, rf_hdu *hdu, const rf_header *header, rf_checksum_state *datasum,
                                     rf_checksum_state *checksum, rf_error *err) {
  sum_card data_card, check_card;
  uint32_t sum = 0, stored = 0;
  bool applies = true, nan;
  find_card(header, z_names.data, &data_card);
  find_card(header, z_names.check, &check_card);
  if (data_card.text[0] == '\0' && check_card.text[0] == '\0')
    return RF_OK;
  if (hdu->ops->is_lossless != NULL)
    RF_TRY(hdu->ops->is_lossless(file, hdu, &applies, err));
  if (!applies)
    return RF_OK;
  rf_error why;
  rf_error_clear(&why);
  rf_status status = hdu->ops->sum_logical(file, hdu, &sum, &nan, &why);
  bool readable = status != RF_ERR_CODEC && status != RF_ERR_FORMAT; /* undecodable tiles count as wrong */
  if (status != RF_OK && readable)
    return rf_fail(err, status, "%s", why.message);
  bool known = data_card.text[0] != '\0' && stored_sum(data_card.text, &stored);
  if (readable && nan && known && stored != sum)
    return RF_OK;
  if (data_card.text[0] != '\0')
    *datasum = combine(*datasum, judge(readable && known && stored == sum));
  if (check_card.text[0] != '\0') {
    RF_TRY(sum_plain_header(hdu, header, &sum, err));
    *checksum = combine(*checksum, judge(readable && is_ones(sum)));
  }
  return RF_OK;
}

static rf_status verify(rf_file *file, size_t index, rf_checksum_state *datasum, rf_checksum_state *checksum,
                        rf_error *err) {
  rf_hdu *hdu;
  const rf_header *header;
  sum_card data_card, check_card;
  uint32_t sum = 0, stored = 0;
  bool good;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  RF_TRY(rf_file_header_locked(file, hdu, &header, err));
  find_card(header, own_names.data, &data_card);
  find_card(header, own_names.check, &check_card);
  /* An empty string means an unknown sum (FITS 4.4.2.7), as if the card were absent. */
  *datasum = *checksum = RF_CHECKSUM_ABSENT;
  if (data_card.text[0] != '\0' || check_card.text[0] != '\0') {
    RF_TRY(sum_data(file, hdu, false, &sum, &good, err));
    if (data_card.text[0] != '\0')
      *datasum = judge(stored_sum(data_card.text, &stored) && stored == sum);
    if (check_card.text[0] != '\0') {
      RF_TRY(sum_header(file, hdu, &sum, err));
      *checksum = judge(is_ones(sum));
    }
  }
  return is_compressed(hdu) ? verify_uncompressed(file, hdu, header, datasum, checksum, err) : RF_OK;
}

rf_status rf_hdu_verify_checksum(rf_file *file, size_t index, rf_checksum_state *datasum, rf_checksum_state *checksum,
                                 rf_error *err) {
  rf_checksum_state data = RF_CHECKSUM_ABSENT, check = RF_CHECKSUM_ABSENT;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = verify(file, index, &data, &check, err);
    status = rf_file_end_read_of(file, index, status, err);
  }
  if (status != RF_OK)
    return rf_error_locate(err, status, file->name, index <= INT32_MAX ? (int)index : -1);
  if (datasum != NULL)
    *datasum = data;
  if (checksum != NULL)
    *checksum = check;
  return RF_OK;
}
