// Reads a control log as OnionPerf's writes it: "date time seconds line" for each reply
// line, data lines bare, and remarks of its own between them.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/time_text.h"
#include "wire/torctl/reply.h"

namespace perfd::test {

struct LoggedReply {
  WallTime at{};
  wire::torctl::Reply reply;
};

inline std::vector<LoggedReply> read_control_log(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("no such file: " + path);
  std::vector<LoggedReply> out;
  wire::torctl::ReplyReader reader;
  WallTime at{};
  for (std::string line; std::getline(file, line);) {
    std::string_view wire_line = line;
    bool const stamped = line.size() > 34 && line.starts_with("20") && line[4] == '-';
    if (stamped) {
      auto const parts = split(line, ' ');
      at = WallTime{parse_seconds(parts[2]).value()};
      wire_line.remove_prefix(parts[0].size() + parts[1].size() + parts[2].size() + 3);
      if (!wire_line.starts_with("650")) continue;  // a remark of OnionPerf's
    }
    reader.feed(std::string(wire_line) + "\n").value();
    while (auto reply = reader.next()) out.push_back({at, std::move(*reply)});
  }
  return out;
}

}  // namespace perfd::test
