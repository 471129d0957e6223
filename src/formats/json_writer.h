// Appends JSON to a string: the fast half of the formats that write JSON.
//
// Not a validator: the caller pairs begin and end. Commas come by themselves.
// Thread: a value that refers to the caller's string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace perfd::formats {

// A JSON string with its quotes: valid UTF-8, control characters escaped, every byte
// that is not UTF-8 replaced by U+FFFD.
void append_json_string(std::string& out, std::string_view text);

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  JsonWriter& key(std::string_view name);  // the next value is this field's
  void value(std::string_view text);
  void value(std::int64_t number);
  void value(std::uint64_t number);
  void boolean(bool flag);
  void null() { raw("null"); }
  // The shortest decimal that reads back to the same double; null if not finite.
  void real(double number);
  // JSON text that the caller made.
  void raw(std::string_view json);

  void field(std::string_view name, std::string_view text) { key(name).value(text); }
  void field(std::string_view name, std::int64_t number) { key(name).value(number); }
  // For objects in which an empty text means "not reported" and is left out.
  void field_unless_empty(std::string_view name, std::string_view text) {
    if (!text.empty()) field(name, text);
  }

 private:
  void separate();
  void open(char bracket);
  void close(char bracket);

  std::string& out_;
  bool comma_ = false;  // a value precedes in the same container
};

}  // namespace perfd::formats
