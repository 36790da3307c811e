// SPDX-License-Identifier: MIT
// A walk over a data set in order, batch by batch, that looks at every value before a model does.
#pragma once

#include <betavae/data/data_set.hpp>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <vector>

namespace betavae::detail {

/// All samples in order, `batch_size` at a time: f(first) after each filling of the batch.
/// Errors: ArgumentError for an empty set or the wrong number of features; DataError for values outside of the likelihood's domain.
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
    const auto values = batch.view();
    for (Index j = 0; j < values.columns; ++j) {
      for (Index i = 0; i < values.rows; ++i) {
        model.likelihood.check(values.column(j)[i], i, first + j);
      }
    }
    function(first);
  }
}

}  // namespace betavae::detail
