#include <algorithm>
#include <compare>
#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.h"
#include "formats/onionperf/rows.h"
#include "formats/onionperf/whole.h"
#include "formats/onionperf_read.h"
#include "formats/tpf.h"

namespace perfd::formats::onionperf {
namespace {

// Further apart, tor's stream is of an earlier use of the same port.
constexpr Micros kNearest = std::chrono::seconds(150);

// A circuit of which only the key was read; it may be that nobody asks for it.
struct WaitingCircuit {
  TorKey key;
  std::string_view text_key;
  std::string_view json;
};

std::optional<std::uint16_t> port_of(std::string_view address) {
  auto const colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return parse_int<std::uint16_t>(address.substr(colon + 1));
}

struct SourceRows {
  std::deque<Transfer> transfers;  // none of these moves as they become many
  std::deque<OnionPerfCircuit> circuits;
  std::deque<model::Stream> streams;
  std::vector<WaitingCircuit> waiting;
};

// Kept until the end.
class Keeper : public Rows {
 public:
  // Without `all_circuits` those that no transfer has need not be read.
  explicit Keeper(bool all_circuits) : all_circuits_(all_circuits) {}

  OnionPerfHead head;
  std::vector<SourceRows> sources;
  std::string type_text;

  RowProblem type(std::string_view text) override {
    type_text = text;
    if (text != "onionperf") return {"", "must be \"onionperf\""};
    return {};
  }
  RowProblem version(std::string_view text) override {
    head.version = text;
    return version_problem(text);
  }
  RowProblem source(std::string_view name) override {
    if (sources.size() >= 1000) return {"", "is one source too many"};
    if (name.empty()) return {"", "a source must have a name"};
    head.sources.push_back({std::string(name), {}, {}});
    sources.emplace_back();
    return {};
  }
  RowProblem address(std::string_view text) override {
    head.sources.back().address = text;
    return {};
  }
  RowProblem begin(Section) override { return {}; }
  RowProblem end_source() override { return {}; }
  RowProblem row(Section section, std::string_view key, Row const& row) override;
  bool waits(Section section) override { return section == Section::circuits && !all_circuits_; }
  RowProblem later(Section, std::string_view key, std::string_view json) override {
    auto parsed = tor_key(key);
    // A key that doesn't tell which circuit it is: its row does.
    if (!parsed) return {"", "has to be read"};
    auto& waiting = sources.back().waiting;
    if (waiting.size() >= kMaxOnionPerfRows) return {"", "is one too many of its section"};
    waiting.push_back({std::move(*parsed), key, json});
    return {};
  }
  // Reads those circuits that a stream with a transfer was attached to. False: one is broken.
  bool read_waiting(WholeDocument& document);

 private:
  template <class Items, class Read>
  RowProblem keep(Items& items, Read&& read) {
    if (items.size() >= kMaxOnionPerfRows) return {"", "is one too many of its section"};
    return read(items.emplace_back());
  }
  RowProblem filters(Row const& row);

  bool all_circuits_;
};

RowProblem Keeper::filters(Row const& row) {
  for (std::size_t index = 0; index < row.size(); ++index) {
    auto const field = row[index];
    bool const name = field.path == "tor/circuits/name";
    if ((!name && field.path != "tor/circuits/filepath") || field.kind != Kind::string) continue;
    if (head.filters.size() <= field.i) head.filters.resize(field.i + 1);
    (name ? head.filters[field.i].first : head.filters[field.i].second) = field.text;
  }
  return {};
}

RowProblem Keeper::row(Section section, std::string_view key, Row const& row) {
  if (section == Section::filters) return filters(row);
  auto& here = sources.back();
  auto const& name = head.sources.back().name;
  switch (section) {
    case Section::transfers:
    case Section::streams: {
      auto const problem = keep(here.transfers, [&](auto& out) {
        return section == Section::streams ? read_stream(row, name, key, out)
                                           : read_transfer(row, name, key, out);
      });
      if (!here.transfers.empty() && !here.transfers.back().asked) here.transfers.pop_back();
      return problem;
    }
    case Section::circuits:
      return keep(here.circuits, [&](auto& out) { return read_circuit(row, key, out); });
    case Section::tor_streams:
      return keep(here.streams, [&](auto& out) { return read_tor_stream(row, key, out); });
    case Section::guards:
      return keep(head.sources.back().guards, [&](auto& out) { return read_guard(row, out); });
    case Section::filters:
      break;
  }
  return {};
}

bool Keeper::read_waiting(WholeDocument& document) {
  for (auto& rows : sources) {
    std::set<std::uint16_t> ports;
    for (auto const& transfer : rows.transfers) ports.insert(transfer.measurement.local.port);
    std::set<std::uint64_t> wanted;
    for (auto const& stream : rows.streams) {
      auto const port = port_of(stream.source_address);
      if (!port || !ports.contains(*port)) continue;
      for (auto const& attachment : stream.attachments) wanted.insert(attachment.circuit_id);
    }
    for (auto const& waiting : rows.waiting) {
      if (!wanted.contains(waiting.key.id)) continue;
      auto const* const row = document.read_row(waiting.json);
      if (row == nullptr) return false;
      auto& circuit = rows.circuits.emplace_back();
      if (!read_circuit(*row, waiting.text_key, circuit).none() ||
          circuit.circuit.id != waiting.key.id)
        return false;
    }
    rows.waiting = {};
  }
  return true;
}

// Finds the streams by the port of their client, and the circuits by their ids. Sorted, so that a
// document of one port only is no slower than others.
class Joiner {
 public:
  explicit Joiner(SourceRows& rows) : rows_(rows), used_(rows.streams.size(), false) {
    for (std::size_t i = 0; i < rows.streams.size(); ++i) {
      if (auto const port = port_of(rows.streams[i].source_address))
        streams_.push_back({*port, ended(rows.streams[i]), i});
    }
    std::sort(streams_.begin(), streams_.end());
    for (std::size_t i = 0; i < rows.circuits.size(); ++i) circuits_.push_back(i);
    std::stable_sort(circuits_.begin(), circuits_.end(), [&](std::size_t a, std::size_t b) {
      return key(rows_.circuits[a].circuit) < key(rows_.circuits[b].circuit);
    });
  }

  void join(Transfer& transfer) {
    auto const found = nearest(transfer);
    if (!found) return;
    auto& m = transfer.measurement;
    used_[*found] = true;
    m.tor.stream = rows_.streams[*found];
    auto const& stream = *m.tor.stream;
    m.tor.instance = stream.instance;
    for (auto const& attachment : stream.attachments)
      if (auto* const circuit = circuit_of(stream, attachment.circuit_id)) {
        circuit->of_measurement = true;
        m.tor.circuits.push_back(circuit->circuit);
        m.tor.build_timeout_learned = circuit->timeout_learned;
        if (!circuit->circuit.path.empty()) m.tor.guard = circuit->circuit.path.front().fingerprint;
      }
    // The proxy only refuses; tor's stream knows why.
    if (!transfer.refused || stream.reason.empty()) return;
    auto const word = onionperf_error(m);
    m.outcome.code = failure_from_onionperf(word);
    m.outcome.detail.replace(0, m.outcome.detail.find(','), word);
  }
  [[nodiscard]] bool used(std::size_t stream) const { return used_[stream]; }

 private:
  struct Ending {
    std::uint16_t port = 0;
    WallTime at{};
    std::size_t index = 0;
    friend auto operator<=>(Ending const&, Ending const&) = default;
  };
  using Key = std::tuple<std::uint64_t, std::uint64_t, std::string_view>;
  static Key key(model::Circuit const& circuit) {
    return {circuit.id, circuit.tor_run, circuit.instance};
  }

  std::optional<std::size_t> nearest(Transfer const& transfer) const {
    auto const port = transfer.measurement.local.port;
    auto const after =
        std::lower_bound(streams_.begin(), streams_.end(), Ending{port, transfer.ended, 0});
    std::optional<std::size_t> best;
    Micros least = kNearest;
    if (after != streams_.begin() && std::prev(after)->port == port &&
        transfer.ended - std::prev(after)->at < least) {
      least = transfer.ended - std::prev(after)->at;
      best = std::prev(after)->index;
    }
    if (after != streams_.end() && after->port == port && after->at - transfer.ended < least)
      best = after->index;
    return best;
  }
  static WallTime ended(model::Stream const& stream) {
    if (stream.closed_at) return *stream.closed_at;
    return stream.states.empty() ? stream.created_at : stream.states.back().at;
  }
  OnionPerfCircuit* circuit_of(model::Stream const& stream, std::uint64_t id) {
    Key const wanted{id, stream.tor_run, stream.instance};
    auto const found = std::lower_bound(
        circuits_.begin(), circuits_.end(), wanted,
        [&](std::size_t i, Key const& k) { return key(rows_.circuits[i].circuit) < k; });
    if (found == circuits_.end() || key(rows_.circuits[*found].circuit) != wanted) return nullptr;
    return &rows_.circuits[*found];
  }

  SourceRows& rows_;
  std::vector<bool> used_;
  std::vector<Ending> streams_;
  std::vector<std::size_t> circuits_;
};

}  // namespace
}  // namespace perfd::formats::onionperf

namespace perfd::formats {

namespace {

// Documents of usual size are read at once, larger ones in pieces as they come.
constexpr std::size_t kReadAtOnce = std::size_t{32} << 20U;

// What reading at once takes. One is kept for the thread's next document, as the system takes
// longer to give tens of megabytes than it takes to read what comes into them.
struct Workspace {
  std::string text;
  onionperf::WholeDocument whole;
};
thread_local std::unique_ptr<Workspace> spare_workspace;

std::unique_ptr<Workspace> take_workspace() {
  if (!spare_workspace) {
    spare_workspace = std::make_unique<Workspace>();
    // Room for the largest: what is not used is no memory.
    spare_workspace->text.reserve(kReadAtOnce + simdjson::SIMDJSON_PADDING);
  }
  spare_workspace->text.clear();
  return std::move(spare_workspace);
}

}  // namespace

struct OnionPerfReader::State {
  explicit State(OnionPerfSinks to) : sinks(std::move(to)), workspace(take_workspace()) {
    begin_anew();
  }
  ~State() { spare_workspace = std::move(workspace); }

  void begin_anew() {
    document.reset();
    keeper.emplace(static_cast<bool>(sinks.circuit));
  }
  // What was gathered so far goes through the parser that reads in pieces.
  Result<void> read_in_pieces() {
    begin_anew();
    document = std::make_unique<onionperf::Document>(*keeper);
    return document->feed(workspace->text);
  }
  Result<void> read_all() {
    if (document) return document->finish();
    auto& [text, whole] = *workspace;
    if (!text.empty() && whole.read(text, *keeper) && keeper->read_waiting(whole)) return {};
    if (auto const fed = read_in_pieces(); !fed) return fed;
    return document->finish();
  }

  OnionPerfSinks sinks;
  std::unique_ptr<Workspace> workspace;
  std::optional<onionperf::Keeper> keeper;
  std::unique_ptr<onionperf::Document> document;  // depends-on: keeper
  bool over = false;
};

OnionPerfReader::OnionPerfReader(OnionPerfSinks sinks)
    : state_(std::make_unique<State>(std::move(sinks))) {}
OnionPerfReader::~OnionPerfReader() = default;
OnionPerfReader::OnionPerfReader(OnionPerfReader&&) noexcept = default;
OnionPerfReader& OnionPerfReader::operator=(OnionPerfReader&&) noexcept = default;

Result<void> OnionPerfReader::feed(std::string_view chunk) {
  auto& state = *state_;
  auto& text = state.workspace->text;
  if (!state.document && text.size() + chunk.size() <= kReadAtOnce) {
    text += chunk;
    return {};
  }
  if (!state.document)
    if (auto const begun = state.read_in_pieces(); !begun) return begun;
  return state.document->feed(chunk);
}

OnionPerfHead const& OnionPerfReader::head() const { return state_->keeper->head; }

Result<std::size_t> OnionPerfReader::finish() {
  auto& state = *state_;
  if (state.over) return Error{"the document was handed out already"};
  if (auto const whole = state.read_all(); !whole) return whole.error();
  auto& keeper = *state.keeper;
  if (keeper.type_text.empty()) return Error{"type: is missing"};
  if (keeper.head.version.empty()) return Error{"version: is missing"};
  state.over = true;
  std::size_t measurements = 0;
  for (std::size_t i = 0; i < keeper.sources.size(); ++i) {
    auto& rows = keeper.sources[i];
    auto const& name = keeper.head.sources[i].name;
    onionperf::Joiner joiner(rows);
    for (auto& transfer : rows.transfers) {
      joiner.join(transfer);
      if (state.sinks.measurement) state.sinks.measurement(std::move(transfer.measurement));
    }
    measurements += rows.transfers.size();
    if (state.sinks.circuit)
      for (auto& circuit : rows.circuits) state.sinks.circuit(name, std::move(circuit));
    if (state.sinks.stream)
      for (std::size_t k = 0; k < rows.streams.size(); ++k)
        if (!joiner.used(k)) state.sinks.stream(name, std::move(rows.streams[k]));
    rows = {};
  }
  return measurements;
}

}  // namespace perfd::formats
