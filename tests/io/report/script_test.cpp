// SPDX-License-Identifier: MIT
// What the script does is tested in a browser; here, what must not stand in it.
#include <betavae/io/report/script.hpp>

#include "support/catch.hpp"

using namespace betavae;

TEST_CASE("the script asks nothing of the network, makes no markup from text, and runs no text") {
  for (const std::string_view forbidden :
       {"http", "fetch", "XMLHttpRequest", "WebSocket", "import", "eval", "Function(", "innerHTML", "outerHTML",
        "insertAdjacent", "document.write", "</script", "<!--", "localStorage", "cookie"}) {
    INFO(forbidden);
    CHECK(detail::report_script.find(forbidden) == std::string_view::npos);
  }
  CHECK(detail::report_script.find("'use strict';") < 10);
}
