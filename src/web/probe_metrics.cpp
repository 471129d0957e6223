// A probe's answer. Names that the blackbox exporter has mean the same here.
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <optional>
#include <string_view>

#include "stats/metric.h"
#include "web/probe.h"

namespace perfd::web {
namespace {

namespace mark = model::mark;

double in_seconds(double us) { return us / 1e6; }

class ProbeAnswer {
 public:
  void set(char const* name, char const* help, double value,
           prometheus::Labels const& labels = {}) {
    prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add(labels).Set(value);
  }
  void set_time(char const* name, char const* help, std::optional<double> us) {
    if (us) set(name, help, in_seconds(*us));
  }
  void set_phase(char const* phase, std::optional<Micros> span) {
    if (span)
      set("probe_http_duration_seconds", "Time that each phase took, as far as it came.",
          in_seconds(static_cast<double>(span->count())), {{"phase", phase}});
  }
  [[nodiscard]] std::string text() const {
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }

 private:
  prometheus::Registry registry_;
};

}  // namespace

std::string probe_metrics(model::Measurement const& m, Micros duration) {
  ProbeAnswer out;
  out.set("probe_success", "Whether the target was fetched.", m.outcome.ok() ? 1 : 0);
  out.set("probe_duration_seconds", "How long the probe took.",
          in_seconds(static_cast<double>(duration.count())));
  // Connecting is the SOCKS handshake, in which tor builds the way to the target.
  out.set_phase("connect", m.marks.between(mark::kStart, mark::kResponse));
  out.set_phase("tls", m.marks.between(mark::kTlsStart, mark::kTlsEnd));
  out.set_phase("processing", m.marks.between(mark::kDataRequest, mark::kDataResponse));
  out.set_phase("transfer", m.marks.between(mark::kDataResponse, mark::kDataComplete));
  using stats::Metric;
  out.set_time("probe_ttfb_seconds", "Time to the first byte of the answer.",
               stats::value_of(Metric::first_byte, m));
  out.set_time("probe_ttlb_seconds", "Time to the last byte of the answer.",
               stats::value_of(Metric::last_byte, m));
  out.set_time("probe_page_load_seconds", "Time to the page's load event.",
               stats::value_of(Metric::load, m));
  out.set_time("probe_page_fully_loaded_seconds", "Time until the page was fully loaded.",
               stats::value_of(Metric::fully_loaded, m));
  if (m.http_status) out.set("probe_http_status_code", "The status of the answer.", *m.http_status);
  out.set("probe_received_bytes", "Bytes that came through the proxy.",
          static_cast<double>(m.readbytes));
  if (!m.outcome.ok())
    out.set("probe_failure_info", "How the probe failed, as labels.", 1,
            {{"outcome", std::string(model::name(m.outcome.code))},
             {"operation", m.outcome.operation}});
  return out.text();
}

}  // namespace perfd::web
