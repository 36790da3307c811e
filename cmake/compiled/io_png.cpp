// SPDX-License-Identifier: MIT
// Pictures as PNG, by stb.
#include <betavae/io/image_grid.ipp>
#include <betavae/io/png.ipp>
