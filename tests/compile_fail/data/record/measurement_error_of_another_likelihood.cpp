// SPDX-License-Identifier: MIT
// A known error adds to the variance of a Gaussian.
// expect: betavae: a measurement error is an option of real fields with a Gaussian likelihood
// expect: Person::height
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  double height = 0;
  double error = 0;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::real<&Person::height>(bv::measurement_error<&Person::error>));
#else
  static constexpr auto fields =
      bv::fields(bv::real<&Person::height>(bv::log_scale, bv::measurement_error<&Person::error>));
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
