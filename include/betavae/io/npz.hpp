// SPDX-License-Identifier: MIT
// Reads arrays by name from files that NumPy wrote with numpy.savez or numpy.savez_compressed, through libzip: link the CMake
// target betavae::npz.
//
//     NpzFile file("events.npz");
//     Matrix<float> data = file.matrix<float>("momenta");
//
// An npz file is a zip file of npy files; every array's checksum is tested. A small zip file may claim and give any amount of
// data: what an array's own header does not ask for is never decompressed, and it may ask for at most `NpzOptions::most_bytes`.
#pragma once

#include <betavae/io/npy.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#if !BETAVAE_HEADER_ONLY && !defined(BETAVAE_COMPILED_WITH_NPZ)
#error \
    "betavae: io/npz.hpp: betavae::compiled was built without libzip: install libzip-dev and configure again, or link betavae::betavae and betavae::npz."
#endif

namespace betavae {

struct NpzOptions {
  /// The most that one array's elements may take in the file when decompressed, in bytes: 4 GiB.
  std::uint64_t most_bytes = std::uint64_t{1} << 32U;
};

/// An open npz file, read only, by one thread at a time. Errors of all members: FileError, whose text begins with the path.
class BETAVAE_API NpzFile {
 public:
  /// Errors: when the file cannot be opened, is no zip file, or has two arrays of one name.
  explicit NpzFile(const std::string& path, const NpzOptions& options = {});

  /// The same from memory, which must outlive this object. `name` stands where a path would in the texts of errors.
  NpzFile(std::string name, std::span<const std::uint8_t> bytes, const NpzOptions& options = {});

  NpzFile(NpzFile&&) noexcept;
  NpzFile& operator=(NpzFile&&) noexcept;
  ~NpzFile();

  /// The arrays' names in alphabetic order, as numpy.savez was given them: without ".npy".
  [[nodiscard]] std::vector<std::string> names() const;

  /// One array: see read_npy. Errors: no array of this name; compressed data that are damaged, encrypted or compressed in a way
  /// that libzip does not know; more bytes than `NpzOptions::most_bytes`; all errors of read_npy.
  template <class Scalar>
  [[nodiscard]] NpyArray<Scalar> array(const std::string& name) const {
    detail::require_npy_scalar<Scalar>();
    return read<Scalar>(name);
  }

  /// The same as a matrix features × samples: see NpyArray::matrix.
  template <class Scalar>
  [[nodiscard]] Matrix<Scalar> matrix(const std::string& name) const {
    return array<Scalar>(name).matrix();
  }

 private:
  class Archive;

  template <class Scalar>
  [[nodiscard]] BETAVAE_API NpyArray<Scalar> read(const std::string& name) const;

  std::unique_ptr<Archive> archive_;
};

/// One array of an npz file. Errors: FileError, as NpzFile.
template <class Scalar>
[[nodiscard]] NpyArray<Scalar> read_npz(const std::string& path, const std::string& name,
                                        const NpzOptions& options = {}) {
  return NpzFile(path, options).array<Scalar>(name);
}

/// The same as a matrix features × samples: see NpyArray::matrix.
template <class Scalar>
[[nodiscard]] Matrix<Scalar> read_npz_matrix(const std::string& path, const std::string& name,
                                             const NpzOptions& options = {}) {
  return read_npz<Scalar>(path, name, options).matrix();
}

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/npz.ipp>
#endif
