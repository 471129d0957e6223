// How a station stands, as the web room asks it (web/daemon.h).
// Thread: the measuring loop's.
#pragma once

#include <memory>
#include <vector>

#include "app/tor_unit.h"
#include "config/settings.h"
#include "schedule/scheduler.h"
#include "store/store.h"
#include "web/daemon.h"

namespace perfd::app {

[[nodiscard]] web::DaemonState daemon_state(config::Settings const& settings,
                                            std::vector<std::unique_ptr<TorUnit>> const& tors,
                                            std::vector<schedule::Scheduler::Status> const& slots,
                                            store::Health const& health);

}  // namespace perfd::app
