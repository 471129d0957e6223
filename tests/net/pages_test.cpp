// The built-in pages, as a client of the server sees them.
#include <deque>
#include <map>
#include <regex>
#include <set>

#include "net/support/server_fixture.h"

namespace perfd::net {
namespace {

struct Fetched {
  std::map<std::string, test::Answer> answers;  // by path
  std::map<std::string, int> depth;             // links from the document on
  std::map<std::string, std::string> linked_from;
};
struct Sum {
  int requests = 0;
  std::size_t bytes = 0;
  friend bool operator==(Sum const&, Sum const&) = default;
};

class PagesTest : public test::ServerFixture {
 protected:
  void SetUp() override { start(); }

  static bool is_text(test::Answer const& answer) {
    auto const type = answer.field("Content-Type");
    return type.starts_with("text/");
  }
  // All that a page consists of: what its text links to, and so on.
  Fetched fetch(std::string const& document, std::string const& query) {
    static std::regex const link(R"re("(/page/[a-z0-9./]+)(\?[^"]*)?")re");
    Fetched out;
    std::deque<std::string> open{document};
    out.depth[document] = 0;
    while (!open.empty()) {
      auto const path = open.front();
      open.pop_front();
      auto const answer = ask("GET " + path + query);
      if (is_text(answer)) {
        std::sregex_iterator const end;
        for (std::sregex_iterator at(answer.body.begin(), answer.body.end(), link); at != end;
             ++at) {
          EXPECT_EQ((*at)[2], query) << "a link in " << path;
          if (!out.depth.try_emplace((*at)[1], out.depth[path] + 1).second) {
            ADD_FAILURE() << (*at)[1] << " is linked twice, again in " << path;
            continue;
          }
          out.linked_from[(*at)[1]] = path;
          open.push_back((*at)[1]);
        }
      }
      out.answers[path] = answer;
    }
    return out;
  }
  static std::map<std::string, Sum> by_type(Fetched const& page) {
    std::map<std::string, Sum> out;
    for (auto const& [path, answer] : page.answers) {
      EXPECT_EQ(answer.status, 200) << path;
      auto& sum = out[answer.field("Content-Type")];
      ++sum.requests;
      sum.bytes += answer.body.size();
    }
    return out;
  }
};

TEST_F(PagesTest, TheMedianPageIsWhatIsDocumented) {
  auto const page = fetch("/page/median", "?load=abc-1");
  std::map<std::string, Sum> const expected = {
      {"text/html; charset=utf-8", {3, 22 * 1024}},
      {"text/css; charset=utf-8", {8, 82 * 1024}},
      {"text/javascript; charset=utf-8", {22, 697 * 1024}},
      {"font/ttf", {4, 139 * 1024}},
      {"image/png", {19, 1058 * 1024}},
      {"application/json; charset=utf-8", {20, 80 * 1024}},
      {"application/octet-stream", {2, 784 * 1024}},
  };
  auto const types = by_type(page);
  EXPECT_EQ(types, expected);
  Sum all;
  for (auto const& [type, sum] : types) {
    all.requests += sum.requests;
    all.bytes += sum.bytes;
  }
  EXPECT_EQ(all, (Sum{78, 2862 * 1024}));
}

TEST_F(PagesTest, TheMedianPageTakesSevenRoundTripsInARow) {
  auto const page = fetch("/page/median", "?load=t");
  auto const& from = page.linked_from;
  EXPECT_EQ(from.at("/page/median/script13.js"), "/page/median/script2.js");
  EXPECT_EQ(from.at("/page/median/script15.js"), "/page/median/script13.js");
  EXPECT_EQ(from.at("/page/median/script17.js"), "/page/median/script15.js");
  EXPECT_EQ(page.depth.at("/page/median/data1.json"), 5);
  // The image waits for the data, which no link tells.
  auto const& script = page.answers.at("/page/median/script17.js").body;
  auto const then = script.find(".then(");
  EXPECT_LT(script.find("data1.json"), then);
  EXPECT_GT(script.find("image12.png"), then);
  EXPECT_EQ(from.at("/page/median/font4.ttf"), "/page/median/style6.css");
  EXPECT_EQ(page.depth.at("/page/median/font4.ttf"), 4);
}

TEST_F(PagesTest, ThePlainPageIsThreeRequests) {
  auto const page = fetch("/page/plain", "?load=x");
  std::map<std::string, Sum> const expected = {{"text/html; charset=utf-8", {1, 4096}},
                                               {"text/css; charset=utf-8", {1, 4096}},
                                               {"image/png", {1, 24576}}};
  EXPECT_EQ(by_type(page), expected);
}

TEST_F(PagesTest, NothingIsCachedOrFetchedFromElsewhere) {
  for (auto const* document : {"/page/plain", "/page/median"})
    for (auto const& [path, answer] : fetch(document, "?load=x").answers) {
      EXPECT_EQ(answer.field("Cache-Control"), "no-store") << path;
      if (is_text(answer)) {
        EXPECT_EQ(answer.body.find("//"), std::string::npos) << path;
        EXPECT_EQ(answer.body.find(":/"), std::string::npos) << path;
      }
      if (answer.field("Content-Type").starts_with("text/html")) {
        EXPECT_NE(answer.body.find("<meta charset=\"utf-8\">"), std::string::npos) << path;
        EXPECT_NE(answer.body.find("<link rel=\"icon\" href=\"data:,\">"), std::string::npos);
      }
    }
}

TEST_F(PagesTest, EveryServerSendsTheSameWhateverTheToken) {
  auto const first = fetch("/page/median", "?load=" + std::string(64, 'a'));
  ServerOptions other;
  other.seed = 7;
  loop_.run_until_done(server_->stop());
  start(other);
  auto const second = fetch("/page/median", "?load=" + std::string(64, 'b'));
  auto const bare = fetch("/page/median", "");
  ASSERT_EQ(first.answers.size(), second.answers.size());
  ASSERT_EQ(first.answers.size(), bare.answers.size());
  for (auto const& [path, answer] : first.answers) {
    auto expected = answer.body;
    for (std::size_t at = 0; (at = expected.find("?load=aaaa", at)) != expected.npos; ++at)
      expected.replace(at + 6, 64, std::string(64, 'b'));
    EXPECT_TRUE(second.answers.at(path).body == expected) << path;
    EXPECT_EQ(bare.answers.at(path).body.size(), expected.size()) << path;
  }
}

TEST_F(PagesTest, NoTwoResourcesAreAlike) {
  std::set<std::string> ends;
  auto const page = fetch("/page/median", "?load=x");
  for (auto const& [path, answer] : page.answers)
    ends.insert(answer.body.substr(answer.body.size() / 2, 200));
  EXPECT_EQ(ends.size(), page.answers.size());
}

TEST_F(PagesTest, HeadTellsTheLengthAlone) {
  auto const head = ask("HEAD /page/median?load=x");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), "18432");
  EXPECT_EQ(head.body, "");
}

TEST_F(PagesTest, KeepsTheConnectionBetweenResources) {
  std::string text;
  for (auto const* path : {"/page/plain", "/page/plain/image1.png", "/page/plain/style1.css"})
    text += "GET " + std::string(path) + "?load=x HTTP/1.1\r\nHost: x\r\n\r\n";
  auto const answers = test::split_answers(raw({.text = text, .half_close = true}));
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers.at(1).body.size(), 24576U);
  EXPECT_EQ(answers.at(2).body.size(), 4096U);
  EXPECT_EQ(server_->stats().payload_bytes, 4096U + 24576U + 4096U);
}

TEST_F(PagesTest, RefusesWhatIsNoPage) {
  EXPECT_EQ(ask("GET /page/").status, 404);
  EXPECT_EQ(ask("GET /page/median/").status, 404);
  EXPECT_EQ(ask("GET /page/median/style9.css").status, 404);
  EXPECT_EQ(ask("GET /page/plain/../median").status, 404);
  EXPECT_EQ(ask("DELETE /page/plain").status, 405);
  EXPECT_EQ(ask("POST /page/plain", "Content-Length: 2\r\n", "hi").status, 405);
  EXPECT_EQ(ask("GET /page/plain", "Content-Length: 2\r\n", "hi").status, 400);
  EXPECT_EQ(ask("GET /page/plain?load=%22%3E").status, 400);
  EXPECT_EQ(ask("GET /page/plain?load=a\"b").status, 400);
  EXPECT_EQ(ask("GET /page/plain?load=" + std::string(65, 'a')).status, 400);
  EXPECT_EQ(server_->stats().refused, 10U);
}

TEST_F(PagesTest, SendsNothingLargerThanItsBound) {
  loop_.run_until_done(server_->stop());
  ServerOptions small;
  small.max_size = KiB(4);
  start(small);
  EXPECT_EQ(ask("GET /page/plain").status, 200);
  EXPECT_EQ(ask("GET /page/plain/image1.png").status, 413);
  loop_.run_until_done(server_->stop());
  small.max_size = {0};
  start(small);
  EXPECT_EQ(ask("GET /page/plain").status, 413);
  EXPECT_EQ(ask("POST /page/form/sink", "Content-Length: 1\r\n", "x").status, 413);
}

class FormTest : public PagesTest {};

TEST_F(FormTest, ThePageIsThereForSizesThatTheServerTakes) {
  auto const page = ask("GET /page/form?load=x&size=100000");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.size(), 4096U);
  EXPECT_EQ(page.field("Cache-Control"), "no-store");
  EXPECT_NE(page.body.find("\"/page/form/sink\""), std::string::npos);
  EXPECT_EQ(ask("GET /page/form?size=104857600").status, 200);
  EXPECT_EQ(ask("GET /page/form?size=104857601").status, 413);
  for (auto const* bad : {"", "?size=", "?size=-1", "?size=1e3", "?size=99999999999999999999"})
    EXPECT_EQ(ask("GET /page/form" + std::string(bad)).status, 400) << bad;
}

TEST_F(FormTest, TheSinkTellsInADocumentWhatItGot) {
  auto const answer = ask("POST /page/form/sink?load=x&size=70000", "Content-Length: 70000\r\n",
                          std::string(70000, 'f'));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(answer.body.find("data-bytes=\"70000\""), std::string::npos);
  EXPECT_NE(answer.body.find("{\"bytes\":70000,\"sha256\":\""), std::string::npos);
  EXPECT_NE(answer.body.find("\"LAST_BYTE\":"), std::string::npos);
  EXPECT_EQ(server_->stats().payload_bytes, 70000U);
}

TEST_F(FormTest, TheSinkIsBounded) {
  loop_.run_until_done(server_->stop());
  ServerOptions small;
  small.max_size = KiB(8);
  start(small);
  // A form is longer than what it carries.
  EXPECT_EQ(ask("POST /page/form/sink", "Content-Length: 8500\r\n", std::string(8500, 'x')).status,
            200);
  EXPECT_EQ(ask("POST /page/form/sink", "Content-Length: 12289\r\n").status, 413);
  EXPECT_EQ(ask("GET /page/form/sink").status, 405);
}

TEST_F(PagesTest, ALoadIsObservedByItsDocument) {
  auto const id = std::string("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  fetch("/page/median", "?load=" + id);
  // Frames are documents, too; whoever keeps observations keeps the first.
  ASSERT_EQ(observer_.seen.size(), 3U);
  auto const& seen = observer_.seen.front();
  EXPECT_EQ(seen.measurement, id);
  EXPECT_EQ(seen.bytes, 18432);
  EXPECT_TRUE(seen.complete);
  WallTime last{};
  for (auto const name : {"ACCEPT", "REQUEST", "FIRST_BYTE", "HALF", "LAST_BYTE"}) {
    auto const at = seen.marks.at(name);
    ASSERT_TRUE(at) << name;
    EXPECT_GE(*at, last) << name;
    last = *at;
  }
  observer_.seen.clear();
  fetch("/page/plain", "?load=no-id");
  ask("HEAD /page/plain?load=" + id);
  EXPECT_TRUE(observer_.seen.empty());
}

TEST_F(PagesTest, AFormIsObservedByWhatItSends) {
  auto const query = std::string("?size=1000&load=01ARZ3NDEKTSV4RRFFQ69G5FAV");
  EXPECT_EQ(ask("GET /page/form" + query).status, 200);
  EXPECT_TRUE(observer_.seen.empty());
  EXPECT_EQ(ask("POST /page/form/sink" + query, "Content-Length: 1000\r\n", std::string(1000, 'x'))
                .status,
            200);
  ASSERT_EQ(observer_.seen.size(), 1U);
  EXPECT_EQ(observer_.seen.front().measurement, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  EXPECT_EQ(observer_.seen.front().bytes, 1000);
  EXPECT_TRUE(observer_.seen.front().marks.at("DATAPERC50"));
}

}  // namespace
}  // namespace perfd::net
