// One list of pages, of which each has its turn: a file, which is read again when it changes, or an
// address from which it is fetched once a day. What was fetched last is kept in a file, for the
// next start and for days on which the address does not answer.
// Thread: the loop's; what blocks is done by the pools. Ownership: refers to loop and pools, which
// outlive it.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "lists/url_list.h"
#include "runtime/address.h"
#include "runtime/pool.h"
#include "runtime/task.h"
#include "runtime/timer.h"

namespace perfd::lists {

struct PageListSettings {
  std::string source;  // a file, or an http:// or https:// address
  std::size_t top = 100;
  std::filesystem::path copy;  // of an address's list
  std::string username;        // at the proxy, for the fetches
  // Where to fetch through; nothing: not now.
  std::function<std::optional<runtime::Address>()> proxy;
  // Told of each list that was read or fetched, and of each failure, once as long as it lasts.
  std::function<void(Result<UrlList> const&)> on_list;
};

class PageList {
 public:
  // `last` is the page that had its turn last, before this process; its successor is the next.
  PageList(runtime::Loop& loop, runtime::Pool& files, runtime::Pool& fetches,
           PageListSettings settings, std::string last);
  ~PageList();
  PageList(PageList const&) = delete;
  PageList& operator=(PageList const&) = delete;

  // Whose turn it is; each page has `times` turns, one after the other. Errors: why there is no
  // list. Does not wait for a fetch.
  [[nodiscard]] runtime::Task<Result<std::string>> next(int times);

  // Fetches whenever it is time to, until stop(). Returns at once where the source is a file.
  runtime::Task<> keep();
  void stop();  // a fetch that runs ends within about a second

 private:
  [[nodiscard]] bool is_file() const;
  runtime::Task<> read();  // the file, or the kept copy
  runtime::Task<bool> fetch_through(runtime::Address proxy);
  void take(Result<UrlList> list);

  runtime::Loop& loop_;
  runtime::Pool& files_;
  runtime::Pool& fetches_;
  PageListSettings settings_;
  std::string last_;
  int turns_of_last_ = 0;  // as many as it had
  UrlList list_;
  std::string trouble_;                           // why there is no list, or no newer one
  std::filesystem::file_time_type written_at_{};  // of the file that was read
  runtime::Event stopped_;
  std::shared_ptr<std::atomic<bool>> stop_;  // for the pool's thread, which may outlive this
};

}  // namespace perfd::lists
