/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The least that reading five keywords of many files can cost: open, pread, close, and a search for five cards.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Returns the number of cards found in the first blocks of `count` files. */
long find_cards(const char *const *names, long count);

long find_cards(const char *const *names, long count) {
  static const char keys[5][9] = {"OBJECT  ", "EXPTIME ", "DATE-OBS", "FILTER  ", "AIRMASS "};
  char block[4 * 2880];
  long found = 0;
  for (long i = 0; i < count; i++) {
    int file = open(names[i], O_RDONLY | O_CLOEXEC);
    if (file < 0)
      return -1;
    long got = (long)pread(file, block, sizeof block, 0);
    close(file);
    for (int k = 0; k < 5; k++)
      for (long at = 0; at + 80 <= got && memcmp(block + at, "END     ", 8) != 0; at += 80)
        if (memcmp(block + at, keys[k], 8) == 0) {
          found++;
          break;
        }
  }
  return found;
}
