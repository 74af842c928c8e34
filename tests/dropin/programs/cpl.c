/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads and writes images, tables and property lists with CPL.
 */
#include <cpl.h>
#include <stdio.h>

int main(void) {
  cpl_init(CPL_INIT_DEFAULT);
  cpl_image *image = cpl_image_load("f4.fits", CPL_TYPE_FLOAT, 0, 0);
  printf("%lld %lld %.3f\n", (long long)cpl_image_get_size_x(image), (long long)cpl_image_get_size_y(image),
         cpl_image_get_mean(image));
  cpl_propertylist *list = cpl_propertylist_load("f4.fits", 0);
  printf("%lld %s\n", (long long)cpl_propertylist_get_size(list), cpl_propertylist_get_string(list, "OBJECT"));
  cpl_propertylist_append_double(list, "ESO TEST VALUE", 1.25);
  cpl_image_save(image, "image.fits", CPL_TYPE_SHORT, list, CPL_IO_CREATE);
  cpl_image_save(image, "image.fits", CPL_TYPE_FLOAT, NULL, CPL_IO_EXTEND);
  cpl_table *table = cpl_table_load("table.fits", 1, 0);
  printf("%lld %lld\n", (long long)cpl_table_get_nrow(table), (long long)cpl_table_get_ncol(table));
  cpl_table_save(table, NULL, NULL, "out.fits", CPL_IO_CREATE);
  printf("%s\n", cpl_error_get_message());
  cpl_image_delete(image);
  cpl_propertylist_delete(list);
  cpl_table_delete(table);
  cpl_end();
  return 0;
}
