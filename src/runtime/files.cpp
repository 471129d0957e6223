#include "runtime/files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "base/text.h"

namespace perfd::runtime {
namespace {

Error file_error(std::string_view what, std::filesystem::path const& path) {
  boost::system::error_code const code(errno, boost::system::system_category());
  return Error{"can't " + std::string(what) + " " + path.string() + ": " + code.message(), code};
}

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(Fd const&) = delete;
  Fd& operator=(Fd const&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

Result<std::string> read_file(std::filesystem::path const& path, std::size_t limit) {
  Fd const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return file_error("read", path);
  std::string content;
  for (;;) {
    constexpr std::size_t kStep = 64 * 1024;
    auto const old = content.size();
    content.resize(old + kStep);
    auto const n = ::read(file.get(), content.data() + old, kStep);
    content.resize(old + (n > 0 ? static_cast<std::size_t>(n) : 0));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error("read", path);
    if (content.size() > limit)
      return Error{path.string() + " is larger than " +
                   format_bytes({static_cast<std::int64_t>(limit)}) + ", which is the limit here"};
    if (n == 0) return success(std::move(content));
  }
}

Result<> write_file(std::filesystem::path const& path, std::string_view content, unsigned mode) {
  auto temporary = path;
  temporary += ".new";
  {
    Fd const file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (file.get() < 0) return file_error("write", temporary);
    while (!content.empty()) {
      auto const n = ::write(file.get(), content.data(), content.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        auto error = file_error("write", temporary);
        ::unlink(temporary.c_str());
        return error;
      }
      content.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(file.get()) != 0) return file_error("write", temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return file_error("write", path);
  return {};
}

Result<> put_in_place(std::filesystem::path const& from, std::filesystem::path const& to) {
  {
    Fd const file(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0 || ::fsync(file.get()) != 0) return file_error("write", from);
  }
  if (::rename(from.c_str(), to.c_str()) != 0) return file_error("write", to);
  auto const parent = to.parent_path();
  Fd const folder(
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return file_error("write", to);
  return {};
}

Result<FileReader> FileReader::open(std::filesystem::path const& path) {
  // Not to wait where a pipe has taken the file's place.
  FileReader out(path, ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (out.fd_ < 0 || ::fstat(out.fd_, &status) != 0) return file_error("read", path);
  if (!S_ISREG(status.st_mode)) return Error{path.string() + " is no file"};
  out.size_ = static_cast<std::uint64_t>(status.st_size);
  out.modified_at_ =
      wall_from_us(std::int64_t{status.st_mtim.tv_sec} * 1'000'000 + status.st_mtim.tv_nsec / 1000);
  return out;
}

FileReader::~FileReader() {
  if (fd_ >= 0) ::close(fd_);
}

FileReader::FileReader(FileReader&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_),
      modified_at_(other.modified_at_) {}

Result<std::string> FileReader::read(std::size_t most) {
  std::string piece(most, '\0');
  for (;;) {
    auto const n = ::read(fd_, piece.data(), most);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error("read", path_);
    piece.resize(static_cast<std::size_t>(n));
    return success(std::move(piece));
  }
}

Result<> make_folder(std::filesystem::path const& path, unsigned mode) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
    return file_error("make the folder", path);
  if (!std::filesystem::is_directory(path, error))
    return Error{path.string() + " is in the way: a folder is needed there"};
  return {};
}

Result<std::filesystem::path> make_temporary_folder(std::string_view prefix) {
  std::error_code error;
  auto const base = std::filesystem::temp_directory_path(error);
  std::string name = ((error ? std::filesystem::path("/tmp") : base) / prefix).string() + ".XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) return file_error("make the temporary folder", name);
  return success(std::filesystem::path(name));
}

std::optional<std::filesystem::path> find_program(std::string_view name) {
  auto const runs = [](std::filesystem::path const& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
           ::access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string_view::npos)
    return runs(name) ? std::optional(std::filesystem::path(name)) : std::nullopt;
  char const* const path = ::getenv("PATH");
  for (auto const folder : split(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
    auto const candidate = std::filesystem::path(folder.empty() ? "." : folder) / name;
    if (runs(candidate)) return candidate;
  }
  return std::nullopt;
}

MemoryFile::MemoryFile(std::size_t size) : size_(size) {
  fd_ = ::memfd_create("perfd", MFD_CLOEXEC);
  if (fd_ < 0 || ::ftruncate(fd_, static_cast<off_t>(size)) != 0)
    throw std::system_error(errno, std::system_category(), "make a memory file");
  // A huge page needs an address that is a multiple of its size: of a larger place, the part is
  // taken that begins at one. The rest is address space alone.
  auto const around = size % kHugePage == 0 ? size + kHugePage : size;
  auto* const place = ::mmap(nullptr, around, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED)
    throw std::system_error(errno, std::system_category(), "map a memory file");
  void* aligned = place;
  auto space = around;
  if (around > size) (void)std::align(kHugePage, size, aligned, space);
  place_ = {static_cast<std::byte*>(place), around};
  data_ = static_cast<std::byte*>(aligned);
  if (::mmap(data_, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd_, 0) == MAP_FAILED)
    throw std::system_error(errno, std::system_category(), "map a memory file");
}

void MemoryFile::gather() {
  // In the headers since glibc 2.37. It works whatever the system's policy for shared memory is;
  // Linux before 6.1 refuses.
  constexpr int kCollapse = 25;  // MADV_COLLAPSE
  if (size_ % kHugePage == 0) (void)::madvise(data_, size_, kCollapse);
}

MemoryFile::~MemoryFile() {
  ::munmap(place_.data(), place_.size());
  ::close(fd_);
}

}  // namespace perfd::runtime
