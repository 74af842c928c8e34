# SPDX-License-Identifier: BSD-3-Clause
use Astro::FITS::CFITSIO qw(:constants :longnames);
my $status = 0;
fits_open_file(my $f, "table.fits", READONLY, $status);
fits_movnam_hdu($f, BINARY_TBL, "STARS", 0, $status);
fits_get_num_rows($f, my $rows, $status);
fits_get_colnum($f, CASEINSEN, "ra", my $column, $status);
fits_read_col_dbl($f, $column, 1, 1, 5, 0, my $ra, my $any, $status);
print "$rows $column @$ra $status\n";
fits_read_col_str($f, 2, 1, 1, 3, "", my $names, $any, $status);
print "@$names\n";
fits_close_file($f, $status);
fits_create_file(my $g, "!new.fits", $status);
fits_create_img($g, FLOAT_IMG, 2, [4, 3], $status);
fits_write_img($g, TFLOAT, 1, 12, [map { $_ / 2 } 0 .. 11], $status);
fits_update_key_str($g, "OBJECT", "perl", "a comment", $status);
fits_close_file($g, $status);
print "$status\n";
