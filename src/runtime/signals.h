// Signals as events of a loop.
// Thread: the loop's.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <initializer_list>

#include "runtime/task.h"

namespace perfd::runtime {

// Writing to a closed pipe or socket becomes an error of the call (sendfile knows no flag for
// it). For the whole process; once, at its start.
void ignore_broken_pipes();

// A signal that comes before its Signals object exists is lost instead of ending the process.
// For the whole process; children that the launcher starts have the default again.
void ignore_until_awaited(int number);

class Signals {
 public:
  Signals(Loop& loop, std::initializer_list<int> numbers);
  Task<int> next();

 private:
  boost::asio::basic_signal_set<Executor> set_;
};

}  // namespace perfd::runtime
