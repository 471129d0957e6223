// Onion services that a tor instance offers for perfd: one that is kept over restarts, and
// any number of short-lived ones.
//
// ADD_ONION ties a service to the control connection, so that it ends with it; the kept one is
// added again whenever the instance comes up. Its private key is a file: who has the file is the
// service. How far publishing has come is read from HS_DESC events.
// Owner: app. Thread: the loop's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "model/onion.h"
#include "runtime/loop.h"
#include "tor/instance.h"
#include "tor/instance_part.h"

namespace perfd::tor {

struct OnionSettings {
  std::filesystem::path key_file;  // of the kept service; made at its first publishing, mode 0600
  std::uint16_t virtual_port = 80;
  runtime::Address target;  // where its connections go: an address of this machine
  bool single = false;      // the tor runs in single onion mode
};

class OnionServices final : public InstancePart {
 public:
  // The instance outlives this object, which is to be added to it as a part.
  OnionServices(runtime::Loop& loop, Instance& instance, OnionSettings settings);
  ~OnionServices() override;

  // The kept service shall exist, from now on and after every start of tor. Idempotent.
  void offer();
  [[nodiscard]] bool offers() const { return wanted_; }
  // tor runs, and can be asked for services.
  [[nodiscard]] bool up() const { return run_tasks_ != nullptr; }

  struct Published {
    std::string address;  // without suffix
    model::OnionService service;
  };
  // The kept service once it is published: every directory that tor asked has answered for each of
  // its descriptors (this time period's and the next one's), or, at `until`, at least one
  // directory. A client may ask any of them first. The error tells how far it came: tor not
  // connected, tor's refusal, no upload yet, tor's end.
  [[nodiscard]] runtime::Task<Result<Published>> published(MonoTime until);
  // A service with a new key that nobody keeps, once it is published.
  // To be withdrawn, unless it was an error; one whose publishing fails or is cut off is withdrawn
  // here.
  [[nodiscard]] runtime::Task<Result<Published>> publish_fresh(MonoTime until);
  void withdraw(std::string const& address);

  // As it is now; nothing where this tor does not have the service.
  [[nodiscard]] std::optional<model::OnionService> find(std::string const& address) const;

  void on_up(Instance& instance, runtime::TaskGroup& run_tasks) override;
  void on_event(Instance& instance, WallTime read_at, wire::torctl::Event const& event) override;
  void on_down(Instance& instance) override;

 private:
  struct Entry {
    explicit Entry(runtime::Loop& loop);
    std::string address;
    model::OnionService service;
    std::set<std::string> created;          // descriptors that were not uploaded anywhere yet
    std::multiset<std::string> unanswered;  // the directories of uploads under way
    runtime::Event published;               // or lost
    bool lost = false;                      // with its tor
  };
  using EntryRef = std::shared_ptr<Entry>;
  struct Fresh;
  struct Kept;

  [[nodiscard]] runtime::Task<> publish_kept(std::shared_ptr<Kept> kept);
  [[nodiscard]] static runtime::Task<Result<Published>> await_published(EntryRef entry,
                                                                        MonoTime until);
  [[nodiscard]] runtime::Task<Result<EntryRef>> add(std::string key, bool fresh);
  [[nodiscard]] runtime::Task<Result<EntryRef>> add_kept();
  [[nodiscard]] runtime::Task<> add_fresh(std::shared_ptr<Fresh> fresh);
  [[nodiscard]] runtime::Task<> delete_service(std::string address);
  void abandon(Fresh& fresh);

  runtime::Loop& loop_;
  Instance& instance_;
  OnionSettings settings_;
  bool wanted_ = false;
  runtime::TaskGroup* run_tasks_ = nullptr;  // while up
  // By address; those of this connection. While tor adds one, its events may come before its
  // answer: then strangers are kept, too.
  std::map<std::string, EntryRef> entries_;
  int adding_ = 0;
  std::shared_ptr<Kept> kept_;  // in this run of tor; while it is down, in the next
};

}  // namespace perfd::tor
