#include "store/support/store_fixture.h"

#include <unistd.h>

#include <chrono>
#include <future>
#include <thread>

#include "base/id.h"
#include "formats/jsonl.h"

namespace perfd::store {
namespace {

constexpr std::chrono::seconds kPatience{20};

// Starts an operation with a callback and waits for what it gives.
template <class Value>
Result<Value> wait_for(std::function<void(std::function<void(Result<Value>)>)> const& operation) {
  auto promise = std::make_shared<std::promise<Result<Value>>>();
  auto future = promise->get_future();
  operation([promise](Result<Value> result) { promise->set_value(std::move(result)); });
  if (future.wait_for(kPatience) != std::future_status::ready)
    return Error{"the callback was not called"};
  return future.get();
}

}  // namespace

StoreTest::StoreTest() {
  std::string pattern = (std::filesystem::temp_directory_path() / "perfd-store-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  folder_ = pattern;
  path_ = folder_ / "perfd.db";
}

StoreTest::~StoreTest() { std::filesystem::remove_all(folder_); }

Options StoreTest::options() {
  Options options;
  options.path = path_;
  options.now = [this] { return wall_from_us(now_us_); };
  options.batch_delay = Micros{1000};
  options.retry_delay = Micros{1000};
  return options;
}

std::unique_ptr<Store> StoreTest::open() {
  auto store = Store::open(options());
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

std::string StoreTest::open_error() {
  auto const store = Store::open(options());
  return store ? "no error" : store.error().message;
}

Reader StoreTest::reader() {
  auto reader = Reader::open(path_);
  if (!reader) throw std::runtime_error(reader.error().message);
  return std::move(*reader);
}

WallTime StoreTest::at(int seconds) {
  return wall_from_us(1'700'000'000'000'000 + std::int64_t{seconds} * 1'000'000);
}

std::string id_of(int n) {
  IdEntropy entropy{};
  entropy[9] = static_cast<std::byte>(n & 0xFF);
  entropy[8] = static_cast<std::byte>((n >> 8) & 0xFF);
  return make_id(wall_from_us(1'700'000'000'000'000 + std::int64_t{n} * 1'000'000), entropy);
}

model::Measurement StoreTest::measurement(int n, std::string experiment) {
  model::Measurement m;
  m.id = id_of(n);
  m.source = "op-test";
  m.experiment = std::move(experiment);
  m.started_at = m.scheduled_at = at(n);
  m.filesize = 51200;
  m.tor.instance = "default";
  m.marks.set("START", {at(n)});
  m.marks.set("DATARESPONSE", {at(n) + Micros{300'000}});
  m.marks.set("DATACOMPLETE", {at(n) + Micros{900'000}});
  return m;
}

model::Circuit StoreTest::circuit(int n) {
  model::Circuit circuit;
  circuit.id = static_cast<std::uint64_t>(n);
  circuit.instance = "default";
  circuit.tor_run = 1;
  circuit.launched_at = at(n);
  circuit.purpose = "GENERAL";
  circuit.path = {{std::string(40, 'A'), "alice", at(n)}};
  return circuit;
}

model::Stream StoreTest::stream(int n) {
  model::Stream stream;
  stream.id = static_cast<std::uint64_t>(n);
  stream.instance = "default";
  stream.tor_run = 1;
  stream.created_at = at(n);
  stream.target = "example.com:80";
  return stream;
}

RawEvent StoreTest::raw_event(int n) {
  return {"default", 1, at(n), "650 CIRC " + std::to_string(n) + " LAUNCHED"};
}

Result<void> StoreTest::started(Store& store, model::Measurement m) {
  return wait_for<void>([&](auto callback) { store.started(std::move(m), std::move(callback)); });
}

Result<void> StoreTest::done(Store& store, model::Measurement m) {
  return wait_for<void>([&](auto callback) { store.done(std::move(m), std::move(callback)); });
}

Result<void> StoreTest::flush(Store& store) {
  return wait_for<void>([&](auto callback) { store.flush(std::move(callback)); });
}

Result<Pruned> StoreTest::prune(Store& store, Retention retention) {
  return wait_for<Pruned>([&](auto callback) { store.prune(retention, std::move(callback)); });
}

bool StoreTest::eventually(std::function<bool()> const& met) {
  auto const deadline = std::chrono::steady_clock::now() + kPatience;
  while (!met()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

std::vector<std::string> StoreTest::ids(Filter const& filter) {
  std::vector<std::string> found;
  auto from = reader();
  auto const count = from.for_each(filter, [&](Row const& row) {
    found.push_back(formats::from_json_line(row.record).value().id);
    return true;
  });
  EXPECT_TRUE(count) << count.error().message;
  return found;
}

}  // namespace perfd::store
