// SPDX-License-Identifier: MIT
// A model as a file sees it: where each parameter and each state lies, without the model's type. What differs between it and the
// content of a file, in words.
#pragma once

#include <betavae/io/safetensors.hpp>
#include <betavae/nn/state.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace betavae::detail {

/// A parameter: rows × columns numbers, column-major.
struct ParameterSlot {
  std::string name;
  std::string_view type;  ///< "F32" or "F64"
  Index rows;
  Index columns;
  bool is_column;  ///< by its type, so that a bias has one dimension and a weight two
  void* data;
};

struct StateSlot {
  std::string name;
  double* number;
  double above;  ///< the limit that it must lie above
};

class BETAVAE_API ModelSlots {
 public:
  ModelSlots();
  ModelSlots(ModelSlots&&) noexcept;
  ~ModelSlots();

  void add_parameter(const std::string& name, std::string_view type, Index rows, Index columns, bool is_column,
                     void* data);
  void add_state(const std::string& name, double& number, double above);

  std::vector<ParameterSlot> parameters;
  std::vector<StateSlot> states;
};

struct ParameterCollector {
  ModelSlots& slots;
  template <class Parameter>
  void operator()(const std::string& name, Parameter& parameter) const {
    using Scalar = typename Parameter::Scalar;
    static_assert(std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>,
                  "betavae: files keep parameters in float or double");
    slots.add_parameter(name, sizeof(Scalar) == 4 ? "F32" : "F64", parameter.rows(), parameter.columns(),
                        Parameter::Columns == 1, parameter.data());
  }
};

struct StateCollector {
  ModelSlots& slots;
  void operator()(const std::string& name, double& number,
                  double above = -std::numeric_limits<double>::infinity()) const {
    slots.add_state(name, number, above);
  }
};

template <class Model>
[[nodiscard]] ModelSlots slots_of(Model& model) {
  ModelSlots slots;
  visit_parameters(model, ParameterCollector{slots});
  visit_state(model, StateCollector{slots});
  return slots;
}

/// What `save` writes. Errors: see there.
[[nodiscard]] BETAVAE_API SafeTensors content_of(const ModelSlots& slots, const std::vector<std::string>& schema,
                                                 const Metadata& metadata);

/// Compares everything, then copies. Errors: FileError with all differences.
BETAVAE_API void put_into_model(const std::string& path, const SafeTensors& content,
                                const std::vector<std::string>& schema, const ModelSlots& slots);

/// What `save` and `load` do, once the model's type is gone.
BETAVAE_API void save_model(const std::string& path, const ModelSlots& slots, const std::vector<std::string>& schema,
                            const Metadata& metadata);
[[nodiscard]] BETAVAE_API Metadata load_model(const std::string& path, const std::vector<std::string>& schema,
                                              const ModelSlots& slots);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/detail/model_slots.ipp>
#endif
