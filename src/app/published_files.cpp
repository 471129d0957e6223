#include "app/published_files.h"

#include <memory>
#include <utility>

#include "publish/folder.h"
#include "runtime/files.h"

namespace perfd::app {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10U;

// Reads a piece when the client took the last one.
class FileBody final : public web::Body {
 public:
  FileBody(runtime::Loop& loop, runtime::Pool& pool, std::shared_ptr<runtime::FileReader> file)
      : loop_(loop), pool_(pool), file_(std::move(file)) {}

  runtime::Task<Result<std::string>> next() override {
    // Owns the file: a client that goes leaves the pool at work.
    auto read = [file = file_] { return file->read(kPiece); };
    co_return co_await pool_.run(loop_, std::move(read));
  }

 private:
  runtime::Loop& loop_;
  runtime::Pool& pool_;
  std::shared_ptr<runtime::FileReader> file_;
};

// What is on the disk beside the published files is nobody's business.
bool may_be_served(std::string const& source, std::string const& name) {
  return publish::is_source_name(source) &&
         (name == publish::kIndexName || publish::day_of_file(name));
}

}  // namespace

FolderFiles::FolderFiles(runtime::Loop& loop, runtime::Pool& pool, std::filesystem::path folder)
    : loop_(loop), pool_(pool), folder_(std::move(folder)) {}

// The functions for the pool are named: GCC 12 destroys the captures of a lambda that stands
// inside a co_await expression twice.

runtime::Task<Result<std::vector<std::string>>> FolderFiles::sources() {
  auto look = [folder = folder_] {
    return Result<std::vector<std::string>>(publish::sources_in(folder));
  };
  co_return co_await pool_.run(loop_, std::move(look));
}

runtime::Task<Result<std::vector<web::PublishedFile>>> FolderFiles::files(std::string source) {
  auto look = [folder = folder_, source]() -> Result<std::vector<web::PublishedFile>> {
    std::vector<web::PublishedFile> out;
    if (!publish::is_source_name(source)) return out;
    auto const found = publish::files_in(folder / source);
    if (!found) return found.error();
    for (auto const& file : *found) out.push_back({file.name, file.size, file.modified_at});
    return out;
  };
  co_return co_await pool_.run(loop_, std::move(look));
}

runtime::Task<Result<std::optional<web::OpenFile>>> FolderFiles::open(std::string source,
                                                                      std::string name) {
  using Opened = std::shared_ptr<runtime::FileReader>;
  if (!may_be_served(source, name)) co_return std::optional<web::OpenFile>();
  auto open = [path = folder_ / source / name]() -> Result<Opened> {
    auto file = runtime::FileReader::open(path);
    if (file) return std::make_shared<runtime::FileReader>(std::move(*file));
    if (file.error().code == boost::system::errc::no_such_file_or_directory) return Opened();
    return file.error();
  };
  auto opened = co_await pool_.run(loop_, std::move(open));
  if (!opened) co_return opened.error();
  std::optional<web::OpenFile> out;
  if (*opened) {
    auto const& file = *opened;
    out.emplace();
    out->size = file->size();
    out->modified_at = file->modified_at();
    out->body = std::make_unique<FileBody>(loop_, pool_, file);
  }
  co_return out;
}

}  // namespace perfd::app
