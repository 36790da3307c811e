// SPDX-License-Identifier: MIT
// Keeps a model in a safetensors file and brings it back: link the CMake target betavae::safetensors.
//
//     save("model.safetensors", model, {{"beta", "4"}});
//     Metadata metadata = load("model.safetensors", model);      // a model of the same types and sizes
//
// From Python: `safetensors.torch.load_file("model.safetensors")` gives {"encoder.0.weight": …, "encoder.0.bias": …, …}.
//
// Every parameter that the model's visitor shows becomes a tensor of its name, F32 or F64 as the model computes, bit for bit. A
// weight has the shape [outputs, inputs], row-major, as PyTorch's (memory here is column-major: it is transposed on the way); a
// parameter whose type has one column, as a bias, has the shape [outputs]. Beside them, in the file's metadata: what was learned
// without gradients ("state.likelihood.sigma", in as many digits as bring back the same double), and the model's schema, a line for
// each thing that shapes do not tell (see nn/state.hpp). A file without a schema, written by another program, is taken when
// its tensors and state are right.
#pragma once

#include <betavae/io/detail/model_slots.hpp>

namespace betavae {

/// Writes the model, whole or not at all. `metadata` are texts of your own.
/// Errors: ArgumentError for two parameters of one name, a state that is not finite, or metadata whose key is "schema" or begins
/// with "state."; FileError when the file cannot be written (what stood there before stays).
template <class Model>
void save(const std::string& path, const Model& model, const Metadata& metadata = {}) {
  // The slots point into the model, and are only read.
  detail::save_model(path, detail::slots_of(const_cast<Model&>(model)), schema_of(model), metadata);
}

/// Brings back what `save` kept, and returns the texts of `metadata`.
/// Errors: FileError when the file cannot be read or breaks a rule of the format, and when it holds another model. The text then
/// names every line of the schema, every tensor and every state that differs (the first 20 of each kind), and the model is
/// unchanged.
template <class Model>
Metadata load(const std::string& path, Model& model) {
  return detail::load_model(path, schema_of(model), detail::slots_of(model));
}

}  // namespace betavae
