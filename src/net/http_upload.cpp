#include "net/http_upload.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <stdexcept>

#include "base/text.h"
#include "net/observation.h"
#include "net/send_request.h"
#include "wire/http/head_writer.h"

namespace perfd::net {
namespace {

namespace http = wire::http;

constexpr std::uint64_t kMaxAnswer = 64 * 1024;

struct Told {
  std::int64_t bytes = 0;
  std::string sha256;
};

std::optional<Told> read_told(std::string_view text) {
  boost::system::error_code ec;
  auto const parsed = boost::json::parse(text, ec);
  auto const* const object = ec ? nullptr : parsed.if_object();
  if (object == nullptr) return std::nullopt;
  auto const* const bytes = object->if_contains("bytes");
  auto const* const sha256 = object->if_contains("sha256");
  if (bytes == nullptr || !bytes->is_int64() || sha256 == nullptr || !sha256->is_string())
    return std::nullopt;
  return Told{bytes->get_int64(), std::string(sha256->get_string())};
}

}  // namespace

Result<std::string> upload_request(TransferSpec const& spec, UploadBody const& body) {
  std::string out;
  try {
    http::HeadWriter writer(out);
    writer.request("POST", spec.target).field("Host", host_field(spec));
    writer.field("User-Agent", "perfd").field("Accept", "*/*");
    writer.field("Content-Type", "application/octet-stream").field("Content-Length", body.size());
    if (!spec.measurement.empty()) writer.field(kMeasurementField, spec.measurement);
    writer.end();
  } catch (std::invalid_argument const& e) {
    return make_error(Errc::kBadSpec,
                      fmt::format("can't upload to '{}' of '{}': {}", printable(spec.target),
                                  printable(spec.host), e.what()));
  }
  return success(std::move(out));
}

Result<> UploadAnswer::receive(MeasuredSocket& socket) {
  auto input = socket.chunk();
  bool const first_is_last = input.size() == 1;
  if (!reader_) {
    auto const used = parser_.receive(input);
    if (!used) return used.error();
    // What comes before all is sent is an interim answer, unless it is whole now.
    if (!responded_ && (parser_.done() || trace_.handed_bytes == body_.size())) {
      responded_ = true;
      trace_.marks.set(model::mark::kDataResponse, socket.arrival(first_is_last));
    }
    input = input.subspan(*used);
    if (!parser_.done()) return {};
    auto const& head = parser_.head();
    trace_.http_status = head.status;
    if (head.status < 200 || head.status > 299)
      return make_error(Errc::kHttpStatus,
                        fmt::format("status {} {}", head.status, printable(head.reason, 80)));
    reader_.emplace(head.framing, kMaxAnswer);
  }
  return take(socket, input);
}

Result<> UploadAnswer::take(MeasuredSocket& socket, wire::ByteView input) {
  while (!input.empty() && !reader_->done()) {
    auto const piece = reader_->receive(input);
    if (!piece) return piece.error();
    text_ += wire::as_text(piece->data);
    input = input.subspan(piece->consumed);
  }
  return reader_->done() ? finish(socket, input.empty()) : Result<>{};
}

Result<> UploadAnswer::finish(MeasuredSocket& socket, bool ends_read) {
  if (trace_.handed_bytes < body_.size())
    return make_error(Errc::kWrongLength, fmt::format("the server answered after {} of {} bytes",
                                                      trace_.handed_bytes, body_.size()));
  if (auto same = compare(); !same) return same;
  trace_.payload_bytes = body_.size();
  trace_.marks.set(model::mark::kDataComplete, socket.arrival(ends_read));
  trace_.step = Step::done;
  done_ = true;
  return {};
}

Result<> UploadAnswer::compare() {
  auto const told = read_told(text_);
  trace_.verifiable = told.has_value();
  if (!told && !spec_.must_verify) return {};
  if (!told)
    return make_error(Errc::kCorrupted, "the server does not tell what it got: " +
                                            printable(std::string_view(text_).substr(0, 80)));
  if (told->bytes != body_.size())
    return make_error(Errc::kWrongLength,
                      fmt::format("the server got {} of {} bytes", told->bytes, body_.size()));
  if (told->sha256 != body_.sha256())
    return make_error(Errc::kCorrupted, "the server got other bytes than were sent");
  trace_.verified = true;
  return {};
}

Result<> UploadAnswer::end(MeasuredSocket& socket) {
  if (!reader_) return parser_.end_of_input();
  if (auto const ended = reader_->end_of_input(); !ended)
    return make_error(Errc::kTruncated, ended.error().message);
  return finish(socket, true);
}

}  // namespace perfd::net
