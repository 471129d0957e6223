#include "store/support/rollup_fixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cmath>

#include "store/sketch.h"

namespace perfd::store {
namespace {

void numbers_in(model::Measurement const& m, std::vector<Number>& out) {
  namespace mark = model::mark;
  auto const add = [&](std::uint8_t quantity, std::string_view end) {
    if (auto const span = m.marks.between(mark::kStart, end))
      out.push_back({quantity, static_cast<double>(span->count())});
  };
  add(kTtfb, mark::kDataResponse);
  add(kTtlb, mark::kDataComplete);
}

}  // namespace

Numbers test_numbers(std::string identity) { return {std::move(identity), numbers_in}; }

Options RollupTest::with_rollups() {
  auto with = options();
  with.numbers = test_numbers();
  return with;
}

std::unique_ptr<Store> RollupTest::open_rolled() {
  auto store = Store::open(with_rollups());
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

void RollupTest::import(std::vector<model::Measurement> const& measurements, Numbers numbers) {
  auto bulk = Bulk::open(
                  path_, [this] { return wall_from_us(now_us_); }, std::move(numbers))
                  .value();
  for (auto const& m : measurements) ASSERT_TRUE(bulk->add(m));
  ASSERT_TRUE(bulk->finish());
}

Trends RollupTest::trends() {
  auto trends = Trends::open(path_, test_numbers());
  if (!trends) throw std::runtime_error(trends.error().message);
  return std::move(*trends);
}

model::Measurement RollupTest::varied(int n) {
  auto m = measurement(n * 720, n % 5 < 3 ? "a" : "b");
  if (n % 5 == 1) m.arm = "early";
  if (n % 5 == 4) m.target = "onion";
  if (n % 5 == 2) m.kind = model::Kind::upload;
  // Times of all sizes, the same ones in every run.
  auto const ttfb = static_cast<std::int64_t>(
      50'000 * std::exp(static_cast<double>(std::int64_t{n} * 7919 % 1000) / 250));
  m.marks.set("DATARESPONSE", {m.started_at + Micros{ttfb}});
  m.marks.set("DATACOMPLETE", {m.started_at + Micros{ttfb * 3}});
  if (n % 7 == 3)
    m.outcome = {model::FailureCode::net_timeout, "http response", ""};
  else if (n % 97 == 5)
    m.outcome = {model::FailureCode::tor_circuit, "socks connect", ""};
  return m;
}

std::vector<model::Measurement> RollupTest::many(int from, int until) {
  std::vector<model::Measurement> out;
  for (int n = from; n < until; ++n) out.push_back(varied(n));
  return out;
}

std::int64_t RollupTest::number(std::string const& sql) {
  SQLite::Database file(path_.string(), SQLite::OPEN_READONLY, 5000);
  return file.execAndGet(sql).getInt64();
}

void RollupTest::change(std::string const& sql) {
  SQLite::Database(path_.string(), SQLite::OPEN_READWRITE, 5000).exec(sql);
}

std::int64_t RollupTest::rolled() { return number("SELECT value FROM meta WHERE key = 'rolled'"); }

RollupTest::Cells RollupTest::kept() {
  SQLite::Database file(path_.string(), SQLite::OPEN_READONLY, 5000);
  std::map<std::int64_t, model::SeriesKey> series;
  SQLite::Statement keys(file,
                         "SELECT id, source, experiment, arm, kind, target, filesize FROM series");
  while (keys.executeStep())
    series[keys.getColumn(0).getInt64()] = {
        keys.getColumn(1).getString(), keys.getColumn(2).getString(),
        keys.getColumn(3).getString(), model::kind_from(keys.getColumn(4).getString()).value(),
        keys.getColumn(5).getString(), keys.getColumn(6).getInt64()};
  Cells cells;
  SQLite::Statement rows(file, "SELECT id, counts FROM rollups");
  while (rows.executeStep()) {
    auto const id = rows.getColumn(0).getInt64();
    auto const level = static_cast<RollupLevel>(id >> 56);
    auto const quantity = static_cast<int>(id >> 48 & 0xFF);
    auto const bytes = rows.getColumn(1).getString();
    EXPECT_FALSE(bytes.empty());
    std::int64_t slot = 0;
    EXPECT_TRUE(read_counts(
        bytes,
        [&](std::uint32_t of_row) {
          slot = chunk_of(id) * (level == RollupLevel::hours ? 24 : kDaysOfRow) + of_row;
        },
        [&](std::uint32_t key, std::int64_t n) {
          cells[{series.at(id >> 16 & 0xFFFFFFFF), level, quantity, slot, key}] += n;
        }));
  }
  return cells;
}

RollupTest::Cells RollupTest::expected() {
  Cells cells;
  std::vector<Number> numbers;
  Filter filter;
  filter.before_seq = rolled() + 1;
  auto from = reader();
  auto const read = from.for_each_figures(
      filter,
      [&](model::Measurement const& m) {
        numbers.clear();
        if (m.outcome.ok()) numbers_in(m, numbers);
        auto const enter = [&](int quantity, std::uint32_t key) {
          auto const hour = hour_of(m.started_at);
          ++cells[{series_key(m), RollupLevel::hours, quantity, hour, key}];
          ++cells[{series_key(m), RollupLevel::days, quantity, hour / 24, key}];
        };
        enter(kOutcomes, static_cast<std::uint32_t>(m.outcome.code));
        for (auto const& number : numbers) enter(number.quantity, sketch_key(number.value));
        return true;
      },
      [](std::int64_t seq, Error const& why) { ADD_FAILURE() << seq << ": " << why.message; });
  EXPECT_TRUE(read) << read.error().message;
  return cells;
}

}  // namespace perfd::store
