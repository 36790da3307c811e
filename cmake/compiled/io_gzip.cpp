// SPDX-License-Identifier: MIT
// The readers of gzip files, by zlib.
#include <betavae/io/detail/gzip_source.ipp>
#include <betavae/io/idx_gz.ipp>
