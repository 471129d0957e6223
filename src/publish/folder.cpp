#include "publish/folder.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "base/time_text.h"
#include "runtime/files.h"

namespace perfd::publish {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporary = ".new.";
constexpr std::size_t kPiece = std::size_t{256} << 10U;

template <class Each>
Result<void> for_each_entry(fs::path const& folder, Each const& each) {
  std::error_code error;
  fs::directory_iterator const end;
  // By hand: the loop of the language throws where the folder can't be read to its end.
  for (fs::directory_iterator entry(folder, error); !error && entry != end; entry.increment(error))
    each(*entry);
  if (!error || error == std::errc::no_such_file_or_directory) return {};
  return Error{"can't read the folder " + folder.string() + ": " + error.message()};
}

void require(int result) {
  if (result != 1) throw std::runtime_error("SHA-256 is not available from OpenSSL");
}

Result<std::string> sha256_base64(fs::path const& path) {
  auto file = runtime::FileReader::open(path);
  if (!file) return file.error();
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> const digest(EVP_MD_CTX_new(),
                                                                       &EVP_MD_CTX_free);
  require(EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr));
  while (true) {
    auto const piece = file->read(kPiece);
    if (!piece) return piece.error();
    if (piece->empty()) break;
    require(EVP_DigestUpdate(digest.get(), piece->data(), piece->size()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  require(EVP_DigestFinal_ex(digest.get(), bytes.data(), &length));
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> text{};
  auto const written = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(length));
  return success(std::string(text.begin(), text.begin() + written));
}

// "2026-11-25 01:05:00"
std::string index_time(WallTime time) {
  auto text = format_iso_seconds(time);
  text[10] = ' ';
  text.pop_back();
  return text;
}

void remove_old(fs::path const& folder, Day oldest) {
  std::error_code ignored;
  auto const files = files_in(folder);
  if (!files) return;
  for (auto const& file : *files)
    if (*day_of_file(file.name) < oldest) fs::remove(folder / file.name, ignored);
}

// Not those of this process, which may be at work.
void remove_left_overs(fs::path const& folder) {
  std::vector<fs::path> found;
  auto const own = temporary_name("");
  (void)for_each_entry(folder, [&](fs::directory_entry const& entry) {
    auto const name = entry.path().filename().string();
    if (name.starts_with(kTemporary) && !name.starts_with(own)) found.push_back(entry.path());
  });
  std::error_code ignored;
  for (auto const& path : found) fs::remove(path, ignored);
}

}  // namespace

std::string temporary_name(std::string_view name) {
  // The end stays: by it the output knows whether to compress.
  return std::string(kTemporary) + std::to_string(::getpid()) + "." + std::string(name);
}

Result<std::vector<File>> files_in(fs::path const& folder) {
  std::vector<File> files;
  auto const done = for_each_entry(folder, [&](fs::directory_entry const& entry) {
    auto name = entry.path().filename().string();
    if (!day_of_file(name)) return;
    // What is gone meanwhile, or is no file, is not there.
    auto const opened = runtime::FileReader::open(entry.path());
    if (opened) files.push_back({std::move(name), opened->size(), opened->modified_at()});
  });
  if (!done) return done.error();
  std::sort(files.begin(), files.end(),
            [](auto const& a, auto const& b) { return a.name < b.name; });
  return files;
}

std::vector<std::string> sources_in(fs::path const& root) {
  std::vector<std::string> sources;
  (void)for_each_entry(root, [&](fs::directory_entry const& entry) {
    auto name = entry.path().filename().string();
    std::error_code failed;
    if (is_source_name(name) && entry.is_directory(failed)) sources.push_back(std::move(name));
  });
  std::sort(sources.begin(), sources.end());
  return sources;
}

Result<std::string> index_of(fs::path const& folder, std::vector<File> const& files) {
  std::string text = "<?xml version='1.0' encoding='UTF-8'?>\n<files>\n";
  for (auto const& file : files) {
    auto const digest = sha256_base64(folder / file.name);
    if (!digest) return digest.error();
    // Nothing to escape: names are plain, and so is base64.
    text += "  <file name=\"" + file.name + "\" size=\"" + std::to_string(file.size) +
            "\" last_modified=\"" + index_time(file.modified_at) + "\" sha256=\"" + *digest +
            "\"/>\n";
  }
  return success(text + "</files>\n");
}

Result<void> settle_folder(fs::path const& root, Day oldest) {
  for (auto const& source : sources_in(root)) {
    auto const folder = root / source;
    remove_left_overs(folder);
    remove_old(folder, oldest);
    auto const files = files_in(folder);
    if (!files) return files.error();
    auto const index = index_of(folder, *files);
    if (!index) return index.error();
    if (auto const written = runtime::write_file(folder / kIndexName, *index); !written)
      return written.error();
  }
  return {};
}

}  // namespace perfd::publish
