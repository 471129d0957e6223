#include "store/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "base/text.h"

namespace perfd::store {
namespace {

boost::system::error_code last_error() { return {errno, boost::system::system_category()}; }

// Who wrote itself into the lock file; the lock is what counts, this is for the message.
std::string holder(int descriptor) {
  std::array<char, 32> text{};
  auto const length = ::pread(descriptor, text.data(), text.size(), 0);
  auto const pid = length > 0
                       ? parse_int<int>(trim({text.data(), static_cast<std::size_t>(length)}))
                       : std::nullopt;
  return pid ? " (pid " + std::to_string(*pid) + ")" : "";
}

}  // namespace

Result<FileLock> FileLock::take(std::filesystem::path const& path) {
  auto const file = path.string() + ".lock";
  int const descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    auto const cause = last_error();
    return Error{"cannot write " + file + ": " + cause.message() +
                     ". The user that perfd runs as needs write permission on the folder and the "
                     "files in it.",
                 cause};
  }
  FileLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    auto const cause = last_error();
    if (cause == boost::system::errc::resource_unavailable_try_again)
      return Error{path.string() + " is in use by another perfd" + holder(descriptor) +
                       ". Stop that one, or give this one another folder.",
                   make_error_code(boost::system::errc::device_or_resource_busy)};
    return error_from(cause, "cannot lock " + file);
  }
  auto const text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    // A full disk: the lock holds all the same, and the file itself will tell.
  }
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace perfd::store
