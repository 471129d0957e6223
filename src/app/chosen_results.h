// The results of a store that a selection chooses. What the store's columns tell, the store is
// asked for; the rest is judged on the record, and only then records are parsed that the caller
// doesn't want parsed.
// Thread: one at a time. Ownership: refers to the reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/result.h"
#include "model/selection.h"
#include "store/reader.h"

namespace perfd::app {

// The conditions that the store's columns answer.
[[nodiscard]] store::Filter to_store_filter(model::Selection const& selection);
// Whether the line is of a selected measurement, as far as only the record tells: true without
// parsing where the columns told all. False of one that can't be read.
[[nodiscard]] bool record_is_selected(model::Selection const& selection, std::string const& record);

class ChosenResults {
 public:
  ChosenResults(store::Reader& reader, model::Selection selection);

  // Of them only the newest so many, still in the order in which they ended.
  [[nodiscard]] Result<void> keep_newest(std::size_t count);

  // Of them only those with these numbers.
  void keep_between(store::SeqRange const& range);

  // Each gives how many were handed out, and stops when `each` returns false. Records that can't
  // be read are told on standard error and counted.
  Result<std::size_t> for_each(std::function<bool(model::Measurement const&)> const& each);
  // As far as reports look at them (store/figures.h), from records only where these must be read
  // to choose.
  Result<std::size_t> for_each_figures(std::function<bool(model::Measurement const&)> const& each);
  Result<std::size_t> for_each_newest_first(
      std::function<bool(model::Measurement const&)> const& each);
  Result<std::size_t> for_each_line(std::function<bool(std::string const&)> const& each);
  Result<std::size_t> for_each_brief(std::function<bool(store::Brief const&)> const& each);

  [[nodiscard]] std::size_t unreadable() const { return unreadable_; }
  [[nodiscard]] model::Selection const& selection() const { return selection_; }
  [[nodiscard]] store::Reader& reader() { return reader_; }

 private:
  using Parsed = std::function<bool(store::Row const&, model::Measurement const&)>;
  void tell_unreadable(std::int64_t seq, Error const& why);
  Result<std::size_t> walk(store::Filter const& filter, Parsed const& each);

  store::Reader& reader_;
  model::Selection selection_;
  store::Filter filter_;
  std::size_t unreadable_ = 0;
};

}  // namespace perfd::app
