/* SPDX-License-Identifier: BSD-3-Clause
 *
 * schemes.c: what a name may reach. A list of schemes is text: "file mem https", blanks or commas between them.
 */
#ifndef RF_STORE_SCHEMES_H
#define RF_STORE_SCHEMES_H

#include <stdbool.h>

#include "base/error.h"

/* RF_ERR_SCHEME when the scheme of `name` ("file" for a path) is not in options->schemes or RUSTFITS_SCHEMES. */
rf_status rf_schemes_check(const char *name, const rf_options *options, rf_error *err);

/* The same for all links of a chain ("zip://a.fits::https://host/b.zip"). */
rf_status rf_schemes_check_chain(const char *name, const rf_options *options, rf_error *err);

/* Which schemes the redirects of `name` may lead to: RF_REFUSE_HTTP and RF_REFUSE_HTTPS for those that are refused. */
uint32_t rf_schemes_refused(const char *name, const rf_options *options);

/* RF_ERR_SCHEME when `refuse` (RF_REFUSE_...) forbids to follow a redirect to `url`. */
rf_status rf_schemes_check_redirect(uint32_t refuse, const char *url, rf_error *err);

#endif
