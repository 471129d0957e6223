// Which connection carried which resource, and whether the browser's clock and the proxy's tell
// the same.
//
// Internal to experiments. Thread: pure functions.
#pragma once

#include "model/page.h"

namespace perfd::experiments {

// The document itself, behind its redirects; null where nothing was asked for.
[[nodiscard]] model::Resource const* document_of(model::PageLoad const& page);

// Sets Resource::connection. A browser does not tell which connection it took. With plain HTTP the
// proxy saw the request itself. With TLS it knows when something came: the request of a resource
// came on one of the connections to its host and port, at its time, and one that speaks HTTP/1
// carries one resource at a time; where several fit, it is the nearest in time, which may be wrong.
void join_connections(model::PageLoad& page);

// Of requests that the proxy could read, of the connections that the browser opened for a resource,
// and of the responses that came first on them. Needs join_connections().
[[nodiscard]] model::ClockCheck compare_clocks(model::PageLoad const& page, Micros bound);

}  // namespace perfd::experiments
