// SPDX-License-Identifier: MIT
#include <betavae/io/detail/number_bytes.hpp>
#include <betavae/io/npy.hpp>

#include "io/idx_files.hpp"

#include <bit>
#include <cmath>
#include <limits>

using namespace betavae;
using namespace betavae::test;

namespace {

std::string reference(const std::string& name) { return BETAVAE_TEST_REFERENCE_DIR "/files/" + name + ".npy"; }

/// A file of version 1.0 (2.0 with a longer length) with this dictionary and as many zero bytes of data.
Bytes npy_bytes(const std::string& dictionary, std::size_t data, std::uint8_t version = 1) {
  Bytes bytes = {0x93,
                 'N',
                 'U',
                 'M',
                 'P',
                 'Y',
                 version,
                 0,
                 static_cast<std::uint8_t>(dictionary.size()),
                 static_cast<std::uint8_t>(dictionary.size() >> 8U)};
  if (version > 1) {
    bytes.resize(12);
  }
  bytes.insert(bytes.end(), dictionary.begin(), dictionary.end());
  bytes.resize(bytes.size() + data);
  return bytes;
}

Bytes with_shape(const std::string& shape, std::size_t data) {
  return npy_bytes("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }\n", data);
}

std::string error_of(const Bytes& bytes) {
  std::string error = file_error([&] { (void)parse_npy<double>("memory", bytes); });
  CHECK(error.starts_with("memory: "));
  return error;
}

void check_contains(const std::string& text, std::initializer_list<const char*> parts) {
  for (const char* const part : parts) {
    INFO(text << "\nmust contain: " << part);
    CHECK(text.find(part) != std::string::npos);
  }
}

/// The rule of tests/reference/files.py for element k of a type.
double expected(char kind, std::size_t k) {
  const auto number = static_cast<double>(k);
  return kind == 'b'   ? static_cast<double>(k % 2)
         : kind == 'u' ? number
         : kind == 'i' ? number - 3
                       : 0.5 * (number - 3);
}

}  // namespace

TEMPLATE_TEST_CASE("every type of numbers in both byte orders is what NumPy wrote", "", float, double, long double) {
  for (const std::string name :
       {"byte_b1", "byte_i1", "byte_u1", "little_i2", "little_u2", "little_i4", "little_u4", "little_i8", "little_u8",
        "little_f2", "little_f4", "little_f8", "big_i2", "big_u4", "big_i8", "big_f2", "big_f4", "big_f8"}) {
    INFO(name);
    const NpyArray<TestType> array = read_npy<TestType>(reference(name));
    CHECK(array.shape == std::vector<Index>{4, 3});
    REQUIRE(array.values.size() == 12);
    for (std::size_t k = 0; k < 12; ++k) {
      CHECK(array.values[k] == static_cast<TestType>(expected(name[name.find('_') + 1], k)));
    }
  }
}

TEST_CASE("all versions of the format and both orders of dimensions give the same matrix, one column a sample") {
  for (const std::string name : {"little_f8", "fortran", "version_2", "version_3"}) {
    INFO(name);
    const Matrix<double> matrix = read_npy_matrix<double>(reference(name));
    REQUIRE(matrix.rows() == 3);
    REQUIRE(matrix.cols() == 4);
    for (Index k = 0; k < 12; ++k) {
      CHECK(matrix(k % 3, k / 3) == expected('f', static_cast<std::size_t>(k)));
    }
  }
}

TEST_CASE("three dimensions in the order of Fortran come in the order of C") {
  const NpyArray<float> array = read_npy<float>(reference("fortran_three"));
  CHECK(array.shape == std::vector<Index>{2, 3, 4});
  REQUIRE(array.values.size() == 24);
  for (std::size_t k = 0; k < 24; ++k) {
    CHECK(array.values[k] == static_cast<float>(expected('f', k)));
  }
  CHECK(array.matrix().rows() == 12);
  CHECK(array.matrix().cols() == 2);
}

TEST_CASE("one number, a list, and nothing are matrices too") {
  CHECK(read_npy<float>(reference("one_number")).shape.empty());
  CHECK(read_npy_matrix<float>(reference("one_number")) == Matrix<float>::Constant(1, 1, -1.5F));
  const Matrix<float> list = read_npy_matrix<float>(reference("list"));
  CHECK(list.rows() == 1);
  CHECK(list.cols() == 5);
  CHECK(list(0, 4) == 0.5F);
  const Matrix<float> empty = read_npy_matrix<float>(reference("empty"));
  CHECK(empty.rows() == 3);
  CHECK(empty.cols() == 0);
}

TEST_CASE("half precision has its zeros, small and large numbers, infinities and NaN") {
  const std::vector<double> values = read_npy<double>(reference("halves")).values;
  REQUIRE(values.size() == 9);
  CHECK((values[0] == 0 && !std::signbit(values[0])));
  CHECK((values[1] == 0 && std::signbit(values[1])));
  CHECK(values[2] == std::ldexp(1.0, -24));
  CHECK(values[3] == std::ldexp(1023.0, -24));
  CHECK(values[4] == 65504);
  CHECK(values[5] == std::numeric_limits<double>::infinity());
  CHECK(values[6] == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(values[7]));
  CHECK(values[8] == 0.333251953125);
}

TEST_CASE("a number too large for the type asked for is named") {
  CHECK(read_npy<double>(reference("too_large")).values[1] == 1e300);
  check_contains(file_error([] { (void)read_npy<float>(reference("too_large")); }),
                 {"byte 136", "element 1", "1e+300"});
}

TEST_CASE("arrays of something else than numbers are refused by what they are") {
  const auto error = [](const std::string& name) {
    return file_error([&] { (void)read_npy<double>(reference(name)); });
  };
  check_contains(error("objects"), {"byte 20", "Python objects"});
  check_contains(error("structured"), {"structured"});
  check_contains(error("text"), {"'<U2'"});
  check_contains(error("complex"), {"'<c16'"});
}

TEST_CASE("what is no npy file says so") {
  check_contains(error_of({}), {"byte 0", "got the end of the file"});
  check_contains(error_of({0x93, 'N', 'U'}), {"byte 3", "got the end of the file"});
  check_contains(error_of({'h', 'e', 'l', 'l', 'o', '!', '!', '!'}), {"byte 0", "something else"});
  check_contains(error_of({'P', 'K', 3, 4, 0, 0, 0, 0}), {"betavae/io/npz.hpp", "betavae::npz"});
  check_contains(error_of({0x93, 'N', 'U', 'M', 'P', 'Y', 4, 0, 0, 0}), {"byte 6", "got 4.0"});
  check_contains(error_of({0x93, 'N', 'U', 'M', 'P', 'Y', 1, 1, 0, 0}), {"byte 6", "got 1.1"});
  check_contains(error_of({0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 9}), {"byte 9", "length of the header"});
  check_contains(error_of({0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 9, 0, 0, 1}), {"byte 8", "at most 65535", "16777225"});
  check_contains(error_of({0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 9, 0, '{'}),
                 {"byte 11", "expected 9 bytes of header, got 1"});
}

TEST_CASE("a dictionary that lies about the data is found out") {
  CHECK(parse_npy<double>("memory", with_shape("(2, 3)", 48)).values.size() == 6);
  CHECK(parse_npy<double>("memory", with_shape("(2L, 3L,)", 48)).values.size() == 6);
  check_contains(error_of(with_shape("(2, 3)", 47)), {"expected 6 elements of 8 bytes", "got 5"});
  check_contains(error_of(with_shape("(2, 3)", 49)), {"end of the file after 6 elements"});
  check_contains(error_of(with_shape("()", 0)), {"expected 1 elements", "got 0"});
  check_contains(error_of(with_shape("(1000000000000,)", 16)), {"expected 1000000000000 elements", "got 2"});
  check_contains(error_of(with_shape("(4294967296, 4294967296)", 8)), {"elements can be counted"});
  check_contains(error_of(with_shape("(4611686018427387904, 4611686018427387904, 0)", 0)), {"elements can be counted"});
  check_contains(error_of(with_shape("(576460752303423488, 0)", 0)), {"elements can be counted"});
  check_contains(error_of(with_shape("(9223372036854775808,)", 8)), {"below 2^63"});
  check_contains(error_of(with_shape("(-2, 3)", 48)), {"at least 0", "'-2, 3)"});
  check_contains(error_of(with_shape("(2.5, 3)", 48)), {"',' after a single size", "'.5, 3)"});
  check_contains(error_of(with_shape("(2, 3.5)", 48)), {"',' or ')'", "'.5)"});
  check_contains(error_of(with_shape("('2', 3)", 48)), {"sizes"});
  check_contains(error_of(with_shape("[2, 3]", 48)), {"a tuple"});
  check_contains(error_of(with_shape("'(2, 3)'", 48)), {"a tuple"});
  check_contains(error_of(with_shape("(6)", 48)), {"',' after a single size"});
  std::string many = "(";
  for (int k = 0; k < 65; ++k) {
    many += "1,";
  }
  check_contains(error_of(with_shape(many + ")", 8)), {"at most 64 dimensions"});
}

TEST_CASE("a dictionary that is none, or not NumPy's, is found out") {
  const auto error = [](const std::string& dictionary) { return error_of(npy_bytes(dictionary, 8)); };
  check_contains(error(""), {"byte 10", "'{'", "end of the header"});
  check_contains(error("[1]"), {"'{'", "'[1]'"});
  check_contains(error("{}"), {"no 'descr'"});
  check_contains(error("{'descr': '<f8'}"), {"no 'fortran_order'"});
  check_contains(error("{'descr': '<f8', 'fortran_order': False}"), {"no 'shape'"});
  check_contains(error("{'descr': '<f8', 'descr': '<f8'}"), {"byte 27", "'descr' again"});
  check_contains(error("{'descr': '<f8', 'order': 1}"), {"'order'"});
  check_contains(error("{'descr' '<f8'}"), {"':'"});
  check_contains(error("{'descr': '<f8' 'shape': ()}"), {"',' or '}'"});
  check_contains(error("{'descr': '<f8"), {"type of the elements"});
  check_contains(error("{descr: '<f8'}"), {"a key in quotes"});
  check_contains(error("{'descr': None}"), {"type of the elements"});
  check_contains(error("{'descr': '<f16'}"), {"'<f16'"});
  check_contains(error("{'descr': '|f8'}"), {"'|f8'"});
  check_contains(error("{'descr': '=f8'}"), {"'=f8'"});
  check_contains(error("{'descr': ''}"), {"''"});
  check_contains(error("{'fortran_order': 0}"), {"True or False"});
  check_contains(error("{'shape': (1,), 'descr': '<f8', 'fortran_order': True} x"), {"nothing after", "'x'"});
  check_contains(error("{'shape': (1"), {"header"});
  CHECK(parse_npy<double>("memory", npy_bytes(" {\"shape\":(1,),\n'descr':'>f8' ,'fortran_order':True\t}", 8, 2))
            .values == std::vector<double>{0});
}

TEST_CASE("a bool is 0 or 1") {
  Bytes bytes = npy_bytes("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", 2);
  bytes.back() = 2;
  check_contains(error_of(bytes), {"element 1", "bool", "got 2"});
}

TEST_CASE("arrays larger than the reader's pieces are whole") {
  Bytes bytes = with_shape("(300000, 2)", 4'800'000);
  const std::size_t begin = bytes.size() - 4'800'000;
  for (std::size_t k = 0; k < 600'000; ++k) {
    detail::put_number(static_cast<double>(k), bytes.data() + begin + 8 * k, std::endian::little);
  }
  const Matrix<double> matrix = parse_npy<double>("memory", bytes).matrix();
  CHECK(matrix(0, 0) == 0);
  CHECK(matrix(1, 150'000) == 300'001);
  CHECK(matrix(1, 299'999) == 599'999);
}

TEST_CASE("no change of a byte and no cut of an npy file does anything but succeed or throw FileError") {
  const TemporaryFolder folder;
  const Bytes content = read_bytes(reference("fortran"));
  mutate_file(folder, content, 140, read_npy<double>,
              [](const NpyArray<double>& array) { return array.values.size() * 12 >= array.values.size(); });
}
