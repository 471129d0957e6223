// The one place where an error becomes a failure code, an operation and a detail.
// Thread: pure functions.
#pragma once

#include <optional>

#include "base/result.h"
#include "experiments/stream_join.h"
#include "model/outcome.h"
#include "net/transfer.h"

namespace perfd::experiments {

// How a measurement ended before its time, apart from an error of the transfer.
enum class Ending : std::uint8_t { finished, deadline, stopped };

// `error` is the transfer's, none where it succeeded or did not end by itself. `tor` is the
// state of the tor instance after the failure, none for a foreign proxy.
[[nodiscard]] model::Outcome outcome_of(Ending ending, std::optional<Error> const& error,
                                        net::TransferTrace const& trace,
                                        std::optional<StreamJoin::State> tor,
                                        std::string const& tor_detail);

// The failure code of a SOCKS reply other than success.
[[nodiscard]] model::FailureCode socks_failure(int reply);

}  // namespace perfd::experiments
