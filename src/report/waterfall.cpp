#include "report/waterfall.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/time_text.h"
#include "report/document.h"
#include "report/markup.h"
#include "report/scale.h"
#include "report/style.h"
#include "report/waterfall_chart.h"

namespace perfd::report {
namespace {

// Of the drawing that stands alone; on a page it is as wide as there is room.
constexpr int kAloneWidth = 1180;
constexpr int kMargin = 24;
constexpr std::size_t kFactLength = 300;

std::string experiment_of(model::Measurement const& m) {
  auto out = shortened(m.experiment, 80);
  if (!m.arm.empty()) out += "/" + shortened(m.arm, 80);
  return out.empty() ? "a measurement" : out;
}

std::string outcome_of(model::Measurement const& m) {
  std::string out(model::name(m.outcome.code));
  if (!m.outcome.operation.empty()) out += " at " + m.outcome.operation;
  if (!m.outcome.detail.empty()) out += ": " + m.outcome.detail;
  return shortened(out, kFactLength);
}

WallTime time_of(model::Measurement const& m) {
  return m.started_at != WallTime{} ? m.started_at : m.scheduled_at;
}

// "guard0 (FINGERPRINT)"
std::string guard_of(model::Measurement const& m) {
  for (auto const& circuit : m.tor.circuits)
    if (!circuit.path.empty() && circuit.path.front().fingerprint == m.tor.guard &&
        !circuit.path.front().nickname.empty())
      return circuit.path.front().nickname + " (" + m.tor.guard + ")";
  return m.tor.guard;
}

// What the drawing shows, for those who don't see it.
std::string in_words(model::Measurement const& m, Chart const& chart) {
  auto out = fmt::format("{}, {}.", experiment_of(m), model::name(m.outcome.code));
  if (chart.of_page) out += fmt::format(" {}.", counted(m.page->resources.size(), "resource"));
  for (auto const& [name, at] : chart.moments)
    out += fmt::format(" {} after {}.", name, time_text(static_cast<double>(at.count())));
  return out;
}

void add_fact(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty())
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, escaped(shortened(value, kFactLength)));
}

std::string facts(model::Measurement const& m, std::string_view perfd_version) {
  std::string out = "<dl>\n";
  add_fact(out, "Kind and target", fmt::format("{}, {}", model::name(m.kind), m.target));
  if (m.page) {
    add_fact(out, "Page", m.page->url);
    add_fact(out, "Resources",
             fmt::format("{}, {} failed, over {}", counted(m.page->resources.size()),
                         m.page->failed, counted(m.page->connections.size(), "connection")));
    add_fact(out, "Browser", m.page->browser);
  }
  add_fact(out, "Outcome", outcome_of(m));
  if (time_of(m) != WallTime{}) add_fact(out, "Started", format_iso(time_of(m)));
  add_fact(out, "Source", m.source);
  add_fact(out, "tor", m.tor.version);
  add_fact(out, "Guard", guard_of(m));
  if (!m.tor.circuits.empty()) add_fact(out, "Path", path_of_circuit(m.tor.circuits.front()));
  add_fact(out, "Id", m.id);
  add_fact(out, "Measured by",
           m.perfd_version.empty() ? m.perfd_version : "perfd " + m.perfd_version);
  add_fact(out, "Drawn by", fmt::format("perfd {}", perfd_version));
  return out + "</dl>\n";
}

std::string marks_table(model::Measurement const& m) {
  SinceStart const since(m);
  std::string rows;
  auto const add = [&](model::Marks const& marks, std::string_view where) {
    for (auto const& [name, mark] : marks.entries())
      if (auto const at = since(mark.at))
        rows += fmt::format(
            "<tr><th scope=\"row\" class=\"text\">{}</th><td class=\"text\">{}</td><td>{}</td>"
            "<td>{}</td></tr>\n",
            escaped(shortened(name, 60)), where, at->count(), mark.error_bound.count());
  };
  add(m.marks, "perfd");
  add(m.server, "server");
  if (rows.empty()) return {};
  return "<details><summary>The marks as a table</summary>\n<div class=\"scroll\"><table>\n"
         "<thead><tr><th scope=\"col\" class=\"text\">mark</th><th scope=\"col\" class=\"text\">"
         "set by</th><th scope=\"col\">after the start, µs</th><th scope=\"col\">at most so much "
         "too late, µs</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table></div></details>\n";
}

}  // namespace

std::string waterfall_svg(model::Measurement const& measurement) {
  auto const chart = waterfall_chart(measurement);
  auto const [drawing, height] = draw_waterfall(chart);
  constexpr int kHead = 66;
  auto const title = fmt::format("{}: {}, {}", experiment_of(measurement),
                                 model::name(measurement.kind), shortened(measurement.target, 70));
  std::string line;
  for (auto const& fact :
       {time_of(measurement) == WallTime{} ? "" : format_iso_seconds(time_of(measurement)),
        shortened(outcome_of(measurement), 60),
        measurement.tor.version.empty() ? "" : "tor " + shortened(measurement.tor.version, 30),
        shortened(measurement.id, 30)})
    if (!fact.empty()) line += (line.empty() ? "" : " · ") + fact;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"alone\" role=\"img\" width=\"{0}\" "
      "height=\"{1}\" viewBox=\"0 0 {0} {1}\"><title>{2}</title><desc>{3}</desc>\n<style>{4}{5}"
      "</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>"
      "<text class=\"title\" x=\"{6}\" y=\"28\">{2}</text><text x=\"{6}\" y=\"47\">{7}</text>"
      "<svg x=\"{8}\" y=\"{9}\" width=\"{10}\" height=\"{11}\" overflow=\"visible\">{12}</svg>"
      "</svg>\n",
      kAloneWidth, height + kHead, escaped(title), escaped(in_words(measurement, chart)),
      style_sheet(), waterfall_style(), kMargin, escaped(line), kMargin + kNamesWidth, kHead,
      kAloneWidth - kNamesWidth - 2 * kMargin, height, drawing);
}

std::string waterfall_page(model::Measurement const& measurement, std::string_view perfd_version) {
  auto const chart = waterfall_chart(measurement);
  auto const [drawing, height] = draw_waterfall(chart);
  auto const name = experiment_of(measurement);
  auto body = fmt::format("<header>\n<h1>{}</h1>\n{}</header>\n<main>\n", escaped(name),
                          facts(measurement, perfd_version));
  body += fmt::format(
      "<div class=\"scroll\"><div class=\"frame waterfall\"><svg class=\"plot\" role=\"img\" "
      "width=\"100%\" height=\"{}\" aria-labelledby=\"wt wd\"><title id=\"wt\">{}</title>"
      "<desc id=\"wd\">{}</desc>{}</svg></div></div>\n",
      height, escaped(name), escaped(in_words(measurement, chart)), drawing);
  body += marks_table(measurement);
  body +=
      "</main>\n<footer>Times are counted from the start of the measurement. What each mark is and "
      "how exact: docs/measurement.md of perfd.</footer>\n";
  return html_document(name, waterfall_style(), body);
}

}  // namespace perfd::report
