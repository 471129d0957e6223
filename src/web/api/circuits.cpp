// /api/v1/circuits: circuits of all tors, the latest first; /api/v1/circuit-results: what became of
// them.
#include <algorithm>
#include <array>

#include "stats/tor_metrics.h"
#include "web/api/cursor.h"
#include "web/api/own_endpoints.h"
#include "web/api/sources.h"
#include "web/api/table.h"

namespace perfd::web::api {
namespace {

constexpr std::array kCircuitColumns = {
    Column{"instance", Type::text, "the tor"},
    Column{"id", Type::integer, "tor's number of it, in one run of that tor"},
    Column{"launched_at", Type::integer, "when it was launched"},
    Column{"built_us", Type::integer, "from its launch until it was built", true},
    Column{"hops_us", Type::integers,
           "from its launch to each hop that was reached, but for those that a cannibalized "
           "circuit got later"},
    Column{"purpose", Type::text, "as tor told it last"},
    Column{"failed", Type::boolean, "whether it ended as a failure"},
    Column{"reason", Type::text, "why it ended", true},
    Column{"closed_at", Type::integer, "when it ended", true},
    Column{"path", Type::texts, "its relays, as $FINGERPRINT~NICKNAME"}};

constexpr std::array kCircuitResultColumns = {
    Column{"instance", Type::text, "the tor"},
    Column{"result", Type::text, "built, failed, or closed before it was built"},
    Column{"reason", Type::text, "of those that were not built: why"},
    Column{"n", Type::integer, "how many circuits"}};

Parameter instance_parameter() { return {"instance", Parameter::Type::text, "only of this tor"}; }

std::vector<std::int64_t> hops_us(model::Circuit const& circuit) {
  std::vector<std::int64_t> out;
  for (auto const time : stats::hops_since_launch(circuit)) out.push_back(time.count());
  return out;
}

std::vector<std::string> path_of_circuit(model::Circuit const& circuit) {
  std::vector<std::string> out;
  for (auto const& hop : circuit.path)
    out.push_back("$" + hop.fingerprint + (hop.nickname.empty() ? "" : "~" + hop.nickname));
  return out;
}

void add_circuit_row(Table& table, model::Circuit const& circuit) {
  auto const built = circuit.built_at ? std::optional(*circuit.built_at - circuit.launched_at)
                                      : std::optional<Micros>();
  auto const hops = hops_us(circuit);
  auto const path = path_of_circuit(circuit);
  table.row({circuit.instance, circuit.id, circuit.launched_at, built, hops, circuit.purpose,
             circuit.failed, circuit.reason.empty() ? Cell() : Cell(circuit.reason),
             circuit.closed_at, path});
}

Checked<Answer> list_circuits(Call const& call, Sources& sources) {
  auto const& arguments = call.arguments;
  auto const cursor = parse_cursor(arguments.text("cursor"));
  if (!cursor) return cursor.error();
  CircuitsAsked asked;
  asked.instance = arguments.text("instance");
  asked.since = arguments.which().since;
  asked.until = arguments.which().until;
  asked.before = *cursor;
  asked.most = static_cast<std::size_t>(arguments.number("limit"));
  auto const rows = sources.tors->circuits(asked);
  if (!rows) return unavailable(rows.error());

  Table table(call.form, kCircuitColumns);
  for (auto const& row : *rows) add_circuit_row(table, row.circuit);
  std::string next;
  if (rows->size() == asked.most)
    next = cursor_text(rows->back().circuit.launched_at, rows->back().row);
  return page_of(table, call.form, std::move(next));
}

// The store has circuits once they end. Without those that are open, a tor that started minutes ago
// would look as if hardly a circuit could be built.
std::vector<CircuitCount> with_open(std::vector<CircuitCount> counts, Live const* live,
                                    WallTime since, WallTime until) {
  if (live == nullptr) return counts;
  for (auto const& tor : live->tors) {
    auto const n = std::count_if(
        tor.built_circuits.begin(), tor.built_circuits.end(),
        [&](WallTime launched_at) { return since <= launched_at && launched_at < until; });
    if (n == 0) continue;
    auto const built = std::find_if(counts.begin(), counts.end(), [&](CircuitCount const& count) {
      return count.instance == tor.name && count.result == "built";
    });
    if (built != counts.end())
      built->n += n;
    else
      counts.push_back({tor.name, "built", "", n});
  }
  return counts;
}

Checked<Answer> count_circuits(Call const& call, Sources& sources) {
  auto const& arguments = call.arguments;
  auto counts = sources.tors->circuit_counts(arguments.since(), arguments.until());
  if (!counts) return unavailable(counts.error());
  auto const instance = arguments.text("instance");
  Table table(call.form, kCircuitResultColumns);
  for (auto const& count :
       with_open(std::move(*counts), sources.live.get(), arguments.since(), arguments.until()))
    if (instance.empty() || count.instance == instance)
      table.row({count.instance, count.result, count.reason, count.n});
  return answer_of(table, call.form);
}

}  // namespace

Endpoint circuits_endpoint() {
  Address out;
  out.name = "circuits";
  out.about =
      "Circuits of all tors that have ended, used or not, the latest launch first. Times of hops "
      "are when tor's control port told of them.";
  out.filters = Filters::period;
  out.parameters = {instance_parameter(),
                    {"limit", Parameter::Type::number, "rows of a page", "100", 1, 1000},
                    cursor_parameter()};
  out.answer = table_and(
      "", "", kCircuitColumns,
      {value("next", Type::text, "the cursor of the next page; null on the last one", true)});
  out.of_results = false;
  return {out, list_circuits};
}

Endpoint circuit_results_endpoint() {
  Address out;
  out.name = "circuit-results";
  out.about =
      "How many circuits of each tor were built, those that are open now among them, and why the "
      "others were not. Circuits of one hop (directory fetches) are not counted.";
  out.filters = Filters::period;
  out.period = kWeek;
  out.parameters = {instance_parameter()};
  out.answer = table("", "", kCircuitResultColumns);
  out.of_results = false;
  return {out, count_circuits};
}

}  // namespace perfd::web::api
