// A node's last log lines, and which of them tell why it ended.
// Thread: that of its owner.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace perfd::testnet {

class LogLines {
 public:
  void add(std::string line);
  // The lines worth quoting, oldest first, without their time: the first errors, else the last
  // warnings that a private network does not always have, else the last line. At most three.
  [[nodiscard]] std::vector<std::string> telling() const;
  // The same as one text in quotes, " / " between them; empty where there is none.
  [[nodiscard]] std::string quoted() const;

 private:
  std::deque<std::string> lines_;  // the last hundred
};

}  // namespace perfd::testnet
