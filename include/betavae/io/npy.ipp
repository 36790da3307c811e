// SPDX-License-Identifier: MIT
// How npy files are read.
#pragma once

#include <betavae/io/detail/byte_source.hpp>
#include <betavae/io/detail/npy_elements.hpp>
#include <betavae/io/npy.hpp>

#include <limits>
#include <utility>

namespace betavae::detail {

template <class Scalar>
NpyArray<Scalar> read_npy(ByteSource& source, std::uint64_t most_bytes) {
  NpyHeader header = read_npy_header(source);
  NpyArray<Scalar> array;
  array.values = read_npy_elements<Scalar>(source, header, most_bytes);
  array.shape = std::move(header.shape);
  return array;
}

inline constexpr std::uint64_t any_npy_size = std::numeric_limits<std::uint64_t>::max();

template <class Scalar>
NpyArray<Scalar> read_npy_file(const std::string& path) {
  FileSource source{path};
  return read_npy<Scalar>(source, any_npy_size);
}

template <class Scalar>
NpyArray<Scalar> parse_npy(const std::string& name, std::span<const std::uint8_t> bytes) {
  MemorySource source{name, bytes};
  return read_npy<Scalar>(source, any_npy_size);
}

}  // namespace betavae::detail
