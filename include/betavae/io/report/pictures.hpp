// SPDX-License-Identifier: MIT
// Pictures on a page: rows of images under common headings, and sheets of many images side by side.
//
// Every row is one PNG inside the page. Pixels stay squares: an image is shown at a whole multiple of its size, fewer
// on a phone. The gaps are transparent, so that they have the colour of the page.
#pragma once

#include <betavae/io/image_grid.hpp>
#include <betavae/io/report/text.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace betavae {

struct PictureRow {
  std::string label = {};
  ImageSet images = {};
  std::string note = {};         ///< In small type below the label; may be empty.
  std::string description = {};  ///< For those who cannot see the images; the label where this is empty.
  std::string id = {};           ///< Of the picture's element, for other blocks; none where this is empty.
};

/// Rows of images, one below the other, each with its label at the left; columns have headings where they are given.
struct PictureRows {
  std::string caption = {};
  std::vector<std::string> column_labels = {};
  std::vector<PictureRow> rows = {};
  std::string id = {};  ///< Of the figure's element, for other blocks; none where this is empty.
};

/// Sheets of images beside each other, each with its label above.
struct PictureSheets {
  std::string caption = {};
  Index columns = 6;  ///< Images in a row of a sheet.
  std::vector<PictureRow> sheets = {};
};

namespace detail {

inline constexpr Index picture_gap = 2;

/// How many pixels of the screen one pixel of the image takes, when so many pixels have so much room.
inline Index picture_zoom(Index pixels, Index room) {
  return std::clamp<Index>(room / std::max<Index>(1, pixels), 1, 8);
}

inline std::string id_attribute(const std::string& id) {
  return id.empty() ? "" : fmt::format(R"( id="{}")", escape_html(id));
}

/// The image element. The style sheet multiplies --w by the zoom that suits the screen.
inline std::string picture_element(const PictureRow& row, Index columns) {
  const Picture sheet = image_grid(row.images, {.columns = columns, .gap = picture_gap});
  return fmt::format(R"(<img class="pixels"{} style="--w:{}" width="{}" height="{}" alt="{}" src="{}">)",
                     id_attribute(row.id), sheet.width, sheet.width, sheet.height,
                     escape_html(row.description.empty() ? row.label : row.description), png_data_uri(sheet));
}

inline std::string zoom_style(Index pixels, Index wide_room, Index narrow_room) {
  return fmt::format("--wide:{};--narrow:{}", picture_zoom(pixels, wide_room), picture_zoom(pixels, narrow_room));
}

inline std::string closing_caption(const std::string& caption) {
  return caption.empty() ? "</figure>\n" : "<figcaption>" + escape_html(caption) + "</figcaption></figure>\n";
}

}  // namespace detail

/// The rows as a figure. Errors: ArgumentError for a row that is empty or whose images image_grid cannot lay out, and
/// where column labels are given, for a row with another number of images.
inline std::string to_html(const PictureRows& pictures) {
  Index widest = 1;
  Index image_width = 1;
  for (const PictureRow& row : pictures.rows) {
    widest = std::max(widest, row.images.count * (row.images.width + detail::picture_gap));
    image_width = std::max(image_width, row.images.width);
    if (!pictures.column_labels.empty()) {
      require_same_size("to_html", "images in a row", row.images.count, "column labels",
                        static_cast<Index>(pictures.column_labels.size()));
    }
  }
  std::string html = fmt::format(R"(<figure class="pictures"{}><div class="scroll"><div class="rows" style="{}">)",
                                 detail::id_attribute(pictures.id), detail::zoom_style(widest, 680, 340));
  if (!pictures.column_labels.empty()) {
    html +=
        fmt::format(R"(<span></span><div class="heads" style="--w:{};--gap:{}">)", image_width, detail::picture_gap);
    for (const std::string& label : pictures.column_labels) {
      html += "<span>" + escape_html(label) + "</span>";
    }
    html += "</div>";
  }
  for (const PictureRow& row : pictures.rows) {
    html += R"(<span class="row-label">)" + escape_html(row.label);
    html += row.note.empty() ? "" : " <small>" + escape_html(row.note) + "</small>";
    html += "</span>" + detail::picture_element(row, row.images.count);
  }
  return html + "</div></div>" + detail::closing_caption(pictures.caption);
}

/// The sheets as a figure. Errors: ArgumentError for a sheet whose images image_grid cannot lay out.
inline std::string to_html(const PictureSheets& pictures) {
  Index widest = 1;
  for (const PictureRow& sheet : pictures.sheets) {
    widest =
        std::max(widest, std::min(pictures.columns, sheet.images.count) * (sheet.images.width + detail::picture_gap));
  }
  std::string html =
      fmt::format(R"(<figure class="pictures"><div class="sheets" style="{}">)", detail::zoom_style(widest, 240, 170));
  for (const PictureRow& sheet : pictures.sheets) {
    html += R"(<div class="sheet"><p class="tile-title">)" + escape_html(sheet.label) + "</p>" +
            detail::picture_element(sheet, pictures.columns) + "</div>";
  }
  return html + "</div>" + detail::closing_caption(pictures.caption);
}

}  // namespace betavae
