// SPDX-License-Identifier: MIT
#include <betavae/io/idx.hpp>

#include "io/idx_files.hpp"

#include <numeric>

using namespace betavae;
using namespace betavae::test;

TEST_CASE("images of one channel come back as they were written") {
  const TemporaryFolder folder;
  const ImageSet images = read_idx_images(folder.write("images", idx_bytes(0x803, {2, 2, 3}, 12)));
  CHECK(images.count == 2);
  CHECK(images.height == 2);
  CHECK(images.width == 3);
  CHECK(images.channels == 1);
  Bytes expected(12);
  std::iota(expected.begin(), expected.end(), std::uint8_t{1});
  CHECK(images.bytes == expected);
}

TEST_CASE("a fourth dimension is the channel") {
  const TemporaryFolder folder;
  const ImageSet images = read_idx_images(folder.write("images", idx_bytes(0x804, {1, 2, 2, 3}, 12)));
  CHECK(images.count == 1);
  CHECK(images.channels == 3);
  CHECK(images.features() == 12);
}

TEST_CASE("labels come back as they were written") {
  const TemporaryFolder folder;
  CHECK(read_idx_labels(folder.write("labels", idx_bytes(0x801, {3}, 3))) == Bytes{1, 2, 3});
}

TEST_CASE("files larger than the first piece of memory are read whole") {
  const TemporaryFolder folder;
  ImageSet images{.count = 5, .height = 1000, .width = 1000, .channels = 1, .bytes = Bytes(5'000'000)};
  for (std::size_t k = 0; k < images.bytes.size(); ++k) {
    images.bytes[k] = static_cast<std::uint8_t>(k * 2654435761U >> 13U);
  }
  write_idx_images(folder.file("large"), images);
  CHECK(read_idx_images(folder.file("large")).bytes == images.bytes);
}

TEST_CASE("a bad image file gives an error that names the path, the place, and both sides") {
  const TemporaryFolder folder;
  for (const BadIdxFile& bad : bad_image_files()) {
    INFO(bad.name);
    const std::string path = folder.write(bad.name, bad.bytes);
    const std::string error = file_error([&] { (void)read_idx_images(path); });
    CHECK(error.starts_with(path + ": "));
    for (const std::string& text : bad.texts) {
      INFO(error << "\nmust contain: " << text);
      CHECK(error.find(text) != std::string::npos);
    }
  }
}

TEST_CASE("a bad label file gives an error") {
  const TemporaryFolder folder;
  const auto error = [&](const Bytes& bytes) {
    const std::string path = folder.write("labels", bytes);
    return file_error([&] { (void)read_idx_labels(path); });
  };
  CHECK(error(idx_bytes(0x803, {1, 1, 1}, 1)).find("read_idx_images") != std::string::npos);
  CHECK(error(idx_bytes(0x801, {0}, 0)).find("at least 1") != std::string::npos);
  CHECK(error(idx_bytes(0x801, {4}, 3)).find("got 3") != std::string::npos);
  CHECK(error(idx_bytes(0x801, {4}, 5)).find("end of the file") != std::string::npos);
}

TEST_CASE("a gzip file given to the plain reader says which header reads it") {
  const TemporaryFolder folder;
  const std::string path = folder.write("images.gz", {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3});
  for (const std::string& error :
       {file_error([&] { (void)read_idx_images(path); }), file_error([&] { (void)read_idx_labels(path); })}) {
    CHECK(error.find("betavae/io/idx_gz.hpp") != std::string::npos);
    CHECK(error.find("betavae::gzip") != std::string::npos);
  }
}

TEST_CASE("a missing file and a folder are named as such") {
  const TemporaryFolder folder;
  const std::string missing = folder.file("none");
  CHECK(file_error([&] { (void)read_idx_images(missing); }).starts_with(missing + ": cannot be opened: "));
  CHECK(file_error([&] { (void)read_idx_images(folder.path()); }).starts_with(folder.path() + ": "));
}

TEST_CASE("no change of a byte and no cut makes the reader do anything but succeed rightly or throw FileError") {
  const TemporaryFolder folder;
  const Bytes content = idx_bytes(0x803, {3, 2, 2}, 12);
  // A changed header can only be right if the product of the sizes is still that of the bytes there.
  mutate_file(folder, content, 16, read_idx_images, [](const ImageSet& images) {
    return images.bytes.size() == 12 && images.count * images.features() == 12;
  });
  const Bytes labels = idx_bytes(0x801, {5}, 5);
  mutate_file(folder, labels, 8, read_idx_labels, [](const Bytes& bytes) { return bytes == Bytes{1, 2, 3, 4, 5}; });
}

TEST_CASE("what is written is what the format says, and reads back") {
  const TemporaryFolder folder;
  const ImageSet grey{.count = 2, .height = 1, .width = 2, .channels = 1, .bytes = {9, 8, 7, 6}};
  write_idx_images(folder.file("grey"), grey);
  CHECK(read_bytes(folder.file("grey")) == Bytes{0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 8, 7, 6});
  const ImageSet coloured{.count = 1, .height = 1, .width = 2, .channels = 3, .bytes = {1, 2, 3, 4, 5, 6}};
  write_idx_images(folder.file("coloured"), coloured);
  const ImageSet back = read_idx_images(folder.file("coloured"));
  CHECK(back.channels == 3);
  CHECK(back.bytes == coloured.bytes);
  write_idx_labels(folder.file("labels"), Bytes{3, 1, 2});
  CHECK(read_idx_labels(folder.file("labels")) == Bytes{3, 1, 2});
}

TEST_CASE("sets that contradict themselves are not written, and nothing is written over") {
  const TemporaryFolder folder;
  const std::string path = folder.write("kept", {42});
  const ImageSet good{.count = 2, .height = 2, .width = 2, .channels = 1, .bytes = Bytes(8)};
  for (const auto change : {+[](ImageSet& set) { set.count = 0; }, +[](ImageSet& set) { set.count = 3; },
                            +[](ImageSet& set) { set.height = -2; }, +[](ImageSet& set) { set.channels = 0; },
                            +[](ImageSet& set) { set.bytes.push_back(0); }, +[](ImageSet& set) { set.bytes.clear(); },
                            +[](ImageSet& set) { set.width = Index{1} << 32; }}) {
    ImageSet bad = good;
    change(bad);
    CHECK_THROWS_AS(write_idx_images(path, bad), ArgumentError);
  }
  CHECK_THROWS_AS(write_idx_labels(path, {}), ArgumentError);
  CHECK(read_bytes(path) == Bytes{42});
  CHECK(folder.count() == 1);
}
