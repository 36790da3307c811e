// SPDX-License-Identifier: MIT
// A matrix that is trained, and the one way in which a model shows its own: a visitor of names and parameters.
//
// A layer with parameters has a member `visit(f)` that calls f("weight", weight) for each; a model calls it for its parts with
// their names in front ("encoder.0.weight"). Optimizer, gradients, counting and files are all visitors, and a user's own layer
// joins by writing one.
#pragma once

#include <betavae/autodiff/variable.hpp>
#include <betavae/core/aligned.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace betavae {

namespace detail {

/// Errors: ArgumentError for a size below 0, or other than that of the type.
BETAVAE_API void require_size_of_type(std::string_view argument, Index of_type, Index size);

/// What parameters of all sizes share. A size of the type that is `dynamic` takes any size.
template <class ScalarType>
class BETAVAE_API ParameterStorage {
 public:
  using Scalar = ScalarType;

  ParameterStorage(Index rows_of_type, Index columns_of_type, Index rows, Index columns);

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index columns() const { return columns_; }
  [[nodiscard]] Index size() const { return rows_ * columns_; }
  [[nodiscard]] Scalar* data() { return values_.data(); }
  [[nodiscard]] const Scalar* data() const { return values_.data(); }

 private:
  Index rows_;
  Index columns_;
  AlignedVector<Scalar> values_;
};

template <class ScalarType>
ParameterStorage<ScalarType>::ParameterStorage(Index rows_of_type, Index columns_of_type, Index rows, Index columns)
    : rows_(rows), columns_(columns) {
  require_size_of_type("rows", rows_of_type, rows);
  require_size_of_type("columns", columns_of_type, columns);
  require(columns == 0 || rows <= std::numeric_limits<Index>::max() / columns, "Parameter", "rows",
          "so many that rows × columns can be counted", rows);
  values_ = AlignedVector<Scalar>(static_cast<std::size_t>(rows * columns));
}

#if !BETAVAE_HEADER_ONLY
#define BETAVAE_PARAMETER(Keyword, Scalar) \
  Keyword template ParameterStorage<Scalar>::ParameterStorage(Index, Index, Index, Index);
BETAVAE_INSTANCES(BETAVAE_PARAMETER)
#endif

}  // namespace detail

/// rows × columns numbers on the heap, aligned to 64 bytes, zero at first. Sizes that are `dynamic` come with the constructor.
/// A value: a copy is a copy.
template <class ScalarType, int RowsAtCompileTime, int ColumnsAtCompileTime = 1>
class Parameter : public detail::ParameterStorage<ScalarType> {
  using Storage = detail::ParameterStorage<ScalarType>;

 public:
  using Scalar = ScalarType;
  static constexpr int Rows = RowsAtCompileTime;
  static constexpr int Columns = ColumnsAtCompileTime;

  Parameter() : Parameter(Rows == dynamic ? 0 : Rows, Columns == dynamic ? 0 : Columns) {}
  /// Errors: ArgumentError for a size below 0, or other than that of the type.
  Parameter(Index rows, Index columns) : Storage(Rows, Columns, rows, columns) {}

  [[nodiscard]] auto value() { return detail::map<Rows>(view<Scalar>(this->data())); }
  [[nodiscard]] auto value() const { return detail::map<Rows>(view<const Scalar>(this->data())); }

 private:
  template <class Number>
  [[nodiscard]] MatrixView<Number> view(Number* data) const {
    return {data, this->rows(), this->columns(), this->rows()};
  }
};

namespace detail {

template <class Type, class Default>
struct ScalarOfAny {
  using type = Default;
};

template <class Type, class Default>
requires requires { typename Type::Scalar; }
struct ScalarOfAny<Type, Default> {
  using type = typename Type::Scalar;
};

/// The scalar type that a layer or network names, or `Default` where it names none.
template <class Type, class Default = float>
using ScalarOf = typename ScalarOfAny<Type, Default>::type;

}  // namespace detail

namespace detail {

[[nodiscard]] BETAVAE_API std::string join_names(const std::string& prefix, const std::string& name);

// Visitors around a visitor are no lambdas, whose type would be another one for each model that they walk.

// What else a part says of a parameter or number, as the limit of a state, goes with it.

/// Hands parameters on as constants.
template <class Visitor>
struct ConstantVisitor {
  Visitor& visitor;
  void operator()(const std::string& name, const auto& parameter, const auto&... more) const {
    visitor(name, parameter, more...);
  }
};

/// Puts `prefix` and a dot in front of every name.
template <class Visitor>
struct PrefixVisitor {
  const std::string& prefix;
  Visitor& visitor;
  void operator()(const std::string& name, auto& parameter, const auto&... more) const {
    visitor(join_names(prefix, name), parameter, more...);
  }
};

struct IgnoringVisitor {
  void operator()(const std::string& /*name*/, auto& /*parameter*/, const auto&... /*more*/) const {}
};

}  // namespace detail

/// Calls `visitor(name, parameter)` for every parameter of a model, a layer, or anything; nothing where it shows none.
template <class Model, class Visitor>
void visit_parameters(Model& model, Visitor&& visitor) {
  if constexpr (std::is_const_v<Model>) {
    // One `visit` serves both.
    visit_parameters(const_cast<std::remove_const_t<Model>&>(model),
                     detail::ConstantVisitor<std::remove_reference_t<Visitor>>{visitor});
  } else if constexpr (requires { model.visit(detail::IgnoringVisitor{}); }) {
    model.visit(std::forward<Visitor>(visitor));
  }
}

/// The same with `prefix` and a dot in front of every name.
template <class Model, class Visitor>
void visit_parameters(const std::string& prefix, Model& model, Visitor&& visitor) {
  visit_parameters(model, detail::PrefixVisitor<std::remove_reference_t<Visitor>>{prefix, visitor});
}

/// How many numbers a model trains.
template <class Model>
[[nodiscard]] Index count_parameters(const Model& model) {
  Index count = 0;
  visit_parameters(model, [&](const std::string&, const auto& parameter) { count += parameter.size(); });
  return count;
}

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/nn/parameter.ipp>
#endif
