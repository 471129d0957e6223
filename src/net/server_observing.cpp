#include "net/server_observing.h"

#include "base/id.h"

namespace perfd::net {

namespace mark = model::mark;

ServerObserving::ServerObserving(ServerConnection& connection,
                                 wire::http::RequestHead const& request,
                                 std::optional<std::int64_t> total)
    : ServerObserving(connection, request, total,
                      request.fields.find(kMeasurementField).value_or(std::string_view())) {}

ServerObserving::ServerObserving(ServerConnection& connection,
                                 wire::http::RequestHead const& request,
                                 std::optional<std::int64_t> total, std::string_view id)
    : connection_(connection), total_(total) {
  report_ = connection.context().observer != nullptr && is_id(id);
  // An upload's client gets the marks in the answer, with an id or without.
  upload_ = request.method == wire::http::Method::kPost;
  wanted_ = report_ || upload_;
  if (!wanted_) return;
  if (report_) observation_.measurement = id;
  auto const& clock = connection.context().clock;
  auto const during = [&](MonoTime begun, MonoTime ended) {
    auto const at = clock.wall(ended);
    return model::Mark{at, model::MarkSource::clock, at - clock.wall(begun)};
  };
  observation_.marks.set(mark::kServerAccept,
                         during(connection.accept_began(), connection.accepted_at()));
  if (auto const secured = connection.secured())
    observation_.marks.set(mark::kServerTls, during(secured->called_at, secured->done_at));
  observation_.marks.set(mark::kServerRequest,
                         during(connection.read_began(), connection.read_at()));
}

ServerObserving::~ServerObserving() {
  if (!report_) return;
  observation_.peer = connection_.peer().text();
  connection_.context().observer->on_transfer(std::move(observation_));
}

void ServerObserving::progress(std::int64_t bytes, MonoTime begun, MonoTime ended) {
  observation_.bytes = bytes;
  if (!wanted_) return;
  auto const& clock = connection_.context().clock;
  auto const at = clock.wall(ended);
  model::Mark const mark{at, model::MarkSource::clock, at - clock.wall(begun)};
  last_progress_ = mark;
  observation_.marks.set(mark::kServerFirst, mark);
  if (!total_) return;
  for (; upload_ && next_tenth_ < 10 && bytes * 10 >= next_tenth_ * *total_; ++next_tenth_)
    observation_.marks.set(model::dataperc_name(next_tenth_ * 10), mark);
  if (bytes * 2 >= *total_) observation_.marks.set(mark::kServerHalf, mark);
  if (bytes >= *total_) observation_.marks.set(mark::kServerLast, mark);
}

void ServerObserving::ended(std::int64_t bytes, MonoTime begun, MonoTime ended) {
  bool const told = total_.has_value();
  total_ = bytes;
  if (told || bytes == 0) return progress(bytes, begun, ended);
  if (wanted_) observation_.marks.set(mark::kServerLast, last_progress_);
}

void ServerObserving::complete() { observation_.complete = true; }

}  // namespace perfd::net
