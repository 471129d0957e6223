// Where tests find the checkout's own files. A function and no macro: only one small file
// knows the path, so that a compiler cache serves every checkout's tests.
#pragma once

#include <string>
#include <string_view>

namespace perfd::test {

// A file of tests/data.
std::string data(std::string_view name);

// A file of the checkout, by its path from the top.
std::string source(std::string_view path);

// The program perfd, as built with the tests.
std::string perfd_binary();

}  // namespace perfd::test
