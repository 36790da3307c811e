// SPDX-License-Identifier: MIT
// Layers one after the other, and the dense network as the usual case.
#pragma once

#include <betavae/nn/dense.hpp>

#include <string>
#include <tuple>
#include <utility>

namespace betavae {

template <class... Layers>
class Sequential;

namespace detail {

template <class First, class Second>
inline constexpr bool sizes_meet =
    First::outputs == Second::inputs || First::outputs == dynamic || Second::inputs == dynamic;

template <class First, class Second, class... Others>
consteval bool all_sizes_meet() {
  if constexpr (sizeof...(Others) > 0) {
    return sizes_meet<First, Second> && all_sizes_meet<Second, Others...>();
  } else {
    return sizes_meet<First, Second>;
  }
}

/// The scalar type of the first layer that names one; float where none does.
template <class... Layers>
struct FirstScalar {
  using type = float;
};
template <class First, class... Others>
struct FirstScalar<First, Others...> {
  using type = ScalarOf<First, typename FirstScalar<Others...>::type>;
};

/// How many places a layer takes in the numbering of `InitialiserAddress::layer`: a Sequential one for each layer in it.
template <class Layer>
inline constexpr std::uint64_t places = 1;
template <class... Layers>
inline constexpr std::uint64_t places<Sequential<Layers...>> = (places<Layers> + ... + 0);

}  // namespace detail

/// Each layer takes what the one before gives. Parameters are named by the layer's number: "0.weight".
template <class... Layers>
class Sequential {
  using Tuple = std::tuple<Layers...>;
  static_assert(sizeof...(Layers) > 0, "betavae: Sequential: there must be at least one layer");

 public:
  /// That of the first layer that names one: an activation takes any.
  using Scalar = typename detail::FirstScalar<Layers...>::type;
  static constexpr int inputs = std::tuple_element_t<0, Tuple>::inputs;
  static constexpr int outputs = std::tuple_element_t<sizeof...(Layers) - 1, Tuple>::outputs;

  explicit Sequential(Layers... layers_in_order) : layers(std::move(layers_in_order)...) {
    if constexpr (sizeof...(Layers) > 1) {
      static_assert(detail::all_sizes_meet<Layers...>(),
                    "betavae: Sequential: each layer must have as many inputs as the layer before it has outputs");
    }
  }

  template <class Context, Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    return run<0>(context, x);
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visit_from<0>(visitor);
  }

  /// Calls `visitor(name, number)` for what the layers learned without gradients; named as parameters are.
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    visit_state_from<0>(visitor);
  }

  [[nodiscard]] std::vector<std::string> schema() const {
    std::vector<std::string> lines;
    std::apply(
        [&](const auto&... layer) {
          std::size_t number = 0;
          (append_schema(lines, std::to_string(number++), layer), ...);
        },
        layers);
    return lines;
  }

  /// Initialises every layer that can be, each from a place of its own.
  void initialise(Initialiser initialiser, InitialiserAddress address) {
    std::apply([&](auto&... layer) { (initialise_layer(layer, initialiser, address), ...); }, layers);
  }

  Tuple layers;

 private:
  template <std::size_t I, class Context, Operand X>
  [[nodiscard]] auto run(Context& context, const X& x) const {
    if constexpr (I == sizeof...(Layers)) {
      return x;
    } else {
      return run<I + 1>(context, std::get<I>(layers)(context, x));
    }
  }

  template <std::size_t I, class Visitor>
  void visit_from(Visitor& visitor) {
    if constexpr (I < sizeof...(Layers)) {
      visit_parameters(std::to_string(I), std::get<I>(layers), visitor);
      visit_from<I + 1>(visitor);
    }
  }

  template <std::size_t I, class Visitor>
  void visit_state_from(Visitor& visitor) {
    if constexpr (I < sizeof...(Layers)) {
      betavae::visit_state(std::to_string(I), std::get<I>(layers), visitor);
      visit_state_from<I + 1>(visitor);
    }
  }

  template <class Layer>
  static void initialise_layer(Layer& layer, Initialiser initialiser, InitialiserAddress& address) {
    if constexpr (requires { layer.initialise(initialiser, address); }) {
      layer.initialise(initialiser, address);
    }
    address.layer += detail::places<Layer>;
  }
};

/// How a dense network is built.
struct DenseOptions {
  Activation activation = Activation::relu;           ///< of the hidden layers
  Activation last_activation = Activation::identity;  ///< of the last layer
  Initialiser initialiser = Initialiser::pytorch;     ///< see nn/initialiser.hpp
  std::uint64_t seed = 1;                             ///< of the initial parameters
  Stream stream = Stream::user;                       ///< networks of one seed draw from different streams
};

namespace detail {

template <class Scalar, int... Sizes, std::size_t... I>
[[nodiscard]] auto dense_network(const DenseOptions& options, std::index_sequence<I...> /*layers*/) {
  constexpr int sizes[] = {Sizes...};
  return Sequential(
      Dense<sizes[I], sizes[I + 1], Scalar>(I + 1 == sizeof...(I) ? options.last_activation : options.activation)...);
}

}  // namespace detail

/// dense_network<float, 784, 400, 20>(): a Sequential of Dense layers of these sizes.
template <class Scalar, int... Sizes>
[[nodiscard]] auto dense_network(const DenseOptions& options = {}) {
  static_assert(sizeof...(Sizes) >= 2, "betavae: dense_network: give at least two sizes, inputs and outputs");
  auto network = detail::dense_network<Scalar, Sizes...>(options, std::make_index_sequence<sizeof...(Sizes) - 1>{});
  network.initialise(options.initialiser, {options.seed, options.stream, 0});
  return network;
}

}  // namespace betavae
