// SPDX-License-Identifier: MIT
#include <betavae/io/image_grid.hpp>

#include "io/temporary_folder.hpp"
#include "support/catch.hpp"

using namespace betavae;
using betavae::test::Bytes;

TEST_CASE("images stand row by row with a gap between neighbours") {
  const ImageSet images{.count = 3, .height = 1, .width = 2, .channels = 1, .bytes = {1, 2, 3, 4, 5, 6}};
  const Picture sheet = image_grid(images, {.columns = 2, .gap = 1, .background = 9});
  CHECK(sheet.height == 3);
  CHECK(sheet.width == 5);
  CHECK(sheet.channels == 1);
  CHECK(sheet.bytes == Bytes{1, 2, 9, 3, 4, 9, 9, 9, 9, 9, 5, 6, 9, 9, 9});
}

TEST_CASE("without a background the gaps are transparent and the images are not") {
  const ImageSet images{.count = 2, .height = 1, .width = 1, .channels = 3, .bytes = {1, 2, 3, 4, 5, 6}};
  const Picture sheet = image_grid(images);
  CHECK(sheet.channels == 4);
  CHECK(sheet.width == 3);
  CHECK(sheet.bytes == Bytes{1, 2, 3, 255, 0, 0, 0, 0, 4, 5, 6, 255});
}

TEST_CASE("fewer images than columns make a narrower sheet, and no gap is no gap") {
  const ImageSet images{.count = 2, .height = 1, .width = 1, .channels = 1, .bytes = {7, 8}};
  const Picture sheet = image_grid(images, {.columns = 100, .gap = 0, .background = 0});
  CHECK(sheet.width == 2);
  CHECK(sheet.height == 1);
  CHECK(sheet.bytes == Bytes{7, 8});
}

TEST_CASE("sets and options that make no sheet are refused") {
  const ImageSet good{.count = 2, .height = 2, .width = 2, .channels = 1, .bytes = Bytes(8)};
  CHECK_THROWS_AS(image_grid(good, {.columns = 0}), ArgumentError);
  CHECK_THROWS_AS(image_grid(good, {.gap = -1}), ArgumentError);
  CHECK_THROWS_AS(image_grid(good, {.gap = Index{1} << 30}), ArgumentError);
  for (const auto change :
       {+[](ImageSet& set) { set.count = 0; }, +[](ImageSet& set) { set.channels = 2; },
        +[](ImageSet& set) { set.bytes.pop_back(); }, +[](ImageSet& set) { set.width = -2; },
        +[](ImageSet& set) { set.count = Index{1} << 62; }, +[](ImageSet& set) { set.height = Index{1} << 30; }}) {
    ImageSet bad = good;
    change(bad);
    CHECK_THROWS_AS(image_grid(bad), ArgumentError);
  }
}
