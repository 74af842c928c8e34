/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opening by extended names: HDUs, image sections, cells, functions that look for data.
 */
#include "open_show.h"

static const char *const locations[] = {
    "a.fits",
    "a.fits[0]",
    "a.fits[1]",
    "a.fits+2",
    "a.fits[4]",
    "a.fits[5]",
    "a.fits[99]",
    "a.fits[EVENTS]",
    "a.fits[events,3]",
    "a.fits[EVENTS,4]",
    "a.fits[EVENTS,2,B]",
    "a.fits[EVENTS,2,I]",
    "a.fits[SKY]",
    "a.fits[SKY,0,I]",

    "a.fits[PRIMARY]",
    "a.fits[P]",
    "a.fits[NOT]",
    "a.fits[1#]",
    "a.fits[SKY#]",
    "file://a.fits[1]",
    "file:a.fits[1]",
    "not.fits",
    "not.fits[1]",
    "a.fits[1",
    "a.fits]",
    "packed.fits",
    "packed.fits[0]",
    "packed.fits.gz",
    "packed.fits.gz[0]",
    "mem://",
    "empty.fits",
};

static const char *const sections[] = {
    "a.fits[2:5,3:4]",
    "a.fits[1:10:3,1:8:2]",
    "a.fits[5:2,*]",
    "a.fits[-*,*]",
    "a.fits[*,-*]",
    "a.fits[*:2,8:1:3]",
    "a.fits[0][1:2,1:2]",
    "a.fits[SKY][2:3,2:4]",
    "a.fits[SKY#][2:3,2:4]",

    "a.fits[1:2]",
    "a.fits[1:2,1:2,1:1]",

    "a.fits[1:11,1:2]",
    "a.fits[1:2:0,1:2]",
    "a.fits[1:2:-1,1:2]",
    "a.fits[3,4]",
    "a.fits[3:3,4:4]",
    "a.fits[*]",
    "a.fits[2:a,1:2]",
    "a.fits[SKY][1:2,1:2,]",

    "a.fits(sect.fits)[1:2,1:2]",
    "a.fits(!sect.fits)[1:3,1:2]",
};

static const char *const cells[] = {
    "a.fits[1;IMG(3)]",  "a.fits[1;IMG(3)][1:2,1:2]", "a.fits[1;IMG(11)]",

    "a.fits[1;IMG(0)]",  "a.fits[1;NOT(1)]",          "a.fits[1;X(2)]",
    "a.fits[1;NAME(2)]", "a.fits[2;IMG(1)]",          "a.fits(cell.fits)[1;IMG(2)]",
};

/* The other functions that open. */
static void other_opens(void) {
  static const char *const files[] = {"a.fits", "a.fits[1]", "empty.fits", "empty.fits[1]", "packed.fits", "not.fits"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    for (int kind = 0; kind < 5; kind++) {
      fitsfile *fptr = NULL;
      int status = 0, number = 0, type = -5;
      char list[] = "NOT DATA SKY";
      if (kind == 0)
        fits_open_data(&fptr, files[i], READONLY, &status);
      else if (kind == 1)
        fits_open_table(&fptr, files[i], READONLY, &status);
      else if (kind == 2)
        fits_open_image(&fptr, files[i], READONLY, &status);
      else if (kind == 3)
        fits_open_extlist(&fptr, files[i], READONLY, list, &type, &status);
      else
        fits_open_extlist(&fptr, files[i], READONLY, NULL, &type, &status);
      if (fptr != NULL && status == 0)
        fits_get_hdu_num(fptr, &number);
      printf("%s %d: %d %d %d\n", files[i], kind, status, number, type);
      if (fptr != NULL && status == 0)
        fits_close_file(fptr, &status);
      fits_clear_errmsg();
    }
}

static const char *const outputs[] = {
    "a.fits(plain.fits)[1]",     "a.fits(plain.fits)[1]",          "packed.fits(unpacked.fits)",
    "packed.fits.gz(mem://)[0]", "packed.fits.gz(!unpacked.fits)",
};

int main(int argc, char **argv) {
  const char *group = argc > 2 ? argv[2] : NULL;
  make_files();
  GROUP(locations, 0)
  GROUP(sections, 1)
  GROUP(cells, 1)
  GROUP(outputs, 0)
  for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
    (void)remove("plain.fits");
    (void)remove("unpacked.fits");
    open_one(outputs[i], READWRITE);
  }
  if (group == NULL || strcmp(group, "others") == 0)
    other_opens();
  (void)remove("packed.fits.gz"); /* compressed to other bytes */
  return 0;
}
