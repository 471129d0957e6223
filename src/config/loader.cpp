// From sources to settings: read every key by the table, fill in defaults, validate.
#include <algorithm>
#include <iterator>
#include <type_traits>

#include "config/config.h"
#include "config/definition.h"
#include "config/limits.h"
#include "config/read_keys.h"
#include "config/validate.h"

namespace perfd::config {
namespace {

class Loader {
 public:
  explicit Loader(std::span<Source const> sources) : sources_(sources) {}

  Loaded run() {
    for (std::size_t i = 0; i < sources_.size(); ++i) read_source(static_cast<int>(i));
    // What a statement that could not be read was to say is not known, so nothing can
    // be said to be missing or not to fit.
    if (!unreadable_) {
      complete();
      for (auto& problem : validate(settings_, origins_)) add(std::move(problem));
    }
    if (problems_.empty()) return std::move(settings_);
    return diagnostics();
  }

 private:
  void add(Problem problem) { problems_.push_back(std::move(problem)); }
  Report reporter(Path const& path) {
    return [this, path](Place const& place, std::string const& message) {
      add({place, to_string(path) + ": " + message});
    };
  }

  void read_source(int index) {
    auto const& source = sources_[static_cast<std::size_t>(index)];
    if (source.text.size() > kMaxFileBytes) {
      auto const limit = Bytes{static_cast<std::int64_t>(kMaxFileBytes)};
      add({{index, 0, 0}, "is larger than " + format_bytes(limit)});
      unreadable_ = true;
      return;
    }
    auto document = parse_document(source.text, index);
    unreadable_ = unreadable_ || !document.problems.empty();
    std::move(document.problems.begin(), document.problems.end(), std::back_inserter(problems_));
    for (auto const& entry : document.root.entries) read_entry(entry);
  }

  void read_entry(Entry const& entry) {
    bool known = false;
    std::vector<std::string_view> names;
    for_each_section([&](auto const& section) {
      names.push_back(section.name);
      if (section.name != entry.key) return;
      known = true;
      auto const report = reporter({entry.key});
      auto const expected = section.kNamed
                                ? "sections with a name each: write [" + entry.key + ".NAME]"
                                : "a section: write [" + entry.key + "]";
      if (!expect(entry.value, Node::Type::table, expected, reporter({entry.key}))) return;
      if constexpr (std::remove_cvref_t<decltype(section)>::kNamed)
        read_named(section, entry);
      else
        read_section(section, {entry.key}, entry, settings_.*section.member);
    });
    if (!known)
      add({entry.place,
           printable(entry.key, 80) + ": " + unknown_key(entry.key, "section", names)});
  }

  template <class S>
  void read_named(NamedSection<S> const& section, Entry const& entry) {
    auto& all = settings_.*section.member;
    for (auto const& item : entry.value.entries) {
      Path const path{entry.key, item.key};
      auto const report = reporter(path);
      auto const expected = "a section: keys stand under [" + entry.key + ".NAME]";
      if (!expect(item.value, Node::Type::table, expected, report)) continue;
      if (auto const wrong = check_name(item.key)) {
        add({item.place, entry.key + ": the name of a section " + *wrong});
        origins_.wrong.insert(path);
      }
      if (auto const before = origins_.places.find(path); before != origins_.places.end()) {
        report(item.place, "is given twice: also at " + describe(before->second));
        continue;
      }
      if (all.size() >= kMaxInstances) {
        report(item.place, "is one more than " + std::to_string(kMaxInstances));
        continue;
      }
      auto& one = all.emplace_back();
      one.name = item.key;
      read_section(section, path, item, one);
    }
  }

  template <class AnySection, class S>
  void read_section(AnySection const& section, Path const& path, Entry const& entry, S& out) {
    // toml++ places a table that a deeper header implies at that header.
    origins_.places.emplace(path, entry.value.place);
    for (auto const& item : entry.value.entries) {
      Path const at{path.section, path.name, item.key};
      auto const* key = find_key(section.keys, item, reporter(at));
      if (key == nullptr) continue;
      if (auto const before = origins_.places.find(at); before != origins_.places.end()) {
        reporter(at)(item.place, "is given twice: also at " + describe(before->second));
        continue;
      }
      origins_.places.emplace(at, item.value.place);
      if (!key->read(item.value, out, reporter(at))) origins_.wrong.insert(at);
    }
  }

  // Defaults for what no file gives. Sections of one kind may look at the kinds before.
  void complete() {
    if (settings_.tors.empty()) settings_.tors.emplace_back().name = "default";
    for_each_section([&](auto const& section) {
      auto const name = std::string(section.name);
      if constexpr (std::remove_cvref_t<decltype(section)>::kNamed) {
        for (auto& one : settings_.*section.member)
          complete_section(section, {name, one.name}, one);
      } else {
        complete_section(section, {name}, settings_.*section.member);
      }
    });
    if (settings_.experiments.empty())
      settings_.experiments = default_experiments(default_tor(settings_));
  }

  template <class AnySection, class S>
  void complete_section(AnySection const& section, Path const& path, S& out) {
    for (auto const& key : section.keys) {
      Path const at{path.section, path.name, std::string(key.name)};
      if (origins_.given(at)) continue;
      if (!key.required) {
        key.set_default(settings_, out);
      } else {
        add({origins_.find({path}), to_string(at) + ": is missing; expected: " + key.kind});
        origins_.wrong.insert(at);
      }
    }
  }

  [[nodiscard]] std::string describe(Place const& place) const {
    return sources_[static_cast<std::size_t>(place.file)].name + ":" + std::to_string(place.line) +
           ":" + std::to_string(place.column);
  }

  // The name for a problem that is in no place: the file, or the folder of several.
  [[nodiscard]] std::string whole() const {
    if (sources_.empty()) return {};
    if (sources_.size() == 1) return sources_[0].name;
    return std::filesystem::path(sources_[0].name).parent_path().string();
  }

  Diagnostics diagnostics() {
    std::stable_sort(problems_.begin(), problems_.end(),
                     [](Problem const& a, Problem const& b) { return a.place < b.place; });
    Diagnostics out;
    for (auto& [place, message] : problems_) {
      auto file = place.file < 0 ? whole() : sources_[static_cast<std::size_t>(place.file)].name;
      out.list.push_back({std::move(file), place.line, place.column, std::move(message)});
    }
    return out;
  }

  std::span<Source const> sources_;
  Settings settings_;
  Origins origins_;
  std::vector<Problem> problems_;
  bool unreadable_ = false;
};

}  // namespace

std::string unknown_key(std::string_view name, std::string_view what,
                        std::vector<std::string_view> const& known) {
  auto const text = "unknown " + std::string(what);
  if (auto const near = nearest(name, known))
    return text + "; did you mean \"" + std::string(*near) + "\"?";
  return text + "; known are " + quoted_list(known);
}

Loaded load(std::span<Source const> sources) { return Loader(sources).run(); }

std::vector<Diagnostic> check(Settings const& settings) {
  std::vector<Diagnostic> out;
  for (auto& problem : validate(settings, {}))
    out.push_back({{}, 0, 0, std::move(problem.message)});
  return out;
}

std::vector<Experiment> default_experiments(std::string tor) {
  using namespace std::chrono_literals;
  auto const download = [&](std::string name, Bytes size, Micros every, Micros start_delay) {
    Experiment experiment;
    experiment.name = std::move(name);
    experiment.size = size;
    experiment.every = every;
    experiment.timeout = default_timeout(every);
    // A minute of its own for each, so that they don't wait for one another.
    experiment.start_delay = start_delay;
    experiment.tor = tor;
    return experiment;
  };
  return {download("download-50k", KiB(50), 5min, 0min),
          download("download-1m", MiB(1), 30min, 1min),
          download("download-5m", MiB(5), 60min, 2min)};
}

}  // namespace perfd::config
