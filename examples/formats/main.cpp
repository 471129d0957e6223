// Reads a file of results and prints a line for each: when it began, how it ended, and how long its
// first and its last byte took.
//
//   read_results FILE [OUT.tpf]
//
// FILE has perfd's JSON lines, Torperf's .tpf lines, or is an analysis of OnionPerf. With OUT.tpf
// the results are written there, too, as far as .tpf has a place for them.
#include <perfd/formats.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace {

using perfd::model::Measurement;

std::string seconds(Measurement const& m, char const* mark) {
  auto const span = m.marks.between("START", mark);
  return span ? perfd::format_seconds(*span, 3) : "-";
}

void print(Measurement const& m) {
  std::printf("%s %s %s %s %s\n", m.source.c_str(), perfd::format_iso_seconds(m.started_at).c_str(),
              std::string(perfd::model::name(m.outcome.code)).c_str(),
              seconds(m, "DATARESPONSE").c_str(), seconds(m, "DATACOMPLETE").c_str());
}

// What can't be read is told, and the rest is read.
class Results {
 public:
  void read(std::string const& text) {
    if (perfd::formats::begins_like_onionperf(text))
      read_analysis(text);
    else
      read_lines(text);
  }
  [[nodiscard]] std::vector<Measurement> const& all() const { return all_; }
  [[nodiscard]] int problems() const { return problems_; }

 private:
  void read_analysis(std::string const& text) {
    perfd::formats::OnionPerfReader reader(
        {[this](Measurement&& m) { all_.push_back(std::move(m)); }, {}, {}});
    auto const fed = reader.feed(text);
    if (!fed) return complain(1, fed.error());
    if (auto const end = reader.finish(); !end) complain(1, end.error());
  }

  void read_lines(std::string const& text) {
    bool const json = text.starts_with('{');
    perfd::formats::TpfReader tpf;
    std::istringstream lines(text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      if (json) {
        keep(number, perfd::formats::from_json_line(line));
      } else if (auto const record = tpf.line(line); !record) {
        complain(number, record.error());
      } else if (*record) {  // an annotation alone is no record yet
        keep(number, perfd::formats::from_tpf(**record));
      }
    }
    if (json) return;
    if (auto const end = tpf.finish(); !end) complain(number, end.error());
  }

  void keep(int line, perfd::Result<Measurement> read) {
    if (read)
      all_.push_back(std::move(*read));
    else
      complain(line, read.error());
  }
  void complain(int line, perfd::Error const& error) {
    std::fprintf(stderr, "line %d: %s\n", line, error.message.c_str());
    ++problems_;
  }

  std::vector<Measurement> all_;
  int problems_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 2 || count > 3) {
    std::fprintf(stderr, "usage: %s FILE [OUT.tpf]\n", arguments[0]);
    return 2;
  }
  std::ifstream file(arguments[1], std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "can't read %s\n", arguments[1]);
    return 2;
  }
  Results results;
  results.read(std::string(std::istreambuf_iterator<char>(file), {}));
  std::string tpf;
  for (auto const& measurement : results.all()) {
    print(measurement);
    (void)perfd::formats::append_tpf(tpf, measurement);
  }
  if (count == 3) std::ofstream(arguments[2], std::ios::binary) << tpf;
  return results.problems() == 0 ? 0 : 1;
}
