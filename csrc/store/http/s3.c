/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/s3.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "store/http/aws.h"
#include "store/http/url.h"

#define DEFAULT_REGION "us-east-1"
/* Changes of mind about one name: a region, a signature, another region. */
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

/* Old buckets have capital letters and '_', which no host name may have. */
static bool is_of_bucket(char c) {
  return is_small_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
}

/* A path with these would be made shorter on the way, and be another key. */
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
                   "what follows s3:// must be the name of a bucket: at least 3 letters, digits, '.', '-' or '_'");
  if (parts->key[0] != '/' || parts->key[1] == '\0')
    return rf_fail(err, RF_ERR_ARGUMENT, "the name has a bucket and no key: s3://bucket/key");
  parts->key++;
  if (has_dot_folder(parts->key))
    return rf_fail(err, RF_ERR_ARGUMENT, "a key with a folder \".\" or \"..\" in it cannot be asked for");
  return RF_OK;
}

/* Whether the bucket can be part of the host's name, where its certificate covers it: one with dots cannot. */
static bool fits_host(const s3_name *parts) {
  bool fits = parts->bucket_length <= 63;
  for (size_t i = 0; i < parts->bucket_length; i++)
    fits = fits && (is_small_or_digit(parts->bucket[i]) || parts->bucket[i] == '-');
  return fits && is_small_or_digit(parts->bucket[0]) && is_small_or_digit(parts->bucket[parts->bucket_length - 1]);
}

/* ---- addresses ---- */

/* Appends the key, with everything encoded that SigV4 wants to be: all but letters, digits and "-._~/". */
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

static rf_status make_url(const s3_name *parts, const char *endpoint, rf_target *target, rf_error *err) {
  size_t base = (endpoint != NULL ? strlen(endpoint) : 0) + parts->bucket_length + sizeof target->region + 64;
  size_t room = base + 3 * strlen(parts->key) + 1;
  char *url = rf_alloc(room);
  int made, bucket = (int)parts->bucket_length;
  if (url == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  const char *china = strncmp(target->region, "cn-", 3) == 0 ? ".cn" : "";
  if (endpoint != NULL) {
    size_t n = strlen(endpoint);
    while (n > 0 && endpoint[n - 1] == '/')
      n--;
    made = snprintf(url, base, "%.*s/%.*s/", (int)n, endpoint, bucket, parts->bucket);
  } else if (fits_host(parts)) {
    made = snprintf(url, base, "https://%.*s.s3.%s.amazonaws.com%s/", bucket, parts->bucket, target->region, china);
  } else {
    made = snprintf(url, base, "https://s3.%s.amazonaws.com%s/%.*s/", target->region, china, bucket, parts->bucket);
  }
  append_key(url + made, parts->key);
  rf_free(target->url);
  target->url = url;
  return RF_OK;
}

static rf_status check_endpoint(const char *endpoint, rf_error *err) {
  rf_url url;
  if (!rf_url_has_scheme(endpoint, "http") && !rf_url_has_scheme(endpoint, "https"))
    return rf_fail(err, RF_ERR_ARGUMENT, "the endpoint for s3:// must begin with http:// or https://");
  if (strlen(endpoint) > 4096 || strpbrk(endpoint, "?#@") != NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "the endpoint for s3:// must be scheme, host and port: http://host:port");
  RF_TRY(rf_url_parse(endpoint, &url, err));
  rf_url_release(&url);
  return RF_OK;
}

/* A region stands in the name of the host: nothing else may get there. */
static bool set_region(rf_target *target, const char *region) {
  size_t n = strlen(region);
  bool good = n > 0 && n < sizeof target->region;
  for (size_t i = 0; good && i < n; i++)
    good = is_small_or_digit(region[i]) || region[i] == '-';
  if (good)
    memcpy(target->region, region, n + 1);
  return good;
}

/* ---- who asks ---- */

static rf_status add_header(rf_target *target, const char *name, const char *value, rf_error *err) {
  size_t n = strlen(name) + strlen(value) + 3;
  char **longer = rf_realloc(target->headers, (target->header_count + 1) * sizeof *longer);
  if (longer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  target->headers = longer;
  char *header = rf_alloc(n);
  if (header == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  snprintf(header, n, "%s: %s", name, value);
  longer[target->header_count++] = header;
  return RF_OK;
}

static void forget_login(rf_target *target) {
  for (size_t i = 0; i < target->header_count; i++)
    rf_free(target->headers[i]);
  target->header_count = 0;
  rf_free(target->user);
  rf_free(target->password);
  rf_free(target->sigv4);
  target->user = target->password = target->sigv4 = NULL;
}

static rf_status set_login(rf_target *target, const rf_remote_options *remote, const rf_aws *aws, rf_error *err) {
  forget_login(target);
  if (remote->requester_pays == 1)
    RF_TRY(add_header(target, "x-amz-request-payer", "requester", err));
  if (!target->is_signed)
    return RF_OK;
  bool given = remote->user != NULL;
  const char *key = given ? remote->user : aws->key, *secret = given ? remote->password : aws->secret;
  if (key == NULL || secret == NULL)
    return rf_fail(err, RF_ERR_PERMISSION,
                   "no AWS credentials were found (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile in "
                   "~/.aws/credentials)");
  if (!given && aws->token != NULL)
    RF_TRY(add_header(target, "x-amz-security-token", aws->token, err));
  char sigv4[sizeof target->region + 16];
  snprintf(sigv4, sizeof sigv4, "aws:amz:%s:s3", target->region);
  target->user = rf_strdup(key);
  target->password = rf_strdup(secret);
  target->sigv4 = rf_strdup(sigv4);
  bool all = target->user != NULL && target->password != NULL && target->sigv4 != NULL;
  return all ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "out of memory");
}

/* Everything about the target, for its region and whether it is signed. */
static rf_status make_target(const char *name, const rf_remote_options *remote, const rf_aws *aws, rf_target *target,
                             rf_error *err) {
  s3_name parts;
  const char *endpoint = remote->endpoint != NULL ? remote->endpoint : aws->endpoint;
  RF_TRY(split_name(name, &parts, err));
  if (endpoint != NULL)
    RF_TRY(check_endpoint(endpoint, err));
  RF_TRY(make_url(&parts, endpoint, target, err));
  return set_login(target, remote, aws, err);
}

static bool has_login(const rf_remote_options *remote, const rf_aws *aws) {
  return (remote->user != NULL && remote->password != NULL) || aws->key != NULL;
}

rf_status rf_s3_target(const char *name, const rf_remote_options *remote, rf_target *target, rf_error *err) {
  rf_aws aws;
  RF_TRY(rf_aws_look(&aws, err));
  const char *region = remote->region != NULL ? remote->region : aws.region != NULL ? aws.region : DEFAULT_REGION;
  rf_status status = RF_OK;
  target->is_s3 = true;
  if (!set_region(target, region))
    status = rf_fail(err, RF_ERR_ARGUMENT, "an AWS region has small letters, digits and '-' only, at most %d of them",
                     (int)sizeof target->region - 1);
  /* Who pays must say who he is, and credentials that are given for this file are meant for it. */
  bool wanted = remote->user != NULL || (remote->requester_pays == 1 && has_login(remote, &aws));
  target->is_signed = remote->anonymous < 0 || (remote->anonymous == 0 && wanted);
  if (status == RF_OK)
    status = make_target(name, remote, &aws, target, err);
  rf_aws_release(&aws);
  return status;
}

bool rf_s3_retry(const char *name, const rf_remote_options *remote, const rf_response *said, rf_target *target) {
  rf_aws aws;
  bool changed = false;
  int status = said->status;
  if (target->tries >= MAX_TRIES || rf_aws_look(&aws, NULL) != RF_OK)
    return false;
  if ((status == 301 || status == 307 || status == 400 || status == 403) && said->region[0] != '\0' &&
      strcmp(said->region, target->region) != 0)
    changed = set_region(target, said->region);
  if ((status == 401 || status == 403) && !target->is_signed && remote->anonymous == 0 && has_login(remote, &aws))
    changed = target->is_signed = true;
  target->tries++;
  changed = changed && make_target(name, remote, &aws, target, NULL) == RF_OK;
  rf_aws_release(&aws);
  return changed;
}
