// SPDX-License-Identifier: MIT
// Fashion-MNIST, as the claims read it.
#pragma once

#include <betavae/data/image_set.hpp>

#include "claim.hpp"

#include <string_view>
#include <vector>

namespace claims {

/// The set `train` or `t10k`: all of its images, or the first so many.
betavae::ImageSet read_images(const Settings& settings, std::string_view which, betavae::Index at_most);

/// 0, 1, …, count − 1.
std::vector<betavae::Index> first_places(betavae::Index count);

/// The first images of a set as numbers in [0, 1], features × count.
betavae::Matrix<float> first_images(const betavae::ImageSet& images, betavae::Index count);

betavae::Matrix<float> all_images(const betavae::ImageSet& images);

}  // namespace claims
