// The lists of pages of all experiments that have one (`urls`).
// Thread: the measuring loop's. Ownership: refers to the loop, which outlives it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.h"
#include "lists/page_list.h"
#include "runtime/loop.h"

namespace perfd::app {

struct PageListsPlace {
  std::filesystem::path store;   // that tells which page had its turn last
  std::filesystem::path folder;  // for fetched lists
  // The SOCKS port of a tor by its name; nothing where it is not ready.
  std::function<std::optional<runtime::Address>(std::string const& tor)> proxy;
};

class PageLists {
 public:
  PageLists(runtime::Loop& loop, PageListsPlace place);
  // Takes up the lists of these experiments, and drops others: fetches begin.
  void replace(std::vector<config::Experiment> const& experiments);
  // The page whose turn it is: the same for all arms before the next one's. Errors: why there is
  // none. REQUIRES: a list, and replace() had it.
  [[nodiscard]] runtime::Task<Result<std::string>> next(config::Experiment const& experiment);
  runtime::Task<> stop();

 private:
  struct Listed {
    std::string source;
    std::int32_t top = 0;
    std::string tor;
    std::shared_ptr<lists::PageList> list;
  };
  [[nodiscard]] Listed take_up(config::Experiment const& experiment);

  runtime::Loop& loop_;
  PageListsPlace place_;
  // Made for the first list. A fetch may take minutes, and a file must not wait for it.
  std::unique_ptr<runtime::Pool> files_, fetches_;
  std::map<std::string, Listed> lists_;  // by experiment
  runtime::TaskGroup keeping_;
};

}  // namespace perfd::app
