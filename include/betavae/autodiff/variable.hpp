// SPDX-License-Identifier: MIT
// Handles to what lies on the tape: a Variable has a value and an adjoint, a Constant a value alone.
//
// They are different types, so that what nobody asks for is skipped while compiling: an operation whose inputs are all constants
// gives a constant, and no partial derivative in a constant's direction is ever computed. Both are small and copied by value.
// Shape: features × samples, column-major, one column a sample; the number of rows is part of the type where it is known
// (Eigen::Dynamic where not), the number of columns is not.
#pragma once

#include <betavae/autodiff/tape.hpp>
#include <Eigen/Core>

#include <type_traits>

#if !BETAVAE_HEADER_ONLY
// What changes Eigen's matrices, which betavae::compiled takes and returns. The target sets the alignment.
#if defined(EIGEN_DEFAULT_TO_ROW_MAJOR)
#error "betavae: betavae::compiled takes column-major matrices: build without EIGEN_DEFAULT_TO_ROW_MAJOR."
#endif
static_assert(
    EIGEN_MAX_ALIGN_BYTES == 64,
    "betavae: betavae::compiled was built with EIGEN_MAX_ALIGN_BYTES=64: build every unit with it, as linking "
    "the target betavae::compiled does.");
static_assert(
    std::is_same_v<Eigen::Index, betavae::Index>,
    "betavae: betavae::compiled was built with Eigen's own index type: build without EIGEN_DEFAULT_DENSE_INDEX_TYPE.");
#endif

namespace betavae {

inline constexpr int dynamic = Eigen::Dynamic;

template <class Scalar>
using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

/// Eigen's view of a handle's memory. To Eigen a single row is row-major, so its stride from sample to sample is the inner one.
template <class Scalar, int Rows>
using MatrixMap = Eigen::Map<
    std::conditional_t<std::is_const_v<Scalar>, const Eigen::Matrix<std::remove_const_t<Scalar>, Rows, dynamic>,
                       Eigen::Matrix<Scalar, Rows, dynamic>>,
    Eigen::Unaligned, std::conditional_t<Rows == 1, Eigen::InnerStride<>, Eigen::OuterStride<>>>;

namespace detail {

/// A Variable, or a Constant, whose adjoint has no data then.
template <class Scalar>
struct Erased {
  Tape<Scalar>* tape;
  MatrixView<Scalar> value;
  MatrixView<Scalar> adjoint;

  [[nodiscard]] bool is_variable() const { return adjoint.data != nullptr; }
};

template <int Rows, class Scalar>
[[nodiscard]] auto map(MatrixView<Scalar> view) {
  using Stride = std::conditional_t<Rows == 1, Eigen::InnerStride<>, Eigen::OuterStride<>>;
  return MatrixMap<Scalar, Rows>(view.data, view.rows, view.columns, Stride(view.stride));
}

}  // namespace detail

template <class Scalar, int Rows = dynamic>
class Constant;
template <class Scalar, int Rows = dynamic>
class Variable;

namespace detail {

// See erased.hpp.
template <class Scalar, int Rows>
[[nodiscard]] const Erased<Scalar>& erase(const Variable<Scalar, Rows>& x);
template <class Scalar, int Rows>
[[nodiscard]] const Erased<Scalar>& erase(const Constant<Scalar, Rows>& x);

}  // namespace detail

/// A value that nothing is differentiated by: data, noise, or parameters while only evaluating.
template <class ScalarType, int RowsAtCompileTime>
class Constant {
 public:
  using Scalar = ScalarType;
  static constexpr int Rows = RowsAtCompileTime;
  static constexpr bool is_variable = false;

  Constant(Tape<Scalar>& tape, MatrixView<Scalar> value) : erased_{&tape, value, {}} {}
  explicit Constant(const detail::Erased<Scalar>& erased) : erased_{erased.tape, erased.value, {}} {}

  [[nodiscard]] Index rows() const { return erased_.value.rows; }
  [[nodiscard]] Index columns() const { return erased_.value.columns; }
  [[nodiscard]] Tape<Scalar>& tape() const { return *erased_.tape; }
  [[nodiscard]] MatrixView<Scalar> value_view() const { return erased_.value; }
  [[nodiscard]] auto value() const {
    const MatrixView<Scalar>& view = erased_.value;
    return detail::map<Rows>(MatrixView<const Scalar>{view.data, view.rows, view.columns, view.stride});
  }

 private:
  friend const detail::Erased<Scalar>& detail::erase<>(const Constant& x);

  detail::Erased<Scalar> erased_;
};

/// A value with an adjoint: a parameter, or the result of an operation on one.
template <class ScalarType, int RowsAtCompileTime>
class Variable {
 public:
  using Scalar = ScalarType;
  static constexpr int Rows = RowsAtCompileTime;
  static constexpr bool is_variable = true;

  Variable(Tape<Scalar>& tape, MatrixView<Scalar> value, MatrixView<Scalar> adjoint) : erased_{&tape, value, adjoint} {}
  explicit Variable(const detail::Erased<Scalar>& erased) : erased_(erased) {}

  [[nodiscard]] Index rows() const { return erased_.value.rows; }
  [[nodiscard]] Index columns() const { return erased_.value.columns; }
  [[nodiscard]] Tape<Scalar>& tape() const { return *erased_.tape; }
  [[nodiscard]] MatrixView<Scalar> value_view() const { return erased_.value; }
  [[nodiscard]] MatrixView<Scalar> adjoint_view() const { return erased_.adjoint; }
  [[nodiscard]] auto value() const {
    const MatrixView<Scalar>& view = erased_.value;
    return detail::map<Rows>(MatrixView<const Scalar>{view.data, view.rows, view.columns, view.stride});
  }
  [[nodiscard]] auto adjoint() const { return detail::map<Rows>(erased_.adjoint); }

 private:
  friend const detail::Erased<Scalar>& detail::erase<>(const Variable& x);

  detail::Erased<Scalar> erased_;
};

/// A Variable or a Constant.
template <class Type>
concept Operand = requires(const Type& operand) {
  typename Type::Scalar;
  { Type::is_variable } -> std::convertible_to<bool>;
  { operand.value_view() } -> std::same_as<MatrixView<typename Type::Scalar>>;
};

template <class Type>
inline constexpr bool is_variable = Type::is_variable;

/// A Variable if one of the inputs is a Variable, else a Constant.
template <class Scalar, int Rows, class... Inputs>
using ResultOf = std::conditional_t<(is_variable<Inputs> || ...), Variable<Scalar, Rows>, Constant<Scalar, Rows>>;

namespace detail {

/// The adjoint of a variable; a view of nothing for a constant.
template <Operand X>
[[nodiscard]] MatrixView<typename X::Scalar> adjoint_or_none(const X& x) {
  if constexpr (is_variable<X>) {
    return x.adjoint_view();
  } else {
    return {};
  }
}

}  // namespace detail

/// A new leaf: memory on the tape for a value (uninitialised) and its adjoint (zero).
template <int Rows = dynamic, class Scalar>
[[nodiscard]] Variable<Scalar, Rows> make_variable(Tape<Scalar>& tape, Index rows, Index columns) {
  return {tape,
          {tape.allocate(rows * columns), rows, columns, rows},
          {tape.allocate_zeros(rows * columns), rows, columns, rows}};
}

/// The handle for an operation's result, its value still to be written.
template <int Rows, Operand First, Operand... Others>
[[nodiscard]] auto make_result(Index rows, Index columns, const First& first, const Others&... /*others*/) {
  using Scalar = typename First::Scalar;
  static_assert((std::is_same_v<Scalar, typename Others::Scalar> && ...),
                "betavae: the operands of an operation must have the same scalar type");
  Tape<Scalar>& tape = first.tape();
  if constexpr (is_variable<First> || (is_variable<Others> || ...)) {
    return make_variable<Rows>(tape, rows, columns);
  } else {
    return Constant<Scalar, Rows>{tape, {tape.allocate(rows * columns), rows, columns, rows}};
  }
}

/// Puts the operation that made `result` on its tape. `reverse` is dropped where the result is a constant.
template <Operand Result, class Reverse>
void record(std::string_view operation, const Result& result, const Reverse& reverse) {
  if constexpr (is_variable<Result>) {
    result.tape().record(operation, result.value_view(), result.adjoint_view(), reverse);
  } else {
    result.tape().check_value(operation, result.value_view());
  }
}

/// A constant that reads somebody else's matrix in place. The matrix must outlive the handle; column-major, inner stride 1, or one
/// row of any stride.
template <class Scalar, class Derived>
[[nodiscard]] auto constant(Tape<Scalar>& tape, const Eigen::DenseBase<Derived>& matrix) {
  static_assert(std::is_same_v<typename Derived::Scalar, Scalar>,
                "betavae: the matrix has another scalar type than the tape");
  constexpr bool is_one_row = Derived::RowsAtCompileTime == 1;
  static_assert(
      (Derived::Flags & Eigen::DirectAccessBit) != 0 &&
          (is_one_row || ((Derived::Flags & Eigen::RowMajorBit) == 0 && Derived::InnerStrideAtCompileTime == 1)),
      "betavae: a constant is read in place, so it must be a column-major matrix and not an expression");
  // Constants are only ever read; the view has one type for both kinds of handle.
  auto* const data = const_cast<Scalar*>(matrix.derived().data());
  return Constant<Scalar, Derived::RowsAtCompileTime>{
      tape, {data, matrix.rows(), matrix.cols(), matrix.derived().colStride()}};
}

/// A matrix that ends with its expression would leave the handle to read what is no longer there.
template <class Scalar, class Derived>
auto constant(Tape<Scalar>& tape, const Eigen::PlainObjectBase<Derived>&& matrix) {
  static_assert(sizeof(Derived) == 0, "betavae: a constant is read in place: give the matrix a name that outlives it");
  return constant(tape, matrix);
}

namespace detail {

template <class Scalar>
void reverse_from(const Erased<Scalar>& loss) {
  require_same_size("reverse", "numbers in the loss", loss.value.rows * loss.value.columns, "a single number has", 1);
  *loss.adjoint.data = Scalar(1);
  loss.tape->reverse();
}

#if !BETAVAE_HEADER_ONLY
#define BETAVAE_REVERSE(Keyword, Scalar) Keyword template BETAVAE_API void reverse_from(const Erased<Scalar>&);
BETAVAE_INSTANCES(BETAVAE_REVERSE)
#endif

}  // namespace detail

/// Runs the tape backwards from a 1 × 1 loss. Errors: ArgumentError if it is no 1 × 1.
template <class Scalar, int Rows>
void reverse(const Variable<Scalar, Rows>& loss) {
  detail::reverse_from(detail::Erased<Scalar>{&loss.tape(), loss.value_view(), loss.adjoint_view()});
}

}  // namespace betavae
