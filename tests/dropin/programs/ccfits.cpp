// SPDX-License-Identifier: BSD-3-Clause
//
// Reads an image and a table, and writes both, with CCfits.
#include <CCfits/CCfits>
#include <iostream>
#include <memory>
#include <vector>

using namespace CCfits;

static void read() {
  FITS image("i2.fits", Read, true);
  PHDU &primary = image.pHDU();
  std::valarray<long> pixels;
  primary.readAllKeys();
  primary.read(pixels);
  std::cout << primary << pixels.size() << " " << pixels.sum() << "\n";
  FITS file("table.fits", Read, "STARS", true);
  ExtHDU &table = file.extension("STARS");
  std::vector<double> ra;
  std::vector<std::string> names;
  table.column("RA").read(ra, 1, table.rows());
  table.column("NAME").read(names, 1, 5);
  std::cout << table.rows() << " " << table.numCols() << " " << ra[10] << " " << names[3] << "\n";
  std::vector<std::valarray<float>> lists;
  table.column("LIST").readArrays(lists, 1, 10);
  for (const auto &list : lists)
    std::cout << list.size() << " ";
  std::cout << "\n";
}

static void write() {
  long axes[2] = {30, 20};
  std::unique_ptr<FITS> file(new FITS("!new.fits", FLOAT_IMG, 2, axes));
  std::valarray<float> pixels(600);
  for (size_t i = 0; i < pixels.size(); i++)
    pixels[i] = i * 0.5F;
  file->pHDU().addKey("EXPTIME", 1.5, "seconds");
  file->pHDU().addKey("OBJECT", std::string("a star"), "");
  file->pHDU().write(1, 600, pixels);
  std::vector<std::string> names = {"ID", "X"}, forms = {"J", "2D"}, units = {"", "mm"};
  Table *table = file->addTable("NEW", 5, names, forms, units);
  std::vector<long> ids = {1, 2, 3, 4, 5};
  table->column("ID").write(ids, 1);
  std::vector<std::valarray<double>> x(5, std::valarray<double>(0.25, 2));
  table->column("X").writeArrays(x, 1);
  table->writeDate();
}

int main() {
  try {
    read();
    write();
    FITS("none.fits");
  } catch (FitsException &e) {
    std::cout << "FitsException: " << e.message().substr(0, 40) << "\n";
  }
  return 0;
}
