// SPDX-License-Identifier: MIT
// The order of samples; what is learned and said of records.
#include <betavae/data/data_set.ipp>
#include <betavae/data/record/scaling.ipp>
#include <betavae/data/record/schema.ipp>
#include <betavae/data/shuffle.ipp>
