// SPDX-License-Identifier: MIT
// How the elements of an npy file become numbers.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/detail/npy_elements.hpp>
#include <betavae/io/detail/number_bytes.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

namespace betavae::detail {

/// IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of significand. Every such number is a float.
BETAVAE_DEFINITION float number_of_half(std::uint16_t bits) {
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

/// binary16 as a type of its own.
struct HalfNumber {
  std::uint16_t bits;
};

/// The number whose bytes begin here: as it is, or a float for a HalfNumber.
template <class Number>
auto npy_number_at(const std::uint8_t* bytes, std::endian order) {
  if constexpr (std::is_same_v<Number, HalfNumber>) {
    return number_of_half(number_at<std::uint16_t>(bytes, order));
  } else {
    return number_at<Number>(bytes, order);
  }
}

/// Converts elements that lie one after the other, up to the first that Scalar cannot hold, or that is no bool where bools are
/// expected. Returns how many.
template <class Number, class Scalar>
std::size_t convert_npy_elements(const std::uint8_t* bytes, std::size_t count, const NpyType& type, Scalar* values) {
  for (std::size_t k = 0; k < count; ++k) {
    const auto number = npy_number_at<Number>(bytes + k * sizeof(Number), type.order);
    values[k] = static_cast<Scalar>(number);
    if constexpr (std::is_floating_point_v<decltype(number)>) {
      if (std::isfinite(number) && !std::isfinite(values[k])) {
        return k;
      }
    } else if (type.kind == 'b' && number > 1) {
      return k;
    }
  }
  return count;
}

template <class Scalar>
using ConvertNpyElements = std::size_t (*)(const std::uint8_t*, std::size_t, const NpyType&, Scalar*);

/// The conversion from what the file has.
template <class Scalar>
ConvertNpyElements<Scalar> npy_conversion_from(const NpyType& type) {
  switch (type.kind) {
    case 'i':
      return type.item_size == 1   ? &convert_npy_elements<std::int8_t, Scalar>
             : type.item_size == 2 ? &convert_npy_elements<std::int16_t, Scalar>
             : type.item_size == 4 ? &convert_npy_elements<std::int32_t, Scalar>
                                   : &convert_npy_elements<std::int64_t, Scalar>;
    case 'f':
      return type.item_size == 2   ? &convert_npy_elements<HalfNumber, Scalar>
             : type.item_size == 4 ? &convert_npy_elements<float, Scalar>
                                   : &convert_npy_elements<double, Scalar>;
    default:  // b is a byte too
      return type.item_size == 1   ? &convert_npy_elements<std::uint8_t, Scalar>
             : type.item_size == 2 ? &convert_npy_elements<std::uint16_t, Scalar>
             : type.item_size == 4 ? &convert_npy_elements<std::uint32_t, Scalar>
                                   : &convert_npy_elements<std::uint64_t, Scalar>;
  }
}

/// Throws for an element that no conversion takes: a double too large, or a byte above 1 that should be a bool.
[[noreturn]] BETAVAE_DEFINITION void fail_npy_element(const ByteSource& source, const NpyHeader& header,
                                                      std::size_t element, const std::uint8_t* bytes) {
  std::string what;
  if (header.type.kind == 'b') {
    what = format_text("expected a bool as 0 or 1, got {}", {std::uint64_t{*bytes}});
  } else {
    const double number = header.type.item_size == 4 ? static_cast<double>(number_at<float>(bytes, header.type.order))
                                                     : number_at<double>(bytes, header.type.order);
    what = format_text("expected a number that the type asked for can hold, got {}", {number});
  }
  const std::size_t place =
      static_cast<std::size_t>(header.position) + element * static_cast<std::size_t>(header.type.item_size);
  throw FileError(format_text("{}: byte {}: element {}: {}", {source.path(), place, element, what}));
}

/// Values that lie with the first dimension fastest, put in the order with the last one fastest.
template <class Scalar>
std::vector<Scalar> from_fortran_order(const std::vector<Scalar>& values, const std::vector<Index>& shape) {
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

template <class Scalar>
std::vector<Scalar> read_npy_elements(ByteSource& source, const NpyHeader& header, std::uint64_t most_bytes) {
  const auto item_size = static_cast<std::size_t>(header.type.item_size);
  const auto count = static_cast<std::size_t>(header.count);
  const auto begin = static_cast<std::size_t>(header.position);
  if (count * item_size > most_bytes) {
    throw FileError(format_text("{}: expected at most {} bytes of elements, got {}",
                                {source.path(), most_bytes, count * item_size}));
  }
  std::vector<Scalar> values;
  values.reserve(std::min(count, std::size_t{1} << 16U));
  std::vector<std::uint8_t> piece(std::min(count * item_size, std::size_t{1} << 16U));  // a whole number of elements
  const ConvertNpyElements<Scalar> convert = npy_conversion_from<Scalar>(header.type);
  while (values.size() < count) {
    const std::size_t wanted = std::min(piece.size(), (count - values.size()) * item_size);
    const std::size_t got = source.read({piece.data(), wanted});
    const std::size_t before = values.size();
    values.resize(before + got / item_size);
    const std::size_t converted = convert(piece.data(), got / item_size, header.type, values.data() + before);
    if (converted < got / item_size) {
      fail_npy_element(source, header, before + converted, piece.data() + converted * item_size);
    }
    if (got < wanted) {
      throw FileError(format_text(
          "{}: byte {}: expected {} elements of {} bytes after the header, got {} (the file ends there)",
          {source.path(), begin + values.size() * item_size + got % item_size, count, item_size, values.size()}));
    }
  }
  std::uint8_t beyond = 0;
  if (source.read({&beyond, 1}) != 0) {
    throw FileError(format_text("{}: byte {}: expected the end of the file after {} elements, got more bytes",
                                {source.path(), begin + count * item_size, count}));
  }
  return header.is_fortran_order && header.shape.size() > 1 ? from_fortran_order(values, header.shape)
                                                            : std::move(values);
}

}  // namespace betavae::detail
