/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Any bytes as a file: all its tables as Arrow data, under every policy. What comes must be valid, and everything is
 * released.
 */
#include <stdlib.h>

#include "arrow/walk.h"
#include "require.h"

#define MAX_BATCHES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_table(rf_file *file, size_t index, rf_arrow_request *request) {
  struct ArrowArrayStream stream;
  struct ArrowSchema schema;
  struct ArrowArray array;
  rf_error err;
  int64_t rows;
  rf_status status = rf_arrow_open_stream(file, index, request, &stream, &err);
  require(status == err.code);
  if (status != RF_OK)
    return;
  if (stream.get_schema(&stream, &schema) == 0) {
    for (int i = 0; i < MAX_BATCHES; i++) {
      if (stream.get_next(&stream, &array) != 0) {
        require(stream.get_last_error(&stream) != NULL && rf_arrow_get_error(&stream, &err) != RF_OK);
        break;
      }
      if (array.release == NULL)
        break;
      rows = array.length;
      require(rows > 0 && (uint64_t)rows <= request->batch_rows && walk_array(&schema, &array, rows));
      array.release(&array);
      require(array.release == NULL);
    }
    schema.release(&schema);
  }
  stream.release(&stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rf_options options;
  rf_limits limits;
  rf_file *file;
  rf_error err;
  size_t count = 0;
  rf_options_init(&options);
  rf_limits_init(&limits);
  limits.inflate_bytes = limits.tile_bytes = (uint64_t)1 << 20;
  limits.hdus = 20;
  options.limits = &limits;
  if (rf_file_open_view(data, size, &options, &file, &err) != RF_OK)
    return 0;
  (void)!rf_file_get_hdu_count(file, &count, &err);
  for (size_t i = 0; i < count; i++)
    for (int policy = 0; policy < 3; policy++) {
      rf_table_info info = {.size = sizeof info};
      rf_arrow_request request = {.size = sizeof request,
                                  .batch_rows = policy == 1 ? 3 : 50,
                                  .nulls = (rf_arrow_nulls)policy,
                                  .strings = policy == 2 ? RF_ARROW_BINARY : RF_ARROW_UTF8,
                                  .threads = 1};
      /* Cells as large as the header says are read by fuzz_table. */
      if (rf_table_get_info(file, i, &info, &err) == RF_OK && info.row_bytes <= (uint64_t)1 << 20)
        read_table(file, i, &request);
    }
  (void)rf_file_free(file, &err);
  return 0;
}
