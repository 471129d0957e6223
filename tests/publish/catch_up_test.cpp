// Which days are published when.
#include "publish/catch_up.h"

#include <fstream>
#include <future>

#include "publish/support/publish_fixture.h"
#include "store/store.h"

namespace perfd::publish {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CatchUpTest : public PublishTest {
 protected:
  CaughtUp next(WallTime now) {
    what_.store = store_;
    what_.now = now;
    DayOptions options;
    options.folder = root_;
    auto const done = publish_next(what_, options);
    EXPECT_TRUE(done) << done.error().message;
    return done ? *done : CaughtUp{};
  }
  [[nodiscard]] std::vector<std::string> analyses() const {
    std::vector<std::string> days;
    for (auto const& file : published())
      if (file.ends_with(".xz")) days.push_back(file.substr(file.size() - 37, 10));
    return days;
  }

  CatchUp what_{{}, {}, 1h + 5min, 24h * 365};
};

TEST_F(CatchUpTest, ADayIsPublishedOnceItsLongestTimeOutIsOver) {
  keep({download("op-a", at(12h))});
  next(at(24h + 1h + 5min - 1us));
  EXPECT_THAT(analyses(), IsEmpty());
  auto const done = next(at(24h + 1h + 5min));
  EXPECT_THAT(analyses(), ElementsAre("2026-11-24"));
  EXPECT_EQ(done.until, kDay);
  EXPECT_FALSE(done.more);
  EXPECT_EQ(next(at(24h + 2h)).report.files, 0U);
}

TEST_F(CatchUpTest, DaysThatWereMissedComeOneByOne) {
  keep({download("op-a", at(12h)), download("op-a", at(36h)), download("op-a", at(24h * 9))});
  auto const now = at(24h * 20);
  auto done = next(now);
  EXPECT_THAT(analyses(), ElementsAre("2026-11-24"));
  EXPECT_TRUE(done.more);
  done = next(now);
  EXPECT_THAT(analyses(), ElementsAre("2026-11-24", "2026-11-25"));
  EXPECT_TRUE(done.more);
  done = next(now);
  EXPECT_THAT(analyses(), ElementsAre("2026-11-24", "2026-11-25", "2026-12-03"));
  done = next(now);
  EXPECT_FALSE(done.more);
  EXPECT_EQ(done.until, kDay + std::chrono::days(18));
}

TEST_F(CatchUpTest, ADayThatWasPublishedIsLeftAlone) {
  keep({download("op-a", at(12h))});
  next(at(48h));
  auto const file = root_ / "op-a/2026-11-24.onionperf.analysis.json.xz";
  std::filesystem::remove(file);
  next(at(48h));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(CatchUpTest, ANoteFromTheFutureOrOfNothingIsNotBelieved) {
  keep({download("op-a", at(12h))});
  for (auto const* note : {"2099-01-01\n", "nonsense", ""}) {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
    std::ofstream(root_ / ".until") << note;
    next(at(48h));
    EXPECT_THAT(analyses(), ElementsAre("2026-11-24")) << note;
  }
}

TEST_F(CatchUpTest, WhatIsNotKeptIsNotPublished) {
  keep({download("op-a", at(12h)), download("op-a", at(24h * 5))});
  what_.keep = 24h * 3;
  next(at(24h * 7));
  // The first day that is kept as a whole.
  EXPECT_THAT(analyses(), ElementsAre("2026-11-29"));
}

TEST_F(CatchUpTest, ADayWaitsForItsLastMeasurement) {
  keep({download("op-a", at(12h))});
  auto const running = download("op-a", at(24h - 1s));
  store::Options options;
  options.path = store_;
  options.now = [] { return at(24h); };
  auto store = store::Store::open(options).value();
  std::promise<void> started;
  store->started(running, [&](Result<void> const&) { started.set_value(); });
  started.get_future().wait();
  EXPECT_EQ(next(at(48h)).until, std::nullopt);
  EXPECT_THAT(analyses(), IsEmpty());
  std::promise<void> done;
  store->done(running, [&](Result<void> const&) { done.set_value(); });
  done.get_future().wait();
  EXPECT_EQ(next(at(48h)).report.results, 2U);
}

TEST_F(CatchUpTest, AStoreThatHasNothingOrIsNotThereIsNoDay) {
  keep({});
  EXPECT_EQ(next(at(48h)).until, std::nullopt);
  what_.store = folder_ / "missing.db";
  what_.now = at(48h);
  DayOptions options;
  options.folder = root_;
  EXPECT_FALSE(publish_next(what_, options));
}

}  // namespace
}  // namespace perfd::publish
