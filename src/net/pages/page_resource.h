// One thing that a browser can fetch: what it is, how long, and how its body comes to be.
//
// The body has that length exactly, whatever the load's token is: links carry the token
// (`?load=TOKEN`), and a filler in a comment gets shorter by what they grow.
// Internal to net. Thread: one; a body is made once, when it is first asked for.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace perfd::net {

enum class PageKind { html, style, script, image, font, data, media };

struct PageSpec {
  std::string_view path;  // "/page/median/style1.css"
  PageKind kind = PageKind::html;
  std::size_t size = 0;  // bytes
  // The text in front of the filler, with kLoadPlace behind every link; null where it is all
  // filler.
  std::string (*text)() = nullptr;
};

// Where a link's query goes.
inline constexpr char kLoadPlace = '\x01';

// "text/css; charset=utf-8"
[[nodiscard]] std::string_view content_type(PageKind kind);

class PageResource {
 public:
  static constexpr std::size_t kMaxToken = 64;  // bytes

  explicit PageResource(PageSpec const& spec) : spec_(&spec) {}
  [[nodiscard]] PageSpec const& spec() const { return *spec_; }

  // The body in pieces, of which the views are valid as long as this object.
  struct Body {
    std::string front;
    std::span<const std::byte> filler;
    std::string_view back;
  };
  // `token` goes into links as it is: letters, digits, '-', '_' and '.'; empty: links have no
  // query.
  [[nodiscard]] Body body(std::string_view token);

 private:
  void make();

  PageSpec const* spec_;
  bool made_ = false;
  std::vector<std::string> front_;  // between links' queries
  std::string filler_;
  std::string_view back_;
};

}  // namespace perfd::net
