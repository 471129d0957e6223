#include "web/api/event_stream.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "runtime/clock.h"
#include "web/api/arguments.h"
#include "web/api/own_endpoints.h"
#include "web/api/refusal.h"

namespace perfd::web::api {
namespace {

constexpr std::string_view kEvents = "/api/v1/events";
constexpr std::string_view kGreeting = "retry: 5000\n\n";
constexpr std::string_view kHeartbeat = ": nothing new\n\n";
constexpr std::size_t kPieceBytes = 64 << 10;
constexpr auto kFirstLook = std::chrono::seconds(5);
constexpr auto kFarewell = std::chrono::seconds(1);

Address events_address() {
  Address out;
  out.name = "events";
  out.about =
      "Every result as it is recorded, as server-sent events: `event: result`, `id:` its number, "
      "`data:` a JSON object with seq, id, at, source, experiment, arm, kind, target, filesize, "
      "outcome, ttfb and ttlb. `Last-Event-ID` goes on from there, at most 500 results behind. A "
      "comment every 15 seconds; ends after 30 minutes, for the client to come again.";
  out.answer = value("", Type::text, "events");
  out.csv = false;
  out.of_results = false;
  out.content_type = "text/event-stream";
  return out;
}

}  // namespace

Endpoint events_endpoint() { return {events_address(), {}}; }

// One listener.
class EventStream::Stream final : public Body {
 public:
  Stream(EventStream& hub, std::int64_t seq)
      : hub_(hub),
        seq_(seq),
        end_(runtime::mono_now() + hub.options_.longest),
        news_(hub.context_),
        place_(hub.waiting_.insert(hub.waiting_.end(), &news_)) {}
  ~Stream() override { hub_.waiting_.erase(place_); }
  Stream(Stream const&) = delete;
  Stream& operator=(Stream const&) = delete;

  runtime::Task<Result<std::string>> next() override {
    std::string piece;
    if (!std::exchange(greeted_, true)) piece = kGreeting;
    piece += hub_.events_behind(seq_);
    if (!piece.empty()) co_return success(std::move(piece));
    auto const beat = runtime::mono_now() + hub_.options_.heartbeat;
    while (piece.empty()) {
      if (hub_.stopping_ || runtime::mono_now() >= end_) co_return success(std::string());
      news_.reset();
      bool const told = co_await news_.wait_until(std::min(beat, end_));
      piece = hub_.events_behind(seq_);
      if (!told && piece.empty() && runtime::mono_now() < end_) piece = kHeartbeat;
    }
    co_return success(std::move(piece));
  }

 private:
  EventStream& hub_;
  std::int64_t seq_;  // of the last one that was sent
  MonoTime end_;
  bool greeted_ = false;
  runtime::Event news_;
  std::list<runtime::Event*>::iterator place_;
};

EventStream::EventStream(runtime::Loop& loop, NewResults& results, EventStreamOptions options)
    : results_(results),
      options_(options),
      context_(loop.context()),
      changed_(context_),
      ready_(context_),
      tasks_(loop) {}

EventStream::~EventStream() = default;

runtime::Task<std::optional<Response>> EventStream::answer(Request const& request) {
  if (request.path != kEvents) co_return std::nullopt;
  if (auto const wrong = Arguments::parse(events_address(), request.query, {}); !wrong)
    co_return to_response(wrong.error());
  std::optional<std::int64_t> behind;
  if (auto const given = request.fields.find("Last-Event-ID"); given && !given->empty()) {
    behind = parse_int<std::int64_t>(*given);
    if (!behind) co_return to_response(bad("Last-Event-ID", "takes the id of an event"));
  }
  if (waiting_.size() >= options_.max_listeners)
    co_return to_response({503, {}, "too many are listening at the moment; try again later"});
  if (!following_ && !stopping_) {
    following_ = true;
    tasks_.spawn("events", follow());
  }
  if (!ready_.is_set()) changed_.set();
  bool const known = co_await ready_.wait_until(runtime::mono_now() + kFirstLook);
  if (!known || stopping_ || waiting_.size() >= options_.max_listeners)
    co_return to_response({503, {}, "the store does not answer"});

  Response out;
  out.fields = {{"Content-Type", "text/event-stream"},
                {"Cache-Control", "no-store"},
                {"Access-Control-Allow-Origin", "*"},
                {"X-Content-Type-Options", "nosniff"},
                // For a proxy in front, which would wait for more.
                {"X-Accel-Buffering", "no"}};
  if (!request.head)
    out.body = std::make_unique<Stream>(*this, std::min(behind.value_or(last_seq_), last_seq_));
  co_return out;
}

// Runs from the first listener on.
runtime::Task<> EventStream::follow() {
  for (;;) {
    changed_.reset();
    auto const taken = co_await take_new();
    if (taken) {
      ready_.set();
      for (auto* const listener : waiting_) listener->set();
    }
    co_await changed_.wait_until(runtime::mono_now() + options_.look_every);
  }
}

runtime::Task<Result<>> EventStream::take_new() {
  auto seq = last_seq_;
  if (seq < 0) {
    auto const newest = co_await results_.newest();
    if (!newest) co_return newest.error();
    seq = std::max<std::int64_t>(0, *newest - static_cast<std::int64_t>(options_.max_behind));
  }
  for (;;) {
    auto found = co_await results_.behind(seq, options_.max_behind);
    if (!found) co_return found.error();
    auto const count = found->size();
    for (auto& result : *found) {
      seq = result.seq;
      latest_.push_back(std::move(result));
      if (latest_.size() > options_.max_behind) latest_.pop_front();
    }
    if (count < options_.max_behind) break;
  }
  last_seq_ = seq;
  co_return Result<>();
}

std::string EventStream::events_behind(std::int64_t& seq) const {
  std::string out;
  auto const first = std::find_if(latest_.begin(), latest_.end(),
                                  [&](auto const& result) { return result.seq > seq; });
  for (auto result = first; result != latest_.end() && out.size() < kPieceBytes; ++result) {
    out += "event: result\nid: " + std::to_string(result->seq) + "\ndata: " + result->data + "\n\n";
    seq = result->seq;
  }
  return out;
}

runtime::Task<> EventStream::stop() {
  stopping_ = true;
  for (auto* const listener : waiting_) listener->set();
  co_await tasks_.stop();
  auto const until = runtime::mono_now() + kFarewell;
  while (!waiting_.empty() && runtime::mono_now() < until)
    co_await runtime::sleep_for(std::chrono::milliseconds(5));
}

}  // namespace perfd::web::api
