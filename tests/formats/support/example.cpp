#include "formats/support/example.h"

#include <utility>

#include "base/id.h"

namespace perfd::testing {
namespace {

using namespace model;

WallTime at(std::int64_t us) { return wall_from_us(1'764'000'000'000'000 + us); }

Circuit circuit() {
  Circuit c;
  c.id = 12;
  c.instance = "default";
  c.tor_run = 1763999990;
  c.launched_at = at(3'100);
  c.purpose = "GENERAL";
  c.build_flags = "NEED_CAPACITY";
  c.socks_username = documented_example_id();
  c.path = {{"9695DFC35FFEB861329B9F1AB04C46397020CE31", "guard1", at(61'400)},
            {"D586D18309DED4CD6D57C18FDB97EFA96D330566", "middle2", at(142'800)},
            {"14C131DFC5C6F93646BE72FA1401C02A8DF2E8B4", "exit1", at(251'300)}};
  c.states = {{at(3'200), "LAUNCHED", ""},
              {at(61'400), "EXTENDED", ""},
              {at(142'800), "EXTENDED", ""},
              {at(251'300), "EXTENDED", ""},
              {at(251'350), "BUILT", ""}};
  c.built_at = at(251'350);
  c.build_timeout = Micros{60'000'000};
  c.timeout_quantile = 0.8;
  return c;
}

Stream stream() {
  Stream s;
  s.id = 41;
  s.instance = "default";
  s.tor_run = 1763999990;
  s.created_at = at(2'900);
  s.target = "203.0.113.7:80";
  s.source_address = "127.0.0.1:40312";
  s.purpose = "USER";
  s.socks_username = documented_example_id();
  s.client_protocol = "SOCKS5";
  s.states = {{at(2'900), "NEW", ""},
              {at(251'600), "SENTCONNECT", "12"},
              {at(398'000), "SUCCEEDED", "12"},
              {at(1'003'000), "CLOSED", "12"}};
  s.attachments = {{12, at(251'600), at(1'003'000), "DONE", ""}};
  s.closed_at = at(1'003'000);
  s.reason = "DONE";
  s.bytes_read = 51'341;
  s.bytes_written = 163;
  return s;
}

}  // namespace

std::string documented_example_id() { return make_id(at(0), {}); }

Measurement documented_example() {
  Measurement m;
  m.id = documented_example_id();
  m.source = "op-de1";
  m.experiment = "download-50k";
  m.perfd_version = "0.1.0";
  m.scheduled_at = at(0);
  m.started_at = at(2'000);
  m.filesize = m.payload_bytes = 51'200;
  m.readbytes = 51'358;
  m.writebytes = 215;
  m.socks_reply = 0;
  m.http_status = 200;
  m.local = {"", "127.0.0.1", 40'312};
  m.proxy = {"", "127.0.0.1", 9050};
  m.remote = {"203.0.113.7", "", 80};
  for (auto const& [name, us] : {std::pair{"START", 2'000},
                                 {"SOCKET", 2'030},
                                 {"CONNECT", 2'110},
                                 {"NEGOTIATE", 2'400},
                                 {"REQUEST", 2'430},
                                 {"RESPONSE", 398'200},
                                 {"DATAREQUEST", 398'260}})
    m.marks.set(name, {at(us)});
  auto const received = [&](std::string const& name, std::int64_t us, int bound) {
    m.marks.set(name, {at(us), MarkSource::kernel, Micros{bound}});
  };
  received("DATARESPONSE", 701'300, 21);
  received("DATAPERC0", 701'300, 21);
  received("PARTIAL10240", 760'800, 34);
  received("DATAPERC50", 840'100, 18);
  received("DATAPERC100", 1'001'400, 0);
  received("PARTIAL51200", 1'001'400, 0);
  received("DATACOMPLETE", 1'001'400, 0);
  for (auto const& [name, us] : {std::pair{"ACCEPT", 352'000},
                                 {"REQUEST", 551'000},
                                 {"FIRST_BYTE", 551'080},
                                 {"HALF", 551'120},
                                 {"LAST_BYTE", 551'160}})
    m.server.set(name, {at(us)});
  m.tor.instance = "default";
  m.tor.version = "0.4.8.16";
  m.tor.guard = circuit().path.front().fingerprint;
  m.tor.consensus_valid_after = at(-3'600'000'000);
  m.tor.build_timeout = Micros{60'000'000};
  m.tor.timeout_quantile = 0.8;
  m.tor.stream = stream();
  m.tor.circuits = {circuit()};
  return m;
}

}  // namespace perfd::testing
