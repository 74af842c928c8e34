/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/stream/source.h"

#include "base/system/descriptor.h"

rf_status rf_source_read(const rf_source *source, void *buffer, size_t n, size_t *got, rf_error *err) {
  *got = 0;
  RF_TRY(source->read(source->user, buffer, n, got, err));
  return *got <= n ? RF_OK : rf_fail(err, RF_ERR_CALLBACK, "the stream gave %zu bytes, expected at most %zu", *got, n);
}

static rf_status read_descriptor(void *user, void *buffer, size_t n, size_t *got, rf_error *err) {
  const rf_fd *fd = user;
  return rf_descriptor_read(*fd, buffer, n, got, err);
}

rf_source rf_source_of_descriptor(rf_fd *fd) {
  return (rf_source){.user = fd, .read = read_descriptor};
}
