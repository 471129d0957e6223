#include "browser/page_watch.h"

#include <algorithm>
#include <string_view>

namespace perfd::browser {
namespace {

bool uses_network(std::string_view url) {
  for (std::string_view const scheme : {"http:", "https:", "ws:", "wss:"})
    if (url.starts_with(scheme)) return true;
  return false;
}

// An open WebSocket is no request that a load waits for.
constexpr int kSwitchingProtocols = 101;

model::Mark mark_at(WallTime at) { return {at, model::MarkSource::clock, Micros{1}}; }

}  // namespace

void PageWatch::on(BidiEvent const& event, MonoTime arrived) {
  std::visit([&](auto const& known) { on_event(known, arrived); }, event);
}

void PageWatch::on_event(ContextEvent const& event, MonoTime) {
  // Frames stay known after their end: what they asked for may still be told.
  if (event.created && !event.parent.empty() && contexts_.contains(event.parent) &&
      contexts_.size() < kMostResources)
    contexts_.insert(event.context);
}

void PageWatch::on_event(NavigationEvent const& event, MonoTime arrived) {
  if (event.context != tab_) return;
  using Kind = NavigationEvent::Kind;
  switch (event.kind) {
    case Kind::started:
      pending_navigation_ = event.navigation;
      break;
    case Kind::failed:
      if (event.navigation == pending_navigation_) pending_navigation_.clear();
      break;
    case Kind::committed:
      pending_navigation_.clear();
      if (event.url.starts_with("about:tabcrashed")) {
        crashed_ = true;
      } else if (event.url == "about:blank") {
        // What a tab shows before the first page, and between a crash and its error page.
      } else if (event.url.starts_with("about:")) {
        error_page_ = true;
      } else {
        committed_ = true;
        committed_url_ = event.url;
        loaded_ = false;
        loaded_at_.reset();
        dom_content_loaded_at_.reset();
      }
      break;
    case Kind::dom_content_loaded:
      if (!event.url.starts_with("about:")) dom_content_loaded_at_ = event.at;
      break;
    case Kind::load:
      if (!committed_ || event.url.starts_with("about:")) break;
      loaded_ = true;
      loaded_at_ = event.at;
      last_activity_ = std::max(last_activity_, arrived);
      break;
  }
}

PageWatch::Entry* PageWatch::entry_of(NetworkEvent const& event) {
  Key const key{event.request, event.redirects};
  if (auto const found = index_.find(key); found != index_.end()) return &entries_[found->second];
  if (entries_.size() >= kMostResources) return nullptr;
  index_.emplace(key, entries_.size());
  open_.insert(key);
  auto& entry = entries_.emplace_back();
  auto& resource = entry.resource;
  resource.id = event.request;
  resource.redirect = event.redirects;
  resource.url = event.url;
  resource.method = event.method;
  resource.type = event.destination;
  resource.initiator = event.initiator;
  entry.of_document = event.context == tab_ && !event.navigation.empty();
  return &entry;
}

void PageWatch::on_event(NetworkEvent const& event, MonoTime arrived) {
  if (!contexts_.contains(event.context) || !uses_network(event.url)) return;
  auto* const entry = entry_of(event);
  if (entry == nullptr || entry->ended) return;
  last_activity_ = std::max(last_activity_, arrived);
  update(*entry, event);
  if (entry->ended || entry->resource.status == kSwitchingProtocols)
    open_.erase({event.request, event.redirects});
}

void PageWatch::update(Entry& entry, NetworkEvent const& event) {
  auto& resource = entry.resource;
  auto const& times = event.times;
  if (event.body_is_exact || !entry.body_is_exact)
    resource.request_bytes =
        event.body_is_exact ? event.body_bytes : std::max(resource.request_bytes, event.body_bytes);
  entry.body_is_exact = entry.body_is_exact || event.body_is_exact;
  resource.requested_at = times.requested;
  // A request that waited for a connection of its own and was then given another has a start alone.
  if (times.connect_start && times.connect_end) {
    resource.connect_start = times.connect_start;
    resource.connect_end = times.connect_end;
    resource.tls_start = times.tls_start;
    resource.tls_end = times.tls_end;
  }
  resource.request_start = times.request_start;
  if (event.response) {
    resource.protocol = event.response->protocol;
    resource.mime_type = event.response->mime_type;
    resource.status = event.response->status;
    resource.from_cache = event.response->from_cache;
    resource.bytes_received = event.response->bytes_received;
    resource.header_bytes = event.response->header_bytes;
    resource.body_bytes = event.response->body_bytes;
  }
  // Without a response Firefox calls the moment of the failure so.
  if (resource.status != 0) resource.response_start = times.response_start;
  if (event.kind == NetworkEvent::Kind::completed) resource.response_end = times.response_end;
  resource.error = event.error;
  entry.ended =
      event.kind == NetworkEvent::Kind::completed || event.kind == NetworkEvent::Kind::failed;
  for (auto const& moment : {times.requested, times.connect_start, times.connect_end,
                             times.request_start, times.response_start, times.response_end})
    if (moment && (!entry.last || *moment > *entry.last)) entry.last = moment;
}

std::optional<MonoTime> PageWatch::quiet_since() const {
  return open_.empty() ? std::optional(last_activity_) : std::nullopt;
}

void PageWatch::fill(model::PageLoad& page) const {
  if (committed()) page.final_url = committed_url_;
  page.failed = 0;
  page.resources.clear();
  page.resources.reserve(entries_.size());
  for (auto const& entry : entries_) {
    page.resources.push_back(entry.resource);
    auto const status = entry.resource.status;
    bool const came = entry.ended && entry.resource.error.empty() && status > 0 && status < 400;
    if (!came && status != kSwitchingProtocols) ++page.failed;
  }
  // Events of different requests overtake each other.
  std::ranges::stable_sort(page.resources, [](auto const& a, auto const& b) {
    return a.requested_at && b.requested_at && *a.requested_at < *b.requested_at;
  });
}

void PageWatch::fill(model::Marks& marks, bool quiet) const {
  model::Resource const* document = nullptr;
  std::optional<WallTime> last_byte, last_end;
  for (auto const& entry : entries_) {
    if (entry.of_document) document = &entry.resource;
    auto const& end = entry.resource.response_end;
    if (end && (!last_byte || *end > *last_byte)) last_byte = end;
    if (entry.ended && entry.last && (!last_end || *entry.last > *last_end)) last_end = entry.last;
  }
  using namespace model::mark;
  if (document != nullptr) {
    if (document->tls_start) marks.set(kTlsStart, mark_at(*document->tls_start));
    if (document->tls_end) marks.set(kTlsEnd, mark_at(*document->tls_end));
    if (document->request_start) marks.set(kDataRequest, mark_at(*document->request_start));
    if (document->response_start) marks.set(kDataResponse, mark_at(*document->response_start));
  }
  auto const of_event = [](WallTime at) {
    // Cut to the ms.
    return model::Mark{at + std::chrono::milliseconds{1}, model::MarkSource::clock,
                       kEventBound + std::chrono::milliseconds{1}};
  };
  if (dom_content_loaded_at_) marks.set(kDomContentLoaded, of_event(*dom_content_loaded_at_));
  if (loaded_at_) marks.set(kLoad, of_event(*loaded_at_));
  if (!quiet) return;
  if (last_byte) marks.set(kDataComplete, mark_at(*last_byte));
  if (!last_end) return;
  // A page is not fully loaded before its load event, which comes behind the end of the last
  // request where it waited for that.
  auto const* const load = marks.find(kLoad);
  marks.set(kFullyLoaded, load != nullptr && load->at > *last_end ? *load : mark_at(*last_end));
}

}  // namespace perfd::browser
