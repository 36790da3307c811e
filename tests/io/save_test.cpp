// SPDX-License-Identifier: MIT
#include <betavae/io/detail/number_bytes.hpp>
#include <betavae/io/save.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/likelihood/student_t.hpp>
#include <betavae/vae/vae.hpp>

#include "io/idx_files.hpp"

#include <bit>
#include <cstring>
#include <limits>
#include <tuple>

#if defined(__unix__)
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#endif

using namespace betavae;
using namespace betavae::test;

namespace {

template <class Scalar = float, int Hidden = 4, class LikelihoodType = Bernoulli>
auto small_model(LikelihoodType likelihood = {}, const DenseOptions& options = {}) {
  return Vae{dense_encoder<Scalar, 5, Hidden, 2>(options), dense_decoder<Scalar, 2, Hidden, 5>(options), likelihood};
}

template <class Model>
auto numbers_of(const Model& model) {
  std::vector<typename Model::Scalar> numbers;
  visit_parameters(model, [&](const std::string&, const auto& parameter) {
    numbers.insert(numbers.end(), parameter.data(), parameter.data() + parameter.size());
  });
  return numbers;
}

template <class Model>
bool same_bits(const Model& a, const Model& b) {
  const auto left = numbers_of(a);
  const auto right = numbers_of(b);
  return left.size() == right.size() &&
         std::memcmp(left.data(), right.data(), left.size() * sizeof(typename Model::Scalar)) == 0;
}

void check_contains(const std::string& text, std::initializer_list<const char*> parts) {
  for (const char* const part : parts) {
    INFO(text << "\nmust contain: " << part);
    CHECK(text.find(part) != std::string::npos);
  }
}

/// What `load` says of the file, after the path; the model must stay as it was.
template <class Model>
std::string load_error(const std::string& path, Model model) {
  const Model before = model;
  std::string error = file_error([&] { load(path, model); });
  CHECK(error.starts_with(path + ": "));
  CHECK(same_bits(model, before));
  return error;
}

/// A likelihood with a schema of several lines, as records have.
struct Described : Bernoulli {
  std::vector<std::string> fields;
  [[nodiscard]] std::vector<std::string> schema() const { return fields; }
};

Described described(std::vector<std::string> fields) {
  Described likelihood;
  likelihood.fields = std::move(fields);
  return likelihood;
}

}  // namespace

TEMPLATE_TEST_CASE("a model comes back bit for bit, with its metadata", "", float, double) {
  const TemporaryFolder folder;
  const std::string path = folder.file("model.safetensors");
  auto model = small_model<TestType>(Bernoulli{}, {.seed = 7});
  // NaN, infinity and a zero with a sign are bits like others.
  TestType* const numbers = std::get<0>(model.decoder.layers).weight.data();
  numbers[0] = std::numeric_limits<TestType>::quiet_NaN();
  numbers[1] = -std::numeric_limits<TestType>::infinity();
  numbers[2] = TestType(-0.0);
  save(path, model, {{"beta", "4"}, {"note", "line\nline"}});
  auto other = small_model<TestType>(Bernoulli{}, {.seed = 8});
  REQUIRE_FALSE(same_bits(model, other));
  CHECK(load(path, other) == Metadata{{"beta", "4"}, {"note", "line\nline"}});
  CHECK(same_bits(model, other));
}

TEST_CASE("a weight is written by rows, outputs x inputs, and a bias has one dimension") {
  const TemporaryFolder folder;
  const auto model = small_model<double>();
  save(folder.file("model"), model);
  const SafeTensors file = read_safetensors(folder.file("model"));
  const StoredTensor* const weight = file.find("encoder.0.weight");
  REQUIRE(weight != nullptr);
  CHECK(weight->type == "F64");
  CHECK(weight->shape == std::vector<Index>{4, 5});
  CHECK(file.find("encoder.0.bias")->shape == std::vector<Index>{4});
  const auto matrix = std::get<0>(model.encoder.network.layers).weight.value();
  for (Index i = 0; i < 4; ++i) {
    for (Index j = 0; j < 5; ++j) {
      CHECK(detail::number_at<double>(weight->bytes.data() + 8 * (i * 5 + j), std::endian::little) == matrix(i, j));
    }
  }
  CHECK(file.metadata.at("schema") ==
        "encoder.0.activation: relu\nencoder.1.activation: identity\ndecoder.0.activation: relu\n"
        "decoder.1.activation: identity\nlikelihood.name: Bernoulli");
}

TEST_CASE("a layer of one input is read with either shape of its weight") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model");
  Vae model{dense_encoder<1, 3, 1>(), dense_decoder<1, 3, 1>(), Bernoulli{}};
  save(path, model);
  SafeTensors file = read_safetensors(path);
  for (StoredTensor& tensor : file.tensors) {
    if (tensor.name == "encoder.0.weight") {
      CHECK(tensor.shape == std::vector<Index>{3});
      tensor.shape = {3, 1};  // PyTorch's
    }
  }
  write_safetensors(path, file);
  CHECK_NOTHROW(load(path, model));
}

TEST_CASE("sigma that was learned without a gradient is kept to the last bit") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model");
  auto model = small_model<float, 4>(GaussianOptimalSigma{});
  model.likelihood.end_epoch(-1.0 / 3.0, 5);
  REQUIRE(model.likelihood.sigma() != 1);
  save(path, model);
  auto other = small_model<float, 4>(GaussianOptimalSigma{});
  load(path, other);
  CHECK(other.likelihood.sigma() == model.likelihood.sigma());

  SafeTensors file = read_safetensors(path);
  for (const char* const text : {"", "x", "0.5 ", "nan", "inf", "1e999", "0", "-1"}) {
    file.metadata["state.likelihood.sigma"] = text;
    write_safetensors(path, file);
    check_contains(load_error(path, other), {"'state.likelihood.sigma'", "finite number above 0"});
  }
  file.metadata.erase("state.likelihood.sigma");
  write_safetensors(path, file);
  check_contains(load_error(path, other), {"'state.likelihood.sigma': missing in the file"});
  file.metadata["state.likelihood.sigma"] = "1";
  file.metadata["state.likelihood.other"] = "1";
  write_safetensors(path, file);
  check_contains(load_error(path, other), {"'state.likelihood.other': not in the model"});
  CHECK(other.likelihood.sigma() == model.likelihood.sigma());
}

TEST_CASE("sigma that is a parameter is kept as one") {
  const TemporaryFolder folder;
  auto model = small_model<double>(GaussianLearnedSigma<double>{0.3, 0.01});
  save(folder.file("model"), model);
  auto other = small_model<double>(GaussianLearnedSigma<double>{0.7, 0.01});
  load(folder.file("model"), other);
  CHECK(other.likelihood.sigma() == model.likelihood.sigma());
  auto other_floor = small_model<double>(GaussianLearnedSigma<double>{0.7, 0.02});
  check_contains(load_error(folder.file("model"), other_floor),
                 {"'likelihood.floor: 0.02'", "'likelihood.floor: 0.01'"});
}

TEST_CASE("a file of another architecture names every tensor that differs, and the model stays") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model");
  save(path, small_model<float, 4>());
  check_contains(load_error(path, small_model<float, 6>()),
                 {"tensor 'encoder.0.weight': the model has shape [6, 5], the file has [4, 5]",
                  "tensor 'encoder.0.bias': the model has shape [6], the file has [4]",
                  "tensor 'encoder.1.weight': the model has shape [4, 6], the file has [4, 4]", "'decoder.1.weight'"});
  check_contains(load_error(path, small_model<double, 4>()),
                 {"tensor 'encoder.0.weight': the model has dtype F64, the file has F32"});
  Vae deep{dense_encoder<5, 4, 4, 2>(), dense_decoder<2, 4, 5>(), Bernoulli{}};
  check_contains(load_error(path, deep), {"tensor 'encoder.2.weight': missing in the file",
                                          "the model has 'encoder.2.activation: identity', the file has no such line"});
  save(path, deep);
  check_contains(load_error(path, small_model<float, 4>()),
                 {"tensor 'encoder.2.weight': not in the model",
                  "the file has 'encoder.2.activation: identity', the model has no such line"});
}

TEST_CASE("another activation or likelihood differs although all shapes agree") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model");
  save(path, small_model<float, 4>(Gaussian{0.5}));
  check_contains(load_error(path, small_model<float, 4>(Gaussian{0.5}, {.activation = Activation::tanh})),
                 {"the model has 'encoder.0.activation: tanh', the file has 'encoder.0.activation: relu'"});
  check_contains(load_error(path, small_model<float, 4>(Gaussian{0.25})),
                 {"the model has 'likelihood.sigma: 0.25', the file has 'likelihood.sigma: 0.5'"});
  check_contains(load_error(path, small_model<float, 4>(Bernoulli{})),
                 {"the model has 'likelihood.name: Bernoulli', the file has 'likelihood.name: Gaussian'"});
}

TEST_CASE("lines of a schema are compared by their keys, and their order counts") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model");
  save(path, small_model<float, 4>(described({"pt: real, log scale", "eta: real", "tracks: count"})));
  const auto error = [&](std::vector<std::string> fields) {
    return load_error(path, small_model<float, 4>(described(std::move(fields))));
  };
  const std::string other = error({"pt: real", "tracks: count"});
  check_contains(other, {"the model has 'likelihood.pt: real', the file has 'likelihood.pt: real, log scale'",
                         "the file has 'likelihood.eta: real', the model has no such line"});
  CHECK(other.find("tracks") == std::string::npos);
  check_contains(error({"eta: real", "pt: real, log scale", "tracks: count"}),
                 {"line 6: the model has 'likelihood.eta: real', the file has 'likelihood.pt: real, log scale'"});
  auto same = small_model<float, 4>(described({"pt: real, log scale", "eta: real", "tracks: count"}));
  CHECK_NOTHROW(load(path, same));
  CHECK_THROWS_AS(save(path, small_model<float, 4>(described({"two\nlines"}))), ArgumentError);
}

TEST_CASE("twenty differences of a kind are told, and how many more there are") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model");
  std::vector<std::string> fields;
  fields.reserve(50);
  for (int k = 0; k < 50; ++k) {
    fields.push_back("x" + std::to_string(k) + ": real");
  }
  save(path, small_model<float, 4>(described(fields)));
  check_contains(load_error(path, small_model<float, 4>(described({}))), {"'likelihood.x19: real'", "… and 30 more"});
}

TEST_CASE("a file of tensors alone is taken, as another program writes it") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model");
  const auto model = small_model<float, 4>(Bernoulli{}, {.seed = 3});
  save(path, model);
  SafeTensors file = read_safetensors(path);
  file.metadata = {{"format", "pt"}};
  write_safetensors(path, file);
  auto other = small_model<float, 4>();
  CHECK(load(path, other) == Metadata{{"format", "pt"}});
  CHECK(same_bits(other, model));
}

TEST_CASE("metadata keep off the names of the model's own") {
  const TemporaryFolder folder;
  const auto model = small_model<float, 4>();
  CHECK_THROWS_AS(save(folder.file("model"), model, {{"schema", ""}}), ArgumentError);
  CHECK_THROWS_AS(save(folder.file("model"), model, {{"state.x", "1"}}), ArgumentError);
  CHECK(folder.count() == 0);
}

TEST_CASE("a model is saved nowhere but where it can be, and a damaged file is not loaded") {
  const TemporaryFolder folder;
  const auto model = small_model<float, 4>();
  CHECK(file_error([&] { save(folder.file("none/model"), model); }).starts_with(folder.file("none/model")));
  CHECK_THROWS_AS(save(folder.path(), model), FileError);
  CHECK_THROWS_AS(save("/dev/full", model), FileError);
  CHECK(load_error(folder.file("missing"), model).find("cannot be opened") != std::string::npos);
  save(folder.file("model"), model);
  Bytes bytes = read_bytes(folder.file("model"));
  bytes.pop_back();
  check_contains(load_error(folder.write("cut", bytes), model), {"tensor 'decoder.1.bias'", "ends there"});
}

#if defined(__unix__)
TEST_CASE("a program that is killed while it saves leaves the old model") {
  const TemporaryFolder folder;
  const std::string path = folder.file("model");
  const auto model = small_model<double, 4>(Bernoulli{}, {.seed = 5});
  save(path, model);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // the system kills it at the 512th byte
    rlimit none = {};
    setrlimit(RLIMIT_CORE, &none);
    const rlimit few = {512, 512};
    setrlimit(RLIMIT_FSIZE, &few);
    signal(SIGXFSZ, SIG_DFL);
    save(path, small_model<double, 4>());
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  auto back = small_model<double, 4>();
  load(path, back);
  CHECK(same_bits(back, model));
  CHECK(folder.count() == 2);  // what was begun lies beside it
  save(path, small_model<double, 4>());
  load(path, back);
  CHECK_FALSE(same_bits(back, model));
}
#endif
