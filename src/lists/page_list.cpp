#include "lists/page_list.h"

#include <algorithm>
#include <utility>

#include "lists/fetch.h"
#include "runtime/clock.h"
#include "runtime/files.h"

namespace perfd::lists {
namespace {

using runtime::Task;

constexpr std::size_t kMaxFile = std::size_t{64} << 20;
constexpr auto kFetchEvery = std::chrono::hours{24};
// While there is none, and while there is one of an earlier day.
constexpr auto kSoonAgain = std::chrono::minutes{1};
constexpr auto kLaterAgain = std::chrono::hours{1};
// Whether tor is ready.
constexpr auto kLook = std::chrono::seconds{2};

using FileTime = std::filesystem::file_time_type;

WallTime wall(FileTime time) {
  return std::chrono::floor<Micros>(std::chrono::file_clock::to_sys(time));
}

// Nothing where there is no such file.
std::optional<FileTime> time_of(std::filesystem::path const& file) {
  std::error_code failed;
  auto const at = std::filesystem::last_write_time(file, failed);
  return failed ? std::nullopt : std::optional(at);
}

struct ReadFile {
  std::optional<FileTime> written_at;
  bool unchanged = false;
  Result<UrlList> list = Error{""};
};

// First line of a kept list: another source, or more of the same, is not served by it.
std::string head_of_copy(PageListSettings const& settings) {
  return "# the first " + std::to_string(settings.top) + " of " + settings.source + "\n";
}

// `head` is what the file must begin with.
ReadFile read_unless(std::filesystem::path const& file, FileTime known, std::size_t top,
                     std::string const& head) {
  ReadFile out;
  out.written_at = time_of(file);
  out.unchanged = out.written_at && *out.written_at == known;
  if (out.unchanged) return out;
  auto const text = runtime::read_file(file, kMaxFile);
  out.unchanged = text && !text->starts_with(head);  // as good as none
  if (out.unchanged) return out;
  out.list = text ? parse_url_list(*text, top) : Result<UrlList>(text.error());
  if (!out.list && text) out.list = Error{file.string() + ": " + out.list.error().message};
  return out;
}

}  // namespace

PageList::PageList(runtime::Loop& loop, runtime::Pool& files, runtime::Pool& fetches,
                   PageListSettings settings, std::string last)
    : loop_(loop),
      files_(files),
      fetches_(fetches),
      settings_(std::move(settings)),
      last_(std::move(last)),
      stopped_(loop.context()),
      stop_(std::make_shared<std::atomic<bool>>(false)) {}

PageList::~PageList() { *stop_ = true; }

void PageList::stop() {
  *stop_ = true;
  stopped_.set();
}

bool PageList::is_file() const { return settings_.source.find("://") == std::string::npos; }

void PageList::take(Result<UrlList> list) {
  bool const again = list.has_error() && list.error().message == trouble_;
  if (settings_.on_list && !again) settings_.on_list(list);
  trouble_ = list ? std::string() : list.error().message;
  if (list) list_ = std::move(*list);
}

Task<> PageList::read() {
  auto const file = is_file() ? std::filesystem::path(settings_.source) : settings_.copy;
  auto const head = is_file() ? std::string() : head_of_copy(settings_);
  auto work = [file, head, known = written_at_, top = settings_.top] {
    return read_unless(file, known, top, head);
  };
  auto found = co_await files_.run(loop_, std::move(work));
  if (found.unchanged) co_return;
  // A file that was spoiled is read again once it is mended; until then the list stays as it was.
  written_at_ = found.written_at.value_or(FileTime{});
  take(std::move(found.list));
}

Task<Result<std::string>> PageList::next(int times) {
  if (is_file()) co_await read();
  auto const& urls = list_.urls;
  if (urls.empty()) co_return Error{trouble_.empty() ? "it is not there yet" : trouble_};
  auto const had = std::ranges::find(urls, last_);
  if (had == urls.end() || turns_of_last_ >= times || turns_of_last_ == 0) {
    auto const first = had == urls.end() || had + 1 == urls.end();
    last_ = first ? urls.front() : *(had + 1);
    turns_of_last_ = 0;
  }
  ++turns_of_last_;
  co_return success(std::string(last_));
}

Task<bool> PageList::fetch_through(runtime::Address proxy) {
  FetchSpec spec;
  spec.url = settings_.source;
  spec.username = settings_.username;
  // Comments and lines of no use are none of the top.
  spec.max_lines = 2 * settings_.top + 100;
  spec.proxy = std::move(proxy);
  auto work = [spec, copy = settings_.copy, head = head_of_copy(settings_), top = settings_.top,
               stop = stop_]() -> Result<UrlList> {
    auto const text = fetch(spec, *stop);
    if (!text) return Error{spec.url + ": " + text.error().message};
    auto list = parse_url_list(*text, top);
    if (!list) return Error{spec.url + ": " + list.error().message};
    auto content = head;
    for (auto const& url : list->urls) content += url + "\n";
    auto kept = runtime::make_folder(copy.parent_path());
    if (kept) kept = runtime::write_file(copy, content);
    if (!kept) return kept.error();
    return list;
  };
  auto fetched = co_await fetches_.run(loop_, std::move(work));
  bool const good = fetched.has_value();
  take(std::move(fetched));
  co_return good;
}

Task<> PageList::keep() {
  if (is_file()) co_return;
  auto const kept_at = time_of(settings_.copy);
  if (kept_at) co_await read();
  auto due = runtime::mono_now();
  if (kept_at && !list_.urls.empty()) {
    auto const age = runtime::wall_now() - wall(*kept_at);
    due += std::clamp<Nanos>(kFetchEvery - age, Nanos{0}, kFetchEvery);
  }
  for (;;) {
    bool const stopped = co_await stopped_.wait_until(due);
    if (stopped) co_return;
    auto const proxy = settings_.proxy();
    if (!proxy) {
      if (list_.urls.empty()) trouble_ = "tor is not ready to fetch " + settings_.source;
      due = runtime::mono_now() + kLook;
      continue;
    }
    bool const good = co_await fetch_through(*proxy);
    auto const again = list_.urls.empty() ? Nanos{kSoonAgain} : Nanos{kLaterAgain};
    due = runtime::mono_now() + (good ? Nanos{kFetchEvery} : again);
  }
}

}  // namespace perfd::lists
