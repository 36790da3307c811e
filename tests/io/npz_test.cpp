// SPDX-License-Identifier: MIT
#include <betavae/io/detail/number_bytes.hpp>
#include <betavae/io/npz.hpp>
#include <zip.h>

#include "io/idx_files.hpp"

#include <algorithm>
#include <bit>
#include <span>

using namespace betavae;
using namespace betavae::test;

namespace {

std::string reference(const std::string& name) { return BETAVAE_TEST_REFERENCE_DIR "/files/" + name + ".npz"; }

/// A zip file with these members, compressed.
std::string write_zip(const TemporaryFolder& folder, const std::vector<std::pair<std::string, Bytes>>& members) {
  std::string path = folder.file("made.npz");
  zip_t* const archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, bytes] : members) {
    zip_source_t* const source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    REQUIRE(zip_file_add(archive, name.c_str(), source, 0) >= 0);
  }
  REQUIRE(zip_close(archive) == 0);
  return path;
}

Bytes npy_of_zeros(const std::string& shape, std::size_t data) {
  const std::string dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + "}";
  std::string text("\x93NUMPY\x01\x00", 8);
  text += {static_cast<char>(dictionary.size()), '\0'};
  text += dictionary;
  Bytes bytes(text.begin(), text.end());
  bytes.resize(bytes.size() + data);
  return bytes;
}

}  // namespace

TEST_CASE("arrays of stored and compressed npz files are read by name") {
  for (const std::string name : {"stored", "compressed"}) {
    INFO(name);
    const NpzFile file(reference(name));
    CHECK(file.names() == std::vector<std::string>{"counts", "image", "momenta"});
    const Matrix<double> momenta = file.matrix<double>("momenta");
    REQUIRE(momenta.rows() == 3);
    REQUIRE(momenta.cols() == 4);
    CHECK(momenta(2, 3) == 4);
    const NpyArray<float> image = file.array<float>("image");
    CHECK(image.shape == std::vector<Index>{2, 3, 4});
    CHECK(image.values[23] == 23);
    CHECK(read_npz<float>(reference(name), "counts").values == std::vector<float>{0, 1, 2, 3, 4});
    CHECK(read_npz_matrix<float>(reference(name), "counts").cols() == 5);
  }
}

TEST_CASE("an npz file in memory is read as one on the disk") {
  const Bytes bytes = read_bytes(reference("compressed"));
  CHECK(NpzFile("npz", bytes).matrix<double>("momenta")(2, 3) == 4);
  CHECK(file_error([&] { NpzFile("npz", std::span(bytes).first(100)); }).starts_with("npz: cannot be opened as npz"));
}

TEST_CASE("a file that is missing, no zip file, or lacks the array says so") {
  const TemporaryFolder folder;
  const std::string missing = folder.file("none");
  CHECK(file_error([&] { NpzFile{missing}; }).starts_with(missing + ": cannot be opened as npz: "));
  CHECK_THROWS_AS(NpzFile(folder.write("text", {'h', 'e', 'l', 'l', 'o'})), FileError);
  CHECK_THROWS_AS(NpzFile(folder.path()), FileError);
  const std::string error = file_error([] { (void)read_npz<float>(reference("stored"), "mass"); });
  CHECK(error.find("no array 'mass': there are 'counts', 'image', 'momenta'") != std::string::npos);
  const std::string other = write_zip(folder, {{"readme.txt", {'x'}}});
  CHECK(file_error([&] { (void)read_npz<float>(other, "readme.txt"); }).find("there are none") != std::string::npos);
}

TEST_CASE("an array that is damaged is named, with the reason") {
  const TemporaryFolder folder;
  Bytes bytes = read_bytes(reference("stored"));
  // The last number of "momenta", stored as it is: the checksum no longer fits.
  const std::string path = [&] {
    const Bytes number = [] {
      Bytes four(8);
      detail::put_number(4.0, four.data(), std::endian::little);
      return four;
    }();
    const auto place = std::search(bytes.begin(), bytes.end(), number.begin(), number.end());
    REQUIRE(place != bytes.end());
    *place = 1;
    return folder.write("damaged", bytes);
  }();
  const std::string error = file_error([&] { (void)read_npz<double>(path, "momenta"); });
  CHECK(error.starts_with(path + ": array 'momenta': "));
  CHECK(error.find("CRC") != std::string::npos);
  CHECK_NOTHROW(read_npz<double>(path, "counts"));
  const std::string text = write_zip(folder, {{"a.npy", {'h', 'e', 'l', 'l', 'o', '!', '!', '!'}}});
  CHECK(file_error([&] { (void)read_npz<double>(text, "a"); }).find("array 'a': byte 0") != std::string::npos);
}

TEST_CASE("no more is decompressed than the array's header asks for, and that is bounded") {
  const TemporaryFolder folder;
  const std::string lying = write_zip(folder, {{"a.npy", npy_of_zeros("(2,)", 100'000'000)}});
  CHECK(file_error([&] { (void)read_npz<double>(lying, "a"); }).find("end of the file after 2 elements") !=
        std::string::npos);
  const std::string large = write_zip(folder, {{"a.npy", npy_of_zeros("(1000000,)", 8'000'000)}});
  CHECK(read_npz<double>(large, "a").values.size() == 1'000'000);
  CHECK(file_error([&] {
          (void)read_npz<double>(large, "a", {.most_bytes = 7'999'999});
        }).find("at most 7999999 bytes of elements, got 8000000") != std::string::npos);
  const std::string huge = write_zip(folder, {{"a.npy", npy_of_zeros("(1000000000000,)", 8)}});
  CHECK(file_error([&] { (void)read_npz<double>(huge, "a"); }).find("at most 4294967296 bytes") != std::string::npos);
}

TEST_CASE("no change of a byte and no cut of an npz file does anything but succeed or throw FileError") {
  const TemporaryFolder folder;
  const Bytes content = read_bytes(reference("compressed"));
  mutate_file(
      folder, content, content.size(),
      [](const std::string& path) {
        const NpzFile file(path);
        for (const std::string& name : file.names()) {
          (void)file.array<double>(name);
        }
        return file.names().size();
      },
      [](std::size_t arrays) { return arrays <= 3; });
}
