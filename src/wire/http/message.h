// HTTP/1.x messages as values: fields, request and response heads, how a body is framed.
// Source: RFC 9110, RFC 9112. Thread: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace perfd::wire::http {

inline constexpr std::size_t kMaxHead = 16 * 1024;  // bytes of a head, all lines together
inline constexpr std::size_t kMaxFields = 100;
inline constexpr int kMaxInterim = 8;  // 1xx responses before the final one

struct Field {
  std::string name, value;
};

// Header fields in the order of the message. Names are compared without case.
class Fields {
 public:
  void add(std::string name, std::string value) {
    list_.push_back({std::move(name), std::move(value)});
  }
  // The first field of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const { return find(name).has_value(); }
  [[nodiscard]] std::size_t count(std::string_view name) const;
  // Whether a comma-separated list (Connection, Expect, Accept-Encoding …) has the token.
  [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;

  [[nodiscard]] std::size_t size() const { return list_.size(); }
  [[nodiscard]] auto begin() const { return list_.begin(); }
  [[nodiscard]] auto end() const { return list_.end(); }

 private:
  std::vector<Field> list_;
};

enum class Method : std::uint8_t { kGet, kHead, kPost, kOther };

struct Framing {
  enum class Kind : std::uint8_t {
    kNone,        // no body follows
    kLength,      // exactly `length` bytes
    kChunked,     // chunks; the end is in the stream
    kUntilClose,  // responses only: the end of the connection ends the body
  };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;
  friend bool operator==(Framing const&, Framing const&) = default;
};

struct RequestHead {
  Method method = Method::kGet;
  std::string method_text;  // as sent
  std::string target;       // origin form: begins with '/'
  int minor_version = 1;    // HTTP/1.<minor>
  Fields fields;
  bool keep_alive = false;        // the client wants the connection to stay open
  bool expects_continue = false;  // waits for "100 Continue" before it sends the body
  Framing framing;

  [[nodiscard]] std::string_view path() const;   // target up to '?'
  [[nodiscard]] std::string_view query() const;  // behind '?', empty where there is none
};

struct ResponseHead {
  int status = 0;
  std::string reason;
  int minor_version = 1;
  Fields fields;
  bool keep_alive = false;  // another request may follow on this connection
  Framing framing;
};

}  // namespace perfd::wire::http
