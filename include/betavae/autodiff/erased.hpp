// SPDX-License-Identifier: MIT
// Operands whose types no longer tell their sizes: what operations work on once the sizes have been checked.
//
// An operation on a Variable<float, 32> and one on a Variable<float, 20> are two instances for the compiler. So an operation checks
// sizes in its types, hands erased operands to a function that is a template of the scalar alone, and restores the type of the result.
// That function is compiled once a program, or, for float and double, once in betavae::compiled.
#pragma once

#include <betavae/autodiff/variable.hpp>

namespace betavae::detail {

/// The operand without its size. Nothing is copied.
template <class Scalar, int Rows>
[[nodiscard]] const Erased<Scalar>& erase(const Variable<Scalar, Rows>& x) {
  return x.erased_;
}
template <class Scalar, int Rows>
[[nodiscard]] const Erased<Scalar>& erase(const Constant<Scalar, Rows>& x) {
  return x.erased_;
}

/// What was erased, as the type that its operation gives.
template <Operand Result, class Scalar>
[[nodiscard]] Result restore(const Erased<Scalar>& x) {
  return Result(x);
}

/// Room on the tape for a matrix, uninitialised.
template <class Scalar>
[[nodiscard]] MatrixView<Scalar> allocate_matrix(Tape<Scalar>& tape, Index rows, Index columns) {
  return {tape.allocate(rows * columns), rows, columns, rows};
}

/// Room for an operation's result, and for its adjoint (zero) if it is a variable.
template <class Scalar>
[[nodiscard]] Erased<Scalar> make_erased(Tape<Scalar>& tape, Index rows, Index columns, bool as_variable) {
  Erased<Scalar> result{&tape, allocate_matrix(tape, rows, columns), {}};
  if (as_variable) {
    result.adjoint = {tape.allocate_zeros(rows * columns), rows, columns, rows};
  }
  return result;
}

/// Puts the operation that made `result` on its tape, or only checks the value of a constant.
template <class Scalar, class Reverse>
void record_erased(std::string_view operation, const Erased<Scalar>& result, const Reverse& reverse) {
  if (result.is_variable()) {
    result.tape->record(operation, result.value, result.adjoint, reverse);
  } else {
    result.tape->check_value(operation, result.value);
  }
}

}  // namespace betavae::detail
