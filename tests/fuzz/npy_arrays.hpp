// SPDX-License-Identifier: MIT
// What the fuzzers of npy and npz check of an array that was read.
#pragma once

#include <betavae/io/detail/number_bytes.hpp>
#include <betavae/io/npy.hpp>

#include "fuzz/fuzz.hpp"

#include <bit>
#include <cstring>
#include <string>
#include <vector>

namespace betavae::fuzz {

using Bytes = std::vector<std::uint8_t>;

template <class Scalar>
bool same(const std::vector<Scalar>& a, const std::vector<Scalar>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Scalar)) == 0);
}

/// The array as an npy file of its own, in the order of Fortran when asked for.
inline Bytes npy_file(const NpyArray<double>& array, bool fortran_order) {
  std::string shape;
  for (const Index size : array.shape) {
    shape += std::to_string(size) + ",";
  }
  const std::string dictionary = std::string("{'descr': '>f8', 'fortran_order': ") +
                                 (fortran_order ? "True" : "False") + ", 'shape': (" + shape + ")}";
  std::string head("\x93NUMPY\x01\x00", 8);
  head += {static_cast<char>(dictionary.size() & 0xffU), static_cast<char>(dictionary.size() >> 8U)};
  head += dictionary;
  Bytes bytes(head.begin(), head.end());
  bytes.resize(head.size() + 8 * array.values.size());
  for (std::size_t k = 0; k < array.values.size(); ++k) {
    detail::put_number(array.values[k], bytes.data() + head.size() + 8 * k, std::endian::big);
  }
  return bytes;
}

inline void check_array(const NpyArray<double>& array) {
  Index count = 1;
  for (const Index size : array.shape) {
    check(size >= 0, "sizes are at least 0");
    count *= size;
    if (count == 0) {
      break;
    }
  }
  check(static_cast<Index>(array.values.size()) == count, "there are as many values as the shape says");
  const Matrix<double> matrix = array.matrix();
  check(matrix.size() == count, "the matrix has all values");
  const NpyArray<double> again = parse_npy<double>("again.npy", npy_file(array, false));
  check(again.shape == array.shape && same(again.values, array.values), "what was written is read");
  NpyArray<double> turned = parse_npy<double>("turned.npy", npy_file(array, true));
  check(turned.shape == array.shape && turned.values.size() == array.values.size(),
        "the other order has as many values");
  if (array.shape.size() == 2) {  // turned twice is as before
    turned.shape = {array.shape[1], array.shape[0]};
    check(same(parse_npy<double>("turned.npy", npy_file(turned, true)).values, array.values),
          "two turns undo each other");
  }
}

}  // namespace betavae::fuzz
