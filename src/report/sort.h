// Sorting of many numbers: the one part of a report whose time grows with the store.
// Thread: pure functions.
#pragma once

#include <vector>

namespace perfd::report {

// Ascending. A radix sort, which on a million times in whole µs takes a fraction of std::sort's
// time, and for its time a copy of the values. REQUIRES: no NaN.
void sort_ascending(std::vector<double>& values);

}  // namespace perfd::report
