// SPDX-License-Identifier: MIT
// The products of the comparison, of the same sizes for all who offer them.
#pragma once

#include "peers/worker.hpp"

namespace peers {

/// `product(rows, columns, depth, is_transposed)` prepares C = A·B, row-major; where `is_transposed`, A lies transposed, as in a weight
/// gradient.
template <class Product>
void offer_products(Worker& worker, Product product) {
  worker.offer("product/128x400x784", [=] { return product(128, 400, 784, false); });
  worker.offer("product/400x784x128-transposed", [=] { return product(400, 784, 128, true); });
  worker.offer("product/512x512x512", [=] { return product(512, 512, 512, false); });
  worker.offer("product/512x512x512-transposed", [=] { return product(512, 512, 512, true); });
  worker.offer("product/128x400x20", [=] { return product(128, 400, 20, false); });
}

}  // namespace peers
