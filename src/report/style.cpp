#include "report/style.h"

namespace perfd::report {
namespace {

// The colours of lines differ for eyes that mix up red and green, and in lightness; dashes tell
// them apart on paper without colour. Order and dashes: kStyles in plot.h.
constexpr std::string_view kSheet = R"css(
:root {
  color-scheme: light dark;
  --page: #fdfdfc; --text: #1d2126; --quiet: #5d646d; --hair: #e4e6e8; --rule: #b9bec4;
  --raised: #f4f5f5; --alarm: #b3370f;
  --c0: #0b62a8; --c1: #d2520a; --c2: #00806a; --c3: #9a4d8f; --c4: #a37200; --c5: #4c5157;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181b; --text: #e6e8ea; --quiet: #a0a7ae; --hair: #2b3035; --rule: #565d64;
    --raised: #1d2125; --alarm: #ff9b6b;
    --c0: #64b1f2; --c1: #ff9547; --c2: #41cda6; --c3: #e29bd2; --c4: #e5c054; --c5: #c3c8cd;
  }
}
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --text: #000000; --quiet: #444444; --hair: #dddddd; --rule: #888888;
    --raised: #ffffff; --alarm: #b3370f;
    --c0: #0b62a8; --c1: #d2520a; --c2: #00806a; --c3: #9a4d8f; --c4: #a37200; --c5: #4c5157;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 40px 32px 64px; max-width: 1520px;
  background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
    sans-serif;
  font-variant-numeric: tabular-nums;
}
h1 { margin: 0 0 4px; font-size: 28px; line-height: 1.2; font-weight: 600;
  letter-spacing: -0.01em; }
h2 { margin: 56px 0 6px; padding-top: 14px; border-top: 1px solid var(--rule); font-size: 19px;
  font-weight: 600; }
h3 { margin: 28px 0 4px; font-size: 15px; font-weight: 600; }
p, dl, ul.says { margin: 0 0 12px; max-width: 76ch; }
p.lead { color: var(--quiet); }
a { color: var(--c0); text-decoration: none; }
a:hover { text-decoration: underline; }
nav { margin: 18px 0 0; color: var(--quiet); }
nav a { margin-right: 18px; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 20px;
  margin: 18px 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.plots { display: grid; gap: 30px 44px; margin-top: 18px;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); }
.plots.pairs { grid-template-columns: repeat(auto-fill, minmax(min(100%, 560px), 1fr)); }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figcaption { font-weight: 600; font-size: 14px; line-height: 1.35; overflow-wrap: anywhere; }
ul.key { list-style: none; margin: 4px 0 0; padding: 0; font-size: 12.5px; line-height: 1.45;
  display: flex; flex-wrap: wrap; gap: 1px 18px; color: var(--quiet); }
ul.key li { display: flex; align-items: center; gap: 7px; min-width: 0; overflow-wrap: anywhere; }
ul.key svg { flex: none; }
.frame { padding: 32px 20px 42px 46px; }
.frame.two { padding-bottom: 54px; }
.frame svg { display: block; overflow: visible; }
.frame svg svg { overflow: hidden; }
.notes, .notes p { margin: 0; font-size: 12.5px; line-height: 1.4; color: var(--quiet); }
.nothing { margin: 10px 0 0; padding: 14px 16px; background: var(--raised); color: var(--quiet);
  border-left: 2px solid var(--rule); font-size: 13.5px; }
svg text { font-size: 11.5px; fill: var(--quiet); }
svg .tick { text-anchor: middle; }
svg .side { text-anchor: end; }
svg .name { text-anchor: end; fill: var(--text); }
svg .name.top { text-anchor: start; }
svg .strong { fill: var(--text); }
svg .plain { stroke-dasharray: none; }
svg .grid { stroke: var(--hair); stroke-width: 1; shape-rendering: crispEdges; }
svg .zero { stroke: var(--rule); stroke-width: 1; shape-rendering: crispEdges; }
svg .line { fill: none; stroke-width: 1.6; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
svg .dot { stroke: var(--page); stroke-width: 1; }
svg .hollow { stroke-width: 1.6; fill: var(--page); }
svg .outer { fill: var(--c0); fill-opacity: 0.14; }
svg .inner { fill: var(--c0); fill-opacity: 0.26; }
svg .bad { fill: var(--alarm); fill-opacity: 0.75; }
svg .bar { fill: var(--c0); fill-opacity: 0.7; }
svg .whisker { stroke-width: 1.8; }
.s0 { stroke: var(--c0); }
.s1 { stroke: var(--c1); stroke-dasharray: 7 3; }
.s2 { stroke: var(--c2); stroke-dasharray: 2.5 2.5; }
.s3 { stroke: var(--c3); stroke-dasharray: 9 3 2 3; }
.s4 { stroke: var(--c4); stroke-dasharray: 13 4; }
.s5 { stroke: var(--c5); stroke-dasharray: 1.5 4; }
.dot.s0 { fill: var(--c0); } .dot.s1 { fill: var(--c1); } .dot.s2 { fill: var(--c2); }
.dot.s3 { fill: var(--c3); } .dot.s4 { fill: var(--c4); } .dot.s5 { fill: var(--c5); }
.dot { stroke-dasharray: none; }
.scroll { overflow-x: auto; margin-top: 14px; }
.scroll + p, .plots + p { margin-top: 16px; }
table { border-collapse: collapse; font-size: 13.5px; line-height: 1.4; }
caption { text-align: left; color: var(--quiet); padding-bottom: 4px; }
th, td { padding: 4px 0 4px 22px; text-align: right; white-space: nowrap; vertical-align: baseline;
  border-bottom: 1px solid var(--hair); }
thead th { font-weight: 500; color: var(--quiet); vertical-align: bottom;
  border-bottom: 1px solid var(--rule); }
th[colspan] { text-align: center; border-bottom: 0; }
tbody th { font-weight: 400; }
th.text, td.text { text-align: left; }
tbody th:first-child, tbody td:first-child, thead tr:first-child th:first-child { padding-left: 0; }
td.long, th.long { white-space: normal; overflow-wrap: anywhere; min-width: 14ch; max-width: 44ch; }
td.none { color: var(--quiet); }
td.graph { width: 220px; min-width: 140px; }
td.graph svg { display: block; width: 100%; overflow: visible; }
code { font: 12.5px/1.4 ui-monospace, "DejaVu Sans Mono", monospace; }
details { margin-top: 18px; }
summary { cursor: pointer; color: var(--c0); }
ul.says { padding-left: 18px; max-width: 156ch; columns: 2 56ch; column-gap: 48px; }
ul.says li { margin: 2px 0; break-inside: avoid; }
.wide table { width: 100%; }
.wide td.graph { width: 50%; min-width: 60px; }
.series + .series { margin-top: 30px; }
.strips { margin-top: 12px; max-width: 980px; }
.strip { display: grid; grid-template-columns: minmax(0, 250px) minmax(0, 1fr) 190px;
  gap: 0 18px; align-items: center; font-size: 13.5px; min-height: 30px;
  border-bottom: 1px solid var(--hair); break-inside: avoid; }
.strip.axis { border-bottom: 0; min-height: 58px; align-items: start; }
.strip svg { display: block; overflow: visible; }
.strip .value { text-align: right; color: var(--quiet); }
footer { margin-top: 64px; padding-top: 12px; border-top: 1px solid var(--hair);
  color: var(--quiet); font-size: 13px; }
@media (max-width: 700px) {
  body { padding: 24px 16px 48px; }
  h1 { font-size: 23px; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: 8px; }
  svg .odd { display: none; }
  th, td { padding-left: 12px; }
  td.long, th.long { min-width: 11ch; }
  .wide { overflow-x: auto; }
  .wide thead th { white-space: normal; }
  .wide td.graph { width: auto; min-width: 48px; }
  .wide code { font-size: 11.5px; }
  code.long { display: block; max-width: 12ch; overflow: hidden; text-overflow: ellipsis; }
  .strip { grid-template-columns: minmax(0, 1fr) auto; padding-top: 6px; }
  .strip .graph { grid-column: 1 / -1; order: 3; padding: 4px 12px 8px; }
  .strip.axis .graph { padding-top: 0; }
}
@media print {
  body { padding: 0; max-width: none; font-size: 10.5pt; }
  h2 { break-after: avoid; margin-top: 28px; }
  h3, caption, .lead, ul.key { break-after: avoid; }
  .plots, .plots.pairs { grid-template-columns: 1fr 1fr; gap: 18px 28px; }
  .scroll { overflow: visible; }
  table { font-size: 8.5pt; }
  th, td { padding-left: 10px; }
  tr, .strips { break-inside: avoid; }
  nav, details { display: none; }
  svg * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@page { margin: 14mm; }
)css";

}  // namespace

std::string_view style_sheet() { return kSheet; }

}  // namespace perfd::report
