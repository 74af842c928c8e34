/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Checksums of HDUs (FITS 4.4.2.7, appendix J).
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "hdu/change.h"
#include "hdu/structure.h"

#define SUM_BYTES ((LONGLONG)32 * IOBUFLEN)
#define NO_CHECKSUM "0000000000000000"

/* Adds n bytes, a multiple of 4, to a sum of 32-bit words in ones' complement. */
static uint32_t add_bytes(uint32_t sum, const unsigned char *bytes, size_t n) {
  uint64_t total = sum;
  for (size_t i = 0; i < n; i += 4)
    total += (uint32_t)bytes[i] << 24 | (uint32_t)bytes[i + 1] << 16 | (uint32_t)bytes[i + 2] << 8 | bytes[i + 3];
  while (total >> 32 != 0)
    total = (total & 0xffffffff) + (total >> 32);
  return (uint32_t)total;
}

/* Adds n bytes of the file to *sum. */
static int add_range(fitsfile *fptr, LONGLONG offset, LONGLONG n, uint32_t *sum, int *status) {
  unsigned char *buffer = n > 0 ? malloc((size_t)SUM_BYTES) : NULL;
  if (n > 0 && buffer == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a buffer");
  for (LONGLONG done = 0; done < n && *status <= 0; done += SUM_BYTES) {
    size_t part = (size_t)(n - done < SUM_BYTES ? n - done : SUM_BYTES);
    if (cf_read(fptr, offset + done, part, buffer, status) <= 0)
      *sum = add_bytes(*sum, buffer, part);
  }
  free(buffer);
  return *status;
}

int ffcsum(fitsfile *fptr, long nrec, unsigned long *sum, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (sum == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected memory for a sum, found NULL");
  uint32_t total = (uint32_t)*sum;
  LONGLONG n = nrec > 0 && nrec < LONGLONG_MAX / IOBUFLEN ? nrec * (LONGLONG)IOBUFLEN : 0;
  if (add_range(fptr, fptr->Fptr->bytepos, n, &total, status) <= 0) {
    fptr->Fptr->bytepos += n;
    *sum = total;
  }
  return *status;
}

static bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void ffesum(unsigned long sum, int complm, char *ascii) {
  uint32_t value = complm ? ~(uint32_t)sum : (uint32_t)sum;
  char text[16];
  if (ascii == NULL)
    return;
  for (int i = 0; i < 4; i++) { /* each byte is the sum of four characters, less '0' */
    int byte = (int)(value >> (24 - 8 * i) & 0xff);
    char c[4];
    memset(c, byte / 4 + '0', sizeof c);
    c[0] = (char)(c[0] + byte % 4);
    while (!is_alphanumeric(c[0]) || !is_alphanumeric(c[1])) {
      c[0]++;
      c[1]--;
    }
    while (!is_alphanumeric(c[2]) || !is_alphanumeric(c[3])) {
      c[2]++;
      c[3]--;
    }
    for (int j = 0; j < 4; j++)
      text[4 * j + i] = c[j];
  }
  ascii[0] = text[15];
  memcpy(ascii + 1, text, 15);
  ascii[16] = '\0';
}

unsigned long ffdsum(char *ascii, int complm, unsigned long *sum) {
  unsigned char bytes[16] = {0};
  for (int i = 0; ascii != NULL && i < 16 && ascii[i] != '\0'; i++)
    bytes[(i + 15) % 16] = (unsigned char)(ascii[i] - '0');
  uint32_t value = add_bytes(0, bytes, sizeof bytes);
  value = complm ? ~value : value;
  if (sum != NULL)
    *sum = value;
  return value;
}

/* Gets the value of CHECKSUM or DATASUM. Returns false if there is none. */
static bool get_value(fitsfile *fptr, const char *keyword, char *value) {
  int status = 0;
  ffpmrk();
  (void)ffgkys(fptr, keyword, value, NULL, &status);
  ffcmrk();
  if (status > 0)
    *value = '\0';
  return status <= 0;
}

/* Returns DATASUM as a number, 0 if it is none. */
static uint32_t number_of(const char *value) {
  uint64_t number = 0;
  while (*value == ' ')
    value++;
  for (; *value >= '0' && *value <= '9' && number < 0xffffffff; value++)
    number = 10 * number + (uint64_t)(*value - '0');
  return (uint32_t)number;
}

static int sum_data(fitsfile *fptr, uint32_t *sum, int *status) {
  LONGLONG start = 0, end = 0;
  *sum = 0;
  if (ffghadll(fptr, NULL, &start, &end, status) > 0 || cf_hdu_pad(fptr, status) > 0)
    return *status;
  return add_range(fptr, start, end - start, sum, status);
}

/* Adds the header to *sum, which has the data. */
static int add_header(fitsfile *fptr, uint32_t *sum, int *status) {
  LONGLONG start = 0, end = 0;
  if (ffghadll(fptr, &start, &end, NULL, status) > 0)
    return *status;
  return add_range(fptr, start, end - start, sum, status);
}

static bool is_right(uint32_t sum) {
  return sum == 0 || sum == 0xffffffff;
}

int ffgcks(fitsfile *fptr, unsigned long *datasum, unsigned long *hdusum, int *status) {
  uint32_t data = 0;
  if (datasum != NULL)
    *datasum = 0;
  if (!cf_use_data(fptr, status) || sum_data(fptr, &data, status) > 0)
    return cf_refused(status);
  uint32_t all = data;
  if (add_header(fptr, &all, status) > 0)
    return *status;
  if (datasum != NULL)
    *datasum = data;
  if (hdusum != NULL)
    *hdusum = all;
  return *status;
}

int ffvcks(fitsfile *fptr, int *datastatus, int *hdustatus, int *status) {
  char checksum[FLEN_VALUE], datasum[FLEN_VALUE];
  unsigned long data = 0, all = 0;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  int data_state = get_value(fptr, "DATASUM", datasum) && *datasum != '\0' ? -1 : 0;
  int hdu_state = get_value(fptr, "CHECKSUM", checksum) && *checksum != '\0' ? -1 : 0;
  if ((data_state != 0 || hdu_state != 0) && ffgcks(fptr, &data, &all, status) > 0)
    return *status;
  if (data_state != 0 && data == number_of(datasum))
    data_state = 1;
  if (hdu_state != 0 && is_right((uint32_t)all))
    hdu_state = 1;
  if (datastatus != NULL)
    *datastatus = data_state;
  if (hdustatus != NULL)
    *hdustatus = hdu_state;
  return *status;
}

/* Makes the comment of a sum: what it is of, and the time. */
static int get_comment(const char *what, char comment[FLEN_COMMENT], int *status) {
  char date[FLEN_VALUE];
  int local = 0;
  if (ffgstm(date, &local, status) <= 0)
    (void)snprintf(comment, FLEN_COMMENT, "%s updated %.40s", what, date);
  return *status;
}

/* Writes CHECKSUM for a header with DATASUM = `data`, unless `old` is right. `old` is NULL if the header has none. */
static int write_checksum(fitsfile *fptr, uint32_t data, const char *old, int *status) {
  char comment[FLEN_COMMENT], text[17];
  uint32_t sum = data;
  if (get_comment("HDU checksum", comment, status) > 0)
    return *status;
  if (old != NULL && (add_header(fptr, &sum, status) > 0 || is_right(sum)))
    return *status;
  sum = data;
  if ((old == NULL || strcmp(old, NO_CHECKSUM) != 0) && ffukys(fptr, "CHECKSUM", NO_CHECKSUM, comment, status) > 0)
    return *status;
  if (add_header(fptr, &sum, status) > 0)
    return *status;
  ffesum(sum, TRUE, text);
  return ffmkys(fptr, "CHECKSUM", text, "&", status);
}

int ffpcks(fitsfile *fptr, int *status) {
  char checksum[FLEN_VALUE], datasum[FLEN_VALUE], comment[FLEN_COMMENT];
  uint32_t sum = 0;
  if (!cf_use_write_data(fptr, status) || ffrdef(fptr, status) > 0 || cf_table_update_formats(fptr, status) > 0)
    return cf_refused(status);
  bool has_checksum = get_value(fptr, "CHECKSUM", checksum);
  if (!has_checksum &&
      (get_comment("HDU checksum", comment, status) > 0 || ffukys(fptr, "CHECKSUM", NO_CHECKSUM, comment, status) > 0))
    return *status;
  bool has_datasum = get_value(fptr, "DATASUM", datasum);
  if (get_comment("data unit checksum", comment, status) > 0)
    return *status;
  if (!has_datasum && ffukys(fptr, "DATASUM", "         0", comment, status) > 0)
    return *status;
  if (sum_data(fptr, &sum, status) > 0)
    return *status;
  if (sum != number_of(datasum)) {
    (void)snprintf(datasum, sizeof datasum, "%lu", (unsigned long)sum);
    (void)ffukys(fptr, "DATASUM", datasum, comment, status);
  }
  return write_checksum(fptr, sum, has_checksum ? checksum : NO_CHECKSUM, status);
}

int ffupck(fitsfile *fptr, int *status) {
  char checksum[FLEN_VALUE], datasum[FLEN_VALUE];
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (!get_value(fptr, "DATASUM", datasum))
    return cf_fail(status, KEY_NO_EXIST, "the header has no DATASUM");
  bool has_checksum = get_value(fptr, "CHECKSUM", checksum);
  return write_checksum(fptr, number_of(datasum), has_checksum ? checksum : NULL, status);
}
