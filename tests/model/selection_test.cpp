#include "model/selection.h"

#include <gmock/gmock.h>

#include "model/selection_terms.h"

namespace perfd::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string const kGuard(40, 'A');
std::string const kMiddle(40, 'B');
std::string const kExit(40, 'C');
constexpr WallTime kNoon = wall_from_us(1'764'072'000'000'000);  // 2025-11-25T12:00:00Z

Measurement measured() {
  Measurement m;
  m.source = "op-de1";
  m.experiment = "small";
  m.arm = "early";
  m.started_at = m.scheduled_at = kNoon;
  m.tor.version = "0.4.8.12 (git-1234)";
  m.tor.build_timeout_learned = true;
  m.tor.guard = kGuard;
  Circuit first;
  first.path = {{kGuard, "g", {}}, {kMiddle, "m", {}}};
  Circuit second;
  second.path = {{kGuard, "g", {}}, {kExit, "e", {}}};
  m.tor.circuits = {first, second};
  return m;
}

Selection of(std::initializer_list<std::pair<std::string_view, std::string_view>> terms) {
  Selection out;
  for (auto const& [term, value] : terms) {
    auto const done = narrow(out, term, value);
    EXPECT_TRUE(done.has_value()) << term << "=" << value;
  }
  return out;
}

bool chosen_by(std::string_view term, std::string_view value) {
  return selects(of({{term, value}}), measured());
}

std::string why_not(std::string_view term, std::string_view value) {
  Selection out;
  auto const done = narrow(out, term, value);
  return done ? std::string() : done.error().message;
}

TEST(Selection, WithoutConditionsIsAll) {
  EXPECT_TRUE(selects({}, measured()));
  EXPECT_FALSE(Selection{}.needs_record());
}

TEST(Selection, OfAListOneMustHoldAndOfConditionsAll) {
  EXPECT_TRUE(selects(of({{"experiment", "large,small"}, {"source", "op-de1"}}), measured()));
  EXPECT_FALSE(selects(of({{"experiment", "large,small"}, {"source", "op-us1"}}), measured()));
  EXPECT_TRUE(selects(of({{"arm", "plain"}, {"arm", "early"}}), measured()));
  EXPECT_FALSE(chosen_by("arm", "plain"));
  EXPECT_TRUE(chosen_by("kind", "page,download"));
  EXPECT_FALSE(chosen_by("kind", "page"));
  EXPECT_TRUE(chosen_by("target", "direct"));
  EXPECT_FALSE(chosen_by("target", "onion"));
  EXPECT_TRUE(chosen_by("outcome", "NET_TIMEOUT,ok"));
  EXPECT_FALSE(chosen_by("outcome", "NET_TIMEOUT"));
}

TEST(Selection, FailedIsEveryOutcomeButOk) {
  auto m = measured();
  EXPECT_FALSE(selects(of({{"outcome", "failed"}}), m));
  m.outcome.code = FailureCode::tor_down;
  EXPECT_TRUE(selects(of({{"outcome", "failed"}}), m));
}

TEST(Selection, TimeIsOfTheStartAndOfAMissedSlotWhenItWasDue) {
  EXPECT_TRUE(chosen_by("since", "2025-11-25T12:00"));
  EXPECT_FALSE(chosen_by("since", "2025-11-25T12:01"));
  EXPECT_FALSE(chosen_by("until", "2025-11-25T12:00"));
  EXPECT_TRUE(chosen_by("until", "2025-11-25T12:01"));
  auto missed = measured();
  missed.started_at = {};
  EXPECT_TRUE(selects(of({{"since", "2025-11-25"}}), missed));
}

TEST(Selection, AVersionOfTorIsThatOrWhatBeginsSo) {
  EXPECT_TRUE(chosen_by("tor-version", "0.4.8.12"));
  EXPECT_TRUE(chosen_by("tor-version", "0.4.9,0.4.8"));
  EXPECT_FALSE(chosen_by("tor-version", "0.4.8.1"));
  EXPECT_FALSE(chosen_by("tor-version", "0.4.9"));
}

TEST(Selection, ARelayIsFoundAtAnyPositionOfAnyCircuit) {
  for (auto const& relay : {kGuard, kMiddle, kExit}) EXPECT_TRUE(chosen_by("relay", relay));
  EXPECT_TRUE(chosen_by("relay", "$" + std::string(40, 'c')));
  EXPECT_TRUE(chosen_by("relay", std::string(40, 'D') + "," + kExit));
  EXPECT_FALSE(chosen_by("relay", std::string(40, 'D')));
  auto only_guard = measured();
  only_guard.tor.circuits.clear();
  EXPECT_TRUE(selects(of({{"relay", kGuard}}), only_guard));
  EXPECT_FALSE(selects(of({{"relay", kExit}}), only_guard));
}

TEST(Selection, WithoutARelayIsWhatItIsNotKnownToHaveCarried) {
  EXPECT_FALSE(chosen_by("without-relay", std::string(40, 'D') + "," + kExit));
  EXPECT_TRUE(chosen_by("without-relay", std::string(40, 'D')));
  auto unknown = measured();
  unknown.tor = {};
  EXPECT_TRUE(selects(of({{"without-relay", kExit}}), unknown));
  EXPECT_FALSE(selects(of({{"relay", kExit}}), unknown));
}

TEST(Selection, TheBuildTimeoutWasLearnedOrNot) {
  EXPECT_TRUE(chosen_by("build-timeout", "learned"));
  EXPECT_FALSE(chosen_by("build-timeout", "not-learned"));
  EXPECT_TRUE(selects(of({{"build-timeout", "not-learned"}}), Measurement{}));
}

TEST(Selection, OnlyWhatNoColumnTellsNeedsTheRecord) {
  for (auto const& [term, value] : {std::pair<std::string_view, std::string>{"since", "2025-11-25"},
                                    {"until", "2025-11-25"},
                                    {"experiment", "a"},
                                    {"source", "a"},
                                    {"arm", "a"},
                                    {"kind", "page"},
                                    {"target", "onion"},
                                    {"outcome", "ok"}})
    EXPECT_FALSE(of({{term, value}}).needs_record()) << term;
  for (auto const& [term, value] :
       {std::pair<std::string_view, std::string>{"tor-version", "0.4.8"},
        {"relay", kGuard},
        {"without-relay", kGuard},
        {"build-timeout", "learned"}})
    EXPECT_TRUE(of({{term, value}}).needs_record()) << term;
}

TEST(SelectionTerms, WhatIsWrongIsTold) {
  EXPECT_THAT(why_not("since", "yesterday"), HasSubstr("'yesterday' is not a time"));
  EXPECT_THAT(why_not("experiment", "a,,b"), HasSubstr("empty name"));
  EXPECT_THAT(why_not("arm", ""), HasSubstr("empty name"));
  EXPECT_THAT(why_not("kind", "pages"), HasSubstr("'pages' is no kind"));
  EXPECT_THAT(why_not("outcome", "WEIRD"), HasSubstr("'WEIRD' is no outcome"));
  EXPECT_THAT(why_not("target", ""), HasSubstr("is empty"));
  EXPECT_THAT(why_not("build-timeout", "yes"), HasSubstr("learned or not-learned, not 'yes'"));
  for (auto const& wrong : {std::string("guard1"), std::string(39, 'A'), std::string(41, 'A'),
                            "$$" + kGuard, kGuard + ",", std::string(40, 'G'), std::string()})
    EXPECT_THAT(why_not("relay", wrong), HasSubstr("40 hexadecimal digits")) << wrong;
}

TEST(SelectionTerms, ATargetMayHoldCommas) {
  EXPECT_THAT(of({{"target", "http://a.example/x,y"}, {"target", "onion"}}).targets,
              ElementsAre("http://a.example/x,y", "onion"));
}

TEST(SelectionTerms, ADescriptionNamesEveryCondition) {
  EXPECT_THAT(describe({}), ElementsAre());
  auto const all = of({{"since", "2025-11-25"},
                       {"until", "2025-11-25T12:00:00.5"},
                       {"experiment", "a,b"},
                       {"source", "s"},
                       {"arm", "x"},
                       {"kind", "upload"},
                       {"target", "onion"},
                       {"outcome", "ok,NET_TIMEOUT"},
                       {"tor-version", "0.4.8"},
                       {"relay", kGuard},
                       {"without-relay", "$" + kExit},
                       {"build-timeout", "not-learned"}});
  EXPECT_THAT(describe(all),
              ElementsAre("since 2025-11-25T00:00:00Z", "until 2025-11-25T12:00:00.500000Z",
                          "experiment a, b", "source s", "arm x", "kind upload", "target onion",
                          "outcome ok, NET_TIMEOUT", "tor version 0.4.8", "relay " + kGuard,
                          "without relay " + kExit, "build time-out not learned"));
  EXPECT_THAT(describe(of({{"outcome", "failed"}})), ElementsAre("outcome failed"));
  EXPECT_EQ(describe(all).size(), selection_terms().size());
}

}  // namespace
}  // namespace perfd::model
