// One object of an analysis document, flattened: a transfer, a circuit, a tor stream or a guard.
//
// A document may be of any size, an object of it is small. So the parser keeps the values of the
// object that it is in, and gives them to whoever asked for the document; nothing else of it.
// Thread: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace perfd::formats::onionperf {

// Whose objects a document holds.
enum class Section : std::uint8_t { transfers, streams, circuits, tor_streams, guards, filters };

enum class Kind : std::uint8_t { object, array, string, number, boolean, null };
[[nodiscard]] std::string_view name(Kind kind);

// A value, or that an object or array begins. Items of an array have the array's path; `i` and `j`
// count them in the outer and the inner one.
struct Field {
  std::string_view path;  // keys below the row's, joined by '/': "time_info/created-ts"
  std::string_view text;  // of a string decoded, of a number as it stands there
  Kind kind = Kind::null;
  std::uint32_t i = 0;
  std::uint32_t j = 0;
};

class Row {
 public:
  static constexpr std::size_t kMaxFields = 8192;
  static constexpr std::size_t kMaxText = std::size_t{256} << 10U;

  void clear() {
    text_.clear();
    parts_.clear();
  }
  // False if the row would be too large.
  [[nodiscard]] bool add(std::string_view prefix, std::string_view key, Kind kind,
                         std::string_view text, std::uint32_t i, std::uint32_t j) {
    if (parts_.size() >= kMaxFields ||
        text_.size() + prefix.size() + key.size() + text.size() > kMaxText)
      return false;
    Part part{text_.size(), prefix.size() + key.size(), text.size(), kind, i, j};
    text_ += prefix;
    text_ += key;
    text_ += text;
    parts_.push_back(part);
    return true;
  }

  [[nodiscard]] std::size_t size() const { return parts_.size(); }
  // Its views end with the next change of the row.
  [[nodiscard]] Field operator[](std::size_t index) const {
    auto const& part = parts_[index];
    std::string_view const all(text_);
    return {all.substr(part.begin, part.path), all.substr(part.begin + part.path, part.text),
            part.kind, part.i, part.j};
  }
  // The first value of this path that is not null.
  [[nodiscard]] bool find(std::string_view path, Field& out) const {
    for (std::size_t index = 0; index < parts_.size(); ++index) {
      if (parts_[index].path != path.size()) continue;
      auto const field = (*this)[index];
      if (field.path != path || field.kind == Kind::null) continue;
      out = field;
      return true;
    }
    return false;
  }

 private:
  struct Part {
    std::size_t begin = 0;
    std::size_t path = 0;
    std::size_t text = 0;
    Kind kind = Kind::null;
    std::uint32_t i = 0;
    std::uint32_t j = 0;
  };
  std::string text_;
  std::vector<Part> parts_;
};

}  // namespace perfd::formats::onionperf
