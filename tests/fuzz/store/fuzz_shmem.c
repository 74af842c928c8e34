/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A segment of shared memory as another program could have left it: listing, opening, reading, mapping, editing and
 * replacing it.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/system/shmem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#if defined(RF_HAVE_SHMEM)

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "require.h"
#include "rustfits.h"

static char name[64], path[64];

static void use_hdu(rf_file *file, size_t index) {
  rf_hdu_info info = {.size = sizeof info};
  rf_map *map = NULL;
  const void *bytes = NULL;
  if (rf_hdu_get_info(file, index, &info, NULL) != RF_OK || info.data_bytes == 0 || info.data_bytes > 1 << 20)
    return;
  size_t n = (size_t)info.data_bytes;
  if (rf_hdu_map(file, index, n, &map, &bytes, NULL) != RF_OK)
    return;
  uint8_t *copy = malloc(n);
  require(copy != NULL);
  require(rf_file_read_bytes(file, info.data_offset, copy, n, NULL) == RF_OK);
  require(memcmp(copy, bytes, n) == 0);
  free(copy);
  rf_map_free(map);
}

static void use(rf_mode mode, size_t input) {
  rf_file *file = NULL;
  rf_error err;
  size_t count = 0;
  uint64_t size = 0;
  if (rf_file_open(name, mode, NULL, &file, &err) != RF_OK) {
    require(strstr(err.message, name) != NULL);
    return;
  }
  require(rf_file_get_size(file, &size, &err) == RF_OK);
  require(mode == RF_MODE_CREATE || size <= input - RF_SHMEM_FILE_OFFSET);
  if (rf_file_get_hdu_count(file, &count, &err) == RF_OK)
    for (size_t i = 0; i < count && i < 4; i++)
      use_hdu(file, i);
  rf_image_spec spec = {.size = sizeof spec, .dtype = RF_U8, .naxis = 0, .extver = -1};
  if (mode != RF_MODE_READ && rf_image_create(file, &spec, &count, &err) == RF_OK)
    require(rf_file_get_hdu_count(file, &count, &err) == RF_OK);
  (void)rf_file_free(file, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t count = 0;
  rf_error err;
  (void)snprintf(name, sizeof name, "shmem://rustfits-fuzz-%d", (int)getpid());
  (void)snprintf(path, sizeof path, "/dev/shm/rustfits-fuzz-%d", (int)getpid());
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  require(file >= 0 && write(file, data, size) == (ssize_t)size);
  (void)close(file);
  bool ours = size >= 8 && memcmp(data, "RUSTFITS", 8) == 0;
  require(rf_shmem_list(NULL, 0, &count, &err) == RF_OK && count >= ours);
  use(RF_MODE_READ, size);
  use(RF_MODE_READ_WRITE, size);
  use(RF_MODE_CREATE, size);
  require((rf_shmem_unlink(name, &err) == RF_OK) == ours);
  (void)unlink(path);
  return 0;
}

#else

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  (void)data, (void)size;
  return 0;
}

#endif
