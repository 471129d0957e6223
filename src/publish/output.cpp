#include "publish/output.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace perfd::publish {
namespace {

Error not_written() {
  return Error{"the results could not be written: no space, or a closed pipe"};
}

Error cannot_write(std::string const& path, char const* reason) {
  return Error{"can't write " + path + ": " + (reason == nullptr ? "unknown error" : reason)};
}

}  // namespace

Result<std::unique_ptr<Output>> Output::open(std::string const& path, std::optional<int> level) {
  std::unique_ptr<Output> out(new Output);
  if (path.ends_with(".xz") || path.ends_with(".gz")) {
    if (auto const opened = out->compress_to(path, level); !opened) return opened.error();
  } else {
    out->file_ = path.empty() ? stdout : std::fopen(path.c_str(), "we");
    if (out->file_ == nullptr) return cannot_write(path, std::strerror(errno));
  }
  return out;
}

Result<void> Output::compress_to(std::string const& path, std::optional<int> level) {
  compressed_ = archive_write_new();
  if (path.ends_with(".xz"))
    archive_write_add_filter_xz(compressed_);
  else
    archive_write_add_filter_gzip(compressed_);
  if (level)
    archive_write_set_filter_option(compressed_, nullptr, "compression-level",
                                    std::to_string(*level).c_str());
  archive_write_set_format_raw(compressed_);
  if (archive_write_open_filename(compressed_, path.c_str()) != ARCHIVE_OK)
    return cannot_write(path, archive_error_string(compressed_));
  auto* const entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  auto const begun = archive_write_header(compressed_, entry);
  archive_entry_free(entry);
  if (begun != ARCHIVE_OK) return cannot_write(path, archive_error_string(compressed_));
  return {};
}

Output::~Output() {
  if (compressed_ != nullptr) archive_write_free(compressed_);
  if (file_ != nullptr && file_ != stdout) std::fclose(file_);
}

Result<void> Output::write(std::string_view text) {
  if (text.empty()) return {};
  bool const written = compressed_ != nullptr
                           ? archive_write_data(compressed_, text.data(), text.size()) ==
                                 static_cast<la_ssize_t>(text.size())
                           : std::fwrite(text.data(), 1, text.size(), file_) == text.size();
  if (!written) return not_written();
  return {};
}

Result<void> Output::close() {
  if (auto* const compressed = std::exchange(compressed_, nullptr)) {
    bool const closed = archive_write_close(compressed) == ARCHIVE_OK;
    archive_write_free(compressed);
    if (!closed) return not_written();
    return {};
  }
  auto* const file = std::exchange(file_, nullptr);
  if ((file == stdout ? std::fflush(file) : std::fclose(file)) != 0) return not_written();
  return {};
}

}  // namespace perfd::publish
