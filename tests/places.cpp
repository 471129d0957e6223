#include "places.h"

namespace perfd::test {

std::string data(std::string_view name) { return source("tests/data/") + std::string(name); }

std::string source(std::string_view path) { return PERFD_TEST_SOURCE_DIR "/" + std::string(path); }

std::string perfd_binary() { return PERFD_TEST_BINARY; }

}  // namespace perfd::test
