#include "store/imported_rows.h"

#include "formats/jsonl.h"
#include "store/figures.h"

namespace perfd::store {

void ImportedRows::add(model::Measurement const& m) {
  auto& row = rows_.emplace_back();
  row.begin = text_.size();
  auto const figures = figures_of(m);
  std::size_t number = 0;
  for (std::string_view const text :
       {std::string_view(m.id), std::string_view(m.source), std::string_view(m.experiment),
        std::string_view(m.target), std::string_view(m.arm), std::string_view(m.tor.instance),
        std::string_view(figures)}) {
    row.sizes[number++] = static_cast<std::uint32_t>(text.size());
    text_ += text;
  }
  auto const before = text_.size();
  formats::append_json_line(text_, m);
  row.record = static_cast<std::uint32_t>(text_.size() - before);
  row.kind = model::name(m.kind);
  row.outcome = model::name(m.outcome.code);
  row.scheduled_at = m.scheduled_at;
  row.started_at = m.started_at;
  row.filesize = m.filesize;
  row.ttfb = m.marks.between(model::mark::kStart, model::mark::kDataResponse);
  row.ttlb = m.marks.between(model::mark::kStart, model::mark::kDataComplete);
}

MeasurementRow ImportedRows::operator[](std::size_t index) const {
  auto const& row = rows_[index];
  auto rest = std::string_view(text_).substr(row.begin);
  auto const take = [&](std::size_t size) {
    auto const text = rest.substr(0, size);
    rest.remove_prefix(size);
    return text;
  };
  MeasurementRow out;
  std::size_t number = 0;
  for (auto* const text :
       {&out.id, &out.source, &out.experiment, &out.target, &out.arm, &out.instance, &out.figures})
    *text = take(row.sizes[number++]);
  out.record = take(row.record);
  out.kind = row.kind;
  out.outcome = row.outcome;
  out.at = row.started_at == WallTime{} ? row.scheduled_at : row.started_at;
  out.scheduled_at = row.scheduled_at;
  out.started_at = row.started_at;
  out.filesize = row.filesize;
  out.ttfb = row.ttfb;
  out.ttlb = row.ttlb;
  return out;
}

void ImportedRows::clear() {
  text_.clear();
  rows_.clear();
}

}  // namespace perfd::store
