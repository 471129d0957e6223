#include "formats/tgen_repeat.h"

#include <charconv>
#include <system_error>

#include "formats/imported.h"

namespace perfd::formats {
namespace {

constexpr std::size_t kTimeAt = 20;      // behind "2019-01-31 11:29:51 "
constexpr std::size_t kBehindTime = 37;  // "1548934191.144294"
constexpr std::string_view kStreamNumbers = " bytes [total-bytes-recv=";
constexpr std::string_view kTransferNumbers = " total-bytes-read=";

// A number and the text that must follow it; takes both away.
std::optional<std::int64_t> take_number(std::string_view& rest, std::string_view then) {
  std::int64_t value = 0;
  auto const [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error != std::errc{} || value < 0) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  if (!rest.starts_with(then)) return std::nullopt;
  rest.remove_prefix(then.size());
  return value;
}

// "10330,total-bytes-send=2167,payload-bytes-recv=10240,payload-bytes-send=0,…]"
std::optional<std::int64_t> stream_payload(std::string_view rest) {
  auto const read = take_number(rest, ",total-bytes-send=");
  auto const written = read ? take_number(rest, ",payload-bytes-recv=") : std::nullopt;
  auto const received = written ? take_number(rest, ",payload-bytes-send=") : std::nullopt;
  if (!received || !take_number(rest, ",") || !rest.ends_with(']')) return std::nullopt;
  // No other word, and no key that stands there twice.
  if (rest.find_first_of(" ]") != rest.size() - 1 || !rest.starts_with("payload-progress-recv="))
    return std::nullopt;
  return received;
}

// "3515 total-bytes-write=52 payload-bytes-read=3486/5242880 (0.07%)"
std::optional<std::int64_t> transfer_payload(std::string_view rest) {
  auto const read = take_number(rest, " total-bytes-write=");
  auto const written = read ? take_number(rest, " payload-bytes-read=") : std::nullopt;
  return written ? take_number(rest, "/") : std::nullopt;
}

}  // namespace

void TgenRepeat::learn(std::string_view text, TgenLine const& line) {
  forget();
  // Of these the payload is what was received, whatever else the line says.
  if (line.upload || line.size <= 0 || line.payload <= 0 || text.size() <= kBehindTime) return;
  auto const at = text.find(kStreamNumbers);
  stream_ = at != std::string_view::npos;
  auto const numbers = stream_ ? at + kStreamNumbers.size() : text.find(kTransferNumbers);
  if (numbers == std::string_view::npos || numbers <= kBehindTime) return;
  auto const end = stream_ ? numbers : numbers + kTransferNumbers.size();
  same_ = text.substr(kBehindTime, end - kBehindTime);
}

std::optional<TgenRepeat::Progress> TgenRepeat::read(std::string_view text) const {
  if (same_.empty() || text.size() <= kBehindTime) return std::nullopt;
  if (!text.substr(kBehindTime).starts_with(same_)) return std::nullopt;
  // "DATE TIME " of ten and eight characters, which may be any, but no tag's beginning.
  auto const local_time = text.substr(0, kTimeAt);
  if (local_time.find(' ') != 10 || local_time.find(' ', 11) != kTimeAt - 1 ||
      local_time.find('[') != std::string_view::npos)
    return std::nullopt;
  auto const at = log_time(text.substr(kTimeAt, kBehindTime - kTimeAt));
  auto const rest = text.substr(kBehindTime + same_.size());
  auto const payload = stream_ ? stream_payload(rest) : transfer_payload(rest);
  if (!at || *at <= WallTime{} || !payload || *payload <= 0) return std::nullopt;
  return Progress{*at, *payload};
}

}  // namespace perfd::formats
