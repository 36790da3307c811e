// SPDX-License-Identifier: MIT
// The names of types and members, as the compiler knows them.
#pragma once

#include <betavae/core/errors.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace betavae::detail {

/// The last name in what the compiler calls this function: "… [with auto Member = &Jet::pt; …]" or "… [Member = &Jet::pt]".
template <auto Member>
[[nodiscard]] constexpr std::string_view member_name() {
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view marker = "Member = ";
  constexpr std::size_t first = text.find(marker) + marker.size();
  std::string_view name = text.substr(first, text.find_first_of(";]", first) - first);
  name = name.substr(name.rfind(':') + 1);
  return name.substr(0, name.find_last_not_of(')') + 1);
}

/// The unqualified name of a type, as the compiler calls it.
template <class Type>
[[nodiscard]] constexpr std::string_view type_name() {
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view marker = "Type = ";
  constexpr std::size_t first = text.find(marker) + marker.size();
  const std::string_view name = text.substr(first, text.find_first_of(";]", first) - first);
  return name.substr(name.rfind(':', name.find('<')) + 1);
}

/// The names along a path, joined by dots: "lead.pt".
template <auto... Members>
struct PathName {
  static constexpr std::size_t size = ((member_name<Members>().size() + 1) + ...) - 1;
  static constexpr auto characters = [] {
    std::array<char, size> joined{};
    std::size_t at = 0;
    const auto append = [&](std::string_view name) {
      if (at > 0) {
        joined[at++] = '.';
      }
      std::copy(name.begin(), name.end(), joined.begin() + static_cast<std::ptrdiff_t>(at));
      at += name.size();
    };
    (append(member_name<Members>()), ...);
    return joined;
  }();
  static constexpr std::string_view text{characters.data(), characters.size()};
};

/// "pt" for the only cell of a member, "genes[17]" for one of several.
[[nodiscard]] inline std::string indexed(std::string_view name, Index cells, Index cell) {
  return cells == 1 ? std::string(name) : format_text("{}[{}]", {name, cell});
}

}  // namespace betavae::detail
