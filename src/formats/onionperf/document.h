// The analysis document as a run of rows: a parser that remembers the object that it is in.
//
// Source: the documents that OnionPerf wrote from 2019 to 2022. Thread: of its owner. Input is
// untrusted: depth, lengths, counts and the whole size are bounded. Text that is not JSON and
// values of a wrong kind on the way to the rows are errors; unknown keys are passed over.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "formats/onionperf/row.h"

namespace perfd::formats::onionperf {

inline constexpr std::size_t kMaxDocument = std::size_t{512} << 20U;
inline constexpr std::size_t kMaxDepth = 16;
inline constexpr std::size_t kMaxName = 4096;  // of a key or a string

// What is wrong with a part of the document, and of rows where in it ("time_info/created-ts").
struct RowProblem {
  std::string where;
  std::string what;
  [[nodiscard]] bool none() const { return what.empty(); }
};

// Who takes the document. Views end with the call.
class Rows {
 public:
  virtual ~Rows() = default;
  virtual RowProblem type(std::string_view text) = 0;
  virtual RowProblem version(std::string_view text) = 0;
  virtual RowProblem source(std::string_view name) = 0;  // the rows that follow are of it
  virtual RowProblem address(std::string_view text) = 0;
  // `section` is there, with or without rows.
  virtual RowProblem begin(Section section) = 0;
  virtual RowProblem row(Section section, std::string_view key, Row const& row) = 0;
  // Whether the rows of this section may be given as text to later(), and read when it is known
  // which of them are needed. Only a WholeDocument can do that; its text stays until its end.
  virtual bool waits(Section section) {
    static_cast<void>(section);
    return false;
  }
  virtual RowProblem later(Section section, std::string_view key, std::string_view json) {
    static_cast<void>(section), static_cast<void>(key), static_cast<void>(json);
    return {};
  }
  virtual RowProblem end_source() = 0;
  // Whether reading goes on in spite of what these said was wrong.
  virtual bool tolerates(std::string const& problem) {
    static_cast<void>(problem);
    return false;
  }
};

class Document {
 public:
  explicit Document(Rows& rows);
  ~Document();
  Document(Document const&) = delete;
  Document& operator=(Document const&) = delete;

  // After an error the document is over, and the same error comes again.
  [[nodiscard]] Result<void> feed(std::string_view chunk);
  // At the end of the text.
  [[nodiscard]] Result<void> finish();

 private:
  struct Parser;
  [[nodiscard]] Error error_at(std::string const& reason);

  std::unique_ptr<Parser> parser_;
  std::size_t bytes_ = 0;
  std::string failure_;
};

}  // namespace perfd::formats::onionperf
