// Which of what tor tells is kept: nothing that names the host of somebody's probe.
#include "app/tor_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "base/at_exit.h"
#include "runtime/files.h"
#include "store/reader.h"

namespace perfd::app {
namespace {

using testing::ElementsAre;

class TorRecorderTest : public testing::Test {
 protected:
  // The targets that are kept of streams to these.
  std::vector<std::string> kept(std::string const& probed, std::vector<std::string> targets) {
    auto const folder = runtime::make_temporary_folder("perfd-recorder-test").value();
    AtExit const removed([&] { std::filesystem::remove_all(folder); });
    auto const path = folder / "perfd.db";
    store::Options options;
    options.path = path;
    options.now = [] { return wall_from_us(1'795'600'000'000'000); };
    auto opened = store::Store::open(std::move(options)).value();
    TorRecorder recorder(*opened);
    recorder.keep_private(probed);
    std::uint64_t id = 0;
    for (auto& target : targets) {
      model::Stream stream;
      stream.id = ++id;
      stream.instance = "default";
      stream.created_at = wall_from_us(1'795'600'000'000'000 + static_cast<std::int64_t>(id));
      stream.target = std::move(target);
      recorder.stream(stream);
    }
    std::promise<void> flushed;
    opened->flush([&](auto const&) { flushed.set_value(); });
    flushed.get_future().wait();
    auto reader = store::Reader::open(path).value();
    std::vector<std::string> out;
    auto const count = reader.for_each_stream({}, [&](model::Stream const& stream) {
      out.push_back(stream.target);
      return true;
    });
    EXPECT_EQ(count.value(), targets.size());
    return out;
  }
};

TEST_F(TorRecorderTest, AHostIsKeptPrivateAsAWhole) {
  EXPECT_THAT(
      kept("x.com", {"x.com:443", "dropbox.com:443", "x.com.example:80", "www.x.com:80",
                     "x.com.:80", "x-x.com:80"}),
      ElementsAre("", "dropbox.com:443", "x.com.example:80", "www.x.com:80", "", "x-x.com:80"));
}

TEST_F(TorRecorderTest, OfAnOnionServiceAllNamesBelowIt) {
  std::string const service(56, 'a');
  EXPECT_THAT(kept("www." + service + ".onion",
                   {service + ".onion:80", "b." + service + ".onion:1", service + "a.onion:80"}),
              ElementsAre("", "", service + "a.onion:80"));
}

}  // namespace
}  // namespace perfd::app
