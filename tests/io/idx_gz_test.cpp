// SPDX-License-Identifier: MIT
#include <betavae/io/idx_gz.hpp>
#include <zlib.h>

#include "io/idx_files.hpp"

using namespace betavae;
using namespace betavae::test;

namespace {

/// One gzip member.
Bytes gzip(const Bytes& content) {
  z_stream stream = {};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  Bytes compressed(deflateBound(&stream, static_cast<uLong>(content.size())) + 64);
  stream.next_in = const_cast<Bytef*>(content.data());
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = compressed.data();
  stream.avail_out = static_cast<uInt>(compressed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  compressed.resize(compressed.size() - stream.avail_out);
  deflateEnd(&stream);
  return compressed;
}

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

TEST_CASE("compressed images and labels come back as they were written") {
  const TemporaryFolder folder;
  const ImageSet images = read_idx_gz_images(folder.write("images.gz", gzip(idx_bytes(0x803, {2, 2, 3}, 12))));
  CHECK(images.count == 2);
  CHECK(images.features() == 6);
  CHECK(images.bytes == Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  CHECK(read_idx_gz_labels(folder.write("labels.gz", gzip(idx_bytes(0x801, {3}, 3)))) == Bytes{1, 2, 3});
}

TEST_CASE("the reader of compressed files takes plain ones too") {
  const TemporaryFolder folder;
  CHECK(read_idx_gz_images(folder.write("images", idx_bytes(0x803, {2, 2, 3}, 12))).count == 2);
  CHECK(read_idx_gz_labels(folder.write("labels", idx_bytes(0x801, {3}, 3))) == Bytes{1, 2, 3});
}

TEST_CASE("files larger than every buffer are read whole, compressed or plain") {
  const TemporaryFolder folder;
  Bytes content = idx_bytes(0x803, {5, 1000, 1000}, 0);
  std::uint32_t state = 1;
  for (std::size_t k = 0; k < 5'000'000; ++k) {
    state = state * 1664525U + 1013904223U;
    content.push_back(static_cast<std::uint8_t>(state >> 27U));
  }
  const Bytes elements(content.begin() + 16, content.end());
  CHECK(read_idx_gz_images(folder.write("large.gz", gzip(content))).bytes == elements);
  CHECK(read_idx_gz_images(folder.write("large", content)).bytes == elements);
}

TEST_CASE("members that follow one another are one file, wherever the cut between them lies") {
  const TemporaryFolder folder;
  const Bytes content = idx_bytes(0x803, {2, 2, 3}, 12);
  for (std::size_t cut = 0; cut <= content.size(); ++cut) {
    const auto middle = content.begin() + static_cast<std::ptrdiff_t>(cut);
    const Bytes both = joined(gzip({content.begin(), middle}), gzip({middle, content.end()}));
    CHECK(read_idx_gz_images(folder.write("members.gz", both)).count == 2);
  }
}

TEST_CASE("a second member is found although its first two bytes straddle the reading buffer") {
  const TemporaryFolder folder;
  const Bytes content = idx_bytes(0x801, {4}, 4);
  const Bytes second = gzip(content);
  // A first member that decompresses to nothing, padded by its file name to end one byte before a buffer of 65,536 does.
  Bytes first = {0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3};
  first.insert(first.end(), 65535 - first.size() - 1 - 10, 'x');
  first.push_back(0);
  first.insert(first.end(), {3, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  REQUIRE(first.size() == 65535);
  CHECK(read_idx_gz_labels(folder.write("straddle.gz", joined(first, second))) == Bytes{1, 2, 3, 4});
}

TEST_CASE("a bad image file gives the same error compressed as plain") {
  const TemporaryFolder folder;
  for (const BadIdxFile& bad : bad_image_files()) {
    for (const bool compressed : {true, false}) {
      INFO(bad.name << (compressed ? ", compressed" : ", plain"));
      const std::string path = folder.write(bad.name, compressed ? gzip(bad.bytes) : bad.bytes);
      const std::string error = file_error([&] { (void)read_idx_gz_images(path); });
      CHECK(error.starts_with(path + ": "));
      for (const std::string& text : bad.texts) {
        INFO(error << "\nmust contain: " << text);
        CHECK(error.find(text) != std::string::npos);
      }
    }
  }
}

TEST_CASE("compressed data that is cut, damaged or followed by something else says so") {
  const TemporaryFolder folder;
  const Bytes good = gzip(idx_bytes(0x803, {2, 2, 3}, 12));
  const auto error = [&](const Bytes& bytes) {
    const std::string path = folder.write("bad.gz", bytes);
    std::string text = file_error([&] { (void)read_idx_gz_images(path); });
    CHECK(text.starts_with(path + ": compressed byte "));
    return text;
  };
  CHECK(error({good.begin(), good.end() - 9}).find("it is cut") != std::string::npos);
  CHECK(error({good.begin(), good.end() - 1}).find("it is cut") != std::string::npos);
  Bytes wrong_sum = good;
  wrong_sum[good.size() - 6] ^= 1U;
  CHECK(error(wrong_sum).find("incorrect data check") != std::string::npos);
  Bytes wrong_length = good;
  wrong_length.back() ^= 1U;
  CHECK(error(wrong_length).find("incorrect length check") != std::string::npos);
  CHECK(error(joined(good, {'x'})).find("got more bytes") != std::string::npos);
  CHECK(error(joined(good, {'x', 'y', 'z'})).find("got more bytes") != std::string::npos);
}

TEST_CASE("a missing file and a folder are named as such by the gzip reader") {
  const TemporaryFolder folder;
  const std::string missing = folder.file("none.gz");
  CHECK(file_error([&] { (void)read_idx_gz_labels(missing); }).starts_with(missing + ": cannot be opened: "));
  CHECK(file_error([&] { (void)read_idx_gz_images(folder.path()); }).starts_with(folder.path() + ": "));
}

TEST_CASE("no change of a compressed byte and no cut gives anything but the right images or FileError") {
  const TemporaryFolder folder;
  const Bytes content = idx_bytes(0x803, {3, 2, 2}, 12);
  const Bytes elements(content.begin() + 16, content.end());
  // The CRC covers the idx header too, so a file that is accepted has every size right.
  const auto right = [&](const ImageSet& images) {
    return images.bytes == elements && images.count == 3 && images.height == 2 && images.width == 2;
  };
  const Bytes compressed = gzip(content);
  mutate_file(folder, compressed, compressed.size(), read_idx_gz_images, right);
  mutate_file(folder, joined(gzip({content.begin(), content.begin() + 7}), gzip({content.begin() + 7, content.end()})),
              1000, read_idx_gz_images, right);
}

TEST_CASE("no change of a plain header through the gzip reader gives anything but right sizes or FileError") {
  const TemporaryFolder folder;
  mutate_file(folder, idx_bytes(0x803, {3, 2, 2}, 12), 16, read_idx_gz_images, [](const ImageSet& images) {
    return images.bytes.size() == 12 && images.count * images.features() == 12;
  });
}
