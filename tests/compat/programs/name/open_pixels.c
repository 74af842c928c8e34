/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opening by names with filters of pixels.
 */
#include "open_show.h"

static const char *const pixels[] = {
    "a.fits[pix X*2]",        "a.fits[pixr X/2]", "a.fits[SKY][pixr1 sqrt(X)]",
    "a.fits[SKY][pixb1 X+1]", "a.fits[1][pix X]", "a.fits[pix X+]",
};

int main(int argc, char **argv) {
  const char *group = argc > 2 ? argv[2] : NULL;
  make_files();
  GROUP(pixels, 1)
  (void)remove("packed.fits.gz"); /* compressed to other bytes */
  return 0;
}
