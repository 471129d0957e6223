// The API of a running daemon: every address that its OpenAPI document has, compared with what the
// document says; who sees what; no secret in any answer; events as they happen.
#include <fstream>
#include <sstream>

#include "app/real/network_fixture.h"
#include "base/text.h"
#include "web/support/schema_check.h"

namespace perfd::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto kToken = "a-token-that-must-stay-unseen";
constexpr auto kPassword = "a-password-that-must-stay-unseen";

struct Reply {
  int status = 0;
  std::string head;
  std::string body;
};

class ApiOfADaemon : public NetworkTest {
 protected:
  ~ApiOfADaemon() override {
    if (started_) run({"stop", "--data", data()});
  }

  // Results have an address of their own.
  static std::string results() { return "127.0.0.1:" + std::to_string(port() + 1000); }

  void start() {
    auto const token = write("token", std::string(kToken) + "\n");
    std::filesystem::permissions(token, std::filesystem::perms(0600));
    auto const config =
        configure("[results]\nlisten = \"" + results() + "\"\ntoken-file = \"" + token.string() +
                  "\"\n[tor.gone]\nattach = \"127.0.0.1:1\"\npassword = \"" + kPassword + "\"\n" +
                  experiment("fast", "50 KiB", "1s", "1s") + "tor = \"default\"\n");
    auto const done = run({"start", "-c", config});
    ASSERT_EQ(done.status.code, 0) << done.text() << log();
    started_ = true;
    EXPECT_TRUE(eventually([&] { return ok_results() >= 3; })) << log();
  }
  std::ptrdiff_t ok_results() {
    auto const all = outcomes();
    return std::count(all.begin(), all.end(), "ok");
  }

  // The body as it came, in a file: it may be long and have any line ends.
  Reply ask(std::string const& url, std::vector<std::string> more = {}) {
    auto const head = folder_ / "head";
    auto const body = folder_ / "body";
    // Of an answer without a body curl writes none, and would leave the one before.
    std::filesystem::remove(body);
    std::vector<std::string> arguments{"-s", "-m", "20", "-D", head, "-o", body, url};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto child = loop_.run_until_done(launcher_.start({"/usr/bin/curl", arguments, {}, folder_}));
    (void)loop_.run_until_done(finish(*child));
    Reply out{0, slurp(head), slurp(body)};
    if (out.head.size() > 12) out.status = parse_int<int>(out.head.substr(9, 3)).value_or(0);
    return out;
  }
  Reply api(std::string const& path, std::vector<std::string> more = {}) {
    return ask("http://" + results() + path, std::move(more));
  }
  static std::string slurp(std::filesystem::path const& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  static std::vector<std::string> with_token() {
    return {"-H", "Authorization: Bearer " + std::string(kToken)};
  }

  // All that must stay within the daemon, as bytes and in hex.
  std::vector<std::string> secrets() {
    std::vector<std::string> out{kToken, kPassword};
    for (auto const& entry : std::filesystem::recursive_directory_iterator(data())) {
      auto const name = entry.path().filename().string();
      if (name.find("cookie") == std::string::npos && !name.ends_with(".key")) continue;
      auto const content = slurp(entry.path());
      out.push_back(content);
      out.push_back(hex(std::as_bytes(std::span(content.data(), content.size()))));
      out.push_back(to_upper(out.back()));
    }
    return out;
  }

  bool started_ = false;
};

TEST_F(ApiOfADaemon, AnswersAsItsOpenApiDocumentSaysAndTellsNoSecret) {
  up();
  start();
  auto const document = boost::json::parse(api("/api/v1/openapi.json").body);
  auto const hidden = secrets();
  EXPECT_GT(hidden.size(), 3U) << "no cookie of tor was found";
  int addresses = 0;
  for (auto const& [key, value] : document.at("paths").as_object()) {
    std::string const path(key);
    if (path.ends_with("/events")) continue;
    ++addresses;
    for (auto const& more : {std::vector<std::string>(), with_token()}) {
      auto const reply = api(path, more);
      EXPECT_EQ(reply.status, 200) << path << reply.head << reply.body;
      EXPECT_THAT(reply.head, AllOf(HasSubstr("Access-Control-Allow-Origin: *"),
                                    HasSubstr("X-Content-Type-Options: nosniff")));
      EXPECT_FALSE(reply.body.empty()) << path;
      for (auto const& secret : hidden) {
        EXPECT_THAT(reply.body, Not(HasSubstr(secret))) << path;
        EXPECT_THAT(reply.head, Not(HasSubstr(secret))) << path;
      }
      if (auto const* schema = web::test::schema_of(document, path)) {
        EXPECT_THAT(web::test::complaints(boost::json::parse(reply.body), *schema), IsEmpty())
            << path;
      }
    }
    auto const head = api(path, {"-I"});
    EXPECT_EQ(head.status, 200) << path;
    auto const refused = api(path + "?no-such-parameter=1");
    EXPECT_EQ(refused.status, 400) << path;
    EXPECT_THAT(web::test::complaints(boost::json::parse(refused.body),
                                      *web::test::schema_of(document, path, "400")),
                IsEmpty());
  }
  EXPECT_GE(addresses, 10);

  for (auto const* other : {"/", "/results.jsonl", "/results.tpf", "/collector/"})
    for (auto const& secret : hidden)
      EXPECT_THAT(api(other, with_token()).body, Not(HasSubstr(secret))) << other;
  EXPECT_EQ(api("/api/v1/measurements", {"-X", "POST"}).status, 405);
  EXPECT_EQ(api("/api/v1/measurments").status, 404);
}

TEST_F(ApiOfADaemon, TellsWhatItMeasures) {
  up();
  start();
  auto const rows = boost::json::parse(
      api("/api/v1/measurements?experiment=fast&outcome=ok&metric=ttlb&fields=id,value").body);
  ASSERT_GE(rows.at("rows").as_array().size(), 3U);
  auto const id = std::string(rows.at("rows").at(0).at(0).as_string());
  EXPECT_GT(rows.at("rows").at(0).at(1).to_number<double>(), 0);
  EXPECT_EQ(api("/api/v1/measurements/" + id).status, 200);

  auto const status = boost::json::parse(api("/api/v1/status").body);
  auto const& fast = status.at("experiments").at(0).as_object();
  EXPECT_EQ(fast.at("name"), "fast");
  EXPECT_TRUE(fast.at("last_ok_at").is_int64());
  EXPECT_TRUE(fast.at("next_at").is_int64());
  EXPECT_EQ(status.at("tors").at(0).at("ready"), true);
  EXPECT_EQ(status.at("tors").at(1).at("up"), false);
  EXPECT_GE(status.at("store").at("measurements").as_int64(), 3);

  auto const guards = boost::json::parse(api("/api/v1/guards").body);
  EXPECT_FALSE(guards.at("rows").as_array().empty());

  // What a client has is not sent again.
  auto const first = api("/api/v1/openapi.json");
  auto const from = first.head.find("ETag: ") + 6;
  auto const etag = first.head.substr(from, first.head.find('\r', from) - from);
  auto const again = api("/api/v1/openapi.json", {"-H", "If-None-Match: " + etag});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");

  // Circuits are told once they have ended, which is with their tor. The next start knows what was
  // measured before it.
  EXPECT_EQ(run({"stop", "--data", data()}).status.code, 0);
  ASSERT_EQ(run({"start", "-c", (folder_ / "perfd.toml").string()}).status.code, 0) << log();
  // What the measuring thread knows is told once it has looked at everything.
  boost::json::value next;
  ASSERT_TRUE(eventually([&] {
    auto const reply = api("/api/v1/status");
    if (reply.status != 200) return false;
    next = boost::json::parse(reply.body);
    return !next.at("experiments").as_array().empty();
  }));
  EXPECT_TRUE(next.at("experiments").at(0).at("last_ok_at").is_int64());
  auto const page = api("/api/v1/circuits?limit=3");
  ASSERT_EQ(page.status, 200) << page.body;
  auto const circuits = boost::json::parse(page.body);
  EXPECT_EQ(circuits.at("rows").as_array().size(), 3U);
  EXPECT_TRUE(circuits.at("next").is_string());
  auto const results = api("/api/v1/circuit-results").body;
  EXPECT_THAT(results, HasSubstr("\"built\"")) << page.body;
}

TEST_F(ApiOfADaemon, DetailIsForThisMachinesOwnAndForTheToken) {
  up();
  start();
  auto const detail = [&](std::vector<std::string> more, std::string const& at) {
    return boost::json::parse(ask("http://" + at + "/api/v1/status", std::move(more)).body)
        .at("detail");
  };
  EXPECT_TRUE(detail({}, results()).is_object());
  EXPECT_EQ(detail({}, results()).at("pid"), daemon());
  EXPECT_TRUE(detail({"-H", "X-Forwarded-For: 192.0.2.1"}, results()).is_null());
  EXPECT_TRUE(detail({"-H", "Host: abc.onion"}, results()).is_null());
  EXPECT_TRUE(detail({"-H", "Authorization: Bearer wrong"}, results()).is_null());
  auto behind_proxy = with_token();
  behind_proxy.insert(behind_proxy.end(), {"-H", "X-Forwarded-For: 192.0.2.1"});
  EXPECT_TRUE(detail(behind_proxy, results()).is_object());
  // Exits and onion services come to this one from loopback, too.
  EXPECT_EQ(ask("http://" + listen() + "/api/v1/status").status, 404)
      << "results have an address of their own";
}

TEST_F(ApiOfADaemon, TellsResultsAsTheyHappenAndEndsItsStreamsInOrder) {
  up();
  start();
  auto child = loop_.run_until_done(
      launcher_.start({"/usr/bin/curl",
                       {"-sN", "-m", "60", "http://" + results() + "/api/v1/events"},
                       {},
                       folder_}));
  ASSERT_TRUE(child.has_value());
  runtime::LineReader reader(child->output(), 1 << 20);
  std::vector<std::string> data;
  while (data.size() < 2) {
    auto const line = loop_.run_until_done(reader.next());
    ASSERT_TRUE(line.has_value()) << "the stream ended";
    if (line->starts_with("data: ")) data.push_back(line->substr(6));
  }
  auto const event = boost::json::parse(data[0]);
  EXPECT_EQ(event.at("experiment"), "fast");
  EXPECT_EQ(event.at("seq").as_int64() + 1, boost::json::parse(data[1]).at("seq").as_int64());

  EXPECT_EQ(run({"stop", "--data", this->data()}).status.code, 0);
  started_ = false;
  auto const ended = loop_.run_until_done(finish(*child));
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->status.code, 0) << "curl says that the stream was cut";
}

}  // namespace
}  // namespace perfd::app
