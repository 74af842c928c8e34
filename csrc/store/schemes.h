/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which schemes names may have. A list of schemes is text: "file mem https", separated by blanks or commas.
 */
#ifndef RF_STORE_SCHEMES_H
#define RF_STORE_SCHEMES_H

#include <stdbool.h>

#include "base/error.h"

/* Returns RF_ERR_SCHEME if the scheme of `name` ("file" for a path) is not in options->schemes or RUSTFITS_SCHEMES. */
rf_status rf_schemes_check(const char *name, const rf_options *options, rf_error *err);

/* The same for all links of a chain ("zip://a.fits::https://host/b.zip"). */
rf_status rf_schemes_check_chain(const char *name, const rf_options *options, rf_error *err);

/* Returns the schemes that redirects of `name` must not lead to: RF_REFUSE_HTTP, RF_REFUSE_HTTPS. */
uint32_t rf_schemes_refused(const char *name, const rf_options *options);

/* RF_ERR_SCHEME when `refuse` (RF_REFUSE_...) forbids to follow a redirect to `url`. */
rf_status rf_schemes_check_redirect(uint32_t refuse, const char *url, rf_error *err);

#endif
