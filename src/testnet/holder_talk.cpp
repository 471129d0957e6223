#include "testnet/holder_talk.h"

#include <algorithm>

#include "base/text.h"
#include "runtime/files.h"

namespace perfd::testnet::talk {

Result<runtime::Address> socket_address(std::filesystem::path const& folder) {
  auto const path = folder / "holder.sock";
  auto address = runtime::Address::unix_path(path.string());
  if (!address)
    return Error{address.error().message +
                 "; choose a folder with a shorter path for the private network"};
  return address;
}

namespace {
std::filesystem::path failure_file(std::filesystem::path const& folder) {
  return folder / "holder.failure";
}
}  // namespace

void leave_failure(std::filesystem::path const& folder, std::string_view reason) {
  // Where it can't be written, holder.log has it.
  (void)runtime::write_file(failure_file(folder), one_line(reason) + "\n");
}

void forget_failure(std::filesystem::path const& folder) {
  std::error_code ignored;
  std::filesystem::remove(failure_file(folder), ignored);
}

std::string last_failure(std::filesystem::path const& folder) {
  auto const text = runtime::read_file(failure_file(folder), kLineLimit);
  return text ? std::string(trim(*text)) : std::string();
}

std::string progress_line(Progress const& progress) {
  return "progress " + std::to_string(static_cast<int>(progress.stage)) + " " +
         std::to_string(progress.elapsed.count()) + " " + one_line(progress.text);
}

std::optional<Progress> parse_progress(std::string_view line) {
  constexpr std::string_view kWord = "progress ";
  if (!line.starts_with(kWord)) return std::nullopt;
  line.remove_prefix(kWord.size());
  auto const first = line.find(' ');
  auto const second = first == line.npos ? line.npos : line.find(' ', first + 1);
  if (second == line.npos) return std::nullopt;
  auto const stage = parse_int<int>(line.substr(0, first));
  auto const elapsed = parse_int<std::int64_t>(line.substr(first + 1, second - first - 1));
  if (!stage || *stage < 0 || *stage > static_cast<int>(Progress::Stage::ready) || !elapsed)
    return std::nullopt;
  Progress out;
  out.stage = static_cast<Progress::Stage>(*stage);
  out.elapsed = Micros{*elapsed};
  out.text = std::string(line.substr(second + 1));
  return out;
}

std::string one_line(std::string_view text) {
  std::string out(text);
  std::ranges::replace(out, '\n', ' ');
  return out;
}

runtime::Task<std::optional<std::string>> Lines::next() {
  std::array<std::byte, 4096> chunk;
  for (;;) {
    if (auto const end = buffer_.find('\n'); end != std::string::npos) {
      auto line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      co_return line;
    }
    if (buffer_.size() > kLineLimit) co_return std::nullopt;
    auto const received = co_await socket_.receive(chunk);
    if (!received || received->status == runtime::Received::Status::end) co_return std::nullopt;
    buffer_.append(reinterpret_cast<char const*>(chunk.data()), received->bytes);
  }
}

runtime::Task<Result<>> send_line(runtime::StreamSocket& socket, std::string line) {
  line += '\n';
  co_return co_await socket.send_all(std::as_bytes(std::span<const char>(line)));
}

}  // namespace perfd::testnet::talk
