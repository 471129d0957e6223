#include "web/probe.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "runtime/clock.h"
#include "web/probe_target.h"
#include "web/respond.h"
#include "wire/http/query.h"

namespace perfd::web {
namespace {

// What is left of the scrape's time for everything but the fetch.
constexpr Micros kForAnswer = std::chrono::milliseconds{500};
constexpr Micros kShortest = std::chrono::milliseconds{100};

Error at(std::string_view parameter, std::string why) {
  return Error{"parameter " + std::string(parameter) + ": " + std::move(why)};
}

std::string close_to(std::string_view wrong, std::vector<std::string> const& known) {
  std::vector<std::string_view> views(known.begin(), known.end());
  if (auto const near = nearest(wrong, views))
    return "; did you mean '" + std::string(*near) + "'?";
  std::string list;
  for (auto const& one : known) list += (list.empty() ? "" : ", ") + one;
  return "; there are: " + list;
}

// Seconds as Prometheus writes them, "9.5"; an error for what is none.
Result<Micros> scrape_time(std::string_view text) {
  double seconds = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  bool const good = error == std::errc{} && end == text.data() + text.size() && seconds > 0;
  if (!good) return Error{"X-Prometheus-Scrape-Timeout-Seconds: takes seconds, as in 9.5"};
  return Micros{static_cast<std::int64_t>(std::min(seconds, 1e6) * 1e6)};
}

// Counts a probe while it runs, whatever ends it.
class Turn {
 public:
  explicit Turn(int& running) : running_(running) { ++running_; }
  ~Turn() { --running_; }
  Turn(Turn const&) = delete;
  Turn& operator=(Turn const&) = delete;

 private:
  int& running_;
};

// It is not for other sites' scripts, and was asked for with a privilege.
Response private_text(int status, std::string text) {
  auto out = text_response(status, std::move(text));
  std::erase_if(out.fields,
                [](auto const& field) { return field.first == "Access-Control-Allow-Origin"; });
  return out;
}

}  // namespace

runtime::Task<std::optional<Response>> Probe::answer(Request const& request) {
  if (request.path != "/probe") co_return std::nullopt;
  if (!privilege_.holds(request)) co_return needs_privilege();
  auto asked = read(request);
  if (!asked) co_return private_text(400, asked.error().message + "\n");
  // A probe for HEAD would be one that nobody learns the end of.
  if (request.head) co_return private_text(200, "");
  co_return co_await run(std::move(*asked));
}

Result<config::Probe const*> Probe::module_of(std::string const& name) const {
  if (modules_.empty())
    return at("module", "none is configured: add a section [probe.NAME], see docs/metrics.md");
  std::vector<std::string> known;
  for (auto const& module : modules_) {
    if (module.name == name) return &module;
    known.push_back(module.name);
  }
  return at("module", (name.empty() ? "is missing" : "there is no '" + printable(name, 64) + "'") +
                          close_to(name, known));
}

Result<Probe::Asked> Probe::read(Request const& request) const {
  auto const query = wire::http::Query::parse(request.query);
  if (!query) return query.error();
  std::string target;
  std::string module;
  std::string tor;
  for (auto const& [name, value] : query->all()) {
    auto* const into = name == "target"   ? &target
                       : name == "module" ? &module
                       : name == "tor"    ? &tor
                                          : nullptr;
    if (into == nullptr)
      return at(printable(name, 40), "is not known" + close_to(name, {"target", "module", "tor"}));
    *into = value;
  }

  Asked out;
  auto const found = module_of(module);
  if (!found) return found.error();
  out.module = *found;
  auto const url = parse_probe_target(target);
  if (!url) return at("target", url.error().message);
  if (!may_probe(url->host, out.module->hosts))
    return at("target", printable(url->host, 80) + " is no host that [probe." + out.module->name +
                            "] hosts allows");
  bool const in_browser = out.module->kind == config::ProbeKind::page;
  if (url->scheme == wire::http::Url::Scheme::kHttps && !in_browser)
    return at("target", "https is fetched by the browser alone: by a module with kind = \"page\"");
  if (!tor.empty() && std::find(tors_.begin(), tors_.end(), tor) == tors_.end())
    return at("tor", "there is no '" + printable(tor, 64) + "'" + close_to(tor, tors_));

  auto timeout = out.module->timeout;
  if (auto const field = request.fields.find("X-Prometheus-Scrape-Timeout-Seconds")) {
    auto const scrape = scrape_time(*field);
    if (!scrape) return scrape.error();
    timeout = std::min(timeout, *scrape - kForAnswer);
    if (timeout < kShortest)
      return Error{"X-Prometheus-Scrape-Timeout-Seconds: nothing can be fetched through tor in " +
                   std::string(*field) + " s; give scrape_timeout more, as in 60s"};
  }
  out.order = {out.module->name, url->text(), in_browser, tor.empty() ? out.module->tor : tor,
               timeout};
  return out;
}

runtime::Task<Response> Probe::run(Asked asked) {
  auto& running = running_[asked.module->name];
  if (running >= asked.module->at_once)
    co_return private_text(503, std::to_string(running) +
                                    " probes of this module run already, "
                                    "as many as [probe." +
                                    asked.module->name + "] at-once allows\n");
  Turn const turn(running);
  auto const began = runtime::mono_now();
  auto const measurement = co_await daemon_.probe(asked.order);
  if (!measurement) co_return private_text(503, measurement.error().message + "\n");
  metrics_.probed(asked.module->name, measurement->outcome.code);
  auto text = probe_metrics(*measurement, floor_us(runtime::mono_now() - began));
  auto out = private_text(200, std::move(text));
  out.fields[0].second = std::string(Metrics::kContentType);
  co_return out;
}

}  // namespace perfd::web
