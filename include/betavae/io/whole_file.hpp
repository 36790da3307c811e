// SPDX-License-Identifier: MIT
// Writes a file whole or not at all: a reader never sees half of it, and a failed write leaves the old file as it was.
//
// The bytes go to a new file beside the target ("report.html.partial-0"), which then takes the target's name in one
// step. Whatever fails before that step removes the new file. The new file's bytes are on the disk before it takes the
// name, and the name is there before the call returns (fsync of the file, then of its folder), so that a loss of power
// leaves one of the two files whole as well. The new file is opened exclusively, so that two programs that write the same
// path at once never share one. A target that exists and is no regular file (a directory, a device,
// a pipe) is refused: taking its name would destroy it.
#pragma once

#include <betavae/core/errors.hpp>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace betavae {
namespace detail {

inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Writes the parts one after the other. Errors: those of write_whole_file.
BETAVAE_API void write_parts(const std::string& path, std::span<const std::string_view> parts);

}  // namespace detail

/// Writes the parts one after the other. Errors: FileError (the text begins with the path) when the folder is missing
/// or closed to us, the disk is full or fails, or the path names something other than a regular file; the path is then
/// untouched. Only where the folder itself cannot be sent to the disk is the new file already there, and the text says
/// so.
BETAVAE_API void write_whole_file(const std::string& path, std::initializer_list<std::string_view> parts);

/// The same for text in one piece.
BETAVAE_API void write_whole_file(const std::string& path, std::string_view content);

/// The same for bytes in one piece.
BETAVAE_API void write_whole_file(const std::string& path, std::span<const std::uint8_t> bytes);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/whole_file.ipp>
#endif
