// Published files over HTTP, for CollecTor and for people:
//
//   /collector/                 the files of this vantage point
//   /collector/NAME             one of them, or index.xml
//   /collector/SOURCE/          those of another source in the store
//   /collector/SOURCE/NAME
//
// A listing has at most one link a line and each as <a href="NAME">, which is what CollecTor looks
// for. These addresses stay. Thread: the serving loop's. Ownership: refers to the port.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "runtime/task.h"
#include "web/http.h"
#include "web/published.h"

namespace perfd::web {

class Collector final : public Part {
 public:
  // `vantage` is the source of /collector/ itself.
  Collector(PublishedFiles& files, std::string vantage)
      : files_(files), vantage_(std::move(vantage)) {}

  runtime::Task<std::optional<Response>> answer(Request const& request) override;

 private:
  runtime::Task<Response> listing(Request const& request, std::string source);
  runtime::Task<Response> file(Request const& request, std::string source, std::string name);

  PublishedFiles& files_;
  std::string vantage_;
};

}  // namespace perfd::web
