#include "app/check_slo.h"

#include <algorithm>
#include <cstdio>

#include "app/cli.h"
#include "app/data_folder.h"
#include "app/slo_results.h"
#include "base/time_text.h"
#include "config/slo.h"
#include "runtime/clock.h"
#include "web/alerts.h"

namespace perfd::app {
namespace {

// "FAILING  small download-50k ttlb_p90: 12.4 s, at most 10 s, since 2026-11-30T12:00:00Z (…)"
std::string line_of(report::SloVerdict const& v) {
  std::string state(report::name(v.state));
  if (v.state == report::SloState::failing) state = "FAILING";
  state.resize(9, ' ');
  auto text = state + v.rule + ": " + v.experiment + (v.arm.empty() ? "" : "/" + v.arm) + " " +
              std::string(report::name(v.metric)) + " ";
  text += v.value ? report::value_text(v.metric, *v.value) : "not known";
  text += ", at most " + report::value_text(v.metric, v.threshold);
  if (v.since) text += ", since " + format_iso_seconds(*v.since);
  if (!v.reason.empty()) text += " (" + v.reason + ")";
  return text;
}

}  // namespace

int check_slo(CheckSlo const& options) {
  auto rules = config::load_slo_path(options.file);
  if (!rules) return complain(rules.error());
  auto const data = choose_data(options.data, options.config);
  if (!data) return complain(data.error());
  auto const verdicts = judge_results(data->store, std::move(*rules), {}, runtime::wall_now());
  if (!verdicts) return complain(verdicts.error().message, kCannotRun);
  if (options.json) {
    std::printf("{\"rules\":%s}\n", web::alerts_array(*verdicts).c_str());
  } else {
    for (auto const& verdict : *verdicts) std::puts(line_of(verdict).c_str());
    if (verdicts->empty())
      std::puts("no data  no experiment has results in the time that is looked at");
  }
  bool const fails = std::any_of(verdicts->begin(), verdicts->end(), [](auto const& verdict) {
    return verdict.state == report::SloState::failing;
  });
  return fails ? kFailed : kDone;
}

}  // namespace perfd::app
