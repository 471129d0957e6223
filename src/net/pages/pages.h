// The web pages that the measurement server has built in, for measuring what a browser makes of a
// circuit:
//
//   /page/plain    a document, a style and an image: 3 requests, 32 KiB
//   /page/median   the median web page: 78 requests, 2862 KiB, dependencies up to 7 deep
//   /page/form     ?size=BYTES: sends so many random bytes to /page/form/sink (form.cpp)
//
// What they are modelled on is in docs/measurement.md. They are the same for every perfd of
// a version, name no other host, and let nothing be cached.
// Internal to net. Thread: the serving loop's.
#pragma once

#include <map>
#include <span>
#include <string_view>

#include "net/pages/page_resource.h"

namespace perfd::net {

inline constexpr std::string_view kFormPage = "/page/form";
inline constexpr std::string_view kFormSink = "/page/form/sink";

[[nodiscard]] std::span<PageSpec const> plain_page();   // the document first
[[nodiscard]] std::span<PageSpec const> median_page();  // the document first
[[nodiscard]] std::span<PageSpec const> form_page();

// The value of a query's parameter; empty where it has none. `load` is the token of one load of a
// page: the measurement's id, where perfd asks.
inline constexpr std::string_view kLoadParameter = "load";
[[nodiscard]] std::string_view page_parameter(std::string_view query, std::string_view name);

class Pages {
 public:
  Pages();
  // Null where nothing has that path.
  [[nodiscard]] PageResource* find(std::string_view path);

 private:
  std::map<std::string_view, PageResource> resources_;
};

}  // namespace perfd::net
