// SPDX-License-Identifier: MIT
// Encoders and decoders of records: any network, shown that part of a sample's numbers that is its own.
#pragma once

#include <betavae/autodiff/shape.hpp>
#include <betavae/data/record/layout.hpp>
#include <betavae/vae/concepts.hpp>
#include <betavae/vae/networks.hpp>

namespace betavae {

/// An encoder of records: `inner` is any encoder of RecordLayout<Type>::inputs numbers.
template <class Type, class Inner>
class RecordEncoder {
  using Layout = RecordLayout<Type>;
  static_assert(Inner::inputs == dynamic || Inner::inputs == Layout::inputs,
                "betavae: an encoder of records must have RecordLayout<Type>::inputs inputs");

 public:
  using Scalar = typename Inner::Scalar;
  static constexpr int inputs = Layout::rows;
  static constexpr int latents = Inner::latents;

  explicit RecordEncoder(Inner inner_encoder) : inner(std::move(inner_encoder)) {}

  template <class Context, Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    return inner(context, rows<Layout::inputs>(x, 0));
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visit_parameters(inner, visitor);
  }
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state(inner, visitor);
  }
  [[nodiscard]] std::vector<std::string> schema() const { return schema_of(inner); }

  Inner inner;
};

/// A decoder of records: `inner` is any network from the latents, and the conditions below them, to
/// RecordLayout<Type>::outputs parameters.
template <class Type, class Inner>
class RecordDecoder {
  using Layout = RecordLayout<Type>;
  static_assert(Inner::outputs == dynamic || Inner::outputs == Layout::outputs,
                "betavae: a decoder of records must have RecordLayout<Type>::outputs outputs");
  static_assert(!HasSkips<Inner>, "betavae: a decoder of records takes no skips from its encoder");

 public:
  using Scalar = typename Inner::Scalar;
  static constexpr int inputs = Inner::inputs == dynamic ? dynamic : Inner::inputs - Layout::conditions;
  static constexpr int outputs = Layout::outputs;

  explicit RecordDecoder(Inner inner_decoder) : inner(std::move(inner_decoder)) {}

  template <class Context, Operand Z>
  requires(Layout::conditions == 0) [[nodiscard]] auto operator()(Context& context, const Z& z) const {
    return inner(context, z);
  }
  /// `x` has the conditions of each sample in the rows where RecordSet writes them.
  template <class Context, Operand Z, Operand X>
  requires(Layout::conditions > 0) [[nodiscard]] auto operator()(Context& context, const Z& z, const X& x) const {
    return inner(context, concatenate(z, rows<Layout::conditions>(x, Layout::modelled_inputs)));
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visit_parameters(inner, visitor);
  }
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state(inner, visitor);
  }
  [[nodiscard]] std::vector<std::string> schema() const { return schema_of(inner); }

  Inner inner;
};

}  // namespace betavae
