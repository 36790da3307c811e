// SPDX-License-Identifier: MIT
// The bytes are read twice: as an npz file, and as the content of an array in one, where nothing but the names could make it
// another array than the one that the reader of npy files gives. (Few changes of a compressed byte get past its checksum.)
#include <betavae/io/detail/byte_source.hpp>
#include <betavae/io/npz.hpp>
#include <zip.h>

#include "fuzz/npy_arrays.hpp"

namespace betavae::fuzz {
namespace {

constexpr NpzOptions options = {.most_bytes = 1U << 20U};

/// A zip file with one member, by libzip.
Bytes packed(std::span<const std::uint8_t> content) {
  zip_source_t* const file = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  check(file != nullptr, "libzip makes a file in memory");
  zip_source_keep(file);
  zip_t* const archive = zip_open_from_source(file, ZIP_TRUNCATE, nullptr);
  check(archive != nullptr, "libzip opens it");
  zip_source_t* const member = zip_source_buffer(archive, content.data(), content.size(), 0);
  check(zip_file_add(archive, "array.npy", member, 0) == 0, "libzip adds a member");
  check(zip_close(archive) == 0, "libzip packs");
  zip_stat_t status;
  check(zip_source_stat(file, &status) == 0 && zip_source_open(file) == 0, "libzip gives the packed file");
  Bytes bytes(status.size);
  check(zip_source_read(file, bytes.data(), bytes.size()) == static_cast<zip_int64_t>(bytes.size()), "libzip reads it");
  zip_source_close(file);
  zip_source_free(file);
  return bytes;
}

void read_all_arrays(std::span<const std::uint8_t> bytes) {
  const auto names = unless_refused("fuzz.npz", [&] { return NpzFile("fuzz.npz", bytes, options).names(); });
  if (!names || names->size() > 20) {
    return;
  }
  const NpzFile file("fuzz.npz", bytes, options);
  for (const std::string& name : *names) {
    const auto array = unless_refused("fuzz.npz", [&] { return file.array<double>(name); });
    if (array) {
      check_array(*array);
    }
  }
}

}  // namespace

void run(std::span<const std::uint8_t> bytes) {
  read_all_arrays(bytes);

  const auto plain = unless_refused("fuzz.npy", [&] {
    detail::MemorySource source{"fuzz.npy", bytes};
    return detail::read_npy<double>(source, options.most_bytes);
  });
  const Bytes archive = packed(bytes);
  const auto array =
      unless_refused("fuzz.npz", [&] { return NpzFile("fuzz.npz", archive, options).array<double>("array"); });
  check(plain.has_value() == array.has_value(), "a packed array is taken when the plain one is");
  check(!array || (array->shape == plain->shape && same(array->values, plain->values)),
        "a packed array is the plain one");
}

}  // namespace betavae::fuzz
