#include "tor/last_words.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace perfd::tor {
namespace {

constexpr std::size_t kKept = 100;
constexpr std::size_t kQuoted = 3;

// What healthy tors warn of, those of a private network above all, and what only points to
// the lines before it.
constexpr std::array<std::string_view, 13> kUsual = {
    "TestingTorNetwork is set",
    "You have used DirAuthority",
    "You are running Tor as root",
    "Cannot open fingerprint file",
    "sr-state",
    "SR: Unable",
    "Received http status code 404",
    "We just marked ourself as down",
    "Unable to parse '' as",
    "Fixing permissions on directory",
    "Your log may contain sensitive information",
    "No AF_INET",
    "Reading config failed",
};

// "Nov 24 04:02:36.440 [warn] text" without its time; other lines as they are.
std::string_view without_time(std::string_view line) {
  auto const bracket = line.find('[');
  return bracket != std::string_view::npos && bracket <= 24 ? line.substr(bracket) : line;
}

bool is_usual(std::string_view line) {
  return std::ranges::any_of(kUsual, [&](auto text) { return line.find(text) != line.npos; });
}

}  // namespace

void LastWords::add(std::string line) {
  if (trim(line).empty()) return;
  lines_.push_back(std::move(line));
  if (lines_.size() > kKept) lines_.pop_front();
}

std::vector<std::string> LastWords::telling() const {
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  for (auto const& line : lines_) {
    auto const text = without_time(line);
    if (is_usual(text)) continue;
    if (text.starts_with("[err]")) errors.emplace_back(text);
    if (text.starts_with("[warn]")) warnings.emplace_back(text);
  }
  if (!errors.empty()) {
    // The first error is the cause, later ones are its backtrace.
    if (errors.size() > kQuoted) errors.resize(kQuoted);
    return errors;
  }
  if (!warnings.empty()) {
    if (warnings.size() > kQuoted) warnings.erase(warnings.begin(), warnings.end() - kQuoted);
    return warnings;
  }
  if (lines_.empty()) return {};
  return {std::string(without_time(lines_.back()))};
}

std::string LastWords::quoted() const {
  std::string out;
  for (auto const& line : telling()) out += (out.empty() ? "" : " / ") + printable(line, 300);
  return out;
}

std::string LastWords::clause(std::string_view nothing) const {
  auto const words = quoted();
  return words.empty() ? std::string(nothing) : "; its log says \"" + words + "\"";
}

}  // namespace perfd::tor
