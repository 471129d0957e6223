#include "net/pages/page_resource.h"

#include <stdexcept>

#include "base/text.h"
#include "net/pages/font.h"
#include "net/pages/noise.h"
#include "net/pages/png.h"

namespace perfd::net {
namespace {

constexpr std::string_view kQuery = "?load=";

struct Around {
  std::string_view before;
  std::string_view after;
};

// What makes the filler a comment, or a string.
Around around(PageKind kind) {
  switch (kind) {
    case PageKind::html:
      return {"<!--\n", "-->\n"};
    case PageKind::style:
    case PageKind::script:
      return {"/*\n", "*/\n"};
    case PageKind::data:
      return {"{\"data\":\"", "\"}\n"};
    default:
      return {};
  }
}

}  // namespace

std::string_view content_type(PageKind kind) {
  switch (kind) {
    case PageKind::html:
      return "text/html; charset=utf-8";
    case PageKind::style:
      return "text/css; charset=utf-8";
    case PageKind::script:
      return "text/javascript; charset=utf-8";
    case PageKind::image:
      return "image/png";
    case PageKind::font:
      return "font/ttf";
    case PageKind::data:
      return "application/json; charset=utf-8";
    case PageKind::media:
      break;
  }
  return "application/octet-stream";
}

void PageResource::make() {
  made_ = true;
  auto const& [path, kind, size, text] = *spec_;
  if (kind == PageKind::image) {
    filler_ = make_png(size, path);
    return;
  }
  if (kind == PageKind::font) {
    filler_ = make_font(size, path);
    return;
  }
  auto const [before, after] = around(kind);
  auto front = (text == nullptr ? std::string() : text()) + std::string(before);
  back_ = after;
  std::size_t length = after.size();
  for (auto const part : split(front, kLoadPlace)) {
    front_.emplace_back(part);
    length += part.size();
  }
  if (length + (front_.size() - 1) * (kQuery.size() + kMaxToken) > size)
    throw std::logic_error("the text of " + std::string(path) + " is longer than its size");
  Noise noise(path);
  filler_ = kind == PageKind::media ? noise.bytes(size) : noise.letters(size - length);
  // JSON has no line ends in strings.
  if (kind == PageKind::data)
    for (auto& c : filler_)
      if (c == '\n') c = ' ';
}

PageResource::Body PageResource::body(std::string_view token) {
  if (!made_) make();
  Body out;
  std::size_t grown = 0;
  for (std::size_t i = 0; i < front_.size(); ++i) {
    if (i > 0 && !token.empty()) {
      out.front += kQuery;
      out.front += token;
      grown += kQuery.size() + token.size();
    }
    out.front += front_[i];
  }
  out.filler = std::as_bytes(std::span(filler_)).first(filler_.size() - grown);
  out.back = back_;
  return out;
}

}  // namespace perfd::net
