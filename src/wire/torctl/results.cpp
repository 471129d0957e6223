#include "wire/torctl/results.h"

#include "base/text.h"

namespace perfd::wire::torctl {
namespace {

// Boost's base class has no virtual destructor on purpose: categories are never destroyed.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class ReplyCategory final : public boost::system::error_category {
 public:
  char const* name() const noexcept override { return "tor control"; }
  std::string message(int code) const override {
    return "the control port answered " + std::to_string(code);
  }
};
#pragma GCC diagnostic pop

Error nonsense(std::string_view operation, Reply const& reply) {
  return Error{"an answer to " + std::string(operation) +
               " that makes no sense: " + printable(to_text(reply))};
}

// The lines before the final "OK", or all where the final one carries a value.
std::size_t value_lines(Reply const& reply) {
  auto const count = reply.lines.size();
  return count != 0 && reply.lines.back().text == "OK" ? count - 1 : count;
}

}  // namespace

boost::system::error_category const& reply_category() {
  static ReplyCategory const category;
  return category;
}

Error refusal(Reply const& reply, std::string_view operation) {
  std::string text;
  for (auto const& line : reply.lines) {
    if (!text.empty()) text += "; ";
    text += printable(line.text);
    if (text.size() > 400) break;
  }
  return Error{
      "tor refused " + std::string(operation) + ": " + std::to_string(reply.code) + " " + text,
      {reply.code, reply_category()}};
}

Result<> expect_ok(Reply const& reply, std::string_view operation) {
  if (!reply.ok()) return refusal(reply, operation);
  return {};
}

Result<Keywords> parse_getinfo(Reply const& reply) {
  if (!reply.ok()) return refusal(reply, "GETINFO");
  Keywords values;
  for (std::size_t i = 0; i < value_lines(reply); ++i) {
    auto const& line = reply.lines[i];
    auto const equals = line.text.find('=');
    if (equals == std::string::npos) return nonsense("GETINFO", reply);
    values.emplace_back(line.text.substr(0, equals),
                        line.separator == '+' ? line.data : line.text.substr(equals + 1));
  }
  return values;
}

Result<ConfigValues> parse_getconf(Reply const& reply) {
  if (!reply.ok()) return refusal(reply, "GETCONF");
  ConfigValues values;
  for (std::size_t i = 0; i < value_lines(reply); ++i) {
    auto const& text = reply.lines[i].text;
    auto const equals = text.find('=');
    if (equals == std::string::npos) {
      values.emplace_back(text, std::nullopt);
      continue;
    }
    std::string value = text.substr(equals + 1);
    std::string_view rest = value;
    if (auto quoted = take_quoted(rest); quoted && rest.empty()) value = std::move(*quoted);
    values.emplace_back(text.substr(0, equals), std::move(value));
  }
  return values;
}

Result<std::uint64_t> parse_extendcircuit(Reply const& reply) {
  if (!reply.ok()) return refusal(reply, "EXTENDCIRCUIT");
  for (auto const& line : reply.lines) {
    auto const words = split(line.text, ' ');
    if (words.size() < 2 || words[0] != "EXTENDED") continue;
    if (auto const id = parse_int<std::uint64_t>(words[1])) return *id;
  }
  return nonsense("EXTENDCIRCUIT", reply);
}

Result<OnionService> parse_add_onion(Reply const& reply) {
  if (!reply.ok()) return refusal(reply, "ADD_ONION");
  OnionService service;
  constexpr std::string_view kId = "ServiceID=";
  constexpr std::string_view kKey = "PrivateKey=";
  for (auto const& line : reply.lines) {
    if (line.text.starts_with(kId)) service.service_id = line.text.substr(kId.size());
    if (line.text.starts_with(kKey)) service.private_key = line.text.substr(kKey.size());
  }
  // The reply may hold a key, so it is not quoted.
  if (service.service_id.empty()) return Error{"an answer to ADD_ONION without a ServiceID"};
  return service;
}

}  // namespace perfd::wire::torctl
