/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decodes .Z files: LZW codes of 9 to 16 bits, the low bits of a byte first. The first two bytes are 0x1F 0x9D, the
 * third has the largest width and the flag of block mode, in which the code CLEAR empties the dictionary.
 *
 * The encoder writes codes in groups of eight, which are `width` bytes. It fills up a group before the width changes
 * and behind CLEAR. The width grows when the dictionary has more entries than it can number, but an encoder for
 * 9 bits also goes on to 10. Encoders round a file up to whole bytes, with zero bits.
 */
#include "store/filter/codecs/lzw.h"

#include <string.h>

#include "base/memory.h"

#define HEADER_BYTES 3
#define MASK_WIDTH 0x1F
#define MASK_UNKNOWN 0x60
#define FLAG_BLOCK 0x80

#define MIN_WIDTH 9
#define MAX_WIDTH 16
#define GROUP_CODES 8
#define LITERALS 256
#define CLEAR 256
#define NO_CODE UINT32_MAX

/* Entries are numbered up to here. Entry n extends an entry below n, so no string is longer than this. */
#define MAX_ENTRIES ((size_t)1 << MAX_WIDTH)

typedef struct lzw {
  uint8_t header[HEADER_BYTES];
  unsigned header_length; /* bytes of the header so far */
  bool block;
  unsigned max_width;

  uint64_t bits; /* bits that are read and not used, the next one lowest */
  unsigned count;
  unsigned skip;  /* bits to drop before the next code: the rest of a group */
  unsigned codes; /* codes of this width so far, modulo GROUP_CODES */
  unsigned width;

  uint32_t entries;  /* number of the next entry */
  uint32_t limit;    /* the width grows when `entries` is above this */
  uint32_t previous; /* the code before, NO_CODE at the beginning and behind CLEAR */
  uint8_t first;     /* first byte of its string */
  uint16_t prefix[MAX_ENTRIES];
  uint16_t length[MAX_ENTRIES];
  uint8_t last[MAX_ENTRIES];

  uint8_t text[MAX_ENTRIES]; /* a string for which the output has no room */
  size_t text_start;
  size_t text_end;
} lzw;

/* Output of one call. */
typedef struct lzw_output {
  uint8_t *bytes;
  size_t n;
  size_t made;
} lzw_output;

static rf_status lzw_open(void *user, uint64_t memory, void **stream, rf_error *err) {
  (void)user, (void)memory; /* less than any sensible limit */
  lzw *z = rf_alloc_zero(1, sizeof *z);
  if (z == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an LZW decoder");
  for (size_t i = 0; i < LITERALS; i++)
    z->length[i] = 1;
  *stream = z;
  return RF_OK;
}

static void empty_dictionary(lzw *z) {
  z->width = MIN_WIDTH;
  z->limit = (UINT32_C(1) << MIN_WIDTH) - 1; /* also if the largest width is 9 */
  z->entries = z->block ? CLEAR + 1 : LITERALS;
  z->previous = NO_CODE;
}

static rf_status start(lzw *z, rf_error *err) {
  unsigned flags = z->header[2], width = flags & MASK_WIDTH;
  if (z->header[0] != 0x1F || z->header[1] != 0x9D)
    return rf_fail(err, RF_ERR_CODEC, "corrupt LZW data: expected the bytes 0x1F 0x9D, found 0x%02X 0x%02X",
                   z->header[0], z->header[1]);
  if (width < MIN_WIDTH || width > MAX_WIDTH)
    return rf_fail(err, RF_ERR_CODEC, "corrupt LZW data: expected codes of at most 9 to 16 bits, found %u", width);
  if ((flags & MASK_UNKNOWN) != 0)
    return rf_fail(err, RF_ERR_CODEC, "corrupt LZW data: unknown flags 0x%02X", flags & MASK_UNKNOWN);
  z->block = (flags & FLAG_BLOCK) != 0;
  z->max_width = width;
  empty_dictionary(z);
  return RF_OK;
}

/* Takes what is there of the header. *complete tells whether that was all of it. */
static rf_status take_header(lzw *z, const uint8_t *in, size_t n_in, size_t *used, bool *complete, rf_error *err) {
  while (z->header_length < HEADER_BYTES && *used < n_in) {
    z->header[z->header_length++] = in[(*used)++];
    if (z->header_length == HEADER_BYTES)
      RF_TRY(start(z, err));
  }
  *complete = z->header_length == HEADER_BYTES;
  return RF_OK;
}

/* Drops the rest of the group of codes, whose width ends here. */
static void end_group(lzw *z) {
  z->skip = (GROUP_CODES - z->codes) % GROUP_CODES * z->width;
  z->codes = 0;
}

/* Drops bits that are there. Returns false if more must be dropped. */
static bool skip_bits(lzw *z) {
  unsigned n = z->skip < z->count ? z->skip : z->count;
  z->bits >>= n;
  z->count -= n;
  z->skip -= n;
  return z->skip == 0;
}

static void grow_width(lzw *z) {
  end_group(z);
  z->width++;
  z->limit = (UINT32_C(1) << z->width) - (z->width == z->max_width ? 0 : 1);
}

/* Gets the next code. Returns false if the input ends before it. Reads no byte that the code does not need, so that
 * failures tell the right offset. */
static bool next_code(lzw *z, const uint8_t *in, size_t n_in, size_t *used, uint32_t *code) {
  if (z->entries > z->limit)
    grow_width(z);
  while (!skip_bits(z) || z->count < z->width) {
    if (*used == n_in)
      return false;
    z->bits |= (uint64_t)in[(*used)++] << z->count;
    z->count += 8;
  }
  *code = (uint32_t)(z->bits & ((UINT32_C(1) << z->width) - 1));
  z->bits >>= z->width;
  z->count -= z->width;
  z->codes = (z->codes + 1) % GROUP_CODES;
  return true;
}

/* Writes the string of an entry so that it ends before `end`. Returns its first byte. */
static uint8_t write_string(const lzw *z, uint32_t code, uint8_t *end) {
  while (code >= LITERALS) {
    *--end = z->last[code];
    code = z->prefix[code];
  }
  *--end = (uint8_t)code;
  return *end;
}

static void add_entry(lzw *z, uint8_t last) {
  if (z->entries >> z->max_width != 0)
    return;
  z->prefix[z->entries] = (uint16_t)z->previous;
  z->length[z->entries] = (uint16_t)(z->length[z->previous] + 1);
  z->last[z->entries] = last;
  z->entries++;
}

/* Writes the string of a code, to the output or, if that has no room, to z->text. */
static rf_status decode(lzw *z, uint32_t code, lzw_output *out, rf_error *err) {
  bool is_new = z->previous != NO_CODE && code == z->entries && z->entries >> z->max_width == 0;
  if (!is_new && (z->previous == NO_CODE ? code >= LITERALS : code >= z->entries))
    return rf_fail(err, RF_ERR_CODEC, "corrupt LZW data: found code %u, which is not defined yet", (unsigned)code);
  if (is_new) /* the string before, and its first byte */
    add_entry(z, z->first);
  size_t n = z->length[code];
  bool fits = n <= out->n - out->made;
  uint8_t *end = fits ? out->bytes + out->made + n : z->text + n;
  z->first = write_string(z, code, end);
  if (z->previous != NO_CODE && !is_new)
    add_entry(z, z->first);
  z->previous = code;
  if (fits) {
    out->made += n;
  } else {
    z->text_start = 0;
    z->text_end = n;
  }
  return RF_OK;
}

static void deliver_text(lzw *z, lzw_output *out) {
  size_t n = z->text_end - z->text_start;
  n = n < out->n - out->made ? n : out->n - out->made;
  if (n > 0)
    memcpy(out->bytes + out->made, z->text + z->text_start, n);
  z->text_start += n;
  out->made += n;
}

static rf_status decode_codes(lzw *z, const uint8_t *in, size_t n_in, size_t *used, lzw_output *out, rf_error *err) {
  uint32_t code;
  deliver_text(z, out);
  while (out->made < out->n && next_code(z, in, n_in, used, &code)) {
    if (code == CLEAR && z->block) {
      end_group(z);
      empty_dictionary(z);
    } else {
      RF_TRY(decode(z, code, out, err));
      deliver_text(z, out);
    }
  }
  return RF_OK;
}

static rf_status lzw_inflate(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out, size_t n_out,
                             size_t *made, int *done, rf_error *err) {
  lzw *z = stream;
  lzw_output output = {.bytes = out, .n = n_out};
  bool complete;
  *used = 0;
  rf_status status = take_header(z, in, n_in, used, &complete, err);
  if (status == RF_OK && complete)
    status = decode_codes(z, in, n_in, used, &output, err);
  *made = output.made;
  *done = status == RF_OK && complete && n_in == 0 && *made == 0 && n_out > 0 && z->count < 8 && z->bits == 0;
  return status;
}

static void lzw_close(void *stream) {
  rf_free(stream);
}

const rf_stream_codec rf_lzw_codec = {
    .size = sizeof(rf_stream_codec),
    .name = "rustfits",
    .inflate_open = lzw_open,
    .inflate = lzw_inflate,
    .inflate_close = lzw_close,
};
