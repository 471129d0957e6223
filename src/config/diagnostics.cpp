#include <stdexcept>

#include "config/config.h"

namespace perfd::config {

std::string to_string(Diagnostic const& diagnostic) {
  auto text = diagnostic.file;
  if (diagnostic.line != 0)
    text += ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column);
  return (text.empty() ? text : text + ": ") + diagnostic.message;
}

std::string to_string(Diagnostics const& diagnostics) {
  std::string text;
  for (auto const& diagnostic : diagnostics.list) text += to_string(diagnostic) + "\n";
  return text;
}

void throw_exception_from_error(Diagnostics const& diagnostics,
                                boost::source_location const& /*where*/) {
  throw std::logic_error("a configuration with errors was used:\n" + to_string(diagnostics));
}

}  // namespace perfd::config
