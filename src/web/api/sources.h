// Where answers come from. Implemented by app over the store and what the daemon tells of itself.
// Thread: of whoever makes an answer; they may block.
#pragma once

#include "web/alerts.h"
#include "web/api/live.h"
#include "web/api/result_source.h"
#include "web/api/tor_source.h"
#include "web/trends.h"

namespace perfd::web::api {

struct Sources {
  ResultSource* results = nullptr;
  TorSource* tors = nullptr;
  LiveRef live{};         // null: nothing runs, or it has not told yet
  Alerts::List alerts{};  // how the rules of the thresholds stand
  TrendSource* trends = nullptr;
};

}  // namespace perfd::web::api
