// Makes a Key of the definition table from a member and what is to be said about it.
//
// Internal to config. Thread: pure functions.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "config/codec.h"
#include "config/definition.h"
#include "config/limits.h"

namespace perfd::config {

template <class S, class T>
struct Spec {
  std::string_view name{};
  std::string_view about{};
  Change change = Change::restart;
  bool required = false;
  bool secret = false;
  std::string_view default_text{};  // where the type's own default does not say it
  Limit<T> limit{};
  std::function<T(Settings const&, S const&)> derive{};
  std::function<bool(S const&)> omit{};  // true: express the value by leaving the key out
};

template <class S, class T>
std::string default_text(T S::*member, Spec<S, T> const& spec) {
  if (spec.required) return "required";
  if (!spec.default_text.empty()) return std::string(spec.default_text);
  S const fresh{};
  return Codec<T>::write(fresh.*member).value_or("not set");
}

template <class S, class T>
Key<S> key(T S::*member, Spec<S, T> spec) {
  Key<S> key;
  key.name = spec.name;
  key.kind = Codec<T>::kind() + (spec.limit.text.empty() ? "" : "; " + spec.limit.text);
  key.default_text = default_text(member, spec);
  key.about = spec.about;
  key.change = spec.change;
  key.required = spec.required;
  key.secret = spec.secret;
  key.read = [member, check = spec.limit.check](Node const& node, S& out, Report const& report) {
    if (!Codec<T>::read(node, out.*member, report)) return false;
    if (auto wrong = check ? check(out.*member) : std::nullopt) {
      report(node.place, std::move(*wrong));
      return false;
    }
    return true;
  };
  key.write = [member, omit = spec.omit](S const& in) {
    return omit && omit(in) ? std::nullopt : Codec<T>::write(in.*member);
  };
  key.copy = [member](S const& from, S& to) { to.*member = from.*member; };
  key.set_default = [member, derive = spec.derive](Settings const& settings, S& out) {
    out.*member = derive ? derive(settings, out) : S{}.*member;
  };
  return key;
}

}  // namespace perfd::config
