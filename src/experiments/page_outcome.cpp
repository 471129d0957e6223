#include "experiments/page_outcome.h"

#include <algorithm>

#include "base/text.h"
#include "experiments/outcome_map.h"
#include "experiments/page_join.h"
#include "net/pages/pages.h"
#include "runtime/deadline.h"

namespace perfd::experiments {
namespace {

using model::FailureCode;
using model::PageLoad;

FailureCode code_of(browser::Errc error) {
  switch (error) {
    case browser::Errc::kNotStarted:
      return FailureCode::browser_not_started;
    case browser::Errc::kDied:
      return FailureCode::browser_died;
    case browser::Errc::kHung:
      return FailureCode::browser_hung;
    case browser::Errc::kCrashed:
      return FailureCode::browser_crashed;
    case browser::Errc::kProtocol:
      return FailureCode::browser_protocol;
    case browser::Errc::kNavigation:
      return FailureCode::browser_navigation;
    case browser::Errc::kDeadline:
      return FailureCode::net_timeout;
  }
  return FailureCode::perfd_internal;
}

FailureCode code_of(Error const& error) {
  if (runtime::is_timeout(error)) return FailureCode::net_timeout;
  if (error.code.category() != browser::category()) return FailureCode::perfd_internal;
  return code_of(static_cast<browser::Errc>(error.code.value()));
}

// The browser tells no more than that no page came; the proxy knows what tor said.
void explain(PageLoad const& page, model::Outcome& outcome) {
  if (page.connections.empty()) return;
  auto const& first = page.connections.front();
  if (first.socks_reply.value_or(0) != 0) {
    outcome.code = socks_failure(*first.socks_reply);
    outcome.operation = std::string(net::name(net::Step::socks_request));
  } else if (!first.socks_reply && first.marks.find(model::mark::kConnect) == nullptr) {
    outcome.code = FailureCode::socks_refused;
    outcome.operation = std::string(net::name(net::Step::connect));
  } else if (first.socks_reply && first.bytes_down == 0 && first.closed_by == "server") {
    outcome.code = first.error.empty() ? FailureCode::net_closed : FailureCode::net_reset;
    outcome.operation = std::string(net::name(net::Step::http_response));
  }
  if (!first.error.empty()) outcome.detail += "; " + first.error;
}

model::Outcome form_failure(FailureCode code, net::Step step, std::string detail) {
  return {code, std::string(net::name(step)), printable(detail, kPageDetailLimit)};
}

}  // namespace

model::Outcome outcome_of(Raced const& raced, PageLoad const& page) {
  model::Outcome out;
  out.operation = kPageOperation;
  if (raced.ending == Ending::stopped) {
    out.code = FailureCode::perfd_cancelled;
    out.detail = "perfd was told to stop";
  } else if (raced.ending == Ending::deadline) {
    out.code = FailureCode::browser_hung;
    out.detail = "the browser did not end the load behind its deadline";
  } else if (raced.error) {
    out.code = code_of(*raced.error);
    out.detail = raced.error->message;
    if (out.code == FailureCode::browser_navigation) explain(page, out);
  } else if (auto const* document = document_of(page); document && document->status >= 400) {
    out.code = FailureCode::http_status;
    out.operation = std::string(net::name(net::Step::http_response));
    out.detail = "status " + std::to_string(document->status);
  } else {
    return {};
  }
  out.detail = printable(out.detail, kPageDetailLimit);
  return out;
}

model::Resource const* form_of(PageLoad const& page) {
  auto const found = std::ranges::find_if(page.resources, [](auto const& resource) {
    return resource.method == "POST" && resource.url.find(net::kFormSink) != std::string::npos;
  });
  return found == page.resources.end() ? nullptr : &*found;
}

model::Outcome outcome_of_form(PageSpec const& spec, model::Measurement const& record) {
  auto const* const form = form_of(*record.page);
  if (form == nullptr)
    return {FailureCode::browser_protocol, kPageOperation, "the page sent no form"};
  if (form->status >= 400)
    return form_failure(FailureCode::http_status, net::Step::http_response,
                        "the form: status " + std::to_string(form->status));
  if (form->status == 0)
    return form_failure(FailureCode::net_closed, net::Step::upload,
                        "the form was not answered: " + form->error);
  auto const size = spec.request.size.count;
  if (!record.server.entries().empty() && record.payload_bytes != size)
    return form_failure(FailureCode::http_wrong_length, net::Step::upload,
                        "the server received " + std::to_string(record.payload_bytes) +
                            " of the form's " + std::to_string(size) + " bytes");
  return {};
}

}  // namespace perfd::experiments
