#include "formats/tgen_log.h"

#include <string>

#include "base/text.h"

namespace perfd::formats {

Result<std::optional<model::Measurement>> TgenLogReader::line(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (auto const progress = repeat_.read(text)) {
    open_.note_latest(progress->payload, progress->at);
    return std::optional<model::Measurement>{};
  }
  auto const line = parse_tgen_line(text);
  if (!line) return line.error();
  if (!*line || !(*line)->commander) return std::optional<model::Measurement>{};
  if ((*line)->event == TgenLine::Event::status) {
    open_.note(**line);
    repeat_.learn(text, **line);
    return std::optional<model::Measurement>{};
  }
  repeat_.forget();
  auto measurement = measurement_of_tgen(**line, open_.take(**line), trim(text));
  if (!measurement) return measurement.error();
  return std::optional(std::move(*measurement));
}

std::size_t TgenLogReader::finish() {
  auto const under_way = open_.size();
  open_.clear();
  repeat_.forget();
  return under_way;
}

}  // namespace perfd::formats
