/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/s3.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "store/http/aws.h"
#include "store/http/url.h"

#define DEFAULT_REGION "us-east-1"
/* Retries for one name: a region, a signature, another region. */
#define MAX_TRIES 4

bool rf_s3_is_name(const char *name) {
  return rf_is_name(name, rf_url_scheme(name), "s3");
}

/* ---- names ---- */

typedef struct {
  const char *bucket;
  size_t bucket_length;
  const char *key;
} s3_name;

static bool is_small_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Names of old buckets have capital letters and '_', which host names cannot have. */
static bool is_of_bucket(char c) {
  return is_small_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
}

/* Clients and servers shorten paths with these segments, which makes another key of it. */
static bool has_dot_folder(const char *key) {
  for (const char *at = key; *at != '\0';) {
    size_t n = strcspn(at, "/");
    if ((n == 1 && at[0] == '.') || (n == 2 && at[0] == '.' && at[1] == '.'))
      return true;
    at += n + (at[n] == '/');
  }
  return false;
}

static rf_status split_name(const char *name, s3_name *parts, rf_error *err) {
  parts->bucket = name + rf_url_scheme(name) + 3;
  parts->bucket_length = strcspn(parts->bucket, "/");
  parts->key = parts->bucket + parts->bucket_length;
  bool good = parts->bucket_length >= 3 && parts->bucket_length <= 255;
  for (size_t i = 0; i < parts->bucket_length; i++)
    good = good && is_of_bucket(parts->bucket[i]);
  if (!good)
    return rf_fail(err, RF_ERR_ARGUMENT,
                   "expected the name of a bucket after s3://: at least 3 letters, digits, '.', '-' or '_'");
  if (parts->key[0] != '/' || parts->key[1] == '\0')
    return rf_fail(err, RF_ERR_ARGUMENT, "the name has no key, expected s3://bucket/key");
  parts->key++;
  if (has_dot_folder(parts->key))
    return rf_fail(err, RF_ERR_ARGUMENT, "the key has a folder \".\" or \"..\", which a URL cannot hold");
  return RF_OK;
}

/* Can the bucket be part of the host name? The certificate does not cover names with dots. */
static bool fits_host(const s3_name *parts) {
  bool fits = parts->bucket_length <= 63;
  for (size_t i = 0; i < parts->bucket_length; i++)
    fits = fits && (is_small_or_digit(parts->bucket[i]) || parts->bucket[i] == '-');
  return fits && is_small_or_digit(parts->bucket[0]) && is_small_or_digit(parts->bucket[parts->bucket_length - 1]);
}

/* ---- addresses ---- */

/* Appends the key, percent-encoded as SigV4 requires: all but letters, digits and "-._~/". */
static size_t append_key(char *out, const char *key) {
  static const char digits[] = "0123456789ABCDEF";
  size_t made = 0;
  for (; *key != '\0'; key++) {
    unsigned char c = (unsigned char)*key;
    bool plain = is_small_or_digit(*key) || (*key >= 'A' && *key <= 'Z') || strchr("-._~/", c) != NULL;
    if (plain) {
      out[made++] = (char)c;
    } else {
      out[made++] = '%';
      out[made++] = digits[c >> 4];
      out[made++] = digits[c & 15];
    }
  }
  out[made] = '\0';
  return made;
}

static rf_status make_url(const s3_name *parts, const char *endpoint, rf_location *location, rf_error *err) {
  size_t base = (endpoint != NULL ? strlen(endpoint) : 0) + parts->bucket_length + sizeof location->region + 64;
  size_t room = base + 3 * strlen(parts->key) + 1;
  char *url = rf_alloc(room);
  int made, bucket = (int)parts->bucket_length;
  if (url == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a location");
  const char *china = strncmp(location->region, "cn-", 3) == 0 ? ".cn" : "";
  if (endpoint != NULL) {
    size_t n = strlen(endpoint);
    while (n > 0 && endpoint[n - 1] == '/')
      n--;
    made = snprintf(url, base, "%.*s/%.*s/", (int)n, endpoint, bucket, parts->bucket);
  } else if (fits_host(parts)) {
    made = snprintf(url, base, "https://%.*s.s3.%s.amazonaws.com%s/", bucket, parts->bucket, location->region, china);
  } else {
    made = snprintf(url, base, "https://s3.%s.amazonaws.com%s/%.*s/", location->region, china, bucket, parts->bucket);
  }
  append_key(url + made, parts->key);
  rf_free(location->url);
  location->url = url;
  return RF_OK;
}

static rf_status check_endpoint(const char *endpoint, rf_error *err) {
  rf_url url;
  if (!rf_url_has_scheme(endpoint, "http") && !rf_url_has_scheme(endpoint, "https"))
    return rf_fail(err, RF_ERR_ARGUMENT, "the endpoint for s3:// must begin with http:// or https://");
  if (strlen(endpoint) > 4096 || strpbrk(endpoint, "?#@") != NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "the endpoint for s3:// must be scheme, host and port: http://host:port");
  RF_TRY(rf_url_parse(endpoint, &url, err));
  rf_url_free(&url);
  return RF_OK;
}

/* The region becomes a part of the host name, so it must be a plain word. */
static bool set_region(rf_location *location, const char *region) {
  size_t n = strlen(region);
  bool good = n > 0 && n < sizeof location->region;
  for (size_t i = 0; good && i < n; i++)
    good = is_small_or_digit(region[i]) || region[i] == '-';
  if (good)
    memcpy(location->region, region, n + 1);
  return good;
}

/* ---- credentials ---- */

static rf_status add_header(rf_location *location, const char *name, const char *value, rf_error *err) {
  size_t n = strlen(name) + strlen(value) + 3;
  char **longer = rf_realloc(location->headers, (location->header_count + 1) * sizeof *longer);
  if (longer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a location");
  location->headers = longer;
  char *header = rf_alloc(n);
  if (header == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a location");
  snprintf(header, n, "%s: %s", name, value);
  longer[location->header_count++] = header;
  return RF_OK;
}

static void forget_login(rf_location *location) {
  for (size_t i = 0; i < location->header_count; i++)
    rf_free(location->headers[i]);
  location->header_count = 0;
  rf_free(location->user);
  rf_free(location->password);
  rf_free(location->sigv4);
  location->user = location->password = location->sigv4 = NULL;
}

static rf_status set_login(rf_location *location, const rf_remote_options *remote, const rf_aws *aws, rf_error *err) {
  forget_login(location);
  if (remote->requester_pays == 1)
    RF_TRY(add_header(location, "x-amz-request-payer", "requester", err));
  if (!location->is_signed)
    return RF_OK;
  bool given = remote->user != NULL;
  const char *key = given ? remote->user : aws->key, *secret = given ? remote->password : aws->secret;
  if (key == NULL || secret == NULL)
    return rf_fail(err, RF_ERR_PERMISSION,
                   "found no AWS credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile in "
                   "~/.aws/credentials)");
  if (!given && aws->token != NULL)
    RF_TRY(add_header(location, "x-amz-security-token", aws->token, err));
  char sigv4[sizeof location->region + 16];
  snprintf(sigv4, sizeof sigv4, "aws:amz:%s:s3", location->region);
  location->user = rf_strdup(key);
  location->password = rf_strdup(secret);
  location->sigv4 = rf_strdup(sigv4);
  bool all = location->user != NULL && location->password != NULL && location->sigv4 != NULL;
  return all ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot allocate a location");
}

/* Fills in URL and credentials, by region and is_signed. */
static rf_status make_location(const char *name, const rf_remote_options *remote, const rf_aws *aws,
                               rf_location *location, rf_error *err) {
  s3_name parts;
  const char *endpoint = remote->endpoint != NULL ? remote->endpoint : aws->endpoint;
  RF_TRY(split_name(name, &parts, err));
  if (endpoint != NULL)
    RF_TRY(check_endpoint(endpoint, err));
  RF_TRY(make_url(&parts, endpoint, location, err));
  return set_login(location, remote, aws, err);
}

static bool has_login(const rf_remote_options *remote, const rf_aws *aws) {
  return (remote->user != NULL && remote->password != NULL) || aws->key != NULL;
}

rf_status rf_s3_locate(const char *name, const rf_remote_options *remote, rf_location *location, rf_error *err) {
  rf_aws aws;
  RF_TRY(rf_aws_load(&aws, err));
  const char *region = remote->region != NULL ? remote->region : aws.region != NULL ? aws.region : DEFAULT_REGION;
  rf_status status = RF_OK;
  location->is_s3 = true;
  if (!set_region(location, region))
    status = rf_fail(err, RF_ERR_ARGUMENT, "expected an AWS region of at most %d small letters, digits and '-'",
                     (int)sizeof location->region - 1);
  /* A requester who pays must sign. Credentials that the caller gives are for this file. */
  bool wanted = remote->user != NULL || (remote->requester_pays == 1 && has_login(remote, &aws));
  location->is_signed = remote->credentials == RF_S3_SIGNED || (remote->credentials == RF_S3_AUTO && wanted);
  if (status == RF_OK)
    status = make_location(name, remote, &aws, location, err);
  rf_aws_free(&aws);
  return status;
}

bool rf_s3_retry(const char *name, const rf_remote_options *remote, const rf_response *said, rf_location *location) {
  rf_aws aws;
  bool changed = false;
  int status = said->status;
  if (location->tries >= MAX_TRIES || rf_aws_load(&aws, NULL) != RF_OK)
    return false;
  if ((status == 301 || status == 307 || status == 400 || status == 403) && said->region[0] != '\0' &&
      strcmp(said->region, location->region) != 0)
    changed = set_region(location, said->region);
  if ((status == 401 || status == 403) && !location->is_signed && remote->credentials == RF_S3_AUTO &&
      has_login(remote, &aws))
    changed = location->is_signed = true;
  location->tries++;
  changed = changed && make_location(name, remote, &aws, location, NULL) == RF_OK;
  rf_aws_free(&aws);
  return changed;
}
