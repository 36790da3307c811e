// SPDX-License-Identifier: MIT
// Models in files. The only source that includes nlohmann/json.
#include <betavae/io/detail/model_slots.ipp>
#include <betavae/io/detail/safetensors_header.ipp>
#include <betavae/io/safetensors.ipp>
