#include "app/token_file.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/text.h"
#include "runtime/files.h"

namespace perfd::app {
namespace {

constexpr std::size_t kShortest = 16;
constexpr std::size_t kLongest = 256;

// What may stand in a field of a request as it is.
bool is_visible(char byte) { return byte > ' ' && byte <= '~'; }

Error token_error(std::filesystem::path const& path, std::string const& what) {
  return Error{"[results] token-file: " + path.string() + " " + what};
}

}  // namespace

Result<std::string> read_token(std::filesystem::path const& path) {
  auto const content = runtime::read_file(path, 4096);
  if (!content) return Error{"[results] token-file: " + content.error().message};
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return token_error(path, "may be read or changed by others than its owner: chmod 600 it");
  std::string token(trim(*content));
  if (token.size() < kShortest || token.size() > kLongest ||
      !std::all_of(token.begin(), token.end(), is_visible))
    return token_error(path,
                       "must hold one line of 16 to 256 letters, digits and marks, as "
                       "`openssl rand -hex 24` prints one");
  return success(std::move(token));
}

}  // namespace perfd::app
