// A tor's last log lines, and which of them tell why it ended.
// Owner: a process, a test network's node. Thread: that of its owner. Bounded.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace perfd::tor {

class LastWords {
 public:
  void add(std::string line);
  // The lines worth quoting, oldest first, without their time: the first errors, else the last
  // warnings that a healthy tor does not have, else the last line. At most three.
  [[nodiscard]] std::vector<std::string> telling() const;
  // The same as one printable text, " / " between them; empty where there is none.
  [[nodiscard]] std::string quoted() const;
  // "; its log says "…"", or `nothing`: the end of a sentence.
  [[nodiscard]] std::string clause(std::string_view nothing) const;

 private:
  std::deque<std::string> lines_;
};

}  // namespace perfd::tor
