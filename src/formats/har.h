// HAR 1.2, the HTTP Archive format: page loads as browsers' developer tools and HAR viewers read
// them (http://www.softwareishard.com/blog/har-12-spec/).
//
// What HAR has no place for stands in fields whose names begin with "_", as it allows: `_tor` has
// the streams and circuits.
// Thread: a value; pure.
#pragma once

#include <string>
#include <string_view>

#include "model/measurement.h"

namespace perfd::formats {

// One document of any number of loads. Entries come first and pages last, since entries are many
// and need not be kept until the end; to JSON the order is the same.
class HarWriter {
 public:
  explicit HarWriter(std::string perfd_version) : version_(std::move(perfd_version)) {}

  // Appends what is to be written next. Measurements without a page add nothing.
  void begin(std::string& out);
  void add(std::string& out, model::Measurement const& measurement);
  void end(std::string& out);

 private:
  std::string version_;
  std::string pages_;    // JSON objects, comma between
  std::string browser_;  // of the last load
  bool entries_ = false;
};

// A document of one load; an empty archive for a measurement without a page.
[[nodiscard]] std::string to_har(model::Measurement const& measurement);

}  // namespace perfd::formats
