// The few DNS messages that a responder for exit relays needs: one question, and answers with
// A, AAAA or PTR records.
//
// Names are text without the last dot; in labels, dots, backslashes and bytes outside printable
// ASCII stand as \DDD. Case is kept: tor mixes the case of its questions at random and wants it
// back. Source: RFC 1035. Bounds: messages of 512 bytes (UDP without EDNS), names of 255, pointers
// only backwards. Thread: values and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "wire/bytes.h"
#include "wire/ip.h"

namespace perfd::wire::dns {

inline constexpr std::size_t kMaxMessage = 512;  // what is written
inline constexpr std::size_t kMaxInput = 4096;   // what is read
inline constexpr std::size_t kMaxAnswers = 64;   // that are kept of what is read

// Any other number may stand in a question, too.
enum class Type : std::uint16_t { kA = 1, kCname = 5, kPtr = 12, kAaaa = 28, kAny = 255 };

enum class Rcode : std::uint8_t {
  kNoError = 0,
  kFormatError = 1,
  kServerFailure = 2,
  kNameError = 3,  // NXDOMAIN
  kNotImplemented = 4,
  kRefused = 5,
};

struct Question {
  std::uint16_t id = 0;
  std::uint8_t opcode = 0;  // 0: a standard query; others deserve kNotImplemented
  bool recursion_desired = true;
  std::string name;
  Type type = Type::kA;
  std::uint16_t dns_class = 1;  // IN
};

struct Answer {
  std::string name;  // empty: the question's
  std::uint32_t ttl_s = 60;
  std::variant<IpAddress, std::string> data;  // A or AAAA by the address; PTR by the name
};

struct Response {
  Question question;
  Rcode rcode = Rcode::kNoError;
  bool truncated = false;
  std::vector<Answer> answers;  // A, AAAA and PTR; other types are skipped
};

// Records beside the question (EDNS) are ignored. Errors: a response, no or several questions, a
// message cut short or with a broken name.
[[nodiscard]] Result<Question> parse_question(ByteView message);
// Errors: a name that cannot be written (a label over 63 bytes, 255 in all, a broken \DDD).
[[nodiscard]] Result<std::vector<std::byte>> write_question(Question const& question);

// Answers that do not fit into 512 bytes are left out and the truncation bit is set.
// Errors: as write_question().
[[nodiscard]] Result<std::vector<std::byte>> write_response(
    Question const& question, Rcode rcode, std::vector<Answer> const& answers = {});
[[nodiscard]] Result<Response> parse_response(ByteView message);

// "1.2.0.192.in-addr.arpa" and "….ip6.arpa": what PTR questions ask for.
[[nodiscard]] std::string reverse_name(IpAddress const& address);
[[nodiscard]] std::optional<IpAddress> address_of_reverse_name(std::string_view name);

}  // namespace perfd::wire::dns
