#include "experiments/page.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <set>

#include "base/text.h"
#include "experiments/around.h"
#include "experiments/end_notice.h"
#include "experiments/page_join.h"
#include "experiments/page_outcome.h"
#include "net/measuring_proxy.h"

namespace perfd::experiments {
namespace {

using model::FailureCode;
using model::Measurement;
using model::PageLoad;
using runtime::Task;

// By which a browser that minds its deadline may come late before it is cut off.
constexpr Nanos kPageGrace = std::chrono::seconds{5};
constexpr auto kBrowserOperation = "start browser";
// Streams of one load that tor is asked for: more connections than a page needs.
constexpr std::size_t kMaxStreams = 256;

// Connections of one load, as they end.
class Connections final : public net::ProxyObserver {
 public:
  void on_connection(model::ProxyConnection connection) override {
    list.push_back(std::move(connection));
  }
  std::vector<model::ProxyConnection> list;
};

std::string url_of(PageSpec const& spec) {
  if (!spec.url.empty()) return spec.url;
  auto const& request = spec.request;
  bool const usual = request.port == (spec.https ? 443 : 80);
  std::string url = spec.https ? "https://" : "http://";
  url += request.host;
  if (!usual) url += ":" + std::to_string(request.port);
  // So that nothing on the way, the browser included, has it already.
  url += request.path + (request.path.find('?') == std::string::npos ? "?" : "&");
  if (spec.form) url += "size=" + std::to_string(request.size.count) + "&";
  return url + "load=" + request.id;
}

// tor's end closes connections, and may be what the browser stumbled over.
Task<> blame_tor(StreamJoin const& tor, model::Outcome& outcome) {
  if (outcome.ok() || outcome.code == FailureCode::perfd_cancelled) co_return;
  co_await await_end(tor);
  if (tor.state() != StreamJoin::State::down) co_return;
  outcome.code = FailureCode::tor_down;
  outcome.detail = printable(tor.state_detail() + "; " + outcome.detail, kPageDetailLimit);
}

Task<> join_streams(StreamJoin& tor, MeasurementSpec const& spec, MonoTime until,
                    Measurement& record) {
  auto& page = *record.page;
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  auto const* const document = document_of(page);
  for (auto const& connection : page.connections) {
    if (connection.source_address.empty() || page.streams.size() >= kMaxStreams) continue;
    StreamJoin::Key key{username_of(spec), connection.source_address, spec.onion,
                        record.started_at};
    auto joined = co_await tor.join(std::move(key), until);
    for (auto& circuit : joined.circuits)
      if (seen.emplace(circuit.tor_run, circuit.id).second)
        record.tor.circuits.push_back(std::move(circuit));
    if (joined.stream && ((document != nullptr && document->connection == connection.number) ||
                          !record.tor.stream)) {
      record.tor.stream = joined.stream;
      record.tor.guard = joined.guard;
      record.tor.onion = std::move(joined.onion);
    }
    if (joined.stream) page.streams.push_back(std::move(*joined.stream));
  }
}

// Whether the server may have seen what it tells of: the document, or what the form sends.
bool server_was_asked(PageSpec const& spec, PageLoad const& page) {
  auto const* const asked = spec.form ? form_of(page) : document_of(page);
  return asked != nullptr && asked->request_start.has_value();
}

Task<> join_server(ServerMarks& server, PageSpec const& spec, MonoTime until, Measurement& record) {
  if (!server_was_asked(spec, *record.page)) until = runtime::mono_now();
  auto seen = co_await server.take(spec.request.id, until);
  if (!seen) co_return;
  record.server = std::move(seen->marks);
  if (spec.form) record.payload_bytes = seen->bytes;
}

void sum_up(PageSpec const& spec, Measurement& record) {
  auto& page = *record.page;
  for (auto const& connection : page.connections) {
    record.readbytes += connection.bytes_down;
    record.writebytes += connection.bytes_up;
  }
  if (!spec.form) {
    for (auto const& resource : page.resources) record.payload_bytes += resource.bytes_received;
    if (record.outcome.ok()) record.filesize = record.payload_bytes;
  }
  if (!page.connections.empty()) record.socks_reply = page.connections.front().socks_reply;
  if (auto const* document = document_of(page); document && document->status != 0)
    record.http_status = document->status;
}

Task<Result<>> load(browser::BrowserPool& browsers, browser::LoadSpec spec,
                    browser::LoadTrace& trace) {
  return browsers.load(std::move(spec), trace);
}

// What is known of a load that came to nothing before the browser was told of it.
Measurement not_loaded(MeasurementPorts const& ports, PageSpec const& spec,
                       model::Outcome outcome) {
  auto record = started_record(spec.request, runtime::wall_now());
  record.marks.set(model::mark::kStart, {record.started_at, model::MarkSource::clock, {}});
  if (ports.tor != nullptr) record.tor = ports.tor->view();
  record.page.emplace().url = url_of(spec);
  record.outcome = std::move(outcome);
  return record;
}

// With tor and the browser there.
Task<Measurement> load_through(MeasurementPorts ports, browser::BrowserPool& browsers,
                               PageSpec const& spec, MonoTime deadline,
                               std::string& screenshot_png) {
  auto bound = runtime::BoundListener::bind(runtime::Address::parse("127.0.0.1:0").value());
  if (!bound)
    co_return not_loaded(ports, spec,
                         {FailureCode::perfd_internal, kPageOperation, bound.error().message});
  Connections seen;
  net::ProxySettings settings;
  settings.upstream = *spec.request.proxy;
  settings.username = username_of(spec.request);
  settings.optimistic = spec.request.optimistic;
  net::MeasuringProxy proxy(ports.loop, std::move(settings), seen);
  proxy.listen(std::move(*bound));
  if (ports.server != nullptr) ports.server->expect(spec.request.id);

  auto record = not_loaded(ports, spec, {});
  browser::LoadTrace trace;
  browser::LoadSpec const wanted{record.page->url, proxy.address(), deadline,
                                 spec.quiet,       spec.screenshot, spec.own_certificate};
  Raced raced;
  std::exception_ptr bug;
  try {
    raced = co_await race(deadline + browser::kAfterDeadline + kPageGrace, ports.stop,
                          load(browsers, wanted, trace));
  } catch (std::exception const&) {
    bug = std::current_exception();
  }
  // Before anything else: what is still open has its end, and its record.
  co_await proxy.stop();
  if (bug) {
    if (ports.server != nullptr) ports.server->forget(spec.request.id);
    std::rethrow_exception(bug);
  }

  record.marks = std::move(trace.marks);
  if (auto const start = record.marks.at(model::mark::kStart)) record.started_at = *start;
  auto url = std::move(record.page->url);
  record.page = std::move(trace.page);
  record.page->url = std::move(url);
  record.page->connections = std::move(seen.list);
  std::sort(record.page->connections.begin(), record.page->connections.end(),
            [](auto const& a, auto const& b) { return a.number < b.number; });
  join_connections(*record.page);
  record.page->clocks.push_back(compare_clocks(*record.page, kProxyClockBound));
  record.outcome = outcome_of(raced, *record.page);
  screenshot_png = std::move(trace.screenshot_png);
  bool const wait = raced.ending != Ending::stopped;
  auto const now = runtime::mono_now();
  auto const until = [&](Micros span) { return wait ? now + Nanos{span} : now; };
  if (ports.server != nullptr)
    co_await join_server(*ports.server, spec, until(spec.request.server_wait), record);
  if (spec.form && record.outcome.ok()) record.outcome = outcome_of_form(spec, record);
  if (ports.tor != nullptr) {
    co_await blame_tor(*ports.tor, record.outcome);
    co_await join_streams(*ports.tor, spec.request, until(spec.request.tor_wait), record);
  }
  sum_up(spec, record);
  co_return record;
}

Task<Measurement> load_prepared(MeasurementPorts ports, browser::BrowserPool& browsers,
                                PageSpec const& spec, MonoTime deadline,
                                std::string& screenshot_png) {
  auto const raced = co_await race(deadline + kPageGrace, ports.stop, browsers.prepare(deadline));
  if (raced.ending == Ending::finished && !raced.error)
    co_return co_await load_through(ports, browsers, spec, deadline, screenshot_png);
  auto outcome = outcome_of(raced, {});
  outcome.operation = kBrowserOperation;
  co_return not_loaded(ports, spec, std::move(outcome));
}

}  // namespace

Task<Measurement> measure_page(MeasurementPorts ports, browser::BrowserPool& browsers,
                               PageSpec page_spec, std::string& screenshot_png) {
  auto const work = [&](MeasurementPorts with, MeasurementSpec spec,
                        MonoTime deadline) -> Task<Measurement> {
    page_spec.request = std::move(spec);
    return load_prepared(with, browsers, page_spec, deadline, screenshot_png);
  };
  co_return co_await measure_prepared(ports, page_spec.request, work);
}

}  // namespace perfd::experiments
