// The way to an onion service as a tracker's circuits and descriptor events tell it.
#include "tor/onion_view.h"

#include <gmock/gmock.h>

#include "tor/support/script.h"

namespace perfd::tor {
namespace {

using test::at;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Times of the steps in the order of the way; -1: not seen.
std::vector<std::int64_t> steps(model::OnionView const& view) {
  std::vector<std::int64_t> out;
  for (auto const& time :
       {view.descriptor_requested_at, view.descriptor_received_at, view.rendezvous_ready_at,
        view.introduced_at, view.introduction_acked_at, view.joined_at})
    out.push_back(time ? (to_us(*time) - to_us(at(0))) / 1000 : -1);
  return out;
}
std::vector<std::uint64_t> ids(std::vector<model::Circuit> const& circuits) {
  std::vector<std::uint64_t> out;
  for (auto const& circuit : circuits) out.push_back(circuit.id);
  return out;
}

class OnionViewTest : public testing::Test {
 protected:
  using Text = std::string const&;

  void change(int ms, int id, Text purpose, Text state, Text onion = "there") {
    tor_(ms, "CIRC_MINOR " + std::to_string(id) + " PURPOSE_CHANGED PURPOSE=" + purpose +
                 " HS_STATE=" + state + " REND_QUERY=" + onion + " OLD_PURPOSE=HS_VANGUARDS");
  }
  // A way with a fetch: rendezvous circuit `rend`, introduction circuit `intro`, stream `stream`.
  // tor tells the states of both kinds of circuit in one order or another.
  void visit(int ms, int rend, int intro, int stream, Text user) {
    auto const r = std::to_string(rend);
    tor_(ms, "STREAM " + std::to_string(stream) + " NEW 0 there.onion:80 SOCKS_USERNAME=\"" + user +
                 "\"");
    tor_(ms + 10, "HS_DESC REQUESTED there NO_AUTH $A D1 HSDIR_INDEX=1");
    tor_(ms + 20, "HS_DESC FAILED there NO_AUTH $A D1 REASON=NOT_FOUND");
    tor_(ms + 25, "HS_DESC REQUESTED there NO_AUTH $B D1 HSDIR_INDEX=2");
    tor_(ms + 30, "HS_DESC RECEIVED there NO_AUTH $B D1");
    for (int const id : {rend, intro})
      tor_(ms + 35, "CIRC " + std::to_string(id) + " LAUNCHED PURPOSE=HS_VANGUARDS");
    change(ms + 40, intro, "HS_CLIENT_INTRO", "HSCI_CONNECTING");
    change(ms + 45, rend, "HS_CLIENT_REND", "HSCR_CONNECTING");
    change(ms + 50, rend, "HS_CLIENT_REND", "HSCR_ESTABLISHED_IDLE");
    change(ms + 60, intro, "HS_CLIENT_INTRO", "HSCI_INTRO_SENT");
    change(ms + 60, rend, "HS_CLIENT_REND", "HSCR_ESTABLISHED_WAITING");
    change(ms + 70, intro, "HS_CLIENT_INTRO", "HSCI_DONE");
    change(ms + 80, rend, "HS_CLIENT_REND", "HSCR_JOINED");
    tor_(ms + 85, "STREAM " + std::to_string(stream) + " SENTCONNECT " + r + " there.onion:80");
    tor_(ms + 90, "STREAM " + std::to_string(stream) + " SUCCEEDED " + r + " there.onion:80");
  }
  model::OnionView view(int since, Text user) {
    auto const stream = tor_.tracker.stream_for(user);
    return onion_view(tor_.tracker, "there", at(since), stream ? &*stream : nullptr);
  }

  test::Script tor_;
};

TEST_F(OnionViewTest, TellsTheStepsInTheirOrderWithTheirTimes) {
  visit(0, 5, 6, 1, "mine");
  auto const seen = view(0, "mine");
  EXPECT_EQ(seen.address, "there");
  // The first request, the last answer, and the first time at which the rendezvous point was ready.
  EXPECT_THAT(steps(seen), ElementsAre(10, 30, 50, 60, 70, 80));
  EXPECT_THAT(ids(seen.circuits), ElementsAre(6)) << "the stream's own is told elsewhere";
  ASSERT_THAT(seen.descriptor, SizeIs(4));
  EXPECT_EQ(seen.descriptor[1].action, "FAILED");
  EXPECT_EQ(seen.descriptor[1].reason, "NOT_FOUND");
  EXPECT_FALSE(seen.service);
}

TEST_F(OnionViewTest, TakesNoStepOfAnEarlierMeasurement) {
  visit(0, 5, 6, 1, "earlier");
  // tor still has the descriptor: there is no fetch. Its circuits live on, and end during this one.
  tor_(1000, "STREAM 2 NEW 0 there.onion:80 SOCKS_USERNAME=\"mine\"");
  tor_(1001,
       "CIRC 6 CLOSED PURPOSE=HS_CLIENT_INTRO HS_STATE=HSCI_DONE REND_QUERY=there "
       "REASON=FINISHED");
  for (int const id : {8, 9})
    tor_(1002, "CIRC " + std::to_string(id) + " LAUNCHED PURPOSE=HS_VANGUARDS");
  change(1010, 8, "HS_CLIENT_REND", "HSCR_ESTABLISHED_IDLE");
  change(1020, 9, "HS_CLIENT_INTRO", "HSCI_INTRO_SENT");
  EXPECT_THAT(steps(view(1000, "mine")), ElementsAre(-1, -1, 1010, 1020, -1, -1));
  EXPECT_THAT(view(1000, "mine").descriptor, IsEmpty());
  EXPECT_THAT(ids(view(1000, "mine").circuits), ElementsAre(8, 9)) << "no stream came on them";
  change(1030, 9, "HS_CLIENT_INTRO", "HSCI_DONE");
  change(1040, 8, "HS_CLIENT_REND", "HSCR_JOINED");
  tor_(1050, "STREAM 2 SENTCONNECT 8 there.onion:80");
  EXPECT_THAT(steps(view(1000, "mine")), ElementsAre(-1, -1, 1010, 1020, 1030, 1040));
  EXPECT_THAT(ids(view(1000, "mine").circuits), ElementsAre(9));
}

// It only waits on a circuit that an earlier one built: no step is this measurement's.
TEST_F(OnionViewTest, AStreamOnAnOldCircuitHasNoSteps) {
  visit(0, 5, 6, 1, "earlier");
  tor_(1000, "STREAM 2 NEW 0 there.onion:80 SOCKS_USERNAME=\"mine\"");
  tor_(1010, "STREAM 2 SENTCONNECT 5 there.onion:80");
  auto const seen = view(1000, "mine");
  EXPECT_THAT(steps(seen), ElementsAre(-1, -1, -1, -1, -1, -1));
  EXPECT_THAT(seen.circuits, IsEmpty());
}

TEST_F(OnionViewTest, ItsOwnCircuitTellsBeforeOthersToTheSameService) {
  // Two at once. The other one's circuit has a lower number and is faster.
  tor_(0, "STREAM 1 NEW 0 there.onion:80 SOCKS_USERNAME=\"mine\"");
  for (int const id : {3, 5})
    tor_(1, "CIRC " + std::to_string(id) + " LAUNCHED PURPOSE=HS_VANGUARDS");
  change(10, 3, "HS_CLIENT_REND", "HSCR_ESTABLISHED_IDLE");
  change(20, 3, "HS_CLIENT_REND", "HSCR_JOINED");
  change(30, 5, "HS_CLIENT_REND", "HSCR_ESTABLISHED_IDLE");
  change(40, 5, "HS_CLIENT_REND", "HSCR_JOINED");
  tor_(50, "STREAM 1 SENTCONNECT 5 there.onion:80");
  EXPECT_THAT(steps(view(0, "mine")), ElementsAre(-1, -1, 30, -1, -1, 40));
}

TEST_F(OnionViewTest, CircuitsOfTheServiceAndToOtherServicesAreNotTheClients) {
  visit(0, 5, 6, 1, "mine");
  tor_(1, "CIRC 20 LAUNCHED PURPOSE=HS_SERVICE_REND HS_STATE=HSSR_CONNECTING REND_QUERY=there");
  tor_(2, "CIRC 20 BUILT PURPOSE=HS_SERVICE_REND HS_STATE=HSSR_JOINED REND_QUERY=there");
  tor_(1, "CIRC 21 LAUNCHED PURPOSE=HS_VANGUARDS");
  change(2, 21, "HS_CLIENT_REND", "HSCR_ESTABLISHED_IDLE", "elsewhere");
  tor_(3, "HS_DESC REQUESTED elsewhere NO_AUTH $A D9");
  EXPECT_THAT(steps(view(0, "mine")), ElementsAre(10, 30, 50, 60, 70, 80));
  EXPECT_THAT(ids(view(0, "mine").circuits), ElementsAre(6));
}

}  // namespace
}  // namespace perfd::tor
