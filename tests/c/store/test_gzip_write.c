/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing through the gzip filter: into a file that is replaced, in place, in memory, and with failures.
 */
#include <stdlib.h>
#include <zlib.h>

#include "check.h"
#include "gzip_probe.h"
#include "store/filter/whole.h"
#include "store/open.h"

/* ---------------------------------------------------------------- writing */

static void nothing_written_is_an_empty_member(void) {
  probe_reset(new_bytes(0));
  rf_error err;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_CREATE, 0, &err);
  CHECK_OK(rf_store_close(store, &err), err);
  bytes nothing = zeros(0);
  check_file(nothing);
  free(nothing.data);
}

static void sync_writes_back_and_goes_on(void) {
  probe_reset(new_bytes(0));
  bytes plain = noise(100000, 16);
  rf_error err;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_CREATE, 0, &err);
  CHECK_OK(rf_store_write(store, 0, plain.data, 50000, &err), err);
  CHECK_OK(rf_store_sync(store, &err), err);
  bytes half = plain;
  half.n = 50000;
  check_file(half);
  CHECK_OK(rf_store_sync(store, &err), err);
  CHECK(probe.commits == 1);
  CHECK_OK(rf_store_write(store, 50000, plain.data + 50000, 50000, &err), err);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(probe.commits == 2);
  check_file(plain);
  free(plain.data);
}

static void discarded_is_not_written_back(void) {
  bytes plain = noise(100000, 21);
  probe_reset(gzipped(plain));
  rf_error err;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  CHECK_OK(rf_store_write(store, 5, "half done", 9, &err), err);
  rf_store_discard(store);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(probe.writes == 0 && probe.commits == 0);
  check_file(plain);
  free(plain.data);
}

static void created_over_an_old_file_leaves_it_until_the_end(void) {
  bytes plain = noise(100000, 22);
  probe_reset(gzipped(plain));
  rf_error err;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_CREATE, 0, &err);
  uint64_t size = 1;
  CHECK_OK(rf_store_size(store, &size, &err), err);
  CHECK(size == 0);
  CHECK_OK(rf_store_write(store, 0, "new", 3, &err), err);
  check_file(plain);
  CHECK_OK(rf_store_close(store, &err), err);
  bytes fresh = {(uint8_t *)"new", 3};
  check_file(fresh);
  free(plain.data);
}

static void unchanged_is_not_rewritten(void) {
  bytes plain = noise(100000, 17);
  probe_reset(gzipped(plain));
  rf_error err;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  check_whole(store, plain);
  CHECK_OK(rf_store_sync(store, &err), err);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(probe.writes == 0 && probe.replaces == 0);
  free(plain.data);
}

static void changed_in_the_middle_cut_and_grown(void) {
  bytes plain = noise(700000, 18);
  rf_error err;
  probe_reset(gzipped(plain));
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  check_range(store, plain, 0, 100);
  CHECK_OK(rf_store_write(store, 350000, "changed", 7, &err), err);
  memcpy(plain.data + 350000, "changed", 7);
  check_whole(store, plain);
  CHECK_OK(rf_store_truncate(store, 400000, &err), err);
  CHECK_OK(rf_store_truncate(store, 700000, &err), err);
  memset(plain.data + 400000, 0, 300000);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  check_file(plain);
  free(plain.data);
}

static void full_disk_keeps_the_old_file(void) {
  bytes plain = noise(700000, 19), packed = gzipped(plain);
  bytes copy = new_bytes(packed.n);
  memcpy(copy.data, packed.data, packed.n);
  rf_error err;
  probe_reset(copy);
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  CHECK_OK(rf_store_write(store, 0, "other", 5, &err), err);
  probe.room = 1000;
  CHECK(rf_store_sync(store, &err) == RF_ERR_NO_SPACE);
  CHECK_STR(err.message, "probe: the disk is full");
  CHECK(probe.commits == 0 && probe.aborts == probe.replaces);
  rf_error_clear(&err);
  CHECK(rf_store_close(store, &err) == RF_ERR_NO_SPACE);
  CHECK(probe.commits == 0 && probe.aborts == probe.replaces);
  CHECK(probe.content.n == packed.n && memcmp(probe.content.data, packed.data, packed.n) == 0);
  free(plain.data);
  free(packed.data);
}

static void closed_folder_is_an_error_at_once(void) {
  rf_error err;
  probe_reset(new_bytes(0));
  probe.refuse_replace = 1;
  CHECK(open_probe("probe://test/x.gz", RF_MODE_CREATE, 0, &err) == NULL);
  CHECK(err.code == RF_ERR_PERMISSION);
  bytes plain = noise(1000, 20);
  probe_reset(gzipped(plain));
  probe.refuse_replace = 1;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  check_whole(store, plain);
  CHECK(rf_store_write(store, 0, "x", 1, &err) == RF_ERR_PERMISSION);
  check_whole(store, plain);
  rf_error_clear(&err);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void written_in_place_where_nothing_can_be_replaced(void) {
  bytes plain = noise(700000, 21), shorter = plain;
  shorter.n = 1000;
  rf_error err;
  probe_reset(gzipped(plain));
  rf_store *store = open_probe("flat://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  CHECK_OK(rf_store_truncate(store, 1000, &err), err);
  CHECK_OK(rf_store_close(store, &err), err);
  check_file(shorter);
  free(plain.data);
}

static void corrupt_file_refuses_changes(void) {
  bytes plain = noise(300000, 22), packed = gzipped(plain);
  packed.data[packed.n - 8] ^= 1;
  rf_error err;
  probe_reset(packed);
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  CHECK(rf_store_write(store, 0, "x", 1, &err) == RF_ERR_CODEC);
  rf_error_clear(&err);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(probe.writes == 0);
  free(plain.data);
}

static void bytes_in_memory(void) {
  bytes plain = noise(300000, 23), packed = gzipped(plain);
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  rf_error err;
  rf_error_clear(&err);
  rf_store *store = NULL;
  CHECK_OK(rf_store_open_bytes(packed.data, packed.n, &options, &store, &err), err);
  check_whole(store, plain);
  CHECK_OK(rf_store_write(store, 5, "x", 1, &err), err);
  plain.data[5] = 'x';
  check_whole(store, plain);
  CHECK_OK(rf_store_sync(store, &err), err);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
  free(packed.data);
}

/* ---------------------------------------------------------------- memory */

typedef struct failing_allocator {
  long countdown; /* allocations until one fails; < 0: none does */
  long live;
} failing_allocator;

static void *failing_realloc(void *user, void *block, size_t size) {
  failing_allocator *a = user;
  if (a->countdown == 0)
    return NULL;
  if (a->countdown > 0)
    a->countdown--;
  void *grown = realloc(block, size);
  if (grown != NULL && block == NULL)
    a->live++;
  return grown;
}

static void failing_free(void *user, void *block) {
  failing_allocator *a = user;
  if (block != NULL)
    a->live--;
  free(block);
}

static void every_allocation_may_fail(void) {
  bytes plain = noise(600000, 26), packed = gzipped(plain);
  failing_allocator state = {0};
  rf_allocator allocator = {.realloc_ = failing_realloc, .free_ = failing_free, .user = &state};
  rf_allocator_set(&allocator);
  int finished = 0;
  for (long n = 0; n < 200 && !finished; n++) {
    bytes copy = new_bytes(packed.n);
    memcpy(copy.data, packed.data, packed.n);
    probe_reset(copy);
    rf_error err;
    state.countdown = n;
    rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
    rf_status status = store != NULL ? RF_OK : err.code;
    uint8_t byte;
    if (status == RF_OK)
      status = rf_store_read(store, 100000, &byte, 1, &err);
    if (status == RF_OK)
      status = rf_store_read(store, plain.n - 1, &byte, 1, &err);
    if (status == RF_OK)
      status = rf_store_write(store, 0, "x", 1, &err);
    if (store != NULL) {
      rf_status closed = rf_store_close(store, status == RF_OK ? &err : NULL);
      status = status != RF_OK ? status : closed;
    }
    CHECK(status == RF_OK || status == RF_ERR_MEMORY);
    CHECK(state.live == 0);
    finished = state.countdown != 0;
    CHECK(!finished || status == RF_OK);
  }
  CHECK(finished);
  rf_allocator_set(NULL);
  free(plain.data);
  free(packed.data);
}

static void the_filter(void) {
  RUN(created_and_written_back_at_close);
  RUN(nothing_written_is_an_empty_member);
  RUN(sync_writes_back_and_goes_on);
  RUN(discarded_is_not_written_back);
  RUN(created_over_an_old_file_leaves_it_until_the_end);
  RUN(unchanged_is_not_rewritten);
  RUN(changed_in_the_middle_cut_and_grown);
  RUN(full_disk_keeps_the_old_file);
  RUN(closed_folder_is_an_error_at_once);
  RUN(written_in_place_where_nothing_can_be_replaced);
  RUN(corrupt_file_refuses_changes);
  RUN(bytes_in_memory);
}

int main(void) {
  rf_error err;
  CHECK_OK(rf_driver_register(&probe_row, &err), err);
  CHECK_OK(rf_driver_register(&flat_row, &err), err);
  the_filter();
  rf_whole_set_enabled(0);
  the_filter();
  rf_whole_set_enabled(1);
  RUN(every_allocation_may_fail);
  probe_reset((bytes){0});
  return check_report();
}
