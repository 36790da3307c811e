// SPDX-License-Identifier: MIT
// A program as its user would write it: an array of NumPy's, the prices of its directions, and the rate–distortion curve.
#include <betavae/analysis/price_spectrum.hpp>
#include <betavae/analysis/rate_distortion.hpp>
#include <betavae/betavae.hpp>
#include <betavae/io/npy.hpp>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace bv = betavae;

/// As numpy.save writes an array of float32 of the shape (samples, features).
void write_npy(const std::string& path, const bv::Matrix<float>& data) {
  std::string header =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", data.cols(), data.rows());
  header.resize(117, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  file.write("\x93NUMPY\x01\x00\x76\x00", 10);
  file << header;
  file.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(sizeof(float)) * data.size());
}

int main() {
  bv::Matrix<float> circle(4, 400);
  for (bv::Index i = 0; i < circle.cols(); ++i) {
    const float angle = 0.1F * static_cast<float>(i);
    circle.col(i) << 2 * std::cos(angle), std::sin(angle), 0.3F * std::sin(7 * angle), 0.1F * std::cos(3 * angle);
  }
  write_npy("circle.npy", circle);
  const bv::Matrix<float> data = bv::read_npy_matrix<float>("circle.npy");

  const bv::PriceSpectrum spectrum = bv::price_spectrum(bv::Gaussian{0.5}, data);
  const bv::Vae model{bv::dense_encoder<4, 16, 2>(), bv::dense_decoder<2, 16, 4>(), bv::Gaussian{0.5}};
  const auto curve = bv::rate_distortion_curve(model, data, {0.5, 1, 2, 4}, {.fit = {.epochs = 10, .batch = 50}});
  fmt::print("{}\n{}\n", spectrum, curve);
  return data == circle && curve.points.size() == 4 ? 0 : 1;
}
