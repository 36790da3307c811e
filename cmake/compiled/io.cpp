// SPDX-License-Identifier: MIT
// The readers and writers that need no other library.
#include <betavae/io/csv_table.ipp>
#include <betavae/io/csv_writer.ipp>
#include <betavae/io/detail/byte_source.ipp>
#include <betavae/io/detail/csv_cells.ipp>
#include <betavae/io/detail/csv_members.ipp>
#include <betavae/io/detail/csv_parser.ipp>
#include <betavae/io/detail/idx_parser.ipp>
#include <betavae/io/detail/in_quotes.ipp>
#include <betavae/io/detail/npy_elements.ipp>
#include <betavae/io/detail/npy_header.ipp>
#include <betavae/io/idx.ipp>
#include <betavae/io/npy.ipp>
#include <betavae/io/whole_file.ipp>

namespace betavae::detail {

#define BETAVAE_INSTANTIATE(Scalar)                                                                     \
  template std::vector<Scalar> read_npy_elements<Scalar>(ByteSource&, const NpyHeader&, std::uint64_t); \
  template NpyArray<Scalar> read_npy<Scalar>(ByteSource&, std::uint64_t);                               \
  template NpyArray<Scalar> read_npy_file<Scalar>(const std::string&);                                  \
  template NpyArray<Scalar> parse_npy<Scalar>(const std::string&, std::span<const std::uint8_t>);

BETAVAE_INSTANTIATE(float)
BETAVAE_INSTANTIATE(double)
BETAVAE_INSTANTIATE(long double)

}  // namespace betavae::detail
