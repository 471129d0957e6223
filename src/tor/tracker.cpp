#include "tor/tracker.h"

#include <algorithm>
#include <set>
#include <type_traits>

namespace perfd::tor {
namespace {

// Closed objects may pass the limit by this much, so that looking for old ones is rare.
constexpr std::size_t kSlack = 256;
// Watches can't keep more than this many times the limit.
constexpr std::size_t kWatchedFactor = 8;

// tor writes an IPv6 client as "::1:40586", perfd as "[::1]:40586".
bool same_address(std::string_view a, std::string_view b) {
  auto const skip = [](std::string_view text, std::size_t& at) {
    while (at < text.size() && (text[at] == '[' || text[at] == ']')) ++at;
    return at < text.size() ? text[at] : '\0';
  };
  for (std::size_t i = 0, j = 0;; ++i, ++j) {
    char const x = skip(a, i);
    char const y = skip(b, j);
    if (x != y) return false;
    if (x == '\0') return true;
  }
}

}  // namespace

CircuitStreamTracker::Watch& CircuitStreamTracker::Watch::operator=(Watch&& other) noexcept {
  if (this != &other) {
    release();
    watches_ = std::move(other.watches_);
    username_ = std::move(other.username_);
  }
  return *this;
}

void CircuitStreamTracker::Watch::release() {
  if (!watches_) return;
  auto const entry = watches_->count.find(username_);
  if (entry != watches_->count.end() && --entry->second == 0) watches_->count.erase(entry);
  watches_.reset();
}

CircuitStreamTracker::CircuitStreamTracker(std::string instance, std::uint64_t run,
                                           TrackerSink& sink, TrackerLimits limits)
    : instance_(std::move(instance)),
      run_(run),
      sink_(sink),
      limits_(limits),
      watches_(std::make_shared<Watches>()) {}

void CircuitStreamTracker::on_event(WallTime read_at, wire::torctl::Event const& event) {
  using namespace wire::torctl;
  ++events_;
  if (auto const* circ = std::get_if<Circ>(&event))
    on_circuit(read_at, *circ, is_end(*circ), false);
  else if (auto const* minor = std::get_if<CircMinor>(&event))
    on_circuit(read_at, *minor, false, false);
  else if (auto const* stream = std::get_if<wire::torctl::Stream>(&event))
    on_stream(read_at, *stream, false);
  else if (auto const* bandwidth = std::get_if<StreamBw>(&event))
    on_stream_bw(*bandwidth);
  else if (auto const* timeout = std::get_if<BuildTimeoutSet>(&event))
    on_build_timeout(*timeout);
  else if (auto const* descriptor = std::get_if<HsDesc>(&event))
    on_descriptor(read_at, *descriptor);
}

void CircuitStreamTracker::on_circuit(WallTime at, wire::torctl::CircuitReport const& report,
                                      bool ended, bool adopted) {
  bool const known = report.status == "LAUNCHED" && !adopted;
  auto& entry = circuit_entry(report.id, known);
  // An end that was told twice, or news of what has ended, changes nothing.
  if (entry.object.closed_at) return;
  entry.touched = events_;
  counters_.dropped_details += apply(entry.object, report, at, entry.known, limits_.object);
  if (!adopted) tally_.count(entry.object, report);
  built_.note(entry.object);
  if (ended) end_circuit({run_, report.id});
}

void CircuitStreamTracker::on_stream(WallTime at, wire::torctl::Stream const& report,
                                     bool adopted) {
  bool const known = (report.status == "NEW" || report.status == "NEWRESOLVE") && !adopted;
  auto& entry = stream_entry(report.id, known);
  if (entry.object.closed_at) return;
  entry.touched = events_;
  bool const same_set = same_conflux_set(entry.object, report.circuit);
  counters_.dropped_details += apply(entry.object, report, at, same_set, limits_.object);
  if (is_end(report)) end_stream({run_, report.id});
}

void CircuitStreamTracker::on_stream_bw(wire::torctl::StreamBw const& report) {
  auto const found = streams_.find({run_, report.id});
  if (found == streams_.end()) return;
  found->second.object.bytes_read += report.read;
  found->second.object.bytes_written += report.written;
}

void CircuitStreamTracker::on_descriptor(WallTime at, wire::torctl::HsDesc const& report) {
  // What a service of this tor publishes is its own affair.
  if (is_publishing(report)) return;
  auto const clip = [&](std::string const& text) { return text.substr(0, limits_.object.text); };
  model::DescriptorEvent event{at, clip(report.action),
                               clip(wire::torctl::parse_relay_name(report.hs_dir).fingerprint),
                               clip(report.reason), clip(report.auth_type)};
  descriptor_events_.emplace_back(clip(report.address), std::move(event));
  if (descriptor_events_.size() > limits_.descriptor_events) descriptor_events_.pop_front();
}

void CircuitStreamTracker::on_build_timeout(wire::torctl::BuildTimeoutSet const& report) {
  if (report.timeout) build_timeout_.timeout = report.timeout;
  if (report.cutoff_quantile) build_timeout_.quantile = report.cutoff_quantile;
  if (report.type == "COMPUTED") build_timeout_.learned = true;
  if (report.type == "RESET") build_timeout_.learned = false;
}

CircuitStreamTracker::Entry<model::Circuit>& CircuitStreamTracker::circuit_entry(std::uint64_t id,
                                                                                 bool known) {
  Key const key{run_, id};
  if (auto const found = circuits_.find(key); found != circuits_.end()) return found->second;
  while (open_circuits_ >= limits_.open_circuits) {
    auto const oldest = std::find_if(circuits_.begin(), circuits_.end(), [](auto const& entry) {
      return !entry.second.object.closed_at;
    });
    ++counters_.dropped_objects;
    sink_.on_circuit_done(oldest->second.object);
    built_.forget(oldest->second.object);
    circuits_.erase(oldest);
    --open_circuits_;
  }
  ++counters_.circuits;
  ++open_circuits_;
  auto& entry = circuits_[key];
  entry.known = known;
  entry.object.id = id;
  entry.object.instance = instance_;
  entry.object.tor_run = run_;
  if (known) {
    entry.object.build_timeout = build_timeout_.timeout;
    entry.object.timeout_quantile = build_timeout_.quantile;
  }
  return entry;
}

CircuitStreamTracker::Entry<model::Stream>& CircuitStreamTracker::stream_entry(std::uint64_t id,
                                                                               bool known) {
  Key const key{run_, id};
  if (auto const found = streams_.find(key); found != streams_.end()) return found->second;
  while (open_streams_ >= limits_.open_streams) {
    auto const oldest = std::find_if(streams_.begin(), streams_.end(), [](auto const& entry) {
      return !entry.second.object.closed_at;
    });
    ++counters_.dropped_objects;
    sink_.on_stream_done(oldest->second.object);
    streams_.erase(oldest);
    --open_streams_;
  }
  ++counters_.streams;
  ++open_streams_;
  auto& entry = streams_[key];
  entry.known = known;
  entry.object.id = id;
  entry.object.instance = instance_;
  entry.object.tor_run = run_;
  return entry;
}

bool CircuitStreamTracker::same_conflux_set(model::Stream const& stream,
                                            std::uint64_t circuit) const {
  if (stream.attachments.empty()) return false;
  auto const last = circuits_.find({stream.tor_run, stream.attachments.back().circuit_id});
  auto const next = circuits_.find({stream.tor_run, circuit});
  return last != circuits_.end() && next != circuits_.end() &&
         !last->second.object.conflux_id.empty() &&
         last->second.object.conflux_id == next->second.object.conflux_id;
}

void CircuitStreamTracker::end_circuit(Key key) {
  auto const found = circuits_.find(key);
  --open_circuits_;
  built_.forget(found->second.object);
  closed_circuits_.push_back(key);
  sink_.on_circuit_done(found->second.object);
  forget_oldest();
}

void CircuitStreamTracker::end_stream(Key key) {
  auto const found = streams_.find(key);
  --open_streams_;
  closed_streams_.push_back(key);
  sink_.on_stream_done(found->second.object);
  forget_oldest();
}

template <class Keep>
void CircuitStreamTracker::abandon_open(WallTime at, char const* reason, Keep keep) {
  auto const abandon_in = [&](auto& objects) {
    std::vector<Key> ended;
    for (auto& [key, entry] : objects) {
      if (entry.object.closed_at || keep(key, entry)) continue;
      abandon(entry.object, at, reason);
      ended.push_back(key);
    }
    return ended;
  };
  // Streams first, so that their circuits are still there for whoever gets them.
  for (auto const& key : abandon_in(streams_)) end_stream(key);
  for (auto const& key : abandon_in(circuits_)) end_circuit(key);
}

void CircuitStreamTracker::adopt(WallTime at, std::vector<wire::torctl::Circ> const& circuits,
                                 std::vector<wire::torctl::Stream> const& streams,
                                 std::optional<std::uint64_t> mark) {
  std::set<std::uint64_t> listed_circuits;
  for (auto const& circ : circuits) listed_circuits.insert(circ.id);
  std::set<std::uint64_t> listed_streams;
  for (auto const& stream : streams) listed_streams.insert(stream.id);
  abandon_open(at, "UNSEEN", [&](Key key, auto const& entry) {
    bool const listed = std::is_same_v<decltype(entry.object), model::Stream>
                            ? listed_streams.contains(key.second)
                            : listed_circuits.contains(key.second);
    return listed || (mark && entry.touched > *mark);
  });
  for (auto const& circ : circuits) on_circuit(at, circ, is_end(circ), true);
  for (auto const& stream : streams) on_stream(at, stream, true);
}

void CircuitStreamTracker::tor_died(WallTime at) {
  abandon_open(at, "TOR_DIED", [](Key, auto const&) { return false; });
  build_timeout_ = {};
}

void CircuitStreamTracker::tor_started(WallTime at, std::uint64_t run) {
  tor_died(at);
  run_ = run;
}

CircuitStreamTracker::Watch CircuitStreamTracker::watch(std::string username) {
  ++watches_->count[username];
  return Watch(watches_, std::move(username));
}

bool CircuitStreamTracker::watched(std::string_view username) const {
  return !username.empty() && watches_->count.contains(username);
}

std::optional<model::Stream> CircuitStreamTracker::stream_for(
    std::string_view username, std::string_view source_address) const {
  // Backwards: the newest comes first.
  for (auto entry = streams_.rbegin(); entry != streams_.rend(); ++entry) {
    auto const& stream = entry->second.object;
    if (stream.socks_username == username &&
        (source_address.empty() || same_address(stream.source_address, source_address)))
      return stream;
  }
  return std::nullopt;
}

std::vector<model::Stream> CircuitStreamTracker::streams_for(std::string_view username) const {
  std::vector<model::Stream> out;
  for (auto const& [key, entry] : streams_)
    if (entry.object.socks_username == username) out.push_back(entry.object);
  return out;
}

std::vector<model::Circuit> CircuitStreamTracker::circuits_for(model::Stream const& stream) const {
  std::vector<model::Circuit> out;
  auto const add = [&](model::Circuit const& circuit) {
    if (std::none_of(out.begin(), out.end(), [&](auto const& o) { return o.id == circuit.id; }))
      out.push_back(circuit);
  };
  for (auto const& attachment : stream.attachments) {
    auto const found = circuits_.find({stream.tor_run, attachment.circuit_id});
    if (found == circuits_.end()) continue;
    add(found->second.object);
    auto const& set = found->second.object.conflux_id;
    if (set.empty()) continue;
    for (auto const& [key, entry] : circuits_)
      if (key.first == stream.tor_run && entry.object.conflux_id == set) add(entry.object);
  }
  return out;
}

std::optional<model::Circuit> CircuitStreamTracker::circuit(std::uint64_t id) const {
  auto const found = circuits_.find({run_, id});
  if (found == circuits_.end()) return std::nullopt;
  return found->second.object;
}

std::vector<model::Circuit> CircuitStreamTracker::circuits_to(std::string_view onion,
                                                              WallTime since) const {
  std::vector<model::Circuit> out;
  for (auto const& [key, entry] : circuits_) {
    auto const& circuit = entry.object;
    if (!onion.empty() && circuit.rend_query == onion && circuit.closed_at.value_or(since) >= since)
      out.push_back(circuit);
  }
  return out;
}

std::vector<model::DescriptorEvent> CircuitStreamTracker::descriptor_events(std::string_view onion,
                                                                            WallTime since) const {
  std::vector<model::DescriptorEvent> out;
  for (auto const& [address, event] : descriptor_events_)
    if (address == onion && event.at >= since) out.push_back(event);
  return out;
}

void CircuitStreamTracker::forget_oldest() {
  auto const over = [&](std::deque<Key> const& closed) {
    return closed.size() > limits_.closed + kSlack;
  };
  if (!over(closed_circuits_) && !over(closed_streams_)) return;

  // Which circuits a stream still needs: those of open and of watched streams, and the
  // other legs of their conflux sets.
  std::set<Key> needed;
  std::set<std::pair<std::uint64_t, std::string>> sets;
  for (auto const& [key, entry] : streams_) {
    if (entry.object.closed_at && !watched(entry.object.socks_username)) continue;
    for (auto const& attachment : entry.object.attachments) {
      Key const circuit{key.first, attachment.circuit_id};
      needed.insert(circuit);
      auto const found = circuits_.find(circuit);
      if (found != circuits_.end() && !found->second.object.conflux_id.empty())
        sets.emplace(key.first, found->second.object.conflux_id);
    }
  }
  auto const forget = [&](std::deque<Key>& closed, auto& objects, auto const& keep) {
    std::size_t const most_kept = limits_.closed * kWatchedFactor;
    std::deque<Key> kept;
    while (closed.size() + kept.size() > limits_.closed && !closed.empty()) {
      auto const key = closed.front();
      closed.pop_front();
      bool const wanted = keep(key, objects.at(key).object);
      if (wanted && kept.size() < most_kept) {
        kept.push_back(key);
        continue;
      }
      counters_.forgotten_watched += wanted ? 1 : 0;
      objects.erase(key);
    }
    closed.insert(closed.begin(), kept.begin(), kept.end());
  };
  forget(closed_streams_, streams_,
         [&](Key, model::Stream const& stream) { return watched(stream.socks_username); });
  forget(closed_circuits_, circuits_, [&](Key key, model::Circuit const& circuit) {
    return needed.contains(key) || watched(circuit.socks_username) ||
           sets.contains({key.first, circuit.conflux_id});
  });
}

}  // namespace perfd::tor
