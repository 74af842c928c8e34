/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of S3, profile files, and what is asked after a refusal. Signatures are looked at by
 * tests/unit/remote/test_s3.py.
 */
#include <stdlib.h>

#include "check.h"
#include "store/http/aws.h"
#include "store/remote/location.h"

#if defined(_WIN32)
static void set(const char *name, const char *value) {
  _putenv_s(name, value);
}
#else
static void set(const char *name, const char *value) {
  setenv(name, value, 1);
}
#endif

/* An environment that knows nothing of Amazon, or only a key. */
static void set_environment(const char *key, const char *secret, const char *token) {
  static const char *const unset[] = {"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL",
                                      "AWS_ENDPOINT_URL_S3"};
  for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
    set(unset[i], "");
  set("AWS_CONFIG_FILE", "no-such-folder/config");
  set("AWS_SHARED_CREDENTIALS_FILE", "no-such-folder/credentials");
  set("AWS_ACCESS_KEY_ID", key);
  set("AWS_SECRET_ACCESS_KEY", secret);
  set("AWS_SESSION_TOKEN", token);
}

static void check_location(const char *name, const char *region, const char *endpoint, const char *url) {
  rf_remote_options remote = {.size = sizeof remote, .region = region, .endpoint = endpoint};
  rf_location location;
  rf_error err = {0};
  CHECK_OK(rf_location_parse(name, &remote, &location, &err), err);
  if (err.code != RF_OK)
    return;
  CHECK_STR(location.url, url);
  CHECK(location.user == NULL && location.sigv4 == NULL && !location.is_signed && location.header_count == 0);
  rf_location_free(&location);
}

static void test_addresses(void) {
  set_environment("", "", "");
  check_location("s3://bucket/a.fits", NULL, NULL, "https://bucket.s3.us-east-1.amazonaws.com/a.fits");
  check_location("S3://bucket/a/b c?d#e%f.fits", "eu-west-3", NULL,
                 "https://bucket.s3.eu-west-3.amazonaws.com/a/b%20c%3Fd%23e%25f.fits");
  check_location("s3://my.bucket/a", NULL, NULL, "https://s3.us-east-1.amazonaws.com/my.bucket/a");
  check_location("s3://Old_Bucket/a", NULL, NULL, "https://s3.us-east-1.amazonaws.com/Old_Bucket/a");
  check_location("s3://bucket/a", "cn-north-1", NULL, "https://bucket.s3.cn-north-1.amazonaws.com.cn/a");
  check_location("s3://bucket//a/", NULL, "http://host:9000/base//", "http://host:9000/base/bucket//a/");
  check_location("s3://bucket/\xC3\xA9~-._", NULL, NULL, "https://bucket.s3.us-east-1.amazonaws.com/%C3%A9~-._");
  set("AWS_DEFAULT_REGION", "ap-south-1");
  check_location("s3://bucket/a", NULL, NULL, "https://bucket.s3.ap-south-1.amazonaws.com/a");
  set("AWS_REGION", "ap-south-2");
  check_location("s3://bucket/a", NULL, NULL, "https://bucket.s3.ap-south-2.amazonaws.com/a");
  set("AWS_ENDPOINT_URL", "https://one");
  check_location("s3://bucket/a", NULL, NULL, "https://one/bucket/a");
  set("AWS_ENDPOINT_URL_S3", "https://two");
  check_location("s3://bucket/a", NULL, NULL, "https://two/bucket/a");
}

static rf_response refusal(int status, const char *region) {
  rf_response said = {.size = sizeof said, .status = status};
  snprintf(said.region, sizeof said.region, "%s", region);
  return said;
}

static void test_asked_again(void) {
  set_environment("KEY", "SECRET", "TOKEN");
  rf_remote_options remote = {.size = sizeof remote};
  rf_location location;
  rf_error err = {0};
  CHECK_OK(rf_location_parse("s3://bucket/a", &remote, &location, &err), err);
  CHECK(location.user == NULL);
  rf_response said = refusal(301, "eu-west-3");
  CHECK(rf_location_retry("s3://bucket/a", &remote, &said, &location));
  CHECK_STR(location.url, "https://bucket.s3.eu-west-3.amazonaws.com/a");
  CHECK(location.user == NULL);
  said = refusal(403, "eu-west-3");
  CHECK(rf_location_retry("s3://bucket/a", &remote, &said, &location));
  CHECK_STR(location.user, "KEY");
  CHECK_STR(location.password, "SECRET");
  CHECK_STR(location.sigv4, "aws:amz:eu-west-3:s3");
  CHECK(location.header_count == 1);
  CHECK_STR(location.headers[0], "x-amz-security-token: TOKEN");
  CHECK(!rf_location_retry("s3://bucket/a", &remote, &said, &location)); /* nothing new to say */
  said = refusal(404, "");
  CHECK(!rf_location_retry("s3://bucket/a", &remote, &said, &location));
  rf_location_free(&location);
}

static void test_hostile_regions(void) {
  set_environment("", "", "");
  rf_remote_options remote = {.size = sizeof remote};
  rf_location location;
  rf_error err = {0};
  CHECK_OK(rf_location_parse("s3://bucket/a", &remote, &location, &err), err);
  static const char *const bad[] = {"evil.example/", "EU", "a b", "x@y"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    rf_response said = refusal(301, bad[i]);
    location.tries = 0;
    CHECK(!rf_location_retry("s3://bucket/a", &remote, &said, &location));
    CHECK_STR(location.url, "https://bucket.s3.us-east-1.amazonaws.com/a");
  }
  int asked = 0; /* a server that always says another region */
  location.tries = 0;
  for (; asked < 100; asked++) {
    rf_response said = refusal(301, asked % 2 ? "one" : "two");
    if (!rf_location_retry("s3://bucket/a", &remote, &said, &location))
      break;
  }
  CHECK(asked < 10);
  rf_location_free(&location);
}

static void test_who_asks(void) {
  rf_location location;
  rf_error err = {0};
  rf_remote_options always = {.size = sizeof always, .credentials = RF_S3_SIGNED};
  set_environment("KEY", "", "TOKEN"); /* half a login is none */
  CHECK(rf_location_parse("s3://bucket/a", &always, &location, &err) == RF_ERR_PERMISSION);
  set_environment("KEY", "SECRET", "");
  rf_error_clear(&err);
  CHECK_OK(rf_location_parse("s3://bucket/a", &always, &location, &err), err);
  CHECK(location.is_signed && location.header_count == 0);
  rf_location_free(&location);
  rf_remote_options never = {.size = sizeof never, .credentials = RF_S3_ANONYMOUS, .requester_pays = 1};
  CHECK_OK(rf_location_parse("s3://bucket/a", &never, &location, &err), err);
  rf_response said = refusal(403, "");
  CHECK(!location.is_signed && location.header_count == 1);
  CHECK(!rf_location_retry("s3://bucket/a", &never, &said, &location));
  rf_location_free(&location);
  rf_remote_options given = {.size = sizeof given, .user = "MINE", .password = "MY-SECRET"};
  CHECK_OK(rf_location_parse("s3://bucket/a", &given, &location, &err), err);
  CHECK(location.is_signed);
  CHECK_STR(location.user, "MINE");
  rf_location_free(&location);
}

static void test_profiles(void) {
  static const char text[] = "; comment\n"
                             "aws_access_key_id = outside\n"
                             "[one]\r\naws_access_key_id=ONE\r\naws_secret_access_key =  S1 = x \r\n"
                             "[ two ]\naws_access_key_id = TWO\n# aws_secret_access_key = no\n"
                             "region = r2\ns3 =\n  region = nested\n"
                             "[three\naws_access_key_id = THREE\n"
                             "[one]\naws_session_token = T1\nregion";
  rf_aws aws = {0};
  rf_error err = {0};
  CHECK_OK(rf_aws_read_profile(&aws, text, sizeof text - 1, "one", &err), err);
  CHECK_STR(aws.key, "ONE");
  CHECK_STR(aws.secret, "S1 = x");
  CHECK_STR(aws.token, "T1");
  CHECK(aws.region == NULL);
  CHECK_OK(rf_aws_read_profile(&aws, text, sizeof text - 1, "two", &err), err);
  CHECK_STR(aws.key, "ONE");
  CHECK_STR(aws.region, "r2");
  rf_aws_free(&aws);
  CHECK_OK(rf_aws_read_profile(&aws, text, sizeof text - 1, "two", &err), err);
  CHECK(aws.key == NULL); /* half a login */
  rf_aws_free(&aws);
  for (size_t n = 0; n < sizeof text; n++) {
    CHECK_OK(rf_aws_read_profile(&aws, text, n, "one", &err), err);
    rf_aws_free(&aws);
  }
}

int main(void) {
  RUN(test_addresses);
  RUN(test_asked_again);
  RUN(test_hostile_regions);
  RUN(test_who_asks);
  RUN(test_profiles);
  return check_report();
}
