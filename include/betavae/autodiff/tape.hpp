// SPDX-License-Identifier: MIT
// The tape: what was computed, in order, with for each operation how its adjoint flows back.
//
// Reverse mode (Linnainmaa, 1970): for a scalar loss L, the adjoint of every intermediate v is v̄ = ∂L/∂v. Going back through the
// operations, each adds to the adjoints of its inputs: for y = f(x), x̄ += (∂f/∂x)ᵀ ȳ. An operation here works on a whole batch: its
// value is computed at once, what its reverse pass needs is left in the arena, and a callback is put on the tape.
#pragma once

#include <betavae/autodiff/arena.hpp>
#include <betavae/core/errors.hpp>
#include <betavae/core/matrix_view.hpp>
#include <betavae/core/threads.hpp>

#include <algorithm>
#include <cmath>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace betavae {

template <class Scalar>
class BETAVAE_API Tape {
  struct Node {
    const Node* previous;
    const void* closure;
    void (*run)(const void*);
    std::string_view operation;
    MatrixView<Scalar> adjoint;
  };

 public:
  Tape() = default;
  Tape(const Tape&) = delete;  // handles point here
  Tape& operator=(const Tape&) = delete;

  [[nodiscard]] Arena& arena() { return arena_; }

  /// Lets operations share their work among these threads, which must outlive the tape's use; null for none.
  void use_threads(Threads* threads) { threads_ = threads; }
  [[nodiscard]] Threads* threads() const { return threads_; }
  [[nodiscard]] Index thread_count() const { return threads_ != nullptr ? threads_->count() : 1; }

  template <class Task>
  void share(Index tasks, const Task& task) const {
    run_tasks(threads_, tasks, task);
  }

  /// work(first, count) for consecutive parts of [0, size), one a thread, each of at least `least`, which should be some ten thousand
  /// numbers' worth: below that, a thread is not worth waking.
  template <class Work>
  void share_range(Index size, Index least, const Work& work) const {
    run_ranges(threads_, size, least, work);
  }

  /// Announces an adjoint whose memory holds nothing yet: the first operation to reach it in the reverse pass assigns.
  void leave_unwritten(const Scalar* adjoint);
  /// Whether an adjoint was announced and nobody has asked since: then the caller must assign to it, else add.
  [[nodiscard]] bool is_first_to_write(const Scalar* adjoint);

  /// `count` numbers, uninitialised, that live until `clear`.
  [[nodiscard, gnu::noinline]] Scalar* allocate(Index count);

  /// `count` zeros that live until `clear`.
  [[nodiscard, gnu::noinline]] Scalar* allocate_zeros(Index count);

  /// Puts an operation on the tape. Its name is a literal, or a text that outlives the tape's content. `reverse` reads the adjoint of the result and adds to those of the inputs; it must be
  /// trivially destructible (capture handles and pointers by value). Errors, while checking: NotFiniteError names the operation.
  template <class Reverse>
  void record(std::string_view operation, MatrixView<Scalar> value, MatrixView<Scalar> adjoint, Reverse reverse) {
    static_assert(
        std::is_trivially_destructible_v<Reverse>,
        "betavae: a reverse callback lives in the arena and is never destroyed: capture handles and pointers only");
    static_assert(alignof(Reverse) <= cache_line, "betavae: an arena aligns to 64 bytes, and no more");
    auto* const closure = new (arena_.allocate_bytes(sizeof(Reverse))) Reverse(std::move(reverse));
    push(operation, value, adjoint, closure, [](const void* memory) { (*static_cast<const Reverse*>(memory))(); });
  }

  /// Names a value that no operation made (a parameter, a leaf), so that checks can speak of it.
  void record_leaf(std::string_view name, MatrixView<Scalar> value, MatrixView<Scalar> adjoint) {
    push(name, value, adjoint, nullptr, nullptr);
  }

  /// Checks the value of an operation that nothing flows back through.
  [[gnu::noinline]] void check_value(std::string_view operation, MatrixView<Scalar> value) const;

  /// Runs the callbacks from last to first. The adjoint of the loss must have been set by the caller.
  /// Errors, while checking: NotFiniteError names the operation whose reverse pass made the first adjoint that is not finite.
  void reverse();

  /// Forgets all operations and takes their memory back; handles made so far are void.
  void clear();

  /// With checks on, every value and adjoint is looked at as it is made: slow, for finding where a NaN came from.
  void check_finite(bool on) { checking_ = on; }

  /// While it lives, whatever is recorded or allocated is taken back at its end; earlier handles stay valid.
  class Nested {
   public:
    explicit Nested(Tape& tape) : tape_(tape), mark_(tape.arena_.mark()), last_(tape.last_) {}
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;
    ~Nested() {
      tape_.last_ = last_;
      tape_.arena_.rewind(mark_);
    }

   private:
    Tape& tape_;
    Arena::Mark mark_;
    const Node* last_;
  };

  static constexpr Index numbers_worth_a_thread = 1 << 14;

 private:
  [[gnu::noinline]] void push(std::string_view operation, MatrixView<Scalar> value, MatrixView<Scalar> adjoint,
                              const void* closure, void (*run)(const void*));

  [[nodiscard]] static bool is_finite(MatrixView<Scalar> view);

  void check_adjoints(std::string_view operation) const;

  Arena arena_;
  Threads* threads_ = nullptr;
  std::vector<const Scalar*> unwritten_;
  const Node* last_ = nullptr;
  bool checking_ = false;
};

template <class Scalar>
void Tape<Scalar>::leave_unwritten(const Scalar* adjoint) {
  unwritten_.push_back(adjoint);
}

template <class Scalar>
bool Tape<Scalar>::is_first_to_write(const Scalar* adjoint) {
  const auto found = std::find(unwritten_.begin(), unwritten_.end(), adjoint);
  const bool is_first = found != unwritten_.end();
  if (is_first) {
    unwritten_.erase(found);
  }
  return is_first;
}

template <class Scalar>
Scalar* Tape<Scalar>::allocate(Index count) {
  return arena_.allocate<Scalar>(count);
}

template <class Scalar>
Scalar* Tape<Scalar>::allocate_zeros(Index count) {
  Scalar* const zeros = allocate(count);
  std::fill_n(zeros, count, Scalar(0));
  return zeros;
}

template <class Scalar>
void Tape<Scalar>::check_value(std::string_view operation, MatrixView<Scalar> value) const {
  if (checking_ && !is_finite(value)) {
    throw NotFiniteError(detail::format_text("{}: the first value that is not finite is its result", {operation}));
  }
}

template <class Scalar>
void Tape<Scalar>::reverse() {
  for (const Node* node = last_; node != nullptr; node = node->previous) {
    if (node->run != nullptr) {
      node->run(node->closure);
      if (checking_) {
        check_adjoints(node->operation);
      }
    }
  }
}

template <class Scalar>
void Tape<Scalar>::clear() {
  last_ = nullptr;
  unwritten_.clear();
  arena_.clear();
}

template <class Scalar>
void Tape<Scalar>::push(std::string_view operation, MatrixView<Scalar> value, MatrixView<Scalar> adjoint,
                        const void* closure, void (*run)(const void*)) {
  check_value(operation, value);
  last_ = new (arena_.allocate_bytes(sizeof(Node))) Node{last_, closure, run, operation, adjoint};
}

template <class Scalar>
bool Tape<Scalar>::is_finite(MatrixView<Scalar> view) {
  using std::isfinite;
  for (Index column = 0; column < view.columns; ++column) {
    for (Index row = 0; row < view.rows; ++row) {
      if (!isfinite(view.column(column)[row])) {
        return false;
      }
    }
  }
  return true;
}

template <class Scalar>
void Tape<Scalar>::check_adjoints(std::string_view operation) const {
  for (const Node* node = last_; node != nullptr; node = node->previous) {
    if (!is_finite(node->adjoint)) {
      throw NotFiniteError(detail::format_text(
          "{}: its reverse pass made the first gradient that is not finite (of {})", {operation, node->operation}));
    }
  }
}

#if !BETAVAE_HEADER_ONLY
#define BETAVAE_TAPE(Keyword, Scalar)                                                                             \
  Keyword template void Tape<Scalar>::leave_unwritten(const Scalar*);                                             \
  Keyword template bool Tape<Scalar>::is_first_to_write(const Scalar*);                                           \
  Keyword template Scalar* Tape<Scalar>::allocate(Index);                                                         \
  Keyword template Scalar* Tape<Scalar>::allocate_zeros(Index);                                                   \
  Keyword template void Tape<Scalar>::check_value(std::string_view, MatrixView<Scalar>) const;                    \
  Keyword template void Tape<Scalar>::reverse();                                                                  \
  Keyword template void Tape<Scalar>::clear();                                                                    \
  Keyword template void Tape<Scalar>::push(std::string_view, MatrixView<Scalar>, MatrixView<Scalar>, const void*, \
                                           void (*)(const void*));
BETAVAE_INSTANCES(BETAVAE_TAPE)
#endif

}  // namespace betavae
