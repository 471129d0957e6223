// The words of perfd.toml for the enumerations of settings.h.
// Thread: pure functions.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "config/settings.h"

namespace perfd::config {

template <class E>
struct Word {
  E value;
  std::string_view word;
};

// One list for each enumeration, found by argument; complete and in the order of the docs.
constexpr auto words(Kind) {
  return std::to_array<Word<Kind>>({{Kind::download, "download"},
                                    {Kind::upload, "upload"},
                                    {Kind::page, "page"},
                                    {Kind::allocation, "allocation"},
                                    {Kind::resolve, "resolve"}});
}
// `url` stands for any URL, which is what a file has in its place.
constexpr auto words(TargetKind) {
  return std::to_array<Word<TargetKind>>({{TargetKind::direct, "direct"},
                                          {TargetKind::onion, "onion"},
                                          {TargetKind::single_onion, "single-onion"},
                                          {TargetKind::url, "http://…"}});
}
// `list` stands for a list of fingerprints and countries.
constexpr auto words(GuardPolicy) {
  return std::to_array<Word<GuardPolicy>>({{GuardPolicy::tor_default, "default"},
                                           {GuardPolicy::none, "none"},
                                           {GuardPolicy::fast, "fast"},
                                           {GuardPolicy::slow, "slow"},
                                           {GuardPolicy::fast_ratio, "fast-ratio"},
                                           {GuardPolicy::slow_ratio, "slow-ratio"},
                                           {GuardPolicy::list, "list"}});
}
constexpr auto words(Spread) {
  return std::to_array<Word<Spread>>(
      {{Spread::fixed, "fixed"}, {Spread::jitter, "jitter"}, {Spread::poisson, "poisson"}});
}
constexpr auto words(CircuitUse) {
  return std::to_array<Word<CircuitUse>>(
      {{CircuitUse::fresh, "fresh"}, {CircuitUse::shared, "shared"}});
}
constexpr auto words(BuiltInPage) {
  return std::to_array<Word<BuiltInPage>>({{BuiltInPage::median, "median"},
                                           {BuiltInPage::plain, "plain"},
                                           {BuiltInPage::form, "form"}});
}
constexpr auto words(Isolation) {
  return std::to_array<Word<Isolation>>(
      {{Isolation::same, "same"}, {Isolation::each, "each"}, {Isolation::port, "port"}});
}
constexpr auto words(ArmOrder) {
  return std::to_array<Word<ArmOrder>>(
      {{ArmOrder::interleaved, "interleaved"}, {ArmOrder::parallel, "parallel"}});
}
constexpr auto words(ProbeKind) {
  return std::to_array<Word<ProbeKind>>(
      {{ProbeKind::download, "download"}, {ProbeKind::page, "page"}});
}
constexpr auto words(LogLevel) {
  return std::to_array<Word<LogLevel>>({{LogLevel::debug, "debug"},
                                        {LogLevel::info, "info"},
                                        {LogLevel::warning, "warning"},
                                        {LogLevel::error, "error"}});
}

template <class E>
[[nodiscard]] constexpr std::string_view name(E value) {
  for (auto const& [candidate, word] : words(E{}))
    if (candidate == value) return word;
  return {};
}
template <class E>
[[nodiscard]] constexpr std::optional<E> from_name(std::string_view text) {
  for (auto const& [value, word] : words(E{}))
    if (word == text) return value;
  return std::nullopt;
}

}  // namespace perfd::config
