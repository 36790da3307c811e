// SPDX-License-Identifier: MIT
// Tensors that are read, written and read again are the same. A model takes the whole file, or is left as it was.
#include <betavae/io/save.hpp>

#include "fuzz/fuzz.hpp"

#include <map>

namespace betavae::fuzz {
namespace {

std::optional<SafeTensors> parse(std::span<const std::uint8_t> bytes) {
  return unless_refused("fuzz.safetensors", [&] { return parse_safetensors("fuzz.safetensors", bytes); });
}

/// What write_safetensors would write.
std::string written(const SafeTensors& content) {
  std::vector<const StoredTensor*> order;
  std::string bytes = detail::safetensors_head(content, order);
  for (const StoredTensor* const tensor : order) {
    bytes.append(tensor->bytes.begin(), tensor->bytes.end());
  }
  return bytes;
}

void check_equal(const SafeTensors& content, const SafeTensors& again) {
  check(content.metadata == again.metadata, "the metadata are the same");
  check(content.tensors.size() == again.tensors.size(), "there are as many tensors");
  std::map<std::string_view, const StoredTensor*> by_name;
  for (const StoredTensor& tensor : again.tensors) {
    by_name.emplace(tensor.name, &tensor);
  }
  for (const StoredTensor& tensor : content.tensors) {
    const auto found = by_name.find(tensor.name);
    check(found != by_name.end(), "a tensor is found by its name");
    check(found->second->type == tensor.type && found->second->shape == tensor.shape, "a tensor has its shape");
    check(found->second->bytes == tensor.bytes, "a tensor has its bytes");
  }
}

/// The model of the seed model.safetensors.
struct Model {
  Parameter<float, 2, 3> weight;
  Parameter<double, 2, 1> bias;
  double sigma = 1;

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("weight", weight);
    visitor("bias", bias);
  }
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    visitor("sigma", sigma);
  }
  [[nodiscard]] static std::vector<std::string> schema() {
    return {"likelihood.name: Gaussian", "likelihood.sigma: 1"};
  }
};

void check_load(const SafeTensors& content) {
  Model model;
  const auto loaded = unless_refused("fuzz.safetensors", [&] {
    detail::put_into_model("fuzz.safetensors", content, Model::schema(), detail::slots_of(model));
    return true;
  });
  if (!loaded) {
    check(model.sigma == 1 && (model.weight.value().array() == 0).all() && (model.bias.value().array() == 0).all(),
          "a model that takes no file stays as it was");
    return;
  }
  const SafeTensors kept = detail::content_of(detail::slots_of(model), Model::schema(), {});
  for (const StoredTensor& tensor : kept.tensors) {
    const StoredTensor* const source = content.find(tensor.name);
    check(source != nullptr && source->bytes == tensor.bytes, "a model that took the file gives its bytes");
  }
}

}  // namespace

void run(std::span<const std::uint8_t> bytes) {
  const std::optional<SafeTensors> content = parse(bytes);
  if (!content) {
    return;
  }
  check_load(*content);
  const std::string text = written(*content);
  const std::optional<SafeTensors> again = parse({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  check(again.has_value(), "what was written is read");
  check_equal(*content, *again);
  check(written(*again) == text, "what was read again is written as before");
}

}  // namespace betavae::fuzz
