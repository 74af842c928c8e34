/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reporting failures. The first cause wins: a filled rf_error is never overwritten, only prefixed.
 */
#ifndef RF_BASE_ERROR_H
#define RF_BASE_ERROR_H

#include "rustfits.h"

#if defined(__MINGW32__)
#define RF_PRINTF(a, b) __attribute__((format(gnu_printf, a, b)))
#elif defined(__GNUC__)
#define RF_PRINTF(a, b) __attribute__((format(printf, a, b)))
#else
#define RF_PRINTF(a, b)
#endif

/* Records `code` and a message in *err, unless it holds a failure already. `err` may be NULL. Returns `code`, so that
 * callers can write `return rf_fail(...)`. */
rf_status rf_fail(rf_error *err, rf_status code, const char *format, ...) RF_PRINTF(3, 4);

/* Like rf_fail(), with the text and number of a failed system call. The number selects the code (ENOENT:
 * RF_ERR_NO_FILE, EACCES: RF_ERR_PERMISSION, EISDIR: RF_ERR_DIRECTORY, ENOSPC/EDQUOT: RF_ERR_NO_SPACE, else RF_ERR_IO).
 */
rf_status rf_fail_errno(rf_error *err, int number, const char *format, ...) RF_PRINTF(3, 4);

/* Record a byte offset or a keyword, where *err has none yet. */
void rf_error_at(rf_error *err, int64_t offset);
void rf_error_keyword(rf_error *err, const char *keyword);

/* Puts "name[hdu]: " (hdu < 0: "name: ") before the message, once, and records the HDU. Called where the file and the
 * HDU are known. Returns err->code, or `status` when `err` is NULL. */
rf_status rf_error_locate(rf_error *err, rf_status status, const char *name, int hdu);

/* Returns from the calling function with the status of `expression`, unless it is RF_OK. */
#define RF_TRY(expression)                                                                                             \
  do {                                                                                                                 \
    rf_status rf_try_status_ = (expression);                                                                           \
    if (rf_try_status_ != RF_OK)                                                                                       \
      return rf_try_status_;                                                                                           \
  } while (0)

#endif
