// SPDX-License-Identifier: BSD-3-Clause
//
// rustfits.hpp: FITS files from C++17, over <rustfits.h>. Header only; link with librustfits.
//
// Objects own what they hold and free it. They can be moved, not copied. A call that fails throws rustfits::error.
// Threads: as for the C functions. Many threads may read one file; a header belongs to one thread at a time.

#ifndef RUSTFITS_HPP
#define RUSTFITS_HPP

#include <complex>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "rustfits.h"

namespace rustfits {

// ---- errors ----

// A call that failed. what() names the file, the HDU, what was found and what was expected.
class error : public std::runtime_error {
public:
  explicit error(const rf_error &from) : std::runtime_error(from.message), details_(from) {}

  rf_status code() const noexcept { return details_.code; }
  const rf_error &details() const noexcept { return details_; }

private:
  rf_error details_;
};

namespace detail {

inline void check(rf_status status, const rf_error &err) {
  if (status != RF_OK)
    throw error(err);
}

// Calls function(arguments..., &err) and throws where it fails.
template <class Function, class... Arguments> void call(Function function, Arguments... arguments) {
  rf_error err;
  check(function(arguments..., &err), err);
}

template <class T> constexpr rf_dtype dtype_of() {
  using U = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<U, float>)
    return RF_F32;
  else if constexpr (std::is_same_v<U, double>)
    return RF_F64;
  else if constexpr (std::is_same_v<U, std::complex<float>>)
    return RF_C64;
  else if constexpr (std::is_same_v<U, std::complex<double>>)
    return RF_C128;
  else {
    static_assert(std::is_integral_v<U> && sizeof(U) <= 8 && !std::is_same_v<U, bool>, "not a type of FITS");
    constexpr rf_dtype with_sign[] = {RF_I8, RF_I16, RF_I32, RF_I64};
    constexpr rf_dtype without[] = {RF_U8, RF_U16, RF_U32, RF_U64};
    constexpr int place = sizeof(U) == 1 ? 0 : sizeof(U) == 2 ? 1 : sizeof(U) == 4 ? 2 : 3;
    return std::is_signed_v<U> ? with_sign[place] : without[place];
  }
}

} // namespace detail

// ---- spans ----

// Elements of the caller. It is made from a vector, an array, or a pointer and a number.
template <class T> class span {
public:
  span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}
  template <std::size_t N> span(T (&array)[N]) noexcept : data_(array), size_(N) {}
  template <class Container, class = decltype(std::declval<Container &>().data()),
            class = std::enable_if_t<
                std::is_convertible_v<decltype(std::declval<Container &>().data()), T *>>>
  span(Container &&container) noexcept : data_(container.data()), size_(container.size()) {}

  T *data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  T *begin() const noexcept { return data_; }
  T *end() const noexcept { return data_ + size_; }

private:
  T *data_;
  std::size_t size_;
};

// One axis of a section: `count` elements from `start` on, `step` apart (negative: backwards).
struct axis {
  std::int64_t start;
  std::uint64_t count;
  std::int64_t step = 1;
};

using shape = std::vector<std::uint64_t>; // lengths of axes, slowest first

// ---- headers ----

class header {
public:
  header() { detail::call(rf_header_new, &owned_); }
  explicit header(rf_header *owned) noexcept : owned_(owned) {}
  header(header &&other) noexcept : owned_(std::exchange(other.owned_, nullptr)) {}
  header &operator=(header &&other) noexcept {
    std::swap(owned_, other.owned_);
    return *this;
  }
  header(const header &) = delete;
  header &operator=(const header &) = delete;
  ~header() { rf_header_free(owned_); }

  rf_header *get() const noexcept { return owned_; }

  bool contains(const std::string &keyword) const {
    std::size_t index;
    return rf_header_find(owned_, keyword.c_str(), 0, &index, nullptr) == RF_OK;
  }

  // The value of a keyword, which must be of that kind.
  double real(const std::string &keyword) const {
    const rf_value value = find(keyword);
    return value.kind == RF_VALUE_INTEGER ? static_cast<double>(value.integer)
                                          : expect(keyword, value, RF_VALUE_REAL).real;
  }
  std::int64_t integer(const std::string &keyword) const {
    return expect(keyword, find(keyword), RF_VALUE_INTEGER).integer;
  }
  bool logical(const std::string &keyword) const {
    return expect(keyword, find(keyword), RF_VALUE_LOGICAL).integer != 0;
  }
  std::string text(const std::string &keyword) const {
    const rf_value value = expect(keyword, find(keyword), RF_VALUE_STRING);
    return std::string(value.text, value.text_length);
  }

  // Sets a keyword. An empty comment keeps the comment that there is.
  void set(const std::string &keyword, double number, const std::string &comment = "") {
    rf_value value = {};
    value.kind = RF_VALUE_REAL;
    value.real = number;
    set_value(keyword, value, comment);
  }
  template <class Integer, class = std::enable_if_t<std::is_integral_v<Integer>>>
  void set(const std::string &keyword, Integer number, const std::string &comment = "") {
    rf_value value = {};
    value.kind = std::is_same_v<Integer, bool> ? RF_VALUE_LOGICAL : RF_VALUE_INTEGER;
    value.integer = static_cast<std::int64_t>(number);
    set_value(keyword, value, comment);
  }
  void set(const std::string &keyword, const std::string &text, const std::string &comment = "") {
    rf_value value = {};
    value.kind = RF_VALUE_STRING;
    value.text = text.data();
    value.text_length = text.size();
    set_value(keyword, value, comment);
  }
  void set(const std::string &keyword, const char *text, const std::string &comment = "") {
    set(keyword, std::string(text), comment);
  }
  void add_history(const std::string &text) { detail::call(rf_header_add, owned_, "HISTORY", text.c_str()); }
  void erase(const std::string &keyword) { detail::call(rf_header_delete, owned_, keyword.c_str()); }

private:
  rf_header *owned_ = nullptr;

  rf_value find(const std::string &keyword) const {
    rf_value value;
    detail::call(rf_header_get, owned_, keyword.c_str(), &value);
    return value;
  }
  static rf_value expect(const std::string &keyword, const rf_value &value, rf_value_kind kind) {
    if (value.kind == kind)
      return value;
    throw std::invalid_argument("the value of " + keyword + " is of another kind");
  }
  void set_value(const std::string &keyword, const rf_value &value, const std::string &comment) {
    detail::call(rf_header_set, owned_, keyword.c_str(), &value, comment.empty() ? nullptr : comment.c_str());
  }
};

// ---- files ----

enum class mode { read = RF_MODE_READ, read_write = RF_MODE_READ_WRITE, create = RF_MODE_CREATE };

class file {
public:
  explicit file(const std::string &name, mode how = mode::read, const rf_options *options = nullptr) {
    detail::call(rf_file_open, name.c_str(), static_cast<rf_mode>(how), options, &owned_);
  }
  explicit file(rf_file *owned) noexcept : owned_(owned) {}
  file(file &&other) noexcept : owned_(std::exchange(other.owned_, nullptr)) {}
  file &operator=(file &&other) noexcept {
    std::swap(owned_, other.owned_);
    return *this;
  }
  file(const file &) = delete;
  file &operator=(const file &) = delete;

  // Closes the file. Errors are lost here: call close() to have them. While an exception is under way, what has not
  // reached the file is dropped.
  ~file() {
    if (owned_ != nullptr && std::uncaught_exceptions() > entered_)
      (void)rf_file_discard(owned_, nullptr);
    (void)rf_file_free(owned_, nullptr);
  }

  void close() { detail::call(rf_file_free, std::exchange(owned_, nullptr)); }
  rf_file *get() const noexcept { return owned_; }

  std::size_t size() const {
    std::size_t count;
    detail::call(rf_file_get_hdu_count, owned_, &count);
    return count;
  }
  std::size_t find(const std::string &extname) const {
    std::size_t index;
    detail::call(rf_file_find, owned_, extname.c_str(), static_cast<const std::int64_t *>(nullptr), &index);
    return index;
  }

  // The header of an HDU is a copy; set_header() puts it in the place of the old one.
  header get_header(std::size_t index) const {
    rf_header *found;
    detail::call(rf_hdu_get_logical_header, owned_, index, &found);
    return header(found);
  }
  void set_header(std::size_t index, const header &changed) {
    detail::call(rf_hdu_set_logical_header, owned_, index, static_cast<const rf_header *>(changed.get()));
  }

  // ---- images ----

  shape axes(std::size_t index) const {
    std::size_t count = 0;
    detail::call(rf_image_get_axes, owned_, index, static_cast<std::uint64_t *>(nullptr), std::size_t{0}, &count);
    shape lengths(count);
    detail::call(rf_image_get_axes, owned_, index, lengths.data(), count, &count);
    return lengths;
  }

  // Reads an image, or a section with one axis for each of the image. T is the type of its values, float or double.
  template <class T> std::vector<T> read(std::size_t index) const {
    rf_image_info info = {};
    info.size = sizeof info;
    detail::call(rf_image_get_info, owned_, index, &info);
    std::vector<T> pixels(static_cast<std::size_t>(info.count));
    read_into<T>(index, pixels);
    return pixels;
  }
  template <class T> std::vector<T> read(std::size_t index, std::initializer_list<axis> section) const {
    std::size_t count = 1;
    for (const axis &one : section)
      count *= static_cast<std::size_t>(one.count);
    std::vector<T> pixels(count);
    read_into<T>(index, pixels, section);
    return pixels;
  }
  template <class T> void read_into(std::size_t index, span<T> pixels, std::initializer_list<axis> section = {}) const {
    const std::vector<rf_axis> axes_ = axes_of(section);
    const rf_image_request request = request_for(pixels, axes_);
    detail::call(rf_image_read, owned_, index, &request);
  }
  template <class T> void write_into(std::size_t index, span<const T> pixels, std::initializer_list<axis> section = {}) {
    const std::vector<rf_axis> axes_ = axes_of(section);
    const rf_image_request request = request_for(pixels, axes_);
    detail::call(rf_image_write, owned_, index, &request);
  }

  // Appends an image HDU with these pixels, and returns its index. `how` compresses it.
  template <class T>
  std::size_t write_image(span<const T> pixels, const shape &lengths, const std::string &extname = "",
                          const header *cards = nullptr, const rf_compression *how = nullptr) {
    rf_image_spec spec;
    rf_image_spec_init(&spec);
    spec.dtype = detail::dtype_of<T>();
    spec.naxis = static_cast<int>(lengths.size());
    spec.axes = lengths.data();
    spec.extname = extname.empty() ? nullptr : extname.c_str();
    spec.header = cards == nullptr ? nullptr : cards->get();
    spec.compression = how;
    std::size_t index;
    detail::call(rf_image_create, owned_, static_cast<const rf_image_spec *>(&spec), &index);
    if (pixels.size() > 0)
      write_into<T>(index, pixels);
    return index;
  }

  // ---- tables ----

  std::uint64_t rows(std::size_t index) const {
    rf_table_info info = {};
    info.size = sizeof info;
    detail::call(rf_table_get_info, owned_, index, &info);
    return info.nrows;
  }

  // Reads a column of numbers, one element a row. T is the type of its values, float or double.
  template <class T> std::vector<T> read_column(std::size_t index, const std::string &name) const {
    std::size_t column;
    detail::call(rf_table_find_column, owned_, index, name.c_str(), &column);
    rf_column_info info = {};
    info.size = sizeof info;
    detail::call(rf_table_get_column, owned_, index, column, &info);
    if (info.count != 1 || info.descriptor != 0)
      throw std::invalid_argument("the cells of column " + name + " are arrays");
    std::vector<T> cells(static_cast<std::size_t>(rows(index)));
    rf_column_request request = {};
    request.size = sizeof request;
    request.column = column;
    request.type = detail::dtype_of<T>();
    request.data = cells.data();
    request.stride = sizeof(T);
    request.cell_bytes = sizeof(T);
    rf_table_request all = {};
    all.size = sizeof all;
    all.columns = &request;
    all.ncolumns = 1;
    detail::call(rf_table_read, owned_, index, static_cast<const rf_table_request *>(&all));
    return cells;
  }

private:
  rf_file *owned_ = nullptr;
  int entered_ = std::uncaught_exceptions();

  static std::vector<rf_axis> axes_of(std::initializer_list<axis> section) {
    std::vector<rf_axis> made;
    for (const axis &one : section)
      made.push_back(rf_axis{one.start, one.step, one.count, nullptr});
    return made;
  }
  template <class T> static rf_image_request request_for(span<T> pixels, const std::vector<rf_axis> &section) {
    rf_image_request request;
    rf_image_request_init(&request);
    request.section = section.empty() ? nullptr : section.data();
    request.naxis = static_cast<int>(section.size());
    request.dtype = detail::dtype_of<T>();
    request.data = const_cast<std::remove_const_t<T> *>(pixels.data());
    request.data_bytes = pixels.size() * sizeof(T);
    return request;
  }
};

} // namespace rustfits

#endif
