// Compares an answer with what the OpenAPI document says of it: types, required fields, fields that
// nobody told of, tables' columns and the types in their rows. Of JSON Schema what that document
// uses, and no more: a word that it does not know is a complaint, too.
// Thread: pure functions.
#pragma once

#include <boost/json.hpp>

#include <string>
#include <vector>

namespace perfd::web::test {

// What is wrong, each with its place: "$.rows[3][2]: is string, not integer".
[[nodiscard]] std::vector<std::string> complaints(boost::json::value const& answer,
                                                  boost::json::value const& schema,
                                                  std::string const& place = "$");

// The schema of an address's answer with a status, in JSON; null if the document has none.
[[nodiscard]] boost::json::value const* schema_of(boost::json::value const& document,
                                                  std::string const& path,
                                                  std::string const& status = "200");

}  // namespace perfd::web::test
