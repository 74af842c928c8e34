/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdbool.h>

#include "base/error.h"
#include "check.h"

static rf_error err;

static void first_cause_wins(void) {
  rf_error_clear(&err);
  CHECK(rf_fail(&err, RF_ERR_FORMAT, "NAXIS is %d", -1) == RF_ERR_FORMAT);
  CHECK(rf_fail(&err, RF_ERR_IO, "later") == RF_ERR_IO);
  CHECK(err.code == RF_ERR_FORMAT);
  CHECK_STR(err.message, "NAXIS is -1");
  CHECK(rf_fail(NULL, RF_ERR_IO, "no error struct") == RF_ERR_IO);
  rf_error_clear(&err);
  CHECK(err.code == RF_OK && err.message[0] == '\0' && err.hdu == -1 && err.offset == -1);
  rf_error_clear(NULL);
}

static void system_errors(void) {
  struct {
    int number;
    rf_status code;
  } rows[] = {{ENOENT, RF_ERR_NO_FILE},  {EACCES, RF_ERR_PERMISSION}, {EISDIR, RF_ERR_DIRECTORY},
              {ENOSPC, RF_ERR_NO_SPACE}, {EEXIST, RF_ERR_EXISTS},     {EIO, RF_ERR_IO},
              {123456, RF_ERR_IO}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    rf_error_clear(&err);
    CHECK(rf_fail_errno(&err, rows[i].number, "opening") == rows[i].code);
    CHECK(err.sys_errno == rows[i].number);
    CHECK(strncmp(err.message, "opening: ", 9) == 0 && strlen(err.message) > 9);
  }
}

static void location(void) {
  rf_error_clear(&err);
  CHECK(rf_error_locate(&err, RF_OK, "x.fits", 1) == RF_OK);
  CHECK(err.message[0] == '\0');
  (void)rf_fail(&err, RF_ERR_CARD, "bad card");
  CHECK(rf_error_locate(&err, RF_ERR_CARD, "x.fits", -1) == RF_ERR_CARD);
  CHECK_STR(err.message, "x.fits: bad card");
  (void)rf_error_locate(&err, RF_ERR_CARD, "x.fits", -1);
  CHECK_STR(err.message, "x.fits: bad card");
  (void)rf_error_locate(&err, RF_ERR_CARD, "x.fits", 3);
  CHECK_STR(err.message, "x.fits[3]: bad card");
  CHECK(err.hdu == 3);
  (void)rf_error_locate(&err, RF_ERR_CARD, "x.fits", 5);
  (void)rf_error_locate(&err, RF_ERR_CARD, "x.fits", -1);
  CHECK_STR(err.message, "x.fits[3]: bad card");
  CHECK(rf_error_locate(NULL, RF_ERR_IO, "x.fits", 0) == RF_ERR_IO);
}

static void notes(void) {
  rf_error_clear(&err);
  rf_error_at(&err, 2880);
  rf_error_at(&err, 5);
  rf_error_keyword(&err, "NAXIS1");
  rf_error_keyword(&err, "OTHER");
  CHECK(err.offset == 2880);
  CHECK_STR(err.keyword, "NAXIS1");
  rf_error_clear(&err);
  char longer[200];
  memset(longer, 'K', 199);
  longer[199] = '\0';
  rf_error_keyword(&err, longer);
  CHECK(strlen(err.keyword) == sizeof err.keyword - 1);
}

/* Every byte of `text` belongs to a whole UTF-8 character. */
static int is_whole_utf8(const char *text) {
  const unsigned char *p = (const unsigned char *)text;
  while (*p) {
    int more = *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : *p >= 0xC0 ? 1 : *p < 0x80 ? 0 : -1;
    if (more < 0)
      return 0;
    for (p++; more > 0; more--, p++)
      if ((*p & 0xC0) != 0x80)
        return 0;
  }
  return 1;
}

static void long_texts_are_cut_between_characters(void) {
  char name[1500];
  for (int lead = 0; lead < 4; lead++) {
    memset(name, 'a', (size_t)lead);
    for (int i = 0; i < 480; i++)
      memcpy(name + lead + 3 * i, "\xE2\x82\xAC", 3); /* the euro sign */
    name[lead + 3 * 480] = '\0';
    rf_error_clear(&err);
    (void)rf_fail(&err, RF_ERR_IO, "%s", name);
    CHECK(strlen(err.message) > sizeof err.message - 8);
    CHECK(is_whole_utf8(err.message));
    (void)rf_error_locate(&err, RF_ERR_IO, name, 2);
    CHECK(is_whole_utf8(err.message));
    CHECK(strncmp(err.message, "...", 3) == 0);
    CHECK(strstr(err.message, "[2]: ") != NULL);
    (void)rf_error_locate(&err, RF_ERR_IO, name, 2);
    CHECK(strncmp(err.message + 3, "...", 3) != 0);
  }
}

static void names(void) {
  CHECK_STR(rf_status_get_name(RF_OK), "RF_OK");
  CHECK_STR(rf_status_get_name(RF_ERR_MEMORY), "RF_ERR_MEMORY");
  CHECK_STR(rf_status_get_name((rf_status)1000), "RF_ERR_?");
  static const struct { int first, last; } groups[] = {{0, 9}, {20, 31}, {50, 54}, {70, 74}, {90, 91}};
  for (int i = -1; i <= 110; i++) {
    bool named = false;
    for (size_t k = 0; k < sizeof groups / sizeof *groups; k++)
      named |= i >= groups[k].first && i <= groups[k].last;
    CHECK((strcmp(rf_status_get_name((rf_status)i), "RF_ERR_?") != 0) == named);
  }
  char version[32];
  snprintf(version, sizeof version, "%d.%d.%d", RF_VERSION_MAJOR, RF_VERSION_MINOR, RF_VERSION_PATCH);
  CHECK_STR(rf_version(), version);
}

int main(void) {
  RUN(first_cause_wins);
  RUN(system_errors);
  RUN(location);
  RUN(notes);
  RUN(long_texts_are_cut_between_characters);
  RUN(names);
  return check_report();
}
