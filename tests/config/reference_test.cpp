// The reference for people is made from the table, and its examples are true.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "config/support.h"
#include "places.h"

namespace perfd::config {
namespace {

std::string read(std::string const& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Reference, IsWhatTheDocsHave) {
  EXPECT_EQ(read(perfd::test::source("docs/configuration.md")), configuration_reference())
      << "docs/configuration.md is out of date. Make it anew with\n"
         "  perfd check --print-reference > docs/configuration.md";
}

TEST(Reference, HasExamplesThatLoad) {
  auto const text = configuration_reference();
  int examples = 0;
  for (std::size_t at = 0; (at = text.find("```toml\n", at)) != std::string::npos;) {
    at += 8;
    auto const end = text.find("```", at);
    auto example = text.substr(at, end - at);
    bool const whole = example.find("[vantage]") != std::string::npos;
    EXPECT_EQ(errors_of(whole ? example : kMinimal + example), "") << example;
    ++examples;
  }
  EXPECT_GE(examples, 4);
}

}  // namespace
}  // namespace perfd::config
