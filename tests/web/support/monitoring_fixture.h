// A daemon in memory, and the parts of the web room that ask it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "runtime/virtual_time.h"
#include "web/daemon.h"
#include "web/http.h"
#include "web/support/exposition.h"

namespace perfd::web {

class FakeDaemon final : public Daemon {
 public:
  DaemonState now;
  std::optional<Error> silent;  // it does not answer
  model::Measurement fetched;
  Nanos takes{0};
  std::vector<ProbeOrder> orders;

  runtime::Task<Result<DaemonState>> state() override {
    if (silent) co_return *silent;
    co_return now;
  }
  runtime::Task<Result<model::Measurement>> probe(ProbeOrder order) override {
    if (silent) co_return *silent;
    orders.push_back(std::move(order));
    co_await runtime::sleep_for(takes);
    co_return fetched;
  }
};

inline std::string field_of(Response const& response, std::string_view name) {
  for (auto const& [key, value] : response.fields)
    if (key == name) return value;
  return "";
}
inline std::string text_of(Response const& response) {
  return std::get<std::string>(response.body);
}

inline model::Measurement download_of(std::string experiment, Micros ttfb, Micros ttlb) {
  model::Measurement out;
  out.experiment = std::move(experiment);
  out.started_at = wall_from_us(1'700'000'000'000'000);
  out.marks.set(model::mark::kStart, {out.started_at});
  out.marks.set(model::mark::kResponse, {out.started_at + ttfb / 2});
  out.marks.set(model::mark::kDataRequest, {out.started_at + ttfb / 2});
  out.marks.set(model::mark::kDataResponse, {out.started_at + ttfb});
  out.marks.set(model::mark::kDataComplete, {out.started_at + ttlb});
  return out;
}

}  // namespace perfd::web
