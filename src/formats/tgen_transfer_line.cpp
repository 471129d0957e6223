// The fields of a transfer, as TGen before 1.0 writes them:
//   transport TCP,FD,LOCAL,PROXY,REMOTE,state=S,error=E
//   transfer ID,COUNT,NAME,GET|PUT,SIZE,PEER,PEER_COUNT,state=S,error=E
//   total-bytes-read=N total-bytes-write=N payload-bytes-read=N/SIZE (P%)
// and at its end usecs-to-STEP=N for each step, in the order of TgenStep.
#include "base/text.h"
#include "formats/tgen_line.h"

namespace perfd::formats {
namespace {

std::string_view take_item(std::string_view& rest) {
  auto const end = rest.find(',');
  auto const item = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return item;
}

// The number of "key=NUMBER"; none below `least`.
std::optional<std::int64_t> number_of(std::string_view pair, std::string_view key,
                                      std::int64_t least = 0) {
  if (!pair.starts_with(key)) return std::nullopt;
  auto const value = parse_int<std::int64_t>(pair.substr(key.size()));
  return value && *value >= least ? value : std::nullopt;
}

constexpr std::array<std::string_view, kTgenSteps> kTransferSteps = {
    "usecs-to-socket-create=", "usecs-to-socket-connect=", "usecs-to-proxy-init=",
    "usecs-to-proxy-choice=",  "usecs-to-proxy-request=",  "usecs-to-proxy-response=",
    "usecs-to-command=",       "usecs-to-response=",       "usecs-to-first-byte=",
    "usecs-to-last-byte=",     "usecs-to-checksum="};

bool read_transport_items(std::string_view items, TgenLine& line) {
  take_item(items);  // TCP
  take_item(items);  // fd
  line.local = take_item(items);
  line.proxy = take_item(items);
  line.remote = take_item(items);
  take_item(items);  // state=
  if (!items.starts_with("error=")) return false;
  line.transport_error = items.substr(6);
  return !line.local.empty() && !line.remote.empty();
}

bool read_transfer_items(std::string_view items, TgenLine& line) {
  auto const whole = items;
  take_item(items);
  auto const count = take_item(items);
  line.name = take_item(items);
  line.id = whole.substr(0, static_cast<std::size_t>(count.data() - whole.data()) + count.size());
  auto const method = take_item(items);
  auto const size = parse_int<std::int64_t>(take_item(items));
  line.peer_name = take_item(items);
  take_item(items);  // the peer's count
  take_item(items);  // state=
  if (!items.starts_with("error=") || !size || *size < 0) return false;
  line.error = items.substr(6);
  line.size = *size;
  line.upload = method == "PUT";
  return !line.name.empty() && (method == "GET" || line.upload);
}

}  // namespace

std::string_view read_transfer_fields(std::string_view rest, TgenLine& line) {
  if (take_word(rest) != "transport" || !read_transport_items(take_word(rest), line))
    return "no transport of seven parts";
  if (take_word(rest) != "transfer" || !read_transfer_items(take_word(rest), line))
    return "no transfer of nine parts";
  auto const read = number_of(take_word(rest), "total-bytes-read=");
  auto const written = number_of(take_word(rest), "total-bytes-write=");
  if (!read || !written) return "no total bytes";
  line.read = *read;
  line.written = *written;
  auto progress = take_word(rest);
  // Who asked for a GET counts what is read, who answers it what is written.
  bool const reads = progress.starts_with("payload-bytes-read=");
  progress = progress.substr(0, progress.find('/'));
  auto const payload = number_of(progress, reads ? "payload-bytes-read=" : "payload-bytes-write=");
  if (!payload) return "no payload bytes";
  line.payload = *payload;
  line.commander = reads != line.upload;
  if (line.event == TgenLine::Event::status) return {};
  take_word(rest);  // (P%)
  for (std::size_t i = 0; i < kTgenSteps; ++i) {
    auto const us = number_of(take_word(rest), kTransferSteps[i], -1);
    if (!us) return "a step's time is missing or is no number";
    line.steps[i] = *us;
  }
  return {};
}

}  // namespace perfd::formats
