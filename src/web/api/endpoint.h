// An address and what answers there.
//
// Answers are made on a thread of a pool, where they may wait for the store and may take their
// time: nothing of it holds up the server. A new address is a file with one of these, a line in
// endpoints.cpp, and what it needs to know as a port among the Sources.
// Thread: constant; `make` on a thread of the pool.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/task.h"
#include "web/api/address.h"
#include "web/api/arguments.h"
#include "web/api/refusal.h"

namespace perfd::web::api {

struct Sources;  // sources.h

struct Call {
  Arguments arguments;
  Form form = Form::json;
  bool privileged = false;  // privilege.h
  WallTime now{};
};

struct Answer {
  std::string body;
  std::string next{};  // the cursor of the next page; empty: there is none
};

struct Endpoint {
  Address address;
  // Empty: another part of the site answers there.
  std::function<Checked<Answer>(Call const&, Sources&)> make{};
};

// All that there are, in the order of the documents.
[[nodiscard]] std::vector<Endpoint> endpoints();

// Runs what makes an answer where it may block, with the sources that it needs.
class Answering {
 public:
  using Make = std::function<Checked<Answer>(Sources&)>;

  virtual ~Answering() = default;
  // Thread: called on the serving loop; `make` owns what it uses.
  virtual runtime::Task<Checked<Answer>> run(Make make) = 0;
};

}  // namespace perfd::web::api
