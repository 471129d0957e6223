// Paths for unix sockets, in a folder that goes with the object.
//
// What is written to a unix socket is there for its reader when the call returns; nothing of it
// is on its way. So a test in virtual time that talks over unix sockets is exact.
// Thread: one.
#pragma once

#include <filesystem>

#include "runtime/address.h"
#include "runtime/files.h"

namespace perfd::net::test {

class UnixPlace {
 public:
  UnixPlace() : folder_(runtime::make_temporary_folder("perfd-test").value()) {}
  ~UnixPlace() { std::filesystem::remove_all(folder_); }
  UnixPlace(UnixPlace const&) = delete;
  UnixPlace& operator=(UnixPlace const&) = delete;

  [[nodiscard]] runtime::Address address(std::string_view name) const {
    return runtime::Address::unix_path((folder_ / name).string()).value();
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace perfd::net::test
