/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finding an HDU by EXTNAME and EXTVER (FITS 4.4.2.6).
 */
#include "file/find.h"

#include <string.h>

#include "base/ascii.h"
#include "file/access.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"
#include "header/card.h"

const char *rf_hdu_show_name(const rf_file *file, const rf_hdu *hdu, char buffer[sizeof((rf_hdu *)0)->extname]) {
  if ((file->options.flags & RF_OPEN_LENIENT) == 0)
    return hdu->extname;
  memcpy(buffer, hdu->extname, sizeof hdu->extname);
  for (char *c = buffer; *c != '\0'; c++)
    if (!rf_is_printable(*c))
      *c = '_';
  return buffer;
}

/* Compares names without leading blanks, as other readers do. */
static bool same_name(const char *a, const char *b) {
  return rf_same_name(a + strspn(a, " "), b + strspn(b, " "));
}

static rf_status find_name(rf_file *file, const char *extname, const int64_t *extver, size_t *index, rf_error *err) {
  rf_hdu *hdu = NULL;
  char buffer[sizeof hdu->extname];
  rf_status status;
  rf_error local;
  rf_error_clear(&local);
  size_t i = 0;
  for (; (status = rf_file_hdu_locked(file, i, &hdu, &local)) == RF_OK; i++) {
    const char *name = rf_hdu_show_name(file, hdu, buffer);
    if (rf_file_is_visible(file, hdu) && hdu->has_extname && same_name(name, extname) &&
        (extver == NULL || *extver == hdu->extver)) {
      *index = i;
      return RF_OK;
    }
  }
  if (i > 0 && same_name(extname, "PRIMARY") && rf_file_hdu_locked(file, 0, &hdu, NULL) == RF_OK &&
      (extver == NULL || *extver == hdu->extver)) {
    *index = 0;
    return RF_OK;
  }
  if (status != RF_ERR_NOT_FOUND) {
    if (err != NULL && err->code == RF_OK)
      *err = local;
    return status;
  }
  if (extver != NULL)
    return rf_fail(err, RF_ERR_NOT_FOUND, "no HDU with EXTNAME '%s' and EXTVER %lld", extname, (long long)*extver);
  return rf_fail(err, RF_ERR_NOT_FOUND, "no HDU with EXTNAME '%s'", extname);
}

rf_status rf_file_find(rf_file *file, const char *extname, const int64_t *extver, size_t *index, rf_error *err) {
  char name[sizeof((rf_hdu *)0)->extname];
  size_t length = strlen(extname);
  rf_error_clear(err);
  while (length > 0 && extname[length - 1] == ' ')
    length--;
  /* The index keeps this much of a name. */
  if (length > sizeof name - 1)
    length = sizeof name - 1;
  memcpy(name, extname, length);
  name[length] = '\0';
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = find_name(file, name, extver, index, err);
    status = rf_file_end_read_of(file, RF_NO_HDU, status, err);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, -1);
}
