// A folder of its own for each test, and the Store's callbacks as values to wait for.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

#include "store/reader.h"
#include "store/store.h"

namespace perfd::store {

class StoreTest : public ::testing::Test {
 protected:
  StoreTest();
  ~StoreTest() override;

  [[nodiscard]] Options options();
  [[nodiscard]] std::unique_ptr<Store> open();
  [[nodiscard]] std::string open_error();
  [[nodiscard]] Reader reader();

  // A measurement that started `n` seconds after a fixed moment; its id tells n.
  [[nodiscard]] static model::Measurement measurement(int n, std::string experiment = "a");
  [[nodiscard]] static model::Circuit circuit(int n);
  [[nodiscard]] static model::Stream stream(int n);
  [[nodiscard]] static RawEvent raw_event(int n);
  [[nodiscard]] static WallTime at(int seconds);

  // Each waits for the callback (at most 20 s) and gives its result.
  static Result<void> started(Store& store, model::Measurement m);
  static Result<void> done(Store& store, model::Measurement m);
  static Result<void> flush(Store& store);
  static Result<Pruned> prune(Store& store, Retention retention);

  // Polls `met` until it is true, at most 20 s.
  [[nodiscard]] static bool eventually(std::function<bool()> const& met);

  // The ids of all results, in order.
  [[nodiscard]] std::vector<std::string> ids(Filter const& filter = {});

  std::filesystem::path folder_;
  std::filesystem::path path_;
  std::atomic<std::int64_t> now_us_{1'700'000'000'000'000};
};

[[nodiscard]] std::string id_of(int n);

}  // namespace perfd::store
