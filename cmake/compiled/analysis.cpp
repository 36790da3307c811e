// SPDX-License-Identifier: MIT
// What stands in analysis/.
#include <betavae/analysis/aggregate_posterior.ipp>
#include <betavae/analysis/align.ipp>
#include <betavae/analysis/code_covariance.ipp>
#include <betavae/analysis/collapse_report.ipp>
#include <betavae/analysis/detail/best_constant.ipp>
#include <betavae/analysis/detail/csv_cell.ipp>
#include <betavae/analysis/detail/decompositions.ipp>
#include <betavae/analysis/factor_correlation.ipp>
#include <betavae/analysis/importance_weighting.ipp>
#include <betavae/analysis/latent_path.ipp>
#include <betavae/analysis/model_family.ipp>
#include <betavae/analysis/pareto_shape.ipp>
#include <betavae/analysis/price_spectrum.ipp>
#include <betavae/analysis/rate_distortion.ipp>
#include <betavae/analysis/rate_distortion_curve.ipp>
#include <betavae/analysis/rate_split.ipp>
#include <betavae/analysis/stationarity.ipp>
#include <betavae/analysis/symmetry.ipp>
#include <betavae/analysis/verdict.ipp>

namespace betavae::detail {

template CodeInformation information_of<double>(DrawnCodes, Threads&);
template AggregatePosterior divergence_of<double>(DrawnCodes, Threads&);
template RateSplit split_of<double>(const DrawnCodes&, Threads&, bool);
template void put_information<double>(RateDistortionPoint&, DrawnCodes, Threads&);
template PriceSpectrum price_spectrum_of_scores<double>(Scores&, Index);

}  // namespace betavae::detail
