// SPDX-License-Identifier: MIT
// Pictures on pages, and the pages that have some.
#include <betavae/io/beta_report.ipp>
#include <betavae/io/report/pictures.ipp>
