// SPDX-License-Identifier: MIT
#include <betavae/data/batch.hpp>

#include "catch.hpp"
#include "data/numbered.hpp"
#include "error_text.hpp"

#include <array>
#include <cstdint>
#include <span>

using namespace betavae;
using test::error_text;
using test::numbered;

namespace {

/// A set of the user's own: sample j has the values 10 j and 10 j + 1, of which every third sample lacks the second; its weight is
/// 1 + j/2, its offset −j.
struct Everything {
  [[nodiscard]] Index size() const { return 9; }
  [[nodiscard]] Index features() const { return 2; }
  void fill(std::span<const Index> samples, float* values) const {
    for (const Index sample : samples) {
      *values++ = static_cast<float>(10 * sample);
      *values++ = static_cast<float>(10 * sample + 1);
    }
  }
  void fill_mask(std::span<const Index> samples, std::uint8_t* mask) const {
    for (const Index sample : samples) {
      *mask++ = 200;  // whatever is not 0 is present
      *mask++ = sample % 3 == 2 ? 0 : 1;
    }
  }
  void fill_weights(std::span<const Index> samples, float* weights) const {
    for (const Index sample : samples) {
      *weights++ = 1 + static_cast<float>(sample) / 2;
    }
  }
  void fill_offsets(std::span<const Index> samples, float* offsets) const {
    for (const Index sample : samples) {
      *offsets++ = -static_cast<float>(sample);
    }
  }
};

static_assert(HasMask<Everything> && HasWeights<Everything, float> && HasOffsets<Everything, float>);
static_assert(!HasMask<MatrixSet<float>> && !HasWeights<MatrixSet<float>, float> &&
              !HasOffsets<MatrixSet<float>, float>);

}  // namespace

TEST_CASE("a Batch is filled again and again in the same memory, and a smaller one fits into it") {
  const Matrix<float> matrix = numbered(3, 10);
  const MatrixSet<float> set(matrix);
  Batch<float> batch;
  CHECK(batch.samples() == 0);
  batch.fill(set, std::array<Index, 4>{0, 1, 2, 3});
  const float* const memory = batch.view().data;
  CHECK(reinterpret_cast<std::uintptr_t>(memory) % cache_line == 0);
  batch.fill(set, std::array<Index, 2>{9, 5});
  CHECK(batch.samples() == 2);
  CHECK(batch.view().data == memory);
  CHECK(batch.view().rows == 3);
  CHECK(batch.view().columns == 2);
  CHECK(batch.view().column(0)[1] == 91);
  CHECK(batch.view().column(1)[2] == 52);
  batch.fill(set, std::array<Index, 4>{4, 5, 6, 7});
  CHECK(batch.view().data == memory);
  CHECK(batch.view().column(3)[0] == 70);
}

TEST_CASE("a Batch on a tape is a constant in place, and has the features that the model expects") {
  const Matrix<float> matrix = numbered(3, 10);
  Batch<float> batch;
  batch.fill(MatrixSet<float>(matrix), std::array<Index, 2>{9, 5});
  Tape<float> tape;
  const Constant<float, 3> x = batch.on<3>(tape).values;
  CHECK(x.value_view().data == batch.view().data);
  CHECK(x.value()(2, 1) == 52);
  CHECK(batch.on<dynamic>(tape).values.rows() == 3);
  CHECK(error_text<ArgumentError>([&] { (void)batch.on<4>(tape); }) ==
        "Batch: expected as many features of the data as inputs of the model, got 3 and 4");
}

TEST_CASE("a Batch has mask, weights and offsets of its samples where the set knows of them") {
  Batch<float> batch;
  batch.fill(Everything{}, std::array<Index, 3>{8, 0, 2});
  REQUIRE(batch.mask() != nullptr);
  CHECK(std::vector<std::uint8_t>(batch.mask(), batch.mask() + 6) == std::vector<std::uint8_t>{200, 0, 200, 1, 200, 0});
  REQUIRE(batch.weights() != nullptr);
  CHECK(std::vector<float>(batch.weights(), batch.weights() + 3) == std::vector<float>{5, 1, 2});
  REQUIRE(batch.offsets() != nullptr);
  CHECK(std::vector<float>(batch.offsets(), batch.offsets() + 3) == std::vector<float>{-8, 0, -2});
  CHECK_FALSE(batch.is_present(1, 0));
  CHECK(batch.is_present(0, 0));
  CHECK(batch.is_present(1, 1));
  CHECK(batch.weight(0) == 5);
  CHECK(batch.weight() == 8);
  CHECK(batch.present() == 5 * 1 + 1 * 2 + 2 * 1);

  Tape<float> tape;
  const auto observed = batch.on<2>(tape);
  CHECK(observed.mask == batch.mask());
  CHECK(observed.weights == batch.weights());
  CHECK(observed.offsets == batch.offsets());
}

TEST_CASE(
    "a Batch has no mask as long as nothing was missing, no weights where all are 1, no offsets where all are 0") {
  Batch<float> batch;
  batch.fill(Everything{}, std::array<Index, 2>{0, 0});
  CHECK(batch.mask() == nullptr);
  CHECK(batch.weights() == nullptr);
  CHECK(batch.offsets() == nullptr);
  CHECK(batch.is_present(1, 1));
  CHECK(batch.weight() == 2);
  CHECK(batch.present() == 4);
  batch.fill(Everything{}, std::array<Index, 1>{2});
  CHECK(batch.present() == 2);
  batch.fill(Everything{}, std::array<Index, 2>{0, 0});
  CHECK(batch.mask() != nullptr);  // so that steps take the same memory
  CHECK(batch.weights() == nullptr);
  CHECK(batch.present() == 4);
}

TEST_CASE("a Batch forgets what another set knew") {
  const Matrix<float> matrix = numbered(2, 3);
  Batch<float> batch;
  batch.fill(Everything{}, std::array<Index, 3>{1, 2, 3});
  batch.fill(MatrixSet<float>(matrix), std::array<Index, 3>{0, 1, 2});
  CHECK(batch.mask() == nullptr);
  CHECK(batch.weights() == nullptr);
  CHECK(batch.offsets() == nullptr);
  CHECK(batch.weight() == 3);
  CHECK(batch.present() == 6);
}
