% SPDX-License-Identifier: BSD-3-Clause
require("fits");
variable t = fits_read_table("table.fits[STARS]");
print(length(t.id));
print(t.ra[[0:4]]);
print(fits_read_key("f4.fits", "OBJECT"));
variable i = fits_read_img("i2.fits");
print(sum(i));
fits_write_binary_table("out.fits", "NEW", struct { a = [1:5], b = [1:5] * 1.5 });
