// SPDX-License-Identifier: MIT
#include <betavae/data/data_set.hpp>
#include <betavae/data/image_set.hpp>

#include "catch.hpp"
#include "error_text.hpp"

#include <limits>

using namespace betavae;
using test::error_text;

namespace {

static_assert(DataSet<ImageSet, float>);
static_assert(DataSet<ImageSet, double>);

ImageSet three_images() {
  return {
      .count = 3, .height = 1, .width = 2, .channels = 2, .bytes = {0, 1, 2, 3, 10, 11, 12, 13, 252, 253, 254, 255}};
}

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

std::vector<std::uint8_t> bytes_of(const std::vector<float>& numbers) {
  const Eigen::Map<const Matrix<float>> column(numbers.data(), static_cast<Index>(numbers.size()), 1);
  return to_images(column, 1, column.rows()).bytes;
}

}  // namespace

TEST_CASE("an ImageSet knows its size, its features and the bytes of each image") {
  const ImageSet set = three_images();
  CHECK(set.size() == 3);
  CHECK(set.features() == 4);
  const auto image = set.image(1);
  CHECK(std::vector<std::uint8_t>(image.begin(), image.end()) == std::vector<std::uint8_t>{10, 11, 12, 13});
  CHECK(set.image(2).back() == 255);
}

TEST_CASE("an ImageSet fills a batch with each byte divided by 255") {
  const ImageSet set = three_images();
  std::vector<float> values(8);
  set.fill(std::vector<Index>{2, 0}, values.data());
  CHECK(values ==
        std::vector<float>{252 / 255.0F, 253 / 255.0F, 254 / 255.0F, 1, 0, 1 / 255.0F, 2 / 255.0F, 3 / 255.0F});
  std::vector<double> wide(4);
  set.fill(std::vector<Index>{1}, wide.data());
  CHECK(wide == std::vector<double>{10 / 255.0, 11 / 255.0, 12 / 255.0, 13 / 255.0});
}

TEST_CASE("an ImageSet refuses an index outside of it") {
  const ImageSet set = three_images();
  CHECK(error_text<ArgumentError>([&] { (void)set.image(3); }) ==
        "ImageSet::image: index: expected at least 0 and below 3, got 3");
  CHECK(error_text<ArgumentError>([&] { (void)set.image(-1); }) ==
        "ImageSet::image: index: expected at least 0 and below 3, got -1");
  CHECK(error_text<ArgumentError>([] { (void)ImageSet{}.image(0); }) ==
        "ImageSet::image: index: expected at least 0 and below 0, got 0");
  float value = 0;
  CHECK_THROWS_AS(set.fill(std::vector<Index>{3}, &value), ArgumentError);
}

TEST_CASE("an ImageSet with fewer or more bytes than its sizes say is refused, never read") {
  ImageSet set = three_images();
  set.bytes.pop_back();
  const auto text = [&] { return error_text<ArgumentError>([&] { (void)set.image(0); }); };
  CHECK(text() == "ImageSet::image: expected as many bytes as count · height · width · channels, got 11 and 12");
  set.bytes.resize(13);
  CHECK(text() == "ImageSet::image: expected as many bytes as count · height · width · channels, got 13 and 12");
  set.bytes.clear();
  CHECK(text() == "ImageSet::image: expected as many bytes as count · height · width · channels, got 0 and 12");
}

TEST_CASE("to_images rounds to the nearest byte") {
  CHECK(bytes_of({0, 1, 0.5F, 0.4F / 255, 0.6F / 255, 254.4F / 255, 254.6F / 255}) ==
        std::vector<std::uint8_t>{0, 255, 128, 0, 1, 254, 255});
}

TEST_CASE("to_images cuts what lies outside of 0 and 1, and turns NaN into 0") {
  CHECK(bytes_of({-0.1F, -infinity, 1.1F, 1e30F, infinity, not_a_number, -0.0F}) ==
        std::vector<std::uint8_t>{0, 0, 255, 255, 255, 0, 0});
}

TEST_CASE("every byte survives the way to a number and back") {
  ImageSet set{.count = 1, .height = 16, .width = 16, .channels = 1, .bytes = {}};
  for (int byte = 0; byte < 256; ++byte) {
    set.bytes.push_back(static_cast<std::uint8_t>(byte));
  }
  Matrix<float> numbers(256, 1);
  set.fill(std::vector<Index>{0}, numbers.data());
  CHECK(to_images(numbers, 16, 16).bytes == set.bytes);
  Matrix<double> wide(256, 1);
  set.fill(std::vector<Index>{0}, wide.data());
  CHECK(to_images(wide, 16, 16).bytes == set.bytes);
}

TEST_CASE("to_images makes an image of each column, also of an expression") {
  Matrix<float> numbers(6, 2);
  numbers.col(0).setConstant(0.5F);
  numbers.col(1).setLinSpaced(0, 1);
  const ImageSet set = to_images(numbers * 2, 1, 2, 3);
  CHECK(set.size() == 2);
  CHECK(set.height == 1);
  CHECK(set.width == 2);
  CHECK(set.channels == 3);
  CHECK(set.image(0)[5] == 255);
  CHECK(set.image(1)[1] == 102);
  CHECK(to_images(Matrix<float>(6, 0), 2, 3).size() == 0);
}

TEST_CASE("to_images refuses sizes that the matrix does not have") {
  const Matrix<float> numbers = Matrix<float>::Zero(6, 1);
  CHECK(error_text<ArgumentError>([&] { (void)to_images(numbers, 2, 2); }) ==
        "to_images: expected as many rows of the matrix as height · width · channels, got 6 and 4");
  CHECK(error_text<ArgumentError>([&] { (void)to_images(numbers, -2, -3); }) ==
        "to_images: height, width, channels: expected at least 0, got -3");
}
