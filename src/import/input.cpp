#include "import/input.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <system_error>

#include "base/text.h"

namespace perfd::import {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10U;

::archive* new_reader(bool tarballs) {
  ::archive* const reader = archive_read_new();
  // By name, because "all" holds filters that start programs.
  archive_read_support_filter_gzip(reader);
  archive_read_support_filter_xz(reader);
  archive_read_support_filter_bzip2(reader);
  archive_read_support_filter_zstd(reader);
  archive_read_support_format_raw(reader);
  archive_read_support_format_empty(reader);
  if (tarballs) archive_read_support_format_tar(reader);
  return reader;
}

bool is_compressed(std::string_view name) {
  for (std::string_view const end : {".xz", ".gz", ".bz2", ".zst"})
    if (name.ends_with(end)) return true;
  return false;
}

}  // namespace

Result<std::unique_ptr<Input>> Input::open(std::filesystem::path const& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return Error{path.string() + " is a folder"};
  std::unique_ptr<Input> input(new Input);
  input->path_ = input->place_ = path.string();
  input->archive_ = new_reader(true);
  if (archive_read_open_filename(input->archive_, path.c_str(), kPiece) != ARCHIVE_OK)
    return input->failure(path.string());
  return input;
}

Input::~Input() {
  if (inner_ != nullptr) archive_read_free(inner_);
  if (archive_ != nullptr) archive_read_free(archive_);
}

Error Input::failure(std::string const& place) const {
  auto* const broken = inner_ != nullptr && archive_errno(archive_) == 0 ? inner_ : archive_;
  auto const* const text = archive_error_string(broken);
  // libarchive names the file itself where it can't open it.
  auto const said = text == nullptr ? std::string("can't be unpacked") : printable(text);
  return Error{place + ": " + said};
}

std::int64_t Input::consumed() const { return archive_filter_bytes(archive_, -1); }

Result<std::optional<std::string>> Input::next() {
  if (inner_ != nullptr) archive_read_free(std::exchange(inner_, nullptr));
  while (true) {
    archive_entry* entry = nullptr;
    auto const status = archive_read_next_header(archive_, &entry);
    if (status == ARCHIVE_EOF) return std::optional<std::string>();
    if (status < ARCHIVE_WARN) return failure(path_);
    tarball_ = archive_format(archive_) != ARCHIVE_FORMAT_RAW;
    if (!tarball_) return std::optional(place_ = path_);
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    auto const* const raw = archive_entry_pathname(entry);
    auto const name = printable(raw == nullptr ? "" : raw);
    place_ = path_ + ": " + name;
    if (is_compressed(name))
      if (auto const entered = enter_compressed(name); !entered) return entered.error();
    return std::optional(place_);
  }
}

Result<void> Input::enter_compressed(std::string const& /*name*/) {
  inner_ = new_reader(false);
  auto const read_outer = [](::archive* reader, void* self, void const** buffer) -> la_ssize_t {
    auto& input = *static_cast<Input*>(self);
    input.piece_.resize(kPiece);
    auto const got = archive_read_data(input.archive_, input.piece_.data(), input.piece_.size());
    if (got < 0) archive_set_error(reader, archive_errno(input.archive_), "the tarball is damaged");
    *buffer = input.piece_.data();
    return got;
  };
  archive_entry* entry = nullptr;
  if (archive_read_open(inner_, this, nullptr, read_outer, nullptr) != ARCHIVE_OK ||
      archive_read_next_header(inner_, &entry) < ARCHIVE_WARN)
    return failure(place_);
  return {};
}

Result<std::string_view> Input::read() {
  void const* data = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  auto* const from = inner_ != nullptr ? inner_ : archive_;
  // A piece may be empty before the end.
  do {
    auto const status = archive_read_data_block(from, &data, &size, &offset);
    if (status == ARCHIVE_EOF) return std::string_view();
    if (status < ARCHIVE_WARN) return failure(place_);
  } while (size == 0);
  return std::string_view(static_cast<char const*>(data), size);
}

}  // namespace perfd::import
