// Finding the lines that matter, and what stands in front of their tag.
#include "formats/tgen_line.h"

#include <string>

#include "base/text.h"
#include "formats/imported.h"

namespace perfd::formats {
namespace {

struct TgenTag {
  std::string_view text;
  TgenLine::Event event;
  bool stream;
};
constexpr std::array kTgenTags = {
    TgenTag{"[transfer-status] ", TgenLine::Event::status, false},
    TgenTag{"[transfer-complete] ", TgenLine::Event::success, false},
    TgenTag{"[transfer-error] ", TgenLine::Event::error, false},
    TgenTag{"[stream-status] ", TgenLine::Event::status, true},
    TgenTag{"[stream-success] ", TgenLine::Event::success, true},
    TgenTag{"[stream-error] ", TgenLine::Event::error, true},
};

struct FoundTag {
  TgenTag const* tag = nullptr;
  std::size_t at = 0;
};

// The tag may stand anywhere: where a crash glued two lines together it does, and the line is
// broken, which must be told.
FoundTag find_tgen_tag(std::string_view text) {
  for (auto at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1)) {
    auto const here = text.substr(at);
    if (!here.starts_with("[transfer-") && !here.starts_with("[stream-")) continue;
    for (auto const& tag : kTgenTags)
      if (here.starts_with(tag.text)) return {&tag, at};
    // Cut off within its tag: the file's last line, most likely.
    if (here.find(' ') == std::string_view::npos) return {kTgenTags.data(), std::string_view::npos};
  }
  return {};
}

// "DATE TIME EPOCH [level] [file:line] [function] "; gives the moment.
std::optional<WallTime> read_tgen_head(std::string_view head) {
  auto const date = take_word(head);
  auto const time = take_word(head);
  if (date.size() != 10 || time.size() != 8) return std::nullopt;
  auto const at = log_time(take_word(head));
  for (int i = 0; i < 3; ++i) {
    auto const word = take_word(head);
    if (!word.starts_with('[') || !word.ends_with(']')) return std::nullopt;
  }
  return head.empty() && at && *at > WallTime{} ? at : std::nullopt;
}

Error broken_tgen_line(std::string_view why, std::string_view near) {
  return Error{std::string(why) + ": '" + printable(near, 80) + "'"};
}

}  // namespace

Result<std::optional<TgenLine>> parse_tgen_line(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  auto const found = find_tgen_tag(text);
  if (found.tag == nullptr) return std::optional<TgenLine>{};
  if (found.at == std::string_view::npos) return broken_tgen_line("the line is cut off", text);
  if (text.size() > kMaxTgenLine) return broken_tgen_line("longer than 64 KiB", text);
  auto const at = read_tgen_head(text.substr(0, found.at));
  if (!at)
    return broken_tgen_line("not a date, a time, seconds since the epoch and three [words]",
                            text.substr(0, found.at));
  std::optional<TgenLine> line(std::in_place);
  line->event = found.tag->event;
  line->at = *at;
  auto const rest = text.substr(found.at + found.tag->text.size());
  auto const problem =
      found.tag->stream ? read_stream_fields(rest, *line) : read_transfer_fields(rest, *line);
  if (!problem.empty()) return broken_tgen_line(problem, text.substr(found.at));
  return line;
}

}  // namespace perfd::formats
