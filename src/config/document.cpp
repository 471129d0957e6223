#include "config/document.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace perfd::config {
namespace {

// toml++ 3.3 bounds the nesting of values but not of dotted keys, and a chain of
// some ten thousand overflows the stack when the tree is destroyed.
constexpr int kMaxDots = 16;
// Each round parses the file anew; after so many errors a person has seen enough.
constexpr int kMaxRounds = 20;
constexpr std::size_t kMaxRecoverableBytes = 64 * 1024;

// Walks over TOML outside of strings and comments, as far as needed to count brackets and dots.
class Outside {
 public:
  explicit Outside(std::string_view text) : text_(text) {}

  // The next character outside of strings and comments, or nothing at the end.
  std::optional<char> next() {
    while (at_ < text_.size()) {
      char const c = text_[at_++];
      if (c == '#') {
        skip_to("\n");
      } else if (c == '"' || c == '\'') {
        skip_string(c);
      } else {
        return c;
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool multi_line() const { return multi_line_; }

 private:
  void skip_to(std::string_view end) { at_ = std::min(text_.find(end, at_), text_.size()); }
  void skip_string(char quote) {
    std::string const triple(3, quote);
    bool const multi = text_.substr(at_ - 1, 3) == triple;
    if (multi) {
      multi_line_ = true;
      at_ += 2;
    }
    for (; at_ < text_.size(); ++at_) {
      char const c = text_[at_];
      if (c == '\\' && quote == '"') {
        ++at_;
      } else if (!multi && c == '\n') {
        return;
      } else if (c == quote && (!multi || text_.substr(at_, 3) == triple)) {
        at_ += multi ? 3 : 1;
        return;
      }
    }
    at_ = std::min(at_, text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool multi_line_ = false;
};

std::optional<Problem> too_deep(std::string_view text, int file) {
  Outside outside(text);
  int dots = 0;
  while (auto const c = outside.next()) {
    if (*c == '\n' || *c == '=' || *c == ',' || *c == '[' || *c == '{') dots = 0;
    if (*c != '.' || ++dots <= kMaxDots) continue;
    auto const before = text.substr(0, outside.at());
    auto const line = std::count(before.begin(), before.end(), '\n');
    return Problem{{file, static_cast<unsigned>(line) + 1, 1},
                   "a key of more than " + std::to_string(kMaxDots) + " parts"};
  }
  return std::nullopt;
}

struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;  // of the newline, or of the text
};

std::optional<Line> find_line(std::string_view text, unsigned number) {
  std::size_t begin = 0;
  for (unsigned i = 1; i < number; ++i) {
    begin = text.find('\n', begin);
    if (begin == std::string_view::npos) return std::nullopt;
    ++begin;
  }
  return Line{begin, std::min(text.find('\n', begin), text.size())};
}

// Whether the text is a statement, or several, with nothing open at its end.
bool closed(std::string_view line) {
  Outside outside(line);
  int depth = 0;
  while (auto const c = outside.next()) {
    if (*c == '[' || *c == '{') ++depth;
    if (*c == ']' || *c == '}') --depth;
    if (depth < 0) return false;
  }
  return depth == 0 && !outside.multi_line();
}

bool is_twice(std::string_view description) {
  return description.find("cannot redefine existing") != std::string_view::npos;
}

// toml++'s words where they help, ours where people stumble most.
std::string message_for(std::string_view description, std::string_view line) {
  if (is_twice(description)) {
    auto const open = description.find('\'');
    auto const name = description.substr(open + 1, description.rfind('\'') - open - 1);
    return (open == std::string_view::npos ? "this" : printable(name, 80)) +
           " is given twice in this file";
  }
  constexpr std::string_view kPrefix = "Error while parsing ";
  if (description.starts_with(kPrefix)) description.remove_prefix(kPrefix.size());
  std::string message = "not valid TOML: ";
  for (char const c : description) {
    if (c == '\n')
      message += "end of line";
    else if (static_cast<unsigned char>(c) >= 0x20)
      message += c;
  }
  auto const equals = line.find('=');
  auto const value = equals == std::string_view::npos ? "" : trim(line.substr(equals + 1));
  if (!value.empty() && value[0] != '"' && value[0] != '\'' && value[0] != '[' && value[0] != '{')
    message += "; if the value is text, put it in quotes";
  return message;
}

Place place_of(toml::source_region const& region, int file) {
  return {file, static_cast<unsigned>(region.begin.line),
          static_cast<unsigned>(region.begin.column)};
}

Node convert(toml::node const& node, int file);

Node convert_table(toml::table const& table, int file) {
  Node out;
  for (auto const& [key, value] : table)
    out.entries.push_back(
        {std::string(key.str()), place_of(key.source(), file), convert(value, file)});
  // toml++ sorts by name; people read from top to bottom.
  std::stable_sort(out.entries.begin(), out.entries.end(),
                   [](Entry const& a, Entry const& b) { return a.place < b.place; });
  return out;
}

Node convert(toml::node const& node, int file) {
  Node out;
  if (auto const* table = node.as_table()) {
    out = convert_table(*table, file);
  } else if (auto const* array = node.as_array()) {
    out.type = Node::Type::list;
    for (auto const& item : *array) out.items.push_back(convert(item, file));
  } else if (auto const* text = node.as_string()) {
    out.type = Node::Type::string;
    out.text = text->get();
  } else if (auto const* integer = node.as_integer()) {
    out.type = Node::Type::integer;
    out.integer = integer->get();
  } else if (auto const* boolean = node.as_boolean()) {
    out.type = Node::Type::boolean;
    out.boolean = boolean->get();
  } else {
    out.type = node.is_floating_point() ? Node::Type::number : Node::Type::moment;
  }
  out.place = place_of(node.source(), file);
  return out;
}

// The name that a section's second copy gets, so that its keys don't mix with the first's.
std::string set_aside_name(int round) { return "\\u0000" + std::to_string(round); }
bool is_set_aside(Entry const& entry) { return !entry.key.empty() && entry.key[0] == '\0'; }

// Takes the wrong line out of `text`, if what follows can be understood without it.
bool take_out(std::string& text, unsigned line_number, bool twice, int round) {
  if (text.size() > kMaxRecoverableBytes) return false;
  auto const line = find_line(text, line_number);
  if (!line || line->begin == line->end) return false;
  auto const view = std::string_view(text);
  // The statement has to begin on this line and to end on it.
  if (!toml::parse(view.substr(0, line->begin))) return false;
  auto const content = view.substr(line->begin, line->end - line->begin);
  if (!closed(content)) return false;
  auto const length = line->end - line->begin;
  if (twice && trim(content).starts_with('['))
    text.replace(line->begin, length, "[\"" + set_aside_name(round) + "\"]");
  else
    text.replace(line->begin, length, std::string(length, '#'));
  return true;
}

}  // namespace

std::string_view describe(Node::Type type) {
  switch (type) {
    case Node::Type::string:
      return "a string";
    case Node::Type::integer:
      return "an integer";
    case Node::Type::number:
      return "a decimal number";
    case Node::Type::boolean:
      return "a boolean";
    case Node::Type::moment:
      return "a date or time";
    case Node::Type::list:
      return "a list";
    case Node::Type::table:
      return "a table";
  }
  return "";
}

Document parse_document(std::string_view text, int file) {
  Document document;
  document.root.place = {file, 0, 0};
  if (auto problem = too_deep(text, file)) {
    document.problems.push_back(std::move(*problem));
    return document;
  }
  std::string work(text);
  for (int round = 0; round < kMaxRounds; ++round) {
    auto const result = toml::parse(std::string_view(work));
    if (result) {
      document.root = convert_table(result.table(), file);
      document.root.place = {file, 0, 0};
      std::erase_if(document.root.entries, is_set_aside);
      return document;
    }
    auto const& error = result.error();
    Problem problem{place_of(error.source(), file), {}};
    auto const line = find_line(work, problem.place.line);
    auto const content = line ? std::string_view(work).substr(line->begin, line->end - line->begin)
                              : std::string_view{};
    problem.message = message_for(error.description(), content);
    bool const twice = is_twice(error.description());
    // For these toml++ names the place after the statement.
    if (twice) problem.place.column = static_cast<unsigned>(content.find_first_not_of(" \t") + 1);
    auto const number = problem.place.line;
    document.problems.push_back(std::move(problem));
    if (!take_out(work, number, twice, round)) break;
  }
  return document;
}

}  // namespace perfd::config
