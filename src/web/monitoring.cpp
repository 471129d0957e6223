#include "web/monitoring.h"

#include <utility>

#include "web/respond.h"

namespace perfd::web {

runtime::Task<std::optional<Response>> Monitoring::answer(Request const& request) {
  if (request.path == "/healthz") co_return text_response(200, "ok\n");
  if (request.path == "/readyz") co_return co_await ready();
  if (request.path == "/metrics") co_return co_await metrics();
  co_return std::nullopt;
}

// What the measuring half counted itself is told also where it does not answer any more.
runtime::Task<Response> Monitoring::metrics() {
  auto const state = co_await daemon_.state();
  if (state) metrics_.state(*state);
  auto out = text_response(200, metrics_.text());
  out.fields[0].second = std::string(Metrics::kContentType);
  co_return out;
}

runtime::Task<Response> Monitoring::ready() {
  auto const state = co_await daemon_.state();
  if (!state) co_return text_response(503, state.error().message + "\n");
  std::string reasons;
  for (auto const& reason : not_ready(*state)) reasons += reason + "\n";
  if (reasons.empty()) co_return text_response(200, "ready\n");
  co_return text_response(503, std::move(reasons));
}

std::vector<std::string> not_ready(DaemonState const& state) {
  std::vector<std::string> out;
  if (state.store.failing)
    out.push_back("store: can't be written to; " +
                  std::to_string(state.store.pending_measurements) + " measurements wait");
  for (auto const& tor : state.tors)
    if (tor.needed && !tor.ready) out.push_back("tor." + tor.name + ": " + tor.state);
  return out;
}

}  // namespace perfd::web
