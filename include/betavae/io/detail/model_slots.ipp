// SPDX-License-Identifier: MIT
// How a model's numbers are copied to a file and back, and how differences are put into words.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/detail/in_quotes.hpp>
#include <betavae/io/detail/model_slots.hpp>
#include <betavae/io/detail/number_bytes.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace betavae::detail {

BETAVAE_DEFINITION ModelSlots::ModelSlots() = default;
BETAVAE_DEFINITION ModelSlots::ModelSlots(ModelSlots&&) noexcept = default;
BETAVAE_DEFINITION ModelSlots::~ModelSlots() = default;

BETAVAE_DEFINITION void ModelSlots::add_parameter(const std::string& name, std::string_view type, Index rows,
                                                  Index columns, bool is_column, void* data) {
  parameters.push_back({name, type, rows, columns, is_column, data});
}

BETAVAE_DEFINITION void ModelSlots::add_state(const std::string& name, double& number, double above) {
  states.push_back({"state." + name, &number, above});
}

BETAVAE_DEFINITION std::vector<Index> shape_of(const ParameterSlot& slot) {
  return slot.is_column ? std::vector<Index>{slot.rows} : std::vector<Index>{slot.rows, slot.columns};
}

/// Calls copy(position of a number row by row, position of the same number column by column), both in numbers.
template <class Copy>
void transpose_positions(const ParameterSlot& slot, const Copy& copy) {
  for (Index i = 0; i < slot.rows; ++i) {
    for (Index j = 0; j < slot.columns; ++j) {
      copy(i * slot.columns + j, i + j * slot.rows);
    }
  }
}

template <class Scalar>
void copy_to_bytes(const ParameterSlot& slot, std::uint8_t* bytes) {
  const auto* const data = static_cast<const Scalar*>(slot.data);
  transpose_positions(slot, [&](Index by_rows, Index by_columns) {
    put_number(data[by_columns], bytes + by_rows * Index{sizeof(Scalar)}, std::endian::little);
  });
}

template <class Scalar>
void copy_from_bytes(const ParameterSlot& slot, const std::uint8_t* bytes) {
  auto* const data = static_cast<Scalar*>(slot.data);
  transpose_positions(slot, [&](Index by_rows, Index by_columns) {
    data[by_columns] = number_at<Scalar>(bytes + by_rows * Index{sizeof(Scalar)}, std::endian::little);
  });
}

inline constexpr std::string_view schema_key = "schema";
inline constexpr std::string_view state_prefix = "state.";

/// Whether a key of the metadata is the user's.
BETAVAE_DEFINITION bool is_users_key(std::string_view key) {
  return key != schema_key && !key.starts_with(state_prefix);
}

BETAVAE_DEFINITION Metadata metadata_of_user(const Metadata& metadata) {
  Metadata texts;
  for (const auto& [key, text] : metadata) {
    if (is_users_key(key)) {
      texts.emplace(key, text);
    }
  }
  return texts;
}

BETAVAE_DEFINITION SafeTensors content_of(const ModelSlots& slots, const std::vector<std::string>& schema,
                                          const Metadata& metadata) {
  SafeTensors content;
  for (const auto& [key, text] : metadata) {
    require(is_users_key(key), "save", "metadata",
            "keys other than 'schema' and 'state.…', which the model's own texts have", key);
    content.metadata.emplace(key, text);
  }
  std::string lines;
  for (const std::string& line : schema) {
    require(line.find('\n') == std::string::npos, "save", "schema", "lines without line breaks", in_quotes(line));
    lines += (lines.empty() ? "" : "\n") + line;
  }
  if (!lines.empty()) {
    content.metadata.emplace(schema_key, lines);
  }
  for (const StateSlot& state : slots.states) {
    require(std::isfinite(*state.number), "save", state.name, "a finite number", *state.number);
    const bool is_new = content.metadata.emplace(state.name, fmt::format("{}", *state.number)).second;
    require(is_new, "save", "state", "one number of each name", state.name);
  }
  for (const ParameterSlot& slot : slots.parameters) {
    StoredTensor tensor{slot.name, std::string(slot.type), shape_of(slot), {}};
    const bool is_float = slot.type == "F32";
    tensor.bytes.resize(static_cast<std::size_t>(slot.rows * slot.columns) *
                        (is_float ? sizeof(float) : sizeof(double)));
    is_float ? copy_to_bytes<float>(slot, tensor.bytes.data()) : copy_to_bytes<double>(slot, tensor.bytes.data());
    content.tensors.push_back(std::move(tensor));
  }
  return content;
}

/// Sentences about what differs, kind by kind.
class Differences {
 public:
  void add(const std::string& sentence) {
    ++count_;
    if (count_ <= most) {
      text_ += "\n  " + sentence;
    }
  }
  /// Ends a kind of differences.
  void end_kind() {
    if (count_ > most) {
      text_ += format_text("\n  … and {} more", {count_ - most});
    }
    count_ = 0;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  static constexpr Index most = 20;
  std::string text_;
  Index count_ = 0;
};

BETAVAE_DEFINITION std::string shape_text(const std::vector<Index>& shape) {
  std::string text;
  for (const Index size : shape) {
    text += (text.empty() ? "" : ", ") + std::to_string(size);
  }
  return "[" + text + "]";
}

/// By their keys, so that a line more or less does not make all that follow differ; where only the order does, the first line.
BETAVAE_DEFINITION void compare_schemas(const std::vector<std::string_view>& in_file,
                                        const std::vector<std::string>& in_model, Differences& differences) {
  const auto key = [](std::string_view line) { return line.substr(0, line.find(": ")); };
  std::map<std::string_view, std::string_view> file_lines;
  std::map<std::string_view, std::string_view> model_lines;
  for (const std::string_view line : in_file) {
    file_lines.emplace(key(line), line);
  }
  for (const std::string& line : in_model) {
    model_lines.emplace(key(line), line);
  }
  bool differs = false;
  for (const std::string& line : in_model) {
    const auto found = file_lines.find(key(line));
    if (found == file_lines.end()) {
      differences.add("schema: the model has " + in_quotes(line) + ", the file has no such line");
      differs = true;
    } else if (found->second != model_lines[key(line)]) {
      differences.add("schema: the model has " + in_quotes(line) + ", the file has " + in_quotes(found->second));
      differs = true;
    }
  }
  for (const std::string_view line : in_file) {
    if (model_lines.count(key(line)) == 0) {
      differences.add("schema: the file has " + in_quotes(line) + ", the model has no such line");
      differs = true;
    }
  }
  for (std::size_t k = 0; !differs && k < std::max(in_file.size(), in_model.size()); ++k) {
    const std::string_view of_file = k < in_file.size() ? in_file[k] : "";
    const std::string_view of_model = k < in_model.size() ? std::string_view(in_model[k]) : "";
    if (of_file != of_model) {
      differences.add(format_text("schema: line {}: the model has {}, the file has {}",
                                  {k + 1, in_quotes(of_model), in_quotes(of_file)}));
      differs = true;
    }
  }
  differences.end_kind();
}

BETAVAE_DEFINITION std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Puts the tensors for the slots in their order, where all is right.
BETAVAE_DEFINITION void compare_tensors(const SafeTensors& content, const ModelSlots& slots,
                                        std::vector<const StoredTensor*>& tensors, Differences& differences) {
  std::map<std::string_view, const StoredTensor*> in_file;
  for (const StoredTensor& tensor : content.tensors) {
    in_file.emplace(tensor.name, &tensor);
  }
  for (const ParameterSlot& slot : slots.parameters) {
    const auto found = in_file.find(slot.name);
    tensors.push_back(found == in_file.end() ? nullptr : found->second);
    if (tensors.back() == nullptr) {
      differences.add(format_text("tensor {}: missing in the file", {in_quotes(slot.name)}));
      continue;
    }
    const StoredTensor& tensor = *tensors.back();
    in_file.erase(found);
    // A layer of one input has a weight of the type of a bias; PyTorch writes it with two dimensions.
    if (tensor.shape != shape_of(slot) && tensor.shape != std::vector<Index>{slot.rows, slot.columns}) {
      differences.add(format_text("tensor {}: the model has shape {}, the file has {}",
                                  {in_quotes(slot.name), shape_text(shape_of(slot)), shape_text(tensor.shape)}));
    }
    if (tensor.type != slot.type) {
      differences.add(format_text("tensor {}: the model has dtype {}, the file has {}",
                                  {in_quotes(slot.name), slot.type, tensor.type}));
    }
  }
  for (const StoredTensor& tensor : content.tensors) {
    if (in_file.count(tensor.name) != 0) {
      differences.add(format_text("tensor {}: not in the model", {in_quotes(tensor.name)}));
    }
  }
  differences.end_kind();
}

/// The file's numbers for the states, in their order.
BETAVAE_DEFINITION std::vector<double> compare_states(const Metadata& metadata, const ModelSlots& slots,
                                                      Differences& differences) {
  std::vector<double> numbers;
  std::set<std::string_view> known;
  for (const StateSlot& state : slots.states) {
    known.insert(state.name);
    numbers.push_back(0);
    const auto found = metadata.find(state.name);
    if (found == metadata.end()) {
      differences.add(format_text("metadata {}: missing in the file", {in_quotes(state.name)}));
      continue;
    }
    const std::string& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), numbers.back());
    const bool is_number = error == std::errc{} && end == text.data() + text.size() && std::isfinite(numbers.back());
    if (!is_number || !(numbers.back() > state.above)) {
      const std::string limit = std::isfinite(state.above) ? format_text(" above {}", {state.above}) : std::string();
      differences.add(format_text("metadata {}: expected a finite number{}, got {}",
                                  {in_quotes(state.name), limit, in_quotes(text)}));
    }
  }
  for (const auto& [key, text] : metadata) {
    if (key.starts_with(state_prefix) && known.count(key) == 0) {
      differences.add(format_text("metadata {}: not in the model", {in_quotes(key)}));
    }
  }
  differences.end_kind();
  return numbers;
}

BETAVAE_DEFINITION void put_into_model(const std::string& path, const SafeTensors& content,
                                       const std::vector<std::string>& schema, const ModelSlots& slots) {
  Differences differences;
  const auto file_schema = content.metadata.find(std::string(schema_key));
  if (file_schema != content.metadata.end()) {
    compare_schemas(lines_of(file_schema->second), schema, differences);
  }
  std::vector<const StoredTensor*> tensors;
  compare_tensors(content, slots, tensors, differences);
  const std::vector<double> numbers = compare_states(content.metadata, slots, differences);
  if (!differences.text().empty()) {
    throw FileError(path + ": holds another model:" + differences.text());
  }
  for (std::size_t k = 0; k < tensors.size(); ++k) {
    const ParameterSlot& slot = slots.parameters[k];
    const std::uint8_t* const bytes = tensors[k]->bytes.data();
    slot.type == "F32" ? copy_from_bytes<float>(slot, bytes) : copy_from_bytes<double>(slot, bytes);
  }
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    *slots.states[k].number = numbers[k];
  }
}

BETAVAE_DEFINITION void save_model(const std::string& path, const ModelSlots& slots,
                                   const std::vector<std::string>& schema, const Metadata& metadata) {
  write_safetensors(path, content_of(slots, schema, metadata));
}

BETAVAE_DEFINITION Metadata load_model(const std::string& path, const std::vector<std::string>& schema,
                                       const ModelSlots& slots) {
  const SafeTensors content = betavae::read_safetensors(path);
  put_into_model(path, content, schema, slots);
  return metadata_of_user(content.metadata);
}

}  // namespace betavae::detail
