// /api/v1/guards: which first hops carried measurements, and how these went; and the latest choices
// of guards that perfd made.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "formats/json_writer.h"
#include "stats/quantile.h"
#include "web/api/own_endpoints.h"
#include "web/api/sources.h"
#include "web/api/table.h"

namespace perfd::web::api {
namespace {

constexpr std::array kGuardColumns = {
    Column{"source", Type::text, "the vantage point"},
    Column{"fingerprint", Type::text, "of the first hop"},
    Column{"nickname", Type::text, "as tor knew it; may be empty"},
    Column{"n", Type::integer, "measurements that it carried"},
    Column{"failed", Type::integer, "of these, those that failed"},
    Column{"share", Type::number, "of the source's measurements that tell their first hop"},
    Column{"ttfb_p50", Type::integer, "median time to first byte", true},
    Column{"ttlb_p50", Type::integer, "median time to last byte", true},
    Column{"first_at", Type::integer, "begin of the first of them"},
    Column{"last_at", Type::integer, "begin of the last of them"}};

constexpr std::array kChoiceColumns = {
    Column{"at", Type::integer, "when perfd told tor"}, Column{"instance", Type::text, "the tor"},
    Column{"fingerprint", Type::text, "of a guard that was set; none where tor chooses", true},
    Column{"nickname", Type::text, "if it is known", true},
    Column{"event", Type::text, "why: start, consensus, dropped, guard-down FINGERPRINT, …"}};

constexpr std::size_t kMostMeasurements = 100'000;
constexpr std::size_t kMostJudged = 20'000;  // where whole records have to be read
constexpr std::size_t kMostChoices = 100;

struct FirstHop {
  std::string nickname;
  std::int64_t n = 0;
  std::int64_t failed = 0;
  std::vector<double> ttfb;
  std::vector<double> ttlb;
  WallTime first{};
  WallTime last{};
};

// By source and fingerprint.
using FirstHops = std::map<std::pair<std::string, std::string>, FirstHop>;

void keep_number(std::vector<double>& list, report::Values const& values, report::Quantity of) {
  auto const value = values[report::number_of(of)];
  if (!std::isnan(value)) list.push_back(value);
}

void add_to_hops(FirstHops& hops, model::Measurement const& m) {
  if (m.tor.guard.empty()) return;
  auto& hop = hops[{m.source, m.tor.guard}];
  // Newest first.
  if (hop.n++ == 0) hop.last = m.started_at;
  hop.first = m.started_at;
  if (m.outcome.ok()) {
    auto const values = report::values_of(m);
    keep_number(hop.ttfb, values, report::Quantity::first_byte);
    keep_number(hop.ttlb, values, report::Quantity::last_byte);
  } else {
    ++hop.failed;
  }
  if (!hop.nickname.empty()) return;
  for (auto const& circuit : m.tor.circuits)
    if (!circuit.path.empty() && circuit.path.front().fingerprint == m.tor.guard)
      hop.nickname = circuit.path.front().nickname;
}

std::optional<std::int64_t> median_of(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  auto const median = stats::quantile(values, 0.5);
  return median ? std::optional(std::llround(*median)) : std::nullopt;
}

// The most used first.
void add_guard_rows(Table& table, FirstHops& hops, std::size_t most) {
  std::map<std::string, std::int64_t> totals;
  std::vector<FirstHops::value_type*> order;
  for (auto& entry : hops) {
    totals[entry.first.first] += entry.second.n;
    order.push_back(&entry);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](auto const* a, auto const* b) { return a->second.n > b->second.n; });
  if (order.size() > most) order.resize(most);
  for (auto* const entry : order) {
    auto const& [source, fingerprint] = entry->first;
    auto& hop = entry->second;
    auto const share = static_cast<double>(hop.n) / static_cast<double>(totals[source]);
    table.row({source, fingerprint, hop.nickname, hop.n, hop.failed, share, median_of(hop.ttfb),
               median_of(hop.ttlb), hop.first, hop.last});
  }
}

using Nicknames = std::map<std::string, std::string>;

void add_choice_rows(Table& table, std::vector<model::GuardChoice> const& choices,
                     Nicknames const& nicknames) {
  for (auto const& choice : choices) {
    if (choice.set.empty()) table.row({choice.at, choice.instance, Cell(), Cell(), choice.reason});
    for (auto const& fingerprint : choice.set) {
      auto const known = nicknames.find(fingerprint);
      table.row({choice.at, choice.instance, fingerprint,
                 known == nicknames.end() ? Cell() : Cell(known->second), choice.reason});
    }
  }
}

Checked<Answer> list_guards(Call const& call, Sources& sources) {
  auto const& arguments = call.arguments;
  FirstHops hops;
  auto const more = sources.results->measurements(
      arguments.which(), arguments.which().needs_record() ? kMostJudged : kMostMeasurements, false,
      [&](model::Measurement& m) { add_to_hops(hops, m); });
  if (!more) return unavailable(more.error());
  auto const most = static_cast<std::size_t>(arguments.number("limit"));
  Table table(call.form, kGuardColumns);
  add_guard_rows(table, hops, most);
  if (call.form == Form::csv) return answer_of(table, call.form);

  auto const choices =
      sources.tors->guard_choices(arguments.since(), arguments.until(), kMostChoices);
  if (!choices) return unavailable(choices.error());
  auto nicknames = sources.tors->nicknames();
  if (!nicknames) return unavailable(nicknames.error());
  for (auto const& [key, hop] : hops)
    if (!hop.nickname.empty()) nicknames->insert_or_assign(key.second, hop.nickname);
  Table chosen(call.form, kChoiceColumns);
  add_choice_rows(chosen, *choices, *nicknames);

  Answer out;
  formats::JsonWriter json(out.body);
  json.begin_object();
  table.write_fields(json);
  json.field("left_out", static_cast<std::int64_t>(hops.size() - table.rows()));
  json.key("sampled").boolean(*more);
  json.key("choices").begin_object();
  chosen.write_fields(json);
  json.end_object();
  json.end_object();
  out.body += '\n';
  return out;
}

}  // namespace

Endpoint guards_endpoint() {
  Address out;
  out.name = "guards";
  out.about =
      "First hops of measurements, the most used first; in JSON also the latest choices of guards "
      "by perfd. Of at most 100000 measurements, the newest; with a filter that only whole records "
      "can answer, 20000.";
  out.filters = Filters::all;
  out.period = kWeek;
  out.parameters = {{"limit", Parameter::Type::number, "rows", "200", 1, 10'000}};
  out.answer = table_and(
      "", "", kGuardColumns,
      {value("left_out", Type::integer, "first hops beyond `limit`"),
       value("sampled", Type::boolean, "there are older measurements that were not looked at"),
       table("choices", "the latest choices of guards, newest first", kChoiceColumns)});
  out.of_results = false;  // choices come without a result
  return {out, list_guards};
}

}  // namespace perfd::web::api
