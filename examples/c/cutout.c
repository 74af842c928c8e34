/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads a cutout of a remote image:  cutout URL HDU Y X SIZE
 * Only the header and the bytes of the cutout are fetched.
 */
#include <rustfits.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static rf_status read_cutout(rf_file *file, size_t index, int64_t y, int64_t x, uint64_t side, double *pixels,
                             rf_error *err) {
  const rf_axis section[2] = {{.start = y, .step = 1, .count = side}, {.start = x, .step = 1, .count = side}};
  rf_image_request request;
  rf_image_request_init(&request);
  request.section = section;
  request.naxis = 2;
  request.dtype = RF_F64;
  request.data = pixels;
  request.data_bytes = side * side * sizeof *pixels;
  return rf_image_read(file, index, &request, err);
}

static rf_status show(rf_file *file, uint64_t side, const double *pixels, rf_error *err) {
  double sum = 0;
  for (uint64_t i = 0; i < side * side; i++)
    sum += pixels[i];
  rf_remote_stats stats = {.size = sizeof stats};
  rf_status status = rf_file_get_remote_stats(file, &stats, err);
  if (status == RF_OK)
    printf("mean %g; %" PRIu64 " requests, %" PRIu64 " of %" PRIu64 " bytes\n", sum / (double)(side * side),
           stats.requests, stats.bytes_fetched, stats.file_bytes);
  return status;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: cutout URL HDU Y X SIZE\n");
    return 2;
  }
  const size_t index = strtoul(argv[2], NULL, 10);
  const int64_t y = strtoll(argv[3], NULL, 10), x = strtoll(argv[4], NULL, 10);
  const uint64_t side = strtoull(argv[5], NULL, 10);
  if (side == 0 || side > 10000) {
    fprintf(stderr, "expected a size of 1 to 10000 pixels, found %s\n", argv[5]);
    return 2;
  }

  rf_remote_options remote;
  rf_remote_options_init(&remote);
  remote.mode = RF_REMOTE_RANGES; /* an error if the server sends whole files only */
  rf_options options;
  rf_options_init(&options);
  options.remote = &remote;

  rf_error err;
  rf_file *file;
  double *pixels = calloc(side * side, sizeof *pixels);
  if (pixels == NULL)
    return 1;
  rf_status status = rf_file_open(argv[1], RF_MODE_READ, &options, &file, &err);
  if (status == RF_OK) {
    status = read_cutout(file, index, y, x, side, pixels, &err);
    if (status == RF_OK)
      status = show(file, side, pixels, &err);
    (void)rf_file_free(file, NULL); /* a file that was only read */
  }
  free(pixels);
  if (status != RF_OK)
    fprintf(stderr, "%s\n", err.message);
  return status != RF_OK;
}
