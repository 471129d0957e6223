#include "formats/support/generators.h"

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "base/id.h"

namespace perfd::testing {
namespace {

using namespace model;
constexpr std::int64_t kEndOfTime = 4'102'444'800'000'000;  // 2100

std::string utf8(char32_t point) {
  std::string out;
  auto const tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
  };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0U | (point >> 6U));
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0U | (point >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (point >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
  return out;
}

// What one value is drawn by, inside of rc::gen::exec. Composed of these, the generators of the
// model need a handful of rapidcheck's templates; composed of rc::Gen, one for each type and
// member, which takes minutes to compile.
template <class Value>
using Draw = std::function<Value()>;

template <class Value>
Draw<Value> any() {
  return [] { return *rc::gen::arbitrary<Value>(); };
}

template <class Value, class... Others>
Draw<Value> one_of(Value first, Others... others) {
  return [all = std::array{first, others...}] {
    return all[*rc::gen::inRange<std::size_t>(0, all.size())];
  };
}

// Short lists: the model nests them three deep.
template <class Value>
Draw<std::vector<Value>> few(Draw<Value> value) {
  return [value = std::move(value)] {
    std::vector<Value> out(*rc::gen::inRange<std::size_t>(0, 4));
    for (auto& each : out) each = value();
    return out;
  };
}

template <class Value>
Draw<std::optional<Value>> maybe(Draw<Value> value) {
  return [value = std::move(value)] {
    return *rc::gen::arbitrary<bool>() ? std::optional<Value>(value()) : std::nullopt;
  };
}

template <class Object>
using Setter = std::function<void(Object&)>;

template <class Object, class Member>
Setter<Object> with(Member Object::*member, Draw<Member> value) {
  return [member, value = std::move(value)](Object& object) { object.*member = value(); };
}

template <class Object>
Draw<Object> built(std::vector<Setter<Object>> setters) {
  return [setters = std::move(setters)] {
    Object object;
    for (auto const& set : setters) set(object);
    return object;
  };
}

Draw<Circuit> some_circuit();
Draw<Stream> some_stream();

std::string text() {
  std::string out;
  auto const points = *rc::gen::inRange(0, 10);
  for (int i = 0; i < points; ++i) {
    auto const kind = *rc::gen::inRange(0, 3);
    auto const [from, to] = std::array{std::pair{0, 0x80}, std::pair{0x80, 0xD800},
                                       std::pair{0xE000, 0x110000}}[static_cast<std::size_t>(kind)];
    out += utf8(static_cast<char32_t>(*rc::gen::inRange(from, to)));
  }
  return out;
}

Draw<std::string> some_text() { return text; }

Draw<WallTime> some_time() {
  return [] { return wall_from_us(*rc::gen::inRange<std::int64_t>(0, kEndOfTime)); };
}

Draw<Micros> some_span() {
  return [] { return Micros{*rc::gen::arbitrary<std::int64_t>()}; };
}

Draw<double> some_quantile() {
  // Not rc's doubles, which are few and simple.
  return [] {
    auto const seed = *rc::gen::arbitrary<std::uint64_t>();
    return static_cast<double>(seed * 0x9E3779B97F4A7C15U >> 11U) * 0x1.0p-53;
  };
}

Draw<std::uint64_t> some_number() {
  return [] {
    return *rc::gen::arbitrary<bool>() ? *rc::gen::arbitrary<std::uint64_t>()
                                       : std::numeric_limits<std::uint64_t>::max();
  };
}

Draw<Marks> some_marks() {
  auto const mark = built<Mark>({with(&Mark::at, some_time()),
                                 with(&Mark::source, one_of(MarkSource::clock, MarkSource::kernel)),
                                 with(&Mark::error_bound, some_span())});
  return [mark] {
    Marks marks;
    auto const count = *rc::gen::inRange(0, 4);
    for (int i = 0; i < count; ++i) marks.set(text(), mark());
    return marks;
  };
}

Draw<std::vector<StateChange>> some_states() {
  return few<StateChange>(built<StateChange>({with(&StateChange::at, some_time()),
                                              with(&StateChange::status, some_text()),
                                              with(&StateChange::detail, some_text())}));
}

Draw<Endpoint> some_endpoint() {
  return built<Endpoint>({with(&Endpoint::host, some_text()), with(&Endpoint::address, some_text()),
                          with(&Endpoint::port, any<std::uint16_t>())});
}

Draw<Outcome> some_outcome() {
  Draw<FailureCode> const code = [] {
    auto const codes = all_failure_codes();
    return codes[*rc::gen::inRange<std::size_t>(0, codes.size())];
  };
  auto const failure =
      built<Outcome>({with(&Outcome::code, code), with(&Outcome::operation, some_text()),
                      with(&Outcome::detail, some_text())});
  return [failure] { return *rc::gen::arbitrary<bool>() ? failure() : Outcome{}; };
}

Draw<OnionView> some_onion() {
  auto const event = built<DescriptorEvent>(
      {with(&DescriptorEvent::at, some_time()), with(&DescriptorEvent::action, some_text()),
       with(&DescriptorEvent::hs_dir, some_text()), with(&DescriptorEvent::reason, some_text()),
       with(&DescriptorEvent::auth_type, some_text())});
  auto const service = built<OnionService>(
      {with(&OnionService::instance, some_text()), with(&OnionService::single, any<bool>()),
       with(&OnionService::fresh, any<bool>()), with(&OnionService::added_at, some_time()),
       with(&OnionService::uploaded_at, maybe(some_time())),
       with(&OnionService::published_at, maybe(some_time())),
       with(&OnionService::uploads, some_number()),
       with(&OnionService::failed_uploads, some_number())});
  return built<OnionView>({with(&OnionView::address, some_text()),
                           with(&OnionView::service, maybe(service)),
                           with(&OnionView::descriptor, few<DescriptorEvent>(event)),
                           with(&OnionView::circuits, few<Circuit>(some_circuit())),
                           with(&OnionView::descriptor_requested_at, maybe(some_time())),
                           with(&OnionView::descriptor_received_at, maybe(some_time())),
                           with(&OnionView::rendezvous_ready_at, maybe(some_time())),
                           with(&OnionView::introduced_at, maybe(some_time())),
                           with(&OnionView::introduction_acked_at, maybe(some_time())),
                           with(&OnionView::joined_at, maybe(some_time()))});
}

Draw<GuardsInForce> some_guards() {
  return built<GuardsInForce>({with(&GuardsInForce::policy, some_text()),
                               with(&GuardsInForce::set, few<std::string>(some_text())),
                               with(&GuardsInForce::set_at, maybe(some_time())),
                               with(&GuardsInForce::dropped_at, maybe(some_time()))});
}

Draw<TorView> some_tor() {
  return built<TorView>(
      {with(&TorView::instance, some_text()), with(&TorView::version, some_text()),
       with(&TorView::consensus_valid_after, maybe(some_time())),
       with(&TorView::build_timeout, maybe(some_span())),
       with(&TorView::timeout_quantile, maybe(some_quantile())),
       with(&TorView::build_timeout_learned, any<bool>()), with(&TorView::guard, some_text()),
       with(&TorView::guards, maybe(some_guards())), with(&TorView::stream, maybe(some_stream())),
       with(&TorView::circuits, few<Circuit>(some_circuit())),
       with(&TorView::onion, maybe(some_onion())), with(&TorView::chosen_path, any<bool>())});
}

Draw<Distribution> some_distribution() {
  return built<Distribution>({with(&Distribution::n, any<std::int64_t>()),
                              with(&Distribution::min, any<std::int64_t>()),
                              with(&Distribution::median, any<std::int64_t>()),
                              with(&Distribution::p90, any<std::int64_t>()),
                              with(&Distribution::max, any<std::int64_t>())});
}

Draw<Allocation> some_allocation() {
  auto const stay = built<CircuitStay>(
      {with(&CircuitStay::circuit_id, some_number()),
       with(&CircuitStay::origin, one_of(CircuitOrigin::unknown, CircuitOrigin::ready,
                                         CircuitOrigin::pending, CircuitOrigin::built)),
       with(&CircuitStay::cannibalized, any<bool>()), with(&CircuitStay::conflux_id, some_text()),
       with(&CircuitStay::age, maybe(some_span())),
       with(&CircuitStay::streams, any<std::int64_t>())});
  auto const one = built<AllocatedStream>({with(&AllocatedStream::outcome, some_outcome()),
                                           with(&AllocatedStream::started_at, some_time()),
                                           with(&AllocatedStream::first_byte, maybe(some_span())),
                                           with(&AllocatedStream::last_byte, maybe(some_span())),
                                           with(&AllocatedStream::waited, maybe(some_span())),
                                           with(&AllocatedStream::stream, maybe(some_stream())),
                                           with(&AllocatedStream::stays, few<CircuitStay>(stay))});
  return built<Allocation>({with(&Allocation::at_once, any<bool>()),
                            with(&Allocation::pause, some_span()),
                            with(&Allocation::isolation, some_text()),
                            with(&Allocation::streams, few<AllocatedStream>(one)),
                            with(&Allocation::circuits, any<std::int64_t>()),
                            with(&Allocation::detachments, any<std::int64_t>()),
                            with(&Allocation::streams_per_circuit, some_distribution()),
                            with(&Allocation::waited_us, some_distribution()),
                            with(&Allocation::circuit_age_us, some_distribution())});
}

Draw<ProxyConnection> some_connection() {
  auto const request = built<ProxiedRequest>(
      {with(&ProxiedRequest::at, some_time()), with(&ProxiedRequest::target, some_text())});
  return built<ProxyConnection>(
      {with(&ProxyConnection::number, some_number()),
       with(&ProxyConnection::accepted_at, some_time()), with(&ProxyConnection::peer, some_text()),
       with(&ProxyConnection::host, some_text()),
       with(&ProxyConnection::port, any<std::uint16_t>()),
       with(&ProxyConnection::username, some_text()),
       with(&ProxyConnection::source_address, some_text()),
       with(&ProxyConnection::optimistic, any<bool>()), with(&ProxyConnection::marks, some_marks()),
       with(&ProxyConnection::requests, few<ProxiedRequest>(request)),
       with(&ProxyConnection::bytes_up, any<std::int64_t>()),
       with(&ProxyConnection::bytes_down, any<std::int64_t>()),
       with(&ProxyConnection::early_bytes, any<std::int64_t>()),
       with(&ProxyConnection::socks_reply, maybe(any<int>())),
       with(&ProxyConnection::closed_by, some_text()), with(&ProxyConnection::error, some_text())});
}

Draw<Resource> some_resource() {
  return built<Resource>({with(&Resource::id, some_text()),
                          with(&Resource::redirect, any<int>()),
                          with(&Resource::url, some_text()),
                          with(&Resource::method, some_text()),
                          with(&Resource::type, some_text()),
                          with(&Resource::initiator, some_text()),
                          with(&Resource::protocol, some_text()),
                          with(&Resource::mime_type, some_text()),
                          with(&Resource::status, any<int>()),
                          with(&Resource::requested_at, maybe(some_time())),
                          with(&Resource::connect_start, maybe(some_time())),
                          with(&Resource::connect_end, maybe(some_time())),
                          with(&Resource::tls_start, maybe(some_time())),
                          with(&Resource::tls_end, maybe(some_time())),
                          with(&Resource::request_start, maybe(some_time())),
                          with(&Resource::response_start, maybe(some_time())),
                          with(&Resource::response_end, maybe(some_time())),
                          with(&Resource::bytes_received, any<std::int64_t>()),
                          with(&Resource::header_bytes, any<std::int64_t>()),
                          with(&Resource::body_bytes, any<std::int64_t>()),
                          with(&Resource::request_bytes, any<std::int64_t>()),
                          with(&Resource::from_cache, any<bool>()),
                          with(&Resource::error, some_text()),
                          with(&Resource::connection, maybe(some_number()))});
}

Draw<GuardChoice> some_guard_choice() {
  return built<GuardChoice>(
      {with(&GuardChoice::instance, some_text()), with(&GuardChoice::tor_run, some_number()),
       with(&GuardChoice::policy, some_text()), with(&GuardChoice::at, some_time()),
       with(&GuardChoice::consensus_valid_after, maybe(some_time())),
       with(&GuardChoice::reason, some_text()),
       with(&GuardChoice::set, few<std::string>(some_text()))});
}

Draw<GuardRanking> some_guard_ranking() {
  auto const guard = built<RankedGuard>(
      {with(&RankedGuard::fingerprint, some_text()), with(&RankedGuard::nickname, some_text()),
       with(&RankedGuard::address, some_text()), with(&RankedGuard::country, some_text()),
       with(&RankedGuard::bandwidth, any<std::int64_t>()),
       with(&RankedGuard::self_advertised, maybe(any<std::int64_t>()))});
  return built<GuardRanking>({with(&GuardRanking::instance, some_text()),
                              with(&GuardRanking::policy, some_text()),
                              with(&GuardRanking::at, some_time()),
                              with(&GuardRanking::consensus_valid_after, maybe(some_time())),
                              with(&GuardRanking::guards, few<RankedGuard>(guard))});
}

Draw<Circuit> some_circuit() {
  auto const path =
      few<Hop>(built<Hop>({with(&Hop::fingerprint, some_text()), with(&Hop::nickname, some_text()),
                           with(&Hop::extended_at, some_time())}));
  return built<Circuit>({with(&Circuit::id, some_number()),
                         with(&Circuit::instance, some_text()),
                         with(&Circuit::tor_run, some_number()),
                         with(&Circuit::launched_at, some_time()),
                         with(&Circuit::purpose, some_text()),
                         with(&Circuit::build_flags, some_text()),
                         with(&Circuit::hs_state, some_text()),
                         with(&Circuit::rend_query, some_text()),
                         with(&Circuit::hs_pow, some_text()),
                         with(&Circuit::conflux_id, some_text()),
                         with(&Circuit::conflux_rtt, maybe(some_span())),
                         with(&Circuit::socks_username, some_text()),
                         with(&Circuit::path, path),
                         with(&Circuit::states, some_states()),
                         with(&Circuit::built_at, maybe(some_time())),
                         with(&Circuit::closed_at, maybe(some_time())),
                         with(&Circuit::failed, any<bool>()),
                         with(&Circuit::reason, some_text()),
                         with(&Circuit::remote_reason, some_text()),
                         with(&Circuit::build_timeout, maybe(some_span())),
                         with(&Circuit::timeout_quantile, maybe(some_quantile()))});
}

Draw<Stream> some_stream() {
  auto const stays = few<Attachment>(built<Attachment>(
      {with(&Attachment::circuit_id, some_number()), with(&Attachment::attached_at, some_time()),
       with(&Attachment::detached_at, maybe(some_time())), with(&Attachment::reason, some_text()),
       with(&Attachment::remote_reason, some_text())}));
  return built<Stream>(
      {with(&Stream::id, some_number()), with(&Stream::instance, some_text()),
       with(&Stream::tor_run, some_number()), with(&Stream::created_at, some_time()),
       with(&Stream::target, some_text()), with(&Stream::source_address, some_text()),
       with(&Stream::purpose, some_text()), with(&Stream::socks_username, some_text()),
       with(&Stream::client_protocol, some_text()), with(&Stream::isolation, some_text()),
       with(&Stream::states, some_states()), with(&Stream::attachments, stays),
       with(&Stream::closed_at, maybe(some_time())), with(&Stream::failed, any<bool>()),
       with(&Stream::reason, some_text()), with(&Stream::remote_reason, some_text()),
       with(&Stream::bytes_read, some_number()), with(&Stream::bytes_written, some_number())});
}

Draw<PageLoad> some_page() {
  auto const check = built<ClockCheck>(
      {with(&ClockCheck::name, some_text()), with(&ClockCheck::moments, any<std::int64_t>()),
       with(&ClockCheck::largest, some_span()), with(&ClockCheck::agrees, any<bool>())});
  return built<PageLoad>(
      {with(&PageLoad::url, some_text()), with(&PageLoad::final_url, some_text()),
       with(&PageLoad::title, some_text()), with(&PageLoad::browser, some_text()),
       with(&PageLoad::load_of_process, any<std::int64_t>()),
       with(&PageLoad::resources, few<Resource>(some_resource())),
       with(&PageLoad::connections, few<ProxyConnection>(some_connection())),
       with(&PageLoad::streams, few<Stream>(some_stream())),
       with(&PageLoad::failed, any<std::int64_t>()),
       with(&PageLoad::clocks, few<ClockCheck>(check)), with(&PageLoad::screenshot, some_text())});
}

Draw<Measurement> some_measurement() {
  return built<Measurement>(
      {with(&Measurement::id, some_text()),
       with(&Measurement::source, some_text()),
       with(&Measurement::experiment, some_text()),
       with(&Measurement::kind,
            one_of(Kind::download, Kind::upload, Kind::page, Kind::allocation, Kind::resolve)),
       with(&Measurement::target, some_text()),
       with(&Measurement::arm, some_text()),
       with(&Measurement::arm_turn,
            maybe(built<model::ArmTurn>({with(&model::ArmTurn::seed, any<std::uint64_t>()),
                                         with(&model::ArmTurn::turn, any<std::int64_t>()),
                                         with(&model::ArmTurn::arms, any<std::int64_t>())}))),
       with(&Measurement::guards, some_text()),
       with(&Measurement::perfd_version, some_text()),
       with(&Measurement::outcome, some_outcome()),
       with(&Measurement::scheduled_at, some_time()),
       with(&Measurement::started_at, some_time()),
       with(&Measurement::marks, some_marks()),
       with(&Measurement::server, some_marks()),
       with(&Measurement::filesize, any<std::int64_t>()),
       with(&Measurement::payload_bytes, any<std::int64_t>()),
       with(&Measurement::readbytes, any<std::int64_t>()),
       with(&Measurement::writebytes, any<std::int64_t>()),
       with(&Measurement::socks_reply, maybe(any<int>())),
       with(&Measurement::http_status, maybe(any<int>())),
       with(&Measurement::socks_version, any<int>()),
       with(&Measurement::optimistic, any<bool>()),
       with(&Measurement::local, some_endpoint()),
       with(&Measurement::proxy, some_endpoint()),
       with(&Measurement::remote, some_endpoint()),
       with(&Measurement::resolved, some_text()),
       with(&Measurement::tor, some_tor()),
       with(&Measurement::allocation, maybe(some_allocation())),
       with(&Measurement::page, maybe(some_page()))});
}

std::string fingerprint(std::uint64_t seed) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (int i = 0; i < 40; ++i) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    out += kDigits[seed >> 60U];
  }
  return out;
}

}  // namespace

rc::Gen<std::string> any_text() { return rc::gen::exec(some_text()); }
rc::Gen<WallTime> any_time() { return rc::gen::exec(some_time()); }
rc::Gen<Marks> any_marks() { return rc::gen::exec(some_marks()); }
rc::Gen<Circuit> any_circuit() { return rc::gen::exec(some_circuit()); }
rc::Gen<Stream> any_stream() { return rc::gen::exec(some_stream()); }
rc::Gen<GuardChoice> any_guard_choice() { return rc::gen::exec(some_guard_choice()); }
rc::Gen<GuardRanking> any_guard_ranking() { return rc::gen::exec(some_guard_ranking()); }
rc::Gen<PageLoad> any_page() { return rc::gen::exec(some_page()); }
rc::Gen<Measurement> any_measurement() { return rc::gen::exec(some_measurement()); }

rc::Gen<Measurement> real_download() {
  return rc::gen::exec([] {
    Measurement m;
    auto const start = *rc::gen::inRange<std::int64_t>(1'000'000'000'000'000, kEndOfTime);
    m.id = make_id(wall_from_us(start), {});
    m.source = "op-" + std::to_string(*rc::gen::inRange(1, 99));
    m.experiment = "download";
    m.filesize = *rc::gen::element<std::int64_t>(51200, 1048576, 5242880);
    m.started_at = m.scheduled_at = wall_from_us(start);
    std::vector<std::string> names = {"START",   "SOCKET",   "CONNECT",     "NEGOTIATE",
                                      "REQUEST", "RESPONSE", "DATAREQUEST", "DATARESPONSE"};
    for (int percent = 0; percent < 100; percent += 10) names.push_back(dataperc_name(percent));
    for (auto const size : kPartialSizes)
      if (size <= m.filesize) names.push_back(partial_name(size));
    names.insert(names.end(), {"DATAPERC100", "DATACOMPLETE"});
    bool const complete = *rc::gen::arbitrary<bool>();
    auto const reached = complete ? names.size() : *rc::gen::inRange<std::size_t>(1, names.size());
    auto at = start;
    for (std::size_t i = 0; i < reached; ++i) {
      m.marks.set(names[i], Mark{.at = wall_from_us(at)});
      at += *rc::gen::inRange<std::int64_t>(0, 5'000'000);
    }
    if (!complete)
      m.outcome = *rc::gen::element(Outcome{FailureCode::net_timeout, "http body", "deadline"},
                                    Outcome{FailureCode::http_truncated, "http body", "end"},
                                    Outcome{FailureCode::socks_ttl_expired, "socks", "06"});
    m.readbytes = *rc::gen::inRange<std::int64_t>(0, 6'000'000);
    m.writebytes = *rc::gen::inRange<std::int64_t>(0, 500);
    m.local = {"localhost", "127.0.0.1", *rc::gen::arbitrary<std::uint16_t>()};
    m.proxy = {"localhost", "127.0.0.1", 9050};
    m.remote =
        *rc::gen::element(Endpoint{"203.0.113.7", "203.0.113.7", 80},
                          Endpoint{"example.onion", "", 80}, Endpoint{"", "2001:db8::7", 80});
    if (*rc::gen::arbitrary<bool>()) return m;  // no controller
    Circuit circuit;
    circuit.id = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
    auto hop_at = start - *rc::gen::inRange<std::int64_t>(0, 600'000'000);
    circuit.launched_at = wall_from_us(hop_at);
    auto const hops = *rc::gen::inRange(1, 5);
    for (int i = 0; i < hops; ++i) {
      hop_at += *rc::gen::inRange<std::int64_t>(0, 3'000'000);
      circuit.path.push_back(
          {fingerprint(*rc::gen::arbitrary<std::uint64_t>()), "", wall_from_us(hop_at)});
    }
    circuit.build_timeout = Micros{*rc::gen::inRange<std::int64_t>(1, 60'000) * 1000};
    circuit.timeout_quantile = 0.8;
    Stream stream;
    stream.id = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
    stream.attachments.push_back({circuit.id, m.started_at, {}, {}, {}});
    stream.closed_at = wall_from_us(at);
    m.tor.circuits.push_back(circuit);
    m.tor.stream = stream;
    return m;
  });
}

}  // namespace perfd::testing
