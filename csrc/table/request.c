/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The structs that callers fill, of this or of another version of the library.
 */
#include "table/request.h"
#include "base/versioned.h"

#include <string.h>

rf_status rf_request_take(void *to, size_t room, const void *from, const char *what, rf_error *err) {
  size_t size = 0;
  memset(to, 0, room);
  if (from != NULL)
    memcpy(&size, from, sizeof size);
  if (size < sizeof size)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected %s with its size, found %zu bytes", what, size);
  rf_struct_take(to, room, from);
  return RF_OK;
}

const void *rf_request_at(const void *list, size_t i) {
  size_t size;
  memcpy(&size, list, sizeof size);
  return (const char *)list + i * size;
}

rf_status rf_table_request_take(const rf_table_request *from, rf_table_request *request, rf_error *err) {
  if (from == NULL) {
    *request = (rf_table_request){.size = sizeof *request};
    return RF_OK;
  }
  RF_TRY(rf_request_take(request, sizeof *request, from, "an rf_table_request", err));
  if ((request->ncolumns > 0 && request->columns == NULL) || (request->nheaps > 0 && request->heaps == NULL))
    return rf_fail(err, RF_ERR_ARGUMENT, "there are no requests for the %zu columns",
                   request->ncolumns > 0 ? request->ncolumns : request->nheaps);
  return RF_OK;
}
