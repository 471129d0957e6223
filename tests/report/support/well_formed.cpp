#include "report/support/well_formed.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

namespace perfd::report {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::string run() {
    constexpr std::string_view kDoctype = "<!DOCTYPE html>";
    if (!text_.starts_with(kDoctype)) return "no doctype";
    at_ = kDoctype.size();
    while (problem_.empty() && at_ < text_.size()) {
      if (text_[at_] == '<')
        tag();
      else
        character();
    }
    if (problem_.empty() && !open_.empty()) problem_ = "not closed: " + open_.back();
    if (problem_.empty() && !seen_) problem_ = "no element";
    return problem_.empty() ? "" : problem_ + " before: " + std::string(text_.substr(at_, 60));
  }

 private:
  void complain(std::string what) {
    if (problem_.empty()) problem_ = std::move(what);
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  std::string name() {
    std::string out;
    while (std::isalnum(static_cast<unsigned char>(peek())) != 0 || peek() == '-')
      out += text_[at_++];
    if (out.empty()) complain("a name is missing");
    return out;
  }
  void spaces() {
    while (peek() == ' ' || peek() == '\n') ++at_;
  }

  void tag() {
    ++at_;
    if (take("/")) {
      auto const closed = name();
      if (open_.empty() || open_.back() != closed) return complain("closes " + closed);
      open_.pop_back();
      if (!take(">")) complain("an end tag does not end");
      return;
    }
    if (seen_ && open_.empty()) return complain("a second root");
    auto const opened = name();
    seen_ = true;
    std::set<std::string> names;
    for (spaces(); problem_.empty() && peek() != '>' && peek() != '/'; spaces()) {
      auto const attribute = name();
      if (!names.insert(attribute).second) return complain("twice: " + attribute);
      if (!take("=\"")) return complain("no quotes: " + attribute);
      auto const begin = at_;
      while (problem_.empty() && at_ < text_.size() && peek() != '"') character();
      auto const value = std::string(text_.substr(begin, at_ - begin));
      if (!take("\"")) return complain("a value does not end");
      if (attribute == "id" && !ids_.insert(value).second) return complain("id twice: " + value);
    }
    if (take("/>")) return;
    if (!take(">")) return complain("a tag does not end");
    open_.push_back(opened);
  }

  void character() {
    auto const c = static_cast<unsigned char>(peek());
    if (c == '<') return complain("'<' in a value");
    if (c == '&') {
      for (std::string_view const entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"})
        if (take(entity)) return;
      return complain("a bare '&'");
    }
    if (c < 0x20 && c != '\n') return complain("a control character");
    std::size_t const more = c < 0x80 ? 0 : c < 0xC2 ? 9 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    for (std::size_t i = 1; i <= more; ++i)
      if (at_ + i >= text_.size() || (static_cast<unsigned char>(text_[at_ + i]) & 0xC0U) != 0x80U)
        return complain("not UTF-8");
    at_ += 1 + more;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string problem_;
  std::vector<std::string> open_;
  std::set<std::string> ids_;
  bool seen_ = false;
};

}  // namespace

std::string what_is_wrong_with(std::string_view page) { return Reader(page).run(); }

}  // namespace perfd::report
