// perfd's own onion services, on real tors.
#include <sys/stat.h>

#include "app/real/station_fixture.h"

namespace perfd::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Onion : public StationTest {
 protected:
  static config::Tor tor(std::string name, bool single = false) {
    config::Tor out;
    out.name = std::move(name);
    out.single_onion = single;
    return out;
  }
  static config::Experiment onion(std::string service) {
    auto out = experiment("onion");
    out.target.kind = config::TargetKind::onion;
    out.service = std::move(service);
    return out;
  }
  std::string current_onions(std::string const& name) {
    return loop_.run_until_done(instance(name).control()->getinfo("onions/current")).value();
  }
};

TEST_F(Onion, TheRecordTellsEveryStepOfTheWay) {
  start({tor("host")});
  await("host");
  auto const record = measure(onion("host"));
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.target, "onion");
  EXPECT_EQ(record.payload_bytes, 51200);
  EXPECT_FALSE(record.server.entries().empty()) << "the server's marks join by the id";
  ASSERT_TRUE(record.tor.onion);
  auto const& way = *record.tor.onion;
  EXPECT_EQ(way.address.size(), 56u);
  EXPECT_EQ(record.remote.host, way.address + ".onion");
  ASSERT_TRUE(way.service && way.service->uploaded_at);
  EXPECT_EQ(way.service->instance, "host");
  auto const begun = record.marks.at("REQUEST").value();
  EXPECT_LT(way.service->added_at, *way.service->uploaded_at);
  EXPECT_LT(*way.service->uploaded_at, begun) << "nothing is asked for before it is published";
  // The steps, in their order. The rendezvous point is made ready while the descriptor comes or
  // after it, and the service may join before the client has read the introduction's answer.
  ASSERT_TRUE(way.descriptor_requested_at && way.descriptor_received_at && way.introduced_at &&
              way.introduction_acked_at && way.joined_at && way.rendezvous_ready_at);
  EXPECT_LE(begun, *way.descriptor_requested_at);
  EXPECT_LT(*way.descriptor_requested_at, *way.descriptor_received_at);
  EXPECT_LE(*way.descriptor_received_at, *way.introduced_at);
  EXPECT_LE(*way.rendezvous_ready_at, *way.introduced_at);
  EXPECT_LT(*way.introduced_at, *way.introduction_acked_at);
  EXPECT_LT(*way.introduced_at, *way.joined_at);
  EXPECT_LE(*way.joined_at, record.marks.at("RESPONSE").value());
  ASSERT_FALSE(way.descriptor.empty());
  EXPECT_EQ(way.descriptor.front().action, "REQUESTED");
  EXPECT_NE(nickname(way.descriptor.front().hs_dir), way.descriptor.front().hs_dir)
      << "the directory is a relay of the network";
  ASSERT_FALSE(record.tor.circuits.empty());
  EXPECT_EQ(record.tor.circuits.front().purpose, "HS_CLIENT_REND");
  EXPECT_FALSE(way.circuits.empty()) << "the one to the introduction point";

  // tor keeps the descriptor: the next way is without its fetch, and introduced anew.
  auto const next = measure(onion("host"));
  ASSERT_TRUE(next.outcome.ok()) << next.outcome.detail;
  EXPECT_FALSE(next.tor.onion->descriptor_requested_at);
  EXPECT_TRUE(next.tor.onion->introduced_at && next.tor.onion->joined_at);
  EXPECT_GT(*next.tor.onion->introduced_at, *way.joined_at);
}

TEST_F(Onion, TheAddressStaysOverRestartsOfItsTor) {
  start({tor("host")});
  auto const first = measure(onion("host"));
  ASSERT_TRUE(first.outcome.ok()) << first.outcome.detail;
  auto const key = folder_ / "data" / "onion" / "host.key";
  struct stat status {};
  ASSERT_EQ(::stat(key.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);

  ASSERT_EQ(::kill(instance("host").pid().value(), SIGKILL), 0);
  ASSERT_TRUE(loop_.run_until_done(
      until([&] { return instance("host").state() == tor::InstanceState::down; })));
  auto const down = measure(onion("host"));
  EXPECT_EQ(down.outcome.code, model::FailureCode::tor_service_down) << down.outcome.detail;
  EXPECT_EQ(down.outcome.operation, "publish");
  EXPECT_THAT(down.outcome.detail, HasSubstr("tor.host"));

  ASSERT_TRUE(loop_.run_until_done(
      until([&] { return instance("host").state() == tor::InstanceState::ready; })));
  forget_descriptors();
  auto const again = measure(onion("host"));
  ASSERT_TRUE(again.outcome.ok()) << again.outcome.detail;
  EXPECT_EQ(again.tor.onion->address, first.tor.onion->address);
  EXPECT_GT(again.tor.onion->service->added_at, first.tor.onion->service->added_at);
}

TEST_F(Onion, AFreshServiceTellsTheTimeToItsFirstReachability) {
  start({tor("host")});
  await("host");
  auto fresh = onion("host");
  fresh.fresh_service = true;
  auto const first = measure(fresh);
  ASSERT_TRUE(first.outcome.ok()) << first.outcome.detail;
  auto const& service = first.tor.onion->service.value();
  EXPECT_TRUE(service.fresh);
  EXPECT_LT(service.added_at, service.uploaded_at.value());
  EXPECT_LE(*service.uploaded_at, first.started_at);
  EXPECT_TRUE(first.tor.onion->descriptor_requested_at) << "no tor can have it already";
  auto const second = measure(fresh);
  ASSERT_TRUE(second.outcome.ok()) << second.outcome.detail;
  EXPECT_NE(first.tor.onion->address, second.tor.onion->address);
  EXPECT_EQ(current_onions("host"), "") << "each is withdrawn after its measurement";
  EXPECT_FALSE(std::filesystem::exists(folder_ / "data" / "onion" / "host.key"));
}

TEST_F(Onion, ASingleOnionServiceIsMeasuredThroughAnotherTor) {
  start({tor("single", true)});
  auto single = onion("single");
  single.target.kind = config::TargetKind::single_onion;
  auto const record = measure(single);
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.target, "single-onion");
  EXPECT_TRUE(record.tor.onion->service->single);
  // Its tor's circuits to the rendezvous point have one hop; a client's have three.
  auto const status =
      loop_.run_until_done(instance("single").control()->getinfo("circuit-status")).value();
  EXPECT_THAT(status, HasSubstr("HS_SERVICE_REND"));
  EXPECT_GE(record.tor.circuits.front().path.size(), 3u);
}

TEST_F(Onion, ServedByTheSameTorAndAskedForByItsUrl) {
  start();
  auto const own = measure(onion(PrivateStation::kTor));
  ASSERT_TRUE(own.outcome.ok()) << own.outcome.detail;
  // As a third party's: nothing is known of the service but its address.
  auto url = experiment("url");
  url.target = {config::TargetKind::url,
                "http://" + own.tor.onion->address + ".onion/urandom/51200"};
  url.size = Bytes{0};
  auto const record = measure(url);
  ASSERT_TRUE(record.outcome.ok()) << record.outcome.detail;
  EXPECT_EQ(record.payload_bytes, 51200);
  ASSERT_TRUE(record.tor.onion);
  EXPECT_EQ(record.tor.onion->address, own.tor.onion->address);
  EXPECT_FALSE(record.tor.onion->service);
  EXPECT_TRUE(record.tor.onion->joined_at);

  auto nobody = url;
  nobody.target.url = "http://pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion/";
  auto const missing = measure(nobody);
  EXPECT_EQ(missing.outcome.code, model::FailureCode::socks_onion_not_found)
      << missing.outcome.detail;
  ASSERT_TRUE(missing.tor.onion);
  EXPECT_THAT(missing.tor.onion->descriptor, Not(IsEmpty()));
  EXPECT_EQ(missing.tor.onion->descriptor.back().action, "FAILED");
  EXPECT_FALSE(missing.tor.onion->introduced_at);
}

TEST_F(Onion, AKeyThatIsNoneIsToldAndKept) {
  auto const key = folder_ / "data" / "onion" / "host.key";
  std::filesystem::create_directories(key.parent_path());
  ASSERT_TRUE(runtime::write_file(key, "what is this\n").has_value());
  start({tor("host")});
  auto const record = measure(onion("host"));
  EXPECT_EQ(record.outcome.code, model::FailureCode::tor_service_unpublished);
  EXPECT_THAT(record.outcome.detail, HasSubstr("is no key of an onion service"));
  EXPECT_EQ(runtime::read_file(key, 100).value(), "what is this\n");
}

}  // namespace
}  // namespace perfd::app
