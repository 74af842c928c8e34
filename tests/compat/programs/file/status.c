/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Texts of statuses, the stack of messages and its marks.
 */
#include <fitsio.h>
#include <stdio.h>

static void show(void) {
  char text[FLEN_ERRMSG];
  while (ffgmsg(text))
    printf("[%s]\n", text);
}

int main(void) {
  char text[FLEN_ERRMSG];
  for (int status = -200; status < 1000; status++) {
    if (status == 117) /* longer than FLEN_STATUS, which CFITSIO overruns */
      continue;
    fits_get_errstatus(status, text);
    printf("%d %s\n", status, text);
  }
  for (int i = 0; i < 30; i++) {
    (void)snprintf(text, sizeof text, "message %d", i);
    fits_write_errmsg(text);
  }
  show();
  fits_write_errmsg("a");
  fits_write_errmark();
  fits_write_errmsg("b");
  fits_write_errmsg(
      "a message that is longer than eighty characters is kept in several parts of eighty characters each");
  fits_clear_errmark();
  show();
  fits_write_errmark();
  fits_write_errmsg("c");
  fits_report_error(stdout, 104);
  fits_report_error(stdout, 0);
  return 0;
}
