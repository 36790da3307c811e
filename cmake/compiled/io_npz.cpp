// SPDX-License-Identifier: MIT
// Arrays of NumPy's archives, by libzip.
#include <betavae/io/npz.ipp>

namespace betavae {

template NpyArray<float> NpzFile::read<float>(const std::string&) const;
template NpyArray<double> NpzFile::read<double>(const std::string&) const;
template NpyArray<long double> NpzFile::read<long double>(const std::string&) const;

}  // namespace betavae
