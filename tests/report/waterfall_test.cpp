#include "report/waterfall.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <regex>

#include "report/support/made_up.h"
#include "report/support/well_formed.h"

namespace perfd::report {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

WallTime at_ms(std::int64_t ms) { return wall_from_us(kStart + ms * 1000); }

// One that was asked for after `ms`, and had 100 ms of each of its phases.
model::Resource resource(std::string path, std::int64_t ms) {
  model::Resource out;
  out.url = "http://perfd.test:8080" + std::move(path);
  out.method = "GET";
  out.type = "script";
  out.status = 200;
  out.connection = 1;
  out.requested_at = at_ms(ms);
  out.connect_start = at_ms(ms + 100);
  out.tls_start = at_ms(ms + 200);
  out.connect_end = out.tls_end = out.request_start = at_ms(ms + 300);
  out.response_start = at_ms(ms + 400);
  out.response_end = at_ms(ms + 500);
  return out;
}

// Fully loaded after a second.
model::Measurement page_load(std::vector<model::Resource> resources) {
  model::Measurement m;
  m.id = "01J00000000000000000000000";
  m.experiment = "page";
  m.kind = model::Kind::page;
  m.started_at = at_ms(0);
  m.marks.set("START", {at_ms(0)});
  m.marks.set("DATARESPONSE", {at_ms(400)});
  m.marks.set("FULLYLOADED", {at_ms(1000)});
  auto& page = m.page.emplace();
  page.url = "http://perfd.test:8080/";
  page.resources = std::move(resources);
  return m;
}

void expect_well_formed(std::string const& svg) {
  EXPECT_EQ(what_is_wrong_with("<!DOCTYPE html>" + svg), "");
  EXPECT_THAT(svg, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf%")), Not(HasSubstr("=\"-0"))));
}

std::string drawn(model::Measurement const& m) {
  auto svg = waterfall_svg(m);
  expect_well_formed(svg);
  return svg;
}

// "CLASS X WIDTH" of what is drawn, in its order, without the key and the stripes.
std::vector<std::string> bars(std::string const& svg) {
  static std::regex const bar(
      "<rect class=\"(w[0-9])\" x=\"([^\"]+%)\" y=\"[^\"]+\" "
      "width=\"([^\"]+%)\"");
  std::vector<std::string> out;
  for (std::sregex_iterator at(svg.begin(), svg.end(), bar), end; at != end; ++at)
    out.push_back((*at)[1].str() + " " + (*at)[2].str() + " " + (*at)[3].str());
  return out;
}

// What is written in the columns left of the axis, with its place, from above.
struct Written {
  double y;
  std::string text;
};
std::vector<Written> written(std::string const& svg, std::string const& css) {
  std::regex const text("<text class=\"" + css + "\" y=\"([^\"]+)\">([^<]*)</text>");
  std::vector<Written> out;
  for (std::sregex_iterator at(svg.begin(), svg.end(), text), end; at != end; ++at)
    out.push_back({std::stod((*at)[1].str()), (*at)[2].str()});
  std::sort(out.begin(), out.end(), [](auto const& a, auto const& b) { return a.y < b.y; });
  return out;
}
std::vector<std::string> rows(std::string const& svg) {
  std::vector<std::string> out;
  for (auto const& one : written(svg, "strong(?: group)?")) out.push_back(one.text);
  return out;
}

TEST(Waterfall, APhaseLiesWhereItsTimesSay) {
  auto const svg = drawn(page_load({resource("/a.js", 0)}));
  // Waiting for its turn lies below all of it; connecting has TLS upon its end.
  EXPECT_THAT(bars(svg),
              ElementsAre("w0 0% 50%", "w1 10% 20%", "w2 20% 10%", "w3 30% 10%", "w4 40% 10%"));
  EXPECT_THAT(svg, AllOf(HasSubstr("time since the start, s"), HasSubstr(">0.8<"),
                         HasSubstr("waiting for the first byte"), HasSubstr(">500 ms</text>")));
}

TEST(Waterfall, ResourcesStandInTheOrderOfTheirRequests) {
  auto const svg = drawn(page_load({resource("/", 0), resource("/b.css?load=1", 200),
                                    resource("/a/very/long/path/to/the/last/script.js", 300)}));
  EXPECT_THAT(rows(svg),
              ElementsAre("first byte", "fully loaded", "/", "/b.css", "…/last/script.js"));
}

TEST(Waterfall, EachMomentHasARowOfItsOwnInTheOrderOfTime) {
  auto m = page_load({resource("/", 0)});
  // All at nearly the same time: their names would lie upon each other anywhere else.
  m.marks.set("LOAD", {at_ms(402)});
  m.marks.set("LARGESTCONTENTFULPAINT", {at_ms(401)});
  m.marks.set("FIRSTCONTENTFULPAINT", {at_ms(401)});
  m.marks.set("DOMCONTENTLOADED", {at_ms(399)});
  auto const svg = drawn(m);
  auto const names = written(svg, "strong");
  std::vector<std::string> texts;
  for (auto const& one : names) texts.push_back(one.text);
  EXPECT_THAT(texts, ElementsAre("DOM content loaded", "first byte", "first contentful paint",
                                 "largest contentful paint", "load event", "fully loaded", "/"));
  for (std::size_t i = 1; i < names.size(); ++i) EXPECT_GE(names[i].y - names[i - 1].y, 15);
  // Each line ends at the bottom of the rows, and begins at its name.
  EXPECT_THAT(svg, AllOf(HasSubstr("class=\"moment s0\" x1=\"39.9%\" x2=\"39.9%\""),
                         HasSubstr("class=\"moment s5\" x1=\"100%\" x2=\"100%\"")));
}

TEST(Waterfall, WhatTookNoTimeIsSeen) {
  auto cached = resource("/a.png", 300);
  cached.from_cache = true;
  for (auto* at : {&cached.connect_start, &cached.connect_end, &cached.tls_start, &cached.tls_end,
                   &cached.request_start})
    at->reset();
  cached.response_start = cached.response_end = cached.requested_at;
  EXPECT_THAT(drawn(page_load({cached})),
              AllOf(HasSubstr("<rect class=\"w0\" x=\"30%\" y=\"79\" width=\"1\""),
                    HasSubstr(">cache</text>")));
}

TEST(Waterfall, ARowTellsItsConnectionsStreamAndCircuit) {
  auto m = page_load({resource("/a.js", 0)});
  m.page->connections.emplace_back().number = 1;
  m.page->connections[0].source_address = "127.0.0.1:4000";
  auto& stream = m.page->streams.emplace_back();
  stream.id = 17;
  stream.source_address = "127.0.0.1:4000";
  stream.attachments.emplace_back().circuit_id = 12;
  m.tor.circuits.emplace_back().id = 12;
  m.tor.circuits[0].path = {{"AAAA", "guardy", {}}, {"BBBBCCCCDDDD", "", {}}};
  EXPECT_THAT(drawn(m), AllOf(HasSubstr("GET http://perfd.test:8080/a.js\nstatus 200"),
                              HasSubstr("TLS 100 ms"),
                              HasSubstr("connection 1, stream 17, circuit 12: guardy &gt; "
                                        "BBBBCCCC</title>")));
}

TEST(Waterfall, WhatFailedIsMarked) {
  auto gone = resource("/gone.js", 0);
  gone.status = 404;
  auto reset = resource("/reset.js", 100);
  reset.status = 0;
  reset.error = "NS_ERROR_NET_RESET";
  reset.response_start.reset();
  auto const svg = drawn(page_load({gone, reset}));
  auto const failed = written(svg, "failed");
  ASSERT_EQ(failed.size(), 8U) << "status, type, connection and name of both";
  EXPECT_THAT(svg, AllOf(HasSubstr(">404<"), HasSubstr(">✕<"), HasSubstr("NS_ERROR_NET_RESET")));
  // All the time behind the request was waited.
  EXPECT_THAT(bars(svg), testing::Contains("w3 40% 20%"));
}

TEST(Waterfall, WhatRecordsHoldIsNeverMarkup) {
  std::string const evil = "\"><script>alert(1)</script>&amp;\xFF\x01'\n]]>";
  auto load = resource(evil, 0);
  load.method = load.type = load.protocol = load.error = evil;
  auto m = page_load({load});
  m.id = m.experiment = m.arm = m.target = m.source = m.perfd_version = evil;
  m.outcome = {model::FailureCode::net_timeout, evil, evil};
  m.tor.version = m.tor.guard = evil;
  m.marks.set(evil, {at_ms(3)});
  m.page->url = m.page->browser = evil;
  auto steps = with_circuit(download(evil, evil, 0, 1'000, 2'000), evil, evil);
  steps.tor.stream.emplace().states = {{at_ms(0), evil, evil}};
  for (auto const& one : {m, steps})
    for (auto const& text : {drawn(one), waterfall_page(one, evil)})
      EXPECT_THAT(text, AllOf(Not(HasSubstr("<script")), HasSubstr("&lt;script&gt;")));
  EXPECT_EQ(what_is_wrong_with(waterfall_page(m, evil)), "");
}

TEST(Waterfall, OfManyResourcesTheFirstOnesAreDrawnAndTheOthersCounted) {
  std::vector<model::Resource> many;
  for (int i = 0; i < 5000; ++i) many.push_back(resource("/" + std::string(5000, 'x'), i / 10));
  auto const svg = drawn(page_load(many));
  EXPECT_EQ(std::count(svg.begin(), svg.end(), 'x') > 0, true);
  EXPECT_THAT(rows(svg), AllOf(testing::SizeIs(2 + kMostWaterfallRows + 1),
                               testing::Contains("and 4,850 resources more")));
  EXPECT_LT(svg.size(), 400'000U);
}

TEST(Waterfall, TimesThatAreMissingOrMakeNoSenseAreLeftOut) {
  auto empty = resource("/empty", 0);
  empty.requested_at.reset();
  empty.connect_start.reset();
  empty.connect_end.reset();
  empty.tls_start.reset();
  empty.tls_end.reset();
  empty.request_start.reset();
  empty.response_start.reset();
  empty.response_end.reset();
  auto backwards = resource("/backwards", 0);
  std::swap(backwards.response_start, backwards.response_end);
  auto early = resource("/early", -10'000);  // before the load
  auto absurd = resource("/absurd", 0);
  absurd.response_end = wall_from_us(std::numeric_limits<std::int64_t>::max());
  absurd.requested_at = wall_from_us(std::numeric_limits<std::int64_t>::min());
  auto const svg = drawn(page_load({empty, backwards, early, absurd}));
  EXPECT_THAT(svg, AllOf(HasSubstr(">1.0</text>"), HasSubstr("/absurd"),
                         HasSubstr("from 10.0 s before the start to 9.50 s before")))
      << "the axis still ends after a second";
  for (auto const& bar : bars(svg)) EXPECT_THAT(bar, Not(HasSubstr(" -")));

  auto m = page_load({resource("/", 0)});
  m.marks = {};
  m.started_at = {};
  EXPECT_THAT(drawn(m), HasSubstr("Nothing to draw"));
}

TEST(Waterfall, OfADownloadTheStepsOfAllSidesShareTheAxis) {
  auto m = with_circuit(download("small", "", 0, 400'000, 1'000'000), "AAAA", "guardy");
  m.tor.circuits[0].id = 7;
  for (auto const& [name, ms] : {std::pair{"SOCKET", 0},
                                 {"CONNECT", 1},
                                 {"NEGOTIATE", 2},
                                 {"REQUEST", 3},
                                 {"RESPONSE", 200},
                                 {"DATAPERC0", 400},
                                 {"DATAPERC10", 450},
                                 {"DATAPERC100", 1000}})
    m.marks.set(name, {at_ms(ms)});
  m.server.set("ACCEPT", {at_ms(250)});
  m.server.set("REQUEST", {at_ms(300)});
  m.server.set("FIRST_BYTE", {at_ms(310)});
  m.server.set("LAST_BYTE", {at_ms(800)});
  m.tor.stream.emplace().id = 9;
  m.tor.stream->states = {{at_ms(5), "NEW", ""}, {at_ms(205), "SUCCEEDED", ""}};
  auto const svg = drawn(m);
  EXPECT_THAT(
      rows(svg),
      ElementsAre("first byte", "last byte", "SOCKS", "connect to the SOCKS port",
                  "agree on a method", "request to reply", "tor", "circuit 7 to guardy",
                  "circuit 7 to middle", "circuit 7 to exit", "stream 9 NEW", "stream 9 SUCCEEDED",
                  "HTTP", "request to first byte", "payload to 10 %", "payload to 100 %", "Server",
                  "accepted", "request read", "first byte", "last byte"));
  EXPECT_THAT(bars(svg), AllOf(testing::Contains("w1 0.3% 19.7%"), testing::Contains("w5 5% 7%"),
                               testing::Contains("w2 0.5% 20%"), testing::Contains("w4 45% 55%"),
                               testing::Contains("w7 31% 49%")));
}

TEST(Waterfall, ACircuitThatWasThereBeforeHasNoPlaceOnTheAxis) {
  auto m = with_circuit(download("small", "", 10, 400'000, 1'000'000), "AAAA", "guardy");
  m.tor.circuits[0].launched_at = at_ms(5'000);
  m.tor.circuits[0].built_at = at_ms(6'000);
  auto const svg = drawn(m);
  EXPECT_THAT(rows(svg), testing::Contains("circuit 0"));
  EXPECT_THAT(svg, HasSubstr(">built 4.00 s before: guardy &gt; middle &gt; exit</text>"));
}

TEST(Waterfall, EveryOtherKindHasItsSteps) {
  auto upload = download("up", "", 0, 900'000, 1'000'000);
  upload.kind = model::Kind::upload;
  upload.marks.set("HANDEDFIRST", {at_ms(100)});
  upload.marks.set("HANDEDLAST", {at_ms(500)});
  upload.server.set("FIRST_BYTE", {at_ms(200)});
  upload.server.set("DATAPERC10", {at_ms(300)});
  upload.server.set("LAST_BYTE", {at_ms(850)});
  EXPECT_THAT(rows(drawn(upload)),
              testing::IsSupersetOf({"body handed to the socket", "payload to 10 %", "last byte"}));

  auto onion = download("onion", "", 0, 400'000, 1'000'000);
  auto& way = onion.tor.onion.emplace();
  way.descriptor_requested_at = at_ms(10);
  way.descriptor_received_at = at_ms(60);
  way.joined_at = at_ms(300);
  EXPECT_THAT(rows(drawn(onion)),
              testing::IsSupersetOf({"Onion service", "descriptor fetched", "service has come"}));

  model::Measurement resolution;
  resolution.kind = model::Kind::resolve;
  resolution.marks.set("REQUEST", {at_ms(1)});
  resolution.marks.set("RESPONSE", {at_ms(40)});
  EXPECT_THAT(rows(drawn(resolution)), ElementsAre("answer", "SOCKS", "request to reply"));

  model::Measurement series;
  series.marks.set("START", {at_ms(0)});
  series.marks.set("DATACOMPLETE", {at_ms(230)});
  series.allocation.emplace();
  for (int i = 0; i < 200; ++i) {
    auto& one = series.allocation->streams.emplace_back();
    one.started_at = at_ms(i);
    one.first_byte = Micros{20'000};
    one.last_byte = Micros{30'000};
    one.stays.emplace_back().circuit_id = 3;
  }
  EXPECT_THAT(rows(drawn(series)), AllOf(testing::Not(testing::Contains("HTTP")),
                                         testing::Contains("stream 1 on circuit 3"),
                                         testing::Contains("and 51 rows more")));
}

TEST(Waterfall, WithoutAnyTimeItSaysSo) {
  auto missed = failed("never", "", 0, model::FailureCode::perfd_missed_slot);
  missed.started_at = {};
  EXPECT_THAT(drawn(missed), HasSubstr("Nothing to draw: it ended before anything had a time."));
  EXPECT_THAT(drawn(failed("early", "", 0)), HasSubstr("Nothing to draw"));
  EXPECT_EQ(what_is_wrong_with(waterfall_page(missed, "1.0")), "");
}

TEST(Waterfall, StandsAlone) {
  auto const svg = drawn(page_load({resource("/", 0)}));
  EXPECT_THAT(svg, AllOf(testing::StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\""),
                         HasSubstr("prefers-color-scheme: dark"), Not(HasSubstr("url(")),
                         Not(HasSubstr("href"))));
}

TEST(WaterfallPage, TellsWhatWasMeasured) {
  auto m = with_circuit(page_load({resource("/", 0)}), "AAAA", "guardy");
  m.arm = "early";
  m.source = "op-test";
  m.perfd_version = "9.8.7";
  m.tor.version = "0.4.8.16";
  m.page->browser = "Firefox 153.7";
  m.outcome = {model::FailureCode::browser_hung, "load", "it did not answer"};
  auto const page = waterfall_page(m, "1.2.3");
  EXPECT_EQ(what_is_wrong_with(page), "");
  for (auto const* text :
       {"<h1>page/early</h1>", "page, direct", "BROWSER_HUNG at load: it did not answer",
        "2025-11-24T16:00:00", "op-test", "0.4.8.16", "guardy (AAAA)", "guardy &gt; middle",
        "Firefox 153.7", "perfd 9.8.7", "perfd 1.2.3", "01J00000000000000000000000",
        "<td>400000</td>", "1, 0 failed, over 0 connections"})
    EXPECT_THAT(page, HasSubstr(text));
  for (auto const* word : {"<script", "src=", "url(", "href="})
    EXPECT_THAT(page, Not(HasSubstr(word)));
}

}  // namespace
}  // namespace perfd::report
