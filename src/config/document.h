// A TOML text as a tree of nodes with their places; toml++ stays behind this header.
//
// Internal to config. Parsing goes on after an error where that is safe, so that one
// look shows all problems of a file: see parse_document.
// Thread: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace perfd::config {

struct Place {
  int file = -1;  // index of the source; -1 is no place
  unsigned line = 0;
  unsigned column = 0;

  friend auto operator<=>(Place const&, Place const&) = default;
};

struct Entry;

struct Node {
  enum class Type : std::uint8_t { string, integer, number, boolean, moment, list, table };

  Type type = Type::table;
  Place place;
  std::string text;  // string
  std::int64_t integer = 0;
  bool boolean = false;
  std::vector<Node> items;     // list
  std::vector<Entry> entries;  // table, in the order of their places
};

struct Entry {
  std::string key;
  Place place;  // of the key
  Node value;
};

// "a string", "an integer", … for messages.
[[nodiscard]] std::string_view describe(Node::Type type);

struct Problem {
  Place place;
  std::string message;
};

struct Document {
  Node root;
  std::vector<Problem> problems;  // in the order of their places
};

// Reads `text`, which is source number `file`. A statement that is wrong and stands on
// one line is reported and left out, and reading goes on; anything else ends the
// reading, and the document is then empty. A section that is given twice is left out.
[[nodiscard]] Document parse_document(std::string_view text, int file);

}  // namespace perfd::config
