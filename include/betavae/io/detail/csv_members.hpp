// SPDX-License-Identifier: MIT
// The members of a record as the columns of a table, without the record's type: what is compiled once for all records.
#pragma once

#include <betavae/io/csv_table.hpp>
#include <betavae/io/csv_writer.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace betavae::detail {

/// Which numbers a cell can hold, by its type: a whole type of so many bytes, or a floating-point one.
struct CsvValue {
  enum class Kind : std::uint8_t { boolean, floating, signed_whole, unsigned_whole };
  Kind kind;
  std::uint8_t bytes;
  bool takes_words;  ///< true, false, yes, no
};

template <class Value>
[[nodiscard]] constexpr CsvValue csv_value() {
  using Kind = CsvValue::Kind;
  if constexpr (std::is_enum_v<Value>) {
    CsvValue value = csv_value<std::underlying_type_t<Value>>();
    value.takes_words = false;
    return value;
  } else {
    constexpr bool is_bool = std::is_same_v<Value, bool>;
    return {is_bool                           ? Kind::boolean
            : std::is_floating_point_v<Value> ? Kind::floating
            : std::is_signed_v<Value>         ? Kind::signed_whole
                                              : Kind::unsigned_whole,
            static_cast<std::uint8_t>(sizeof(Value)), is_bool};
  }
}

/// A member that has columns of its own.
struct CsvMember {
  std::string_view name;
  Index cells;
  CsvValue value;
  bool may_miss;
  const void* field;                                             ///< null for a member beside the values
  std::string_view (*name_of)(const void* field, int category);  ///< null where no category has a name
};

/// How a member is filled. `is_allowed` says whether its field may hold a number, and if not, puts what it may hold into `domain`;
/// it is null where any number will do.
struct CsvInput {
  CsvMember member;
  void (*store)(void* record, Index cell, double x);
  bool (*is_allowed)(const void* field, double x, std::string& domain);
};

/// How a member is read. `load` returns false where the cell is missing.
struct CsvOutput {
  CsvMember member;
  bool (*load)(const void* record, Index cell, double& x);
};

/// Fills the records, one after the other, `size` bytes each. Errors: those of records_from.
BETAVAE_API void fill_records(const CsvTable& table, std::span<const CsvInput> members, void* records,
                              std::size_t size);

/// The columns of records: those of their members, without those that come again.
class BETAVAE_API CsvOutputs {
 public:
  explicit CsvOutputs(std::span<const CsvOutput> members);
  CsvOutputs(const CsvOutputs&) = delete;
  CsvOutputs& operator=(const CsvOutputs&) = delete;
  ~CsvOutputs();

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  void write(CsvLine& line, const void* record) const;

 private:
  std::span<const CsvOutput> members_;
  std::vector<std::string> names_;
  std::vector<bool> is_first_;  ///< of each cell
};

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/detail/csv_members.ipp>
#endif
