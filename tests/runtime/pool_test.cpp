#include "runtime/pool.h"

#include <gtest/gtest.h>

#include <thread>

namespace perfd::runtime {
namespace {

TEST(Pool, RunsElsewhereAndResumesHere) {
  Loop loop;
  Pool pool(2);
  auto const here = std::this_thread::get_id();
  auto const there = loop.run_until_done(pool.run(loop, [] { return std::this_thread::get_id(); }));
  EXPECT_NE(here, there);
}

TEST(Pool, HandsExceptionsBack) {
  Loop loop;
  Pool pool(1);
  EXPECT_THROW(loop.run_until_done(pool.run(loop, []() -> int { throw std::runtime_error("no"); })),
               std::runtime_error);
}

}  // namespace
}  // namespace perfd::runtime
