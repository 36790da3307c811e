// SPDX-License-Identifier: MIT
// The elements of an npy file as numbers of one's own type, in the order of C.
#pragma once

#include <betavae/io/detail/npy_header.hpp>

#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

namespace betavae::detail {

/// IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of significand. Every such number is a float.
inline float number_of_half(std::uint16_t bits) {
  const unsigned exponent = bits >> 10U & 0x1fU;
  const auto significand = static_cast<float>(bits & 0x3ffU);
  float size = 0;
  if (exponent == 0x1f) {
    size = significand == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
  } else if (exponent == 0) {
    size = std::ldexp(significand, -24);
  } else {
    size = std::ldexp(significand + 1024.0F, static_cast<int>(exponent) - 25);
  }
  return (bits & 0x8000U) != 0 ? -size : size;
}

/// Calls f with a function that turns the bytes of one element into its number, of the type that the file has.
template <class Function>
void with_npy_reader(const NpyType& type, const Function& function) {
  const auto as = [&]<class Number>(Number /*example*/) {
    function([order = type.order](const std::uint8_t* bytes) { return number_at<Number>(bytes, order); });
  };
  switch (type.kind) {
    case 'i':
      return type.item_size == 1   ? as(std::int8_t{})
             : type.item_size == 2 ? as(std::int16_t{})
             : type.item_size == 4 ? as(std::int32_t{})
                                   : as(std::int64_t{});
    case 'f':
      if (type.item_size == 2) {
        return function([order = type.order](const std::uint8_t* bytes) {
          return number_of_half(number_at<std::uint16_t>(bytes, order));
        });
      }
      return type.item_size == 4 ? as(float{}) : as(double{});
    default:  // b is a byte too
      return type.item_size == 1   ? as(std::uint8_t{})
             : type.item_size == 2 ? as(std::uint16_t{})
             : type.item_size == 4 ? as(std::uint32_t{})
                                   : as(std::uint64_t{});
  }
}

/// Values that lie with the first dimension fastest, put in the order with the last one fastest.
template <class Scalar>
[[nodiscard]] std::vector<Scalar> from_fortran_order(const std::vector<Scalar>& values,
                                                     const std::vector<Index>& shape) {
  std::vector<Scalar> result(values.size());
  std::vector<Index> strides(shape.size());  // of the result
  Index stride = 1;
  for (std::size_t k = shape.size(); k-- > 0; stride *= std::max<Index>(shape[k], 1)) {
    strides[k] = stride;
  }
  std::vector<Index> place(shape.size());
  Index position = 0;
  for (const Scalar value : values) {
    result[static_cast<std::size_t>(position)] = value;
    for (std::size_t k = 0; k < shape.size();
         ++k) {  // the next place: the first dimension, and those that overflow into the next
      position += strides[k];
      if (++place[k] < shape[k]) {
        break;
      }
      position -= strides[k] * shape[k];
      place[k] = 0;
    }
  }
  return result;
}

/// All elements, and then the end of the file. Errors: FileError.
template <class Scalar>
[[nodiscard]] std::vector<Scalar> read_npy_elements(ByteSource& source, const NpyHeader& header,
                                                    std::uint64_t most_bytes) {
  const auto item_size = static_cast<std::size_t>(header.type.item_size);
  const auto count = static_cast<std::size_t>(header.count);
  const auto fail = [&](std::size_t element, std::string_view what) {
    throw FileError(
        format_text("{}: byte {}: element {}: {}",
                    {source.path(), static_cast<std::size_t>(header.position) + element * item_size, element, what}));
  };
  if (count * item_size > most_bytes) {
    throw FileError(format_text("{}: expected at most {} bytes of elements, got {}",
                                {source.path(), most_bytes, count * item_size}));
  }
  std::vector<Scalar> values;
  values.reserve(std::min(count, std::size_t{1} << 16U));
  std::vector<std::uint8_t> piece(std::min(count * item_size, std::size_t{1} << 16U));  // a whole number of elements
  with_npy_reader(header.type, [&](const auto& number) {
    while (values.size() < count) {
      const std::size_t wanted = std::min(piece.size(), (count - values.size()) * item_size);
      const std::size_t got = source.read({piece.data(), wanted});
      for (std::size_t k = 0; k + item_size <= got; k += item_size) {
        const auto read = number(piece.data() + k);
        const auto value = static_cast<Scalar>(read);
        if constexpr (std::is_floating_point_v<decltype(read)>) {
          if (std::isfinite(read) && !std::isfinite(value)) {
            fail(values.size(), format_text("expected a number that the type asked for can hold, got {}",
                                            {static_cast<double>(read)}));
          }
        } else if (header.type.kind == 'b' && read > 1) {
          fail(values.size(), format_text("expected a bool as 0 or 1, got {}", {static_cast<std::uint64_t>(read)}));
        }
        values.push_back(value);
      }
      if (got < wanted) {
        throw FileError(format_text(
            "{}: byte {}: expected {} elements of {} bytes after the header, got {} (the file ends there)",
            {source.path(), static_cast<std::size_t>(header.position) + values.size() * item_size + got % item_size,
             count, item_size, values.size()}));
      }
    }
  });
  std::uint8_t beyond = 0;
  if (source.read({&beyond, 1}) != 0) {
    throw FileError(format_text("{}: byte {}: expected the end of the file after {} elements, got more bytes",
                                {source.path(), static_cast<std::size_t>(header.position) + count * item_size, count}));
  }
  return header.is_fortran_order && header.shape.size() > 1 ? from_fortran_order(values, header.shape)
                                                            : std::move(values);
}

}  // namespace betavae::detail
