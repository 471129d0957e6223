// docs/formats.md shows what the code really writes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "formats/documents.h"
#include "formats/jsonl.h"
#include "formats/support/example.h"
#include "formats/tpf.h"
#include "places.h"

namespace perfd::formats {
namespace {

std::string documentation() {
  std::ifstream in(perfd::test::source("docs/formats.md"));
  EXPECT_TRUE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// What stands between the fences of the first block after `heading`.
std::string block_after(std::string const& text, std::string const& heading) {
  auto const begin = text.find("\n```", text.find("\n" + heading + "\n"));
  auto const first = text.find('\n', begin + 1) + 1;
  return text.substr(first, text.find("\n```", first) + 1 - first);
}

TEST(Documentation, ShowsAJsonLineThatReadsAsTheExample) {
  auto const read = from_json_line(block_after(documentation(), "### Example of a JSON line"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json_line(*read), to_json_line(testing::documented_example()));
}

TEST(Documentation, ShowsTheTpfRecordOfTheExample) {
  EXPECT_EQ(block_after(documentation(), "### Example of a .tpf record"),
            write_tpf(to_tpf(testing::documented_example()).value()));
}

TEST(Documentation, ShowsTheThreeDocumentsOfTheExample) {
  auto const m = testing::documented_example();
  EXPECT_EQ(block_after(documentation(), "### Example of the three documents"),
            *file_download_document(m) + "\n" + *stream_document(m) + "\n" +
                circuit_document(m.source, m.proxy.port, m.tor.circuits[0]) + "\n");
}

TEST(Documentation, NamesEveryFailureAndItsOnionPerfWord) {
  auto const text = documentation();
  for (auto const code : model::all_failure_codes()) {
    if (code == model::FailureCode::ok) continue;
    model::Measurement m;
    m.outcome.code = code;
    auto const row = "| `" + std::string(model::name(code)) + "` | `" + onionperf_error(m) + "` |";
    EXPECT_NE(text.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace perfd::formats
