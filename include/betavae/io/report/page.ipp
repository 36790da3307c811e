// SPDX-License-Identifier: MIT
// How a page is put together.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/report/page.hpp>
#include <betavae/io/report/script.hpp>
#include <betavae/io/report/style.hpp>
#include <betavae/io/whole_file.hpp>

namespace betavae {

BETAVAE_DEFINITION ReportPage::ReportPage(std::string_view title, std::string_view lead)
    : title_(escape_html(title)), lead_(escape_html(lead)) {}

BETAVAE_DEFINITION ReportPage& ReportPage::section(std::string_view heading) {
  body_ += "</section>\n<section><h2>" + escape_html(heading) + "</h2>\n";
  return *this;
}

BETAVAE_DEFINITION ReportPage& ReportPage::text(std::string_view paragraph) {
  body_ += "<p>" + escape_html(paragraph) + "</p>\n";
  return *this;
}

BETAVAE_DEFINITION ReportPage& ReportPage::remark(std::string_view paragraph) {
  body_ += R"(<p class="remark">)" + escape_html(paragraph) + "</p>\n";
  return *this;
}

BETAVAE_DEFINITION ReportPage& ReportPage::add_markup(const std::string& markup, bool needs_script) {
  body_ += markup;
  has_script_ = has_script_ || needs_script;
  return *this;
}

BETAVAE_DEFINITION void ReportPage::begin_fold(std::string_view summary, bool open) {
  body_ += detail::format_text("<details{}><summary>{}</summary>", {open ? " open" : "", escape_html(summary)});
}

BETAVAE_DEFINITION ReportPage& ReportPage::end_fold() {
  body_ += "</details>\n";
  return *this;
}

BETAVAE_DEFINITION ReportPage& ReportPage::footer(std::string_view text) {
  footer_ = "<footer>" + escape_html(text) + "</footer>\n";
  return *this;
}

BETAVAE_DEFINITION std::string ReportPage::html() const {
  return detail::format_text(
      R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'{}">
<title>{}</title>
<style>{}</style>
</head>
<body>
<main>
<section><h1>{}</h1>
{}{}</section>
{}</main>
{}</body>
</html>
)",
      {has_script_ ? "; script-src 'unsafe-inline'" : "", title_, detail::report_style, title_,
       lead_.empty() ? "" : R"(<p class="lead">)" + lead_ + "</p>\n", body_, footer_,
       has_script_ ? detail::format_text("<script>{}</script>\n", {detail::report_script}) : ""});
}

BETAVAE_DEFINITION void ReportPage::write(const std::string& path) const { write_whole_file(path, html()); }

}  // namespace betavae
