#include "app/check_files.h"

#include <optional>

#include "app/server_certificate.h"
#include "app/token_file.h"
#include "lists/url_list.h"
#include "runtime/files.h"

namespace perfd::app {
namespace {

constexpr std::size_t kListLimit = std::size_t{64} << 20;

std::optional<std::string> wrong_list(config::Experiment const& experiment) {
  auto const text = runtime::read_file(experiment.urls, kListLimit);
  if (!text) return text.error().message;
  auto const list = lists::parse_url_list(*text, static_cast<std::size_t>(experiment.urls_top));
  if (!list) return experiment.urls + ": " + list.error().message;
  if (list->unusable == 0) return std::nullopt;
  return experiment.urls + ": " + std::to_string(list->unusable) +
         " lines name no page; the first is " + list->first_unusable;
}

}  // namespace

std::vector<std::string> wrong_files(config::Settings const& settings) {
  std::vector<std::string> out;
  for (auto const& experiment : settings.experiments) {
    bool const file = experiment.urls.find("://") == std::string::npos;
    if (experiment.urls.empty() || !file) continue;
    if (auto const wrong = wrong_list(experiment))
      out.push_back("experiment." + experiment.name + ".urls: " + *wrong);
  }
  if (settings.server.certificate && settings.server.key)
    if (auto const loaded = ServerCertificate(settings.server, {}).load(); !loaded)
      out.push_back(loaded.error().message);
  if (settings.results.token_file)
    if (auto const token = read_token(*settings.results.token_file); !token)
      out.push_back(token.error().message);
  return out;
}

}  // namespace perfd::app
