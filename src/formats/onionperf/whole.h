// A document that is in memory as a whole: read many times faster than in pieces, and rows that may
// not be needed are found without being read.
//
// It gives what Document gives, or gives up: where anything is unusual, and where anything is
// wrong, Document says what. Source: as document.h. Thread: of its owner. Input is untrusted; the
// caller bounds its size.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "formats/onionperf/document.h"

namespace perfd::formats::onionperf {

class WholeDocument {
 public:
  WholeDocument() = default;
  WholeDocument(WholeDocument const&) = delete;
  WholeDocument& operator=(WholeDocument const&) = delete;

  // Sections of which rows.waits() says so come through later(). False: rows may have got a part of
  // it, Document is to begin anew. The text gets what simdjson needs behind it, and must stay as
  // it is while rows that wait are read.
  [[nodiscard]] bool read(std::string& text, Rows& rows);
  // A row that later() gave the text of; nullptr if it is broken. Valid until the next call.
  [[nodiscard]] Row const* read_row(std::string_view json);

 private:
  using Object = simdjson::ondemand::object;
  using Value = simdjson::ondemand::value;

  bool read_root(Object root, Rows& rows);
  bool read_source(Object source, Rows& rows);
  bool read_rows(Object rows_of, Section section, Rows& rows);
  bool read_list(simdjson::ondemand::array list, Section section, Rows& rows);

  simdjson::ondemand::parser parser_;
  simdjson::ondemand::parser row_parser_;  // of rows that waited
  Row row_;
};

}  // namespace perfd::formats::onionperf
