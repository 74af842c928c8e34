/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Input: the XML that an S3 server answers to an upload.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/upload/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition) {
  if (!condition)
    abort();
}

static void check_tag(const char *xml, size_t n, const char *tag, size_t capacity) {
  char *text = malloc(capacity > 0 ? capacity : 1); /* of its very size */
  if (text == NULL)
    abort();
  if (rf_xml_get_text(xml, n, tag, text, capacity)) {
    size_t length = strnlen(text, capacity);
    require(length < capacity);
    for (size_t i = 0; i < length; i++)
      require((unsigned char)text[i] >= ' ' && text[i] != 0x7F);
  }
  free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const tags[] = {"UploadId", "Code", "Error", "CompleteMultipartUploadResult"};
  char *xml = malloc(size > 0 ? size : 1);
  if (xml == NULL)
    abort();
  if (size > 0)
    memcpy(xml, data, size);
  for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
    check_tag(xml, size, tags[i], 1024);
    check_tag(xml, size, tags[i], 5);
    check_tag(xml, size, tags[i], 0);
    bool root = rf_xml_is_root(xml, size, tags[i]);
    require(!root || size > strlen(tags[i]) + 1);
  }
  free(xml);
  return 0;
}
