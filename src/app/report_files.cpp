#include "app/report_files.h"

#include <unordered_set>
#include <utility>

#include "app/cli.h"
#include "app/import_talk.h"
#include "import/import.h"

namespace perfd::app {
namespace {

class SelectionSink final : public ImportTalk {
 public:
  SelectionSink(model::Selection const& selection,
                std::function<void(model::Measurement const&)> const& each)
      : selection_(selection), each_(each) {}

  Result<void> measurement(model::Measurement m) override {
    // Also what lies in several files is one result.
    if (model::selects(selection_, m) && seen_.insert(m.id).second) each_(m);
    return {};
  }
  Result<void> circuit(model::Circuit) override { return {}; }
  [[nodiscard]] bool wants_circuits() const override { return false; }

 private:
  model::Selection const& selection_;
  std::function<void(model::Measurement const&)> const& each_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

Result<std::size_t> for_each_in_files(std::vector<std::string> const& paths,
                                      model::Selection const& selection,
                                      std::function<void(model::Measurement const&)> const& each) {
  SelectionSink sink(selection, each);
  auto const counts = import::import_files({paths.begin(), paths.end()}, {}, sink);
  // The sink takes everything: an error is a path that can't be read.
  if (!counts) return wrong_usage(counts.error().message);
  return counts->broken;
}

}  // namespace perfd::app
