// What commands answer, as values (control-spec 3), and refusals as Errors.
// Thread: pure functions.
#pragma once

#include <boost/system/error_category.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "wire/torctl/reply.h"
#include "wire/torctl/text.h"

namespace perfd::wire::torctl {

// Category of Errors that tor itself answered; the value is the reply's code (552, 515, …).
[[nodiscard]] boost::system::error_category const& reply_category();

// The Error of a reply that is not 2xx; `operation` is for example "SETCONF".
[[nodiscard]] Error refusal(Reply const& reply, std::string_view operation);
[[nodiscard]] Result<> expect_ok(Reply const& reply, std::string_view operation);

// 3.9: key and value, in order. A value that came as data ends each line with '\n'.
[[nodiscard]] Result<Keywords> parse_getinfo(Reply const& reply);

// 3.3: an option without a value is at its default.
using ConfigValues = std::vector<std::pair<std::string, std::optional<std::string>>>;
[[nodiscard]] Result<ConfigValues> parse_getconf(Reply const& reply);

// 3.10: the id of the circuit.
[[nodiscard]] Result<std::uint64_t> parse_extendcircuit(Reply const& reply);

// 3.27
struct OnionService {
  std::string service_id;   // without ".onion"
  std::string private_key;  // "ED25519-V3:…"; empty with DiscardPK. A secret: never log it.
};
[[nodiscard]] Result<OnionService> parse_add_onion(Reply const& reply);

}  // namespace perfd::wire::torctl
