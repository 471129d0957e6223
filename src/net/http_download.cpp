#include "net/http_download.h"

#include <fmt/format.h>

#include <stdexcept>

#include "base/text.h"
#include "net/observation.h"
#include "net/send_request.h"
#include "wire/http/head_writer.h"

namespace perfd::net {
namespace {

namespace http = wire::http;

// The payload's length where the head tells it.
std::optional<std::int64_t> announced(http::Framing const& framing) {
  switch (framing.kind) {
    case http::Framing::Kind::kNone:
      return 0;
    case http::Framing::Kind::kLength:
      return static_cast<std::int64_t>(framing.length);
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<std::string> download_request(TransferSpec const& spec) {
  std::string out;
  try {
    http::HeadWriter writer(out);
    writer.request("GET", spec.target).field("Host", host_field(spec));
    writer.field("User-Agent", "perfd").field("Accept", "*/*");
    if (!spec.measurement.empty()) writer.field(kMeasurementField, spec.measurement);
    writer.end();
  } catch (std::invalid_argument const& e) {
    return make_error(Errc::kBadSpec,
                      fmt::format("can't ask for '{}' of '{}': {}", printable(spec.target),
                                  printable(spec.host), e.what()));
  }
  return success(std::move(out));
}

Result<> HttpDownload::receive(MeasuredSocket& socket) {
  auto input = socket.chunk();
  if (!responded_) {
    responded_ = true;
    trace_.marks.set(model::mark::kDataResponse, socket.arrival(input.size() == 1));
  }
  if (!body_) {
    auto const used = parser_.receive(input);
    if (!used) return used.error();
    input = input.subspan(*used);
    if (!parser_.done()) return {};
    if (auto started = start_body(socket, input.empty()); !started || done_) return started;
  }
  return take_body(socket, input);
}

Result<> HttpDownload::start_body(MeasuredSocket& socket, bool head_ends_chunk) {
  auto const& head = parser_.head();
  trace_.http_status = head.status;
  if (head.status != 200)
    return make_error(Errc::kHttpStatus,
                      fmt::format("status {} {}", head.status, printable(head.reason, 80)));
  auto const length = announced(head.framing);
  if (length && (*length < 0 || (!spec_.expected_bytes && *length > spec_.max_bytes)))
    return make_error(Errc::kTooLarge, fmt::format("the server announces {} bytes; the bound is {}",
                                                   head.framing.length, spec_.max_bytes));
  if (length && spec_.expected_bytes && *length != *spec_.expected_bytes)
    return make_error(Errc::kWrongLength, fmt::format("the server announces {} bytes instead of {}",
                                                      *length, *spec_.expected_bytes));
  auto const tag_text = head.fields.find(kPayloadField);
  auto const tag = tag_text ? PayloadTag::parse(*tag_text) : std::nullopt;
  if (tag) check_.emplace(*tag);
  trace_.verifiable = tag.has_value();
  if (!tag && spec_.must_verify)
    return make_error(Errc::kCorrupted, "the server does not tell what it sends (no valid " +
                                            std::string(kPayloadField) + " field)");
  body_.emplace(head.framing);
  progress_.emplace(length ? length : spec_.expected_bytes);
  trace_.step = Step::payload;
  return body_->done() ? finish(socket, head_ends_chunk) : Result<>{};
}

Result<> HttpDownload::take_body(MeasuredSocket& socket, wire::ByteView input) {
  while (!input.empty() && !body_->done()) {
    auto const piece = body_->receive(input);
    if (!piece) return piece.error();
    if (check_ && !check_->check(piece->data)) {
      received_ = static_cast<std::int64_t>(*check_->first_difference());
      trace_.payload_bytes = received_;
      if (progress_->due(received_))  // the bytes before it were right
        progress_->pass(received_, false, socket.judge(), trace_.clock, trace_.marks);
      return make_error(Errc::kCorrupted, fmt::format("byte {} of the payload is wrong",
                                                      *check_->first_difference()));
    }
    received_ += static_cast<std::int64_t>(piece->data.size());
    trace_.payload_bytes = received_;
    if (received_ > spec_.expected_bytes.value_or(spec_.max_bytes))
      return spec_.expected_bytes
                 ? make_error(Errc::kWrongLength, fmt::format("more than the {} bytes asked for",
                                                              *spec_.expected_bytes))
                 : make_error(Errc::kTooLarge,
                              fmt::format("more than the bound of {} bytes", spec_.max_bytes));
    input = input.subspan(piece->consumed);
    if (progress_->due(received_))
      progress_->pass(received_, input.empty() && piece->consumed == piece->data.size(),
                      socket.judge(), trace_.clock, trace_.marks);
  }
  return body_->done() ? finish(socket, input.empty()) : Result<>{};
}

Result<> HttpDownload::finish(MeasuredSocket& socket, bool ends_read) {
  if (spec_.expected_bytes && received_ != *spec_.expected_bytes)
    return make_error(Errc::kWrongLength,
                      fmt::format("{} bytes came instead of {}", received_, *spec_.expected_bytes));
  if (progress_->due(received_))
    progress_->pass(received_, ends_read, socket.judge(), trace_.clock, trace_.marks);
  trace_.marks.set(model::mark::kDataComplete, socket.arrival(ends_read));
  trace_.verified = check_.has_value();
  trace_.step = Step::done;
  done_ = true;
  return {};
}

Result<> HttpDownload::end(MeasuredSocket& socket) {
  if (!body_) return parser_.end_of_input();
  if (body_->end_of_input() && (!spec_.expected_bytes || received_ >= *spec_.expected_bytes))
    return finish(socket, true);
  auto const due = spec_.expected_bytes
                       ? *spec_.expected_bytes
                       : received_ + static_cast<std::int64_t>(body_->remaining().value_or(0));
  return make_error(
      Errc::kTruncated,
      due > received_
          ? fmt::format("the connection ended after {} of {} bytes", received_, due)
          : fmt::format("the connection ended inside the body, after {} bytes", received_));
}

}  // namespace perfd::net
