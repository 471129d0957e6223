// The parameters of one request, checked by the table of its address: what is given, or the
// default.
// Thread: values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/selection.h"
#include "web/api/address.h"
#include "web/api/refusal.h"

namespace perfd::web::api {

class Arguments {
 public:
  // Errors name the parameter and what it takes; of a name that is not known, the nearest one.
  // `now` is what times like "7d" are counted back from, and `until` where a period has no end.
  [[nodiscard]] static Checked<Arguments> parse(Address const& address, std::string_view query,
                                                WallTime now);

  // What the filters choose. Of an address with a period both ends are set.
  [[nodiscard]] model::Selection const& which() const { return which_; }
  [[nodiscard]] WallTime since() const { return *which_.since; }  // REQUIRES: a period
  [[nodiscard]] WallTime until() const { return *which_.until; }
  // What it says depends on the time of asking.
  [[nodiscard]] bool is_relative() const { return relative_; }

  // REQUIRES: a parameter of the address; of the type that is asked for.
  [[nodiscard]] bool given(std::string_view name) const { return given_.contains(name); }
  [[nodiscard]] std::string text(std::string_view name) const;  // empty: neither given nor default
  [[nodiscard]] std::int64_t number(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> words(std::string_view name) const;

 private:
  explicit Arguments(Address const& address) : address_(&address) {}
  [[nodiscard]] Checked<void> take(std::string const& name, std::string const& value, WallTime now);
  [[nodiscard]] Checked<void> take_filter(std::string const& name, std::string const& value,
                                          WallTime now);
  [[nodiscard]] Checked<void> settle_period(WallTime now);

  Address const* address_;
  model::Selection which_;
  std::map<std::string, std::string, std::less<>> given_;
  bool relative_ = false;
};

}  // namespace perfd::web::api
