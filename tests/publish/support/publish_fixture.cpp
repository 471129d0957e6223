#include "publish/support/publish_fixture.h"

#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "base/time_text.h"
#include "formats/onionperf_check.h"
#include "formats/tpf.h"
#include "import/input.h"
#include "runtime/files.h"
#include "store/bulk.h"

namespace perfd::publish {

PublishTest::PublishTest()
    : folder_(runtime::make_temporary_folder("perfd-publish-test").value()),
      store_(folder_ / "perfd.db"),
      root_(folder_ / "published") {}

PublishTest::~PublishTest() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

model::Measurement PublishTest::download(std::string source, WallTime start, Micros took,
                                         std::int64_t size) {
  auto const number = next_++;
  IdEntropy entropy{};
  entropy[9] = static_cast<std::byte>(number);
  model::Measurement m;
  m.id = make_id(start, entropy);
  m.source = std::move(source);
  m.experiment = "download";
  m.started_at = m.scheduled_at = start;
  m.filesize = m.payload_bytes = size;
  m.readbytes = size + 150;
  m.writebytes = 200;
  auto const step = took / 10;
  auto const mark = [&](std::string_view name, int n) { m.marks.set(name, {start + n * step}); };
  mark("START", 0);
  mark("SOCKET", 0);
  mark("CONNECT", 0);
  mark("NEGOTIATE", 0);
  mark("REQUEST", 0);
  mark("RESPONSE", 2);
  mark("DATAREQUEST", 2);
  mark("DATARESPONSE", 4);
  mark("DATAPERC0", 4);
  for (int tenth = 1; tenth < 10; ++tenth) mark(model::dataperc_name(10 * tenth), 5);
  mark("DATAPERC100", 10);
  mark("DATACOMPLETE", 10);
  m.local = {"", "127.0.0.1", static_cast<std::uint16_t>(20000 + number)};
  m.proxy = {"", "127.0.0.1", 9050};
  m.remote = {"203.0.113.7", "", 80};
  m.tor.instance = "default";
  m.tor.circuits = {circuit(number, start - 1s, start + took + 1s)};
  auto& stream = m.tor.stream.emplace();
  stream.id = 100 + number;
  stream.instance = "default";
  stream.tor_run = 1;
  stream.created_at = start;
  stream.closed_at = start + took;
  stream.target = "203.0.113.7:80";
  stream.source_address = "127.0.0.1:" + std::to_string(m.local.port);
  stream.attachments = {{number, start + step, {}, {}, {}}};
  return m;
}

model::Circuit PublishTest::circuit(std::uint64_t id, WallTime launched, WallTime closed,
                                    std::string instance) {
  model::Circuit out;
  out.id = id;
  out.instance = std::move(instance);
  out.tor_run = 1;
  out.launched_at = launched;
  out.built_at = launched + 300ms;
  out.closed_at = closed;
  out.purpose = "GENERAL";
  out.path = {{std::string(40, 'A'), "alice", launched + 100ms},
              {std::string(40, 'B'), "bob", launched + 200ms},
              {std::string(40, 'C'), "carol", launched + 300ms}};
  return out;
}

void PublishTest::keep(std::vector<model::Measurement> const& measurements,
                       std::vector<model::Circuit> const& circuits) {
  auto bulk = store::Bulk::open(store_, [] { return at(48h); });
  ASSERT_TRUE(bulk) << bulk.error().message;
  for (auto const& m : measurements) {
    ASSERT_TRUE((*bulk)->add(m));
    for (auto const& one : m.tor.circuits) ASSERT_TRUE((*bulk)->add(one));
  }
  for (auto const& one : circuits) ASSERT_TRUE((*bulk)->add(one));
  ASSERT_TRUE((*bulk)->finish());
}

DayReport PublishTest::publish(Day day, DayOptions options) {
  options.folder = root_;
  auto open = reader();
  auto const report = publish_day(open, day, options);
  EXPECT_TRUE(report) << report.error().message;
  return report ? *report : DayReport{};
}

std::vector<std::string> PublishTest::published() const {
  std::vector<std::string> out;
  if (!std::filesystem::exists(root_)) return out;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(root_))
    if (entry.is_regular_file())
      out.push_back(std::filesystem::relative(entry.path(), root_).string());
  std::sort(out.begin(), out.end());
  return out;
}

std::string PublishTest::bytes(std::string const& file) const {
  return runtime::read_file(root_ / file, 1 << 24).value();
}

ReadAnalysis PublishTest::analysis(std::string const& file) const {
  auto input = import::Input::open(root_ / file).value();
  EXPECT_TRUE(input->next().value());
  std::string text;
  for (;;) {
    auto const piece = input->read().value();
    if (piece.empty()) break;
    text += piece;
  }
  (void)formats::check_onionperf(text,
                                 [&](std::string const& what) { ADD_FAILURE() << file << what; });
  ReadAnalysis out;
  formats::OnionPerfReader reader(
      {[&](model::Measurement&& m) { out.measurements.push_back(std::move(m)); },
       [&](std::string const&, formats::OnionPerfCircuit&& row) {
         out.circuits.push_back(std::move(row.circuit));
       },
       {}});
  EXPECT_TRUE(reader.feed(text));
  EXPECT_TRUE(reader.finish());
  return out;
}

std::string PublishTest::refusal(std::string const& source, std::string const& name) const {
  auto const parts = split(name, '-');
  if (!name.starts_with(source + "-") || parts.size() < 5) return "invalid file name";
  auto const filesize = parse_int<std::int32_t>(parts[parts.size() - 4]);
  auto const date = name.substr(name.size() - 14, 10);
  if (!filesize) return "invalid file size";
  auto const records = formats::read_tpf(bytes(source + "/" + name));
  if (!records) return records.error().message;
  if (records->empty()) return "no results";
  for (auto const& record : *records) {
    if (*record.find("SOURCE") != source) return "another source";
    if (*record.find("FILESIZE") != std::to_string(*filesize)) return "another file size";
    auto const start = parse_seconds(*record.find("START"));
    if (!start || format_date(WallTime(*start)) != date) return "another date";
  }
  return {};
}

}  // namespace perfd::publish
