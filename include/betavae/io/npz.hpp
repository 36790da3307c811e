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
#include <zip.h>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace betavae {
namespace detail {

struct CloseZip {
  void operator()(zip_t* archive) const { zip_discard(archive); }  // which forgets; closing would write
};

struct CloseZipMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};

/// What libzip says of an error code.
inline std::string zip_message(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

/// One file of the archive, decompressed.
class ZipMemberSource final : public ByteSource {
 public:
  ZipMemberSource(zip_t* archive, zip_uint64_t index, std::string name)
      : name_(std::move(name)), member_(zip_fopen_index(archive, index, 0)) {
    if (!member_) {
      throw FileError(format_text("{}: cannot be opened: {}", {name_, zip_error_strerror(zip_get_error(archive))}));
    }
  }

  std::size_t read(std::span<std::uint8_t> bytes) override {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const zip_int64_t count = zip_fread(member_.get(), bytes.data() + filled, bytes.size() - filled);
      if (count < 0) {
        throw FileError(format_text("{}: cannot be decompressed: {}",
                                    {name_, zip_error_strerror(zip_file_get_error(member_.get()))}));
      }
      if (count == 0) {
        break;
      }
      filled += static_cast<std::size_t>(count);
    }
    return filled;
  }

  [[nodiscard]] const std::string& path() const override { return name_; }

 private:
  std::string name_;
  std::unique_ptr<zip_file_t, CloseZipMember> member_;
};

}  // namespace detail

struct NpzOptions {
  /// The most that one array's elements may take in the file when decompressed, in bytes: 4 GiB.
  std::uint64_t most_bytes = std::uint64_t{1} << 32U;
};

/// An open npz file, read only, by one thread at a time. Errors of all members: FileError, whose text begins with the path.
class NpzFile {
 public:
  /// Errors: when the file cannot be opened, is no zip file, or has two arrays of one name.
  explicit NpzFile(const std::string& path, const NpzOptions& options = {}) : path_(path), options_(options) {
    int code = 0;
    archive_.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
    if (!archive_) {
      throw FileError(detail::format_text("{}: cannot be opened as npz: {}", {path_, detail::zip_message(code)}));
    }
    find_arrays();
  }

  /// The same from memory, which must outlive this object. `name` stands where a path would in the texts of errors.
  NpzFile(std::string name, std::span<const std::uint8_t> bytes, const NpzOptions& options = {})
      : path_(std::move(name)), options_(options) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* const source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source != nullptr) {
      archive_.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
    }
    if (!archive_) {
      const std::string reason = zip_error_strerror(&error);
      zip_source_free(source);  // which takes a null
      zip_error_fini(&error);
      throw FileError(detail::format_text("{}: cannot be opened as npz: {}", {path_, reason}));
    }
    zip_error_fini(&error);
    find_arrays();
  }

  /// The arrays' names in alphabetic order, as numpy.savez was given them: without ".npy".
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, index] : arrays_) {
      names.push_back(name);
    }
    return names;
  }

  /// One array: see read_npy. Errors: no array of this name; compressed data that are damaged, encrypted or compressed in a way
  /// that libzip does not know; more bytes than `NpzOptions::most_bytes`; all errors of read_npy.
  template <class Scalar>
  [[nodiscard]] NpyArray<Scalar> array(const std::string& name) const {
    const auto found = arrays_.find(name);
    if (found == arrays_.end()) {
      std::string known;
      for (const std::string& other : names()) {
        known += (known.empty() ? "" : ", ") + detail::in_quotes(other);
      }
      throw FileError(
          detail::format_text("{}: no array {}: there are {}",
                              {path_, detail::in_quotes(name), known.empty() ? "none" : known.substr(0, 2000)}));
    }
    detail::ZipMemberSource source(archive_.get(), found->second, path_ + ": array " + detail::in_quotes(name));
    return detail::read_npy<Scalar>(source, options_.most_bytes);
  }

  /// The same as a matrix features × samples: see NpyArray::matrix.
  template <class Scalar>
  [[nodiscard]] Matrix<Scalar> matrix(const std::string& name) const {
    return array<Scalar>(name).matrix();
  }

 private:
  void find_arrays() {
    const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
    for (zip_int64_t k = 0; k < count; ++k) {
      const auto index = static_cast<zip_uint64_t>(k);
      const char* const text = zip_get_name(archive_.get(), index, ZIP_FL_ENC_RAW);
      std::string name = text == nullptr ? "" : text;
      if (!name.ends_with(".npy")) {
        continue;  // NumPy lets other files stand beside the arrays
      }
      name.resize(name.size() - 4);
      if (!arrays_.emplace(name, index).second) {
        throw FileError(
            detail::format_text("{}: expected one array of each name, got {} twice", {path_, detail::in_quotes(name)}));
      }
    }
  }

  std::string path_;
  NpzOptions options_;
  std::unique_ptr<zip_t, detail::CloseZip> archive_;
  std::map<std::string, zip_uint64_t> arrays_;
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
