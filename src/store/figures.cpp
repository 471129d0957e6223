#include "store/figures.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/text.h"

namespace perfd::store {
namespace {

namespace mark = model::mark;

constexpr char kFigureLayout = 1;

// The place in the list is the mark's number in the bytes: marks are only added behind.
constexpr std::array<std::string_view, 21> kFigureMarks = {
    mark::kStart,
    mark::kResponse,
    mark::kDataRequest,
    mark::kDataResponse,
    mark::kDataComplete,
    mark::kFirstContentfulPaint,
    mark::kLargestContentfulPaint,
    mark::kLoad,
    mark::kFullyLoaded,
    "DATAPERC10",
    "DATAPERC20",
    "DATAPERC30",
    "DATAPERC40",
    "DATAPERC50",
    "DATAPERC60",
    "DATAPERC70",
    "DATAPERC80",
    "DATAPERC90",
    "DATAPERC100",
    "PARTIAL512000",
    "PARTIAL1048576",
};
constexpr std::size_t kFirstTenth = 9;
constexpr std::size_t kLastTenth = 18;
constexpr std::array<std::string_view, 2> kFigureServerMarks = {mark::kServerAccept,
                                                                mark::kServerLast};

// Of the tenths, those of the sizes between which throughput is taken (stats/tor_metrics.h).
bool is_of_figures(std::size_t number, std::int64_t filesize) {
  if (number < kFirstTenth || number > kLastTenth) return true;
  constexpr std::int64_t kHalfMiB = 512 << 10;
  if (filesize > 100 * kHalfMiB) return false;  // a tenth is more than all of them
  auto const ten_times = filesize * static_cast<std::int64_t>(number - kFirstTenth + 1);
  return ten_times == 10 * kHalfMiB || ten_times == 20 * kHalfMiB || ten_times == 80 * kHalfMiB ||
         ten_times == 100 * kHalfMiB;
}

class FigureWriter {
 public:
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) text_ += static_cast<char>(value | 0x80U);
    text_ += static_cast<char>(value);
  }
  void signed_number(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    number(value.size());
    text_ += value;
  }
  // Each of `names` that is there: its number plus one, and its distance from `base`; 0 at the end.
  template <class Names, class Wanted>
  void marks(model::Marks const& marks, Names const& names, std::int64_t base, Wanted wanted) {
    for (auto const& entry : marks.entries()) {
      auto const found = std::find(names.begin(), names.end(), entry.name);
      auto const at = static_cast<std::size_t>(found - names.begin());
      if (found == names.end() || !wanted(at)) continue;
      number(at + 1);
      signed_number(to_us(entry.mark.at) - base);
    }
    number(0);
  }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

class FigureReader {
 public:
  explicit FigureReader(std::string_view text) : rest_(text) {}
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      auto const byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return value;
    }
    good_ = false;
    return 0;
  }
  std::int64_t signed_number() {
    auto const value = number();
    return static_cast<std::int64_t>((value >> 1U) ^ (0U - (value & 1U)));
  }
  std::string_view text() {
    auto const size = number();
    good_ = good_ && size <= rest_.size();
    if (!good_) return {};
    auto const out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  template <class Names>
  void marks(model::Marks& marks, Names const& names, std::int64_t base) {
    while (auto const which = number()) {
      auto const distance = signed_number();
      good_ = good_ && which <= names.size();
      if (!good_) return;
      marks.set(names[which - 1], {wall_from_us(base + distance), {}, {}});
    }
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::string_view nickname_of(std::string const& guard, model::TorView const& tor) {
  for (auto const& circuit : tor.circuits)
    if (!circuit.path.empty() && circuit.path.front().fingerprint == guard)
      return circuit.path.front().nickname;
  return {};
}

// The first circuit with the times of its hops.
void add_circuit(FigureWriter& out, model::Circuit const& circuit, std::int64_t base) {
  auto const reused = std::find_if(circuit.states.begin(), circuit.states.end(),
                                   [](auto const& s) { return s.status == "CANNIBALIZED"; });
  out.signed_number(to_us(circuit.launched_at) - base);
  out.number(circuit.path.size() + 1);
  for (auto const& hop : circuit.path)
    out.signed_number(to_us(hop.extended_at) - to_us(circuit.launched_at));
  bool const was_reused = reused != circuit.states.end();
  out.number(was_reused ? 1 : 0);
  if (was_reused) out.signed_number(to_us(reused->at) - base);
}

// Circuits of the row before are used again: a report makes a million of them.
class Circuits {
 public:
  explicit Circuits(std::vector<model::Circuit>& all) : all_(all) {}
  ~Circuits() { all_.resize(used_); }
  Circuits(Circuits const&) = delete;
  Circuits& operator=(Circuits const&) = delete;

  model::Circuit& next() {
    if (used_ == all_.size()) all_.emplace_back();
    auto& circuit = all_[used_++];
    circuit.launched_at = {};
    circuit.path.clear();
    circuit.states.clear();
    return circuit;
  }

 private:
  std::vector<model::Circuit>& all_;
  std::size_t used_ = 0;
};

void read_circuit(FigureReader& in, std::size_t hops, WallTime launched, std::int64_t base,
                  model::Circuit& circuit) {
  circuit.launched_at = launched;
  for (std::size_t i = 0; i < hops && in.good(); ++i)
    circuit.path.emplace_back().extended_at =
        wall_from_us(to_us(circuit.launched_at) + in.signed_number());
  if (in.number() == 1)
    circuit.states.push_back({wall_from_us(base + in.signed_number()), "CANNIBALIZED", {}});
}

}  // namespace

std::string figures_of(model::Measurement const& m) {
  FigureWriter out;
  out.number(kFigureLayout);
  auto const base = to_us(m.started_at);
  out.signed_number(m.payload_bytes - m.filesize);
  out.text(m.perfd_version);
  out.marks(m.marks, kFigureMarks, base,
            [&](auto number) { return is_of_figures(number, m.filesize); });
  out.marks(m.server, kFigureServerMarks, base, [](auto) { return true; });
  out.number(m.arm_turn ? 1 : 0);
  if (m.arm_turn) {
    out.number(m.arm_turn->seed);
    out.signed_number(m.arm_turn->turn);
    out.signed_number(m.arm_turn->arms);
  }
  auto const raw = m.tor.guard.size() == 40 && to_upper(m.tor.guard) == m.tor.guard
                       ? unhex(m.tor.guard)
                       : std::nullopt;
  // Half as long where it is a fingerprint, as it always is.
  out.number(raw ? 1 : 0);
  out.text(raw ? std::string_view(reinterpret_cast<char const*>(raw->data()), raw->size())
               : std::string_view(m.tor.guard));
  out.text(nickname_of(m.tor.guard, m.tor));
  if (!m.tor.circuits.empty()) add_circuit(out, m.tor.circuits.front(), base);
  return std::move(out).take();
}

bool read_figures(std::string_view figures, model::Measurement& m) {
  FigureReader in(figures);
  if (in.number() != static_cast<std::uint64_t>(kFigureLayout)) return false;
  auto const base = to_us(m.started_at);
  m.payload_bytes = m.filesize + in.signed_number();
  m.perfd_version = in.text();
  in.marks(m.marks, kFigureMarks, base);
  in.marks(m.server, kFigureServerMarks, base);
  if (in.number() == 1) {
    model::ArmTurn turn;
    turn.seed = in.number();
    turn.turn = in.signed_number();
    turn.arms = in.signed_number();
    m.arm_turn = turn;
  }
  bool const raw = in.number() == 1;
  auto const guard = in.text();
  if (raw) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    m.tor.guard.resize(guard.size() * 2);
    for (std::size_t i = 0; i < guard.size(); ++i) {
      auto const byte = static_cast<unsigned char>(guard[i]);
      m.tor.guard[2 * i] = kDigits[byte >> 4U];
      m.tor.guard[2 * i + 1] = kDigits[byte & 15U];
    }
  } else {
    m.tor.guard = guard;
  }
  auto const nickname = in.text();
  Circuits circuits(m.tor.circuits);
  if (in.good() && !in.at_end()) {
    auto const launched = wall_from_us(base + in.signed_number());
    auto const hops = in.number();
    if (!in.good() || hops == 0 || hops > figures.size()) return false;
    read_circuit(in, hops - 1, launched, base, circuits.next());
  }
  if (!nickname.empty()) {
    // Where reports look for it: at the first hop of one of the circuits.
    auto& circuit = circuits.next();
    circuit.path.emplace_back();
    circuit.path.front().fingerprint = m.tor.guard;
    circuit.path.front().nickname = nickname;
  }
  return in.good() && in.at_end();
}

}  // namespace perfd::store
