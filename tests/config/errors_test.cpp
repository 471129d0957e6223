// Every error a file can have, by its exact text: the place, what is wrong, what is expected.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace perfd::config {
namespace {

TEST(UnknownKey, NamesTheNearest) {
  EXPECT_EQ(experiment("evry = \"5m\"\nevery = \"5m\"\nsize = 1\n"),
            "perfd.toml:6:1: experiment.x.evry: unknown key; did you mean \"every\"?\n");
  EXPECT_EQ(after_minimal("[store]\nelephant = 1\n"),
            "perfd.toml:6:1: store.elephant: unknown key; known are \"path\", \"keep\", "
            "\"raw-events\"\n");
  EXPECT_EQ(after_minimal("[sever]\nlisten = []\n"),
            "perfd.toml:5:2: sever: unknown section; did you mean \"server\"?\n");
}

TEST(WrongType, SaysWhatIsExpected) {
  EXPECT_EQ(experiment("every = 5\nsize = 1\n"),
            "perfd.toml:6:9: experiment.x.every: must be a duration with its unit as in \"5m\", "
            "not an integer\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1.5\n"),
            "perfd.toml:7:8: experiment.x.size: must be a size as in \"50 KiB\", not a decimal "
            "number\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\noverlap = \"yes\"\n"),
            "perfd.toml:8:11: experiment.x.overlap: must be true or false, not a string\n");
  EXPECT_EQ(after_minimal("[tor.a]\ntorrc = \"ConfluxEnabled 0\"\n"),
            "perfd.toml:6:9: tor.a.torrc: must be a list in [ ], not a string\n");
  EXPECT_EQ(after_minimal("[tor.a]\ntorrc = [\"ok\",\n  3]\n"),
            "perfd.toml:7:3: tor.a.torrc: must be a string, not an integer\n");
  EXPECT_EQ(after_minimal("[log]\nlevel = 2026-01-01\n"),
            "perfd.toml:6:9: log.level: must be one of \"debug\", \"info\", \"warning\", "
            "\"error\", not a date or time\n");
}

TEST(WrongShape, SaysHowSectionsAreWritten) {
  EXPECT_EQ(after_minimal("[experiment]\nkind = \"download\"\n"),
            "perfd.toml:6:8: experiment.kind: must be a section: keys stand under "
            "[experiment.NAME], not a string\n");
  EXPECT_EQ(after_minimal("[[experiment]]\nkind = \"download\"\n"),
            "perfd.toml:5:1: experiment: must be sections with a name each: write "
            "[experiment.NAME], not a list\n");
  EXPECT_EQ(errors_of("store = 1\n[vantage]\nname = \"v\"\n[server]\npublic-host = \"a\"\n"),
            "perfd.toml:1:9: store: must be a section: write [store], not an integer\n");
}

TEST(WrongUnit, IsReportedWithTheForm) {
  EXPECT_EQ(experiment("every = \"5 parsecs\"\nsize = \"50 KiX\"\n"),
            "perfd.toml:6:9: experiment.x.every: '5 parsecs' is not a duration: write a number and "
            "ms, s, m, h or d, as in \"5m\" or \"1h30m\"\n"
            "perfd.toml:7:8: experiment.x.size: '50 KiX' is not a size: write a number and B, KiB, "
            "MiB or GiB, as in \"50 KiB\"\n");
}

TEST(OutOfRange, NamesTheRange) {
  EXPECT_EQ(experiment("every = \"10ms\"\nsize = 1\ntimeout = \"5ms\"\n"),
            "perfd.toml:6:9: experiment.x.every: 10ms is out of range: must be from 1s to 366d\n"
            "perfd.toml:8:11: experiment.x.timeout: 5ms is out of range: must be from 100ms to "
            "7d\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 0\n"),
            "perfd.toml:7:8: experiment.x.size: 0 B is out of range: must be from 1 B to 1024 "
            "GiB\n");
  EXPECT_EQ(errors_of("[vantage]\nname = \"v\"\n[server]\npublic-host = \"h\"\npublic-port = "
                      "70000\n"),
            "perfd.toml:5:15: server.public-port: 70000 is not a port from 0 to 65535\n");
}

TEST(UnknownWord, NamesTheNearest) {
  EXPECT_EQ(experiment("kind = \"downlaod\"\nevery = \"5m\"\nsize = 1\n"),
            "perfd.toml:6:8: experiment.x.kind: \"downlaod\" is not known; did you mean "
            "\"download\"?\n");
  EXPECT_EQ(experiment("spread = \"wild\"\nevery = \"5m\"\nsize = 1\n"),
            "perfd.toml:6:10: experiment.x.spread: \"wild\" is not known; known are \"fixed\", "
            "\"jitter\", \"poisson\"\n");
  EXPECT_EQ(experiment("target = \"dirct\"\nevery = \"5m\"\nsize = 1\n"),
            "perfd.toml:6:10: experiment.x.target: \"dirct\" is not known; did you mean "
            "\"direct\"?; or an http:// URL\n");
  EXPECT_EQ(after_minimal("[tor.a]\nguards = \"fats\"\n"),
            "perfd.toml:6:10: tor.a.guards: \"fats\" is not known; did you mean \"fast\"?; or a "
            "list of fingerprints and countries\n");
}

TEST(VantageName, IsNeededAndPlain) {
  EXPECT_EQ(errors_of("[server]\npublic-host = \"a\"\n"),
            "perfd.toml: vantage.name: is missing; expected: string; 1 to 64 characters\n");
  EXPECT_EQ(errors_of("[server]\npublic-host = \"a\"\n[vantage]\n"),
            "perfd.toml:3:1: vantage.name: is missing; expected: string; 1 to 64 characters\n");
  EXPECT_EQ(errors_of("[vantage]\nname = \"\"\n[server]\npublic-host = \"a\"\n"),
            "perfd.toml:2:8: vantage.name: is empty: 1 to 64 of A-Z a-z 0-9 . _ - are expected, "
            "the first a letter or a digit\n");
  EXPECT_EQ(errors_of("[vantage]\nname = \"op/de1\"\n[server]\npublic-host = \"a\"\n"),
            "perfd.toml:2:8: vantage.name: 'op/de1' is not a name: 1 to 64 of A-Z a-z 0-9 . _ - "
            "are expected, the first a letter or a digit\n");
  // It becomes part of file names.
  EXPECT_NE(errors_of("[vantage]\nname = \"..\"\n[server]\npublic-host = \"a\"\n"), "");
}

TEST(SectionName, IsPlain) {
  EXPECT_EQ(after_minimal("[tor.\"a b\"]\n"),
            "perfd.toml:5:6: tor: the name of a section 'a b' is not a name: 1 to 64 of A-Z a-z "
            "0-9 . _ - are expected, the first a letter or a digit\n");
}

TEST(Twice, IsAnErrorWithinAFile) {
  EXPECT_EQ(experiment("every = \"5m\"\nevery = \"6m\"\nsize = 1\n"),
            "perfd.toml:7:1: every is given twice in this file\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\n[log]\n[experiment.x]\nevery = \"6m\"\n"),
            "perfd.toml:9:1: experiment.x is given twice in this file\n");
}

TEST(Toml, ErrorsCarryTheirPlaceAndAHint) {
  EXPECT_EQ(experiment("every = 5m\nsize = \"1 KiB\"\n"),
            "perfd.toml:6:10: not valid TOML: decimal integer: expected digit, saw 'm'; if the "
            "value is text, put it in quotes\n");
}

TEST(All, ErrorsOfAFileAreReportedAtOnceAndInOrder) {
  EXPECT_EQ(errors_of("[vantage]\n"
                      "name = op-de1\n"
                      "[server]\n"
                      "listen = [\"0.0.0.0\"]\n"
                      "max-size = \"much\"\n"
                      "[experiment.x]\n"
                      "every = 5m\n"
                      "tmeout = \"3s\"\n"
                      "kind = \"downlod\"\n"),
            "perfd.toml:2:8: not valid TOML: value: could not determine value type; if the value "
            "is text, put it in quotes\n"
            "perfd.toml:4:11: server.listen: '0.0.0.0' is not an address to listen on: write a "
            "numeric address and a port, as in \"127.0.0.1:8080\" or \"[::1]:8080\"\n"
            "perfd.toml:5:12: server.max-size: 'much' is not a size: write a number and B, KiB, "
            "MiB or GiB, as in \"50 KiB\"\n"
            "perfd.toml:7:10: not valid TOML: decimal integer: expected digit, saw 'm'; if the "
            "value is text, put it in quotes\n"
            "perfd.toml:8:1: experiment.x.tmeout: unknown key; did you mean \"timeout\"?\n"
            "perfd.toml:9:8: experiment.x.kind: \"downlod\" is not known; did you mean "
            "\"download\"?\n");
}

TEST(Toml, AnErrorOverSeveralLinesDoesNotMakeOthers) {
  EXPECT_EQ(errors_of("[server]\nlisten = [\n  \"0.0.0.0:80\"\n  \"[::]:80\"\n]\nuser = yes\n"),
            "perfd.toml:4:3: not valid TOML: array: expected comma or closing ']', saw '\"'\n");
  EXPECT_EQ(errors_of("[server]\nlisten = [ 0.0.0.0:80,\n  \"[::]:80\"\n]\n"),
            "perfd.toml:2:15: not valid TOML: floating-point: expected decimal digit or exponent, "
            "saw '.'\n");
}

TEST(Toml, DepthAndSizeAreBounded) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a.";
  EXPECT_EQ(errors_of("[vantage]\n" + deep + "b = 1\n"),
            "perfd.toml:2:1: a key of more than 16 parts\n");
  EXPECT_EQ(errors_of(std::string(kMaxFileBytes + 1, '#')), "perfd.toml: is larger than 1 MiB\n");
}

TEST(Toml, LettersOutsideQuotesAndBrokenHeadersAreErrorsOnly) {
  EXPECT_EQ(errors_of("[vantage]\nnamé = \"v\"\n"),
            "perfd.toml:2:4: not valid TOML: key-value pair: expected '=', saw 'é'\n");
  EXPECT_EQ(errors_of("[\n\"a\"]\n"),
            "perfd.toml:1:2: not valid TOML: key: expected bare key starting character or string "
            "delimiter, saw '\\n'\n");
  // Letters that follow a line's continuation are none of toml++'s white space.
  EXPECT_EQ(errors_of(std::string(kMinimal) + "[tor.a]\nbinary = \"\"\"/opt/\\\n  ätor\"\"\"\n"),
            "");
  EXPECT_EQ(errors_of(std::string(kMinimal) + "[tor.a]\nbinary = \"\"\"x\"\"\"\"\n"), "");
}

TEST(Account, MustBeOneToDropTo) {
  auto const server = [](std::string const& keys) {
    return errors_of("[vantage]\nname = \"v\"\n[server]\npublic-host = \"a\"\n" + keys);
  };
  EXPECT_EQ(server("user = \"root\"\n"),
            "perfd.toml:5:8: server.user: \"root\" drops no privileges: name an ordinary "
            "account\n");
  EXPECT_EQ(server("user = \"a b\"\n"),
            "perfd.toml:5:8: server.user: 'a b' is not the name of an account\n");
  EXPECT_EQ(server("group = \"perfd\"\n"),
            "perfd.toml:5:9: server.group: is given without user, so there is nobody to be of that "
            "group\n");
}

TEST(Listen, IsNumericAndOnce) {
  auto const server = [](std::string const& value) {
    return errors_of("[vantage]\nname = \"v\"\n[server]\npublic-host = \"a\"\nlisten = " + value +
                     "\n");
  };
  EXPECT_EQ(server("[]"),
            "perfd.toml:5:10: server.listen: is empty: at least one address is "
            "expected\n");
  EXPECT_EQ(server("[\"1.2.3.4:80\", \"1.2.3.4:80\"]"),
            "perfd.toml:5:10: server.listen: has 1.2.3.4:80 twice\n");
  for (auto const* wrong : {"localhost:80", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "::1:80",
                            "[1.2.3.4]:80", "[::1]", ":80"})
    EXPECT_NE(server("[\"" + std::string(wrong) + "\"]"), "") << wrong;
  EXPECT_EQ(after_minimal("[results]\nlisten = \"sever\"\n"),
            "perfd.toml:6:10: results.listen: 'sever' is not an address to listen on: write a "
            "numeric address and a port, as in \"127.0.0.1:8080\" or \"[::1]:8080\"; or "
            "\"server\"\n");
  EXPECT_EQ(after_minimal("[results]\nlisten = \"0.0.0.0:80\"\n"),
            "perfd.toml:6:10: results.listen: is also an address of the measurement server: write "
            "\"server\" to share it\n");
}

TEST(PublicHost, IsNeededOnlyWhereAnExitMustFindTheServer) {
  EXPECT_EQ(errors_of("[vantage]\nname = \"v\"\n"),
            "perfd.toml: server.public-host: is missing: the server listens on any address, and "
            "the target \"direct\" of experiment.download-50k needs to know the one that an exit "
            "can reach\n");
  EXPECT_EQ(errors_of("[vantage]\nname = \"v\"\n[server]\nlisten = [\"[::]:80\"]\n"),
            "perfd.toml:4:10: server.public-host: is missing: the server listens on any address, "
            "and the target \"direct\" of experiment.download-50k needs to know the one that an "
            "exit can reach\n");
  EXPECT_EQ(errors_of("[vantage]\nname = \"v\"\n[experiment.x]\ntarget = "
                      "\"http://a.example/\"\nevery = \"5m\"\n"),
            "");
  EXPECT_EQ(errors_of("[vantage]\nname = \"v\"\n[server]\npublic-host = \"a:80\"\n"),
            "perfd.toml:4:15: server.public-host: 'a:80' is not a host: a host name or a numeric "
            "address is expected, without a port\n");
}

TEST(Timeout, MustEndBeforeTheNextSlot) {
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\ntimeout = \"6m\"\n"),
            "perfd.toml:8:11: experiment.x.timeout: 6m is longer than every = 5m: make it shorter, "
            "or set overlap = true\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\ntimeout = \"6m\"\noverlap = true\n"), "");
}

TEST(StartDelayAndJitter, StayWithinTheInterval) {
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\nstart-delay = \"5m\"\n"),
            "perfd.toml:8:15: experiment.x.start-delay: 5m must be less than every = 5m: it moves "
            "the grid of slots, which repeats after that\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\nspread = \"jitter\"\njitter = \"6m\"\n"),
            "perfd.toml:9:10: experiment.x.jitter: 6m must not be more than every = 5m\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\nspread = \"jitter\"\n"),
            "perfd.toml:8:10: experiment.x.jitter: is missing, with spread = \"jitter\"\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\njitter = \"1m\"\n"),
            "perfd.toml:8:10: experiment.x.jitter: has an effect only with spread = \"jitter\"\n");
}

TEST(Size, FitsTheServerAndTheTarget) {
  EXPECT_EQ(experiment("every = \"5m\"\n"),
            "perfd.toml:5:1: experiment.x.size: is missing; a size as in \"50 KiB\" is expected\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = \"101 MiB\"\n"),
            "perfd.toml:7:8: experiment.x.size: 101 MiB is over server.max-size = 100 MiB\n");
  EXPECT_EQ(errors_of("[vantage]\nname = \"v\"\n[server]\npublic-host = \"h\"\nmax-size = \"1 "
                      "MiB\"\n"),
            "perfd.toml:5:12: experiment.download-5m.size: 5 MiB is over server.max-size = 1 "
            "MiB\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\ntarget = \"http://a.example/\"\n"),
            "perfd.toml:7:8: experiment.x.size: has no effect with this target: leave it out\n");
}

TEST(Url, IsChecked) {
  auto const target = [](std::string const& url) {
    return experiment("every = \"5m\"\ntarget = \"" + url + "\"\n");
  };
  for (auto const* good :
       {"http://a.example", "http://a.example:8080/x?y=1", "http://192.0.2.1/", "http://[::1]:80/"})
    EXPECT_EQ(target(good), "") << good;
  EXPECT_EQ(target("https://a.example/"),
            "perfd.toml:7:10: experiment.x.target: 'https://a.example/': https:// is for kind = "
            "\"page\"; perfd times other transfers over http:// alone\n");
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"page\"\ntarget = \"https://a.example/\"\n"), "");
  EXPECT_EQ(
      target("ftp://a.example/"),
      "perfd.toml:7:10: experiment.x.target: 'ftp://a.example/' is not an http:// or https:// "
      "URL\n");
  for (auto const* wrong :
       {"http://", "http:///x", "http://a b/", "http://u:p@a.example/", "http://a.example:0/",
        "http://a.example:99999/", "http://a.example/#x", "http://a..b/", "http://ä.example/"})
    EXPECT_NE(target(wrong), "") << wrong;
}

TEST(TorOfAnExperiment, MustExist) {
  EXPECT_EQ(after_minimal("[tor.plain]\n[experiment.x]\nevery = \"5m\"\nsize = 1\ntor = "
                          "\"plian\"\n"),
            "perfd.toml:9:7: experiment.x.tor: no tor instance has this name: \"plian\" is not "
            "known; did you mean \"plain\"?\n");
  EXPECT_EQ(after_minimal("[tor.a]\n[tor.b]\n[experiment.x]\nevery = \"5m\"\nsize = 1\n"),
            "perfd.toml:7:1: experiment.x.tor: is missing: choose one of \"a\", \"b\"\n");
}

TEST(TorInstance, IsEitherLaunchedOrAttachedTo) {
  EXPECT_EQ(after_minimal("[tor.a]\nattach = \"127.0.0.1:9051\"\nbinary = \"tor\"\ntorrc = "
                          "[\"X 1\"]\nguards = \"none\"\n"),
            "perfd.toml:7:10: tor.a.binary: has no effect on a tor that perfd attaches to: leave "
            "it out\n"
            "perfd.toml:8:9: tor.a.torrc: has no effect on a tor that perfd attaches to: leave it "
            "out\n"
            "perfd.toml:9:10: tor.a.guards: has no effect on a tor that perfd attaches to: leave "
            "it out\n");
  EXPECT_EQ(after_minimal("[tor.a]\npassword = \"p\"\n"),
            "perfd.toml:6:12: tor.a.password: needs attach: perfd makes its own for a tor that it "
            "launches\n");
  EXPECT_EQ(after_minimal("[tor.a]\nattach = \"h:1\"\npassword = \"p\"\ncookie = \"c\"\n"),
            "perfd.toml:7:12: tor.a.password: is given beside cookie: give one of them\n");
  EXPECT_EQ(after_minimal("[tor.a]\nattach = \"9051\"\n"),
            "perfd.toml:6:10: tor.a.attach: '9051' is not a control address: \"127.0.0.1:9051\" or "
            "\"unix:/run/tor/control\" is expected\n");
  EXPECT_EQ(after_minimal("[tor.a]\nbinary = \"\"\n"), "perfd.toml:6:10: tor.a.binary: is empty\n");
}

TEST(Torrc, LeavesPerfdInControl) {
  EXPECT_EQ(after_minimal("[tor.a]\ntorrc = [\"datadirectory /x\"]\n"),
            "perfd.toml:6:9: tor.a.torrc: DataDirectory is set by perfd itself\n");
  EXPECT_EQ(after_minimal("[tor.a]\ntorrc = [\"A 1\\nControlPort 1\"]\n"),
            "perfd.toml:6:9: tor.a.torrc: 'A 1\\x0aControlPort 1' is more than one line: write one "
            "string for each line\n");
  EXPECT_EQ(
      after_minimal("[tor.a]\ntorrc = ['A 1 \\']\n"),
      "perfd.toml:6:9: tor.a.torrc: 'A 1 \\x5c' ends with a backslash: write the whole line as "
      "one\n");
  EXPECT_EQ(after_minimal("[tor.a]\nguards = \"none\"\ntorrc = [\"UseEntryGuards 1\"]\n"),
            "perfd.toml:7:9: tor.a.torrc: UseEntryGuards contradicts guards = \"none\"\n");
}

TEST(Page, HasKeysOfItsOwn) {
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"page\"\n"), "");
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"page\"\npage = \"plain\"\nscreenshot = true\n"),
            "");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\npage = \"plain\"\n"),
            "perfd.toml:8:8: experiment.x.page: has an effect only with kind = \"page\"\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\nscreenshot = true\n"),
            "perfd.toml:8:14: experiment.x.screenshot: has an effect only with kind = \"page\"\n");
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"page\"\ntarget = \"http://a.example/\"\npage = "
                       "\"plain\"\n"),
            "perfd.toml:9:8: experiment.x.page: has no effect with pages of other servers: leave "
            "it out\n");
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"page\"\nsize = 1\n"),
            "perfd.toml:8:8: experiment.x.size: has an effect only with page = \"form\": leave it "
            "out\n");
  auto const hop = std::string(40, 'A');
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"page\"\npath = [\"" + hop + "\", \"" +
                       std::string(40, 'B') + "\"]\n"),
            "perfd.toml:8:8: experiment.x.path: is not possible with kind = \"page\": a page takes "
            "several connections, and perfd attaches one stream to a circuit of its own\n");
}

TEST(Target, AnOnionAddressIsChecked) {
  EXPECT_EQ(
      experiment("every = \"5m\"\ntarget = \"http://pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6"
                 "nubxndf4pscryd.onion:8080/\"\n"),
      "");
  EXPECT_EQ(
      experiment("every = \"5m\"\ntarget = \"http://pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6"
                 "nubxndf4pscryc.onion/\"\n"),
      "perfd.toml:7:10: experiment.x.target: "
      "'pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryc.onion' is an onion address "
      "of version 2, not 3\n");
}

TEST(Arms, MustDiffer) {
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\noptimistic = true\n"
                       "arms = { a = {}, b = { optimistic = true } }\n"),
            "perfd.toml:9:8: experiment.x.arms: a and b measure the same: an arm changes tor, "
            "target, optimistic, circuit, path or https\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\norder = \"parallel\"\n"
                       "arms = { a = {}, b = { optimistic = true } }\n"),
            "perfd.toml:8:9: experiment.x.order: \"parallel\" needs a tor of its own for each arm: "
            "a and b both have default\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\norder = \"parallel\"\n"
                       "arms = { a = { tor = \"one\" }, b = { tor = \"two\" } }\n"
                       "[tor.one]\n[tor.two]\n[tor.default]\n"),
            "");
}

TEST(Arms, HaveWhatTheirKindNeeds) {
  auto const of = [](std::string const& keys, std::string const& arms) {
    return experiment("every = \"5m\"\n" + keys + "arms = { " + arms +
                      " }\n[tor.one]\n[tor.two]\n");
  };
  EXPECT_EQ(of("size = 1\n", "a = { tor = \"one\" }, b = { tor = \"two\" }"), "");
  EXPECT_THAT(of("size = 1\n", "a = { tor = \"one\" }, b = { optimistic = true }"),
              testing::HasSubstr("experiment.x.tor: is missing"));
  EXPECT_THAT(of("size = 1\n",
                 "a = { tor = \"one\" }, b = { tor = \"one\", target = "
                 "\"http://a.example/\" }"),
              testing::HasSubstr("b.target: all arms download either from perfd's own server"));
  EXPECT_THAT(of("kind = \"resolve\"\nquery = \"a.example\"\n",
                 "a = { tor = \"one\" }, b = { tor = \"two\", optimistic = true }"),
              testing::HasSubstr("b: target and optimistic have no effect"));
}

TEST(Advice, TellsWhereEarlyDataIsPointless) {
  auto const told = [](std::string const& text) { return advice(*load_text(kMinimal + text)); };
  EXPECT_THAT(told("[tor.a]\n[experiment.x]\nevery = \"5m\"\nsize = 1\noptimistic = true\n"),
              testing::ElementsAre(
                  "experiment.x: tor holds early data back on conflux circuits, so that optimistic "
                  "saves nothing there: add to tor.a.torrc \"ConfluxEnabled 0\""));
  EXPECT_THAT(told("[tor.a]\ntorrc = [\" confluxenabled  0 \"]\n[experiment.x]\nevery = \"5m\"\n"
                   "size = 1\noptimistic = true\n"),
              testing::IsEmpty());
  EXPECT_THAT(told("[tor.a]\ntorrc = [\"ConfluxEnabled auto\"]\n[experiment.x]\nevery = \"5m\"\n"
                   "size = 1\narms = { plain = {}, early = { optimistic = true } }\n"),
              testing::SizeIs(1));
  EXPECT_THAT(told("[tor.a]\n[experiment.x]\nevery = \"5m\"\nsize = 1\n"), testing::IsEmpty());
}

TEST(Advice, TellsThatSeveralTorsHaveSeveralGuards) {
  auto const told = [](std::string const& a, std::string const& b, std::string const& arms) {
    return advice(
        *load_text(kMinimal + ("[tor.a]\n" + a + "[tor.b]\n" + b) +
                   "[experiment.x]\nevery = \"5m\"\nsize = 1\ntor = \"a\"\narms = " + arms));
  };
  constexpr auto kTwoTors = "{ one = {}, two = { tor = \"b\" } }\n";
  EXPECT_THAT(
      told("", "", kTwoTors),
      testing::ElementsAre(testing::HasSubstr("experiment.x: its arms go through several")));
  constexpr auto kFast = "guards = \"fast\"\n";
  EXPECT_THAT(told(kFast, kFast, kTwoTors), testing::IsEmpty());
  EXPECT_THAT(told("", kFast, kTwoTors), testing::IsEmpty());  // guards are what is compared
  constexpr auto kOneTor = "{ fresh = {}, shared = { circuit = \"shared\" } }\n";
  EXPECT_THAT(told("", "", kOneTor), testing::IsEmpty());
}

TEST(Kinds, EachHasItsOwnSubject) {
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"upload\"\ntarget = \"http://a.example/\"\n"),
            "perfd.toml:5:1: experiment.x.size: is missing; a size as in \"50 KiB\" is expected\n");
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"upload\"\nsize = 9\n"
                       "target = \"http://a.example/\"\n"),
            "");
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"upload\"\nsize = \"2 GiB\"\n"
                       "target = \"http://a.example/\"\n"),
            "perfd.toml:8:8: experiment.x.size: 2 GiB is over the most for an upload, 1 GiB\n");
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"resolve\"\nquery = \"www.example.com\"\n"), "");
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"resolve\"\nquery = \"192.0.2.7\"\n"), "");
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"resolve\"\n"),
            "perfd.toml:7:8: experiment.x.query: is missing: a name to resolve is expected, or a "
            "numeric address\n");
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"resolve\"\nquery = \"a b\"\n"),
            "perfd.toml:8:9: experiment.x.query: 'a b' is not a host: a host name or a numeric "
            "address is expected, without a port\n");
  EXPECT_EQ(experiment("every = \"5m\"\nkind = \"resolve\"\nquery = \"a.example\"\nsize = 5\n"
                       "target = \"http://a.example/\"\n"),
            "perfd.toml:9:8: experiment.x.size: has no effect with kind = \"resolve\": leave it "
            "out\n"
            "perfd.toml:10:10: experiment.x.target: has no effect with kind = \"resolve\": leave "
            "it out\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 5\nquery = \"a.example\"\n"),
            "perfd.toml:8:9: experiment.x.query: has an effect only with kind = \"resolve\"\n");
}

TEST(Arms, AreReadByTheSameRules) {
  EXPECT_EQ(
      experiment("every = \"5m\"\nsize = 1\n[experiment.x.arms.a]\noptimistc = true\n"
                 "[experiment.x.arms.b]\ntor = \"none\"\ncircuit = 3\n"),
      "perfd.toml:9:1: experiment.x.arms: a.optimistc: unknown key; did you mean \"optimistic\"?\n"
      "perfd.toml:12:11: experiment.x.arms: b.circuit: must be one of \"fresh\", "
      "\"shared\", not an integer\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\narms = { a = { } }\n"),
            "perfd.toml:8:8: experiment.x.arms: at least two arms are expected\n");
  EXPECT_EQ(experiment("every = \"5m\"\nsize = 1\norder = \"parallel\"\n"),
            "perfd.toml:8:9: experiment.x.order: has an effect only with arms\n");
}

TEST(RefusedKey, DoesNotMakeFurtherErrors) {
  // `every` is not known, so nothing can be said of the time-out that has to fit into it.
  EXPECT_EQ(experiment("every = \"never\"\nsize = 1\ntimeout = \"6m\"\n"),
            "perfd.toml:6:9: experiment.x.every: 'never' is not a duration: write a number and ms, "
            "s, m, h or d, as in \"5m\" or \"1h30m\"\n");
  EXPECT_EQ(errors_of("[vantage]\nname = \"v\"\n[server]\npublic-host = 3\n"),
            "perfd.toml:4:15: server.public-host: must be a string, not an integer\n");
}

TEST(Check, HoldsSettingsThatNoFileMadeToTheSameRules) {
  auto settings = load_text(kMinimal).value();
  EXPECT_TRUE(check(settings).empty());
  settings.experiments[0].tor = "gone";
  auto const problems = check(settings);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(to_string(problems[0]),
            "experiment.download-50k.tor: no tor instance has this name: \"gone\" is not known; "
            "known are \"default\"");
}

TEST(Diagnostics, AreShownWhenAFailedConfigurationIsUsed) {
  auto const loaded = load_text("x");
  EXPECT_THROW((void)loaded.value(), std::logic_error);
}

}  // namespace
}  // namespace perfd::config
