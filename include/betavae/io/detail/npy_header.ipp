// SPDX-License-Identifier: MIT
// How the header of an npy file is read.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/detail/in_quotes.hpp>
#include <betavae/io/detail/npy_header.hpp>
#include <betavae/io/detail/number_bytes.hpp>
#include <betavae/io/whole_file.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace betavae::detail {

/// Reads the dictionary from left to right. Python's literals are many; only those that NumPy writes here are taken.
class NpyDictionary {
 public:
  NpyDictionary(const std::string& path, std::string_view text, Index position)
      : path_(path), text_(text), position_(position) {}

  /// Errors: FileError, which names the byte.
  void read(NpyHeader& header) {
    bool has_type = false;
    bool has_order = false;
    bool has_shape = false;
    expect('{', "'{', the beginning of a dictionary");
    while (!take('}')) {
      skip_spaces();
      const std::size_t begin = at_;
      const std::string_view key = read_text("a key in quotes");
      bool* const seen = key == "descr"           ? &has_type
                         : key == "fortran_order" ? &has_order
                         : key == "shape"         ? &has_shape
                                                  : nullptr;
      if (seen == nullptr) {
        fail(begin, "the keys 'descr', 'fortran_order' and 'shape'", in_quotes(key));
      }
      if (std::exchange(*seen, true)) {
        fail(begin, "each key once", in_quotes(key) + " again");
      }
      expect(':', "':' after the key");
      if (key == "descr") {
        header.type = read_type();
      } else if (key == "fortran_order") {
        header.is_fortran_order = read_bool();
      } else {
        header.shape = read_shape();
      }
      if (!take(',')) {
        expect('}', "',' or '}'");
        break;
      }
    }
    skip_spaces();
    if (at_ < text_.size()) {
      fail(at_, "nothing after the dictionary", came());
    }
    if (!has_type || !has_order || !has_shape) {
      const std::string_view key = !has_type ? "no 'descr'" : !has_order ? "no 'fortran_order'" : "no 'shape'";
      fail(0, "the keys 'descr', 'fortran_order' and 'shape'", key);
    }
    header.count = count_elements(header);
  }

 private:
  void skip_spaces() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  bool take(char character) {
    skip_spaces();
    const bool is_there = at_ < text_.size() && text_[at_] == character;
    at_ += is_there ? 1 : 0;
    return is_there;
  }

  void expect(char character, std::string_view what) {
    if (!take(character)) {
      fail(at_, what, came());
    }
  }

  /// What stands here, for messages.
  [[nodiscard]] std::string came() const {
    return at_ < text_.size() ? in_quotes(text_.substr(at_, 20)) : "the end of the header";
  }

  [[noreturn]] void fail(std::size_t at, std::string_view expected, std::string_view came) const {
    throw FileError(format_text("{}: byte {}: header: expected {}, got {}",
                                {path_, position_ + static_cast<Index>(at), expected, came}));
  }

  std::string_view read_text(std::string_view what) {
    skip_spaces();
    const std::size_t begin = at_;
    const char quote = begin < text_.size() ? text_[begin] : ' ';
    const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, begin + 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      fail(begin, what, came());
    }
    at_ = end + 1;
    return text_.substr(begin + 1, end - begin - 1);
  }

  bool read_bool() {
    skip_spaces();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return value;
      }
    }
    fail(at_, "True or False for 'fortran_order'", came());
  }

  NpyType read_type() {
    skip_spaces();
    const std::size_t begin = at_;
    if (begin < text_.size() && text_[begin] == '[') {
      fail(begin, "numbers", "a structured array (its fields are arrays of their own: write each by itself)");
    }
    const std::string_view text = read_text("the type of the elements in quotes");
    const std::string_view types = "|b1 |i1 |u1 <i2 <u2 <i4 <u4 <i8 <u8 <f2 <f4 <f8";
    if (text.size() == 3) {
      const std::string_view kind_and_size = text.substr(1);
      for (std::size_t k = 0; k < types.size(); k += 4) {
        const bool is_byte = types[k] == '|';
        const bool has_order = text[0] == '<' || text[0] == '>';
        if (types.substr(k + 1, 2) == kind_and_size && (has_order || (is_byte && text[0] == '|'))) {
          return {text[1], text[2] - '0', text[0] == '>' ? std::endian::big : std::endian::little};
        }
      }
    }
    fail(begin, "bool, integers of 1 to 8 bytes or floating point of 2 to 8 bytes, as '<f8'",
         text.find('O') != std::string_view::npos ? "Python objects, which only Python can read" : in_quotes(text));
  }

  Index read_size() {
    skip_spaces();
    const std::size_t begin = at_;
    constexpr Index most = std::numeric_limits<Index>::max();
    Index size = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      const Index digit = text_[at_] - '0';
      if (size > (most - digit) / 10) {
        fail(begin, "sizes below 2^63", "a larger one");
      }
      size = 10 * size + digit;
      ++at_;
    }
    if (at_ == begin) {
      fail(begin, "sizes of at least 0", came());
    }
    at_ += at_ < text_.size() && text_[at_] == 'L' ? 1 : 0;  // as Python 2 wrote some
    return size;
  }

  std::vector<Index> read_shape() {
    std::vector<Index> shape;
    expect('(', "a tuple of sizes for 'shape'");
    while (!take(')')) {
      const std::size_t begin = at_;
      shape.push_back(read_size());
      if (shape.size() > 64) {
        fail(begin, "at most 64 dimensions, as NumPy has", "more");
      }
      if (take(',')) {
        continue;
      }
      if (shape.size() == 1) {  // (3) is a number in Python, (3,) a tuple
        fail(at_, "',' after a single size", came());
      }
      expect(')', "',' or ')'");
      break;
    }
    return shape;
  }

  /// Zeros aside, the product must be countable in bytes of the widest type: of an array without elements, parts of the shape
  /// are multiplied later.
  [[nodiscard]] Index count_elements(const NpyHeader& header) const {
    Index most = std::numeric_limits<Index>::max() / Index{sizeof(long double)};
    bool is_empty = false;
    Index count = 1;
    for (const Index size : header.shape) {
      is_empty = is_empty || size == 0;
      if (size > most) {
        fail(0, "a shape whose elements can be counted", "2^59 elements or more");
      }
      most /= std::max<Index>(size, 1);
      count *= std::max<Index>(size, 1);
    }
    return is_empty ? 0 : count;
  }

  const std::string& path_;
  std::string_view text_;
  Index position_;
  std::size_t at_ = 0;
};

BETAVAE_DEFINITION NpyHeader read_npy_header(ByteSource& source) {
  // NumPy itself takes no more than 10,000 unless told to; what is longer describes structured arrays, which are refused anyway.
  constexpr std::size_t longest = 65535;
  std::array<std::uint8_t, 12> begin = {};
  const auto read_begin = [&](std::size_t from, std::size_t to, std::string_view what) {
    const std::size_t count = source.read({begin.data() + from, to - from});
    if (count < to - from) {
      throw FileError(
          format_text("{}: byte {}: expected {}, got the end of the file", {source.path(), from + count, what}));
    }
  };
  read_begin(0, 8, "the eight bytes that begin an npy file");
  const std::string_view magic = "\x93NUMPY";
  if (as_text({begin.data(), magic.size()}) != magic) {
    const bool is_zip = begin[0] == 'P' && begin[1] == 'K';
    throw FileError(format_text(
        "{}: byte 0: expected an npy file, got {}",
        {source.path(), is_zip ? "a zip file: include <betavae/io/npz.hpp>, link betavae::npz, and call read_npz"
                               : "something else"}));
  }
  const unsigned version = begin[6];
  if (version < 1 || version > 3 || begin[7] != 0) {
    throw FileError(format_text("{}: byte 6: expected version 1.0, 2.0 or 3.0, got {}.{}",
                                {source.path(), version, static_cast<unsigned>(begin[7])}));
  }
  const std::size_t end = version == 1 ? 10 : 12;
  read_begin(8, end, "the length of the header");
  const std::size_t length = version == 1 ? number_at<std::uint16_t>(begin.data() + 8, std::endian::little)
                                          : number_at<std::uint32_t>(begin.data() + 8, std::endian::little);
  if (length > longest) {
    throw FileError(
        format_text("{}: byte 8: length of the header: expected at most {}, got {}", {source.path(), longest, length}));
  }
  const std::vector<std::uint8_t> text = read_up_to(source, length);
  if (text.size() < length) {
    throw FileError(format_text("{}: byte {}: expected {} bytes of header, got {} (the file ends there)",
                                {source.path(), end + text.size(), length, text.size()}));
  }
  NpyHeader header;
  header.position = static_cast<Index>(end + length);
  NpyDictionary(source.path(), as_text({text.data(), text.size()}), static_cast<Index>(end)).read(header);
  return header;
}

}  // namespace betavae::detail
