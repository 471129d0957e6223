#include "app/check_results.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "app/cli.h"
#include "formats/jsonl.h"
#include "formats/onionperf_check.h"
#include "formats/tpf.h"
#include "import/file_kind.h"
#include "import/import.h"
#include "import/input.h"
#include "import/lines.h"

namespace perfd::app {
namespace {

struct CheckTally {
  std::size_t good = 0;
  std::size_t bad = 0;
};

void complain_at(std::string const& place, std::string const& what) {
  std::fprintf(stderr, "%s: %s\n", place.c_str(), what.c_str());
}

// One file of results, which may be one of a tarball.
class ResultFile {
 public:
  ResultFile(import::Input& input, std::string place, std::string_view beginning)
      : input_(input), place_(std::move(place)), beginning_(beginning) {}

  CheckTally check() {
    if (formats::begins_like_onionperf(beginning_)) return check_document();
    return check_lines(beginning_.starts_with('{'));
  }

 private:
  Result<std::string_view> read() {
    if (!std::exchange(begun_, true) && !beginning_.empty()) return std::string_view(beginning_);
    return input_.read();
  }

  CheckTally check_document() {
    formats::OnionPerfChecker checker(
        [this](std::string const& what) { complain_at(place_, what); });
    while (true) {
      auto const piece = read();
      if (!piece) {
        complain_at(place_, piece.error().message);
        return {0, 1};
      }
      if (piece->empty() || !checker.feed(*piece)) break;
    }
    auto const tally = checker.finish();
    return {tally.measurements - std::min(tally.measurements, tally.errors), tally.errors};
  }

  CheckTally check_lines(bool json) {
    CheckTally tally;
    formats::TpfReader tpf;
    import::Lines lines([this] { return read();
  }, import::kLongestRecord);
  auto const wrong = [&](std::string const& what) {
    ++tally.bad;
    complain_at(place_ + ":" + std::to_string(lines.number()), what);
  };
  while (true) {
    auto const line = lines.next();
    if (!line) wrong(line.error().message);
    if (!line || !*line) break;
    if (lines.too_long())
      wrong("a line that is too long");
    else if (json)
      count(formats::from_json_line(**line), tally, wrong);
    else
      count_record(tpf.line(**line), tally, wrong);
  }
  if (json) return tally;
  if (auto const end = tpf.finish(); !end) wrong(end.error().message);
  return tally;
}

template <class Read, class Wrong>
static void count(Read const& read, CheckTally& tally, Wrong const& wrong) {
  if (read)
    ++tally.good;
  else
    wrong(read.error().message);
}
template <class Read, class Wrong>
static void count_record(Read const& read, CheckTally& tally, Wrong const& wrong) {
  if (!read)
    wrong(read.error().message);
  else if (*read)
    ++tally.good;
}

import::Input& input_;
std::string place_;
std::string beginning_;
bool begun_ = false;
};  // namespace

// Of what is only ever read, importing it tells.
class CheckingSink final : public import::Sink {
 public:
  Result<void> measurement(model::Measurement) override {
    ++tally.good;
    return {};
  }
  Result<void> circuit(model::Circuit) override { return {}; }
  void problem(std::string const& place, std::string const& reason) override {
    ++tally.bad;
    complain_at(place, reason);
  }
  void progress(std::int64_t, std::int64_t) override {}

  CheckTally tally;
};

bool is_only_read(import::FileKind kind) {
  using Kind = import::FileKind;
  return kind != Kind::unknown && kind != Kind::perfd_lines && kind != Kind::tpf &&
         kind != Kind::onionperf_analysis;
}

Result<CheckTally> check_file(std::string const& path) {
  auto input = import::Input::open(path);
  if (!input) return input.error();
  CheckTally sum;
  while (true) {
    auto const place = (*input)->next();
    if (!place) return place.error();
    if (!*place) return sum;
    auto const first = (*input)->read();
    if (!first) return first.error();
    std::string const beginning(*first);
    if (!(*input)->is_tarball() && is_only_read(import::kind_of(path, beginning))) {
      CheckingSink sink;
      auto const read = import::import_files({path}, {}, sink);
      if (!read) return read.error();
      return sink.tally;
    }
    auto const tally = ResultFile(**input, **place, beginning).check();
    sum.good += tally.good;
    sum.bad += tally.bad;
  }
}

}  // namespace perfd::app

int check_results(std::vector<std::string> const& paths) {
  int code = kDone;
  for (auto const& path : paths) {
    auto const tally = check_file(path);
    if (!tally) {
      code = complain("can't read " + tally.error().message, kCannotRun);
      continue;
    }
    std::printf("%s: %zu results, %zu errors\n", path.c_str(), tally->good, tally->bad);
    if (tally->bad > 0 || tally->good == 0) code = std::max(code, kFailed);
  }
  return code;
}

}  // namespace perfd::app
