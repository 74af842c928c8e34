/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A clock that stands still, so that both programs of a pair write the same dates: CFITSIO and the layer call this
 * function in place of libc's.
 */
#include <time.h>

time_t time(time_t *now) {
  const time_t second = 1700000000;
  if (now != NULL)
    *now = second;
  return second;
}
