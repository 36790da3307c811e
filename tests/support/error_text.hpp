// SPDX-License-Identifier: MIT
// The text of what a call throws, to be compared word by word.
#pragma once

#include <string>

namespace betavae::test {

/// What `call` throws as an Error says, or "nothing" when it throws nothing.
template <class Error, class Call>
std::string error_text(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace betavae::test
