// SPDX-License-Identifier: BSD-3-Clause
//
// Writes a map with the C++ library of HEALPix, and reads it again.
#include <fitshandle.h>
#include <healpix_map.h>
#include <healpix_map_fitsio.h>
#include <iostream>

int main() {
  Healpix_Map<double> map(8, RING, SET_NSIDE);
  for (int i = 0; i < map.Npix(); i++)
    map[i] = i * 0.25;
  write_Healpix_map_to_fits("map.fits", map, PLANCK_FLOAT64);
  Healpix_Map<float> back = read_Healpix_map_from_fits<float>("map.fits");
  std::cout << back.Npix() << " " << back[100] << "\n";
  fitshandle file;
  file.open("table.fits");
  file.goto_hdu(2);
  std::cout << file.num_hdus() << " " << file.ncols() << " " << file.nrows() << " " << file.colname(1) << "\n";
  std::vector<double> ra;
  file.read_entire_column(3, ra);
  std::cout << ra[7] << "\n";
  std::vector<std::string> keys;
  file.get_all_keys(keys);
  for (const auto &key : keys)
    std::cout << key << " ";
  std::cout << "\n";
  return 0;
}
