// SPDX-License-Identifier: MIT
#include <betavae/core/matrix_view.hpp>

#include "catch.hpp"

namespace bv = betavae;

TEST_CASE("Column j of a view begins j strides behind its first number", "[core][matrix_view]") {
  double memory[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const bv::MatrixView<double> view{memory + 1, 2, 3, 4};
  CHECK(view.column(0)[0] == 1);
  CHECK(view.column(1)[1] == 6);
  CHECK(view.column(2)[0] == 9);
  view.column(2)[1] = -1;
  CHECK(memory[10] == -1);
}

TEST_CASE("A view that nobody filled is empty", "[core][matrix_view]") {
  const bv::MatrixView<const float> view;
  CHECK(view.data == nullptr);
  CHECK(view.rows == 0);
  CHECK(view.columns == 0);
  CHECK(view.column(0) == nullptr);
}
