// Circuits and choices of guards, for tables.
#include "store/tor_pages.h"

#include <gmock/gmock.h>

#include "store/support/store_fixture.h"

namespace perfd::store {
namespace {

using ::testing::ElementsAre;

class TorPagesTest : public StoreTest {
 protected:
  static model::Circuit launched(int n, std::string instance = "default") {
    auto out = circuit(n);
    out.id = static_cast<std::uint64_t>(n);
    out.instance = std::move(instance);
    out.launched_at = at(n);
    out.built_at.reset();
    out.failed = false;
    out.reason.clear();
    return out;
  }
  std::vector<int> ids(TorPages::Page const& page) {
    std::vector<int> out;
    for (auto const& row : TorPages::open(path_).value().circuits(page).value()) {
      out.push_back(static_cast<int>(row.circuit.id));
      last_ = {row.circuit.launched_at, row.row};
    }
    return out;
  }
  std::pair<WallTime, std::int64_t> last_;
};

TEST_F(TorPagesTest, CircuitsComeLatestFirstPageByPage) {
  auto store = open();
  for (int const n : {2, 5, 1, 4, 3}) store->circuit(launched(n));
  auto same_time = launched(6);
  same_time.launched_at = at(5);
  store->circuit(same_time);
  store->circuit(launched(7, "plain"));
  ASSERT_TRUE(flush(*store));
  EXPECT_EQ(ids({}).size(), 7U);
  EXPECT_THAT(ids({.instance = "plain"}), ElementsAre(7));
  EXPECT_THAT(ids({.since = at(3), .until = at(5)}), ElementsAre(4, 3));
  EXPECT_THAT(ids({.instance = "default", .most = 2}), ElementsAre(6, 5));
  EXPECT_THAT(ids({.instance = "default", .before = last_, .most = 3}), ElementsAre(4, 3, 2));
  EXPECT_THAT(ids({.instance = "default", .before = last_}), ElementsAre(1));
}

TEST_F(TorPagesTest, CircuitsAreCountedByWhatBecameOfThem) {
  auto store = open();
  for (int n = 1; n <= 3; ++n) {
    auto built = launched(n);
    built.built_at = at(n) + Micros{5};
    built.reason = "FINISHED";
    store->circuit(built);
  }
  auto failed = launched(4);
  failed.failed = true;
  failed.reason = "TIMEOUT";
  store->circuit(failed);
  auto closed = launched(5, "plain");
  closed.reason = "REQUESTED \"built_at\":";  // no text is taken for the field
  store->circuit(closed);
  auto directory = launched(6, "plain");
  directory.build_flags = "ONEHOP_TUNNEL,IS_INTERNAL";
  store->circuit(directory);
  ASSERT_TRUE(flush(*store));
  auto pages = TorPages::open(path_).value();
  std::vector<std::string> found;
  for (auto const& count : pages.circuit_counts(at(0), at(10)).value())
    found.push_back(count.instance + " " + count.result + " " + count.reason + " " +
                    std::to_string(count.n));
  EXPECT_THAT(found, ElementsAre("default built  3", "default failed TIMEOUT 1",
                                 "plain closed REQUESTED \"built_at\": 1"));
  EXPECT_EQ(pages.circuit_counts(at(4), at(5)).value().size(), 1U);
}

TEST_F(TorPagesTest, ChoicesOfGuardsComeNewestFirst) {
  auto store = open();
  for (int n = 1; n <= 3; ++n) {
    model::GuardChoice choice;
    choice.instance = "fast";
    choice.at = at(n);
    choice.reason = std::to_string(n);
    store->guard_choice(choice);
  }
  model::GuardRanking ranking;
  ranking.instance = "fast";
  ranking.guards.emplace_back();
  ranking.guards[0].fingerprint = std::string(40, 'A');
  ranking.guards[0].nickname = "guard0";
  store->guard_ranking(ranking);
  ASSERT_TRUE(flush(*store));
  auto pages = TorPages::open(path_).value();
  std::vector<std::string> reasons;
  for (auto const& choice : pages.guard_choices(at(0), at(10), 2).value())
    reasons.push_back(choice.reason);
  EXPECT_THAT(reasons, ElementsAre("3", "2"));
  EXPECT_EQ(pages.guard_choices(at(2), at(3), 9).value().size(), 1U);
  EXPECT_THAT(pages.nicknames().value(),
              ElementsAre(::testing::Pair(std::string(40, 'A'), "guard0")));
}

}  // namespace
}  // namespace perfd::store
