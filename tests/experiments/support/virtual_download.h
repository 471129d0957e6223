// Downloads through a SOCKS proxy in virtual time: proxy and server are on unix sockets, so that
// what was sent has arrived, and a time-out of 295 s takes none.
// Thread: the loop's.
#pragma once

#include <gtest/gtest.h>

#include "experiments/measure_once.h"
#include "experiments/support/fake_tor.h"
#include "net/server.h"
#include "net/support/fault_server.h"
#include "net/support/socks_proxy.h"
#include "net/support/unix_place.h"
#include "runtime/random.h"
#include "runtime/virtual_time.h"

namespace perfd::experiments::test {

// One that sends 51200 bytes' worth of a request to a server that no name was looked up for.
inline MeasurementSpec a_download(std::int64_t size = 51200) {
  MeasurementSpec spec;
  spec.id = runtime::new_id();
  spec.source = "here";
  spec.experiment = "download-50k";
  spec.host = "192.0.2.1";
  spec.size = Bytes{size};
  return spec;
}

inline std::vector<std::string> names_of(model::Marks const& marks) {
  std::vector<std::string> out;
  for (auto const& entry : marks.entries()) out.push_back(entry.name);
  return out;
}

class VirtualDownload : public testing::Test {
 protected:
  MeasurementPorts ports() { return {loop_, &tor_, &marks_, &stop_}; }

  // From the real measurement server.
  model::Measurement run(MeasurementSpec spec, net::test::ProxyFaults faults = {}) {
    net::MeasurementServer server(loop_, {}, nullptr, &marks_);
    auto const where = place_.address("server");
    server.listen(std::move(*runtime::BoundListener::bind(where)));
    auto record = run_at(where, std::move(spec), std::move(faults));
    time_.run(loop_, server.stop());
    return record;
  }
  // From a server that does something wrong.
  model::Measurement run_against(net::test::Fault fault, MeasurementSpec spec) {
    net::test::FaultServer server(loop_, fault, place_.address("server"));
    return run_at(server.address(), std::move(spec), {});
  }
  // From whatever listens there.
  model::Measurement run_at(runtime::Address const& server, MeasurementSpec spec,
                            net::test::ProxyFaults faults) {
    faults.upstream = server;
    net::test::SocksProxy proxy(loop_, std::move(faults), place_.address("proxy"));
    spec.proxy = proxy.address();
    begun_ = runtime::mono_now();
    auto record = time_.run(loop_, measure_once(ports(), std::move(spec)));
    took_ = runtime::mono_now() - begun_;
    request_ = proxy.last_request();
    methods_ = proxy.last_methods();
    return record;
  }
  static void expect_failure(model::Measurement const& record, model::FailureCode code,
                             std::string_view operation) {
    EXPECT_EQ(model::name(record.outcome.code), model::name(code)) << record.outcome.detail;
    EXPECT_EQ(record.outcome.operation, operation);
    EXPECT_FALSE(record.outcome.detail.empty());
    EXPECT_NE(record.marks.find(model::mark::kStart), nullptr);
    EXPECT_EQ(record.marks.find(model::mark::kDataComplete), nullptr);
  }

  net::test::UnixPlace place_;
  runtime::VirtualTime time_;
  runtime::Loop loop_;
  ServerMarks marks_{loop_};
  FakeTor tor_;
  runtime::Event stop_{loop_.context()};
  MonoTime begun_{};
  Nanos took_{};
  wire::socks::ServerRequest request_;
  std::string methods_;
};

}  // namespace perfd::experiments::test
