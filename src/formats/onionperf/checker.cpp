#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "formats/onionperf/rows.h"
#include "formats/onionperf/rules.h"
#include "formats/onionperf_check.h"

namespace perfd::formats {
namespace onionperf {
namespace {

// Takes the rows and keeps nothing of them.
class Critic : public Rows {
 public:
  explicit Critic(OnionPerfComplaint to) : complain_(std::move(to)) {}

  OnionPerfTally tally;

  void wrong(std::string const& what) {
    ++tally.errors;
    if (tally.errors <= kMaxOnionPerfComplaints) complain_(what);
  }
  // Once the whole document is there: what depends on its version, which stands last.
  void finish() {
    if (!typed_) wrong("type: is missing");
    if (version_.empty()) wrong("version: is missing");
    if (sources_ == 0) wrong("data: has no source");
    if (version_.empty() || !version_problem(version_).none()) return;
    bool const new_names = version_.front() >= '3';
    auto const& others = new_names ? with_transfers_ : with_streams_;
    if (others)
      wrong("data." + printable(*others) + ".tgen." + (new_names ? "transfers" : "streams") +
            ": version " + printable(version_) + " has " + (new_names ? "streams" : "transfers"));
  }

  bool tolerates(std::string const& problem) override {
    wrong(problem);
    return true;
  }
  RowProblem type(std::string_view text) override {
    typed_ = true;
    if (text != "onionperf") return {"", "must be \"onionperf\""};
    return {};
  }
  RowProblem version(std::string_view text) override {
    version_ = text.substr(0, 20);
    return version_problem(text);
  }
  RowProblem source(std::string_view name) override {
    ++sources_;
    source_ = name;
    has_address_ = has_transfers_ = false;
    if (name.empty()) return {"", "a source must have a name"};
    return {};
  }
  RowProblem address(std::string_view) override {
    has_address_ = true;
    return {};
  }
  RowProblem begin(Section section) override {
    if (section == Section::streams || section == Section::transfers) {
      has_transfers_ = true;
      auto& first = section == Section::streams ? with_streams_ : with_transfers_;
      if (!first) first = source_;
    }
    return {};
  }
  RowProblem row(Section section, std::string_view key, Row const& row) override {
    if (section == Section::streams || section == Section::transfers) ++tally.measurements;
    if (section == Section::circuits) ++tally.circuits;
    if (section == Section::tor_streams) ++tally.streams;
    return check_row(section, key, row);
  }
  RowProblem end_source() override {
    auto const place = "data." + printable(source_);
    if (!has_address_) wrong(place + ".measurement_ip: is missing");
    if (!has_transfers_) wrong(place + ".tgen: has neither streams nor transfers");
    return {};
  }

 private:
  OnionPerfComplaint complain_;
  bool typed_ = false;
  std::string version_;
  std::size_t sources_ = 0;
  std::string source_;
  bool has_address_ = false;
  bool has_transfers_ = false;
  std::optional<std::string> with_streams_;  // the first source that has them
  std::optional<std::string> with_transfers_;
};

}  // namespace
}  // namespace onionperf

struct OnionPerfChecker::State {
  explicit State(OnionPerfComplaint to) : critic(std::move(to)), document(critic) {}
  onionperf::Critic critic;
  onionperf::Document document;  // depends-on: critic
  bool broken = false;
};

OnionPerfChecker::OnionPerfChecker(OnionPerfComplaint complain)
    : state_(std::make_unique<State>(std::move(complain))) {}
OnionPerfChecker::~OnionPerfChecker() = default;

bool OnionPerfChecker::feed(std::string_view chunk) {
  if (state_->broken) return false;
  auto const fed = state_->document.feed(chunk);
  if (!fed) state_->critic.wrong(fed.error().message);
  state_->broken = !fed;
  return !state_->broken;
}

OnionPerfTally OnionPerfChecker::finish() {
  if (!state_->broken) {
    auto const whole = state_->document.finish();
    if (whole)
      state_->critic.finish();
    else
      state_->critic.wrong(whole.error().message);
  }
  return state_->critic.tally;
}

OnionPerfTally check_onionperf(std::string_view text, OnionPerfComplaint const& complain) {
  OnionPerfChecker checker(complain);
  static_cast<void>(checker.feed(text));  // which complained
  return checker.finish();
}

bool begins_like_onionperf(std::string_view text) {
  auto const skip_blanks = [&] {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  };
  skip_blanks();
  if (!text.starts_with('{')) return false;
  text.remove_prefix(1);
  skip_blanks();
  return text.starts_with("\"data\"");
}

}  // namespace perfd::formats
