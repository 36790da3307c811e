// SPDX-License-Identifier: MIT
// How pictures are laid out on a page.
#pragma once

#include <betavae/io/report/pictures.hpp>
#include <betavae/io/report/text.hpp>

#include <algorithm>

namespace betavae {

namespace detail {

inline constexpr Index picture_gap = 2;

/// How many pixels of the screen one pixel of the image takes, when so many pixels have so much room.
BETAVAE_DEFINITION Index picture_zoom(Index pixels, Index room) {
  return std::clamp<Index>(room / std::max<Index>(1, pixels), 1, 8);
}

BETAVAE_DEFINITION std::string id_attribute(const std::string& id) {
  return id.empty() ? "" : format_text(R"( id="{}")", {escape_html(id)});
}

/// The image element. The style sheet multiplies --w by the zoom that suits the screen.
BETAVAE_DEFINITION std::string picture_element(const PictureRow& row, Index columns) {
  const Picture sheet = image_grid(row.images, {.columns = columns, .gap = picture_gap});
  return format_text(R"(<img class="pixels"{} style="--w:{}" width="{}" height="{}" alt="{}" src="{}">)",
                     {id_attribute(row.id), sheet.width, sheet.width, sheet.height,
                      escape_html(row.description.empty() ? row.label : row.description), png_data_uri(sheet)});
}

BETAVAE_DEFINITION std::string zoom_style(Index pixels, Index wide_room, Index narrow_room) {
  return format_text("--wide:{};--narrow:{}", {picture_zoom(pixels, wide_room), picture_zoom(pixels, narrow_room)});
}

BETAVAE_DEFINITION std::string closing_caption(const std::string& caption) {
  return caption.empty() ? "</figure>\n" : "<figcaption>" + escape_html(caption) + "</figcaption></figure>\n";
}

}  // namespace detail

BETAVAE_DEFINITION std::string to_html(const PictureRows& pictures) {
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
  std::string html =
      detail::format_text(R"(<figure class="pictures"{}><div class="scroll"><div class="rows" style="{}">)",
                          {detail::id_attribute(pictures.id), detail::zoom_style(widest, 680, 340)});
  if (!pictures.column_labels.empty()) {
    html += detail::format_text(R"(<span></span><div class="heads" style="--w:{};--gap:{}">)",
                                {image_width, detail::picture_gap});
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

BETAVAE_DEFINITION std::string to_html(const PictureSheets& pictures) {
  Index widest = 1;
  for (const PictureRow& sheet : pictures.sheets) {
    widest =
        std::max(widest, std::min(pictures.columns, sheet.images.count) * (sheet.images.width + detail::picture_gap));
  }
  std::string html = detail::format_text(R"(<figure class="pictures"><div class="sheets" style="{}">)",
                                         {detail::zoom_style(widest, 240, 170)});
  for (const PictureRow& sheet : pictures.sheets) {
    html += R"(<div class="sheet"><p class="tile-title">)" + escape_html(sheet.label) + "</p>" +
            detail::picture_element(sheet, pictures.columns) + "</div>";
  }
  return html + "</div>" + detail::closing_caption(pictures.caption);
}

}  // namespace betavae
