#include "web/page/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/time_text.h"
#include "report/markup.h"
#include "report/words.h"

namespace perfd::web {
namespace {

using report::counted;
using report::escaped;

std::string ago(WallTime now, WallTime at) {
  auto const seconds = std::max<std::int64_t>(0, (now - at).count() / 1'000'000);
  if (seconds < 100) return fmt::format("{} s ago", seconds);
  if (seconds < 6000) return fmt::format("{} min ago", (seconds + 30) / 60);
  if (seconds < 48 * 3600) return fmt::format("{} h ago", (seconds + 1800) / 3600);
  return fmt::format("{} days ago", (seconds + 43200) / 86400);
}

std::string state(bool good, std::string_view text) {
  return fmt::format("<span class=\"state {}\"><span aria-hidden=true>{}</span> {}</span>",
                     good ? "good" : "bad", good ? "✓" : "✗", text);
}

std::string health(Summary const& summary) {
  std::size_t measured = 0;
  std::size_t failed = 0;
  for (auto const& one : summary.figures) {
    measured += one.today.n + one.today.failed;
    failed += one.today.failed;
  }
  auto const counts = measured == 0 ? std::string()
                                    : fmt::format(" Of {} in 24 hours, {} failed.",
                                                  counted(measured, "measurement"),
                                                  report::percent(failed, measured));
  if (summary.problems.empty())
    return fmt::format("<p class=\"health good\">{}{}</p>\n",
                       state(true, summary.running ? "Everything runs." : "Stored results."),
                       counts);
  std::string list;
  for (auto const& problem : summary.problems) list += "<li>" + escaped(problem) + "\n";
  return fmt::format("<div class=\"health bad\">{}{}\n<ul>\n{}</ul></div>\n",
                     state(false, summary.problems.size() == 1
                                      ? "1 thing needs a look."
                                      : counted(summary.problems.size()) + " things need a look."),
                     counts, list);
}

std::string what_of(model::SeriesKey const& key) {
  return report::sized(key.kind, key.filesize) +
         (key.kind == model::Kind::resolve ? "" : ", " + key.target);
}

std::string cell(std::string_view title, std::string_view content) {
  return fmt::format("<td data-title=\"{}\">{}</td>", title, content);
}

std::string row(KeyFigures const& one, WallTime now) {
  auto const value = [&](double of) {
    return one.today.n > 0 ? report::value_text(one.quantity, of) : std::string("–");
  };
  auto const name =
      one.key.arm.empty() ? one.key.experiment : one.key.experiment + "/" + one.key.arm;
  auto const change =
      one.before ? change_text(one.today.median, one.before->median) : std::string();
  auto const before =
      change.empty()
          ? std::string("none to compare with")
          : fmt::format("{} ({})", change, report::value_text(one.quantity, one.before->median));
  auto const last = one.last_at ? ago(now, *one.last_at) : std::string("–");
  return "<tr><th scope=row class=text>" + escaped(name) + "<span class=sub>" +
         escaped(what_of(one.key)) + ": " + std::string(report::title(one.quantity)) +
         "</span></th>" + cell("median", "<span class=big>" + value(one.today.median) + "</span>") +
         cell("a day before", before) + cell("95 %", value(one.today.p95)) +
         cell("failed", report::percent(one.today.failed, one.today.n + one.today.failed)) +
         cell("measured", counted(one.today.n + one.today.failed)) +
         cell("last one", one.late ? state(false, "late, " + last) : last) + "</tr>\n";
}

}  // namespace

std::string change_text(double value, double before) {
  if (!(value > 0) || !(before > 0)) return {};
  auto const more = value / before - 1;
  auto const percent = std::lround(std::abs(more) * 100);
  if (percent < 3) return "as before";
  if (more > 1) return fmt::format("▲ {:.1f} times as long", value / before);
  return fmt::format("{} {} % {}", more > 0 ? "▲" : "▼", percent, more > 0 ? "slower" : "faster");
}

std::string summary_html(Summary const& summary) {
  auto out = health(summary);
  out += "<h2>Last 24 hours against the 24 hours before</h2>\n";
  if (summary.figures.empty())
    return out + "<div class=nothing><p>Nothing was measured in the last 24 hours.</p></div>\n";
  out +=
      "<div class=scroll><table class=cards>\n<thead><tr><th scope=col class=text>experiment</th>"
      "<th scope=col>median</th><th scope=col>a day before</th><th scope=col>95 %</th>"
      "<th scope=col>failed</th><th scope=col>measured</th><th scope=col>last one</th></tr></thead>"
      "\n<tbody>\n";
  for (auto const& one : summary.figures) out += row(one, summary.now);
  return out + "</tbody></table></div>\n<p class=notes>As of " + format_iso_seconds(summary.now) +
         ".</p>\n";
}

}  // namespace perfd::web
