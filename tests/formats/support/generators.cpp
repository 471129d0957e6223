#include "formats/support/generators.h"

#include <array>
#include <cstdint>
#include <limits>

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

rc::Gen<char32_t> any_code_point() {
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::inRange(0, 0x80), [](int c) { return char32_t(c); }),
      rc::gen::map(rc::gen::inRange(0x80, 0xD800), [](int c) { return char32_t(c); }),
      rc::gen::map(rc::gen::inRange(0xE000, 0x110000), [](int c) { return char32_t(c); }));
}

// Short lists: the model nests them three deep.
template <class Value>
rc::Gen<std::vector<Value>> few(rc::Gen<Value> value) {
  return rc::gen::scale(0.12, rc::gen::container<std::vector<Value>>(std::move(value)));
}

template <class Value>
rc::Gen<std::optional<Value>> maybe(rc::Gen<Value> value) {
  return rc::gen::oneOf(
      rc::gen::just(std::optional<Value>{}),
      rc::gen::map(std::move(value), [](Value v) { return std::optional<Value>(std::move(v)); }));
}

rc::Gen<Micros> any_span() {
  return rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                      [](std::int64_t us) { return Micros{us}; });
}

rc::Gen<double> any_quantile() {
  // Not rc's doubles, which are few and simple: every bit pattern that is finite.
  return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t seed) {
    return static_cast<double>(seed * 0x9E3779B97F4A7C15U >> 11U) * 0x1.0p-53;
  });
}

rc::Gen<std::uint64_t> any_number() {
  return rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(),
                        rc::gen::just(std::numeric_limits<std::uint64_t>::max()));
}

rc::Gen<std::vector<StateChange>> any_states() {
  return few<StateChange>(rc::gen::build<StateChange>(
      rc::gen::set(&StateChange::at, any_time()), rc::gen::set(&StateChange::status, any_text()),
      rc::gen::set(&StateChange::detail, any_text())));
}

rc::Gen<Endpoint> any_endpoint() {
  return rc::gen::build<Endpoint>(
      rc::gen::set(&Endpoint::host, any_text()), rc::gen::set(&Endpoint::address, any_text()),
      rc::gen::set(&Endpoint::port, rc::gen::arbitrary<std::uint16_t>()));
}

rc::Gen<Outcome> any_outcome() {
  auto const codes = all_failure_codes();
  auto const failure = rc::gen::build<Outcome>(
      rc::gen::set(&Outcome::code, rc::gen::elementOf(std::vector(codes.begin(), codes.end()))),
      rc::gen::set(&Outcome::operation, any_text()), rc::gen::set(&Outcome::detail, any_text()));
  return rc::gen::oneOf(rc::gen::just(Outcome{}), failure);
}

rc::Gen<OnionView> any_onion() {
  auto const event =
      rc::gen::build<DescriptorEvent>(rc::gen::set(&DescriptorEvent::at, any_time()),
                                      rc::gen::set(&DescriptorEvent::action, any_text()),
                                      rc::gen::set(&DescriptorEvent::hs_dir, any_text()),
                                      rc::gen::set(&DescriptorEvent::reason, any_text()),
                                      rc::gen::set(&DescriptorEvent::auth_type, any_text()));
  auto const service =
      rc::gen::build<OnionService>(rc::gen::set(&OnionService::instance, any_text()),
                                   rc::gen::set(&OnionService::single, rc::gen::arbitrary<bool>()),
                                   rc::gen::set(&OnionService::fresh, rc::gen::arbitrary<bool>()),
                                   rc::gen::set(&OnionService::added_at, any_time()),
                                   rc::gen::set(&OnionService::uploaded_at, maybe(any_time())),
                                   rc::gen::set(&OnionService::published_at, maybe(any_time())),
                                   rc::gen::set(&OnionService::uploads, any_number()),
                                   rc::gen::set(&OnionService::failed_uploads, any_number()));
  return rc::gen::build<OnionView>(
      rc::gen::set(&OnionView::address, any_text()),
      rc::gen::set(&OnionView::service, maybe(service)),
      rc::gen::set(&OnionView::descriptor, few<DescriptorEvent>(event)),
      rc::gen::set(&OnionView::circuits, few<Circuit>(any_circuit())),
      rc::gen::set(&OnionView::descriptor_requested_at, maybe(any_time())),
      rc::gen::set(&OnionView::descriptor_received_at, maybe(any_time())),
      rc::gen::set(&OnionView::rendezvous_ready_at, maybe(any_time())),
      rc::gen::set(&OnionView::introduced_at, maybe(any_time())),
      rc::gen::set(&OnionView::introduction_acked_at, maybe(any_time())),
      rc::gen::set(&OnionView::joined_at, maybe(any_time())));
}

rc::Gen<GuardsInForce> any_guards() {
  return rc::gen::build<GuardsInForce>(
      rc::gen::set(&GuardsInForce::policy, any_text()),
      rc::gen::set(&GuardsInForce::set, few<std::string>(any_text())),
      rc::gen::set(&GuardsInForce::set_at, maybe(any_time())),
      rc::gen::set(&GuardsInForce::dropped_at, maybe(any_time())));
}

rc::Gen<TorView> any_tor() {
  return rc::gen::build<TorView>(
      rc::gen::set(&TorView::instance, any_text()), rc::gen::set(&TorView::version, any_text()),
      rc::gen::set(&TorView::consensus_valid_after, maybe(any_time())),
      rc::gen::set(&TorView::build_timeout, maybe(any_span())),
      rc::gen::set(&TorView::timeout_quantile, maybe(any_quantile())),
      rc::gen::set(&TorView::build_timeout_learned, rc::gen::arbitrary<bool>()),
      rc::gen::set(&TorView::guard, any_text()),
      rc::gen::set(&TorView::guards, maybe(any_guards())),
      rc::gen::set(&TorView::stream, maybe(any_stream())),
      rc::gen::set(&TorView::circuits, few<Circuit>(any_circuit())),
      rc::gen::set(&TorView::onion, maybe(any_onion())),
      rc::gen::set(&TorView::chosen_path, rc::gen::arbitrary<bool>()));
}

rc::Gen<Distribution> any_distribution() {
  return rc::gen::build<Distribution>(
      rc::gen::set(&Distribution::n, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Distribution::min, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Distribution::median, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Distribution::p90, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Distribution::max, rc::gen::arbitrary<std::int64_t>()));
}

rc::Gen<Allocation> any_allocation() {
  auto const stay = rc::gen::build<CircuitStay>(
      rc::gen::set(&CircuitStay::circuit_id, any_number()),
      rc::gen::set(&CircuitStay::origin,
                   rc::gen::element(CircuitOrigin::unknown, CircuitOrigin::ready,
                                    CircuitOrigin::pending, CircuitOrigin::built)),
      rc::gen::set(&CircuitStay::cannibalized, rc::gen::arbitrary<bool>()),
      rc::gen::set(&CircuitStay::conflux_id, any_text()),
      rc::gen::set(&CircuitStay::age, maybe(any_span())),
      rc::gen::set(&CircuitStay::streams, rc::gen::arbitrary<std::int64_t>()));
  auto const one = rc::gen::build<AllocatedStream>(
      rc::gen::set(&AllocatedStream::outcome, any_outcome()),
      rc::gen::set(&AllocatedStream::started_at, any_time()),
      rc::gen::set(&AllocatedStream::first_byte, maybe(any_span())),
      rc::gen::set(&AllocatedStream::last_byte, maybe(any_span())),
      rc::gen::set(&AllocatedStream::waited, maybe(any_span())),
      rc::gen::set(&AllocatedStream::stream, maybe(any_stream())),
      rc::gen::set(&AllocatedStream::stays, few<CircuitStay>(stay)));
  return rc::gen::build<Allocation>(
      rc::gen::set(&Allocation::at_once, rc::gen::arbitrary<bool>()),
      rc::gen::set(&Allocation::pause, any_span()),
      rc::gen::set(&Allocation::isolation, any_text()),
      rc::gen::set(&Allocation::streams, few<AllocatedStream>(one)),
      rc::gen::set(&Allocation::circuits, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Allocation::detachments, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Allocation::streams_per_circuit, any_distribution()),
      rc::gen::set(&Allocation::waited_us, any_distribution()),
      rc::gen::set(&Allocation::circuit_age_us, any_distribution()));
}

rc::Gen<ProxyConnection> any_connection() {
  auto const request =
      rc::gen::build<ProxiedRequest>(rc::gen::set(&ProxiedRequest::at, any_time()),
                                     rc::gen::set(&ProxiedRequest::target, any_text()));
  return rc::gen::build<ProxyConnection>(
      rc::gen::set(&ProxyConnection::number, any_number()),
      rc::gen::set(&ProxyConnection::accepted_at, any_time()),
      rc::gen::set(&ProxyConnection::peer, any_text()),
      rc::gen::set(&ProxyConnection::host, any_text()),
      rc::gen::set(&ProxyConnection::port, rc::gen::arbitrary<std::uint16_t>()),
      rc::gen::set(&ProxyConnection::username, any_text()),
      rc::gen::set(&ProxyConnection::source_address, any_text()),
      rc::gen::set(&ProxyConnection::optimistic, rc::gen::arbitrary<bool>()),
      rc::gen::set(&ProxyConnection::marks, any_marks()),
      rc::gen::set(&ProxyConnection::requests, few<ProxiedRequest>(request)),
      rc::gen::set(&ProxyConnection::bytes_up, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&ProxyConnection::bytes_down, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&ProxyConnection::early_bytes, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&ProxyConnection::socks_reply, maybe(rc::gen::arbitrary<int>())),
      rc::gen::set(&ProxyConnection::closed_by, any_text()),
      rc::gen::set(&ProxyConnection::error, any_text()));
}

rc::Gen<Resource> any_resource() {
  return rc::gen::build<Resource>(
      rc::gen::set(&Resource::id, any_text()),
      rc::gen::set(&Resource::redirect, rc::gen::arbitrary<int>()),
      rc::gen::set(&Resource::url, any_text()), rc::gen::set(&Resource::method, any_text()),
      rc::gen::set(&Resource::type, any_text()), rc::gen::set(&Resource::initiator, any_text()),
      rc::gen::set(&Resource::protocol, any_text()), rc::gen::set(&Resource::mime_type, any_text()),
      rc::gen::set(&Resource::status, rc::gen::arbitrary<int>()),
      rc::gen::set(&Resource::requested_at, maybe(any_time())),
      rc::gen::set(&Resource::connect_start, maybe(any_time())),
      rc::gen::set(&Resource::connect_end, maybe(any_time())),
      rc::gen::set(&Resource::tls_start, maybe(any_time())),
      rc::gen::set(&Resource::tls_end, maybe(any_time())),
      rc::gen::set(&Resource::request_start, maybe(any_time())),
      rc::gen::set(&Resource::response_start, maybe(any_time())),
      rc::gen::set(&Resource::response_end, maybe(any_time())),
      rc::gen::set(&Resource::bytes_received, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Resource::header_bytes, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Resource::body_bytes, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Resource::request_bytes, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Resource::from_cache, rc::gen::arbitrary<bool>()),
      rc::gen::set(&Resource::error, any_text()),
      rc::gen::set(&Resource::connection, maybe(any_number())));
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

rc::Gen<GuardChoice> any_guard_choice() {
  return rc::gen::build<GuardChoice>(
      rc::gen::set(&GuardChoice::instance, any_text()),
      rc::gen::set(&GuardChoice::tor_run, any_number()),
      rc::gen::set(&GuardChoice::policy, any_text()), rc::gen::set(&GuardChoice::at, any_time()),
      rc::gen::set(&GuardChoice::consensus_valid_after, maybe(any_time())),
      rc::gen::set(&GuardChoice::reason, any_text()),
      rc::gen::set(&GuardChoice::set, few<std::string>(any_text())));
}

rc::Gen<GuardRanking> any_guard_ranking() {
  auto const guard = rc::gen::build<RankedGuard>(
      rc::gen::set(&RankedGuard::fingerprint, any_text()),
      rc::gen::set(&RankedGuard::nickname, any_text()),
      rc::gen::set(&RankedGuard::address, any_text()),
      rc::gen::set(&RankedGuard::country, any_text()),
      rc::gen::set(&RankedGuard::bandwidth, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&RankedGuard::self_advertised, maybe(rc::gen::arbitrary<std::int64_t>())));
  return rc::gen::build<GuardRanking>(
      rc::gen::set(&GuardRanking::instance, any_text()),
      rc::gen::set(&GuardRanking::policy, any_text()), rc::gen::set(&GuardRanking::at, any_time()),
      rc::gen::set(&GuardRanking::consensus_valid_after, maybe(any_time())),
      rc::gen::set(&GuardRanking::guards, few<RankedGuard>(guard)));
}

rc::Gen<std::string> any_text() {
  return rc::gen::map(few<char32_t>(any_code_point()), [](std::vector<char32_t> const& points) {
    std::string out;
    for (auto const point : points) out += utf8(point);
    return out;
  });
}

rc::Gen<WallTime> any_time() {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(0, kEndOfTime), wall_from_us);
}

rc::Gen<Marks> any_marks() {
  auto const entry = rc::gen::tuple(
      any_text(),
      rc::gen::build<Mark>(
          rc::gen::set(&Mark::at, any_time()),
          rc::gen::set(&Mark::source, rc::gen::element(MarkSource::clock, MarkSource::kernel)),
          rc::gen::set(&Mark::error_bound, any_span())));
  return rc::gen::map(few<std::tuple<std::string, Mark>>(entry),
                      [](std::vector<std::tuple<std::string, Mark>> const& entries) {
                        Marks marks;
                        for (auto const& [name, mark] : entries) marks.set(name, mark);
                        return marks;
                      });
}

rc::Gen<Circuit> any_circuit() {
  auto const path = few<Hop>(rc::gen::build<Hop>(rc::gen::set(&Hop::fingerprint, any_text()),
                                                 rc::gen::set(&Hop::nickname, any_text()),
                                                 rc::gen::set(&Hop::extended_at, any_time())));
  return rc::gen::build<Circuit>(
      rc::gen::set(&Circuit::id, any_number()), rc::gen::set(&Circuit::instance, any_text()),
      rc::gen::set(&Circuit::tor_run, any_number()),
      rc::gen::set(&Circuit::launched_at, any_time()), rc::gen::set(&Circuit::purpose, any_text()),
      rc::gen::set(&Circuit::build_flags, any_text()), rc::gen::set(&Circuit::hs_state, any_text()),
      rc::gen::set(&Circuit::rend_query, any_text()), rc::gen::set(&Circuit::hs_pow, any_text()),
      rc::gen::set(&Circuit::conflux_id, any_text()),
      rc::gen::set(&Circuit::conflux_rtt, maybe(any_span())),
      rc::gen::set(&Circuit::socks_username, any_text()), rc::gen::set(&Circuit::path, path),
      rc::gen::set(&Circuit::states, any_states()),
      rc::gen::set(&Circuit::built_at, maybe(any_time())),
      rc::gen::set(&Circuit::closed_at, maybe(any_time())),
      rc::gen::set(&Circuit::failed, rc::gen::arbitrary<bool>()),
      rc::gen::set(&Circuit::reason, any_text()), rc::gen::set(&Circuit::remote_reason, any_text()),
      rc::gen::set(&Circuit::build_timeout, maybe(any_span())),
      rc::gen::set(&Circuit::timeout_quantile, maybe(any_quantile())));
}

rc::Gen<Stream> any_stream() {
  auto const stays = few<Attachment>(
      rc::gen::build<Attachment>(rc::gen::set(&Attachment::circuit_id, any_number()),
                                 rc::gen::set(&Attachment::attached_at, any_time()),
                                 rc::gen::set(&Attachment::detached_at, maybe(any_time())),
                                 rc::gen::set(&Attachment::reason, any_text()),
                                 rc::gen::set(&Attachment::remote_reason, any_text())));
  return rc::gen::build<Stream>(
      rc::gen::set(&Stream::id, any_number()), rc::gen::set(&Stream::instance, any_text()),
      rc::gen::set(&Stream::tor_run, any_number()), rc::gen::set(&Stream::created_at, any_time()),
      rc::gen::set(&Stream::target, any_text()), rc::gen::set(&Stream::source_address, any_text()),
      rc::gen::set(&Stream::purpose, any_text()), rc::gen::set(&Stream::socks_username, any_text()),
      rc::gen::set(&Stream::client_protocol, any_text()),
      rc::gen::set(&Stream::isolation, any_text()), rc::gen::set(&Stream::states, any_states()),
      rc::gen::set(&Stream::attachments, stays),
      rc::gen::set(&Stream::closed_at, maybe(any_time())),
      rc::gen::set(&Stream::failed, rc::gen::arbitrary<bool>()),
      rc::gen::set(&Stream::reason, any_text()), rc::gen::set(&Stream::remote_reason, any_text()),
      rc::gen::set(&Stream::bytes_read, any_number()),
      rc::gen::set(&Stream::bytes_written, any_number()));
}

rc::Gen<PageLoad> any_page() {
  auto const check = rc::gen::build<ClockCheck>(
      rc::gen::set(&ClockCheck::name, any_text()),
      rc::gen::set(&ClockCheck::moments, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&ClockCheck::largest, any_span()),
      rc::gen::set(&ClockCheck::agrees, rc::gen::arbitrary<bool>()));
  return rc::gen::build<PageLoad>(
      rc::gen::set(&PageLoad::url, any_text()), rc::gen::set(&PageLoad::final_url, any_text()),
      rc::gen::set(&PageLoad::title, any_text()), rc::gen::set(&PageLoad::browser, any_text()),
      rc::gen::set(&PageLoad::load_of_process, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&PageLoad::resources, few<Resource>(any_resource())),
      rc::gen::set(&PageLoad::connections, few<ProxyConnection>(any_connection())),
      rc::gen::set(&PageLoad::streams, few<Stream>(any_stream())),
      rc::gen::set(&PageLoad::failed, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&PageLoad::clocks, few<ClockCheck>(check)),
      rc::gen::set(&PageLoad::screenshot, any_text()));
}

rc::Gen<Measurement> any_measurement() {
  return rc::gen::build<Measurement>(
      rc::gen::set(&Measurement::id, any_text()), rc::gen::set(&Measurement::source, any_text()),
      rc::gen::set(&Measurement::experiment, any_text()),
      rc::gen::set(&Measurement::kind, rc::gen::element(Kind::download, Kind::upload, Kind::page,
                                                        Kind::allocation, Kind::resolve)),
      rc::gen::set(&Measurement::target, any_text()), rc::gen::set(&Measurement::arm, any_text()),
      rc::gen::set(&Measurement::arm_turn,
                   maybe(rc::gen::build<model::ArmTurn>(
                       rc::gen::set(&model::ArmTurn::seed, rc::gen::arbitrary<std::uint64_t>()),
                       rc::gen::set(&model::ArmTurn::turn, rc::gen::arbitrary<std::int64_t>()),
                       rc::gen::set(&model::ArmTurn::arms, rc::gen::arbitrary<std::int64_t>())))),
      rc::gen::set(&Measurement::guards, any_text()),
      rc::gen::set(&Measurement::perfd_version, any_text()),
      rc::gen::set(&Measurement::outcome, any_outcome()),
      rc::gen::set(&Measurement::scheduled_at, any_time()),
      rc::gen::set(&Measurement::started_at, any_time()),
      rc::gen::set(&Measurement::marks, any_marks()),
      rc::gen::set(&Measurement::server, any_marks()),
      rc::gen::set(&Measurement::filesize, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Measurement::payload_bytes, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Measurement::readbytes, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Measurement::writebytes, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::set(&Measurement::socks_reply, maybe(rc::gen::arbitrary<int>())),
      rc::gen::set(&Measurement::http_status, maybe(rc::gen::arbitrary<int>())),
      rc::gen::set(&Measurement::socks_version, rc::gen::arbitrary<int>()),
      rc::gen::set(&Measurement::optimistic, rc::gen::arbitrary<bool>()),
      rc::gen::set(&Measurement::local, any_endpoint()),
      rc::gen::set(&Measurement::proxy, any_endpoint()),
      rc::gen::set(&Measurement::remote, any_endpoint()),
      rc::gen::set(&Measurement::resolved, any_text()), rc::gen::set(&Measurement::tor, any_tor()),
      rc::gen::set(&Measurement::allocation, maybe(any_allocation())),
      rc::gen::set(&Measurement::page, maybe(any_page())));
}

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
