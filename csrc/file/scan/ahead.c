/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Prefetching headers of a remote file. A header tells where the next one begins, so that each header would cost a
 * round trip. But the sizes of HDUs often repeat (image, error, mask, image, error, mask ...). If they do, the library
 * predicts the next ones and fetches their headers together. A wrong prediction costs a few blocks.
 */
#include <inttypes.h>

#include "file/scan/structure.h"
#include "file/scan/ahead.h"

#define MAX_PERIOD 4
#define FIRST_GUESSES 4
#define MAX_GUESSES 32

static uint64_t size_of(const rf_file *file, size_t i) {
  uint64_t next = i + 1 < file->hdu_count ? file->hdus[i + 1]->header_offset : file->scan_offset;
  return next - file->hdus[i]->header_offset;
}

/* Returns the number of HDUs after which sizes repeat, or 0. The primary HDU does not count: it usually differs. */
static size_t find_period(const rf_file *file) {
  size_t n = file->hdu_count;
  for (size_t period = 1; period <= MAX_PERIOD && n > 2 * period; period++) {
    size_t same = 0;
    while (same < period && size_of(file, n - 1 - same) == size_of(file, n - 1 - same - period))
      same++;
    if (same == period)
      return period;
  }
  return 0;
}

rf_status rf_scan_ahead(rf_file *file, size_t index, rf_error *err) {
  rf_range ranges[MAX_GUESSES];
  if (!file->store->profile.prefetch || file->scan_offset < file->ahead_until)
    return RF_OK;
  size_t period = find_period(file), n = file->hdu_count;
  if (period == 0) {
    file->ahead_guesses = 0;
    return RF_OK;
  }
  size_t max = file->ahead_guesses == 0 ? FIRST_GUESSES : 2 * file->ahead_guesses, count = 0;
  max = max < MAX_GUESSES ? max : MAX_GUESSES;
  uint64_t offset = file->scan_offset;
  for (; count < max && index - n >= count; count++) {
    const rf_hdu *like = file->hdus[n - period + count % period];
    uint64_t step = size_of(file, n - period + count % period);
    ranges[count] = (rf_range){offset, like->header_bytes < SIZE_MAX ? (size_t)like->header_bytes : 0};
    if (step > INT64_MAX - offset)
      break;
    offset += step;
  }
  file->ahead_guesses = max;
  file->ahead_until = offset;
  return count > 1 ? rf_store_prefetch(file->store, ranges, count, err) : RF_OK;
}
