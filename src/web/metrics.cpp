#include "web/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "stats/metric.h"

namespace perfd::web {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Labels;

// Of Tor: a cell on loopback takes 10 ms, and the longest time-outs that are usual are 300 s.
Histogram::BucketBoundaries const kBuckets = {
    0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 30, 60, 120, 300};

double seconds(Micros span) { return static_cast<double>(span.count()) / 1e6; }
double seconds(WallTime at) { return static_cast<double>(to_us(at)) / 1e6; }

// Brings counters up to what was counted elsewhere. A count that is less than before has begun
// anew: an experiment was taken out of the configuration and put back.
class Totals {
 public:
  void raise(Counter& counter, std::uint64_t total) {
    auto& last = last_[&counter];
    counter.Increment(static_cast<double>(total >= last ? total - last : total));
    last = total;
  }

 private:
  std::map<Counter*, std::uint64_t> last_;
};

// Gauges that come and go with what they tell of: those that were not set since begin() are
// removed by end().
class Gauges {
 public:
  explicit Gauges(Family<Gauge>& family) : family_(family) {}
  void begin() {
    for (auto& [labels, entry] : all_) entry.second = false;
  }
  void set(Labels const& labels, double value) {
    auto& entry = all_[labels];
    if (entry.first == nullptr) entry.first = &family_.Add(labels);
    entry.first->Set(value);
    entry.second = true;
  }
  void end() {
    std::erase_if(all_, [&](auto const& item) {
      if (!item.second.second) family_.Remove(item.second.first);
      return !item.second.second;
    });
  }

 private:
  Family<Gauge>& family_;
  std::map<Labels, std::pair<Gauge*, bool>> all_;
};

}  // namespace

struct Metrics::Impl {
  // Of one arm of one experiment.
  struct Arm {
    std::map<model::FailureCode, Counter*> outcomes;
    Gauge* last_end = nullptr;
    Gauge* last_success = nullptr;
    std::map<stats::Metric, Histogram*> times;
  };

  Totals totals;

  Family<Counter>& counter(char const* name, char const* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Family<Gauge>& gauge(char const* name, char const* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
  Family<Histogram>& histogram(char const* name, char const* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }

  prometheus::Registry registry;

  Family<Counter>& measurements =
      counter("perfd_measurements_total", "Measurements that ended, by outcome, since the start.");
  Family<Gauge>& last_end = gauge("perfd_experiment_last_end_timestamp_seconds",
                                  "When the latest measurement that ended was started.");
  Family<Gauge>& last_success = gauge("perfd_experiment_last_success_timestamp_seconds",
                                      "When the latest successful measurement was started.");
  std::map<stats::Metric, Family<Histogram>*> times{
      {stats::Metric::first_byte,
       &histogram("perfd_ttfb_seconds", "Time to first byte of successful measurements.")},
      {stats::Metric::last_byte,
       &histogram("perfd_ttlb_seconds",
                  "Time to last byte of successful downloads, uploads and series of streams.")},
      {stats::Metric::answer,
       &histogram("perfd_answer_seconds", "Time to the answer of successful resolutions.")},
      {stats::Metric::fully_loaded,
       &histogram("perfd_fully_loaded_seconds", "Time until a page was fully loaded.")}};

  Gauges interval{gauge("perfd_experiment_interval_seconds", "Time between two slots.")};
  Gauges next_slot{
      gauge("perfd_experiment_next_slot_timestamp_seconds", "When the next measurement is due.")};
  Gauges running{gauge("perfd_experiment_running", "Measurements that run now.")};
  Gauges waiting{
      gauge("perfd_experiment_waiting", "Whether a measurement that is due waits for its tor.")};
  Family<Counter>& missed =
      counter("perfd_slots_missed_total", "Slots whose measurement did not start in time.");

  Gauges tor_up{gauge("perfd_tor_up", "Whether the tor runs and its control port answers.")};
  Gauges tor_ready{gauge("perfd_tor_ready", "Whether measurements can use the tor.")};
  Gauges bootstrap{gauge("perfd_tor_bootstrap_ratio", "How far the tor has bootstrapped.")};
  Family<Counter>& tor_failures = counter(
      "perfd_tor_failures_total", "Crashes and hangs of the tor, and losses of its control port.");
  Family<Counter>& circuits =
      counter("perfd_circuits_total",
              "Circuits of more than one hop that were built, failed before that, or closed after "
              "it, by tor's reason for the end.");

  Gauge& store_bytes =
      gauge("perfd_store_bytes", "Size of the database on disk, its log included.").Add({});
  Gauge& store_failing =
      gauge("perfd_store_failing", "Whether the latest attempt to write failed.").Add({});
  Family<Gauge>& pending =
      gauge("perfd_store_pending", "Records that are not on disk yet, by their kind.");
  Family<Counter>& lost =
      counter("perfd_store_lost_total", "Records that could not be kept, by their kind.");
  Counter& write_errors =
      counter("perfd_store_write_errors_total", "Attempts to write that failed.").Add({});

  Family<Counter>& probes =
      counter("perfd_probes_total", "Probes that were answered, by module and outcome.");
  Gauges slo{gauge("perfd_slo_failing", "Whether a threshold of the file of thresholds fails.")};

  std::mutex mutex;  // guards what follows, and all Gauges
  std::map<std::pair<std::string, std::string>, Arm> arms;

  Arm& arm(std::string const& experiment, std::string const& name) {
    return arms[{experiment, name}];
  }
};

Metrics::Metrics(std::string version, WallTime started_at) : impl_(std::make_unique<Impl>()) {
  impl_->gauge("perfd_build_info", "The version of perfd, as a label.")
      .Add({{"version", std::move(version)}})
      .Set(1);
  impl_->gauge("process_start_time_seconds", "When perfd was started.")
      .Add({})
      .Set(seconds(started_at));
}

Metrics::~Metrics() = default;

void Metrics::measured(model::Measurement const& m) {
  if (m.outcome.code == model::FailureCode::perfd_missed_slot) return;
  std::lock_guard const lock(impl_->mutex);
  auto& arm = impl_->arm(m.experiment, m.arm);
  Labels labels{{"experiment", m.experiment}, {"arm", m.arm}};
  auto const at = seconds(m.started_at);
  if (arm.last_end == nullptr) arm.last_end = &impl_->last_end.Add(labels);
  arm.last_end->Set(at);
  if (m.outcome.ok()) {
    if (arm.last_success == nullptr) arm.last_success = &impl_->last_success.Add(labels);
    arm.last_success->Set(at);
    for (auto const& [metric, family] : impl_->times) {
      auto const value = stats::value_of(metric, m);
      if (!value) continue;
      auto*& times = arm.times[metric];
      if (times == nullptr) times = &family->Add(labels, kBuckets);
      times->Observe(*value / 1e6);
    }
  }
  auto*& outcome = arm.outcomes[m.outcome.code];
  if (outcome == nullptr) {
    labels.emplace("outcome", std::string(model::name(m.outcome.code)));
    outcome = &impl_->measurements.Add(labels);
  }
  outcome->Increment();
}

void Metrics::succeeded_before(std::string const& experiment, std::string const& arm_name,
                               WallTime at) {
  std::lock_guard const lock(impl_->mutex);
  auto& arm = impl_->arm(experiment, arm_name);
  if (arm.last_success == nullptr)
    arm.last_success = &impl_->last_success.Add({{"experiment", experiment}, {"arm", arm_name}});
  if (arm.last_success->Value() < seconds(at)) arm.last_success->Set(seconds(at));
}

void Metrics::probed(std::string const& module, model::FailureCode outcome) {
  impl_->probes.Add({{"module", module}, {"outcome", std::string(model::name(outcome))}})
      .Increment();
}

void Metrics::alerts(std::vector<Alert> const& alerts) {
  std::lock_guard const lock(impl_->mutex);
  impl_->slo.begin();
  for (auto const& alert : alerts)
    impl_->slo.set({{"rule", alert.rule},
                    {"experiment", alert.experiment},
                    {"arm", alert.arm},
                    {"metric", std::string(alert.metric)}},
                   alert.failing ? 1 : 0);
  impl_->slo.end();
}

void Metrics::state(DaemonState const& state) {
  auto& m = *impl_;
  std::lock_guard const lock(m.mutex);
  std::vector<Gauges*> const changing{&m.interval, &m.next_slot, &m.running,  &m.waiting,
                                      &m.tor_up,   &m.tor_ready, &m.bootstrap};
  for (auto* gauges : changing) gauges->begin();
  for (auto const& experiment : state.experiments) {
    Labels const labels{{"experiment", experiment.name}};
    m.interval.set(labels, seconds(experiment.interval));
    if (experiment.next_slot) m.next_slot.set(labels, seconds(*experiment.next_slot));
    m.running.set(labels, experiment.running);
    m.waiting.set(labels, experiment.waiting ? 1 : 0);
    m.totals.raise(m.missed.Add(labels), experiment.missed);
  }
  for (auto const& tor : state.tors) {
    Labels const labels{{"tor", tor.name}};
    m.tor_up.set(labels, tor.up ? 1 : 0);
    m.tor_ready.set(labels, tor.ready ? 1 : 0);
    m.bootstrap.set(labels, tor.bootstrap);
    m.totals.raise(m.tor_failures.Add(labels), tor.failures);
    for (auto const& circuits : tor.circuits)
      m.totals.raise(
          m.circuits.Add(
              {{"tor", tor.name}, {"result", circuits.result}, {"reason", circuits.reason}}),
          circuits.count);
  }
  for (auto* gauges : changing) gauges->end();

  auto const& store = state.store;
  m.store_bytes.Set(static_cast<double>(store.bytes));
  m.store_failing.Set(store.failing ? 1 : 0);
  m.pending.Add({{"kind", "measurement"}}).Set(static_cast<double>(store.pending_measurements));
  m.pending.Add({{"kind", "event"}}).Set(static_cast<double>(store.pending_events));
  m.totals.raise(m.lost.Add({{"kind", "measurement"}}), store.lost_measurements);
  m.totals.raise(m.lost.Add({{"kind", "event"}}), store.lost_events);
  m.totals.raise(m.write_errors, store.write_errors);
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace perfd::web
