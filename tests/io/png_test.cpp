// SPDX-License-Identifier: MIT
#include <betavae/io/detail/idx_parser.hpp>
#include <betavae/io/png.hpp>
#include <betavae/io/report/base64.hpp>

#include "io/idx_files.hpp"

#include <algorithm>
#include <array>

using namespace betavae;
using namespace betavae::test;

namespace {

constexpr std::array<std::uint8_t, 8> signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

std::uint32_t word(const Bytes& bytes, std::size_t at) {
  return detail::big_endian({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

}  // namespace

TEST_CASE("a picture becomes a PNG with its size and kind of colour") {
  constexpr std::array<std::uint8_t, 5> colour_types = {0, 0, 4, 2, 6};
  for (const Index channels : {1, 2, 3, 4}) {
    const Bytes png = encode_png({3, 5, channels, Bytes(static_cast<std::size_t>(15 * channels), 7)});
    REQUIRE(png.size() > 33);
    CHECK(std::equal(signature.begin(), signature.end(), png.begin()));
    CHECK(word(png, 16) == 5);
    CHECK(word(png, 20) == 3);
    CHECK(png[24] == 8);
    CHECK(png[25] == colour_types[static_cast<std::size_t>(channels)]);
    CHECK(std::string(png.end() - 8, png.end() - 4) == "IEND");
  }
}

TEST_CASE("pictures that contradict themselves are refused") {
  CHECK_THROWS_AS(encode_png({2, 2, 1, Bytes(3)}), ArgumentError);
  CHECK_THROWS_AS(encode_png({2, 2, 1, Bytes(5)}), ArgumentError);
  CHECK_THROWS_AS(encode_png({0, 2, 1, {}}), ArgumentError);
  CHECK_THROWS_AS(encode_png({2, -1, 1, {}}), ArgumentError);
  CHECK_THROWS_AS(encode_png({2, 2, 5, Bytes(20)}), ArgumentError);
  CHECK_THROWS_AS(encode_png({2, 2, 0, {}}), ArgumentError);
  CHECK_THROWS_AS(encode_png({Index{1} << 40, Index{1} << 40, 1, {}}), ArgumentError);
  CHECK_THROWS_AS(encode_png({1, Index{1} << 62, 4, {}}), ArgumentError);
  CHECK_THROWS_AS(encode_png({Index{1} << 30, 1, 1, {}}), ArgumentError);
}

TEST_CASE("a PNG file holds the same bytes as the one in memory, and a bad picture writes nothing") {
  const TemporaryFolder folder;
  const Picture picture{2, 2, 3, Bytes(12, 200)};
  write_png(folder.file("picture.png"), picture);
  CHECK(read_bytes(folder.file("picture.png")) == encode_png(picture));
  CHECK_THROWS_AS(write_png(folder.file("bad.png"), Picture{2, 2, 3, Bytes(11)}), ArgumentError);
  CHECK_THROWS_AS(write_png(folder.file("none/picture.png"), picture), FileError);
  CHECK(folder.count() == 1);
}

TEST_CASE("base64 agrees with the examples of RFC 4648") {
  const auto encode = [](std::string_view text) { return detail::base64(Bytes(text.begin(), text.end())); };
  CHECK(encode("").empty());
  CHECK(encode("f") == "Zg==");
  CHECK(encode("fo") == "Zm8=");
  CHECK(encode("foo") == "Zm9v");
  CHECK(encode("foob") == "Zm9vYg==");
  CHECK(encode("fooba") == "Zm9vYmE=");
  CHECK(encode("foobar") == "Zm9vYmFy");
  CHECK(detail::base64(Bytes{0xff, 0xfe, 0xfd}) == "//79");
}

TEST_CASE("a data URI begins with its kind and the signature of PNG") {
  CHECK(png_data_uri({1, 1, 1, {0}}).starts_with("data:image/png;base64,iVBORw0KGgo"));
}
