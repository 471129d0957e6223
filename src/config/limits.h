// Rules that a single value has to keep, whatever else the file says.
//
// Internal to config. Each returns what is wrong, or nothing.
// Thread: pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "config/settings.h"

namespace perfd::config {

using Wrong = std::optional<std::string>;

// A check together with the words that the reference uses for it.
template <class T>
struct Limit {
  std::function<Wrong(T const&)> check{};
  std::string text{};
};

[[nodiscard]] Limit<Bytes> between(Bytes low, Bytes high);
[[nodiscard]] Limit<Micros> between(Micros low, Micros high);
[[nodiscard]] Limit<std::int32_t> between(std::int32_t low, std::int32_t high);

[[nodiscard]] Wrong check_name(std::string const& text);  // is_name of definition.h
[[nodiscard]] Wrong check_not_empty(std::string const& text);
[[nodiscard]] Wrong check_file(std::string const& path);
[[nodiscard]] Wrong check_host(std::string const& text);  // a host name or a numeric address
[[nodiscard]] Wrong check_account(std::optional<std::string> const& user_or_group);
[[nodiscard]] Wrong check_listen(std::vector<ListenAddress> const& addresses);
[[nodiscard]] Wrong check_listen_tls(std::vector<ListenAddress> const& addresses);  // or none
[[nodiscard]] Wrong check_control_address(std::optional<std::string> const& text);
[[nodiscard]] Wrong check_torrc(std::vector<std::string> const& lines);
[[nodiscard]] Wrong check_guards(Guards const& guards);
[[nodiscard]] Wrong check_target(Target const& target);  // of a URL: its form
[[nodiscard]] Wrong check_urls(std::string const& file_or_address);
[[nodiscard]] Wrong check_path(ChosenPath const& path);
[[nodiscard]] Wrong check_probe_hosts(std::vector<std::string> const& patterns);
[[nodiscard]] Wrong check_suffix(std::string const& onion_suffix);

// The option of a torrc line, as it is written.
[[nodiscard]] std::string_view torrc_option(std::string_view line);
// Any address of the machine: no address that someone else could connect to.
[[nodiscard]] bool is_wildcard(ListenAddress const& address);

}  // namespace perfd::config
