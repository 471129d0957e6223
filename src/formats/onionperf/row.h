// One object of an analysis document, flattened: a transfer, a circuit, a tor stream or a guard.
//
// A document may be of any size, an object of it is small. So the parser keeps the values of the
// object that it is in, and gives them to whoever asked for the document; nothing else of it.
// Thread: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
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
    used_ = 0;
    parts_.clear();
  }
  // False if the row would be too large.
  [[nodiscard]] bool add(std::string_view prefix, std::string_view key, Kind kind,
                         std::string_view text, std::uint32_t i, std::uint32_t j) {
    if (parts_.size() >= kMaxFields || used_ + prefix.size() + key.size() + text.size() > kMaxText)
      return false;
    Part part;
    part.kind = kind;
    part.i = i;
    part.j = j;
    // Items of an array share the text of its path.
    bool const shared = key.empty() && !parts_.empty() && path_of(parts_.back()) == prefix;
    if (shared) {
      part.path_begin = parts_.back().path_begin;
      part.path_size = parts_.back().path_size;
    } else {
      part.path_begin = used_;
      part.path_size = static_cast<std::uint32_t>(prefix.size() + key.size());
      append(prefix);
      append(key);
    }
    part.text_begin = used_;
    part.text_size = static_cast<std::uint32_t>(text.size());
    append(text);
    parts_.push_back(part);
    return true;
  }

  [[nodiscard]] std::size_t size() const { return parts_.size(); }
  // Its views end with the next change of the row.
  [[nodiscard]] Field operator[](std::size_t index) const {
    auto const& part = parts_[index];
    return {
        path_of(part), {text_.get() + part.text_begin, part.text_size}, part.kind, part.i, part.j};
  }
  // Where the values of this path begin and end; of an array all that is in it.
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  [[nodiscard]] Range range(std::string_view path) const {
    std::size_t begin = 0;
    while (begin < parts_.size() && path_of(parts_[begin]) != path) ++begin;
    auto end = begin;
    while (end < parts_.size() && parts_[end].path_begin == parts_[begin].path_begin) ++end;
    return {begin, end};
  }
  // The first value of this path that is not null.
  [[nodiscard]] bool find(std::string_view path, Field& out) const {
    for (std::size_t index = 0; index < parts_.size(); ++index) {
      if (path_of(parts_[index]) != path || parts_[index].kind == Kind::null) continue;
      out = (*this)[index];
      return true;
    }
    return false;
  }

 private:
  struct Part {
    std::uint32_t path_begin = 0;
    std::uint32_t path_size = 0;
    std::uint32_t text_begin = 0;
    std::uint32_t text_size = 0;
    std::uint32_t i = 0;
    std::uint32_t j = 0;
    Kind kind = Kind::null;
  };
  [[nodiscard]] std::string_view path_of(Part const& part) const {
    return {text_.get() + part.path_begin, part.path_size};
  }
  void append(std::string_view text) {
    if (text.empty()) return;
    std::memcpy(text_.get() + used_, text.data(), text.size());
    used_ += static_cast<std::uint32_t>(text.size());
  }

  std::unique_ptr<char[]> text_ = std::make_unique<char[]>(kMaxText);
  std::uint32_t used_ = 0;
  std::vector<Part> parts_;
};

}  // namespace perfd::formats::onionperf
