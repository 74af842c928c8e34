/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Input: the name of a section, a line end, and a profile file of Amazon's tools. It is read as ~/.aws/credentials and
 * then as ~/.aws/config would be.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/http/aws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition) {
  if (!condition)
    abort();
}

/* A value is the rest of its line, without blanks around it. */
static void check_text(const char *text) {
  if (text == NULL)
    return;
  size_t n = strlen(text);
  require(strchr(text, '\n') == NULL);
  require(n == 0 || ((unsigned char)text[0] > ' ' && (unsigned char)text[n - 1] > ' '));
}

static void check(const rf_aws *aws) {
  require((aws->key == NULL) == (aws->secret == NULL));
  require(aws->token == NULL || aws->key != NULL);
  check_text(aws->key);
  check_text(aws->secret);
  check_text(aws->token);
  check_text(aws->region);
  check_text(aws->endpoint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *line = size > 0 ? memchr(data, '\n', size) : NULL;
  if (line == NULL)
    return 0;
  size_t n = (size_t)(line - data);
  char *section = calloc(1, n + 1);
  if (section == NULL)
    return 0;
  memcpy(section, data, n);
  rf_aws aws = {0};
  rf_error err = {0};
  for (int i = 0; i < 2; i++) {
    require(rf_aws_read_profile(&aws, (const char *)line + 1, size - n - 1, section, &err) == RF_OK);
    check(&aws);
  }
  rf_aws_free(&aws);
  free(section);
  return 0;
}
