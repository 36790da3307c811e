// SPDX-License-Identifier: MIT
// Reads files of reference numbers, as the scripts in tests/reference write them.
#pragma once

#include <betavae/autodiff/variable.hpp>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

namespace betavae::test {

/// Tensors by name, one a line: NAME ROWS COLUMNS NUMBER…, column-major, lines beginning with # left out.
class NumberFile {
 public:
  explicit NumberFile(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
      if (line.empty() || line.front() == '#') {
        continue;
      }
      std::istringstream words(line);
      std::string name;
      Index rows = 0;
      Index columns = 0;
      words >> name >> rows >> columns;
      Matrix<double> tensor(rows, columns);
      std::string word;
      for (Index i = 0; i < tensor.size(); ++i) {
        words >> word;
        tensor.data()[i] = std::strtod(word.c_str(), nullptr);  // streams do not read hexadecimal floats
      }
      if (!words || words >> word) {
        throw std::runtime_error(path + ": " + name + ": wrong number of numbers");
      }
      tensors_[name] = tensor;
    }
    if (tensors_.empty()) {
      throw std::runtime_error(path + ": no numbers");
    }
  }

  [[nodiscard]] bool has(const std::string& name) const { return tensors_.count(name) != 0; }
  [[nodiscard]] const Matrix<double>& at(const std::string& name) const { return tensors_.at(name); }

 private:
  std::map<std::string, Matrix<double>> tensors_;
};

}  // namespace betavae::test
