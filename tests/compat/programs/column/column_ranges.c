/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Ranges of rows as text.
 */
#include "columns.h"

int main(void) {
  static char *const lists[] = {
      "1",     "1-3", "1,3,5", "2-4,6-8", "3-",    "-4", "-",  "5-3",         "3,2", "2-5,5-6", "1,99", "8-99",
      "0",     "-1",  "0-2",   "x",       "1,x",   "",   " ",  " 1 - 3 , 5 ", "1 3", "1,,3",    "1,",   ",1",
      "1-2-3", "1;3", "*",     "1-3,-",   "-3,7-", "+1", "10", "10-",         "1-1", "2-2,3-3", "9-12", "1-4294967297"};
  static const LONGLONG rows[] = {10, 0, -1, 5000000000LL};
  for (int r = 0; r < COUNT(rows); r++)
    for (int i = 0; i < COUNT(lists); i++)
      for (int most = 1; most < 6; most += 4) {
        long first[6] = {0}, last[6] = {0};
        LONGLONG firstll[6] = {0}, lastll[6] = {0};
        int n = -1, status = 0;
        fits_parse_range(lists[i], rows[r], most, &n, first, last, &status);
        printf("%lld '%s' %d: %d, %d", rows[r], lists[i], most, status, status == 0 ? n : 0);
        for (int k = 0; status == 0 && k < n; k++)
          printf(" %ld-%ld", first[k], last[k]);
        status = 0;
        fits_parse_rangell(lists[i], rows[r], most, &n, firstll, lastll, &status);
        printf(" | %d", status);
        for (int k = 0; status == 0 && k < n; k++)
          printf(" %lld-%lld", firstll[k], lastll[k]);
        printf("\n");
      }
  return 0;
}
