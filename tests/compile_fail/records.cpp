// SPDX-License-Identifier: MIT
// Descriptions of records, and models of them.
#include <betavae/data/record_vae.hpp>
#include <betavae/vae/skip_networks.hpp>

#include <array>
#include <optional>
#include <string>

namespace bv = betavae;

// case: data/record/category_without_count
// How many categories an enum has is not known.
// expect: betavae: a category needs the number of its categories
// expect: Person::eyes
namespace category_without_count {

struct Person {
  enum class Eyes { brown, blue, green };
  Eyes eyes = Eyes::brown;
};

}  // namespace category_without_count

template <>
struct bv::Record<category_without_count::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::category<&category_without_count::Person::eyes, 3>());
#else
  static constexpr auto fields = bv::fields(bv::category<&category_without_count::Person::eyes>());
#endif
};

namespace category_without_count {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace category_without_count

// case: data/record/decoder_of_another_record
// The decoder gives one number too many.
// expect: betavae: a decoder of records must have RecordLayout<Type>::outputs outputs
// expect: Person
namespace decoder_of_another_record {

struct Person {
  double height = 0;
};

}  // namespace decoder_of_another_record

template <>
struct bv::Record<decoder_of_another_record::Person> {
  static constexpr auto fields = bv::fields(bv::real<&decoder_of_another_record::Person::height>());
};

namespace decoder_of_another_record {

#if !defined(BETAVAE_MUST_FAIL)
constexpr int outputs = bv::RecordLayout<Person>::outputs;
#else
constexpr int outputs = 2;
#endif

auto model(const std::vector<Person>& people) {
  return bv::RecordVae(bv::dense_encoder<1, 2>(), bv::dense_decoder<2, outputs>(),
                       bv::RecordLikelihood<Person>(people));
}

}  // namespace decoder_of_another_record

// case: data/record/encoder_of_another_record
// The encoder does not see what stands beside the values.
// expect: betavae: an encoder of records must have RecordLayout<Type>::inputs inputs
// expect: Person
namespace encoder_of_another_record {

struct Person {
  std::optional<double> height;
};

}  // namespace encoder_of_another_record

template <>
struct bv::Record<encoder_of_another_record::Person> {
  static constexpr auto fields = bv::fields(bv::real<&encoder_of_another_record::Person::height>());
};

namespace encoder_of_another_record {

#if !defined(BETAVAE_MUST_FAIL)
constexpr int inputs = bv::RecordLayout<Person>::inputs;
#else
constexpr int inputs = 1;
#endif

auto model(const std::vector<Person>& people) {
  return bv::RecordVae(bv::dense_encoder<inputs, 2>(), bv::dense_decoder<2, 1>(), bv::RecordLikelihood<Person>(people));
}

}  // namespace encoder_of_another_record

// case: data/record/exposure_of_another_size
// Three counts cannot have two exposures.
// expect: betavae: an exposure must be one number, or an array of as many as its field has
// expect: Person::visits
namespace exposure_of_another_size {

struct Person {
  std::array<int, 3> visits{};
  std::array<float, 3> years{};
  std::array<float, 2> months{};
};

}  // namespace exposure_of_another_size

template <>
struct bv::Record<exposure_of_another_size::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(
      bv::count<&exposure_of_another_size::Person::visits>(bv::exposure<&exposure_of_another_size::Person::years>));
#else
  static constexpr auto fields = bv::fields(
      bv::count<&exposure_of_another_size::Person::visits>(bv::exposure<&exposure_of_another_size::Person::months>));
#endif
};

namespace exposure_of_another_size {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace exposure_of_another_size

// case: data/record/exposure_of_real_field
// Only what is counted has an exposure.
// expect: betavae: an exposure is an option of counts
// expect: Person::height
namespace exposure_of_real_field {

struct Person {
  double height = 0;
  int visits = 0;
  float years = 1;
};

}  // namespace exposure_of_real_field

template <>
struct bv::Record<exposure_of_real_field::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(
      bv::count<&exposure_of_real_field::Person::visits>(bv::exposure<&exposure_of_real_field::Person::years>));
#else
  static constexpr auto fields = bv::fields(
      bv::real<&exposure_of_real_field::Person::height>(bv::exposure<&exposure_of_real_field::Person::years>));
#endif
};

namespace exposure_of_real_field {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace exposure_of_real_field

// case: data/record/field_of_another_type
// A description may name only members of its own type.
// expect: betavae: a field of a record must be a member of its type
// expect: Other::height
namespace field_of_another_type {

struct Other {
  double height = 0;
};

struct Person {
  double height = 0;
};

}  // namespace field_of_another_type

template <>
struct bv::Record<field_of_another_type::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::real<&field_of_another_type::Person::height>());
#else
  static constexpr auto fields = bv::fields(bv::real<&field_of_another_type::Other::height>());
#endif
};

namespace field_of_another_type {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace field_of_another_type

// case: data/record/field_without_likelihood
// A text has no likelihood.
// expect: betavae: a field of a record must be a number, a bool, an enum, or a std::optional or std::array of one
// expect: Person::name
namespace field_without_likelihood {

struct Person {
  double height = 0;
  std::string name;
};

}  // namespace field_without_likelihood

template <>
struct bv::Record<field_without_likelihood::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::real<&field_without_likelihood::Person::height>());
#else
  static constexpr auto fields = bv::fields(bv::real<&field_without_likelihood::Person::name>());
#endif
};

namespace field_without_likelihood {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace field_without_likelihood

// case: data/record/interval_with_swapped_ends
// The lower end of an interval comes first.
// expect: interval_needs_its_lower_end_first
// expect: Person::share
namespace interval_with_swapped_ends {

struct Person {
  double share = 0.5;
};

}  // namespace interval_with_swapped_ends

template <>
struct bv::Record<interval_with_swapped_ends::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::interval<&interval_with_swapped_ends::Person::share>(0, 1));
#else
  static constexpr auto fields = bv::fields(bv::interval<&interval_with_swapped_ends::Person::share>(1, 0));
#endif
};

namespace interval_with_swapped_ends {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace interval_with_swapped_ends

// case: data/record/likelihood_of_another_domain
// Standardised numbers are negative now and then, where a gamma density has no value.
// expect: betavae: a field's likelihood must be one for the values of its kind
// expect: Person::height
namespace likelihood_of_another_domain {

struct Person {
  double height = 1;
};

}  // namespace likelihood_of_another_domain

template <>
struct bv::Record<likelihood_of_another_domain::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields =
      bv::fields(bv::positive<&likelihood_of_another_domain::Person::height>(bv::likelihood<bv::Gamma>()));
#else
  static constexpr auto fields =
      bv::fields(bv::real<&likelihood_of_another_domain::Person::height>(bv::likelihood<bv::Gamma>()));
#endif
};

namespace likelihood_of_another_domain {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace likelihood_of_another_domain

// case: data/record/measurement_error_of_another_likelihood
// A known error adds to the variance of a Gaussian.
// expect: betavae: a measurement error is an option of real fields with a Gaussian likelihood
// expect: Person::height
namespace measurement_error_of_another_likelihood {

struct Person {
  double height = 0;
  double error = 0;
};

}  // namespace measurement_error_of_another_likelihood

template <>
struct bv::Record<measurement_error_of_another_likelihood::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::real<&measurement_error_of_another_likelihood::Person::height>(
      bv::measurement_error<&measurement_error_of_another_likelihood::Person::error>));
#else
  static constexpr auto fields = bv::fields(bv::real<&measurement_error_of_another_likelihood::Person::height>(
      bv::log_scale, bv::measurement_error<&measurement_error_of_another_likelihood::Person::error>));
#endif
};

namespace measurement_error_of_another_likelihood {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace measurement_error_of_another_likelihood

// case: data/record/names_of_another_count
// Three categories cannot have two names.
// expect: betavae: a category must have as many names as categories
// expect: Person::eyes
namespace names_of_another_count {

struct Person {
  int eyes = 0;
};

}  // namespace names_of_another_count

template <>
struct bv::Record<names_of_another_count::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields =
      bv::fields(bv::category<&names_of_another_count::Person::eyes, 3>(bv::names("brown", "blue", "green")));
#else
  static constexpr auto fields =
      bv::fields(bv::category<&names_of_another_count::Person::eyes, 3>(bv::names("brown", "blue")));
#endif
};

namespace names_of_another_count {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace names_of_another_count

// case: data/record/no_modelled_field
// A condition alone leaves nothing to model.
// expect: betavae: a record needs at least one field that is modelled
// expect: Person
namespace no_modelled_field {

struct Person {
  double height = 0;
};

}  // namespace no_modelled_field

template <>
struct bv::Record<no_modelled_field::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::real<&no_modelled_field::Person::height>());
#else
  static constexpr auto fields = bv::fields(bv::condition(bv::real<&no_modelled_field::Person::height>()));
#endif
};

namespace no_modelled_field {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace no_modelled_field

// case: data/record/option_of_another_field
// Numbers have no names.
// expect: betavae: names are an option of categories
// expect: Person::height
namespace option_of_another_field {

struct Person {
  double height = 0;
  int eyes = 0;
};

}  // namespace option_of_another_field

template <>
struct bv::Record<option_of_another_field::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields =
      bv::fields(bv::ordered<&option_of_another_field::Person::eyes>(bv::names("brown", "blue")));
#else
  static constexpr auto fields =
      bv::fields(bv::real<&option_of_another_field::Person::height>(bv::names("small", "tall")));
#endif
};

namespace option_of_another_field {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace option_of_another_field

// case: data/record/optional_weight
// A sample without a weight?
// expect: betavae: a weight must be one number, not optional
// expect: Person::maybe
namespace optional_weight {

struct Person {
  double height = 0;
  double weight = 1;
  std::optional<double> maybe;
};

}  // namespace optional_weight

template <>
struct bv::Record<optional_weight::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields =
      bv::fields(bv::real<&optional_weight::Person::height>(), bv::weight<&optional_weight::Person::weight>());
#else
  static constexpr auto fields =
      bv::fields(bv::real<&optional_weight::Person::height>(), bv::weight<&optional_weight::Person::maybe>());
#endif
};

namespace optional_weight {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace optional_weight

// case: data/record/skip_decoder_of_records
// A decoder with skips, whose skips would be left out.
// expect: betavae: a decoder of records takes no skips from its encoder
namespace skip_decoder_of_records {

struct Person {
  double height = 0;
};

}  // namespace skip_decoder_of_records

template <>
struct bv::Record<skip_decoder_of_records::Person> {
  static constexpr auto fields = bv::fields(bv::real<&skip_decoder_of_records::Person::height>());
};

namespace skip_decoder_of_records {

constexpr int outputs = bv::RecordLayout<Person>::outputs;

#if !defined(BETAVAE_MUST_FAIL)
auto decoder() { return bv::dense_decoder<2, 4, outputs>(); }
#else
auto decoder() { return bv::dense_skip_decoder<2, 4, outputs>(); }
#endif

auto model(const std::vector<Person>& people) {
  return bv::RecordVae(bv::dense_skip_encoder<1, 4, 2>(), decoder(), bv::RecordLikelihood<Person>(people));
}

}  // namespace skip_decoder_of_records

// case: data/record/two_weights
// Which of the two would count?
// expect: betavae: a record has at most one weight
// expect: Person
namespace two_weights {

struct Person {
  double height = 0;
  double weight = 1;
  double second = 1;
};

}  // namespace two_weights

template <>
struct bv::Record<two_weights::Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields =
      bv::fields(bv::real<&two_weights::Person::height>(), bv::weight<&two_weights::Person::weight>());
#else
  static constexpr auto fields =
      bv::fields(bv::real<&two_weights::Person::height>(), bv::weight<&two_weights::Person::weight>(),
                 bv::weight<&two_weights::Person::second>());
#endif
};

namespace two_weights {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace two_weights

// case: data/record/type_without_description
// A type that nobody described.
// expect: betavae: a record needs a description: a specialisation of betavae::Record for its type
// expect: Person
namespace type_without_description {

struct Person {
  double height = 0;
};

}  // namespace type_without_description

#if !defined(BETAVAE_MUST_FAIL)
template <>
struct bv::Record<type_without_description::Person> {
  static constexpr auto fields = bv::fields(bv::real<&type_without_description::Person::height>());
};
#endif

namespace type_without_description {

int rows() { return bv::RecordLayout<Person>::rows; }

}  // namespace type_without_description
