// SPDX-License-Identifier: MIT
#include <betavae/core/aligned.hpp>
#include <betavae/kernels/product.ipp>

#include "catch.hpp"
#include "guarded_matrix.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
namespace kernels = betavae::kernels;
namespace simd = betavae::simd;
using bv::Activation;
using bv::Index;
using kernels::ProductArguments;

namespace {

template <class Scalar>
struct Path {
  std::string name;
  void (*run)(const ProductArguments<Scalar>&);
};

/// Blocks so small that the products of these tests have several along each side.
constexpr kernels::detail::ProductBlocks small_blocks = {.depth = 16, .packed = 16 * 16};

template <class PathType, class Scalar>
void run_on(const ProductArguments<Scalar>& product) {
  kernels::detail::run_product_and_activation(kernels::detail::product_path_of<PathType, Scalar>(), product,
                                              small_blocks);
}

/// The dispatched product, and, with small blocks, each path that this processor has.
template <class Scalar>
std::vector<Path<Scalar>> all_paths() {
  std::vector<Path<Scalar>> paths = {{"dispatched", kernels::product<Scalar>},
                                     {"baseline", run_on<simd::Baseline, Scalar>}};
#if BETAVAE_X86
  if (simd::is_available(simd::InstructionSet::avx2)) {
    paths.push_back({"avx2", run_on<simd::Avx2, Scalar>});
  }
  if (simd::is_available(simd::InstructionSet::avx512)) {
    paths.push_back({"avx512", run_on<simd::Avx512, Scalar>});
  }
#endif
  return paths;
}

enum class Start { none, bias, c_itself, matrix };

struct Case {
  Index rows = 0;
  Index columns = 0;
  Index depth = 0;
  bool a_is_transposed = false;
  Index padding = 0;  ///< numbers between one run and the next
  Index offset = 0;   ///< numbers between the start of the heap block and the operand, so that it is misaligned
  Start start = Start::none;
  Activation activation = Activation::identity;
  bool b_is_transposed = false;
};

std::string text(const Case& c) {
  return fmt::format("{} × {} × {}, A {}, B {}, padding {}, offset {}, start {}, {}", c.rows, c.columns, c.depth,
                     c.a_is_transposed ? "transposed" : "as it is", c.b_is_transposed ? "transposed" : "as it is",
                     c.padding, c.offset, static_cast<int>(c.start), bv::name(c.activation));
}

/// The operands of one case: the block of each ends with its last number, and has NaN beside the matrix.
template <class Scalar>
struct Operands {
  explicit Operands(const Case& size)
      : shape(size),
        a(size.a_is_transposed ? size.rows : size.depth, size.a_is_transposed ? size.depth : size.rows, size.padding,
          size.offset, 1),
        b(size.b_is_transposed ? size.depth : size.columns, size.b_is_transposed ? size.columns : size.depth,
          size.padding, size.offset, 2),
        start(size.columns, size.start == Start::bias ? 1 : size.rows, size.padding, size.offset, 3) {}

  [[nodiscard]] Scalar a_at(Index i, Index k) const { return shape.a_is_transposed ? a(i, k) : a(k, i); }
  [[nodiscard]] Scalar b_at(Index k, Index j) const { return shape.b_is_transposed ? b(k, j) : b(j, k); }
  [[nodiscard]] Scalar start_at(Index i, Index j) const {
    return shape.start == Start::none ? Scalar(0) : start(j, shape.start == Start::bias ? 0 : i);
  }

  /// Runs one path, checks that nothing was written beside C, and returns C row after row.
  [[nodiscard]] std::vector<Scalar> run(void (*product)(const ProductArguments<Scalar>&), Activation activation) const {
    test::GuardedMatrix<Scalar> c =
        shape.start == Start::c_itself
            ? test::GuardedMatrix<Scalar>(shape.columns, shape.rows, shape.padding, shape.offset, 3)
            : test::GuardedMatrix<Scalar>(shape.columns, shape.rows, shape.padding, shape.offset);
    bv::AlignedVector<Scalar> workspace(
        static_cast<std::size_t>(kernels::product_workspace_size<Scalar>(shape.rows, shape.depth)),
        std::numeric_limits<Scalar>::quiet_NaN());
    ProductArguments<Scalar> arguments{.rows = shape.rows,
                                       .columns = shape.columns,
                                       .depth = shape.depth,
                                       .a = a.data(),
                                       .a_row_stride = shape.a_is_transposed ? 1 : a.stride(),
                                       .a_depth_stride = shape.a_is_transposed ? a.stride() : 1,
                                       .b = b.data(),
                                       .b_depth_stride = shape.b_is_transposed ? 1 : b.stride(),
                                       .b_column_stride = shape.b_is_transposed ? b.stride() : 1,
                                       .c = c.data(),
                                       .c_row_stride = c.stride(),
                                       .activation = activation,
                                       .workspace = workspace.data()};
    if (shape.start == Start::c_itself) {
      arguments.start = c.data();
      arguments.start_row_stride = c.stride();
    } else if (shape.start != Start::none) {
      arguments.start = start.data();
      arguments.start_row_stride = shape.start == Start::bias ? 0 : start.stride();
    }
    product(arguments);
    if (!c.guards_are_untouched()) {
      FAIL("written beside C: " << text(shape));
    }
    return c.cells();
  }

  Case shape;
  test::GuardedMatrix<Scalar> a;
  test::GuardedMatrix<Scalar> b;
  test::GuardedMatrix<Scalar> start;
};

/// The documented chain: start, then one multiply-add after the other, rounded once (`fused`) or twice a step.
template <class Scalar>
Scalar chain(const Operands<Scalar>& operands, Index i, Index j, bool fused) {
  Scalar sum = operands.start_at(i, j);
  for (Index k = 0; k < operands.shape.depth; ++k) {
    if (fused) {
      sum = std::fma(operands.a_at(i, k), operands.b_at(k, j), sum);
    } else {
      const volatile Scalar product = operands.a_at(i, k) * operands.b_at(k, j);  // volatile: rounded here
      sum += product;
    }
  }
  return sum;
}

/// Whether every number is within the documented error of the exact one.
template <class Scalar>
bool is_within_bound(const Operands<Scalar>& operands, const std::vector<Scalar>& c) {
  const Case& shape = operands.shape;
  const auto depth_epsilon =
      static_cast<long double>(shape.depth) * static_cast<long double>(std::numeric_limits<Scalar>::epsilon());
  for (Index i = 0; i < shape.rows; ++i) {
    for (Index j = 0; j < shape.columns; ++j) {
      long double exact = operands.start_at(i, j);
      long double magnitude = std::abs(exact);
      for (Index k = 0; k < shape.depth; ++k) {
        const long double product = static_cast<long double>(operands.a_at(i, k)) * operands.b_at(k, j);
        exact += product;
        magnitude += std::abs(product);
      }
      const long double error = std::abs(c[static_cast<std::size_t>(i * shape.columns + j)] - exact);
      if (!(error <= depth_epsilon * magnitude)) {
        return false;
      }
    }
  }
  return true;
}

/// Every promise of the header for one case, on every path.
template <class Scalar>
void check(const Case& shape, const std::vector<Path<Scalar>>& paths) {
  const Operands<Scalar> operands(shape);
  std::vector<Scalar> fused_result;
  for (const Path<Scalar>& path : paths) {
    const std::vector<Scalar> linear = operands.run(path.run, Activation::identity);
    if (!is_within_bound(operands, linear)) {
      FAIL(path.name << ": error beyond the bound: " << text(shape));
    }
    if (path.name == "avx2") {
      fused_result = linear;
    } else if (path.name == "avx512" && !test::same_bits(fused_result, linear)) {
      FAIL("AVX2 and AVX-512 differ: " << text(shape));
    }
    if (shape.activation != Activation::identity) {
      std::vector<Scalar> expected = linear;
      kernels::activate_in_place(shape.activation, shape.rows * shape.columns, expected.data());
      if (!test::same_bits(operands.run(path.run, shape.activation), expected)) {
        FAIL(path.name << ": the activation in the product is not the activation after it: " << text(shape));
      }
    }
  }
}

constexpr Activation all_activations[] = {Activation::identity, Activation::relu,    Activation::leaky_relu,
                                          Activation::elu,      Activation::silu,    Activation::tanh,
                                          Activation::sigmoid,  Activation::softplus};

}  // namespace

TEMPLATE_TEST_CASE("The product keeps its bound and its memory at every size around tiles, vectors and panels",
                   "[kernels][product]", float, double) {
  const auto paths = all_paths<TestType>();
  int variant = 0;
  for (const Index rows : {0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 23, 24, 25, 33}) {
    for (const Index columns :
         {0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33, 47, 48, 49, 63, 64, 65, 97}) {
      for (const Index depth : {0, 1, 2, 3, 8, 17}) {
        // The variants have periods without a common factor with each other's: in time, everything meets everything.
        check<TestType>({.rows = rows,
                         .columns = columns,
                         .depth = depth,
                         .a_is_transposed = variant % 2 == 1,
                         .padding = variant % 3,
                         .offset = variant % 5,
                         .start = static_cast<Start>(variant / 7 % 4),
                         .activation = all_activations[variant % 11 % 8],
                         .b_is_transposed = variant % 13 % 2 == 1},
                        paths);
        ++variant;
      }
    }
  }
  SUCCEED("every case held");
}

TEMPLATE_TEST_CASE("Every start, activation and order of A holds at sizes with tails on all sides",
                   "[kernels][product]", float, double) {
  const auto paths = all_paths<TestType>();
  for (const Start start : {Start::none, Start::bias, Start::c_itself, Start::matrix}) {
    for (const Activation activation : all_activations) {
      for (const bool transposed : {false, true}) {
        check<TestType>({13, 37, 9, transposed, 3, 1, start, activation}, paths);
        check<TestType>({26, 51, 4, transposed, 0, 0, start, activation, true}, paths);
      }
    }
  }
  SUCCEED("every case held");
}

TEMPLATE_TEST_CASE("Strides that are powers of two change nothing", "[kernels][product]", float, double) {
  const auto paths = all_paths<TestType>();
  for (const Index stride : {64, 256, 512, 1024}) {
    for (const Index columns : {33, 48}) {
      check<TestType>({32, columns, 40, true, stride - 32, 0, Start::none, Activation::identity}, paths);
      check<TestType>({25, columns, 12, false, stride - 12, 0, Start::c_itself, Activation::relu}, paths);
    }
  }
  SUCCEED("every case held");
}

TEMPLATE_TEST_CASE("A wide product packs its left operand block by block, and keeps its bound", "[kernels][product]",
                   float, double) {
  const auto paths = all_paths<TestType>();
  for (const Index rows : {7, 16, 61}) {
    for (const Index columns : {192, 205}) {
      for (const Index depth : {5, 16, 37}) {
        check<TestType>({rows, columns, depth, true, 1, 0, Start::c_itself, Activation::relu}, paths);
        check<TestType>({rows, columns, depth, false, 2048 - depth, 1, Start::bias, Activation::tanh, true}, paths);
      }
    }
  }
  SUCCEED("every case held");
}

TEMPLATE_TEST_CASE("A deep product is one chain of multiply-adds in order, bit for bit", "[kernels][product]", float,
                   double) {
  const Case shape{.rows = 11, .columns = 53, .depth = 301, .padding = 1, .offset = 1, .start = Start::matrix};
  const Operands<TestType> operands(shape);
  std::vector<TestType> fused;
  std::vector<TestType> rounded_twice;
  for (Index i = 0; i < shape.rows; ++i) {
    for (Index j = 0; j < shape.columns; ++j) {
      fused.push_back(chain(operands, i, j, true));
      rounded_twice.push_back(chain(operands, i, j, false));
    }
  }
  CHECK_FALSE(test::same_bits(fused, rounded_twice));
  for (const Path<TestType>& path : all_paths<TestType>()) {
    // Which of the two it is depends on the instruction set, and on whether the compiler optimises; never on the place in C.
    const auto c = operands.run(path.run, Activation::identity);
    CAPTURE(path.name);
    CHECK((test::same_bits(c, fused) || test::same_bits(c, rounded_twice)));
  }
}

TEMPLATE_TEST_CASE(
    "A result that goes past the caches has the bits of one that does not, and nothing beside it changes",
    "[kernels][product]", float, double) {
  constexpr Index rows = 27;
  constexpr Index columns = 112;
  constexpr Index stride = 128;
  constexpr Index depth = 12;
  constexpr TestType untouched = 7;
  const auto a = test::numbers<TestType>(1, rows * depth);
  const auto b = test::numbers<TestType>(2, depth * columns);
  bv::AlignedVector<TestType> workspace(std::size_t{1} << 14);
  for (const Path<TestType>& path : all_paths<TestType>()) {
    const auto run = [&](Index misaligned_by) {
      bv::AlignedVector<TestType> memory(static_cast<std::size_t>(rows * stride + misaligned_by), untouched);
      TestType* const c = memory.data() + misaligned_by;
      path.run({.rows = rows,
                .columns = columns,
                .depth = depth,
                .a = a.data(),
                .a_row_stride = 1,
                .a_depth_stride = rows,
                .b = b.data(),
                .b_depth_stride = columns,
                .c = c,
                .c_row_stride = stride,
                .workspace = workspace.data()});
      return std::vector<TestType>(c, c + rows * stride);
    };
    const auto streamed = run(0);
    CAPTURE(path.name);
    CHECK(test::same_bits(streamed, run(1)));
    for (Index i = 0; i < rows; ++i) {
      for (Index j = columns; j < stride; ++j) {
        CHECK(streamed[static_cast<std::size_t>(i * stride + j)] == untouched);
      }
    }
  }
}

TEMPLATE_TEST_CASE("The dispatched product is the path that BETAVAE_ISA or the processor chose", "[kernels][product]",
                   float, double) {
  const Operands<TestType> operands({.rows = 9, .columns = 29, .depth = 65, .start = Start::bias});
  const auto dispatched = operands.run(kernels::product<TestType>, Activation::identity);
  for (const Path<TestType>& path : all_paths<TestType>()) {
    if (path.name == simd::name(simd::instruction_set())) {
      CHECK(test::same_bits(operands.run(path.run, Activation::identity), dispatched));
    }
  }
}

TEMPLATE_TEST_CASE("A result does not depend on the sizes of the product around it", "[kernels][product]", float,
                   double) {
  // Row 2 and column 5 of a large product, and of one that ends there: other tiles and panels, the same chain.
  const Operands<TestType> large({.rows = 40, .columns = 70, .depth = 31, .start = Start::none});
  for (const Path<TestType>& path : all_paths<TestType>()) {
    const auto whole = large.run(path.run, Activation::identity);
    for (const Index columns : {6, 24, 48, 49}) {
      std::vector<TestType> part(static_cast<std::size_t>(3 * columns));
      bv::AlignedVector<TestType> workspace(static_cast<std::size_t>(kernels::product_workspace_size<TestType>(3, 31)));
      path.run({.rows = 3,
                .columns = columns,
                .depth = 31,
                .a = large.a.data(),
                .a_row_stride = large.a.stride(),
                .b = large.b.data(),
                .b_depth_stride = large.b.stride(),
                .c = part.data(),
                .c_row_stride = columns,
                .workspace = workspace.data()});
      CAPTURE(path.name, columns);
      CHECK(test::same_bits(part[static_cast<std::size_t>(2 * columns + 5)], whole[2 * 70 + 5]));
    }
  }
}

TEMPLATE_TEST_CASE("NaN and infinity reach the results that they belong to, and no others", "[kernels][product]", float,
                   double) {
  constexpr TestType infinity = std::numeric_limits<TestType>::infinity();
  constexpr TestType not_a_number = std::numeric_limits<TestType>::quiet_NaN();
  const Case shape{.rows = 10, .columns = 27, .depth = 5, .start = Start::matrix};
  const auto place = [&](Index i, Index j) { return static_cast<std::size_t>(i * shape.columns + j); };
  for (const Path<TestType>& path : all_paths<TestType>()) {
    CAPTURE(path.name);
    Operands<TestType> operands(shape);
    operands.a(3, 9) = not_a_number;   // A(9, 3), in the last row, which the tile repeats
    operands.b(26, 2) = infinity;      // B(2, 26), in the last column, which stands beside the padding
    operands.start(4, 1) = -infinity;  // start(1, 4)
    operands.a(2, 0) = 0;              // A(0, 2) · B(2, 26) = 0 · ∞
    const auto c = operands.run(path.run, Activation::identity);
    int not_finite = 0;
    for (const TestType value : c) {
      not_finite += std::isfinite(value) ? 0 : 1;
    }
    CHECK(not_finite == 27 + 9 + 1);  // row 9, the rest of column 26, and (1, 4)
    CHECK(std::isnan(c[place(9, 0)]));
    CHECK(std::isnan(c[place(9, 26)]));
    CHECK(std::isnan(c[place(0, 26)]));
    CHECK(std::isinf(c[place(5, 26)]));
    CHECK(c[place(1, 4)] == -infinity);
  }
}

TEST_CASE("A scalar without vectors runs through the reference loops", "[kernels][product]") {
  const Operands<long double> operands({.rows = 3, .columns = 4, .depth = 50, .padding = 1, .start = Start::c_itself});
  const auto c = operands.run(kernels::product<long double>, Activation::identity);
  CHECK(is_within_bound(operands, c));
  CHECK(c == operands.run(kernels::product_reference<long double>, Activation::identity));
}

TEMPLATE_TEST_CASE("The reference needs no workspace and keeps the bound", "[kernels][product]", float, double) {
  const Operands<TestType> operands(
      {.rows = 7, .columns = 9, .depth = 33, .a_is_transposed = true, .start = Start::bias});
  CHECK(is_within_bound(operands, operands.run(kernels::product_reference<TestType>, Activation::identity)));
}
