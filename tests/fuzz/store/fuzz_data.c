/* SPDX-License-Identifier: BSD-3-Clause
 *
 * data: URLs with any text behind "data:". The content is not longer than the URL, and no message repeats it.
 */
#include <stdint.h>
#include <string.h>

#include "require.h"
#include "store/http/url.h"
#include "store/open.h"
#include "store/options.h"
#include "store/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *name = room(size + 6);
  memcpy(name, "data:", 5);
  if (size > 0)
    memcpy(name + 5, data, size);
  name[5 + size] = '\0';
  size_t header = rf_url_data(name);
  require(header <= strlen(name) && (header == 0 || name[header - 1] == ','));
  if (header > 0) {
    rf_settings own;
    rf_settings_take(&own, NULL);
    rf_store *store = NULL;
    rf_error err;
    rf_error_clear(&err);
    if (rf_store_open(name, RF_MODE_READ, &own.options, &store, &err) == RF_OK) {
      require(strcmp(store->name, "data:***") == 0);
      uint8_t *content = room(size);
      size_t got = 0;
      if (rf_store_read_at(store, 0, content, size, &got, &err) == RF_OK)
        require(got <= size);
      free(content);
      require(rf_store_close(store, NULL) == RF_OK);
    } else {
      require(strncmp(err.message, "data:***", 8) == 0);
    }
  }
  free(name);
  return 0;
}
