// SPDX-License-Identifier: MIT
// A matrix that lies in memory of somebody else: features × samples, column-major, one column a sample. What kernels take and
// noise fills, without Eigen.
#pragma once

#include <betavae/core/index.hpp>

namespace betavae {

/// `rows` × `columns` numbers; column j begins at `data + j · stride`, with stride ≥ rows.
template <class Scalar>
struct MatrixView {
  Scalar* data = nullptr;
  Index rows = 0;
  Index columns = 0;
  Index stride = 0;

  [[nodiscard]] Scalar* column(Index index) const { return data + index * stride; }
};

}  // namespace betavae
