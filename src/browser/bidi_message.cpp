#include "browser/bidi_message.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "base/text.h"
#include "browser/errors.h"
#include "browser/surrogates.h"

namespace perfd::browser {
namespace {

// Deeper than BiDi's own structures; what pages nest deeper is not asked for.
constexpr std::size_t kMostDepth = 64;

Error protocol_error(std::string_view what, std::string_view message) {
  return make_error(Errc::kProtocol, std::string(what) + ": \"" + printable(message) + "\"");
}

std::string_view text_of(boost::json::object const& object, std::string_view key) {
  auto const* const value = object.if_contains(key);
  auto const* const text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view{} : std::string_view(text->data(), text->size());
}

boost::json::object* object_in(boost::json::object& in, std::string_view key) {
  auto* const value = in.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

}  // namespace

Result<BidiMessage> parse_message(std::string_view text) {
  namespace json = boost::json;
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kMostDepth;
  auto value = json::parse(text, error, {}, options);
  if (error && error != json::error::too_deep)
    value = json::parse(mend_surrogates(text), error, {}, options);
  if (error == json::error::too_deep) return BidiMessage{};
  auto* const object = error ? nullptr : value.if_object();
  if (object == nullptr) return protocol_error("the browser sent what is not JSON", text);
  auto const type = text_of(*object, "type");
  if (type == "event") {
    auto* const params = object_in(*object, "params");
    if (params == nullptr)
      return protocol_error("the browser sent an event without parameters", text);
    return BidiMessage{BidiNotice{std::string(text_of(*object, "method")), std::move(*params)}};
  }
  auto const* const id = object->if_contains("id");
  boost::system::error_code no_number;
  auto const number = id == nullptr ? 0 : id->to_number<std::uint64_t>(no_number);
  if (id == nullptr || no_number) return protocol_error("the browser sent what is no answer", text);
  BidiAnswer answer;
  answer.id = number;
  auto* const result = object_in(*object, "result");
  if (type == "success" && result != nullptr)
    answer.result = std::move(*result);
  else
    answer.refusal = printable(text_of(*object, "error"), 100) + ": " +
                     printable(text_of(*object, "message"), 300);
  return BidiMessage{std::move(answer)};
}

}  // namespace perfd::browser
