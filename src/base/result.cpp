#include "base/result.h"

#include <stdexcept>

namespace perfd {

void throw_exception_from_error(Error const& error, boost::source_location const& where) {
  throw std::logic_error("value() of a failed Result at " + where.to_string() + ": " +
                         error.message);
}

}  // namespace perfd
