// What was wrong with the store when somebody on the web asked: for perfd's log. The one who asked
// is told less (web::public_words).
// Thread: any.
#pragma once

#include <string>

namespace perfd::app {

// The same trouble is written once an hour, however often it is met.
void log_store_trouble(std::string const& message);

}  // namespace perfd::app
