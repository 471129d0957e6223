// What a browser says during one page load, a message a line, from its text to the record: what a
// record takes is bounded and well-formed, so that it can be written and read again unchanged.
#include <boost/json/parse.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/text.h"
#include "browser/bidi_events.h"
#include "browser/bidi_message.h"
#include "browser/errors.h"
#include "browser/json_read.h"
#include "browser/page_times.h"
#include "browser/page_watch.h"
#include "browser/png_text.h"
#include "browser/surrogates.h"
#include "formats/jsonl.h"
#include "support.h"

namespace {

using namespace perfd;
using namespace perfd::browser;

void check_surrogates(std::string_view text) {
  auto const mended = mend_surrogates(text);
  FUZZ_REQUIRE(mend_surrogates(mended) == mended);
  boost::system::error_code error;
  (void)boost::json::parse(text, error);
  if (!error) FUZZ_REQUIRE(mended == text);
}

void check_picture(std::string_view base64) {
  if (auto const png = png_from_base64(base64))
    FUZZ_REQUIRE(png->starts_with("\x89PNG") && png->size() <= base64.size() / 4 * 3);
}

class Load {
 public:
  void hear(std::string_view line) {
    arrived_ += std::chrono::milliseconds{1};
    check_surrogates(line);
    check_picture(line);
    hear_times(line);
    auto const message = parse_message(line);
    if (!message) {
      FUZZ_REQUIRE(message.error().code == Errc::kProtocol && !message.error().message.empty());
    } else if (auto const* event = std::get_if<BidiNotice>(&*message)) {
      if (auto const parsed = parse_event(event->method, event->params))
        watch_.on(*parsed, arrived_);
    } else if (auto const* answer = std::get_if<BidiAnswer>(&*message)) {
      if (!answer->result) return;
      check_picture(read::text(*answer->result, "data", 1 << 20));
      if (auto const* value = read::object(*answer->result, "result"))
        hear_times(read::text(*value, "value", 1 << 20));
    }
  }

  void check() {
    model::Measurement record;
    record.page.emplace();
    watch_.fill(*record.page);
    watch_.fill(record.marks, watch_.quiet_since().has_value());
    if (times_) add_page_times(*times_, record.marks, *record.page);
    auto const& page = *record.page;
    FUZZ_REQUIRE(page.resources.size() <= kMostResources);
    FUZZ_REQUIRE(watch_.open_requests() <= page.resources.size());
    FUZZ_REQUIRE(page.failed >= 0 &&
                 page.failed <= static_cast<std::int64_t>(page.resources.size()));
    for (auto const& resource : page.resources) {
      FUZZ_REQUIRE(resource.url.size() <= kUrlLimit && resource.error.size() <= kWordLimit);
      FUZZ_REQUIRE(resource.bytes_received >= 0 && resource.header_bytes >= 0 &&
                   resource.body_bytes >= 0 && resource.request_bytes >= 0);
    }
    auto const written = formats::from_json_line(formats::to_json_line(record));
    FUZZ_REQUIRE(written.has_value());
    FUZZ_REQUIRE(written->page == record.page && written->marks == record.marks);
  }

 private:
  void hear_times(std::string_view text) {
    if (auto times = parse_page_times(text)) times_ = std::move(times);
  }

  PageWatch watch_{"tab"};
  MonoTime arrived_{};
  std::optional<PageTimes> times_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  Load load;
  for (auto const line : split({reinterpret_cast<char const*>(data), size}, '\n')) load.hear(line);
  load.check();
  return 0;
}
