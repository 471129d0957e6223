#include "store/backlog.h"

#include <gmock/gmock.h>

#include "store/support/store_fixture.h"

namespace perfd::store {
namespace {

using ::testing::ElementsAre;

class BacklogTest : public StoreTest {
 protected:
  bool add(int n) {
    UrgentItem item{Done{measurement(n)}, {}};
    return backlog_.add(item);
  }
  static std::vector<std::string> names(std::deque<UrgentItem> const& items) {
    std::vector<std::string> names;
    for (auto const& item : items) names.push_back(std::get<Done>(item.what).measurement.id);
    return names;
  }

  Options limits_ = [] {
    Options limits;
    limits.max_measurements = 4;
    limits.max_events = 2;
    limits.max_event_bytes = 10'000;
    return limits;
  }();
  Backlog backlog_{limits_};
};

TEST_F(BacklogTest, WhatIsPutBackComesFirstAgain) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(add(i));
  auto taken = backlog_.take_urgent(2);
  EXPECT_THAT(names(taken), ElementsAre(id_of(0), id_of(1)));
  ASSERT_TRUE(add(3));
  backlog_.put_back(std::move(taken));
  EXPECT_THAT(names(backlog_.take_urgent(9)), ElementsAre(id_of(0), id_of(1), id_of(2), id_of(3)));
}

TEST_F(BacklogTest, WhatWasTakenCountsUntilItIsSettled) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(add(i));
  auto const taken = backlog_.take_urgent(3);
  EXPECT_EQ(backlog_.measurements(), 4U);
  EXPECT_FALSE(add(9));
  backlog_.settled(taken);
  EXPECT_EQ(backlog_.measurements(), 1U);
  EXPECT_TRUE(add(9));
}

TEST_F(BacklogTest, RawEventsAreBoundedByNumberAndBySizeApartFromCircuits) {
  EXPECT_TRUE(backlog_.add(Event{raw_event(1)}));
  auto big = raw_event(2);
  big.line.resize(20'000);
  EXPECT_FALSE(backlog_.add(Event{big}));
  EXPECT_TRUE(backlog_.add(Event{raw_event(3)}));
  EXPECT_FALSE(backlog_.add(Event{raw_event(4)}));
  EXPECT_TRUE(backlog_.add(Event{circuit(1)}));
  EXPECT_TRUE(backlog_.add(Event{stream(1)}));
  EXPECT_FALSE(backlog_.add(Event{circuit(2)}));
  EXPECT_EQ(backlog_.events(), 4U);
  backlog_.settled(backlog_.take_events(9));
  EXPECT_EQ(backlog_.events(), 0U);
  EXPECT_TRUE(backlog_.add(Event{raw_event(5)}));
}

}  // namespace
}  // namespace perfd::store
