// When a service counts as published, what becomes of its key, and that none is left behind: in
// virtual time, against a scripted tor.
#include "tor/onion_services.h"

#include <gmock/gmock.h>

#include "runtime/files.h"
#include "tor/support/part_fixture.h"

namespace perfd::tor {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class OnionServicesTest : public test::PartTest {
 protected:
  using Answer = Result<OnionServices::Published>;
  using Waiting = std::shared_ptr<test::Awaited<Answer>>;

  OnionServicesTest() : folder_(runtime::make_temporary_folder("perfd-test").value()) {
    port_.info["events/names"] = "CIRC STREAM STATUS_CLIENT HS_DESC";
    settings_.key_file = folder_ / "onion" / "key";
    settings_.target = runtime::Address::parse("127.0.0.1:8080").value();
    auto& instance = make_instance("offering");
    services_ = std::make_unique<OnionServices>(loop_, instance, settings_);
    instance.add_part(*services_);
    taken("kept", "ED25519-V3:c2VjcmV0");
  }
  ~OnionServicesTest() override { std::filesystem::remove_all(folder_); }

  // tor's answer to ADD_ONION from now on, behind `events`.
  void taken(std::string const& address, std::string const& key = {},
             std::string const& events = {}) {
    port_.replies["ADD_ONION"] = events + "250-ServiceID=" + address + "\r\n" +
                                 (key.empty() ? "" : "250-PrivateKey=" + key + "\r\n") + "250 OK";
  }
  Waiting published(Nanos limit = seconds(30)) {
    return begin(services_->published(runtime::mono_now() + limit));
  }
  Waiting publish_fresh(Nanos limit = seconds(30)) {
    return begin(services_->publish_fresh(runtime::mono_now() + limit));
  }
  void tell(std::string const& what) { say("HS_DESC " + what); }
  // The shortest way to be published.
  void publish(std::string const& address) {
    tell("CREATED " + address + " UNKNOWN UNKNOWN D1 REPLICA=0");
    tell("UPLOAD " + address + " UNKNOWN $A D1 HSDIR_INDEX=1");
    tell("UPLOADED " + address + " UNKNOWN $A");
  }
  static std::string error_of(Waiting const& waiting) {
    if (!waiting->value) return "still waiting";
    return waiting->value->has_error() ? waiting->value->error().message : "no error";
  }

  std::filesystem::path folder_;
  OnionSettings settings_;
  std::unique_ptr<OnionServices> services_;
};

TEST_F(OnionServicesTest, IsPublishedOnceEachDescriptorIsUploadedAndEveryDirectoryHasAnswered) {
  start_tor();
  auto const waiting = published();
  EXPECT_THAT(commands(), ElementsAre("ADD_ONION NEW:ED25519-V3 Port=80,127.0.0.1:8080"));
  tell("CREATED kept UNKNOWN UNKNOWN D1 REPLICA=0");
  tell("CREATED kept UNKNOWN UNKNOWN D2 REPLICA=0");
  tell("UPLOAD kept UNKNOWN $A~a D1 HSDIR_INDEX=1");
  tell("UPLOAD kept UNKNOWN $B~b D1 HSDIR_INDEX=2");
  auto const first = runtime::wall_now();
  tell("UPLOADED kept UNKNOWN $A~a");
  pass(seconds(1));
  tell("UPLOADED kept UNKNOWN $B~b");
  EXPECT_FALSE(waiting->value) << "the second descriptor waits for its introduction points";
  // The same directory may hold both.
  tell("UPLOAD kept UNKNOWN $A~a D2 HSDIR_INDEX=1");
  tell("UPLOAD kept UNKNOWN $A~a D2 HSDIR_INDEX=2");
  tell("UPLOAD kept UNKNOWN $C~c D2 HSDIR_INDEX=3");
  tell("UPLOADED kept UNKNOWN $A~a");
  tell("FAILED kept UNKNOWN $C~c REASON=UPLOAD_REJECTED");
  EXPECT_FALSE(waiting->value) << "$A has answered for one of two";
  EXPECT_FALSE(services_->find("kept").value().published_at);
  auto const last = runtime::wall_now();
  tell("UPLOADED kept UNKNOWN $A~a");
  ASSERT_TRUE(waiting->value);
  auto const& [address, service] = waiting->value->value();
  EXPECT_EQ(address, "kept");
  EXPECT_EQ(service.instance, "offering");
  EXPECT_FALSE(service.fresh);
  EXPECT_EQ(service.uploads, 4U);
  EXPECT_EQ(service.failed_uploads, 1U);
  EXPECT_EQ(service.uploaded_at, first);
  EXPECT_EQ(service.published_at, last);
  EXPECT_LT(service.added_at, first);
}

TEST_F(OnionServicesTest, EventsThatComeBeforeTorsAnswerCount) {
  taken("kept", "ED25519-V3:c2VjcmV0",
        "650 HS_DESC CREATED kept UNKNOWN UNKNOWN D1 REPLICA=0\r\n"
        "650 HS_DESC CREATED kept UNKNOWN UNKNOWN D2 REPLICA=0\r\n"
        "650 HS_DESC UPLOAD kept UNKNOWN $A D1 HSDIR_INDEX=1\r\n"
        "650 HS_DESC UPLOADED kept UNKNOWN $A\r\n");
  start_tor();
  tell("UPLOADED stranger UNKNOWN $A");
  EXPECT_FALSE(services_->find("stranger")) << "nobody adds a service";
  auto const waiting = published();
  EXPECT_FALSE(waiting->value);
  EXPECT_EQ(services_->find("kept").value().uploads, 1U);
  tell("UPLOAD kept UNKNOWN $B D2 HSDIR_INDEX=1");
  tell("UPLOADED kept UNKNOWN $B");
  ASSERT_TRUE(waiting->value);
  EXPECT_EQ(waiting->value->value().service.uploads, 2U);
}

TEST_F(OnionServicesTest, OneUploadIsEnoughWhenTheTimeIsOver) {
  start_tor();
  auto const begun = runtime::mono_now();
  auto const waiting = published(seconds(30));
  tell("CREATED kept UNKNOWN UNKNOWN D1 REPLICA=0");
  tell("UPLOAD kept UNKNOWN $A D1 HSDIR_INDEX=1");
  tell("UPLOAD kept UNKNOWN $B D1 HSDIR_INDEX=2");
  tell("UPLOADED kept UNKNOWN $A");
  pass(seconds(29));
  EXPECT_FALSE(waiting->value);
  pass(seconds(1));
  ASSERT_TRUE(waiting->value);
  EXPECT_EQ(waiting->at, begun + seconds(30));
  EXPECT_EQ(waiting->value->value().service.uploads, 1U);
  EXPECT_FALSE(waiting->value->value().service.published_at);
  // Nobody waits for the same directory a second time.
  EXPECT_TRUE(published()->value);
}

TEST_F(OnionServicesTest, WithoutAnUploadItIsAnErrorWhenTheTimeIsOver) {
  start_tor();
  auto const waiting = published(seconds(30));
  tell("CREATED kept UNKNOWN UNKNOWN D1 REPLICA=0");
  tell("UPLOAD kept UNKNOWN $A D1 HSDIR_INDEX=1");
  tell("FAILED kept UNKNOWN $A REASON=UPLOAD_REJECTED");
  pass(seconds(30));
  EXPECT_EQ(error_of(waiting), "no directory has taken its descriptor yet");
  // It may come yet.
  auto const again = published(seconds(30));
  tell("UPLOAD kept UNKNOWN $A D1 HSDIR_INDEX=1");
  tell("UPLOADED kept UNKNOWN $A");
  ASSERT_TRUE(again->value);
  EXPECT_TRUE(again->value->has_value());
}

TEST_F(OnionServicesTest, AFailedFetchOfItsDescriptorIsNoAnswerToAnUpload) {
  start_tor();
  auto const waiting = published();
  tell("CREATED kept UNKNOWN UNKNOWN D1 REPLICA=0");
  tell("UPLOAD kept UNKNOWN $A D1 HSDIR_INDEX=1");
  tell("UPLOAD kept UNKNOWN $B D1 HSDIR_INDEX=2");
  tell("UPLOADED kept UNKNOWN $B");
  // A client of the same tor asks the directory for what it does not have yet.
  tell("REQUESTED kept NO_AUTH $A D1");
  tell("FAILED kept NO_AUTH $A D1 REASON=UNEXPECTED");
  EXPECT_FALSE(waiting->value);
  EXPECT_EQ(services_->find("kept").value().failed_uploads, 0U);
  tell("FAILED kept UNKNOWN $A REASON=UNEXPECTED");
  ASSERT_TRUE(waiting->value);
  EXPECT_EQ(waiting->value->value().service.failed_uploads, 1U);
}

TEST_F(OnionServicesTest, ItsKeyIsKeptForItsOwnerAloneAndUsedAgainInTheNextRun) {
  start_tor();
  auto waiting = published();
  publish("kept");
  ASSERT_TRUE(waiting->value);
  auto const permissions = std::filesystem::status(settings_.key_file).permissions();
  EXPECT_EQ(permissions, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(runtime::read_file(settings_.key_file, 100).value(), "ED25519-V3:c2VjcmV0\n");
  commands();

  kill_tor();
  EXPECT_FALSE(services_->up());
  EXPECT_FALSE(services_->find("kept"));
  taken("kept");  // of a key that it was given tor tells nothing
  start_tor_again();
  EXPECT_THAT(commands(), ElementsAre("ADD_ONION ED25519-V3:c2VjcmV0 Port=80,127.0.0.1:8080"));
  waiting = published();
  EXPECT_FALSE(waiting->value) << "the last run's uploads are not this one's";
  publish("kept");
  ASSERT_TRUE(waiting->value);
  EXPECT_EQ(waiting->value->value().address, "kept");
  EXPECT_THAT(commands(), IsEmpty());
}

TEST_F(OnionServicesTest, ABrokenKeyFileIsAnErrorThatNamesIt) {
  std::filesystem::create_directories(settings_.key_file.parent_path());
  ASSERT_TRUE(runtime::write_file(settings_.key_file, "ED25519-V3:half a key\n", 0600));
  start_tor();
  auto waiting = published();
  EXPECT_THAT(error_of(waiting),
              AllOf(HasSubstr(settings_.key_file.string()), HasSubstr("put the right one back")));
  EXPECT_THAT(commands(), IsEmpty());
  EXPECT_EQ(runtime::read_file(settings_.key_file, 100).value(), "ED25519-V3:half a key\n");
  // Somebody puts it right.
  ASSERT_TRUE(runtime::write_file(settings_.key_file, "ED25519-V3:d2hvbGU=\n", 0600));
  taken("kept");
  pass(seconds(5));
  EXPECT_THAT(commands(), ElementsAre(HasSubstr("ADD_ONION ED25519-V3:d2hvbGU= ")));
  waiting = published();
  publish("kept");
  ASSERT_TRUE(waiting->value);
  EXPECT_TRUE(waiting->value->has_value());
}

TEST_F(OnionServicesTest, AServiceWhoseKeyCantBeKeptIsNotOffered) {
  ASSERT_TRUE(runtime::write_file(folder_ / "onion", "in the way", 0600));
  start_tor();
  auto const waiting = published();
  EXPECT_THAT(error_of(waiting), HasSubstr((folder_ / "onion").string()));
  EXPECT_THAT(commands(), ElementsAre(HasSubstr("ADD_ONION"), "DEL_ONION kept"));
}

TEST_F(OnionServicesTest, TorsRefusalIsToldAndItIsTriedAgain) {
  port_.replies["ADD_ONION"] = "551 Failed to add Onion Service";
  start_tor();
  EXPECT_THAT(error_of(published()), HasSubstr("551 Failed to add Onion Service"));
  commands();
  taken("kept", "ED25519-V3:c2VjcmV0");
  pass(seconds(4));
  EXPECT_THAT(commands(), IsEmpty());
  pass(seconds(1));
  EXPECT_THAT(commands(), ElementsAre(HasSubstr("ADD_ONION")));
  EXPECT_TRUE(services_->find("kept"));
}

TEST_F(OnionServicesTest, TorsEndWhileUploadsAreWaitedForEndsTheWait) {
  start_tor();
  auto const kept = published();
  taken("fresh");
  auto const fresh = publish_fresh();
  tell("UPLOAD kept UNKNOWN $A D1 HSDIR_INDEX=1");
  kill_tor();
  EXPECT_EQ(error_of(kept), "tor ended before the service was published");
  EXPECT_EQ(error_of(fresh), "tor ended before the service was published");
  EXPECT_EQ(error_of(publish_fresh()), "tor is not connected");
}

TEST_F(OnionServicesTest, TorsEndBeforeItsAnswerEndsTheWait) {
  start_tor();
  port_.hold("ADD_ONION");
  auto const kept = published();
  auto const fresh = publish_fresh();
  EXPECT_FALSE(kept->value || fresh->value);
  kill_tor();
  EXPECT_EQ(error_of(kept), "tor ended before it had taken the service");
  EXPECT_THAT(error_of(fresh), HasSubstr("ADD_ONION: "));

  // Who asks while it is down waits for the next run; nothing is left of the last one.
  auto const next = published();
  EXPECT_FALSE(next->value);
  port_.let_go();
  start_tor_again();
  publish("kept");
  ASSERT_TRUE(next->value);
  EXPECT_TRUE(next->value->has_value()) << error_of(next);
}

TEST_F(OnionServicesTest, StoppingTorBeforeItsAnswerEndsTheWait) {
  start_tor();
  port_.hold("ADD_ONION");
  auto const kept = published();
  auto const fresh = publish_fresh();
  time_.run(loop_, instance_->stop());
  pass(milliseconds(1));
  EXPECT_EQ(error_of(kept), "tor ended before it had taken the service");
  EXPECT_THAT(error_of(fresh), HasSubstr("tor ended"));
}

TEST_F(OnionServicesTest, WithoutATorTheWaitHasItsEnd) {
  auto const waiting = published(seconds(10));
  pass(seconds(10));
  EXPECT_THAT(error_of(waiting), HasSubstr("tor has not taken the service yet"));
}

TEST_F(OnionServicesTest, AFreshOneIsWithdrawnByWhoeverGotIt) {
  taken("fresh");
  start_tor();
  auto const waiting = publish_fresh();
  EXPECT_THAT(commands(),
              ElementsAre("ADD_ONION NEW:ED25519-V3 Flags=DiscardPK Port=80,127.0.0.1:8080"));
  publish("fresh");
  ASSERT_TRUE(waiting->value);
  EXPECT_EQ(waiting->value->value().address, "fresh");
  EXPECT_TRUE(waiting->value->value().service.fresh);
  EXPECT_FALSE(std::filesystem::exists(settings_.key_file));
  EXPECT_THAT(commands(), IsEmpty());
  services_->withdraw("fresh");
  services_->withdraw("fresh");
  pass(milliseconds(1));
  EXPECT_THAT(commands(), ElementsAre("DEL_ONION fresh"));
  EXPECT_FALSE(services_->find("fresh"));
}

TEST_F(OnionServicesTest, AFreshOneThatNoDirectoryTakesIsWithdrawn) {
  taken("fresh");
  start_tor();
  auto const waiting = publish_fresh(seconds(30));
  commands();
  pass(seconds(30));
  EXPECT_EQ(error_of(waiting), "no directory has taken its descriptor yet");
  EXPECT_THAT(commands(), ElementsAre("DEL_ONION fresh"));
}

TEST_F(OnionServicesTest, AFreshOneThatIsCutOffIsWithdrawnAsSoonAsTorHasAnswered) {
  taken("fresh");
  start_tor();
  port_.hold("ADD_ONION");
  auto const waiting = publish_fresh();
  EXPECT_THAT(commands(), ElementsAre(HasSubstr("ADD_ONION")));
  cut_off();
  EXPECT_FALSE(waiting->value);
  pass(seconds(3));
  EXPECT_THAT(commands(), IsEmpty());
  port_.let_go();
  pass(milliseconds(1));
  EXPECT_THAT(commands(), ElementsAre("DEL_ONION fresh"));
  EXPECT_FALSE(services_->find("fresh"));
}

TEST_F(OnionServicesTest, AFreshOneThatIsCutOffDuringItsUploadsIsWithdrawn) {
  taken("fresh");
  start_tor();
  auto const waiting = publish_fresh();
  commands();
  cut_off();
  EXPECT_THAT(commands(), ElementsAre("DEL_ONION fresh"));
}

// tor may answer late, but lives: it would offer the service until its end.
TEST_F(OnionServicesTest, AFreshOneWhoseAnswerComesTooLateIsWithdrawnThen) {
  taken("fresh");
  start_tor();
  port_.hold("ADD_ONION");
  auto const begun = runtime::mono_now();
  auto const waiting = publish_fresh(seconds(3));
  commands();
  pass(seconds(25));
  EXPECT_EQ(error_of(waiting), "tor did not answer in time");
  EXPECT_EQ(waiting->at, begun + seconds(3));
  EXPECT_THAT(commands(), IsEmpty());
  port_.let_go();
  pass(milliseconds(1));
  EXPECT_THAT(commands(), ElementsAre("DEL_ONION fresh"));
}

}  // namespace
}  // namespace perfd::tor
