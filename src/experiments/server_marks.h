// Where the measurement server's observations meet the client's record.
//
// Only ids that a measurement announced are kept, so that nobody else's requests can fill
// memory or pollute a result; the first observation of an id wins.
// Thread: on_transfer() any (the serving loop's); all else the measuring loop's.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "net/observation.h"
#include "runtime/loop.h"

namespace perfd::experiments {

class ServerMarks final : public net::ServerObserver {
 public:
  // `measuring` is the loop on which take() is awaited; it outlives this object.
  explicit ServerMarks(runtime::Loop& measuring);
  ~ServerMarks() override;

  // From now on an observation with this id is kept.
  void expect(std::string const& id);
  // The observation, waiting for it until `until`. Ends the expectation.
  runtime::Task<std::optional<net::ServerObservation>> take(std::string id, MonoTime until);
  void forget(std::string const& id);

  void on_transfer(net::ServerObservation observation) override;

 private:
  struct Entry;
  std::shared_ptr<Entry> find(std::string const& id);

  runtime::Loop& loop_;
  std::mutex mutex_;  // guards expected_ and the entries' observations
  std::map<std::string, std::shared_ptr<Entry>> expected_;
};

}  // namespace perfd::experiments
