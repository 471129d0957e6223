#include "web/collector.h"

#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/time_text.h"
#include "web/respond.h"
#include "web/results.h"

namespace perfd::web {
namespace {

constexpr std::string_view kRoot = "/collector/";
constexpr std::size_t kNameColumn = 56;
constexpr std::size_t kSizeColumn = 12;

std::string padded(std::string_view text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + std::string(text)
                             : std::string(text);
}

// Names are plain: nothing to escape.
std::string link(std::string const& name) {
  auto text = "<a href=\"" + name + "\">" + name + "</a>";
  if (name.size() < kNameColumn) text.append(kNameColumn - name.size(), ' ');
  return text;
}

std::string page_of(std::string const& source, std::vector<PublishedFile> const& files,
                    std::vector<std::string> const& others) {
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\n"
      "<title>Results of " +
      source + " by day</title></head>\n<body>\n<h1>Results of " + source +
      " by day</h1>\n<p>OnionPerf's analysis and .tpf of each day (UTC). Their digests are in\n"
      "<a href=\"index.xml\">index.xml</a>.</p>\n<pre>\n";
  for (auto const& file : files)
    text += link(file.name) + padded(std::to_string(file.size), kSizeColumn) + "  " +
            format_iso_seconds(file.modified_at) + "\n";
  text += "</pre>\n";
  if (!others.empty()) text += "<p>Results of others in the store of this perfd:</p>\n<pre>\n";
  for (auto const& other : others) text += link(other + "/") + "\n";
  if (!others.empty()) text += "</pre>\n";
  return text + "</body>\n</html>\n";
}

std::string_view content_type(std::string_view name) {
  if (name.ends_with(".xz")) return "application/x-xz";
  if (name.ends_with(".xml")) return "application/xml";
  return "text/plain; charset=utf-8";
}

std::string file_etag(OpenFile const& file) {
  return "\"" + std::to_string(file.size) + "-" + std::to_string(to_us(file.modified_at)) + "\"";
}

Response not_there(std::string_view path) {
  return text_response(
      404, "no file " + printable(path, 120) + " is published: /collector/ lists those that are\n");
}

}  // namespace

runtime::Task<std::optional<Response>> Collector::answer(Request const& request) {
  std::string_view path = request.path;
  if (path == kRoot.substr(0, kRoot.size() - 1)) {
    // Links in the listing are relative to the folder.
    auto moved = text_response(301, "moved to " + std::string(kRoot) + "\n");
    moved.fields.emplace_back("Location", std::string(kRoot));
    co_return moved;
  }
  if (!path.starts_with(kRoot)) co_return std::nullopt;
  if (!request.query.empty()) co_return text_response(400, "this address takes no parameters\n");
  path.remove_prefix(kRoot.size());
  auto source = vantage_;
  if (auto const slash = path.find('/'); slash != std::string_view::npos) {
    source = path.substr(0, slash);
    path.remove_prefix(slash + 1);
  }
  if (path.empty()) co_return co_await listing(request, std::move(source));
  co_return co_await file(request, std::move(source), std::string(path));
}

runtime::Task<Response> Collector::listing(Request const& request, std::string source) {
  auto const sources = co_await files_.sources();
  if (!sources) co_return text_response(503, public_words(sources.error()) + "\n");
  bool const own = source == vantage_;
  std::vector<std::string> others;
  bool known = own;
  for (auto const& one : *sources) {
    known = known || one == source;
    if (own && one != source) others.push_back(one);
  }
  if (!known) co_return not_there(request.path);
  auto const files = co_await files_.files(source);
  if (!files) co_return text_response(503, public_words(files.error()) + "\n");

  auto text = page_of(source, *files, others);
  auto const etag = etag_of(text);
  Response out;
  out.fields = {{"ETag", etag},
                {"Cache-Control", "no-cache"},
                {"Access-Control-Allow-Origin", "*"},
                {"Content-Security-Policy", "default-src 'none'"}};
  auto asked = request;
  asked.if_modified_since.reset();  // a listing changes with what is deleted, too
  if (is_fresh(asked, etag, {})) {
    out.status = 304;
  } else {
    out.fields.emplace_back("Content-Type", "text/html; charset=utf-8");
    out.body = std::move(text);
  }
  co_return out;
}

runtime::Task<Response> Collector::file(Request const& request, std::string source,
                                        std::string name) {
  auto opened = co_await files_.open(std::move(source), name);
  if (!opened) co_return text_response(503, public_words(opened.error()) + "\n");
  if (!*opened) co_return not_there(request.path);
  auto& file = **opened;
  auto const etag = file_etag(file);
  Response out;
  out.fields = {{"ETag", etag},
                {"Last-Modified", http_date(file.modified_at)},
                {"Cache-Control", "no-cache"},
                {"Access-Control-Allow-Origin", "*"}};
  if (is_fresh(request, etag, file.modified_at)) {
    out.status = 304;
  } else {
    out.fields.emplace_back("Content-Type", std::string(content_type(name)));
    out.length = file.size;
    out.body = std::move(file.body);
  }
  co_return out;
}

}  // namespace perfd::web
