#include "lists/fetch.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "base/text.h"

namespace perfd::lists {
namespace {

constexpr long kMaxRedirects = 5;

struct Transfer {
  FetchSpec const& spec;
  std::atomic<bool> const& stop;
  std::string text{};
  std::size_t lines = 0;
  bool too_large = false;

  [[nodiscard]] bool enough() const { return spec.max_lines > 0 && lines >= spec.max_lines; }
};

std::size_t take(char* data, std::size_t /*one*/, std::size_t size, void* pointer) {
  auto& transfer = *static_cast<Transfer*>(pointer);
  if (size > transfer.spec.max_size - transfer.text.size()) {
    transfer.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  transfer.text.append(data, size);
  transfer.lines += static_cast<std::size_t>(std::count(data, data + size, '\n'));
  return transfer.enough() ? CURL_WRITEFUNC_ERROR : size;
}

int look(void* pointer, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(pointer)->stop ? 1 : 0;
}

struct EndCurl {
  void operator()(CURL* curl) const { ::curl_easy_cleanup(curl); }
};
using Curl = std::unique_ptr<CURL, EndCurl>;

Curl make_curl() {
  // For the whole process, once; nothing to be undone.
  static bool const ready = ::curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  Curl curl(ready ? ::curl_easy_init() : nullptr);
  if (!curl) throw std::runtime_error("libcurl can't be set up");
  return curl;
}

template <class Value>
void set(Curl const& curl, CURLoption option, Value value) {
  if (auto const done = ::curl_easy_setopt(curl.get(), option, value); done != CURLE_OK)
    throw std::runtime_error(std::string("libcurl refuses an option: ") +
                             ::curl_easy_strerror(done));
}

}  // namespace

Result<std::string> fetch(FetchSpec const& spec, std::atomic<bool> const& stop) {
  auto const curl = make_curl();
  Transfer transfer{spec, stop};
  std::array<char, CURL_ERROR_SIZE> why{};
  auto const proxy =
      "socks5h://" + (spec.proxy.is_unix() ? "localhost" + spec.proxy.host() : spec.proxy.text());
  auto const limit = std::chrono::ceil<std::chrono::milliseconds>(spec.limit).count();
  set(curl, CURLOPT_ERRORBUFFER, why.data());
  set(curl, CURLOPT_URL, spec.url.c_str());
  set(curl, CURLOPT_PROXY, proxy.c_str());
  set(curl, CURLOPT_NOPROXY, "");
  set(curl, CURLOPT_PROXYUSERNAME, spec.username.c_str());
  set(curl, CURLOPT_PROXYPASSWORD, "perfd");
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_FOLLOWLOCATION, 1L);
  set(curl, CURLOPT_MAXREDIRS, kMaxRedirects);
  set(curl, CURLOPT_ACCEPT_ENCODING, "");
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limit));
  set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limit));
  set(curl, CURLOPT_WRITEFUNCTION, &take);
  set(curl, CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  set(curl, CURLOPT_NOPROGRESS, 0L);
  set(curl, CURLOPT_XFERINFOFUNCTION, &look);
  set(curl, CURLOPT_XFERINFODATA, static_cast<void*>(&transfer));

  auto const done = ::curl_easy_perform(curl.get());
  if (stop) return Error{"perfd was told to stop"};
  if (transfer.too_large)
    return Error{"is larger than " + format_bytes(Bytes{static_cast<std::int64_t>(spec.max_size)})};
  long status = 0;
  ::curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (done != CURLE_OK && !(done == CURLE_WRITE_ERROR && transfer.enough()))
    return Error{why[0] != '\0' ? printable(why.data(), 200) : ::curl_easy_strerror(done)};
  if (status != 200) return Error{"status " + std::to_string(status)};
  return success(std::move(transfer.text));
}

}  // namespace perfd::lists
