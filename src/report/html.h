// The report as a page: one file of HTML that also is XML, without scripts and without anything
// that would have to be fetched. Made for screens of any width, light and dark, and for paper.
// Thread: pure functions.
#pragma once

#include <string>
#include <vector>

#include "report/collected.h"
#include "report/text.h"
#include "stats/bootstrap.h"

namespace perfd::report {

struct Page {
  Collected const& results;
  std::vector<std::string> filters;  // "only experiment small", "since 2026-11-24"; empty: none
  std::string perfd_version;         // that writes the report
  std::vector<ComparedPair> pairs;
  std::string why_no_pairs;  // a sentence, where there are none
  stats::Bootstrap bootstrap;
};

[[nodiscard]] std::string html_page(Page const& page);

}  // namespace perfd::report
