/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lists of schemes that names may have. The environment variable is a ceiling, which an option cannot raise.
 */
#include "store/schemes.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "store/http/url.h"
#include "store/redact.h"

#define SEPARATORS " ,\t"

/* NULL allows everything. */
static bool list_allows(const char *list, const char *scheme, size_t n) {
  if (list == NULL)
    return true;
  for (const char *at = list + strspn(list, SEPARATORS); *at != '\0';) {
    size_t length = strcspn(at, SEPARATORS);
    if (length == n && rf_equal_any_case(at, scheme, n))
      return true;
    at += length + strspn(at + length, SEPARATORS);
  }
  return false;
}

/* Returns the list that does not contain a scheme, and its name in *what; NULL if the scheme is allowed. */
static const char *refusing_list(const rf_options *options, const char *scheme, size_t n, const char **what) {
  const char *environment = getenv("RUSTFITS_SCHEMES");
  const char *option = options != NULL ? options->schemes : NULL;
  if (environment != NULL && environment[0] == '\0')
    environment = NULL;
  *what = "RUSTFITS_SCHEMES allows";
  if (!list_allows(environment, scheme, n))
    return environment;
  *what = "schemes= (rf_options.schemes) allows";
  return list_allows(option, scheme, n) ? NULL : option;
}

static rf_status check(const char *scheme, size_t n, const rf_options *options, rf_error *err) {
  const char *what;
  const char *list = refusing_list(options, scheme, n, &what);
  if (list == NULL)
    return RF_OK;
  return rf_fail(err, RF_ERR_SCHEME, "the scheme '%.*s' is not allowed: %s \"%.200s\" only", (int)(n < 40 ? n : 40),
                 scheme, what, list);
}

rf_status rf_schemes_check(const char *name, const rf_options *options, rf_error *err) {
  const char *scheme;
  size_t n = rf_url_scheme(name);
  if (rf_is_name(name, n, "mem"))
    return RF_OK; /* private memory is always allowed; the library uses it for trials */
  n = rf_url_driver(name, &scheme);
  return check(scheme, n, options, err);
}

/* fsspec reads a link of lower case letters alone as a scheme ("::simplecache::"), and any other link without "://" as
 * a path. */
static rf_status check_link(const char *link, size_t n, const rf_options *options, rf_error *err) {
  size_t scheme = rf_url_scheme(link);
  if (scheme > 0 && scheme + 3 <= n)
    return check(link, scheme, options, err);
  size_t letters = 0;
  while (letters < n && link[letters] >= 'a' && link[letters] <= 'z')
    letters++;
  return letters == n && n > 0 ? check(link, n, options, err) : check("file", 4, options, err);
}

rf_status rf_schemes_check_chain(const char *name, const rf_options *options, rf_error *err) {
  const char *link = name;
  for (const char *end = strstr(link, "::"); end != NULL; end = strstr(link, "::")) {
    RF_TRY(check_link(link, (size_t)(end - link), options, err));
    link = end + 2;
  }
  return link > name ? check_link(link, strlen(link), options, err) : RF_OK;
}

uint32_t rf_schemes_refused(const char *name, const rf_options *options) {
  const char *what;
  size_t n = rf_url_scheme(name);
  uint32_t refused = 0;
  if (refusing_list(options, "http", 4, &what) != NULL)
    refused |= RF_REFUSE_HTTP;
  /* S3 servers are reached by https. */
  if (refusing_list(options, "https", 5, &what) != NULL && !rf_is_name(name, n, "s3"))
    refused |= RF_REFUSE_HTTPS;
  return refused;
}

rf_status rf_schemes_check_redirect(uint32_t refuse, const char *url, rf_error *err) {
  size_t n = rf_url_scheme(url);
  bool http = rf_is_name(url, n, "http");
  bool refused =
      (http && (refuse & RF_REFUSE_HTTP) != 0) || (rf_is_name(url, n, "https") && (refuse & RF_REFUSE_HTTPS) != 0);
  if (!refused)
    return RF_OK;
  char shown[200];
  rf_redirect_show(url, shown, sizeof shown);
  return rf_fail(err, RF_ERR_SCHEME, "the server redirects to \"%s\", and the scheme '%s' is not allowed", shown,
                 http ? "http" : "https");
}
