// SPDX-License-Identifier: MIT
// Everything to compose a page of one's own: prose, tables, charts. Pictures stand in report/pictures.hpp, because they
// need the PNG encoder.
#pragma once

#include <betavae/io/report/bars.hpp>
#include <betavae/io/report/chart.hpp>
#include <betavae/io/report/page.hpp>
#include <betavae/io/report/table.hpp>
