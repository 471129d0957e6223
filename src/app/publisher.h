// Publishes each day once it is over, and those that were over while no perfd ran.
//
// The work is done by a thread of its own, a day at a time; what fails is logged, told by `status`
// and tried again. Thread: the measuring loop's.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "app/data_folder.h"
#include "base/units.h"
#include "publish/catch_up.h"
#include "runtime/pool.h"
#include "runtime/task.h"

namespace perfd::app {

struct PublishingRules {
  Micros longest{0};  // the longest time-out of an experiment
  Micros keep{0};     // how long results and files are kept
  bool hold = false;  // not now
};

class Publisher {
 public:
  Publisher(runtime::Loop& loop, DataFolder data, std::string vantage);

  // `rules` is asked each time, for as long as the task runs. REQUIRES: run once.
  runtime::Task<> run(std::function<PublishingRules()> rules);
  // The day at work is given up, and published at the next start.
  void cancel() { *cancelled_ = true; }

  // For people; empty texts: no day yet, no trouble.
  [[nodiscard]] std::string const& until() const { return until_; }
  [[nodiscard]] std::string const& trouble() const { return trouble_; }

 private:
  // Whether another day is over already.
  runtime::Task<bool> publish(PublishingRules rules);
  runtime::Task<> settle(PublishingRules rules);
  void tell(publish::CaughtUp const& done);
  void failed(std::string const& what);

  runtime::Loop& loop_;
  DataFolder data_;
  std::string vantage_;
  std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
  bool unsettled_ = true;  // the index is older than the files, or from another run
  std::string until_;
  std::string trouble_;
  runtime::Pool pool_{1};
};

}  // namespace perfd::app
