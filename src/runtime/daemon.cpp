#include "runtime/daemon.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/text.h"
#include "runtime/files.h"

namespace perfd::runtime {
namespace {

Error system_error(std::string what) {
  return error_from({errno, boost::system::system_category()}, std::move(what));
}

std::optional<pid_t> pid_in(std::filesystem::path const& path) {
  auto const text = read_file(path, 64);
  if (!text) return std::nullopt;
  return parse_int<pid_t>(trim(*text));
}

struct flock whole_file() {
  struct flock out {};
  out.l_type = F_WRLCK;
  out.l_whence = SEEK_SET;
  return out;
}

bool is_still(std::filesystem::path const& path, int fd) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(fd, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

Result<PidFile> PidFile::take(std::filesystem::path path) {
  for (;;) {
    int const fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) return system_error("open the pid file " + path.string());
    auto lock = whole_file();
    if (::fcntl(fd, F_OFD_SETLK, &lock) != 0) {
      ::close(fd);
      auto const pid = pid_in(path);
      return Error{"perfd runs already" + (pid ? " as process " + std::to_string(*pid) : "") +
                       " (it holds " + path.string() + "); stop it first: perfd stop",
                   make_error_code(boost::system::errc::device_or_resource_busy)};
    }
    // An owner that ends removes the file: the one that was opened may be no file any more.
    if (!is_still(path, fd)) {
      ::close(fd);
      continue;
    }
    PidFile out(std::move(path), fd);
    if (auto written = out.write_own_pid(); !written) return written.error();
    return out;
  }
}

Result<std::optional<pid_t>> PidFile::look(std::filesystem::path const& path) {
  constexpr std::optional<pid_t> kNobody;
  int const fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return kNobody;
  if (fd < 0) return system_error("read the pid file " + path.string());
  auto lock = whole_file();
  bool const held = ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  ::close(fd);
  return held ? pid_in(path) : kNobody;
}

std::optional<pid_t> PidFile::holder(std::filesystem::path const& path) {
  auto const known = look(path);
  return known ? *known : std::nullopt;
}

bool PidFile::signal_holder(std::filesystem::path const& path, int number) {
  auto const pid = holder(path);
  if (!pid || *pid <= 1) return false;
  struct stat file {};
  struct stat process {};
  if (::lstat(path.c_str(), &file) != 0 ||
      ::stat(("/proc/" + std::to_string(*pid)).c_str(), &process) != 0 ||
      file.st_uid != process.st_uid)
    return false;
  return ::kill(*pid, number) == 0;
}

PidFile::PidFile(PidFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)), owned_(other.owned_) {}

PidFile::~PidFile() {
  if (fd_ < 0) return;
  if (owned_) ::unlink(path_.c_str());
  ::close(fd_);
}

Result<> PidFile::write_own_pid() {
  auto const text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd_, 0) != 0 ||
      ::pwrite(fd_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    return system_error("write the pid file " + path_.string());
  return {};
}

Result<Background> Background::enter(std::filesystem::path const& log) {
  int const log_fd =
      ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (log_fd < 0) return system_error("open the log " + log.string());
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0) return system_error("create a pipe");
  pid_t const pid = ::fork();
  if (pid < 0) return system_error("fork");
  if (pid > 0) {
    ::close(report[1]);
    ::close(log_fd);
    return Background(false, pid, report[0]);
  }
  ::close(report[0]);
  ::setsid();
  int const null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(log_fd, STDOUT_FILENO);
  ::dup2(log_fd, STDERR_FILENO);
  ::close(null);
  ::close(log_fd);
  return Background(true, ::getpid(), report[1]);
}

Background::Background(Background&& other) noexcept
    : daemon_(other.daemon_), pid_(other.pid_), fd_(std::exchange(other.fd_, -1)) {}

Background::~Background() {
  if (fd_ >= 0) ::close(fd_);
}

void Background::report(std::string_view failure) {
  if (fd_ < 0) return;
  std::string const word = failure.empty() ? std::string("ok") : "! " + std::string(failure);
  [[maybe_unused]] auto const written = ::write(fd_, word.data(), word.size());
  ::close(std::exchange(fd_, -1));
}

Result<> Background::wait() {
  std::string word;
  char buffer[4096];
  for (;;) {
    auto const n = ::read(fd_, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    word.append(buffer, static_cast<std::size_t>(n));
  }
  if (word == "ok") return {};
  if (word.empty()) return Error{"perfd ended during its start; its log tells why"};
  return Error{word.substr(2)};
}

}  // namespace perfd::runtime
