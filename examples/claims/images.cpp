// SPDX-License-Identifier: MIT
#include <betavae/io/idx_gz.hpp>

#include "images.hpp"

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace claims {

betavae::ImageSet read_images(const Settings& settings, std::string_view which, betavae::Index at_most) {
  const std::string path = fmt::format("{}/{}-images-idx3-ubyte", settings.data, which);
  betavae::ImageSet images = betavae::read_idx_gz_images(std::filesystem::exists(path + ".gz") ? path + ".gz" : path);
  images.count = std::min(images.count, at_most);
  images.bytes.resize(static_cast<std::size_t>(images.count * images.features()));
  return images;
}

std::vector<betavae::Index> first_places(betavae::Index count) {
  std::vector<betavae::Index> places(static_cast<std::size_t>(count));
  std::iota(places.begin(), places.end(), betavae::Index{0});
  return places;
}

betavae::Matrix<float> first_images(const betavae::ImageSet& images, betavae::Index count) {
  betavae::Matrix<float> x(images.features(), count);
  images.fill<float>(first_places(count), x.data());
  return x;
}

betavae::Matrix<float> all_images(const betavae::ImageSet& images) { return first_images(images, images.count); }

}  // namespace claims
