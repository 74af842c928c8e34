/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads a file on a server with the C library alone and writes what it got, for tests/unit/remote/test_remote_c.py.
 *
 *   remote_reader URL FOLDER ranged|download|auto [ca_bundle=F] [endpoint=E] [netrc=1]
 *
 * The file has an image WIDE (f8, two axes) and a table CAT with a column "id" (J). FOLDER gets section, cutouts and
 * ids as the machine's own numbers; the standard output says what it cost. Uses the public header only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rustfits.h"
#include "table_calls.h"
#include "image_request.h"

/* What the options of these tests point at. */
static rf_remote_options fetching;

#define ROWS 60
#define COLUMNS 25
#define CUTOUTS 3
#define SIDE 9
#define IDS 50

static rf_status keep(const char *folder, const char *name, const void *bytes, size_t n) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  if (file == NULL)
    return RF_ERR_IO;
  int written = fwrite(bytes, 1, n, file) == n;
  return fclose(file) == 0 && written ? RF_OK : RF_ERR_IO;
}

/* Every tenth row from the last one on, every twentieth column. */
static rf_status read_section(rf_file *file, size_t image, const char *folder, rf_error *err) {
  static double section[ROWS][COLUMNS];
  static const rf_axis axes[] = {{.start = 599, .step = -10, .count = ROWS},
                                 {.start = 3, .step = 20, .count = COLUMNS}};
  rf_status status = rf_image_read(
      file, image, PIXELS(.section = axes, .dtype = RF_F64, .data = section, .data_bytes = sizeof section), err);
  return status == RF_OK ? keep(folder, "section", section, sizeof section) : status;
}

static rf_status read_cutouts(rf_file *file, size_t image, const char *folder, rf_error *err) {
  static double cutouts[CUTOUTS][SIDE][SIDE];
  static const int64_t starts[] = {300, 200, -4, -4, 595, 495};
  static const uint64_t lengths[] = {SIDE, SIDE};
  static const double outside = -1;
  const rf_cutout_request request = {.size = sizeof request,
                                     .count = CUTOUTS,
                                     .naxis = 2,
                                     .starts = starts,
                                     .lengths = lengths,
                                     .dtype = RF_F64,
                                     .fill = &outside,
                                     .data = cutouts,
                                     .data_bytes = sizeof cutouts};
  rf_status status = rf_image_read_cutouts(file, image, &request, err);
  return status == RF_OK ? keep(folder, "cutouts", cutouts, sizeof cutouts) : status;
}

static rf_status read_ids(rf_file *file, size_t table, const char *folder, rf_error *err) {
  static int32_t ids[IDS];
  static uint64_t numbers[IDS];
  for (size_t i = 0; i < IDS; i++)
    numbers[i] = (i * 977) % 5000;
  const rf_rows rows = {.count = IDS, .indices = numbers};
  rf_column_request request = {.size = sizeof request, .type = RF_I32, .data = ids, .stride = sizeof *ids};
  rf_status status = rf_table_find_column(file, table, "ID", &request.column, err);
  if (status == RF_OK)
    status = call_read(file, table, &rows, &request, 1, err);
  return status == RF_OK ? keep(folder, "ids", ids, sizeof ids) : status;
}

static rf_status read_all(rf_file *file, const char *folder, rf_error *err) {
  size_t count, image, table;
  rf_remote_stats stats = {.size = sizeof stats};
  rf_status status = rf_file_find(file, "wide", NULL, &image, err);
  if (status == RF_OK)
    status = read_section(file, image, folder, err);
  if (status == RF_OK)
    status = read_cutouts(file, image, folder, err);
  if (status == RF_OK)
    status = rf_file_find(file, "CAT", NULL, &table, err);
  if (status == RF_OK)
    status = read_ids(file, table, folder, err);
  if (status == RF_OK)
    status = rf_file_get_hdu_count(file, &count, err);
  if (status == RF_OK)
    status = rf_file_get_remote_stats(file, &stats, err);
  if (status == RF_OK)
    printf("transport %s\ncount %zu\nranged %d\nrequests %llu\nfetched %llu\nsize %llu\n", rf_transport_name("http"),
           count, stats.ranged, (unsigned long long)stats.requests, (unsigned long long)stats.bytes_fetched,
           (unsigned long long)stats.file_bytes);
  return status;
}

static const char *value_of(const char *argument, const char *name) {
  size_t n = strlen(name);
  return strncmp(argument, name, n) == 0 && argument[n] == '=' ? argument + n + 1 : NULL;
}

int main(int argc, char **argv) {
  rf_options options;
  rf_options_init(&options);
  rf_remote_options_init(&fetching);
  options.remote = &fetching;
  if (argc < 4)
    return 2;
  fetching.mode = strcmp(argv[3], "ranged") == 0     ? RF_REMOTE_RANGES
                  : strcmp(argv[3], "download") == 0 ? RF_REMOTE_DOWNLOAD
                                                     : RF_REMOTE_AUTO;
  fetching.block_bytes = 16384;
  fetching.gap_bytes = 32768;
  for (int i = 4; i < argc; i++) {
    const char *value;
    if ((value = value_of(argv[i], "ca_bundle")) != NULL)
      fetching.ca_bundle = value;
    else if ((value = value_of(argv[i], "endpoint")) != NULL)
      fetching.endpoint = value;
    else if (value_of(argv[i], "netrc") != NULL)
      fetching.netrc = 1;
    else
      return 2;
  }
  rf_error err;
  rf_file *file;
  rf_status status = rf_file_open(argv[1], RF_MODE_READ, &options, &file, &err);
  if (status == RF_OK) {
    status = read_all(file, argv[2], &err);
    (void)rf_file_free(file, NULL);
  }
  printf("status %s\nmessage %s\n", rf_status_get_name(status), status != RF_OK ? err.message : "");
  return 0;
}
