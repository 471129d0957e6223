// A private Tor network held by `perfd testnet up`, for tests of the program on it.
#pragma once

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "app/perfd_process.h"
#include "testnet/real/processes.h"

namespace perfd::app {

using testnet::processes_naming;

class NetworkTest : public PerfdProcessTest {
 protected:
  // `more` are further arguments of `testnet up`.
  void up(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"testnet", "up", "--folder", network(), "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto const done = run(std::move(arguments), std::chrono::seconds{90});
    ASSERT_EQ(done.status.code, 0) << done.text();
    info_ = boost::json::parse(done.lines.back()).as_object();
  }
  ~NetworkTest() override {
    if (!info_.empty()) run({"testnet", "down", "--folder", network()});
  }

  [[nodiscard]] std::string network() const { return (folder_ / "net").string(); }
  [[nodiscard]] std::string torrc_file() const { return network() + "/client.torrc"; }

  // The network's lines for any further tor, as a list in TOML lacks its brackets.
  std::string torrc() {
    std::string out;
    for (auto const& line : info_.at("torrc").as_array())
      out += boost::json::serialize(line) + ", ";
    return out;
  }
  // The server's port: no other test process that runs beside this one has it.
  static std::uint16_t port() { return static_cast<std::uint16_t>(18000 + ::getpid() % 1000); }
  static std::string listen() { return "127.0.0.1:" + std::to_string(port()); }
  // "http://perfd.test:PORT" + path: as an exit reaches it.
  static std::string at_server(std::string const& path) {
    return "http://perfd.test:" + std::to_string(port()) + path;
  }

  // A configuration on this network; `more` is appended.
  std::string configure(std::string const& more) { return configure(more, listen()); }
  std::string configure(std::string const& more, std::string const& listen) {
    return write("perfd.toml", "[vantage]\nname = \"test\"\n[server]\nlisten = [\"" + listen +
                                   "\"]\npublic-host = \"perfd.test\"\n[store]\npath = \"" +
                                   data() + "/perfd.db\"\n[tor.default]\ntorrc = [" + torrc() +
                                   "]\n" + more);
  }
  static std::string experiment(std::string const& name, std::string const& size,
                                std::string const& every, std::string const& timeout) {
    return "[experiment." + name + "]\nkind = \"download\"\nsize = \"" + size + "\"\nevery = \"" +
           every + "\"\ntimeout = \"" + timeout + "\"\n";
  }
  [[nodiscard]] std::string data() const { return (folder_ / "data").string(); }

  // All records of the store, oldest first.
  std::vector<boost::json::object> records(std::string const& data) {
    std::vector<boost::json::object> out;
    for (auto const& line : run({"export", "--data", data}).lines)
      if (line.starts_with('{')) out.push_back(boost::json::parse(line).as_object());
    return out;
  }
  std::vector<std::string> outcomes() {
    std::vector<std::string> out;
    for (auto const& record : records(data())) out.emplace_back(record.at("outcome").as_string());
    return out;
  }

  // Asks again and again until it holds; the limit is for a machine that is busy.
  template <class Condition>
  bool eventually(Condition condition, int seconds = 40) {
    auto const until = runtime::mono_now() + std::chrono::seconds(seconds);
    while (runtime::mono_now() < until) {
      if (condition()) return true;
      loop_.run_until_done(runtime::sleep_for(std::chrono::milliseconds(100)));
    }
    return condition();
  }
  std::string log() {
    auto const text = runtime::read_file(data() + "/perfd.log", 1 << 24);
    return text ? *text : std::string();
  }
  // The pid of the daemon, 0 for none.
  pid_t daemon() {
    auto const text = runtime::read_file(data() + "/perfd.pid", 64);
    return text ? std::stoi(*text) : 0;
  }

  std::string curl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-s", "-i", "-m", "10"});
    auto child = loop_.run_until_done(launcher_.start({"/usr/bin/curl", arguments, {}, folder_}));
    if (!child) throw std::runtime_error(child.error().message);
    return loop_.run_until_done(finish(*child)).value().text();
  }

  boost::json::object info_;
};

}  // namespace perfd::app
