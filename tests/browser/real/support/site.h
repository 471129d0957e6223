// A small web site on loopback, each of its pages with one property that a page load must tell.
// Thread: the loop's.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/support/peer.h"

namespace perfd::browser::test {

// Pages: / (everything in one), /plain, /endless (a picture that never comes), /silent (no answer),
// /close (ends the connection instead), /busy (a script that never ends), /alert (asks something),
// /moved (leads to what is not there).
class Site {
 public:
  explicit Site(runtime::Loop& loop);
  [[nodiscard]] std::string url(std::string_view path) const;
  [[nodiscard]] std::uint16_t port() const { return peer_.address().port(); }
  // Called when `path` is asked for.
  void on_asked(std::string path, std::function<void()> handler) {
    handlers_[std::move(path)] = std::move(handler);
  }
  // Paths in the order in which they were asked for; cleared by taking them.
  [[nodiscard]] std::vector<std::string> take_asked() { return std::exchange(asked_, {}); }

 private:
  runtime::Task<> serve(runtime::StreamSocket client);

  std::vector<std::string> asked_;
  std::map<std::string, std::function<void()>> handlers_;
  net::test::Peer peer_;
};

inline constexpr std::size_t kPosted = 20'000;  // bytes that the script of / posts to /data.json
inline constexpr Nanos kSlowScript = std::chrono::milliseconds{150};  // until /slow.js is answered

}  // namespace perfd::browser::test
