/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The body of select.c for one type: REAL is the type, NAME(x) x_f32 or x_f64. Included once for each.
 */

/* Hoare's selection, as Wirth has it: parts the values at a pivot and goes on with the part that has the k-th. */
REAL NAME(rf_select)(REAL *values, size_t count, size_t k) {
  ptrdiff_t low = 0, high = (ptrdiff_t)count - 1, at = (ptrdiff_t)k;
  while (low < high) {
    REAL pivot = NAME(median_of_three)(values[low], values[low + (high - low) / 2], values[high]);
    ptrdiff_t i = low, j = high;
    do {
      while (values[i] < pivot)
        i++;
      while (values[j] > pivot)
        j--;
      if (i <= j) {
        REAL kept = values[i];
        values[i++] = values[j];
        values[j--] = kept;
      }
    } while (i <= j);
    /* values[low..j] <= pivot <= values[i..high], and what is between j and i is the pivot */
    if (at <= j)
      high = j;
    else if (at >= i)
      low = i;
    else
      break;
  }
  return values[at];
}
