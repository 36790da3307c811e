// SPDX-License-Identifier: MIT
// Pictures on a page: rows of images under common headings, and sheets of many images side by side.
//
// Every row is one PNG inside the page. Pixels stay squares: an image is shown at a whole multiple of its size, fewer
// on a phone. The gaps are transparent, so that they have the colour of the page.
#pragma once

#include <betavae/io/image_grid.hpp>

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

/// The rows as a figure. Errors: ArgumentError for a row that is empty or whose images image_grid cannot lay out, and
/// where column labels are given, for a row with another number of images.
BETAVAE_API std::string to_html(const PictureRows& pictures);

/// The sheets as a figure. Errors: ArgumentError for a sheet whose images image_grid cannot lay out.
BETAVAE_API std::string to_html(const PictureSheets& pictures);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/pictures.ipp>
#endif
