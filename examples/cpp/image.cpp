// SPDX-License-Identifier: BSD-3-Clause
//
// Writes an image, edits its header, and reads a section of it.

#include <rustfits.hpp>

#include <iostream>
#include <vector>

int main() try {
  std::vector<float> pixels(100 * 200);
  for (std::size_t i = 0; i < pixels.size(); i++)
    pixels[i] = static_cast<float>(i) / 8;

  {
    rustfits::file fits("sky.fits", rustfits::mode::create);
    rustfits::header cards;
    cards.set("OBJECT", "M 31", "target");
    cards.set("EXPTIME", 30.5, "[s] exposure time");
    fits.write_image<float>(pixels, {100, 200}, "SCI", &cards);
    fits.close(); // reports what a destructor cannot
  }

  rustfits::file fits("sky.fits", rustfits::mode::read_write);
  rustfits::header cards = fits.get_header(0);
  cards.set("EXPTIME", cards.real("EXPTIME") * 2);
  fits.set_header(0, cards);

  // Rows 10, 12, 14 and columns 199, 198: only these pixels are read.
  const std::vector<double> corner = fits.read<double>(0, {{10, 3, 2}, {199, 2, -1}});
  std::cout << cards.text("OBJECT") << ' ' << fits.get_header(0).real("EXPTIME") << ' ' << corner[0] << '\n';
  fits.close();
  return 0;
} catch (const rustfits::error &failed) {
  std::cerr << failed.what() << '\n';
  return 1;
}
