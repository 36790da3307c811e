// SPDX-License-Identifier: MIT
// Pages: their text, tables, charts and decoders. What draws pictures stands in report_png.cpp.
#include <betavae/io/report/axis.ipp>
#include <betavae/io/report/bars.ipp>
#include <betavae/io/report/base64.ipp>
#include <betavae/io/report/beta_prose.ipp>
#include <betavae/io/report/beta_study.ipp>
#include <betavae/io/report/chart.ipp>
#include <betavae/io/report/json.ipp>
#include <betavae/io/report/labels.ipp>
#include <betavae/io/report/latent_explorer.ipp>
#include <betavae/io/report/page.ipp>
#include <betavae/io/report/stored_decoder.ipp>
#include <betavae/io/report/table.ipp>
#include <betavae/io/report/text.ipp>
#include <betavae/io/training_report.ipp>
