// docs/api.md is made from the addresses.
#include "web/api/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "places.h"

namespace perfd::web::api {
namespace {

TEST(ApiReference, IsWhatTheDocsHave) {
  std::ifstream file(perfd::test::source("docs/api.md"));
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), api_reference(endpoints()))
      << "docs/api.md is out of date. Make it anew with\n"
         "  perfd check --print-api > docs/api.md";
}

TEST(ApiReference, TellsEveryAddressAndParameter) {
  auto const text = api_reference(endpoints());
  for (auto const& endpoint : endpoints()) {
    EXPECT_THAT(text,
                testing::HasSubstr("### `/api/v1/" + std::string(endpoint.address.name) + "`\n"));
    for (auto const& parameter : endpoint.address.parameters)
      EXPECT_THAT(text, testing::HasSubstr("| `" + std::string(parameter.name) + "` |"));
  }
}

}  // namespace
}  // namespace perfd::web::api
