// SPDX-License-Identifier: MIT
// How a file is written beside its target, and takes the target's name.
#pragma once

#include <betavae/io/detail/file_handle.hpp>
#include <betavae/io/whole_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace betavae {
namespace detail {

/// Opens a file that did not exist, and puts its name into `name`.
BETAVAE_DEFINITION FileHandle open_new_file_beside(const std::string& path, std::string& name) {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    name = detail::format_text("{}.partial-{}", {path, attempt});
    if (FileHandle file{std::fopen(name.c_str(), "wbx")}) {
      return file;
    }
    if (errno != EEXIST) {
      break;
    }
  }
  throw FileError(detail::format_text("{}: cannot be written: {} ({})", {path, system_message(), name}));
}

/// Sends to the disk what the system still holds of an open file or folder. False, with errno, when that fails; a file
/// system that does not know the request (EINVAL) keeps its own promises.
BETAVAE_DEFINITION bool synchronise(int descriptor) { return fsync(descriptor) == 0 || errno == EINVAL; }

/// Sends the names in the folder of `path` to the disk. A folder that may be written but not read cannot be opened, and
/// is left to the system.
BETAVAE_DEFINITION bool synchronise_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return errno == EACCES;
  }
  const bool done = synchronise(descriptor);
  const int reason = errno;
  close(descriptor);
  errno = reason;
  return done;
}

BETAVAE_DEFINITION void write_parts(const std::string& path, std::span<const std::string_view> parts) {
  struct stat found = {};
  if (stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) {
    throw FileError(format_text("{}: cannot be written: it exists and is not a regular file", {path}));
  }
  std::string partial_name;
  FileHandle file = open_new_file_beside(path, partial_name);
  bool written = true;
  for (const std::string_view part : parts) {
    if (!part.empty()) {  // an empty view may point nowhere, which fwrite must not be given
      written = written && std::fwrite(part.data(), 1, part.size(), file.get()) == part.size();
    }
  }
  // Closing may be what reports a full disk; it must happen exactly once, so the handle lets go first.
  written = written && std::fflush(file.get()) == 0 && synchronise(fileno(file.get()));
  std::string reason = written ? "" : system_message();
  if (std::fclose(file.release()) != 0 && written) {
    written = false;
    reason = system_message();
  }
  if (written && std::rename(partial_name.c_str(), path.c_str()) == 0) {
    if (!synchronise_folder_of(path)) {
      throw FileError(
          format_text("{}: is written, but its folder cannot be sent to the disk: {}", {path, system_message()}));
    }
    return;
  }
  if (written) {
    reason = system_message();
  }
  std::remove(partial_name.c_str());
  throw FileError(format_text("{}: cannot be written: {}", {path, reason}));
}

}  // namespace detail

BETAVAE_DEFINITION void write_whole_file(const std::string& path, std::initializer_list<std::string_view> parts) {
  detail::write_parts(path, {parts.begin(), parts.size()});
}

BETAVAE_DEFINITION void write_whole_file(const std::string& path, std::string_view content) {
  write_whole_file(path, {content});
}

BETAVAE_DEFINITION void write_whole_file(const std::string& path, std::span<const std::uint8_t> bytes) {
  write_whole_file(path, {detail::as_text(bytes)});
}

}  // namespace betavae
