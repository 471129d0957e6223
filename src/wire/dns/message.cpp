#include "wire/dns/message.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "wire/dns/name.h"

namespace perfd::wire::dns {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::uint16_t kResponseBit = 0x8000, kTruncatedBit = 0x0200, kDesiredBit = 0x0100,
                        kAvailableBit = 0x0080, kAuthoritativeBit = 0x0400;
constexpr std::uint16_t kQuestionPointer = 0xC000 | kHeader;

Error bad(std::string message) { return Error{"DNS message: " + std::move(message)}; }

void put16(std::vector<std::byte>& out, unsigned value) {
  out.push_back(static_cast<std::byte>(value >> 8 & 0xFF));
  out.push_back(static_cast<std::byte>(value & 0xFF));
}
void put32(std::vector<std::byte>& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xFFFF);
}
void set16(std::vector<std::byte>& out, std::size_t at, unsigned value) {
  out[at] = static_cast<std::byte>(value >> 8 & 0xFF);
  out[at + 1] = static_cast<std::byte>(value & 0xFF);
}

// Reads numbers and names one behind the other; past the end everything is a failure.
class Reader {
 public:
  explicit Reader(ByteView message) : message_(message) {}

  std::optional<std::uint16_t> u16() {
    if (at_ + 2 > message_.size()) return std::nullopt;
    auto const value = std::to_integer<unsigned>(message_[at_]) << 8 |
                       std::to_integer<unsigned>(message_[at_ + 1]);
    at_ += 2;
    return static_cast<std::uint16_t>(value);
  }
  std::optional<std::uint32_t> u32() {
    auto const high = u16();
    auto const low = u16();
    if (!high || !low) return std::nullopt;
    return static_cast<std::uint32_t>(*high) << 16 | *low;
  }
  std::optional<std::string> name() { return read_name(message_, at_); }
  std::optional<ByteView> bytes(std::size_t count) {
    if (count > message_.size() - at_) return std::nullopt;
    at_ += count;
    return message_.subspan(at_ - count, count);
  }
  // A name that must fill exactly the last `count` bytes taken with bytes().
  std::optional<std::string> name_within(std::size_t count) {
    auto at = at_ - count;
    auto name = read_name(message_, at);
    return at == at_ ? name : std::nullopt;
  }

 private:
  ByteView message_;
  std::size_t at_ = 0;
};

struct Head {
  std::uint16_t flags = 0, answers = 0;
  Question question;
};

Result<Head> read_head(Reader& reader) {
  auto const id = reader.u16(), flags = reader.u16(), questions = reader.u16(),
             answers = reader.u16(), authorities = reader.u16(), additional = reader.u16();
  if (!id || !flags || !questions || !answers || !authorities || !additional)
    return bad("shorter than a header");
  if (*questions != 1) return bad(fmt::format("{} questions instead of one", *questions));
  auto name = reader.name();
  auto const type = reader.u16(), dns_class = reader.u16();
  if (!name || !type || !dns_class) return bad("broken question");
  Head head{*flags, *answers, {}};
  head.question.id = *id;
  head.question.opcode = *flags >> 11 & 0xF;
  head.question.recursion_desired = (*flags & kDesiredBit) != 0;
  head.question.name = std::move(*name);
  head.question.type = static_cast<Type>(*type);
  head.question.dns_class = *dns_class;
  return head;
}

Result<std::vector<std::byte>> write_head(Question const& question, std::uint16_t extra_flags) {
  std::vector<std::byte> out;
  out.reserve(kMaxMessage);
  put16(out, question.id);
  put16(out, (question.opcode & 0xFU) << 11 | (question.recursion_desired ? kDesiredBit : 0U) |
                 extra_flags);
  for (unsigned const count : {1U, 0U, 0U, 0U}) put16(out, count);
  if (!append_name(out, question.name))
    return bad(fmt::format("\"{}\" is no domain name", printable(question.name, 80)));
  put16(out, static_cast<std::uint16_t>(question.type));
  put16(out, question.dns_class);
  return out;
}

Result<void> append_answer(std::vector<std::byte>& out, Question const& question,
                           Answer const& answer) {
  if (answer.name.empty() || answer.name == question.name)
    put16(out, kQuestionPointer);
  else if (!append_name(out, answer.name))
    return bad(fmt::format("\"{}\" is no domain name", printable(answer.name, 80)));
  auto const* ip = std::get_if<IpAddress>(&answer.data);
  auto const type = !ip ? Type::kPtr : ip->v6 ? Type::kAaaa : Type::kA;
  put16(out, static_cast<std::uint16_t>(type));
  put16(out, question.dns_class);
  put32(out, answer.ttl_s);
  auto const length_at = out.size();
  put16(out, 0);
  if (ip) {
    auto const bytes = ip->bytes();
    out.insert(out.end(), bytes.begin(), bytes.end());
  } else if (auto const& name = std::get<std::string>(answer.data); !append_name(out, name)) {
    return bad(fmt::format("\"{}\" is no domain name", printable(name, 80)));
  }
  set16(out, length_at, static_cast<unsigned>(out.size() - length_at - 2));
  return {};
}

}  // namespace

Result<Question> parse_question(ByteView message) {
  if (message.size() > kMaxInput) return bad(fmt::format("larger than {} bytes", kMaxInput));
  Reader reader(message);
  auto head = read_head(reader);
  if (!head) return head.error();
  if (head->flags & kResponseBit) return bad("a response, not a question");
  return std::move(head->question);
}

Result<std::vector<std::byte>> write_question(Question const& question) {
  return write_head(question, 0);
}

Result<std::vector<std::byte>> write_response(Question const& question, Rcode rcode,
                                              std::vector<Answer> const& answers) {
  auto out = write_head(
      question, static_cast<std::uint16_t>(kResponseBit | kAuthoritativeBit | kAvailableBit |
                                           (static_cast<unsigned>(rcode) & 0xF)));
  if (!out) return out;
  unsigned count = 0;
  for (auto const& answer : answers) {
    auto const before = out->size();
    if (auto ok = append_answer(*out, question, answer); !ok) return ok.error();
    if (out->size() > kMaxMessage) {
      out->resize(before);
      (*out)[2] |= static_cast<std::byte>(kTruncatedBit >> 8);
      break;
    }
    ++count;
  }
  set16(*out, 6, count);
  return out;
}

Result<Response> parse_response(ByteView message) {
  if (message.size() > kMaxInput) return bad(fmt::format("larger than {} bytes", kMaxInput));
  Reader reader(message);
  auto head = read_head(reader);
  if (!head) return head.error();
  if (!(head->flags & kResponseBit)) return bad("a question, not a response");
  Response response;
  response.question = std::move(head->question);
  response.rcode = static_cast<Rcode>(head->flags & 0xF);
  response.truncated = (head->flags & kTruncatedBit) != 0;
  for (unsigned i = 0; i < head->answers; ++i) {
    auto name = reader.name();
    auto const type = reader.u16(), dns_class = reader.u16();
    auto const ttl = reader.u32();
    auto const length = reader.u16();
    auto const data = length ? reader.bytes(*length) : std::nullopt;
    if (!name || !type || !dns_class || !ttl || !data) return bad("broken answer");
    Answer answer{std::move(*name), *ttl, {}};
    auto const kind = static_cast<Type>(*type);
    if (kind == Type::kA || kind == Type::kAaaa) {
      if (data->size() != (kind == Type::kA ? 4U : 16U)) return bad("address of a wrong length");
      answer.data = IpAddress::from_bytes(*data, kind == Type::kAaaa);
    } else if (kind == Type::kPtr) {
      auto target = reader.name_within(*length);
      if (!target) return bad("broken name in an answer");
      answer.data = std::move(*target);
    } else {
      continue;
    }
    if (response.answers.size() == kMaxAnswers)
      return bad(fmt::format("more than {} answers", kMaxAnswers));
    response.answers.push_back(std::move(answer));
  }
  return response;
}

}  // namespace perfd::wire::dns
