#include "tor/onion_services.h"

#include <algorithm>
#include <utility>

#include "base/at_exit.h"
#include "base/text.h"
#include "runtime/clock.h"
#include "runtime/files.h"

namespace perfd::tor {
namespace {

using runtime::Task;

constexpr std::size_t kKeyLimit = 4096;
constexpr Nanos kFirstRetry = std::chrono::seconds(5);
constexpr Nanos kLongestRetry = std::chrono::minutes(5);
constexpr std::string_view kKeyType = "ED25519-V3:";

// Nothing: there is no file yet.
Result<std::optional<std::string>> read_key(std::filesystem::path const& file) {
  std::error_code failed;
  if (!std::filesystem::exists(file, failed) && !failed) return std::optional<std::string>();
  auto const text = runtime::read_file(file, kKeyLimit);
  if (!text) return text.error();
  auto const key = std::string(trim(*text));
  if (!key.starts_with(kKeyType) || key.find_first_of(" \t\r\n") != std::string::npos)
    return Error{file.string() +
                 " is no key of an onion service: put the right one back, or delete it, which "
                 "gives the service a new address"};
  return std::optional<std::string>(key);
}

Result<> write_key(std::filesystem::path const& file, std::string const& key) {
  auto made = runtime::make_folder(file.parent_path(), 0700);
  if (made) made = runtime::write_file(file, key + "\n", 0600);
  return made;
}

}  // namespace

OnionServices::Entry::Entry(runtime::Loop& loop) : published(loop.context()) {}

// A service on its way: shared by the task that asks tor for it and the one that waits.
struct OnionServices::Fresh {
  explicit Fresh(runtime::Loop& loop) : answered(loop.context()) {}
  Result<EntryRef> added = Error{"tor ended before it had added the service"};
  runtime::Event answered;
  bool abandoned = false;  // nobody waits any more
};

// The kept service in one run of tor: shared by the task that asks for it and those that wait.
struct OnionServices::Kept {
  explicit Kept(runtime::Loop& loop) : settled(loop.context()) {}
  EntryRef entry;          // or
  std::string problem;     // why there is none
  runtime::Event settled;  // one of the two is known
};

OnionServices::OnionServices(runtime::Loop& loop, Instance& instance, OnionSettings settings)
    : loop_(loop),
      instance_(instance),
      settings_(std::move(settings)),
      kept_(std::make_shared<Kept>(loop)) {}

OnionServices::~OnionServices() = default;

void OnionServices::offer() {
  if (std::exchange(wanted_, true)) return;
  if (run_tasks_ != nullptr) run_tasks_->spawn("onion service", publish_kept(kept_));
}

void OnionServices::on_up(Instance& /*instance*/, runtime::TaskGroup& run_tasks) {
  run_tasks_ = &run_tasks;
  if (wanted_) run_tasks.spawn("onion service", publish_kept(kept_));
}

void OnionServices::on_down(Instance& /*instance*/) {
  run_tasks_ = nullptr;
  for (auto& [address, entry] : entries_) {
    entry->lost = true;
    entry->published.set();
  }
  entries_.clear();
  // Who waits for this run's service must not wait for the next run's.
  auto const ended = std::exchange(kept_, std::make_shared<Kept>(loop_));
  if (!ended->entry) ended->problem = "tor ended before it had taken the service";
  ended->settled.set();
}

void OnionServices::on_event(Instance& /*instance*/, WallTime read_at,
                             wire::torctl::Event const& event) {
  auto const* const descriptor = std::get_if<wire::torctl::HsDesc>(&event);
  if (descriptor == nullptr || !is_publishing(*descriptor)) return;
  auto found = entries_.find(descriptor->address);
  if (found == entries_.end()) {
    if (adding_ == 0) return;
    found = entries_.emplace(descriptor->address, std::make_shared<Entry>(loop_)).first;
  }
  auto& entry = *found->second;
  auto& service = entry.service;
  auto const answer = [&] {
    auto const upload = entry.unanswered.find(descriptor->hs_dir);
    if (upload != entry.unanswered.end()) entry.unanswered.erase(upload);
  };
  if (descriptor->action == "CREATED") {
    entry.created.insert(descriptor->descriptor_id);
  } else if (descriptor->action == "UPLOAD") {
    entry.created.erase(descriptor->descriptor_id);
    entry.unanswered.insert(descriptor->hs_dir);
  } else if (descriptor->action == "UPLOADED") {
    if (!service.uploaded_at) service.uploaded_at = read_at;
    ++service.uploads;
    answer();
  } else {
    ++service.failed_uploads;
    answer();
  }
  // Each descriptor is uploaded when its own introduction points stand.
  if (!entry.created.empty() || !entry.unanswered.empty() || !service.uploaded_at) return;
  if (!service.published_at) service.published_at = read_at;
  entry.published.set();
}

Task<Result<OnionServices::EntryRef>> OnionServices::add(std::string key, bool fresh) {
  auto* const control = instance_.control();
  if (control == nullptr) co_return Error{"tor is not connected"};
  wire::torctl::command::AddOnion wanted;
  wanted.key = std::move(key);
  if (fresh) wanted.flags.emplace_back("DiscardPK");
  if (settings_.single) wanted.flags.emplace_back("NonAnonymous");
  wanted.ports.push_back({settings_.virtual_port, settings_.target.text()});
  ++adding_;
  AtExit const done([this] { --adding_; });
  auto const added = co_await control->add_onion(std::move(wanted));
  if (added.has_error()) co_return added.error();
  if (run_tasks_ == nullptr) co_return Error{"tor ended while it added the service"};
  auto& entry = entries_[added->service_id];
  if (!entry) entry = std::make_shared<Entry>(loop_);
  entry->address = added->service_id;
  entry->service.instance = instance_.name();
  entry->service.single = settings_.single;
  entry->service.fresh = fresh;
  entry->service.added_at = runtime::wall_now();
  if (fresh || added->private_key.empty()) co_return entry;
  auto const kept = write_key(settings_.key_file, added->private_key);
  if (kept.has_value()) co_return entry;
  // Without its key it would have another address after tor's next start.
  withdraw(added->service_id);
  co_return kept.error();
}

Task<Result<OnionServices::EntryRef>> OnionServices::add_kept() {
  auto const key = read_key(settings_.key_file);
  if (key.has_error()) co_return key.error();
  auto wanted = key->value_or("NEW:ED25519-V3");
  auto added = co_await add(std::move(wanted), false);
  co_return added;
}

Task<> OnionServices::publish_kept(std::shared_ptr<Kept> kept) {
  // A full disk or a key that can't be read may pass.
  for (Nanos pause = kFirstRetry;; pause = std::min(pause * 2, kLongestRetry)) {
    auto const added = co_await add_kept();
    if (added.has_value()) kept->entry = *added;
    if (added.has_error()) kept->problem = added.error().message;
    kept->settled.set();
    if (added.has_value()) co_return;
    co_await runtime::sleep_for(pause);
  }
}

Task<Result<OnionServices::Published>> OnionServices::published(MonoTime until) {
  offer();
  auto const kept = kept_;
  bool const settled = co_await kept->settled.wait_until(until);
  if (!settled) co_return Error{"tor has not taken the service yet: " + instance_.detail()};
  if (!kept->entry) co_return Error{kept->problem};
  co_return co_await await_published(kept->entry, until);
}

Task<Result<OnionServices::Published>> OnionServices::await_published(EntryRef entry,
                                                                      MonoTime until) {
  bool const published = co_await entry->published.wait_until(until);
  if (entry->lost) co_return Error{"tor ended before the service was published"};
  if (!published && !entry->service.uploaded_at)
    co_return Error{"no directory has taken its descriptor yet"};
  // tor tells nothing of an upload whose connection failed: nobody waits for it twice.
  entry->published.set();
  co_return Published{entry->address, entry->service};
}

// Not the task of whoever waits: that may be cut off while tor is about to answer, and nobody would
// know the address to withdraw.
Task<> OnionServices::add_fresh(std::shared_ptr<Fresh> fresh) {
  AtExit const done([&] { fresh->answered.set(); });
  fresh->added = co_await add("NEW:ED25519-V3", true);
  if (fresh->abandoned) abandon(*fresh);
}

void OnionServices::abandon(Fresh& fresh) {
  fresh.abandoned = true;
  if (fresh.added.has_value()) withdraw((*fresh.added)->address);
}

Task<Result<OnionServices::Published>> OnionServices::publish_fresh(MonoTime until) {
  if (run_tasks_ == nullptr) co_return Error{"tor is not connected"};
  auto const fresh = std::make_shared<Fresh>(loop_);
  run_tasks_->spawn("fresh onion service", add_fresh(fresh));
  // Whichever way this ends: being cut off is an exception.
  AtExit drop([this, &fresh] { abandon(*fresh); });
  bool const answered = co_await fresh->answered.wait_until(until);
  if (!answered) co_return Error{"tor did not answer in time"};
  if (fresh->added.has_error()) co_return fresh->added.error();
  auto published = co_await await_published(*fresh->added, until);
  if (published.has_value()) drop.dismiss();
  co_return published;
}

void OnionServices::withdraw(std::string const& address) {
  auto const found = entries_.find(address);
  if (found == entries_.end()) return;  // it went with its connection
  entries_.erase(found);
  if (run_tasks_ != nullptr) run_tasks_->spawn("delete service", delete_service(address));
}

Task<> OnionServices::delete_service(std::string address) {
  auto* const control = instance_.control();
  if (control == nullptr) co_return;
  // A service that tor has lost is gone as well.
  auto const gone = co_await control->del_onion(std::move(address));
  (void)gone;
}

std::optional<model::OnionService> OnionServices::find(std::string const& address) const {
  auto const found = entries_.find(address);
  if (found == entries_.end()) return std::nullopt;
  return found->second->service;
}

}  // namespace perfd::tor
