// docs/measurement.md is where people look a code or a mark up: it must have them all.
#include <gtest/gtest.h>

#include "model/mark.h"
#include "model/outcome.h"
#include "net/transfer.h"
#include "places.h"
#include "runtime/files.h"

namespace perfd::experiments {
namespace {

class MeasurementPage : public testing::Test {
 protected:
  void expect_in_page(std::string_view word) {
    EXPECT_NE(page_.find("`" + std::string(word) + "`"), std::string::npos) << word;
  }
  std::string const page_ =
      runtime::read_file(perfd::test::source("docs/measurement.md"), 1 << 20).value();
};

TEST_F(MeasurementPage, HasEveryOutcome) {
  for (auto const code : model::all_failure_codes()) expect_in_page(model::name(code));
}

TEST_F(MeasurementPage, HasEveryOperationThatCanFail) {
  for (auto step = net::Step::start; step != net::Step::done;
       step = static_cast<net::Step>(static_cast<int>(step) + 1))
    expect_in_page(net::name(step));
}

TEST_F(MeasurementPage, HasEveryMark) {
  namespace mark = model::mark;
  for (auto const name : {mark::kStart, mark::kSocket, mark::kConnect, mark::kNegotiate,
                          mark::kRequest, mark::kResponse, mark::kDataRequest, mark::kDataResponse,
                          mark::kDataComplete, mark::kServerAccept, mark::kServerRequest,
                          mark::kServerFirst, mark::kServerHalf, mark::kServerLast})
    expect_in_page(name);
  for (auto const size : model::kPartialSizes)
    EXPECT_NE(page_.find(std::to_string(size)), std::string::npos) << size;
}

}  // namespace
}  // namespace perfd::experiments
