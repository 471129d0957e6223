// Files of results as they lie about: plain, compressed (.gz, .xz, .bz2, .zst), alone or many in a
// tarball, and compressed ones in a tarball.
//
// Read once, from the beginning to the end; nothing is unpacked to disk. What is kept is a
// piece of the file and what its compression looks back on.
// Owner: whoever opens it. Thread: one. Input is untrusted: no program is started for it, names of
// entries are only shown, and layers in layers are bounded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct archive;
struct archive_entry;

namespace perfd::import {

class Input {
 public:
  // The error names the file and what the system says.
  [[nodiscard]] static Result<std::unique_ptr<Input>> open(std::filesystem::path const& path);
  ~Input();
  Input(Input const&) = delete;
  Input& operator=(Input const&) = delete;

  // Goes to the next file in it and gives its place: the path for a file that is alone,
  // "results.tar.xz: 2016-10-02.tpf" for one of many. Nothing at the end.
  [[nodiscard]] Result<std::optional<std::string>> next();
  // Its next piece, valid until the next call; empty at its end. After an error there is no more.
  [[nodiscard]] Result<std::string_view> read();

  // Whether it holds files with names of their own.
  [[nodiscard]] bool is_tarball() const { return tarball_; }
  // Bytes of the outermost file that were read so far.
  [[nodiscard]] std::int64_t consumed() const;

 private:
  Input() = default;
  [[nodiscard]] Result<void> enter_compressed(std::string const& name);
  [[nodiscard]] Error failure(std::string const& place) const;

  std::string path_;   // of the outermost file
  std::string place_;  // of the current one
  ::archive* archive_ = nullptr;
  ::archive* inner_ = nullptr;  // of a compressed file in the tarball
  bool tarball_ = false;
  std::string piece_;
};

}  // namespace perfd::import
