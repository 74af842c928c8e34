/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads a FITS file through a driver of its own: the bytes are in an array, and the driver counts what is read of them.
 * A driver can serve any source of bytes that can be read at offsets.
 */
#include <rustfits.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct source {
  const unsigned char *bytes;
  size_t size;
  size_t read; /* bytes that were read so far; this program has one thread */
} source;

static rf_status source_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                             void **state, rf_error *err) {
  (void)name, (void)mode, (void)options, (void)err;
  *state = driver->user;
  return RF_OK;
}

static rf_status source_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  source *from = state;
  (void)err;
  size_t there = offset < from->size ? from->size - (size_t)offset : 0;
  *got = n < there ? n : there; /* fewer bytes only at the end */
  if (*got > 0)
    memcpy(buffer, from->bytes + offset, *got);
  from->read += *got;
  return RF_OK;
}

static rf_status source_get_size(void *state, uint64_t *size, rf_error *err) {
  (void)err;
  *size = ((source *)state)->size;
  return RF_OK;
}

static rf_status source_close(void *state, rf_error *err) {
  (void)state, (void)err;
  return RF_OK;
}

static const rf_driver_ops source_ops = {
    .size = sizeof(rf_driver_ops),
    .open = source_open,
    .read_at = source_read_at,
    .get_size = source_get_size,
    .close = source_close,
};

/* Makes a file of 4 MB in memory; the caller frees *bytes. */
static rf_status make(unsigned char **bytes, uint64_t *size, rf_error *err) {
  static int32_t pixels[1000][1000];
  const uint64_t axes[2] = {1000, 1000};
  for (int y = 0; y < 1000; y++)
    for (int x = 0; x < 1000; x++)
      pixels[y][x] = y - x;
  rf_file *file;
  rf_image_spec spec;
  rf_image_spec_init(&spec);
  spec.dtype = RF_I32;
  spec.naxis = 2;
  spec.axes = axes;
  const rf_image_request all = {.size = sizeof all, .dtype = RF_I32, .data = pixels, .data_bytes = sizeof pixels};
  size_t index;
  rf_status status = rf_file_open("mem://", RF_MODE_CREATE, NULL, &file, err);
  if (status != RF_OK)
    return status;
  status = rf_image_create(file, &spec, &index, err);
  if (status == RF_OK)
    status = rf_image_write(file, index, &all, err);
  if (status == RF_OK)
    status = rf_file_get_size(file, size, err);
  *bytes = status == RF_OK ? malloc((size_t)*size) : NULL;
  if (*bytes != NULL)
    status = rf_file_read_bytes(file, 0, *bytes, (size_t)*size, err);
  (void)rf_file_free(file, NULL);
  return status;
}

static rf_status read_pixel(source *from, int32_t *pixel, rf_error *err) {
  const rf_driver driver = {.size = sizeof driver, .ops = &source_ops, .user = from};
  const rf_axis section[2] = {{.start = 700, .step = 1, .count = 1}, {.start = 1, .step = 1, .count = 1}};
  const rf_image_request request = {.size = sizeof request,
                                    .section = section,
                                    .naxis = 2,
                                    .dtype = RF_I32,
                                    .data = pixel,
                                    .data_bytes = sizeof *pixel};
  rf_file *file;
  rf_status status = rf_file_open_driver(&driver, "my bytes", RF_MODE_READ, NULL, &file, err);
  if (status != RF_OK)
    return status;
  status = rf_image_read(file, 0, &request, err);
  rf_status closed = rf_file_free(file, status == RF_OK ? err : NULL);
  return status == RF_OK ? closed : status;
}

int main(void) {
  rf_error err;
  source from = {0};
  unsigned char *bytes = NULL;
  uint64_t size = 0;
  int32_t pixel = 0;
  rf_status status = make(&bytes, &size, &err);
  if (status == RF_OK) {
    from.bytes = bytes;
    from.size = (size_t)size;
    status = read_pixel(&from, &pixel, &err);
  }
  if (status == RF_OK)
    printf("pixel %d; %zu of %zu bytes read\n", (int)pixel, from.read, from.size);
  else
    fprintf(stderr, "%s\n", err.message);
  free(bytes);
  return !(status == RF_OK && pixel == 699 && from.read < 20000);
}
