/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes an image, edits its header, adds checksums, and reads a section.
 */
#include <rustfits.h>

#include <inttypes.h>
#include <stdio.h>

/* Says what went wrong; the message names file, HDU, what was found and what was expected. */
static int fail(const rf_error *err) {
  fprintf(stderr, "%s: %s\n", rf_status_get_name(err->code), err->message);
  return 1;
}

static int make(const char *name) {
  rf_error err;
  rf_file *file;
  if (rf_file_open(name, RF_MODE_CREATE, NULL, &file, &err) != RF_OK)
    return fail(&err);

  float pixels[100 * 200];
  for (int i = 0; i < 100 * 200; i++)
    pixels[i] = (float)i / 8;

  /* Axes are given slowest first, as a C array is declared: float image[100][200]. */
  const uint64_t axes[2] = {100, 200};
  const rf_image_spec spec = {
      .size = sizeof spec, .dtype = RF_F32, .naxis = 2, .axes = axes, .extname = "SCI", .extver = 1};
  size_t index;
  rf_status status = rf_image_create(file, &spec, &index, &err);
  if (status == RF_OK) {
    const rf_image_request request = {
        .size = sizeof request, .dtype = RF_F32, .data = pixels, .data_bytes = sizeof pixels};
    status = rf_image_write(file, index, &request, &err);
  }
  if (status != RF_OK) {
    (void)rf_file_free(file, NULL);
    return fail(&err);
  }
  /* Closing writes back what is pending, so it can fail too. */
  return rf_file_free(file, &err) == RF_OK ? 0 : fail(&err);
}

static int edit(const char *name) {
  rf_error err;
  rf_file *file;
  rf_header *header;
  if (rf_file_open(name, RF_MODE_READ_WRITE, NULL, &file, &err) != RF_OK)
    return fail(&err);

  /* A header is a copy: change it, then put it in the old one's place. */
  rf_status status = rf_hdu_get_header(file, 0, &header, &err);
  if (status == RF_OK) {
    const rf_value exposure = {.kind = RF_VALUE_REAL, .real = 30.5};
    status = rf_header_set(header, "EXPTIME", &exposure, "[s] exposure time", &err);
    if (status == RF_OK)
      status = rf_hdu_set_header(file, 0, header, &err);
    rf_header_free(header);
  }
  if (status == RF_OK)
    status = rf_hdu_add_checksum(file, 0, 1, &err);
  if (status != RF_OK) {
    (void)rf_file_free(file, NULL);
    return fail(&err);
  }
  return rf_file_free(file, &err) == RF_OK ? 0 : fail(&err);
}

static int look(const char *name) {
  rf_error err;
  rf_file *file;
  if (rf_file_open(name, RF_MODE_READ, NULL, &file, &err) != RF_OK)
    return fail(&err);

  /* Rows 10, 12, 14 and columns 199, 198, 197: only these pixels are read. */
  const rf_axis section[2] = {{.start = 10, .step = 2, .count = 3}, {.start = 199, .step = -1, .count = 3}};
  float corner[3][3];
  rf_checksum_state checksum = RF_CHECKSUM_ABSENT;
  const rf_image_request request = {.size = sizeof request,
                                    .section = section,
                                    .naxis = 2,
                                    .dtype = RF_F32,
                                    .data = corner,
                                    .data_bytes = sizeof corner};
  rf_status status = rf_image_read(file, 0, &request, &err);
  if (status == RF_OK)
    status = rf_hdu_verify_checksum(file, 0, NULL, &checksum, &err);
  if (status != RF_OK) {
    (void)rf_file_free(file, NULL);
    return fail(&err);
  }
  printf("image[10][199] = %g, checksum %s\n", corner[0][0], checksum == RF_CHECKSUM_RIGHT ? "right" : "wrong");
  int wrong = corner[0][0] != (10 * 200 + 199) / 8.0F || checksum != RF_CHECKSUM_RIGHT;
  return rf_file_free(file, &err) == RF_OK ? wrong : fail(&err);
}

int main(void) {
  return make("example.fits") || edit("example.fits") || look("example.fits");
}
