#include "formats/onionperf/document.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <vector>

#include "base/text.h"

namespace perfd::formats::onionperf {
namespace {

using JsonText = boost::json::string_view;

std::string_view view(JsonText text) { return {text.data(), text.size()}; }

// Where the parser is: which container's values come next.
enum class Place : std::uint8_t { root, data, source, tgen, tor, rows, row, skip };

struct Level {
  Place place = Place::root;
  bool array = false;
  std::uint32_t index = 0;      // of the next item
  std::size_t path_before = 0;  // length of the path when this was entered
};

// What Boost's parser calls. An error is kept in `problem_` and told by false and any code.
class RowHandler {
 public:
  static constexpr std::size_t max_object_size = std::size_t{1} << 22U;
  static constexpr std::size_t max_array_size = std::size_t{1} << 22U;
  static constexpr std::size_t max_key_size = kMaxName;
  static constexpr std::size_t max_string_size = kMaxName;
  using Code = boost::json::error_code;

  explicit RowHandler(Rows& rows) : rows_(rows) {}

  [[nodiscard]] std::string const& problem() const { return problem_; }
  // The value that is being read, for errors of the text itself.
  [[nodiscard]] std::string place() const { return levels_.empty() ? "the document" : where({}); }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code& code) { return done(begin(Kind::object), code); }
  bool on_array_begin(Code& code) { return done(begin(Kind::array), code); }
  bool on_object_end(std::size_t, Code& code) { return done(end(), code); }
  bool on_array_end(std::size_t, Code& code) { return done(end(), code); }

  bool on_key_part(JsonText part, std::size_t, Code&) {
    if (!key_open_) key_.clear();
    key_open_ = true;
    key_ += view(part);
    return true;
  }
  bool on_key(JsonText part, std::size_t, Code&) {
    if (!key_open_) key_.clear();
    key_open_ = false;
    key_ += view(part);
    return true;
  }
  bool on_string_part(JsonText part, std::size_t, Code&) {
    text_ += view(part);
    return true;
  }
  bool on_string(JsonText part, std::size_t, Code& code) {
    return with_text(Kind::string, part, code);
  }
  // The numbers' text, since a double of it has been seen to be off by its last bit.
  bool on_number_part(JsonText part, Code& code) {
    text_ += view(part);
    return text_.size() <= kMaxName || done(false, code);
  }
  bool on_int64(std::int64_t, JsonText part, Code& code) {
    return with_text(Kind::number, part, code);
  }
  bool on_uint64(std::uint64_t, JsonText part, Code& code) {
    return with_text(Kind::number, part, code);
  }
  bool on_double(double, JsonText part, Code& code) { return with_text(Kind::number, part, code); }
  bool on_bool(bool flag, Code& code) {
    return done(scalar(Kind::boolean, flag ? "true" : "false"), code);
  }
  bool on_null(Code& code) { return done(scalar(Kind::null, {}), code); }
  bool on_comment_part(JsonText, Code&) { return true; }
  bool on_comment(JsonText, Code&) { return true; }

 private:
  static bool done(bool good, Code& code) {
    if (!good) code = boost::system::errc::make_error_code(boost::system::errc::invalid_argument);
    return good;
  }
  bool with_text(Kind kind, JsonText part, Code& code) {
    if (text_.empty()) return done(scalar(kind, view(part)), code);
    text_ += view(part);
    bool const good = scalar(kind, text_);
    text_.clear();
    return done(good, code);
  }

  // The path of the value at hand, or below it.
  [[nodiscard]] std::string where(std::string_view below) const {
    std::string out;
    auto const quoted = [](std::string_view key) { return "[\"" + printable(key) + "\"]"; };
    auto const place = levels_.empty() ? Place::root : levels_.back().place;
    if (place == Place::root || section_ == Section::filters) {
      out = section_ == Section::filters ? "filters" : printable(key_);
    } else {
      out = "data." + printable(place == Place::data ? key_ : source_);
      if (place == Place::source) out += "." + printable(key_);
      if (place == Place::tgen) out += ".tgen." + printable(key_);
      if (place == Place::tor) out += ".tor." + printable(key_);
      if (place == Place::rows) out += rows_path_ + quoted(key_);
      if (place == Place::row) out += rows_path_ + quoted(row_key_);
    }
    if (place == Place::row && below.empty()) {
      auto path = levels_.back().array ? path_ : path_ + key_;
      std::replace(path.begin(), path.end(), '/', '.');
      if (!path.empty()) out += "." + printable(path);
    }
    std::string tail(below);
    std::replace(tail.begin(), tail.end(), '/', '.');
    return tail.empty() ? out : out + "." + printable(tail);
  }
  bool fail(std::string_view what) {
    problem_ = where({}) + ": " + std::string(what);
    return false;
  }
  bool take(RowProblem const& problem) {
    if (problem.none()) return true;
    auto text = where(problem.where) + ": " + problem.what;
    if (rows_.tolerates(text)) return true;
    problem_ = std::move(text);
    return false;
  }

  void push(Place place, bool array) { levels_.push_back({place, array, 0, path_.size()}); }
  // An object or nothing.
  bool enter(Kind kind, Place place) {
    if (kind != Kind::object) return fail("must be an object");
    push(place, false);
    return true;
  }
  bool enter_rows(Kind kind, Section section, std::string_view path) {
    bool const list = section == Section::guards;
    if (kind != (list ? Kind::array : Kind::object))
      return fail(list ? "must be an array" : "must be an object");
    section_ = section;
    rows_path_ = path;
    if (!take(rows_.begin(section))) return false;
    push(Place::rows, list);
    return true;
  }
  bool enter_row(Kind kind, std::string_view key) {
    if (kind != Kind::object) return fail("must be an object");
    row_key_ = key;
    row_.clear();
    path_.clear();
    arrays_ = i_ = j_ = 0;
    push(Place::row, false);
    return true;
  }
  bool enter_in_row(Kind kind) {
    if (!add(kind, {})) return false;
    bool const in_array = levels_.back().array;
    push(Place::row, kind == Kind::array);
    if (!in_array) path_ += key_;
    if (kind == Kind::object) path_ += '/';
    if (kind == Kind::array) ++arrays_;
    return true;
  }

  bool begin(Kind kind) {
    if (levels_.empty()) return enter(kind, Place::root);
    auto& top = levels_.back();
    switch (top.place) {
      case Place::root:
        if (key_ == "data") return enter(kind, Place::data);
        if (key_ == "type" || key_ == "version") return fail("must be a string");
        if (key_ != "filters") break;
        section_ = Section::filters;
        return take(rows_.begin(section_)) && enter_row(kind, {});
      case Place::data:
        if (kind == Kind::object) {
          source_ = key_;
          if (!take(rows_.source(source_))) return false;
        }
        return enter(kind, Place::source);
      case Place::source:
        if (key_ == "tgen") return enter(kind, Place::tgen);
        if (key_ == "tor") return enter(kind, Place::tor);
        if (key_ == "measurement_ip") return fail("must be a string");
        break;
      case Place::tgen:
        if (key_ == "streams") return enter_rows(kind, Section::streams, ".tgen.streams");
        if (key_ == "transfers") return enter_rows(kind, Section::transfers, ".tgen.transfers");
        break;
      case Place::tor:
        if (key_ == "circuits") return enter_rows(kind, Section::circuits, ".tor.circuits");
        if (key_ == "streams") return enter_rows(kind, Section::tor_streams, ".tor.streams");
        if (key_ == "guards") return enter_rows(kind, Section::guards, ".tor.guards");
        break;
      case Place::rows:
        if (top.array) key_ = std::to_string(top.index++);
        return enter_row(kind, key_);
      case Place::row:
        return enter_in_row(kind);
      case Place::skip:
        break;
    }
    push(Place::skip, kind == Kind::array);
    return true;
  }

  bool end() {
    auto const level = levels_.back();
    levels_.pop_back();
    switch (level.place) {
      case Place::source:
        return take(rows_.end_source());
      case Place::row: {
        path_.resize(level.path_before);
        if (level.array) (--arrays_ == 0 ? i_ : j_) = 0;
        bool const whole = levels_.empty() || levels_.back().place != Place::row;
        return !whole || end_row();
      }
      default:
        return true;
    }
  }
  bool end_row() {
    auto const problem = rows_.row(section_, row_key_, row_);
    if (!problem.none()) {
      push(Place::row, false);  // for the path
      key_ = "";
      if (!take(problem)) return false;
      levels_.pop_back();
    }
    if (section_ == Section::filters) section_ = Section::streams;
    return true;
  }

  bool scalar(Kind kind, std::string_view text) {
    if (levels_.empty()) return fail("must be an object");
    switch (levels_.back().place) {
      case Place::row:
        return add(kind, text);
      case Place::root:
        if (key_ != "type" && key_ != "version") {
          if (key_ == "data" || key_ == "filters") return fail("must be an object");
          return true;
        }
        if (kind != Kind::string) return fail("must be a string");
        return take(key_ == "type" ? rows_.type(text) : rows_.version(text));
      case Place::source:
        if (key_ == "tgen" || key_ == "tor") return fail("must be an object");
        if (key_ != "measurement_ip") return true;
        if (kind != Kind::string) return fail("must be a string");
        return take(rows_.address(text));
      case Place::tgen:
        return (key_ != "streams" && key_ != "transfers") || fail("must be an object");
      case Place::tor:
        if (key_ == "guards") return fail("must be an array");
        return (key_ != "streams" && key_ != "circuits") || fail("must be an object");
      case Place::data:
      case Place::rows:
        return fail("must be an object");
      case Place::skip:
        return true;
    }
    return true;
  }

  // A value of the row, with its place in the arrays around it.
  bool add(Kind kind, std::string_view text) {
    auto& top = levels_.back();
    if (top.array) (arrays_ == 1 ? i_ : j_) = top.index++;
    auto const key = top.array ? std::string_view{} : std::string_view(key_);
    return row_.add(path_, key, kind, text, i_, j_) || fail("too large");
  }

  Rows& rows_;
  std::vector<Level> levels_;
  std::string key_;
  bool key_open_ = false;
  std::string text_;  // what came of a string or a number that is cut by the chunks
  std::string source_;
  Section section_ = Section::streams;
  std::string rows_path_;
  std::string row_key_;
  Row row_;
  std::string path_;  // of the row's container at hand: "a/b/" of an object, "a/b" of an array
  std::uint32_t arrays_ = 0;
  std::uint32_t i_ = 0;
  std::uint32_t j_ = 0;
  std::string problem_;
};

boost::json::parse_options parse_options() {
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  return options;
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::object:
      return "an object";
    case Kind::array:
      return "an array";
    case Kind::string:
      return "a string";
    case Kind::number:
      return "a number";
    case Kind::boolean:
      return "true or false";
    case Kind::null:
      return "null";
  }
  return "";
}

struct Document::Parser {
  explicit Parser(Rows& rows) : json(parse_options(), rows) {}
  boost::json::basic_parser<RowHandler> json;
};

Document::Document(Rows& rows) : parser_(std::make_unique<Parser>(rows)) {}
Document::~Document() = default;

Error Document::error_at(std::string const& reason) {
  failure_ = "byte " + std::to_string(bytes_) + ": " + reason;
  return Error{failure_};
}

Result<void> Document::feed(std::string_view chunk) {
  if (!failure_.empty()) return Error{failure_};
  auto& json = parser_->json;
  boost::json::error_code code;
  std::size_t taken = 0;
  if (bytes_ + chunk.size() > kMaxDocument) return error_at("larger than 512 MiB");
  if (!json.done()) taken = json.write_some(true, chunk.data(), chunk.size(), code);
  if (!code) {
    auto const extra = chunk.find_first_not_of(" \t\r\n", taken);
    taken = std::min(extra, chunk.size());
  }
  bytes_ += taken;
  if (!code && taken == chunk.size()) return {};
  if (!code) return error_at("more text behind the document");
  auto const& handler = json.handler();
  if (!handler.problem().empty()) return error_at(handler.problem());
  return error_at(handler.place() + ": " + code.message());
}

Result<void> Document::finish() {
  if (!failure_.empty()) return Error{failure_};
  if (!parser_->json.done()) return error_at("the document ends in the middle");
  return {};
}

}  // namespace perfd::formats::onionperf
