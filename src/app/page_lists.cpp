#include "app/page_lists.h"

#include <utility>

#include "app/log.h"
#include "store/reader.h"

namespace perfd::app {
namespace {

using runtime::Task;

// Empty where there is none, as in a new store.
std::string last_page(std::filesystem::path const& store, std::string const& experiment) {
  auto reader = store::Reader::open(store);
  if (!reader) return {};
  store::Filter filter;
  filter.experiments = {experiment};
  filter.kinds = {model::Kind::page};
  filter.newest_first = true;
  filter.limit = 1;
  std::string out;
  (void)reader->for_each_brief(filter, [&](store::Brief const& last) {
    out = last.target;
    return false;
  });
  return out;
}

void tell(std::string const& experiment, Result<lists::UrlList> const& list) {
  if (!list) {
    log::warning("page-list", {{"experiment", experiment}, {"what", list.error().message}});
    return;
  }
  log::info("page-list",
            {{"experiment", experiment}, {"pages", std::to_string(list->urls.size())}});
  if (list->unusable > 0)
    log::warning("page-list", {{"experiment", experiment},
                               {"unusable-lines", std::to_string(list->unusable)},
                               {"first", list->first_unusable}});
}

Task<> keep(std::shared_ptr<lists::PageList> list) { co_await list->keep(); }

}  // namespace

PageLists::PageLists(runtime::Loop& loop, PageListsPlace place)
    : loop_(loop), place_(std::move(place)), keeping_(loop) {}

PageLists::Listed PageLists::take_up(config::Experiment const& experiment) {
  if (!files_) {
    files_ = std::make_unique<runtime::Pool>(1);
    fetches_ = std::make_unique<runtime::Pool>(1);
  }
  auto const& name = experiment.name;
  lists::PageListSettings settings;
  settings.source = experiment.urls;
  settings.top = static_cast<std::size_t>(experiment.urls_top);
  settings.copy = place_.folder / (name + ".txt");
  settings.username = "perfd-list-" + name;
  settings.proxy = [this, tor = experiment.tor] { return place_.proxy(tor); };
  settings.on_list = [name](auto const& list) { tell(name, list); };
  return {experiment.urls, experiment.urls_top, experiment.tor,
          std::make_shared<lists::PageList>(loop_, *files_, *fetches_, std::move(settings),
                                            last_page(place_.store, name))};
}

void PageLists::replace(std::vector<config::Experiment> const& experiments) {
  std::map<std::string, Listed> wanted;
  for (auto const& experiment : experiments) {
    if (experiment.urls.empty()) continue;
    auto const found = lists_.find(experiment.name);
    bool const same = found != lists_.end() && found->second.source == experiment.urls &&
                      found->second.top == experiment.urls_top &&
                      found->second.tor == experiment.tor;
    auto& listed =
        wanted.emplace(experiment.name, same ? found->second : take_up(experiment)).first->second;
    if (!same) keeping_.spawn("list of " + experiment.name, keep(listed.list));
  }
  for (auto const& [name, listed] : lists_) {
    auto const kept = wanted.find(name);
    if (kept == wanted.end() || kept->second.list != listed.list) listed.list->stop();
  }
  lists_ = std::move(wanted);
}

Task<Result<std::string>> PageLists::next(config::Experiment const& experiment) {
  auto const found = lists_.find(experiment.name);
  if (found == lists_.end()) co_return Error{"there is no list of pages any more"};
  bool const one_by_one = experiment.order == config::ArmOrder::interleaved;
  auto const times = one_by_one && !experiment.arms.empty() ? experiment.arms.size() : 1;
  auto const list = found->second.list;  // for as long as it takes
  auto page = co_await list->next(static_cast<int>(times));
  if (!page) co_return Error{experiment.urls + ": " + page.error().message};
  co_return page;
}

Task<> PageLists::stop() {
  for (auto const& [name, listed] : lists_) listed.list->stop();
  co_await keeping_.stop();
}

}  // namespace perfd::app
