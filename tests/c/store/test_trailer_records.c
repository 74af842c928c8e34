/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Trailers of files that others changed, absurd records, and edits at the limits of pages and pools.
 * "test_trailer_records long" draws more cases.
 */
#include "base/crc32c.h"
#include "check.h"
#include "disk.h"
#include "store/trailer/commit.h"
#include "store/trailer/edit.h"
#include "store/trailer/lines.h"
#include "store/trailer/load.h"
#include "store/trailer/trailer.h"
#include "trailer_edits.h"

/* ---- what others do to the file ---- */

static void a_file_that_was_changed_since_is_left_alone_or_finished_right(void) {
  static const setting how = {4096, 3008, false, false};
  for (size_t i = 0; i < CASE_COUNT; i++) {
    disk log = {.page = 4096, .fail_at = -1};
    bool written = false;
    make_after(&CASES[i]);
    disk_set(&log, before, OLD_SIZE);
    CHECK_OK(perform(&log, &CASES[i], &how, &written), err);
    for (int n = 0; n < (int)(is_long ? 1000 : check_turns(40, 5)); n++) {
      disk d = {.page = 4096, .fail_at = -1};
      disk_set(&d, before, OLD_SIZE);
      size_t stop = draw((uint32_t)log.events);
      for (size_t k = 0; k < stop; k++)
        disk_apply(&d, &log.log[k]);
      uint32_t kind = draw(3);
      if (kind == 0) { /* cut, or cut at a block */
        d.size = draw((uint32_t)d.size);
        d.size -= draw(2) ? d.size % 2880 : 0;
      } else if (kind == 1) { /* longer */
        size_t more = draw(2) ? 2880 : draw(200) + 1;
        disk_reserve(&d, d.size + more);
        d.size += more;
      } else { /* another file put in its place, of the same size */
        for (size_t k = 0; k < OLD_SIZE; k++)
          d.data[k] = (uint8_t)(d.data[k] ^ 0x55);
      }
      uint8_t *was = malloc(d.size + 1);
      size_t was_size = d.size;
      memcpy(was, d.data, d.size);
      verdict found = write_state(&d);
      if (found == IS_REFUSED)
        CHECK(d.events == 0);
      if (kind < 2 && found == IS_WRONG) /* there is no footer where it is looked for: nothing is done */
        CHECK(d.events == 0 && d.size == was_size && memcmp(was, d.data, was_size) == 0);
      if (kind == 2)
        CHECK(found != IS_AFTER);
      free(was);
      disk_free(&d);
    }
    disk_free(&log);
  }
}

/* Records with right CRCs and absurd numbers: nothing is written outside the file, and it ends. */
static void absurd_records(void) {
  static const setting how = {4096, 3008, false, false};
  static const uint64_t odd[] = {
      0,   1, 2, 59, 2880, UINT64_C(1) << 31, OLD_SIZE, UINT64_C(1) << 32, UINT64_MAX, INT64_MAX, UINT64_C(1) << 63,
      4096};
  size_t done = 0;
  for (size_t i = 0; i < CASE_COUNT; i++) {
    disk log = {.page = 4096, .fail_at = -1}, d = {.page = 4096, .fail_at = -1}, m = {.page = 4096, .fail_at = -1};
    bool written = false;
    make_after(&CASES[i]);
    disk_set(&log, before, OLD_SIZE);
    CHECK_OK(perform(&log, &CASES[i], &how, &written), err);
    /* The state behind the commit: the last event that leaves the size a trailer's, without a slot. */
    disk_set(&d, before, OLD_SIZE);
    rf_trailer t;
    rf_edit_state reached = RF_EDIT_NONE;
    for (size_t k = 0; k < log.events && reached != RF_EDIT_COMMITTED; k++) {
      rf_store store = disk_store(&d);
      disk_apply(&d, &log.log[k]);
      CHECK_OK(rf_trailer_load(&store, d.size, &t, &reached, &err), err);
      if (reached != RF_EDIT_COMMITTED)
        rf_trailer_clear(&t);
    }
    CHECK(reached == RF_EDIT_COMMITTED);
    for (int n = 0; n < (int)(is_long ? 20000 : check_turns(400, 40)); n++) {
      disk_set(&m, d.data, d.size);
      m.limit = d.size;
      for (uint32_t change = draw(3) + 1; change > 0; change--) {
        uint8_t *at = m.data + t.record + 8 * draw((uint32_t)(t.record_bytes / 8));
        uint64_t value = odd[draw(sizeof odd / sizeof *odd)];
        if (draw(2) == 0) {
          memcpy(&value, at, 8);
          value += draw(2) ? 1 : UINT64_MAX;
        }
        memcpy(at, &value, 8);
      }
      uint8_t *foot = m.data + m.size - 64;
      if (draw(4) == 0) {
        uint64_t value = odd[draw(sizeof odd / sizeof *odd)];
        memcpy(foot + 16 + 8 * draw(5), &value, 8);
      }
      uint32_t crc = rf_crc32c(m.data + t.start + 2880, (size_t)(t.record + t.record_bytes - t.start - 2880), 0);
      memcpy(foot + 12, &crc, 4);
      crc = rf_crc32c(foot, 60, 0);
      memcpy(foot + 60, &crc, 4);
      if (draw(2) == 0) {
        uint8_t *slot = m.data + t.end;
        rf_edit_progress at = {draw(3), draw(3), draw(4), draw(4), draw(2) ? draw(5000) : odd[draw(8)], draw(60), 0};
        rf_line_encode_slot(&at, slot);
      }
      (void)read_state(m.data, m.size, true, 4096);
      if (write_state(&m) == IS_REFUSED)
        CHECK(m.events == 0);
      else
        done++;
      CHECK(!m.outside);
    }
    rf_trailer_clear(&t);
    disk_free(&log);
    disk_free(&d);
    disk_free(&m);
  }
  CHECK(done > 0);
}

/* ---- small ones ---- */

static void what_changes_in_one_page_needs_no_trailer(void) {
  disk d = {.page = 4096, .fail_at = -1};
  rf_edit *e = NULL;
  bool written = false;
  disk_set(&d, before, OLD_SIZE);
  rf_store store = disk_store(&d);
  rf_error_clear(&err);
  CHECK_OK(rf_edit_begin(&store, OLD_SIZE, OLD_SIZE, &e, &err), err);
  CHECK_OK(rf_store_write(rf_edit_store(e), 4096, "first", 5, &err), err);
  CHECK_OK(rf_store_write(rf_edit_store(e), 8185, "last", 4, &err), err);
  CHECK_OK(rf_edit_commit(e, &written, &err), err);
  rf_edit_free(e);
  CHECK(d.events == 1 && written && d.size == OLD_SIZE && memcmp(d.data + 8185, "last", 4) == 0);
  disk_set(&d, before, OLD_SIZE);
  written = false;
  CHECK_OK(rf_edit_begin(&store, OLD_SIZE, OLD_SIZE, &e, &err), err);
  CHECK_OK(rf_edit_commit(e, &written, &err), err);
  rf_edit_free(e);
  CHECK(d.events == 0 && !written);
  disk_free(&d);
}

/* A pool of several MiB is not kept in memory, and a failure after that leaves nothing behind. */
static void a_large_pool_goes_to_the_file(void) {
  size_t n = (size_t)5 << 20;
  uint8_t *bytes = malloc(n + 80);
  for (int fail = 0; fail < 2; fail++) {
    disk d = {.page = 1 << 20, .fail_at = -1};
    rf_edit *e = NULL;
    bool written = false;
    for (size_t i = 0; i < n; i++)
      bytes[i] = (uint8_t)(i * 7 + (i >> 10));
    disk_set(&d, before, OLD_SIZE);
    rf_store store = disk_store(&d);
    rf_error_clear(&err);
    CHECK_OK(rf_edit_begin(&store, OLD_SIZE, OLD_SIZE + n, &e, &err), err);
    CHECK_OK(rf_store_move(rf_edit_store(e), 2880, 2880 + n, OLD_SIZE - 2880, &err), err);
    for (size_t at = 0; at < n; at += n / 5)
      CHECK_OK(rf_store_write(rf_edit_store(e), 2880 + at, bytes + at, n / 5, &err), err);
    CHECK(d.size > OLD_SIZE + n);
    CHECK(compare(d.data, OLD_SIZE) == IS_BEFORE);
    if (!fail)
      CHECK_OK(rf_edit_commit(e, &written, &err), err);
    rf_edit_free(e);
    CHECK(written == !fail && d.size == (fail ? OLD_SIZE : OLD_SIZE + n));
    if (!fail)
      CHECK(memcmp(d.data + 2880, bytes, n) == 0 && memcmp(d.data + 2880 + n, before + 2880, OLD_SIZE - 2880) == 0);
    disk_free(&d);
  }
  free(bytes);
}

static void the_portable_crc_gives_the_same(void) {
  uint8_t bytes[1000];
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (uint8_t)(i * i + 3);
  CHECK(rf_crc32c("123456789", 9, 0) == 0xE3069283u);
  for (size_t n = 0; n < sizeof bytes; n += 37) {
    rf_sum sum;
    uint32_t crc[2], total[2];
    for (int fast = 0; fast < 2; fast++) {
      rf_crc32c_set_fast(fast != 0);
      crc[fast] = rf_crc32c(bytes, n, 5);
      rf_sum_begin(&sum, false);
      rf_sum_add(&sum, bytes, n < 512 ? 0 : 512);
      rf_sum_add(&sum, bytes + (n < 512 ? 0 : 512), n < 512 ? n : n - 512);
      total[fast] = rf_sum_end(&sum);
    }
    CHECK(crc[0] == crc[1] && total[0] == total[1]);
    CHECK(rf_crc32c("123456789", 9, 0) == 0xE3069283u);
  }
}

int main(int argc, char **argv) {
  is_long = argc > 1 && strcmp(argv[1], "long") == 0;
  rf_options_init(&options);
  make_before();
  RUN(the_portable_crc_gives_the_same);
  RUN(what_changes_in_one_page_needs_no_trailer);
  RUN(a_large_pool_goes_to_the_file);
  RUN(a_file_that_was_changed_since_is_left_alone_or_finished_right);
  RUN(absurd_records);
  rf_edit_tune(0, false);
  free(after);
  return check_report();
}
