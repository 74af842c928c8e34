/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HDUs that are begun and published: wherever a process dies or a write fails, the file has the HDUs that it had, or
 * the new one whole; until then no other thread sees it.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "fits_bytes.h"
#include "file/file.h"
#include "table_rows.h"
#include "table_calls.h"
#include "image_request.h"

/* Does the watched file have these bytes, which may be none? */
static bool file_is(const void *bytes, size_t n) {
  return watched.size == n && (n == 0 || memcmp(watched.bytes, bytes, n) == 0);
}

static rf_error err;

static size_t count_of(rf_file *file) {
  size_t count = 99;
  CHECK_OK(rf_file_get_hdu_count(file, &count, &err), err);
  return count;
}

/* ---- what is made ---- */

/* Makes one HDU of the open file in several calls; gives the first failure. */
typedef rf_status maker(rf_file *file, rf_error *e);

static int16_t pixels[60 * 70];

static rf_status end(rf_file *file, rf_status status, size_t index, rf_error *e) {
  rf_error ignored;
  if (status == RF_OK)
    return rf_hdu_publish(file, index, e);
  rf_status discarded = rf_hdu_discard(file, index, &ignored);
  CHECK(discarded == RF_OK || discarded == RF_ERR_TAINTED);
  return status;
}

static rf_status make_image(rf_file *file, const rf_compression *compression, const rf_header *header, rf_error *e) {
  static const uint64_t axes[2] = {60, 70};
  size_t index = 0;
  rf_image_spec spec = {.size = sizeof spec,
                        .dtype = RF_I16,
                        .naxis = 2,
                        .axes = axes,
                        .extver = -1,
                        .header = header,
                        .compression = compression,
                        .deferred = 1};
  RF_TRY(rf_image_create(file, &spec, &index, e));
  rf_axis upper[2] = {{0, 1, 25, NULL}, {0, 1, 70, NULL}}, lower[2] = {{25, 1, 35, NULL}, {0, 1, 70, NULL}};
  rf_status status =
      rf_image_write(file, index, PIXELS(.section = upper, .dtype = RF_I16, .data = pixels, .data_bytes = 25 * 140), e);
  if (status == RF_OK)
    status = rf_image_write(
        file, index, PIXELS(.section = lower, .dtype = RF_I16, .data = pixels + 25 * 70, .data_bytes = 35 * 140), e);
  return end(file, status, index, e);
}

static rf_status plain_image(rf_file *file, rf_error *e) {
  return make_image(file, NULL, NULL, e);
}

/* All pixels in one call: they are in memory until the image is published. */
static rf_status held_image(rf_file *file, rf_error *e) {
  static const uint64_t axes[2] = {60, 70};
  size_t index = 0;
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I16, .naxis = 2, .axes = axes, .extver = -1, .deferred = 1};
  RF_TRY(rf_image_create(file, &spec, &index, e));
  return end(
      file,
      rf_image_write(file, index,
                     PIXELS(.dtype = RF_I16, .flags = RF_IMAGE_HELD, .data = pixels, .data_bytes = sizeof pixels), e),
      index, e);
}

/* Its header takes several blocks, and several pages. */
static rf_status image_with_history(rf_file *file, rf_error *e) {
  rf_header *header;
  RF_TRY(rf_header_new(&header, e));
  for (int i = 0; i < 200; i++)
    CHECK_OK(rf_header_add(header, "HISTORY", "one more", &err), err);
  rf_status status = make_image(file, NULL, header, e);
  rf_header_free(header);
  return status;
}

static rf_status tiles(rf_file *file, rf_error *e) {
  rf_compression compression = {.size = sizeof compression};
  rf_compression_init(&compression);
  compression.type = RF_Z_RICE_1;
  return make_image(file, &compression, NULL, e);
}

static rf_status make_table(rf_file *file, const rf_table_compression *compression, rf_error *e) {
  static const rf_column_spec columns[2] = {
      {.size = sizeof(rf_column_spec), .name = "a", .type = RF_I16},
      {.size = sizeof(rf_column_spec), .name = "v", .type = RF_U8, .descriptor = 'P'}};
  static const uint64_t lengths[5] = {3, 0, 4, 1, 2};
  size_t index = 0;
  rf_table_spec spec = {.size = sizeof spec,
                        .kind = RF_HDU_TABLE,
                        .columns = columns,
                        .ncols = 2,
                        .extver = -1,
                        .compression = compression,
                        .deferred = 1};
  RF_TRY(rf_table_create(file, &spec, &index, e));
  rf_column_request request = rows_request(0, RF_I16, 0, pixels, 2);
  rf_rows rows = {0, 1, 5, NULL};
  rf_status status = call_append(file, index, 5, &request, 1, e);
  if (status == RF_OK)
    status = call_write_heap(file, index, 1, &rows, lengths, RF_U8, 0, "abcdefghij", 10, NULL, e);
  return end(file, status, index, e);
}

static rf_status plain_table(rf_file *file, rf_error *e) {
  return make_table(file, NULL, e);
}

static rf_status packed_table(rf_file *file, rf_error *e) {
  const rf_table_compression compression = {.size = sizeof compression, .tile_rows = 2};
  return make_table(file, &compression, e);
}

static rf_status zeros(rf_file *file, rf_error *e) {
  static const uint64_t axes[1] = {5000};
  size_t index;
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_F32, .naxis = 1, .axes = axes, .extver = -1};
  return rf_image_create(file, &spec, &index, e);
}

static rf_status blank_rows(rf_file *file, rf_error *e) {
  static const rf_column_spec column = {.size = sizeof(rf_column_spec), .name = "a", .type = RF_I32};
  size_t index;
  rf_table_spec spec = {
      .size = sizeof spec, .kind = RF_HDU_ASCII_TABLE, .nrows = 9, .columns = &column, .ncols = 1, .extver = -1};
  return rf_table_create(file, &spec, &index, e);
}

static rf_status made_by(rf_file *file, bool pack, rf_error *e) {
  rf_file *from = NULL;
  CHECK_OK(rf_file_open("mem://", RF_MODE_CREATE, NULL, &from, &err), err);
  CHECK_OK(plain_image(from, &err), err);
  rf_status status = pack ? rf_hdu_pack(from, 0, file, NULL, NULL, NULL, e) : rf_hdu_copy(from, 0, file, NULL, e);
  (void)rf_file_free(from, NULL);
  return status;
}

static rf_status copied(rf_file *file, rf_error *e) {
  return made_by(file, false, e);
}

static rf_status packed(rf_file *file, rf_error *e) {
  return made_by(file, true, e);
}

/* ---- dying and failing ---- */

/* The HDUs of the file as it is now are those of `whole`: `old` of them, or all. */
static void check_old_or_new(const fits_bytes *whole, size_t old, bool died) {
  rf_file *after = NULL, *expected = NULL;
  rf_status status = rf_file_open("watched://x", RF_MODE_READ, NULL, &after, &err);
  if (old == 0 && status != RF_OK) {
    CHECK(status == RF_ERR_NOT_FITS);
    return;
  }
  CHECK_OK(status, err);
  CHECK_OK(fits_open(whole, &expected, &err), err);
  size_t count = count_of(after), all = count_of(expected);
  CHECK(count == all || (died && count == old));
  for (size_t i = 0; i < count; i++) {
    rf_hdu_info a = {.size = sizeof a}, b = {.size = sizeof b};
    CHECK_OK(rf_hdu_get_info(after, i, &a, &err), err);
    CHECK_OK(rf_hdu_get_info(expected, i, &b, &err), err);
    CHECK(a.header_offset == b.header_offset && a.data_offset == b.data_offset && a.data_bytes == b.data_bytes);
    size_t end = (size_t)(a.data_offset + a.data_bytes);
    CHECK(watched.size >= end &&
          memcmp(watched.bytes + a.header_offset, whole->bytes + a.header_offset, end - (size_t)a.header_offset) == 0);
  }
  (void)rf_file_free(after, NULL);
  (void)rf_file_free(expected, NULL);
}

/* What the file becomes when all goes well. */
static void make_whole(const fits_bytes *before, rf_mode mode, maker *make, fits_bytes *whole) {
  rf_file *file;
  watched_load(before);
  CHECK_OK(rf_file_open("watched://x", mode, NULL, &file, &err), err);
  CHECK_OK(make(file, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(watched.size % 2880 == 0);
  memcpy(fits_grow(whole, watched.size, 0), watched.bytes, watched.size);
}

static bool die_at(int step, const fits_bytes *before, rf_mode mode, size_t old, maker *make, const fits_bytes *whole) {
  rf_file *file;
  rf_error e;
  watched_load(before);
  CHECK_OK(rf_file_open("watched://x", mode, NULL, &file, &err), err);
  watched.countdown = step;
  watched.broken = true; /* nothing is undone any more */
  rf_status status = make(file, &e);
  check_old_or_new(whole, old, status != RF_OK);
  watched.countdown = -1;
  bool reached = status != RF_OK;
  if (!reached) {
    CHECK_OK(rf_file_free(file, &err), err);
    return false;
  }
  (void)rf_file_free(file, NULL);
  check_old_or_new(whole, old, true);
  /* The next one is put in the place of what was left. */
  if (old > 0) {
    CHECK_OK(rf_file_open("watched://x", RF_MODE_READ_WRITE, NULL, &file, &err), err);
    if (count_of(file) == old) {
      CHECK_OK(make(file, &err), err);
      CHECK_OK(rf_file_free(file, &err), err);
      CHECK(file_is(whole->bytes, whole->size));
    } else {
      (void)rf_file_free(file, NULL);
    }
  }
  return true;
}

static bool fail_at(int step, const fits_bytes *before, rf_mode mode, size_t old, maker *make,
                    const fits_bytes *whole) {
  rf_file *file;
  rf_error e;
  watched_load(before);
  CHECK_OK(rf_file_open("watched://x", mode, NULL, &file, &err), err);
  watched.countdown = step;
  rf_status status = make(file, &e);
  if (status == RF_OK) {
    CHECK_OK(rf_file_free(file, &err), err);
    return false;
  }
  CHECK(status == RF_ERR_NO_SPACE);
  CHECK(file_is(before->bytes, before->size));
  CHECK(count_of(file) == old);
  CHECK_OK(make(file, &err), err); /* the handle is as good as before */
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(file_is(whole->bytes, whole->size));
  return true;
}

static void sweep(maker *make, bool new_file, size_t lacking, unsigned least, unsigned most) {
  fits_bytes before = {0}, whole = {0};
  size_t old = new_file ? 0 : 2;
  rf_mode mode = new_file ? RF_MODE_CREATE : RF_MODE_READ_WRITE;
  if (!new_file) {
    fits_image(&before, true, 100, NULL);
    fits_begin(&before, "TABLE", 8, 2, (long long[]){10, 10});
    fits_end(&before);
    fits_grow(&before, 100, 'd');
    if (lacking == 0)
      fits_pad(&before, ' ');
  }
  make_whole(&before, mode, make, &whole);
  unsigned steps = 0;
  for (int step = 0; die_at(step, &before, mode, old, make, &whole); step++)
    steps++;
  CHECK(steps >= least && steps <= most);
  for (int step = 0; fail_at(step, &before, mode, old, make, &whole); step++)
    ;
  fits_free(&before);
  fits_free(&whole);
}

static void old_or_new(void) {
  static const struct {
    maker *make;
    unsigned least, most; /* writes: a new HDU is not to cost more by and by */
  } makers[] = {
      {plain_image, 3, 8},   {held_image, 2, 4}, {image_with_history, 3, 8}, {tiles, 3, 16}, {plain_table, 3, 10},
      {packed_table, 3, 24}, {zeros, 3, 6},      {blank_rows, 3, 6},         {copied, 3, 8}, {packed, 3, 16}};
  for (size_t i = 0; i < COUNT(makers); i++)
    for (int how = 0; how < 3; how++)
      sweep(makers[i].make, how == 2, how == 1 ? 100 : 0, makers[i].least, makers[i].most + 2);
}

/* ---- the calls ---- */

static size_t begin_image(rf_file *file, uint64_t n, const char *name) {
  size_t index = 99;
  rf_image_spec spec = {
      .size = sizeof spec, .dtype = RF_I16, .naxis = 1, .axes = &n, .extname = name, .extver = -1, .deferred = 1};
  CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  return index;
}

static void what_is_not_written_is_zero(void) {
  fits_bytes fits = {0};
  rf_file *file, *plain;
  int16_t value[3000];
  fits_image(&fits, true, 100, NULL);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK_OK(fits_open(&fits, &plain, &err), err);
  size_t index = begin_image(file, 3000, NULL);
  CHECK(index == 1);
  rf_axis one = {2000, 1, 1, NULL}, last = {2999, 1, 1, NULL};
  CHECK_OK(
      rf_image_write(file, 1, PIXELS(.section = &one, .dtype = RF_I16, .data = &(int16_t){7}, .data_bytes = 2), &err),
      err);
  CHECK(rf_image_read(file, 1, PIXELS(.section = &last, .dtype = RF_I16, .data = value, .data_bytes = 2), &err) ==
        RF_ERR_TRUNCATED);
  CHECK_OK(rf_hdu_publish(file, 1, &err), err);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_I16, .data = value, .data_bytes = sizeof value), &err), err);
  for (int i = 0; i < 3000; i++)
    CHECK(value[i] == (i == 2000 ? 7 : 0));
  uint64_t size;
  CHECK_OK(rf_file_get_size(file, &size, &err), err);
  CHECK(size % 2880 == 0);
  rf_file_free(file, NULL);
  rf_file_free(plain, NULL);
  fits_free(&fits);
}

static void header_and_data_that_grow_meanwhile(void) {
  fits_bytes fits = {0};
  rf_file *file;
  rf_header *header;
  int16_t value[400];
  fits_image(&fits, true, 100, NULL);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  CHECK(begin_image(file, 300, NULL) == 1);
  CHECK_OK(rf_image_write(file, 1, PIXELS(.dtype = RF_I16, .data = pixels, .data_bytes = 600), &err), err);
  CHECK_OK(rf_hdu_get_header(file, 1, &header, &err), err);
  for (int i = 0; i < 100; i++)
    CHECK_OK(rf_header_add(header, "COMMENT", "longer", &err), err);
  CHECK_OK(rf_hdu_set_header(file, 1, header, &err), err);
  rf_header_free(header);
  CHECK_OK(rf_image_extend(file, 1, 400, &err), err);
  CHECK_OK(rf_hdu_add_checksum(file, 1, 1, &err), err);
  CHECK_OK(rf_hdu_publish(file, 1, &err), err);
  rf_checksum_state data = RF_CHECKSUM_ABSENT, check = RF_CHECKSUM_ABSENT;
  CHECK_OK(rf_hdu_verify_checksum(file, 1, &data, &check, &err), err);
  CHECK(data == RF_CHECKSUM_RIGHT && check == RF_CHECKSUM_RIGHT);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_I16, .data = value, .data_bytes = sizeof value), &err), err);
  CHECK(memcmp(value, pixels, 600) == 0 && value[300] == 0 && value[399] == 0);
  CHECK_STR(rows_card(file, 1, "NAXIS1"), "400");
  rf_file_free(file, NULL);
  fits_free(&fits);
}

static void what_moves_while_an_hdu_is_made(void) {
  fits_bytes fits = {0};
  rf_file *file, *again;
  rf_header *header;
  int16_t value[300];
  fits_image(&fits, true, 100, NULL);
  watched_load(&fits);
  CHECK_OK(rf_file_open("watched://x", RF_MODE_READ_WRITE, NULL, &file, &err), err);
  CHECK(begin_image(file, 300, NULL) == 1);
  CHECK_OK(rf_image_write(file, 1, PIXELS(.dtype = RF_I16, .data = pixels, .data_bytes = 600), &err), err);
  CHECK_OK(rf_hdu_get_header(file, 0, &header, &err), err);
  for (int i = 0; i < 100; i++)
    CHECK_OK(rf_header_add(header, "COMMENT", "longer", &err), err);
  CHECK_OK(rf_hdu_set_header(file, 0, header, &err), err);
  rf_header_free(header);
  CHECK_OK(rf_hdu_publish(file, 1, &err), err);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_I16, .data = value, .data_bytes = sizeof value), &err), err);
  CHECK(memcmp(value, pixels, 600) == 0);
  CHECK_OK(rf_file_open("watched://x", RF_MODE_READ, NULL, &again, &err), err);
  CHECK(count_of(again) == 2);
  CHECK_OK(rf_image_read(again, 1, PIXELS(.dtype = RF_I16, .data = value, .data_bytes = sizeof value), &err), err);
  CHECK(memcmp(value, pixels, 600) == 0);
  rf_file_free(again, NULL);
  rf_file_free(file, NULL);
  fits_free(&fits);
}

static void discarding(void) {
  fits_bytes fits = {0};
  rf_file *file;
  fits_image(&fits, true, 100, NULL);
  for (int how = 0; how < 3; how++) {
    size_t other;
    uint64_t size, n = 3000;
    rf_image_spec spec = {.size = sizeof spec, .dtype = RF_I16, .naxis = 1, .axes = &n, .extver = -1};
    watched_load(&fits);
    CHECK_OK(rf_file_open("watched://x", RF_MODE_READ_WRITE, NULL, &file, &err), err);
    CHECK(rf_hdu_publish(file, 0, &err) == RF_ERR_ARGUMENT);
    CHECK_OK(rf_hdu_discard(file, 0, &err), err);
    CHECK(begin_image(file, 3000, NULL) == 1);
    CHECK_OK(rf_image_write(file, 1, PIXELS(.dtype = RF_I16, .data = pixels, .data_bytes = 6000), &err), err);
    CHECK(watched.size > fits.size);
    CHECK_OK(rf_file_get_size(file, &size, &err), err);
    CHECK(size == fits.size); /* what is being made does not count */
    CHECK(rf_image_create(file, &spec, &other, &err) == RF_ERR_ARGUMENT && strstr(err.message, "publish"));
    CHECK(rf_file_sync(file, &err) == RF_ERR_ARGUMENT);
    CHECK(rf_hdu_publish(file, 0, &err) == RF_ERR_ARGUMENT);
    if (how == 0) {
      CHECK_OK(rf_hdu_discard(file, 1, &err), err);
      CHECK_OK(rf_hdu_discard(file, 1, &err), err);
      CHECK(rf_hdu_publish(file, 1, &err) == RF_ERR_ARGUMENT);
      CHECK(count_of(file) == 1);
    } else if (how == 1) {
      watched.countdown = 0;
      CHECK(rf_image_write(file, 1, PIXELS(.dtype = RF_I16, .data = pixels, .data_bytes = 6000), &err) ==
            RF_ERR_NO_SPACE);
      CHECK(rf_hdu_publish(file, 1, &err) == RF_ERR_ARGUMENT);
      CHECK_OK(rf_hdu_discard(file, 1, &err), err);
      CHECK(count_of(file) == 1);
    }
    CHECK_OK(rf_file_free(file, &err), err);
    CHECK(file_is(fits.bytes, fits.size));
  }
  fits_free(&fits);
}

/* Other calls find held pixels as if they were in the file. */
static void held_pixels_are_found(void) {
  fits_bytes fits = {0};
  rf_file *file;
  int16_t value[3000];
  fits_image(&fits, true, 100, NULL);
  for (int how = 0; how < 5; how++) {
    watched_load(&fits);
    CHECK_OK(rf_file_open("watched://x", RF_MODE_READ_WRITE, NULL, &file, &err), err);
    CHECK(begin_image(file, 3000, NULL) == 1);
    CHECK_OK(rf_image_write(file, 1,
                            PIXELS(.dtype = RF_I16, .flags = RF_IMAGE_HELD, .data = pixels, .data_bytes = 6000), &err),
             err);
    CHECK(watched.size == fits.size);
    rf_axis few = {5, 1, 2, NULL};
    if (how == 1)
      CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_I16, .data = value, .data_bytes = sizeof value), &err), err);
    if (how == 1)
      CHECK(memcmp(value, pixels, sizeof value) == 0);
    if (how == 2)
      CHECK_OK(rf_image_write(
                   file, 1,
                   PIXELS(.section = &few, .dtype = RF_I16, .flags = RF_IMAGE_HELD, .data = pixels, .data_bytes = 4),
                   &err),
               err);
    if (how == 3) {
      watched.countdown = 0;
      CHECK(rf_image_read(file, 1, PIXELS(.dtype = RF_I16, .data = value, .data_bytes = sizeof value), &err) ==
            RF_ERR_NO_SPACE);
      CHECK(rf_hdu_publish(file, 1, &err) == RF_ERR_ARGUMENT); /* the HDU was discarded */
      CHECK(count_of(file) == 1);
    } else if (how == 4) {
      CHECK_OK(rf_hdu_discard(file, 1, &err), err);
    } else {
      CHECK_OK(rf_hdu_publish(file, 1, &err), err);
      CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_I16, .data = value, .data_bytes = sizeof value), &err), err);
      for (size_t i = 0; i < 3000; i++)
        CHECK(value[i] == pixels[how == 2 && i >= 5 && i < 7 ? i - 5 : i]);
      CHECK(watched.size == fits.size + 2880 + 8640);
    }
    (void)rf_file_free(file, NULL);
    CHECK(how < 3 || (watched.size == fits.size && memcmp(watched.bytes, fits.bytes, fits.size) == 0));
  }
  fits_free(&fits);
}

/* ---- threads ---- */

typedef struct other {
  rf_file *file;
  atomic_int state; /* 1: it has looked and is about to append, 2: it has appended */
  size_t index;
} other;

static void *look_and_append(void *context) {
  other *o = context;
  rf_error e;
  size_t count = 99, found;
  uint64_t n = 10;
  rf_hdu_info info = {.size = sizeof info};
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_U8, .naxis = 1, .axes = &n, .extver = -1};
  CHECK(rf_file_get_hdu_count(o->file, &count, &e) == RF_OK && count == 1);
  CHECK(rf_file_find(o->file, "HALF", NULL, &found, &e) == RF_ERR_NOT_FOUND);
  CHECK(rf_hdu_get_info(o->file, 1, &info, &e) == RF_ERR_NOT_FOUND);
  CHECK(rf_hdu_publish(o->file, 1, &e) == RF_ERR_ARGUMENT);
  CHECK(rf_hdu_discard(o->file, 1, &e) == RF_OK);
  atomic_store(&o->state, 1);
  CHECK(rf_image_create(o->file, &spec, &o->index, &e) == RF_OK);
  atomic_store(&o->state, 2);
  return NULL;
}

static void another_thread_waits(void) {
  for (int published = 0; published < 2; published++) {
    fits_bytes fits = {0};
    other o = {NULL, 0, 99};
    pthread_t thread;
    size_t found = 0;
    fits_image(&fits, true, 100, NULL);
    CHECK_OK(fits_open(&fits, &o.file, &err), err);
    CHECK(begin_image(o.file, 300, "HALF") == 1);
    CHECK(count_of(o.file) == 2); /* who makes it sees it */
    CHECK(pthread_create(&thread, NULL, look_and_append, &o) == 0);
    while (atomic_load(&o.state) == 0)
      usleep(1000);
    usleep(20000);
    CHECK(atomic_load(&o.state) == 1);
    CHECK_OK(rf_image_write(o.file, 1, PIXELS(.dtype = RF_I16, .data = pixels, .data_bytes = 600), &err), err);
    CHECK_OK(published ? rf_hdu_publish(o.file, 1, &err) : rf_hdu_discard(o.file, 1, &err), err);
    pthread_join(thread, NULL);
    CHECK(o.index == (published ? 2 : 1) && count_of(o.file) == 2 + (size_t)published);
    CHECK((rf_file_find(o.file, "HALF", NULL, &found, &err) == RF_OK) == published);
    CHECK_OK(rf_file_free(o.file, &err), err);
    fits_free(&fits);
  }
}

int main(void) {
  for (size_t i = 0; i < COUNT(pixels); i++)
    pixels[i] = (int16_t)(i * 37 % 991);
  RUN(old_or_new);
  RUN(what_is_not_written_is_zero);
  RUN(header_and_data_that_grow_meanwhile);
  RUN(what_moves_while_an_hdu_is_made);
  RUN(discarding);
  RUN(held_pixels_are_found);
  RUN(another_thread_waits);
  free(watched.bytes);
  return check_report();
}
