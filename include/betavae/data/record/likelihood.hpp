// SPDX-License-Identifier: MIT
// The likelihood of records: of each field its own, in nats of the user's own units, missing cells skipped.
//
//     distortion of a sample = Σ over fields, over their cells that are there:  −ln p(u|θ) + ln |dx/du|
//
// u being the value in its likelihood's coordinates (see kind.hpp). Of a likelihood's parameters θ, the decoder gives those that place
// the values; those that spread them are trained once for all samples, unless the field asks its decoder for them. Widths and
// concentrations have floors, see cell_parameters.hpp.
#pragma once

#include <betavae/data/record/cell_parameters.hpp>
#include <betavae/data/record/record_set.hpp>
#include <betavae/data/record/schema.hpp>

#include <span>

namespace betavae {

template <class Type, class ScalarType = float>
class RecordLikelihood {
 public:
  using Scalar = ScalarType;
  using Number = detail::Precise<Scalar>;
  using Layout = RecordLayout<Type>;
  static constexpr int features = Layout::rows;    ///< numbers of a sample, as `fill` writes them
  static constexpr int outputs = Layout::outputs;  ///< that a decoder gives
  static constexpr int fields = Layout::modelled_fields;
  static constexpr std::string_view name = "RecordLikelihood";
  static constexpr std::string_view point_estimate_name = "each field's own";

  RecordLikelihood() : RecordLikelihood(RecordScaling<Type>{}) {}

  /// Learns the scaling from these records: give the training part alone.
  /// Errors: ArgumentError for no records, DataError for values outside of their field's domain.
  template <std::ranges::input_range Records>
  explicit RecordLikelihood(const Records& records) : RecordLikelihood(RecordScaling<Type>(records)) {}

  explicit RecordLikelihood(RecordScaling<Type> scaling) : scaling_(std::move(scaling)) {
    for (const detail::Affine& cell : scaling_.values) {
      log_scales_.push_back(std::log(cell.scale));
    }
    Layout::for_each_modelled([&]<class Field>(const Field&, const Place& place, const auto& of_field, std::size_t) {
      using Parameters = detail::ParametersOf<Field>;
      if constexpr (Parameters::common > 0 && requires { of_field.initial(0); }) {
        for (int k = 0; k < Parameters::common; ++k) {
          for (Index cell = 0; cell < Field::cells; ++cell) {
            common.data()[place.common + k * Field::cells + cell] = Scalar(of_field.initial(k));
          }
        }
      }
    });
  }

  [[nodiscard]] const RecordScaling<Type>& scaling() const { return scaling_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return scaling_.warnings; }

  /// Records as `fit` and `evaluate` read them. Both must outlive it.
  template <detail::RecordsOf<Type> Records>
  [[nodiscard]] auto data_set(const Records& records) const {
    return RecordSet<Type, Records>(records, scaling_);
  }

  /// The names of the modelled fields, in their order.
  [[nodiscard]] static std::array<std::string_view, static_cast<std::size_t>(fields)> field_names() {
    std::array<std::string_view, static_cast<std::size_t>(fields)> names;
    Layout::for_each_modelled(
        [&]<class Field>(const Field&, const Place&, const auto&, std::size_t number) { names[number] = Field::name; });
    return names;
  }

  /// −ln p of each sample in nats: 1 × samples. `parameters` is outputs × samples, the data are as `RecordSet` gives them.
  /// Errors: ArgumentError where the sizes do not match, or offsets come (an exposure is an option of its field).
  template <class Context, Operand Output, Operand Values>
  [[nodiscard]] auto distortion(Context& context, const Output& parameters, const Observed<Values>& observed) const {
    static_assert(Output::Rows == dynamic || Output::Rows == outputs,
                  "betavae: the decoder must give as many numbers a sample as the record's likelihoods need");
    require_same_size(name, "rows of the decoder's output", parameters.rows(), "parameters of the record's fields",
                      outputs);
    require_same_size(name, "rows of the data", observed.features(), "numbers of a record", features);
    require_same_size(name, "samples of the decoder's output", parameters.columns(), "samples of the data",
                      observed.samples());
    require(observed.offsets == nullptr, name, "offsets", "none: an exposure is an option of its field", "some");
    const auto trained = context.parameter(common);
    using Trained = std::remove_const_t<decltype(trained)>;
    auto nats = make_result<1>(1, observed.samples(), parameters, trained);
    const auto partial = detail::allocate_partial(parameters);
    // Of each sample in the common parameters: summed over samples in the reverse pass, in their order, whatever threads there are.
    Scalar* const by_common =
        is_variable<Trained> ? parameters.tape().allocate(Layout::common * observed.samples()) : nullptr;
    detail::share_samples(parameters, [&](Index j) {
      const std::uint8_t* const mask = observed.mask_of(j);
      *nats.value_view().column(j) = Scalar(sample_nats(
          parameters.value_view().column(j), trained.value_view().data, observed.values.value_view().column(j), mask,
          partial.data != nullptr ? partial.column(j) : nullptr,
          by_common != nullptr ? by_common + j * Layout::common : nullptr, nullptr));
    });
    record(name, nats, [=] {
      detail::add_by_sample(nats, parameters, partial);
      if constexpr (is_variable<Trained>) {
        for (Index j = 0; j < nats.columns(); ++j) {
          kernels::multiply_add(Layout::common, *nats.adjoint_view().column(j), by_common + j * Layout::common,
                                trained.adjoint_view().data);
        }
      }
    });
    return nats;
  }

  /// −ln p of each modelled field of one sample, in nats: 0 for a field whose cells are all missing. `parameters` are the decoder's
  /// outputs, `values` and `mask` (null for none missing) a sample as RecordSet gives it.
  [[nodiscard]] std::array<double, static_cast<std::size_t>(fields)> nats_by_field(const Scalar* parameters,
                                                                                   const Scalar* values,
                                                                                   const std::uint8_t* mask) const {
    std::array<double, static_cast<std::size_t>(fields)> nats{};
    (void)sample_nats(parameters, common.data(), values, mask, nullptr, nullptr, nats.data());
    return nats;
  }

  /// The point estimates of one sample's fields, written into `into`: of counts, binaries and categories the nearest whole number.
  /// `given` has the exposures. Errors of both: DataError for an exposure or error of measurement that cannot be one.
  void estimate(const Scalar* parameters, const Type& given, Type& into) const {
    write(parameters, given, into, [](const auto&, const auto& of_field, const auto& p, Index, Index) {
      return static_cast<double>(of_field.estimate(p.data()));
    });
  }
  /// Draws from p(x|z) of one sample's fields, written into `into`, as they would be measured: with the errors of `given`.
  void draw(const Scalar* parameters, const Type& given, const Random& random, std::uint64_t sample, Type& into) const {
    write(parameters, given, into,
          [&]<class Field>(const Field&, const auto& of_field, const auto& p, Index value, Index cell) {
            detail::Draws draws(random, sample, static_cast<std::uint64_t>(value));
            std::array<double, static_cast<std::size_t>(detail::ParametersOf<Field>::all)> in_double;
            std::copy_n(p.data(), in_double.size(), in_double.begin());
            if constexpr (Field::has_measurement_error) {
              const double error = detail::load_beside<Type, typename Field::MeasurementError>(given, cell, 0) /
                                   scaling_.values[static_cast<std::size_t>(value)].scale;
              in_double[1] = std::log(std::hypot(std::exp(in_double[1]), error));
            }
            return of_field.draw(in_double.data(), draws);
          });
  }

  /// In the user's units, values × samples: the cells of the modelled fields, one after the other. Exposures count as 1.
  template <class Output>
  [[nodiscard]] Matrix<Scalar> point_estimate(const Output& parameters) const {
    return for_each_cell(parameters, Layout::values, [&](auto& result, const auto& at) {
      result(at.value, at.sample) = Scalar(at.from_coordinates(static_cast<double>(at.likelihood.estimate(at.p))));
    });
  }
  /// Draws in the user's units, values × samples. Column j is sample `first_sample` + j of `random`. Exposures count as 1, errors of measurement as 0.
  template <class Output>
  [[nodiscard]] Matrix<Scalar> sample(const Output& parameters, const Random& random,
                                      std::uint64_t first_sample = 0) const {
    return for_each_cell(parameters, Layout::values, [&](auto& result, const auto& at) {
      detail::Draws draws(random, first_sample + static_cast<std::uint64_t>(at.sample),
                          static_cast<std::uint64_t>(at.value));
      std::array<double, std::remove_cvref_t<decltype(at.likelihood)>::parameters_per_value> p;
      std::copy_n(at.p, p.size(), p.begin());
      result(at.value, at.sample) = Scalar(at.from_coordinates(at.likelihood.draw(p.data(), draws)));
    });
  }
  /// ∂ ln p/∂output, outputs × samples. `values` is features × samples, as RecordSet gives them, with nothing missing.
  template <class Output, class Values>
  [[nodiscard]] Matrix<Scalar> score(const Output& parameters, const Values& values) const {
    const Matrix<Scalar> plain(parameters);
    const Matrix<Scalar> x(values);
    require_same_size(name, "rows of the data", x.rows(), "numbers of a record", features);
    Matrix<Scalar> result(outputs, plain.cols());
    for (Index j = 0; j < plain.cols(); ++j) {
      (void)sample_nats(plain.col(j).data(), common.data(), x.col(j).data(), nullptr, result.col(j).data(), nullptr,
                        nullptr);
    }
    return -result;
  }
  /// The diagonal of the expected Fisher information in the decoder's outputs: outputs × samples. Exposures count as 1, errors of measurement as 0.
  template <class Output>
  [[nodiscard]] Matrix<Scalar> fisher_information(const Output& parameters) const {
    return for_each_cell(parameters, outputs, [&](auto& result, const auto& at) {
      using Of = std::remove_cvref_t<decltype(at)>;
      std::array<Number, static_cast<std::size_t>(Of::Parameters::all)> diagonal{};
      at.likelihood.information(at.p, diagonal.data());
      int decoded = 0;
      for (int k = 0; k < Of::Parameters::all; ++k) {
        if (!Of::Parameters::is_common(k)) {
          const auto i = static_cast<std::size_t>(k);
          result(at.output + decoded++ * at.cells, at.sample) = Scalar(diagonal[i] * at.slope[i] * at.slope[i]);
        }
      }
    });
  }
  /// None is known: fields on a line have none.
  [[nodiscard]] double floor(double /*x*/) const { return -detail::unbounded; }
  /// Errors: DataError unless x is finite. (Domains are checked where records become numbers, by the field's name.)
  void check(Scalar x, Index feature, Index sample) const {
    using std::isfinite;
    if (!isfinite(x)) [[unlikely]] {
      throw DataError(detail::format_text("{}: number {} of record {}: expected a finite number, got {}",
                                          {name, feature, sample, static_cast<double>(x)}));
    }
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("dispersion", common);
  }

  /// What files keep beside the parameters: the scaling, see nn/state.hpp.
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    const auto show = [&](const std::string& what, std::size_t i, detail::Affine& affine) {
      visitor(detail::format_text("{}.{}.location", {what, i}), affine.location);
      visitor(detail::format_text("{}.{}.scale", {what, i}), affine.scale, 0.0);
    };
    for (std::size_t i = 0; i < scaling_.values.size(); ++i) {
      show("value", i, scaling_.values[i]);
      visitor(detail::format_text("value.{}.log_scale", {i}), log_scales_[i]);
    }
    for (std::size_t i = 0; i < scaling_.columns.size(); ++i) {
      show("column", i, scaling_.columns[i]);
    }
  }
  [[nodiscard]] std::vector<std::string> schema() const { return record_schema<Type>(); }

  /// The parameters common to all samples: of each field, planar (see layout.hpp).
  Parameter<Scalar, Layout::common> common;

 private:
  using Place = typename Layout::Place;

  /// The parameters of one cell.
  template <class Field>
  [[nodiscard]] auto cell_parameters(const Place& place, Index cell, const Scalar* decoded, const Scalar* trained,
                                     Number log_exposure) const {
    Number beside(0);
    if constexpr (Field::Kind::coordinates == detail::Coordinates::about_log_mean) {
      beside = Number(scaling_.values[static_cast<std::size_t>(place.value + cell)].location) + log_exposure;
    }
    return detail::gather<Field>(decoded + place.output + cell, trained + place.common + cell, beside);
  }

  /// Any of the pointers from `mask` on may be null.
  [[nodiscard]] Number sample_nats(const Scalar* decoded, const Scalar* trained, const Scalar* values,
                                   const std::uint8_t* mask, Scalar* partial, Scalar* by_common,
                                   double* by_field) const {
    Number sum(0);
    Layout::for_each_modelled(
        [&]<class Field>(const Field&, const Place& place, const auto& likelihood, std::size_t number) {
          using Parameters = detail::ParametersOf<Field>;
          Number of_field(0);
          for (Index cell = 0; cell < Field::cells; ++cell) {
            std::array<Number, static_cast<std::size_t>(Parameters::all)> derivative{};
            const Index row = Layout::first_value + place.value + cell;
            if (mask == nullptr || mask[row] != 0) {
              const Number log_exposure =
                  Field::has_exposure ? Number(values[Layout::first_exposure + place.exposure + cell]) : Number(0);
              const auto of_cell = cell_parameters<Field>(place, cell, decoded, trained, log_exposure);
              const Number u(values[row]);
              Number* const wanted = partial != nullptr || by_common != nullptr ? derivative.data() : nullptr;
              if constexpr (Field::has_measurement_error) {
                const Number error(values[Layout::first_error + place.error + cell]);
                of_field += GaussianHeteroscedastic::nats_with_error(of_cell.p.data(), u, error, wanted);
              } else {
                of_field += likelihood.nats(of_cell.p.data(), u, wanted);
              }
              const auto i = static_cast<std::size_t>(place.value + cell);
              of_field += detail::log_jacobian<typename Field::Kind>(scaling_.values[i], log_scales_[i], u);
              for (std::size_t k = 0; k < derivative.size(); ++k) {
                derivative[k] = of_cell.slope[k] == Number(0) ? Number(0) : Number(derivative[k] * of_cell.slope[k]);
              }
            }
            store_derivative<Parameters>(derivative, Field::cells,
                                         partial != nullptr ? partial + place.output + cell : nullptr,
                                         by_common != nullptr ? by_common + place.common + cell : nullptr);
          }
          if (by_field != nullptr) {
            by_field[number] = static_cast<double>(of_field);
          }
          sum += of_field;
        });
    return sum;
  }

  /// Each number to where its parameter comes from; null for nowhere.
  template <class Parameters, class Derivative>
  static void store_derivative(const Derivative& derivative, Index cells, Scalar* decoded, Scalar* trained) {
    for (int k = 0; k < Parameters::all; ++k) {
      Scalar*& to = Parameters::is_common(k) ? trained : decoded;
      if (to != nullptr) {
        *to = Scalar(derivative[static_cast<std::size_t>(k)]);
        to += cells;
      }
    }
  }

  /// estimate(field, likelihood, parameters, place, cell) of each cell, into the record in the user's units.
  template <class Estimate>
  void write(const Scalar* decoded, const Type& given, Type& into, const Estimate& estimate) const {
    Layout::for_each_modelled(
        [&]<class Field>(const Field& field, const Place& place, const auto& of_field, std::size_t) {
          auto& member = Field::Place::make(into);
          for (Index cell = 0; cell < Field::cells; ++cell) {
            const Number log_exposure(detail::load_log_exposure<Type, Field>(given, cell, 0));
            const auto of_cell = cell_parameters<Field>(place, cell, decoded, common.data(), log_exposure);
            const double u = estimate(field, of_field, of_cell.p, place.value + cell, cell);
            const double x = detail::from_coordinates<typename Field::Kind>(
                scaling_.values[static_cast<std::size_t>(place.value + cell)], u);
            Field::CellsOfMember::store(member, cell, detail::nearest_in_domain(field, x));
          }
        });
  }

  /// A cell in a matrix of decoder outputs.
  template <class Field, class Likelihood>
  struct CellOfMatrix {
    using Parameters = detail::ParametersOf<Field>;
    const Likelihood& likelihood;
    const Number* p;
    const std::array<Number, static_cast<std::size_t>(Parameters::all)>& slope;
    const detail::Affine& scaling;
    Index value;
    Index output;
    Index sample;
    Index cells;
    [[nodiscard]] double from_coordinates(double u) const {
      return detail::from_coordinates<typename Field::Kind>(scaling, u);
    }
  };

  template <class Output, class Function>
  [[nodiscard]] Matrix<Scalar> for_each_cell(const Output& parameters, Index rows, const Function& function) const {
    const Matrix<Scalar> plain(parameters);
    require_same_size(name, "rows of the decoder's output", plain.rows(), "parameters of the record's fields", outputs);
    Matrix<Scalar> result(rows, plain.cols());
    for (Index j = 0; j < plain.cols(); ++j) {
      Layout::for_each_modelled([&]<class Field>(const Field&, const Place& place, const auto& of_field, std::size_t) {
        for (Index cell = 0; cell < Field::cells; ++cell) {
          const auto of_cell = cell_parameters<Field>(place, cell, plain.col(j).data(), common.data(), Number(0));
          function(result, CellOfMatrix<Field, std::remove_cvref_t<decltype(of_field)>>{
                               of_field, of_cell.p.data(), of_cell.slope,
                               scaling_.values[static_cast<std::size_t>(place.value + cell)], place.value + cell,
                               place.output + cell, j, Field::cells});
        }
      });
    }
    return result;
  }

  RecordScaling<Type> scaling_;
  std::vector<double> log_scales_;  ///< of the values
};

}  // namespace betavae
