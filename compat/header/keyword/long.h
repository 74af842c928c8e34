/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Long strings: a card whose string ends with '&', and CONTINUE cards behind it.
 */
#ifndef CF_HEADER_KEYWORD_LONG_H
#define CF_HEADER_KEYWORD_LONG_H

#include "base/status.h"

/* Returns how many CONTINUE cards behind card `index` belong to its string. */
LONGLONG cf_long_continued(fitsfile *fptr, LONGLONG index, int *status);

#endif
