// SPDX-License-Identifier: MIT
// A report as one self-contained HTML page: no network, light and dark, readable on a phone.
//
//     ReportPage page{"What β does", "One paragraph that tells it all."};
//     page.section("Rate against distortion").text("Prose.").add(LineChart{…}).add(ReportTable{…});
//     page.write("report.html");
//
// A block is any type with a function `std::string to_html(const Block&)` in its own namespace, so a block of one's own
// joins by writing that function. Text is escaped by the blocks and by the page; only a block's to_html makes markup.
//
// A block type with `static constexpr bool needs_script = true` brings the script of report/script.hpp, once, at the end of the page.
// Every page forbids the browser by its Content-Security-Policy to load anything from anywhere, and a page without such a block to run
// any script.
#pragma once

#include <betavae/core/form.hpp>
#include <betavae/io/report/text.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace betavae {

/// What a page can hold.
template <class Block>
concept ReportBlock = requires(const Block& block) {
  { to_html(block) } -> std::convertible_to<std::string>;
};

namespace detail {

template <class Block>
inline constexpr bool needs_script = false;
template <class Block>
requires requires { Block::needs_script; }
inline constexpr bool needs_script<Block> = Block::needs_script;

}  // namespace detail

class BETAVAE_API ReportPage {
 public:
  /// A page with a title and one paragraph that leads in.
  explicit ReportPage(std::string_view title, std::string_view lead = {});

  /// Begins a section under a heading.
  ReportPage& section(std::string_view heading);

  /// A paragraph.
  ReportPage& text(std::string_view paragraph);

  /// Text that stands out, for the one thing to remember.
  ReportPage& remark(std::string_view paragraph);

  /// A chart, a table, pictures, or a block of one's own.
  template <class Block>
  ReportPage& add(const Block& block) {
    static_assert(ReportBlock<Block>,
                  "betavae::ReportPage::add: the block's namespace needs std::string to_html(const Block&)");
    return add_markup(to_html(block), detail::needs_script<Block>);
  }

  /// A block that the reader can fold away and out behind one line of text.
  template <class Block>
  ReportPage& add_folded(std::string_view summary, const Block& block, bool open = false) {
    begin_fold(summary, open);
    add(block);
    return end_fold();
  }

  /// A line in small type at the end.
  ReportPage& footer(std::string_view text);

  /// The markup of all that was added so far, for a page that is put together from others.
  [[nodiscard]] const std::string& body() const { return body_; }

  /// The page as HTML (UTF-8).
  [[nodiscard]] std::string html() const;

  /// Writes the page, whole or not at all. Errors: FileError when it cannot be written; an older page then stays.
  void write(const std::string& path) const;

 private:
  ReportPage& add_markup(const std::string& markup, bool needs_script);
  void begin_fold(std::string_view summary, bool open);
  ReportPage& end_fold();

  std::string title_;
  std::string lead_;
  std::string body_;
  std::string footer_;
  bool has_script_ = false;
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/page.ipp>
#endif
