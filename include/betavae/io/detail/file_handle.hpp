// SPDX-License-Identifier: MIT
// An open file of the C library, which closes itself, and what the system says when something fails.
#pragma once

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

namespace betavae::detail {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

/// What the operating system says of its last failure, such as "No such file or directory".
inline std::string system_message() { return std::generic_category().message(errno); }

}  // namespace betavae::detail
