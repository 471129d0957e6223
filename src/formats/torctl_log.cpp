#include "formats/torctl_log.h"

#include <string>

#include "base/text.h"
#include "formats/imported.h"

namespace perfd::formats {
namespace {

constexpr std::string_view kTorctlStart = "Starting torctl program on host ";
constexpr std::string_view kTorctlVersion = " using Tor version ";

// "2019-01-31 11:29:51 ": digits where they should be. Lines of an event's body have none.
bool has_local_time(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00 00:00:00 ";
  if (text.size() < kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    bool const digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) return false;
  }
  return true;
}

std::string_view word_at(std::string_view text) { return text.substr(0, text.find(' ')); }

}  // namespace

Result<TorctlLine> parse_torctl_line(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  TorctlLine line;
  if (!has_local_time(text)) return line;
  auto const rest = text.substr(20);
  auto const blank = rest.find(' ');
  auto const at = log_time(rest.substr(0, blank));
  if (!at || blank == std::string_view::npos)
    return Error{"no seconds since the epoch after the local time: '" + printable(text, 80) + "'"};
  auto const what = rest.substr(blank + 1);
  if (what.starts_with("650 ")) {
    line.kind = TorctlLine::Kind::event;
    line.at = *at;
    line.reply = what;
    line.event = what.substr(4);
  } else if (what.starts_with(kTorctlStart)) {
    line.kind = TorctlLine::Kind::start;
    line.at = *at;
    line.host = word_at(what.substr(kTorctlStart.size()));
    if (auto const version = what.find(kTorctlVersion); version != std::string_view::npos)
      line.tor_version = word_at(what.substr(version + kTorctlVersion.size()));
  }
  return line;
}

}  // namespace perfd::formats
