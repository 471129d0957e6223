// Prometheus' text format, read strictly: what its own parser would pass by is told, too.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"

namespace perfd::web {

using Labels = std::map<std::string, std::string>;

class Exposition {
 public:
  explicit Exposition(std::string_view text) {
    if (!text.ends_with('\n')) wrong_.emplace_back("the last line has no end");
    if (text.ends_with('\n')) text.remove_suffix(1);
    for (auto const line : split(text, '\n')) read(std::string(line));
    for (auto const& [name, family] : families_) check(name, family);
  }

  // Empty: all is well.
  [[nodiscard]] std::vector<std::string> const& wrong() const { return wrong_; }
  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> out;
    for (auto const& [name, family] : families_) out.insert(name);
    return out;
  }
  // Of the series with at least these labels; all of them summed up.
  [[nodiscard]] std::optional<double> value(std::string const& name,
                                            Labels const& labels = {}) const {
    std::optional<double> sum;
    for (auto const& sample : samples_) {
      bool const matches =
          sample.name == name && std::all_of(labels.begin(), labels.end(), [&](auto const& label) {
            auto const found = sample.labels.find(label.first);
            return found != sample.labels.end() && found->second == label.second;
          });
      if (matches) sum = sum.value_or(0) + sample.value;
    }
    return sum;
  }

 private:
  struct Family {
    std::string help, type;
    bool closed = false;
    std::size_t samples = 0;
  };
  struct Sample {
    std::string name;
    Labels labels;
    double value = 0;
  };

  static bool is_name(std::string_view text) {
    return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
           std::all_of(text.begin(), text.end(), [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
  }

  void read(std::string const& line) {
    if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) return read_comment(line);
    if (line.empty() || line[0] == '#') return wrong(line, "is neither a sample nor its help");
    read_sample(line);
  }
  void read_comment(std::string const& line) {
    auto const space = line.find(' ', 7);
    auto const name = line.substr(7, space - 7);
    auto const rest = space == std::string::npos ? "" : line.substr(space + 1);
    auto& family = families_[name];
    enter(name);
    (line[2] == 'H' ? family.help : family.type) = rest;
    if (family.samples > 0) wrong(line, "comes after samples");
  }
  void enter(std::string const& name) {
    if (name == current_) return;
    if (!current_.empty()) families_[current_].closed = true;
    if (families_[name].closed) wrong_.push_back(name + " is not in one piece");
    current_ = name;
  }
  void read_sample(std::string const& line) {
    Sample sample;
    auto at = line.find_first_of("{ ");
    if (at == std::string::npos) return wrong(line, "has no value");
    sample.name = line.substr(0, at);
    if (line[at] == '{' && !read_labels(line, at, sample.labels)) return wrong(line, "labels");
    if (at >= line.size() || line[at] != ' ') return wrong(line, "has no space before its value");
    char* end = nullptr;
    sample.value = std::strtod(line.c_str() + at + 1, &end);
    if (end == line.c_str() + at + 1 || *end != '\0') return wrong(line, "its value is no number");
    auto const family = family_of(sample.name);
    enter(family);
    ++families_[family].samples;
    if (!seen_.insert(line.substr(0, at)).second) wrong(line, "is there twice");
    samples_.push_back(std::move(sample));
  }
  bool read_labels(std::string const& line, std::size_t& at, Labels& labels) {
    ++at;
    while (at < line.size() && line[at] != '}') {
      auto const equals = line.find("=\"", at);
      if (equals == std::string::npos) return false;
      auto const label = line.substr(at, equals - at);
      if (!is_name(label)) return false;
      std::string value;
      for (at = equals + 2; at < line.size() && line[at] != '"'; ++at) {
        if (line[at] == '\\') ++at;
        value += line[at];
      }
      if (at >= line.size()) return false;
      ++at;
      if (!labels.emplace(label, value).second) return false;
      if (value.size() >= 40 && unhex(value)) wrong(line, "looks like a fingerprint");
      for (auto const* reserved : {"instance", "job", "id", "fingerprint"})
        if (label == reserved) wrong(line, "has a label that is not to be there");
      if (line[at] == ',') ++at;
    }
    if (at >= line.size()) return false;
    ++at;
    return true;
  }
  // The family of "x_bucket" is x, if x is a histogram.
  std::string family_of(std::string const& name) {
    for (auto const* suffix : {"_bucket", "_sum", "_count"}) {
      if (!name.ends_with(suffix)) continue;
      auto const base = name.substr(0, name.size() - std::string_view(suffix).size());
      if (auto const found = families_.find(base);
          found != families_.end() && found->second.type == "histogram")
        return base;
    }
    return name;
  }

  void check(std::string const& name, Family const& family) {
    if (!is_name(name)) wrong_.push_back(name + " is no name");
    if (family.help.empty()) wrong_.push_back(name + " has no help");
    if (family.type != "counter" && family.type != "gauge" && family.type != "histogram")
      wrong_.push_back(name + " has no type");
    if ((family.type == "counter") != name.ends_with("_total"))
      wrong_.push_back(name + ": counters, and they alone, end in _total");
    for (auto const* unit : {"_ms", "_us", "_milliseconds", "_kib", "_mib", "_percent"})
      if (name.ends_with(unit)) wrong_.push_back(name + " is not in a base unit");
    if (family.type == "histogram") check_histogram(name);
  }
  void check_histogram(std::string const& name) {
    std::map<Labels, std::vector<std::pair<double, double>>> all;
    for (auto const& sample : samples_) {
      if (sample.name != name + "_bucket") continue;
      auto labels = sample.labels;
      auto const le = labels.extract("le");
      if (le.empty()) {
        wrong_.push_back(name + " has a bucket without a bound");
        continue;
      }
      all[labels].emplace_back(std::strtod(le.mapped().c_str(), nullptr), sample.value);
    }
    for (auto const& [labels, buckets] : all) {
      for (std::size_t i = 1; i < buckets.size(); ++i)
        if (buckets[i].first <= buckets[i - 1].first || buckets[i].second < buckets[i - 1].second)
          wrong_.push_back(name + ": its buckets don't grow");
      if (buckets.back().first != std::numeric_limits<double>::infinity() ||
          buckets.back().second != value(name + "_count", labels))
        wrong_.push_back(name + ": its last bucket is not its count");
    }
  }
  void wrong(std::string const& line, std::string const& why) {
    wrong_.push_back(line + ": " + why);
  }

  std::map<std::string, Family> families_;
  std::vector<Sample> samples_;
  std::set<std::string> seen_;
  std::string current_;
  std::vector<std::string> wrong_;
};

}  // namespace perfd::web
