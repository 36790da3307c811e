// SPDX-License-Identifier: MIT
#include <betavae/io/detail/number_bytes.hpp>
#include <betavae/io/safetensors.hpp>

#include "io/idx_files.hpp"

#include <algorithm>
#include <bit>

using namespace betavae;
using namespace betavae::test;

namespace {

/// Length, header, and as many zero bytes of data.
Bytes file_of(const std::string& header, std::size_t data, std::uint64_t length) {
  Bytes bytes(8 + header.size() + data);
  detail::put_number(length, bytes.data(), std::endian::little);
  std::copy(header.begin(), header.end(), bytes.begin() + 8);
  return bytes;
}
Bytes file_of(const std::string& header, std::size_t data = 0) { return file_of(header, data, header.size()); }

std::string error_of(const Bytes& bytes) {
  std::string error = file_error([&] { (void)parse_safetensors("memory", bytes); });
  CHECK(error.starts_with("memory: "));
  return error;
}

/// A tensor of the header.
std::string entry(const std::string& name, const std::string& type, const std::string& shape,
                  const std::string& offsets) {
  return R"(")" + name + R"(":{"dtype":")" + type + R"(","shape":[)" + shape + R"(],"data_offsets":[)" + offsets + "]}";
}

void check_contains(const std::string& text, std::initializer_list<const char*> parts) {
  for (const char* const part : parts) {
    INFO(text << "\nmust contain: " << part);
    CHECK(text.find(part) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("a file that Python's safetensors wrote is read") {
  const SafeTensors file = read_safetensors(BETAVAE_TEST_REFERENCE_DIR "/files/python.safetensors");
  CHECK(file.metadata == Metadata{{"format", "np"}, {"Größe", "a \"quoted\" line\nand another"}});
  REQUIRE(file.tensors.size() == 5);
  const StoredTensor* const weight = file.find("encoder.0.weight");
  REQUIRE(weight != nullptr);
  CHECK(weight->type == "F32");
  CHECK(weight->shape == std::vector<Index>{4, 3});
  for (int k = 0; k < 12; ++k) {
    CHECK(detail::number_at<float>(weight->bytes.data() + std::ptrdiff_t{4} * k, std::endian::little) ==
          0.5F * static_cast<float>(k - 3));
  }
  REQUIRE(file.find("scale") != nullptr);
  CHECK(file.find("scale")->shape.empty());
  CHECK(detail::number_at<double>(file.find("scale")->bytes.data(), std::endian::little) == -1.5);
  CHECK(file.find("labels")->type == "I64");
  CHECK(file.find("nothing")->shape == std::vector<Index>{0, 7});
  CHECK(file.find("none") == nullptr);
}

TEST_CASE("what is written reads back, the widest numbers first and everything aligned") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model");
  const SafeTensors content{{{"key \"quoted\"", "line\nline"}, {"", "ü"}},
                            {{"a", "U8", {3}, {1, 2, 3}},
                             {"b", "F64", {}, Bytes(8, 7)},
                             {"none", "F64", {0, 5}, {}},
                             {"c", "F32", {1, 2}, Bytes(8, 9)}}};
  write_safetensors(path, content);
  const Bytes bytes = read_bytes(path);
  CHECK(bytes.size() % 8 == 3);  // header padded to eight
  const SafeTensors back = read_safetensors(path);
  CHECK(back.metadata == content.metadata);
  REQUIRE(back.tensors.size() == 4);
  for (const StoredTensor& tensor : content.tensors) {
    const StoredTensor* const found = back.find(tensor.name);
    REQUIRE(found != nullptr);
    CHECK(found->type == tensor.type);
    CHECK(found->shape == tensor.shape);
    CHECK(found->bytes == tensor.bytes);
  }
  CHECK(back.tensors.back().name == "a");
}

TEST_CASE("a file without tensors is one, and has a header of two brackets") {
  const TemporaryFolder folder;
  write_safetensors(folder.file("empty"), {});
  CHECK(read_bytes(folder.file("empty")) == Bytes{8, 0, 0, 0, 0, 0, 0, 0, '{', '}', ' ', ' ', ' ', ' ', ' ', ' '});
  CHECK(read_safetensors(folder.file("empty")).tensors.empty());
}

TEST_CASE("content that contradicts itself is not written, and the old file stays") {
  const TemporaryFolder folder;
  const std::string path = folder.write("kept", {42});
  const StoredTensor good{"a", "F32", {2}, Bytes(8)};
  CHECK_THROWS_AS(write_safetensors(path, {{}, {good, good}}), ArgumentError);
  CHECK_THROWS_AS(write_safetensors(path, {{}, {{"a", "F32", {2}, Bytes(9)}}}), ArgumentError);
  CHECK_THROWS_AS(write_safetensors(path, {{}, {{"a", "F31", {2}, Bytes(8)}}}), ArgumentError);
  CHECK_THROWS_AS(write_safetensors(path, {{}, {{"a", "F32", {-2}, Bytes(8)}}}), ArgumentError);
  CHECK_THROWS_AS(write_safetensors(path, {{}, {{"a", "F32", {Index{1} << 62, 0}, {}}}}), ArgumentError);
  CHECK_THROWS_AS(write_safetensors(path, {{}, {{"__metadata__", "F32", {2}, Bytes(8)}}}), ArgumentError);
  CHECK_THROWS_AS(write_safetensors(path, {{}, {{"\xff", "F32", {2}, Bytes(8)}}}), ArgumentError);
  CHECK_THROWS_AS(write_safetensors(path, {{{"key", "\xc3"}}, {good}}), ArgumentError);
  CHECK(read_bytes(path) == Bytes{42});
  CHECK(folder.count() == 1);
}

TEST_CASE("a length of the header that lies is named") {
  check_contains(error_of({}), {"byte 0", "eight bytes", "got 0"});
  check_contains(error_of({1, 2, 3}), {"got 3"});
  check_contains(error_of(file_of("{}", 0, 100'000'001)), {"at most 100000000", "got 100000001"});
  check_contains(error_of(file_of("{}", 0, ~std::uint64_t{0})), {"got 18446744073709551615"});
  check_contains(error_of(file_of("{}", 0, 3)), {"byte 10", "expected 3 bytes of header, got 2"});
  check_contains(error_of(file_of("{}", 0, 0)), {"byte 8", "expected '{'"});
  check_contains(error_of(file_of("{}", 0, 1)), {"header", "end of input"});
  check_contains(error_of(file_of("{} x")), {"header"});
  check_contains(error_of(file_of(std::string("{}\0x", 4))), {"byte 10", "zero byte"});
  check_contains(error_of(file_of(" {}")), {"expected '{'"});
}

TEST_CASE("tensors lie one after the other, without overlap or hole") {
  const auto header = [](const std::string& first, const std::string& second) {
    return "{" + entry("a", "F32", "2", first) + "," + entry("b", "F32", "2", second) + "}";
  };
  CHECK(parse_safetensors("memory", file_of(header("0,8", "8,16"), 16)).tensors.size() == 2);
  const SafeTensors turned = parse_safetensors("memory", file_of(header("8,16", "0,8"), 16));
  CHECK(turned.tensors[0].name == "b");
  check_contains(error_of(file_of(header("0,8", "4,12"), 12)),
                 {"tensor 'b'", "begin at 8, after 'a', got 4", "overlap"});
  check_contains(error_of(file_of(header("0,8", "0,8"), 8)), {"begin at 8", "got 0", "overlap"});
  check_contains(error_of(file_of(header("0,8", "12,20"), 20)), {"tensor 'b'", "got 12", "belong to none"});
  check_contains(error_of(file_of(header("4,12", "12,20"), 20)), {"tensor 'a'", "begin at 0, first, got 4"});
  check_contains(error_of(file_of(header("0,8", "16,8"), 20)), {"tensor 'b'", "beginning before the end", "16 and 8"});
  check_contains(error_of(file_of(header("0,8", "8,20"), 20)), {"tensor 'b'", "expected 8 bytes", "got 12"});
  check_contains(error_of(file_of(header("0,8", "8,16"), 15)), {"tensor 'b'", "expected 8 bytes, got 7", "ends there"});
  check_contains(error_of(file_of(header("0,8", "8,16"), 17)), {"end of the file after 16 bytes"});
}

TEST_CASE("sizes and places that overflow are named") {
  const auto one = [](const std::string& shape, const std::string& offsets) {
    return file_of("{" + entry("a", "F32", shape, offsets) + "}", 8);
  };
  check_contains(error_of(one("4611686018427387904,4", "0,0")), {"tensor 'a'", "shape", "counted"});
  check_contains(error_of(one("4611686018427387904,4,0", "0,0")), {"shape", "counted"});
  check_contains(error_of(one("9223372036854775809", "0,4")), {"shape", "counted"});
  check_contains(error_of(one("18446744073709551616", "0,4")), {"whole numbers", "18446744073709551616"});
  check_contains(error_of(one("-2", "0,8")), {"shape", "whole numbers", "-2"});
  check_contains(error_of(one("2", "-8,0")), {"data_offsets", "whole numbers", "-8"});
  check_contains(error_of(one("2.0", "0,8")), {"shape", "whole numbers", "2.0"});
  check_contains(error_of(one("1e400", "0,8")), {"header"});
  check_contains(error_of(one("2305843009213693951", "0,9223372036854775804")),
                 {"expected 9223372036854775804 bytes, got 8"});
  check_contains(error_of(one("2", "18446744073709551608,18446744073709551615")), {"expected 8 bytes", "got 7"});
  check_contains(error_of(one("2", "18446744073709551600,18446744073709551608")), {"begin at 0"});
  check_contains(error_of(one("2", "0")), {"two numbers, got 1"});
  check_contains(error_of(one("2", "0,8,8")), {"two numbers, got more"});
}

TEST_CASE("keys that come twice, miss, or are unknown are named") {
  const std::string a = entry("a", "F32", "2", "0,8");
  check_contains(error_of(file_of("{" + a + "," + a + "}", 8)), {"'a' comes twice"});
  check_contains(error_of(file_of(R"({"__metadata__":{"k":"1","k":"2"}})")), {"__metadata__", "'k' comes twice"});
  check_contains(error_of(file_of(R"({"__metadata__":{},"__metadata__":{}})")), {"'__metadata__' comes twice"});
  check_contains(error_of(file_of(R"({"a":{"dtype":"F32","dtype":"F32"}})")), {"tensor 'a'", "'dtype' comes twice"});
  check_contains(error_of(file_of(R"({"a":{"dtype":"F32","shape":[]}})")), {"tensor 'a'", "no data_offsets"});
  check_contains(error_of(file_of(R"({"a":{}})")), {"tensor 'a'", "no dtype"});
  check_contains(error_of(file_of(R"({"a":{"dtype":"F32","strides":[]}})")), {"tensor 'a'", "got 'strides'"});
}

TEST_CASE("values of another kind are named") {
  check_contains(error_of(file_of("{" + entry("a", "F33", "2", "0,8") + "}", 8)), {"dtype", "F32, F64", "'F33'"});
  check_contains(error_of(file_of(R"({"a":1})")), {"key 'a'", "expected an object", "got 1"});
  check_contains(error_of(file_of(R"({"a":[1]})")), {"key 'a'", "an array"});
  check_contains(error_of(file_of(R"({"a":{"dtype":4}})")), {"dtype: expected text, got 4"});
  check_contains(error_of(file_of(R"({"a":{"shape":"4"}})")), {"shape: expected an array", "'4'"});
  check_contains(error_of(file_of(R"({"a":{"shape":{}}})")), {"shape: expected an array", "an object"});
  check_contains(error_of(file_of(R"({"a":{"shape":[null]}})")), {"shape: expected whole numbers", "null"});
  check_contains(error_of(file_of(R"({"a":{"shape":[true]}})")), {"shape: expected whole numbers", "true"});
  check_contains(error_of(file_of(R"({"__metadata__":{"k":1}})")), {"__metadata__", "'k'", "expected text"});
  check_contains(error_of(file_of(R"({"__metadata__":{"k":{}}})")), {"__metadata__", "an object"});
  check_contains(error_of(file_of(R"({"__metadata__":null})")), {"'__metadata__'", "null"});
  check_contains(error_of(file_of("{\"\xff\":1}")), {"UTF-8"});
}

TEST_CASE("brackets nested a million deep are refused at the second level") {
  check_contains(error_of(file_of(R"({"a":{"shape":)" + std::string(1'000'000, '['))), {"shape", "an array"});
  std::string objects;
  for (int k = 0; k < 1'000'000; ++k) {
    objects += R"({"a":)";
  }
  check_contains(error_of(file_of(objects)), {"tensor 'a'"});
}

TEST_CASE("no change of a byte and no cut of a safetensors file does anything but succeed or throw FileError") {
  const TemporaryFolder folder;
  write_safetensors(folder.file("model"),
                    {{{"k", "text"}}, {{"a", "F32", {2}, Bytes(8)}, {"b", "F64", {1, 1}, Bytes(8)}}});
  const Bytes content = read_bytes(folder.file("model"));
  mutate_file(folder, content, content.size(), read_safetensors, [](const SafeTensors& read) {
    std::size_t bytes = 0;
    for (const StoredTensor& tensor : read.tensors) {
      bytes += tensor.bytes.size();
    }
    return bytes == 16 || bytes == 0;
  });
}
