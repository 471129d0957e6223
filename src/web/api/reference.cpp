#include "web/api/reference.h"

#include "model/selection_terms.h"

namespace perfd::web::api {
namespace {

constexpr std::string_view kIntroduction = R"md(# The API

<!-- Made by `perfd check --print-api > docs/api.md`; change src/web/api instead of this file. -->

What perfd knows, as JSON and CSV over HTTP: at the addresses of `[server] listen`, or of
`[results] listen` where that has its own ([configuration.md](configuration.md)). `/api/v1/openapi.json`
describes it for programs (OpenAPI 3.1); this page says the same for people. Addresses, parameters
and fields are added, never renamed or removed, as long as it is `v1`.

```
curl 'http://127.0.0.1:8080/api/v1/measurements?experiment=download-50k&since=1d&limit=5'
```

## What all addresses have in common

- `GET` and `HEAD` alone; everything else is 405.
- Times are whole µs since the epoch (UTC), durations whole µs, rates bit/s, shares 0 to 1.
- A table is `{"columns":["at","n"],"rows":[[1795600000000000,3],…]}`, with null where there is no
  value. With `.csv` behind the address it is CSV (RFC 4180) with the same columns; a list within a
  field has spaces between its parts.
- Filters are those of `perfd report` and `/results.jsonl`, with the same names and values:
  )md";

constexpr std::string_view kCommon = R"md(.
  `since` and `until` also take a time back from now: `since=7d`. A parameter that comes twice means
  any of its values.
- Lists that go on have `next`, which is given back as `cursor`; every form also has it as
  `Link: <…>; rel="next"`.
- Answers that only results change have an `ETag`; with `If-None-Match` they are 304 until something
  changes. Those with a period that ends now change every minute. What changes by itself is `no-store`.
- Scripts of any site may read it (`Access-Control-Allow-Origin: *`): results are public.
- What is wrong is told as `{"error":{"field":"since","reason":"takes a time such as 2026-05-01 or
  7d"}}`: 400 for a parameter, 404 for an address, 503 (with `Retry-After`) where the store does not
  answer, reading takes longer than 10 s, or too many ask at once.

## Who may see what

Results, and all that is worked out from them, are public to whoever reaches the address. `detail` of
`/api/v1/status` needs one of these; without it, it is null:

- **A token.** Put one into a file that perfd's user alone may read, name it in `[results]
  token-file`, and send it with the request. It is read when perfd starts.

  ```
  openssl rand -hex 24 > /etc/perfd.token
  chown perfd /etc/perfd.token; chmod 600 /etc/perfd.token
  curl -H "Authorization: Bearer $(cat /etc/perfd.token)" http://127.0.0.1:8080/api/v1/status
  ```

- **To be asked by root or by perfd's own user of the same machine**, over loopback, at an address of
  the results' own (`[results] listen`). The kernel tells perfd which user the other end belongs to.

That an address is of loopback is not enough. Visitors of perfd's onion services come from there, and
so do those who come through an exit on this machine: at the addresses of the measurement server
nobody counts as this machine's. A tor that perfd starts runs as perfd's user: where a line of its
`torrc` is about `HiddenService…`, `ExitRelay` or `ExitPolicy…`, or includes a file, nobody counts
either. A web server or a tor in front of `[results] listen` runs as a user
of its own; where it says for whom it asks (`Forwarded`, `X-Forwarded-For`, `X-Forwarded-Host`,
`X-Forwarded-Proto`, `X-Real-IP`, `Via`), it does not count whatever its user is. One that runs as root
or as perfd's user, and hides for whom it asks, would be taken for its user: let it run as another, or
set one of these fields. Neither count requests that a web page of another site makes a browser send
(`Origin`, `Sec-Fetch-Site`, a `Host` that is no name of loopback).

No key, cookie, password or token of perfd's is in any answer.

## Addresses
)md";

std::string_view takes_of(Type type) {
  switch (type) {
    case Type::text:
      return "text";
    case Type::integer:
      return "whole number";
    case Type::number:
      return "number";
    case Type::boolean:
      return "true or false";
    case Type::integers:
      return "list of whole numbers";
    case Type::texts:
      return "list of texts";
  }
  return "";
}

std::string in_cell(std::string_view text) {
  std::string out;
  for (char const c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string words_text(std::vector<std::string_view> const& words) {
  std::string out;
  for (auto const word : words) out += (out.empty() ? "`" : ", `") + std::string(word) + "`";
  return out;
}

std::string takes_text(Parameter const& parameter) {
  switch (parameter.type) {
    case Parameter::Type::text:
      return "text";
    case Parameter::Type::number:
      return std::to_string(parameter.least) + " to " + std::to_string(parameter.most);
    case Parameter::Type::word:
      return words_text(parameter.words);
    case Parameter::Type::words:
      return "some of " + words_text(parameter.words);
  }
  return "";
}

void write_parameters(std::string& out, Address const& address) {
  if (address.filters == Filters::all) out += "\nTakes all filters";
  if (address.filters == Filters::period) out += "\nTakes `since` and `until`";
  if (address.filters != Filters::none)
    out += address.period ? "; without `since` of a week, without `until` up to now.\n" : ".\n";
  if (address.parameters.empty()) return;
  out += "\n| parameter | takes | default | |\n|---|---|---|---|\n";
  for (auto const& one : address.parameters) {
    auto const& given = one.default_value;
    out += "| `" + std::string(one.name) + "` | " + takes_text(one) + " | " +
           (given.empty() ? (one.required ? "needed" : "") : "`" + given + "`") + " | " +
           in_cell(one.about) + " |\n";
  }
}

void write_field(std::string& out, std::string const& name, std::string_view takes, bool nullable,
                 std::string_view about) {
  out += "| `" + name + "` | " + std::string(takes) + (nullable ? " or null" : "") + " | " +
         in_cell(about) + " |\n";
}

// Fields of objects within are "store.bytes", those of lists "tors[].name"; columns of tables stand
// as fields of each row, "rows[].at".
void write_fields(std::string& out, Shape const& shape, std::string const& prefix) {
  for (auto const& part : shape.parts) {
    auto const name = prefix + std::string(part.name);
    switch (part.form) {
      case Shape::Form::value:
        write_field(out, name, takes_of(part.type), part.nullable, part.about);
        break;
      case Shape::Form::object:
        if (!part.about.empty()) write_field(out, name, "object", part.nullable, part.about);
        write_fields(out, part, name + ".");
        break;
      case Shape::Form::table:
      case Shape::Form::chosen_table:
        if (!part.about.empty()) write_field(out, name, "table", false, part.about);
        write_fields(out, part, name + ".");
        break;
      case Shape::Form::list:
      case Shape::Form::map: {
        auto const& of = part.parts.front();
        bool const is_list = part.form == Shape::Form::list;
        auto const within = name + (is_list ? "[]" : ".NAME");
        if (of.form == Shape::Form::value) {
          write_field(out, within, takes_of(of.type), of.nullable,
                      part.about.empty() ? of.about : part.about);
        } else {
          if (!part.about.empty())
            write_field(out, name, is_list ? "list" : "object", false, part.about);
          write_fields(out, of, within + ".");
        }
        break;
      }
    }
  }
  for (auto const& column : shape.columns)
    write_field(out, prefix + "rows[]." + std::string(column.name), takes_of(column.type),
                column.nullable, column.about);
}

void write_address(std::string& out, Address const& address) {
  auto const path = std::string(kRoot) + std::string(address.name);
  out += "\n### `" + path + "`\n\n" + std::string(address.about) + "\n";
  if (address.csv) out += "\nAlso `" + path + ".csv`";
  if (address.ndjson) out += (address.csv ? " and `" : "\nAlso `") + path + ".ndjson`";
  if (address.csv || address.ndjson) out += ".\n";
  write_parameters(out, address);
  if (address.answer.form == Shape::Form::value) return;
  out += "\n| in the answer | is | |\n|---|---|---|\n";
  write_fields(out, address.answer, "");
}

}  // namespace

std::string api_reference(std::vector<Endpoint> const& endpoints) {
  std::string out(kIntroduction);
  std::string terms;
  for (auto const& term : model::selection_terms())
    terms += (terms.empty() ? "`" : ", `") + std::string(term.name) + "`";
  out += terms;
  out += kCommon;
  for (auto const& endpoint : endpoints) write_address(out, endpoint.address);
  out +=
      "\n### `/api/v1/measurements/ID`\n\nOne result, all of it ([formats.md](formats.md)); with "
      "`.har` a page load as HAR, with `.svg` a drawing of it on an axis of time.\n"
      "\n### `/api/v1/openapi.json`\n\nAll of this for programs.\n";
  return out;
}

}  // namespace perfd::web::api
