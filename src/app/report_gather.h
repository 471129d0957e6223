// What `perfd report` keeps of the results, and how it reads them from a store: on as many threads
// as pay, each of which takes a stretch of them.
// Thread: values; gather_from_store() on the main thread, others are its own.
#pragma once

#include <cstddef>
#include <optional>

#include "app/report_options.h"
#include "base/result.h"
#include "model/selection.h"
#include "report/collected.h"
#include "report/groups.h"
#include "report/sides.h"

namespace perfd::app {

// What the options need of each result is kept, and no more.
class Gathered {
 public:
  // REQUIRES: `options` outlive this.
  Gathered(ReportOptions const& options, std::optional<report::Sides> sides);

  void expect(std::size_t results) { collection_.expect(results); }
  void add(model::Measurement const& measurement);
  void settle() { collection_.settle(); }
  // `later`: of results that ended after those that were added here. REQUIRES: no sides.
  void merge(Gathered later);
  [[nodiscard]] bool empty() const { return !any_; }
  // Sides are told apart by what figures (store/figures.h) may not have.
  [[nodiscard]] bool has_sides() const { return sides_.has_value(); }
  [[nodiscard]] report::Groups const& groups() const { return groups_; }
  [[nodiscard]] report::Collected finish() { return collection_.finish(groups_.places()); }
  [[nodiscard]] Result<report::Groups::Pairs> to_compare() const;
  // One that keeps the same and has nothing yet. REQUIRES: no sides.
  [[nodiscard]] Gathered another() const { return {*options_, std::nullopt}; }

 private:
  [[nodiscard]] bool needs_group(model::Measurement const& measurement) const;

  ReportOptions const* options_;
  report::Groups groups_;
  report::Collection collection_;
  std::optional<report::Sides> sides_;
  bool any_ = false;
};

// The number of results that can't be read.
[[nodiscard]] Result<std::size_t> gather_from_store(ReportOptions const& options,
                                                    model::Selection const& selection,
                                                    Gathered& gathered);

}  // namespace perfd::app
