// SPDX-License-Identifier: MIT
#include <betavae/io/report/json.hpp>

#include "support/catch.hpp"

#include <clocale>
#include <cstdlib>
#include <limits>
#include <string>

using namespace betavae;

TEST_CASE("no text can end the script element it stands in, or begin a comment") {
  CHECK(json_text("</script><!--") == R"("\u003c/script\u003e\u003c!--")");
  CHECK(json_text("a & b") == R"("a \u0026 b")");
}

TEST_CASE("quotes, backslashes and control characters are escaped, and UTF-8 passes through") {
  CHECK(json_text("\"\\") == R"("\"\\")");
  CHECK(json_text("\n\t\x01\x7f") == R"("\u000a\u0009\u0001\u007f")");
  CHECK(json_text(std::string_view("\0", 1)) == R"("\u0000")");
  CHECK(json_text("β = 4") == "\"β = 4\"");
  CHECK(json_text("") == "\"\"");
}

TEST_CASE("numbers come back exactly, and what is none becomes null") {
  for (const double value : {0.1, 1.0 / 3, -2.5e-300, 1e300, 4.9e-324}) {
    CHECK(std::strtod(json_number(value).c_str(), nullptr) == value);
  }
  CHECK(json_number(4) == "4");
  CHECK(json_number(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(json_number(std::numeric_limits<double>::infinity()) == "null");
  CHECK(json_number(-std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("numbers have a point in every locale") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* const name : {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8"}) {
    std::setlocale(LC_ALL, name);  // where there is no such locale, the classic one stays
    CHECK(json_number(0.5) == "0.5");
  }
  std::setlocale(LC_ALL, before.c_str());
}
