// What one page load's events tell: its resources, whether it is loaded, since when it is quiet.
//
// It knows the load's tab and the frames in it; events of anything else are dropped, as are
// requests that no network sees (data:, blob:, about: and the browser's own).
// Internal to the room. Thread: the loop's; no I/O and no clock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/units.h"
#include "browser/bidi_events.h"
#include "model/mark.h"
#include "model/page.h"

namespace perfd::browser {

// A page that asks for more is not worth its memory; what comes after these is not recorded.
inline constexpr std::size_t kMostResources = 5000;

// Of a moment that was known only by an event, which the browser writes somewhat later.
inline constexpr Micros kEventBound = std::chrono::milliseconds{100};

class PageWatch {
 public:
  explicit PageWatch(std::string tab) : tab_(tab) { contexts_.insert(std::move(tab)); }

  void on(BidiEvent const& event, MonoTime arrived);

  // The page's load event has come, and it is not going elsewhere.
  [[nodiscard]] bool loaded() const { return loaded_ && pending_navigation_.empty(); }
  [[nodiscard]] std::size_t open_requests() const { return open_.size(); }
  // When the last event of a request came in, or the load event, if all requests have ended.
  [[nodiscard]] std::optional<MonoTime> quiet_since() const;
  // A page came, not an error page.
  [[nodiscard]] bool committed() const { return committed_ && !error_page_; }
  [[nodiscard]] bool error_page() const { return error_page_; }  // about:neterror and the like
  [[nodiscard]] bool crashed() const { return crashed_; }

  // The resources, counts and, where a page came, its address.
  void fill(model::PageLoad& page) const;
  // DATAREQUEST and DATARESPONSE of the document; DOMCONTENTLOADED and LOAD as its events told;
  // with `quiet` also DATACOMPLETE and FULLYLOADED.
  void fill(model::Marks& marks, bool quiet) const;

 private:
  struct Entry {
    model::Resource resource;
    bool of_document = false;  // of the tab's own, not of a frame's
    bool ended = false;
    bool body_is_exact = false;    // request_bytes
    std::optional<WallTime> last;  // the latest moment that is known of it
  };
  using Key = std::pair<std::string, int>;  // the hops of a redirect share an id

  void on_event(NetworkEvent const& event, MonoTime arrived);
  void on_event(NavigationEvent const& event, MonoTime arrived);
  void on_event(ContextEvent const& event, MonoTime arrived);
  Entry* entry_of(NetworkEvent const& event);
  static void update(Entry& entry, NetworkEvent const& event);

  std::string tab_;
  std::set<std::string> contexts_;
  std::vector<Entry> entries_;
  std::map<Key, std::size_t> index_;
  std::set<Key> open_;
  MonoTime last_activity_{};
  std::string pending_navigation_;
  std::string committed_url_;
  bool committed_ = false;
  bool error_page_ = false;
  bool crashed_ = false;
  bool loaded_ = false;
  std::optional<WallTime> dom_content_loaded_at_;
  std::optional<WallTime> loaded_at_;
};

}  // namespace perfd::browser
