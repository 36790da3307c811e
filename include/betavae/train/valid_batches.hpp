// SPDX-License-Identifier: MIT
// A walk over a data set in order, batch by batch, that looks at every value before a model does.
#pragma once

#include <betavae/data/batch.hpp>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <vector>

namespace betavae::detail {

/// Looks at weights and offsets, where a batch has them.
template <class Likelihood, class Scalar>
void require_valid_beside_values(std::string_view where, const Batch<Scalar>& batch, Index first) {
  for (Index j = 0; batch.weights() != nullptr && j < batch.samples(); ++j) {
    require_weight(where, first + j, batch.weight(j));
  }
  for (Index j = 0; batch.offsets() != nullptr && j < batch.samples(); ++j) {
    require_offset(where, first + j, static_cast<double>(batch.offsets()[j]));
  }
  if constexpr (requires { requires !Likelihood::takes_offset; }) {
    require(batch.offsets() == nullptr, Likelihood::name, "offsets",
            "none, since this likelihood has no place for them", "some");
  }
}

/// All samples in order, `batch_size` at a time: f(first) after each filling of the batch.
/// Errors: ArgumentError for an empty set, the wrong number of features, or offsets that the likelihood does not take; DataError for
/// values outside of its domain (missing ones are not looked at), weights that are not finite and above 0, and offsets that are not finite.
template <class Model, class Data, class Function>
void for_each_valid_batch(std::string_view where, std::string_view argument, const Model& model, const Data& data,
                          Index batch_size, Batch<typename Model::Scalar>& batch, const Function& function) {
  require(data.size() > 0, where, argument, "at least one sample", data.size());
  if constexpr (Model::features != dynamic) {
    require_same_size(where, detail::format_text("features of the {}", {argument}), data.features(),
                      "inputs of the model", Model::features);
  }
  std::vector<Index> samples;
  for (Index first = 0; first < data.size(); first += batch_size) {
    samples.resize(static_cast<std::size_t>(std::min(batch_size, data.size() - first)));
    std::iota(samples.begin(), samples.end(), first);
    batch.fill(data, {samples.data(), samples.size()});
    require_valid_beside_values<decltype(model.likelihood)>(where, batch, first);
    const auto values = batch.view();
    for (Index j = 0; j < values.columns; ++j) {
      for (Index i = 0; i < values.rows; ++i) {
        if (!HasMask<Data> || batch.is_present(i, j)) {
          model.likelihood.check(values.column(j)[i], i, first + j);
        }
      }
    }
    function(first);
  }
}

}  // namespace betavae::detail
