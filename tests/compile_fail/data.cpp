// SPDX-License-Identifier: MIT
// Sets of data and their parts.
#include <betavae/data/batch.hpp>
#include <betavae/data/data_set.hpp>
#include <betavae/data/observed_set.hpp>

#include <span>

namespace bv = betavae;

// case: data/data_set_without_features
// expect: betavae: a data set needs size(), features() and fill(samples, values)
namespace data_set_without_features {

struct Data {
  [[nodiscard]] bv::Index size() const { return 3; }
#if !defined(BETAVAE_MUST_FAIL)
  [[nodiscard]] bv::Index features() const { return 2; }
#endif
  void fill(std::span<const bv::Index> samples, float* values) const;
};

struct Model {
  using Scalar = float;
  struct {
  } likelihood;
};

bv::Index count(const Data& data) {
  return bv::detail::with_data_set(Model{}, data, [](const auto& set) { return bv::Index(set.size()); });
}

}  // namespace data_set_without_features

// case: data/matrix_set_of_expression
// expect: betavae: a MatrixSet reads in place, so it needs a column-major matrix and not an expression
namespace matrix_set_of_expression {

bv::Index count(const Eigen::MatrixXf& matrix) {
#if !defined(BETAVAE_MUST_FAIL)
  return bv::MatrixSet<float>(matrix.topRows(2)).size();
#else
  return bv::MatrixSet<float>(matrix * 2).size();
#endif
}

}  // namespace matrix_set_of_expression

// case: data/observed_set_of_temporary
// The set would read a matrix that is gone.
// expect: deleted
namespace observed_set_of_temporary {

bv::Index count(const Eigen::MatrixXf& matrix) {
#if !defined(BETAVAE_MUST_FAIL)
  const bv::ObservedSet<float> data(matrix, {.weights = {1, 2}});
#else
  const bv::ObservedSet<float> data(Eigen::MatrixXf(matrix), {.weights = {1, 2}});
#endif
  return data.size();
}

}  // namespace observed_set_of_temporary

// case: data/split_of_temporary
// The parts would read a set that is gone.
// expect: deleted
namespace split_of_temporary {

bv::Index count(const Eigen::MatrixXf& matrix) {
#if !defined(BETAVAE_MUST_FAIL)
  const bv::MatrixSet<float> data(matrix);
  const auto parts = bv::split(data);
#else
  const auto parts = bv::split(bv::MatrixSet<float>(matrix));
#endif
  return parts.training.size();
}

}  // namespace split_of_temporary

// case: data/subset_of_matrix
// expect: betavae: a part is taken of a data set, with size(), features() and fill(samples, values); MatrixSet makes a matrix one
namespace subset_of_matrix {

bv::Index count(const Eigen::MatrixXf& matrix) {
#if !defined(BETAVAE_MUST_FAIL)
  const bv::MatrixSet<float> data(matrix);
#else
  const Eigen::MatrixXf& data = matrix;
#endif
  return bv::split(data).training.size();
}

}  // namespace subset_of_matrix

// case: data/weights_of_another_scalar
// Weights that the batch cannot ask for would be ignored.
// expect: betavae: fill_weights(samples, weights) must write numbers of the model's scalar type
namespace weights_of_another_scalar {

struct Weighted {
#if !defined(BETAVAE_MUST_FAIL)
  using Weight = float;
#else
  using Weight = double;
#endif
  bv::Index size() const { return 1; }
  bv::Index features() const { return 1; }
  void fill(std::span<const bv::Index>, float* values) const { *values = 1; }
  void fill_weights(std::span<const bv::Index>, Weight* weights) const { *weights = 1; }
};

void fill(bv::Batch<float>& batch, std::span<const bv::Index> samples) { batch.fill(Weighted{}, samples); }

}  // namespace weights_of_another_scalar
