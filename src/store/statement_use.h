// A statement for one use: reset afterwards, so that no read stays open, which would
// keep the write-ahead log from being written back.
// Thread: of the statement's owner.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

namespace perfd::store {

class Use {
 public:
  explicit Use(SQLite::Statement& statement) : statement_(statement) {}
  ~Use() {
    statement_.tryReset();
    statement_.clearBindings();
  }
  Use(Use const&) = delete;
  Use& operator=(Use const&) = delete;
  SQLite::Statement* operator->() { return &statement_; }
  SQLite::Statement& operator*() { return statement_; }

 private:
  SQLite::Statement& statement_;
};

}  // namespace perfd::store
