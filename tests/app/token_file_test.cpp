#include "app/token_file.h"

#include <gmock/gmock.h>

#include "runtime/files.h"

namespace perfd::app {
namespace {

class TokenFile : public testing::Test {
 protected:
  ~TokenFile() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path write(std::string const& content, unsigned mode = 0600) {
    auto path = folder_ / "token";
    EXPECT_TRUE(runtime::write_file(path, content).has_value());
    // Whatever this process masks.
    std::filesystem::permissions(path, std::filesystem::perms(mode));
    return path;
  }
  std::string refusal(std::filesystem::path const& path) {
    auto const read = read_token(path);
    return read ? "it was read: " + *read : read.error().message;
  }
  std::filesystem::path folder_ = runtime::make_temporary_folder("perfd-token").value();
};

TEST_F(TokenFile, HasOneLine) {
  EXPECT_EQ(read_token(write("0123456789abcdef\n")).value(), "0123456789abcdef");
  EXPECT_EQ(read_token(write("with+marks/and=more,", 0400)).value(), "with+marks/and=more,");
}

TEST_F(TokenFile, IsItsOwnersAlone) {
  for (unsigned const mode : {0640U, 0604U, 0620U, 0666U})
    EXPECT_THAT(refusal(write("0123456789abcdef\n", mode)), testing::HasSubstr("chmod 600"));
}

TEST_F(TokenFile, IsLongEnoughAndCanStandInARequest) {
  for (std::string const content : {"", "\n", "short", "0123456789abcde", "two words 0123456789",
                                    "0123456789abcdef\n0123456789abcdef\n"})
    EXPECT_THAT(refusal(write(content)), testing::HasSubstr("openssl rand -hex 24")) << content;
  EXPECT_THAT(refusal(write(std::string(257, 'x'))), testing::HasSubstr("256 letters"));
}

TEST_F(TokenFile, ThatIsMissingIsNamedWithItsSetting) {
  EXPECT_THAT(refusal(folder_ / "none"), testing::HasSubstr("[results] token-file: "));
}

}  // namespace
}  // namespace perfd::app
