#include "wire/http/body_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace perfd::wire::http {

namespace {
namespace beast_http = boost::beast::http;
using BeastError = boost::beast::error_code;
using BeastText = boost::beast::string_view;

constexpr std::size_t kMaxChunkHeader = 8 * 1024;  // trailer fields included
}  // namespace

// Beast's parser, brought to the place behind a head that says "chunked".
class BodyReader::Chunks final : public beast_http::basic_parser<false> {
 public:
  explicit Chunks(std::optional<std::uint64_t> limit) {
    header_limit(static_cast<std::uint32_t>(kMaxChunkHeader));
    body_limit(boost::none);
    if (limit) body_limit(*limit);
    eager(false);
    constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    BeastError ec;
    put(boost::asio::const_buffer(kHead.data(), kHead.size()), ec);
  }

  // One step: a chunk's header, or a run of payload. Returns what was consumed.
  Result<std::size_t> step(ByteView input) {
    data_ = {};
    if (in_chunk_ > 0) return consume(input);
    auto const used = pending_.empty() ? header_in_place(input) : header_in_pieces(input);
    if (used && pending_.size() == kMaxChunkHeader)
      return make_error(Errc::kTooLarge,
                        fmt::format("HTTP chunk header is larger than {} bytes", kMaxChunkHeader));
    return used;
  }

  [[nodiscard]] ByteView data() const { return data_; }

 private:
  // A chunk's header that lies in the input as a whole; or else the beginning of one, which then
  // is all of the input.
  Result<std::size_t> header_in_place(ByteView input) {
    input = input.first(std::min(input.size(), kMaxChunkHeader));
    auto const used = consume(input);
    if (!used) return used;
    if (*used == 0) return keep(input);
    // Beast lets a bare LF stand in a quoted string of an extension; the other way would not.
    auto const kept = keep(input.first(*used));
    pending_.clear();
    return kept;
  }

  // The rest of a kept header, line by line, so that no payload is ever taken along.
  Result<std::size_t> header_in_pieces(ByteView input) {
    auto const newline = as_text(input).find('\n');
    auto const line = newline == std::string_view::npos ? input.size() : newline + 1;
    auto const taken = keep(input.first(std::min(line, kMaxChunkHeader - pending_.size())));
    if (!taken) return taken;
    // Beast asserts that it sees 5 bytes when it looks at a last chunk's header again, which after
    // "0\r\n" it need not. (Behind a chunk a header begins with that one's CRLF.)
    if (first_ && pending_.size() == 4 && pending_.starts_with("0\r\n")) return taken;
    auto const used = consume(as_bytes(pending_));
    if (!used) return used;
    if (*used > 0) pending_.clear();
    return taken;
  }

  Result<std::size_t> keep(ByteView part) {
    for (auto const c : as_text(part)) {
      // Beast looks for a CR and would wait for one until the bound is reached.
      if (c == '\n' && !pending_.ends_with('\r'))
        return make_error(Errc::kMalformed, "malformed chunk in an HTTP body (a line without CR)");
      pending_ += c;
    }
    return part.size();
  }

  Result<std::size_t> consume(ByteView bytes) {
    BeastError ec;
    auto const used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
    if (ec == beast_http::error::need_more) return std::size_t{0};
    if (ec == beast_http::error::body_limit)
      return make_error(Errc::kTooLarge, "HTTP body is larger than allowed");
    if (ec)
      return make_error(Errc::kMalformed,
                        fmt::format("malformed chunk in an HTTP body ({})", ec.message()));
    return used;
  }

  void on_chunk_header_impl(std::uint64_t size, BeastText, BeastError&) override {
    in_chunk_ = size;
    first_ = false;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, BeastText body, BeastError&) override {
    data_ = as_bytes({body.data(), body.size()});
    in_chunk_ -= body.size();
    return body.size();
  }
  void on_request_impl(beast_http::verb, BeastText, BeastText, int, BeastError&) override {}
  void on_response_impl(int, BeastText, int, BeastError&) override {}
  void on_field_impl(beast_http::field, BeastText, BeastText, BeastError&) override {}
  void on_header_impl(BeastError&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, BeastError&) override {}
  std::size_t on_body_impl(BeastText body, BeastError&) override { return body.size(); }
  void on_finish_impl(BeastError&) override {}

  std::string pending_;         // a header that has not come as a whole
  std::uint64_t in_chunk_ = 0;  // payload bytes that the current chunk still has
  bool first_ = true;           // no chunk has come yet
  ByteView data_;
};

BodyReader::BodyReader(Framing framing, std::optional<std::uint64_t> limit)
    : framing_(framing), limit_(limit) {
  done_ = framing.kind == Framing::Kind::kNone ||
          (framing.kind == Framing::Kind::kLength && framing.length == 0);
  if (framing.kind == Framing::Kind::kChunked) chunks_ = std::make_unique<Chunks>(limit);
}

BodyReader::~BodyReader() = default;
BodyReader::BodyReader(BodyReader&&) noexcept = default;
BodyReader& BodyReader::operator=(BodyReader&&) noexcept = default;

Result<BodyReader::Piece> BodyReader::receive(ByteView input) {
  if (done_) return Piece{};
  if (framing_.kind == Framing::Kind::kChunked) return receive_chunked(input);
  auto data = input;
  if (framing_.kind == Framing::Kind::kLength)
    data = input.first(std::min<std::uint64_t>(input.size(), framing_.length - received_));
  auto const total =
      framing_.kind == Framing::Kind::kLength ? framing_.length : received_ + data.size();
  if (limit_ && total > *limit_)
    return make_error(Errc::kTooLarge,
                      fmt::format("HTTP body is larger than the allowed {} bytes", *limit_));
  received_ += data.size();
  done_ = framing_.kind == Framing::Kind::kLength && received_ == framing_.length;
  return Piece{data, data.size()};
}

Result<BodyReader::Piece> BodyReader::receive_chunked(ByteView input) {
  Piece piece;
  while (!done_ && piece.data.empty() && piece.consumed < input.size()) {
    auto const used = chunks_->step(input.subspan(piece.consumed));
    if (!used) return used.error();
    piece.consumed += *used;
    piece.data = chunks_->data();
    done_ = chunks_->is_done();
  }
  received_ += piece.data.size();
  return piece;
}

Result<void> BodyReader::end_of_input() {
  if (framing_.kind == Framing::Kind::kUntilClose) done_ = true;
  if (done_) return {};
  if (auto const left = remaining())
    return make_error(
        Errc::kTruncated,
        fmt::format("connection closed {} bytes before the end of the HTTP body of {}", *left,
                    framing_.length));
  return make_error(Errc::kTruncated,
                    fmt::format("connection closed before the last chunk of the HTTP body, after "
                                "{} bytes",
                                received_));
}

std::optional<std::uint64_t> BodyReader::remaining() const {
  if (framing_.kind == Framing::Kind::kNone) return 0;
  if (framing_.kind == Framing::Kind::kLength) return framing_.length - received_;
  return std::nullopt;
}

}  // namespace perfd::wire::http
