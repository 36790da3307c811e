// SPDX-License-Identifier: MIT
#include <betavae/io/csv_table.hpp>
#include <betavae/io/csv_writer.hpp>
#include <betavae/io/detail/csv_parser.hpp>

#include "io/temporary_folder.hpp"
#include "support/catch.hpp"
#include "support/error_text.hpp"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

using namespace betavae;
using namespace betavae::test;
using test::error_text;

namespace {

using Names = std::vector<std::string_view>;

CsvTable parse(std::string text) { return parse_csv_table("birds.csv", std::move(text)); }

/// All cells, as written below each other.
std::vector<std::string> cells_of(const CsvTable& table) {
  std::vector<std::string> cells;
  for (Index row = 0; row < table.rows(); ++row) {
    for (Index column = 0; column < table.columns(); ++column) {
      cells.emplace_back(table.cell(row, column));
    }
  }
  return cells;
}

std::string parse_error(std::string text) {
  return error_text<FileError>([&] { (void)parse(std::move(text)); });
}

/// What asking for the only cell's number says.
std::string number_error(const std::string& cell) {
  const CsvTable table = parse("mass\n" + cell + "\n");
  return error_text<DataError>([&] { (void)table.number(0, 0); });
}

double number(const std::string& cell) { return parse("mass\n" + cell + "\n").number(0, 0); }

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

TEST_CASE("a table has the names of its header and the cells below it") {
  const CsvTable table = parse("species,mass,year\nAdelie,3750,2007\nGentoo,5000,2008\n");
  CHECK(table.rows() == 2);
  CHECK(table.columns() == 3);
  CHECK(table.column_names() == Names{"species", "mass", "year"});
  CHECK(table.column_name(1) == "mass");
  CHECK(table.column("species") == 0);
  CHECK(table.column("mass") == 1);
  CHECK(table.column("year") == 2);
  CHECK(table.has_column("mass"));
  CHECK_FALSE(table.has_column("Mass"));
  CHECK_FALSE(table.has_column(""));
  CHECK(cells_of(table) == std::vector<std::string>{"Adelie", "3750", "2007", "Gentoo", "5000", "2008"});
  CHECK(table.number(1, 1) == 5000);
  CHECK(table.line(0) == 2);
  CHECK(table.line(1) == 3);
  CHECK(table.place(1, 2) == "birds.csv: line 3, column 3 (year)");
  CHECK(table.name() == "birds.csv");
}

TEST_CASE("lines end with LF or CRLF, the last one with or without, and a byte-order mark is skipped") {
  const std::vector<std::string> expected = {"1", "2", "3", ""};
  for (const std::string mark : {"", "\xEF\xBB\xBF"}) {
    CHECK(cells_of(parse(mark + "a,b\n1,2\n3,\n")) == expected);
    CHECK(cells_of(parse(mark + "a,b\n1,2\n3,")) == expected);
    CHECK(cells_of(parse(mark + "a,b\r\n1,2\r\n3,\r\n")) == expected);
    CHECK(cells_of(parse(mark + "a,b\r\n1,2\n3,")) == expected);
    CHECK(parse(mark + "a,b\n").column("a") == 0);
  }
  CHECK(parse("a,b").rows() == 0);
  CHECK(parse("a,b\n").rows() == 0);
  CHECK(parse("a,b\r\n").rows() == 0);
  // Only one mark, and only at the start.
  CHECK(parse("\xEF\xBB\xBF\xEF\xBB\xBF"
              "a")
            .column_name(0) ==
        "\xEF\xBB\xBF"
        "a");
}

TEST_CASE("cells in quotes hold commas, doubled quotes and line breaks") {
  const CsvTable table = parse("\"a,1\",b\r\n\"x,y\",\"\"\"\"\n\"line\none\",\"line\r\ntwo\"\n\"\"\"q\"\"\",\"\"\n3,4");
  CHECK(table.column_names() == Names{"a,1", "b"});
  CHECK(cells_of(table) == std::vector<std::string>{"x,y", "\"", "line\none", "line\r\ntwo", "\"q\"", "", "3", "4"});
}

TEST_CASE("spaces belong to the text of a cell") {
  const CsvTable table = parse("a, b\n x ,\ty\n");
  CHECK(table.column(" b") == 1);
  CHECK(cells_of(table) == std::vector<std::string>{" x ", "\ty"});
}

TEST_CASE("a cell is missing when it is empty or NA and has no quotes") {
  const CsvTable table = parse("a\n\nNA\n NA \n \t\n\"\"\n\"NA\"\nna\nNAN\n0\n");
  std::vector<bool> missing;
  for (Index row = 0; row < table.rows(); ++row) {
    missing.push_back(table.is_missing(row, 0));
  }
  CHECK(missing == std::vector<bool>{true, true, true, true, false, false, false, false, false});
  CHECK(table.cell(2, 0) == " NA ");
}

TEST_CASE("line numbers count the line breaks within cells") {
  const CsvTable table = parse("a,\"b\nc\"\n1,2\n\"3\n3\n3\",4\r\n\"5\r\n5\",\"6\n6\"\n7,8");
  CHECK(table.line(0) == 3);
  CHECK(table.line(1) == 4);
  CHECK(table.line(2) == 7);
  CHECK(table.line(3) == 10);
  CHECK(table.place(0, 1) == "birds.csv: line 3, column 2 (\"b\\nc\")");
  CHECK(table.place(1, 0) == "birds.csv: line 4, column 1 (a)");
  CHECK(table.place(1, 1) == "birds.csv: line 6, column 2 (\"b\\nc\")");  // where the cell begins
  CHECK(table.place(2, 1) == "birds.csv: line 8, column 2 (\"b\\nc\")");
  CHECK(table.place(3, 1) == "birds.csv: line 10, column 2 (\"b\\nc\")");
}

TEST_CASE("a number is the whole cell, in any notation of C without hexadecimals") {
  CHECK(number("12") == 12);
  CHECK(number(" -1.5e3\t") == -1500);
  CHECK(number("+.5") == 0.5);
  CHECK(number("+7") == 7);
  CHECK(number("\"39.1\"") == 39.1);
  CHECK(number("1.") == 1);
  CHECK(number("1E-2") == 0.01);
  CHECK(std::signbit(number("-0")));
  CHECK(number("0.1000000000000000055511151231257827") == 0.1);
  CHECK(number("1.7976931348623157e308") == std::numeric_limits<double>::max());
  CHECK(number("4.9406564584124654e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(number("0e-9999") == 0);
  CHECK(number(std::string(1'000'000, '0') + "8") == 8);
}

TEST_CASE("a cell that is no number says what it is and where") {
  const std::string place = "birds.csv: line 2, column 1 (mass): expected ";
  for (const std::string cell :
       {"large", "12kg", "1 2", "0x10", "1e", "-", "+", ".", "--1", "+-1", "++1", "1e+", "1_0"}) {
    INFO(cell);
    CHECK(number_error(cell) == place + "a number, got \"" + cell + "\"");
  }
  CHECK(number_error("\"1,5\"") == place + "a number, got \"1,5\"");
  CHECK(number_error("") == place + "a number, got a missing cell");
  CHECK(number_error(" NA") == place + "a number, got a missing cell");
  CHECK(number_error("\"NA\"") == place + "a number, got \"NA\" in quotes (a missing cell has none)");
  CHECK(number_error("\"\"") == place + "a number, got \"\" in quotes (a missing cell has none)");
  for (const std::string cell : {"inf", "-inf", "Infinity", "nan", "NaN", "-NAN", "nan(1)"}) {
    CHECK(number_error(cell) == place + "a finite number, got \"" + cell + "\"");
  }
  for (const std::string cell : {"1e309", "-1e400", "1e-400", "1e99999999999999999999"}) {
    CHECK(number_error(cell) ==
          place + "a number whose magnitude is 0 or from 4.9e-324 to 1.8e308, got \"" + cell + "\"");
  }
}

TEST_CASE("what a message shows of a cell is short, on one line, and never half a character") {
  CHECK(number_error("\"a\nb\tc\rd\x01\x7f\"") ==
        "birds.csv: line 2, column 1 (mass): expected a number, got \"a\\nb\\tc\\rd\\x01\\x7f\"");
  CHECK(number_error(std::string(1'000'000, 'x')) ==
        "birds.csv: line 2, column 1 (mass): expected a number, got \"" + std::string(40, 'x') + "…\" (1000000 bytes)");
  std::string greek = "x";
  for (int k = 0; k < 30; ++k) {
    greek += "β";
  }
  CHECK(number_error(greek) ==
        "birds.csv: line 2, column 1 (mass): expected a number, got \"" + greek.substr(0, 39) + "…\" (61 bytes)");
  // Bytes that are no UTF-8 are cut somewhere all the same.
  CHECK(number_error(std::string(100, '\x80')).ends_with("…\" (100 bytes)"));
}

TEST_CASE("a column that is not there is answered with those that are") {
  const auto error = [](const std::string& header) {
    const CsvTable table = parse(header);
    return error_text<FileError>([&] { (void)table.column("mass"); });
  };
  CHECK(error("species,Mass") == "birds.csv: line 1: expected a column \"mass\", got \"species\", \"Mass\"");
  CHECK(error("species;mass") ==
        "birds.csv: line 1: expected a column \"mass\", got \"species;mass\" (expected commas between the cells)");
  std::string wide = "c0";
  for (int k = 1; k < 2000; ++k) {
    wide += ",c" + std::to_string(k);
  }
  CHECK(error(wide).ends_with("\"c28\", \"c29\" and 1970 more"));
  CHECK(parse(wide).column("c1234") == 1234);
}

TEST_CASE("a row or column beyond the table is refused") {
  const CsvTable table = parse("a,b\n1,2\n");
  CHECK_THROWS_AS(table.cell(1, 0), ArgumentError);
  CHECK_THROWS_AS(table.cell(-1, 0), ArgumentError);
  CHECK_THROWS_AS(table.cell(0, 2), ArgumentError);
  CHECK_THROWS_AS(table.cell(0, -1), ArgumentError);
  CHECK_THROWS_AS(table.is_missing(0, 2), ArgumentError);
  CHECK_THROWS_AS(table.number(1, 0), ArgumentError);
  CHECK_THROWS_AS(table.place(0, 2), ArgumentError);
  CHECK_THROWS_AS(table.line(1), ArgumentError);
  CHECK_THROWS_AS(table.column_name(2), ArgumentError);
  CHECK(error_text<ArgumentError>([&] { (void)table.cell(7, 0); }) ==
        "CsvTable::cell: row: expected at least 0 and below 1, got 7");
}

TEST_CASE("a file without a header says so") {
  const std::string expected = "birds.csv: expected text in UTF-8 with a header line that names the columns, got ";
  CHECK(parse_error("") == expected + "an empty file");
  CHECK(parse_error("\xEF\xBB\xBF") == expected + "an empty file");
  CHECK(parse_error("\xFF\xFE"
                    "a") == expected + "UTF-16");
  CHECK(parse_error("\xFE\xFF") == expected + "UTF-16");
  CHECK(parse_error("\x1F\x8B\x08") == expected + "a gzip file");
  CHECK(parse_error("PK\x03\x04...") == expected + "a zip archive, as spreadsheets are");
  for (const std::string text : {"\n", "\r\n", "\n1\n", "\xEF\xBB\xBF\n"}) {
    CHECK(parse_error(text) == "birds.csv: line 1: expected a header line that names the columns, got an empty line");
  }
}

TEST_CASE("columns have names, and no two have the same") {
  CHECK(parse_error("a,,c\n") == "birds.csv: line 1, column 2: expected a name of the column, got an empty cell");
  CHECK(parse_error("a,b,\n") == "birds.csv: line 1, column 3: expected a name of the column, got an empty cell");
  CHECK(parse_error("\"\"") == "birds.csv: line 1: expected a header line that names the columns, got an empty line");
  CHECK(parse_error("\"a\nb\",c,d,c\n") ==
        "birds.csv: line 2, column 4: expected another name than that of column 2, got \"c\"");
  CHECK(parse("a,A, a").columns() == 3);
}

TEST_CASE("a line with another number of cells than the header says how many") {
  CHECK(parse_error("a,b,c\n1,2,3\n4,5\n") == "birds.csv: line 3: expected 3 cells as in the header, got 2");
  CHECK(parse_error("a,b,c\n\"1\n\n\",2,3\n\"4\n\",5,6,7,8\n") ==
        "birds.csv: line 5: expected 3 cells as in the header, got 5");
  CHECK(parse_error("a\n1,2") == "birds.csv: line 2: expected 1 cell as in the header, got 2");
  CHECK(parse_error("a,b\n1,2\n\n") == "birds.csv: line 3: expected 2 cells as in the header, got an empty line");
  CHECK(parse_error("a,b\n1,2\n\r\n3,4") == "birds.csv: line 3: expected 2 cells as in the header, got an empty line");
  CHECK(parse_error("a,b\n" + std::string(1'000'000, ',')) ==
        "birds.csv: line 2: expected 2 cells as in the header, got 1000001");
}

TEST_CASE("quotes that open, close or stand where they may not are found in their place") {
  CHECK(parse_error("a,b\n1,\"2\n3,4\n5,6\n") ==
        "birds.csv: line 2, column 2 (b): expected a closing quote, got the end of the file");
  CHECK(parse_error("a,b\n1,\"2\"\"") ==
        "birds.csv: line 2, column 2 (b): expected a closing quote, got the end of the file");
  CHECK(parse_error("a,\"") == "birds.csv: line 1, column 2: expected a closing quote, got the end of the file");
  CHECK(parse_error("a,b\n\"1\n2\"x,3") ==
        "birds.csv: line 3, column 1 (a): expected a comma or the end of the line after the closing quote, got \"x\"");
  CHECK(parse_error("a,b\n1,\"2\" \n") ==
        "birds.csv: line 2, column 2 (b): expected a comma or the end of the line after the closing quote, got \" \"");
  CHECK(
      parse_error("a,b\n1, \"2\"\n") ==
      "birds.csv: line 2, column 2 (b): expected quotes around the whole cell, with those inside doubled, or no quote, "
      "got \" \"2\"\"");
  CHECK(
      parse_error("a,b\n1,2,5\"\n") ==
      "birds.csv: line 2, column 3: expected quotes around the whole cell, with those inside doubled, or no quote, got "
      "\"5\"\"");
}

TEST_CASE("a byte that is 0 and a lone carriage return are refused in their place") {
  using namespace std::string_literals;
  const std::string zero = "expected text, got a byte that is 0 (is this a file of another kind, or UTF-16?)";
  CHECK(parse_error("a,b\n1,2\0"s) == "birds.csv: line 2, column 2 (b): " + zero);
  CHECK(parse_error("a,b\n1,\"2\n\n\0\n\"\n"s) == "birds.csv: line 4, column 2 (b): " + zero);
  CHECK(parse_error("a,b\n1,\"2\"\0\n"s) == "birds.csv: line 2, column 2 (b): " + zero);
  CHECK(parse_error("\0"s) == "birds.csv: line 1, column 1: " + zero);
  const std::string alone = "expected LF or CRLF at the end of a line, got a carriage return that no line feed follows";
  CHECK(parse_error("a,b\r1,2\r") == "birds.csv: line 1, column 2: " + alone);
  CHECK(parse_error("a,b\n1,2\r") == "birds.csv: line 2, column 2 (b): " + alone);
  CHECK(parse_error("a,b\n1\r,2") == "birds.csv: line 2, column 1 (a): " + alone);
}

TEST_CASE("cells of a million characters are read, and a line that is too long says where") {
  const std::string plain(1'000'000, 'x');
  std::string doubled;
  for (int k = 0; k < 1'000'000; ++k) {
    doubled += "\"\"";
  }
  const CsvTable table = parse("a,b\n" + plain + ",\"" + doubled + "\"\n");
  CHECK(table.cell(0, 0) == plain);
  CHECK(table.cell(0, 1) == std::string(1'000'000, '"'));
  CHECK(parse("a\n\"" + std::string(1'000'000, '\n') + "\"\n1\n").line(1) == 1'000'003);

  const auto limited = [](std::string text) { return detail::CsvParser("birds.csv", std::move(text), 10).parse(); };
  CHECK(limited("a,b\n12345,12345\n12345,\"12345\"").lines() == 3);
  CHECK(error_text<FileError>([&] { (void)limited("a,b\n12345,12345\n12345,123456"); }) ==
        "birds.csv: line 3, column 2 (b): expected at most 10 bytes in a line, got more");
}

TEST_CASE("files of nothing but separators are read in a time that grows with their size") {
  CHECK(parse("a\n" + std::string(2'000'000, '\n')).rows() == 2'000'000);
  std::string wide = "c0";
  for (int k = 1; k < 200'000; ++k) {
    wide += ",c" + std::to_string(k);
  }
  const CsvTable table = parse(wide + "\n" + std::string(199'999, ','));
  CHECK(table.columns() == 200'000);
  CHECK(table.is_missing(0, 199'999));
  // Many rows with line breaks of their own.
  std::string broken = "a\n";
  for (int k = 0; k < 100'000; ++k) {
    broken += "\"\n\"\n";
  }
  const CsvTable lines = parse(broken);
  Index sum = 0;
  for (Index row = 0; row < lines.rows(); ++row) {
    sum += lines.line(row) - 2 * row - 2;
  }
  CHECK(sum == 0);
}

TEST_CASE("every cut of a table is a table or a FileError") {
  const std::string whole = "\xEF\xBB\xBF\"a\"\"b\",c\r\n\"1\r\n,2\",NA\r\n,\"\"\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO(length);
    try {
      const Index columns = parse(whole.substr(0, length)).columns();
      CHECK((columns == 1 || columns == 2));
    } catch (const FileError& error) {
      CHECK(std::string{error.what()}.starts_with("birds.csv: "));
    }
  }
}

TEST_CASE("a table is read from a file, and errors begin with its path") {
  const TemporaryFolder folder;
  std::string text = "a,b\n";
  for (int k = 0; k < 50'000; ++k) {  // larger than the reader's pieces
    text += std::to_string(k) + ",\"x\ny\"\n";
  }
  const std::string path = folder.write("birds.csv", bytes_of(text));
  const CsvTable table = read_csv_table(path);
  CHECK(table.rows() == 50'000);
  CHECK(table.number(49'999, 0) == 49'999);
  CHECK(table.place(49'999, 1) == path + ": line 100000, column 2 (b)");

  const std::string bad = folder.write("bad.csv", bytes_of("a,b\n1\n"));
  CHECK(error_text<FileError>([&] { (void)read_csv_table(bad); }) ==
        bad + ": line 2: expected 2 cells as in the header, got 1");
  const std::string missing = folder.file("none.csv");
  CHECK(error_text<FileError>([&] { (void)read_csv_table(missing); }).starts_with(missing + ": cannot be opened: "));
  CHECK(error_text<FileError>([&] { (void)read_csv_table(folder.path()); }).starts_with(folder.path() + ": "));
}

TEST_CASE("a table survives being moved and copied") {
  CsvTable table = parse("a\n1");  // short enough to live within the string itself
  const CsvTable copy = table;
  const CsvTable moved = std::move(table);
  CHECK(copy.number(0, copy.column("a")) == 1);
  CHECK(moved.number(0, moved.column("a")) == 1);
}

TEST_CASE("what is written is quoted where it must be and nowhere else") {
  const std::vector<std::string> texts = {"plain", "a b", "5'", "β",    "",    "NA",
                                          " ",     "a,b", "\"", "x\ny", "x\r", "\xEF\xBB\xBFx"};
  const std::string text = csv_text(
      {"a", "b;c", "d,e"}, static_cast<Index>(texts.size()),
      [&](CsvLine& line, Index row) { line.text(texts[static_cast<std::size_t>(row)]).missing().number(row); });
  CHECK(text ==
        "a,b;c,\"d,e\"\nplain,,0\na b,,1\n5',,2\nβ,,3\n\"\",,4\n\"NA\",,5\n\" "
        "\",,6\n\"a,b\",,7\n\"\"\"\",,8\n\"x\ny\",,9\n"
        "\"x\r\",,10\n\"\xEF\xBB\xBFx\",,11\n");
  const CsvTable table = parse(text);
  CHECK(table.column_names() == Names{"a", "b;c", "d,e"});
  for (Index row = 0; row < table.rows(); ++row) {
    CHECK(table.cell(row, 0) == texts[static_cast<std::size_t>(row)]);
    CHECK_FALSE(table.is_missing(row, 0));
    CHECK(table.is_missing(row, 1));
    CHECK(table.number(row, 2) == static_cast<double>(row));
  }
}

TEST_CASE("a table of one column keeps its missing cells and its empty texts apart") {
  const std::string text =
      csv_text({"a"}, 2, [](CsvLine& line, Index row) { row == 0 ? line.missing() : line.text(""); });
  CHECK(text == "a\nNA\n\"\"\n");
  const CsvTable table = parse(text);
  CHECK(table.is_missing(0, 0));
  CHECK_FALSE(table.is_missing(1, 0));
}

TEST_CASE("numbers come back bit for bit") {
  std::vector<double> numbers = {0.0, -0.0, 0.1, 1e100, -1e-300, 1.0 / 3, 100000, 5e-324, 2.2250738585072014e-308};
  std::uint64_t state = 1;
  while (numbers.size() < 2000) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    const auto value = std::bit_cast<double>(state);
    if (std::isfinite(value)) {
      numbers.push_back(value);
    }
  }
  const CsvTable table =
      parse(csv_text({"double", "float"}, static_cast<Index>(numbers.size()), [&](CsvLine& line, Index row) {
        const double value = numbers[static_cast<std::size_t>(row)];
        line.number(value).number(
            std::bit_cast<float>(std::uint32_t{0x3f800000} + static_cast<std::uint32_t>(row) * 4099U));
      }));
  for (Index row = 0; row < table.rows(); ++row) {
    const double expected = numbers[static_cast<std::size_t>(row)];
    CHECK(std::bit_cast<std::uint64_t>(table.number(row, 0)) == std::bit_cast<std::uint64_t>(expected));
    CHECK(static_cast<float>(table.number(row, 1)) ==
          std::bit_cast<float>(std::uint32_t{0x3f800000} + static_cast<std::uint32_t>(row) * 4099U));
  }
  CHECK(csv_text({"a", "b", "c", "d"}, 1, [](CsvLine& line, Index) {
          line.number(0.1F).number(std::numeric_limits<std::int64_t>::min()).number(true).number(std::uint8_t{65});
        }) == "a,b,c,d\n0.1,-9223372036854775808,1,65\n");
}

TEST_CASE("a table that could not be read back is not written, and the old file stays") {
  const TemporaryFolder folder;
  const std::string path = folder.write("kept.csv", {1, 2, 3});
  const auto error = [&](const std::vector<std::string>& columns, Index rows, const auto& fill) {
    return error_text<ArgumentError>([&] { write_csv(path, columns, rows, fill); });
  };
  const auto nothing = [](CsvLine&, Index) {};
  CHECK(error({}, 0, nothing) == "csv_text: columns: expected at least 1 name, got 0");
  CHECK(error({"a", ""}, 0, nothing) == "csv_text: columns: expected names that are not empty, got \"\"");
  CHECK(error({"a", "b", "a"}, 0, nothing) == "csv_text: columns: expected names that differ, got \"a\" twice");
  CHECK(error({"a"}, -1, nothing) == "csv_text: rows: expected at least 0, got -1");
  CHECK(error({"a", "b"}, 1, [](CsvLine& line, Index) { line.missing(); }) ==
        "csv_text: cells of a line: expected 2, one a column, got 1");
  CHECK(error({"a"}, 1, [](CsvLine& line, Index) { line.number(1).number(2); }) ==
        "csv_text: cells of a line: expected 1, one a column, got 2");
  CHECK(error({"a"}, 1, [](CsvLine& line, Index) { line.number(std::numeric_limits<float>::infinity()); }) ==
        "csv_text: number: expected a finite number, or a missing cell, got inf");
  CHECK(error({"a"}, 1, [](CsvLine& line, Index) {
          line.text({"x\0y", 3});
        }) == "csv_text: text of a cell: expected no byte that is 0, got \"x\\x00y\"");
  CHECK(read_bytes(path) == Bytes{1, 2, 3});

  write_csv(path, {"a"}, 1, [](CsvLine& line, Index) { line.text("x"); });
  CHECK(read_bytes(path) == bytes_of("a\nx\n"));
  CHECK(read_csv_table(path).cell(0, 0) == "x");
  CHECK(folder.count() == 1);
}
