#include "app/guard_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "formats/json_writer.h"

namespace perfd::app {
namespace {

constexpr std::size_t kToldChoices = 5;

bool was_timed_out(model::Circuit const& circuit) {
  if (circuit.failed && circuit.reason == "TIMEOUT") return true;
  return std::any_of(circuit.states.begin(), circuit.states.end(), [](auto const& state) {
    return state.status == "PURPOSE_CHANGED" && state.detail.starts_with("MEASURE_TIMEOUT");
  });
}

std::string reasons_of(GuardUse const& use) {
  std::string out;
  for (auto const& [reason, count] : use.reasons)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, reason);
  return out;
}

// A line without the blanks of its empty last columns.
void append_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

std::string ratio_text(model::RankedGuard const& guard) {
  auto const ratio = guard.ratio();
  return ratio ? fmt::format("{:.3f}", *ratio) : "-";
}

}  // namespace

void GuardReport::add(model::GuardRanking ranking) {
  for (std::size_t i = 0; i < ranking.guards.size(); ++i)
    ranks_.emplace(ranking.guards[i].fingerprint, i + 1);
  ranking_ = std::move(ranking);
}

void GuardReport::add(model::GuardChoice choice, bool in_period) {
  if (in_period) choices_.push_back(choice);
  set_ = std::move(choice);
}

void GuardReport::add(model::Circuit const& circuit) {
  if (circuit.build_flags.find("ONEHOP_TUNNEL") != std::string::npos) return;
  auto& use = uses_[circuit.path.empty() ? std::string() : circuit.path.front().fingerprint];
  if (!circuit.path.empty() && !circuit.path.front().nickname.empty())
    use.nickname = circuit.path.front().nickname;
  if (was_timed_out(circuit)) ++use.timed_out;
  if (circuit.built_at) {
    ++use.built;
  } else if (circuit.closed_at) {
    ++use.failed;
    auto reason = circuit.reason.empty() ? std::string("unknown") : circuit.reason;
    if (!circuit.remote_reason.empty()) reason += "/" + circuit.remote_reason;
    ++use.reasons[std::move(reason)];
  }
}

std::vector<GuardReport::Used> GuardReport::used() const {
  std::vector<Used> out;
  for (auto const& [fingerprint, use] : uses_) {
    auto& one = out.emplace_back(Used{fingerprint, std::nullopt, use});
    if (auto const rank = ranks_.find(fingerprint); rank != ranks_.end()) one.rank = rank->second;
  }
  std::stable_sort(out.begin(), out.end(),
                   [](Used const& a, Used const& b) { return a.use.built > b.use.built; });
  return out;
}

std::uint64_t GuardReport::built() const {
  std::uint64_t out = 0;
  for (auto const& [fingerprint, use] : uses_) out += use.built;
  return out;
}

bool GuardReport::is_set(std::string const& fingerprint) const {
  return set_ && std::find(set_->set.begin(), set_->set.end(), fingerprint) != set_->set.end();
}

std::string GuardReport::name_of(std::string const& fingerprint) const {
  if (auto const rank = ranks_.find(fingerprint); ranking_ && rank != ranks_.end())
    if (auto const& guard = ranking_->guards[rank->second - 1]; !guard.nickname.empty())
      return guard.nickname;
  return fingerprint.substr(0, 8);
}

void GuardReport::append_choices(std::string& out) const {
  auto const names = [this](model::GuardChoice const& choice) {
    std::string list;
    for (auto const& fingerprint : choice.set) list += " " + name_of(fingerprint);
    return list.empty() ? std::string(" none") : list;
  };
  if (!set_) {
    out += "  perfd set none: tor chooses\n";
    return;
  }
  out +=
      fmt::format("  set{} at {} ({})\n", names(*set_), format_iso_seconds(set_->at), set_->reason);
  if (choices_.empty()) return;
  out += fmt::format("  choices in the period: {}", choices_.size());
  out += choices_.size() > kToldChoices ? fmt::format("; the last {}\n", kToldChoices) : "\n";
  auto const first = choices_.size() - std::min(choices_.size(), kToldChoices);
  for (std::size_t i = first; i < choices_.size(); ++i)
    out += fmt::format("    {}  {}:{}\n", format_iso_seconds(choices_[i].at), choices_[i].reason,
                       names(choices_[i]));
}

void GuardReport::append_ranking(std::string& out, std::size_t top) const {
  if (!ranking_) {
    out += "  no ranking is kept of it\n";
    return;
  }
  auto const& guards = ranking_->guards;
  out += fmt::format("  ranking of {} guards, consensus of {}; * is set\n", guards.size(),
                     ranking_->consensus_valid_after
                         ? format_iso_seconds(*ranking_->consensus_valid_after)
                         : "unknown time");
  out += fmt::format("  {:>6}   {:<19} {:<40} {:<7} {:>14} {:>15} {:>8}\n", "rank", "nickname",
                     "fingerprint", "country", "consensus kB/s", "advertised kB/s", "ratio");
  for (std::size_t i = 0; i < guards.size(); ++i) {
    auto const& guard = guards[i];
    // Those that are set are shown wherever they stand.
    if (i >= top && !is_set(guard.fingerprint)) continue;
    out +=
        fmt::format("  {:>6} {} {:<19} {:<40} {:<7} {:>14} {:>15} {:>8}\n", i + 1,
                    is_set(guard.fingerprint) ? "*" : " ", printable(guard.nickname, 19),
                    guard.fingerprint, guard.country.empty() ? "-" : guard.country, guard.bandwidth,
                    guard.self_advertised ? std::to_string(*guard.self_advertised / 1000) : "-",
                    ratio_text(guard));
  }
}

void GuardReport::append_used(std::string& out) const {
  if (uses_.empty()) {
    out += "  no circuits in the period\n";
    return;
  }
  auto const all = built();
  out += fmt::format("  guards really used: {} circuits built\n", all);
  out += fmt::format("  {:>6}   {:<19} {:<40} {:>7} {:>7} {:>7} {:>9}  {}\n", "rank", "nickname",
                     "fingerprint", "built", "share", "failed", "timed out", "why failed");
  for (auto const& [fingerprint, rank, use] : used()) {
    auto const share =
        all == 0 ? 0.0 : 100.0 * static_cast<double>(use.built) / static_cast<double>(all);
    append_line(out,
                fmt::format("  {:>6} {} {:<19} {:<40} {:>7} {:>5.1f} % {:>7} {:>9}  {}",
                            rank ? std::to_string(*rank) : "-", is_set(fingerprint) ? "*" : " ",
                            fingerprint.empty() ? "(none reached)" : printable(use.nickname, 19),
                            fingerprint, use.built, share, use.failed, use.timed_out,
                            printable(reasons_of(use), 200)));
  }
}

std::string GuardReport::text(std::size_t top) const {
  auto const policy = set_ ? set_->policy : ranking_ ? ranking_->policy : std::string("unknown");
  auto out = fmt::format("tor {}: guards {}\n", instance_, policy);
  append_choices(out);
  append_ranking(out, top);
  append_used(out);
  return out;
}

std::string GuardReport::json(std::size_t top) const {
  std::string out;
  formats::JsonWriter json(out);
  json.begin_object();
  json.field("instance", instance_);
  json.field("policy", set_ ? set_->policy : ranking_ ? ranking_->policy : std::string());
  auto const choice_fields = [&](model::GuardChoice const& choice) {
    json.begin_object();
    json.field("at", to_us(choice.at));
    json.field("reason", choice.reason);
    json.key("set").begin_array();
    for (auto const& fingerprint : choice.set) json.value(fingerprint);
    json.end_array();
    if (choice.consensus_valid_after)
      json.field("consensus_valid_after", to_us(*choice.consensus_valid_after));
    json.end_object();
  };
  json.key("in_force");
  if (set_)
    choice_fields(*set_);
  else
    json.null();
  json.key("choices").begin_array();
  for (auto const& choice : choices_) choice_fields(choice);
  json.end_array();
  if (ranking_ && ranking_->consensus_valid_after)
    json.field("consensus_valid_after", to_us(*ranking_->consensus_valid_after));
  json.key("ranking").begin_array();
  for (std::size_t i = 0; ranking_ && i < ranking_->guards.size(); ++i) {
    auto const& guard = ranking_->guards[i];
    if (i >= top && !is_set(guard.fingerprint)) continue;
    json.begin_object();
    json.key("rank").value(std::uint64_t{i + 1});
    json.field("fingerprint", guard.fingerprint);
    json.field("nickname", guard.nickname);
    json.field_unless_empty("country", guard.country);
    json.field("bandwidth", guard.bandwidth);
    if (guard.self_advertised) json.field("self_advertised", *guard.self_advertised);
    if (auto const ratio = guard.ratio()) json.key("ratio").real(*ratio);
    json.key("set").boolean(is_set(guard.fingerprint));
    json.end_object();
  }
  json.end_array();
  json.key("used").begin_array();
  for (auto const& [fingerprint, rank, use] : used()) {
    json.begin_object();
    json.field("fingerprint", fingerprint);
    json.field_unless_empty("nickname", use.nickname);
    if (rank) json.key("rank").value(std::uint64_t{*rank});
    json.key("built").value(use.built);
    json.key("failed").value(use.failed);
    json.key("timed_out").value(use.timed_out);
    json.key("reasons").begin_object();
    for (auto const& [reason, count] : use.reasons) json.key(reason).value(count);
    json.end_object();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

}  // namespace perfd::app
