/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ASCII templates: HDUs and groups of a file in memory. Numbers have two digits at most, so that no HDU is large.
 */
#include <fitsio.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Tells whether the text has numbers of more than two digits. */
static int has_long_number(const uint8_t *data, size_t size) {
  int digits = 0;
  for (size_t i = 0; i < size; i++) {
    digits = data[i] >= '0' && data[i] <= '9' ? digits + 1 : 0;
    if (digits > 2)
      return 1;
  }
  return 0;
}

/* Reads all HDUs and the members of groups. */
static void read_all(fitsfile *f) {
  int count = 0, type = 0, status = 0;
  long members = 0;
  ffthdu(f, &count, &status);
  for (int i = 1; i <= count; i++) {
    fitsfile *m = NULL;
    status = 0;
    ffmahd(f, i, &type, &status);
    ffgtnm(f, &members, &status);
    if (status <= 0 && ffgmop(f, 1, &m, &status) <= 0)
      ffclos(m, &status);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char name[] = "/tmp/fuzz_template_XXXXXX";
  fitsfile *f = NULL;
  int status = 0;
  if (size > 4096 || has_long_number(data, size))
    return 0;
  int descriptor = mkstemp(name);
  FILE *file = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
  if (file == NULL)
    abort();
  (void)fwrite(data, 1, size, file);
  (void)fclose(file);
  if (ffinit(&f, "mem://", &status) <= 0) {
    (void)fits_execute_template(f, name, &status);
    read_all(f);
    status = 0;
    (void)ffclos(f, &status);
  }
  ffcmsg();
  (void)remove(name);
  return 0;
}
