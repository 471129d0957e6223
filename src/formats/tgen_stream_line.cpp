// The fields of a stream, as TGen 1.x writes them: four lists of KEY=VALUE in brackets,
//   transport [fd,local,proxy,remote,state,error]
//   stream [id,vertexid,name,peername,sendsize,recvsize,sendstate,recvstate,error]
//   bytes [total-bytes-recv,…,payload-bytes-recv,payload-bytes-send,…]
// and at its end times [created-ts,usecs-to-…,now-ts], in µs of the monotonic clock.
#include "base/text.h"
#include "formats/tgen_line.h"

namespace perfd::formats {
namespace {

// Keys are looked for in their order in the line: in a line as TGen writes it each search begins
// where the one before ended. Another order is taken, too.
class TaggedList {
 public:
  explicit TaggedList(std::string_view word) {
    good_ = word.size() >= 2 && word.starts_with('[') && word.ends_with(']');
    if (good_) rest_ = whole_ = word.substr(1, word.size() - 2);
  }
  [[nodiscard]] bool good() const { return good_; }

  [[nodiscard]] std::optional<std::string_view> text(std::string_view key) {
    auto value = look(rest_, key);
    return value ? value : look(whole_, key);
  }
  // None where it is missing, below `least` or no number.
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view key, std::int64_t least = 0) {
    auto const value = text(key);
    if (!value) return std::nullopt;
    auto const number = parse_int<std::int64_t>(*value);
    return number && *number >= least ? number : std::nullopt;
  }

 private:
  std::optional<std::string_view> look(std::string_view from, std::string_view key) {
    while (!from.empty()) {
      auto const end = from.find(',');
      auto const pair = from.substr(0, end);
      from.remove_prefix(end == std::string_view::npos ? from.size() : end + 1);
      if (pair.size() > key.size() && pair[key.size()] == '=' && pair.starts_with(key)) {
        rest_ = from;
        return pair.substr(key.size() + 1);
      }
    }
    return std::nullopt;
  }

  bool good_ = false;
  std::string_view whole_;
  std::string_view rest_;
};

// Of the payload's steps the direction is put behind.
constexpr std::array<std::string_view, 8> kStepsBeforePayload = {
    "usecs-to-socket-create", "usecs-to-socket-connect", "usecs-to-proxy-init",
    "usecs-to-proxy-choice",  "usecs-to-proxy-request",  "usecs-to-proxy-response",
    "usecs-to-command",       "usecs-to-response"};
constexpr std::array<std::string_view, 3> kStepsReceived = {
    "usecs-to-first-byte-recv", "usecs-to-last-byte-recv", "usecs-to-checksum-recv"};
constexpr std::array<std::string_view, 3> kStepsSent = {
    "usecs-to-first-byte-send", "usecs-to-last-byte-send", "usecs-to-checksum-send"};

bool read_transport_list(TaggedList list, TgenLine& line) {
  if (!list.good()) return false;
  auto const local = list.text("local");
  line.proxy = list.text("proxy").value_or("");
  auto const remote = list.text("remote");
  line.transport_error = list.text("error").value_or("");
  if (!local || !remote) return false;
  line.local = *local;
  line.remote = *remote;
  return true;
}

bool read_stream_list(TaggedList list, TgenLine& line, std::int64_t& send_size) {
  if (!list.good()) return false;
  auto const id = list.text("id");
  // The name that TGen gives to streams which others opened.
  line.commander = !list.text("vertexid").value_or("").starts_with("passive-stream");
  auto const name = list.text("name");
  line.peer_name = list.text("peername").value_or("");
  auto const to_send = list.number("sendsize");
  auto const to_receive = list.number("recvsize");
  auto const error = list.text("error");
  if (!id || !name || name->empty() || !to_send || !to_receive || !error) return false;
  line.id = *id;
  line.name = *name;
  line.error = *error;
  send_size = *to_send;
  line.size = *to_receive;
  return true;
}

bool read_times(TaggedList list, TgenLine& line) {
  if (!list.good()) return false;
  auto const created = list.number("created-ts");
  std::size_t i = 0;
  auto const add = [&](std::string_view key) {
    line.steps[i++] = list.number(key, -1).value_or(-2);
    return line.steps[i - 1] != -2;
  };
  for (auto const key : kStepsBeforePayload)
    if (!add(key)) return false;
  for (auto const key : line.upload ? kStepsSent : kStepsReceived)
    if (!add(key)) return false;
  auto const now = list.number("now-ts");
  if (!created || !now || *now < *created) return false;
  line.lasted = *now - *created;
  return true;
}

}  // namespace

std::string_view read_stream_fields(std::string_view rest, TgenLine& line) {
  if (take_word(rest) != "transport" || !read_transport_list(TaggedList(take_word(rest)), line))
    return "no transport [fd=…,local=…,remote=…]";
  std::int64_t send_size = 0;
  if (take_word(rest) != "stream" ||
      !read_stream_list(TaggedList(take_word(rest)), line, send_size))
    return "no stream [id=…,name=…,sendsize=…,recvsize=…,error=…]";
  bool const named = take_word(rest) == "bytes";
  TaggedList bytes(take_word(rest));
  auto const read = bytes.number("total-bytes-recv");
  auto const written = bytes.number("total-bytes-send");
  auto const received = bytes.number("payload-bytes-recv");
  auto const sent = bytes.number("payload-bytes-send");
  if (!named || !bytes.good() || !read || !written || !received || !sent)
    return "no bytes [total-bytes-recv=…,payload-bytes-recv=…]";
  line.read = *read;
  line.written = *written;
  set_direction(line, send_size, *received, *sent);
  if (line.event == TgenLine::Event::status) return {};
  if (take_word(rest) != "times" || !read_times(TaggedList(take_word(rest)), line))
    return "no times [created-ts=…,usecs-to-…=…,now-ts=…]";
  return {};
}

}  // namespace perfd::formats
