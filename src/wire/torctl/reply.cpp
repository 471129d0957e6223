#include "wire/torctl/reply.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace perfd::wire::torctl {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_cr(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::string to_text(Reply const& reply) {
  std::string out;
  for (auto const& line : reply.lines) {
    if (!out.empty()) out += '\n';
    out += std::to_string(reply.code);
    out += line.separator;
    out += line.text;
    if (line.separator != '+') continue;
    for (std::size_t at = 0; at < line.data.size();) {
      auto const end = std::min(line.data.find('\n', at), line.data.size());
      out += '\n';
      if (line.data[at] == '.') out += '.';
      out.append(line.data, at, end - at);
      at = end + 1;
    }
    out += "\n.";
  }
  return out;
}

Result<> ReplyReader::feed(std::string_view bytes) {
  if (failure_) return *failure_;
  auto const fail = [this](Error error) -> Result<> {
    failure_ = std::move(error);
    partial_ = {};
    current_ = {};
    return *failure_;
  };
  auto const too_long = [&] {
    return fail(Error{"a line of the control port is over " + std::to_string(limits_.line) +
                      " bytes: " + printable(partial_, 40)});
  };
  while (!bytes.empty()) {
    auto const end = bytes.find('\n');
    auto const piece = bytes.substr(0, end);
    // Two more for the line end, so that where the bytes are cut makes no difference.
    if (partial_.size() + piece.size() > limits_.line + 1) return too_long();
    if (end == std::string_view::npos) {
      partial_ += piece;
      return {};
    }
    bytes.remove_prefix(end + 1);
    Result<> taken;
    if (partial_.empty()) {
      taken = take_line(without_cr(piece));
    } else {
      partial_ += piece;
      taken = take_line(without_cr(partial_));
      partial_.clear();
    }
    if (taken.has_error()) return fail(taken.error());
  }
  return {};
}

std::optional<Reply> ReplyReader::next() {
  if (ready_.empty()) return std::nullopt;
  std::optional<Reply> oldest = std::move(ready_.front());
  ready_.pop_front();
  return oldest;
}

Result<> ReplyReader::charge(std::size_t bytes) {
  charged_ += bytes;
  if (charged_ > limits_.reply)
    return Error{"a reply of the control port is over " + std::to_string(limits_.reply) + " bytes"};
  return {};
}

Result<> ReplyReader::take_data_line(std::string_view line) {
  if (line == ".") {
    in_data_ = false;
    return {};
  }
  if (line.starts_with('.')) line.remove_prefix(1);
  auto& last = current_.lines.back();
  if (current_.is_event()) {
    if (last.truncated || last.data.size() + line.size() + 1 > limits_.event_data) {
      last.truncated = true;
      return {};
    }
  }
  if (auto paid = charge(line.size() + 1); paid.has_error()) return paid;
  last.data += line;
  last.data += '\n';
  return {};
}

Result<> ReplyReader::take_line(std::string_view line) {
  if (line.size() > limits_.line)
    return Error{"a line of the control port is over " + std::to_string(limits_.line) +
                 " bytes: " + printable(line, 40)};
  if (in_data_) return take_data_line(line);

  bool const shaped = line.size() >= 4 && line[0] != '0' &&
                      std::all_of(line.begin(), line.begin() + 3, is_digit) &&
                      (line[3] == ' ' || line[3] == '-' || line[3] == '+');
  if (!shaped) return Error{"not a reply of a control port: \"" + printable(line, 80) + "\""};
  int const code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  char const separator = line[3];

  bool const was_event = current_.is_event();
  bool const begun = !current_.lines.empty();
  current_.code = code;
  if (begun && was_event != current_.is_event())
    return Error{"an event inside another reply of the control port: \"" + printable(line, 80) +
                 "\""};
  // An empty line costs as much memory as its object does.
  if (auto paid = charge(sizeof(ReplyLine) + line.size()); paid.has_error()) return paid;
  current_.lines.push_back({separator, std::string(line.substr(4)), {}, false});
  in_data_ = separator == '+';
  if (separator == ' ') {
    ready_.push_back(std::exchange(current_, {}));
    charged_ = 0;
  }
  return {};
}

}  // namespace perfd::wire::torctl
