// SPDX-License-Identifier: MIT
// How libzip gives the arrays of an npz file.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/detail/byte_source.hpp>
#include <betavae/io/detail/in_quotes.hpp>
#include <betavae/io/npy.hpp>
#include <betavae/io/npz.hpp>
#include <zip.h>

#include <map>
#include <utility>

namespace betavae {
namespace detail {

struct CloseZip {
  void operator()(zip_t* archive) const { zip_discard(archive); }  // which forgets; closing would write
};

struct CloseZipMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};

/// What libzip says of an error code.
BETAVAE_DEFINITION std::string zip_message(int code) {
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

/// The open file of libzip, and where each array is in it.
class NpzFile::Archive {
 public:
  Archive(const std::string& path, const NpzOptions& options) : path_(path), options_(options) {
    int code = 0;
    archive_.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
    if (!archive_) {
      throw FileError(detail::format_text("{}: cannot be opened as npz: {}", {path_, detail::zip_message(code)}));
    }
    find_arrays();
  }

  Archive(std::string name, std::span<const std::uint8_t> bytes, const NpzOptions& options)
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

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, index] : arrays_) {
      names.push_back(name);
    }
    return names;
  }

  /// The bytes of an array's npy file. Errors: no array of this name.
  [[nodiscard]] detail::ZipMemberSource open(const std::string& name) const {
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
    return {archive_.get(), found->second, path_ + ": array " + detail::in_quotes(name)};
  }

  [[nodiscard]] std::uint64_t most_bytes() const { return options_.most_bytes; }

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

BETAVAE_DEFINITION NpzFile::NpzFile(const std::string& path, const NpzOptions& options)
    : archive_(std::make_unique<Archive>(path, options)) {}

BETAVAE_DEFINITION NpzFile::NpzFile(std::string name, std::span<const std::uint8_t> bytes, const NpzOptions& options)
    : archive_(std::make_unique<Archive>(std::move(name), bytes, options)) {}

BETAVAE_DEFINITION NpzFile::NpzFile(NpzFile&&) noexcept = default;
BETAVAE_DEFINITION NpzFile& NpzFile::operator=(NpzFile&&) noexcept = default;
BETAVAE_DEFINITION NpzFile::~NpzFile() = default;

BETAVAE_DEFINITION std::vector<std::string> NpzFile::names() const { return archive_->names(); }

template <class Scalar>
NpyArray<Scalar> NpzFile::read(const std::string& name) const {
  detail::ZipMemberSource source = archive_->open(name);
  return detail::read_npy<Scalar>(source, archive_->most_bytes());
}

}  // namespace betavae
